"""A table of posts that lies beside them -> values of front matter by the path of each post."""

import csv
import io
from collections.abc import Mapping

from converter.reading.yaml_values import Value

_COLUMNS = {"title": "title", "subtitle": "subtitle", "post_date": "date", "is_published": "published"}
"""Columns of Substack's `posts.csv`, and what front matter call them."""


def read_records(text: str) -> dict[str, Mapping[str, Value]]:
    """Return what `posts.csv` says of each file of `posts`; a broken table says what stands before the break."""
    found: dict[str, Mapping[str, Value]] = {}
    rows = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    try:
        for row in rows:
            name = (row.get("post_id") or "").strip()
            values = {
                own: value.strip() for column, own in _COLUMNS.items() if (value := row.get(column) or "").strip()
            }
            if name and "/" not in name:
                found[f"posts/{name}.html"] = {**values, "slug": name.partition(".")[2] or name}
    except csv.Error:
        pass
    return found
