"""What blocks and media of HTML mean: for each a function that opens it, and gives what is to be done at its end."""

import re
from collections.abc import Callable
from typing import TypeGuard

from converter.model import (
    Block,
    CodeBlock,
    Image,
    LineBreak,
    Math,
    MathBlock,
    NoteReference,
    Paragraph,
    Quote,
    Text,
    ThematicBreak,
)
from converter.model.walk import query, text_of
from converter.reading.html.builder import Builder, Dropped, Finish
from converter.reading.html.code import code_text, language_in
from converter.reading.html.drawings import description_of, is_ornament, url_of
from converter.reading.html.elements import Attributes, Element, below, classes, text_below
from converter.reading.html.formats import is_centred
from converter.reading.html.inlines import Format
from converter.reading.html.mathml import tex_of_mathml
from converter.reading.html.media import embedded
from converter.reading.html.prepare import HEADINGS, LINE
from converter.reading.html.quotations import quotation_marks
from converter.reading.html.sizes import is_unseen, size_of
from converter.reading.html.sources import source_of
from converter.reading.html.tex import in_a_line
from converter.reading.html.urls import link_url

Handler = Callable[[Builder, Element, Attributes], Finish | None]
"""Opens an element. Returns what is to be done at its end, or `None` where its children are not to be read."""


_FORMULAS = frozenset({"katex", "katex-display", "kdmath", "math", "mwe-math-element"})
"""Classes of elements that hold a formula: pandoc's and ours, kramdown's, KaTeX's, Wikipedia's."""
_DISPLAYED = frozenset({"display", "katex-display"})
"""Classes of those that stand in a line of their own."""
_TYPESET = frozenset(
    {"mathjax", "mathjax_chtml", "mathjax_display", "mathjax_preview", "mathjax_svg", "mathjax_svg_display"}
)
"""Classes of what MathJax drew of a formula that stands beside it in a script, or in it as MathML."""


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
        # One centred line under an image says what it shows.
        if len(flow.blocks) == count + 1 and is_caption(last := flow.blocks[-1]):
            flow.blocks.pop()
            builder.caption(last.children, last.line)

    return finish


_MAX_CAPTION = 100


def is_caption(block: Block) -> TypeGuard[Paragraph]:
    """Whether a block is a line without images."""
    if not isinstance(block, Paragraph) or any(isinstance(node, Image) for node in query(block)):
        return False
    return len(text_of(block)) <= _MAX_CAPTION


def paragraph(builder: Builder, element: Element, attributes: Attributes) -> Finish:
    """Open a paragraph."""
    builder.flow.loose = True
    return block(builder, element, attributes)


def heading(builder: Builder, element: Element, attributes: Attributes) -> Finish:
    """Open a heading, with the level that it has in the markup."""
    builder.end_run()
    flow = builder.flow
    tag = element.tag or ""
    flow.heading = (int(tag[1]) if tag in HEADINGS else 2, attributes.get("id") or "")

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


_VERSES = frozenset("poem poetry verse wp-block-verse".split())


def preformatted(builder: Builder, element: Element, attributes: Attributes) -> Finish | None:
    """Read lines of code, or open a poem."""
    if classes(attributes).isdisjoint(_VERSES):
        code_block(builder, element, attributes)
        return None
    outer, builder.keeps_lines = builder.keeps_lines, True
    builder.end_run()

    def finish() -> None:
        builder.end_run()
        builder.keeps_lines = outer

    return finish


def code_block(builder: Builder, element: Element, attributes: Attributes) -> None:
    """Read preformatted text as lines of code."""
    inner = [node.attributes for node in below(element) if node.tag in ("code", "pre")]
    languages = (language_in(one) for one in (attributes, *inner))
    language = next(filter(None, languages), builder.code_language)
    if inner:
        builder.move_to(line_of(inner[0]))
    text = code_text(element)
    if not language and (named := _LANGUAGE_LINE.match(text)):
        language, text = named[1].lower(), text[named.end() :]
    if text:
        builder.add(CodeBlock(text, language, line=builder.line))
        drop_links(builder, element)
    for one in element.css("img"):
        image(builder, one, one.attributes)
    builder.end_run()


_LANGUAGE_LINE = re.compile(r":::[ \t]*([\w+#-]+)[^\n]*(?:\n|\Z)")
"""The language of the code below, as Python-Markdown has it, which Pelican uses."""


def drop_links(builder: Builder, element: Element) -> None:
    """Remember where links in a block of code lead, and those around it: lines of code cannot hold them."""
    inside = (link_url(one.attributes.get("href")) for one in element.css("a"))
    around = (format_.href for format_ in builder.formats if format_.kind == "link")
    if hrefs := [href for href in (*around, *inside) if href and not href.startswith("#")]:
        builder.dropped.append(Dropped("a", "\n".join(dict.fromkeys(hrefs)), builder.line))


def division(builder: Builder, element: Element, attributes: Attributes) -> Finish | None:
    """Open a `<div>` or one of its kin: it may tell the language of code, or hold a formula."""
    names = classes(attributes)
    if not names.isdisjoint(_TYPESET):
        return typeset(builder, element, attributes)
    if "checkbox" in names and element.child is None and not builder.flow.run:
        builder.flow.checked = "checkbox-on" in names
        return None
    if not names.isdisjoint(_FORMULAS):
        builder.add(MathBlock(tex_of(element), line=builder.line))
        return None
    if element.child is None and (written := attributes.get("data-attrs")):
        embedded(builder, written)
        return None
    if names and _is_box(names):
        return quote(builder, element, attributes)
    builder.end_run()
    return coded(builder, attributes, builder.end_run)


_BOXES = frozenset("admonition alert callout caution note notice pullquote tip warning".split())
_BOX = re.compile(r"(?:admonition|alert|callout|notice)-")


def _is_box(names: frozenset[str]) -> bool:
    """Whether a `<div>` is set apart from the text, as a quotation is; a bold line that it begins with is its title."""
    return not names.isdisjoint(_BOXES) or any(map(_BOX.match, names))


def coded(builder: Builder, attributes: Attributes, finish: Finish) -> Finish:
    """Return how an element ends that may tell the language of the code in it."""
    language, outer = language_in(attributes), builder.code_language
    if not language:
        return finish
    builder.code_language = language

    def finish_language() -> None:
        finish()
        builder.code_language = outer

    return finish_language


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
    """Open a quotation in a line: the marks are part of the text, and those of its language."""
    languages = (format_.lang for format_ in reversed(builder.formats) if format_.lang)
    opening, closing = quotation_marks(next(languages, builder.language), builder.quotations)
    builder.quotations += 1
    builder.leaf(Text(opening))

    def finish() -> None:
        builder.quotations -= 1
        builder.leaf(Text(closing))

    return finish


def link(builder: Builder, element: Element, attributes: Attributes) -> Finish | None:
    """Open a link, or read the mark of a note."""
    url = link_url(attributes.get("href"))
    target = url.removeprefix("#")
    if element.mem_id in builder.places.back_links:
        return None
    if url.startswith("#") and target in builder.places.ids:
        builder.leaf(NoteReference(target))
        return None
    if not url or any(format_.kind == "link" for format_ in builder.formats):
        return _nothing
    title = " ".join((attributes.get("title") or "").split())
    count = builder.push_formats([Format(builder.number(), "link", url, title)])

    def finish() -> None:
        del builder.formats[len(builder.formats) - count :]

    return finish


def image(builder: Builder, element: Element, attributes: Attributes) -> None:
    """Read an image; one without a URL is its description."""
    size = size_of(attributes)
    if is_unseen(*size):
        return
    source = source_of(element, attributes)
    alt = " ".join((attributes.get("alt") or "").split())
    if source:
        builder.leaf(Image(source, alt, " ".join((attributes.get("title") or "").split()), *size))
    elif alt:
        builder.leaf(Text(alt))


def drawing(builder: Builder, element: Element, attributes: Attributes) -> None:
    """Read a drawing: it is an image that stands in the markup itself."""
    if is_ornament(element) or not (url := url_of(element)):
        return
    builder.leaf(Image(url, description_of(element), "", *size_of(attributes)))


def span(builder: Builder, element: Element, attributes: Attributes) -> Finish | None:
    """Open a span, or read the formula in it."""
    names = classes(attributes)
    if not names.isdisjoint(_TYPESET):
        return typeset(builder, element, attributes)
    if not names.isdisjoint(_FORMULAS):
        if not names.isdisjoint(_DISPLAYED) and not builder.formats and builder.flow.heading is None:
            builder.add(MathBlock(tex_of(element), line=builder.line))
        else:
            builder.leaf(Math(in_a_line(tex_of(element))))
        return None
    return _nothing


def formula(builder: Builder, element: Element, attributes: Attributes) -> None:
    """Read MathML: the TeX that it was made of, or else what it says."""
    tex = tex_of(element)
    if not tex:
        return
    if attributes.get("display") == "block":
        builder.add(MathBlock(tex, line=builder.line))
    else:
        builder.leaf(Math(in_a_line(tex)))


def typeset(builder: Builder, element: Element, attributes: Attributes) -> Finish | None:
    """Read what MathJax drew of a formula by the MathML in it, if there is such; a script beside it is read itself."""
    after = element.next
    if after is not None and after.tag == "script":
        return None
    mathml = element.css_first("math")
    if mathml is None:
        return _nothing
    formula(builder, mathml, {**mathml.attributes, "display": "block" if "display" in attributes else None})
    return None


def script(builder: Builder, element: Element, attributes: Attributes) -> None:
    """Read a formula that is written for MathJax; a script says nothing."""
    kind = (attributes.get("type") or "").lower()
    if not kind.startswith("math/tex"):
        return
    tex = text_below(element).strip()
    if "mode=display" in kind:
        builder.add(MathBlock(tex, line=builder.line))
    elif tex:
        builder.leaf(Math(in_a_line(tex)))


def tex_of(element: Element) -> str:
    """Return the TeX of a formula without delimiters; the text, where there is no TeX."""
    for node in below(element):
        if node.tag == "annotation" and "tex" in (node.attributes.get("encoding") or "").lower():
            return text_below(node).strip()
    mathml = element if element.tag == "math" else element.css_first("math")
    if mathml is not None:
        told = (mathml.attributes.get("alttext") or "").strip()
        return told if "\\" in told else tex_of_mathml(mathml)
    tex = text_below(element).strip()
    for opening, closing in (("\\(", "\\)"), ("\\[", "\\]"), ("$$", "$$"), ("$", "$")):
        if tex.startswith(opening) and tex.endswith(closing) and len(tex) > len(opening):
            return tex[len(opening) : -len(closing)].strip()
    return tex


def control(builder: Builder, element: Element, attributes: Attributes) -> None:
    """Remember the state of a task, or the button that an image is."""
    kind = (attributes.get("type") or "").lower()
    if kind == "checkbox" and not builder.flow.run:
        builder.flow.checked = "checked" in attributes
    elif kind == "image" and (source := source_of(element, attributes)):
        words = "\n".join(filter(None, (attributes.get("alt"), source)))
        builder.dropped.append(Dropped("input", words, builder.line))


def line_of(attributes: Attributes) -> int | None:
    """Return the source line that `prepare` wrote into an element."""
    written = attributes.get(LINE) or ""
    return int(written) if written.isdecimal() and len(written) < 10 else None
