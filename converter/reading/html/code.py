"""`<pre>` and `<code>` -> the lines of code and their language."""

import re

from converter.reading.html.elements import TEXT, Attributes, Element, below, classes, text_below
from converter.reading.html.formats import is_hidden

GUTTERS = frozenset(
    """
    blob-num code-line-numbers crayon-nums cm-linenumber gutter hljs-ln-n hljs-ln-numbers line-num line-number
    line-numbers-rows lineno lineno-inline linenos linenodiv linenum linenumber lnt ln rouge-gutter
    """.split()
)
"""Classes of the line numbers that highlighters write beside the code."""
_NO_LANGUAGES = frozenset(
    {
        "",
        "chroma",
        "code",
        "gutter",
        "ie",
        "nogutter",
        "notranslate",
        "plain-text",
        "wrap",
        "hljs",
        "nohighlight",
        "none",
        "plain",
        "plaintext",
        "raw",
        "text",
        "txt",
        "highlighter-rouge",
    }
)
_HIGHLIGHTERS = frozenset({"highlight", "hljs", "syntaxhighlighter"})
_WITHOUT_OPTIONS = re.compile(r"^\{?\.?([^{}]*).*$", re.DOTALL)
"""A language without what others write at it: `{.python}` of Pandoc, `js{1,3}` of Gatsby and Docusaurus."""
_BRUSH = re.compile(r"brush\s*:\s*([\w+#-]+)", re.IGNORECASE)


_NO_CODE = frozenset({"button", "script", "style", "template"})
_LINES = frozenset({"div", "li", "p", "tr"})
"""Elements in code that begin a line."""


def code_text(pre: Element) -> str:
    """Return the lines of a `<pre>`, without gutters, and without the empty lines at its ends."""
    parts: list[str] = []
    for node in below(pre, skip=_is_no_code):
        if node.tag == TEXT:
            parts.append(text_below(node))
        elif node.tag == "br" or (_begins_line(node) and parts and not parts[-1].endswith("\n")):
            parts.append("\n")
    lines = "".join(parts).replace("\r\n", "\n").replace("\xa0", " ").split("\n")
    shown = [index for index, line in enumerate(lines) if line.strip()]
    return "\n".join(lines[shown[0] : shown[-1] + 1]).rstrip() if shown else ""


def _is_no_code(element: Element) -> bool:
    """Whether an element in code is none: numbers of lines, a button that copies, what does not show."""
    return element.tag in _NO_CODE or _is_gutter(element) or is_hidden(element.attributes)


def _is_gutter(element: Element) -> bool:
    return not classes(element.attributes).isdisjoint(GUTTERS)


def _begins_line(element: Element) -> bool:
    """Whether a line of code begins with an element: WeChat has a `<code>` for each."""
    if element.tag != "code":
        return element.tag in _LINES
    parent, before = element.parent, element.prev
    return parent is not None and parent.tag == "pre" and before is not None and before.tag == "code"


def listing_of(table: Element) -> Element | None:
    """Return what holds the code of a table that only puts line numbers beside it; `None` for any other table.

    That is the only cell with code where there is one row, and the table itself where each line has a row.
    """
    rows = [row for row in table.css("tr") if row.child is not None]
    if not rows:
        return None
    found: list[Element] = []
    for row in rows:
        cells = [node for node in row.iter() if node.tag in ("td", "th")]
        code = [cell for cell in cells if not _is_numbers(cell)]
        if len(code) > 1 or len(code) == len(cells):
            return None
        found += code
    if not found:
        return None
    if len(rows) > 1:
        return table
    return found[0] if found[0].css_first("pre, code, .line") is not None else None


def _is_numbers(cell: Element) -> bool:
    """Whether a cell holds nothing but line numbers."""
    words = text_below(cell).split()
    if not all(word.strip(".:|").isdecimal() for word in words):
        return False
    return _is_gutter(cell) or any(_is_gutter(node) for node in below(cell) if node.tag != TEXT)


def language_in(attributes: Attributes) -> str:
    """Return the language that an element names in its classes or its data, empty where it names none."""
    written = attributes.get("class") or ""
    brush = _BRUSH.search(written)
    names = [attributes.get("data-lang"), attributes.get("data-language"), brush[1] if brush else None]
    for one in written.split():
        found = re.fullmatch(r"(?:language|lang|highlight-source|highlight-text)-(?P<name>\S+)", one, re.IGNORECASE)
        names.append(found["name"] if found else None)
    words = (_WITHOUT_OPTIONS.sub(r"\1", name.lower()) for name in names if name)
    named = next((name for name in words if name not in _NO_LANGUAGES), "")
    return named or _bare_language(written.lower().split())


def _bare_language(names: list[str]) -> str:
    """Return the language that stands beside the class of a highlighter, as in `highlight python`."""
    if _HIGHLIGHTERS.isdisjoint(names):
        return ""
    others = [name for name in names if name not in _HIGHLIGHTERS | _NO_LANGUAGES]
    return others[0] if len(others) == 1 and re.fullmatch(r"[a-z][a-z0-9+#.]*", others[0]) else ""
