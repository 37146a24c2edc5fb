"""Many small digests are made whole by workers: nothing tells them from those that are made part by part."""

from pathlib import Path
from typing import ClassVar

import pytest
from msgspec import Struct

from converter.config import Config
from converter.diagnostics import Code, Diagnostic, Warn, WriterError
from converter.digest import DigestSpec
from converter.model import Digest, PeriodKind
from converter.pipeline import whole
from converter.pipeline.report import Report
from converter.pipeline.run import build
from converter.storage.cache import Cache
from converter.themes import Theme
from converter.writers import File, Results
from converter.writers.epub import EpubWriter
from converter.writers.markdown import MarkdownWriter


class TitlePart(Struct, frozen=True):
    key: str
    title: str

    @property
    def keys(self) -> tuple[str, ...]:
        return (self.key,)


class TitleWriter(Struct, frozen=True, forbid_unknown_fields=True):
    """Writes titles; a post may tell it in its title how to fail."""

    suffix: ClassVar[str] = ".txt"
    is_quick: ClassVar[bool] = True

    def split(self, digest: Digest, theme: Theme) -> tuple[TitlePart, ...]:  # the contract
        return tuple(TitlePart(post.key, post.metadata.title) for post in digest.posts)

    def render(self, part: TitlePart, theme: Theme, warn: Warn) -> str:
        if part.title == "fail":
            raise WriterError(Code.OUTPUT_INVALID, "this title cannot be written")
        if part.title == "bug":
            raise ZeroDivisionError
        warn(Diagnostic(code=Code.MATH_INVALID, message=f"of {part.title}"))
        return part.title

    def assemble(self, digest: Digest, theme: Theme, rendered: Results[str], warn: Warn) -> tuple[File, ...]:
        titles = tuple(rendered)
        if "refused" in titles:
            raise WriterError(Code.OUTPUT_INVALID, "this book is refused")
        warn(Diagnostic(code=Code.BOOK_SPLIT, message="of the book"))
        return (File(f"{digest.key}.txt", "\n".join(titles).encode()),)


def posts(folder: Path, *titles: str) -> str:
    for number, title in enumerate(titles):
        path = folder / f"site/_posts/2024-05-{1 + number // 2:02}-p{number}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"---\ntitle: {title}\n---\nText of {title}.\n", "utf-8")
    return str(folder / "site")


def run(folder: Path, source: str, jobs: int, *, cached: bool = False) -> tuple[Report, dict[str, bytes]]:
    output = folder / f"out-{jobs}-{cached}"
    report = build(
        Config(
            sources=(source,),
            output=str(output),
            writers={"titles": TitleWriter(), "epub": EpubWriter(), "markdown": MarkdownWriter()},
            digests=(DigestSpec(period=PeriodKind.DAY),),
            cache=Cache(str(folder / "cache")) if cached else Cache(),
            jobs=jobs,
        )
    )
    return report, {path.name: path.read_bytes() for path in output.rglob("*") if path.is_file()}


def test_posts_that_fail_cost_the_same_in_a_worker_that_has_the_whole_digest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = posts(tmp_path, "a", "b", "fail", "c", "refused", "d", "bug", "e", "fail", "bug", "f", "g")
    alone, here = run(tmp_path, source, 1)
    made: list[int] = []
    make = whole.is_small
    monkeypatch.setattr(
        "converter.pipeline.write.is_small", lambda digest, writer: made.append(1) or make(digest, writer)
    )

    together, there = run(tmp_path, source, 2)

    assert len(made) == 18
    assert here == there
    assert alone.diagnostics == together.diagnostics
    assert alone.files == together.files


def test_the_next_run_has_the_parts_and_the_books(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = posts(tmp_path, *"abcdefghijkl")
    run(tmp_path, source, 2, cached=True)
    posts(tmp_path, *"abcdefghijkl", "m", "n")
    Path(source, "_posts/2024-05-01-p0.md").write_text("---\ntitle: a\n---\nAnother text.\n", "utf-8")
    rendered: list[str] = []
    render = MarkdownWriter.render

    def noted(self: MarkdownWriter, part: object, theme: Theme, warn: Warn) -> object:
        rendered.extend(part.keys)  # type: ignore[attr-defined]  # a part
        return render(self, part, theme, warn)  # type: ignore[arg-type]  # what it was given

    monkeypatch.setattr(MarkdownWriter, "render", noted)
    run(tmp_path, source, 1, cached=True)

    assert ["2024-05-01-p0", "2024-05-07-p12", "2024-05-07-p13"] == rendered
