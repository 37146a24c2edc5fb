"""Prints our wall time and memory beside pandoc's for the same posts, in one run: `python -m benchmarks.peers [POSTS]`.

Pandoc makes one HTML file of all posts, which is less than we do: it has no chapters, no contents by section and no
metadata of single posts. It is given the posts as they are, which it reads as its own Markdown, and then the bodies
alone, as HTML, which is the least that it can be asked for.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pypandoc

from benchmarks.posts import post
from converter.pipeline.load import load_posts

EACH = 500
"""Posts over which the time of reading one is measured."""


def main(count: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        bodies = write_posts(folder, count)
        pandoc = [pypandoc.get_pandoc_path(), "-t", "html", "--standalone", "-o", str(folder / "p.html")]
        ours = [sys.executable, "-m", "converter", "build", str(folder / "site"), "-o", str(folder / "out"), "-q"]
        print(f"{count} posts of about {sum(len(body) for body in bodies) // count} characters")
        posts, memory = measured([*pandoc, *(str(path) for path in sorted((folder / "site/_posts").iterdir()))])
        print(f"{'pandoc, the posts':<28}{posts:8.2f} s {memory:6.0f} MiB")
        peer, memory = measured([*pandoc, "-f", "html", *(str(path) for path in sorted((folder / "bodies").iterdir()))])
        print(f"{'pandoc, bodies of HTML':<28}{peer:8.2f} s {memory:6.0f} MiB")
        peer_each, our_each = reading(folder, min(count, EACH))
        print(f"{'reading, pandoc -f html':<28}{1000 * peer_each:8.2f} ms a post")
        print(f"{'reading, ours':<28}{1000 * our_each:8.2f} ms a post")
        for form in ("epub", "markdown"):
            seconds, memory = measured([*ours, "-t", form])
            ratios = f"{seconds / posts:.2f} and {seconds / peer:.2f} of pandoc's times"
            print(f"{f'ours, {form}':<28}{seconds:8.2f} s {memory:6.0f} MiB   {ratios}")


def reading(folder: Path, count: int) -> tuple[float, float]:
    """Return the seconds of processor time that pandoc and we need to read one post, without the start of either."""
    pandoc = [pypandoc.get_pandoc_path(), "-f", "html", "-t", "native", "-o", os.devnull]
    bodies = [str(path) for path in sorted((folder / "bodies").iterdir())[:count]]
    start = processor_time(resource.RUSAGE_CHILDREN)
    subprocess.run([*pandoc, bodies[0]], check=True)
    one = processor_time(resource.RUSAGE_CHILDREN)
    subprocess.run([*pandoc, *bodies], check=True)
    peer = (processor_time(resource.RUSAGE_CHILDREN) - one - (one - start)) / count
    load_posts(str(folder / "site/_posts" / post(0)[0]))  # what is imported late is not part of the work
    start = processor_time(resource.RUSAGE_SELF)
    loaded = load_posts(str(folder / "site"))
    return peer, (processor_time(resource.RUSAGE_SELF) - start) / len(loaded.posts)


def processor_time(who: int) -> float:
    usage = resource.getrusage(who)
    return usage.ru_utime + usage.ru_stime


def write_posts(folder: Path, count: int) -> list[str]:
    """Write the posts as a site and, for pandoc, their titles and bodies as HTML files; return the bodies."""
    (folder / "site/_posts").mkdir(parents=True)
    (folder / "bodies").mkdir()
    bodies = []
    for number in range(count):
        name, text = post(number)
        (folder / "site/_posts" / name).write_text(text, "utf-8")
        title = text.split('title: "')[1].split('"')[0]
        body = f"<h1>{title}</h1>\n" + text.split("---\n", 2)[2].replace("<https:", "&lt;https:")
        (folder / "bodies" / f"{number:05}.html").write_text(body, "utf-8")
        bodies.append(body)
    return bodies


def measured(command: list[str]) -> tuple[float, float]:
    """Return the seconds and the peak MiB of the largest process of a command."""
    start = time.perf_counter()
    process = subprocess.Popen(command)
    _, status, usage = os.wait4(process.pid, 0)
    assert status == 0, f"{command[0]} ended with {status}"
    return time.perf_counter() - start, usage.ru_maxrss / 1024


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
