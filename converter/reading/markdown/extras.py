"""What sites turn on: Hugo's marks, insertions, subscripts and superscripts, and names of emoji.

https://gohugo.io/configuration/markup/#extras, https://github.com/jekyll/jemoji
"""

import re
from collections.abc import Callable, Sequence

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline

_EXTRAS = {
    "mark": (re.compile(r"==(?=[^\s=])(?P<text>[^\n]{1,2000}?)(?<=[^\s=])==(?!=)"), "mark"),
    "insert": (re.compile(r"\+\+(?=[^\s+])(?P<text>[^\n]{1,2000}?)(?<=[^\s+])\+\+(?!\+)"), "ins"),
    "subscript": (re.compile(r"~(?!~)(?P<text>[^\s~]{1,200})~(?!~)"), "sub"),
    "superscript": (re.compile(r"\^(?P<text>[^\s^]{1,200})\^"), "sup"),
}
"""By the name of the extension: how it is written, and the element."""
_NAME = re.compile(r":(?P<name>[a-z0-9_+-]{1,40}):")


def extras(md: MarkdownIt, names: Sequence[str]) -> None:
    """Add the extensions of these names."""
    for name in names:
        md.inline.ruler.before("escape", f"extra_{name}", _rule(*_EXTRAS[name]))


def _rule(pattern: re.Pattern[str], element: str) -> Callable[[StateInline, bool], bool]:
    first = pattern.pattern.lstrip("\\")[0]

    def rule(state: StateInline, silent: bool) -> bool:  # noqa: FBT001  # markdown-it calls it so
        found = pattern.match(state.src, state.pos, state.posMax) if state.src[state.pos] == first else None
        if found is None:
            return False
        if not silent:
            last, state.posMax = state.posMax, found.end("text")
            state.pos = found.start("text")
            state.push("html_inline", "", 0).content = f"<{element}>"
            state.md.inline.tokenize(state)
            state.push("html_inline", "", 0).content = f"</{element}>"
            state.posMax = last
        state.pos = found.end()
        return True

    return rule


def emoji(md: MarkdownIt) -> None:
    """Read `:name:` as the emoji of that name, where there is one."""
    md.inline.ruler.before("escape", "emoji", _emoji)


def _emoji(state: StateInline, silent: bool) -> bool:  # noqa: FBT001  # markdown-it calls it so
    found = _NAME.match(state.src, state.pos, state.posMax) if state.src[state.pos] == ":" else None
    character = emoji_of(found["name"]) if found else ""
    if found is None or not character:
        return False
    if not silent:
        state.push("text_special", "", 0).content = character
    state.pos = found.end()
    return True


def emoji_of(name: str) -> str:
    """Return the emoji that GitHub and Hugo call by a name; empty for what is none."""
    from emoji import emojize  # reads a long table

    found = emojize(f":{name}:", language="alias")
    return "" if found.startswith(":") else found
