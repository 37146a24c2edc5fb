"""Writes digests as Markdown that means what the posts meant."""

from converter.writers.markdown.writer import MarkdownWriter, to_markdown

__all__ = ["MarkdownWriter", "to_markdown"]
