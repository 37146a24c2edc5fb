"""Sets pages with WeasyPrint: the only way from the rest of the writer to it, and the last module to be imported."""

from collections.abc import Mapping

from converter.diagnostics import Warn
from converter.model import Asset
from converter.writers.pdf.fetching import Fence
from converter.writers.pdf.layout import lay_out, open_sheet
from converter.writers.pdf.look import Look
from converter.writers.pdf.pages import opener_markup, post_markup
from converter.writers.pdf.parts import OpenerPart, PostPart
from converter.writers.pdf.pictures import Drawing
from converter.writers.pdf.pieces import Piece


def set_post(part: PostPart, look: Look, warn: Warn) -> Piece:
    """Return the pages of a post."""
    markup = post_markup(part, look, warn)
    return set_page(markup.html, look, part.post.key, part.post.assets, markup.drawings)


def set_opener(part: OpenerPart, look: Look, warn: Warn) -> Piece:
    """Return the page that opens a section."""
    return set_page(opener_markup(part, look, warn).html, look, "opener")


def set_page(
    html: str, look: Look, unique: str, assets: tuple[Asset, ...] = (), drawings: Mapping[str, Drawing] | None = None
) -> Piece:
    """Return the pages of an HTML document. `unique` keeps its ids apart from those of other pieces."""
    sheet = open_sheet(look.css, look.library.files, look.theme.folders)
    return lay_out(html, sheet, Fence(assets, drawings or {}, look.theme), unique)
