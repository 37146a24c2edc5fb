"""Style sheets: what they fetch, what EPUB forbids in them, and whether their colours can be read."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any, cast

import tinycss2
from msgspec import Struct
from tinycss2 import color4

from converter.check.archive import Archive, Findings
from converter.check.package import Package, is_remote, resolve
from converter.diagnostics import Code, shortened

LEAST_CONTRAST = 4.5
"""WCAG 2.2, success criterion 1.4.3, for text of ordinary size."""
WHITE = "#ffffff"
MAX_SIZE = 1024 * 1024
"""Bytes. A sheet becomes some hundred times as large in memory."""
MAX_DEPTH = 64
"""Brackets, blocks and rules in each other."""
MAX_SELECTOR = 1_000
"""Characters of a selector by which rules are compared."""

_CONDITIONS = frozenset({"container", "media", "supports"})
_TRANSPARENT_RULES = frozenset({"layer", "scope", "starting-style"})
"""Rules whose content holds as if it stood outside."""
_IMAGE_SETS = frozenset({"image-set", "-webkit-image-set", "src", "url"})
"""Functions whose strings are URLs."""
_SPACES = frozenset({"srgb", "hsl", "hwb"})

_Node = Any
"""A token or rule of tinycss2, which ships no types."""


class Rule(Struct, frozen=True):
    """Declarations for one selector."""

    selector: str
    declarations: dict[str, Sequence[_Node]]


def check_styles(package: Package, archive: Archive, findings: Findings) -> None:
    """Report style sheets that fetch from outside, set directions, or show colours that are hard to tell apart."""
    for resource in package.of_type("text/css"):
        data = archive.read(resource.path)
        if data is None:
            continue
        if not data.strip():
            findings.add(Code.BOOK_STYLE, resource.path, "the style sheet is empty")
        elif len(data) > MAX_SIZE:
            message = f"the style sheet is larger than {MAX_SIZE // 2**20} MiB and was not looked at"
            findings.add(Code.BOOK_ACCESSIBILITY, resource.path, message, hint="take large fonts out of it")
        else:
            _check_sheet(data.decode("utf-8-sig", "replace"), resource.path, package, findings)


def _check_sheet(style: str, path: str, package: Package, findings: Findings) -> None:
    nodes = tinycss2.parse_stylesheet(style, skip_comments=True, skip_whitespace=True)
    if _is_deep(nodes):
        message = f"the style sheet nests brackets more than {MAX_DEPTH} deep and was not looked at"
        findings.add(Code.BOOK_ACCESSIBILITY, path, message)
        return
    for href in _urls(nodes):
        _check_url(href.strip(), path, package, findings)
    for rules in _groups(nodes):
        _check_rules(rules, path, findings)


# ---- tokens ----


def _inside(node: _Node) -> Iterator[Sequence[_Node]]:
    """Yield the lists of tokens in a node: the arguments of a function, a block, the prelude of a rule."""
    for name in ("prelude", "arguments", "content"):
        if found := getattr(node, name, None):
            yield found


def _is_deep(nodes: Sequence[_Node]) -> bool:
    level = [nodes]
    for _ in range(MAX_DEPTH):
        level = [inner for some in level for node in some for inner in _inside(node)]
    return bool(level)


def _urls(nodes: Iterable[_Node]) -> Iterator[str]:
    """Yield what a sheet fetches, in the order of the file. The names of namespaces are no URLs."""
    for node in nodes:
        match node.type:
            case "url":
                yield node.value
            case "at-rule" if node.lower_at_keyword == "import":
                yield from (token.value for token in node.prelude[:2] if token.type == "string")
            case "function" if node.lower_name in _IMAGE_SETS:
                yield from (token.value for token in node.arguments if token.type == "string")
        if not (node.type == "at-rule" and node.lower_at_keyword == "namespace"):
            for inner in _inside(node):
                yield from _urls(inner)


def _check_url(href: str, path: str, package: Package, findings: Findings) -> None:
    try:
        remote = is_remote(href)
    except ValueError:
        remote = True
    if remote and not href.startswith("data:"):
        findings.add(Code.BOOK_STYLE, path, f"the style sheet fetches '{href[:60]}', which is not in the book")
    elif not remote and href and not href.startswith("#") and resolve(path, href)[0] not in package.resources:
        findings.add(Code.BOOK_STYLE, path, f"there is no file '{href[:60]}' in the book")


# ---- rules ----


def _groups(nodes: Iterable[_Node]) -> Iterator[list[Rule]]:
    """Yield the rules that hold together: those of the sheet, and those of each condition with them."""
    plain: list[Rule] = []
    conditional: list[list[Rule]] = []
    for node in nodes:
        _sort_in(node, (), plain, conditional)
    yield plain
    yield from conditional


def _sort_in(node: _Node, outer: Sequence[str], plain: list[Rule], conditional: list[list[Rule]]) -> None:
    """Add the rules of a node to those that hold with it; `outer` are the selectors around it."""
    if node.type not in ("at-rule", "qualified-rule") or node.content is None:
        return
    keyword = node.lower_at_keyword if node.type == "at-rule" else ""
    if keyword in _CONDITIONS:
        conditional.append(plain := [])
    nested = keyword in _CONDITIONS or keyword in _TRANSPARENT_RULES
    selectors = tuple(outer) if nested else tuple(_selectors(node, keyword, outer))
    inner = tinycss2.parse_blocks_contents(node.content, skip_comments=True, skip_whitespace=True)
    declarations = {one.lower_name: one.value for one in inner if one.type == "declaration"}
    if declarations or not nested:
        plain.extend(Rule(selector, declarations) for selector in selectors)
    for one in inner:
        _sort_in(one, selectors, plain, conditional)


def _selectors(node: _Node, keyword: str, outer: Sequence[str]) -> Iterator[str]:
    """Yield the selectors of a rule, those that stand in another one with the first of it."""
    if keyword:
        yield f"@{keyword} {_written(node.prelude)}".strip()
        return
    for is_comma, part in groupby(node.prelude, key=lambda found: found == ","):  # no password
        selector = "" if is_comma else _written(part)
        if selector and outer:
            selector = selector.replace("&", outer[0], 1) if "&" in selector else f"{outer[0]} {selector}"
        if selector:
            yield selector[:MAX_SELECTOR]


def _written(tokens: Iterable[_Node]) -> str:
    return " ".join(tinycss2.serialize(tokens).split())


def _check_rules(rules: list[Rule], path: str, findings: Findings) -> None:
    grounds = {rule.selector: ground for rule in rules if (ground := _ground(rule.declarations))}
    for rule in rules:
        selector = shortened(rule.selector)
        for name in ("direction", "unicode-bidi"):
            if name in rule.declarations:
                message = f"'{name}' of '{selector}' must not be in a style sheet of EPUB"
                findings.add(Code.BOOK_STYLE, path, message, hint="use the attribute dir")
        colour = _first_colour(rule.declarations.get("color", ()))
        ground = _ground_of(rule.selector, grounds)
        if colour and (value := contrast(colour, ground)) < LEAST_CONTRAST:
            message = f"'{selector}' has a contrast of {value:.1f} : 1 on {ground}, less than {LEAST_CONTRAST} : 1"
            findings.add(Code.BOOK_ACCESSIBILITY, path, message, hint="take colours that are further apart")


def _ground(declarations: dict[str, Sequence[_Node]]) -> str:
    return _first_colour(declarations.get("background-color") or declarations.get("background") or ())


def _first_colour(tokens: Iterable[_Node]) -> str:
    """Return the first colour of a value as it is written; empty where there is none that can be measured."""
    for token in tokens:
        written = str(token.serialize()).lower() if token.type in ("hash", "ident", "function") else ""
        if written and _mixed(written, (1.0, 1.0, 1.0)):
            return written
    return ""


def _ground_of(selector: str, grounds: dict[str, str]) -> str:
    """Return the background behind a selector: its own, that of an ancestor it names, or white."""
    parts = selector.split(" ")[:MAX_DEPTH]
    candidates = (" ".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next((grounds[candidate] for candidate in candidates if candidate in grounds), WHITE)


# ---- colours ----

_Colour = tuple[float, float, float]
"""Red, green and blue, from 0 to 1."""


def contrast(first: str, second: str) -> float:
    """Return the contrast of two opaque colours of CSS on white paper, from 1 to 21 (WCAG 2.2, "contrast ratio")."""
    ground = _mixed(second, (1.0, 1.0, 1.0)) or (1.0, 1.0, 1.0)
    colour = _mixed(first, ground) or ground
    lighter, darker = sorted((_luminance(colour), _luminance(ground)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _mixed(written: str, ground: _Colour) -> _Colour | None:
    """Return what a colour looks like on a ground; `None` for a word that is no colour of the screen, or invisible."""
    found = color4.parse_color(written)
    if not isinstance(found, color4.Color) or found.space not in _SPACES or None in found.coordinates:
        return None
    alpha = min(max(found.alpha, 0.0), 1.0)
    if not alpha:
        return None
    channels = [min(max(channel, 0.0), 1.0) for channel in found.to("srgb").coordinates]
    return cast(
        _Colour,
        tuple(alpha * channel + (1 - alpha) * under for channel, under in zip(channels, ground, strict=True)),
    )


def _luminance(colour: _Colour) -> float:
    red, green, blue = map(_linear, colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)
