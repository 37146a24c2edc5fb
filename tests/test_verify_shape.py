"""Pictures, headings, code and links that are missing or became plain text are found."""

import pytest
from msgspec.structs import replace

from converter.api import read_post
from converter.diagnostics import Code
from converter.digest import digest_of
from converter.model import Site
from converter.pipeline.write import render_files
from converter.themes import open_theme
from converter.verify import Passage, SourceText, compare, passages, read_source
from converter.verify.shape import Shape
from converter.verify.words import words
from converter.writers.registry import writer_type
from tests.conftest import writers_here

SHAPED = """---
title: Pier
date: 2024-05-31
---
## Fares

A ticket costs ten, says [the harbour master](https://a.example/master).

![the pier](https://a.example/pier.png)

```python
fare = 10
```
"""


@pytest.mark.parametrize("name", writers_here("epub", "html", "markdown"))
@pytest.mark.parametrize(
    ("undone", "kind"),
    [
        ({"headings": ()}, "heading 'Fares'"),
        ({"listings": ()}, "code 'fare = 10'"),
        ({"images": ()}, "image 'the pier'"),
        ({"links": ()}, "link 'the harbour master'"),
    ],
)
def test_what_became_plain_text_is_found(name: str, undone: dict[str, tuple[()]], kind: str) -> None:
    writer, shown = writer_type(name)(), read_source(SHAPED.encode(), name="a.md")
    digest = digest_of(read_post(SHAPED), Site())
    [file, *_] = render_files(digest, writer, open_theme("default"), lambda _: None)
    found = passages(file.data, name=file.name)
    whole = SourceText("a.md", "Pier", shown.text, "", shown.shape, ("https://a.example/pier.png",))
    shape = replace(shown.shape, **undone)

    assert () == compare([whole], found, file=file.name).diagnostics
    [lost] = compare([replace(whole, absent=())], [Passage("Pier", shown.text, shape)], file=file.name).diagnostics
    assert (Code.CONTENT_LOST, "a.md") == (lost.code, lost.file)
    assert f"the {kind} is not in {file.name}" in lost.message


@pytest.mark.parametrize(
    "source",
    [
        " ## indented\n\ntext",
        "two\nlines\n---\n\ntext",
        "## $a^2$\n\ntext",
        "```\n{{ page.a }} b\n```\n",
        "1. one\n\n        code\n",
        '<img src="a.png" width="1" height="1">',
        "![a]({{ page.cover }})",
        "<details>\n\n```js\ncode\n```\n\n</details>",
        '<img src="./a b.png" alt="c">',
        "<dl><dt><h3>one</h3><pre>two</pre></dt><dd>three</dd></dl>",
        "<figure><img src='./a b.png'><figcaption><h4>one</h4></figcaption></figure>",
        "<img src=''> <img alt='one'>",
        "<pre class='wp-block-verse'>one\ntwo</pre>",
    ],
)
def test_what_two_readers_may_take_otherwise_is_not_missed(source: str) -> None:
    shown = read_source(source.encode(), name="a.md")
    wanted = SourceText("a.md", "T", shown.text, "", shown.shape, ("https://a.example/p/a b.png",))

    assert () == compare([wanted], [Passage("T", shown.text, Shape())], file="b.md").diagnostics


@pytest.mark.parametrize(
    ("link", "is_missed"),
    [
        ("[the mole](/mole/)", True),
        ("[the mole](../mole.html#end)", True),
        ("[the mole](mailto:ann@a.example)", True),
        ('<a href="https://a.example/x"><img src="q.png" alt="the mole"></a>', True),
        ("[the mole](#mole)", False),
        ("[the mole]({{ page.mole }})", False),
        ("[the mole](javascript:go())", False),
        ("[the mole](https://[a)", False),
        ("[the mole]()", False),
        ('<a href="https://a.example/x"></a> the mole', False),
        ('<a id="mole">the mole</a>', False),
    ],
)
def test_links_that_lead_somewhere_are_missed(link: str, is_missed: bool) -> None:
    shown = read_source(link.encode(), name="a.md")
    source = SourceText("a.md", "T", shown.text, "", replace(shown.shape, images=()), (), "https://site.example")
    lacking = Passage("T", shown.text, Shape())

    found = compare([source], [lacking], file="b.md").diagnostics
    assert [Code.CONTENT_LOST] * is_missed == [one.code for one in found]
    assert () == compare([replace(source, declared="the mole")], [lacking], file="b.md").diagnostics
    kept = Passage("T", shown.text, Shape(links=(("chapter.xhtml", "the “mole”"),)))
    assert () == compare([source], [kept], file="b.md").diagnostics


def test_a_site_without_an_address_cannot_be_linked_to() -> None:
    shown = read_source(b"[the mole](/mole/)", name="a.md")

    source = SourceText("a.md", "T", shown.text, "", shown.shape)

    assert () == compare([source], [Passage("T", shown.text, Shape())], file="b.md").diagnostics


def test_a_rule_that_loses_a_link_is_noticed() -> None:
    source = (
        "See [the times](https://a.example/t) and [the fares](https://a.example/f) and [more](https://a.example/m)."
    )
    shown = read_source(source.encode(), name="a.md")
    book = "# T\n\nSee the times and [fares, the](<https://a.example/f/>) and [more](https://b.example/)."
    [passage] = passages(book.encode(), name="b.md")

    [found] = compare([SourceText("a.md", "T", shown.text, "", shown.shape)], [passage], file="b.md").diagnostics

    assert "the link 'the times' is not in b.md, or is plain text there" == found.message


@pytest.mark.parametrize(
    "book",
    [
        "# T\n\nIn [the code][3], of January 1st of\n2013. Note it.\n\n[3]: https://a.example/\n",
        "# T\n\n1. one\n\n   ```python\n   two\n   ```\n",
    ],
)
def test_marks_that_two_readers_may_take_otherwise_are_no_words(book: str) -> None:
    shown = read_source(book.partition("\n\n")[2].encode(), name="a.md")
    [passage] = passages(book.encode(), name="b.md")
    marks = shown.shape.marks

    assert {"2013", "3"} <= set(words(marks)) or {"1", "python"} == set(words(marks))
    source = SourceText("a.md", "T", f"{shown.text} {marks}", "", shown.shape)
    assert () == compare([source], [passage], file="b.md").diagnostics
    [found] = compare([replace(source, text=f"{shown.text} {marks} gone")], [passage], file="b.md").diagnostics
    assert Code.WORDS_LOST == found.code


@pytest.mark.parametrize("name", writers_here("epub", "html", "markdown"))
def test_marks_of_notes_and_numbers_of_lines_are_no_words_of_what_they_stand_in(name: str) -> None:
    source = (
        "---\ntitle: Pier\n---\n## Fares[^1] now\n\n[^1]: Of May.\n\n"
        '<table class="lntable"><tr><td><pre><code><span class="lnt">1\n</span><span class="lnt">2\n</span></code>'
        '</pre></td><td><pre><code class="language-go">i := 8\nj := 9\n</code></pre></td></tr></table>\n'
    )
    writer, shown = writer_type(name)(), read_source(source.encode(), name="a.md")
    [file, *_] = render_files(digest_of(read_post(source), Site()), writer, open_theme("default"), lambda _: None)

    whole = SourceText("a.md", "Pier", shown.text, "", shown.shape)

    assert () == compare([whole], passages(file.data, name=file.name), file=file.name).diagnostics


def test_what_a_rule_took_with_its_pictures_is_not_missed() -> None:
    shown = read_source(b'a <img src="/b.png" alt="c">', name="a.md")
    wanted = SourceText("a.md", "T", shown.text, "ad\n/b.png", shown.shape)

    assert () == compare([wanted], [Passage("T", "a", Shape())], file="b.md").diagnostics
