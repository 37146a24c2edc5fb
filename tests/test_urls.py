"""Addresses are split and joined in one place, which never raises."""

import ast
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from converter.model.urls import host_of, join_url, split_url

CONVERTER = Path(__file__).parent.parent / "converter"
BROKEN = ["http://[x", "//[", "http://a℀b/", "http://a:b/", "http://a:99999/", "https://[::1/", "http://[1]2/"]


@pytest.mark.parametrize("href", BROKEN)
def test_a_broken_address_has_no_parts(href: str) -> None:
    assert split_url(href) is None
    assert "" == host_of(href)


@given(st.text(st.sampled_from("ahtps:/[]@?#%.℀1\ud83d ")), st.text(st.sampled_from("ahtps:/[]@?#%.℀1\ud83d ")))
def test_no_address_raises(base: str, href: str) -> None:
    split_url(href)
    join_url(base, href)
    host_of(href)


def test_no_other_module_splits_addresses() -> None:
    allowed = {"model/urls.py", "check/package.py"}  # the check of finished books shares nothing with their writers
    found = {
        path.relative_to(CONVERTER).as_posix()
        for path in CONVERTER.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom | ast.Import)
        and {alias.name for alias in node.names} & {"urlsplit", "urlparse", "urljoin", "urllib", "urllib.parse"}
    }

    assert allowed == found
