"""The bytes of a source -> its text, guessed without the converter's own reader."""

import codecs
import re

_WEB = {
    "Latin": ("cp1252", "cp1250", "iso8859-2", "cp1254", "cp1257"),
    "other": ("cp1251", "koi8-r", "cp1253", "cp1255", "cp1256", "cp874"),
    "multibyte": ("gb18030", "big5hkscs", "cp932", "euc-jp", "cp949"),
}
_RARITY = 1.8
_IN_WORDS = re.compile(r"(?<=[^\W\d_A-Z])(?:([àâäåæçèéêëîïñóôöøùúûüáíìòãõßœ])|[^\x00-\x7f’‘´–—·])(?=[^\W\d_A-Z])")


def text_of_bytes(data: bytes) -> str:
    """Return the text: UTF-8, else UTF-8 and another encoding line by line, else the other encoding."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace")
    if b"\x1b$" in data:
        return data.decode("iso2022_jp", "replace")
    if data[1:200:2].count(0) * 3 > len(data[1:200:2]):
        return data.decode("utf-16-le", "replace")
    text = data.decode("utf-8-sig", "replace")
    if "\ufffd" in text:
        good, bad = _counts(data, text)
        text = _by_lines(data) if good * 2 >= bad else data.decode(_encoding(data), "replace")
    return text


def _by_lines(data: bytes) -> str:
    lines = [(line, line.decode("utf-8", "replace")) for line in data.split(b"\n")]
    other = [line for line, text in lines if _is_other(line, text)]
    encoding = _encoding(b"\n".join(other)) if other else "utf-8"
    return "\n".join(line.decode(encoding, "replace") if _is_other(line, text) else text for line, text in lines)


def _is_other(data: bytes, text: str) -> bool:
    good, bad = _counts(data, text)
    return bad > good


def _counts(data: bytes, text: str) -> tuple[int, int]:
    """Return how many characters beyond ASCII are what UTF-8 says, and how many are nothing.

    One that another program put for what it could not read is what UTF-8 says.
    """
    bad = text.count("\ufffd") - data.count("\ufffd".encode())
    return sum(character > "\x7f" for character in text) - bad, bad


def _encoding(data: bytes) -> str:
    """Return the likely encoding. Latin letters beyond ASCII stand alone; cp1252 goes before its rarer relatives."""
    from chardet import detect_all  # almost every file is UTF-8

    runs = re.findall(rb"[\x80-\xff]+", data)
    script = "Latin" if sum(map(len, runs)) < 2.5 * len(runs) else "other"
    if script == "Latin" and _sense(data, "cp1252") < 0:
        old = max(("mac_roman", "cp850"), key=lambda name: _sense(data, name))
        if _sense(data, old) > 1:
            return old
    names = (*_WEB[script], *_WEB["multibyte"])
    found = detect_all(data, ignore_threshold=True, include_encodings=names, no_match_encoding=names[0])
    ranks = {codecs.lookup(str(one["encoding"])).name: one["confidence"] for one in reversed(found) if one["encoding"]}
    if not ranks:
        return "utf-8"
    best = max(ranks, key=lambda name: ranks[name])
    is_latin = best in {codecs.lookup(name).name for name in _WEB["Latin"]}
    if not is_latin or ranks.get("cp1252", 0) * _RARITY < ranks[best]:
        return best
    return (
        "iso8859-15" if re.search(rb"\xa4|[a-z]\xbd[a-z]", data) and not re.search(rb"[\x80-\x9f]", data) else "cp1252"
    )


def _sense(data: bytes, encoding: str) -> int:
    """Return how many letters beyond ASCII stand between letters, less the other signs there."""
    found = _IN_WORDS.findall(data.decode(encoding, "replace"))
    return sum(1 if letter else -1 for letter in found)
