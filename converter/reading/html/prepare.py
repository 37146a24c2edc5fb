"""HTML as it stands in posts -> HTML that a parser takes in linear time, with the source line on every block.

Comments go, a `<` that opens no tag is escaped, and tags that nest too deeply are left out with their text kept: an
HTML parser would lose the rest of the post at the first, and take quadratic time for the second.
"""

import re
from collections import Counter
from collections.abc import Iterator
from html import escape

from msgspec import Struct

LINE = "data-line"
"""The attribute that carries the one-based source line of a block."""
MAX_OPEN = 200
"""Elements that may be open at a time, of those that need an end tag."""

_NAME = r"[A-Za-z][A-Za-z0-9:_.-]*+"
_TAG = re.compile(
    rf"<(?P<end>/?)(?P<name>{_NAME})"
    r"(?P<attributes>(?:[\s/]*+[^\s\"'<>/=`]++(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s\"'<>`]++))?+)*+[\s/]*+)>"
)
_SLOPPY_TAG = re.compile(rf"<(?P<end>/?)(?P<name>{_NAME})(?P<attributes>(?=[\s/>\"'])[^<>]*+)>")
_BOGUS = re.compile(r"<[!?][^<>]*>")
_BOGUS_END = re.compile(r"</(?![A-Za-z])[^<>]*>")
"""What HTML takes for a comment though it is written like a tag. One that another `<` follows may be text."""
_STEP = re.compile(r"[^<]*+")
_LINE_MARK = re.compile(r"<!--line:(\d*)-->")
_COMMENT_END = re.compile(r"--!?>")
_SHORT_COMMENT = re.compile(r"<!--(?:>|->)")
"""Comments that end where they begin (HTML, 13.2.5.43 and following)."""
_DECLARATIONS = (
    ("<![cdata[", "]]>"),
    ("<!doctype", ">"),
    ("<?xml", "?>"),
    ("<?php", "?>"),
    ("<?=", "?>"),
)

VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
RAW = frozenset("iframe noembed noframes script style textarea title xmp".split())
"""Elements whose content is text to the parser."""
_FORMATS = frozenset("b big code em font i s small strike strong tt u".split())
MAX_FORMATS = 24
"""Elements that may be open at a time, of those that a parser opens again in every block until they are closed."""
_ENDLESS = "plaintext"
"""The element that makes text of all that follows, its own end tag too: whoever writes it means that of a paragraph."""
_SWALLOWING = frozenset("audio button canvas datalist math noscript object select svg template video".split())
"""Elements that are not read as text: without an end tag one would take the rest of the post with it."""
_IMPLIED = frozenset(
    "a body caption colgroup dd dt head html li nobr optgroup option p rp rt rb rtc tbody td tfoot th thead tr".split()
)
"""Elements that their next sibling or their parent closes: they do not nest by themselves."""
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
BLOCKS = frozenset(
    "address article aside blockquote body center dd details dialog dir div dl dt fieldset figcaption figure footer "
    "form h1 h2 h3 h4 h5 h6 header hgroup hr iframe legend li listing main math menu nav object ol p pre section "
    "summary table tbody td tfoot th thead tr ul video audio xmp".split()
)


class Markup(Struct, frozen=True):
    """Markup that is ready for the parser."""

    html: str
    too_deep: int | None = None
    """The line where the first tag was left out because too many elements were open."""


def line_mark(line: int | None) -> str:
    """Return a comment that tells `prepare` in which line of the source the markup after it stands; `None` ends it."""
    return f"<!--line:{'' if line is None else line}-->"


def prepare(text: str) -> Markup:
    """Return the markup made safe. Lines are marked between `line_mark(n)` and `line_mark(None)`."""
    scanner = _Scanner(text)
    html = "".join(scanner.run())
    return Markup(html, scanner.too_deep)


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.too_deep: int | None = None
        self._position = 0
        self._line: int | None = None
        self._counted = 0
        self._open: Counter[str] = Counter()
        self._left_out: Counter[str] = Counter()
        self._unclosed: set[str] = set()
        self._last_end: dict[str, int] = {}

    def run(self) -> Iterator[str]:
        """Yield the markup in pieces."""
        text = self.text
        while self._position < len(text):
            step = _STEP.match(text, self._position)
            assert step is not None  # noqa: S101  # the pattern matches everywhere
            yield step[0]
            self._position = step.end()
            if self._position < len(text):
                yield self._markup()

    def _markup(self) -> str:
        """Return what stands for the markup at the position, and go behind it."""
        text, start = self.text, self._position
        if text.startswith(("<!", "<?"), start):
            return self._declaration()
        if text.startswith("</", start) and (bogus := _BOGUS_END.match(text, start)):
            self._position = bogus.end()
            return ""
        tag = _TAG.match(text, start) or _SLOPPY_TAG.match(text, start)
        if tag is None:
            self._position += 1
            return "&lt;"
        self._position = tag.end()
        return self._end_tag(tag) if tag["end"] else self._start_tag(tag)

    def _declaration(self) -> str:
        start = self._position
        mark = _LINE_MARK.match(self.text, start)
        if mark:
            self._line = int(mark[1]) if mark[1] else None
            self._counted = self._position = mark.end()
            return ""
        if self.text.startswith("<!--", start) and (end := self._end_of_comment(start)):
            self._position = end
            return ""
        if self._open["svg"] and self.text.startswith("<![CDATA[", start):
            return self._character_data(start + 9)
        closing = next(
            (end for begin, end in _DECLARATIONS if self.text[start : start + 9].lower().startswith(begin)), ""
        )
        end = self._find(closing, start + 2) if closing else -1
        if not closing and (bogus := _BOGUS.match(self.text, start)):
            self._position = bogus.end()
            return ""
        if end < 0:
            self._position += 1
            return "&lt;"
        self._position = end + len(closing)
        return ""

    def _end_of_comment(self, start: int) -> int:
        """Return the place behind a comment, zero for one that never ends."""
        if (short := _SHORT_COMMENT.match(self.text, start)) is not None:
            return short.end()
        found = None if "-->" in self._unclosed else _COMMENT_END.search(self.text, start + 4)
        if found is None:
            self._unclosed.add("-->")
        return found.end() if found else 0

    def _character_data(self, start: int) -> str:
        """Return what stands in a section of characters, which drawings may have."""
        end = self._find("]]>", start)
        if end < 0:
            self._position += 1
            return "&lt;"
        self._position = end + 3
        return escape(self.text[start:end], quote=False)

    def _find(self, closing: str, start: int) -> int:
        """Return where `closing` stands; what was not found once is not looked for again."""
        if closing in self._unclosed:
            return -1
        end = self.text.find(closing, start)
        if end < 0:
            self._unclosed.add(closing)
        return end

    def _end_tag(self, tag: re.Match[str]) -> str:
        name = tag["name"].lower()
        if name == _ENDLESS:
            return ""
        if name in _IMPLIED:
            return f"</{name}>"
        if self._left_out[name]:
            self._left_out[name] -= 1
            return ""
        if self._open[name]:
            self._open[name] -= 1
            self._open[""] -= 1
            self._open["format"] -= name in _FORMATS
        return f"</{name}>"

    def _start_tag(self, tag: re.Match[str]) -> str:
        name = tag["name"].lower()
        if name == _ENDLESS:
            return ""
        whole = self._with_line(tag, name) if name in BLOCKS else tag[0]
        if name in RAW:
            return whole + self._raw_content(name)
        if name in VOID or name in _IMPLIED:
            return whole
        if name in _SWALLOWING and not self._is_closed_later(name):
            return ""
        if tag["attributes"].endswith("/") and (self._open["svg"] or self._open["math"]):
            return whole
        is_format = name in _FORMATS
        if self._open[""] >= MAX_OPEN or (is_format and self._open["format"] >= MAX_FORMATS):
            self._left_out[name] += 1
            self.too_deep = self.too_deep or self._line_at(tag.start()) or 0
            return ""
        self._open[name] += 1
        self._open[""] += 1
        self._open["format"] += is_format
        return whole

    def _is_closed_later(self, name: str) -> bool:
        if name not in self._last_end:
            ends = re.finditer(rf"</{name}[\s/>]", self.text, re.IGNORECASE)
            self._last_end[name] = max((end.start() for end in ends), default=-1)
        return self._position <= self._last_end[name]

    def _with_line(self, tag: re.Match[str], name: str) -> str:
        line = self._line_at(tag.start())
        return tag[0] if line is None else f'<{name} {LINE}="{line}"{tag["attributes"]}>'

    def _line_at(self, position: int) -> int | None:
        if self._line is not None:
            self._line += self.text.count("\n", self._counted, position)
            self._counted = position
        return self._line

    def _raw_content(self, name: str) -> str:
        """Return the content and the end tag of an element that holds text; an unclosed one ends at once."""
        start = self._position
        if name in self._unclosed:
            return f"</{name}>"
        end = re.compile(rf"</{name}[\s/>]", re.IGNORECASE).search(self.text, start)
        if end is None:
            self._unclosed.add(name)
            return f"</{name}>"
        close = self.text.find(">", end.start())
        self._position = close + 1 if close >= 0 else len(self.text)
        return f"{self.text[start : end.start()]}</{name}>"
