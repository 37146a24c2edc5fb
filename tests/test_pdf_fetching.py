"""Resources: WeasyPrint gets the pictures of the post and the files of the theme, and nothing else."""

from hashlib import sha256
from pathlib import Path

import pikepdf
import pytest
from msgspec.structs import replace

from converter.images.identify import read
from converter.model import Figure, Image
from converter.themes import open_theme
from converter.writers.pdf.images import MadeImage
from tests.conftest import require_installed
from tests.pdf_books import a_digest, a_picture, a_post, make

require_installed("Pango")

from converter.writers.pdf.weasyprint.resources import Resources  # noqa: E402  (it loads Pango)


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "http://127.0.0.1:1/x.png",
        "https://169.254.169.254/latest",
        "ftp://example.org/x",
        "data:image/png;base64,AAAA",
        "asset:0000",
        "asset:../../etc/passwd",
        "theme:../../pyproject.toml",
        "theme:/etc/passwd",
        "theme:pdf/%2e%2e/%2e%2e/theme.toml",
        "book:x.png",
        "",
    ],
)
def test_everything_else_is_refused(url: str, tmp_path: Path) -> None:
    resources = Resources((a_picture(tmp_path),), {}, open_theme("default"))

    with pytest.raises(ValueError, match="not a"):
        resources.fetch(url)


def test_pictures_and_files_of_the_theme_are_served(tmp_path: Path) -> None:
    asset, theme = a_picture(tmp_path), open_theme("default")
    resources = Resources((asset,), {"formula-1": MadeImage("image/svg+xml", b"<svg/>")}, theme)

    assert resources.fetch(f"asset:{asset.sha256}").read() == read(asset)
    assert resources.fetch("asset:formula-1").read() == b"<svg/>"
    assert resources.fetch("theme:theme.toml").read() == (Path(theme.folders[0]) / "theme.toml").read_bytes()


SVG = """<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="90" height="90">
<style>@import url(file:///etc/hosts); rect {{ fill: url({address}) }}</style>
<image href="{address}" width="9" height="9"/><image xlink:href="{address}" width="9" height="9"/>
<rect width="40" height="40"/></svg>"""


def test_a_drawing_cannot_reach_out(tmp_path: Path) -> None:
    secret = tmp_path / "secret.png"
    a_picture(tmp_path, "secret.png", size=(31, 17))
    asset = a_picture(tmp_path, "plan.svg")
    path = tmp_path / "plan.svg"
    path.write_text(SVG.format(address=secret.as_uri()))

    drawing = replace(
        asset, media_type="image/svg+xml", sha256=sha256(path.read_bytes()).hexdigest(), width=0, height=0
    )
    book = make(a_digest(a_post("one", Figure((Image("plan.svg", "图"),)), assets=(drawing,))))
    with book.open() as pdf:
        streams = [found for found in pdf.objects if isinstance(found, pikepdf.Stream)]

        assert [found for found in streams if found.get("/Subtype") == "/Image"] == []
        assert list(pdf.attachments) == []
