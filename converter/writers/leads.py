"""A post -> how it begins, in a line or two, for the contents of a book."""

import unicodedata

from converter.languages.unicode import clean, has_words
from converter.model import Paragraph, Post, Quote
from converter.model.walk import text_of

WIDTH = 120
"""Of a lead, in letters; a Han character is as wide as two."""


def lead_of(post: Post) -> str:
    """Return the summary of a post, or the first of its quotes and paragraphs, on one line and cut between words.

    Empty where there is none, or the title says the same.
    """
    texts = (text_of(block) for block in post.blocks if isinstance(block, Quote | Paragraph))
    first = post.metadata.summary if has_words(post.metadata.summary) else next(filter(has_words, texts), "")
    lead = " ".join(clean(first).split())
    return "" if lead == clean(post.metadata.title) else _cut(lead)


def _cut(text: str) -> str:
    """Return a text that is too wide without its end; a word is not cut, unless it is all that there is."""
    left = WIDTH
    for place, character in enumerate(text):
        left -= 2 if unicodedata.east_asian_width(character) in "WF" else 1
        if left < 0:
            whole = text[:place]
            if _is_inside_word(whole[-1], character):
                whole = whole.rpartition(" ")[0] or whole
            return f"{whole.rstrip(' ,;:.，、；：。')}…"
    return text


def _is_inside_word(before: str, after: str) -> bool:
    """Return whether two characters belong to one word; Han and kana are words by themselves."""
    return all(
        unicodedata.category(each)[0] in "LMN" and unicodedata.east_asian_width(each) not in "WF"
        for each in (before, after)
    )
