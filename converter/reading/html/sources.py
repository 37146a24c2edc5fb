"""Where the file of an image is: pages that load images late write it into attributes of their own."""

import re
from collections.abc import Iterator

from converter.reading.html.elements import Attributes, Element
from converter.reading.html.urls import image_url

_LATE = """
    data-original data-src data-lazy-src data-lazy data-actualsrc data-original-src data-url data-echo data-full-url
    data-cfsrc data-croporisrc zoomfile file
""".split()
"""In their order: the largest first, where pages write several."""
_CANDIDATE = re.compile(r"\s*(\S*[^\s,])(?:\s+([\d.]+)([wx]))?\s*(?:,|\Z)")
_SETS = ("srcset", "data-srcset", "data-lazy-srcset")


def source_of(element: Element, attributes: Attributes) -> str:
    """Return the URL of an image, empty where there is none.

    What is written for a script goes before `src`, which then is a blank; what is in the markup itself (`data:`), after
    all others: it is such a blank, too, where there are others.
    """
    found = [image_url(written) for name in (*_LATE, "src") if (written := attributes.get(name))]
    found += map(image_url, _best(attributes))
    best = next((source for source in found if source and not _is_inside(source)), "")
    if best:
        return best
    found += map(image_url, _around(element))
    named = [source for source in found if source]
    return next((source for source in named if not _is_inside(source)), named[0] if named else "")


def _is_inside(source: str) -> bool:
    return source[:5].lower() == "data:"


def _best(attributes: Attributes) -> Iterator[str]:
    """Yield the widest image of each set; of those for several densities, the one for the lowest."""
    for name in _SETS:
        if written := attributes.get(name):
            found = [match for match in _CANDIDATE.finditer(written) if _is_number(match[2])]
            if found:
                yield max(found, key=lambda match: float(match[2] or 1) * (1 if match[3] == "w" else -1))[1]


def _is_number(written: str | None) -> bool:
    return not written or written.replace(".", "", 1).isdecimal()


def _around(element: Element) -> Iterator[str]:
    """Yield what the sources of a `<picture>` name, and what is there for pages without scripts."""
    parent = element.parent
    if parent is not None and parent.tag == "picture":
        for node in parent.iter():
            if node.tag == "source":
                yield from _best(node.attributes)
    after = element.next
    if after is not None and after.tag == "-text":
        after = after.next
    if after is not None and after.tag == "noscript" and (image := after.css_first("img")) is not None:
        yield image.attributes.get("src") or ""
