"""docs/api.md says what the docstrings of the public names say; `--update-golden` writes it."""

import ast
import enum
import inspect
import re
import textwrap
from types import FunctionType
from typing import Any

import pytest

import converter
from converter.diagnostics import Code
from tests.conftest import ROOT

PAGE = ROOT / "docs/api.md"
HEAD = """# API reference

<!-- Made of the docstrings by tests/test_docs_api.py: change them, and run it with --update-golden. -->

What `import converter` has, and other programs may count on. How it is used is in [From Python](library.md), the nodes
of posts are in [the model](model.md), and all codes of diagnostics in [Diagnostics](diagnostics.md). What stands after
a star is given by name.
"""
GROUPS = {
    "From posts to books": (
        "load_posts",
        "read_post",
        "link_posts",
        "compile_digests",
        "render",
        "render_files",
        "with_images",
    ),
    "A whole run": ("load_config", "build", "Options", "Config", "Report", "DigestSpec", "CleaningRule"),
    "What comes back": (
        "Loaded",
        "Post",
        "Metadata",
        "Asset",
        "Digest",
        "Section",
        "Period",
        "PeriodKind",
        "Site",
        "File",
    ),
    "Bad news": ("Diagnostic", "Severity", "Code", "ConverterError", "SourceError", "WriterError", "UsageError"),
}


def page() -> str:
    """Return the page that the docstrings make."""
    sections = (f"## {title}\n\n{''.join(map(entry, names))}" for title, names in GROUPS.items())
    return "\n".join((HEAD, *sections)).rstrip() + "\n"


def entry(name: str) -> str:
    """Return what there is to say of a name."""
    value = getattr(converter, name)
    said = inspect.cleandoc(value.__doc__ or "")
    if isinstance(value, FunctionType):
        return f"### `{name}`\n\n```python\n{signature(name, value)}\n```\n\n{said}\n\n"
    fields = "" if value is Code else "".join(f"- {line}\n" for line in members(value))
    methods = "".join(
        f"- `{signature(each, method)}`: {inspect.cleandoc(method.__doc__ or '').partition(chr(10))[0]}\n"
        for each, method in inspect.getmembers(value, inspect.isroutine)
        if not each.startswith("_") and each in own_names(value) and method.__doc__
    )
    return f"### `{name}`\n\n{said}\n\n{fields}{methods}\n" if fields or methods else f"### `{name}`\n\n{said}\n\n"


def signature(name: str, function: Any) -> str:
    """Return how a function is called, a parameter a line where it is long. Defaults are as the source has them."""
    source = textwrap.dedent(inspect.getsource(function))
    [node] = [each for each in ast.parse(source).body if isinstance(each, ast.FunctionDef)]
    arguments = parameters(re.sub(r"^(?:self|cls)(?:, )?", "", ast.unparse(node.args)))
    result = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    line = f"{name}({', '.join(arguments)}){result}"
    lines = "".join(f"    {each},\n" for each in arguments)
    return line if len(line) <= 100 else f"{name}(\n{lines}){result}"


def parameters(arguments: str) -> list[str]:
    """Return the parameters: a comma divides them where it is in no bracket."""
    parts, depth = [""], 0
    for character in arguments:
        depth += (character in "([{") - (character in ")]}")
        if character == "," and not depth:
            parts.append("")
        else:
            parts[-1] += character
    return [re.sub(r"^(\w+: .*?)=", r"\1 = ", part.strip()) for part in parts if part.strip()]


def members(kind: type) -> list[str]:
    """Return the fields of a type, or the values of an enumeration, each with its type, default and docstring."""
    found = []
    for owner in reversed(kind.__mro__):
        if not owner.__module__.startswith("converter"):
            continue
        [tree] = ast.parse(textwrap.dedent(inspect.getsource(owner))).body
        assert isinstance(tree, ast.ClassDef)
        for node, after in zip(tree.body, [*tree.body[1:], None], strict=True):
            if (
                isinstance(node, ast.AnnAssign)
                and isinstance(node.target, ast.Name)
                and not node.target.id.startswith("_")
            ):
                default = f" = {ast.unparse(node.value)}" if node.value else ""
                found.append(f"`{node.target.id}: {ast.unparse(node.annotation)}{default}`{said_by(after)}")
            elif isinstance(node, ast.Assign) and issubclass(kind, enum.Enum) and isinstance(node.targets[0], ast.Name):
                found.append(f"`{node.targets[0].id}`{said_by(after)}")
    return found


def own_names(kind: type) -> set[str]:
    """Return the names that our own classes define."""
    return {name for owner in kind.__mro__ if owner.__module__.startswith("converter") for name in vars(owner)}


def said_by(node: ast.stmt | None) -> str:
    """Return the docstring that follows a field."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
        return f": {' '.join(node.value.value.split())}"
    return ""


def test_the_page_has_every_public_name() -> None:
    assert sorted(converter.__all__) == sorted(name for names in GROUPS.values() for name in names)


def test_the_page_says_what_the_docstrings_say(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--update-golden"):
        PAGE.write_text(page(), "utf-8")

    assert PAGE.read_text("utf-8") == page()


@pytest.mark.parametrize("name", converter.__all__)
def test_every_public_name_says_what_it_is(name: str) -> None:
    assert inspect.getdoc(getattr(converter, name))
