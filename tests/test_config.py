"""Files and options to a configuration: what wins, and how a mistake is named."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from msgspec.structs import replace

from converter.config import Config, Options, load_config
from converter.config.renamed import RENAMED
from converter.config.tables import is_path
from converter.diagnostics import UsageError
from converter.digest import DigestSpec, GroupBy
from converter.images.policy import ImagePolicy
from converter.model import PeriodKind
from converter.storage.cache import LIMIT, Cache
from converter.writers.registry import plugins, writer_type

VALUES = {
    "output.epub.neighbours": "false",
    "output.markdown.missing_pictures": '"words"',
    "output.markdown.remote_pictures": '"image"',
    "output.pdf.cache": '"pages"',
}
"""For options that are no numbers."""


def configured(folder: Path, text: str, **options: Any) -> Config:
    (folder / "converter.toml").write_text(text, "utf-8")
    return load_config(None, Options(sources=(str(folder),), **options))


def mistake(folder: Path, text: str) -> str:
    with pytest.raises(UsageError) as caught:
        configured(folder, text)
    assert 2 == caught.value.exit_status
    return str(caught.value).replace(str(folder), "")


def test_without_a_file_everything_has_a_default(tmp_path: Path) -> None:
    config = load_config(None, Options(sources=(str(tmp_path),)))

    assert ["epub", "markdown", "pdf"] == list(config.writers)
    assert (DigestSpec(),) == config.digests
    assert ("out", "default", 1) == (config.output, config.theme, config.jobs)


def test_the_nearest_file_upward_is_found(tmp_path: Path) -> None:
    (tmp_path / "converter.toml").write_text('formats = ["markdown"]', "utf-8")
    (tmp_path / "_posts").mkdir()

    config = load_config(None, Options(sources=(str(tmp_path / "_posts"),)))

    assert ["markdown"] == list(config.writers)


def test_paths_in_the_file_are_relative_to_it(tmp_path: Path) -> None:
    (tmp_path / "converter.toml").write_text(
        'sources = ["posts"]\noutput_folder = "books"\nformats = ["markdown"]', "utf-8"
    )

    config = load_config(str(tmp_path / "converter.toml"))

    assert (str(tmp_path / "posts"),) == config.sources
    assert str(tmp_path / "books") == config.output


@pytest.mark.parametrize("name", ["images", *(f"output.{plugin.name}" for plugin in plugins())])
def test_every_path_among_the_options_is_relative_to_the_file(name: str, tmp_path: Path) -> None:
    _, _, writer = name.partition(".")
    hints = get_type_hints(writer_type(writer) if writer else ImagePolicy, include_extras=True)
    paths = [key for key, hint in hints.items() if any(map(is_path, getattr(hint, "__metadata__", ())))]
    lines = "".join(f'{key} = "here/{key}"\n' for key in paths)
    (tmp_path / "converter.toml").write_text(f"[{name}]\n{lines}", "utf-8")

    config = load_config(str(tmp_path / "converter.toml"))

    options = config.writers[writer] if writer else config.images
    assert [str(tmp_path / "here" / key) for key in paths] == [getattr(options, key) for key in paths]
    assert ("cache" in hints) == ("cache" in paths)  # pictures that were fetched


def test_a_path_among_the_options_may_be_absolute_or_empty(tmp_path: Path) -> None:
    config = configured(tmp_path, '[images]\ncache = "/a/b"\n')
    empty = configured(tmp_path, '[images]\ncache = ""\n')

    assert ("/a/b", "") == (config.images.cache, empty.images.cache)


@pytest.mark.parametrize(
    ("text", "options", "folder", "limit", "is_named"),
    [
        ("", {}, "", LIMIT, False),
        ("", {"default_cache": "/d"}, "/d", LIMIT, False),
        ('cache = "c"\ncache_limit = 5\n', {"default_cache": "/d"}, "{here}/c", 5, True),
        ('cache = ""\n', {"default_cache": "/d"}, "", LIMIT, True),
        ('cache = "c"\n', {"cache": "/o", "cache_limit": 7}, "/o", 7, True),
        ('cache = "c"\n', {"cache": "", "default_cache": "/d"}, "", LIMIT, True),
    ],
)
def test_a_cache_is_what_the_command_says_else_the_file_else_the_default(
    tmp_path: Path, text: str, options: dict[str, Any], folder: str, limit: int, is_named: bool
) -> None:
    config = configured(tmp_path, text, **options)

    assert Cache(folder.format(here=tmp_path), limit, is_named=is_named) == config.cache


def test_two_writers_of_one_suffix_are_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(writer_type("markdown"), "suffix", ".PDF")

    found = mistake(tmp_path, 'formats = ["markdown", "pdf"]')

    assert "the writers markdown and pdf would replace each other's files: all end in '.pdf'" in found


def test_an_option_wins_over_every_digest_of_the_file(tmp_path: Path) -> None:
    text = '[output.markdown]\n[[digest]]\nname = "a"\nperiod = "week"\n[[digest]]\nname = "b"\ngroup_by = "tag"\n'

    config = configured(tmp_path, text, period=PeriodKind.DAY, since=date(2024, 5, 1))

    assert [PeriodKind.DAY, PeriodKind.DAY] == [spec.period for spec in config.digests]
    assert [GroupBy.CATEGORY, GroupBy.TAG] == [spec.group_by for spec in config.digests]
    assert {date(2024, 5, 1)} == {spec.since for spec in config.digests}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('teme = "x"', "/converter.toml:1: error: there is no key 'teme' [config-invalid] (did you mean 'theme'?)"),
        (
            '[site]\n\ntimezon = "UTC"',
            "/converter.toml:3: error: [site] has no key 'timezon' [config-invalid] (did you mean 'timezone'?)",
        ),
        (
            "[output.markdwn]",
            "/converter.toml:1: error: [output] has no key 'markdwn' [config-invalid] (did you mean 'markdown'?)",
        ),
        (
            '[output.markdown]\n[[digest]]\nperod = "day"',
            "/converter.toml:3: error: [[digest]] has no key 'perod' [config-invalid] (did you mean 'period'?)",
        ),
    ],
)
def test_a_misspelt_key_is_an_error_that_names_its_neighbour(tmp_path: Path, text: str, message: str) -> None:
    assert message == mistake(tmp_path, text)


def test_an_unknown_option_of_a_writer_names_its_line(tmp_path: Path) -> None:
    message = mistake(tmp_path, '[output.markdown]\n\ndialct = "gfm"\n')

    assert message.startswith("/converter.toml:3: error: [output.markdown] has no key 'dialct'")
    assert "did you mean 'dialect'?" in message


def test_a_value_of_the_wrong_kind_names_key_and_line(tmp_path: Path) -> None:
    message = mistake(tmp_path, '[output.markdown]\n[[digest]]\nperiod = "fortnight"\n')

    assert message == (
        "/converter.toml:3: error: [[digest]] period: 'fortnight' is none of the choices [config-invalid] "
        "(it is one of: none, day, week, month, quarter, year)"
    )


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            'output = "out"',
            "1: error: output: a table is wanted, and this is a text in quotes … below a line [output])",
        ),
        ('[output]\nformats = ["epub"]', "1: error: output.…: a table is wanted, and this is a list … [output.NAME])"),
        ('[output.epub]\nmegabytes = "5"', "megabytes: a whole number is wanted, and this is a text in quotes"),
        ("[output.pdf]\njustify = 1", "[output.pdf] justify: true or false is wanted, and this is a whole number"),
        ("[[digest]]\nlimit = -1", "[[digest]] limit: a whole number of at least 0 is wanted"),
        ('[[digest]]\ntags = "news"', "[[digest]] tags: a list is wanted, and this is a text in quotes"),
        ('[output.epub]\nprofile = "nook"', "'nook' is none of the choices … one of: generic, kindle, kobo, small)"),
    ],
)
def test_a_mistake_is_named_in_the_words_of_the_file(text: str, wanted: str, tmp_path: Path) -> None:
    message = mistake(tmp_path, text)

    assert all(part in message for part in wanted.split(" … ")), message


def test_a_file_that_is_no_toml_names_the_line(tmp_path: Path) -> None:
    assert mistake(tmp_path, "formats = [\n\n=\n").startswith("/converter.toml:3: error: this is not valid TOML")


def test_rules_and_policies_are_read_and_checked(tmp_path: Path) -> None:
    rules = '[output.markdown]\n[[clean]]\nselector = "div.share"\naction = "remove"\n[images]\nmissing = "drop"\n'

    config = configured(tmp_path, rules)

    assert [("div.share", "remove")] == [(rule.selector, rule.action) for rule in config.clean]
    assert "drop" == config.images.missing
    assert "did you mean 'title'?" in mistake(tmp_path, "[output.markdown]\n[limits]\ntitel = 1\n")
    assert "did you mean 'missing'?" in mistake(tmp_path, "[output.markdown]\n[images]\nmising = 'drop'\n")
    assert "[[clean]] p[: the selector is not a valid CSS selector" in mistake(
        tmp_path, '[output.markdown]\n[[clean]]\nselector = "p["\naction = "remove"\n'
    )


def test_two_digests_may_not_overwrite_each_other(tmp_path: Path) -> None:
    text = '[output.markdown]\n[[digest]]\nperiod = "day"\n[[digest]]\nperiod = "day"\ngroup_by = "tag"\n'

    assert "would overwrite each other" in mistake(tmp_path, text)


def test_a_format_that_nobody_writes_names_the_others(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="unknown writer 'docx'") as caught:
        load_config(None, Options(sources=(str(tmp_path),), formats=("docx",)))
    assert "epub, html, markdown, pdf" in (caught.value.diagnostic.hint or "")


def test_source_date_epoch_stands_for_now(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1717243200")
    assert datetime(2024, 6, 1, 12, tzinfo=UTC) == configured(tmp_path, "").now

    monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")
    assert "SOURCE_DATE_EPOCH is 'yesterday'" in mistake(tmp_path, "")

    monkeypatch.setenv("SOURCE_DATE_EPOCH", "")
    assert configured(tmp_path, "").now is None


def test_an_option_of_the_version_before_works_and_says_its_name_of_today(tmp_path: Path) -> None:
    (tmp_path / "converter.toml").write_text('[output.pdf]\ncache = "pages"\npage_size = "A5"\n', "utf-8")

    config = load_config(str(tmp_path / "converter.toml"))

    assert Cache(str(tmp_path / "pages"), LIMIT) == config.cache
    assert [("option-renamed", 2)] == [(notice.code.value, notice.line) for notice in config.notices]


@pytest.mark.parametrize(("old", "new"), RENAMED.items())
def test_every_old_name_gives_the_configuration_of_the_new_one(tmp_path: Path, old: str, new: str) -> None:
    formats = 'formats = ["epub", "markdown", "pdf"]\n'

    def with_option(name: str) -> Config:
        table, _, key = name.rpartition(".")
        head = f"[{table}]\n" if table else ""
        return configured(tmp_path, f"{formats}{head}{key} = {VALUES.get(old, '17')}\n")

    config = with_option(old)

    assert replace(config, notices=()) == with_option(new) != configured(tmp_path, formats)
    assert [old.rpartition(".")[2]] == [notice.message.split("`")[1] for notice in config.notices]


def test_of_an_old_name_and_a_new_one_the_new_one_counts(tmp_path: Path) -> None:
    config = configured(tmp_path, "[limits]\nfront_matter_keys = 7\nheader_keys = 3\n")

    assert config.limits.front_matter_keys == 7
    assert [3] == [notice.line for notice in config.notices]
