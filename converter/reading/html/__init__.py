"""HTML as it stands in posts -> blocks and notes."""

from converter.reading.html.prepare import line_mark, prepare
from converter.reading.html.reader import Body, read_html

__all__ = ["Body", "line_mark", "prepare", "read_html"]
