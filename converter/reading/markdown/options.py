"""The options of a site's Markdown, with the defaults that Jekyll and Hugo have for them."""

import html
from collections.abc import Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from converter.reading.yaml_values import Value

DEFAULT_QUOTES = ("‘", "’", "“", "”")


class Options(Struct, frozen=True):
    """How the Markdown of a site differs from the usual.

    https://kramdown.gettalong.org/options.html, https://jekyllrb.com/docs/configuration/markdown/ and
    https://gohugo.io/configuration/markup/#goldmark
    """

    hard_wrap: bool = False
    """Whether a line end is a line break."""
    parse_block_html: bool = False
    """Whether Markdown is read in every block element of HTML."""
    parse_span_html: bool = True
    """Whether Markdown is read in elements of a line."""
    quotes: tuple[str, ...] = DEFAULT_QUOTES
    """What straight quotes become: the single ones left and right, then the double ones."""
    symbols: tuple[tuple[str, str], ...] = ()
    """What the names of typographic symbols (`mdash`, `ndash`, `hellip`, `laquo`, …) stand for, where it is told."""
    typographic: bool | None = None
    """Whether straight quotes, hyphens and dots become typographic ones; `None` where the site leaves it to its reader:
    kramdown and Hugo do it, CommonMark does not."""
    gfm: bool = True
    """Whether kramdown reads what GitHub added: fences of ticks, tasks, strikethrough."""
    is_paragraph_ended: bool = True
    """Whether a heading, list, quote or fence may follow a paragraph without an empty line."""
    id_prefix: str = ""
    """What kramdown puts before the ids that it makes of headings, and so what links to them begin with."""
    heading_attributes: bool = False
    """Whether `{#id .class}` behind a heading is no text of it."""
    block_attributes: bool = False
    """Whether the same in a line below a block is no text either."""
    definitions: bool = True
    notes: bool = True
    tables: bool = True
    strikethrough: bool = True
    tasks: bool = True
    """Extensions of Goldmark that a site can turn off."""
    linkify: str = ""
    """What links to `www.example.org` begin with, where those and e-mail addresses become links unmarked."""
    extras: tuple[str, ...] = ()
    """Those that it can turn on: `mark`, `insert`, `subscript`, `superscript`."""
    emoji: bool = False
    """Whether `:smile:` is an emoji."""
    passthrough: tuple[tuple[str, str, bool], ...] = ()
    """What formulas stand between: the beginning, the end, and whether they are displayed."""


def usual_options(_values: Mapping[str, Value]) -> Options:
    """Return the options of a site whose configuration says nothing about its Markdown that counts here."""
    return Options()


def options_of_jekyll(values: Mapping[str, Value]) -> Options:
    """Return what a `_config.yml` asks for."""
    markdown = values.get("markdown")
    is_cmark = isinstance(markdown, str) and markdown.strip().lower().startswith("commonmark")
    options = _options_of_cmark(values.get("commonmark")) if is_cmark else _options_of_kramdown(values.get("kramdown"))
    if is_cmark and isinstance(markdown, str) and markdown.strip().lower() == "commonmarkghpages":
        options = replace(options, linkify="http")
    plugins = [*_texts(values.get("plugins", "")), *_texts(values.get("gems", ""))]
    return replace(options, emoji="jemoji" in plugins)


def options_of_hugo(values: Mapping[str, Value]) -> Options:
    """Return what the configuration of a site of Hugo asks for. The names of its keys are the same in all cases."""
    settings = _in_small_letters(values)
    options = _options_of_goldmark(_table(_table(settings, "markup"), "goldmark"))
    return replace(options, emoji=isinstance(settings, Mapping) and _is_true(settings, "enableemoji"))


def options_of_zola(values: Mapping[str, Value]) -> Options:
    """Return what a `config.toml` of Zola asks for: https://www.getzola.org/documentation/getting-started/configuration/."""
    return Options(heading_attributes=True, typographic=_is_true(_table(values, "markdown"), "smart_punctuation"))


def _in_small_letters(value: Value | Mapping[str, Value]) -> Value:
    if not isinstance(value, Mapping):
        return value
    return {key.lower(): _in_small_letters(one) for key, one in value.items()}


def _options_of_kramdown(settings: Value) -> Options:
    """Return what the table `kramdown` of a `_config.yml` asks for. What nobody can use keeps its default."""
    if not isinstance(settings, dict):
        return Options()
    quirks = _texts(settings["gfm_quirks"]) if "gfm_quirks" in settings else ["paragraph_end"]
    quotes = tuple(_character(name) for name in _texts(settings.get("smart_quotes", "")))
    symbols = settings.get("typographic_symbols")
    return Options(
        hard_wrap=_is_true(settings, "hard_wrap"),
        parse_block_html=_is_true(settings, "parse_block_html"),
        parse_span_html=_is_true(settings, "parse_span_html", default=True),
        quotes=quotes if len(quotes) == len(DEFAULT_QUOTES) else DEFAULT_QUOTES,
        symbols=tuple((name, html.unescape(str(sign))) for name, sign in symbols.items())
        if isinstance(symbols, dict)
        else (),
        typographic=False if "no_auto_typographic" in quirks else None,
        gfm=str(settings.get("input", "GFM")).lower() == "gfm",
        is_paragraph_ended="paragraph_end" in quirks,
        id_prefix=prefix.strip() if isinstance(prefix := settings.get("auto_id_prefix", ""), str) else "",
    )


def _options_of_cmark(settings: Value) -> Options:
    """Return what the table `commonmark` of a `_config.yml` asks for: https://github.com/github/jekyll-commonmark-ghpages."""
    asked = [text.upper() for text in _texts(settings.get("options", ""))] if isinstance(settings, dict) else []
    extensions = _texts(settings.get("extensions", "")) if isinstance(settings, dict) else []
    return Options(
        hard_wrap="HARDBREAKS" in asked,
        typographic="SMART" in asked,
        linkify="http" if "autolink" in extensions else "",
    )


def _options_of_goldmark(settings: Mapping[str, Value]) -> Options:
    renderer, parser, extensions = (_table(settings, name) for name in ("renderer", "parser", "extensions"))
    return Options(
        hard_wrap=_is_true(renderer, "hardwraps"),
        typographic=extensions.get("typographer") != "false"
        and not _is_true(_table(extensions, "typographer"), "disable"),
        heading_attributes=_is_true(_table(parser, "attribute"), "title", default=True),
        block_attributes=_is_true(_table(parser, "attribute"), "block"),
        definitions=_is_true(extensions, "definitionlist", default=True),
        notes=extensions.get("footnote") != "false"
        and _is_true(_table(extensions, "footnote"), "enable", default=True),
        tables=_is_true(extensions, "table", default=True),
        strikethrough=_is_true(extensions, "strikethrough", default=True),
        tasks=_is_true(extensions, "tasklist", default=True),
        linkify=(protocol if isinstance(protocol := extensions.get("linkifyprotocol"), str) else "https")
        if _is_true(extensions, "linkify", default=True)
        else "",
        extras=tuple(
            name
            for name in ("mark", "insert", "subscript", "superscript")
            if _is_true(_table(_table(extensions, "extras"), name), "enable")
        ),
        passthrough=tuple(_delimiters(_table(extensions, "passthrough"))),
    )


def _delimiters(settings: Mapping[str, Value]) -> Iterator[tuple[str, str, bool]]:
    """Yield the delimiters that are turned on, the longer before those that they begin with."""
    found = []
    for name in ("block", "inline") if _is_true(settings, "enable") else ():
        pairs = _table(settings, "delimiters").get(name)
        texts = (_texts(pair) for pair in (pairs if isinstance(pairs, tuple) else ()))
        found += [(pair[0], pair[1], name == "block") for pair in texts if len(pair) == 2 and all(pair)]
    yield from sorted(found, key=lambda pair: -len(pair[0]))


def _table(settings: Value | Mapping[str, Value], name: str) -> Mapping[str, Value]:
    found = settings.get(name) if isinstance(settings, Mapping) else None
    return found if isinstance(found, dict) else {}


def _is_true(settings: Mapping[str, Value], name: str, *, default: bool = False) -> bool:
    written = settings.get(name)
    return {"true": True, "false": False}.get(written.strip().lower(), default) if isinstance(written, str) else default


def _texts(value: Value) -> list[str]:
    """Return the texts of a list, which may be written as one text with commas."""
    written = value.split(",") if isinstance(value, str) else value if isinstance(value, tuple) else ()
    return [text.strip() for text in written if isinstance(text, str)]


def _character(name: str) -> str:
    """Return the character that an entity names, or the name itself where it names none."""
    found = html.unescape(f"&{name};")
    return found if len(found) == 1 else name
