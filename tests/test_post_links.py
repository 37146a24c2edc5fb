"""Links to other posts are a value, with one way to read it and one to write it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from converter.model.postlinks import PostLink


@pytest.mark.parametrize("href", ["", "#a", "https://a.example/post:b", "posts:a", "/post:a", "POST:a"])
def test_what_is_no_link_to_a_post(href: str) -> None:
    assert PostLink.parse(href) is None


@given(st.text().filter(lambda key: "#" not in key), st.text())
def test_a_link_is_read_as_it_was_written(key: str, fragment: str) -> None:
    assert PostLink.parse(str(PostLink(key, fragment))) == (key, fragment)


def test_a_place_without_a_name_is_the_beginning() -> None:
    assert PostLink.parse("post:a#") == PostLink("a")
    assert "post:a" == str(PostLink("a"))
