r"""TeX in the text of a page -> formulas, as MathJax and KaTeX find it: `\(x\)`, `\[x\]`, `$$x$$`, environments.

https://docs.mathjax.org/en/latest/input/tex/delimiters.html
"""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from converter.languages.letters import HAN, HANGUL, KANA
from converter.model import LineBreak, Math, Text
from converter.reading.html.inlines import Format, Leaf

ENVIRONMENTS = (
    r"(?:align|alignat|aligned|array|[bBpvV]?matrix|cases|displaymath|eqnarray|equation|flalign|gather|gathered|math"
    r"|multline|split)\*?"
)
"""What `\begin{…}` may name outside of other delimiters; a document or a list is no formula."""
_INLINE = r"\\\((?P<inline>(?:\\[^()]|[^\\]){1,2000}?)\\\)"
_DISPLAY = r"\\\[(?P<display>(?:\\[^\[\]]|[^\\]){1,5000}?)\\\]"
_DOLLARS = r"\$\$(?P<double>(?:\\.|[^\\$]|\$(?!\$)){1,5000}?)\$\$"
_WHOLE = (
    rf"(?P<whole>\\begin\{{(?P<name>{ENVIRONMENTS})\}}"
    r"(?:(?!\\(?:begin|end)\{(?P=name)\}).){1,5000}?\\end\{(?P=name)\})"
)
_DOLLAR = r"(?<!\$)\$(?P<single>(?![\s$])(?:\\.|[^\\$\n]){1,500}?(?<!\s))\$(?![\d$])"
_FORMULA = re.compile(rf"(?<!\\)(?:{_INLINE}|{_DISPLAY}|{_DOLLARS}|{_WHOLE})", re.DOTALL)
_FORMULA_OR_DOLLAR = re.compile(rf"(?<!\\)(?:{_INLINE}|{_DISPLAY}|{_DOLLARS}|{_WHOLE}|{_DOLLAR})", re.DOTALL)
_COMMAND = re.compile(r"\\[A-Za-z]{2,}")
_CLASS = re.compile(r"\\[A-Za-z](?![A-Za-z])")
_SCRIPT = re.compile(r"[_^]\{[^{}]*\}")
_WORD = re.compile(rf"[^\W\d_]{{3,}}|[{KANA}{HAN}{HANGUL}]")
_SIGN = re.compile(r"[\d^_=<>+*/|{}-]")
_BREAK = "\0"


def is_tex(text: str) -> bool:
    r"""Whether what stands between delimiters is a formula by its look: `\(foo\)` and `\(\d+\)` are examples of code.

    A formula has a command, or signs and letters without words.
    """
    if _COMMAND.search(text):
        return True
    rest = _SCRIPT.sub("^", text)
    if _WORD.search(rest) or _CLASS.search(rest):
        return False
    return bool(_SIGN.search(rest)) or 0 < len(rest.strip()) < 3


def in_a_line(tex: str) -> str:
    """Return a formula on one line, without TeX's comments, which end where a line does."""
    return re.sub(r"\s*\n\s*", " ", re.sub(r"(?<!\\)%[^\n]*(\n|\Z)", "", tex)).strip()


def formulas(run: Sequence[Leaf], *, dollars: bool, blocks: bool) -> Iterator[list[Leaf] | str]:
    """Yield a run with the formulas in its text: pieces of the run, and between them the TeX of those that are blocks.

    `dollars` reads `$…$`, too, and all delimiters whatever is between them. Without `blocks` all stay in the line.
    """
    piece: list[Leaf] = []
    for path, group in groupby(run, key=lambda leaf: leaf.path if isinstance(leaf.node, Text | LineBreak) else None):
        leaves = list(group)
        found = [] if path is None else list(_found(leaves, dollars=dollars))
        if path is None or not found:
            piece += leaves
            continue
        for part in found:
            if isinstance(part, str):
                piece += _texts(path, part)
            elif blocks and not path and not part["inline"] and not part.groupdict().get("single"):
                yield piece
                yield _tex_of(part)
                piece = []
            else:
                piece.append(Leaf(path, Math(in_a_line(_tex_of(part)))))
    yield piece


def _found(leaves: Sequence[Leaf], *, dollars: bool) -> Iterator[str | re.Match[str]]:
    """Yield the formulas in a text, and what stands between them; nothing where there is none."""
    text = "".join(leaf.node.value if isinstance(leaf.node, Text) else _BREAK for leaf in leaves)
    position = 0
    for one in (_FORMULA_OR_DOLLAR if dollars else _FORMULA).finditer(text):
        if dollars or one["whole"] or is_tex(_tex_of(one)):
            yield text[position : one.start()]
            yield one
            position = one.end()
    if position:
        yield text[position:]


def _tex_of(found: re.Match[str]) -> str:
    tex = next(value for name, value in found.groupdict().items() if value is not None and name != "name")
    return tex.replace(_BREAK, "\n").strip()


def _texts(path: tuple[Format, ...], text: str) -> Iterator[Leaf]:
    for number, line in enumerate(text.split(_BREAK)):
        if number:
            yield Leaf(path, LineBreak())
        if line:
            yield Leaf(path, Text(line))
