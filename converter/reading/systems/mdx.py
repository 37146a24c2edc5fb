"""MDX -> Markdown: without imports, exports, comments and components; images that are imported become images.

https://mdxjs.com/docs/what-is-mdx/
"""

import re
from collections.abc import Callable, Mapping
from html import escape

from converter.reading.systems.calls import code_ranges
from converter.reading.systems.tags import embed, image

_BRACES = r"\{(?:[^{}]|\{(?:[^{}]|\{[^{}]{0,500}\}){0,200}\}){0,2000}\}"
_MODULE = re.compile(r"^(?:import|export)\b(?=[\s{*])(?:[^\n]*\S[^\n]*(?:\n|\Z))+", re.MULTILINE)
_IMPORT = re.compile(r"^import\s+(?P<name>\w+)\s+from\s+[\"'](?P<path>[^\"'\n]+)[\"']", re.MULTILINE)
_ATTRIBUTES = rf"(?:\s+[\w:.@-]+(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|{_BRACES}))?|\s*\{{\.\.\.[^{{}}]*\}}){{0,60}}"
_COMPONENT = re.compile(rf"<(?P<end>/?)(?P<name>[A-Z][\w.]*|img|)(?P<rest>{_ATTRIBUTES})\s*(?P<closed>/?)>")
_PLAIN_TAG = re.compile(rf"<(?P<name>[a-z][\w-]*)(?P<rest>{_ATTRIBUTES})(?P<tail>\s*/?>)")
_ATTRIBUTE = re.compile(
    rf"(?P<key>[\w:.@-]+)\s*=\s*(?:\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)'|(?P<braces>{_BRACES}))"
)
_EXPRESSION = re.compile(_BRACES)
_TEXT = re.compile(r"\{\s*(?P<quote>[\"'`])(?P<text>(?:(?!(?P=quote))[^\\\n$])*)(?P=quote)\s*\}")
_VALUE = re.compile(r"\{\s*(?:props\.)?frontmatter\.(?P<name>[\w.]+)\s*\}")
_IMAGES = frozenset({"Image", "Picture", "img"})
_PLAYERS = {
    "YouTube": "https://www.youtube.com/watch?v={}",
    "Youtube": "https://www.youtube.com/watch?v={}",
    "Vimeo": "https://vimeo.com/{}",
    "Tweet": "https://twitter.com/i/status/{}",
}


def without_components(body: str, params: Mapping[str, str], unknown: Callable[[str, str, int], None]) -> str:
    """Return the body as Markdown. `unknown` is told once of each component and expression that went, with its line."""
    reading = _Reading(body, params, unknown)
    position, parts = 0, []
    for start, end in (*code_ranges(body), (len(body), len(body))):
        parts += [reading.plain(body[position:start], body.count("\n", 0, position)), body[start:end]]
        position = end
    return "".join(parts)


class _Reading:
    def __init__(self, body: str, params: Mapping[str, str], unknown: Callable[[str, str, int], None]) -> None:
        self._imports = {found["name"]: found["path"] for found in _IMPORT.finditer(body)}
        self._params, self._unknown = params, unknown
        self._said: set[str] = set()

    def plain(self, text: str, line: int) -> str:
        """Return a stretch without code as Markdown."""
        # Lines stay where they are, so that places in what is said are true.
        text = _MODULE.sub(lambda found: "\n" * found[0].count("\n"), text)
        text = _COMPONENT.sub(lambda found: self._component(found, line), text)
        text = _PLAIN_TAG.sub(lambda found: f"<{found['name']}{_written(found['rest'])}{found['tail']}", text)
        return _EXPRESSION.sub(lambda found: self._expression(found, line), text)

    def _component(self, found: re.Match[str], line: int) -> str:
        name = found["name"]
        values = {} if found["end"] else self._values(found["rest"])
        if name in _IMAGES and values.get("src"):
            return image(values["src"], values.get("alt", ""), width=values.get("width", ""))
        if name in _PLAYERS and values.get("id"):
            return embed(_PLAYERS[name].format(values["id"]), name)
        if name and not found["end"] and name not in self._said:
            self._said.add(name)
            self._unknown("component", name, line + _lines_before(found))
        return "\n" * found[0].count("\n")

    def _values(self, rest: str) -> dict[str, str]:
        found = {}
        for one in _ATTRIBUTE.finditer(rest):
            inner = (one["braces"] or "{}")[1:-1].strip()
            value = self._imports.get(inner.partition(".")[0]) or inner.strip("\"'`")
            found[one["key"]] = next((text for text in (one["double"], one["single"]) if text is not None), value)
        return found

    def _expression(self, found: re.Match[str], line: int) -> str:
        whole = found[0]
        if whole[1:].lstrip().startswith("/*"):
            return "\n" * whole.count("\n")
        if text := _TEXT.fullmatch(whole):
            return escape(text["text"], quote=False)
        value = _VALUE.fullmatch(whole)
        if value and value["name"] in self._params:
            return escape(self._params[value["name"]], quote=False)
        if whole not in self._said:
            self._said.add(whole)
            self._unknown("expression", whole if len(whole) <= 60 else f"{whole[:60]}…", line + _lines_before(found))
        return "\n" * whole.count("\n")


def _lines_before(found: re.Match[str]) -> int:
    return found.string.count("\n", 0, found.start())


def _written(rest: str) -> str:
    """Return the attributes of an element of HTML that are plain text."""
    return "".join(f" {one[0]}" for one in _ATTRIBUTE.finditer(rest) if one["braces"] is None)
