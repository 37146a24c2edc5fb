"""Rules for the links and images of kramdown: spaces may stand in a URL, and no link in a link.

https://kramdown.gettalong.org/syntax.html#links-and-images. Brackets and parentheses of a line are paired once, so that
no text of unclosed ones takes quadratic time.
"""

import html
import re
from bisect import bisect_left
from functools import partial
from itertools import chain

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from msgspec import Struct

from converter.reading.markdown.kramdown.references import link_name
from converter.reading.markdown.options import Options

_BRACKETS = re.compile(r"\\.|(?P<ticks>`+)|\$\$|</?[A-Za-z][^<>]*>|<!--|(?P<open>\[)|(?P<close>\])", re.DOTALL)
_PARENTHESES = re.compile(r"[()]")
_BEFORE_TITLE = re.compile(r"\s(?=[\"'])")
_TITLE_ENDS = {'"': re.compile(r"\"\s*\)"), "'": re.compile(r"'\s*\)")}
_NAME = re.compile(r"\s*\[(?P<name>[^\]]*)\]")
_BRACKETED = re.compile(r"\(<(?P<address>[^>\n]*)>")
_ENTITY = re.compile(r"&(?:\w+|#\d+|#[xX][0-9a-fA-F]+);")
_ESCAPE = re.compile(r"\\([\\.*_+`<>()\[\]{}#!:|\"'$=~-])")


class _Pairs(Struct):
    """Where the brackets and parentheses of a line close, and where titles may begin and end."""

    source: str
    brackets: dict[int, int]
    parentheses: dict[int, int]
    titles: list[int]
    title_ends: dict[str, list[int]]


def links(md: MarkdownIt, options: Options) -> None:
    """Put the rules in the place of CommonMark's own."""
    if options.id_prefix:
        md.core.ruler.after("inline", "prefixes_of_ids", partial(_without_prefix, options.id_prefix))
    md.inline.ruler.at("link", _link)
    md.inline.ruler.at("image", _image)


def _without_prefix(prefix: str, state: StateCore) -> None:
    """Let links lead to headings by the names that they have here, where no id is written out that begins alike."""
    written = {f"#{token.attrs['id']}" for token in state.tokens if "id" in token.attrs}
    for token in chain.from_iterable(token.children or () for token in state.tokens):
        href = str(token.attrs.get("href", ""))
        if href.startswith(f"#{prefix}") and href not in written:
            token.attrSet("href", f"#{href[len(prefix) + 1 :]}")


def _link(state: StateInline, silent: bool) -> bool:  # noqa: FBT001  # markdown-it calls it so
    if state.src[state.pos] != "[" or state.src.startswith("[^", state.pos):
        return False
    if state.linkLevel:
        return False
    start = state.pos
    found = _target(state, start)
    if found is None:
        return False
    end, entry = found
    if not silent:
        label_end = _pairs(state).brackets[start]
        opened = state.push("link_open", "a", 1)
        _set(opened, "href", entry)
        maximum, state.posMax, state.pos = state.posMax, label_end, start + 1
        state.linkLevel += 1
        state.md.inline.tokenize(state)
        state.linkLevel -= 1
        state.posMax = maximum
        state.push("link_close", "a", -1)
    state.pos = end
    return True


def _image(state: StateInline, silent: bool) -> bool:  # noqa: FBT001
    if not state.src.startswith("![", state.pos) or state.src.startswith("![^", state.pos):
        return False
    found = _target(state, state.pos + 1)
    if found is None:
        return False
    end, entry = found
    if not silent:
        token = state.push("image", "img", 0)
        token.attrSet("alt", "")
        _set(token, "src", entry)
        label = state.src[state.pos + 2 : _pairs(state).brackets[state.pos + 1]]
        text = Token("text", "", 0, content=_without_entities(_ESCAPE.sub(r"\1", label)))
        token.children, token.content = [text], text.content
    state.pos = end
    return True


def _set(token: Token, name: str, entry: dict[str, str]) -> None:
    for key, value in entry.items():
        if value or key == "href":
            token.attrSet(name if key == "href" else key, _without_entities(value))


def _without_entities(text: str) -> str:
    return _ENTITY.sub(lambda found: html.unescape(found[0]), text) if "&" in text else text


def _target(state: StateInline, start: int) -> tuple[int, dict[str, str]] | None:
    """Return where the link whose text opens at `start` ends, and its attributes; `None` where there is none."""
    pairs = _pairs(state)
    close = pairs.brackets.get(start)
    if close is None or close >= state.posMax:
        return None
    named = _NAME.match(state.src, close + 1, state.posMax)
    if named is None and state.src.startswith("(", close + 1) and close + 1 < state.posMax:
        return _written(state, pairs, close + 1)
    label = _ESCAPE.sub(r"\1", state.src[start + 1 : close])
    name = link_name((named["name"] if named else "") or label)
    entry = state.env.get("link_definitions", {}).get(name)
    return None if entry is None else (named.end() if named else close + 1, entry)


def _written(state: StateInline, pairs: _Pairs, start: int) -> tuple[int, dict[str, str]] | None:
    """Return the end and the attributes of a link whose URL opens at `start`."""
    bracketed = _BRACKETED.match(state.src, start, state.posMax)
    if bracketed:
        url, end = bracketed["address"], bracketed.end()
        if state.src.startswith(")", end):
            return end + 1, {"href": url}
    else:
        close = pairs.parentheses.get(start, len(state.src))
        number = bisect_left(pairs.titles, start)
        end = pairs.titles[number] if number < len(pairs.titles) else len(state.src)
        if close < end:
            return (close + 1, {"href": state.src[start + 1 : close].strip()}) if close < state.posMax else None
        url = state.src[start + 1 : end].strip()
    title = _title(state, pairs, end)
    return None if title is None else (title[0], {"href": url, "title": title[1]})


def _title(state: StateInline, pairs: _Pairs, position: int) -> tuple[int, str] | None:
    """Return the end of the link behind a title, and the title."""
    source = state.src
    while position < state.posMax and source[position].isspace():
        position += 1
    quote = source[position : position + 1]
    ends = pairs.title_ends.get(quote, [])
    number = bisect_left(ends, position + 2)
    if number == len(ends):
        return None
    closing = source.index(")", ends[number])
    return (closing + 1, source[position + 1 : ends[number]]) if closing < state.posMax else None


def _pairs(state: StateInline) -> _Pairs:
    known = state.env.get("link_pairs")
    if isinstance(known, _Pairs) and known.source is state.src:
        return known
    found = _Pairs(
        state.src,
        _paired_brackets(state.src),
        _paired_parentheses(state.src),
        [stop.start() for stop in _BEFORE_TITLE.finditer(state.src)],
        {quote: [end.start() for end in pattern.finditer(state.src)] for quote, pattern in _TITLE_ENDS.items()},
    )
    state.env["link_pairs"] = found
    return found


def _paired_parentheses(source: str) -> dict[int, int]:
    pairs: dict[int, int] = {}
    opened: list[int] = []
    for found in _PARENTHESES.finditer(source):
        if found[0] == "(":
            opened.append(found.start())
        elif opened:
            pairs[opened.pop()] = found.start()
    return pairs


def _paired_brackets(source: str) -> dict[int, int]:
    """Return the brackets that belong together outside of code, formulas and elements."""
    pairs: dict[int, int] = {}
    opened: list[int] = []
    unclosed: set[str] = set()
    position = 0
    while found := _BRACKETS.search(source, position):
        position = found.end()
        if found["open"]:
            opened.append(found.start())
        elif found["close"]:
            if opened:
                pairs[opened.pop()] = found.start()
        elif (closing := found["ticks"] or {"$$": "$$", "<!--": "-->"}.get(found[0])) and closing not in unclosed:
            end = source.find(closing, position)
            if end < 0:
                unclosed.add(closing)
            else:
                position = end + len(closing)
    return pairs
