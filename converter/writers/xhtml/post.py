"""A post's blocks and notes as markup."""

from collections.abc import Sequence

from msgspec import Struct

from converter import model
from converter.languages.labels import label
from converter.model import Post
from converter.writers.xhtml.blocks import blocks, led_blocks, lines_of, tailed_blocks
from converter.writers.xhtml.inlines import mark
from converter.writers.xhtml.markup import element, escape, foreign_attributes
from converter.writers.xhtml.page import Feature, HeadingEntry, NoteStyle, Page, Rendering, open_page


class Written(Struct, frozen=True):
    """A post as markup, without its title and what a writer puts around it."""

    body: str
    notes: str
    """The notes, with a heading only where they are a list; empty for a post without notes."""
    headings: tuple[HeadingEntry, ...]
    """The headings of the body, in order."""
    features: frozenset[Feature]
    """What the package of a book must say about it."""


def write_post(post: Post, rendering: Rendering, *, reserved: Sequence[str] = ()) -> Written:
    """Return the markup of a post. `reserved` are ids, without the prefix, that the writer's template uses."""
    page = open_page(post, rendering, reserved)
    match post.blocks:
        case (model.Quote(blocks=children), *rest):
            # News opens with its abstract as a quote: a theme may set it apart.
            page.line = post.blocks[0].line
            lead = element("blockquote", f"\n{blocks(children, page)}\n", {"class": "lead"})
            body = "\n".join(part for part in (lead, blocks(rest, page)) if part)
        case whole:
            body = blocks(whole, page)
    headings = tuple(page.headings)
    notes = _notes(page)
    return Written(body=body, notes=notes, headings=headings, features=frozenset(page.features))


def _notes(page: Page) -> str:
    if not page.post.notes:
        return ""
    match page.rendering.notes:
        case NoteStyle.POPUP | NoteStyle.FOOT:
            return "\n".join(_popup(note, page) for note in page.post.notes if note.id not in page.placed)
        case NoteStyle.LIST:
            return _list(page)


def _popup(note: model.Note, page: Page) -> str:
    attributes = {"id": page.note_ids[note.id], **page.rendering.in_role("doc-footnote"), "class": "note"}
    content = led_blocks(note.blocks, page, f"{_back(note, page, f'{page.note_numbers[note.id]}.')} ")
    return element("aside", f"\n{content}\n", attributes)


def foot_mark(reference: model.NoteReference, page: Page) -> str:
    """Return the mark of a note, with the note behind it where it is the first: an override for `NoteStyle.FOOT`."""
    written = mark(reference.id, page)
    note = next((note for note in page.post.notes if note.id == reference.id), None)
    if note is None or page.linked or page.in_note or note.id in page.placed:
        return written
    page.placed.add(note.id)
    page.in_note = True
    lines = lines_of(note.blocks, page, f"{_back(note, page, f'{page.note_numbers[note.id]}.')} ")
    page.in_note = False
    return written + element("span", lines, {"class": "footnote", "id": page.note_ids[note.id]})


def _list(page: Page) -> str:
    items = "\n".join(element("li", _content(note, page), {"id": page.note_ids[note.id]}) for note in page.post.notes)
    level = min(2 + page.rendering.heading_offset, 6)
    attributes = foreign_attributes(page.rendering.language, page.language)
    heading = element(f"h{level}", escape(label(page.rendering.language, "notes")), attributes)
    return element("section", f"\n{heading}\n{element('ol', f'{chr(10)}{items}{chr(10)}')}\n", {"class": "notes"})


def _content(note: model.Note, page: Page) -> str:
    if note.id not in page.marks:
        return blocks(note.blocks, page)
    return tailed_blocks(note.blocks, page, _back(note, page, "↩"))


def _back(note: model.Note, page: Page, text: str) -> str:
    """Return a link to the first mark of a note, or the bare text where no mark points to it."""
    if (mark := page.marks.get(note.id)) is None:
        return text
    name = f"{text} {label(page.rendering.language, 'back_to_text')}"
    return element("a", text, {"href": f"#{mark}", "role": "doc-backlink", "aria-label": name, "class": "back"})
