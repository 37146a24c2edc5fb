"""Writes digests for language models and search: bounded chunks as JSON Lines, `llms.txt`, whole text, Markdown."""

from converter.writers.corpus.writer import CorpusWriter

__all__ = ["CorpusWriter"]
