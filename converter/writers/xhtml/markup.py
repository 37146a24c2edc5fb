"""Characters, tags and ids that XML and HTML5 both accept."""

import hashlib
import re
from collections.abc import Iterable, Mapping

from converter.languages import Direction, direction_of, is_language
from converter.languages.unicode import clean

Attributes = Mapping[str, str | None]
"""By name, in the order they are written; an attribute whose value is `None` is left out."""

_ID = re.compile(r"[A-Za-z_][A-Za-z0-9._-]*")


def escape(text: str) -> str:
    """Return the text for use between tags or in an attribute, with none but the entities of XML."""
    cleaned = clean(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return cleaned.replace('"', "&quot;").replace("\x85", "&#133;")


def element(name: str, content: str, attributes: Attributes | None = None) -> str:
    """Return an element around markup, with its end tag even where it is empty."""
    return f"<{name}{_written(attributes)}>{content}</{name}>"


def void(name: str, attributes: Attributes | None = None) -> str:
    """Return an element that HTML5 never closes (`br`, `hr`, `img`, `link`, `meta`)."""
    return f"<{name}{_written(attributes)}/>"


def _written(attributes: Attributes | None) -> str:
    if not attributes:
        return ""
    # A line break in an attribute is read back as a space, so it is written as one.
    return "".join(
        f' {name}="{escape(" ".join(value.splitlines()))}"' for name, value in attributes.items() if value is not None
    )


def language_attributes(language: str, direction: Direction | None = None) -> Attributes:
    """Return `lang`, its twin for XML, and `dir`; a tag that names no language is left out."""
    tag = language if is_language(language) else None
    return {"lang": tag, "xml:lang": tag, "dir": direction}


def foreign_attributes(language: str, surrounding: str) -> Attributes:
    """Return the attributes of words in one language among those of another; none where they are the same."""
    return language_attributes(language, direction_of(language)) if language != surrounding else {}


class Ids:
    """Gives out the ids of one file: valid in XML and in every reading system, and each only once."""

    def __init__(self, prefix: str, taken: Iterable[str] = ()) -> None:
        self._prefix = prefix
        self._taken = {prefix + name for name in taken}

    def claim(self, wanted: str) -> str:
        """Return `wanted`, prefixed, made valid, and numbered when it is taken.

        The same wishes in the same order give the same ids. One with other than ASCII letters becomes a digest of
        itself: reading systems disagree on how to escape the rest in a link.
        """
        stem = self._prefix + _valid(wanted)
        found, count = stem, 1
        while found in self._taken:
            count += 1
            found = f"{stem}-{count}"
        self._taken.add(found)
        return found


def _valid(wanted: str) -> str:
    if _ID.fullmatch(wanted):
        return wanted
    spaced = re.sub(r"\s+", "-", wanted.strip())
    if _ID.fullmatch(f"_{spaced}"):
        return f"_{spaced}"
    return f"id-{hashlib.sha256(wanted.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"
