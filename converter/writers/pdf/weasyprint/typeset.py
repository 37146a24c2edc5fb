"""Sets pages with WeasyPrint: the only way from the rest of the writer to it, and the last module to be imported."""

from collections.abc import Mapping

from converter.diagnostics import Warn
from converter.model import Asset
from converter.writers.pdf.fragment import Fragment
from converter.writers.pdf.images import Drawing
from converter.writers.pdf.parts import OpenerPart, PostPart
from converter.writers.pdf.style import Style
from converter.writers.pdf.weasyprint.layout import lay_out, open_sheet
from converter.writers.pdf.weasyprint.markup import opener_markup, post_markup
from converter.writers.pdf.weasyprint.resources import Resources


def typeset_post(part: PostPart, style: Style, warn: Warn) -> Fragment:
    """Return the pages of a post."""
    markup = post_markup(part, style, warn)
    return typeset_page(markup.html, style, part.post.key, part.post.assets, markup.drawings)


def typeset_opener(part: OpenerPart, style: Style, warn: Warn) -> Fragment:
    """Return the page that opens a section."""
    return typeset_page(opener_markup(part, style, warn).html, style, "opener")


def typeset_page(
    html: str, style: Style, unique: str, assets: tuple[Asset, ...] = (), drawings: Mapping[str, Drawing] | None = None
) -> Fragment:
    """Return the pages of an HTML document. `unique` keeps its ids apart from those of other fragments."""
    sheet = open_sheet(style.css, style.library.files, style.theme.folders)
    return lay_out(html, sheet, Resources(assets, drawings or {}, style.theme), unique)
