"""`converter convert` and `converter inspect`: one post."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from converter.cli.completion import complete_format, complete_theme
from converter.cli.messages import Messages, message_options
from converter.cli.options import follow_links_option, name_option, option, timeout_option
from converter.cli.streams import STREAM, is_stream, write

if TYPE_CHECKING:
    from converter.config import Config
    from converter.diagnostics import Diagnostic, Warn
    from converter.model import Post, Site
    from converter.pipeline.executors import SerialExecutor
    from converter.pipeline.load import Loaded


@click.command()
@click.argument("source", metavar="IN")
@click.argument("target", metavar="[OUT]", default=STREAM)
@option(
    "-t",
    "--to",
    metavar="FORMAT",
    shell_complete=complete_format,
    help="The format.  [default: by the suffix of OUT, else markdown]",
)
@option("--theme", metavar="NAME|FOLDER", default="default", shell_complete=complete_theme, help="The theme.")
@name_option
@follow_links_option
@timeout_option
@message_options
def convert(
    *,
    source: str,
    target: str,
    to: str | None,
    theme: str,
    name: str,
    follow_links: bool,
    timeout: float | None,
    messages: Messages,
) -> None:
    """Convert one post. IN and OUT may be - for standard input and output."""
    from msgspec.structs import replace

    from converter.api import render_files
    from converter.digest import digest_of
    from converter.pipeline.output import open_output, publish

    if target == STREAM:
        messages.print_data("the post")
    messages.under((source,))
    config = _config(source, timeout, follow_links=follow_links)
    post, site, found = _read_one(source, name, config)
    try:
        main, *beside = render_files(
            digest_of(post, site, config.now),
            to or _writer_for(target),
            theme=theme,
            warn=found.append,
            executor=_executor(config),
        )
    finally:
        messages.show(found)
    if target == STREAM or is_stream(target):
        write(target, main.data)
    else:
        publish(open_output(str(Path(target).parent)), (replace(main, name=Path(target).name), *beside))
    sys.exit(messages.status(found))


@click.command()
@click.argument("source", metavar="POST")
@option("--json", "as_json", is_flag=True, help="Print the whole model as JSON.")
@option("--site", "whole", is_flag=True, help="Name the blocks that most posts of a site have in common.")
@name_option
@follow_links_option
@timeout_option
@message_options
def inspect(
    *,
    source: str,
    as_json: bool,
    whole: bool,
    name: str,
    follow_links: bool,
    timeout: float | None,
    messages: Messages,
) -> None:
    """Show what was read: metadata, outline and diagnostics of POST; - for standard input."""
    messages.print_data("what was read")
    messages.under((source,))
    config = _config(source, timeout, follow_links=follow_links)
    if whole:
        click.echo(_shared_blocks(source, config), nl=False)
        return
    post, _, found = _read_one(source, name, config)
    write(STREAM, post.to_json() + b"\n" if as_json else f"{_described(post)}\n".encode())
    messages.show(found)
    sys.exit(messages.status(found))


def _config(source: str, timeout: float | None, *, follow_links: bool) -> Config:
    """Return the configuration that counts for a post: the nearest one, as in `build`."""
    from converter.config import Options, load_config

    sources = () if source == STREAM else (source,)
    return load_config(options=Options(sources=sources, timeout=timeout, follow_links=follow_links))


def _executor(config: Config) -> SerialExecutor:
    from converter.limits.bounds import Bounds
    from converter.pipeline.executors import SerialExecutor

    return SerialExecutor(Bounds(config.timeout, config.limits.memory))


def _read_one(source: str, name: str, config: Config) -> tuple[Post, Site, list[Diagnostic]]:
    """Return the post of a file, or of standard input under the name `name`, with its site and its diagnostics.

    Raises `SourceError` when the file is no post.
    """
    from converter.diagnostics import Code, SourceError
    from converter.pipeline.load import load_posts

    loaded = (
        _from_input(name, config)
        if source == STREAM
        else load_posts(source, follow_links=config.follow_links, limits=config.limits, executor=_executor(config))
    )
    if loaded.posts:
        return loaded.posts[0], loaded.site, list(loaded.diagnostics)
    for last in loaded.diagnostics[-1:]:
        raise SourceError(last.code, last.message, file=last.file, line=last.line, hint=last.hint)
    raise SourceError(Code.NO_POSTS, f"there is no post in '{source}'")


def _from_input(name: str, config: Config) -> Loaded:
    from converter.api import read_post
    from converter.limits.guard import report_outcome
    from converter.model import Site
    from converter.pipeline.executors import outcomes
    from converter.pipeline.load import Loaded

    def read(data: bytes, warn: Warn) -> Post:
        return read_post(data, name=name, limits=config.limits, warn=warn)

    # One byte more than a post may have: the reader says so, whatever is behind it.
    data = sys.stdin.buffer.read(config.limits.source_bytes + 1)
    [(_, outcome)] = outcomes(_executor(config), read, [[data]])
    found: list[Diagnostic] = []
    report_outcome(outcome, name, found.append)
    return Loaded((outcome.value,) if outcome.value else (), Site(), (), tuple(found))


def _shared_blocks(source: str, config: Config) -> str:
    """Return the blocks that most posts have in common, each with the rule of `converter.toml` that leaves it out."""
    import json
    import re

    from converter.diagnostics import counted
    from converter.pipeline.load import load_posts
    from converter.site.boilerplate import find_repeated

    loaded = load_posts(source, follow_links=config.follow_links, limits=config.limits, executor=_executor(config))
    posts = loaded.posts
    rules = []
    for found in find_repeated(posts):
        pattern = json.dumps(re.sub(r"([\\.^$*+?{}\[\]|()])", r"\\\1", found.words), ensure_ascii=False)
        rules.append(
            f"# in {found.posts} of {counted(len(posts), 'post')}, as in {found.example}\n[[clean]]\ntext = {pattern}\n"
            'action = "remove"\n'
        )
    return "\n".join(rules)


def _writer_for(target: str) -> str:
    """Return the writer whose files have the suffix of `target`. Raises `UsageError` where there is none."""
    from converter.diagnostics import Code, UsageError
    from converter.writers.registry import plugins as installed
    from converter.writers.registry import writer_type

    if target == STREAM:
        return "markdown"
    suffix = Path(target).suffix.lower()
    by_suffix: dict[str, list[str]] = {}
    for plugin in installed():
        by_suffix.setdefault(writer_type(plugin.name).suffix.lower(), []).append(plugin.name)
    names = by_suffix.get(suffix, [])
    if len(names) > 1:
        raise UsageError(
            Code.USAGE, f"several writers make files that end in '{suffix}'", hint=f"say --to {' or --to '.join(names)}"
        )
    if not names:
        raise UsageError(
            Code.USAGE,
            f"no writer makes files that end in '{suffix}'",
            hint=f"end the name in one of {', '.join(sorted(by_suffix))}, or name a format with --to",
        )
    return names[0]


def _described(post: Post) -> str:
    from converter.diagnostics import counted
    from converter.model import Heading
    from converter.model.walk import query, text_of

    meta = post.metadata
    source = " ".join(filter(None, (meta.source.name, meta.source.url))) if meta.source else ""
    rows = {
        "title": meta.title,
        "authors": ", ".join(meta.authors),
        "published": meta.published.isoformat(" ") if meta.published else "",
        "language": meta.language,
        "categories": ", ".join(meta.categories),
        "tags": ", ".join(meta.tags),
        "source": source,
        "key": post.key,
        "size": ", ".join(
            counted(number, noun)
            for number, noun in (
                (sum(len(text_of(block)) for block in post.blocks), "character"),
                (len(post.blocks), "block"),
                (len(post.notes), "note"),
                (len(post.assets), "image"),
            )
        ),
    }
    lines = [f"{name:<11} {value}" for name, value in rows.items() if value]
    outline = ["  " * (node.level - 2) + text_of(node) for node in query(post) if isinstance(node, Heading)]
    return "\n".join([*lines, *(["", *outline] if outline else [])])
