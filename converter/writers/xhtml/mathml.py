"""Turns TeX into MathML."""

import re
from functools import lru_cache
from typing import Literal
from xml.etree import ElementTree

from latex2mathml import exceptions
from latex2mathml.converter import convert

from converter.languages.unicode import clean
from converter.writers.xhtml.markup import element, escape

NAMESPACE = "http://www.w3.org/1998/Math/MathML"

MAX_TEX = 10_000
"""A longer formula, in characters, is shown as TeX: the parser needs more than linear time."""

_FAILURES: tuple[type[Exception], ...] = (
    *(kind for kind in vars(exceptions).values() if isinstance(kind, type) and issubclass(kind, Exception)),
    # What the parser runs into on TeX that no one would set.
    AttributeError,
    LookupError,
    RecursionError,
    StopIteration,
    TypeError,
    ValueError,
    ElementTree.ParseError,
)

_ENVIRONMENTS = {
    "align": "align*",  # pages do not number formulas unless they are told to
    "aligned": "align*",
    "alignedat": "align*",
    "alignat": "align*",
    "alignat*": "align*",
    "equation": "matrix",
    "equation*": "matrix",
    "flalign": "align*",
    "flalign*": "align*",
    "gather": "matrix",
    "gather*": "matrix",
    "gathered": "matrix",
    "multline": "matrix",
    "multline*": "matrix",
}
"""Environments that the library reads as names of variables, and what it knows that looks the same."""

_COMMANDS = {
    r"\C": r"\mathbb{C}",
    r"\Complex": r"\mathbb{C}",
    r"\N": r"\mathbb{N}",
    r"\Q": r"\mathbb{Q}",
    r"\R": r"\mathbb{R}",
    r"\Z": r"\mathbb{Z}",
    r"\exist": r"\exists",
    r"\hArr": r"\Leftrightarrow",
    r"\infin": r"\infty",
    r"\isin": r"\in",
    r"\lArr": r"\Leftarrow",
    r"\lvert": "|",
    r"\nonumber": "",
    r"\notag": "",
    r"\rArr": r"\Rightarrow",
    r"\reals": r"\mathbb{R}",
    r"\rvert": "|",
    r"\space": r"\ ",
}
"""Commands of KaTeX and MathJax that the library does not know, in those of LaTeX."""

_COMMAND = re.compile(r"\\[A-Za-z]+")
_WORDS = re.compile(r"(\\(?:text[a-z]*|mbox)\s*\{)([^{}]*)\}")
_ESCAPED = re.compile(r"\\([%&#_$])")
"""Characters that need a backslash in words of TeX, and none in those of MathML."""
_HIDDEN = str.maketrans("<>&%#_$", "\ue0f0\ue0f1\ue0f2\ue0f3\ue0f4\ue0f5\ue0f6")
"""What stands for characters that the library would write into words without escaping them."""
_SHOWN = str.maketrans("\ue0f0\ue0f1\ue0f2\ue0f3\ue0f4\ue0f5\ue0f6", "<>&%#_$")
_SHORT_FRACTION = re.compile(r"(\\[dt]?frac)\s*([0-9])\s*([0-9a-z])")
"""A fraction without braces, whose two figures the library takes for one number."""

_ENVIRONMENT = re.compile(r"\\(begin|end)\{([A-Za-z]+\*?)\}(?:(?<=at\})\{\d{1,2}\}|(?<=at\*\})\{\d{1,2}\})?")
"""Its beginning or end; two kinds are told the number of their columns."""
_THREE_COLUMNS = re.compile(r"\\(begin|end)\{eqnarray\*?\}")
_LABEL = re.compile(r"\\label\s*\{[^{}]*\}")
"""What other places call a formula: it is not shown."""
_REFERENCE = re.compile(r"\\(?:eq)?ref\s*\{([^{}]*)\}")

_ELEMENT = re.compile(
    "math|m(?:frac|i|multiscripts|n|o|over|padded|phantom|prescripts|root|row|space|sqrt|style|sub|subsup|sup|table|td"
    "|text|tr|under|underover)"
)
_ATTRIBUTE = re.compile(
    "accent(?:under)?|alttext|aria-label|column(?:align|lines|spacing|span)|depth|dir|display(?:style)?|fence|form|height|largeop"
    "|line(?:break|thickness)|[lr]space|(?:max|min)size|mathvariant|movablelimits|row(?:lines|spacing|span)|scriptlevel"
    "|separator|stretchy|symmetric|voffset|width"
)


_ARITY = {
    "mfrac": 2,
    "mover": 2,
    "mroot": 2,
    "msub": 2,
    "msubsup": 3,
    "msup": 2,
    "munder": 2,
    "munderover": 3,
}
_TOKENS = frozenset(("mi", "mn", "mo", "mtext"))


@lru_cache(maxsize=1024)
def mathml(tex: str, display: Literal["inline", "block"], announces: bool = False) -> str | None:  # noqa: FBT001, FBT002
    """Return a `math` element with the TeX as its text alternative, or `None` where the TeX is not understood.

    One that `announces` what it stands in has the alternative as its name, too.
    """
    tex = clean(tex).strip()
    if not tex or len(tex) > MAX_TEX:
        return None
    try:
        root = ElementTree.fromstring(convert(_rewritten(tex), display=display))  # noqa: S314  # made here, has no DTD
    except _FAILURES:
        return None
    if not all(_understood(node) for node in root.iter()):
        return None
    root.set("alttext", " ".join(tex.split()))
    if announces:
        root.set("aria-label", " ".join(tex.split()))
    return _markup(root)


def _rewritten(tex: str) -> str:
    """Return the TeX in the words of the library."""
    tex = _THREE_COLUMNS.sub(lambda match: r"\begin{array}{rcl}" if match[1] == "begin" else r"\end{array}", tex)
    tex = _REFERENCE.sub(r"\\text{(\1)}", _LABEL.sub("", tex))
    tex = _ENVIRONMENT.sub(lambda match: f"\\{match[1]}{{{_ENVIRONMENTS.get(match[2], match[2])}}}", tex)
    tex = _COMMAND.sub(lambda match: _COMMANDS.get(match[0], match[0]), tex)
    tex = _WORDS.sub(lambda match: match[1] + _ESCAPED.sub(r"\1", match[2]).translate(_HIDDEN) + "}", tex)
    return _SHORT_FRACTION.sub(r"\1{\2}{\3}", tex)


def _understood(node: ElementTree.Element) -> bool:
    """Say whether a node is mathematics: no link, no style, no command or column mark taken for a variable."""
    name = node.tag.removeprefix(f"{{{NAMESPACE}}}")
    text = node.text or ""
    known = _ELEMENT.fullmatch(name) is not None and len(node) >= _ARITY.get(name, 0)
    return known and "\\" not in text and text != "&"


def _markup(node: ElementTree.Element) -> str:
    name = node.tag.removeprefix(f"{{{NAMESPACE}}}")
    if name in _TOKENS and len(node):  # the library puts the letters of an operator's name into the operator
        return element("mrow", "".join(_markup(child) for child in node))
    attributes = {key: value for key, value in node.attrib.items() if value and _ATTRIBUTE.fullmatch(key)}
    children = [_markup(child) for child in node]
    if (surplus := len(children) - _ARITY.get(name, len(children))) > 0:  # the base is a matrix and its brackets
        children[: surplus + 1] = [element("mrow", "".join(children[: surplus + 1]))]
    inside = escape((node.text or "").translate(_SHOWN)) + "".join(children)
    # Mathematics runs from left to right also in a book that does not.
    return element(name, inside, {"xmlns": NAMESPACE, "dir": "ltr", **attributes} if name == "math" else attributes)
