"""URLs: every one that stays in the book leads to a file and a place that are there."""

from converter.check.archive import Archive, Findings
from converter.check.documents import Document, Reference
from converter.check.package import Package, is_remote, resolve
from converter.diagnostics import Code

_UNSAFE = frozenset({"javascript", "file", "vbscript", "data"})


def check_links(documents: dict[str, Document], package: Package, archive: Archive, findings: Findings) -> None:
    """Report URLs that lead nowhere, out of the book, or into a program."""
    for document in documents.values():
        for reference in document.references:
            _check(reference, document, documents, package, archive, findings)


def _check(
    reference: Reference,
    document: Document,
    documents: dict[str, Document],
    package: Package,
    archive: Archive,
    findings: Findings,
) -> None:
    href, path, line = reference.href, document.path, reference.line
    try:
        remote = is_remote(href)
    except ValueError:
        findings.add(Code.BOOK_LINK, path, f"'{href}' is not a valid URL", line=line)
        return
    if remote:
        _check_remote(reference, path, findings)
        return
    if " " in href:
        findings.add(Code.BOOK_LINK, path, f"the URL '{href}' has a space in it", line=line)
    if href.startswith("/"):
        findings.add(Code.BOOK_LINK, path, f"the URL '{href}' points outside the book", line=line)
        return
    target, fragment = resolve(path, href)
    if target not in archive:
        findings.add(Code.BOOK_LINK, path, f"there is no file '{href}' in the book", line=line)
    elif target not in package.resources:
        findings.add(Code.BOOK_LINK, path, f"the file '{href}' is not in the manifest", line=line)
    elif fragment and target in documents and fragment not in documents[target].ids and "(" not in fragment:
        findings.add(Code.BOOK_LINK, path, f"there is no target '{href}'", line=line)


def _check_remote(reference: Reference, path: str, findings: Findings) -> None:
    scheme = reference.href.partition(":")[0].lower() if ":" in reference.href else ""
    if scheme == "data" and not reference.link:
        return
    if scheme in _UNSAFE:
        findings.add(Code.BOOK_LINK, path, f"a book must not lead to '{reference.href[:60]}'", line=reference.line)
    elif not reference.link:
        message = f"the book shows '{reference.href[:60]}', which is not in it"
        findings.add(Code.BOOK_LINK, path, message, line=reference.line, hint="put the file into the book")
    elif any(character in reference.href for character in ' "<>\\^`{|}'):
        message = f"the URL '{reference.href[:60]}' has characters that must be escaped"
        findings.add(Code.BOOK_LINK, path, message, line=reference.line)
