"""A body in the words of its system -> the same as a browser would be given it, read without the converter's profiles.

Each system has a few substitutions of its own. They know no more than which words of a tag are shown.
"""

import re
from collections.abc import Callable, Mapping, Sequence

Substitution = tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]

_SHOWN = frozenset({"attr", "author", "caption", "cite", "summary"})
"""Arguments whose words are shown, whatever the tag."""
_TITLED = frozenset({"details", "figure", "image", "img"})
_NAMED = re.compile(r"([\w-]+)\s*=\s*(?:\"((?:\\.|[^\"\\])*)\"|'([^']*)'|`([^`]*)`)")
_ARGUMENTS = re.compile(r"\"([^\"]*)\"|'([^']*)'|(\S+)")


def as_shown(body: str, system: str) -> str:
    """Return the body of a post of a system, by the name of its profile, with its tags as what they show."""
    for pattern, shown in _SYSTEMS.get(system, ()):
        body = pattern.sub(shown, body)
    return body


def _words_of(name: str, rest: str) -> str:
    """Return the words of named arguments that are shown."""
    shown = _SHOWN | {"title"} if name in _TITLED else _SHOWN
    found = (double or single or raw for key, double, single, raw in _NAMED.findall(rest) if key in shown)
    return " ".join(text.replace('\\"', '"') for text in found)


def _hugo(found: re.Match[str]) -> str:
    name, rest, before = found["name"], found["rest"], found["before"] or ""
    if name == "highlight":
        return f"{before}\n```\n"
    if before or name in ("ref", "relref"):
        return f"{before}#"
    if name == "qr":
        return " ".join(double or single for double, single, _ in _ARGUMENTS.findall(rest))
    return f" {_words_of(name, rest)} "


_HUGO: Sequence[Substitution] = (
    (re.compile(r"\{\{[<%]\s*comment\s*[>%]\}\}.*?\{\{[<%]\s*/\s*comment\s*[>%]\}\}", re.DOTALL), " "),
    (
        re.compile(
            r"(?P<before>\]\(\s*)?\{\{[<%]\s*/?\s*(?P<name>\w[\w./-]*)(?P<rest>(?:(?!\{\{).){0,4000}?)/?\s*[>%]\}\}",
            re.DOTALL,
        ),
        _hugo,
    ),
    (re.compile(r"(\{\{[<%])/\*(.*?)\*/([>%]\}\})", re.DOTALL), r"\1\2\3"),
)


def _wordpress(found: re.Match[str]) -> str:
    return f" {_words_of(found['name'], found['rest'])} "


_WORDPRESS: Sequence[Substitution] = (
    (re.compile(r"\\?\[embed[^\[\]]*\\?\].*?\\?\[/embed\\?\]", re.DOTALL), " "),
    (
        re.compile(
            r"\\?\[/?(?P<name>(?:wp_)?caption|gallery|audio|video|playlist|contact-form(?:-7)?|wpforms|gravityform"
            r"|(?:vc|et_pb|su|fusion)_\w+)(?P<rest>\b[^\[\]]{0,3000})\\?\](?![(\[:])"
        ),
        _wordpress,
    ),
)

_SYSTEMS: Mapping[str, Sequence[Substitution]] = {
    "": (*_HUGO, *_WORDPRESS),
    "Jekyll": _WORDPRESS,
    "Hugo": (*_HUGO, *_WORDPRESS),
}
