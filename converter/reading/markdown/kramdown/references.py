"""Rules for what kramdown defines in one place and uses in others: notes, URLs of links, abbreviations."""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.token import Token

from converter.reading.markdown.kramdown.nesting import is_lazy_end, line_of, read_blocks

_NOTE = re.compile(r" {0,3}\[\^(?P<name>\w[\w-]*)\]:[ \t]*(?P<text>.*)$")
_INDENT = re.compile(r"^(?:\t| {4})", re.MULTILINE)
_LINK = re.compile(
    r" {0,3}\[(?P<name>[^\n\]]+)\]:[ \t]*(?:<(?P<bracketed>[^>\n]*)>|(?P<bare>[^\s\n](?:[^\n]*?[^\s\n])?))"
    r"(?:(?:[ \t]*\n|[ \t]+)[ \t]*(?P<quote>[\"'])(?P<title>[^\n]+?)(?P=quote))?[ \t]*(?:\n|\Z)"
)
_ABBREVIATION = re.compile(r" {0,3}\*\[[^\]\n]+\]:[^\n]*$", re.MULTILINE)


def references(md: MarkdownIt) -> None:
    """Put the rules in the place of CommonMark's own."""
    md.block.ruler.at("footnote_def", _note)
    md.block.ruler.at("reference", _link)
    md.block.ruler.before("reference", "abbreviation", _abbreviation)


def link_name(written: str) -> str:
    """Return the name of a reference as it is compared."""
    return re.sub(r"\s+", " ", written).lower()


def _note(state: StateBlock, start_line: int, end_line: int, _silent: bool) -> bool:  # noqa: FBT001  # markdown-it calls it so
    found = _NOTE.match(line_of(state, start_line))
    if found is None:
        return False
    line = _end_of_note(state, start_line + 1, end_line)
    rest = state.src[state.bMarks[start_line + 1] : state.eMarks[line - 1]] if line > start_line + 1 else ""
    text = f"{found['text']}\n{_INDENT.sub('', rest)}"
    notes = state.env.setdefault("footnotes", {})
    notes.setdefault("list", {})
    notes.setdefault("refs", {})[f":{found['name']}"] = -1
    opened = Token("footnote_reference_open", "", 1, meta={"label": found["name"]}, level=state.level)
    opened.map = [start_line, line]
    state.tokens += [opened, *read_blocks(state, text, start_line)]
    state.tokens.append(Token("footnote_reference_close", "", -1, level=state.level))
    state.line = line
    return True


def _end_of_note(state: StateBlock, line: int, end_line: int) -> int:
    """Return the line behind the indented lines of a note, and those that go on directly behind such a line."""
    end, goes_on = line, False
    while line < end_line:
        if state.isEmpty(line):
            goes_on = False
        elif state.sCount[line] >= 4 or (goes_on and not is_lazy_end(state, line)):
            end, goes_on = line + 1, True
        else:
            break
        line += 1
    return end


def _link(state: StateBlock, start_line: int, end_line: int, _silent: bool) -> bool:  # noqa: FBT001
    found = _LINK.match(state.src, state.bMarks[start_line], state.eMarks[end_line - 1])
    if found is None or re.search(r"[ \t][\"']", found["bare"] or ""):
        return False
    url = found["bare"] if found["bracketed"] is None else found["bracketed"]
    entry = {"href": url, "title": found["title"] or ""}
    state.env.setdefault("link_definitions", {})[link_name(found["name"])] = entry
    token = state.push("definition", "", 0)
    token.hidden, token.meta = True, {"entry": entry}
    state.line = start_line + max(found[0].rstrip("\n").count("\n"), 0) + 1
    return True


def _abbreviation(state: StateBlock, start_line: int, _end_line: int, _silent: bool) -> bool:  # noqa: FBT001
    if not _ABBREVIATION.match(state.src, state.bMarks[start_line]):
        return False
    state.push("definition", "", 0).hidden = True
    state.line = start_line + 1
    return True
