"""The kinds of Markdown that can be written, as tables of differences."""

from typing import Literal

from msgspec import Struct

DialectName = Literal["gfm", "commonmark", "pandoc", "obsidian"]

Pair = tuple[str, str]
"""What stands before and after a piece of text."""


class Dialect(Struct, frozen=True, kw_only=True):
    """How one kind of Markdown says what CommonMark has no words for."""

    delimiters: str = "*_~"
    """Characters whose runs may mark up the text between them."""
    strikethrough: Pair = ("~~", "~~")
    superscript: Pair = ("<sup>", "</sup>")
    subscript: Pair = ("<sub>", "</sub>")
    maths: Literal["code", "dollars"] = "code"
    """Whether a formula is TeX in dollar signs, or code in them and in fences, which GitHub reads more safely."""
    dollars: bool = True
    """Whether `$` in a text may begin maths."""
    raw_block: Pair = ("", "")
    """What stands on the lines before and after HTML that is to be left alone."""
    tasks: Pair = ("[ ]", "[x]")
    """An open and a finished task."""
    tables: bool = True
    notes: bool = True
    definitions: bool = False
    callout: str = ""
    """Opens the lines above a post as a callout of this kind; empty where there are none."""
    wiki_images: bool = False
    image_attributes: bool = False
    """Whether the size of an image stands behind it in braces; else such an image is HTML."""
    punctuation_is_text: bool = False
    """Whether `**重点：**这` is bold: whether only white space keeps a delimiter from opening or closing."""
    anchors: Literal["derived", "attribute", "element", "text"] = "derived"
    """What a heading is reached by: an anchor that GitHub derives from its words, `{#…}`, an `<a id>`, or its words."""
    separate_lists: bool = False
    """Whether two lists in a row need a comment between them, because another marker does not end a list."""
    special: str = ""
    """A regular expression for what means more in text than in CommonMark; a backslash before it takes that away."""
    special_start: str = ""
    """The same at the start of a line; the backslash goes behind the group `keep`, if there is one."""


DIALECTS: dict[DialectName, Dialect] = {
    "gfm": Dialect(),
    "commonmark": Dialect(
        delimiters="*_",
        strikethrough=("<del>", "</del>"),
        dollars=False,
        tasks=("\N{BALLOT BOX}", "\N{BALLOT BOX WITH CHECK}"),
        tables=False,
        notes=False,
        anchors="element",
    ),
    "pandoc": Dialect(
        superscript=("^", "^"),
        subscript=("~", "~"),
        maths="dollars",
        definitions=True,
        image_attributes=True,
        raw_block=("```{=html}", "```"),
        punctuation_is_text=True,
        anchors="attribute",
        separate_lists=True,
        special=r"[\\*_`<\[\]@^~\"'#{}|]|--|\.\.\.",  # its reader tries more than the rules for runs allow
        special_start=r"[:|%](?=\s|$)|\(@|(?P<keep>\(?(?:[A-Za-z]|[ivxlcdmIVXLCDM]+|\d+|#))(?=[.)](?:\s|$))",
    ),
    "obsidian": Dialect(
        maths="dollars",
        callout="info",
        wiki_images=True,
        anchors="text",
        special=r"\^(?=\[)|(?<!=)==(?=\S)|%%|\[\[|(?<!\S)#(?=\w)",
    ),
}
