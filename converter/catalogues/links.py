"""Names of finished files -> the links of a catalogue to them."""

import posixpath
from urllib.parse import quote

from msgspec import Struct


class Links(Struct, frozen=True):
    """The links of one file of a catalogue: absolute where the URL of the folder is known, else relative."""

    url: str
    """Of the output folder, with a slash at its end; empty where nobody says."""
    file: str
    """The name of the file that the links stand in."""

    def to(self, name: str, version: str = "") -> str:
        """Return the link to a file. Another `version` makes it another link, so that programs fetch the file again."""
        path = name if self.url else posixpath.relpath(name, posixpath.dirname(self.file) or ".")
        href = self.url + quote(path.encode("utf-8", "surrogateescape"), safe="/")
        return f"{href}?v={version}" if version else href
