"""A file -> a post: its header as metadata, its body of Markdown and HTML as blocks."""

from converter.reading.context import Context
from converter.reading.html import Clean, fault_of
from converter.reading.post import read
from converter.reading.site import read_context, read_site
from converter.reading.source import SourceFile

__all__ = ["Clean", "Context", "SourceFile", "fault_of", "read", "read_context", "read_site"]
