"""The head of a saved page -> the entries of front matter: what the page says of itself to machines."""

import html
import json
import re
from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from converter.model import Block, Image, Inline, Link, Media, Post
from converter.model.urls import join_url
from converter.model.walk import walk
from converter.reading.front_matter.parse import Entry
from converter.reading.html.elements import parse
from converter.reading.html.urls import link_url
from converter.reading.yaml_values import Value

_HEAD = re.compile(r"<(?:head|html|!doctype)[\s>]", re.IGNORECASE)
_BEGINNING, _MAX_HEAD, _MAX_DATA = 4_000, 400_000, 200_000
"""Characters in which a page begins, that its head may have, and a block of data."""
_LINKED_DATA = re.compile(
    r"<script\b[^>]{0,200}application/ld\+json[^>]{0,200}>(?P<data>[^<]*+(?:<(?!/?script)[^<]*+)*+)</script>",
    re.IGNORECASE,
)
_TIME = re.compile(r"<time\b[^>]{0,500}?\bdatetime\s*=\s*[\"']?(?P<date>[^\"'>\s][^\"'>]{3,60})", re.IGNORECASE)
_HEADING = re.compile(r"<h1\b[^>]{0,500}>(?P<text>.{1,2000}?)</h1>", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_AFTER_TITLE = re.compile(r"\s+[|\-–—·•»:]\s+")

_METAS = {
    "title": ("og:title", "twitter:title", "dc.title", "citation_title"),
    "date": (
        "article:published_time", "og:published_time", "datepublished", "date", "pubdate", "publishdate",
        "publish_date", "publish-date", "dc.date", "dc.date.issued", "dcterms.date", "dcterms.created",
        "parsely-pub-date", "sailthru.date", "citation_publication_date",
    ),
    "updated": ("article:modified_time", "og:updated_time", "datemodified", "last-modified", "dcterms.modified"),
    "author": ("author", "article:author", "dc.creator", "parsely-author", "byl", "citation_author", "twitter:creator"),
    "description": ("description", "og:description", "dc.description"),
    "tags": ("article:tag", "keywords", "news_keywords"),
    "category": ("article:section",),
}  # fmt: skip
"""What front matter calls it, and the names of `<meta>` that say it, the surest first."""


def is_page(text: str) -> bool:
    """Whether a text is a whole page, and no piece of one."""
    return _HEAD.search(text, 0, _BEGINNING) is not None


def entries_of_page(text: str) -> dict[str, Entry]:
    """Return what a page says of itself: in `<meta>`, in linked data, in its title, its language and its first time."""
    end = text.lower().find("</head", 0, _MAX_HEAD)
    head = parse(text[: end if end >= 0 else _MAX_HEAD])
    metas: dict[str, list[str]] = {}
    for node in head.css("meta"):
        name = node.attributes.get("property") or node.attributes.get("name") or node.attributes.get("itemprop") or ""
        if value := " ".join((node.attributes.get("content") or "").split()):
            metas.setdefault(name.lower(), []).append(value)
    data = dict(_data(text))
    found: dict[str, Value] = {key: _meta(metas, names) for key, names in _METAS.items()}
    found["date"] = found["date"] or data.get("datePublished") or data.get("dateCreated") or _first(_TIME, "date", text)
    found["updated"] = found["updated"] or data.get("dateModified")
    found["author"] = found["author"] or data.get("author")
    title = head.css_first("title")
    site = (*metas.get("og:site_name", ()), "")[0]
    heading = " ".join(html.unescape(_TAG.sub("", _first(_HEADING, "text", text) or "")).split())
    written = " ".join(title.text().split()) if title else ""
    found["title"] = found["title"] or data.get("headline") or _title(written, heading, site) or heading
    root = head.css_first("html")
    found["lang"] = (root.attributes.get("lang") or root.attributes.get("xml:lang")) if root else None
    tags = found["tags"]
    found["tags"] = tuple(tags.split(",")) if isinstance(tags, str) else None
    return {key: Entry(value, 1) for key, value in found.items() if value}


def with_base(post: Post, text: str) -> Post:
    """Return the post of a page with its URLs as `<base>` has them; those of places in the page stay."""
    head = text[:_MAX_HEAD]
    node = parse(head).css_first("base[href]") if "<base" in head.lower() else None
    base = link_url(node.attributes.get("href")) if node else ""
    if not base:
        return post

    def joined(url: str) -> str:
        return url if url.startswith(("#", "data:")) else join_url(base, url) or url

    def rewrite(node: Inline | Block) -> Inline | Block:
        match node:
            case Link(href) | Media(href=href):
                return replace(node, href=joined(href))
            case Image(src):
                return replace(node, src=joined(src))
            case _:
                return node

    return walk(post, rewrite)


def _meta(metas: Mapping[str, list[str]], names: tuple[str, ...]) -> str | None:
    """Return what the first of some names says; of several authors or tags all."""
    values = next((metas[name] for name in names if name in metas), [])
    plain = [value for value in values if not value.startswith(("http://", "https://", "@"))]
    return ", ".join(dict.fromkeys(plain)) if plain else None


def _title(written: str, heading: str, site: str) -> str:
    """Return the title of a page without the name of its site behind it, where that can be told."""
    parts = _AFTER_TITLE.split(written)
    if len(parts) > 1 and (parts[-1] == site or written.startswith(heading or "\0")):
        return heading if heading and written.startswith(heading) else written[: -len(parts[-1])].rstrip(" |-–—·•»:")
    return written


def _data(text: str) -> Iterator[tuple[str, str]]:
    """Yield what linked data say of an article."""
    for found in _LINKED_DATA.finditer(text):
        try:
            loaded = json.loads(found["data"][:_MAX_DATA])
        except (ValueError, RecursionError):
            continue
        nodes = loaded if isinstance(loaded, list) else [loaded]
        nodes += [one for node in nodes if isinstance(node, dict) for one in _listed(node.get("@graph"))]
        for node in nodes:
            if isinstance(node, dict) and re.search(r"Article|BlogPosting|Report", str(node.get("@type"))):
                yield from _facts(node)
                return


def _facts(node: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    for key in ("datePublished", "dateCreated", "dateModified", "headline"):
        if isinstance(value := node.get(key), str):
            yield key, html.unescape(value)
    names = [one.get("name") if isinstance(one, dict) else one for one in _listed(node.get("author"))]
    if found := ", ".join(name for name in names if isinstance(name, str)):
        yield "author", found


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _first(pattern: re.Pattern[str], name: str, text: str) -> str | None:
    found = pattern.search(text)
    return found[name] if found else None
