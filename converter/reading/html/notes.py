"""Footnotes as generators and people write them: which elements are notes, which links refer to them or lead back."""

from collections.abc import Iterator
from urllib.parse import unquote

from msgspec import Struct

from converter.reading.html.elements import Attributes, Element, below, classes, text_below

_CONTAINERS = (
    ".footnotes, .footnotes-list, .footnote-list, .footnote-definitions, ol.references, [role=doc-endnotes], "
    "[data-footnotes]"
)
_BACK_CLASSES = frozenset(
    {"data-footnote-backref", "footnote-back", "footnote-backref", "footnote-return", "reversefootnote"}
)
_BACK_TEXTS = frozenset("↩ ↩︎ ↩️ ↑ ^ ⏎ ⤴ ⮐ back 返回".split())
_ASIDES = frozenset({"margin-note", "marginnote", "sidenote"})
_BLOCKS = frozenset({"dd", "div", "li", "p", "td"})
_MAX_STEPS = 8
"""How many elements may stand between a link and the block or the id that it belongs to."""


class Notes(Struct, frozen=True):
    """Where the notes of a post are. Elements are named by their addresses in memory."""

    containers: frozenset[int]
    """Sections whose list items are notes."""
    ids: frozenset[str]
    """Every note that a link may refer to."""
    blocks: dict[int, str]
    """Blocks elsewhere that are notes, with their ids: they and the text lead to each other by links."""
    back_links: frozenset[int]
    """The links in notes that lead back."""
    marks: frozenset[str]
    """Where links in notes lead back to: the marks of notes, which writers name anew."""
    linked: frozenset[str]
    """Where links inside of the post lead to."""


def find_notes(root: Element) -> Notes:
    """Return where the notes of a document are."""
    containers = root.css(_CONTAINERS)
    items = frozenset(
        identifier
        for container in containers
        for node in below(container)
        if node.tag == "li" and (identifier := node.attributes.get("id"))
    )
    links = root.css('a[href^="#"]')
    pairs = list(_pairs(links, items))
    back_links = [link for container in containers for link in container.css("a") if _leads_back(link)]
    back_links += [link for _, _, link in pairs]
    linked = frozenset(unquote((link.attributes.get("href") or "")[1:]) for link in links)
    blocks = {block.mem_id: identifier for identifier, block, _ in pairs}
    for _, block, _ in pairs:
        blocks |= {item.mem_id: name for name, item in _others(block, linked - items) if item.mem_id not in blocks}
    return Notes(
        containers=frozenset(container.mem_id for container in containers),
        ids=items | set(blocks.values()),
        blocks=blocks,
        back_links=frozenset(link.mem_id for link in back_links),
        linked=linked,
        marks=frozenset((link.attributes.get("href") or "")[1:] for link in back_links),
    )


def is_aside(attributes: Attributes) -> bool:
    """Whether an element in a line is a note that stands beside it."""
    return bool(attributes.get("class")) and not classes(attributes).isdisjoint(_ASIDES)


def _leads_back(link: Element) -> bool:
    """Whether a link in a note leads back to where the note is referred to."""
    attributes = link.attributes
    if attributes.get("role") == "doc-backlink" or not classes(attributes).isdisjoint(_BACK_CLASSES):
        return True
    if (attributes.get("href") or "").startswith("#cite_ref"):  # MediaWiki has one for each place in the text
        return True
    return (attributes.get("href") or "").startswith("#") and text_below(link).strip().lower() in _BACK_TEXTS


def _pairs(links: list[Element], known: frozenset[str]) -> Iterator[tuple[str, Element, Element]]:
    """Yield id, block and back link of notes that two links tie to the text: each leads to where the other stands."""
    if len(links) < 2:
        return
    places: dict[str, int] = {}
    names = [list(_names(link)) for link in links]
    for number, found in enumerate(names):
        for name in found:
            places.setdefault(name, number)
    targets = [(link.attributes.get("href") or "")[1:] for link in links]
    taken: set[int] = set()
    for number, target in enumerate(targets):
        other = places.get(target, -1)
        if target in known or other <= number or targets[other] not in names[number]:
            continue
        block = _block_of(links[other])
        if block is not None and block.mem_id not in taken and _stands_at_edge(links[other], block):
            taken.add(block.mem_id)
            yield target, block, links[other]


def _others(note: Element, linked: frozenset[str]) -> Iterator[tuple[str, Element]]:
    """Yield id and block of what stands in one list with a note and is linked to, though it does not lead back."""
    if note.tag != "li" or note.parent is None:
        return
    for item in note.parent.iter():
        name = item.attributes.get("id") or ""
        if item.tag == "li" and name in linked:
            yield name, item


def _names(link: Element) -> Iterator[str]:
    """Yield the ids by which a link can be reached: its own, and those of the elements close around it."""
    node: Element | None = link
    for _ in range(_MAX_STEPS):
        if node is None:
            return
        attributes = node.attributes
        yield from (name for name in (attributes.get("id"), attributes.get("name")) if name)
        if node.tag in _BLOCKS:
            return
        node = node.parent


def _block_of(link: Element) -> Element | None:
    node = link.parent
    for _ in range(_MAX_STEPS):
        if node is None or node.tag in _BLOCKS:
            return node
        node = node.parent
    return None


def _stands_at_edge(link: Element, block: Element) -> bool:
    mark, words = text_below(link).strip(), text_below(block).strip()
    return words.startswith(mark) or words.lstrip("[(（【").startswith(mark) or words.endswith(mark)
