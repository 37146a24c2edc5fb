"""Proves that no word is lost: the words of finished files against the words that a browser shows of the sources.

The text of a source is taken on a path of its own (CommonMark and html5lib), not through the document model, so that a
fault of reading cannot hide itself. What a diagnostic declares as left out is not missed.
"""

from converter.verify.comparison import Comparison, SourceText, compare
from converter.verify.outputs import Passage, can_read, passages
from converter.verify.sources import read_source, source_text

__all__ = ["Comparison", "Passage", "SourceText", "can_read", "compare", "passages", "read_source", "source_text"]
