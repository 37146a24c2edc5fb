"""Laws of the markup: every post gives well-formed XML that HTML5 reads as the same tree."""

from collections import Counter
from xml.etree import ElementTree

import html5lib
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pygments.lexers import get_all_lexers

from converter.diagnostics import Code, Diagnostic
from converter.languages.unicode import clean
from converter.model import (
    Code as CodeNode,
)
from converter.model import (
    Heading,
    Link,
    Math,
    MathBlock,
    Metadata,
    Note,
    NoteReference,
    Paragraph,
    Post,
    Site,
    Superscript,
    Text,
)
from converter.model.length import minutes_to_read
from converter.model.walk import query, text_of
from converter.testing.strategies import posts
from converter.writers.pdf.formulas import draw
from converter.writers.urls import web_url
from converter.writers.xhtml import (
    NoteStyle,
    Placeholder,
    Rendering,
    Written,
    escape,
    language_attributes,
    mathml,
    place_ids,
    write_post,
)
from converter.writers.xhtml.code import highlighted
from converter.writers.xhtml.markup import Ids

# The first document of a run takes seconds to draw on a busy machine: Hypothesis builds its table of characters.
law = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

HEAD = (
    '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"><head><title>T</title></head>'
)

BRACKETS = str.maketrans("()", "（）")
"""`text_of` puts readings of ruby in narrow brackets, the markup in wide ones."""


def written(post: Post, *, warn: list[Diagnostic] | None = None, **options: object) -> Written:
    found: list[Diagnostic] = [] if warn is None else warn
    given_options = {
        "image": lambda image: Placeholder("missing_image"),
        "link": lambda href: web_url(href, Site()),
        "math": mathml,
        "language": "en",
        "warn": found.append,
        **options,
    }
    return write_post(post, Rendering(**given_options))  # type: ignore[arg-type]


def document(result: Written) -> str:
    return f"{HEAD}<body>\n{result.body}\n{result.notes}\n</body></html>"


def one_post(*blocks: object, notes: tuple[Note, ...] = ()) -> Post:
    return Post(key="a", path="a.md", metadata=Metadata(title="T", language="en"), blocks=blocks, notes=notes)  # type: ignore[arg-type]


def local(tag: object) -> str:
    return str(tag).rpartition("}")[2]


@law
@given(posts(), st.sampled_from(NoteStyle))
def test_markup_is_xml_and_html5_at_once(post: Post, notes: NoteStyle) -> None:
    markup = document(written(post, notes=notes))

    as_xml = [local(node.tag) for node in ElementTree.fromstring(markup).iter()]
    parser = html5lib.HTMLParser(strict=True)
    as_html = [local(node.tag) for node in parser.parse(f"<!DOCTYPE html>{markup}").iter()]

    assert as_xml == as_html


@law
@given(posts())
def test_ids_are_unique_and_links_in_the_post_lead_somewhere(post: Post) -> None:
    tree = ElementTree.fromstring(document(written(post, id_prefix="p7-")))
    ids = [node.attrib["id"] for node in tree.iter() if "id" in node.attrib]
    inner = [node.attrib["href"] for node in tree.iter() if node.attrib.get("href", "").startswith("#")]

    assert len(set(ids)) == len(ids)
    assert {href[1:] for href in inner} <= set(ids)
    assert all(one.startswith("p7-") for one in ids)


@law
@given(posts())
def test_no_word_is_lost(post: Post) -> None:
    formulas = sum((Counter(node.tex) for node in query(post) if isinstance(node, Math | MathBlock)), Counter())
    said = Counter("".join(text_of(post).translate(BRACKETS).split())) - formulas

    shown = Counter(
        "".join("".join(ElementTree.fromstring(document(written(post))).itertext()).translate(BRACKETS).split())
    )

    assert not said - shown


@law
@given(posts())
def test_the_ids_of_headings_are_known_before_they_are_written(post: Post) -> None:
    named = {node.id for node in query(post.blocks) if isinstance(node, Heading) and node.id and text_of(node.children)}
    ids = place_ids(post)

    assert {ids[name] for name in named} <= {entry.id for entry in written(post).headings}


@given(st.text(st.characters(exclude_categories=())))
def test_any_text_can_be_written(text: str) -> None:
    node = ElementTree.fromstring(f'<p title="{escape(text)}">{escape(text)}</p>')

    assert clean(text) == (node.text or "")


@given(st.lists(st.text(), max_size=8))
def test_ids_are_names_in_xml_and_never_repeat(wishes: list[str]) -> None:
    ids = Ids("")
    found = [ids.claim(wish) for wish in wishes]

    assert len(set(found)) == len(found)
    assert all(id_.isascii() and (id_[0].isalpha() or id_[0] == "_") and not set(id_) & set(" :/<>&") for id_ in found)


@given(st.text(), st.sampled_from(("python", "html", "diff", "bash", "nonsense", "")))
def test_highlighting_changes_no_character(text: str, language: str) -> None:
    code = ElementTree.fromstring(f"<code>{highlighted(text, language)}</code>")

    assert clean(text) == "".join(code.itertext())


@pytest.mark.parametrize("language", sorted({names[0] for _, names, *_ in get_all_lexers() if names}))
def test_no_lexer_loses_a_word(language: str) -> None:
    for text in ("$ git clone x\ncd y\nnode z", "> 1\n\n\tb \\ {c", "\n  <a href='x'>&amp;</a>\r\n", ""):
        code = ElementTree.fromstring(f"<code>{highlighted(text, language)}</code>")

        assert clean(text) == "".join(code.itertext())


@given(st.text("\\{}[]()^_&<>$%#~ abfrctexlgn12\n", max_size=40))
def test_any_tex_is_well_formed_mathml_or_nothing(tex: str) -> None:
    markup = mathml(tex, "inline")

    if markup is not None:
        tree = ElementTree.fromstring(markup)
        assert " ".join(clean(tex).split()) == tree.attrib["alttext"]
        assert not any(name in ("href", "style", "class") for node in tree.iter() for name in node.attrib)


@pytest.mark.parametrize(
    ("tex", "shown"),
    [
        (r"\begin{equation} a = b \label{eq:x} \tag{3} \end{equation}", "a=b(3)"),
        (r"\begin{eqnarray*} a &=& b \\ c &=& d \end{eqnarray*}", "a=bc=d"),
        (r"\begin{align} a &= b \\ c &= d \end{align}", "a=bc=d"),
        (r"\begin{alignat}{2} a &= b & c \end{alignat}", "a=bc"),
        (r"see \eqref{eq:x}", "see(eq:x)"),
        (r"\R \text{5\%}", "ℝ5%"),
    ],
)
def test_what_pages_write_is_a_formula_in_epub_and_in_pdf(tex: str, shown: str) -> None:
    markup = mathml(tex, "block")

    assert markup is not None
    assert shown == "".join("".join(ElementTree.fromstring(markup).itertext()).split())
    assert draw(tex, display=True) is not None


@given(st.text(max_size=30))
def test_any_address_is_plain_or_refused(href: str) -> None:
    address = web_url(href, Site(url="https://site.example"))

    if address is not None:
        assert address.isascii()
        assert not set(address) & set(' "<>\\^`{|}')
        assert web_url(address, Site()) == address


def test_links_do_not_nest() -> None:
    inner = Link("https://b.example/", (Text("b"), NoteReference("n")))
    post = one_post(Paragraph((Link("https://a.example/", (Text("a"), inner)),)), notes=(Note("n", ()),))

    assert '<p><a href="https://a.example/">ab<sup>1</sup></a></p>' == written(post).body


def test_a_note_that_is_not_there_keeps_its_mark() -> None:
    assert "<p><sup>[x]</sup></p>" == written(one_post(Paragraph((Superscript((NoteReference("x"),)),)))).body


def test_a_link_around_nothing_is_named_by_its_address() -> None:
    shown = written(one_post(Paragraph((Link("https://a.example/", ()),)))).body

    assert '<p><a href="https://a.example/" aria-label="https://a.example/"></a></p>' == shown


def test_a_formula_that_is_not_understood_is_reported_in_short() -> None:
    found: list[Diagnostic] = []
    written(one_post(Paragraph((Math("\\unknown{x} " * 50), CodeNode("x")), line=7)), warn=found)

    [diagnostic] = found
    assert (Code.MATH_INVALID, "a.md", 7) == (diagnostic.code, diagnostic.file, diagnostic.line)
    assert 150 > len(diagnostic.message)


@pytest.mark.parametrize("tag", ["zh_CN", "a", "en-", "x", "中文", "", "toolongtag-x", "xx-bogus"])
def test_a_language_that_is_no_tag_is_left_out(tag: str) -> None:
    assert {"lang": None, "xml:lang": None, "dir": None} == language_attributes(tag)


@pytest.mark.parametrize("tag", ["zh", "zh-Hans-CN", "en-GB-oxendict", "x-private", "haw"])
def test_a_language_tag_is_written_for_html_and_xml(tag: str) -> None:
    assert {"lang": tag, "xml:lang": tag, "dir": "rtl"} == language_attributes(tag, "rtl")


def test_reading_time_counts_han_and_words() -> None:
    han = one_post(Paragraph((Text("字" * 4000),)))
    words = one_post(Paragraph((Text("word " * 2300),)))

    assert (10, 10, 20, 1) == tuple(map(minutes_to_read, ([han], [words], [han, words], [])))
