"""Markdown, with whatever HTML stands in it -> HTML, as kramdown would read it; blocks carry their source lines."""

import html
import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, paragraph
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.utils import EnvType
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.tasklists import tasklists_plugin

from converter.reading.html.prepare import LINE
from converter.reading.markdown.callouts import callouts
from converter.reading.markdown.emphasis import emphasis, letters_of_kramdown, one_tilde
from converter.reading.markdown.extras import emoji
from converter.reading.markdown.goldmark import goldmark
from converter.reading.markdown.kramdown import kramdown, marked_html_blocks
from converter.reading.markdown.kramdown.nesting import MAX_LEVEL
from converter.reading.markdown.labels import labels
from converter.reading.markdown.maths import github_maths, maths, parted_maths
from converter.reading.markdown.obsidian import obsidian
from converter.reading.markdown.options import (
    Options,
    options_of_hugo,
    options_of_jekyll,
    options_of_zola,
    usual_options,
)

__all__ = [
    "Dialect",
    "Options",
    "inline_html",
    "options_of_hugo",
    "options_of_jekyll",
    "options_of_zola",
    "to_html",
    "usual_options",
]

Dialect = Literal["kramdown", "commonmark", "obsidian", "mdx"]
"""Whose Markdown a site is written in."""

Report = Callable[[int, str], None]
_USUAL = Options()
_WINDOWS = re.compile(r"&#(?:0{0,5}1[2-5]\d|[xX]0{0,4}[89][0-9a-fA-F]);")
_NO_FILES: Mapping[str, str] = {}


def _silent(_line: int, _words: str) -> None:
    """Report nothing."""


def to_html(
    text: str,
    *,
    first_line: int,
    dialect: Dialect = "kramdown",
    dollars: bool = False,
    files: Mapping[str, str] = _NO_FILES,
    options: Options = _USUAL,
    report: Report = _silent,
) -> str:
    """Return the HTML of a body that begins in `first_line` of its file. `dollars` reads `$…$` as a formula.

    `files` are the paths of files that a body of Obsidian may name by their names, in small letters, alone. `report` is
    told the line and the words of cells for which a table has no column.
    """
    env: EnvType = {"first_line": first_line, "dollars": dollars, "files": files, "report": report}
    return str(_parser(dialect, options).render(text, env))


def inline_html(text: str) -> str:
    """Return the HTML of a line of Markdown, such as a caption that stands in an argument."""
    if not text.strip():
        return ""
    env: EnvType = {"first_line": 1, "dollars": False}
    return str(_parser("commonmark", _USUAL).renderInline(text, env)).strip()


class _Parser(MarkdownIt):
    """markdown-it that leaves URLs as they are written: they are judged where HTML is read."""

    def validateLink(self, url: str) -> bool:  # noqa: ARG002, N802  # the names are markdown-it's
        return True

    def normalizeLink(self, url: str) -> str:  # noqa: N802
        return url

    def normalizeLinkText(self, link: str) -> str:  # noqa: N802
        return link


@cache
def _parser(dialect: Dialect, options: Options) -> MarkdownIt:
    md = _Parser("commonmark", {"html": True, "maxNesting": 100})
    md.enable(["table", "strikethrough"])
    md.use(footnote_plugin).use(tasklists_plugin)
    md.disable("footnote_inline")  # neither kramdown nor GitHub has notes in the line
    md.use(emphasis).use(maths).use(labels)
    if dialect == "kramdown":
        md.use(kramdown, options).use(parted_maths).use(letters_of_kramdown)
        md.disable([] if options.gfm else ["strikethrough", "github-tasklists"])
    else:
        md.use(marked_html_blocks).use(github_maths).use(one_tilde).use(callouts).use(goldmark, options)
    if dialect == "mdx":
        md.disable("code")  # what stands in components is indented
    if dialect == "obsidian":
        md.use(obsidian)
        md.enable("footnote_inline")
        md.options["breaks"] = True  # a line is a line, unless "strict line breaks" are set
    if options.emoji:
        md.use(emoji)
    md.inline.ruler.before("entity", "windows_entity", _windows_entity)
    md.block.ruler.before("table", "too_deep", _too_deep)
    md.core.ruler.push("lines", _mark_lines)
    return md


def _too_deep(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:  # noqa: FBT001  # markdown-it calls it so
    """Read what is nested too deeply as a paragraph: markdown-it itself would drop it without a word."""
    if silent or state.level < MAX_LEVEL:
        return False
    return bool(paragraph(state, start_line, end_line, False))  # noqa: FBT003  # markdown-it's signature


def _windows_entity(state: StateInline, silent: bool) -> bool:  # noqa: FBT001  # markdown-it calls it so
    """Read `&#146;` as browsers do, by its place in windows-1252; CommonMark has no character for it."""
    found = _WINDOWS.match(state.src, state.pos) if state.src[state.pos] == "&" else None
    character = html.unescape(found[0]) if found else ""
    if found is None or character < "\xa0":
        return False
    if not silent:
        token = state.push("text_special", "", 0)
        token.content, token.markup, token.info = character, found[0], "entity"
    state.pos = found.end()
    return True


def _mark_lines(state: StateCore) -> None:
    first = state.env["first_line"]
    for token in state.tokens:
        if token.map and token.nesting >= 0 and token.type != "inline":
            token.attrSet(LINE, str(token.map[0] + first))
