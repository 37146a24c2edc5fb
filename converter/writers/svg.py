"""Cleans an SVG image: what draws is written anew; what runs, moves or fetches is left out.

What a reader of books may not know is put in the words of SVG 1.1: labels in HTML, variables of styles, choices.
"""

import re
from collections.abc import Iterator, Mapping
from xml.etree import ElementTree

from msgspec import Struct

from converter.diagnostics import Code, WriterError
from converter.writers.svg_labels import label
from converter.writers.xhtml import element, escape

_SVG = "{http://www.w3.org/2000/svg}"
_NAMESPACES = {
    "{http://www.w3.org/1999/xlink}": "xlink:",
    "{http://www.w3.org/XML/1998/namespace}": "xml:",
}

_DRAWS = re.compile(
    "svg|g|defs|desc|title|symbol|use|image|switch|style|path|rect|circle|ellipse|line|poly(?:line|gon)|text|tspan"
    "|textPath|marker|(?:linear|radial)Gradient|stop|pattern|clipPath|mask|view|filter|fe[A-Z][A-Za-z]*"
)
"""Elements of SVG that only draw."""
_RASTER = re.compile(r"data:image/(?:png|jpeg|gif);base64,[A-Za-z0-9+/=\s]+")
_OUTSIDE = re.compile(
    r"url\(\s*['\"]?(?!\s*#)[^)]*\)?|@import[^;]*;?|image-set\s*\([^)]*\)?|expression\s*\(|javascript:|-moz-binding",
    re.IGNORECASE,
)
"""What a style or an attribute could fetch or run."""
_REFERENCE = re.compile(r"url\(\s*['\"]?#([^'\")]*)['\"]?\s*\)")
_NEEDED = {
    "circle": {"r": "0"},
    "ellipse": {"rx": "0", "ry": "0"},
    "image": {"width": "0", "height": "0"},
    "path": {"d": "M0 0"},
    "polygon": {"points": "0,0"},
    "polyline": {"points": "0,0"},
    "rect": {"width": "0", "height": "0"},
    "stop": {"offset": "0"},
}
"""What EPUBCheck asks for, with values that draw as little as an element without them does."""
_XML_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")

MAX_ELEMENTS = 100_000
MAX_DEPTH = 200
MAX_ROUNDS = 20
"""How often references to what is not drawn are looked for: what is left out may have been referred to itself."""
MAX_STYLE = 1_000_000
"""Characters of one style."""


class CleanSvg(Struct, frozen=True):
    """An SVG image that draws by itself."""

    data: bytes
    holds_photographs: bool
    """Whether it shows images that are written out in it."""


def clean_svg(data: bytes) -> CleanSvg:
    """Return the image as far as it draws by itself. Raises `WriterError` where it is not well-formed SVG."""
    try:
        # Entities from outside are never fetched, and expat bounds what those of the file grow to.
        root = ElementTree.fromstring(data)  # noqa: S314
    except (ElementTree.ParseError, LookupError, ValueError) as error:
        raise _unusable(f"is not well-formed: {error}") from error
    if root.tag not in (f"{_SVG}svg", "svg"):
        raise _unusable("has no svg element at its root")
    if sum(1 for _ in root.iter()) > MAX_ELEMENTS:
        raise _unusable(f"has more than {MAX_ELEMENTS} elements")
    _settle_styles(root)
    named = [(_valid_id(name), node) for node in root.iter() if (name := node.get("id")) is not None]
    for _ in range(MAX_ROUNDS):
        copy = _Copy(dict(reversed(named)))  # the first of a name is the one that is found
        drawn = copy.whole(root)
        if copy.ids.issuperset(copy.places):
            break
        named = [(name, node) for name, node in named if name in copy.ids or copy.places[name] is not node]
    else:
        copy = _Copy({})
        drawn = copy.whole(root)
    return CleanSvg(f'<?xml version="1.0" encoding="utf-8"?>\n{drawn}\n'.encode(), copy.holds_photographs)


def _unusable(what: str) -> WriterError:
    return WriterError(Code.IMAGE_INVALID, f"the SVG image {what}", hint="its text alternative stands in its place")


class _Copy:
    """A drawing that is being written anew."""

    def __init__(self, places: Mapping[str, ElementTree.Element]) -> None:
        """`places` are the elements that can be referred to, by id."""
        self.places = places
        self.ids: set[str] = set()
        """Those that were written."""
        self.holds_photographs = False

    def whole(self, root: ElementTree.Element) -> str:
        """Return the drawing."""
        names = {"xmlns": "http://www.w3.org/2000/svg", "xmlns:xlink": "http://www.w3.org/1999/xlink"}
        return element("svg", self._inside(root, depth=1), {**names, **dict(self._attributes(root))})

    def _inside(self, node: ElementTree.Element, depth: int) -> str:
        """Return what stands between the tags of an element."""
        if depth > MAX_DEPTH:
            raise _unusable(f"has elements nested more than {MAX_DEPTH} deep")
        text = node.text or ""
        if node.tag.removeprefix(_SVG) == "style":
            text = _OUTSIDE.sub("", text)
        return escape(text) + "".join(self._drawn(child, depth) + escape(child.tail or "") for child in node)

    def _drawn(self, node: ElementTree.Element, depth: int) -> str:
        name = node.tag.removeprefix(_SVG)
        if name == "a":  # an image in a book leads nowhere, but what the link holds is part of it
            return element("g", self._inside(node, depth + 1))
        if name == "foreignObject":
            return label(node)
        if name == "switch":
            return "".join(self._drawn(child, depth + 1) for child in _chosen(node))
        if not _DRAWS.fullmatch(name) or not _is_self_contained(node, self.places):
            return ""
        attributes = _NEEDED.get(name, {}) | dict(self._attributes(node))
        self.holds_photographs |= name == "image" and bool(attributes)
        return element(name, self._inside(node, depth + 1), attributes)

    def _attributes(self, node: ElementTree.Element) -> Iterator[tuple[str, str]]:
        """Yield the attributes that draw; of elements with one id, the first keeps it: it is the one that is found."""
        for name, value in node.attrib.items():
            namespace, _, local = name.rpartition("}")
            prefix = _NAMESPACES.get(namespace + "}") if namespace else ""
            if prefix is None or local.lower().startswith("on") or _OUTSIDE.search(value):
                continue
            if not _XML_NAME.fullmatch(local) or (prefix == "xml:" and local == "base"):
                continue
            if name == "id":
                if self.places.get(_valid_id(value)) is not node:
                    continue
                self.ids.add(_valid_id(value))
            yield prefix + local, _with_valid_ids(local, value)


def _chosen(switch: ElementTree.Element) -> list[ElementTree.Element]:
    """Return what a choice shows: the first that is for all languages, before it what stands in for HTML."""
    found = [child for child in switch if not child.get("systemLanguage")] or list(switch)[:1]
    if len(found) > 1 and any(node.tag == f"{_SVG}foreignObject" for node in found[0].iter()):
        return found[1:2]
    return found[:1]


_VARIABLE = re.compile(r"(--[\w-]+)\s*:\s*([^;{}]+)")
_USE = re.compile(r"var\(\s*(--[\w-]+)\s*(?:,((?:[^()]|\((?:[^()]|\([^()]*\))*\))*))?\)")
_TWO_COLOURS = re.compile(r"light-dark\(((?:[^(),]|\([^()]*\))*),(?:[^()]|\([^()]*\))*\)")
MAX_VARIABLES = 8
"""How deep variables may name each other."""


def _settle_styles(root: ElementTree.Element) -> None:
    """Put values in the place of variables: the first that the drawing gives them, or what the use falls back to."""
    styles = [node.text or "" for node in root.iter() if node.tag.removeprefix(_SVG) == "style"]
    styles += [node.get("style", "") for node in root.iter()]
    values: dict[str, str] = {}
    for style in styles:
        for name, value in _VARIABLE.findall(style):
            values.setdefault(name, value.strip())
    for node in root.iter():
        if node.text and node.tag.removeprefix(_SVG) == "style":
            node.text = _settled(node.text, values)
        for name, value in node.attrib.items():
            if "(" in value:
                node.set(name, _settled(value, values))


def _settled(style: str, values: Mapping[str, str]) -> str:
    for _ in range(MAX_VARIABLES):
        settled = _USE.sub(lambda use: values.get(use[1]) or (use[2] or "").strip() or "inherit", style)
        settled = _TWO_COLOURS.sub(lambda found: found[1].strip(), settled)
        if settled == style or len(settled) > MAX_STYLE:
            break
        style = settled
    return style


def _is_self_contained(node: ElementTree.Element, places: Mapping[str, ElementTree.Element]) -> bool:
    """Say whether all that an element shows is in this file: drawn here, or an image written out."""
    urls = (node.get(name, "").strip() for name in ("href", "{http://www.w3.org/1999/xlink}href"))
    return all(
        _valid_id(url[1:]) in places if url.startswith("#") else not url or _RASTER.fullmatch(url) for url in urls
    )


def _with_valid_ids(name: str, value: str) -> str:
    """Return a value whose ids, its own or those it refers to, are XML names; drawing programs write others."""
    if name == "id":
        return _valid_id(value)
    if name == "href" and value.startswith("#"):
        return f"#{_valid_id(value[1:])}"
    return _REFERENCE.sub(lambda match: f"url(#{_valid_id(match[1])})", value)


def _valid_id(value: str) -> str:
    return re.sub(
        r"[^A-Za-z0-9_.-]", lambda match: f"_{ord(match[0]):x}_", value if value[:1].isalpha() else f"_{value}"
    )
