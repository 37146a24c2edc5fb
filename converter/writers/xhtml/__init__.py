"""Writes nodes as markup that is well-formed XML and good HTML5 at once, for every writer that lays out XHTML."""

from converter.writers.xhtml.blocks import code_block, list_of, table
from converter.writers.xhtml.markup import (
    element,
    escape,
    foreign_attributes,
    language_attributes,
    void,
)
from converter.writers.xhtml.mathml import mathml
from converter.writers.xhtml.page import (
    Display,
    Feature,
    HeadingEntry,
    ImageFiles,
    NoteStyle,
    Override,
    Page,
    Placeholder,
    Rendering,
    Shown,
    place_ids,
)
from converter.writers.xhtml.post import Written, foot_mark, write_post

__all__ = [
    "Display",
    "Feature",
    "HeadingEntry",
    "ImageFiles",
    "NoteStyle",
    "Override",
    "Page",
    "Placeholder",
    "Rendering",
    "Shown",
    "Written",
    "code_block",
    "element",
    "escape",
    "foot_mark",
    "foreign_attributes",
    "language_attributes",
    "list_of",
    "mathml",
    "place_ids",
    "table",
    "void",
    "write_post",
]
