"""Bytes that are no UTF-8 -> the encoding that they are most likely in, and their text.

A guess is made in families: where bytes beyond ASCII stand alone among letters, a text is in Latin letters, and cp1252
goes before its rarer relatives, as in browsers. What the post or the site says of its language decides between
relatives only: many sites in Chinese say that they are in English.
"""

import codecs
import re

_LATIN = ("cp1252", "cp1250", "iso8859-2", "cp1254", "cp1257", "cp1258")
_OTHER = ("cp1251", "koi8-r", "koi8-u", "cp866", "cp1253", "iso8859-7", "cp1255", "cp1256", "cp874")
_MULTIBYTE = ("gb18030", "big5hkscs", "cp932", "euc_jp", "cp949")
_LANGUAGES = {
    "gb18030": "zh", "cp932 euc_jp": "ja", "cp949": "ko", "cp1251 koi8-r": "be bg mk ru sr", "cp1251 koi8-u": "uk",
    "cp1250 iso8859-2": "bs cs hr hu pl ro sk sl sq", "cp1253 iso8859-7": "el", "cp1254": "az tr", "cp1255": "he yi",
    "cp1256": "ar fa ur", "cp1257": "et lt lv", "cp1258": "vi", "cp874": "th",
    "cp1252": "af ca da de en es eu fi fo fr ga gl is it nb nl nn no pt sv",
}  # fmt: skip
_BY_LANGUAGE = {
    language: tuple(encodings.split()) for encodings, languages in _LANGUAGES.items() for language in languages.split()
}
_SAME = {
    "ascii": "cp1252", "big5": "big5hkscs", "euc_kr": "cp949", "gb2312": "gb18030", "gbk": "gb18030",
    "iso8859-1": "cp1252", "iso8859-11": "cp874", "iso8859-9": "cp1254", "tis-620": "cp874",
    "ks_c_5601-1987": "cp949", "x-gbk": "gb18030",
    "windows-874": "cp874", "shift_jis": "cp932", "x-sjis": "cp932", "utf-16": "utf-8",
}  # fmt: skip
"""What browsers read for a name, where it is not what the name says."""
_DECLARED = re.compile(
    rb"(?im)^(?:#[^\n]{0,20}\bcoding[:=] *|(?:file)?(?:encoding|charset)[ \t]*[:=][ \t]*"
    rb"|[^\n]{0,200}<meta[^>\n]{0,80}charset=[ \t]*|[^\n]{0,8}<\?xml[^>\n]{0,80}encoding=)[\"']?([\w.-]+)"
)
_LANGUAGE = re.compile(rb"(?im)^[ \t]*(?:lang|language|locale)[ \t]*[:=][ \t]*[\"']?([a-z]{2,3}(?:[-_][\w-]+)?)")
_LATIN_RUN = 2.5
"""Bytes beyond ASCII in a row, on the average: fewer in Latin letters, more in all others."""
_RARITY = 1.8
"""How many times as likely one of its relatives must be to go before cp1252."""
_SAMPLE = 64 * 1024
"""Bytes that the guess looks at: enough to tell encodings apart, and a fixed cost."""
_OLD = ("mac_roman", "cp850")
"""What Macs and DOS wrote before: their letters are signs in the other's, and in cp1252."""
_INSIDE = re.compile(r"(?<=[^\W\d_A-Z])[^\x00-\x7f](?=[^\W\d_A-Z])")
"""A letter in a word of Latin letters, or what is read in its place."""
_LETTERS = frozenset("àáâãäåæçèéêëìíîïñòóôõöøùúûüýÿßœ")
_BETWEEN = frozenset("’‘´–—·")
"""Signs that may stand between letters, too."""
_OF_LATIN_9 = re.compile(rb"\xa4|(?<=[A-Za-z])[\xa8\xb8\xbd](?=[a-z])")
"""The euro, š, ž and œ where they stand in ISO 8859-15: no sign that anybody writes there in cp1252."""
_UNDEFINED = bytes((0x81, 0x8D, 0x8F, 0x90, 0x9D))
"""Bytes that mean nothing in cp1252; browsers read control characters, which no text keeps."""


def decoded(data: bytes, *, language: str = "", declared: str = "") -> tuple[str, str] | None:
    """Return the text and the name of the encoding, `None` where the bytes are damaged UTF-8, or no text.

    `language` is the site's, as a BCP 47 tag, and `declared` the encoding that the site names.
    """
    named = _DECLARED.search(data[:_SAMPLE])
    own = _LANGUAGE.search(data[:4096])
    for name in (named[1].decode("ascii") if named else "", declared):
        if (found := _codec(name)) and (text := decode(data, found)) is not None:
            return text, found
    legacy, rest = _other_lines(data)
    if legacy is None:
        return None
    found = _guess(legacy[:_SAMPLE], own[1].decode("ascii") if own else language)
    if not rest:
        text = decode(data, found) if found else None
        return None if text is None else (text, found)
    lines = [_line(line, found) for line in data.split(b"\n")]
    return "\n".join(lines), f"utf-8 and {found}"


def without_mark(data: bytes) -> str:
    """Return the encoding of a text of which UTF-8 would make something, an empty string for all others."""
    if b"\x1b$B" in data or b"\x1b$@" in data:
        return "iso2022_jp"
    start = data[:200]
    if start.count(0) * 3 > len(start):
        return "utf-16-le" if start[1::2].count(0) > start[::2].count(0) else "utf-16-be"
    return ""


def decode(data: bytes, encoding: str) -> str | None:
    """Return the text, `None` where the bytes are none in that encoding."""
    try:
        return (data.translate(None, _UNDEFINED) if encoding == "cp1252" else data).decode(encoding)
    except (UnicodeDecodeError, ValueError):
        return None


def _codec(name: str) -> str:
    try:
        found = codecs.lookup(_SAME.get(name.lower(), name or "-"))
    except LookupError:
        return ""
    # Codecs of bytes to bytes are no encodings.
    return _SAME.get(found.name, found.name) if found._is_text_encoding else ""  # noqa: SLF001


def _other_lines(data: bytes) -> tuple[bytes | None, bool]:
    """Return the bytes that are in another encoding than UTF-8, `None` for none, and whether other lines are UTF-8.

    A line with characters of UTF-8 and bytes that are none is damaged. A file is in two encodings where whole lines
    are in the one and whole lines in the other: its editor was changed.
    """
    sound = damaged = 0
    other: list[bytes] = []
    for line in data.split(b"\n"):
        if line.isascii():
            continue
        text = line.decode("utf-8", "replace")
        broken = _broken(line, text)
        whole = sum(character > "\x7f" for character in text) - broken
        sound += 0 if broken else whole
        damaged += broken
        if broken and whole * 4 <= broken:
            other.append(line)
    total = sum(byte > 0x7F for byte in data[:_SAMPLE])
    if sound >= 2 and sound * 8 >= total:
        return (b"\n".join(other), True) if other else (None, True)
    sample = data[:_SAMPLE]
    text = sample.decode("utf-8", "replace")
    is_utf8 = sum(character > "\x7f" for character in text) > 4 * _broken(sample, text)
    return (None, False) if is_utf8 else (data, False)


def _broken(data: bytes, text: str) -> int:
    """Return how often `text` has a sign for bytes that are no UTF-8; one that another program put there is sound."""
    return text.count("\ufffd") - data.count("\ufffd".encode())


def _line(line: bytes, encoding: str) -> str:
    text = decode(line, "utf-8")
    if text is None and encoding:
        damaged = line.decode("utf-8", "replace")
        broken = damaged.count("\ufffd")
        if (sum(character > "\x7f" for character in damaged) - broken) * 4 <= broken:
            text = decode(line, encoding)
    return line.decode("utf-8", "replace") if text is None else text


def _guess(data: bytes, language: str) -> str:
    """Return the likely encoding, or an empty string."""
    runs = re.findall(rb"[\x80-\xff]+", data)
    is_latin = sum(map(len, runs)) < _LATIN_RUN * len(runs)
    if is_latin and (old := _of_old_machines(data)):
        return old
    found = _detected(data, (*(_LATIN if is_latin else _OTHER), *_MULTIBYTE))
    wanted = _wanted(language, found)
    found = next((name for name in _ranked(data, wanted) if decode(data, name) is not None), found)
    is_latin_9 = found == "cp1252" and _OF_LATIN_9.search(data) and not re.search(rb"[\x80-\x9f]", data)
    return "iso8859-15" if is_latin_9 else found


def _of_old_machines(data: bytes) -> str:
    """Return the encoding in which words have letters where they have signs in cp1252, or an empty string."""
    if _sense(data.decode("cp1252", "replace")) >= 0:
        return ""
    sense = {name: _sense(data.decode(name, "replace")) for name in _OLD}
    best = max(sense, key=lambda name: sense[name])
    return best if sense[best] > 1 else ""


def _sense(text: str) -> int:
    """Return how many letters of the West stand in words, less what cannot stand there."""
    found = [character for character in _INSIDE.findall(text) if character not in _BETWEEN]
    return sum(1 if character in _LETTERS else -1 for character in found)


def _wanted(language: str, found: str) -> tuple[str, ...]:
    """Return the encodings of a language, where what was found may be one of them that was mistaken."""
    tag = language.lower().replace("_", "-")
    names = _BY_LANGUAGE.get(tag.partition("-")[0], ())
    if found in _MULTIBYTE:
        return tuple(name for name in names if name in _OTHER)
    return tuple(name for name in names if (name in _LATIN) == (found in _LATIN))


def _ranked(data: bytes, names: tuple[str, ...]) -> tuple[str, ...]:
    if len(names) < 2:
        return names
    return tuple(dict.fromkeys((_detected(data, names), *names)))


def _detected(data: bytes, names: tuple[str, ...]) -> str:
    from chardet import detect_all  # almost every file is UTF-8

    # It spells one of them in its own way.
    known = tuple(name.replace("euc_", "euc-") for name in names)
    found = detect_all(data, ignore_threshold=True, include_encodings=known, no_match_encoding=known[0])
    likely = {_codec(str(one["encoding"])): one["confidence"] for one in reversed(found)}
    best = max(likely, key=lambda name: likely[name])
    is_close = best in _LATIN and likely.get("cp1252", 0) * _RARITY >= likely[best]
    return "cp1252" if is_close else best
