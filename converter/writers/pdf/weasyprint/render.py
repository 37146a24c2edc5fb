"""Lays out one part of a digest in a worker: as plain text if it must be."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar, assert_never

from msgspec.structs import replace

from converter.diagnostics import Code, ConverterError, Diagnostic, Warn, WriterError
from converter.limits.bounds import TimeUpError, deadline
from converter.themes import Theme
from converter.writers import Results
from converter.writers.pdf.fragment import Laid, Rendered, RenderedRun
from converter.writers.pdf.options import PdfOptions
from converter.writers.pdf.parts import OpenerPart, PdfPart, PostPart
from converter.writers.pdf.plain import plain
from converter.writers.pdf.style import OPENING, Style, open_style
from converter.writers.pdf.weasyprint.libraries import require_libraries
from converter.writers.pdf.weasyprint.turns import turn
from converter.writers.pdf.weasyprint.versions import ENGINE, LOSSES, MADE_FOR, applies

ResultT = TypeVar("ResultT")


def render_part(part: PdfPart, options: PdfOptions, theme: Theme, warn: Warn) -> RenderedRun:
    """Return the pages of a part. Raises `WriterError` where not even its words can be set."""
    style = _style_of(part, options, theme)
    with turn():  # before the clock of the time limit starts
        match part:
            case PostPart():
                return _rendered(part, _laid_out(part, style, warn))
            case OpenerPart():
                return _rendered(part, _set_opener(part, style, warn))
            case _:
                assert_never(part)


def _style_of(part: PdfPart, options: PdfOptions, theme: Theme) -> Style:
    sections = isinstance(part, OpenerPart) or bool(part.section)
    return open_style(options, theme, part.book_language, sections=sections)


def _rendered(part: PdfPart, laid: Laid) -> RenderedRun:
    key = part.post.key if isinstance(part, PostPart) else ""
    return RenderedRun(laid.objects, (Rendered(key, laid.fragment, opens_section=isinstance(part, OpenerPart)),))


class Typesetter:
    """Lays out the pages that only the whole book knows, for the assembly."""

    name = ENGINE

    def __init__(self, style: Style, results: Results[RenderedRun]) -> None:
        """`results` may have pages of an earlier run."""
        self._style = style
        self._results = results

    def prepare(self) -> None:
        if not self._results.may_be_cached:  # it is needed for certain, and workers are busy now
            require_engine(self._style)

    def page(self, name: str, values: Mapping[str, Any], warn: Warn) -> Laid:
        style = self._style
        overlays = tuple(each for each in style.overlays if each.endswith(OPENING))
        html = style.substitute(style.fill(f"{name}.html", {"furniture": overlays, **values}), None, warn)

        def typeset(told: Warn) -> Laid:
            require_engine(style)
            from converter.writers.pdf.weasyprint.typeset import typeset_page

            return typeset_page(html, style, name, told)

        return self._results.once((html, name, style.language, style.sections), Laid, typeset, warn)


def require_engine(style: Style) -> None:
    """Import what sets pages. Only what no earlier run laid out needs it, and it takes longer than reading that.

    Raises `UsageError` where a library or every font is missing; without fonts WeasyPrint would end the process.
    """
    require_libraries()
    _ = style.library
    import converter.writers.pdf.weasyprint.typeset  # noqa: F401


def _set_post(part: PostPart, style: Style, warn: Warn) -> Laid:
    require_engine(style)
    from converter.writers.pdf.weasyprint.typeset import typeset_post

    return typeset_post(part, style, warn)


def _set_opener(part: OpenerPart, style: Style, warn: Warn) -> Laid:
    require_engine(style)
    from converter.writers.pdf.weasyprint.typeset import typeset_opener

    return typeset_opener(part, style, warn)


def _laid_out(part: PostPart, style: Style, warn: Warn) -> Laid:
    """Return the pages of a post; where its layout fails or takes too long, those of its words alone."""
    path = part.post.path

    attempts = (
        lambda: _set_post(part, style, warn),
        lambda: _set_post(replace(part, post=plain(part.post)), style, warn),
    )
    laid, failure = first_to_succeed(attempts, style.options.time_limit, path)
    if failure:
        warn(
            Diagnostic(
                code=Code.LAYOUT_SIMPLIFIED,
                message=f"{failure}; it is set as plain text",
                file=path,
                hint="simplify the post, or raise time_limit in [output.pdf]",
            )
        )
    return laid


def first_to_succeed(
    attempts: Sequence[Callable[[], ResultT]], seconds: float, file: str | None = None
) -> tuple[ResultT, str]:
    """Return the result of the first attempt that ends well and in time, and why the one before it did not.

    Raises `WriterError` where none does, and at once for an error that another attempt would meet again.
    """
    failure = ""
    for attempt in attempts:
        try:
            with deadline(seconds):
                return attempt(), failure
        except ConverterError:
            raise
        except TimeUpError:
            failure = f"its layout took longer than {seconds:g} seconds"
        except Exception as error:  # a fault of WeasyPrint costs the post its looks, not the digest the post
            failure = f"its layout failed: {type(error).__name__}: {error}"
    raise WriterError(Code.TASK_TIMED_OUT, f"{failure}, even as plain text", file=file)


def report_patches(warn: Warn) -> None:
    """Warn of what the converter cannot repair in this WeasyPrint, since it reads differently from the one known."""
    for patch, loss in LOSSES.items():
        if not applies(patch):
            warn(
                Diagnostic(
                    code=Code.TYPOGRAPHY_REDUCED,
                    message=f"{ENGINE} differs where the converter repairs it: {loss}",
                    hint=f"install WeasyPrint {MADE_FOR}",
                )
            )
