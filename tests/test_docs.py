"""The documentation is complete, and its examples run."""

import importlib.metadata
import re
import tomllib
from pathlib import Path

import click
import pytest

import converter
from converter.cli import cli
from converter.config import State, _File
from converter.config.mail import Mail
from converter.config.publish import _Table as publish
from converter.config.renamed import RENAMED
from converter.diagnostics import Code
from converter.digest import DigestSpec
from converter.images.policy import ImagePolicy
from converter.pipeline.report import BUG, EMPTY, FAILED, OK, WARNED
from converter.reading import CleaningRule
from converter.writers import registry

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"


@pytest.mark.parametrize("name", sorted(cli.commands))
def test_every_command_and_option_is_documented(name: str) -> None:
    text = (DOCS / "cli.md").read_text("utf-8")
    command = cli.commands[name]

    assert f"## converter {name}" in text
    assert command.help
    for option in command.params:
        if isinstance(option, click.Option):
            assert option.help
            assert any(f"`{name}" in text for name in option.opts), f"{option.opts} is not in docs/cli.md"
            assert f"CONVERTER_{max(option.opts, key=len).lstrip('-').replace('-', '_').upper()}" == option.envvar


def test_every_exit_status_is_documented() -> None:
    rows = re.findall(r"^\| (\d+)(?:, (\d+))? \|", (DOCS / "cli.md").read_text("utf-8"), re.MULTILINE)
    documented = {int(number) for row in rows for number in row if number}

    assert {OK, FAILED, 2, WARNED, EMPTY, BUG, 130, 143} == documented


def test_every_key_of_the_configuration_is_documented() -> None:
    text = (DOCS / "configuration.md").read_text("utf-8")
    [example] = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    table = tomllib.loads(example)

    assert set(_File.__struct_fields__) == set(table)
    assert set(DigestSpec.__struct_fields__) == set(table["digest"][0])
    assert set(ImagePolicy.__struct_fields__) == set(table["images"])
    assert set(State.__struct_fields__) == set(table["state"])
    assert set(Mail.__struct_encode_fields__) == set(table["mail"])
    assert set(publish.__struct_fields__) == set(table["publish"])
    assert set(CleaningRule.__struct_fields__) == {key for rule in table["clean"] for key in rule}


@pytest.mark.parametrize("plugin", registry.plugins(), ids=lambda plugin: plugin.name)
def test_every_option_of_a_writer_is_documented(plugin: registry.Plugin) -> None:
    text = (DOCS / f"{plugin.name}.md").read_text("utf-8")

    for field in registry.writer_type(plugin.name).__struct_fields__:
        assert f"`{field}`" in text, f"the option {field} is not in docs/{plugin.name}.md"


@pytest.mark.parametrize("code", list(Code))
def test_every_diagnostic_has_a_sentence_an_example_and_a_remedy(code: Code) -> None:
    text = (DOCS / "diagnostics.md").read_text("utf-8")
    sections = dict(re.findall(r"^## ([\w-]+)\n(.*?)(?=^## |\Z)", text, re.DOTALL | re.MULTILINE))

    assert code.value in sections, f"{code} is not in docs/diagnostics.md"
    body = sections[code.value]
    assert body.strip().startswith(f"*{code.severity.value}*")
    assert "```" in body
    assert "**What to do:**" in body


def test_the_diagnostics_page_knows_no_other_codes() -> None:
    named = re.findall(r"^## ([\w-]+)$", (DOCS / "diagnostics.md").read_text("utf-8"), re.MULTILINE)

    assert sorted(code.value for code in Code) == sorted(named)


@pytest.mark.parametrize("names", RENAMED.items(), ids=lambda names: names[0])
def test_every_option_that_was_renamed_is_on_the_page(names: tuple[str, str]) -> None:
    text = (DOCS / "diagnostics.md").read_text("utf-8")
    [section] = re.findall(r"^## option-renamed\n(.*?)(?=^## )", text, re.DOTALL | re.MULTILINE)

    assert all(f"`{name.rpartition('.')[2]}`" in section for name in names)


def test_public_names_are_there_and_no_others() -> None:
    assert sorted(converter.__all__, key=str.lower) == converter.__all__
    for name in converter.__all__:
        assert getattr(converter, name) is not None
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        converter.nothing  # noqa: B018


def test_the_version_is_the_same_everywhere() -> None:
    assert importlib.metadata.version("digest-converter") == converter.__version__
    assert f"## {converter.__version__}" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def relative_links() -> list[tuple[str, str]]:
    files = [*ROOT.glob("*.md"), *DOCS.glob("*.md")]
    pattern = re.compile(r"(?<!`)\]\((?!https?:|#|mailto:)([^)\s]+)\)")
    fenced = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
    texts = {str(file.relative_to(ROOT)): fenced.sub("", file.read_text("utf-8")) for file in files}
    return [(name, link) for name, text in texts.items() for link in pattern.findall(text)]


@pytest.mark.parametrize(("file", "link"), relative_links())
def test_links_between_pages_lead_somewhere(file: str, link: str) -> None:
    assert ((ROOT / file).parent / link.partition("#")[0]).exists()
