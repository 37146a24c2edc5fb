"""`<pre>` and `<code>` -> the lines of code and their language."""

import re

from converter.reading.html.elements import TEXT, Attributes, Element, below, classes, text_below

GUTTERS = frozenset(
    {"gutter", "hljs-ln-numbers", "line-numbers-rows", "lineno", "linenos", "linenodiv", "rouge-gutter"}
)
"""Classes of the line numbers that highlighters write beside the code."""
_NO_LANGUAGES = frozenset(
    {"", "code", "hljs", "nohighlight", "none", "plain", "plaintext", "raw", "text", "txt", "highlighter-rouge"}
)
_BRUSH = re.compile(r"brush\s*:\s*([\w+#-]+)", re.IGNORECASE)


def code_text(pre: Element) -> str:
    """Return the lines of a `<pre>`, without gutters, and without the empty lines at its ends."""
    parts: list[str] = []
    for node in below(pre, skip=lambda element: not classes(element.attributes).isdisjoint(GUTTERS)):
        if node.tag == TEXT:
            parts.append(text_below(node))
        elif node.tag == "br":
            parts.append("\n")
    lines = "".join(parts).split("\n")
    shown = [index for index, line in enumerate(lines) if line.strip()]
    return "\n".join(lines[shown[0] : shown[-1] + 1]).rstrip() if shown else ""


def language_in(attributes: Attributes) -> str:
    """Return the language that an element names in its classes or its data, empty where it names none."""
    written = attributes.get("class") or ""
    brush = _BRUSH.search(written)
    names = [attributes.get("data-lang"), attributes.get("data-language"), brush[1] if brush else None]
    for one in written.split():
        found = re.fullmatch(r"(?:language|lang|highlight-source|highlight-text)-(?P<name>\S+)", one, re.IGNORECASE)
        names.append(found["name"] if found else None)
    return next((name.lower() for name in names if name and name.lower() not in _NO_LANGUAGES), "")
