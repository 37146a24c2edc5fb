"""The options of the PDF writer: the table `[output.pdf]` of a configuration."""

from typing import Literal

from msgspec import Struct


class PdfOptions(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How a digest is printed."""

    engine: Literal["auto", "weasyprint", "typst"] = "auto"
    """What lays out pages; `auto` is WeasyPrint where its libraries are, else Typst."""
    page_size: str = ""
    """`A5`, `A4`, `Letter`, `ereader` and others, or width and height as in `120mm 180mm`; empty: the theme's."""
    text_size: str = ""
    """As in `11pt`; empty: the theme's."""
    two_sided: bool = False
    """Whether pages have inner and outer margins, and sections begin on the right."""
    justify: bool = True
    """Whether lines are equally long."""
    notes: Literal["endnotes", "footnotes"] = "endnotes"
    """Where notes stand: after their post, or at the foot of the page."""
    index: bool = True
    """Whether there is an index of tags."""
    print_marks: bool = False
    """Whether the sheet is larger than the page and shows where to cut."""
    attach_sources: bool = False
    """Whether the posts are attached as JSON; the file is then PDF/A-3a instead of PDF/A-2a."""
    time_limit: float = 60
    """Seconds that a post may take to be laid out before it is set as plain text."""
