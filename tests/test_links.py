"""Links between posts of a site: which of them lead to another post, and what becomes of the others."""

import time
from pathlib import Path

import pytest

from converter.digest import DigestSpec, compile_digests
from converter.model import Link, Media, Metadata, Paragraph, PeriodKind, Post, Site, Text
from converter.model.walk import query
from converter.pipeline.load import load_posts
from converter.site.crosslinks import link_posts
from tests.areas.books import published

SITE = Site(root="r", url="https://www.a.example", baseurl="/blog")


def a_post(key: str, *addresses: str, hrefs: tuple[str, ...] = (), path: str = "", url: str = "") -> Post:
    links = Paragraph(tuple(Link(href, (Text("x"),)) for href in hrefs))
    metadata = Metadata(title=key, addresses=addresses, url=url)
    return Post(key=key, path=path or f"_posts/{key}.md", metadata=metadata, blocks=(links,))


def hrefs_of(post: Post) -> list[str]:
    return [node.href for node in query(post) if isinstance(node, Link)]


def resolved(href: str, site: Site = SITE) -> str:
    """Return what a link in one of three posts becomes."""
    posts = (
        a_post("sea/2024-05-01-from", "/sea/2024/from.html", hrefs=(href,), path="sea/_posts/2024-05-01-from.md"),
        a_post("2024/2024-05-02-zürich", "/2024/z%C3%BCrich/", "/old/z/", path="_posts/2024/2024-05-02-zürich.md"),
        a_post("rain", "/rain.html", path="content/rain/index.md"),
    )
    sites = dict.fromkeys((post.key for post in posts), site)
    return hrefs_of(link_posts(posts, sites, pytest.fail)[0])[0]


@pytest.mark.parametrize(
    "href",
    [
        "https://www.a.example/blog/2024/z%C3%BCrich/",
        "http://a.example/blog/2024/zürich",
        "//A.example/blog/2024/zürich.html",
        "https://a.example/blog/2024/zürich/index.html?utm_source=x",
        "/blog/2024/z%C3%BCrich/",
        "/2024/zürich/",
        "../../2024/zürich/",
        "/blog/old/z",
        "_posts/2024/2024-05-02-zürich.md",
        "/_posts/2024/2024-05-02-z%C3%BCrich.md",
        "../../_posts/2024/2024-05-02-zürich.md",
        "post:2024/2024-05-02-zürich",
        "post:2024-05-02-z%C3%BCrich",
        "/blogpost:2024/2024-05-02-zürich",
        "/blog/post:2024-05-02-zürich",
        "https://www.a.example/blogpost:2024-05-02-zürich",
    ],
)
def test_whatever_leads_to_a_post_becomes_a_link_to_it(href: str) -> None:
    assert "post:2024/2024-05-02-zürich" == resolved(href)


@pytest.mark.parametrize(
    ("href", "expected"),
    [
        ("#here", "#here"),
        ("", ""),
        ("mailto:a@a.example", "mailto:a@a.example"),
        ("https://b.example/blog/2024/zürich/", "https://b.example/blog/2024/zürich/"),
        ("https://a.example/blog/about/#x", "https://a.example/blog/about/#x"),
        ("/files/a.pdf", "https://www.a.example/files/a.pdf"),
        ("a.pdf?x=1#p2", "https://www.a.example/blog/sea/2024/a.pdf?x=1#p2"),
        ("post:nowhere", "post:nowhere"),
        ("http://[broken", "http://[broken"),
    ],
)
def test_what_leads_elsewhere_stays_and_what_leads_to_the_site_becomes_absolute(href: str, expected: str) -> None:
    assert expected == resolved(href)


def test_a_site_without_a_host_still_knows_its_posts() -> None:
    site = Site(root="r")

    assert "post:rain" == resolved("/rain", site)
    assert "/files/a.pdf" == resolved("/files/a.pdf", site)
    assert "https://a.example/rain" == resolved("https://a.example/rain", site)


def test_an_embedded_page_of_the_site_becomes_absolute() -> None:
    post = Post(key="a", path="a.md", metadata=Metadata(title="a"), blocks=(Media("embed", "/map.html"),))

    [linked] = link_posts((post,), {"a": SITE}, pytest.fail)

    assert (Media("embed", "https://www.a.example/map.html"),) == linked.blocks


def test_sites_do_not_know_each_others_posts() -> None:
    posts = (a_post("x/a", "/a/", hrefs=("/b/", "post:b")), a_post("y/b", "/b/", path="_posts/b.md"))

    linked, _ = link_posts(posts, {"x/a": Site(root="x"), "y/b": Site(root="y")}, pytest.fail)

    assert ["/b/", "post:b"] == hrefs_of(linked)


def a_folder(folder: Path) -> Path:
    files = {
        "_config.yml": "url: https://a.example\npermalink: /:title/\nexclude: [old]\n",
        "_posts/2024-05-01-a.md": "---\ntitle: A\n---\n"
        "[b]({% post_url 2024-06-02-b %}#what-is) [c](/c) [d](/b#x) [e](/b#rule)\n",
        "_posts/2024-06-02-b.md": "---\ntitle: B\nredirect_from: /c/\n---\n## What is\n\n[a](../a/)\n{: #rule}\n",
        "_drafts/d.md": "---\ntitle: D\n---\nx\n",
        "old/_posts/2024-05-01-e.md": "---\ntitle: E\n---\nx\n",
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    return folder


def test_posts_of_a_folder_are_linked_and_fragments_that_nobody_has_are_dropped(tmp_path: Path) -> None:
    loaded = load_posts(str(a_folder(tmp_path)))

    assert [
        ["post:2024-06-02-b#what-is", "post:2024-06-02-b", "post:2024-06-02-b", "post:2024-06-02-b#rule"],
        ["post:2024-05-01-a"],
    ] == [hrefs_of(post) for post in loaded.posts]
    assert ["_drafts/d.md", "old/_posts/2024-05-01-e.md"] == [found.file for found in loaded.diagnostics]


def test_a_link_to_a_post_of_another_digest_leads_to_the_site(tmp_path: Path) -> None:
    loaded = load_posts(str(a_folder(tmp_path)))
    digests = compile_digests(loaded.posts, DigestSpec(period=PeriodKind.MONTH), site=loaded.site)

    may, june = (published(digest, loaded.posts) for digest in digests)

    assert [f"https://a.example/b/{end}" for end in ("#what-is", "", "", "#rule")] == hrefs_of(may.posts[0])
    assert ["https://a.example/a/"] == hrefs_of(june.posts[0])


def test_a_draft_is_loaded_on_demand(tmp_path: Path) -> None:
    assert "d" in {post.key for post in load_posts(str(a_folder(tmp_path)), drafts=True).posts}


def test_linking_takes_time_in_proportion_to_the_posts() -> None:
    def seconds(count: int) -> float:
        posts = [
            a_post(f"p{n}", f"/p{n}/", hrefs=(f"/p{(n * 7) % count}/#x", "/none", "post:p1")) for n in range(count)
        ]
        sites = {post.key: SITE for post in posts}
        start = time.perf_counter()
        link_posts(posts, sites, pytest.fail)
        return time.perf_counter() - start

    seconds(100)
    assert seconds(5000) < 40 * max(seconds(500), 0.001)
