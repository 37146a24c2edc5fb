"""The package document: metadata, manifest and spine (EPUB 3.3, section 5)."""

import posixpath
import re
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from msgspec import Struct

from converter.check.archive import Archive, Findings
from converter.check.media import CORE, DOCUMENTS, EPUB2_DOCUMENTS, sniffed
from converter.check.xml import XML, Element, MalformedError, parse
from converter.diagnostics import Code

_LANGUAGE = re.compile(r"(?:[A-Za-z]{2,3}|[A-Za-z]{4,8}|[xi](?=-))(?:-[A-Za-z0-9]{1,8})*")
_MODIFIED = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_OUTSIDE = frozenset({"mimetype"})


class Resource(Struct, frozen=True):
    """An entry of the manifest."""

    id: str
    path: str
    """In the archive; the URL itself for a resource outside."""
    media_type: str
    properties: frozenset[str]
    fallback: str
    line: int
    remote: bool


class Package(Struct, frozen=True):
    """What the package document says."""

    path: str
    version: str
    identifier: str
    resources: dict[str, Resource]
    """By path."""
    spine: tuple[str, ...]
    """Paths in reading order."""
    toc: str
    """The path of the NCX that the spine names, or nothing."""

    def of_type(self, *media_types: str) -> Iterator[Resource]:
        return (one for one in self.resources.values() if one.media_type in media_types and not one.remote)


def language_is_valid(tag: str) -> bool:
    """Say whether a language tag is well-formed by BCP 47."""
    return _LANGUAGE.fullmatch(tag) is not None


def resolve(base: str, href: str) -> tuple[str, str]:
    """Return the path in the archive and the fragment that a relative URL in the file `base` means."""
    url, _, fragment = href.partition("#")
    path = posixpath.normpath(posixpath.join(posixpath.dirname(base), unquote(url.partition("?")[0])))
    return (path if url else base), unquote(fragment)


def is_remote(href: str) -> bool:
    """Say whether a URL leads out of the book. Raises `ValueError` for one that is broken."""
    parts = urlsplit(href)
    return bool(parts.scheme or parts.netloc)


def read_package(archive: Archive, findings: Findings) -> Package | None:
    """Return the package, or `None` where it cannot be read at all."""
    path = archive.package
    try:
        root = parse(archive.read(path) or b"")
    except MalformedError as error:
        findings.add(Code.BOOK_PACKAGE, path, f"the file is not well-formed: {error.message}", line=error.line)
        return None
    _check_ids(root, path, findings)
    version = root.attributes.get("version", "")
    identifier = _identifier(root, path, findings)
    _check_metadata(root, version, path, findings)
    resources, by_id = _manifest(root, path, findings)
    spine = _spine(root, by_id, version, path, findings)
    toc = _toc(root, by_id, version, path, findings)
    package = Package(path, version, identifier, resources, spine, toc)
    _check_files(package, archive, findings)
    return package


def _check_ids(root: Element, path: str, findings: Findings) -> None:
    seen: set[str] = set()
    for element in root.elements():
        if (id_ := element.attributes.get("id")) is not None:
            if id_ in seen:
                findings.add(Code.BOOK_PACKAGE, path, f"the id '{id_}' is there twice", line=element.line)
            seen.add(id_)


def _identifier(root: Element, path: str, findings: Findings) -> str:
    wanted = root.attributes.get("unique-identifier", "")
    for element in root.named("identifier"):
        if element.attributes.get("id") == wanted and element.text():
            return element.text()
    findings.add(Code.BOOK_PACKAGE, path, f"there is no identifier with the id '{wanted}'", line=root.line)
    return ""


def _check_metadata(root: Element, version: str, path: str, findings: Findings) -> None:
    for name in ("title", "language"):
        if not any(element.text() for element in root.named(name)):
            findings.add(Code.BOOK_PACKAGE, path, f"the metadata have no {name}", line=root.line)
    tags = [(element.text(), element.line) for element in root.named("language")]
    tags += [(e.attributes[f"{{{XML}}}lang"], e.line) for e in root.elements() if f"{{{XML}}}lang" in e.attributes]
    for tag, line in tags:
        if tag and not language_is_valid(tag):
            findings.add(Code.BOOK_PACKAGE, path, f"'{tag}' is not a language tag", line=line)
    if version.startswith("3"):
        dates = [e for e in root.named("meta") if e.attributes.get("property") == "dcterms:modified"]
        dates = [element for element in dates if "refines" not in element.attributes]
        if len(dates) != 1 or not _MODIFIED.fullmatch(dates[0].text()):
            findings.add(
                Code.BOOK_PACKAGE, path, "there must be one dcterms:modified like 2024-05-31T12:00:00Z", line=root.line
            )


def _manifest(root: Element, path: str, findings: Findings) -> tuple[dict[str, Resource], dict[str, Resource]]:
    """Return the resources by path and by id."""
    by_path: dict[str, Resource] = {}
    by_id: dict[str, Resource] = {}
    for element in (item for manifest in root.named("manifest") for item in manifest.children()):
        resource = _resource(element, path, findings)
        if resource is None:
            continue
        if resource.path in by_path:
            findings.add(Code.BOOK_PACKAGE, path, f"'{resource.path}' is in the manifest twice", line=element.line)
        by_path[resource.path] = by_id[resource.id] = resource
    for resource in by_path.values():
        if resource.fallback and resource.fallback not in by_id:
            findings.add(Code.BOOK_PACKAGE, path, f"there is no fallback '{resource.fallback}'", line=resource.line)
    return by_path, by_id


def _resource(element: Element, path: str, findings: Findings) -> Resource | None:
    attributes = element.attributes
    missing = [name for name in ("id", "href", "media-type") if not attributes.get(name)]
    if missing:
        findings.add(Code.BOOK_PACKAGE, path, f"an entry of the manifest has no {missing[0]}", line=element.line)
        return None
    href = attributes["href"]
    try:
        remote = is_remote(href)
    except ValueError:
        findings.add(Code.BOOK_PACKAGE, path, f"'{href}' is not a valid URL", line=element.line)
        return None
    return Resource(
        id=attributes["id"],
        path=href if remote else resolve(path, href)[0],
        media_type=attributes["media-type"],
        properties=frozenset(attributes.get("properties", "").split()),
        fallback=attributes.get("fallback", ""),
        line=element.line,
        remote=remote,
    )


def _spine(root: Element, by_id: dict[str, Resource], version: str, path: str, findings: Findings) -> tuple[str, ...]:
    found: dict[str, None] = {}
    linear = False
    allowed = DOCUMENTS if version.startswith("3") else EPUB2_DOCUMENTS
    for element in root.named("itemref"):
        resource = by_id.get(element.attributes.get("idref", ""))
        if resource is None:
            reference = element.attributes.get("idref", "")
            findings.add(Code.BOOK_PACKAGE, path, f"the spine names '{reference}', which is nowhere", line=element.line)
            continue
        if resource.path in found:
            findings.add(Code.BOOK_PACKAGE, path, f"'{resource.path}' is in the spine twice", line=element.line)
        if resource.media_type not in allowed and not resource.fallback:
            message = f"'{resource.path}' in the spine is of a type that needs a fallback"
            findings.add(Code.BOOK_PACKAGE, path, message, line=element.line)
        linear = linear or element.attributes.get("linear") != "no"
        found[resource.path] = None
    if not linear:
        findings.add(Code.BOOK_PACKAGE, path, "the spine has no document to read", line=root.line)
    return tuple(found)


def _toc(root: Element, by_id: dict[str, Resource], version: str, path: str, findings: Findings) -> str:
    """Return the path of the NCX."""
    spine = next(root.named("spine"), root)
    wanted = spine.attributes.get("toc")
    if wanted is None:
        if version.startswith("2"):
            findings.add(Code.BOOK_NAVIGATION, path, "the spine names no table of contents", line=spine.line)
        return ""
    if wanted not in by_id or by_id[wanted].media_type != "application/x-dtbncx+xml":
        findings.add(Code.BOOK_NAVIGATION, path, f"the table of contents '{wanted}' is not an NCX", line=spine.line)
        return ""
    return by_id[wanted].path


def _check_files(package: Package, archive: Archive, findings: Findings) -> None:
    for resource in package.resources.values():
        if resource.remote:
            continue
        head = archive.heads.get(resource.path)
        if head is None:
            message = f"the file '{resource.path}' of the manifest is not in the book"
            findings.add(Code.BOOK_PACKAGE, package.path, message, line=resource.line)
        elif resource.path not in archive.encrypted:
            _check_type(resource, head, findings)
        if package.version.startswith("3") and resource.media_type not in CORE and not resource.fallback:
            _check_foreign(resource, package, findings)
    listed = {resource.path for resource in package.resources.values()}
    for name in archive.heads:
        if name not in listed and name not in _OUTSIDE and name != package.path and not name.startswith("META-INF/"):
            findings.add(Code.BOOK_PACKAGE, name, "the file is not in the manifest")


def _check_type(resource: Resource, head: bytes, findings: Findings) -> None:
    if not head and resource.media_type.startswith("image/"):
        findings.add(Code.BOOK_MEDIA_TYPE, resource.path, "the image is empty")
        return
    kind = sniffed(head)
    claims_image = resource.media_type.startswith("image/")
    if claims_image and kind is None:
        findings.add(
            Code.BOOK_MEDIA_TYPE, resource.path, f"the file is neither an image nor a valid {resource.media_type}"
        )
    elif kind is not None and kind.startswith("image/") and kind != resource.media_type:
        message = f"the book calls it {resource.media_type}, but the file is {kind}"
        findings.add(Code.BOOK_MEDIA_TYPE, resource.path, message)


def _check_foreign(resource: Resource, package: Package, findings: Findings) -> None:
    """Report an image that reading systems need not know; other foreign resources may go unused."""
    if resource.media_type.startswith("image/"):
        message = f"reading systems need not show {resource.media_type}, and there is no fallback"
        findings.add(Code.BOOK_MEDIA_TYPE, package.path, message, line=resource.line, hint="convert it to JPEG or PNG")
