"""A state: posts outlive their sources, and what was published stays as it was."""

import shutil
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from PIL import Image as Pillow

from converter import Code, Report, UsageError, build, load_config
from converter.cli.withdraw import withdraw
from converter.config import Options
from converter.pipeline.run import listed


def configured(folder: Path, gone: str = "keep") -> Path:
    path = folder / "converter.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = (
        'sources = ["site"]\noutput_folder = "out"\nformats = ["epub", "markdown"]\n'
        f'[state]\nfolder = ".state"\ngone = "{gone}"\n[[digest]]\nperiod = "day"\n'
    )
    path.write_text(lines, "utf-8")
    return path


def run(folder: Path, gone: str = "keep") -> Report:
    return build(load_config(str(configured(folder, gone)), Options(jobs=1)))


def books(folder: Path) -> dict[str, bytes]:
    out = folder / "out"
    return {str(path.relative_to(out)): path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()}


def put(folder: Path, day: int, name: str, text: str, header: str = "") -> Path:
    path = folder / f"site/_posts/2024-05-{day:02}-{name}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    (folder / "site/_config.yml").write_text("title: Harbour\nurl: https://harbour.example\n", "utf-8")
    path.write_text(f"---\ntitle: {name}\ndate: 2024-05-{day:02} 08:00\n{header}---\n\n{text}\n", "utf-8")
    return path


def codes(report: Report) -> list[Code]:
    return [diagnostic.code for diagnostic in report.diagnostics]


def test_posts_whose_sources_are_gone_stay_with_their_images(tmp_path: Path) -> None:
    first = put(tmp_path, 1, "one", "![a quay](/quay.png)\n\n[two]({% post_url 2024-05-01-two %})")
    put(tmp_path, 1, "two", "Two.")
    Pillow.new("RGB", (40, 30), "#336699").save(tmp_path / "site/quay.png")
    assert [] == codes(run(tmp_path))
    before = books(tmp_path)
    first.unlink()
    (tmp_path / "site/quay.png").unlink()
    put(tmp_path, 2, "three", "Three.")

    report = run(tmp_path)

    assert [Code.SOURCES_GONE] == codes(report)
    assert before.items() - {("editions.json", before["editions.json"])} <= books(tmp_path).items()
    shutil.rmtree(tmp_path / "out")
    assert [Code.SOURCES_GONE] == [code for code in codes(run(tmp_path)) if code is not Code.EDITION_RESTORED]
    assert before.items() - {("editions.json", before["editions.json"])} <= books(tmp_path).items()


def test_a_run_may_fail_or_drop_what_is_gone(tmp_path: Path) -> None:
    put(tmp_path, 1, "one", "One.").rename(put(tmp_path, 1, "one", "One."))
    gone = put(tmp_path, 1, "two", "Two.")
    run(tmp_path)
    gone.unlink()

    failed = run(tmp_path, "fail")
    assert ([Code.SOURCES_MISSING], 1) == (codes(failed), failed.exit_status())
    assert 2 == failed.posts
    dropped = run(tmp_path, "drop")
    assert ([Code.SOURCES_GONE], 1) == (codes(dropped), dropped.posts)
    assert (1, []) == ((kept := run(tmp_path)).posts, codes(kept))


@pytest.mark.parametrize("how", ["moved", "another suffix", "renamed and corrected"])
def test_a_post_that_is_elsewhere_is_not_gone(how: str, tmp_path: Path) -> None:
    path = put(tmp_path, 1, "one", "One.", "permalink: /one/\n")
    put(tmp_path, 1, "two", "Two.")
    run(tmp_path)
    match how:
        case "moved":
            target = path.parent / "archive" / path.name
            target.parent.mkdir()
            path.rename(target)
        case "another suffix":
            path.rename(path.with_suffix(".markdown"))
        case _:
            path.unlink()
            put(tmp_path, 1, "uno", "Corrected.", "permalink: /one/\n")

    report = run(tmp_path)

    assert (2, []) == (report.posts, codes(report))


def test_a_post_can_be_withdrawn_although_its_source_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, 1, "one", "One.").rename(tmp_path / "site/_posts/2024-05-01-uno.md")
    gone = put(tmp_path, 1, "two", "Two.")
    monkeypatch.chdir(tmp_path)
    run(tmp_path)
    whole = books(tmp_path)
    gone.unlink()

    assert 0 == CliRunner().invoke(withdraw, ["2024-05-01-two", "2024-05-01-uno"]).exit_code
    assert 0 == run(tmp_path).posts
    assert 0 == CliRunner().invoke(withdraw, ["--undo", "2024-05-01-two", "2024-05-01-uno"]).exit_code
    assert 2 == run(tmp_path).posts
    assert whole == books(tmp_path)
    refused = CliRunner().invoke(withdraw, ["2024-05-01-twos"]).exception
    assert isinstance(refused, UsageError)
    assert "did you mean '2024-05-01-two'?" == refused.diagnostic.hint


def test_only_what_a_run_was_asked_for_can_be_gone(tmp_path: Path) -> None:
    path = put(tmp_path, 1, "one", "One.")
    put(tmp_path, 1, "two", "Two.").unlink()
    other = put(tmp_path, 2, "three", "Three.")
    run(tmp_path)
    other.unlink()
    options = Options(sources=(str(path),), output=str(tmp_path / "other"), jobs=1)

    report = build(load_config(str(configured(tmp_path)), options))

    assert (1, []) == (report.posts, codes(report))


def test_a_state_may_move_together_with_its_sources(tmp_path: Path) -> None:
    gone = put(tmp_path / "a", 1, "one", "One.")
    put(tmp_path / "a", 2, "two", "Two.")
    run(tmp_path / "a")
    gone.unlink()
    (tmp_path / "a").rename(tmp_path / "b")

    report = run(tmp_path / "b")

    assert (2, [Code.SOURCES_GONE]) == (report.posts, codes(report))


def test_what_could_not_be_kept_is_not_taken_from_an_older_reading(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = put(tmp_path, 1, "one", "Old.")
    run(tmp_path)
    path.write_text(path.read_text("utf-8").replace("Old.", "New."), "utf-8")
    monkeypatch.setattr("converter.pipeline.records.Records.put", lambda *_: False)

    run(tmp_path)

    [book] = [data for name, data in books(tmp_path).items() if name.endswith(".md")]
    assert b"New." in book


def test_what_was_withdrawn_leaves_no_file_behind(tmp_path: Path) -> None:
    """Neither its image, where others stay in the edition, nor an edition that has no other post."""
    put(tmp_path, 1, "one", "![a quay](/quay.png)")
    put(tmp_path, 1, "two", "Two.")
    put(tmp_path, 2, "three", "Three.")
    Pillow.new("RGB", (40, 30), "#336699").save(tmp_path / "site/quay.png")
    run(tmp_path)
    assert "harbour-2024-05-01/quay.png" in books(tmp_path)
    (tmp_path / "out/harbour-2024-05-02.md").write_text("Somebody's own.", "utf-8")
    for day, name in ((1, "one"), (2, "three")):
        put(tmp_path, day, name, "Gone.", "published: false\n")

    report = run(tmp_path)

    assert {"editions.json", "harbour-2024-05-01.epub", "harbour-2024-05-01.md", "harbour-2024-05-02.md"} == {
        *books(tmp_path)
    }
    assert [Code.FILE_KEPT] == [code for code in codes(report) if code is not Code.POST_SKIPPED]
    assert b"2024-05-02" not in books(tmp_path)["editions.json"]


def test_a_post_whose_date_is_corrected_leaves_no_edition_behind(tmp_path: Path) -> None:
    path = put(tmp_path, 3, "one", "One.")
    run(tmp_path)
    text = path.read_text("utf-8").replace("date: 2024-05-03", "date: 2024-05-04")
    path.write_text(text, "utf-8")

    run(tmp_path)

    assert {"editions.json", "harbour-2024-05-04.epub", "harbour-2024-05-04.md"} == {*books(tmp_path)}


def test_editions_that_a_run_does_not_want_stay(tmp_path: Path) -> None:
    put(tmp_path, 1, "one", "One.")
    put(tmp_path, 2, "two", "Two.")
    run(tmp_path)
    before = books(tmp_path)

    build(load_config(str(configured(tmp_path)), Options(jobs=1, since=date(2024, 5, 2))))

    assert before == books(tmp_path)


def test_a_post_that_was_not_there_when_another_named_it_is_linked_when_it_comes(tmp_path: Path) -> None:
    first = put(tmp_path, 1, "one", "[two]({% post_url 2024-05-01-two %})")
    run(tmp_path)
    first.unlink()
    put(tmp_path, 1, "two", "Two.", "categories: [news]\n")

    run(tmp_path)

    assert b"[two](#two)" in books(tmp_path)["harbour-2024-05-01.md"]


def test_who_only_asks_makes_nobody_forget(tmp_path: Path) -> None:
    path = put(tmp_path, 1, "one", "One.")
    put(tmp_path, 1, "two", "Two.")
    run(tmp_path)
    path.unlink()
    config = load_config(str(configured(tmp_path, "drop")), Options(jobs=1))

    assert (1, 1, 1) == (
        len(listed(config).editions[0].posts),
        build(config, frozen=True).posts,
        build(config, dry_run=True).posts,
    )

    assert 2 == run(tmp_path, "keep").posts
