"""Links: URLs that stand bare in the text, links inside of the post, links to posts of the same site."""

import re
from itertools import chain
from urllib.parse import unquote

from msgspec.structs import replace

from converter.diagnostics import Warn
from converter.model import Anchor, Block, Heading, Inline, Link, Post, Site, Text
from converter.model.walk import query, text_of, walk
from converter.normalize.headings import slug
from converter.normalize.lines import Line, rewrite_lines

_BARE = re.compile(r"https?://[\w\-.~:/?#\[\]@!$&'()*+,;=%]+", re.ASCII)
_TRAILING = frozenset(".,:;!?'\")]*")


def link_bare_urls(post: Post, _site: Site, _warn: Warn) -> Post:
    """Make links of URLs that are written out."""
    return walk(rewrite_lines(post, _linked), _flat)


def _linked(line: Line) -> Line:
    if not any(isinstance(node, Text) and "://" in node.value for node in line):
        return line
    return tuple(chain.from_iterable(_pieces(node.value) if isinstance(node, Text) else (node,) for node in line))


def _pieces(text: str) -> list[Inline]:
    found: list[Inline] = []
    position = 0
    for match in _BARE.finditer(text):
        url = _trimmed(match[0])
        if "." not in url and "localhost" not in url:
            continue
        if match.start() > position:
            found.append(Text(text[position : match.start()]))
        found.append(Link(url, (Text(url),)))
        position = match.start() + len(url)
    if position < len(text):
        found.append(Text(text[position:]))
    return found


def _trimmed(url: str) -> str:
    """Return a URL without the marks of the sentence around it; brackets that it opens itself stay."""
    extra = url.count(")") - url.count("(")
    end = len(url)
    while end and url[end - 1] in _TRAILING:
        if url[end - 1] == ")":
            if extra <= 0:
                break
            extra -= 1
        end -= 1
    return url[:end]


def _flat(node: Inline | Block) -> Inline | Block:
    """Undo a link in a link: what is linked already leads where its author wanted."""
    if not isinstance(node, Link) or not any(isinstance(child, Link) for child in query(node.children)):
        return node
    inner = (child.children if isinstance(child, Link) else (child,) for child in node.children)
    return replace(node, children=tuple(chain.from_iterable(inner)))


def resolve_anchors(post: Post, _site: Site, _warn: Warn) -> Post:
    """Point links inside of the post at the ids that are there; those of headings however they spell them."""
    places = [node for node in query(post) if isinstance(node, Heading | Anchor)]
    ids = {node.id for node in places}
    headings = [node for node in places if isinstance(node, Heading)]
    targets = {
        _key(name): heading.id for heading in reversed(headings) for name in (slug(text_of(heading)), heading.id)
    }

    def rewrite(node: Inline | Block) -> Inline | Block:
        if not isinstance(node, Link) or not node.href.startswith("#"):
            return node
        name = unquote(node.href[1:])
        target = name if name in ids else targets.get(_key(name))
        return node if target is None or node.href == f"#{target}" else replace(node, href=f"#{target}")

    return walk(post, rewrite)


def _key(name: str) -> str:
    return re.sub(r"[\W_]+", "-", name.casefold()).strip("-")
