"""Sealed editions: what was published stays, and posts that come late are in the next one, or in a revision."""

import json
import re
import shutil
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner
from PIL import Image as Pillow

from converter import Code, Report, UsageError, build, load_config
from converter.cli.listing import list_editions
from converter.cli.withdraw import withdraw
from converter.config import Options
from converter.diagnostics import Severity

CONFIG = """
sources = ["site"]
output_folder = "out"
formats = ["epub", "markdown"]
[state]
folder = ".state"
[[digest]]
name = "daily"
period = "day"
seal = "3d"
"""


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    configure()


def configure(more: str = "", config: str = CONFIG) -> None:
    Path("converter.toml").write_text(config + more, "utf-8")


def put(day: int, name: str, text: str = "Text.", header: str = "") -> Path:
    path = Path(f"site/_posts/2024-05-{day:02}-{name}.md")
    path.parent.mkdir(parents=True, exist_ok=True)
    Path("site/_config.yml").write_text("title: Harbour\nurl: https://harbour.example\n", "utf-8")
    path.write_text(f"---\ntitle: The {name}\ndate: 2024-05-{day:02} 08:00\n{header}---\n\n{text}\n", "utf-8")
    return path


def run(**options: object) -> Report:
    return build(load_config(options=Options(jobs=1)), **options)  # type: ignore[arg-type]


def books(name: str = "daily-2024-05-01") -> dict[str, bytes]:
    """Return the files of an edition, or of all."""
    files = (path for path in sorted(Path("out").rglob("*")) if path.is_file())
    return {str(path): path.read_bytes() for path in files if str(path.relative_to("out")).startswith(name)}


def said(report: Report, code: Code = Code.EDITION_SEALED) -> list[str]:
    return [diagnostic.message for diagnostic in report.diagnostics if diagnostic.code is code]


def entry(key: str) -> dict[str, object]:
    found = json.loads(Path("out/editions.json").read_text("utf-8"))["editions"]
    return next(each for each in found if each["key"] == key)


def sealed() -> Path:
    """Make an edition of the first of May, and seal it; return the source of its first post."""
    first = put(1, "quay", "![a quay](/quay.png)\n\n[ferry]({% post_url 2024-05-01-ferry %})")
    put(1, "ferry")
    Pillow.new("RGB", (40, 30), "#336699").save("site/quay.png")
    for day in (2, 5, 6):
        put(day, f"day{day}")
    assert [] == said(run())
    assert entry("daily-2024-05-01")["sealed"]
    assert "sealed" not in entry("daily-2024-05-02")
    return first


def test_nothing_alters_a_sealed_edition() -> None:
    first = sealed()
    before = books()
    first.unlink()
    Path("site/quay.png").unlink()
    put(1, "ferry", "Corrected.")
    put(1, "crane", "It comes late.")
    configure('[site]\ntitle = "Another"\n')

    report = run()

    assert before == books()
    assert said(report) == [
        "the post came after 'daily-2024-05-01' was sealed, and is in 'daily-2024-05-02'",
        "1 post has changed in sealed editions, where it is as before",
    ]
    assert b"It comes late." in books("daily-2024-05-02")["out/daily-2024-05-02.md"]


def test_a_sealed_edition_is_made_again_of_what_it_was_made_of() -> None:
    first = sealed()
    before = books()
    first.unlink()
    Path("site/quay.png").unlink()
    put(1, "ferry", "Corrected.")
    shutil.rmtree("out")

    run()

    assert before == books()
    Path("out/daily-2024-05-01.md").write_text("Somebody's own words.", "utf-8")
    assert ["the file was changed after it was made, and is made again"] == said(run(), Code.EDITION_RESTORED)
    assert before == books()
    assert [] == [one for one in run(frozen=True).diagnostics if one.severity is Severity.ERROR]


def test_another_theme_changes_a_sealed_edition_only_where_it_is_forced() -> None:
    sealed()
    before, open_ = books(), books("daily-2024-05-02")
    configure('[output.epub]\nprevious_next = false\n[output.markdown]\ndialect = "commonmark"\n')

    run()

    assert before == books()
    assert open_ != books("daily-2024-05-02")
    run(force=True)
    assert before != books()


def test_late_posts_have_a_section_of_their_own_until_their_edition_is_sealed_too() -> None:
    sealed()
    late = put(1, "crane", "It comes late.", "categories: ships\n")
    run()
    assert "## Late" in Path("out/daily-2024-05-02.md").read_text("utf-8")
    put(8, "day8")
    put(9, "day9")
    run()
    assert entry("daily-2024-05-02")["sealed"]
    before = books("daily-2024-05-02")

    late.unlink()
    report = run()

    assert before == books("daily-2024-05-02")
    assert said(report) == []
    assert "crane" not in "".join(path.read_text("utf-8") for path in Path("out").glob("daily-2024-05-0[5-9].md"))


def test_a_late_post_without_a_later_edition_makes_one_of_today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1715472000")  # 12 May 2024
    put(1, "quay")
    run()
    put(1, "crane", "It comes late.")

    run()

    assert {"out/daily-2024-05-12.md", "out/daily-2024-05-12.epub"} == books("daily-2024-05-12").keys()
    assert books("daily-2024-05-12") == (run() and books("daily-2024-05-12"))


def test_late_posts_may_have_their_edition_made_again() -> None:
    configure('late = "rebuild"\n')
    first = sealed()
    first.unlink()
    put(1, "ferry", "Corrected.")
    assert "Corrected." not in Path("out/daily-2024-05-01.md").read_text("utf-8")
    put(1, "crane", "It comes late.")

    report = run()

    assert "the post came after 'daily-2024-05-01' was sealed, which is made again as revision 2" in said(report)[0]
    text = Path("out/daily-2024-05-01.md").read_text("utf-8")
    assert "revision: 2\n" in text
    assert "It comes late." in text
    assert "Corrected." in text
    with zipfile.ZipFile("out/daily-2024-05-01.epub") as archive:
        package = archive.read("EPUB/content.opf").decode()
        colophon = archive.read("EPUB/colophon.xhtml").decode()
    assert '<meta property="schema:version">2</meta>' in package
    assert "Revision 2" in colophon
    assert "2024-05-05T" in str(re.search(r'"dcterms:modified">([^<]+)', package))  # a reader tells it from the first
    assert 2 == entry("daily-2024-05-01")["sealed"]
    before = books()
    put(1, "ferry", "Corrected again.")
    run()
    assert before == books()


def test_a_post_can_be_withdrawn_from_a_sealed_edition() -> None:
    sealed()
    put(1, "ferry", "Hidden.", "published: false\n")
    run()
    text = Path("out/daily-2024-05-01.md").read_text("utf-8")
    assert "revision: 2\n" in text
    assert "The ferry" not in text
    before = books()
    assert before == (run() and books())

    put(1, "crane")
    assert 0 == CliRunner().invoke(withdraw, ["2024-05-01-quay"]).exit_code
    run()

    text = Path("out/daily-2024-05-01.md").read_text("utf-8")
    assert "The crane" in text
    assert "The quay" not in text


def test_a_file_that_moved_is_not_late() -> None:
    first = sealed()
    before = books("")
    target = first.parent / "archive" / first.name
    target.parent.mkdir()
    first.rename(target)

    report = run()

    assert before == books("")
    assert [] == said(report)


def test_a_state_moves_together_with_what_was_made_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").mkdir()
    monkeypatch.chdir(tmp_path / "a")
    configure()
    sealed()
    before = books("")
    (tmp_path / "a").rename(tmp_path / "b")
    monkeypatch.chdir(tmp_path / "b")
    configure("[output.epub]\nheadings = true\n")
    put(1, "ferry", "Corrected.")

    run()

    assert before["out/daily-2024-05-01.epub"] == books()["out/daily-2024-05-01.epub"]


def test_a_run_over_one_post_is_not_about_the_sealed_editions_of_others() -> None:
    sealed()
    options = Options(sources=("site/_posts/2024-05-06-day6.md",), output="other", jobs=1)

    report = build(load_config("converter.toml", options))

    assert ("daily-2024-05-06",) == report.digests


def test_sealed_editions_stay_although_their_posts_are_dropped() -> None:
    configure(config=CONFIG.replace('".state"', '".state"\ngone = "drop"'))
    sealed().unlink()
    Path("site/_posts/2024-05-01-ferry.md").unlink()
    before = books()
    assert before == (run() and books())
    shutil.rmtree("out")

    run()

    assert before == books()


def test_a_date_in_the_far_future_seals_nothing() -> None:
    put(1, "quay")
    put(2, "ferry")
    Path("site/_posts/2999-01-01-typo.md").write_text("---\ntitle: Typo\n---\nText.\n", "utf-8")

    run()

    assert "sealed" not in entry("daily-2024-05-01")


def test_an_edition_with_an_error_is_not_sealed(monkeypatch: pytest.MonkeyPatch) -> None:
    from converter.writers.markdown.writer import MarkdownWriter

    render = MarkdownWriter.render

    def failing(self: MarkdownWriter, part: object, theme: object, warn: object) -> object:
        if "2024-05-01-ferry" in part.keys:  # type: ignore[attr-defined]  # a part
            raise ValueError("a bug")
        return render(self, part, theme, warn)  # type: ignore[arg-type]  # what it was given

    with monkeypatch.context() as patch:
        patch.setattr(MarkdownWriter, "render", failing)
        put(1, "quay")
        put(1, "ferry")
        for day in (5, 6):
            put(day, f"day{day}")
        run()
    assert "sealed" not in entry("daily-2024-05-01")

    run()

    assert "The ferry" in Path("out/daily-2024-05-01.md").read_text("utf-8")
    assert entry("daily-2024-05-01")["sealed"]


def test_sealed_editions_are_not_compared_with_posts_that_have_changed() -> None:
    sealed()
    put(1, "ferry", "Corrected.")
    shutil.rmtree("out")

    report = build(load_config(options=Options(jobs=1, verify=True)))

    assert [] == [str(one) for one in report.diagnostics if one.severity is Severity.ERROR]


def test_the_list_says_what_is_sealed() -> None:
    sealed()
    found = json.loads(CliRunner().invoke(list_editions, ["--json", "-j", "1"]).stdout)["editions"]
    assert [("daily-2024-05-01", True, "current"), ("daily-2024-05-02", False, "current")] == [
        (each["key"], each["sealed"], each["state"]) for each in found[:2]
    ]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('"3d"', '"3 days"', "a digest has no seal '3 days'"),
        ('"day"', '"none"', "a digest without a period never ends"),
        ('folder = ".state"', "", "`seal` needs a state"),
    ],
)
def test_a_seal_that_cannot_be_is_named_with_its_line(old: str, new: str, words: str) -> None:
    configure(config=CONFIG.replace(old, new))
    with pytest.raises(UsageError) as found:
        load_config()

    assert words in found.value.diagnostic.message
    assert found.value.diagnostic.line
    assert str(found.value.diagnostic.file).endswith("converter.toml")
