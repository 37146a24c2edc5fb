"""Posts that show other posts, or parts of them -> the same posts with what they show as quotations."""

from collections.abc import Callable, Sequence

from msgspec.structs import replace

from converter.model import (
    Asset,
    Block,
    Heading,
    Inline,
    Link,
    Media,
    Metadata,
    NoteReference,
    Paragraph,
    Post,
    Quote,
    Strong,
    Text,
)
from converter.model.postlinks import PostLink
from converter.model.walk import query, walk

Find = Callable[[str], Post | None]
"""Returns the post of a key, its links resolved, where there is one."""

_NOTHING = Metadata(title="-")
MAX_DEPTH, _MAX_EMBEDS = 3, 40
"""How deep notes may stand in each other, and how many a post may show: the others are links."""


def with_embeds(post: Post, find: Find) -> Post:
    """Return a post with a quotation for each embedded post, and the images in it. Links are resolved already."""
    if not any(isinstance(node, Media) and _shown_post(node) for node in query(post)):
        return post
    embedding = _Embedding(find)
    blocks = embedding.replaced(post.blocks, post, ())
    own = {asset.src for asset in post.assets}
    more = {asset.src: asset for asset in embedding.assets if asset.src not in own}
    return replace(post, blocks=blocks, assets=(*post.assets, *more.values()))


class _Embedding:
    def __init__(self, find: Find) -> None:
        self._find = find
        self._count = 0
        self.assets: list[Asset] = []

    def replaced(self, blocks: Sequence[Block], post: Post, around: tuple[str, ...]) -> tuple[Block, ...]:
        """Return blocks of a post with its embeds done; `around` are the embeds that this stands in."""
        inner = replace(post, blocks=tuple(blocks), notes=())
        return walk(inner, lambda node: self._shown(node, post, around)).blocks

    def _shown(self, node: Inline | Block, post: Post, around: tuple[str, ...]) -> Inline | Block:
        link = _shown_post(node) if isinstance(node, Media) else None
        if not isinstance(node, Media) or link is None:
            return node
        key, fragment = link
        other = self._find(key) if key else post
        found = _part(other, fragment) if other else ()
        self._count += 1
        if not other or not found or node.href in around or len(around) >= MAX_DEPTH or self._count > _MAX_EMBEDS:
            title = node.title or (other.metadata.title if other else key)
            target = (Link(node.href, (Text(title),)),) if other else (Text(title),)
            return Paragraph(target, line=node.line)
        self.assets += other.assets
        return Quote(_without_places(self.replaced(found, other, (*around, node.href))), line=node.line)


def _shown_post(node: Media) -> PostLink | None:
    """Return the post that is embedded, with an empty key for the one that it stands in; `None` for what is no post."""
    return PostLink("", node.href[1:]) if node.href.startswith("#") else PostLink.parse(node.href)


def _part(post: Post, fragment: str) -> tuple[Block, ...]:
    """Return the blocks of a post, or of the section or the block that a fragment names."""
    if not fragment:
        return post.blocks
    for index, block in enumerate(post.blocks):
        if getattr(block, "id", "") != fragment:
            continue
        if not isinstance(block, Heading):
            return (block,)
        rest = post.blocks[index + 1 :]
        ends = (place for place, one in enumerate(rest) if isinstance(one, Heading) and one.level <= block.level)
        return (block, *rest[: next(ends, len(rest))])
    return ()


def _without_places(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """Return blocks as they stand in another post: ids and marks of notes would be there twice."""

    def rewrite(node: Inline | Block) -> Inline | Block:
        match node:
            case Heading(_, children):
                return Paragraph((Strong(children),), line=node.line)
            case NoteReference():
                return Text("")
            case _:
                return replace(node, id="") if getattr(node, "id", "") else node

    return walk(Post(key="", path="", metadata=_NOTHING, blocks=blocks), rewrite).blocks
