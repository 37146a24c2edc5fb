"""HTML to what a browser shows: its text, and what stands in it."""

import re
from collections.abc import Sequence

from bs4 import BeautifulSoup
from bs4.element import CData, Comment, Declaration, Doctype, NavigableString, ProcessingInstruction, Tag
from msgspec import Struct

from converter.verify.shape import FENCED, Shape
from converter.verify.spans import flat

_UNSEEN = frozenset("script style template noscript head title iframe object textarea svg audio video".split())
_INVISIBLE = (Comment, CData, Declaration, Doctype, ProcessingInstruction)
_ASIDE = re.compile(r"(?:margin|side)-?note", re.IGNORECASE)
_MADE_ANEW = frozenset(
    {"footnote-anchor", "footnote-backref", "footnote-number", "footnote-ref", "katex-html", "mw-cite-backlink"}
)
"""Classes of what a book makes itself: numbers of notes (two are Substack's), and what KaTeX draws of a formula."""
_NOT_DISPLAYED = re.compile(
    r"(?:^|;)\s*(?:display\s*:\s*none|content-visibility\s*:\s*hidden|mso-hide\s*:\s*all|mso-list\s*:\s*ignore)",
    re.IGNORECASE,
)
_ENDLESS = re.compile(r"</?plaintext(?![\w-])[^<>]*>", re.IGNORECASE)
"""It would make text of all the tags behind it; a reader takes it for no tag."""
_VISIBILITY = re.compile(r"(?:^|;)\s*visibility\s*:\s*(visible|hidden|collapse)", re.IGNORECASE)
_FONT_SIZE = re.compile(
    r"(?:^|;)\s*font-size\s*:\s*(?P<number>\d+(?:\.\d+)?)(?P<unit>px|pt|rem|em|%|)\s*(?:!|;|$)", re.IGNORECASE
)
_MARK = re.compile(r"[\s\[(（【]*\d{1,4}[\s\])）】.]*")
_NUMBERS = re.compile(
    r"(?:^|[\s_-])(?:gutter|lineno|linenos|linenodiv|lnt|ln|blob-num|hljs-ln-numbers)(?:$|\s)", re.IGNORECASE
)


class Visible(Struct, frozen=True):
    """What a browser shows of a document or fragment."""

    text: str
    """With white space between what is not in one line."""
    shape: Shape


def visible_text(html: str) -> str:
    """Return the text of a document or fragment."""
    return visible(html).text


def visible(html: str) -> Visible:
    """Return what a browser shows of a document or fragment."""
    # The tag keeps Beautiful Soup from taking a short text for a file name.
    soup = BeautifulSoup(f"<body>{flat(_ENDLESS.sub('', html), _INLINE)}", "html5lib")
    texts, tags = _visible(soup.body or soup)
    return Visible("".join(texts), _shape(tags))


def _visible(root: Tag) -> tuple[list[str], list[Tag]]:
    """Return the texts and tags that are shown below a tag; an explicit stack, because posts may nest deeply."""
    found: list[str] = []
    tags: list[Tag] = []
    stack: list[tuple[Tag | NavigableString, bool, bool]] = [(root, True, True)]
    marks = {id(text) for link in _back_links(root) for text in link.strings}
    while stack:
        node, seen, sized = stack.pop()
        if isinstance(node, NavigableString):
            if seen and sized and not isinstance(node, _INVISIBLE) and id(node) not in marks:
                found.append(str(node))
        elif not _is_hidden(node):
            if wish := _VISIBILITY.search(str(node.get("style", ""))):
                seen = wish[1].lower() == "visible"
            if size := _FONT_SIZE.search(str(node.get("style", ""))):
                is_zero = float(size["number"]) == 0
                sized = not is_zero and (sized or size["unit"].lower() not in ("em", "%"))
            if seen and node.name in _SHAPES:
                tags.append(node)
            if node.name == "p" and "MsoListParagraph" in str(node.get("class")):
                marks.update(_mark_of_word(node))
            # Elements end words, except those that stand inside of a line.
            gap = "" if node.name in _INLINE and not _is_aside(node) and not _is_line(node) else " "
            found.append(gap)
            stack.append((NavigableString(gap), True, True))
            children = (child for child in reversed(node.contents) if isinstance(child, Tag | NavigableString))
            stack.extend((child, seen, sized) for child in children)
    return found, tags


def _back_links(root: Tag) -> list[Tag]:
    """Return the links in items that lead to a place in the text from which a link leads to the item: of notes."""
    if root.name != "body":
        return []
    targets: dict[str, set[str]] = {}
    links = root.find_all("a", href=re.compile("^#."))
    for link in links:
        for name in (link.get("id"), link.get("name"), *(one.get("id") for one in link.parents if one.name in _MARKED)):
            targets.setdefault(str(name), set()).add(str(link["href"])[1:])
    items = ((link, link.find_parent("li")) for link in links)
    return [link for link, item in items if item and str(item.get("id")) in targets.get(str(link["href"])[1:], ())]


_MARKED = frozenset({"span", "sup"})
"""Elements around the mark of a note, which may have its id."""


def _mark_of_word(tag: Tag) -> list[int]:
    """Return the text by which Word shows that a paragraph is an item of a list, if it begins so: before a gap."""
    texts = [text for text in tag.strings if text.strip(" \n\t")][:2]
    is_mark = (
        len(texts) == 2
        and not texts[1].strip()
        and re.fullmatch(r"\s*([(（]?\w{1,6}[.)、）]|\W|[a-zA-Z])\s*", texts[0])
    )
    return [id(texts[0])] if is_mark else []


_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_SHAPES = _HEADINGS | {"a", "img", "pre"}
_DOT = re.compile(r"\s*0*[01](?:px)?\s*")
"""The size of an image that counts visits."""


def _shape(tags: Sequence[Tag]) -> Shape:
    images = (
        ("\n".join(str(tag.get(name, "")) for name in sorted(tag.attrs)), str(tag.get("alt", "")))
        for tag in tags
        if tag.name == "img"
        and any("src" in name and str(value).strip() for name, value in tag.attrs.items())
        and not any(_DOT.fullmatch(str(tag.get(side, ""))) for side in ("width", "height"))
    )
    return Shape(
        tuple(images),
        tuple(_shown(tag) for tag in tags if tag.name in _HEADINGS and not tag.find_parent(_LINES)),
        tuple(_shown(tag) for tag in tags if tag.name == "pre" and not tag.find_parent("pre") and not _is_text(tag)),
        tuple((str(tag["href"]).strip(), _named(tag)) for tag in tags if tag.name == "a" and tag.has_attr("href")),
    )


_LINES = ["caption", "dt", "figcaption", "summary"]
"""Elements with room for a line only: a heading in it is its words."""
_VERSES = frozenset("poem poetry verse wp-block-verse".split())
_HTML = ["article", "center", "details", "div", "p", "section", "td"]
"""Elements in which kramdown reads no Markdown."""


def _is_line(tag: Tag) -> bool:
    """Whether an element is one of several lines of code, each in an element of its own."""
    before = tag.previous_sibling
    is_second = tag.name == "code" and isinstance(before, Tag) and before.name == "code"
    return is_second and tag.find_parent("pre") is not None


def _is_text(tag: Tag) -> bool:
    """Whether a block of code may be a poem, or text where kramdown reads no Markdown."""
    if not _VERSES.isdisjoint(tag.get("class") or ()) or tag.find_parent(_LINES) is not None:
        return True
    return tag.has_attr(FENCED) and tag.find_parent(_HTML) is not None


def _shown(tag: Tag) -> str:
    return "".join(_visible(tag)[0])


def _named(link: Tag) -> str:
    """Return the words of a link: its text, or the text alternatives of its images."""
    text = _shown(link)
    return text if text.strip() else " ".join(str(one.get("alt", "")) for one in link.find_all("img"))


_INLINE = frozenset(
    "a abbr acronym b bdi bdo big blink cite code data del dfn em font i ins kbd label mark marquee nobr q "
    "rb ruby s samp small span strike strong sub sup time tt u var wbr".split()
)


def _is_aside(tag: Tag) -> bool:
    """Whether a style sheet sets an element beside the line that it stands in."""
    return any(_ASIDE.search(name) for name in tag.get("class") or ())


def _is_hidden(tag: Tag) -> bool:
    return (
        tag.name in _UNSEEN
        or (tag.name == "math" and _has_tex(tag))
        or (tag.name == "button" and tag.find_parent("pre") is not None)
        or (tag.has_attr("hidden") and tag["hidden"] != "until-found")
        or (tag.name == "dialog" and not tag.has_attr("open"))
        or bool(_NOT_DISPLAYED.search(str(tag.get("style", ""))))
        or (tag.name in _HEADINGS and tag.find_parent(attrs={"data-footnotes": True}) is not None)  # GitHub's
        or _is_gutter(tag)
        or _is_mark(tag)
        or not _MADE_ANEW.isdisjoint(tag.get("class") or ())
    )


def _is_mark(tag: Tag) -> bool:
    """Whether a link is the number of a note, in the text or before the note: books number notes themselves."""
    is_within = tag.name == "a" and str(tag.get("href", "")).startswith("#")
    return is_within and bool(_MARK.fullmatch(tag.get_text())) and tag.find_parent("pre") is None


def _has_tex(tag: Tag) -> bool:
    """Whether a formula says itself what it is in TeX: the book may have that in the place of its signs."""
    return "\\" in str(tag.get("alttext", "")) or tag.find("annotation") is not None


def _is_gutter(tag: Tag) -> bool:
    """Whether an element holds nothing but the numbers of lines of code."""
    names = " ".join(tag.get("class") or ())
    return bool(_NUMBERS.search(names)) and not tag.get_text().strip(" \n0123456789")
