"""Whatever the streams, names and folders are: one sentence, the right exit status, no traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from converter.diagnostics import Code, Diagnostic

POST = "---\ntitle: Harbour\ndate: 2024-05-31\n---\n\nThe harbour is open.\n"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "site/_posts").mkdir(parents=True)
    (tmp_path / "site/_posts/2024-05-31-a.md").write_text(POST, "utf-8")
    return tmp_path / "site"


def shell(line: str, site: Path) -> subprocess.CompletedProcess[str]:
    """Run a line of the shell in which `$c` is the converter and `$s` the site."""
    environment = {
        **os.environ,
        "c": f"{sys.executable} -m converter",
        "s": str(site),
        "PYTHONPATH": str(Path(__file__).parent.parent),
    }
    result = subprocess.run(
        ["bash", "-c", line], cwd=site.parent, env=environment, capture_output=True, check=False, timeout=120
    )
    told = result.stderr.decode("utf-8", "replace")
    assert "Traceback" not in told
    assert "Exception ignored" not in told
    return subprocess.CompletedProcess(line, result.returncode, result.stdout.decode("utf-8", "replace"), told)


BUILD = "$c build $s -t markdown -j 1 -o out"
INSPECT = "$c inspect $s/_posts/2024-05-31-a.md"


@pytest.mark.needs("POSIX")
@pytest.mark.parametrize(
    ("line", "status", "sentence"),
    [
        (f"{INSPECT} >/dev/full", 1, "standard output cannot be written: No space left on device [output-unwritable]"),
        (f"{INSPECT} --json >/dev/full", 1, "standard output cannot be written: No space left"),
        ("$c convert $s/_posts/2024-05-31-a.md >/dev/full", 1, "standard output cannot be written: No space left"),
        ("$c --help >/dev/full", 1, "standard output cannot be written: No space left"),
        (f"{INSPECT} >&-", 1, "standard output cannot be written: Bad file descriptor"),
        ("$c convert $s/_posts/2024-05-31-a.md >&-", 1, "standard output cannot be written: Bad file descriptor"),
        (f"{BUILD} --report - >/dev/full", 1, "standard output cannot be written"),
        (f"{BUILD} --report /dev/full", 1, "'/dev/full' cannot be written: No space left on device"),
        (f"mkfifo pipe; {BUILD} --report pipe", 1, "'pipe' cannot be written: No such device or address"),
        (f"{BUILD} --report >(exec 0<&-; sleep 5)", 1, "cannot be written: Broken pipe"),
        (f"{BUILD} >&-", 0, "1 post in 1 digest"),
        (f"{BUILD} <&-", 0, "1 post in 1 digest"),
        (f"{BUILD} 2>&-", 0, ""),
        (f"{BUILD} 2>/dev/full", 0, ""),
        (f"{BUILD} <&- >&- 2>&-", 0, ""),
        ("$c build nowhere 2>&-", 2, ""),
        ("$c convert - - <&-", 1, "the file is empty"),
        ("mkdir gone; cd gone; rmdir ../gone; $c build $s", 2, "the working directory cannot be used"),
    ],
)
def test_a_stream_that_cannot_be_used_costs_a_sentence(site: Path, line: str, status: int, sentence: str) -> None:
    result = shell(line, site)

    assert status == result.returncode, result.stderr
    assert sentence in result.stderr
    assert len(result.stderr.splitlines()) <= 4


@pytest.mark.needs("POSIX")
def test_a_report_is_written_into_what_is_there_for_it(site: Path) -> None:
    for line in (f"{BUILD} --report /dev/stdout", f"{BUILD} --report >(cat)", f"{BUILD} --report /dev/fd/3 3>&1"):
        result = shell(line, site)
        assert 0 == result.returncode, result.stderr
        assert '"schema": "converter/report/1"' in result.stdout
    assert Path("/dev/full").is_char_device()


@pytest.mark.needs("Pango")
def test_names_that_are_no_unicode_are_names(site: Path) -> None:
    for name, text in ((b"\xff.md", b"The quay."), (b"\xfe.md", b"The crane.")):
        with open(os.fsencode(site / "_posts") + b"/" + name, "wb") as stream:  # noqa: PTH123
            stream.write(text)

    result = shell("$c build $s -t pdf -t epub -t markdown -j 1 -o $'o\\xfd' --report - -v", site)

    assert 0 == result.returncode, result.stderr
    assert '"path": "digest.pdf"' in result.stdout
    assert r"_posts/\\xff.md" in result.stdout
    assert r"_posts/\xff.md: " in result.stderr
    assert 0 == shell("$c inspect --json $s/_posts/$'\\xff'.md", site).returncode
    assert 0 == shell("$c doctor --dry-run $s", site).returncode in (0, 1)


@pytest.mark.needs("Pango")
def test_halves_of_characters_do_not_get_into_a_book(site: Path) -> None:
    (site / "_posts/2024-06-01-b.md").write_text('{"title": "T \\ud83d\\ude00", "author": "\\ud83d"}\n\nx\n')
    (site / "_posts/2024-06-02-c.md").write_text('---\ntitle: "T \\ud83d"\n---\nx\n')

    result = shell("$c build $s -t pdf -t epub -t markdown -j 1 -o out", site)

    assert 0 == result.returncode, result.stderr
    assert "T 😀" in (site.parent / "out/digest.md").read_text("utf-8")


def test_a_message_is_one_line_whatever_it_quotes() -> None:
    message = "the server answered 404 Not\r\nFound\x1b[2J\u2028here"
    diagnostic = Diagnostic(code=Code.IMAGE_FETCH_FAILED, message=message, file="a\nb.md")

    assert str(diagnostic).isprintable()
    assert r"a b.md: warning: the server answered 404 Not  Found\x1b[2J here [image-fetch-failed]" == str(diagnostic)
