"""The text of finished files, cut at the posts: EPUB by chapters, PDF by bookmarks, Markdown by headings."""

import ctypes
import io
import posixpath
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from itertools import zip_longest
from urllib.parse import unquote
from xml.etree.ElementTree import Element, fromstring  # files of our own making

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin
from msgspec import Struct

from converter.diagnostics import Code
from converter.errors import UsageError
from converter.verify.words import cut_word, plain

_OPF = "{http://www.idpf.org/2007/opf}"
_XHTML = "{http://www.w3.org/1999/xhtml}"
_MATHML = "{http://www.w3.org/1998/Math/MathML}"
_INLINE = frozenset(f"{_XHTML}{name}" for name in "a b code del em i rb ruby s span strong sub sup u".split())
_CONTAINER = "{urn:oasis:names:tc:opendocument:xmlns:container}"


class Passage(Struct, frozen=True):
    """What a file says under one title."""

    title: str
    text: str


def passages(data: bytes, *, name: str) -> tuple[Passage, ...]:
    """Return the passages of a file in order, by its suffix. Raises `UsageError` for a suffix that is not known."""
    readers: dict[str, Callable[[bytes], Iterator[Passage]]] = {".epub": _epub, ".pdf": _pdf, ".md": _markdown}
    suffix = posixpath.splitext(name)[1].lower()
    if suffix not in readers:
        raise UsageError(
            Code.USAGE, f"the words of '{name}' cannot be taken out", hint=f"files end in {', '.join(sorted(readers))}"
        )
    return tuple(readers[suffix](data))


def _epub(data: bytes) -> Iterator[Passage]:
    """Yield a passage for each document of the spine, under its first heading."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        container = fromstring(archive.read("META-INF/container.xml"))  # noqa: S314  # made by us
        [root] = [str(node.get("full-path")) for node in container.iter(f"{_CONTAINER}rootfile")]
        package = fromstring(archive.read(root))  # noqa: S314
        hrefs = {item.get("id"): str(item.get("href")) for item in package.iter(f"{_OPF}item")}
        for reference in package.iter(f"{_OPF}itemref"):
            href = unquote(hrefs[reference.get("idref")])
            document = fromstring(archive.read(posixpath.join(posixpath.dirname(root), href)))  # noqa: S314
            yield _document(document)


def _document(document: Element) -> Passage:
    body = document.find(f"{_XHTML}body")
    assert body is not None  # noqa: S101  # a content document of ours
    heading = next(body.iter(f"{_XHTML}h1"), None)
    return Passage("" if heading is None else "".join(_texts(heading)), "".join(_texts(body)))


def _texts(element: Element) -> Iterator[str]:
    """Yield the texts of an element, with spaces between blocks and cells; a formula is its text alternative."""
    # The mark of a note is no part of the number that it follows.
    gap = "" if element.tag in _INLINE and element.get("role") != "doc-noteref" else " "
    yield gap
    if element.tag == f"{_MATHML}math":
        yield str(element.get("alttext", ""))
    else:
        yield element.text or ""
        for child in element:
            yield from _texts(child)
            yield child.tail or ""
    yield gap


def _pdf(data: bytes) -> Iterator[Passage]:
    """Yield a passage for each bookmark: the pages from its own to that of the next one of its level or above."""
    import pypdfium2

    document = pypdfium2.PdfDocument(data)
    try:
        pages = [_page_text(page) for page in document]
        marks = [(mark.level, mark.get_title(), _page_of(mark)) for mark in document.get_toc()]
    finally:
        document.close()
    for number, (level, title, first) in enumerate(marks):
        after = (page for other, _, page in marks[number + 1 :] if other <= level)
        last = next(after, len(pages) - 1)
        yield Passage(title, _text_of(pages[first : last + 1]))


def _page_of(mark: object) -> int:
    destination = mark.get_dest()  # type: ignore[attr-defined]  # pypdfium2 ships no types
    return 0 if destination is None else int(destination.get_index())


_FURNITURE = 4
"""The number of lines at the end of a page that may stand outside of its text: running heads and page number."""


def _text_of(pages: Sequence[str]) -> str:
    """Return the text of pages, and behind it the words that are cut where a line or a page ends."""
    cut: list[str] = []
    for page, following in zip_longest(pages, pages[1:], fillvalue=""):
        lines, beginning = _lines(page), _lines(following)[:1]
        for number, line in enumerate(lines):
            next_lines = lines[number + 1 : number + 2]
            if number >= len(lines) - _FURNITURE or line.endswith(_HYPHENS):
                next_lines += beginning
            cut += (cut_word(line.rstrip("".join(_HYPHENS)), after) for after in next_lines)
    return "\n".join((*pages, *filter(None, cut)))


def _lines(page: str) -> list[str]:
    """Return the lines of a page; a mark above an Arabic letter comes out of a file as a line of its own."""
    return [line for found in plain(page).splitlines() if (line := found.strip())]


_HYPHENS = ("\u2010", "\ufffe", "\x02")
"""How a hyphen that layout put at the end of a line comes out of a file."""


def _page_text(page: object) -> str:
    """Return the text of a page, and behind it that of its formulas, which are drawn."""
    text = str(page.get_textpage().get_text_range())  # type: ignore[attr-defined]  # pypdfium2 ships no types
    return "\n".join((text, *_formulas(page)))


def _formulas(page: object) -> Iterator[str]:
    """Yield the text alternatives of the formulas of a tagged page."""
    import pypdfium2.raw as pdfium

    tree = pdfium.FPDF_StructTree_GetForPage(page)
    try:
        roots = range(pdfium.FPDF_StructTree_CountChildren(tree) if tree else 0)
        open_ = [pdfium.FPDF_StructTree_GetChildAtIndex(tree, number) for number in roots]
        while open_:
            element = open_.pop()
            if not element:
                continue
            if _said(pdfium.FPDF_StructElement_GetType, element) == "Formula":
                yield _said(pdfium.FPDF_StructElement_GetAltText, element)
            kids = range(pdfium.FPDF_StructElement_CountChildren(element))
            open_ += (pdfium.FPDF_StructElement_GetChildAtIndex(element, number) for number in kids)
    finally:
        pdfium.FPDF_StructTree_Close(tree)


def _said(ask: Callable[..., int], element: object) -> str:
    """Return what a function of pdfium says of an element: it wants to be told the size, in bytes of UTF-16."""
    size = ask(element, None, 0)
    buffer = ctypes.create_string_buffer(size)
    ask(element, buffer, size)
    return buffer.raw.decode("utf-16-le").rstrip("\0")


def _markdown(data: bytes) -> Iterator[Passage]:
    """Yield a passage for each heading: the text to the next heading of its level or above, and the notes it marks."""
    body = re.sub(r"\A---\n.*?\n---\n", "", data.decode("utf-8"), count=1, flags=re.DOTALL)
    markdown = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).use(footnote_plugin)
    pieces: list[tuple[int, str, list[int]]] = []
    notes: dict[int, list[str]] = {}
    level, note = 0, -1
    for token in markdown.parse(body):
        match token.type:
            case "heading_open":
                level = int(token.tag[1])
            case "heading_close":
                level = 0
            case "footnote_open":
                note = int(token.meta["id"])
            case "footnote_close":
                note = -1
            case "inline" | "html_block" | "fence" | "code_block":
                text = _token_text(markdown, token)
                if note >= 0:
                    notes.setdefault(note, []).append(text)
                else:
                    marks = [int(child.meta["id"]) for child in token.children or () if child.type == "footnote_ref"]
                    pieces.append((level, text, marks))
    yield from _by_heading(
        [(at, "\n".join((text, *(t for n in marks for t in notes.get(n, ()))))) for at, text, marks in pieces]
    )


def _token_text(markdown: MarkdownIt, token: Token) -> str:
    from converter.verify.visible import visible_text  # loads Beautiful Soup, a quarter of the time of starting

    if token.type in ("fence", "code_block"):
        return token.content
    if token.type == "html_block":
        return visible_text(token.content)
    children = [child for child in token.children or () if not child.type.startswith("footnote")]
    return visible_text(RendererHTML().renderInline(children, markdown.options, {}))


def _by_heading(pieces: Sequence[tuple[int, str]]) -> Iterator[Passage]:
    for number, (level, title) in enumerate(pieces):
        if level:
            rest = pieces[number + 1 :]
            end = next((place for place, (other, _) in enumerate(rest) if 0 < other <= level), len(rest))
            yield Passage(title, "\n".join((title, *(text for _, text in rest[:end]))))
