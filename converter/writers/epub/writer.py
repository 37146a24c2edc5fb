"""The EPUB writer: its options, and its three steps."""

import zlib
from typing import ClassVar

from msgspec import Struct
from msgspec.structs import replace

from converter.check import check_epub
from converter.diagnostics import Code, Severity, Warn, WriterError, ignore
from converter.model import Digest
from converter.storage.fingerprint import code_fingerprint, key_of
from converter.themes import Theme
from converter.writers import File, PathOption, Results
from converter.writers.book import Book
from converter.writers.epub.accessibility import Statements
from converter.writers.epub.chapter import parts_of, render_chapter, write_chapter
from converter.writers.epub.kobo import with_sentence_marks
from converter.writers.epub.own_cover import read_cover
from converter.writers.epub.package import PackageOptions
from converter.writers.epub.parts import Chapter, ChapterPart
from converter.writers.epub.profiles import HABITS, Profile
from converter.writers.epub.volumes import write_volumes
from converter.writers.fonts import choose

PACKAGES = (
    "babel", "EbookLib", "fonttools", "jinja2", "latex2mathml", "lxml", "pillow", "pygments", "tinycss2", "uharfbuzz",
)  # fmt: skip
"""The packages that the bytes of a book, and what is said about it, depend on."""


class EpubWriter(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """EPUB 3.3 with an NCX for older reading systems."""

    suffix: ClassVar[str] = ".epub"
    is_quick: ClassVar[bool] = True

    profile: Profile = "generic"
    """`kindle` keeps each file small enough to be mailed; `kobo` marks sentences as Kobo's own books do; `small` is for
    e-readers with little memory."""
    megabytes: int = 0
    """The greatest size of a file; a larger book is split into volumes. 0: what the profile says (Kindle 50)."""
    headings: bool = False
    """Whether the contents list the headings of posts, too."""
    previous_next: bool = True
    """Whether a chapter ends with links to the one before and the one after."""
    image_size: int = 1600
    """Pixels of the longest side; larger images are made smaller."""
    grey: bool = False
    """Whether images lose their colours, which makes them smaller."""
    cover: PathOption = ""
    """An image, JPEG or PNG best, that is the cover; empty: one is drawn, with the headlines of the book."""
    series: bool | str = True
    """Whether a book of a period says which edition of what series it is; a text is the name of the series."""
    certifier: str = ""
    """Who has examined the books and vouches that they meet EPUB Accessibility at WCAG 2.2 AA; empty: no claim."""
    accessibility: Statements = Statements()
    """What else its publisher says about accessibility."""

    def __post_init__(self) -> None:
        said = self.accessibility
        if (said.report or said.credential) and not self.certifier:
            raise ValueError("`report` and `credential` of accessibility speak of a `certifier`, and there is none")
        if said.contact and said.standard == "1.1":
            # EPUBCheck 5.3 calls the property an error: it is new in version 1.2.
            raise ValueError('`contact` of accessibility wants `standard = "1.2"`: version 1.1 has no word for it')

    def require(self) -> None:
        """Raise `UsageError` where the cover that the user names is no image that can be read."""
        if self.cover:
            read_cover(self.cover)

    def split(self, digest: Digest, theme: Theme) -> tuple[ChapterPart, ...]:
        """Return a part for each post."""
        return parts_of(Book(digest), theme, previous_next=self.previous_next)

    def render(self, part: ChapterPart, theme: Theme, warn: Warn) -> Chapter:
        """Return the chapter of one post."""
        images = HABITS[self.profile].images(self.image_size, grey=self.grey)
        return self._whole(render_chapter(part, theme, images, warn))

    def assemble(self, digest: Digest, theme: Theme, rendered: Results[Chapter], warn: Warn) -> tuple[File, ...]:
        """Return the book, or its volumes. Raises `WriterError` where two posts have one key, or a book is invalid."""
        book = Book(digest)
        _ = book.length  # what takes long is done while chapters are still in the making
        habits = HABITS[self.profile]
        options = PackageOptions(
            headings=self.headings,
            previous_next=self.previous_next,
            certifier=self.certifier,
            statements=self.accessibility,
            cover=habits.images(habits.cover_side, grey=self.grey),
            cover_file=self.cover,
            series=self.series,
            finish=self._finished,
        )
        limit = (self.megabytes or habits.megabytes) * 1_000_000

        def rewrite(part: ChapterPart, chapter: Chapter) -> Chapter:
            return self._whole(write_chapter(part, theme, chapter.shown, ignore))

        volumes = write_volumes(book, theme, tuple(rendered), options, limit, rewrite, warn)
        suffix = f".kepub{self.suffix}" if self.profile == "kobo" else self.suffix
        files = (
            File(f"{digest.key}{f'-{number}' if number > 1 else ''}{suffix}", data)
            for number, data in enumerate(volumes, 1)
        )
        return tuple(_sound(file, warn, small=self.profile == "small") for file in files)

    def kind(self) -> type[Chapter]:
        """Return the type of what `render` returns."""
        return Chapter

    def fingerprint(self, theme: Theme) -> str:
        """Return a hash of the libraries that write chapters and packages, of the fonts of covers, and of the cover."""
        cover = read_cover(self.cover) if self.cover else b""
        return key_of(code_fingerprint(*PACKAGES), zlib.ZLIB_RUNTIME_VERSION, choose(theme).fingerprint, cover)

    def _whole(self, chapter: Chapter) -> Chapter:
        """Return a chapter that is a file with that finished; what posts share is when all of it is there."""
        return chapter if chapter.spot.id else replace(chapter, data=self._finished(chapter.data))

    def _finished(self, page: bytes) -> bytes:
        return with_sentence_marks(page) if self.profile == "kobo" else page


def _sound(file: File, warn: Warn, *, small: bool) -> File:
    """Return the file when it is a valid book. Raises `WriterError` where it is not: no broken file is put in place."""
    faults = check_epub(file.data, file.name, small=small)
    for fault in faults:
        warn(fault)
    if any(fault.severity is Severity.ERROR for fault in faults):
        raise WriterError(
            Code.OUTPUT_INVALID,
            "the book would be invalid, so it was not written",
            file=file.name,
            hint="the errors before this one say where; please report them with the post",
        )
    return file
