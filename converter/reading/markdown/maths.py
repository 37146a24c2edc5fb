"""Rules for formulas: `$$…$$` as kramdown has them, `$…$` where a post asks for it, and the forms of GitHub."""

import html
import re
from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from converter.reading.html.tex import ENVIRONMENTS, is_tex
from converter.reading.markdown.kramdown.nesting import is_after_boundary, is_boundary

_BLOCK = re.compile(r"\$\$(?P<tex>(?:(?!\$\$|\n[ \t]*\n).)++)\$\$[ \t]*(?=\n|\Z)", re.DOTALL)
_SPAN = re.compile(r"\$\$(?P<tex>(?:(?!\$\$).)++)\$\$", re.DOTALL)
_DOLLAR = re.compile(r"\$(?P<tex>(?![\s$])(?:\\.|[^\\$\n]){1,500}?(?<!\s))\$(?!\d)")
_TICKED = re.compile(r"\$(?P<ticks>`+)(?!`)(?>(?P<tex>.{1,2000}?)(?<!`)(?P=ticks)(?!`))\$", re.DOTALL)
_TEX = re.compile(
    r"\\\\(?:\((?P<inline>(?:\\{4}|(?!\\\\[()]).){1,2000}?)\\\\\)"
    r"|\[(?P<display>(?:\\{4}|(?!\\\\[\[\]]).){1,5000}?)\\\\\])"
    rf"|(?P<whole>\\begin\{{(?P<name>{ENVIRONMENTS})\}}"
    r"(?:(?!\\(?:begin|end)\{(?P=name)\}).){1,5000}?\\end\{(?P=name)\})",
    re.DOTALL,
)
_MAX_PASSED = 5_000
"""Characters."""
_ESCAPED = re.compile(r"\\([\\.*_+`<>()\[\]{}#!:|\"'$=-])")
_ESCAPED_IN_LINE = re.compile(r"\\([*_])")


def maths(md: MarkdownIt) -> None:
    """Add the rules; `$…$` counts where the environment's `dollars` is true."""
    md.block.ruler.before("fence", "math_block", _math_block, {"alt": ["paragraph", "reference", "blockquote", "list"]})
    md.inline.ruler.before("escape", "math_span", _math_span)
    md.inline.ruler.before("escape", "tex_span", _tex_span)
    md.add_render_rule("math_block", _render_block)
    md.add_render_rule("math_display", _render_display)
    md.add_render_rule("math_span", _render_span)


def parted_maths(md: MarkdownIt) -> None:
    """Read a formula as a block where nothing stands directly before or behind it; else it belongs to a line."""
    md.block.ruler.disable("math_block")
    md.block.ruler.before("paragraph", "parted_math_block", _parted_math_block)


def github_maths(md: MarkdownIt) -> None:
    """Add the rules of GitHub, which keep Markdown out of formulas: code between dollar signs, and blocks of `math`.

    https://docs.github.com/en/get-started/writing-on-github/working-with-advanced-formatting/writing-mathematical-expressions
    """
    md.inline.ruler.before("math_span", "ticked_math_span", _ticked_math_span)
    md.core.ruler.push("math_fences", _math_fences)


def _ticked_math_span(state: StateInline, silent: bool) -> bool:  # noqa: FBT001  # markdown-it calls it so
    found = _TICKED.match(state.src, state.pos, state.posMax) if state.src[state.pos] == "$" else None
    if found is None:
        return False
    if not silent:
        state.push("math_span", "", 0).content = found["tex"].strip()
    state.pos = found.end()
    return True


def _math_fences(state: StateCore) -> None:
    for token in state.tokens:
        if token.type == "fence" and token.info.strip() == "math" and (tex := token.content.strip()):
            token.type, token.content = "math_block", tex


def _math_block(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:  # noqa: FBT001  # markdown-it calls it so
    position = state.bMarks[start_line] + state.tShift[start_line]
    if not state.src.startswith("$$", position) or state.is_code_block(start_line):
        return False
    found = _BLOCK.match(state.src, position, state.eMarks[end_line - 1])
    if found is None:
        return False
    if silent:
        # kramdown: a formula is a block only after a blank line.
        return False
    token = state.push("math_block", "", 0)
    token.content = found["tex"].strip()
    state.line = start_line + found[0].count("\n") + 1
    token.map = [start_line, state.line]
    return True


def _parted_math_block(state: StateBlock, start_line: int, _end_line: int, _silent: bool) -> bool:  # noqa: FBT001
    position = state.bMarks[start_line] + state.tShift[start_line]
    if not state.src.startswith("$$", position) or not is_after_boundary(state, start_line):
        return False
    unclosed: set[str] = state.env.setdefault("unclosed_formulas", set())
    end = -1 if state.src in unclosed else state.src.find("$$", position + 2)
    if end < 0:
        unclosed.add(state.src)
        return False
    line = start_line + state.src.count("\n", position, end)
    if state.src[end + 2 : state.eMarks[line]].strip() or not is_boundary(state, line + 1):
        return False
    token = state.push("math_block", "", 0)
    token.content, token.map = state.src[position + 2 : end].strip(), [start_line, line + 1]
    state.line = line + 1
    return True


def _math_span(state: StateInline, silent: bool) -> bool:  # noqa: FBT001  # markdown-it calls it so
    if state.src[state.pos] != "$":
        return False
    found = _SPAN.match(state.src, state.pos, state.posMax)
    if found is None and state.env.get("dollars"):
        found = _DOLLAR.match(state.src, state.pos, state.posMax)
    if found is None or not found["tex"].strip():
        return False
    if not silent:
        state.push("math_span", "", 0).content = found["tex"].strip()
    state.pos = found.end()
    return True


def _tex_span(state: StateInline, silent: bool) -> bool:  # noqa: FBT001  # markdown-it calls it so
    r"""Read `\\(x\\)`, `\\[x\\]` and environments: MathJax sees `\(x\)` on the page.

    Nothing in them is Markdown but escapes. Where no site asks for formulas, what is between has to look like one.
    """
    source, start = state.src, state.pos
    if source[start] != "\\" or not source.startswith(("\\\\(", "\\\\[", "\\begin{"), start):
        return False
    found = _TEX.match(source, start, state.posMax) if source[start - 1 : start] != "\\" else None
    if found is None:
        return False
    tex = _unescaped(found)
    if not tex or not (found["whole"] or state.env.get("dollars") or is_tex(tex)):
        return False
    if not silent:
        state.push("math_span" if found["inline"] else "math_display", "", 0).content = tex
    state.pos = found.end()
    return True


def passthrough(md: MarkdownIt, delimiters: Sequence[tuple[str, str, bool]]) -> None:
    """Read what stands between delimiters that a site of Hugo names as a formula, of which nothing is Markdown.

    Each has its beginning, its end, and whether it is displayed: https://gohugo.io/configuration/markup/#passthrough
    """

    def rule(state: StateInline, silent: bool) -> bool:  # noqa: FBT001  # markdown-it calls it so
        for begin, end, is_displayed in delimiters:
            start = state.pos + len(begin)
            stop = state.src.find(end, start, start + _MAX_PASSED) if state.src.startswith(begin, state.pos) else -1
            if stop > start and (tex := state.src[start:stop].strip()):
                if not silent:
                    state.push("math_display" if is_displayed else "math_span", "", 0).content = tex
                state.pos = stop + len(end)
                return True
        return False

    md.inline.ruler.before("math_span", "passthrough", rule)


def _unescaped(found: re.Match[str]) -> str:
    """Return the TeX as a page has it; an environment may be written with the ends of its lines as TeX has them."""
    whole = found["whole"]
    if whole:
        return (_ESCAPED if "\\\\\\\\" in whole else _ESCAPED_IN_LINE).sub(r"\1", whole)
    return _ESCAPED.sub(r"\1", found["inline"] or found["display"]).strip()


def _render_block(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, _options: OptionsDict, _env: EnvType
) -> str:
    token = tokens[index]
    return f'<div class="math display"{renderer.renderAttrs(token)}>{html.escape(token.content)}</div>\n'


def _render_span(
    _renderer: RendererHTML, tokens: Sequence[Token], index: int, _options: OptionsDict, _env: EnvType
) -> str:
    return f'<span class="math inline">{html.escape(tokens[index].content)}</span>'


def _render_display(
    _renderer: RendererHTML, tokens: Sequence[Token], index: int, _options: OptionsDict, _env: EnvType
) -> str:
    return f'<span class="math display">{html.escape(tokens[index].content)}</span>'
