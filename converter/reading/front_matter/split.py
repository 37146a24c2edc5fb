"""The text of a post -> its front matter (YAML, TOML or JSON) and its body, with the lines where they begin."""

import json
import re
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

Format = Literal["yaml", "toml", "json", "lines"]
"""`lines` are those of Pelican: `Key: value`, without any quoting, to the first empty line."""
Forms = Literal["fenced", "hexo", "pelican"]
"""Which front matter a system knows besides those between fences."""

_FENCES: dict[str, tuple[Format, frozenset[str]]] = {
    "---": ("yaml", frozenset({"---", "..."})),
    "+++": ("toml", frozenset({"+++"})),
}
_LINE = re.compile(r"[^\n]*(?:\n|\Z)")
_KEY_LINE = re.compile(
    r"[^\s:=#\-<>{}\[\]*|][^\n:=：]{0,60}(?:[:=](?:[ \t]|$)|：)|[A-Za-z_]+:(?!//)\S|[ \t]+\S|#|-[ \t]"
)
_TOML_LINE = re.compile(rf"(?:[\w-]+|\"[^\"\n]+\"|'[^'\n]+')(?:\.[\w-]+)*[ \t]*=|{_KEY_LINE.pattern}")
_HEXO = re.compile(
    r"(?:^(?P<open>-{3,}|;{3,})[ \t]*\n)?(?P<front_matter>.+?\n)"
    r"^(?P<fence>(?(open)(?P=open)|(?:-{3,}|;{3,})))[ \t]*(?:\n|\Z)",
    re.DOTALL | re.MULTILINE,
)
"""The rules of `hexo-front-matter`."""
_HEXO_LINE = re.compile(r"[A-Za-z_][\w-]*[ \t]*:(?:[ \t]|$)|[ \t]+\S|#|-[ \t]")
_PELICAN = re.compile(r"(?: {0,3}[A-Za-z0-9_-]+:[ \t]*[^\n]*(?:\n|\Z)(?:[ \t]{4,}\S[^\n]*(?:\n|\Z))*)+(?=\n|\Z)")
"""The rules of Python-Markdown's extension `meta`."""
MAX_FRONT_MATTER = 256 * 1024
"""Characters. A longer front matter is a body that begins with a rule."""


class Parts(Struct, frozen=True):
    """A post cut in two."""

    format: Format | None
    """`None` for a post without front matter."""
    front_matter: str
    """What stands between the fences, or the JSON object."""
    front_matter_line: int
    """One-based line of the first character of `front matter`."""
    body: str
    body_line: int
    """One-based line of the first character of `body`."""
    body_origins: tuple[int, ...] = ()
    """For each line of the body the line of the written body that it comes from, both from zero, when they differ."""
    blank_lines: int = 0
    """Empty lines before the front matter: the site itself would not see the front matter."""
    closed: bool = True
    """Whether the front matter has its closing fence."""

    def origin(self, line: int) -> int:
        """Return the line of the file for a line that was counted on from `body_line`."""
        index = line - self.body_line
        return self.body_line + self.body_origins[index] if 0 <= index < len(self.body_origins) else line


def split_front_matter(text: str, forms: Forms = "fenced") -> Parts:
    """Cut a post into front matter and body. What opens like front matter and is none belongs to the body."""
    parts = _split(text)
    if parts.format is None and forms != "fenced":
        return (_split_open(text) if forms == "hexo" else _split_lines(text)) or parts
    return parts


def _split(text: str) -> Parts:
    start = len(text) - len(text.lstrip("\n \t\ufeff"))
    start = text.rfind("\n", 0, start) + 1
    blank = text.count("\n", 0, start)
    first = _LINE.match(text, start)
    fence = first[0].strip(" \t\n\ufeff") if first else ""
    if first is not None and fence in _FENCES:
        return _split_fenced(text, first.end(), fence, blank) or _no_front_matter(text)
    if fence.startswith("{") and not fence.startswith(("{{", "{%", "{:", "{::")):
        return _split_json(text, start, blank) or _no_front_matter(text)
    return _no_front_matter(text)


def _no_front_matter(text: str) -> Parts:
    return Parts(format=None, front_matter="", front_matter_line=1, body=text, body_line=1)


def _split_fenced(text: str, start: int, fence: str, blank: int) -> Parts | None:
    format_, closing = _FENCES[fence]
    is_key = (_TOML_LINE if format_ == "toml" else _KEY_LINE).match
    end = position = start
    while position < len(text) and position - start < MAX_FRONT_MATTER:
        line = _LINE.match(text, position)
        assert line is not None  # noqa: S101  # the pattern matches everywhere
        if line[0].rstrip(" \t\n") in closing:
            if position > start and not any(map(is_key, text[start:position].split("\n"))):
                return None
            return _parts(text, format_, (start, position, line.end()), blank)
        position = line.end()
    # No closing fence: the front matter is the run of lines that look like one.
    position = start
    while position < len(text) and (line := _LINE.match(text, position)) and is_key(line[0]):
        end = position = line.end()
    return _parts(text, format_, (start, end, end), blank, closed=False) if end > start else None


def _split_open(text: str) -> Parts | None:
    """Cut a post of Hexo: front matter may begin without a fence, and is JSON without braces before semicolons."""
    first = len(text) - len(text.lstrip())
    found = _HEXO.match(text, first, first + MAX_FRONT_MATTER)
    if not found:
        return None
    start, end = found.span("front_matter")
    if found["fence"].startswith("-"):
        lines = [line for line in found["front_matter"].split("\n") if line.strip()]
        is_front_matter = bool(lines) and all(map(_HEXO_LINE.match, lines))
        return _parts(text, "yaml", (start, end, found.end()), 0) if is_front_matter else None
    front_matter = "{" + found["front_matter"].strip().rstrip(",") + "}"
    try:
        json.loads(front_matter)
    except (ValueError, RecursionError):
        return None
    return replace(_parts(text, "json", (start, end, found.end()), 0), front_matter=front_matter)


def _split_lines(text: str) -> Parts | None:
    """Cut a post of Pelican: lines of `Key: value`, and more of a value in lines that are indented."""
    found = _PELICAN.match(text.lstrip("\ufeff"), 0, MAX_FRONT_MATTER)
    return _parts(text, "lines", (0, found.end(), found.end()), 0) if found else None


def _split_json(text: str, start: int, blank: int) -> Parts | None:
    try:
        value, end = json.JSONDecoder().raw_decode(text, text.index("{", start))
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, dict):
        return None
    return _parts(text, "json", (start, end, end), blank)


def _parts(text: str, format_: Format, cut: tuple[int, int, int], blank: int, *, closed: bool = True) -> Parts:
    start, end, body = cut
    return Parts(
        format=format_,
        front_matter=text[start:end],
        front_matter_line=text.count("\n", 0, start) + 1,
        body=text[body:],
        body_line=text.count("\n", 0, body) + 1,
        blank_lines=blank,
        closed=closed,
    )
