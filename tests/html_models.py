"""HTML -> model, node by node and with nothing repaired, joined or left out: what a conformance test needs.

The converter's own reader is made for posts: it leaves out what says nothing and makes one of what says the same twice.
"""

import re
from collections.abc import Iterable, Iterator
from xml.etree.ElementTree import Element

import html5lib

from converter.model import (
    Alignment,
    Block,
    Cell,
    Code,
    CodeBlock,
    Emphasis,
    Heading,
    Image,
    Inline,
    LineBreak,
    Link,
    List,
    ListItem,
    Paragraph,
    Quote,
    Row,
    Strikethrough,
    Strong,
    Table,
    Text,
    ThematicBreak,
)

_BLOCKS = frozenset("blockquote h1 h2 h3 h4 h5 h6 hr ol p pre table ul".split())
_SPACE = re.compile(r"[ \t\n\f\r]+")

Node = Element | str


def model_of(html: str) -> tuple[Block, ...]:
    """Return the blocks of HTML as Markdown readers write it."""
    return _flow(html5lib.parseFragment(html, treebuilder="etree", namespaceHTMLElements=False))


def _nodes(element: Element) -> Iterator[Node]:
    """Yield texts and elements in their order."""
    if element.text:
        yield element.text
    for child in element:
        yield child
        if child.tail:
            yield child.tail


def _flow(element: Element) -> tuple[Block, ...]:
    """Return blocks; what stands in the line between them makes paragraphs."""
    blocks: list[Block] = []
    run: list[Node] = []
    for node in _nodes(element):
        if isinstance(node, Element) and node.tag in _BLOCKS:
            blocks += _paragraph(run)
            blocks.append(_block(node))
            run = []
        else:
            run.append(node)
    return tuple(blocks + _paragraph(run))


def _paragraph(run: list[Node]) -> list[Block]:
    line = _line(run)
    return [Paragraph(line)] if line else []


def _block(element: Element) -> Block:
    match element.tag:
        case "p":
            return Paragraph(_line(_nodes(element)))
        case "blockquote":
            return Quote(_flow(element))
        case "hr":
            return ThematicBreak()
        case "pre":
            code = next(iter(element), element)
            language = re.sub(r"^language-", "", code.get("class") or "")
            return CodeBlock("".join(code.itertext()).removesuffix("\n"), language)
        case "ol" | "ul":
            return _list(element)
        case "table":
            return _table(element)
        case heading:
            return Heading(int(heading[1]), _line(_nodes(element)))


def _list(element: Element) -> List:
    items = [child for child in element if child.tag == "li"]
    tight = not any(child.tag == "p" for item in items for child in item)
    start = int(element.get("start") or 1)
    return List(tuple(map(_item, items)), element.tag == "ol", start, tight)


def _item(element: Element) -> ListItem:
    box = element.find("input")
    if box is None:
        return ListItem(_flow(element))
    element.remove(box)
    element.text = box.tail
    return ListItem(_flow(element), "checked" in box.attrib)


def _table(element: Element) -> Table:
    head = tuple(_row(row) for part in element.findall("thead") for row in part)
    rows = tuple(_row(row) for part in element.findall("tbody") for row in part)
    return Table(rows, head, tuple(_alignment(cell) for cell in next(element.iter("tr"))))


def _row(element: Element) -> Row:
    return Row(tuple(Cell(tuple(_paragraph(list(_nodes(cell)))), cell.tag == "th") for cell in element))


def _alignment(element: Element) -> Alignment:
    match element.get("align"):
        case "left" | "center" | "right" as found:
            return found
        case _:
            return None


def _line(nodes: Iterable[Node]) -> tuple[Inline, ...]:
    """Return inlines without white space at the edges and around breaks."""
    line = list(_inlines(nodes))
    for index, node in enumerate(line):
        if isinstance(node, Text):
            before = index == 0 or isinstance(line[index - 1], LineBreak)
            after = index == len(line) - 1 or isinstance(line[index + 1], LineBreak)
            value = node.value.lstrip(" ") if before else node.value
            line[index] = Text(value.rstrip(" ") if after else value)
    return tuple(node for node in line if node != Text(""))


def _inlines(nodes: Iterable[Node]) -> Iterator[Inline]:
    for node in nodes:
        if isinstance(node, str):
            yield Text(_SPACE.sub(" ", node))
        elif isinstance(node.tag, str):
            yield from _inline(node)


def _inline(element: Element) -> Iterator[Inline]:
    match element.tag:
        case "em" | "i":
            yield Emphasis(tuple(_inlines(_nodes(element))))
        case "strong" | "b":
            yield Strong(tuple(_inlines(_nodes(element))))
        case "del" | "s":
            yield Strikethrough(tuple(_inlines(_nodes(element))))
        case "code":
            yield Code("".join(element.itertext()))
        case "a" if "href" in element.attrib:
            yield Link(element.attrib["href"], tuple(_inlines(_nodes(element))), element.get("title") or "")
        case "img":
            yield Image(element.get("src") or "", element.get("alt") or "", element.get("title") or "")
        case "br":
            yield LineBreak()
        case _:
            yield from _inlines(_nodes(element))
