"""Real posts: none is lost, none is without a title, dates are found wherever they are, and the words are all there."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from converter.diagnostics import Code, Diagnostic
from converter.model import (
    CodeBlock,
    Definitions,
    Figure,
    Heading,
    MathBlock,
    Media,
    Paragraph,
    Post,
    Site,
    Source,
    Table,
)
from converter.model.walk import query, text_of
from converter.normalize import normalize
from converter.reading import SourceFile, read
from converter.verify.sources import source_text
from converter.verify.words import words

SUFFIXES = frozenset({".html", ".markdown", ".md", ".mkdn", ".text"})


def files_of(folder: Path) -> list[Path]:
    return sorted(file for file in folder.rglob("*") if file.suffix in SUFFIXES and file.is_file())


def read_file(file: Path, root: Path) -> tuple[Post, list[Diagnostic]]:
    found: list[Diagnostic] = []
    source = SourceFile(path=file.relative_to(root).as_posix(), key=file.stem, data=file.read_bytes())
    return normalize(read(source, Site(), found.append), Site(), found.append), found


def words_of(post: Post) -> Counter[str]:
    return Counter(words("\n".join([post.metadata.title, *_texts(post)])))


def _texts(post: Post) -> Iterator[str]:
    for node in query(post):
        match node:
            case Paragraph() | Heading():
                yield text_of(node)
            case CodeBlock(text) | MathBlock(text) | Media(title=text):
                yield text
            case Figure(caption=caption) | Table(caption=caption):
                yield text_of(caption)
            case Definitions(items):
                yield from (text_of(term) for item in items for term in item.terms)
            case _:
                continue


def test_the_seed_is_read_whole(corpus: Path) -> None:
    post, found = read_file(corpus / "seed.md", corpus)

    assert "用心用情办实事 见行见效开新局" == post.metadata.title
    assert "2021-12-31 09:44:35+08:00" == str(post.metadata.published)
    assert ("zh-CN", ("renminyoudianbao",), ("人民邮电报新闻",)) == (
        post.metadata.language,
        post.metadata.categories,
        post.metadata.tags,
    )
    source = Source("人民邮电报", "http://finews.zning.xyz/html_News/NewsShare.html?infoCode=NW202112312232486462")
    assert source == post.metadata.source
    headings = [block for block in post.blocks if isinstance(block, Heading)]
    assert (58, 10, {2}) == (len(post.blocks), len(headings), {heading.level for heading in headings})
    assert list(range(8, 66)) == [block.line for block in post.blocks]
    assert [Code.CLEANED, Code.CLEANED, Code.NAVIGATION_REMOVED] == [one.code for one in found]
    assert "返回人民邮电报新闻｜返回首页" == found[-1].removed


WHOLE = (pytest.mark.conformance, pytest.mark.corpus)


@pytest.mark.parametrize(
    "site", ["finews", *(pytest.param(name, marks=WHOLE) for name in ("efcl", "jaketae", "mzlogin", "sylhare"))]
)
def test_no_word_of_a_site_is_lost_without_a_diagnostic(corpus: Path, site: str) -> None:
    folder = corpus / site if site == "finews" else corpus / "blogs" / site / "_posts"
    total, lost = 0, Counter[str]()
    for file in files_of(folder):
        post, found = read_file(file, folder)
        wanted = Counter(words(source_text(file.read_bytes(), name=file.name)))
        gone = Counter(words("\n".join(one.removed or one.message for one in found)))
        total += wanted.total()
        lost += wanted - words_of(post) - gone
        assert post.metadata.title
        assert post.metadata.published or not any(character.isdigit() for character in file.name)

    # Scripts and Liquid are told apart here and not on the other path; each is far below a word in a thousand.
    assert lost.total() <= total * 0.002
