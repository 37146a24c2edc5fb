"""What blocks and media of HTML mean: for each a function that opens it, and gives what is to be done at its end."""

import re
from collections.abc import Callable
from functools import partial
from typing import Literal, TypeGuard

from converter.model import (
    Block,
    CodeBlock,
    Image,
    Inline,
    LineBreak,
    Math,
    MathBlock,
    Media,
    NoteReference,
    Paragraph,
    Quote,
    Text,
    ThematicBreak,
)
from converter.reading.html.addresses import link_address, picture_address
from converter.reading.html.builder import Builder, Finish
from converter.reading.html.code import code_text, language_in
from converter.reading.html.elements import Attributes, Element, below, classes, text_below
from converter.reading.html.formats import is_centred
from converter.reading.html.inlines import Format
from converter.reading.html.notes import is_back_link
from converter.reading.html.prepare import LINE
from converter.walk import query, text_of

Handler = Callable[[Builder, Element, Attributes], Finish | None]
"""Opens an element. Returns what is to be done at its end, or `None` where its children are not to be read."""


_FORMULAS = frozenset({"katex", "katex-display", "kdmath", "math"})
"""Classes of elements that hold a formula: pandoc's and ours, kramdown's, KaTeX's."""


def _nothing() -> None:
    """Do nothing at the end of an element."""


def transparent(_builder: Builder, _element: Element, _attributes: Attributes) -> Finish:
    """Read the children as if the element were not there."""
    return _nothing


def block(builder: Builder, element: Element, attributes: Attributes) -> Finish:
    """Keep what stands in the element apart from what stands around it."""
    builder.end_run()
    if not is_centred(element.tag or "", attributes):
        return builder.end_run
    flow = builder.flow
    count = len(flow.blocks)

    def finish() -> None:
        builder.end_run()
        # One centred line under a picture says what it shows.
        if len(flow.blocks) == count + 1 and is_caption(last := flow.blocks[-1]):
            flow.blocks.pop()
            builder.caption(last.children, last.line)

    return finish


_MAX_CAPTION = 100


def is_caption(block: Block) -> TypeGuard[Paragraph]:
    """Whether a block is a line without pictures."""
    if not isinstance(block, Paragraph) or any(isinstance(node, Image) for node in query(block)):
        return False
    return len(text_of(block)) <= _MAX_CAPTION


def paragraph(builder: Builder, element: Element, attributes: Attributes) -> Finish:
    """Open a paragraph."""
    builder.flow.loose = True
    return block(builder, element, attributes)


_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})


def heading(builder: Builder, element: Element, attributes: Attributes) -> Finish:
    """Open a heading, with the level that it has in the markup."""
    builder.end_run()
    flow = builder.flow
    tag = element.tag or ""
    flow.heading = (int(tag[1]) if tag in _HEADINGS else 2, attributes.get("id") or "")

    def finish() -> None:
        builder.end_run()
        flow.heading = None

    return finish


def quote(builder: Builder, element: Element, attributes: Attributes) -> Finish:
    """Open a quotation."""
    if builder.is_full:
        return block(builder, element, attributes)
    line = builder.line
    builder.open_flow()

    def finish() -> None:
        if blocks := builder.close_flow().blocks:
            builder.add(Quote(tuple(blocks), line=line))

    return finish


def code_block(builder: Builder, element: Element, attributes: Attributes) -> None:
    """Read preformatted text as lines of code."""
    inner = next((node for node in below(element) if node.tag == "code"), None)
    language = language_in(attributes) or (language_in(inner.attributes) if inner else "") or builder.code_language
    if inner is not None:
        builder.move_to(line_of(inner.attributes))
    if text := code_text(element):
        builder.add(CodeBlock(text, language, line=builder.line))


def division(builder: Builder, element: Element, attributes: Attributes) -> Finish | None:
    """Open a `<div>` or one of its kin: it may tell the language of code, or hold a formula."""
    if not classes(attributes).isdisjoint(_FORMULAS):
        builder.add(MathBlock(tex_of(element), line=builder.line))
        return None
    builder.end_run()
    language, outer = language_in(attributes), builder.code_language
    if not language:
        return builder.end_run
    builder.code_language = language

    def finish() -> None:
        builder.end_run()
        builder.code_language = outer

    return finish


def rule(builder: Builder, _element: Element, attributes: Attributes) -> None:
    """Read a rule, but for the one that a generator puts before its notes."""
    if "footnotes-sep" in classes(attributes):
        return
    builder.add(ThematicBreak(line=builder.line))


def summary(builder: Builder, _element: Element, _attributes: Attributes) -> Finish:
    """Open what stands for hidden details: a line that matters."""
    builder.end_run()
    count = builder.push_formats([Format(builder.number(), "emphasis")])

    def finish() -> None:
        builder.end_run()
        del builder.formats[len(builder.formats) - count :]

    return finish


# ---- in the line ----


def line_break(builder: Builder, _element: Element, _attributes: Attributes) -> None:
    """Read a break, but for one at the start of a line."""
    if builder.flow.run:
        builder.leaf(LineBreak())


def code(builder: Builder, _element: Element, _attributes: Attributes) -> Finish:
    """Open code in a line."""
    builder.code_depth += 1

    def finish() -> None:
        builder.code_depth -= 1

    return finish


def quotation(builder: Builder, _element: Element, _attributes: Attributes) -> Finish:
    """Open a quotation in a line: the marks are part of the text."""
    builder.leaf(Text("“"))
    return partial(builder.leaf, Text("”"))


def link(builder: Builder, element: Element, attributes: Attributes) -> Finish | None:
    """Open a link, or read the mark of a note."""
    address = link_address(attributes.get("href"))
    target = address.removeprefix("#")
    if element.mem_id in builder.places.back_links or (builder.in_notes and is_back_link(element, attributes)):
        return None
    if address.startswith("#") and target in builder.places.ids:
        builder.leaf(NoteReference(target))
        return None
    if not address or any(format_.kind == "link" for format_ in builder.formats):
        return _nothing
    title = " ".join((attributes.get("title") or "").split())
    count = builder.push_formats([Format(builder.number(), "link", address, title)])

    def finish() -> None:
        del builder.formats[len(builder.formats) - count :]

    return finish


def picture(builder: Builder, _element: Element, attributes: Attributes) -> None:
    """Read a picture; one without an address is its description."""
    sources = [picture_address(attributes.get(name)) for name in ("data-original", "data-src", "data-lazy-src", "src")]
    if not any(sources):
        sources.append(picture_address((attributes.get("srcset") or "").split(",")[0].strip().partition(" ")[0]))
    source = next((source for source in sources if source and not source.startswith("data:")), "") or sources[-1]
    alt = " ".join((attributes.get("alt") or "").split())
    if source:
        builder.leaf(Image(source, alt, " ".join((attributes.get("title") or "").split())))
    elif alt:
        builder.leaf(Text(alt))


def span(builder: Builder, element: Element, attributes: Attributes) -> Finish | None:
    """Open a span, or read the formula in it."""
    if not classes(attributes).isdisjoint(_FORMULAS):
        builder.leaf(Math(_in_a_line(tex_of(element))))
        return None
    return _nothing


def formula(builder: Builder, element: Element, _attributes: Attributes) -> None:
    """Read MathML by its TeX annotation, or else as text."""
    if tex := tex_of(element):
        builder.leaf(Math(_in_a_line(tex)))


def script(builder: Builder, element: Element, attributes: Attributes) -> None:
    """Read a formula that is written for MathJax; a script says nothing."""
    kind = (attributes.get("type") or "").lower()
    if not kind.startswith("math/tex"):
        return
    tex = text_below(element).strip()
    if "mode=display" in kind:
        builder.add(MathBlock(tex, line=builder.line))
    elif tex:
        builder.leaf(Math(_in_a_line(tex)))


def tex_of(element: Element) -> str:
    """Return the TeX of a formula without delimiters; the text, where there is no TeX."""
    for node in below(element):
        if node.tag == "annotation" and "tex" in (node.attributes.get("encoding") or ""):
            return text_below(node).strip()
    tex = text_below(element).strip()
    for opening, closing in (("\\(", "\\)"), ("\\[", "\\]"), ("$$", "$$"), ("$", "$")):
        if tex.startswith(opening) and tex.endswith(closing) and len(tex) > len(opening):
            return tex[len(opening) : -len(closing)].strip()
    return tex


def _in_a_line(tex: str) -> str:
    """Return a formula on one line, without TeX's comments, which end where a line does."""
    return re.sub(r"\s*\n\s*", " ", re.sub(r"(?<!\\)%[^\n]*(\n|\Z)", "", tex)).strip()


_KINDS: dict[str, Literal["video", "audio", "embed"]] = {"audio": "audio", "video": "video"}


def media(builder: Builder, element: Element, attributes: Attributes) -> None:
    """Read a film, a recording or an embedded page."""
    sources = [attributes.get("src"), attributes.get("data-src"), attributes.get("data")]
    sources += [node.attributes.get("src") for node in below(element) if node.tag == "source"]
    address = next((address for source in sources if (address := link_address(source))), "")
    title = " ".join((attributes.get("title") or attributes.get("aria-label") or "").split())
    if address and address != "about:blank":
        builder.add(Media(kind=_KINDS.get(element.tag or "", "embed"), href=address, title=title, line=builder.line))


def checkbox(builder: Builder, _element: Element, attributes: Attributes) -> None:
    """Remember the state of a task."""
    if (attributes.get("type") or "").lower() == "checkbox" and not builder.flow.run:
        builder.flow.checked = "checked" in attributes


def line_of(attributes: Attributes) -> int | None:
    """Return the source line that `prepare` wrote into an element."""
    written = attributes.get(LINE) or ""
    return int(written) if written.isdecimal() and len(written) < 10 else None


def lines_of(blocks: list[Block]) -> tuple[Inline, ...]:
    """Return blocks as one run of inlines, with a line break between two of them."""
    found: list[Inline] = []
    for one in blocks:
        match one:
            case Paragraph(children):
                inlines: tuple[Inline, ...] = children
            case _:
                inlines = tuple(node for node in query(one) if isinstance(node, Text))
        if inlines:
            found += [LineBreak(), *inlines] if found else inlines
    return tuple(found)
