"""What programs read in a PDF: they find the words of the posts, all of them and in order."""

import re
import unicodedata
from collections import Counter

import pytest

from converter import load_posts
from converter.digest import compile_digests
from converter.model import (
    CodeBlock,
    Digest,
    Heading,
    Image,
    Link,
    Math,
    NoteReference,
    Paragraph,
    Post,
    Text,
    direction_of,
)
from converter.model.walk import query, text_of
from converter.testing.builders import p
from tests.conftest import ROOT
from tests.pdf_books import Book, a_digest, a_post, make, text_of_pages

NOT_WORDS = (Math, Image, NoteReference)
"""What stands in a paragraph as something else than its text."""


@pytest.fixture(scope="module")
def digest() -> Digest:
    loaded = load_posts(str(ROOT / "samples"))
    return compile_digests(loaded.posts, site=loaded.site)[0]


@pytest.fixture(scope="module")
def book(digest: Digest) -> Book:
    return make(digest)


def plain(text: str) -> str:
    """Return the characters that are read: no white space, no hyphens at the ends of lines, one form of each letter."""
    unbroken = re.sub("[\u2010-]\n", "", text).replace("\u2010", "-").replace("\u00ad", "")
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", unbroken))


def letters(text: str) -> str:
    """Return a text without marks and direction signs: programs put the vowels of Arabic before or behind a letter."""
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(each for each in decomposed if unicodedata.category(each) not in {"Mn", "Cf"})


def passages(post: Post) -> list[str]:
    """Return the texts that stand in one fragment on the pages."""
    found = []
    for node in query(post.blocks):
        match node:
            case Paragraph(children=children) | Heading(children=children):
                if not any(isinstance(each, NOT_WORDS) for each in query(children)):
                    found.append(text_of(children))
            case CodeBlock(text=text):
                found.append(text)
            case _:
                continue
    return [text for text in found if text.strip()]


def words_from_right_to_left(digest: Digest) -> list[str]:
    """Return the words of posts in Arabic and Hebrew, without vowels."""
    posts = [post for post in digest.posts if direction_of(post.metadata.language) == "rtl"]
    texts = [text for post in posts for text in passages(post)]
    return [word for text in texts for word in re.findall(r"[^\W\d_]+", letters(unicodedata.normalize("NFKC", text)))]


def test_every_passage_is_read(book: Book, digest: Digest) -> None:
    read = plain("".join(text_of_pages(book.data)))
    posts = [post for post in digest.posts if direction_of(post.metadata.language) == "ltr"]
    missing = [text for post in posts for text in passages(post) if plain(text) not in read]

    assert len(posts) > 15
    assert missing == []


def test_the_letters_of_arabic_and_hebrew_are_read(book: Book, digest: Digest) -> None:
    read = Counter(letters(plain("".join(text_of_pages(book.data)))))
    written = Counter("".join(words_from_right_to_left(digest)))

    assert written.total() > 500
    assert written - read == Counter()


def test_a_space_that_hangs_over_hyphenates_no_other_word() -> None:
    text = (
        "The suggestion for this one is to implement a middleware that will clean out the duplicated fields before it "
        "reaches the graphql engine. However, de-duplicating means an additional parsing and traversing of the GraphQL "
        "query tree which can impact performance. Find out how to transform the received GraphQL with "
    )
    line = p(text, Link("https://gateway.example.org/", (Text("Apollo GraphQL"),)), ".")
    book = make(a_digest(a_post("query", line, title="Query", language="en"), language="en"))
    lines = [line.strip() for page in text_of_pages(book.data) for line in page.splitlines()]

    assert "formance. Find out how to transform the received GraphQL with" in lines


@pytest.mark.needs("Pango")
@pytest.mark.parametrize(
    ("text", "halves"),
    [
        ("说：“好。”他", "“。"),
        ("（《水》）", "《》"),
        ("水，河", ""),
        ("“水”、“河”", "”“"),
        ("真的？”好！", ""),
        ("是”！", "”"),
        ("a, “b”", ""),
    ],
)
def test_marks_beside_marks_are_half_squares(text: str, halves: str) -> None:
    from converter.writers.pdf.weasyprint import patches

    assert halves == "".join(patches._HALVES.findall(text))


def test_lines_with_half_squares_hold_more() -> None:
    book = make(a_digest(a_post("said", p("他说，“水已经退了。”她问：“真的？”" * 12), title="题")))
    lines = [line for page in text_of_pages(book.data) for line in page.splitlines() if "水" in line]

    assert max(map(len, lines)) > 31
