"""What stands from a beginning to the end that belongs to it, found in a time that grows with the text alone."""

import re
from collections import Counter
from collections.abc import Callable

_FLAGS = re.MULTILINE | re.IGNORECASE
_TAG = re.compile(r"<(?P<end>/?)(?P<name>[A-Za-z][A-Za-z0-9:-]*)")
_NEVER_NESTED = frozenset(
    "area base basefont bgsound body br caption col colgroup dd dt embed head hr html img input keygen li link meta "
    "optgroup option p param rb rp rt rtc source tbody td tfoot th thead tr track wbr".split()
)
"""Elements that are empty, or may go without an end: they nest only where others do."""
_FORMATTING = frozenset("a b big code em font i nobr s small strike strong tt u".split())
"""Elements that are opened anew in each paragraph until they end."""
_MAX_DEPTH = {False: 256, True: 16}
"""How deep elements may nest, and formatting."""


def replace(
    text: str,
    opening: re.Pattern[str],
    closing: Callable[[re.Match[str]], str],
    shown: Callable[[re.Match[str], str, str], str],
) -> str:
    """Return a text with spans replaced by `shown` of the match of `opening`, the words inside, and the whole span.

    `closing` returns the expression of the end for a beginning, of few that there are, and "" for a beginning that is
    all. What has no end stays; an end that was not found is not looked for again, which would take quadratic time.
    """
    pieces: list[str] = []
    done = start = 0
    absent: set[str] = set()
    while found := opening.search(text, start):
        end = closing(found)
        last = None if end in absent else re.compile(end, _FLAGS).search(text, found.end())
        start = found.end()
        if last is None:
            absent.add(end)
            continue
        inside, whole = text[start : last.start()], text[found.start() : last.end()]
        pieces += (text[done : found.start()], shown(found, inside, whole))
        done = start = last.end()
    return "".join((*pieces, text[done:]))


def flat(html: str, inline: frozenset[str]) -> str:
    """Return HTML with elements that nest too deeply as empty ones: parsers take quadratic time and more for them.

    The words are the same, and so is the white space that elements which are not `inline` put between them.
    """
    depth: Counter[bool] = Counter()
    dropped: Counter[bool] = Counter()

    def bounded(found: re.Match[str]) -> str:
        name = found["name"].lower()
        kind = name in _FORMATTING
        if name in _NEVER_NESTED:
            return found[0]
        if not found["end"]:
            if depth[kind] < _MAX_DEPTH[kind]:
                depth[kind] += 1
                return found[0]
            dropped[kind] += 1
        elif dropped[kind]:
            dropped[kind] -= 1
        else:
            depth[kind] = max(depth[kind] - 1, 0)
            return found[0]
        return f"<{found['end']}{'wbr' if name in inline else 'hr'}"

    return _TAG.sub(bounded, html)
