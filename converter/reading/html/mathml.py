"""MathML -> TeX, in words that KaTeX, MathJax and our own printing know."""

import re
from collections.abc import Callable

from converter.reading.html.elements import TEXT, Element, text_below

_FUNCTIONS = frozenset(
    "arccos arcsin arctan arg cos cosh cot coth csc deg det dim exp gcd hom inf ker lg lim liminf limsup ln log max "
    "min sec sin sinh sup tan tanh".split()
)
_OPERATORS = {
    **dict.fromkeys("\u2061\u2062\u2063\u2064\u200b", ""),
    **{mark: f"\\{mark}" for mark in "{}&%#$_"},
    "\\": r"\backslash",
    "~": r"\sim",
    "^": r"\wedge",
    "−": "-",
    "∗": "*",
    "′": "'",
    "″": "''",
    "‖": r"\|",
    "∑": r"\sum",
    "∏": r"\prod",
    "∫": r"\int",
    "∬": r"\iint",
    "∮": r"\oint",
    "∞": r"\infty",
    "∂": r"\partial",
    "≤": r"\le",
    "≥": r"\ge",
    "≠": r"\ne",
    "≈": r"\approx",
    "≡": r"\equiv",
    "∝": r"\propto",
    "≪": r"\ll",
    "≫": r"\gg",
    "×": r"\times",
    "÷": r"\div",
    "·": r"\cdot",
    "⋅": r"\cdot",
    "±": r"\pm",
    "∓": r"\mp",
    "∘": r"\circ",
    "→": r"\to",
    "←": r"\leftarrow",
    "↔": r"\leftrightarrow",
    "⇒": r"\Rightarrow",
    "⇔": r"\Leftrightarrow",
    "∈": r"\in",
    "∉": r"\notin",
    "⊂": r"\subset",
    "⊆": r"\subseteq",
    "∪": r"\cup",
    "∩": r"\cap",
    "∅": r"\emptyset",
    "∀": r"\forall",
    "∃": r"\exists",
    "¬": r"\neg",
    "∧": r"\wedge",
    "∨": r"\vee",
    "∇": r"\nabla",
    "…": r"\dots",
    "⋯": r"\cdots",
    "⟨": r"\langle",
    "⟩": r"\rangle",
    "⌊": r"\lfloor",
    "⌋": r"\rfloor",
    "⌈": r"\lceil",
    "⌉": r"\rceil",
}
_VARIANTS = {
    "bold": "mathbf",
    "double-struck": "mathbb",
    "fraktur": "mathfrak",
    "monospace": "mathtt",
    "normal": "mathrm",
    "sans-serif": "mathsf",
    "script": "mathcal",
}
_OVER = {
    **dict.fromkeys("¯‾ˉ―_", "overline"),
    **dict.fromkeys("^ˆ\u0302", "hat"),
    **dict.fromkeys("~˜\u0303", "tilde"),
    **dict.fromkeys("→⃗\u20d7", "vec"),
    "˙": "dot",
    "¨": "ddot",
    "⏞": "overbrace",
}
_UNDER = {**dict.fromkeys("_̲¯‾", "underline"), "⏟": "underbrace"}
_LARGE = frozenset({r"\sum", r"\prod", r"\int", r"\iint", r"\oint", "⋃", "⋂"} | {f"\\{name}" for name in _FUNCTIONS})
_EM = re.compile(r"\s*([\d.]+)em")


def tex_of_mathml(element: Element) -> str:
    """Return what an element of MathML says, as TeX; the elements must be nested no deeper than Python may recurse."""
    return " ".join(_tex(element).split())


def _tex(element: Element) -> str:
    known = _ELEMENTS.get(element.tag or "")
    return known(element) if known is not None else _row(element)


def _children(element: Element) -> list[Element]:
    return [
        node for node in element.iter() if node.tag != TEXT and not (node.tag or "").startswith(("-", "annotation"))
    ]


def _row(element: Element) -> str:
    children = _children(element)
    return " ".join(map(_tex, children)) if children else _escaped(text_below(element))


def _parts(element: Element, count: int) -> list[str]:
    """Return the TeX of the first children, each as one group; one that is not there is empty."""
    return ([*map(_tex, _children(element)), *[""] * count])[:count]


def _group(tex: str) -> str:
    tex = tex.strip()
    return tex if re.fullmatch(r"\w|\\[A-Za-z]+", tex) else f"{{{tex}}}"


def _escaped(text: str) -> str:
    return " ".join(re.sub(r"([{}&%#$_])", r"\\\1", text.replace("\\", r"\backslash ")).split())


def _identifier(element: Element) -> str:
    name = text_below(element).strip()
    variant = _VARIANTS.get(element.attributes.get("mathvariant") or "")
    if name in _FUNCTIONS:
        return f"\\{name}"
    if name in _OPERATORS:
        return _OPERATORS[name]
    if variant and (variant != "mathrm" or name.isascii()):
        return f"\\{variant}{{{_escaped(name)}}}"
    return _escaped(name) if len(name) < 2 or not name.isascii() else f"\\mathrm{{{_escaped(name)}}}"


def _operator(element: Element) -> str:
    text = text_below(element).strip()
    if text in _FUNCTIONS:
        return f"\\{text}"
    if len(text) > 1 and text.isalpha():
        return f"\\mathrm{{{text}}}"
    return " ".join(_OPERATORS.get(mark, mark) for mark in text)


def _words(element: Element) -> str:
    words = re.sub(r"\s+", " ", text_below(element).replace("\xa0", " "))
    marked = re.sub(r"([{}&%#$_])", r"\\\1", words)
    return f"\\text{{{marked}}}" if words.strip() else r"\ "


def _fraction(element: Element) -> str:
    above, below = _parts(element, 2)
    if re.match(r"\s*0", element.attributes.get("linethickness") or ""):
        return f"{{{above} \\atop {below}}}"
    return f"\\frac{{{above}}}{{{below}}}"


def _root(element: Element) -> str:
    base, degree = _parts(element, 2)
    return f"\\sqrt[{degree}]{{{base}}}"


def _script(base: str, below: str, above: str) -> str:
    low = f"_{{{below}}}" if below else ""
    if above and not above.strip("' "):
        return f"{_group(base)}{above.replace(' ', '')}{low}"
    return f"{_group(base)}{low}" + (f"^{{{above}}}" if above else "")


def _sub(element: Element) -> str:
    base, below = _parts(element, 2)
    return _script(base, below, "")


def _sup(element: Element) -> str:
    base, above = _parts(element, 2)
    return _script(base, "", above)


def _subsup(element: Element) -> str:
    return _script(*_parts(element, 3))


def _under_over(element: Element) -> str:
    nodes, tag = _children(element), element.tag
    base, first, second = _parts(element, 3)
    under, over = ("", first) if tag == "mover" else (first, second)
    marks = [text_below(node).strip() for node in nodes[1:]]
    if base.strip() in _LARGE:
        return _script(base, under, over)
    if tag == "mover" and marks and marks[0] in _OVER:
        return f"\\{_OVER[marks[0]]}{{{base}}}"
    if tag == "munder" and marks and marks[0] in _UNDER:
        return f"\\{_UNDER[marks[0]]}{{{base}}}"
    written = f"\\overset{{{over}}}{{{base}}}" if over else base
    return f"\\underset{{{under}}}{{{written}}}" if under else written


def _scripts(element: Element) -> str:
    nodes = _children(element)
    if not nodes:
        return ""
    parts: list[list[str]] = [[], []]
    side = 0
    for node in nodes[1:]:
        if node.tag == "mprescripts":
            side = 1
        else:
            parts[side].append("" if node.tag == "none" else _tex(node))
    after, before = (("".join(some[::2]).strip(), "".join(some[1::2]).strip()) for some in parts)
    prefix = _script("", *before) if any(before) else ""
    return f"{prefix}{_script(_tex(nodes[0]), *after)}"


def _table(element: Element) -> str:
    rows = [row for row in _children(element) if row.tag in ("mtr", "mlabeledtr")]
    written = r" \\ ".join(" & ".join(map(_tex, _children(row))) for row in rows)
    return f"\\begin{{matrix}} {written} \\end{{matrix}}"


def _fenced(element: Element) -> str:
    attributes = element.attributes
    opening, closing = (attributes.get("open") or "(", attributes.get("close") or ")")
    separator = (attributes.get("separators") or ",").strip()[:1]
    inside = f" {separator} ".join(map(_tex, _children(element)))
    return f"\\left{_OPERATORS.get(opening, opening)} {inside} \\right{_OPERATORS.get(closing, closing)}"


def _space(element: Element) -> str:
    found = _EM.match(element.attributes.get("width") or "")
    return r"\quad" if found and float(found[1].strip(".") or 0) >= 1 else r"\ "


def _first(element: Element) -> str:
    return "".join(map(_tex, _children(element)[:1]))


def _nothing(_element: Element) -> str:
    return ""


_ELEMENTS: dict[str, Callable[[Element], str]] = {
    "maction": _first,
    "mfenced": _fenced,
    "mfrac": _fraction,
    "mi": _identifier,
    "mmultiscripts": _scripts,
    "mo": _operator,
    "mover": _under_over,
    "mphantom": _nothing,
    "mroot": _root,
    "ms": _words,
    "mspace": _space,
    "msqrt": lambda element: f"\\sqrt{{{_row(element)}}}",
    "msub": _sub,
    "msubsup": _subsup,
    "msup": _sup,
    "mtable": _table,
    "mtext": _words,
    "munder": _under_over,
    "munderover": _under_over,
    "semantics": _first,
}
