"""A post's blocks and notes as markup."""

from collections.abc import Sequence

from msgspec import Struct

from converter import model
from converter.languages.labels import label
from converter.model import Post
from converter.writers.xhtml.blocks import blocks, led_blocks
from converter.writers.xhtml.markup import element, escape, foreign_attributes
from converter.writers.xhtml.page import HeadingEntry, NoteStyle, Page, Rendering, open_page


class Written(Struct, frozen=True):
    """A post as markup, without its title and what a writer puts around it."""

    body: str
    notes: str
    """The notes, with a heading only where they are a list; empty for a post without notes."""
    headings: tuple[HeadingEntry, ...]
    """The headings of the body, in order."""


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
    return Written(body=body, notes=_notes(page), headings=headings)


def _notes(page: Page) -> str:
    if not page.post.notes:
        return ""
    match page.rendering.notes:
        case NoteStyle.POPUP | NoteStyle.ASIDE:
            return "\n".join(_popup(note, page) for note in page.post.notes)
        case NoteStyle.LIST:
            return _list(page)


def _popup(note: model.Note, page: Page) -> str:
    kind = "footnote" if page.rendering.notes is NoteStyle.POPUP else None
    attributes = {"id": page.note_ids[note.id], "epub:type": kind, "role": "doc-footnote", "class": "note"}
    content = led_blocks(note.blocks, page, f"{_back(note, page, f'{page.note_numbers[note.id]}.')} ")
    return element("aside", f"\n{content}\n", attributes)


def _list(page: Page) -> str:
    items = "\n".join(element("li", _content(note, page), {"id": page.note_ids[note.id]}) for note in page.post.notes)
    level = min(2 + page.rendering.heading_offset, 6)
    attributes = foreign_attributes(page.rendering.language, page.language)
    heading = element(f"h{level}", escape(label(page.rendering.language, "notes")), attributes)
    return element("section", f"\n{heading}\n{element('ol', f'{chr(10)}{items}{chr(10)}')}\n", {"class": "notes"})


def _content(note: model.Note, page: Page) -> str:
    written = blocks(note.blocks, page)
    if note.id not in page.marks:
        return written
    back = _back(note, page, "↩")
    return f"{written.removesuffix('</p>')} {back}</p>" if written.endswith("</p>") else f"{written}\n<p>{back}</p>"


def _back(note: model.Note, page: Page, text: str) -> str:
    """Return a link to the first mark of a note, or the bare text where no mark points to it."""
    if (mark := page.marks.get(note.id)) is None:
        return text
    name = f"{text} {label(page.rendering.language, 'back_to_text')}"
    return element("a", text, {"href": f"#{mark}", "role": "doc-backlink", "aria-label": name, "class": "back"})
