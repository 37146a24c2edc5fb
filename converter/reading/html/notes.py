"""Footnotes as generators write them: which elements are notes, which links refer to them, which lead back."""

from converter.reading.html.elements import Attributes, Element, below, classes, text_below

CONTAINERS = ".footnotes, .footnotes-list, .footnote-list, .footnote-definitions, [role=doc-endnotes], [data-footnotes]"
_BACK_CLASSES = frozenset(
    {"data-footnote-backref", "footnote-back", "footnote-backref", "footnote-return", "reversefootnote"}
)
_BACK_TEXTS = frozenset("↩ ↩︎ ↩️ ↑ ^ ⏎ ⤴ ⮐ back 返回".split())


def note_ids(containers: list[Element]) -> frozenset[str]:
    """Return the ids of the list items of footnote sections."""
    return frozenset(
        identifier
        for container in containers
        for node in below(container)
        if node.tag == "li" and (identifier := node.attributes.get("id"))
    )


def is_back_link(element: Element, attributes: Attributes) -> bool:
    """Whether a link in a note leads back to where the note is referred to."""
    if attributes.get("role") == "doc-backlink" or not classes(attributes).isdisjoint(_BACK_CLASSES):
        return True
    return (attributes.get("href") or "").startswith("#") and text_below(element).strip().lower() in _BACK_TEXTS
