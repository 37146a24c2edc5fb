"""What other tools call for one post or one digest: text in, bytes out, no files."""

import msgspec

from converter.diagnostics import Diagnostic, Warn
from converter.digest import digest_of
from converter.model import Digest, Post, Site
from converter.normalize import normalize
from converter.plugins import writer_type
from converter.reading import SourceFile, read
from converter.themes import open_theme
from converter.write import render_files
from converter.writers import File


def read_post(text: str | bytes, *, name: str = "post.md", site: Site | None = None, warn: Warn | None = None) -> Post:
    """Return the post that `text` holds. Pictures are not looked for: see `load_posts`.

    `name` is the file name, which may give the date and the key; `warn` is told what was repaired or left out.
    Raises `SourceError` for what cannot be a post.
    """
    site = site or Site()
    report = warn or _ignore
    data = text.encode() if isinstance(text, str) else text
    key = name.rpartition("/")[2].rpartition(".")[0] or name
    return normalize(read(SourceFile(path=name, key=key, data=data), site, report), site, report)


def render(
    document: Post | Digest, writer: str, *, theme: str = "default", warn: Warn | None = None, **options: object
) -> bytes:
    """Return the main file that the writer of that name makes of a post or a digest.

    `options` are those of the writer: the keys of `[output.WRITER]` in `converter.toml`. Raises `UsageError` for an
    unknown writer or theme, `msgspec.ValidationError` for a wrong option, and `WriterError` when it cannot be done.
    """
    return render_all(document, writer, theme=theme, warn=warn, **options)[0].data


def render_all(
    document: Post | Digest, writer: str, *, theme: str = "default", warn: Warn | None = None, **options: object
) -> tuple[File, ...]:
    """Return all files that a writer makes, as `render` does for the main one, which comes first."""
    digest = digest_of(document, Site()) if isinstance(document, Post) else document
    value = msgspec.convert(options, writer_type(writer))
    return render_files(digest, value, open_theme(theme), warn or _ignore)


def _ignore(_diagnostic: Diagnostic) -> None:
    """Take no notice: the caller did not ask for diagnostics."""
