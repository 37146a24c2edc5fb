"""Writes digests as EPUB 3.3: a chapter a post, with all that readers, validators and shops ask for."""

from converter.writers.epub.writer import EpubWriter

__all__ = ["EpubWriter"]
