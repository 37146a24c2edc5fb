"""Headers with faults -> the faults, and the same file without them."""

import codecs
import re
from collections.abc import Iterator

from converter.diagnostics import Code, ConverterError, Diagnostic
from converter.model import Site
from converter.reading import SourceFile, read
from converter.reading.front_matter.parse import CUT_BY_HASH, PARSERS, read_pairs
from converter.reading.front_matter.recovery import Chunk, is_comment, recover
from converter.reading.front_matter.split import Format, Parts, split_front_matter
from converter.reading.source import encoding_of
from converter.reading.yaml_values import Value

_FAULTS = frozenset({Code.FRONT_MATTER_REPAIRED, Code.FRONT_MATTER_VALUE})
_LINE = re.compile(r"([^\r\n]*)(\r\n|\n|\r|\Z)")
_MARK = "\ufeff"
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}:\d{2})?(?: ?(?:Z|[+-]\d{2}:?\d{2}))?")


def find_faults(source: SourceFile, site: Site) -> tuple[Diagnostic, ...]:
    """Return the faults of front matter, those that `fix_front_matter` repairs, in the order of their lines."""
    found: list[Diagnostic] = []
    try:
        read(source, site, found.append)
    except ConverterError:
        return ()
    marked = {Code.ENCODING_REPAIRED} if source.data.startswith(codecs.BOM_UTF8) else set[Code]()
    return tuple(
        sorted((one for one in found if one.code in _FAULTS | marked), key=lambda one: (one.line or 0, one.column or 0))
    )


def fix_front_matter(data: bytes) -> bytes:
    """Return the file with the broken lines of its front matter written anew, and all else byte for byte as it was.

    What cannot be read without loss stays as it is. A second time nothing changes.
    """
    encoding = encoding_of(data)
    if encoding is None:
        return data
    text = data.decode(encoding)
    lines = _LINE.findall(text.removeprefix(_MARK))
    parts = split_front_matter("\n".join(line for line, _ in lines))
    written = None if parts.format is None else _repaired(parts)
    if written is None or (written == parts.front_matter.split("\n")[:-1] and parts.closed and not parts.blank_lines):
        return data.removeprefix(_MARK.encode()) if parts.format and encoding == "utf-8" else data
    start, count = parts.front_matter_line - 1, parts.front_matter.count("\n")
    line_end = lines[start - 1][1] or "\n"
    kept = dict(zip(parts.front_matter.split("\n"), lines[start : start + count], strict=False))
    fence = () if parts.closed else ((lines[start - 1][0], line_end),)
    new = (*(kept.get(line, (line, line_end)) for line in written), *fence)
    whole = (*lines[parts.blank_lines : start], *new, *lines[start + count :])
    repaired = "".join(line + end for line, end in whole)
    # Front matter of mere noise may be beyond help; it is better left as its author knows it.
    return repaired.encode(encoding) if _is_sound(repaired) else data


def _is_sound(text: str) -> bool:
    parts = split_front_matter(text.replace("\r\n", "\n").replace("\r", "\n"))
    return parts.format is not None and parts.closed and not parts.blank_lines and not read_pairs(parts)[1]


def _repaired(parts: Parts) -> list[str] | None:
    """Return the lines of the front matter as they should be, `None` for JSON, which is right or no front matter."""
    if parts.format == "json":
        return None
    pairs, repairs = read_pairs(parts)
    titles = [key for key, value, _ in pairs if key.lower() == "title" and isinstance(value, tuple)]
    if not repairs and not titles:
        return parts.front_matter.split("\n")[:-1]
    chunks = recover(parts.front_matter.removesuffix("\n"), PARSERS[parts.format])
    last = {chunk.key: number for number, chunk in enumerate(chunks)}
    return [
        line
        for number, chunk in enumerate(chunks)
        if not chunk.key or last[chunk.key] == number
        for line in _lines(chunk, parts.format)
    ]


def _lines(chunk: Chunk, format_: Format | None) -> Iterator[str]:
    """Yield the lines of a key, written anew where they are broken."""
    cut = CUT_BY_HASH.fullmatch(chunk.lines[0])
    if not chunk.key:
        yield from (line if is_comment(line) or chunk.repair is None else f"# {line}" for line in chunk.lines)
    elif cut is not None and format_ == "yaml":
        yield _line(chunk.key, cut["value"].rstrip(), format_)
        yield from chunk.lines[1:]
    elif chunk.key.lower() == "title" and isinstance(chunk.value, tuple):
        yield _line(chunk.key, f"[{', '.join(str(part) for part in chunk.value)}]", format_)
    elif chunk.repair is None:
        yield from chunk.lines
    else:
        yield _line(chunk.key, chunk.value, format_)
        yield from (line for line in chunk.lines[1:] if is_comment(line))


def _line(key: str, value: Value, format_: Format | None) -> str:
    mark = " = " if format_ == "toml" else ": "
    if isinstance(value, tuple):
        return f"{key}{mark}[{', '.join(_scalar(item) for item in value)}]"
    return f"{key}{mark}{_scalar(value)}"


def _scalar(value: Value) -> str:
    text = value if isinstance(value, str) else ""
    if _DATE.fullmatch(text):
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t")
    return f'"{escaped}"'
