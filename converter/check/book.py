"""All checks of a book, in the order in which each needs what those before it found."""

from converter.check.archive import Findings, open_archive
from converter.check.documents import read_documents
from converter.check.links import check_links
from converter.check.navigation import check_navigation
from converter.check.package import read_package
from converter.check.small import check_small
from converter.check.styles import check_styles
from converter.diagnostics import Diagnostic


def check_epub(data: bytes, name: str, *, small: bool = False) -> tuple[Diagnostic, ...]:
    """Return what is wrong with an EPUB, any EPUB; nothing where it is right. `name` is for the messages.

    With `small`, what e-readers with little memory cannot show is a fault, too.
    """
    findings = Findings(name)
    archive = open_archive(data, findings)
    package = None if archive is None else read_package(archive, findings)
    if archive is not None and package is not None:
        documents = read_documents(package, archive, findings)
        check_links(documents, package, archive, findings)
        check_navigation(package, documents, archive, findings)
        check_styles(package, archive, findings)
    if archive is not None and small:
        check_small(archive, findings)
    return findings.found
