"""Measures PDF: ours beside one plain WeasyPrint document of the same theme, Typst and Chromium.

`python -m benchmarks.pdf [POSTS…]` (300 and 1000 when none are given). Each is run in a process of its own, on two
cores; printed are the time by the clock and that of the processors, the memory of the largest process, and the size.
"""

from __future__ import annotations

import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.posts import post

if TYPE_CHECKING:  # each run imports what it measures, and so do the workers of ours, which import this module
    from converter.model import Digest

HERE = Path(__file__).parent
CONFIG = "title: 港口新闻\nlang: zh-CN\ntimezone: Asia/Shanghai\nurl: https://news.example.org\n"
JOBS = 2
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


def make_site(folder: Path, count: int) -> None:
    (folder / "_posts").mkdir(parents=True, exist_ok=True)
    (folder / "_config.yml").write_text(CONFIG, "utf-8")
    for number in range(count):
        name, text = post(number)
        (folder / "_posts" / name).write_text(text, "utf-8")


def the_digest(site: Path) -> Digest:
    from converter import load_posts
    from converter.digest import DigestSpec, compile_digests

    loaded = load_posts(str(site))
    return compile_digests(loaded.posts, DigestSpec(), site=loaded.site)[0]


# ---- what is measured: each takes the site and the file to write ----


def ours(site: Path, target: Path, cache: str = "", engine: str = "weasyprint") -> None:
    """Build as the command does."""
    from converter.config import Options, load_config
    from converter.pipeline.run import build

    folder = str(target.parent / target.stem)
    options = Options(sources=(str(site),), output=folder, formats=("pdf",), jobs=JOBS, cache=cache, pdf_engine=engine)
    report = build(load_config(None, options))
    shutil.move(str(Path(folder) / report.files[0].path), target)


def kept(site: Path, target: Path) -> None:
    """Build with a store of pieces beside the target."""
    ours(site, target, cache=str(target.parent / "store"))


def second(site: Path, target: Path) -> None:
    """Build with the second engine, Typst."""
    ours(site, target, engine="typst")


def second_kept(site: Path, target: Path) -> None:
    """Build with the second engine, and a cache beside the target."""
    ours(site, target, cache=str(target.parent / "second-cache"), engine="typst")


def one_document(site: Path) -> str:
    """Return all posts as one page of HTML with the style sheet of the theme, running heads and contents."""
    from converter.themes import open_theme
    from converter.writers.pdf import PdfWriter
    from converter.writers.pdf.parts import PostPart
    from converter.writers.pdf.style import open_style
    from converter.writers.pdf.weasyprint.markup import post_markup

    digest = the_digest(site)
    writer, theme = PdfWriter(), open_theme("default")
    style = open_style(writer, theme, digest.language, sections=True)
    articles, rows = [], []
    for number, part in enumerate(writer.split(digest, theme)):
        if isinstance(part, PostPart):
            html = post_markup(part, style, lambda _: None).html
            article = re.search(r"<article.*</article>", html, re.DOTALL)
            assert article is not None
            articles.append(article[0].replace("<article ", f'<article id="p{number}" ', 1).replace("{", "&#123;"))
            rows.append(f'<li><a href="#p{number}">{part.post.metadata.title}</a></li>')
    heads = (
        "@page{@top-left{content:string(section)}@top-right{content:string(post)}@bottom-center{content:counter(page)}}"
        "h1{string-set:section content()}.title{string-set:post content()}"
        '.contents a::after{content:leader(" . ") target-counter(attr(href),page) !important}'
    )
    return (
        f'<!DOCTYPE html><html lang="{digest.language}"><head><meta charset="utf-8"><title>{digest.title}</title>'
        f"<style>{style.css}{heads}</style></head><body>"
        f'<nav class="contents"><h1>目录</h1><ol>{"".join(rows)}</ol></nav>{"".join(articles)}</body></html>'
    )


def weasyprint(site: Path, target: Path) -> None:
    """Set one document, tagged, with a table of contents by `target-counter`, as WeasyPrint is usually used."""
    import weasyprint

    html = one_document(site)
    weasyprint.HTML(string=html).write_pdf(str(target), pdf_variant="pdf/ua-1")


def chromium(site: Path, target: Path) -> None:
    """Print the same document, without page numbers in its contents: Chromium has none."""
    program = next(found for name in CHROMIUM if (found := shutil.which(name)))
    page = target.with_suffix(".html")
    page.write_text(one_document(site), "utf-8")
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run(
            [program, "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
             f"--user-data-dir={profile}", "--no-pdf-header-footer", f"--print-to-pdf={target}", page.as_uri()],
            check=True, capture_output=True,
        )  # fmt: skip


def typst(site: Path, target: Path) -> None:
    """Set the JSON of the digest with a Typst template, tagged."""
    import typst as engine  # type: ignore[import-not-found]  # a peer, not a dependency

    data = the_digest(site).to_json().decode()
    target.write_bytes(engine.compile(str(HERE / "pdf.typ"), sys_inputs={"digest": data}, pdf_standards=["ua-1"]))


MEASURED = {each.__name__: each for each in (ours, kept, second, second_kept, weasyprint, typst, chromium)}


AGAIN = {"again": "kept", "second_again": "second_kept"}
"""What is measured once more, after a post has changed."""


# ---- the runs ----


def run(name: str, site: Path, target: Path) -> dict[str, float] | None:
    """Run one of them in a process; `None` where it is not installed or fails."""
    command = [sys.executable, "-m", "benchmarks.pdf", "--run", name, str(site), str(target)]
    # Programs that are installed have their bytecode at hand.
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=HERE.parent, env=environment)
    if done.returncode:
        print(f"  {name:<24} not measured: {done.stderr.strip().splitlines()[-1:]}")
        return None
    result: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return result


def run_here(name: str, site: Path, target: Path) -> None:
    start = time.perf_counter()
    MEASURED[name](site, target)
    seconds = time.perf_counter() - start
    used = [resource.getrusage(kind) for kind in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    found = {
        "seconds": seconds,
        "processor": sum(each.ru_utime + each.ru_stime for each in used),
        "memory": max(each.ru_maxrss for each in used) / 1024,
        "size": target.stat().st_size,
    }
    print(json.dumps(found))


def measure(count: int) -> float | None:
    """Print what each takes for so many posts; return the seconds of ours."""
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        make_site(base / "site", count)
        print(f"{count} posts of about 1,150 Chinese characters, {JOBS} processes")
        plain = run("weasyprint", base / "site", base / "weasyprint.pdf")
        names = {"ours": "ours", "kept": "ours, cold store", "again": "ours, one post changed",
                 "second": "ours, with Typst", "second_kept": "ours, with Typst, cold cache",
                 "second_again": "the same, one post changed", "typst": "typst (no furniture)",
                 "chromium": "chromium (untagged)"}  # fmt: skip
        show("one WeasyPrint document", plain, plain)
        found: dict[str, dict[str, float] | None] = {}
        for name, words in names.items():
            if name in AGAIN:
                change_one_post(base / "site", 7 + len(found))
            found[name] = run(AGAIN.get(name, name), base / "site", base / f"{name}.pdf")
            show(words, found[name], plain)
        mine, typeset, peer = found["ours"], found["second"], found["typst"]
        for name, cold in AGAIN.items():
            if (first := found[cold]) and (changed := found[name]):
                print(f"  {names[name]}: {changed['seconds'] / first['seconds']:.1%} of the first time")
        if mine and typeset and peer:
            times, more = mine["processor"] / typeset["processor"], typeset["processor"] / peer["processor"]
            print(f"  processors: Typst {times:.1f} × as fast as WeasyPrint in ours, {more:.2f} × plain Typst")
        return mine["seconds"] if mine else None


def change_one_post(site: Path, number: int) -> None:
    path = sorted((site / "_posts").iterdir())[number]
    path.write_text(path.read_text("utf-8").replace("港口当局", "港务当局").replace("市民代表", "居民代表"), "utf-8")


def show(words: str, found: dict[str, float] | None, plain: dict[str, float] | None) -> None:
    if found is None:
        return
    times = f"{found['seconds']:7.1f} s {found['processor']:7.1f} s"
    line = f"  {words:<24} {times} {found['memory']:7.0f} MiB {found['size'] / 1024:8.0f} KiB"
    if plain and found is not plain:
        line += (
            f"   {plain['seconds'] / found['seconds']:5.2f} × as fast, {found['size'] / plain['size']:.2f} × the size"
        )
    print(line, flush=True)


def main(*arguments: str) -> None:
    match arguments:
        case ("--run", name, site, target):
            run_here(name, Path(site), Path(target))
        case counts:
            times = {count: measure(count) for count in map(int, counts or ("300", "1000"))}
            few, many = min(times), max(times)
            if few != many and (a := times[few]) and (b := times[many]):
                print(f"{many} posts take {b / a:.2f} × the time of {few}")


if __name__ == "__main__":
    main(*sys.argv[1:])
