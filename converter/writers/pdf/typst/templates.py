"""Reads the Typst files of a theme, and refuses what could lead out of the folder that Typst is given."""

import re

from converter.diagnostics import Code, WriterError
from converter.themes import Theme

_WORD = re.compile(r"(?<![\w-])(?:import|include|eval|std)(?![\w-])")
_FILE = re.compile(r"(?:import|include)\s+\"(?P<name>[\w-]+\.typ)\"")


def files_of(theme: Theme, name: str) -> dict[str, bytes]:
    """Return the file `name` in the folder `pdf` of a theme, with all that it imports, by their names.

    Typst reads no file outside of its root, but it fetches packages that a file imports, and knows no switch for that.
    So an import may name nothing but another file of the theme, and the two ways around that, `eval` and `std`, may not
    be used. Raises `WriterError` for a file that breaks this rule, wherever the words stand.
    """
    found: dict[str, bytes] = {}
    wanted = [name]
    while wanted:
        name = wanted.pop()
        if name not in found:
            found[name] = theme.read(f"pdf/{name}")
            wanted += _imports(found[name].decode("utf-8", "replace"), name, theme)
    return found


def _imports(text: str, name: str, theme: Theme) -> list[str]:
    found = []
    for word in _WORD.finditer(text):
        named = _FILE.match(text, word.start())
        if named is None:
            line = text.count("\n", 0, word.start()) + 1
            raise WriterError(
                Code.CONFIG_INVALID,
                f"file 'pdf/{name}' of theme '{theme.name}' may not say '{word[0]}' here",
                line=line,
                hint='only files of the theme can be used, as in import "nodes.typ"; packages, eval and std cannot',
            )
        found.append(named["name"])
    return found
