"""The text that a browser shows for a source, read without the converter's own reader."""

import re
from functools import cache

from bs4 import BeautifulSoup
from bs4.element import CData, Comment, Declaration, Doctype, NavigableString, ProcessingInstruction, Tag
from charset_normalizer import from_bytes
from markdown_it import MarkdownIt
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin

_HEADERS = (
    re.compile(r"\A\s*---[ \t]*\n.*?^(?:---|\.\.\.)[ \t]*$", re.DOTALL | re.MULTILINE),
    re.compile(r"\A\s*\+\+\+[ \t]*\n.*?^\+\+\+[ \t]*$", re.DOTALL | re.MULTILINE),
    re.compile(r"\A\s*\{\s*\n.*?^\}[ \t]*$", re.DOTALL | re.MULTILINE),
)
_LIQUID = re.compile(r"\{%-?\s*(?:comment\s*-?%\}.*?\{%-?\s*endcomment\s*-?%|.*?%)\}|\{\{.*?\}\}", re.DOTALL)
_ATTRIBUTE_LIST = re.compile(r"\{:[^{}\n]*\}")
_UNSEEN = ("script", "style", "template", "noscript", "head", "title", "iframe", "object", "textarea", "svg", "math")
_INVISIBLE = (Comment, CData, Declaration, Doctype, ProcessingInstruction)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


def source_text(data: bytes, *, name: str) -> str:
    """Return the visible text of the body of a post. A name that ends in `.html` or `.htm` says that it is no Markdown.

    Template tags of Jekyll and attribute lists of kramdown are no text.
    """
    body = _ATTRIBUTE_LIST.sub("", _LIQUID.sub(" ", _body(_decoded(data))))
    html = body if name.lower().endswith((".html", ".htm", ".xhtml")) else _markdown().render(body)
    soup = BeautifulSoup(html, "html5lib")
    return "".join(_visible(soup.body or soup))


def _decoded(data: bytes) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        best = from_bytes(data).best()
        text = str(best) if best else data.decode("utf-8", "replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _body(text: str) -> str:
    for header in _HEADERS:
        if match := header.match(text):
            return text[match.end() :]
    return text


@cache
def _markdown() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    return markdown.use(footnote_plugin).use(deflist_plugin)


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
            gap = "" if node.name in _INLINE else " "
            found.append(gap)
            stack.append(NavigableString(gap))
            stack.extend(child for child in reversed(node.contents) if isinstance(child, Tag | NavigableString))
    return found


_INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark q rb ruby s samp small span "
    "strike strong sub sup time tt u var wbr".split()
)


def _is_hidden(tag: Tag) -> bool:
    return (
        tag.name in _UNSEEN
        or tag.has_attr("hidden")
        or bool(_HIDDEN.search(str(tag.get("style", ""))))
        or "footnote-backref" in (tag.get("class") or ())
        or "footnote-ref" in (tag.get("class") or ())
    )
