"""Sixty days of runs over sources that come, change and go come to what one run over all posts does, byte for byte."""

import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from converter import build, load_config
from converter.config import Options
from tests.conftest import CORPUS, ROOT

DAYS = 60
STAY = 3
"""Days after which a source is moved away."""
WORDS = "harbour quay ferry crane light wind pilot barge rope tide anchor signal".split()
CONFIG = """
sources = ["site"]
output_folder = "out"
formats = ["epub", "markdown"]
[state]
folder = ".state"
[[digest]]
name = "daily"
period = "day"
[[digest]]
name = "all"
"""

Post = tuple[str, str]
"""The path of a source in its site, and its text."""


def invented(chance: random.Random) -> list[Post]:
    """Return posts that link to each other, some to posts that come later and some to none."""
    found = []
    for number in range(80):
        day, text = chance.randrange(1, 32), " ".join(chance.choices(WORDS, k=20))
        link = f"[link](/2024/05/{chance.randrange(1, 32):02}/n{chance.randrange(80)}.html)"
        header = f"---\ntitle: n{number}\ndate: 2024-05-{day:02} 08:00\n---\n"
        found.append((f"_posts/2024-05-{day:02}-n{number}.md", f"{header}\n{text} {link}\n"))
    return found


def posts_of(folder: Path, to: str) -> list[Post]:
    return [(f"{to}/{path.name}", path.read_text("utf-8")) for path in sorted(folder.iterdir()) if path.is_file()]


def invented_site(site: Path) -> list[Post]:
    site.mkdir(parents=True)
    (site / "_config.yml").write_text("title: Harbour\nurl: https://harbour.example\n", "utf-8")
    return invented(random.Random(80))


def samples(site: Path) -> list[Post]:
    """Copy the samples without their posts, and return these."""
    left_out = shutil.ignore_patterns("_posts", "_drafts", "converter.toml", "out")
    shutil.copytree(ROOT / "samples", site, ignore=left_out)
    return posts_of(ROOT / "samples/_posts", "_posts")


def news(site: Path) -> list[Post]:
    site.mkdir(parents=True)
    (site / "_config.yml").write_text("title: News\nurl: https://news.example\ntimezone: Asia/Shanghai\n", "utf-8")
    return posts_of(CORPUS / "finews", "_posts")


class Scraper:
    """Puts posts into two sites: into one for three days, and into the other for good."""

    def __init__(self, posts: list[Post], folders: tuple[Path, Path]) -> None:
        self.chance = random.Random(60)
        self.folders = folders
        self.coming = posts
        self.chance.shuffle(self.coming)
        self.texts: dict[str, str] = {}
        self.since: dict[str, int] = {}

    def days(self) -> Iterator[int]:
        """Yield the days, each when what it brings is in place."""
        for day in range(DAYS):
            for name in [name for name, since in self.since.items() if day - since >= STAY]:
                (self.folders[0] / name).unlink()
                del self.since[name]
            new = len(self.coming) // (DAYS - day) + (day % 3 == 1)
            for name, text in (self.coming.pop() for _ in range(min(new, len(self.coming)))):
                self.put(day, name, text)
            if self.since and self.chance.random() < 0.3:
                self.put(day, *self.changed(self.chance.choice(sorted(self.since))))
            yield day

    def changed(self, name: str) -> Post:
        """Return a post that was corrected, or withdrawn by its site."""
        text = self.texts[name]
        if text.startswith("---\n") and self.chance.random() < 0.3:
            return name, text.replace("---\n", "---\npublished: false\n", 1)
        return name, f"{text}\nCorrected.\n"

    def put(self, day: int, name: str, text: str) -> None:
        self.texts[name] = text
        self.since.setdefault(name, day)
        for folder in self.folders:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")


def run(folder: Path) -> int:
    """Make the editions of a site, and return how many posts it has."""
    (folder / "converter.toml").write_text(CONFIG, "utf-8")
    return build(load_config(str(folder / "converter.toml"), Options(jobs=1))).posts


def books(folder: Path) -> dict[str, bytes]:
    out = folder / "out"
    return {str(path.relative_to(out)): path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()}


@pytest.mark.parametrize(
    "site",
    [
        pytest.param(invented_site, marks=pytest.mark.conformance),
        pytest.param(samples, marks=pytest.mark.conformance),
        pytest.param(news, marks=[pytest.mark.conformance, pytest.mark.needs("the corpus")]),
    ],
)
def test_sixty_days_come_to_what_one_run_over_all_posts_does(
    site: Callable[[Path], list[Post]], tmp_path: Path
) -> None:
    """Posts arrive out of order, are corrected and withdrawn, and their files go after three days."""
    daily, union = tmp_path / "daily", tmp_path / "union"
    posts = site(daily / "site")
    shutil.copytree(daily / "site", union / "site")
    wanted = len(posts)
    for _ in Scraper(posts, (daily / "site", union / "site")).days():
        run(daily)

    assert wanted == run(union) == run(daily)
    assert books(daily) == books(union)
