"""kramdown's rules in the place of CommonMark's: https://kramdown.gettalong.org/syntax.html."""

from markdown_it import MarkdownIt

from converter.reading.markdown.kramdown.attributes import attributes
from converter.reading.markdown.kramdown.blocks import blocks
from converter.reading.markdown.kramdown.html_blocks import html_blocks, marked_html_blocks
from converter.reading.markdown.kramdown.links import links
from converter.reading.markdown.kramdown.lists import lists
from converter.reading.markdown.kramdown.references import references
from converter.reading.markdown.kramdown.spans import spans
from converter.reading.markdown.kramdown.tables import tables
from converter.reading.markdown.kramdown.typography import typography
from converter.reading.markdown.options import Options

__all__ = ["kramdown", "marked_html_blocks"]


def kramdown(md: MarkdownIt, options: Options) -> None:
    """Add the rules."""
    md.use(blocks, options).use(lists).use(tables).use(html_blocks, options).use(references)
    md.use(links, options).use(spans, options).use(attributes).use(typography, options)
