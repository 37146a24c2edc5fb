"""Navigation: the navigation document of EPUB 3 and the NCX of EPUB 2."""

from collections import Counter

from converter.check.archive import Archive, Findings
from converter.check.documents import Document
from converter.check.package import Package, resolve
from converter.check.xml import OPS, Element, MalformedError, parse
from converter.diagnostics import Code

_TYPE = f"{{{OPS}}}type"


def check_navigation(package: Package, documents: dict[str, Document], archive: Archive, findings: Findings) -> None:
    """Report what is wrong with the tables of contents."""
    navs = [resource for resource in package.resources.values() if "nav" in resource.properties]
    if package.version.startswith("3") and len(navs) != 1:
        findings.add(Code.BOOK_NAVIGATION, package.path, f"there are {len(navs)} navigation documents, not one")
    for resource in navs:
        if resource.path in documents and (data := archive.read(resource.path)) is not None:
            _check_document(parse(data), resource.path, findings)
    if package.toc and (data := archive.read(package.toc)) is not None:
        _check_ncx(data, package, documents, archive, findings)


def _check_document(root: Element, path: str, findings: Findings) -> None:
    navs = {kind: [nav for nav in root.named("nav") if kind in nav.attributes.get(_TYPE, "").split()] for kind in _ONCE}
    if len(navs["toc"]) != 1:
        findings.add(Code.BOOK_NAVIGATION, path, f"there are {len(navs['toc'])} tables of contents, not one")
    for kind in ("page-list", "landmarks"):
        if len(navs[kind]) > 1:
            findings.add(Code.BOOK_NAVIGATION, path, f"there is more than one list of {kind}")
    for nav in (one for found in navs.values() for one in found):
        _check_nav(nav, path, findings)


_ONCE = ("toc", "page-list", "landmarks")


def _check_nav(nav: Element, path: str, findings: Findings) -> None:
    if not any(True for _ in nav.named("li")):
        findings.add(Code.BOOK_NAVIGATION, path, "a list of the navigation is empty", line=nav.line)
    entries = {id(child) for entry in nav.named("li") for child in entry.children()}
    for label in nav.named("a", "span"):
        named = (
            label.text() or label.attributes.get("title") or any(e.attributes.get("alt") for e in label.named("img"))
        )
        if not named and id(label) in entries:
            findings.add(Code.BOOK_NAVIGATION, path, "an entry of the navigation has no text", line=label.line)
    seen: set[tuple[str, str]] = set()
    for link in nav.named("a"):
        landmark = link.attributes.get(_TYPE, ""), link.attributes.get("href", "")
        if "landmarks" in nav.attributes.get(_TYPE, "") and landmark in seen:
            findings.add(Code.BOOK_NAVIGATION, path, f"the landmark '{landmark[0]}' is there twice", line=link.line)
        seen.add(landmark)


def _check_ncx(
    data: bytes, package: Package, documents: dict[str, Document], archive: Archive, findings: Findings
) -> None:
    path = package.toc
    try:
        root = parse(data)
    except MalformedError as error:
        findings.add(Code.BOOK_NAVIGATION, path, f"the file is not well-formed: {error.message}", line=error.line)
        return
    uid = next((m.attributes.get("content") for m in root.named("meta") if m.attributes.get("name") == "dtb:uid"), "")
    if (uid or "").strip() != package.identifier:
        findings.add(Code.BOOK_NAVIGATION, path, f"the identifier '{uid}' is not that of the package")
    if not any(True for _ in root.named("navPoint")):
        findings.add(Code.BOOK_NAVIGATION, path, "the table of contents is empty", line=root.line)
    ids = Counter(element.attributes["id"] for element in root.elements() if "id" in element.attributes)
    for repeated in sorted(id_ for id_, times in ids.items() if times > 1):
        findings.add(Code.BOOK_NAVIGATION, path, f"the id '{repeated}' is there twice")
    for content in root.named("content"):
        source = content.attributes.get("src", "")
        target, fragment = resolve(path, source)
        lost = target not in archive or not source
        if lost or (fragment and target in documents and fragment not in documents[target].ids):
            findings.add(Code.BOOK_NAVIGATION, path, f"there is no target '{source}'", line=content.line)
