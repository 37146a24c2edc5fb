"""Names of HTML that may stand in a book."""

import re

HTML = frozenset(
    """
    a abbr address area article aside audio b base bdi bdo blockquote body br button canvas caption cite code col
    colgroup data datalist dd del details dfn dialog div dl dt em embed fieldset figcaption figure footer form h1 h2 h3
    h4 h5 h6 head header hgroup hr html i iframe img input ins kbd label legend li link main map mark menu meta meter
    nav noscript object ol optgroup option output p param picture pre progress q rp rt ruby s samp script search section
    select slot small source span strong style sub summary sup table tbody td template textarea tfoot th thead time
    title tr track u ul var video wbr
    """.split()
)
"""Elements of the HTML standard."""

OBSOLETE_ATTRIBUTES = {
    "*": frozenset(
        {"align", "bgcolor", "valign", "background", "clear", "nowrap", "hspace", "vspace", "noshade", "compact"}
    ),
    "a": frozenset({"name", "charset", "rev", "shape", "coords"}),
    "body": frozenset({"text", "link", "vlink", "alink"}),
    "hr": frozenset({"color", "size", "width"}),
    "img": frozenset({"border", "longdesc", "name"}),
    "li": frozenset({"type"}),
    "pre": frozenset({"width"}),
    "table": frozenset({"cellpadding", "cellspacing", "frame", "rules", "summary", "width"}),
    "td": frozenset({"abbr", "axis", "char", "charoff", "height", "scope", "width"}),
    "th": frozenset({"axis", "char", "charoff", "height", "width"}),
    "tr": frozenset({"char", "charoff"}),
    "ul": frozenset({"type"}),
}
"""Attributes that HTML 4 had, by element; `*` is every one."""

DEPRECATED_ROLES = frozenset({"doc-biblioentry", "doc-endnote"})
"""Of DPUB-ARIA 1.1: an entry of a list is a list item."""

EVENT = re.compile(r"on[a-z]+")
"""Attributes that run a script."""
