"""Says what is wrong with a finished EPUB, any EPUB, without Java: fast enough to be asked before every build ends.

The checks are those that reading systems and shops stumble over: the archive, the package, well-formed markup, ids,
links, media types by content, navigation, style sheets with their contrast. EPUBCheck knows more; it is asked where it
is installed.
"""

from converter.check.book import check_epub
from converter.check.epubcheck import run_epubcheck

__all__ = ["check_epub", "run_epubcheck"]
