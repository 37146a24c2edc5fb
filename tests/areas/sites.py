"""What a site's configuration means to its posts: the fields of the metadata that follow from it.

The input is the configuration, a line `~~~`, and the post. Settings: `file` (the post's path in the site; default
`_posts/2024-05-31-a.md`), `config` (the name of the configuration; default `_config.yml`) and `system`.
"""

from converter.diagnostics import Diagnostic
from converter.reading import SourceFile, read, read_context, read_site
from converter.reading.systems import profile_named
from tests.areas.shown import show_diagnostics
from tests.test_cases import Case

_OWN = frozenset({"title", "published", "language", "slug"})
"""What the post says by itself."""


def run(case: Case) -> str:
    found: list[Diagnostic] = []
    config, _, text = case.input.partition("~~~\n")
    name, path = case.settings.get("config", "_config.yml"), case.settings.get("file", "_posts/2024-05-31-a.md")
    profile = profile_named(case.settings.get("system", "Jekyll" if name.startswith("_config") else "Hugo"))
    site = read_site(config, file=name, root="", warn=found.append, profile=profile)
    key = path.replace("_posts/", "").removeprefix("content/").removesuffix("/index.md").rpartition(".")[0]
    source = SourceFile(path=path, key=key or path.split("/")[-2], data=text.encode())
    metadata = read(source, site, found.append, context=read_context(config, file=name, profile=profile)).metadata
    lines = []
    for field in metadata.__struct_fields__:
        match getattr(metadata, field):
            case _ if field in _OWN:
                continue
            case tuple() as values if values:
                lines.append(f"{field}: {' | '.join(values)}")
            case dict() as values:
                lines += [f"{field}.{key}: {value}" for key, value in values.items()]
            case value if value not in (None, "", (), False):
                lines.append(f"{field}: {value}")
    return "\n".join((*lines, *show_diagnostics(found)))
