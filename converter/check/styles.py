"""Style sheets: what they fetch, what EPUB forbids in them, and whether their colours can be read."""

import re
from collections.abc import Iterator

from msgspec import Struct

from converter.check.archive import Archive, Findings
from converter.check.package import Package, is_remote, resolve
from converter.diagnostics import Code

LEAST_CONTRAST = 4.5
"""WCAG 2.2, success criterion 1.4.3, for text of ordinary size."""
WHITE = "#ffffff"

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_URL = re.compile(r"url\(\s*(['\"]?)(.*?)\1\s*\)|@import\s+(['\"])(.*?)\3", re.DOTALL)
_BLOCK = re.compile(r"([^{}]*)\{([^{}]*)\}")
_CONDITION = re.compile(r"@(?:media|supports)[^{]*\{((?:[^{}]*\{[^{}]*\})*[^{}]*)\}")
_DECLARATION = re.compile(r"([\w-]+)\s*:\s*([^;]+)")
_HEX = re.compile(r"#(?:[0-9a-fA-F]{6}|[0-9a-fA-F]{3})\b")


class Rule(Struct, frozen=True):
    """Declarations for one selector."""

    selector: str
    declarations: dict[str, str]


def check_styles(package: Package, archive: Archive, findings: Findings) -> None:
    """Report style sheets that fetch from outside, set directions, or show colours that are hard to tell apart."""
    for resource in package.of_type("text/css"):
        data = archive.files.get(resource.path)
        if data is None or resource.path in archive.encrypted:
            continue
        style = _COMMENT.sub("", data.decode("utf-8", "replace"))
        _check_addresses(style, resource.path, package, archive, findings)
        for rules in _groups(style):
            _check_rules(rules, resource.path, findings)


def _check_addresses(style: str, path: str, package: Package, archive: Archive, findings: Findings) -> None:
    for match in _URL.finditer(style):
        href = (match[2] or match[4] or "").strip()
        try:
            remote = is_remote(href)
        except ValueError:
            remote = True
        if remote and not href.startswith("data:"):
            findings.add(Code.BOOK_STYLE, path, f"the style sheet fetches '{href[:60]}', which is not in the book")
        elif not remote and href and not href.startswith("#") and resolve(path, href)[0] not in package.resources:
            findings.add(Code.BOOK_STYLE, path, f"there is no file '{href[:60]}' in the book")
    if not archive.files[path].strip():
        findings.add(Code.BOOK_STYLE, path, "the style sheet is empty")


def _groups(style: str) -> Iterator[list[Rule]]:
    """Yield the rules that hold together: those of the sheet, and those of each condition with them."""
    plain = list(_rules(_CONDITION.sub("", style)))
    yield plain
    for match in _CONDITION.finditer(style):
        yield list(_rules(match[1]))


def _rules(style: str) -> Iterator[Rule]:
    for match in _BLOCK.finditer(style):
        declarations = {name.lower(): value.strip().lower() for name, value in _DECLARATION.findall(match[2])}
        for selector in match[1].split(","):
            yield Rule(" ".join(selector.split()), declarations)


def _check_rules(rules: list[Rule], path: str, findings: Findings) -> None:
    grounds = {rule.selector: ground for rule in rules if (ground := _ground(rule.declarations))}
    for rule in rules:
        for name in ("direction", "unicode-bidi"):
            if name in rule.declarations:
                message = f"'{name}' of '{rule.selector}' must not be in a style sheet of EPUB"
                findings.add(Code.BOOK_STYLE, path, message, hint="use the attribute dir")
        colour = rule.declarations.get("color", "")
        ground = _ground_of(rule.selector, grounds)
        if _HEX.fullmatch(colour) and (value := contrast(colour, ground)) < LEAST_CONTRAST:
            message = f"'{rule.selector}' has a contrast of {value:.1f} : 1 on {ground}, less than {LEAST_CONTRAST} : 1"
            findings.add(Code.BOOK_ACCESSIBILITY, path, message, hint="take colours that are further apart")


def _ground(declarations: dict[str, str]) -> str:
    found = _HEX.search(declarations.get("background-color") or declarations.get("background") or "")
    return found[0] if found else ""


def _ground_of(selector: str, grounds: dict[str, str]) -> str:
    """Return the background behind a selector: its own, that of an ancestor it names, or white."""
    parts = selector.split(" ")
    candidates = (" ".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next((grounds[candidate] for candidate in candidates if candidate in grounds), WHITE)


def contrast(first: str, second: str) -> float:
    """Return the contrast of two colours like `#1c1b1a`, from 1 to 21 (WCAG 2.2, "contrast ratio")."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    red, green, blue = (_linear(int(digits[place : place + 2], 16) / 255) for place in (0, 2, 4))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)
