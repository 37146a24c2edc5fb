"""The structural check never breaks, finds nothing wrong with our own books, and asks EPUBCheck where it is."""

import io
import json
import sys
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from converter.check import check_epub, run_epubcheck
from converter.check.media import sniffed
from converter.check.styles import contrast
from converter.check.xml import MAX_DEPTH, MalformedError, parse
from converter.diagnostics import Code, UsageError
from converter.storage import archives
from converter.themes import open_theme
from tests.areas.check import PAGE, a_book
from tests.epub_books import small_digest, write
from tests.fuzz_archives import damaged, look, packed, unpacked


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

    assert all(found.file.startswith("b.epub") for found in check_epub(damaged, "b.epub"))


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
    found = {name: codes(a_book(**{name: text.encode()})) for name in names}

    assert found["OPS/content.opf"]
    assert found["META-INF/container.xml"]


@pytest.mark.parametrize("part", range(8))
def test_a_damaged_book_is_looked_at_and_read_without_an_exception(part: int) -> None:
    readable = [look(damaged(number)) for number in range(100 * part, 100 * (part + 1))]

    assert {False, True} == set(readable)


def test_a_file_without_a_name_in_the_archive() -> None:
    entry = zipfile.ZipInfo("x")
    entry.filename = ""
    stream = io.BytesIO(a_book())
    with zipfile.ZipFile(stream, "a") as archive:
        archive.writestr(entry, b"")

    assert {Code.BOOK_PACKAGE} == codes(stream.getvalue())


@pytest.mark.parametrize(
    "style",
    ["(", "[", "a{", "url(", "url( ", "a{b:c}", "@import ", "a{b:c ", "&{", "a,", "/*", "'\n", "\\", "color:red;"],
)
def test_a_style_sheet_takes_as_much_longer_as_it_is_longer(style: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def calls(times: int) -> int:
        count = 0

        def note(_frame: object, event: str, _argument: object) -> None:
            nonlocal count
            count += event in ("call", "c_call")

        book = a_book(**{"OPS/style.css": (style * times).encode()})
        sys.setprofile(note)
        try:
            check_epub(book, "b.epub")
        finally:
            sys.setprofile(None)
        return count

    first, second, third = calls(100), calls(200), calls(400)

    # What 200 more cost is at most twice what 100 more did, and a little.
    assert third - second <= 2.5 * (second - first) + 2_000


def test_comments_before_a_drawing_are_looked_at_once() -> None:
    assert sniffed(b"<!---->" * 580) is None
    assert "image/svg+xml" == sniffed(b"<!---->" * 580 + b"<svg ")


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


@pytest.mark.parametrize("name", ["mimetype", "OPS/two.xhtml", "OPS/bomb.bin"])
def test_a_bomb_is_not_unpacked_into_memory(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAX_READ", 1024 * 1024)
    monkeypatch.setattr(archives, "MAX_TOTAL", 4 * 1024 * 1024)
    book = packed({"mimetype": b"", "OPS/bomb.bin": b""} | unpacked(a_book()) | {name: bytes(64 * 1024 * 1024)})

    tracemalloc.start()
    found = check_epub(book, "b.epub")
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert any("the archive unpacks to more than 4 MiB" in one.message for one in found)
    assert most < 8 * 1024 * 1024


def test_an_archive_of_too_many_entries_is_not_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAX_ENTRIES", 8)

    [fault] = check_epub(a_book(), "b.epub")

    assert "it has 9 entries; at most 8 are read" in fault.message


def test_a_book_full_of_faults_is_told_in_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("converter.check.archive.MAX_FINDINGS", 3)
    page = PAGE.format("<font/>" * 8).encode()

    *told, rest = check_epub(a_book(**{"OPS/two.xhtml": page}), "b.epub")

    assert 3 == len(told)
    assert "there are 5 more faults; 3 were reported one by one" == rest.message


def test_a_document_of_too_many_nodes_is_not_built(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("converter.check.xml.MAX_NODES", 100)

    for text in ("<b/>" * 101, "<b " + " ".join(f'a{n}="1"' for n in range(101)) + "/>"):
        with pytest.raises(MalformedError, match="too large"):
            parse(f"<a>{text}</a>".encode())


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


@pytest.mark.needs("POSIX")
@pytest.mark.needs("epubcheck")
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


@pytest.mark.needs("POSIX")
@pytest.mark.needs("epubcheck")
def test_an_answer_that_is_no_report_is_an_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "java"
    program.write_text("#!/bin/sh\necho no report\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")

    with pytest.raises(UsageError, match="cannot be run"):
        run_epubcheck(Path("b.epub"))
