"""Which posts are nearly the same: laws over all texts, and the thresholds."""

import random
from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from converter import load_posts
from converter.model import Image, Link, Post, Text
from converter.site.duplicates import FEWEST, Duplicate, decide, find_pairs, signature_of
from converter.testing.builders import a_post, p
from converter.testing.strategies import posts as any_posts
from tests.conftest import CORPUS

HAN = [chr(number) for number in range(0x4E00, 0x5E00)]
WORDS = [f"{a}{b}{c}" for a in "bdfgk" for b in "aeiou" for c in "lmnrst"]


def han(seed: int, length: int) -> str:
    return "".join(random.Random(seed).choices(HAN, k=length))


def words(seed: int, length: int) -> str:
    return " ".join(random.Random(seed).choices(WORDS, k=length))


def edited(text: str, places: int, seed: int = 0) -> str:
    """Return a text with so many characters replaced, far from each other."""
    step = len(text) // places if places else 0
    characters = list(text)
    for number in range(places):
        characters[number * step] = random.Random(seed + number).choice(HAN)
    return "".join(characters)


def found(*posts: Post, threshold: float = 0.8) -> tuple[Duplicate, ...]:
    by_key = {post.key: post for post in posts}
    pairs = find_pairs({post.key: signature_of(post) for post in posts}, threshold)
    return decide(by_key, pairs, threshold)


def folded(*posts: Post, threshold: float = 0.8) -> list[tuple[str, str]]:
    return [(one.kept, one.folded) for one in found(*posts, threshold=threshold)]


# ---- laws ----

texts = st.builds(
    lambda seed, places, length: edited(han(seed, 400), places)[:length],
    st.integers(0, 2),
    st.integers(0, 12),
    st.integers(100, 400),
)


@given(st.lists(texts, min_size=1, max_size=6), st.randoms())
def test_the_order_of_posts_does_not_matter(bodies: list[str], chance: random.Random) -> None:
    posts = [a_post(str(number), p(body)) for number, body in enumerate(bodies)]
    shuffled = chance.sample(posts, len(posts))

    assert found(*posts) == found(*shuffled)


@given(st.lists(texts, min_size=1, max_size=6))
def test_pairs_are_in_order_and_what_is_folded_is_near_what_is_kept(bodies: list[str]) -> None:
    posts = {str(number): a_post(str(number), p(body)) for number, body in enumerate(bodies)}
    pairs = find_pairs({key: signature_of(post) for key, post in posts.items()})
    duplicates = decide(posts, pairs)
    kept = {one.kept for one in duplicates}

    assert list(pairs) == sorted({tuple(sorted(pair)) for pair in pairs})
    assert not kept & {one.folded for one in duplicates}, "no chains"
    for one in duplicates:
        assert decide(posts, [(one.kept, one.folded)]) == (one,), "each is near the one that is kept, by itself"


@given(any_posts())
def test_a_post_is_the_same_as_itself_and_its_signature_is_always_the_same(post: Post) -> None:
    signature = signature_of(post)
    twin = replace(post, key=f"{post.key}-twin")

    assert signature == signature_of(twin)
    assert bool(signature) == bool(folded(post, twin))


@given(st.text(), st.text())
def test_any_two_texts_can_be_compared(one: str, other: str) -> None:
    pairs = find_pairs({"a": signature_of(a_post("a", p(one))), "b": signature_of(a_post("b", p(other)))})

    assert pairs in ((), (("a", "b"),))


def test_signatures_are_the_same_on_every_machine_and_in_every_version() -> None:
    """They are stored: whoever changes them changes the version of what holds them, too."""
    assert "9def175234a27bd30500000031ae3731d75f976e" == signature_of(a_post("a", p("Ａ 新码头, 2024")))[:20].hex()
    assert b"" == signature_of(a_post("a", p(" …\u200b—")))


# ---- thresholds ----


@pytest.mark.parametrize("text", [han, words])
def test_a_copy_with_a_few_edits_is_found_and_another_text_is_not(text: object) -> None:
    make = {han: han, words: words}[text]  # type: ignore[index]
    body = make(1, 600)
    copy = f"{body[:300]} x {body[300:]}"

    assert [("b", "a")] == folded(a_post("a", p(body)), a_post("b", p(copy)), a_post("c", p(make(2, 600))))


def test_a_part_of_a_longer_text_is_found() -> None:
    long = han(1, 3000)

    [one] = found(a_post("long", p(long)), a_post("short", p(long[1000:1200])))

    assert ("long", "short", "") == (one.kept, one.folded, one.removed)
    assert one.jaccard < 0.1


def test_what_differs_is_in_removed_in_order() -> None:
    body = han(1, 400)
    copy = f"{body[:100]}甲{body[101:300]}乙{body[301:]}"

    [one] = found(a_post("a", p(body)), a_post("b", p(copy)))

    assert ("a", "b", "甲 乙") == (one.kept, one.folded, one.removed)
    assert 0.95 < one.jaccard < 1


def test_a_post_whose_figures_are_not_in_the_other_is_no_duplicate() -> None:
    body = han(1, 400)

    assert [] == folded(a_post("a", p(f"{body}超40亿元")), a_post("b", p(f"{body}超50亿元")))
    assert [] == folded(a_post("a", p(f"{body}。"), title="第48批"), a_post("b", p(f"{body}甲"), title="第49批"))
    assert [("b", "a")] == folded(a_post("a", p(f"{body}超1,000元")), a_post("b", p(f"{body}超1000元，2次")))


def test_a_post_that_says_too_much_else_is_no_duplicate() -> None:
    body = han(1, 2000)
    kept = a_post("a", p(body))

    assert [("a", "b")] == folded(kept, a_post("b", p(f"{body[:900]}{han(2, 90)}")))
    assert [] == folded(kept, a_post("b", p(f"{body[:500]}{han(2, 90)}")))
    # Much of it stands there twice, in shingles that the other has.
    assert [] == folded(kept, a_post("b", p(body[:200] * 3)))


def test_the_threshold_is_the_share_of_both_that_both_have() -> None:
    posts = a_post("a", p(han(1, 400))), a_post("b", p(edited(han(1, 400), 11)))
    [one] = found(*posts, threshold=0.7)

    assert [("a", "b")] == folded(*posts, threshold=one.jaccard - 0.001)
    assert [] == folded(*posts, threshold=one.jaccard + 0.01)
    assert [] == folded(*posts, threshold=1)


# ---- short posts ----


def test_short_posts_are_the_same_where_text_headline_images_and_links_are() -> None:
    body = han(1, FEWEST - 1)
    first = a_post("a", p(body), title="标题")

    assert [("a", "b")] == folded(first, a_post("b", p(f"{body}。"), title="标题！"))
    assert [] == folded(first, a_post("b", p(f"{body}甲"), title="标题"))
    assert [] == folded(first, a_post("b", p(body), title="另一个"))
    assert [] == folded(first, a_post("b", p(body, Image("b.png")), title="标题"))
    assert [] == folded(first, a_post("b", p(Link("/2", (Text(body),))), title="标题"))


def test_long_posts_with_equal_texts_are_the_same_whatever_their_headlines() -> None:
    body = han(1, FEWEST)

    assert [("a", "b")] == folded(a_post("a", p(body)), a_post("b", p(body), title="第2个"))


def test_posts_without_words_are_not_the_same() -> None:
    assert [] == folded(a_post("a"), a_post("b"), a_post("c", p("…")))


# ---- groups ----


def test_the_longest_is_kept_then_the_earliest_then_the_first_by_key() -> None:
    body = han(1, 400)
    late, early = (datetime(2024, 5, day, tzinfo=UTC) for day in (2, 1))

    assert [("b", "a")] == folded(a_post("a", p(body)), a_post("b", p(f"{body}甲")))
    assert [("b", "a")] == folded(a_post("a", p(body), published=late), a_post("b", p(body), published=early))
    assert [("b", "a")] == folded(a_post("a", p(body), published=None), a_post("b", p(body), published=late))
    assert [("a", "b"), ("a", "c")] == folded(*(a_post(key, p(body)) for key in "cba"))


def test_there_are_no_chains() -> None:
    """The second is near the first, and the third near the second only: it stays."""
    first = han(1, 600)
    second = f"{first[40:600]}{han(2, 38)}"
    third = f"{second[40:598]}{han(3, 36)}"

    assert [("a", "b")] == folded(
        *(a_post(key, p(text)) for key, text in zip("abc", (first, second, third), strict=True))
    )
    assert [("b", "c")] == folded(*(a_post(key, p(text)) for key, text in zip("bc", (second, third), strict=True)))


def test_copies_of_what_is_folded_are_folded_with_it() -> None:
    body = han(1, 400)

    assert [("a", "b"), ("a", "c")] == folded(a_post("a", p(f"{body}甲")), a_post("b", p(body)), a_post("c", p(body)))


def test_many_texts_with_one_form_do_not_take_long_and_are_still_found() -> None:
    """Three hundred notices, of which each half has a text of its own; the last is nearly the same as the first."""
    form = han(0, 200)
    posts = [a_post(f"{number:03}", p(f"{form}{han(number + 1, 200)}")) for number in range(300)]
    copy = a_post("copy", p(f"{form}{edited(han(1, 200), 3)}"))
    signatures = {post.key: signature_of(post) for post in (*posts, copy)}

    pairs = find_pairs(signatures)

    assert ("000", "copy") in pairs
    assert len(pairs) < len(posts)


# ---- real posts ----


def signatures_of(posts: Mapping[str, Post]) -> dict[str, bytes]:
    return {key: signature_of(post) for key, post in posts.items()}


@pytest.mark.needs("the corpus")
def test_the_duplicates_of_the_news_of_the_corpus() -> None:
    """Two pairs, one of them with two headlines, and two items that stand in a summary of the day word for word."""
    posts = {post.key: post for post in load_posts(str(CORPUS / "finews")).posts}

    duplicates = decide(posts, find_pairs(signatures_of(posts)))

    assert [("202112082206748961", "202112082206749391", 1.0), ("202205282394964770", "202205282394956813", 0.075)] == [
        (one.kept[11:], one.folded[11:], one.jaccard) for one in duplicates[:2]
    ]
    assert [
        ("NW202205292395362885", "202205272394776012", 0.029),
        ("202205312397560193", "202205312397556836", 0.995),
    ] == [(one.kept[11:], one.folded[11:], one.jaccard) for one in duplicates[2:]]
