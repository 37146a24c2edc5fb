"""Addresses without a scheme -> links, as Goldmark and GitHub read them: `www.example.org`, `ann@example.org`.

https://github.github.com/gfm/#autolinks-extension-, https://gohugo.io/configuration/markup/#goldmark. What begins with
`https://` is a link in every Markdown, made in `normalize`.
"""

import re
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

_ADDRESS = re.compile(
    r"(?<![^\s*_~(])www\.(?=[A-Za-z0-9_-]+\.[A-Za-z0-9-])[\w\-.~:/?#\[\]@!$&'()*+,;=%]++"
    r"|(?<![A-Za-z0-9._+-])[A-Za-z0-9._+-]++@(?:[A-Za-z0-9_-]++\.)++[A-Za-z0-9_-]*+[A-Za-z0-9]",
    re.ASCII,
)
"""The end of what begins with `www.` is looked at afterwards."""
_TRAILING = re.compile(r"(?:[?!.,:*_~'\"]|&[A-Za-z0-9]+;)+$")


def linkify(md: MarkdownIt, protocol: str) -> None:
    """Add the rule; `protocol` is what a link to `www.…` begins with."""

    def rule(state: StateCore) -> None:
        for token in state.tokens:
            if token.type == "inline" and token.children and ("www." in token.content or "@" in token.content):
                token.children = list(_with_links(token.children, protocol))

    md.core.ruler.after("inline", "linkify_addresses", rule)


def _with_links(tokens: list[Token], protocol: str) -> Iterator[Token]:
    depth = 0
    for token in tokens:
        if token.type in ("link_open", "link_close"):
            depth += token.nesting
        elif token.type == "html_inline":
            depth += bool(re.match(r"<a[\s>]", token.content, re.IGNORECASE)) - token.content.lower().startswith("</a")
        if token.type == "text" and depth <= 0:
            yield from _pieces(token.content, protocol)
        else:
            yield token


def _pieces(text: str, protocol: str) -> Iterator[Token]:
    position = 0
    for found in _ADDRESS.finditer(text):
        address = found[0] if "@" in found[0] and not found[0].startswith("www.") else _trimmed(found[0])
        if found.start() > position:
            yield Token("text", "", 0, content=text[position : found.start()])
        scheme = f"{protocol}://" if address.startswith("www.") else "mailto:"
        yield Token("link_open", "a", 1, {"href": scheme + address})
        yield Token("text", "", 0, content=address)
        yield Token("link_close", "a", -1)
        position = found.start() + len(address)
    if position < len(text):
        yield Token("text", "", 0, content=text[position:])


def _trimmed(address: str) -> str:
    """Return an address without the marks of the sentence around it; brackets that it opens itself stay."""
    while True:
        shorter = _TRAILING.sub("", address)
        if shorter.endswith(")") and shorter.count(")") > shorter.count("("):
            shorter = shorter[:-1]
        if shorter == address:
            return address
        address = shorter
