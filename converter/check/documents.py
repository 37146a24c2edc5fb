"""Content documents: well-formed, ids, and what the manifest must say about them."""

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct

from converter.check.archive import Archive, Findings
from converter.check.package import Package, Resource, is_remote, language_is_valid
from converter.check.vocabulary import DEPRECATED_ROLES, EVENT, HTML, OBSOLETE_ATTRIBUTES
from converter.check.xml import OPS, XHTML, XML, Element, MalformedError, parse
from converter.diagnostics import Code

_ID = re.compile(r"[^\s:]+")
_NCNAME_START = re.compile(r"[^\W\d]|_")
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
SVG = "http://www.w3.org/2000/svg"
MATHML = "http://www.w3.org/1998/Math/MathML"


class Reference(Struct, frozen=True):
    """A URL in a document."""

    href: str
    line: int
    link: bool
    """Whether it leads somewhere; else it shows something in place."""


class Document(Struct, frozen=True):
    """A content document as far as others may point into it."""

    path: str
    ids: frozenset[str]
    references: tuple[Reference, ...]


def read_documents(package: Package, archive: Archive, findings: Findings) -> dict[str, Document]:
    """Return the content documents by path; report what is wrong inside each."""
    found = {}
    for resource in package.of_type("application/xhtml+xml", "image/svg+xml"):
        data = archive.read(resource.path)
        if data is None:
            continue
        try:
            root = parse(data)
        except MalformedError as error:
            findings.add(
                Code.BOOK_MARKUP, resource.path, f"the file is not well-formed: {error.message}", line=error.line
            )
            continue
        elements = list(root.elements())
        ids = _ids(elements, resource.path, findings)
        references = tuple(_references(elements))
        if resource.media_type == "application/xhtml+xml":
            _check_html(root, elements, resource, findings)
            if package.version.startswith("3"):
                _check_properties(elements, resource, references, findings)
        found[resource.path] = Document(resource.path, ids, references)
    return found


def _ids(elements: Sequence[Element], path: str, findings: Findings) -> frozenset[str]:
    seen: set[str] = set()
    for element in elements:
        id_ = element.attributes.get("id")
        if id_ is None:
            continue
        if not _ID.fullmatch(id_) or (element.namespace != XHTML and not _NCNAME_START.match(id_)):
            findings.add(Code.BOOK_MARKUP, path, f"'{id_}' is not a valid id", line=element.line)
        if id_ in seen:
            findings.add(Code.BOOK_MARKUP, path, f"the id '{id_}' is there twice", line=element.line)
        seen.add(id_)
    return frozenset(seen)


def _references(elements: Sequence[Element]) -> Iterator[Reference]:
    for element in elements:
        for name, value in element.attributes.items():
            local = name.rpartition("}")[2]
            link = local in ("href", "cite") and element.name in ("a", "area", "q", "blockquote", "ins", "del")
            if local == "srcset":
                yield from (
                    Reference(part.split()[0], element.line, link=False) for part in value.split(",") if part.split()
                )
            elif local in ("href", "src", "poster", "data", "cite") and (local != "data" or element.name == "object"):
                yield Reference(value.strip(), element.line, link)


def _check_html(root: Element, elements: Sequence[Element], resource: Resource, findings: Findings) -> None:
    if root.name != "html" or root.namespace != XHTML:
        findings.add(Code.BOOK_MARKUP, resource.path, "the root is not the html element of XHTML", line=root.line)
        return
    titles = [element for element in elements if element.name == "title" and element.namespace == XHTML]
    if not any(title.text() for title in titles):
        findings.add(Code.BOOK_ACCESSIBILITY, resource.path, "the document has no title", line=root.line)
    for element in elements:
        _check_element(element, resource.path, findings)
    _check_styles(elements, resource.path, findings)
    _check_headings(elements, resource.path, findings)


def _check_element(element: Element, path: str, findings: Findings) -> None:
    attributes = element.attributes
    language, twin = attributes.get("lang"), attributes.get(f"{{{XML}}}lang")
    for tag in {language, twin} - {None, ""}:
        if tag is not None and not language_is_valid(tag):
            findings.add(Code.BOOK_MARKUP, path, f"'{tag}' is not a language tag", line=element.line)
    if language is not None and twin is not None and language.lower() != twin.lower():
        findings.add(Code.BOOK_MARKUP, path, f"lang '{language}' and xml:lang '{twin}' differ", line=element.line)
    if element.namespace != XHTML:
        return
    if element.name not in HTML and "-" not in element.name:
        findings.add(Code.BOOK_MARKUP, path, f"HTML has no element '{element.name}'", line=element.line)
    for name in attributes:
        if name in OBSOLETE_ATTRIBUTES.get(element.name, ()) or name in OBSOLETE_ATTRIBUTES["*"]:
            findings.add(Code.BOOK_MARKUP, path, f"'{element.name}' has no attribute '{name}'", line=element.line)
    if attributes.get("role") in DEPRECATED_ROLES:
        message = f"the role '{attributes['role']}' is deprecated"
        findings.add(Code.BOOK_ACCESSIBILITY, path, message, line=element.line)
    if element.name == "img" and "alt" not in attributes and attributes.get("role") not in ("presentation", "none"):
        findings.add(Code.BOOK_ACCESSIBILITY, path, "an image has no text alternative", line=element.line)


def _check_styles(elements: Sequence[Element], path: str, findings: Findings) -> None:
    body = next((place for place, element in enumerate(elements) if element.name == "body"), len(elements))
    for element in elements[body:]:
        if element.name == "style" and element.namespace == XHTML:
            findings.add(Code.BOOK_MARKUP, path, "a style element must be in the head", line=element.line)


def _check_headings(elements: Sequence[Element], path: str, findings: Findings) -> None:
    last = 0
    for heading in elements:
        if heading.name not in _HEADINGS:
            continue
        level = int(heading.name[1])
        if last and level > last + 1:
            message = f"a heading of level {level} follows one of level {last}"
            findings.add(Code.BOOK_ACCESSIBILITY, path, message, line=heading.line)
        last = level


def _check_properties(
    elements: Sequence[Element], resource: Resource, references: tuple[Reference, ...], findings: Findings
) -> None:
    """Compare what the manifest says about a document with what is in it (EPUB 3.3, section 5.6.2.2)."""
    used = set(_used(elements, references))
    for name in sorted(used - resource.properties):
        message = f"the manifest does not say that the document is '{name}'"
        findings.add(Code.BOOK_PACKAGE, resource.path, message, hint="add it to the properties of the item")
    for name in sorted(resource.properties & {"mathml", "scripted", "svg", "switch"} - used):
        findings.add(Code.BOOK_PACKAGE, resource.path, f"the manifest says that the document is '{name}'; it is not")


def _used(elements: Sequence[Element], references: tuple[Reference, ...]) -> Iterator[str]:
    for element in elements:
        if element.namespace == MATHML:
            yield "mathml"
        elif element.namespace == SVG:
            yield "svg"
        elif element.namespace == OPS and element.name == "switch":
            yield "switch"
        if element.name in ("script", "form") or any(EVENT.fullmatch(name) for name in element.attributes):
            yield "scripted"
    for reference in references:
        if not reference.link and _leads_out(reference.href):
            yield "remote-resources"


def _leads_out(href: str) -> bool:
    try:
        return is_remote(href) and not href.startswith("data:")
    except ValueError:
        return False
