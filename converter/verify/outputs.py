"""The text of finished files, cut at the posts: by chapters, articles (HTML), bookmarks (PDF), headings (Markdown)."""

from __future__ import annotations

import ctypes
import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import zip_longest
from threading import Lock
from typing import TYPE_CHECKING
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin
from msgspec import Struct

from converter.check.xml import XHTML, Element, MalformedError, parse
from converter.diagnostics import Code, SourceError, UsageError
from converter.storage.archives import Archive, ArchiveError, EntryError
from converter.verify.shape import Shape, joined
from converter.verify.words import cut_word, plain
from converter.writers import File, Verifiable

if TYPE_CHECKING:
    from converter.verify.visible import Visible

_MATHML = "http://www.w3.org/1998/Math/MathML"
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_INLINE = frozenset("a b code del em i rb ruby s span strong sub sup u".split())
MAX_TEXT = 256 * 1024 * 1024
"""Characters that are taken out of one file."""
MAX_STRUCTURE = 1_000_000
"""Elements of the structure of a page of PDF that are looked at."""


_pdfium = Lock()
"""PDFium may be called by one thread at a time."""


class Passage(Struct, frozen=True):
    """What a file says under one title."""

    title: str
    text: str
    shape: Shape | None = None
    """What it has beside its words, where that can be told."""


def can_read(name: str, writer: object = None) -> bool:
    """Return whether the words of a file can be taken out: by its writer, or since its suffix is known."""
    return isinstance(writer, Verifiable) or posixpath.splitext(name)[1].lower() in _READERS


def passages(data: bytes, *, name: str, writer: object = None) -> tuple[Passage, ...]:
    """Return the passages of a file in order: by the step `passages` of its writer, if it has one, else by its suffix.

    Raises `UsageError` for a suffix that is not known, `SourceError` for a file that is not what its suffix says.
    """
    if isinstance(writer, Verifiable):
        return tuple(Passage(title, text) for title, text in writer.passages(File(name, data)))
    suffix = posixpath.splitext(name)[1].lower()
    if suffix not in _READERS:
        raise UsageError(
            Code.USAGE, f"the words of '{name}' cannot be extracted", hint=f"files end in {', '.join(sorted(_READERS))}"
        )
    found, size = [], 0
    try:
        for passage in _READERS[suffix](data):
            size += len(passage.text)
            if size > MAX_TEXT:
                raise _UnreadableError(f"it has more than {MAX_TEXT // 2**20} million characters")
            found.append(passage)
    except _UnreadableError as error:
        raise SourceError(
            Code.BOOK_UNREADABLE,
            f"the words of the file cannot be extracted: {error}",
            file=name,
            hint="write it anew; `converter check` says more about an EPUB",
        ) from error
    return tuple(found)


class _UnreadableError(Exception):
    """The file is damaged, or something else than its name says."""


def _epub(data: bytes) -> Iterator[Passage]:
    """Yield a passage for each document of the spine, under its first heading, or for each article in it."""
    try:
        archive = Archive(data)
        container = parse(archive.read("META-INF/container.xml"))
        root = next((node.attributes.get("full-path", "") for node in container.named("rootfile")), "")
        package = parse(archive.read(root))
        hrefs = {item.attributes.get("id"): item.attributes.get("href", "") for item in package.named("item")}
        for reference in package.named("itemref"):
            href = unquote(hrefs.get(reference.attributes.get("idref"), ""))
            yield from _passages_of(parse(archive.read(posixpath.join(posixpath.dirname(root), href))))
    except (ArchiveError, EntryError) as error:
        raise _UnreadableError(str(error)) from error
    except MalformedError as error:
        raise _UnreadableError(f"{error.message} in line {error.line} of a document") from error


def _html(data: bytes) -> Iterator[Passage]:
    """Yield a passage for each article of a page."""
    try:
        yield from map(_passage, parse(data).named("article"))
    except MalformedError as error:
        raise _UnreadableError(f"{error.message} in line {error.line}") from error


def _passages_of(document: Element) -> Iterator[Passage]:
    body = next((one for one in document.named("body") if one.namespace == XHTML), None)
    if body is None:
        raise _UnreadableError("a document has no body")
    yield from map(_passage, [*body.named("article")] or [body])


def _passage(part: Element) -> Passage:
    heading = next((one for one in part.named(*_HEADINGS) if one.namespace == XHTML), None)
    return Passage("" if heading is None else "".join(_texts(heading)), "".join(_texts(part)), _shape(part))


def _shape(body: Element) -> Shape:
    return Shape(
        tuple((one.attributes.get("src", ""), one.attributes.get("alt", "")) for one in body.named("img")),
        tuple("".join(_texts(one, additions=False)) for one in body.named(*_HEADINGS)),
        tuple(one.text() for one in body.named("pre")),
        tuple((one.attributes.get("href", ""), _name_of(one)) for one in body.named("a")),
    )


def _name_of(link: Element) -> str:
    text = link.text()
    return text if text.strip() else " ".join(one.attributes.get("alt", "") for one in link.named("img"))


def _texts(element: Element, *, additions: bool = True) -> Iterator[str]:
    """Yield the texts of an element, with spaces between blocks and cells; a formula is its text alternative.

    Links to other chapters (`nav`) say the titles of these, and are no text. Without `additions`, marks of notes and
    what stands for an image that is not there are left out.
    """
    is_mark, is_box = element.attributes.get("role") == "doc-noteref", element.attributes.get("class") == "no-picture"
    if element.name == "nav" or (not additions and (is_mark or is_box)):
        return
    # The mark of a note is no part of the number that it follows, and what stands for an image is a box.
    gap = "" if element.namespace == XHTML and element.name in _INLINE and not (is_mark or is_box) else " "
    yield gap
    if element.name == "math" and element.namespace == _MATHML:
        yield element.attributes.get("alttext", "")
    else:
        for child in element.content:
            if isinstance(child, str):
                yield child
            else:
                yield from _texts(child, additions=additions)
    yield gap


def _pdf(data: bytes) -> Iterator[Passage]:
    """Yield a passage for each bookmark: the pages from its own to that of the next one of its level or above."""
    with _pdfium:
        pages, marks = _read_pdf(data)
    for (_, title, first), after in zip(marks, _ends([level for level, _, _ in marks]), strict=True):
        last = marks[after][2] if after < len(marks) else len(pages) - 1
        yield Passage(title, _text_of(pages[first : last + 1]))


def _page_texts(document: Iterable[object]) -> list[str]:
    pages, size = [], 0
    for page in document:
        pages.append(_page_text(page))
        size += len(pages[-1])
        if size > MAX_TEXT:
            raise _UnreadableError(f"it has more than {MAX_TEXT // 2**20} million characters")
    return pages


def _ends(levels: Sequence[int]) -> list[int]:
    """Return for each heading the number of the next one of its level or above, else how many there are."""
    ends = [len(levels)] * len(levels)
    open_: list[int] = []
    for number, level in enumerate(levels):
        while open_ and level <= levels[open_[-1]]:
            ends[open_.pop()] = number
        open_.append(number)
    return ends


def _read_pdf(data: bytes) -> tuple[list[str], list[tuple[int, str, int]]]:
    """Return the texts of the pages, and the level, title and page of each bookmark. Raises `_UnreadableError`."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise _UnreadableError(str(error)) from error
    try:
        return _page_texts(document), [(mark.level, mark.get_title(), _page_of(mark)) for mark in document.get_toc()]
    except pypdfium2.PdfiumError as error:
        raise _UnreadableError(str(error)) from error
    finally:
        document.close()


def _page_of(mark: object) -> int:
    destination = mark.get_dest()  # type: ignore[attr-defined]  # pypdfium2 ships no types
    return 0 if destination is None else int(destination.get_index() or 0)


_PIECES = 24
"""How many lines a word may be cut over."""
_HEADS = 2
"""How many lines at the beginning of a page may go on with a word of the last one: the first may be a running head."""
_FOLIO = re.compile(r"([\x02\ufffe])\d+\s*$", re.MULTILINE)
"""A page number that PDFium joins with a word that goes on on the next page."""
_FURNITURE = 4
"""The number of lines at the end of a page that may stand outside of its text: running heads and page number."""


def _text_of(pages: Sequence[str]) -> str:
    """Return the text of pages, and behind it the words that are cut where a line or a page ends."""
    cut: list[str] = []
    for page in pages:
        cut += [_HYPHEN.sub("", word) for word in _HYPHENATED.findall(page)]
    for page, following in zip_longest(pages, pages[1:], fillvalue=""):
        lines, beginning = _lines(_FOLIO.sub(r"\1", page)), _lines(following)
        for number, line in enumerate(lines):
            next_lines = lines[number + 1 : number + 2]
            if line.endswith(_HYPHENS):  # in a table the other cells of the row may stand between
                next_lines += beginning
            elif number >= len(lines) - _FURNITURE:
                next_lines += beginning[:_HEADS]
            for after in next_lines:
                cut += _cut(line, (after, *lines[number + 2 : number + _PIECES]))
    return "\n".join((*pages, *filter(None, cut)))


def _cut(line: str, following: Sequence[str]) -> Iterator[str]:
    """Yield the words that may begin at the end of a line: a long one in a narrow cell goes on over several lines."""
    before = line
    for after in following:
        before = cut_word(before.rstrip("".join(_HYPHENS)), after)
        if not before:
            return
        yield before
        if not after.rstrip("".join(_HYPHENS)).isalnum():
            return


def _lines(page: str) -> list[str]:
    """Return the lines of a page; a mark above an Arabic letter comes out of a file as a line of its own."""
    return [line for found in plain(page).splitlines() if (line := found.strip())]


_HYPHENS = ("\u2010", "\ufffe", "\x02")
"""How a hyphen that layout put at the end of a line comes out of a file."""
_HYPHEN = re.compile(r"[\x02\ufffe]")
_HYPHENATED = re.compile(r"\w+(?:[\x02\ufffe]\w+)+")
"""A word over lines that PDFium joined by itself: the hyphen may be layout's, or that of "non-maintainers"."""


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
        for _ in range(MAX_STRUCTURE):  # a damaged tree may have circles
            if not open_:
                break
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
    return buffer.raw.decode("utf-16-le", "replace").rstrip("\0")


def _markdown(data: bytes) -> Iterator[Passage]:
    """Yield a passage for each heading: the text to the next heading of its level or above, and the notes it marks."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _UnreadableError(f"it is not valid UTF-8: {error.reason} at byte {error.start}") from error
    body = re.sub(r"\A---\n.*?\n---\n", "", text, count=1, flags=re.DOTALL)
    markdown = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).use(footnote_plugin)
    pieces: list[tuple[int, Visible, list[int]]] = []
    notes: dict[int, list[Visible]] = {}
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
                shown = _token_shown(markdown, token, is_heading=level > 0)
                if note >= 0:
                    notes.setdefault(note, []).append(shown)
                else:
                    marks = [int(child.meta["id"]) for child in token.children or () if child.type == "footnote_ref"]
                    pieces.append((level, shown, marks))
    yield from _by_heading([(at, [one, *(t for n in marks for t in notes.get(n, ()))]) for at, one, marks in pieces])


def _token_shown(markdown: MarkdownIt, token: Token, *, is_heading: bool) -> Visible:
    from converter.verify.visible import Visible, visible  # loads Beautiful Soup, a quarter of the time of starting

    if token.type in ("fence", "code_block"):
        return Visible(token.content, Shape(listings=(token.content,)))
    if token.type == "html_block":
        return visible(token.content)
    children = [child for child in token.children or () if not child.type.startswith("footnote")]
    html = RendererHTML().renderInline(children, markdown.options, {})
    # A number that leads to another post of the digest is no mark of a note: those are not here.
    html = html.replace('href="#', 'href="./#')
    return visible(f"<h1>{html}</h1>" if is_heading else html)


def _by_heading(pieces: Sequence[tuple[int, Sequence[Visible]]]) -> Iterator[Passage]:
    headings = [number for number, (level, _) in enumerate(pieces) if level]
    ends = _ends([pieces[number][0] for number in headings])
    for number, after in zip(headings, ends, strict=True):
        end = headings[after] if after < len(headings) else len(pieces)
        shown = [one for _, several in pieces[number:end] for one in several]
        yield Passage(
            pieces[number][1][0].text,
            "\n".join(one.text for one in shown),
            joined([one.shape for one in shown]),
        )


_READERS: dict[str, Callable[[bytes], Iterator[Passage]]] = {
    ".epub": _epub,
    ".html": _html,
    ".md": _markdown,
    ".pdf": _pdf,
}
"""What takes the words out of the files of each suffix."""
