"""A whole page -> the element of it that is the post, and the words outside of it."""

from converter.reading.html.elements import TEXT, Element, below, text_below

_UNSEEN = frozenset({"head", "noscript", "script", "style", "template", "title"})


def main_of(root: Element) -> Element | None:
    """Return the only article of a page, else its main element; `None` where neither says anything."""
    articles = [
        node for node in root.css("article") if not _is_inside(node, "article") and not _is_inside(node, "aside")
    ]
    candidates = [articles, root.css("main"), root.css("[role=main]"), root.css("[itemprop=articleBody]")]
    for found in candidates:
        if len(found) == 1 and text_below(found[0]).strip():
            return found[0]
    return None


def outside_of(main: Element, root: Element) -> str:
    """Return the words of a page that stand outside of an element."""
    seen = below(root, skip=lambda node: node.mem_id == main.mem_id or node.tag in _UNSEEN)
    return " ".join(" ".join(text_below(node) for node in seen if node.tag == TEXT).split())


def _is_inside(node: Element, tag: str) -> bool:
    parent = node.parent
    while parent is not None:
        if parent.tag == tag:
            return True
        parent = parent.parent
    return False
