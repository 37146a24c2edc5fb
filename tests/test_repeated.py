"""Blocks that most posts of a site share."""

from converter.model import Metadata, Paragraph, Post, Text
from converter.site.boilerplate import Repeated, find_repeated


def post(number: int, *lines: str) -> Post:
    blocks = tuple(Paragraph((Text(line),)) for line in lines)
    return Post(key=str(number), path=f"{number}.md", metadata=Metadata(title="T"), blocks=blocks)


def test_what_most_posts_share_is_found_with_an_example() -> None:
    posts = [post(number, f"text {number}", "Subscribe now!", "Subscribe now!") for number in range(4)]

    assert (Repeated("Subscribe now!", 4, "0.md"),) == find_repeated([*posts, post(5, "other")])


def test_what_few_posts_share_is_text() -> None:
    posts = [post(number, "Chapter one" if number < 3 else f"text {number}") for number in range(10)]

    assert () == find_repeated(posts)
    assert (Repeated("Chapter one", 3, "0.md"),) == find_repeated(posts, share=0.2)


def test_long_blocks_and_small_sites_repeat_nothing() -> None:
    assert () == find_repeated([post(number, "x" * 500) for number in range(5)])
    assert () == find_repeated([post(1, "same"), post(2, "same")])
