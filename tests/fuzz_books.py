"""A fuzzer that ends in finished files: `python -m tests.fuzz_books [--posts 2000] [--seed 1] [--pdf 10]`.

It mutates the samples and the inputs of all cases, and builds books of forty posts at a time. What it looks for: a bug,
a post that is left out of a book, a book that is not written. What it finds stays in a folder, and becomes a case.
"""

import argparse
import random
import re
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from converter.config import Config
from converter.diagnostics import Code, Severity
from converter.digest import DigestSpec
from converter.model import PeriodKind
from converter.pipeline.run import build
from converter.writers.registry import writer_type

ROOT = Path(__file__).parent.parent
POSTS = 40
"""In a book."""
EXPECTED = frozenset({Code.EMPTY_FILE, Code.TOO_LARGE})
"""The errors that a mutated post may be."""

TOKENS = (
    "![a](http://[x)", "[a](//[)", "![p](http://a℀b/)", "<a href='http://a:99999/'>x</a>", "<img src='//['>",
    "date: 9999-12-31", "date: 0001-01-01 00:00 +1400", "date: 9999-12-31 23:59:59 -1200", "date: 2150-01-01",
    'title: "\\ud83d"', '"author": "\\udc00",', "[^1]", "[^1]:", "[^1]: note", '<li id="fn1">',
    '<section class="footnotes"><ol><li id="fn1"></ol></section>', "<h2 id='note-1'>", "## x {#note-1}", "{#title}",
    "<table><tr><td colspan=99999999>", "<td rowspan=0>", "<svg><image href='file:///etc/passwd'/></svg>", "$$\\frac{",
    "<ruby>漢<rt>", "\u202e", "\ufeff", "\0", "\x1b[2J", "]]>", "<!--", "<![CDATA[", "<?xml", "&#0;", "&#xd800;",
    "{% raw %}", "{{ page.title }}", "{% include x %}", "{% for a in (1..9) %}", "{: #id .c}", "- - - a", ">" * 40,
    "<details><summary>", "<template>", "<noscript>", "<iframe src='http://[x'>", "<math><mi>", "lang: xx-invalid-tag-",
    "lang: \u4e2d", "tags: [a, [b]]", "categories: {a: b}", "<p id=''>", "<p id='a b'>", "\U000e0001", "\u2028",
)  # fmt: skip


def seeds() -> list[bytes]:
    """Return the posts to begin with."""
    samples = [path.read_bytes() for path in sorted((ROOT / "samples/_posts").rglob("*.*"))]
    cases = [path.read_text("utf-8") for path in sorted((ROOT / "tests/cases").rglob("*.md"))]
    inputs = [part.encode() for text in cases for part in re.findall(r"^@@ input.*\n((?:(?!@@|===).*\n)*)", text, re.M)]
    return samples + inputs


def mutated(chance: random.Random, known: Sequence[bytes]) -> bytes:
    """Return a post that differs from one of `known` in a few places."""
    data = bytearray(chance.choice(known))
    for _ in range(chance.randrange(1, 6)):
        place, end = sorted(chance.randrange(len(data) + 1) for _ in range(2))
        match chance.randrange(6):
            case 0:
                data[place:place] = chance.choice(TOKENS).encode("utf-8", "surrogatepass")
            case 1:
                data[place:place] = f"\n{chance.choice(TOKENS)}\n".encode("utf-8", "surrogatepass")
            case 2:
                del data[place : min(end, place + 40)]
            case 3:
                other = chance.choice(known)
                start = chance.randrange(len(other) + 1)
                data[place:place] = other[start : start + 200]
            case 4 if data:
                data[min(place, len(data) - 1)] = chance.randrange(256)
            case _:
                data[place:place] = data[place : min(end, place + 200)]
    return bytes(data)


def site(folder: Path, posts: Sequence[bytes], chance: random.Random) -> Path:
    """Write posts as a site; some are of HTML, some have no date in their name."""
    (folder / "_posts").mkdir(parents=True)
    for number, data in enumerate(posts):
        name = chance.choice([f"2024-05-{number % 28 + 1:02}-p{number}.md", f"p{number}.md", f"p{number}.html"])
        (folder / "_posts" / name).write_bytes(data)
    return folder


def findings(source: Path, out: Path, names: Sequence[str], period: PeriodKind) -> list[str]:
    """Return what is wrong with the books of a site."""
    writers = {name: writer_type(name)() for name in names}
    specs = (DigestSpec(period=period, drafts=True, unpublished=True),)
    report = build(Config(sources=(str(source),), output=str(out), writers=writers, digests=specs))
    errors = (found for found in report.diagnostics if found.severity is Severity.ERROR)
    found = [str(error) for error in errors if error.code not in EXPECTED]
    written = Counter(file.digest for file in report.files if not file.path.count("/"))
    return found + [f"{key} is not in every format" for key in report.digests if written[key] < len(names)]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pdf", type=int, default=10, help="every so manieth book is a PDF, too; 0: none")
    options = parser.parse_args()
    chance, known, wrong = random.Random(options.seed), seeds(), 0
    for number in range(-(-options.posts // POSTS)):
        folder = Path(tempfile.mkdtemp())
        source = site(folder / "site", [mutated(chance, known) for _ in range(POSTS)], chance)
        names = ["epub", "markdown"] + ["pdf"] * (options.pdf > 0 and number % options.pdf == 0)
        if found := findings(source, folder / "out", names, chance.choice(list(PeriodKind))):
            wrong += 1
            print(folder, *found, sep="\n", flush=True)  # noqa: T201
        else:
            shutil.rmtree(folder)
    print(f"{options.posts} posts, {wrong} books with findings", flush=True)  # noqa: T201
    return min(wrong, 1)


if __name__ == "__main__":
    sys.exit(main())
