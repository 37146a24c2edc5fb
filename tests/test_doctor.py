"""Headers with every fault, and what `fix_front_matter` makes of them."""

import json
import subprocess

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from converter.model import Site
from converter.reading import SourceFile
from converter.reading.front_matter.repair import find_faults, fix_front_matter

FAULTS = {
    "quotes": (b'title: "a "b" c"', {"title": 'a "b" c'}),
    "backslash": (b'title: "C:\\path"', {"title": "C:\\path"}),
    "star": ("title: *ST 海航".encode(), {"title": "*ST 海航"}),
    "brackets": ("title: [快讯] 央行".encode(), {"title": "[快讯] 央行"}),
    "a list for a title": ("title: [快讯]".encode(), {"title": "[快讯]"}),
    "at": ("title: @某人".encode(), {"title": "@某人"}),
    "percent": (b"title: %3", {"title": "%3"}),
    "colon": ("title: 央行: 维持".encode(), {"title": "央行: 维持"}),
    "hash": ("title: A股 #3000点".encode(), {"title": "A股 #3000点"}),
    "full-width colon": ("title：央行".encode(), {"title": "央行"}),
    "no space": ("title:央行".encode(), {"title": "央行"}),
    "twice": (b"title: a\ntitle: b", {"title": "b"}),
    "tab": (b"tags:\n\t- a\n\t- b", {"tags": ["a", "b"]}),
    "broken items": (b"tags:\n- @a\n- b", {"tags": ["@a", "b"]}),
    "a line without a key": (b"layout: [\nwhat is this", {"layout": "[ what is this"}),
}


def faults(data: bytes) -> list[str]:
    return [one.message for one in find_faults(SourceFile(path="2024-01-02-a.md", key="a", data=data), Site())]


@pytest.mark.parametrize("name", FAULTS)
def test_fixed_header_reads_to_what_was_meant(name: str) -> None:
    line, meant = FAULTS[name]
    data = b"---\nlayout: post # kept\n" + line + b"\ndate: 2024-01-02 03:04:05 +0800\n---\nBody: *kept* \r\n\tas it is"

    fixed = fix_front_matter(data)

    assert faults(data)
    assert faults(fixed) == []
    assert fix_front_matter(fixed) == fixed
    assert fixed.endswith(b"\n---\nBody: *kept* \r\n\tas it is")
    loaded = yaml.safe_load(fixed.split(b"---\n")[1])
    assert meant.items() <= loaded.items()
    assert "2024-01-02 03:04:05 +0800" in str(loaded["date"])


@pytest.mark.needs("ruby")
def test_ruby_reads_fixed_headers_to_the_same_values() -> None:
    fixed = {
        name: fix_front_matter(b"---\n" + line + b"\n---\n").split(b"---\n")[1].decode()
        for name, (line, _) in FAULTS.items()
    }
    script = (
        "require 'json'; require 'yaml'; puts JSON.dump(JSON.parse(STDIN.read).transform_values { |v| YAML.load(v) })"
    )
    command = ["ruby", "-E", "UTF-8:UTF-8", "-e", script]
    run = subprocess.run(command, input=json.dumps(fixed), capture_output=True, text=True, check=True)

    assert {name: meant for name, (_, meant) in FAULTS.items()} == json.loads(run.stdout)


def test_a_mark_empty_lines_and_a_missing_end_are_mended() -> None:
    assert fix_front_matter(b"\xef\xbb\xbf\n\n---\r\ntitle: a\r\n\r\nText") == b"---\r\ntitle: a\r\n---\r\n\r\nText"


def test_line_ends_of_the_file_are_kept() -> None:
    fixed = fix_front_matter(b"---\r\ntitle: @a\r\ntags: b\r\n---\r\nText\n")

    assert fixed == b'---\r\ntitle: "@a"\r\ntags: b\r\n---\r\nText\n'


def test_toml_is_mended_as_toml() -> None:
    assert (
        fix_front_matter(b'+++\ntitle = a "b"\ndraft = true\n+++\n') == b'+++\ntitle = "a \\"b\\""\ndraft = true\n+++\n'
    )


def test_a_header_in_another_encoding_stays_in_it() -> None:
    data = "---\ntitle: *ST 海航涨停\n---\n今年五月，关爱行动在全国启动。截至目前共服务一万余人次。".encode("gb18030")

    assert fix_front_matter(data).decode("gb18030").startswith('---\ntitle: "*ST 海航涨停"\n---\n')


@pytest.mark.parametrize(
    "data", [b"", b"Text", b"---\ntitle: a\n---\n", b"---\n\nText\n\n---\n", b"\xff\xfe\x00", b'{"a": 1}\n']
)
def test_what_has_no_fault_stays_as_it_is(data: bytes) -> None:
    assert fix_front_matter(data) == data


@given(st.lists(st.text("ab:：#'\"*[]{}@%|>-\t \\=&!,。中", max_size=20), max_size=6), st.binary(max_size=20))
def test_a_second_time_nothing_changes(lines: list[str], body: bytes) -> None:
    data = "".join(["---\n", *(f"{line}\n" for line in lines), "---\n"]).encode() + body

    fixed = fix_front_matter(data)

    assert fix_front_matter(fixed) == fixed
    assert fixed.endswith(body)
