"""A file -> a post: its front matter as metadata, its body of Markdown and HTML as blocks."""

from converter.reading.context import Context
from converter.reading.data import DATA_FORMATS
from converter.reading.html import CleaningRule, fault_of
from converter.reading.post import read, url_of
from converter.reading.site import read_context, read_site
from converter.reading.source import MAX_SIZE, Beside, SourceFile

__all__ = [
    "DATA_FORMATS",
    "MAX_SIZE",
    "Beside",
    "CleaningRule",
    "Context",
    "SourceFile",
    "fault_of",
    "read",
    "read_context",
    "read_site",
    "url_of",
]
