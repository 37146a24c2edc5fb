"""Rules for what stands in a line of kramdown: code, escapes, line ends, guillemets, and elements of HTML.

https://kramdown.gettalong.org/syntax.html#span-level-elements and #html-spans: `code`, `kbd`, `samp`, `var` and others
are raw, as is any element that kramdown does not know; nothing in them is Markdown.
"""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from converter.reading.html.prepare import VOID
from converter.reading.markdown.kramdown.html_blocks import FLOWS, LINES
from converter.reading.markdown.options import Options

_ESCAPES = frozenset("\\.*_+`<>()[]{}#!:|\"'$=-")
_TICKS = re.compile(r"`+")
_TAG = re.compile(
    r"<(?P<name>[A-Za-z][A-Za-z0-9:_-]*+)"
    r"(?P<attributes>(?:\s++[^\s\"'<>/=`]++(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s\"'=<>`]++))?+)*+)\s*+(?P<closed>/?)>"
)
_NO_TAG = re.compile(rf"(?!{_TAG.pattern}|</[A-Za-z][\w:-]*\s*>|<!--)<")
_MARKDOWN = re.compile(r"""\smarkdown\s*=\s*["']?(?P<value>[01]|span|block)\b["']?""")
_AUTOLINK = re.compile(r"<(?P<address>(?P<scheme>mailto|https?|ftps?):[^>\n]+?|[\w.-]+@[\w.-]+)>")
_READ = LINES | FLOWS | frozenset("colgroup head html ol table tbody tfoot thead tr ul".split())
"""Elements in whose text a line of kramdown is read on."""
_OPENING = re.compile(r"<(?P<end>/?)(?P<name>[A-Za-z][A-Za-z0-9:_-]*+)[^<>]*?(?P<closed>/?)>")


def spans(md: MarkdownIt, options: Options) -> None:
    """Put the rules in the place of CommonMark's own."""
    ruler = md.inline.ruler
    ruler.at("backticks", _code)
    ruler.at("escape", _escape_of_gfm if options.gfm else _escape)
    ruler.at("autolink", _autolink)
    ruler.before("html_inline", "guillemets", guillemets)
    ruler.before("html_inline", "raw_span", _raw_span if options.parse_span_html else _raw_span_always)
    if options.hard_wrap and options.gfm:
        ruler.at("newline", hard_newline)
    md.core.ruler.after("inline", "emphasis_of_kramdown", _set_emphasis)
    md.core.ruler.after("inline", "unclosed_spans", _close_spans)


def _code(state: StateInline, silent: bool) -> bool:  # noqa: FBT001  # markdown-it calls it so
    found = _TICKS.match(state.src, state.pos)
    if found is None:
        return False
    ticks, start = found[0], found.end()
    before = state.src[state.pos - 1 : state.pos]
    alone = len(ticks) == 1 and (not before or before.isspace()) and state.src[start : start + 1].isspace()
    end = -1 if alone else _end_of_code(state, ticks, start)
    if end < 0:
        state.pending += "" if silent else ticks
        state.pos = start
        return True
    if not silent:
        text = state.src[start:end]
        if len(ticks) > 1:
            text = text.removeprefix(" ").removesuffix(" ")
        token = state.push("code_inline", "code", 0)
        token.content, token.markup = text.replace("\n", " "), ticks
    state.pos = end + len(ticks)
    return True


def _end_of_code(state: StateInline, ticks: str, start: int) -> int:
    """Return where code ends; ticks that were not found once are not looked for again."""
    missing: set[tuple[str, str]] = state.env.setdefault("unclosed_code", set())
    if (state.src, ticks) in missing:
        return -1
    end = state.src.find(ticks, start, state.posMax)
    if end < 0 and state.posMax == len(state.src):
        missing.add((state.src, ticks))
    return end


def _escape(state: StateInline, silent: bool) -> bool:  # noqa: FBT001
    source, position = state.src, state.pos
    if source[position] != "\\":
        return False
    if source.startswith("\\\\\n", position):
        return _push_break(state, position + 3, silent=silent)
    following = source[position + 1 : position + 2]
    if not following or following not in _ESCAPES:
        return False
    length = 3 if source.startswith(("\\<<", "\\>>"), position) else 2
    if not silent:
        token = state.push("text_special", "", 0)
        token.content, token.markup, token.info = source[position + 1 : position + length], "\\", "escape"
    state.pos = position + length
    return True


def _escape_of_gfm(state: StateInline, silent: bool) -> bool:  # noqa: FBT001
    if state.src.startswith("\\\n", state.pos):
        return _push_break(state, state.pos + 2, silent=silent)
    if state.src.startswith("\\~", state.pos):
        if not silent:
            state.push("text_special", "", 0).content = "~"
        state.pos += 2
        return True
    return _escape(state, silent)


def hard_newline(state: StateInline, silent: bool) -> bool:  # noqa: FBT001
    """Take a line end as a line break."""
    if state.src[state.pos] != "\n":
        return False
    if not silent:
        state.pending = state.pending.rstrip(" ")
    return _push_break(state, state.pos + 1, silent=silent)


def _push_break(state: StateInline, position: int, *, silent: bool) -> bool:
    if not silent:
        state.push("hardbreak", "br", 0)
    while position < state.posMax and state.src[position] in " \t":
        position += 1
    state.pos = position
    return True


def _autolink(state: StateInline, silent: bool) -> bool:  # noqa: FBT001
    found = _AUTOLINK.match(state.src, state.pos, state.posMax) if state.src[state.pos] == "<" else None
    if found is None:
        return False
    if not silent:
        url = found["address"]
        state.push("link_open", "a", 1).attrSet("href", url if found["scheme"] else f"mailto:{url}")
        # A URL is shown as it is written: no sign in it becomes typographic.
        state.push("text_special", "", 0).content = url.removeprefix("mailto:")
        state.push("link_close", "a", -1)
    state.pos = found.end()
    return True


def guillemets(state: StateInline, silent: bool) -> bool:  # noqa: FBT001
    """Take `<<` as text, so that it opens no element: typography makes a quotation mark of it."""
    if not state.src.startswith("<<", state.pos):
        return False
    state.pending += "" if silent else "<<"
    state.pos += 2
    return True


def _raw_span(state: StateInline, silent: bool) -> bool:  # noqa: FBT001
    return _read_raw_span(state, silent=silent, reads=True)


def _raw_span_always(state: StateInline, silent: bool) -> bool:  # noqa: FBT001
    return _read_raw_span(state, silent=silent, reads=False)


def _read_raw_span(state: StateInline, *, silent: bool, reads: bool) -> bool:
    """Take an element in which nothing is Markdown, with all that is in it."""
    tag = _TAG.match(state.src, state.pos, state.posMax) if state.src[state.pos] == "<" else None
    if tag is None or tag["closed"] or (name := tag["name"].lower()) in VOID:
        return False
    asked = _MARKDOWN.search(tag["attributes"])
    if asked and asked["value"] != "block":
        reads = asked["value"] == "span" or (asked["value"] == "1" and name in _READ)
    elif name not in _READ:
        reads = False
    if reads:
        return False
    end = _end_of_element(state, name, tag.end())
    if not silent:
        # What only looks like a tag is text here too.
        whole = tag[0] + _NO_TAG.sub("&lt;", state.src[tag.end() : end])
        state.push("html_inline", "", 0).content = whole if whole.endswith(">") else f"{whole}</{name}>"
    state.pos = end
    return True


def _end_of_element(state: StateInline, name: str, start: int) -> int:
    """Return where an element of a line ends: with its line, where it has no end tag."""
    missing: set[tuple[str, str]] = state.env.setdefault("unclosed_spans", set())
    if (state.src, name) in missing:
        return state.posMax
    found = re.compile(rf"</{re.escape(name)}\s*>", re.IGNORECASE).search(state.src, start, state.posMax)
    if found is None:
        missing.add((state.src, name))
        return state.posMax
    return found.end()


def _close_spans(state: StateCore) -> None:
    """End every element of a line where the line ends."""
    for token in state.tokens:
        if token.type == "inline" and token.children and "<" in token.content:
            token.children += [
                Token("html_inline", "", 0, content=f"</{name}>") for name in reversed(_left_open(token.children))
            ]


def _left_open(tokens: list[Token]) -> list[str]:
    opened: list[str] = []
    for token in tokens:
        found = _OPENING.fullmatch(token.content) if token.type == "html_inline" else None
        if found is None or found["closed"] or found["name"].lower() in VOID:
            continue
        name = found["name"].lower()
        if not found["end"]:
            opened.append(name)
        elif name in opened:
            del opened[len(opened) - 1 - opened[::-1].index(name)]
    return opened


def _set_emphasis(state: StateCore) -> None:
    """Nest bold and slanted text as kramdown does: no emphasis in emphasis, and strong outside where both begin."""
    for token in state.tokens:
        if token.type == "inline" and token.children and ("***" in token.content or "_" in token.content):
            _nest(token.children)


def _nest(tokens: list[Token]) -> None:
    tokens[:] = [token for token in tokens if token.type != "text" or token.content]
    opened: dict[str, list[tuple[int, bool]]] = {"em": [], "strong": []}
    for number, token in enumerate(tokens):
        if token.tag not in opened:
            continue
        if token.nesting > 0:
            around = opened[token.tag]
            is_text = bool(around) and token.markup[:1] != tokens[around[-1][0]].markup[:1]
            around.append((number, is_text))
        else:
            first, is_text = opened[token.tag].pop()
            if is_text:
                for one in (tokens[first], token):
                    one.type, one.tag, one.nesting, one.content = "text", "", 0, one.markup
            elif token.tag == "em":
                _swap(tokens, first, number)


def _swap(tokens: list[Token], first: int, last: int) -> None:
    """Put strong outside, where the strong text is all of the emphasis."""
    kinds = [token.type for token in tokens[first : last + 1]]
    if kinds[1] == "strong_open" and kinds[-2] == "strong_close" and kinds.count("strong_open") == 1:
        tokens[first], tokens[first + 1] = tokens[first + 1], tokens[first]
        tokens[last - 1], tokens[last] = tokens[last], tokens[last - 1]
