"""Texts in other encodings. A line of the input is a file; the output is what is read, and in which encoding.

Settings: `encoding` (of the files), `language` (of the site). What `verify` reads otherwise is said behind `!`.
"""

from converter.diagnostics import Diagnostic
from converter.reading.source import decode
from converter.verify.encodings import text_of_bytes
from tests.test_cases import Case


def run(case: Case) -> str:
    lines = case.input.rstrip("\n").split("\n")
    return "\n".join(_read(line.encode(case.settings["encoding"]), case.settings.get("language", "")) for line in lines)


def _read(data: bytes, language: str) -> str:
    found: list[Diagnostic] = []
    text = decode(data, file="a.md", warn=found.append, language=language)
    encoding = found[0].message.removeprefix("the text was read as ") if found else "utf-8"
    seen = text_of_bytes(data)
    return f"{encoding}: {text}" + (f" ! {seen}" if seen != text and not language else "")
