"""Turns BCP 47 tags into what Typst says of a language: code, region, direction, and whose faces it is set in."""

from converter.model import Direction, direction_of
from converter.writers.fonts import entry_for

Tongue = dict[str, str]


def tongue(tag: str, direction: Direction | None = None) -> Tongue:
    """Return the language of a passage. Typst has no scripts: Chinese in traditional letters is that of Taiwan."""
    first, *rest = tag.split("-")
    code = first.lower() if first.isascii() and first.isalpha() and 2 <= len(first) <= 3 else ""
    region = next((part.lower() for part in rest if len(part) == 2 and part.isascii() and part.isalpha()), "")
    if code == "zh" and not region:
        region = "tw" if "hant" in {part.lower() for part in rest} else "cn"
    return {"code": code, "region": region, "face": entry_for(tag), "dir": direction or direction_of(tag)}
