"""Documents as values and as JSON."""

import pickle

import msgspec
import pytest
from hypothesis import given

from converter.digest import digest_of
from converter.model import Digest, Metadata, Paragraph, Post, Site, Text, direction_of
from converter.testing.strategies import posts


@given(posts())
def test_a_post_survives_json_and_pickle(post: Post) -> None:
    assert post == Post.from_json(post.to_json())
    assert post == pickle.loads(pickle.dumps(post))


@given(posts())
def test_a_digest_survives_json(post: Post) -> None:
    digest = digest_of(post, Site(title="x"))

    assert digest == Digest.from_json(digest.to_json())


def test_equality_is_by_content_and_not_by_source_line() -> None:
    here, there = Paragraph((Text("a"),), line=1), Paragraph((Text("a"),), line=9)

    assert here == there
    assert hash(here) == hash(there)
    assert here != Paragraph((Text("b"),), line=1)


def test_another_version_of_the_json_form_is_refused() -> None:
    data = Post(key="a", path="a.md", metadata=Metadata(title="A")).to_json()

    with pytest.raises(msgspec.ValidationError, match="converter/post/3"):
        Post.from_json(data.replace(b"post/2", b"post/3"))


@pytest.mark.parametrize(("tag", "direction"), [("ar", "rtl"), ("he-IL", "rtl"), ("zh-CN", "ltr"), ("", "ltr")])
def test_the_direction_follows_from_the_language(tag: str, direction: str) -> None:
    assert direction == direction_of(tag)
