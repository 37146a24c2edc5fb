"""Notes and their marks: marks lose what writers add again, and none of the two stays without the other."""

import re
from collections.abc import Sequence

from msgspec.structs import replace

from converter.diagnostics import Code, Diagnostic, Warn
from converter.model import Block, Inline, List, ListItem, Note, NoteReference, Post, Site, Superscript, Text
from converter.model.walk import query, walk

_UNDEFINED = re.compile(r"\[\^[^\]\s]{1,60}\]")


def bare_note_marks(post: Post, _site: Site, _warn: Warn) -> Post:
    """Take marks of notes out of superscripts that hold nothing else, brackets and commas apart."""
    return walk(post, _bare)


def _bare(node: Inline | Block) -> Inline | Block | tuple[Inline, ...]:
    if not isinstance(node, Superscript):
        return node
    marks = tuple(child for child in node.children if isinstance(child, NoteReference))
    rest = [child for child in node.children if not isinstance(child, NoteReference)]
    ornament = all(isinstance(child, Text) and not child.value.strip(" [](),，") for child in rest)
    return marks if marks and ornament else node


def _unique(notes: Sequence[Note]) -> tuple[Note, ...]:
    """Return the notes with those of one id as one: HTML and Markdown in one post may both have a note `fn1`."""
    found: dict[str, Note] = {}
    for note in notes:
        first = found.get(note.id)
        found[note.id] = replace(first, blocks=(*first.blocks, *note.blocks)) if first else note
    return tuple(found.values())


def match_notes(post: Post, _site: Site, warn: Warn) -> Post:
    """Report marks without a note, put notes in the order of their marks, those without one at the end of the text."""
    if len({note.id for note in post.notes}) < len(post.notes):
        post = replace(post, notes=_unique(post.notes))
    nodes = list(query(post))
    used = dict.fromkeys(node.id for node in nodes if isinstance(node, NoteReference))
    known = {note.id for note in post.notes}
    undefined = [found for node in nodes if isinstance(node, Text) for found in _UNDEFINED.findall(node.value)]
    for mark in dict.fromkeys([*undefined, *(f"[^{identifier}]" for identifier in sorted(used.keys() - known))]):
        hint = f"write the note as a paragraph of its own: {mark}: …"
        message = f"there is no note for the mark '{mark}'"
        warn(Diagnostic(code=Code.NOTE_UNDEFINED, message=message, file=post.path, hint=hint))
    if used.keys() - known:
        post = walk(post, lambda node: _without_note(node, known))
    left = [note for note in post.notes if note.id not in used]
    order = {id_: place for place, id_ in enumerate(used)}
    notes = tuple(sorted((note for note in post.notes if note.id in used), key=lambda note: order[note.id]))
    if notes == post.notes:
        return post
    rest = (List(tuple(ListItem(note.blocks) for note in left), ordered=True),) if left else ()
    return replace(post, blocks=(*post.blocks, *rest), notes=notes)


def _without_note(node: Inline | Block, known: set[str]) -> Inline | Block:
    return Text(f"[{node.id}]") if isinstance(node, NoteReference) and node.id not in known else node
