"""The structural check never breaks, finds nothing wrong with our own books, and asks EPUBCheck where it is."""

import io
import json
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from converter.check import check_epub, run_epubcheck
from converter.check.styles import contrast
from converter.check.xml import MAX_DEPTH, MalformedError, parse
from converter.diagnostics import Code
from converter.errors import UsageError
from converter.themes import open_theme
from tests.areas.check import PAGE, a_book
from tests.epub_books import small_digest, write


def codes(data: bytes) -> set[Code]:
    return {one.code for one in check_epub(data, "b.epub")}


def test_our_own_book_is_right(tmp_path: Path) -> None:
    [file], _ = write(small_digest(tmp_path), headings=True)

    assert () == check_epub(file.data, file.name)


@pytest.mark.parametrize("data", [b"", b"PK", b"%PDF-1.7", b"x" * 5000])
def test_what_is_no_archive_is_said_to_be_none(data: bytes) -> None:
    assert {Code.BOOK_ARCHIVE} == codes(data)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 2000), st.binary(min_size=1, max_size=20))
def test_a_damaged_book_never_breaks_the_check(place: int, junk: bytes) -> None:
    book = a_book()
    damaged = book[: place % len(book)] + junk + book[place % len(book) + len(junk) :]

    check_epub(damaged, "b.epub")


@settings(deadline=None)
@given(st.text("<>/=\"'ab &;!?[]-", max_size=60))
def test_any_file_in_a_book_can_be_looked_at(text: str) -> None:
    names = (
        "OPS/content.opf",
        "OPS/two.xhtml",
        "OPS/nav.xhtml",
        "OPS/toc.ncx",
        "OPS/style.css",
        "META-INF/container.xml",
    )
    for name in names:
        check_epub(a_book(**{name: text.encode()}), "b.epub")


def test_entities_from_outside_are_not_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    page = PAGE.format("<p>&file;</p>").replace(
        "<!DOCTYPE html>", f'<!DOCTYPE html [<!ENTITY file SYSTEM "{secret.as_uri()}">]>'
    )

    assert "secret" not in parse(page.encode()).text()


def test_nesting_without_end_is_malformed() -> None:
    with pytest.raises(MalformedError, match="nested"):
        parse(b"<a>" * (MAX_DEPTH + 1) + b"</a>" * (MAX_DEPTH + 1))


def test_a_bomb_is_not_unpacked() -> None:
    stream = io.BytesIO(a_book())
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("OPS/bomb.bin", bytes(130 * 1024 * 1024))

    assert any("it was not read" in one.message for one in check_epub(stream.getvalue(), "b.epub"))


def test_a_compressed_or_decorated_type_is_reported() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(a_book())) as book, zipfile.ZipFile(stream, "w") as archive:
        for entry in book.infolist():
            compressed = zipfile.ZIP_DEFLATED if entry.filename == "mimetype" else zipfile.ZIP_STORED
            archive.writestr(entry.filename, book.read(entry), compress_type=compressed)

    assert {Code.BOOK_ARCHIVE} == codes(stream.getvalue())


def test_the_contrast_of_black_on_white_is_the_greatest() -> None:
    assert (21.0, 21.0, 1.0) == (contrast("#000", "#ffffff"), contrast("#fff", "#000000"), contrast("#abc", "#aabbcc"))


def test_colours_of_the_theme_pass_on_the_grounds_they_stand_on() -> None:
    tokens = open_theme("default").tokens
    on_paper = ("ink", "muted", "accent")
    codes_light = [name for name in tokens if name.startswith("code_") and tokens[name].startswith("#")]
    codes_dark = [name for name in tokens if name.startswith("dark_code_")]

    least = [
        *(contrast(tokens[name], tokens["paper"]) for name in on_paper),
        *(contrast(tokens[name], tokens["shade"]) for name in ("ink", *codes_light)),
        *(contrast(tokens[name], tokens["dark_shade"]) for name in ("dark_ink", "dark_accent", *codes_dark)),
    ]

    assert len(codes_light) == len(codes_dark) + 1
    assert min(least) >= 4.5


def test_epubcheck_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(UsageError, match="EPUBCheck is not installed") as raised:
        run_epubcheck(tmp_path / "b.epub")
    assert Code.LIBRARY_MISSING is raised.value.diagnostic.code


def test_findings_of_epubcheck_become_diagnostics(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    report = {
        "messages": [
            {
                "ID": "RSC-005",
                "severity": "ERROR",
                "message": "bad",
                "locations": [{"path": "OPS/a.xhtml", "line": 7}],
            },
            {"ID": "OPF-001", "severity": "WARNING", "message": "odd", "locations": [{"path": "", "line": -1}]},
            {"ID": "HTM-001", "severity": "USAGE", "message": "hint", "locations": []},
        ]
    }
    program = tmp_path / "java"
    program.write_text(f"#!/bin/sh\ncat <<'END'\n{json.dumps(report)}\nEND\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")

    error, warning = run_epubcheck(Path("b.epub"))

    assert (Code.EPUBCHECK, "b.epub!OPS/a.xhtml", 7) == (error.code, error.file, error.line)
    assert "RSC-005: bad" == error.message
    assert (Code.EPUBCHECK_WARNING, "b.epub", None) == (warning.code, warning.file, warning.line)


def test_an_answer_that_is_no_report_is_an_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "java"
    program.write_text("#!/bin/sh\necho no report\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")

    with pytest.raises(UsageError, match="cannot be run"):
        run_epubcheck(Path("b.epub"))
