"""HTML to the text that a browser shows."""

import re

from bs4 import BeautifulSoup
from bs4.element import CData, Comment, Declaration, Doctype, NavigableString, ProcessingInstruction, Tag

_UNSEEN = frozenset("script style template noscript head title iframe object textarea svg math audio video".split())
_INVISIBLE = (Comment, CData, Declaration, Doctype, ProcessingInstruction)
_ASIDE = re.compile(r"(?:margin|side)-?note", re.IGNORECASE)
_NOTE_MARKS = frozenset({"footnote-anchor", "footnote-backref", "footnote-number", "footnote-ref"})
"""Classes of the numbers of notes, which a book gives itself; two are Substack's."""
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


def visible_text(html: str) -> str:
    """Return the text of a document or fragment, with white space between what is not in one line."""
    # The tag keeps Beautiful Soup from taking a short text for a file name.
    soup = BeautifulSoup(f"<body>{html}", "html5lib")
    return "".join(_visible(soup.body or soup))


def _visible(root: Tag) -> list[str]:
    """Return the texts that are shown below a tag; an explicit stack, because posts may nest deeply."""
    found: list[str] = []
    stack: list[Tag | NavigableString] = [root]
    while stack:
        node = stack.pop()
        if isinstance(node, NavigableString):
            if not isinstance(node, _INVISIBLE):
                found.append(str(node))
        elif not _is_hidden(node):
            # Elements end words, except those that stand inside of a line.
            gap = "" if node.name in _INLINE and not _is_aside(node) else " "
            found.append(gap)
            stack.append(NavigableString(gap))
            stack.extend(child for child in reversed(node.contents) if isinstance(child, Tag | NavigableString))
    return found


_INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark q rb ruby s samp small span "
    "strike strong sub sup time tt u var wbr".split()
)


def _is_aside(tag: Tag) -> bool:
    """Whether a style sheet sets an element beside the line that it stands in."""
    return any(_ASIDE.search(name) for name in tag.get("class") or ())


def _is_hidden(tag: Tag) -> bool:
    return (
        tag.name in _UNSEEN
        or tag.has_attr("hidden")
        or bool(_HIDDEN.search(str(tag.get("style", ""))))
        or not _NOTE_MARKS.isdisjoint(tag.get("class") or ())
    )
