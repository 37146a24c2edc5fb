"""Small sites as books: what the Markdown digest says, and that EPUB and PDF say the same.

The input is the files of the site, each behind a line `~~~ PATH`. Settings: `encoding` (of the posts). The output is
the Markdown digest and what was reported, and what a format lacks by the other path of `verify`.
"""

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from msgspec.structs import replace

from converter.api import render_files
from converter.diagnostics import Diagnostic
from converter.digest import DigestSpec, compile_digests
from converter.model import Digest, Post, Section
from converter.pipeline.executors import SerialExecutor
from converter.pipeline.load import load_posts
from converter.pipeline.texts import source_texts
from converter.site.crosslinks import with_outer_links
from converter.verify import SourceText, compare, passages
from tests.areas.shown import show_diagnostics
from tests.conftest import is_installed
from tests.test_cases import Case


def run(case: Case) -> str:
    found: list[Diagnostic] = []
    with tempfile.TemporaryDirectory() as folder:
        for block in case.input.split("~~~ ")[1:]:
            name, _, text = block.partition("\n")
            path = Path(folder, name.strip())
            path.parent.mkdir(parents=True, exist_ok=True)
            encoding = case.settings.get("encoding", "utf-8") if "_posts" in name else "utf-8"
            path.write_bytes(text.encode(encoding))
        loaded = load_posts(folder)
        found += loaded.diagnostics
        [digest] = compile_digests(loaded.posts, DigestSpec(), site=loaded.site, warn=found.append)
        digest = published(digest, loaded.posts)
        sources = list(source_texts(SerialExecutor(), loaded, found.append).values())
        markdown = render_files(digest, "markdown", front_matter=False)[0].data
        lines = [markdown.decode().strip(), *show_diagnostics(found)]
        for name in ("markdown", "epub", *(["pdf"] if is_installed("Pango") else [])):
            lines += _missing(name, digest, sources)
    return "\n".join(lines)


def published(digest: Digest, posts: Iterable[Post]) -> Digest:
    """Return a digest as a run makes it: with links to posts that are not in it as links to the site."""
    inside, urls = frozenset(post.key for post in digest.posts), {post.key: post.metadata.url for post in posts}
    sections = (
        Section(section.title, tuple(with_outer_links(post, inside, urls) for post in section.posts))
        for section in digest.sections
    )
    return replace(digest, sections=tuple(sections))


def _missing(name: str, digest: Digest, sources: Sequence[SourceText]) -> Iterator[str]:
    """Yield what a format lacks."""
    file = render_files(digest, name)[0]
    suffix = {"markdown": "md"}.get(name, name)
    said = passages(file.data, name=f"book.{suffix}")
    yield from (f"! {one.message}" for one in compare(sources, said, file=f"book.{suffix}").diagnostics)
