"""The site of editions: every link leads somewhere, nothing runs but the search, and the search finds every word."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

import hypothesis.strategies as st
import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from msgspec.structs import replace

from converter.catalogues import Publication, PublishedEdition, PublishedFile
from converter.catalogues.site import SiteCatalogue
from converter.catalogues.site.search import SQUARES, folded, place_of, postings_of
from converter.diagnostics import ignore
from converter.model import Period, PeriodKind, Post, Site
from converter.pipeline.write import render_files
from converter.testing.builders import a_digest, a_post, p
from converter.themes import open_theme
from converter.writers.html import HtmlWriter

HOSTILE = '</script><script>alert(1)</script> "&amp;\u2028\x08'
TEXTS = ("渡船今天开航，票价十元。", "The ferry sails at noon: café, naïve.", "رسالة من ضفة النهر.", HOSTILE)


def an_edition(day: int, **fields: Any) -> PublishedEdition:
    values: dict[str, Any] = {
        "key": f"daily-2024-05-{day:02}",
        "stem": "daily",
        "identifier": f"urn:uuid:{day}",
        "title": f"日报 · {day}",
        "series": "日报",
        "language": "zh-CN",
        "updated": datetime(2024, 5, day, tzinfo=UTC),
        "period": Period(PeriodKind.DAY, date(2024, 5, day), date(2024, 5, day)),
        "headlines": ("头条",),
        "posts": (),
        "files": (),
    }
    return PublishedEdition(**(values | fields))


class Shop:
    """Editions with their pages, and what is in these."""

    def __init__(self) -> None:
        self.editions: list[PublishedEdition] = []
        self.data: dict[str, bytes] = {}

    def add(self, edition: PublishedEdition, *posts: Post, **options: Any) -> None:
        digest = replace(a_digest(*posts), key=edition.key, title=edition.title)
        files = render_files(digest, HtmlWriter(**options), open_theme("default"), ignore)
        self.data |= {file.name: file.data for file in files}
        published = tuple(
            PublishedFile(name=file.name, format="html", type="text/html", size=len(file.data), sha256="0")
            for file in files
        )
        self.editions.append(replace(edition, files=published, posts=tuple(post.key for post in posts)))

    def made(self, site: Site | None = None, **options: Any) -> dict[str, bytes]:
        publication = Publication(
            editions=tuple(self.editions),
            site=site or Site(title="港口新闻", language="zh-CN"),
            catalogues=("feed", "opds", "site"),
            read=lambda file: self.data[file.name],
        )
        files = SiteCatalogue(**options).files(publication, open_theme("default"), pytest.fail)
        return {file.name: file.data for file in files}


def shop(**options: Any) -> Shop:
    found = Shop()
    for day, text in enumerate(TEXTS, 1):
        title = HOSTILE if text == HOSTILE else f"第{day}号"
        found.add(an_edition(day), a_post(f"{day}/港口", p(text), title=title), a_post(f"{day}/b", p("b")), **options)
    return found


def pages(files: Mapping[str, bytes]) -> dict[str, Any]:
    return {name: BeautifulSoup(data.decode(), "html5lib") for name, data in files.items() if name.endswith(".html")}


def test_the_first_file_is_the_first_page_and_all_names_are_its_own() -> None:
    files = shop().made()

    assert "index.html" == next(iter(files))
    assert all(name == "index.html" or name.startswith("site/") for name in files)


@pytest.mark.parametrize("shape", ["single", "folder"])
def test_every_link_leads_to_a_file_of_the_site_or_of_an_edition(shape: str) -> None:
    found = shop(shape=shape)
    files = found.made()
    there = {*files, *found.data, "feeds/daily.xml", "opds.xml"}
    links = 0
    for name, page in pages(files).items():
        for node in page.select("[href], [src]"):
            path = str(node.get("href") or node.get("src")).partition("#")[0]
            if not path or path.startswith("data:"):
                continue
            assert (Path("/", name).parent / unquote(path)).resolve().relative_to("/").as_posix() in there, (name, path)
            links += 1

    assert links > 40


def test_pages_are_xml_and_run_nothing_but_the_search() -> None:
    files = shop().made()
    for name, page in pages(files).items():
        ElementTree.fromstring(files[name])
        policy = str(page.select_one("meta[http-equiv=Content-Security-Policy]")["content"])
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert [] == page.select("style, script:not([src]), [onclick], [style]")

    assert ["site/search.js"] == [script["src"] for script in pages(files)["index.html"].select("script")]


def test_editions_lead_to_those_before_and_after_and_to_each_of_their_files() -> None:
    page = pages(shop().made())["site/editions/daily-2024-05-02.html"]

    assert [("prev", "daily-2024-05-01.html"), ("next", "daily-2024-05-03.html")] == [
        (link["rel"][0], link["href"]) for link in page.select(".neighbours a")
    ]
    assert ["../../daily-2024-05-02.html"] == [link["href"] for link in page.select(".downloads a")]
    assert "第2号" == page.select(".headlines a")[0].get_text()


def test_the_calendar_has_each_day_with_an_edition_below_its_weekday() -> None:
    page = pages(shop().made())["site/years/2024.html"]

    assert 31 == len(page.select(".days li"))
    assert [("w3", "1"), ("w4", "2"), ("w5", "3"), ("w6", "4")] == [
        (link.parent["class"][0], link.get_text()) for link in page.select(".days a")
    ]


def test_editions_without_a_period_are_on_the_first_page() -> None:
    found = shop()
    found.add(
        an_edition(9, key="all", stem="all", series="合订本", title="合订本", period=Period(PeriodKind.NONE)),
        a_post("a"),
    )
    page = pages(found.made())["index.html"]

    assert ["日报", "合订本", "全部期刊"] == [one.get_text() for one in page.select("h2.section")]
    assert "site/editions/all.html" in {link["href"] for link in page.select(".shelf a")}


# ---- the search ----


def found_in(files: Mapping[str, bytes], term: str) -> list[str]:
    """Return the keys of the editions that the list of terms names, as the script reads it."""
    head = json.loads(files["site/search/index.json"])
    numbers = json.loads(files[f"site/search/terms-{place_of(term, head['lists'])}.json"]).get(term, [])
    return [head["editions"][number][0] for number in numbers]


def test_every_term_of_every_post_leads_to_its_edition() -> None:
    files = shop().made()
    for day, text in enumerate(TEXTS, 1):
        terms = postings_of([text])
        assert terms
        assert all(f"daily-2024-05-{day:02}" in found_in(files, term) for term in terms), text

    assert ["daily-2024-05-01"] == found_in(files, "渡船")
    assert ["daily-2024-05-02"] == found_in(files, "cafe") == found_in(files, "naive")


@given(st.lists(st.text("abÉ1 港口渡𠀀ก각ﾊﾝ，\n", max_size=30), max_size=3))
def test_terms_are_words_and_one_or_two_characters_of_scripts_without_spaces(texts: list[str]) -> None:
    found = postings_of(texts)

    expected: dict[str, list[int]] = {}
    for number, text in enumerate(map(folded, texts)):
        runs = re.findall(f"[{SQUARES}]+", text)
        terms = {*re.findall(rf"[^\W_{SQUARES}]{{2,40}}", text), *"".join(runs)}
        for term in terms.union(*([run[at : at + 2] for at in range(len(run) - 1)] for run in runs)):
            expected.setdefault(term, []).append(number)
    assert found == expected


def test_the_texts_say_where_each_post_is() -> None:
    found = shop()
    files = found.made()
    posts = json.loads(files["site/search/texts-daily-2024-05-03.json"])

    assert ["第3号", "رسالة من ضفة النهر."] == [posts[0][0], posts[0][2]]
    for title, href, *_ in posts:
        name, _, place = href.partition("#")
        assert title in BeautifulSoup(found.data[unquote(name)].decode(), "html5lib").select_one(f"#{place}").get_text()  # type: ignore[union-attr]


def test_what_is_searched_of_a_post_is_bounded_and_so_are_the_files() -> None:
    found = Shop()
    found.add(an_edition(1), a_post("a", *(p("字" * 100 + str(number)) for number in range(100)), title="长"))
    files = found.made(search=500)
    [[_, _, text, *_], *_] = json.loads(files["site/search/texts-daily-2024-05-01.json"])

    assert 400 <= len(text) <= 500
    assert [] == [name for name in found.made(search=0) if "search" in name]
    assert b"<form" not in found.made(search=0)["index.html"]


def test_lists_are_cut_when_there_are_many_terms() -> None:
    found = Shop()
    words = " ".join(
        f"{chr(97 + one)}{chr(97 + two)}{three}" for one in range(26) for two in range(26) for three in range(9)
    )
    found.add(an_edition(1), a_post("a", p(words)))
    files = found.made(search=100_000)
    sizes = [len(json.loads(data)) for name, data in files.items() if "/terms-" in name]

    assert 4 == len(sizes)
    assert max(sizes) < 3 * min(sizes)


def test_without_pages_of_editions_there_is_no_search() -> None:
    found = Shop()
    found.editions.append(an_edition(1, posts=("a",)))
    files = found.made()

    assert [] == [name for name in files if "search" in name]
    assert ["头条"] == [
        one.get_text() for one in pages(files)["site/editions/daily-2024-05-01.html"].select(".headlines li")
    ]


# ---- bad input ----


def test_a_title_is_words_whatever_is_in_it() -> None:
    found = Shop()
    edition = an_edition(1, key="港口 日报", title=HOSTILE, series=HOSTILE, headlines=(HOSTILE,), language="no such")
    found.add(edition, a_post("a", p("x"), title=HOSTILE))
    for name, page in pages(found.made(Site(title=HOSTILE, description=HOSTILE, language="?"))).items():
        assert all(str(script.get("src", "")) == "site/search.js" for script in page.select("script")), name
        assert "\x08" not in page.get_text()


def test_a_page_that_is_no_xml_costs_its_own_search_only() -> None:
    found = shop()
    found.data["daily-2024-05-01.html"] = b"<p>a<br></p>"
    files = found.made()

    assert [] == found_in(files, "渡船")
    assert found_in(files, "ferry")
    assert "site/editions/daily-2024-05-01.html" in files


def test_the_same_editions_give_the_same_bytes() -> None:
    assert shop().made() == shop().made()


def test_the_script_asks_for_the_terms_that_are_written() -> None:
    """The letters that are cut into pairs, and the marks that are left out, are the same in both."""
    from converter.catalogues.site import search

    script = open_theme("default").read("site/search.js").decode()
    squares = re.search(r'SQUARES =\s+"(.*?)"', script)
    marks = re.search(r"MARKS = /(.*?)/", script)

    assert squares
    assert marks
    unescaped = re.sub(r"\\u\{?([0-9a-f]{4,5})\}?", lambda match: chr(int(match[1], 16)), squares[1])
    assert search.SQUARES == unescaped
    assert search.MARKS.pattern == marks[1].encode().decode("unicode-escape")
