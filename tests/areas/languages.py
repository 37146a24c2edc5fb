"""The language that a text tells of itself, line by line, and the direction that it is written in."""

from converter.model import direction_of
from converter.reading.language import language_of
from tests.test_cases import Case


def run(case: Case) -> str:
    lines = case.input.rstrip("\n").split("\n")
    if "tags" in case.settings:
        return "\n".join(f"{tag}: {direction_of(tag)}" for tag in lines)
    return "\n".join(f"{(tag := language_of(line))} {direction_of(tag)}: {line}" for line in lines)
