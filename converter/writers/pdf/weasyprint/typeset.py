"""Sets pages with WeasyPrint: the only way from the rest of the writer to it, and the last module to be imported."""

from converter.diagnostics import Code, Diagnostic, Warn
from converter.images.identify import shortened_src
from converter.writers.pdf.fragment import Laid
from converter.writers.pdf.parts import OpenerPart, PostPart
from converter.writers.pdf.style import Style
from converter.writers.pdf.weasyprint.layout import lay_out, open_stylesheet
from converter.writers.pdf.weasyprint.markup import opener_markup, post_markup
from converter.writers.pdf.weasyprint.resources import Resources


def typeset_post(part: PostPart, style: Style, warn: Warn) -> Laid:
    """Return the pages of a post."""
    markup = post_markup(part, style, warn)
    resources = Resources(part.post.assets, markup.drawings, style.theme)
    return typeset_page(markup.html, style, part.post.key, warn, resources=resources, file=part.post.path or None)


def typeset_opener(part: OpenerPart, style: Style, warn: Warn) -> Laid:
    """Return the page that opens a section."""
    return typeset_page(opener_markup(part, style, warn).html, style, "opener", warn)


def typeset_page(
    html: str, style: Style, unique: str, warn: Warn, *, resources: Resources | None = None, file: str | None = None
) -> Laid:
    """Return the pages of an HTML document. `unique` keeps its ids apart from those of other fragments."""
    resources = resources or Resources((), {}, style.theme)
    fingerprint = f"{style.theme.fingerprint} {style.library.fingerprint}"
    stylesheet = open_stylesheet(style.css, style.library.files, style.theme.folders, fingerprint)
    laid = lay_out(html, stylesheet, resources, unique)
    if untagged := laid.fragment.untagged:
        message = f"its tags cannot be repaired ({untagged}), so its pages have none: no headings for screen readers"
        warn(Diagnostic(code=Code.LAYOUT_SIMPLIFIED, message=message, file=file, hint="report it with this post"))
    for src, reason in resources.damaged.items():
        message = f"the image '{shortened_src(src)}' {reason}"
        hint = "replace the file; its text alternative stands in its place"
        warn(Diagnostic(code=Code.IMAGE_INVALID, message=message, file=file, hint=hint))
    return laid
