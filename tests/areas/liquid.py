"""What Liquid prints: each line of the output is what a line of the input becomes.

The input is front matter between fences, and lines of Liquid. Jekyll 4.3.1 with Liquid 5.4 was the judge
of the outputs.
Settings: `timezone`, `url`, `baseurl` (of the site), `config` (more of its `_config.yml`, on one line).
"""

from zoneinfo import ZoneInfo

from converter.diagnostics import Diagnostic
from converter.model import Site
from converter.reading import SourceFile, read_context
from converter.reading.defaults import with_defaults
from converter.reading.front_matter.parse import read_front_matter
from converter.reading.front_matter.split import split_front_matter
from converter.reading.liquid import Page, render, values_of_page, values_of_site
from converter.reading.metadata import read_metadata
from converter.reading.permalinks import with_urls
from tests.areas.shown import show_diagnostics
from tests.test_cases import Case

_PATH, _KEY = "_posts/2024-01-02-a.md", "2024-01-02-a"


def run(case: Case) -> str:
    found: list[Diagnostic] = []
    settings = case.settings
    zone = settings.get("timezone", "UTC")
    site = Site(timezone=ZoneInfo(zone).key, url=settings.get("url", ""), baseurl=settings.get("baseurl", ""))
    context = read_context(settings.get("config", "title: Site"))
    source = SourceFile(path=_PATH, key=_KEY, data=case.input.encode())
    parts = split_front_matter(case.input)
    entries = read_front_matter(parts, file=_PATH, warn=found.append)
    entries = with_defaults(entries, file=_PATH, line=1, context=context)
    metadata = read_metadata(entries, key=_KEY, file=_PATH, site=site, warn=found.append)
    metadata = with_urls(metadata, file=_PATH, site=site, context=context)
    front_matter = {name: entry.value for name, entry in entries.items()}
    page = Page(
        _PATH,
        parts.body_line,
        values_of_page(metadata, front_matter, _PATH, source.key, site),
        values_of_site(site, context.variables, {}),
    )
    return "\n".join((render(parts.body, page, context, found.append).text.rstrip(), *show_diagnostics(found)))
