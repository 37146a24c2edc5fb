"""Posts and sites -> what Liquid sees of them: text, and lists of text."""

from collections.abc import Mapping

from converter.model import Metadata, Site


def values_of_page(metadata: Metadata, path: str, key: str) -> dict[str, object]:
    """Return what `{{ page.KEY }}` gives."""
    return {
        **metadata.extra,
        "author": ", ".join(metadata.authors),
        "categories": list(metadata.categories),
        "date": str(metadata.published) if metadata.published else "",
        "description": metadata.summary,
        "excerpt": metadata.summary,
        "id": f"/{key}",
        "lang": metadata.language,
        "path": path,
        "slug": metadata.slug,
        "subtitle": metadata.subtitle,
        "tags": list(metadata.tags),
        "title": metadata.title,
        "url": next(iter(metadata.addresses), ""),
    }


def values_of_site(site: Site, variables: Mapping[str, str]) -> dict[str, object]:
    """Return what `{{ site.KEY }}` gives."""
    return {
        **variables,
        "author": site.author,
        "baseurl": site.baseurl,
        "description": site.description,
        "lang": site.language,
        "timezone": site.timezone,
        "title": site.title,
        "url": site.url,
    }
