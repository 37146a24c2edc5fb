"""A post -> its card: all that planning digests and links between posts need of it, without its body."""

import re

from msgspec import Struct
from msgspec.structs import replace

from converter.model import Anchor, Block, Heading, Inline, Link, Media, Post, Site, Text
from converter.model.length import Length, length_of
from converter.model.postlinks import SCHEME
from converter.model.walk import query, text_of
from converter.site.duplicates import signature_of
from converter.site.hrefs import Place, may_lead_to_post

Reference = tuple[str, str]
"""The `href` of a link, and the text that it shows where that is the URL of a post; empty for all others."""

_SEPARATOR, _MARK = "\0", "\1"
"""Characters that no text has (see `reading`): between two places, and before words, which are no ids."""


class Card(Struct, frozen=True, gc=False):
    """What is known of a post without its body."""

    post: Post
    """The post without blocks, notes and assets."""
    references: tuple[Reference, ...] = ()
    """The links that may lead to a post of the site, in reading order, each once."""
    places: str = ""
    """The ids that links may lead to, each with the words of its heading: see `places_in`. As one text, because an
    archive of years has many, and few links ask for them."""
    signature: bytes = b""
    """A sketch of its words: see `duplicates.signature_of`."""
    length: Length = Length(0, 0.0)
    """How long it is."""
    fingerprint: str = ""
    """A hash of everything that the post depends on; empty where nothing is cached."""


def card_of(post: Post, site: Site) -> Card:
    """Return the card of a post whose links are as they were read."""
    references: dict[Reference, None] = {}
    places: list[str] = []
    for node in query(post):
        if (reference := reference_of(node)) is not None:
            references[reference] = None
        elif isinstance(node, Heading):
            places += (node.id, words_of(text_of(node)))
        elif isinstance(node, Anchor):
            places += (node.id, "")
    place = Place(post, site)
    stub = replace(post, blocks=(), notes=(), assets=())
    leading = tuple(one for one in references if one[1] or may_lead_to_post(one[0], place))
    return Card(stub, leading, _SEPARATOR.join(places), signature_of(post), length_of(post))


def reference_of(node: Inline | Block) -> Reference | None:
    """Return what a link or a medium refers to; `None` for all other nodes."""
    match node:
        case Link(href, (Text(value),)) if value.startswith(SCHEME):
            return href, value
        case Link(href) | Media(href=href):
            return href, ""
        case _:
            return None


def places_in(card: Card) -> dict[str, str]:
    """Return the ids that links to a post may lead to, by the words of their headings and by themselves."""
    found = card.places.split(_SEPARATOR) if card.places else []
    ids, words = found[::2], found[1::2]
    return dict(zip(reversed(words), reversed(ids), strict=True)) | {one: one for one in ids}


def words_of(text: str) -> str:
    """Return the words of a heading as links to them write them: without marks of Markdown, and in one case."""
    return _MARK + " ".join(re.findall(r"[^\W_]+", text.casefold()))
