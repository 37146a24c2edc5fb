"""Names of files inside a book: ASCII, and the same as long as the post's key is the same."""

import re

from converter.writers.names import post_name, short_hash

COVER_IMAGE = "cover.jpg"
COVER = "cover.xhtml"
TITLE_PAGE = "title.xhtml"
CONTENTS = "contents.xhtml"
NAVIGATION = "nav.xhtml"
NCX = "toc.ncx"
COLOPHON = "colophon.xhtml"
STYLE = "style.css"


def chapter_name(key: str) -> str:
    """Return the file of the post with this key."""
    return f"{post_name(key)}.xhtml"


def shared_name(section: str, before: str) -> str:
    """Return the file of the short posts that a section begins with, or that follow the post with the key `before`."""
    return f"posts-{short_hash(f'{section} {before}')}.xhtml"


def place_id(key: str) -> str:
    """Return the id of a post in a file that it shares."""
    return f"post-{short_hash(key)}"


def section_name(title: str) -> str:
    """Return the file of the page that opens a section."""
    return f"section-{short_hash(title)}.xhtml"


def item_id(name: str) -> str:
    """Return the id of a file in the package: a valid XML name that depends on nothing but the file's."""
    return re.sub(r"[^A-Za-z0-9]+", "-", name)
