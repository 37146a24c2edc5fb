"""The parser behind a small surface: elements with a name, attributes, children; and texts."""

from collections.abc import Callable, Iterator, Mapping

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

Element = LexborNode
"""An element or, where `tag` is `TEXT`, a text."""
TEXT = "-text"

Attributes = Mapping[str, str | None]


def parse(html: str) -> LexborHTMLParser:
    """Return the document. The markup must come from `prepare`, which bounds what the parser has to do."""
    # Without the tag, what stands first would be read as if it stood in the head.
    return LexborHTMLParser(f"<body>{html}")


def is_selector(text: str) -> bool:
    """Whether `text` is a CSS selector that the parser knows."""
    try:
        LexborHTMLParser("").css(text)
    except SelectolaxError:
        return False
    return True


def classes(attributes: Attributes) -> frozenset[str]:
    """Return the classes of an element, in lower case."""
    return frozenset((attributes.get("class") or "").lower().split())


def below(root: Element, *, skip: Callable[[Element], bool] = lambda _: False) -> Iterator[Element]:
    """Yield every element and text below `root` in reading order, but for elements to skip and what is in them."""
    node, depth = root.child, 1
    while node is not None and depth:
        skipped = node.tag != TEXT and skip(node)
        if not skipped:
            yield node
            if node.child is not None:
                node, depth = node.child, depth + 1
                continue
        while depth and node.next is None:
            parent = node.parent
            assert parent is not None  # noqa: S101  # `root` is above every node that this loop sees
            node, depth = parent, depth - 1
        if depth:
            node = node.next


def text_below(root: Element) -> str:
    """Return the text of an element, or of a text itself, as it stands."""
    return (root.text_content or "") if root.tag == TEXT else root.text(deep=True)
