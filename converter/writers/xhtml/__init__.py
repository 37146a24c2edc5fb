"""Writes nodes as markup that is well-formed XML and good HTML5 at once, for every writer that lays out XHTML."""

from converter.writers.xhtml.markup import (
    element,
    escape,
    foreign_attributes,
    language_attributes,
    void,
)
from converter.writers.xhtml.mathml import mathml
from converter.writers.xhtml.page import (
    HeadingEntry,
    NoteStyle,
    Picture,
    Placeholder,
    Rendering,
    Shown,
    place_ids,
)
from converter.writers.xhtml.post import Written, write_post

__all__ = [
    "HeadingEntry",
    "NoteStyle",
    "Picture",
    "Placeholder",
    "Rendering",
    "Shown",
    "Written",
    "element",
    "escape",
    "foreign_attributes",
    "language_attributes",
    "mathml",
    "place_ids",
    "void",
    "write_post",
]
