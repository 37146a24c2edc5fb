"""Reading our Markdown gives the model back, but for the exceptions that docs/markdown.md states."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from msgspec.structs import replace

from converter.model import (
    Block,
    Inline,
    Link,
    Media,
    Metadata,
    Note,
    NoteReference,
    Paragraph,
    Post,
    Site,
    Text,
)
from converter.model.walk import query, walk
from converter.normalize import normalize
from converter.normalize.figures import find_figures
from converter.normalize.notes import bare_note_marks
from converter.pipeline.load import load_posts
from converter.reading import Context, SourceFile, read
from converter.testing.strategies import posts
from converter.writers.markdown import to_markdown
from converter.writers.markdown.context import ignore

BLOGS = ("efcl", "haqbani", "jaketae", "jekyll", "mzlogin", "sylhare")
SITE = Site(language="zh-CN", timezone="Asia/Shanghai")
OURS = frozenset({"render_with_liquid", "source.name", "source.url", "url"})
"""Keys of the header that the writer adds."""


def read_back(post: Post, site: Site) -> Post:
    """Return what is read from the Markdown of a post, as GitHub's Markdown and not kramdown's."""
    path = str(Path(post.path).with_suffix(".md"))
    source = SourceFile(path=path, key=post.key, data=to_markdown(post).encode())
    return read(source, site, ignore, context=Context(dialect="commonmark"))


def stated(post: Post) -> Post:
    """Return a post with everything as it is after the exceptions: what a film becomes, and the ids of notes."""
    order = dict.fromkeys(node.id for node in query(post) if isinstance(node, NoteReference))
    numbers = {id_: str(number) for number, id_ in enumerate(order)}

    def rewrite(node: Inline | Block) -> Inline | Block:
        match node:
            case Media(href=href, title=title):
                return Paragraph((Link(href, (Text(title or href),)),))
            case NoteReference(id_):
                return NoteReference(numbers[id_])
            case _:
                return node

    post = walk(post, rewrite)
    return replace(post, notes=tuple(Note(numbers.get(note.id, ""), note.blocks) for note in post.notes))


def facts(metadata: Metadata) -> Metadata:
    """Return what a header says about a post itself and not about its site."""
    extra = {key: value for key, value in metadata.extra.items() if key not in OURS}
    return replace(metadata, url="", addresses=(), source=None, extra=extra)


def assert_equal(post: Post, again: Post) -> None:
    assert stated(post).blocks == stated(again).blocks, post.path
    assert stated(post).notes == stated(again).notes, post.path
    assert facts(post.metadata) == facts(again.metadata), post.path


def assert_all_come_back(folder: Path) -> None:
    loaded = load_posts(str(folder))
    assert loaded.posts
    for post in loaded.posts:
        assert_equal(post, normalize(read_back(post, loaded.site), loaded.site, ignore))


def test_the_samples_come_back() -> None:
    assert_all_come_back(Path(__file__).parent.parent / "samples")


def test_the_news_of_the_corpus_come_back(corpus: Path) -> None:
    assert_all_come_back(corpus / "finews")


@pytest.mark.conformance
@pytest.mark.corpus
@pytest.mark.parametrize("blog", BLOGS)
def test_the_blogs_of_the_corpus_come_back(blog: str, corpus: Path) -> None:
    assert_all_come_back(corpus / "blogs" / blog)


@settings(max_examples=100)
@given(posts())
def test_any_document_comes_back(post: Post) -> None:
    again = read_back(post, SITE)

    # The heading with the title is no part of the body; figures and marks of notes are found after reading.
    assert_equal(understood(post), understood(replace(again, blocks=again.blocks[1:])))


def understood(post: Post) -> Post:
    return find_figures(bare_note_marks(post, SITE, ignore), SITE, ignore)
