"""`converter doctor`: what it lists, what it repairs, and what it leaves alone."""

import json
import subprocess
from pathlib import Path

import pytest
import yaml

from converter.cli.machine import machine
from converter.writers.pdf.typst import engine
from converter.writers.pdf.weasyprint import libraries
from tests.test_cli import converter

BODY = "Text: *as* it is \r\n\tand [was\n"
FAULTS = {
    "quote": ('title: "He said "no" twice"', {"title": 'He said "no" twice'}),
    "star": ("title: *ST 海航", {"title": "*ST 海航"}),
    "bracket": ("title: [快讯] 央行", {"title": "[快讯] 央行"}),
    "at": ("title: @某人", {"title": "@某人"}),
    "percent": ("title: %3 上涨", {"title": "%3 上涨"}),
    "colon": ("title: 央行: 维持", {"title": "央行: 维持"}),
    "hash": ("title: A股 #3000点", {"title": "A股 #3000点"}),
    "full-width": ("title：央行", {"title": "央行"}),
    "twice": ("title: one\ntitle: two", {"title": "two"}),
    "tab": ("title: T\ntags:\n\t- a\n\t- b", {"title": "T", "tags": ["a", "b"]}),
    "backslash": ('title: "C:\\path"', {"title": "C:\\path"}),
}
"""Every fault once, and what its author meant."""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A site with every fault once, a sound post, and one that the site excludes."""
    posts = tmp_path / "site/_posts"
    posts.mkdir(parents=True)
    (tmp_path / "site/_config.yml").write_text("exclude: [old]\n", "utf-8")
    for name, (header, _) in FAULTS.items():
        (posts / f"2024-05-31-{name}.md").write_bytes(f"---\nlayout: post # kept\n{header}\n---\n{BODY}".encode())
    (posts / "2024-05-31-bom.md").write_bytes(f"\ufeff---\ntitle: T\n---\n{BODY}".encode())
    (posts / "2024-05-31-blank.md").write_bytes(f"\n\n---\ntitle: T\n---\n{BODY}".encode())
    (posts / "2024-05-31-windows.md").write_bytes(b"---\r\ntitle: a: b\r\n---\r\nText\r\n")
    (posts / "2024-05-31-sound.md").write_bytes(f"---\ntitle: 'T'   # sound\n---\n{BODY}".encode())
    (tmp_path / "site/old/_posts").mkdir(parents=True)
    (tmp_path / "site/old/_posts/2024-05-31-a.md").write_text("---\ntitle: a: b\n---\nx\n", "utf-8")
    return tmp_path / "site"


def contents(site: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(site.rglob("*.md"))}


def header_of(data: bytes) -> str:
    return data.decode("utf-8").split("---\n")[1]


def test_every_fault_is_listed_with_its_place_and_nothing_is_changed(site: Path) -> None:
    before = contents(site)

    result = converter("doctor", site)

    assert 1 == result.returncode
    assert ["cache", "PDF", "PDF"] == [line.split()[0] for line in result.stdout.splitlines()]
    assert "_posts/2024-05-31-star.md:3:8: warning: the value of 'title' begins with '*'" in result.stderr
    for name in (*FAULTS, "bom", "blank", "windows"):
        assert f"_posts/2024-05-31-{name}.md:" in result.stderr
    assert "sound" not in result.stderr
    assert "old/" not in result.stderr
    assert "15 files, 14 faults" in result.stderr
    assert before == contents(site)


def test_what_is_fixed_has_no_faults_and_keeps_everything_else(site: Path) -> None:
    before = contents(site)

    first, after = converter("doctor", "--fix", site), contents(site)
    second = converter("doctor", "--fix", site)

    assert (0, 0) == (first.returncode, second.returncode), first.stderr
    assert "15 files, 14 fixed, 0 faults" in first.stderr
    assert "15 files, 0 faults" in second.stderr
    assert after == contents(site)
    for name in ("2024-05-31-sound.md", "2024-05-31-a.md"):
        assert before[name] == after[name]
    for name in FAULTS:
        assert after[f"2024-05-31-{name}.md"].startswith(b"---\nlayout: post # kept\n")
        assert after[f"2024-05-31-{name}.md"].endswith(f"\n---\n{BODY}".encode())
    assert f"---\ntitle: T\n---\n{BODY}".encode() == after["2024-05-31-bom.md"] == after["2024-05-31-blank.md"]
    assert b'---\r\ntitle: "a: b"\r\n---\r\nText\r\n' == after["2024-05-31-windows.md"]


def test_python_reads_what_is_fixed_to_the_values_that_were_meant(site: Path) -> None:
    converter("doctor", "--fix", site)

    after = contents(site)
    for name, (_, meant) in FAULTS.items():
        assert {"layout": "post", **meant} == yaml.safe_load(header_of(after[f"2024-05-31-{name}.md"]))


@pytest.mark.needs("ruby")
def test_ruby_reads_what_is_fixed_to_the_values_that_were_meant(site: Path) -> None:
    converter("doctor", "--fix", site)

    after = contents(site)
    headers = {name: header_of(after[f"2024-05-31-{name}.md"]) for name in FAULTS}
    script = "puts JSON.generate(JSON.parse(STDIN.read).transform_values { |text| YAML.safe_load(text) })"
    run = subprocess.run(
        ["ruby", "-ryaml", "-rjson", "-e", script],
        input=json.dumps(headers),
        capture_output=True,
        text=True,
        check=True,
    )
    assert {name: {"layout": "post", **meant} for name, (_, meant) in FAULTS.items()} == json.loads(run.stdout)


def test_a_dry_run_shows_a_patch_that_does_what_fix_does(site: Path, tmp_path: Path) -> None:
    post = site / "_posts/2024-05-31-colon.md"
    before = contents(site)

    result = converter("doctor", "--fix", "-n", post)

    assert 1 == result.returncode
    assert "-title: 央行: 维持\n" in result.stdout
    assert '+title: "央行: 维持"\n' in result.stdout
    assert result.stdout.startswith("--- a/_posts/2024-05-31-colon.md\n+++ b/_posts/2024-05-31-colon.md\n")
    assert before == contents(site)


def test_the_example_of_the_documentation_is_what_is_printed(tmp_path: Path) -> None:
    (tmp_path / "_posts").mkdir()
    (tmp_path / "_posts/2024-05-31-a.md").write_text("---\ntitle: Harbour: open\n---\nx\n", "utf-8")
    page = (Path(__file__).parent.parent / "docs/cli.md").read_text("utf-8")

    result = converter("doctor", tmp_path / "_posts")

    assert f"{result.stderr}```" in page.partition("$ converter doctor _posts\n")[2]


def test_the_cache_of_a_site_is_shown_with_its_size_and_its_limit(tmp_path: Path) -> None:
    (tmp_path / "converter.toml").write_text('cache = "cache"\ncache_limit = 7\n', "utf-8")
    (tmp_path / "2024-05-31-a.md").write_text("---\ntitle: Harbour\n---\nx\n", "utf-8")

    before = converter("doctor", tmp_path).stdout.splitlines()[0]
    converter("build", tmp_path, "-o", tmp_path / "out", "-t", "markdown")
    after = converter("doctor", tmp_path).stdout.splitlines()[0]

    assert f"cache  {tmp_path / 'cache'}: 0 of 7 MB" == before
    assert f"cache  {tmp_path / 'cache'}: 1 of 7 MB" == after
    assert converter("doctor", tmp_path, "--no-cache").stdout.startswith("cache  none\n")
    (tmp_path / "cache").chmod(0o777)
    assert "cache: not used, " in converter("doctor", tmp_path).stdout


def test_what_lays_out_pdf_is_shown_with_its_version_or_its_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(libraries, "missing_libraries", lambda: ("Pango",))
    monkeypatch.setattr(engine, "find_spec", lambda _: None)

    lines = machine((str(tmp_path),), "", None, pytest.fail).splitlines()

    assert "cache  none" == lines[0]
    assert lines[1].startswith("PDF    WeasyPrint 70")
    assert "cannot be used: PDF needs Pango, and this library is not on this machine: Pango (install Pango" in lines[1]
    assert lines[2].startswith("PDF    Typst cannot be used: Typst is not installed (install it: pip install")


@pytest.mark.needs("POSIX")
def test_mode_and_link_of_a_file_are_kept(site: Path, tmp_path: Path) -> None:
    post, link = site / "_posts/2024-05-31-colon.md", site / "_posts/2024-06-01-link.md"
    post.rename(tmp_path / "kept.md")
    (tmp_path / "kept.md").chmod(0o640)
    link.symlink_to(tmp_path / "kept.md")

    assert "source-outside" in converter("doctor", "--fix", link).stderr
    result = converter("doctor", "--fix", "--follow-links", link)

    assert 0 == result.returncode, result.stderr
    assert link.is_symlink()
    assert 0o640 == (tmp_path / "kept.md").stat().st_mode & 0o777
    assert b'title: "' in (tmp_path / "kept.md").read_bytes()
