"""HTML: a page that needs no other file, or a folder with a page for each post."""

from converter.writers.html.writer import HtmlWriter

__all__ = ["HtmlWriter"]
