"""The HTML parser that is fast against the one that is the reference: both build the same tree of what posts hold."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element as Reference

import html5lib
import pytest

from converter.reading.html import prepare
from converter.reading.html.elements import TEXT, Element, below, parse

FRAGMENTS = [
    "<p>one<p>two",
    "<p><strong><center><img src=a></center>one</strong></p>",
    "<b>one<p>two</b>three",
    "<a href=x>one<a href=y>two</a>three",
    "<table><tr><td>one<td>two<tr><td>three</table>",
    "<table>one<tr><td>two</td></tr></table>",
    "<table><td>one</table>",
    "<table><tr><td><table><tr><td>one</table>two</table>",
    "<ul><li>one<li>two<ul><li>three</ul></ul>",
    "<ul><ul><li>one</ul></ul>two",
    "<dl><dt>one<dd>two<dt>three</dl>",
    "<p>one<ul><li>two</ul>three</p>",
    "<h2>one<h3>two</h3>",
    "<div><p>one</div>two",
    "</p>one</div>",
    "<br></br>one",
    "<p>one<wbr>two&shy;three",
    "<ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby>",
    "<svg viewBox='0 0 1 1'><title>one</title></svg>two",
    "<math><mi>x</mi></math>one",
    "<font color=red>one<p>two</font>three",
    "<i>one<b>two</i>three</b>four",
    "<pre>\none\n\ntwo</pre>",
    "one<script>if (a < b) {}</script>two",
    "<style>p > a {}</style>one",
    "&amp;&lt;&#x4e2d;&nosuch;&copy one",
    "<p title='a>b'>one</p>",
    "<P CLASS=x>one</P>",
    "<form><input><select><option>one<option>two</select></form>three",
    "<video controls><source src=a>one</video>two",
    "<details><summary>one</summary>two</details>",
    "<figure><img src=a><figcaption>one</figcaption></figure>",
    "<span/>one",
    "<nobr>one<nobr>two",
    "<p>one<hr>two</p>",
    "<article><header>one</header><section>two</section></article>",
    "<em>one</em\n>two",
    "<td>one</td><tr>two",
    "<html><head><title>x</title></head><body class=a>one</body></html>two",
    "<label>one<button>two</button></label>",
]


def fast(html: str) -> Iterator[str]:
    """Yield a line for each element and text, with how deep it stands."""
    root = parse(html).body
    assert root is not None
    depths = {root.mem_id: 0}
    for node in below(root):
        parent = node.parent
        assert parent is not None
        depth = depths[node.mem_id] = depths[parent.mem_id] + 1
        yield from _line(depth, node)


def _line(depth: int, node: Element) -> Iterator[str]:
    if node.tag == TEXT:
        yield f"{depth} '{node.text_content}'"
    elif not (node.tag or "").startswith("-"):
        yield f"{depth} {node.tag}"


def reference(html: str) -> Iterator[str]:
    document = html5lib.parse(f"<body>{html}", treebuilder="etree", namespaceHTMLElements=False)
    yield from _children(document.find("body"), 1)


def _children(element: Reference, depth: int) -> Iterator[str]:
    if element.text:
        yield f"{depth} '{element.text}'"
    for child in element:
        if isinstance(child.tag, str):
            yield f"{depth} {child.tag.rpartition('}')[2]}"
            yield from _children(child, depth + 1)
        if child.tail:
            yield f"{depth} '{child.tail}'"


@pytest.mark.parametrize("fragment", FRAGMENTS)
def test_both_parsers_build_the_same_tree(fragment: str) -> None:
    html = prepare(fragment).html

    assert list(reference(html)) == list(fast(html))


@pytest.mark.parametrize("fragment", FRAGMENTS)
def test_preparing_changes_no_tree(fragment: str) -> None:
    assert list(reference(fragment)) == list(reference(prepare(fragment).html))
