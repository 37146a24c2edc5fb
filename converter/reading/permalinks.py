"""Where a site shows a post: Jekyll's `permalink` patterns."""

import re
from pathlib import PurePosixPath
from urllib.parse import quote

from converter.model import Metadata, Site
from converter.reading.context import Context
from converter.reading.metadata import slug_of

_STYLES = {
    "date": "/:categories/:year/:month/:day/:title:output_ext",
    "none": "/:categories/:title:output_ext",
    "ordinal": "/:categories/:year/:y_day/:title:output_ext",
    "pretty": "/:categories/:year/:month/:day/:title/",
    "weekdate": "/:categories/:year/W:week/:short_day/:title:output_ext",
}
_NAME = re.compile(r":(categories|i_day|i_month|month|output_ext|short_day|short_year|slug|title|week|y_day|year|day)")


def url_of(metadata: Metadata, key: str, site: Site, context: Context) -> str:
    """Return the address of a post, empty where the site does not say how its addresses are made."""
    pattern = metadata.extra.get("permalink") or context.permalink
    if not site.url or not pattern:
        return ""
    pattern = _STYLES.get(pattern, pattern)
    values = _values(metadata, key)
    path = _NAME.sub(lambda found: values.get(found[1], ""), pattern)
    return f"{site.url}{site.baseurl}{quote(re.sub(r'/{2,}', '/', f'/{path}'), safe='/:@!$&+,;=~()%')}"


def _values(metadata: Metadata, key: str) -> dict[str, str]:
    title = slug_of(PurePosixPath(key).name)
    values = {
        "categories": "/".join(re.sub(r"\s+", "%20", category.lower()) for category in metadata.categories),
        "output_ext": ".html",
        "slug": metadata.extra.get("slug") or metadata.slug or title,
        "title": title,
    }
    if metadata.published is None:
        return values
    forms = {
        "day": "%d",
        "month": "%m",
        "short_day": "%a",
        "short_year": "%y",
        "week": "%V",
        "y_day": "%j",
        "year": "%Y",
    }
    dates = {name: metadata.published.strftime(form) for name, form in forms.items()}
    return values | dates | {"i_day": dates["day"].lstrip("0"), "i_month": dates["month"].lstrip("0")}
