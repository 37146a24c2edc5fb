"""The text that a browser shows for a source, read without the converter's own reader."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.token import Token
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.tasklists import tasklists_plugin
from msgspec import structs

from converter.verify.encodings import text_of_bytes
from converter.verify.liquid import with_values
from converter.verify.shape import FENCED, UNKNOWN
from converter.verify.spans import replace
from converter.verify.systems import as_shown

if TYPE_CHECKING:
    from converter.verify.visible import Visible

_FRONT_MATTER = (
    re.compile(r"\A\s*---[ \t]*\n.*?^(?:---|\.\.\.)[ \t]*$", re.DOTALL | re.MULTILINE),
    re.compile(r"\A\s*\+\+\+[ \t]*\n.*?^\+\+\+[ \t]*$", re.DOTALL | re.MULTILINE),
    re.compile(r"\A\s*\{\s*\n.*?^\}[ \t]*$", re.DOTALL | re.MULTILINE),
)
_OTHER_FRONT_MATTER = {
    "Hexo": (
        re.compile(r"\A\s*;;;[ \t]*\n.*?^;;;[ \t]*$", re.DOTALL | re.MULTILINE),
        re.compile(r"\A\s*(?:\"\w+\"[ \t]*:[^\n]*\n|[ \t\]}][^\n]*\n|\n)+;;;[ \t]*$", re.MULTILINE),
        re.compile(
            r"\A(?:\w[\w-]*[ \t]*:(?:[ \t][^\n]*)?\n|(?:[ \t]+\S|#|-[ \t])[^\n]*\n|[ \t]*\n)+-{3,}[ \t]*$", re.MULTILINE
        ),
    ),
    "Pelican": (re.compile(r"\A(?:[A-Za-z0-9_-]+:[^\n]*(?:\n|\Z)(?:[ \t]{4,}[^\n]*\n)*)+(?=\n|\Z)"),),
}
_LINK_TAG = re.compile(r"\{%-?\s*(?:post_url|link)\s")
_CONTENTS = re.compile(
    r"^[ \t]*(?:[*+-]|\d+\.)[^\n]*\n[ \t]*\{:[ \t]*toc[^}\n]*\}[ \t]*$", re.MULTILINE | re.IGNORECASE
)
_ABBREVIATION = re.compile(r"^[ ]{0,3}\*\[[^\]\n]+\]:[^\n]*$", re.MULTILINE)
_OF_KRAMDOWN = re.compile(
    r"^[ \t]*(?P<fence>`{3,}+|~{3,}+)|(?<!`)(?P<ticks>`{1,99})(?!`)[^\n]*?(?P=ticks)"
    r"|^(?P<reference>[ ]{0,3}\[(?!\^)[^\]\n]+\]:)[^\n]+$"
    r"|<(?P<raw>code|kbd|samp|var)\b[^<>]*>"
    r"|(?<=\])\((?=[^()\n]*[ \t])(?:[^()\n]|\([^()\n]*\))*\)|(?P<opening><<)",
    re.MULTILINE | re.IGNORECASE,
)
"""What kramdown reads otherwise than CommonMark: references and URLs with spaces, raw elements, guillemets."""
_MARKS = re.compile(r"</?[A-Za-z][^<>]*>|&#?\w+;|[!\"#$%'()*+,./:;=?@\[\\\]^_`{|}~-]")
_HEADING_ATTRIBUTES = re.compile(
    r"^(?P<heading>[ ]{0,3}#{1,6}[ \t][^\n]*?)(?<![ \t])[ \t]*+\{[#.][^{}\n]*\}[ \t]*$", re.MULTILINE
)
_INDENTED_HEADING = re.compile(r"^[ ]{1,3}(?=#{1,6}[ \t])", re.MULTILINE)
"""No heading for kramdown."""
_LABEL_OF_LIQUID = re.compile(r"^ {0,3}\[[^\]\n]{0,99}\{\{[^\n]{0,200}?\]:[^\n]*$", re.MULTILINE)
_REFERENCE = re.compile(r"(?<=\])\[[^\]\n]{1,99}\](?!\()|(?<=\])\[\]")
_EMOJI = re.compile(r"(?<![\w:/{]):(?:[a-z][a-z0-9_+-]{0,39}|[+-]1|100):(?![\w:/])")
"""A name that is an image where the site wants it; where it does not, nothing is missed of it."""
_LIQUID = re.compile(r"\{%-?\s*(?P<comment>comment\s*-?%\})?")
_FENCED_OR_SCRIPT = re.compile(
    r"^[ \t]*(?:(?P<fence>`{3,}+|~{3,}+)|<(?P<raw>script|style)\b)", re.MULTILINE | re.IGNORECASE
)
"""A script may be indented inside of other markup, where CommonMark takes it for code."""
_LIQUID_VALUE = re.compile(r"\{\{")
_LONGEST_FENCE = 8
"""Marks of a fence that its end is told by: of each length the end is looked for once."""
_BEHIND_BLOCK = re.compile(
    r"^(?P<block> {0,3}<(?P<name>article|blockquote|center|details|div|dl|figure|h[1-6]|ol|p|section|table|ul)\b"
    r"(?:(?!</(?P=name)>)[^\n]){0,5000}</(?P=name)>)[ \t]*(?=[^\s<])",
    re.MULTILINE,
)
"""A block of HTML with Markdown behind it, which is text to CommonMark."""
_UNDERLINED_ATTRIBUTES = re.compile(r"(?<=\S)[ \t]+\{#[^{}\n]*\}[ \t]*(?=\n(?:-+|=+)[ \t]*$)", re.MULTILINE)
_PARTED_REFERENCE = re.compile(r"(?<=\])[ \n]\[(?P<name>[^\[\]\n]{1,99})\](?![(:\[])")
_REFERENCE_NAME = re.compile(r"^ {0,3}\[(?!\^)([^\]\n]+)\]:", re.MULTILINE)
_OPEN_TO_MARKDOWN = re.compile(
    r"^([ \t]*<\w+\b[^<>\n]*\smarkdown=[\"']?(?:1|block|span)\b[^<>\n]*>)[ \t]*$", re.MULTILINE
)
_COMMENT = re.compile(r"\{::comment\}(?:(?!\{::comment\}).)*?\{:/(?:comment)?\}", re.DOTALL)
_LANGUAGE_LINE = re.compile(r"^(?: {4,}|\t+):::[ \t]*\w[^\n]*$", re.MULTILINE)
"""What Python-Markdown takes for the language of the code below."""
_ATTRIBUTE_LIST = re.compile(r"\{:[^{}\n]*\}")


_LINE_OF_NOTE = re.compile(r"^ {0,3}\[\^[^\]\n]+\]:[^\n]*\n(?=[^\s])", re.MULTILINE)
"""A note that the next line has no part of: to CommonMark it would go on there."""
_INDENTED = re.compile(r"^(?: {4,}|\t)[^\n]*", re.MULTILINE)
_TAG = re.compile(r"</?[a-zA-Z][^<>\n]{0,500}>")
_MARK = re.compile(r"^[ \t>]*(?:(\d+)[.)](?=\s)|(?:`{3,}|~{3,})[ \t]*(\w[^\s`]*))|\]\[([^\]\[\n]+)\]", re.MULTILINE)
"""What CommonMark may show and kramdown not, or the other way round, since they end lists and code elsewhere."""
_KRAMDOWN = frozenset({"", "Jekyll", "Pelican"})
"""Systems whose Markdown has kramdown's marks, or Python-Markdown's, which are the same here."""
_LIQUID_SYSTEMS = frozenset({"", "Jekyll", "Eleventy"})


def source_text(data: bytes, *, name: str, system: str = "") -> str:
    """Return the visible text of the body of a post: see `read_source`."""
    return read_source(data, name=name, system=system).text


def read_source(data: bytes, *, name: str, system: str = "") -> Visible:
    """Return what is visible of the body of a post. A name that ends in `.html` or `.htm` says that it is no Markdown.

    `system` is the name of the profile of its site. Template tags, shortcodes and kramdown's attribute lists,
    abbreviations and place for a table of contents are no text.
    """
    text = _text(data)
    body = _body(text, system)
    has_liquid = system in _LIQUID_SYSTEMS and not (system == "" and ("{{<" in body or "{{%" in body))
    if has_liquid and text.endswith(body):
        body = with_values(body, text.removesuffix(body).strip().strip("-"))
    body = replace(body, _FENCED_OR_SCRIPT, _end, lambda found, _, whole: whole if found["fence"] else "")
    shown = as_shown(body, "MDX" if name.lower().endswith(".mdx") else system)
    body = _HEADING_ATTRIBUTES.sub(r"\g<heading>", shown)
    if has_liquid and _LABEL_OF_LIQUID.search(body):  # where links by reference lead is not known here
        body = _REFERENCE.sub("", _LABEL_OF_LIQUID.sub("", body))
    if has_liquid:
        body = replace(body, _LINK_TAG, lambda _: r"%\}", lambda *_: "#")
    if system in ("", "Hugo", "Jekyll"):
        body = _EMOJI.sub(" ", body)
    if system in _KRAMDOWN:
        body = _of_kramdown(body)
        body = replace(_CONTENTS.sub("", body), _OF_KRAMDOWN, _end, _as_commonmark)
        body = _INDENTED_HEADING.sub(r"\g<0>\\", _ATTRIBUTE_LIST.sub(_of_a_block, _ABBREVIATION.sub("", body)))
    if has_liquid:
        body = replace(body, _LIQUID, _end_of_tag, lambda *_: f" {UNKNOWN}")
        body = replace(body, _LIQUID_VALUE, lambda _: r"\}\}", lambda *_: f"#{UNKNOWN}")
    html = body if name.lower().endswith((".html", ".htm", ".xhtml")) else _markdown().render(body)
    from converter.verify.visible import visible  # loads Beautiful Soup, a quarter of the time of starting

    found = visible(html)
    found = structs.replace(found, shape=structs.replace(found.shape, marks=_marks(body)))
    if system in _KRAMDOWN:
        return found
    # What the words of other systems become is told without looking at what is code.
    return structs.replace(found, shape=structs.replace(found.shape, listings=()))


def _of_kramdown(body: str) -> str:
    """Return a body with lines of kramdown as CommonMark has them."""
    body = _UNDERLINED_ATTRIBUTES.sub("", _LANGUAGE_LINE.sub("", _COMMENT.sub("", body)))
    body = _LINE_OF_NOTE.sub(r"\g<0>\n", body)
    body = _OPEN_TO_MARKDOWN.sub(r"\1\n", _BEHIND_BLOCK.sub(r"\g<block>\n\n", body)).replace("<mailto:", "<")
    names = {name.casefold() for name in _REFERENCE_NAME.findall(body)}
    return _PARTED_REFERENCE.sub(lambda found: "" if found["name"].casefold() in names else found[0], body)


def _marks(body: str) -> str:
    tags = (tag for line in _INDENTED.findall(body) if "<" in line for tag in _TAG.findall(line))
    return "\n".join("\n".join(found) for found in (*_MARK.findall(body), tags))


def _end(found: re.Match[str]) -> str:
    """Return the expression of the end of a fence or of a raw element."""
    if fence := found["fence"]:
        return rf"^[ \t]*{fence[:_LONGEST_FENCE]}[`~]*[ \t]*$"
    return f"</{found['raw'].lower()}>" if found["raw"] else ""


def _end_of_tag(found: re.Match[str]) -> str:
    return r"\{%-?\s*endcomment\s*-?%\}" if found["comment"] else r"%\}"


def _as_commonmark(found: re.Match[str], inside: str, whole: str) -> str:
    """Return what shows in CommonMark what the span shows in kramdown."""
    match found.lastgroup:
        case "fence" | "ticks":
            return whole
        case "reference":
            return f"{found['reference']} #"
        case "raw":
            escaped = _MARKS.sub(lambda mark: mark[0] if mark[0][0] in "<&" else f"&#{ord(mark[0])};", inside)
            return f"<{found['raw']}>{escaped}</{found['raw']}>"
        case "opening":
            return "«"
        case _:
            return "(#)"


def _text(data: bytes) -> str:
    return text_of_bytes(data).replace("\r\n", "\n").replace("\r", "\n")


def _body(text: str, system: str) -> str:
    for front_matter in (*_FRONT_MATTER, *_OTHER_FRONT_MATTER.get(system, ())):
        if match := front_matter.match(text):
            return text[match.end() :]
    return text


@cache
def _markdown() -> MarkdownIt:
    # Kramdown has headings with underlines of one line only: they are lines here.
    # Tables are left as lines with pipes: so every cell shows, whatever a reader of tables would drop.
    markdown = MarkdownIt("commonmark", {"html": True}).enable("strikethrough").disable("lheading")
    markdown.normalizeLinkText = str  # type: ignore[method-assign, assignment]  # sites show URLs as they are written
    markdown.validateLink = _any_link  # type: ignore[method-assign]  # the words of any link show, wherever it leads
    markdown.add_render_rule("code_block", _indented)
    markdown.add_render_rule("fence", _fenced)
    return markdown.use(footnote_plugin).use(deflist_plugin).use(tasklists_plugin)


def _indented(_renderer: object, tokens: Sequence[Token], number: int, *_: object) -> str:
    """Return indented code as text: in a list it is often a paragraph for kramdown."""
    return f"<div>{escapeHtml(tokens[number].content)}</div>"


def _any_link(url: str) -> bool:  # noqa: ARG001  # the name is markdown-it's
    return True


def _fenced(_renderer: object, tokens: Sequence[Token], number: int, *_: object) -> str:
    """Return a block of code, marked: in an element of HTML it is text for kramdown."""
    return f"<pre {FENCED}>{escapeHtml(tokens[number].content)}</pre>"


def _of_a_block(found: re.Match[str]) -> str:
    """Return what stands for an attribute list: in a line it may be code."""
    return UNKNOWN if found.start() and found.string[found.start() - 1] != "\n" else ""
