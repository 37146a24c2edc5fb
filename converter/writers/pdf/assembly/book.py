"""Orders laid-out fragments: numbers their pages, sets what stands before and after them, has them joined."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, Protocol
from urllib.parse import quote

from msgspec import Struct

from converter.diagnostics import Warn
from converter.languages.headlines import ems
from converter.languages.labels import label
from converter.model.postlinks import PostLink
from converter.writers.book import BETWEEN, MAKER, Book, Entry
from converter.writers.fonts import report_unserved
from converter.writers.pdf.assembly import folios
from converter.writers.pdf.assembly.attachments import attach_posts
from converter.writers.pdf.assembly.binding import Binding, PageStyle, Placement, Taken
from converter.writers.pdf.assembly.join import Joiner
from converter.writers.pdf.assembly.metadata import About, describe
from converter.writers.pdf.fragment import Laid, Rendered, RenderedRun
from converter.writers.pdf.style import OPENING, Style

FEWEST_TAGS = 3
"""An index of fewer says nothing."""
FEW = 8
"""So many posts are found without an outline beside the pages."""
SMALL = 0.76
"""The size of what stands beside a title in the contents, in text sizes."""
LEADER = 6.0
"""The room for a leader and a page number, in text sizes."""


class Typesetter(Protocol):
    """What lays out the pages that only the whole book knows."""

    @property
    def name(self) -> str:
        """The program and its version."""

    def prepare(self) -> None:
        """Do what can be done before the first page, such as loading libraries."""

    def page(self, name: str, values: Mapping[str, Any], warn: Warn) -> Laid:
        """Return the pages that the theme makes of values: `front`, `back`, or `folios`, one page for each number."""


class Placed(Struct, frozen=True):
    """A part that was taken, and the page of the body, counted from 0, that it begins on."""

    rendered: Rendered
    taken: Taken
    first: int
    opens: bool
    """Whether a post or a section begins here."""

    @property
    def pages(self) -> int:
        return self.taken.fragment.pages


def place(parts: Iterable[tuple[Rendered, Taken]], *, two_sided: bool) -> tuple[Placed, ...]:
    """Return the parts with their pages. In a two-sided book a section begins on a right-hand page."""
    found: list[Placed] = []
    page = 0
    for part, taken in parts:
        if two_sided and part.opens_section and page % 2:
            page += 1
        opens = not (found and part.key and found[-1].rendered.key == part.key)
        found.append(Placed(part, taken, page, opens))
        page += taken.fragment.pages
    return tuple(found)


def make_book(
    book: Book, style: Style, typesetter: Typesetter, rendered: Iterable[tuple[int, RenderedRun]], warn: Warn
) -> bytes:
    """Return the finished PDF. Parts come with their numbers, in any order, and are taken as they come."""
    report_unserved(style.library, {entry.language for entry in book.entries} | {book.language}, warn)
    joiner, book_pages = Joiner(), _BookPages(book, style, typesetter, warn)
    typesetter.prepare()
    body = place(_taken(rendered, joiner), two_sided=style.options.two_sided)
    bound = _bound(body, joiner, book_pages, style)
    catalog, file = joiner.join(bound), joiner.file
    if style.options.attach_sources:
        attached = attach_posts(file, book.digest.posts, book.digest.updated)
        catalog |= {**attached, "Names": {**catalog.get("Names", {}), **attached["Names"]}}
    described, information = describe(file, _about(book, style, typesetter.name, tagged=not bound.untagged))
    return file.finish(file.add({**catalog, **described}), information)


def _bound(body: Sequence[Placed], joiner: Joiner, book_pages: "_BookPages", style: Style) -> Binding:
    """Return everything in its place: front matter, posts, back matter. A post by itself has neither."""
    pages = max((each.first + each.pages for each in body), default=0)
    back = book_pages.back(body)
    front = book_pages.front(body, pages, back) if back else None
    front_pages = front.fragment.pages if front else 0
    front_pages += front_pages % 2 if style.options.two_sided else 0
    romans = tuple(roman(number) for number in range(1, front_pages + 1))
    decorator = _Decorator(style, romans, front_pages)
    front_taken, back_taken = (joiner.take_page(each) if each else None for each in (front, back))
    last = pages + (back.fragment.pages if back else 0)
    return Binding(
        placements=(
            *((decorator.front(front_taken),) if front_taken else ()),
            *map(decorator.body, body),
            *((decorator.back(back_taken, front_pages + pages),) if back_taken else ()),
        ),
        pages=front_pages + last,
        size=style.geometry.sheet,
        bleed=style.geometry.bleed,
        folios=book_pages.folios(len(str(last)), romans[1 : front.fragment.pages] if front else ()),
        page_label=label(style.language, "page"),
        labels=(*(((0, "r", 1),) if front else ()), (front_pages, "D", 1)),
        closed_level=style.offset + 1,
        shows_outline=sum(each.opens for each in body) > FEW,
    )


def _taken(rendered: Iterable[tuple[int, RenderedRun]], joiner: Joiner) -> Iterator[tuple[Rendered, Taken]]:
    """Yield the parts in the order of the book, each as soon as all before it are there."""
    waiting: dict[int, RenderedRun] = {}
    done = 0
    for number, run in rendered:
        waiting[number] = run
        while done in waiting:
            ready = waiting.pop(done)
            yield from zip(ready.units, joiner.take(ready), strict=True)
            done += 1


def roman(number: int) -> str:
    """Return a number in small Roman digits."""
    found = ""
    for value, digits in (
        (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"),
        (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
    ):  # fmt: skip
        count, number = divmod(number, value)
        found += digits * count
    return found


class _Decorator:
    """Says how each page is decorated: its number, its running head, its side."""

    def __init__(self, style: Style, romans: tuple[str, ...], front_pages: int) -> None:
        self._style = style
        self._romans = romans
        self._front_pages = front_pages

    def front(self, taken: Taken) -> Placement:
        pages = range(taken.fragment.pages)
        page_styles = tuple(self._page_style(page, "" if page == 0 else self._romans[page], OPENING) for page in pages)
        return Placement(taken, 0, page_styles, "book:front")

    def body(self, placed: Placed) -> Placement:
        rendered, start = placed.rendered, placed.first
        page_styles = tuple(
            self._page_style(page, str(page + 1), OPENING if placed.opens and page == start else "")
            for page in range(start, start + placed.pages)
        )
        name = str(PostLink(rendered.key)) if rendered.key else f"book:page-{start}"
        return Placement(placed.taken, self._front_pages + start, page_styles, name)

    def back(self, taken: Taken, first: int) -> Placement:
        numbers = range(first - self._front_pages, first - self._front_pages + taken.fragment.pages)
        return Placement(
            taken, first, tuple(self._page_style(page, str(page + 1), OPENING) for page in numbers), "book:back"
        )

    def _page_style(self, page: int, folio: str, kind: str) -> PageStyle:
        """Return what is added to a page by its number in front matter or body; both begin on the right.

        Its overlay is that of its side and `kind`, if its fragment has it.
        """
        verso = self._style.options.two_sided and page % 2 == 1
        side = "verso" if verso else "recto"
        return PageStyle(folio, side + kind, side, self._style.geometry.mirror if verso else 0)


class _BookPages:
    """Lays out what only the whole book knows: cover, contents, index, colophon, page numbers."""

    def __init__(self, book: Book, style: Style, typesetter: Typesetter, warn: Warn) -> None:
        self._book = book
        self._style = style
        self._typesetter = typesetter
        self._warn = warn
        # What depends on no page is made at once, while parts are still laid out.
        self._length = book.length
        self._origins = {entry.key: self._origin(entry) for entry in book.entries}

    def front(self, body: Sequence[Placed], body_pages: int, back: Laid) -> Laid:
        """Return cover and contents."""
        pages = _first_pages(body)
        labels = self._style.labels()
        endings = [
            {
                "href": f"book:back#{name}",
                "page": body_pages + back.fragment.anchors[name].page + 1,
                "title": labels[name],
            }
            for name in ("index", "colophon")
            if name in back.fragment.anchors
        ]
        values = {
            "book": self._book,
            "length": self._length,
            "headlines": [self._line(entry) for entry in self._book.headlines],
            "sections": self._sections(pages, body),
            "endings": endings,
        }
        return self._typesetter.page("front", values, self._warn)

    def back(self, body: Sequence[Placed]) -> Laid | None:
        """Return index and colophon; `None` for a post by itself."""
        if self._book.is_lone:
            return None
        values = {
            "book": self._book,
            "length": tuple(filter(None, (*self._length, self._book.revision))),
            "tags": self._tags(body) if self._style.options.index and len(self._book.tags) >= FEWEST_TAGS else [],
            "made_with": self._book.made_with(self._typesetter.name),
        }
        return self._typesetter.page("back", values, self._warn)

    def folios(self, longest: int, romans: Iterable[str]) -> folios.FolioStyle:
        numbers = folios.wanted(longest, romans)
        values = {"title": self._book.title, "numbers": numbers}
        return folios.read_folios(self._typesetter.page("folios", values, self._warn), numbers)

    def _sections(self, pages: Mapping[str, int], body: Sequence[Placed]) -> list[dict[str, Any]]:
        openers = iter([each for each in body if each.rendered.opens_section])
        found: list[dict[str, Any]] = []
        for section in self._book.sections:
            opener = next(openers, None) if section.title else None
            found.append(
                {
                    "title": section.title,
                    "page": opener.first + 1 if opener else "",
                    "href": f"book:page-{opener.first}" if opener else "",
                    "entries": [self._row(entry, pages[entry.key] + 1) for entry in section.entries],
                }
            )
        return found

    def _row(self, entry: Entry, page: int) -> dict[str, Any]:
        """Return a row of the contents; its origin goes to the next line where the leader would have no room."""
        origin = self._origins[entry.key]
        used = ems(entry.title) % (self._style.measure - 1)
        breaks = used + SMALL * ems(origin) > self._style.measure - LEADER
        return {**self._line(entry), "page": page, "origin": origin, "breaks": breaks}

    def _line(self, entry: Entry) -> dict[str, Any]:
        return {
            "title": self._style.isolated((entry.title,))[0],
            "language": entry.language if entry.language != self._style.language else "",
            "href": _post_link(entry.key),
        }

    def _origin(self, entry: Entry) -> str:
        """Return byline and day of a post, the day without its year."""
        return BETWEEN.join(filter(None, (*self._style.isolated(entry.names), entry.short_when)))

    def _tags(self, body: Sequence[Placed]) -> list[dict[str, Any]]:
        """Return the tags with the pages of their posts; neighbours of one tag are a range, as in "12–19"."""
        first, last = _first_pages(body), _last_pages(body)
        number = {entry.key: number for number, entry in enumerate(self._book.entries)}
        found = []
        for tag in self._book.tags:
            # What follows another has the same distance from its place in the tag to that in the book.
            runs = groupby(enumerate(entry.key for entry in tag.entries), lambda each: number[each[1]] - each[0])
            keys = [[key for _, key in run] for _, run in runs]
            found.append(
                {"name": tag.name, "places": [_run(run, first[run[0]] + 1, last[run[-1]] + 1) for run in keys]}
            )
        return found


def _first_pages(body: Sequence[Placed]) -> dict[str, int]:
    """Return the page of the body that each post begins on, by its key."""
    found: dict[str, int] = {}
    for each in body:
        if each.rendered.key:
            found.setdefault(each.rendered.key, each.first)
    return found


def _last_pages(body: Sequence[Placed]) -> dict[str, int]:
    """Return the page of the body that each post ends on, by its key."""
    return {each.rendered.key: each.first + each.pages - 1 for each in body if each.rendered.key}


def _run(keys: Sequence[str], first: int, last: int) -> dict[str, str]:
    """Return the pages of posts that follow each other, with a link to the first; of one post, where it begins."""
    return {"href": _post_link(keys[0]), "page": f"{first}–{last}" if len(keys) > 1 else str(first)}


def _post_link(key: str) -> str:
    return str(PostLink(quote(key, safe="")))


def _about(book: Book, style: Style, producer: str, *, tagged: bool) -> About:
    return About(
        title=book.title,
        authors=book.creators,
        language=book.language,
        subject=book.dateline,
        date=book.digest.updated,
        creator=MAKER,
        producer=producer,
        right_to_left=style.direction == "rtl",
        archival_part=3 if style.options.attach_sources else 2,
        tagged=tagged,
        revision=book.digest.revision,
    )
