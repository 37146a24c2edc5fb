"""What other tools call for one post or one digest: text in, bytes out, no files."""

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor
from os import PathLike, fspath

from msgspec.structs import replace

from converter.config import check_rule, writer_of
from converter.diagnostics import Warn, ignore
from converter.digest import digest_of
from converter.images.find import attach, attach_named
from converter.limits.values import DEFAULT, Limits
from converter.model import Digest, Post, Site
from converter.model.walk import check_types
from converter.normalize import normalize
from converter.pipeline import write
from converter.reading import CleaningRule, Context, SourceFile, read
from converter.site import crosslinks as links
from converter.storage import absolute, open_tree
from converter.themes import open_theme
from converter.writers import File

Images = Mapping[str, bytes] | str | PathLike[str]
"""Where the images of a post are: their bytes by the URL that the post has for them, or a folder."""


def read_post(
    text: str | bytes,
    *,
    name: str = "post.md",
    site: Site | None = None,
    rules: Iterable[CleaningRule] = (),
    images: Images | None = None,
    limits: Limits = DEFAULT,
    warn: Warn | None = None,
) -> Post:
    """Return the post that `text` holds.

    `name` is the file name, which may give the date and the key; its folder is where relative URLs of images
    begin. `rules` say what of it is not the post, as `[[clean]]` does. `images` are its images, by URL, as in
    `{"quay.png": b"…"}`, or the folder of the site that it belongs to; without them, that is the root of `site`, if it
    has one. `limits` bound what it may ask for. `warn` is told what was repaired or left out.

    Raises `SourceError` for what cannot be a post, `UsageError` for a faulty rule.
    """
    site = site or Site()
    report = warn or ignore
    data = text.encode() if isinstance(text, str) else text
    key = name.rpartition("/")[2].rpartition(".")[0] or name
    context = Context(rules=tuple(check_rule(rule) for rule in rules), limits=limits)
    post = normalize(read(SourceFile(path=name, key=key, data=data), site, report, context=context), site, report)
    return with_images(post, images, site=site, warn=report) if images is not None or site.root else post


def with_images(
    post: Post, images: Images | None = None, *, site: Site | None = None, warn: Warn | None = None
) -> Post:
    """Return the post with its images found: those of `read_post`, or of a post that came as JSON.

    `warn` is told which images are not there, or are none.
    """
    site = site or Site()
    if isinstance(images, Mapping):
        return attach_named(post, images, site, warn or ignore)
    root = absolute(fspath(images)) if images is not None else site.root
    return attach(post, replace(site, root=root), open_tree(root), warn or ignore)


def link_posts(posts: Sequence[Post], site: Site | None = None, *, warn: Warn | None = None) -> tuple[Post, ...]:
    """Return the posts of a site with the links between them as links inside a book: `load_posts` does that itself."""
    return links.link_posts(posts, dict.fromkeys((post.key for post in posts), site or Site()), warn or ignore)


def render(
    document: Post | Digest, writer: str, *, theme: str = "default", warn: Warn | None = None, **options: object
) -> bytes:
    """Return the main file that the writer of that name makes of a post or a digest.

    `options` are those of the writer: the keys of `[output.WRITER]` in `converter.toml`. Raises `UsageError` for an
    unknown writer, theme or option, `TypeError` for a document with values of wrong types, and `WriterError` when it
    cannot be done. The images of a Markdown digest, the posts of `shape = "folder"` and the volumes of an EPUB are
    files of their own: see `render_files`.
    """
    return _files(document, writer, theme, warn, None, options)[0].data


def render_files(
    document: Post | Digest,
    writer: str,
    *,
    theme: str = "default",
    warn: Warn | None = None,
    executor: Executor | None = None,
    **options: object,
) -> tuple[File, ...]:
    """Return all files that a writer makes, the main one first. Their names are relative to one folder.

    `executor` renders the parts of the digest; without one, all is done here. Raises what `render` does.
    """
    return _files(document, writer, theme, warn, executor, options)


def _files(
    document: Post | Digest,
    writer: str,
    theme: str,
    warn: Warn | None,
    executor: Executor | None,
    options: Mapping[str, object],
) -> tuple[File, ...]:
    check_types(document)
    digest = digest_of(document, Site()) if isinstance(document, Post) else document
    report = warn or ignore
    return write.render_files(digest, writer_of(writer, options, report), open_theme(theme), report, executor)
