"""Moves the notes of a post to the feet of its pages: each goes into the text, where its mark stands."""

import re

from converter.model import Paragraph, Post

_NOTE = re.compile(r'<aside id="(note-\d+)"[^>]*>\n(.*?)\n</aside>', re.DOTALL)
_MARK = re.compile(r'<sup class="mark"><a id="[^"]*" href="#(note-\d+)"[^>]*>\d+</a></sup>')


def can_stand_in_text(post: Post) -> bool:
    """Return whether all notes are plain paragraphs: HTML has no lists or tables within a line."""
    return all(isinstance(block, Paragraph) for note in post.notes for block in note.blocks)


def place(body: str, notes: str) -> tuple[str, str]:
    """Return the body with each note behind its first mark, and the notes that have no mark in it.

    Takes markup with the notes as asides, of posts whose notes can stand in text.
    """
    waiting = {match[1]: match[2] for match in _NOTE.finditer(notes)}

    def with_note(mark: re.Match[str]) -> str:
        content = waiting.pop(mark[1], None)
        if content is None:
            return mark[0]
        inside = content.replace("\n", "").replace("<p", '<span class="line"').replace("</p>", "</span>")
        return f'{mark[0]}<span class="footnote" id="{mark[1]}">{inside}</span>'

    placed = _MARK.sub(with_note, body)
    return placed, "\n".join(match[0] for match in _NOTE.finditer(notes) if match[1] in waiting)
