"""The marks of notes lose what writers add again: their superscript and their brackets."""

from converter.diagnostics import Warn
from converter.model import Block, Inline, NoteReference, Post, Site, Superscript, Text
from converter.walk import walk


def bare_note_marks(post: Post, _site: Site, _warn: Warn) -> Post:
    """Take marks of notes out of superscripts that hold nothing else, brackets and commas apart."""
    return walk(post, _rewrite)


def _rewrite(node: Inline | Block) -> Inline | Block | tuple[Inline, ...]:
    if not isinstance(node, Superscript):
        return node
    marks = tuple(child for child in node.children if isinstance(child, NoteReference))
    rest = [child for child in node.children if not isinstance(child, NoteReference)]
    ornament = all(isinstance(child, Text) and not child.value.strip(" [](),，") for child in rest)
    return marks if marks and ornament else node
