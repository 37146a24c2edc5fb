"""A body with the tags and shortcodes of a system -> Markdown and HTML."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from html import escape

from msgspec import Struct
from msgspec.structs import replace

from converter.reading.systems.profile import Call, Profile, Syntax, Tag

_INNER = 4_000
"""Characters of one call at most; what is longer is text with braces in it."""
_ARGUMENT = re.compile(
    r"(?:(?P<key>[A-Za-z_][\w-]*)\s*=\s*)?"
    r"(?:\"(?P<double>(?:\\.|[^\"\\])*)\"|'(?P<single>[^']*)'|`(?P<raw>[^`]*)`|(?P<bare>[^\s\"'`,][^\s\"`]*))",
    re.DOTALL,
)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_TARGET = re.compile(r"(?:\]\(\s*|\]:\s*|=\s*|[<\"'])\S*$")
"""What stands before the place where a link leads, in the same line."""
_BLOCK = ("<figure>", "<iframe ")
_LINE_START = re.compile(r"(?P<quotes>[ \t>]*)(?:(?:[*+-]|\d{1,9}[.)])[ \t]+)*")
_LINE_END = re.compile(r"[ \t]*\n")
_FENCE = re.compile(r"[ \t]*(?:[>*+-][ \t]+)*(`{3,}|~{3,})")
_CODE_SPAN = re.compile(r"(?<!`)(`+)(?!`)[^\n]{0,1000}?(?<!`)\1(?!`)")

HUGO = Syntax(
    re.compile(
        rf"\{{\{{(?P<mark>[<%])"
        rf"(?:(?P<escaped>/\*(?:(?!\*/|\{{\{{).){{0,{_INNER}}}\*/)"
        rf"|\s*+(?P<end>/)?\s*+(?P<name>\w[\w./-]*+)(?P<rest>(?:(?![>%]\}}\}}|\{{\{{[<%]).){{0,{_INNER}}}))"
        r"\s*[>%]\}\}",
        re.DOTALL,
    ),
    hints=("{{<", "{{%"),
    in_code=True,
)
ZOLA = Syntax(
    re.compile(
        r"(?P<mark>\{\{|\{%)(?:"
        rf"(?P<escaped>/\*(?:(?!\*/|\{{\{{|\{{%).){{0,{_INNER}}}\*/)"
        r"|-?\s*+(?P<end>end)(?P<none>)"
        rf"|-?\s*+(?P<name>[A-Za-z_]\w*+)\((?P<rest>(?:(?!\}}\}}|%\}}|\{{\{{|\{{%).){{0,{_INNER}}})\))"
        r"\s*-?(?:\}\}|%\})",
        re.DOTALL,
    ),
    hints=("{{", "{%"),
    in_code=True,
)
HEXO = Syntax(
    re.compile(
        rf"\{{%-?\s*+(?P<end>end(?=[a-z]))?(?P<name>[A-Za-z_][\w-]*+)(?P<rest>(?:(?!%\}}|\{{%).){{0,{_INNER}}})%\}}",
        re.DOTALL,
    ),
    hints=("{%",),
    in_code=False,
    noun="tag",
)
WORDPRESS = Syntax(
    re.compile(
        r"(?P<escaped>\[\[/?(?:caption|gallery|embed|audio|video|playlist)\b[^\[\]\n]{0,1000}\]\])"
        r"|\\?\[(?P<end>/)?(?P<name>caption|wp_caption|gallery|embed|audio|video|playlist|contact-form-7|contact-form"
        r"|wpforms|gravityform|ninja_form|mc4wp_form|jetpack_subscription_form|sharethis|addtoany|youtube|vimeo"
        r"|googlemaps|vc_\w+|et_pb_\w+|su_\w+|fusion_\w+|sourcecode)"
        r"(?P<rest>(?:(?==|[ \t]+(?:[\w-]+\\?=|[\"\d/]|https?:))[ \t=]"
        r"[^\[\]\\]{0,3000}+(?:\\[^\]][^\[\]\\]{0,3000}+){0,50}+)?+[ \t]*)\\?\](?!\()",
    ),
    hints=(
        "[caption", "[gallery", "[embed", "[contact-form", "[audio", "[video", "[playlist", "[wp", "[youtube", "[vc_",
        "[gravityform", "[ninja_form", "[mc4wp", "[jetpack", "[vimeo", "[googlemaps", "[et_pb", "[su_", "[fusion_",
        "[sourcecode",
    ),
    in_code=False,
    bare=frozenset({"gallery", "jetpack_subscription_form"}),
)  # fmt: skip


class _Piece(Struct, frozen=True):
    """A stretch of a body: text, or a call with what is written for it."""

    text: str
    name: str = ""
    rest: str = ""
    end: bool = False
    single: bool = False
    """Whether it needs no end, by the way it is written."""
    pair: int = -1
    """Where the end of the call is, among the pieces; -1 where it has none."""


def has_calls(body: str, syntax: Syntax) -> bool:
    """Whether there may be anything to do."""
    return any(hint in body for hint in syntax.hints)


def expand(
    body: str, syntax: Syntax, profile: Profile, params: Mapping[str, str], unknown: Callable[[str, int], None]
) -> str:
    """Return the body with its calls done. What is not known goes, what is in it stays, and `unknown` is told of it.

    It is told of each name once, with the place of the call in the body.
    """
    pieces = _paired(list(_pieces(body, syntax)))
    found = _Expansion(syntax, profile.tags, params, unknown)
    return found.run(pieces)


class _Expansion:
    def __init__(
        self, syntax: Syntax, tags: Mapping[str, Tag], params: Mapping[str, str], unknown: Callable[[str, int], None]
    ) -> None:
        self._syntax, self._tags, self._params, self._unknown = syntax, tags, params, unknown
        self._reported: set[str] = set()

    def run(self, pieces: Sequence[_Piece]) -> str:
        frames: list[tuple[_Piece, int, list[str]]] = [(_Piece(""), 0, [])]
        number = position = 0
        while number < len(pieces):
            piece = pieces[number]
            if not piece.name:
                frames[-1][2].append(_after(frames[-1][2], piece.text))
            elif piece.end:
                if piece.pair >= 0:
                    opening, start, inside = frames.pop()
                    self._make(frames[-1][2], opening, "".join(inside), start)
            elif piece.pair < 0:
                self._make(frames[-1][2], piece, None, position)
            elif (tag := self._tags.get(piece.name)) and tag.verbatim:
                inner = [one.text for one in pieces[number + 1 : piece.pair]]
                self._make(frames[-1][2], piece, "".join(inner), position)
                position += sum(map(len, inner)) + len(pieces[piece.pair].text)
                number = piece.pair
            else:
                frames.append((piece, position, []))
            position += len(piece.text)
            number += 1
        return "".join(frames[0][2])

    def _make(self, before: list[str], piece: _Piece, inner: str | None, position: int) -> None:
        """Add what stands for a call to the text before it."""
        bare = self._syntax.bare
        if bare is not None and inner is None and not piece.rest.strip() and piece.name not in bare:
            before.append(piece.text)
            return
        if (tag := self._tags.get(piece.name)) is not None:
            words, named = arguments(piece.rest)
            made = tag.make(Call(piece.name, words, named, inner or "", _indent(before), self._params))
            if made is not None:
                before.append(
                    f'<a href="{escape(made)}">{escape(made)}</a>' if tag.is_url and _is_text(before) else made
                )
                return
        if piece.name not in self._reported:
            self._reported.add(piece.name)
            self._unknown(piece.name, position)
        before.append(inner or "")


def _is_text(before: Sequence[str]) -> bool:
    """Whether what comes now stands in text: not where a link leads, in an attribute or in code."""
    line = "".join(before[-3:]).rpartition("\n")[2]
    return not _TARGET.search(line) and line.count("`") % 2 == 0


def _indent(before: Sequence[str]) -> str:
    """Return what the line of a call begins with, where nothing else is before it: an indent, marks of quotes."""
    line = before[-1].rpartition("\n")[2] if before else ""
    return line if not line.strip(" \t>") else ""


def _after(before: Sequence[str], text: str) -> str:
    """Return text with an empty line before it where it follows a line that is a block.

    These systems put a call's HTML into the page when Markdown has been read; to CommonMark it would go on to the next
    empty line.
    """
    if not before or not before[-1].startswith(_BLOCK) or not _LINE_END.match(text):
        return text
    start = _LINE_START.fullmatch("".join(before[-2:-1]).rpartition("\n")[2])
    return f"\n{start['quotes']}{text}" if start else text


def arguments(rest: str) -> tuple[tuple[str, ...], dict[str, str]]:
    """Return the arguments without a name, and those with one."""
    words: list[str] = []
    named: dict[str, str] = {}
    for found in _ARGUMENT.finditer(rest):
        value = next((found[name] for name in ("single", "raw", "bare") if found[name] is not None), "")
        if found["double"] is not None:
            value = _ESCAPE.sub(r"\1", found["double"])
        if found["key"]:
            named.setdefault(found["key"], value if found["bare"] is None else value.rstrip(","))
        elif value:
            words.append(value)
    return tuple(words), named


def _pieces(body: str, syntax: Syntax) -> Iterator[_Piece]:
    position = 0
    code = iter(()) if syntax.in_code else code_ranges(body)
    start, end = next(code, (len(body), len(body)))
    for found in syntax.pattern.finditer(body):
        while end <= found.start() and start < len(body):
            start, end = next(code, (len(body), len(body)))
        if start <= found.start() < end:
            continue
        if found.start() > position:
            yield _Piece(body[position : found.start()])
        position = found.end()
        yield _piece(found)
    yield _Piece(body[position:])


def _piece(found: re.Match[str]) -> _Piece:
    parts = found.groupdict()
    whole = found[0]
    if escaped := parts.get("escaped"):
        # The comment that keeps a call from being one goes; WordPress has a second bracket.
        return _Piece(whole.replace(escaped, escaped[2:-2]) if escaped[:2] == "/*" else whole[1:-1])
    rest = (parts["rest"] or "").rstrip().rstrip("-")
    single = parts.get("mark") == "{{" or rest.endswith("/")
    return _Piece(whole, parts["name"] or "end", rest.removesuffix("/"), end=bool(parts.get("end")), single=single)


def _paired(pieces: list[_Piece]) -> list[_Piece]:
    """Return the pieces, ends knowing their beginnings and the other way around; an end without a name has the last."""
    waiting: list[int] = []
    names: Counter[str] = Counter()
    for number, piece in enumerate(pieces):
        if piece.name and not piece.end and not piece.single:
            waiting.append(number)
            names[piece.name] += 1
        elif piece.end and (names[piece.name] or piece.name == "end"):
            while waiting:
                opening = waiting.pop()
                names[pieces[opening].name] -= 1
                if piece.name in (pieces[opening].name, "end"):
                    pieces[opening] = _with_pair(pieces[opening], number)
                    pieces[number] = _with_pair(piece, opening)
                    break
    return pieces


def _with_pair(piece: _Piece, pair: int) -> _Piece:
    return replace(piece, pair=pair)


def code_ranges(body: str) -> Iterator[tuple[int, int]]:
    """Yield where code begins and ends: between fences, and in a line."""
    position, fence, begin = 0, "", 0
    for line in body.splitlines(keepends=True):
        found = _FENCE.match(line)
        if fence:
            if found and found[1].startswith(fence) and not line[found.end() :].strip("`~ \t\n"):
                yield begin, position + len(line)
                fence = ""
        elif found:
            fence, begin = found[1], position
        else:
            yield from ((position + span.start(), position + span.end()) for span in _CODE_SPAN.finditer(line))
        position += len(line)
    if fence:
        yield begin, len(body)
