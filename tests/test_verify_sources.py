"""What a source says is what a browser shows of it."""

import pytest

from converter.verify import read_source, source_text
from converter.verify.visible import visible_text
from converter.verify.words import words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("港口新闻，5G。", ["港", "口", "新", "闻", "5", "g"]),
        ("Ｈａｒｂｏｕｒ Straße", ["harbour", "strasse"]),
        ("元々Stream", ["元", "々", "stream"]),
        ("soft\u00adhyphen — and_snake", ["softhyphen", "and", "snake"]),
        ("カタカナ한국어", ["カ", "タ", "カ", "ナ", "한국어"]),
        ("。，！", []),
    ],
)
def test_words_do_not_depend_on_punctuation_case_and_form(text: str, expected: list[str]) -> None:
    assert expected == words(text)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("---\ntitle: no\n---\n<p>one</p>\n\ntwo *three*", "one two three"),
        ("\ufeff\n---\r\ntitle: no\r\n---\r\none", "one"),
        ("+++\ntitle = 'no'\n+++\none", "one"),
        ("<p>one<script>no</script><style>no</style><!-- no --></p>", "one"),
        ('<p style="display: none">no</p><p hidden>no</p>one', "one"),
        ('<div style="visibility:hidden">no<p style="visibility: visible">one</p></div><p>two</p>', "one two"),
        ('<p hidden="until-found">one</p><dialog>no</dialog><dialog open>two</dialog>', "one two"),
        ('<table><tr><td class="gutter"><pre>1\n2</pre></td><td><pre>one</pre></td></tr></table>', "one"),
        ("<p>a <math><mfrac><mn>3</mn><mi>b</mi></mfrac></math></p>", "a 3 b"),
        ("<p>a <math><mi>b</mi><annotation>no</annotation></math></p>", "a"),
        (
            '<p>a<a href="#n1" id="m1">1</a></p><div><a href="#m1" id="n1">[1]</a>b <a href="#x">2 or 3</a></div>',
            "a b 2 or 3",
        ),
        ("<p><span style='mso-list:Ignore'>3.</span>one</p>", "one"),
        ("one {% include no.html %} two {{ page.no }} three\n{: .no }", "one two three"),
        ("{% comment %} no {% endcomment %}one", "one"),
        ("wo<b>rd</b>\n<p>a</p><p>b</p>", "word a b"),
        ("one[^1]\n\n[^1]: note", "one note"),
        ("a [b][1]\n\n[1]: {% post_url 2024-01-01-x %}", "a b"),
        ("* TOC\n{:toc}\n\na", "a"),
        ("<http://a.example/%E4%BA%91>", "http a example e 4 ba 91"),
        ("- [x] one", "one"),
        ("<<one>> `<<two>>` <code>three << four</code>", "one two three four"),
        ("| one | two |\n|---|---|\n| `three | four` | five | six |", "one two three four five six"),
        ("| one | two |\n|===|===|\n| three | four |", "one two three four"),
        ('[one] [two][2]\n\n[one]: a b.html\n[2]: c "d "e" f"', "one two"),
        ("```\n[one]: two\n```", "one two"),
        ("<code>a*b*c</code> <kbd>__d__</kbd> `<code>e*f</code>`", "a b c d code e f code"),
        ("[one](a b.html) ![two](c d (e).png) three](four)", "one three four"),
        ("## one {#two}\n\n## three {#four .five}", "one three"),
        ('a<span class="margin-note">b</span>', "a b"),
        ("<div>\n\n    <script>\n    no\n    </script>\n</div>\n\none", "one"),
        ("```\n<script>one</script>\n```", "script one script"),
        ('<td><code><span class="x">a = 5</span>*b*</code></td>', "a 5 b"),
        ("[one](javascript:alert(1)) [two](data:no)", "one two"),
        ("<p>a<nobr>b</nobr><blink>c</blink></p>", "abc"),
        ("<pre><code>one</code><code>two</code></pre>", "one two"),
        ("a\n\n{::comment}\nno\n{:/comment}\n\nb {::comment}no{:/} c", "a b c"),
        ("a {#b}\n---\n\n{:c: .d}\n\ne\n{: c}", "a e"),
        ('<p>a<a id="r" href="#n">1</a></p><ol><li id="n">b <a href="#r">back to it</a></li></ol>', "a b"),
        ('<p>a <a href="#l">1</a></p><pre>b <a href="#l">2</a></pre>', "a b 2"),
        ("<section data-footnotes><h2>Notes</h2>a</section>", "a"),
        ("[a] [b] and [c] [d]\n\n[b]: e.html", "a and c d"),
        ("<code>a &amp; -- b</code> <mailto:c@d.example>", "a b c d example"),
        ('<figure markdown="1">\n![a](b.png)\n*c*\n</figure>', "c"),
        ("<h2>a</h2> [b](/c)\n\n<div>d</div>*e*", "a b d e"),
        ("a\n\n    :::python\n    b", "a b"),
        ("one \ufffd two", "one two"),
        ("a[^1] [b][2]\n\n[^1]: c\n[2]: d.html", "a b c"),
        (":smile: at 12:30:00, std::one", "at 12 30 00 std one"),
        ("<p class=MsoListParagraph><span>1.<span>&nbsp; </span></span>one</p>", "one"),
        ('<p style="font-size:0">no<b style="font-size:12px">one <i style="font-size:80%">two</i></b></p>', "one two"),
    ],
)
def test_the_text_of_a_source_is_what_a_browser_shows(source: str, expected: str) -> None:
    assert expected.split() == words(source_text(source.encode(), name="a.md"))


@pytest.mark.parametrize(
    ("system", "source", "expected"),
    [
        (
            "Hugo",
            '{{< figure src="a.png" caption="one" >}} [two]({{< ref "a.md" >}}) {{% note %}}three{{% /note %}}',
            "one two three",
        ),
        ("Hugo", "`{{</* x a */>}}` {{ one }}\n\n{{< highlight go >}}\ntwo\n{{< /highlight >}}", "x a one two"),
        (
            "Hexo",
            "title: no\ndate: no\n---\none {% post_link a two %} {% quote Ann %}three{% endquote %}",
            "one two ann three",
        ),
        ("Hexo", "{% link one two https://a.example true no %}", "one two"),
        ("Hexo", '"title": "no",\n"date": "no"\n;;;\none {% img no.png no %}', "one"),
        ("Zola", '{{ youtube(id="no") }} {% quote(author="one") %}two{% end %} {{/* a() */}}', "one two a"),
        ("Pelican", "Title: no\nDate: no\n\n# one {#no}", "one"),
        (
            "Obsidian",
            "[[no|one]] [[two#three]] ![[no]] %%no%%\n\n> [!tip]- four\n\n> [!five]\n> six ^no",
            "one two three four five six",
        ),
        ("", '[caption id="no" caption="one"]![no](no) two[/caption] [gallery ids="no"]', "one two"),
    ],
)
def test_tags_of_a_system_are_what_they_show(system: str, source: str, expected: str) -> None:
    assert expected.split() == words(source_text(source.encode(), name="a.md", system=system))


@pytest.mark.parametrize(
    "beginning",
    ["{% ", "{% comment %} ", "{{ ", "{% link ", "<code> ", "\n\n<script>\n", "```\na\n\n", "`" * 9, "# " + " " * 99],
)
def test_what_never_ends_is_looked_for_once(beginning: str) -> None:
    """A source of a few hundred kilobytes takes no hours: what has no end is told apart from what has one before."""
    source = f"tide {{% if a %}} {{{{ b }}}}\n\n{beginning * (60_000 // len(beginning))}"
    found = words(source_text(source.encode(), name="a.html", system="Jekyll"))
    assert "tide" == found[0]
    assert "if" not in found


@pytest.mark.parametrize("tag", ["b", "div", "b><p", "table><tr><td", "font><p", "blockquote"])
def test_elements_in_each_other_keep_their_words_however_deep(tag: str) -> None:
    ends = "".join(f"</{name}>" for name in reversed(tag.split("><")))
    html = f"<p>Low</p>{f'<{tag}>x' * 2_000}tide{ends * 2_000}<p hidden>fog</p><p>ebb</p>"
    assert ["low", "tide", "ebb"] == [word.strip("x") for word in words(visible_text(html)) if word.strip("x")]


def test_components_are_no_text() -> None:
    source = b"import no from 'no'\n\none <Chart no={1} /> {no} <Box>two</Box>"

    assert ["one", "two"] == words(source_text(source, name="a.mdx"))


def test_a_page_is_no_markdown() -> None:
    assert ["a", "b"] == words(source_text(b"---\n---\n<p>*a* _b_</p>", name="a.html"))


def test_the_values_that_liquid_puts_in_are_words_of_the_source() -> None:
    source = b"---\nsteps: [mix, bake]\ncrew: {lead: Mira}\nat: 12:30\nshown: no\n---\n"
    body = (
        b"{% for s in page.steps %}* {{ s }}\n{% endfor %}\nBy {{ page.crew.lead }} at {{ page.at }}, {{ page.title }}"
        b"{% if page.shown %}never{% endif %} {{ page.steps | first }}\n"
    )

    assert ["mix", "bake", "by", "mira", "at"] == words(source_text(source + body, name="a.md"))


def test_liquid_that_only_the_reader_knows_is_no_text() -> None:
    body = b"---\nsteps: [mix]\n---\n{% assign s = page.steps %}{{ page.steps[0] }}Text{% include a.html %}\n"

    assert ["text"] == words(source_text(body, name="a.md"))


def test_labels_that_liquid_makes_are_no_text() -> None:
    label = b"[{{ s }}-filter]: {{ s | prepend: '/' }}\n"
    body = b"---\n---\n{% assign s = 1 %}See [the `map`][map-filter], [a] and [b](c).\n\n" + label

    assert ["see", "the", "map", "a", "and", "b"] == words(source_text(body, name="a.md"))


def test_a_reference_is_no_shortcode() -> None:
    source = b"As in this film.\n\n[video]: https://a.example/v\n[audio]: https://a.example/a\n"

    shown = read_source(source, name="a.md", system="Jekyll")

    assert "As in this film." == " ".join(shown.text.split())
