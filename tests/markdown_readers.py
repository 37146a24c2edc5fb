"""Markdown -> HTML by readers that are not ours, and HTML -> a form in which what means the same is the same."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from html import escape
from urllib.parse import unquote
from xml.etree.ElementTree import Element

import cmarkgfm
import html5lib
import pypandoc
from cmarkgfm.cmark import Options
from markdown_it import MarkdownIt
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.tasklists import tasklists_plugin

Reader = Callable[[str], str]

_EXTENSIONS = ["table", "strikethrough", "tasklist"]
_MARKDOWN_IT = (
    MarkdownIt("commonmark", {"maxNesting": 100})
    .enable(["table", "strikethrough"])
    .use(footnote_plugin)
    .use(tasklists_plugin)
)
_MARKDOWN_IT.disable("footnote_inline")  # neither GitHub nor kramdown has notes in the line
# It percent-encodes addresses, and refuses some that others take.
_MARKDOWN_IT.normalizeLink = str  # type: ignore[method-assign, assignment]
_MARKDOWN_IT.normalizeLinkText = str  # type: ignore[method-assign, assignment]
_MARKDOWN_IT.validateLink = lambda _address: True  # type: ignore[method-assign, assignment]

_BLOCKS = frozenset(
    "blockquote caption dd dl dt h1 h2 h3 h4 h5 h6 hr li ol p pre table tbody td th thead tr ul".split()
)
_BLOCK_TAG = re.compile(rf" ?(</?(?:{'|'.join(sorted(_BLOCKS))}|br)(?: [^>]*)?>) ?")
_INLINES = frozenset("a br code del em img input rp rt ruby span strong sub sup".split())
_EMPTY_IS_NOTHING = frozenset("a del em p strong".split())
_SAME = {"s": "del", "strike": "del", "b": "strong", "i": "em"}
_KEPT = {"a": {"href", "title"}, "img": {"src", "alt", "title"}, "ol": {"start"}, "td": {"align", "colspan", "rowspan"}}
_KEPT |= {"th": _KEPT["td"], "span": {"lang", "dir"}, "input": {"checked"}, "code": {"class"}}


def markdown_it(text: str) -> str:
    """Read with markdown-it-py: CommonMark 0.31 with GitHub's extensions and footnotes."""
    return str(_MARKDOWN_IT.render(text))


def cmark_gfm(text: str) -> str:
    """Read with cmark-gfm, the reader of GitHub: CommonMark 0.29."""
    options = Options.CMARK_OPT_UNSAFE | Options.CMARK_OPT_FOOTNOTES
    return str(cmarkgfm.markdown_to_html_with_extensions(text, options=options, extensions=_EXTENSIONS))


def pandoc(text: str, source: str = "gfm") -> str:
    """Read with pandoc."""
    return str(pypandoc.convert_text(text, "html", format=source, extra_args=["--wrap=preserve", "--mathml"]))


READERS: dict[str, Reader] = {"markdown-it": markdown_it, "cmark-gfm": cmark_gfm}
"""The readers that a test can ask thousands of times."""


def normal(html: str) -> str:
    """Return HTML in its normal form. Unicode's is a part of that: pandoc composes what it reads."""
    root = html5lib.parseFragment(unicodedata.normalize("NFC", html), treebuilder="etree", namespaceHTMLElements=False)
    return "".join(_children(root, keep=False)).strip()


def _children(element: Element, *, keep: bool) -> Iterator[str]:
    """Return the content of an element. White space is collapsed, and dropped at the edges of blocks, unless `keep`."""
    pieces = [_text(element.text, keep=keep)]
    for child in element:
        pieces += [_element(child, keep=keep), _text(child.tail, keep=keep)]
    content = "".join(pieces)
    if not keep:
        content = _BLOCK_TAG.sub(r"\1", content)
    yield content.strip(" ") if element.tag in _BLOCKS and not keep else content


def _text(text: str | None, *, keep: bool) -> str:
    found = escape(text or "", quote=False)
    return found if keep else re.sub(r"[ \t\n\f\r]+", " ", found)


def _element(element: Element, *, keep: bool) -> str:
    """Return an element. One that HTML does not know is its content, and so is a link or emphasis without words."""
    is_comment = callable(element.tag)
    if is_comment or (element.tag == "thead" and not "".join(element.itertext()).strip()):
        return ""
    name = _SAME.get(element.tag, element.tag)
    keep = keep or name == "pre"
    content = "".join(_children(element, keep=keep))
    if keep and name == "code":
        content = content.removesuffix("\n")  # whether the last line is ended is the same to readers
    if name not in _BLOCKS | _INLINES or (name in _EMPTY_IS_NOTHING and not content.strip(" ")):
        return content
    return f"<{name}{_attributes(name, element)}>{content}</{name}>"


def _attributes(name: str, element: Element) -> str:
    found = {str(key): str(value) for key, value in element.attrib.items()}
    if aligned := re.search(r"text-align: ?(\w+)", found.get("style", "")):
        found["align"] = aligned[1]
    for key in found.keys() & {"href", "src"}:
        found[key] = unquote(found[key])
    if "checked" in found:
        found["checked"] = "checked"
    kept = _KEPT.get(name, set())
    return "".join(f' {key}="{escape(found[key])}"' for key in sorted(found) if key in kept and found[key] != "")
