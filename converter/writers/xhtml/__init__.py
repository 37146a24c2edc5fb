"""Writes nodes as markup that is well-formed XML and good HTML5 at once, for every writer that lays out XHTML."""

from converter.writers.xhtml.addresses import original_address, web_address
from converter.writers.xhtml.markup import (
    clean,
    element,
    escape,
    foreign_attributes,
    is_language,
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
    "clean",
    "element",
    "escape",
    "foreign_attributes",
    "is_language",
    "language_attributes",
    "mathml",
    "original_address",
    "place_ids",
    "void",
    "web_address",
    "write_post",
]
