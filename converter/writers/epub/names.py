"""Names of files inside a book: ASCII, and the same as long as the post's key is the same."""

import hashlib
import re

COVER_IMAGE = "cover.jpg"
COVER = "cover.xhtml"
TITLE_PAGE = "title.xhtml"
CONTENTS = "contents.xhtml"
NAVIGATION = "nav.xhtml"
NCX = "toc.ncx"
COLOPHON = "colophon.xhtml"
STYLE = "style.css"

MAX_STEM = 48
"""Characters of a key that are kept in a file name; its digest keeps apart what is the same so far."""


def chapter_name(key: str) -> str:
    """Return the file of the post with this key."""
    last = key.rpartition("/")[2].lower()
    readable = re.sub(r"[^a-z0-9]+", "-", last)[:MAX_STEM].strip("-")
    return f"{'-'.join(filter(None, ('post', readable, _digest(key))))}.xhtml"


def section_name(title: str) -> str:
    """Return the file of the page that opens a section."""
    return f"section-{_digest(title)}.xhtml"


def item_id(name: str) -> str:
    """Return the id of a file in the package: a valid XML name that depends on nothing but the file's."""
    return re.sub(r"[^A-Za-z0-9]+", "-", name)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
