"""`converter explain`: what the codes of diagnostics mean, as docs/diagnostics.md says it."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import click

_PACKAGED = Path(__file__).parent.parent / "_docs"
_PAGE = (_PACKAGED if _PACKAGED.is_dir() else Path(__file__).parents[2] / "docs") / "diagnostics.md"
"""Inside an installed wheel, else beside the sources."""
_MAX_SIZE = 1 << 20

_SECTION = re.compile(r"^## ([\w-]+)\n(.*?)(?=^##? |\Z)", re.DOTALL | re.MULTILINE)
_MEANING = re.compile(r"\A\*\w+\* – ([^`]*?(?:`[^`]*`[^`]*?)*?\.)(?=\s)")
_LINK = re.compile(r"(?<!!)\[([^\]]*)\]\((?:[\w-]+\.md)?(?:#[\w-]*)?\)")
"""To another page, which is not at hand."""


@click.command()
@click.argument("code", required=False, metavar="[CODE]")
def explain(*, code: str | None) -> None:
    """Say what a diagnostic means and what to do about it; without CODE, list all of them."""
    if code is None:
        for name in sections():
            click.echo(f"{name:<22} {meaning(name)}")
        return
    click.echo(f"{_known(code)}\n\n{explanation(_known(code))}")


@cache
def sections() -> dict[str, str]:
    """Return what the page says of each code, as Markdown without links."""
    from converter.storage import read_named

    page = read_named(str(_PAGE), _MAX_SIZE).decode("utf-8")
    return {name: _LINK.sub(r"\1", text).strip() for name, text in _SECTION.findall(page)}


def explanation(code: str) -> str:
    """Return what the page says of a code: what it means, an example, what to do."""
    return sections()[code]


def meaning(code: str) -> str:
    """Return the first sentence of that, in one line."""
    found = _MEANING.match(sections()[code])
    return " ".join(found[1].split()) if found else ""


def _known(code: str) -> str:
    """Return a code as it is written. Raises `UsageError` for one that is none, with the one that was meant."""
    import difflib

    from converter.diagnostics import Code, UsageError

    name = code.strip().strip("[]").lower().replace("_", "-")
    if name in sections():
        return name
    near = difflib.get_close_matches(name, sections(), 1)
    hint = f"did you mean '{near[0]}'?" if near else "`converter explain` lists all"
    raise UsageError(Code.USAGE, f"there is no diagnostic '{code}'", hint=hint)
