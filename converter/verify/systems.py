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
    (
        re.compile(
            r"\{\{[<%]\s*comment\s*[>%]\}\}(?:(?!\{\{[<%]\s*comment\b).)*?\{\{[<%]\s*/\s*comment\s*[>%]\}\}", re.DOTALL
        ),
        " ",
    ),
    (
        re.compile(
            r"(?P<before>\]\(\s*)?\{\{[<%]\s*/?\s*(?P<name>\w[\w./-]*)(?P<rest>(?:(?!\{\{).){0,4000}?)/?\s*[>%]\}\}",
            re.DOTALL,
        ),
        _hugo,
    ),
    (re.compile(r"(\{\{[<%])/\*((?:(?!\{\{[<%]).)*?)\*/([>%]\}\})", re.DOTALL), r"\1\2\3"),
)


def _wordpress(found: re.Match[str]) -> str:
    return f" {_words_of(found['name'], found['rest'])} "


_WORDPRESS: Sequence[Substitution] = (
    (re.compile(r"\\?\[(?:youtube|vimeo|googlemaps)[= \t][^\[\]]{0,3000}\\?\]"), " "),
    (re.compile(r"\\?\[embed[^\[\]]*\\?\](?:(?!\[embed).)*?\\?\[/embed\\?\]", re.DOTALL), " "),
    (
        re.compile(
            r"\\?\[/?(?P<name>(?:wp_)?caption|gallery|audio|video|playlist|contact-form(?:-7)?|wpforms|gravityform|ninja_form|mc4wp_form|sharethis"
            r"|(?:vc|et_pb|su|fusion)_\w+)(?P<rest>\b[^\[\]]{0,3000})\\?\](?![(:])"
        ),
        _wordpress,
    ),
)


def _zola(found: re.Match[str]) -> str:
    return f" {_words_of(found['name'] or '', found['rest'] or '')} "


_ZOLA: Sequence[Substitution] = (
    (
        re.compile(
            r"(?:\{\{|\{%)-?\s*(?:(?P<name>[A-Za-z_]\w*)\((?P<rest>[^{}]{0,4000}?)\)|end)\s*-?(?:\}\}|%\})", re.DOTALL
        ),
        _zola,
    ),
    (re.compile(r"(\{\{|\{%)/\*((?:(?!\{\{|\{%).)*?)\*/(\}\}|%\})", re.DOTALL), r"\1\2\3"),
)

_LABELLED = {"asset_link": 1, "link": 0, "note": 1, "post_link": 1, "subnote": 1, "url_for": 0, "full_url_for": 0}
"""Tags of Hexo with words to show, and how many arguments go before these."""
_QUOTED = frozenset({"blockquote", "code", "codeblock", "quote"})


def _hexo(found: re.Match[str]) -> str:
    name, rest, before = found["name"], found["rest"], found["before"] or ""
    words = [double or single or bare for double, single, bare in _ARGUMENTS.findall(rest)]
    if name == "link":  # its title is shown by a pointer only
        words = words[: next((number for number, one in enumerate(words) if re.match(r"https?:|/", one)), len(words))]
    if name in _LABELLED:
        shown = [one for one in words[_LABELLED[name] :] if one not in ("false", "no-icon", "true")]
    else:
        shown = words if name in _QUOTED else []
    line = " ".join(one for one in shown if not re.match(r"https?:|/|[a-z_]+:\S", one))
    fence = "\n```\n" if name in ("code", "codeblock", "endcode", "endcodeblock") else ""
    return f"{before}#" if before else f" {line} {fence}"


_HEXO: Sequence[Substitution] = (
    (re.compile(r"\{%\s*raw\s*%\}((?:(?!\{%\s*raw).)*?)\{%\s*endraw\s*%\}", re.DOTALL), r"\1"),
    (re.compile(r"(?P<before>\]\(\s*)?\{%-?\s*(?P<name>\w+)(?P<rest>[^{}]{0,4000}?)%\}", re.DOTALL), _hexo),
)


def _wiki(found: re.Match[str]) -> str:
    name, label = found["target"], found["label"]
    return label or " ".join(filter(None, (name.partition("#")[0].rpartition("/")[2], *name.split("#")[1:])))


_OBSIDIAN: Sequence[Substitution] = (
    (re.compile(r"^[ \t]*%%.*?%%|%%(?:(?!\n\s*\n).)*?%%", re.DOTALL | re.MULTILINE), " "),
    (re.compile(r"!\[\[[^\[\]\n]*\]\]"), " "),
    (re.compile(r"\[\[(?P<target>[^\[\]\n|\\]+)\\?(?:\|(?P<label>[^\[\]\n]*))?\]\]"), _wiki),
    (re.compile(r"(?m)^((?:[ \t]*>)+[ \t]*)\[!([\w-]+)(?:\|[^\]\n]*)?\][+-]?[ \t]*$"), r"\1\2\n\1"),
    (re.compile(r"(?m)^((?:[ \t]*>)+[ \t]*)\[![\w-]+(?:\|[^\]\n]*)?\][+-]?[ \t]*(\S.*)$"), r"\1\2\n\1"),
    (re.compile(r"(?m)(?:^|[ \t])\^[A-Za-z0-9-]+[ \t]*$"), ""),
    (re.compile(r"\^\[([^\[\]]*)\]"), r" \1 "),
)

_MDX: Sequence[Substitution] = (
    (re.compile(r"(?m)^(?:import|export)\b(?=[\s{*])(?:(?!```)[^\n]*\S[^\n]*(?:\n|\Z))+"), "\n"),
    (re.compile(r"</?[A-Z][^<>\n]{0,2000}>"), " "),
    (re.compile(r"\s[\w:-]+=\{(?:[^{}]|\{[^{}]*\})*\}"), " "),
    (re.compile(r"\{\s*[\"']([^\"'\n]*)[\"']\s*\}"), r"\1"),
    (re.compile(r"\{(?:[^{}]|\{[^{}]*\})*\}"), " "),
    (re.compile(r"(?m)^[ \t]{4,}(?=\S)"), "  "),
)

_SYSTEMS: Mapping[str, Sequence[Substitution]] = {
    "": (*_HUGO, *_WORDPRESS),
    "Jekyll": _WORDPRESS,
    "Zola": _ZOLA,
    "Hexo": _HEXO,
    "Obsidian": _OBSIDIAN,
    "MDX": _MDX,
    "Hugo": (*_HUGO, *_WORDPRESS),
}
