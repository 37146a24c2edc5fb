"""Inlines -> Markdown, for a paragraph, a heading or a cell."""

import html
import re
from enum import Enum
from itertools import groupby
from typing import assert_never

from msgspec.structs import replace

from converter.model import (
    Anchor,
    Code,
    Emphasis,
    Image,
    Inline,
    LineBreak,
    Link,
    Math,
    NoteReference,
    Ruby,
    Span,
    Strikethrough,
    Strong,
    Subscript,
    Superscript,
    Text,
)
from converter.model.walk import text_of
from converter.writers.markdown.dialects import Dialect, Pair
from converter.writers.markdown.elements import image_as_html
from converter.writers.markdown.emphasis import Delimiter, Token, spell_emphasis
from converter.writers.markdown.lines import protect_lines
from converter.writers.markdown.text import (
    Survey,
    code_span,
    escape_text,
    inert,
    labels_are_paired,
    may_need_escapes,
    survey,
)
from converter.writers.markdown.urls import autolink, target

LINE_END = "\\\n"
"""A line break inside a paragraph."""
BREAK_TAG = "<br>"
"""A line break where a line cannot end."""

_WIKI_TARGET = re.compile(r"(?![a-z][a-z0-9+.-]*:)[^|#^\[\]\n]+", re.IGNORECASE)
_WORD = re.compile(r"[\w+−-]+")


class Position(Enum):
    """Where inlines stand, as far as it changes how they are written."""

    PARAGRAPH = "paragraph"
    ITEM = "first paragraph of a list item"
    QUOTE = "first paragraph of a quotation"
    HEADING = "heading"
    CELL = "cell of a pipe table"


_ONE_LINE = frozenset({Position.HEADING, Position.CELL})


def write_inlines(children: tuple[Inline, ...], dialect: Dialect, place: Position = Position.PARAGRAPH) -> str:
    """Return the inlines as they are written at `place`, with everything escaped that would mean something there."""
    if len(children) == 1 and isinstance(only := children[0], Text) and not may_need_escapes(only.value, dialect):
        return only.value
    scope = _Scope(dialect, survey(children), place)
    scope.add_all(children)
    written = scope.paragraph()
    match place:
        case Position.PARAGRAPH | Position.ITEM | Position.QUOTE:
            is_item, is_quote = place is Position.ITEM, place is Position.QUOTE
            return protect_lines(written, dialect, opens_item=is_item, opens_quote=is_quote)
        case Position.HEADING:
            return _without_closing(written)
        case Position.CELL:
            return written.replace("|", "\\|")
        case _:
            assert_never(place)


def _without_closing(heading: str) -> str:
    """Return a heading with a backslash in the run of `#` at its end, which would close it and vanish."""
    words = heading.rstrip("#")
    closes = len(words) < len(heading) and (not words or words[-1] in " \t")
    return f"{heading[:-1]}\\#" if closes else heading


class _Scope:
    """Text whose delimiters are read together: that of a paragraph, or that of a label in it."""

    def __init__(self, dialect: Dialect, facts: Survey, place: Position, *, in_link: bool = False) -> None:
        self._dialect = dialect
        self._facts = facts
        self._place = place
        self._in_link = in_link
        self._tokens: list[Token] = []
        self._nodes = 0
        self._in_strong = False
        self._has_bracket = False
        self._code_end = -1

    def paragraph(self) -> str:
        """Return all that was added. White space at the edges, which readers drop, becomes references."""
        if self._tokens and self._tokens[-1] == LINE_END:
            self._tokens[-1] = BREAK_TAG
        edges = [index for index, token in enumerate(self._tokens) if token != ""]
        if edges:
            self._keep_space(edges[0], 0)
            self._keep_space(edges[-1], -1)
        return self.label()

    def label(self) -> str:
        """Return all that was added."""
        return spell_emphasis(self._tokens, lenient=self._dialect.punctuation_is_text)

    def _keep_space(self, index: int, edge: int) -> None:
        token = self._tokens[index]
        if isinstance(token, str) and token[edge].isspace():
            reference = _reference(token[edge])
            self._tokens[index] = reference + token[1:] if edge == 0 else token[:-1] + reference

    def add_all(self, nodes: tuple[Inline, ...]) -> None:
        """Add inlines; texts that stand side by side are one."""
        for is_text, group in groupby(nodes, lambda node: isinstance(node, Text)):
            if is_text:
                self._add_text("".join(node.value for node in group if isinstance(node, Text)))
            else:
                for node in group:
                    self._add(node)

    def _add_text(self, value: str) -> None:
        value = value.replace("\n", " ")
        if self._tokens and self._tokens[-1] == LINE_END and value[:1].isspace():
            # Readers drop white space at the start of a line.
            self._tokens.append(_reference(value[0]))
            value = value[1:]
        self._tokens += escape_text(value, self._dialect, self._facts, after_bracket=self._has_bracket)
        self._has_bracket = self._has_bracket or "[" in value

    def _add(self, node: Inline) -> None:
        match node:
            case Text(value):
                self._add_text(value)
            case Code(value):
                self._add_code(value)
            case Math(tex):
                self._add_math(tex)
            case Link(href, children, title):
                self._add_link(href, children, title)
            case Image():
                self._add_image(node)
            case NoteReference(id_):
                self._add_markup(f"[^{id_}]" if self._dialect.notes else f"<sup>[{id_}](#note-{id_})</sup>")
            case LineBreak():
                self._add_markup(BREAK_TAG if self._place in _ONE_LINE else LINE_END)
            case Anchor(id_):
                self._add_markup(self._anchor(html.escape(id_)))
            case _:
                self._add_nested(node)

    def _add_nested(self, node: Emphasis | Strong | Strikethrough | Superscript | Subscript | Ruby | Span) -> None:
        match node:
            case Emphasis(children):
                self._add_marked("*", children)
            case Strong(children) if self._in_strong:
                # cmark-gfm takes strong text right inside strong text for one of both.
                self._add_between(("<strong>", "</strong>"), children)
            case Strong(children):
                self._in_strong = True
                self._add_marked("**", children)
                self._in_strong = False
            case Strikethrough(children) if "~" in self._dialect.delimiters:
                self._add_marked("~~", children)
            case Strikethrough(children):
                self._add_between(self._dialect.strikethrough, children)
            case Superscript(children):
                self._add_between(self._script(self._dialect.superscript, "sup", children), children)
            case Subscript(children):
                self._add_between(self._script(self._dialect.subscript, "sub", children), children)
            case Ruby(base, reading):
                self._add_between(("<ruby>", "<rp>(</rp><rt>"), base)
                self._add_text(reading)
                self._add_markup("</rt><rp>)</rp></ruby>")
            case Span(children, lang, direction):
                values = {"lang": lang, "dir": direction}
                attributes = "".join(f' {name}="{html.escape(value)}"' for name, value in values.items() if value)
                self._add_between((f"<span{attributes}>", "</span>"), children)
            case _:
                assert_never(node)

    def _add_marked(self, delimiter: str, children: tuple[Inline, ...]) -> None:
        node, self._nodes = self._nodes, self._nodes + 1
        self._tokens.append(Delimiter(delimiter, node))
        self.add_all(children)
        self._tokens.append(Delimiter(delimiter, node))

    def _add_between(self, pair: Pair, children: tuple[Inline, ...]) -> None:
        self._add_markup(pair[0])
        self.add_all(children)
        self._add_markup(pair[1])

    def _script(self, pair: Pair, tag: str, children: tuple[Inline, ...]) -> Pair:
        """Return the pair for raised or lowered text: the dialect's own is for single words only."""
        is_word = all(isinstance(child, Text) for child in children) and _WORD.fullmatch(text_of(children))
        return pair if is_word else (f"<{tag}>", f"</{tag}>")

    def _add_markup(self, written: str) -> None:
        last = self._tokens[-1] if self._tokens else ""
        if written.startswith("[") and isinstance(last, str) and last.endswith("!"):
            # "!" before a link would make it an image.
            self._tokens[-1] = f"{last[:-1]}\\!"
        self._tokens.append(written)

    def _add_code(self, value: str) -> None:
        value = value.replace("\n", " ")
        touches = self._code_end == len(self._tokens)
        if not value or touches or (self._place is Position.CELL and "\\|" in value):
            self._add_markup(f"<code>{inert(value)}</code>")
        else:
            self._add_markup(code_span(value))
            self._code_end = len(self._tokens)

    def _add_math(self, tex: str) -> None:
        value = tex.replace("\n", " ").strip()
        self._add_markup(f"${code_span(value)}$" if self._dialect.maths == "code" else f"${value}$")

    def _add_link(self, href: str, children: tuple[Inline, ...], title: str) -> None:
        if self._in_link:
            self.add_all(children)
        elif not title and (short := autolink(href, text_of(children))) and all(isinstance(c, Text) for c in children):
            self._add_markup(short)
        else:
            self._add_markup(f"[{self._label(children, in_link=True)}]({target(href, title)})")

    def _add_image(self, image: Image) -> None:
        src, alt, title = image.src, image.alt, image.title
        size = f"{image.width},{image.height}".strip(",")
        if size and not self._dialect.image_attributes:
            # Alone on the first line of a paragraph it would be a block of HTML, and take what follows with it.
            html = image_as_html(image)
            self._add_markup(html if self._tokens else f"<span>{html}</span>")
        elif size:
            sizes = {"width": image.width, "height": image.height}
            attributes = " ".join(f"{name}={value}" for name, value in sizes.items() if value)
            label = self._label((Text(alt),), in_link=self._in_link)
            self._add_markup(f"![{label}]({target(src, title)}){{{attributes}}}")
        elif self._dialect.wiki_images and not title and _WIKI_TARGET.fullmatch(src) and not re.search(r"[|\[\]]", alt):
            self._add_markup(f"![[{src}|{alt}]]" if alt else f"![[{src}]]")
        else:
            self._add_markup(f"![{self._label((Text(alt),), in_link=self._in_link)}]({target(src, title)})")

    def _anchor(self, id_: str) -> str:
        if self._dialect.anchors == "attribute":
            return f"[]{{#{id_}}}"
        return f'<span id="{id_}"></span>' if self._in_link else f'<a id="{id_}"></a>'

    def _label(self, children: tuple[Inline, ...], *, in_link: bool) -> str:
        facts = replace(self._facts, brackets=not labels_are_paired(children))
        scope = _Scope(self._dialect, facts, self._place, in_link=in_link)
        scope.add_all(children)
        label = scope.label()
        # "[^" begins a note.
        return f"\\{label}" if label.startswith("^") else label


def _reference(char: str) -> str:
    return f"&#{ord(char)};"
