"""Bodies as the markup of EPUB and PDF, read and normalised.

Settings: those of `reading`; `notes: list` for notes as in print; `offset` (see `Rendering.heading_offset`). The book
is in Chinese. The only picture at hand is `here.png`; `tall.png` is in two slices.
"""

from converter.diagnostics import Diagnostic
from converter.model import Image, Site
from converter.writers.urls import web_url
from converter.writers.xhtml import (
    ImageFiles,
    NoteStyle,
    Placeholder,
    Rendering,
    Shown,
    mathml,
    write_post,
)
from tests.areas.reading import run_normalized
from tests.areas.shown import show_diagnostics
from tests.test_cases import Case

SITE = Site(url="https://site.example")


def run(case: Case) -> str:
    post, _ = run_normalized(case)
    diagnostics: list[Diagnostic] = []
    rendering = Rendering(
        image=shown,
        link=lambda href: web_url(href, SITE),
        math=mathml,
        language="zh-CN",
        warn=diagnostics.append,
        notes=NoteStyle.LIST if case.settings.get("notes") == "list" else NoteStyle.POPUP,
        heading_offset=int(case.settings.get("offset", 0)),
    )
    written = write_post(post, rendering)
    return "\n".join(filter(None, (written.body, written.notes, *show_diagnostics(diagnostics))))


def shown(image: Image) -> Shown:
    if image.src == "here.png":
        return ImageFiles(("images/here.png",), 40, 30)
    if image.src == "tall.png":
        return ImageFiles(("images/tall-1.png", "images/tall-2.png"), 40, 300)
    if image.src.startswith("http"):
        return Placeholder("remote_image", web_url(image.src, SITE))
    return Placeholder("missing_image")
