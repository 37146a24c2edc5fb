"""Points the links, images, notes and headings of a post at where they are in the output."""

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from converter import model
from converter.images.identify import is_embedded
from converter.languages.labels import label
from converter.model import Anchor, Block, Image, Inline, Link, Note, NoteReference, Post, Text
from converter.model.postlinks import PostLink
from converter.model.urls import split_url
from converter.model.walk import query, text_of, walk
from converter.writers.markdown.anchors import Anchors
from converter.writers.markdown.dialects import Dialect

MAX_LEVEL = 6
"""The lowest level of a heading."""

RemoteImages = Literal["link", "image"]
MissingImages = Literal["image", "words"]


class AbsentImages(Struct, frozen=True):
    """What becomes of images that are not at hand."""

    remote: RemoteImages = "link"
    """Of one on the web."""
    missing: MissingImages = "image"
    """Of one that is nowhere: the reference that the author wrote, or words that say so."""


class Places(Struct, frozen=True, kw_only=True):
    """Where things are, as seen from the file that a post is written into."""

    level: int = 1
    """The level of the post's title."""
    anchors: Mapping[str, str] = {}
    """The anchor of each place of the post, by the id of the heading or the `Anchor`."""
    explicit: bool = False
    """Whether headings carry their anchors, because readers do not derive them."""
    links: Mapping[str, str] = {}
    """The URL of each `post:…` that the post links to; one that is not here is not in the output."""
    images: Mapping[str, str] = {}
    """The path of each image that is at hand."""
    absent: AbsentImages = AbsentImages()
    first_note: int = 1
    """The number of the first note."""
    language: str = "en"


def placed(post: Post, places: Places) -> Post:
    """Return the post with everything pointing where `places` says, its notes in the order they are referred to.

    A note that nothing refers to, which readers would drop, becomes part of the body.
    """
    order = dict.fromkeys(node.id for node in query(post) if isinstance(node, NoteReference))
    notes = {note.id: note for note in post.notes}
    widths = {asset.src: asset.width for asset in post.assets}
    numbers = {id_: str(number) for number, id_ in enumerate(filter(notes.__contains__, order), places.first_note)}

    def rewrite(node: Inline | Block) -> Inline | Block | tuple[Inline | Block, ...]:
        match node:
            case Link(href, children):
                found = _url(href, places)
                return children if found is None else replace(node, href=found)
            case Image():
                return _image(_sized(node, widths), places)
            case NoteReference(id_):
                return NoteReference(numbers[id_]) if id_ in numbers else ()
            case model.Heading(level=level, id=id_):
                anchor = places.anchors.get(id_, "") if places.explicit else ""
                return replace(node, level=min(level + places.level - 1, MAX_LEVEL), id=anchor)
            case Anchor(id_):
                return Anchor(places.anchors[id_]) if id_ in places.anchors else ()
            case model.Paragraph(()):
                return ()
            case _:
                return node

    moved = walk(post, rewrite)
    renamed = {note.id: Note(numbers[note.id], note.blocks) for note in moved.notes if note.id in numbers}
    orphans = tuple(note for note in moved.notes if note.id not in numbers)
    blocks = (*moved.blocks, *_as_blocks(orphans, places)) if orphans else moved.blocks
    return replace(moved, blocks=blocks, notes=tuple(renamed[id_] for id_ in numbers))


def with_written_anchors(post: Post, dialect: Dialect) -> Post:
    """Return the post without the ids of headings that readers of `dialect` derive from the heading's words."""
    anchors = Anchors(dialect)

    def rewrite(node: Inline | Block) -> Inline | Block:
        if not isinstance(node, model.Heading):
            return node
        derived = anchors.add(text_of(node))
        return replace(node, id="") if dialect.anchors == "derived" and node.id == derived else node

    return walk(post, rewrite)


def _as_blocks(notes: tuple[Note, ...], places: Places) -> tuple[Block, ...]:
    heading = model.Paragraph((model.Strong((Text(label(places.language, "notes")),)),))
    items = tuple(model.ListItem(note.blocks) for note in notes)
    return heading, model.List(items, tight=all(len(note.blocks) == 1 for note in notes))


def _url(href: str, places: Places) -> str | None:
    """Return where a link leads, or `None` where that is not in the output."""
    if (link := PostLink.parse(href)) is not None:
        return places.links.get(str(link))
    if href.startswith("#"):
        anchor = places.anchors.get(href[1:])
        return f"#{anchor}" if anchor else None
    return href


def _sized(image: Image, widths: Mapping[str, int]) -> Image:
    """Return an image without a size that is no smaller than its own."""
    pixels = float(image.width[:-2]) if image.width.endswith("px") else 0
    return replace(image, width="", height="") if pixels and pixels >= widths.get(image.src, 0) > 0 else image


def _image(image: Image, places: Places) -> Inline:
    """Return what stands in the place of an image: itself, a link to it, or its words."""
    if image.src in places.images:
        return replace(image, src=places.images[image.src])
    parts = split_url(image.src)
    if parts and parts.scheme in ("http", "https"):
        if places.absent.remote == "image":
            return image
        return Link(image.src, (Text(image.alt or label(places.language, "remote_image")),), image.title)
    if image.src and places.absent.missing == "image" and not is_embedded(image.src):
        return image
    missing = label(places.language, "missing_image")
    return Text(f"{image.alt} ({missing})" if image.alt else f"({missing})")
