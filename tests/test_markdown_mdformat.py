"""A formatter that knows nothing of us would write our files as they are, but for what the docs give reasons for."""

import re
from pathlib import Path
from urllib.parse import unquote

import mdformat
import pytest

from converter.digest import DigestSpec, compile_digests
from converter.pipeline.load import load_posts
from converter.pipeline.write import render_files
from converter.themes import open_theme
from converter.writers.markdown import MarkdownWriter
from tests.conftest import ROOT

OPTIONS = {"number": True, "compact_tables": True}
EXTENSIONS = {"footnote", "frontmatter", "gfm"}


def formatted(text: str) -> str:
    return mdformat.text(text, options=OPTIONS, extensions=EXTENSIONS)


def files_of(source: Path, **options: object) -> dict[str, str]:
    loaded = load_posts(str(source))
    [digest] = compile_digests(loaded.posts, DigestSpec(), site=loaded.site)
    writer = MarkdownWriter(**options)  # type: ignore[arg-type]
    files = render_files(digest, writer, open_theme("default"), lambda _diagnostic: None)
    return {file.name: file.data.decode() for file in files if file.name.endswith(".md")}


def without_stated_differences(text: str) -> str:
    """Return a text without backslashes, percent-encoding, and the zeros that pad the numbers of long lists."""
    plain = re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", unquote(text))
    numbered = re.sub(r"^([ >]*)0*(\d+[.)]) ", r"\1\2 ", plain, flags=re.MULTILINE)
    return re.sub(r"^[ >]+", lambda found: found[0].replace(" ", ""), numbered, flags=re.MULTILINE)


@pytest.mark.parametrize("shape", ["single", "folder"])
def test_mdformat_changes_nothing_in_the_samples_but_what_is_stated(shape: str) -> None:
    files = files_of(ROOT / "samples", shape=shape)

    assert files
    for name, text in files.items():
        assert without_stated_differences(text) == without_stated_differences(formatted(text)), name


def test_mdformat_changes_nothing_in_most_real_posts(corpus: Path) -> None:
    files = files_of(corpus / "finews", shape="folder")

    changed = [name for name, text in files.items() if text != formatted(text)]

    assert len(changed) < len(files) / 10
