"""Prepared HTML -> blocks and notes: the elements go by once, and each is given to the function that knows it."""

from collections.abc import Callable, Sequence

from msgspec import Struct

from converter.model import Block, Note
from converter.reading.html import handlers, lists, media, tables
from converter.reading.html.builder import Builder, Dropped, Finish
from converter.reading.html.cleaning import Cleaner, CleaningRule, Removal
from converter.reading.html.elements import TEXT, Attributes, Element, parse, text_below
from converter.reading.html.formats import formats_of, has_size, is_hidden, keeps_lines, visibility_of
from converter.reading.html.handlers import Handler, line_of
from converter.reading.html.main import main_of, outside_of
from converter.reading.html.notes import Notes, find_notes, is_aside
from converter.reading.html.prepare import BLOCKS, HEADINGS
from converter.reading.html.word_lists import is_mark, word_item


def _paragraph(builder: Builder, element: Element, attributes: Attributes) -> Finish | None:
    """Open a paragraph, which may be an item of a list of Word's."""
    return word_item(builder, element, attributes) or handlers.paragraph(builder, element, attributes)


_HANDLERS: dict[str, Handler] = {
    **dict.fromkeys(BLOCKS, handlers.block),
    **dict.fromkeys(HEADINGS, handlers.heading),
    **dict.fromkeys(("code", "kbd", "samp", "tt"), handlers.code),
    **dict.fromkeys(("audio", "embed", "iframe", "object", "video"), media.media),
    **dict.fromkeys(("amp-audio", "amp-iframe", "amp-video"), media.media),
    **dict.fromkeys(("amp-instagram", "amp-twitter", "amp-vimeo", "amp-youtube"), media.amp),
    **dict.fromkeys(("amp-anim", "amp-img"), handlers.image),
    **dict.fromkeys(("dir", "menu", "ol", "ul"), lists.list_),
    **dict.fromkeys(("listing", "pre", "xmp"), handlers.preformatted),
    **dict.fromkeys(("td", "th"), tables.cell),
    **dict.fromkeys(("caption", "figcaption"), tables.caption),
    "a": handlers.link,
    "blockquote": handlers.quote,
    "br": handlers.line_break,
    "dd": lists.meaning,
    "div": handlers.division,
    "dl": lists.definitions,
    "dt": lists.term,
    "figure": tables.figure,
    "hr": handlers.rule,
    "img": handlers.image,
    "input": handlers.control,
    "li": lists.list_item,
    "math": handlers.formula,
    **dict.fromkeys(("mp-common-mpaudio", "mpvoice", "qqmusic"), media.recording),
    "mjx-container": handlers.typeset,
    "p": _paragraph,
    "q": handlers.quotation,
    "script": handlers.script,
    "span": handlers.span,
    "summary": handlers.summary,
    "svg": handlers.drawing,
    "table": tables.table,
    **dict.fromkeys(("tbody", "tfoot", "thead"), tables.row_group),
    "tr": tables.row,
}
MAX_ID = 200
"""Characters of an id."""
_SILENT = frozenset(
    "area base col colgroup head link map meta noembed noframes noscript param rp source style "
    "template title track wbr".split()
)
"""Elements that show nothing on a page."""
_DROPPED = frozenset("button canvas datalist select textarea".split())
"""Elements that show something which no book can."""


class Body(Struct, frozen=True):
    """What the markup of a post says."""

    blocks: tuple[Block, ...]
    notes: tuple[Note, ...]
    too_deep: int | None
    """The line where the nesting was first cut."""
    dropped: tuple[Dropped, ...]
    """The elements whose words no output can show."""
    cleaned: tuple[Removal, ...]
    """What rules took out."""


def read_html(
    html: str,
    rules: Sequence[CleaningRule] = (),
    *,
    origin: Callable[[int], int] = lambda line: line,
    is_page: bool = False,
    language: str = "",
    dollars: bool = False,
) -> Body:
    """Return what the markup says, but for what the rules take out of it, and for what is around the post of a page.

    The markup must come from `prepare`; `origin` gives the line of the file for a line of the markup. `language` is
    that of the post, as far as it is known; `dollars` reads `$…$` in text as a formula.
    """
    root = parse(html).body
    if root is None:
        return Body((), (), None, (), ())
    cleaner = Cleaner(rules)
    main = main_of(root) if is_page else None
    if main is not None:
        if words := outside_of(main, root):
            cleaner.take(CleaningRule(action="remove", selector=f"outside of <{main.tag}>"), words, None)
        root = main
    cleaner.look_at(root)
    builder = Builder(find_notes(root), cleaner, origin, language, dollars=dollars)
    _walk(root, builder)
    builder.end_run()
    if builder.anchors:
        builder.add_anchors()
    return Body(
        tuple(builder.flow.blocks), tuple(builder.notes), builder.too_deep, tuple(builder.dropped), cleaner.all_taken()
    )


def _walk(root: Element, builder: Builder) -> None:
    node, ends = root.child, list[Finish]()
    while node is not None:
        finish = _open(node, builder)
        if finish is not None:
            if node.child is not None:
                ends.append(finish)
                node = node.child
                continue
            finish()
        while node.next is None and ends:
            ends.pop()()
            parent = node.parent
            assert parent is not None  # noqa: S101  # as many parents as ends
            node = parent
        node = node.next


def _open(node: Element, builder: Builder) -> Finish | None:
    tag = node.tag or ""
    if tag == TEXT:
        if not builder.passed_over or node.mem_id not in builder.passed_over:
            builder.text(text_below(node))
        return None
    if tag.startswith("-") or tag in _SILENT:
        return None
    attributes = node.attributes
    builder.move_to(line_of(attributes))
    if is_hidden(attributes) or is_mark(attributes) or (tag == "dialog" and "open" not in attributes):
        return None
    seen, sized = visibility_of(attributes), has_size(attributes)
    if (seen is not None and seen is builder.is_unseen) or (sized is not None and sized is builder.is_sizeless):
        return _in_turn(node, builder, seen=seen, sized=sized)
    return _read(node, tag, attributes, builder)


def _in_turn(node: Element, builder: Builder, *, seen: bool | None, sized: bool | None) -> Finish | None:
    """Open an element that is seen, or has letters of any size, where what is around is not, or the other way round."""
    outer = builder.is_unseen, builder.is_sizeless
    builder.is_unseen = builder.is_unseen if seen is None else not seen
    builder.is_sizeless = builder.is_sizeless if sized is None else not sized
    finish = _read(node, node.tag or "", node.attributes, builder)

    def finish_turn() -> None:
        if finish is not None:
            finish()
        builder.is_unseen, builder.is_sizeless = outer

    if finish is None:
        builder.is_unseen, builder.is_sizeless = outer
        return None
    return finish_turn


def _read(node: Element, tag: str, attributes: Attributes, builder: Builder) -> Finish | None:
    if (rule := builder.cleaner.rule_of(node)) is not None:
        return _cleaned(node, rule, builder)
    if tag in _DROPPED:
        if words := " ".join(text_below(node).split()):
            builder.dropped.append(Dropped(tag, words, builder.line))
        return None
    if (note := _note(node, attributes, builder)) is not None:
        return note
    if tag in BLOCKS and tag != "math":
        builder.end_run()
    if name := _id_of(tag, attributes, builder.places):
        builder.anchor(name)
    return _formatted(node, tag, builder)


def _id_of(tag: str, attributes: Attributes, places: Notes) -> str:
    """Return the id by which links reach an element: not that of a heading, which keeps it, or of notes and marks.

    Programs put ids on every second word. One of a span counts where the post links to it.
    """
    name = attributes.get("id") or (attributes.get("name") if tag == "a" else "") or ""
    if not name or tag in HEADINGS or len(name) > MAX_ID or name in places.ids or name in places.marks:
        return ""
    is_noise = tag in ("b", "font", "span") or (tag == "a" and "href" in attributes)
    return "" if is_noise and name not in places.linked else name


def _note(node: Element, attributes: Attributes, builder: Builder) -> Finish | None:
    """Open an element that is a note, or a section of notes; `None` for every other."""
    if node.mem_id in builder.places.containers and not builder.in_notes:
        return lists.notes(builder, node, attributes)
    if node.mem_id in builder.places.blocks:
        return lists.note(builder, builder.places.blocks[node.mem_id])
    return lists.aside(builder) if is_aside(attributes) else None


def _cleaned(node: Element, rule: CleaningRule, builder: Builder) -> Finish | None:
    """Do with an element what a rule says."""
    match rule.action:
        case "unwrap":
            if node.tag == "a" and node.attributes.get("href"):
                builder.cleaner.unlink(rule, builder.line)
            return handlers.transparent(builder, node, node.attributes)
        case "heading":
            return handlers.heading(builder, node, node.attributes)
        case "caption":
            return tables.caption_below(builder, node, node.attributes)
        case _:
            words = " ".join(text_below(node).split())
            if words or node.css("img, video, audio, iframe"):
                images = tuple(image.attributes.get("src") or "" for image in node.css("img"))
                builder.cleaner.take(rule, words, builder.line, images)
            return None


def _with_lines(finish: Finish, builder: Builder, *, kept: bool) -> Finish:
    """Return how an element ends that says whether line ends in it are shown."""
    outer, builder.keeps_lines = builder.keeps_lines, kept

    def finish_lines() -> None:
        finish()
        builder.keeps_lines = outer

    return finish_lines


def _formatted(node: Element, tag: str, builder: Builder) -> Finish | None:
    """Open an element within the formats that it asks for."""
    attributes = node.attributes
    kinds = frozenset(format_.kind for format_ in builder.formats)
    count = builder.push_formats(list(formats_of(tag, attributes, kinds, builder.number())))
    finish = _HANDLERS.get(tag, handlers.transparent)(builder, node, attributes)
    if finish is not None and (kept := keeps_lines(attributes)) is not None:
        finish = _with_lines(finish, builder, kept=kept)
    if not count:
        return finish
    if finish is None:
        del builder.formats[len(builder.formats) - count :]
        return None

    def finish_formats() -> None:
        finish()
        del builder.formats[len(builder.formats) - count :]

    return finish_formats
