"""Prints what each stage and each writer does in a second, in this process: `python -m benchmarks [POSTS]`."""

import resource
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from benchmarks.posts import post
from converter.diagnostics import Diagnostic
from converter.digest import DigestSpec, GroupBy, compile_digests
from converter.model import Post, Site
from converter.normalize import normalize
from converter.pipeline.write import render_files
from converter.reading import SourceFile, read
from converter.themes import open_theme
from converter.writers.registry import plugins, writer_type

SITE = Site(title="港口新闻", language="zh-CN", timezone="Asia/Shanghai", url="https://news.example.org")
PDF_POSTS = 40
"""Layout takes a hundred times as long as all else: fewer posts tell as much."""


def main(count: int) -> None:
    sources = [post(number) for number in range(count)]
    found: list[Diagnostic] = []

    def each(work: Callable[[int], Post]) -> list[Post]:
        return [work(number) for number in range(count)]

    def read_one(number: int) -> Post:
        name, text = sources[number]
        return read(SourceFile(path=name, key=name[:-3], data=text.encode()), SITE, found.append)

    print(f"{count} posts of about {sum(len(text) for _, text in sources) // count} characters, one process")
    read_one(0)  # what is imported late is not part of the work
    with measured("read", count):
        posts = each(read_one)
    with measured("normalize", count):
        posts = [normalize(item, SITE, found.append) for item in posts]
    with measured("compile by day", count):
        compile_digests(posts, DigestSpec(period="day"), site=SITE)
    for plugin in plugins():
        number = min(count, PDF_POSTS) if plugin.name == "pdf" else count
        [digest] = compile_digests(posts[:number], DigestSpec(group_by=GroupBy.CATEGORY), site=SITE)
        writer, theme = writer_type(plugin.name)(), open_theme("default")
        render_files(compile_digests(posts[:1], site=SITE)[0], writer, theme, found.append)
        with measured(f"write {plugin.name}", number):
            files = render_files(digest, writer, theme, found.append)
        print(f"{'':<18}{len(files[0].data) / number / 1024:10.1f} KiB a post")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB, {len(found)} diagnostics")


@contextmanager
def measured(name: str, count: int) -> Iterator[None]:
    start = time.process_time()
    yield
    seconds = time.process_time() - start
    print(f"{name:<18}{count / seconds:10.0f} posts/s {1000 * seconds / count:10.2f} ms a post")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
