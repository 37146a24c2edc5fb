"""Bodies as they are read, before anything is normalised.

Settings: `file` (its name; default `post.md`), `markdown` (`commonmark`, where a site is not kramdown), `config` and
`hugo` (what stands in `_config.yml` or in `hugo.yaml`), `lines: yes`
(show the source line of each block), `language` (of the site), `encoding`. The input is the whole post where it begins
with a header, else its body. What cannot be seen in a file of cases is written as `\\r`, `\\ufeff`, `\\x00`, `\\x07`.
"""

import re

from converter.diagnostics import Diagnostic
from converter.model import Post, Site
from converter.normalize import normalize
from converter.reading import Context, SourceFile, read, read_context
from converter.reading.systems import HUGO, JEKYLL
from tests.areas.shown import show, show_diagnostics
from tests.test_cases import Case

_ESCAPES = {"\\r": "\r", "\\ufeff": "\ufeff", "\\x00": "\x00", "\\x07": "\x07"}
HEADER = "---\ntitle: T\ndate: 2024-01-02\n---\n"


def read_case(case: Case, header: str = HEADER) -> tuple[Post, Site, list[Diagnostic]]:
    """Return the post of a case, its site, and what was reported."""
    diagnostics: list[Diagnostic] = []
    settings = case.settings
    path = settings.get("file", "post.md")
    site = Site(
        timezone=settings.get("timezone", "UTC"),
        language=settings.get("language", "en"),
        url=settings.get("url", ""),
        author=settings.get("author", ""),
    )
    source = re.sub(r"\\(?:r|ufeff|x[0-9a-f]{2})", lambda found: _ESCAPES[found[0]], case.input)
    text = source if source.lstrip("\ufeff\n \t").startswith(("---\n", "+++\n", "{\n")) else header + source
    data = _encoded(text, settings.get("encoding", "utf-8"))
    key = path.removeprefix("_posts/").rpartition(".")[0]
    context = Context(dialect="commonmark" if settings.get("markdown") == "commonmark" else "kramdown")
    for setting, name, profile in (("config", "_config.yml", JEKYLL), ("hugo", "hugo.yaml", HUGO)):
        context = read_context(settings[setting], file=name, profile=profile) if setting in settings else context
    post = read(SourceFile(path=path, key=key, data=data), site, diagnostics.append, context=context)
    return post, site, diagnostics


def _encoded(text: str, encoding: str) -> bytes:
    """Return the bytes of a file; `broken` puts a byte that is no UTF-8 in the place of `<?>`.

    `mixed` puts lines that begin with `<latin>` in cp1252.
    """
    if encoding == "mixed":
        return b"\n".join(
            line.removeprefix("<latin>").encode("cp1252" if line.startswith("<latin>") else "utf-8")
            for line in text.split("\n")
        )
    if encoding == "broken":
        return text.encode().replace(b"<?>", b"\xff")
    return text.encode(encoding)


def run(case: Case) -> str:
    post, _, diagnostics = read_case(case)
    return "\n".join((*show(post, lines="lines" in case.settings), *show_diagnostics(diagnostics)))


def run_normalized(case: Case, header: str = HEADER) -> tuple[Post, list[Diagnostic]]:
    """Return the post of a case as it is after normalising, and what was reported."""
    post, site, diagnostics = read_case(case, header)
    return normalize(post, site, diagnostics.append), diagnostics
