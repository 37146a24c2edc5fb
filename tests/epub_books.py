"""Books for the tests of the EPUB writer: small digests, pictures of every kind, and what is in a finished book."""

import io
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from msgspec.structs import replace
from PIL import Image as Pillow
from PIL import ImageDraw

from converter.diagnostics import Diagnostic
from converter.model import (
    Asset,
    Cell,
    CodeBlock,
    Digest,
    Figure,
    Heading,
    Image,
    Link,
    Math,
    Note,
    NoteReference,
    Period,
    PeriodKind,
    Post,
    Quote,
    Row,
    Ruby,
    Section,
    Site,
    Source,
    Span,
    Table,
    Text,
)
from converter.pipeline.write import render_files
from converter.storage import LocalTree
from converter.storage.blobs import StoredBlob
from converter.testing import builders
from converter.testing.builders import p
from converter.themes import open_theme
from converter.writers import File
from converter.writers.epub import EpubWriter

CHINA = timezone(timedelta(hours=8))
LONG = p("码头明日开放。" * 100)
"""A paragraph of a post that is too long to share a file, and has links to its neighbours."""
SITE = Site(
    title="港口周报",
    description="每周一期",
    language="zh-CN",
    timezone="Asia/Shanghai",
    url="https://port.example",
    author="编辑部",
    license="CC BY 4.0",
)


a_post = partial(builders.a_post, published=None)
"""Builds a post that has no date unless one is given."""


def a_digest(*sections: Section, language: str = "zh-CN", site: Site = SITE) -> Digest:
    return Digest(
        key="port-2024-W22",
        title=f"{site.title} · 2024年第22周",
        period=Period(PeriodKind.WEEK, date(2024, 5, 27), date(2024, 6, 2)),
        language=language,
        site=site,
        updated=datetime(2024, 6, 1, 8, 0, 1, tzinfo=UTC),
        sections=sections,
    )


def write(digest: Digest, *, new_page: str = "always", **options: Any) -> tuple[tuple[File, ...], list[Diagnostic]]:
    """Return the files of a digest and what was reported. Each post has a file, unless `new_page` says otherwise."""
    found: list[Diagnostic] = []
    default = open_theme("default")
    theme = replace(default, tokens={**default.tokens, "new_page": new_page})
    return render_files(digest, EpubWriter(**options), theme, found.append), found


def files_of(data: bytes) -> dict[str, bytes]:
    """Return what is in a book, by name without its folder."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name.removeprefix("EPUB/"): archive.read(name) for name in archive.namelist()}


def book(digest: Digest, **options: Any) -> dict[str, bytes]:
    """Return what is in the only file of a digest that nothing was reported about."""
    [file], found = write(digest, **options)
    assert not found
    return files_of(file.data)


def tree(data: bytes) -> ElementTree.Element:
    """Return the tree of an XML file, without the namespaces of its names."""
    root = ElementTree.fromstring(data)
    for node in root.iter():
        node.tag = node.tag.rpartition("}")[2]
    return root


def metadata(files: dict[str, bytes], name: str) -> list[str]:
    """Return the values of a property, or of an element, of the package metadata."""
    nodes = tree(files["content.opf"]).iter()
    return [node.text or "" for node in nodes if name in (node.get("property"), node.tag)]


# ---- pictures ----


def striped(width: int, height: int, mode: str = "RGB") -> Pillow.Image:
    """Return a picture with a dark bar in every sixty rows."""
    picture = Pillow.new(mode, (width, height), "white")
    draw = ImageDraw.Draw(picture)
    for top in range(20, height - 30, 60):
        draw.rectangle((5, top, width - 5, top + 25), fill=(40, 80, top % 256) if mode.startswith("RGB") else 0)
    return picture


def encoded(picture: Pillow.Image, kind: str, **options: Any) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, kind, **options)
    return stream.getvalue()


def an_asset(folder: Path, src: str, data: bytes, media_type: str) -> Asset:
    """Return an asset whose file is in `folder`."""
    (folder / src).write_bytes(data)
    width = height = 0
    if media_type != "image/svg+xml":
        with Pillow.open(io.BytesIO(data)) as picture:
            width, height = picture.size
    digest = sha256(data).hexdigest()
    return Asset(
        src=src,
        blob=StoredBlob(LocalTree(str(folder)), src),
        media_type=media_type,
        size=len(data),
        sha256=digest,
        width=width,
        height=height,
    )


# ---- the book of the golden files ----


def small_posts(folder: Path) -> Iterator[Post]:
    """Yield three posts in three languages that use what makes an EPUB hard."""
    # Not compressed: what zlib makes of a picture is not the same everywhere, and its digest names the file.
    picture = an_asset(folder, "quay.bmp", encoded(striped(120, 80), "BMP"), "image/bmp")
    yield a_post(
        "2024-05-27-quay",
        Quote((p("新码头下周开放，先行试运转。"),)),
        p("码头", Ruby((Text("岸壁"),), "がんぺき"), "明日开放", NoteReference("n"), "。"),
        p("见", Link("post:notes", (Text("英文"),)), "。"),
        Heading(2, (Text("数字"),), "数字"),
        Figure((Image("quay.bmp", "码头的照片"),), (Text("新码头"),)),
        Table(
            rows=(Row((Cell((p("吞吐量"),), header=True), Cell((p("120"),)))),),
            head=(Row((Cell((p("项目"),)), Cell((p("万吨"),)))),),
            alignments=("left", "right"),
        ),
        title="新码头开放 & 试运转",
        published=datetime(2024, 5, 27, 9, tzinfo=CHINA),
        source=Source("港口日报", "https://daily.example/a?b=1&c=2"),
        notes=(Note("n", (p("以公告为准。"),)),),
        assets=(picture,),
    )
    yield a_post(
        "notes",
        p("Tides follow ", Math("h = a \\cos t"), ". See ", Link("post:2024-05-27-quay#数字", (Text("figures"),)), "."),
        CodeBlock("def tide(t):\n    return 2  # metres", "python"),
        title="Notes on tides",
        subtitle="With a formula",
        language="en",
        authors=("A. Author",),
        published=datetime(2024, 5, 28, 12, tzinfo=UTC),
        url="/2024/notes.html",
    )
    yield a_post(
        "arabic",
        p("الميناء مفتوح، ", Span((Text("quay"),), "en", "ltr"), "."),
        title="الميناء",
        language="ar",
        published=datetime(2024, 5, 29, 12, tzinfo=UTC),
    )


def small_digest(folder: Path) -> Digest:
    first, second, third = small_posts(folder)
    return a_digest(Section("港口", (first,)), Section("其他", (second, third)))
