"""Folders of other systems as they are loaded: what each post says, and what was reported.

The input is the files of the folder: a line `>>> PATH` stands before each, and `\\x89` for a picture (a PNG of one
pixel). Every case is written as Markdown, too, and verified: words that are not in the book are a line that begins
with `lost:`.
"""

import re
import tempfile
from pathlib import Path

from PIL import Image as Pillow

from converter.digest import digest_of
from converter.model import Post
from converter.pipeline.executors import SerialExecutor
from converter.pipeline.load import load_posts
from converter.pipeline.texts import source_texts
from converter.pipeline.write import render_files
from converter.themes import open_theme
from converter.verify import compare, passages
from converter.writers.registry import writer_type
from tests.areas.books import published
from tests.areas.shown import show
from tests.test_cases import Case


def write_folder(text: str, folder: Path) -> None:
    """Write the files of a case."""
    for name, _, content in (part.partition("\n") for part in re.split(r"^>>> ", text, flags=re.MULTILINE)[1:]):
        path = folder / name.strip()
        if name.endswith("/"):
            path.mkdir(parents=True)
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        if content.strip() == "\\x89":
            Pillow.new("RGB", (1, 1)).save(path)
        else:
            path.write_text(content, "utf-8")


def run(case: Case) -> str:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name, "site").resolve()
        folder.mkdir()
        write_folder(case.input, folder)
        loaded = load_posts(str(folder))
        lines: list[str] = []
        for post in loaded.posts:
            lines += [f"# {post.path}", *_facts(post), *show(post)]
            lines += [f"asset: {one.src} = {one.blob.name if one.blob else ''}" for one in post.assets]
        for one in loaded.diagnostics:
            place = f"{one.file or ''}{f':{one.line}' if one.line else ''}"
            lines.append(f"! {place}{' ' if place else ''}{one.severity.value}: {one.message} [{one.code}]")
        texts = source_texts(SerialExecutor(), loaded, lambda _: None)
        for post in loaded.posts:
            digest = published(digest_of(post, loaded.site), loaded.posts)
            [file, *_] = render_files(digest, writer_type("markdown")(), open_theme("default"), lambda _: None)
            found = compare([texts[post.key]], passages(file.data, name=file.name), file="the book")
            lines += [f"lost: {post.path}: {one.message}" for one in found.diagnostics]
    return "\n".join(lines)


def _facts(post: Post) -> list[str]:
    meta = post.metadata
    facts = {
        "title": meta.title if meta.title != "T" else "",
        "authors": " | ".join(meta.authors),
        "published": f"{meta.published:%Y-%m-%d}" if meta.published else "",
        "updated": f"{meta.updated:%Y-%m-%d}" if meta.updated else "",
        "categories": " | ".join(meta.categories),
        "tags": " | ".join(meta.tags),
        "summary": meta.summary,
        "subtitle": meta.subtitle,
        "state": " ".join(filter(None, ("draft" if meta.draft else "", "hidden" if meta.hidden else ""))),
        "addresses": " | ".join(meta.addresses),
    }
    return [f"{name}: {value}" for name, value in facts.items() if value]
