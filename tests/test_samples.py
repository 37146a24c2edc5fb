"""The samples still show what `samples/README.md` says: an edit must not take away what a test needs."""

import io
import re
from pathlib import Path
from urllib.parse import unquote

import pytest
from PIL import Image

SAMPLES = Path(__file__).parent.parent / "samples"
POSTS = sorted(SAMPLES.glob("_posts/*"))
PICTURES = sorted(SAMPLES.glob("assets/img/*"))
MISSING_PICTURE = "ferry-1987.jpg"

QUIRKS: dict[str, tuple[str, ...]] = {
    "2024-05-13-liudu-ferry.md": (
        r"---\n<p>[^<]+</p>\n <p>[^<]+</p>\n <p>[^<]+</p>\n <p>",
        r"<p><strong>[^<]+</strong></p>",
        r'<p class="em_media">（文章来源：澄溪日报）</p>\n\n<https://\S+>\n\n\[返回\S+\]\(//\S+\)｜\[返回首页\]\(//\S+\)\n\Z',
    ),
    "2024-05-14-202405140915206.md": (
        r"---\n> [^\n]+\n\n<p style=\"display:none;",
        r"<!-- EM_StockImg_Start -->.*\?nid=0\.999901&imageType.*<!-- EM_StockImg_End -->",
        r'alt="K图 999901_0"',
        r'<span id="stock_0\.999901"><a [^>]*class="keytip"[^>]*>[^<]+</a></span><span id="quote_0\.999901"></span>',
        r'<span web="1" href="[^"]+" class="em_stock_key_common"',
        r'class="infokey"',
        r'<center><img [^>]+></center><p style="text-align:center;">图片来源：',
    ),
    "2024-05-15-drawing-the-water-level.md": (
        r"^```\n",
        *(rf"^```{language}\n" for language in ("python", "bash", "json", "javascript")),
        r"\{% highlight sql %\}\n.*\n\{% endhighlight %\}",
        r"^\|:-+\|:-+\|:-+:\|-+:\|$",
        r"^   - .*\n     - ",
        r"^- \[x\] .*^- \[ \] ",
        r"^\[\^forecast\]: .*\n\n    \S",
        r"^\*\[CSV\]: ",
        r"~~\w+~~",
        r"<kbd>",
        r'level-may\.svg "',
    ),
    "2024-05-16-bus-timetable.html": (
        r"^date: \S+T\S+\+08:00$",
        r"^category: ",
        r"^tags: [^,\n]+, ",
        r"^source: ",
        r"<caption>",
        r'rowspan="2".*colspan="2"',
        r"</tr>\s+<tr><th>.*</thead>",
        r"<ol start=",
        r"<s>.*<ins>",
        r'href="tel:',
    ),
    "2024-05-17-stone-drum-water.md": (r'^title: "[^"\n]+"[^"\n]+"', r"<p>　　"),
    "2024-05-18-library-opens-late.md": (
        r"\*\*[^*\n]+：\*\*[^\s*]",
        r"\*\*[^*\n]+）\*\*之",
        r"\*\*“[^*\n]+”\*\*馆",
        r"只留\*“",
        r"^subtitle: ",
        r"^author: \[.+, .+\]",
        r"^summary: ",
        r"^> .*\n>\n> ",
        r"^---\n\n",
        r"^: .*\n: ",
        r"<night@",
        r"^\[seats\]: ",
        r'%84%E6\S* "',
    ),
    "2024-05-20-kawa-no-hotori.md": (
        r"^date: 2024-05-20 00:30:00 \+0900$",
        r"^lang: ja$",
        r"<ruby>[^<]+<rp>（</rp><rt>",
        r"<ruby>[^<]+<rt>",
        r"[ぁ-ん]、\n[ぁ-ん一-龥]",
        r"〳〵",
        r"> <br>",
    ),
    "2024-05-20-night-works.md": (
        r"^title: \[快讯\] \S+: ",
        r"^tags: \[[^\]\n]+$",
        r"^1\. ",
        r"\]\(\.\./\S+\)\n\[返回首页\]\(\.\./\)",
    ),
    "2024-05-21-rice-planting.md": (
        r"EM_StockImg_Start -->(?!.*EM_StockImg_End)",
        r"<p><strong>[^<]+。</strong></p>",
        r"<p><strong>1</strong></p>",
        r"<p><strong></strong></p><p><strong>[^<]+</strong><strong>[^<]+</strong><strong>[^<]+</strong></p>",
        r'<h3 class="emh3">',
        r"<br />",
        r"^tags: \S+新闻新闻$",
    ),
    "2024-05-21-river-recession.md": (
        r"\w \$\$\w",
        r"^\$\$\n",
        r"^\$\$\\frac.*\$\$$",
        r"\| *\$\$t\$\$ \|",
        r"\$40 .*\$15",
        r"<sub>",
        r"<sup>",
    ),
    "2024-05-22-risala-an-nahr.md": (
        r"^lang: ar$",
        r"[٠-٩]{2}٫[٠-٩]{2}",
        r"^2\. .*\n   - ",
        r'<blockquote lang="en" dir="ltr">',
        r'<span dir="ltr" lang="en">',
    ),
    "2024-05-23-river-in-pictures.md": (
        r"<figure>\s*<img [^>]*\.jpg.*<figcaption>",
        r"\.svg\)\n\*",
        r'\.webp"[^>]*></p>\n<p style="text-align:center">图片来源',
        r"^\[!\[[^\]]+\]\(\S+\.png ",
        re.escape(MISSING_PICTURE),
        r"!\[[^\]]+\]\(https://",
        r"/%E6[\w%]+\.png",
    ),
    "2024-05-24-202405241530411.md": (r'^title: ""$', r"^date:  \+0800$", r"^<>$"),
    "2024-05-25-photo-contest.md": (r"^title: “", r"\n---\s*\Z"),
    "2024-05-26-gangbyeon-doseogwan.md": (r"^lang: ko$", r"[가-힣]{2}"),
    "2024-05-27-bridge-lights.md": (r"点亮\"$", r"^date: \S+ [\d:]+$"),
    "2024-05-27-bridge-lights-2.md": (r"点亮。\"$", r"^date: \S+ [\d:]+ \+0800$"),
    "2024-05-27-park-first-quarter.md": (
        r"^> .*\*ST.*\*ST.*<1%",
        r"<p>\*ST",
        r"<1%",
        r"\[低温烘焙\]",
        r"《&lt;.*&gt;》?",
        r"_可比价格_",
        r"A&B",
        r"<p>1\. ",
        r"<p>（一）",
    ),
    "2024-05-28-dragon-boats.md": (
        r"^date: \d{4}-\d\d-\d\d$",
        r"<center><b><font [^>]*color",
        *(f'style="{style}' for style in ("font-weight:bold", "font-style:italic", "text-decoration:line-through")),
        r"<br><br>",
        r"<table [^>]*><tr><td [^>]*><img ",
        r"<p><strong><center><img [^>]*></center></strong></p>",
        r"<script>",
        r"display: none",
        r"<p></p>\n<p>&nbsp;</p>",
        r'src="//',
    ),
    "2024-05-29-michtav-al-te.md": (r"^lang: he$", r"85°C"),
    "2024-05-30-three-weeks-back.md": (
        r"\{% post_url [\w-]+ %\}",
        r"\]\(2024-\S+\.md\)",
        r"\]\(/民生/\S+\.html\)",
        r"\]\(https://chengxi\.example\.org/文化/",
        r"\.html#[\w-]+\)",
        r"night-sailing\.md",
        r"^\[\^willow\]: .*\]\(\{%",
        r"^last_modified_at: ",
    ),
    "2024-05-31-sounds-of-the-river.md": (
        r"<audio [^>]*>\s*<source",
        r"<video [^>]*src=",
        r"<iframe [^>]*title=",
        r"<details>\s*<summary>",
        r"<mark>",
        r"^\{: \.note\}$",
    ),
    "2024-06-01-childrens-day-programme.md": (r"^published: false$",),
    "2024-06-01-sorting-guide.md": (
        r"^\{: \.lead\}\n\S",
        r"\\\|",
        r"^\{: #bins \.wide\}$",
        r'<div markdown="1"',
        r"  \n\S",
        r"^date: \S+ [\d:]+$",
    ),
    "2024-06-01-荷塘夜讀.md": (
        r"\A---\n(?!.*^date:)",
        r"^lang: zh-TW$",
        r"，  \n.*，  \n",
        r"<q>",
        r"<rt>[ㄅ-ㄩˊˇˋ]+</rt>\w<rt>",
    ),
    "2024-06-02-three-weeks-of-level.md": (
        r"water-level-weeks\.png",
        r"^\|:-+\|-+:",
        r"[一-龥]~~[一-龥]",
        r"^\[\^lag\]: ",
    ),
}


def text_of(post: Path) -> str:
    return post.read_bytes().decode("utf-8")


def test_every_post_has_its_quirks_listed_here_and_in_the_readme() -> None:
    readme = (SAMPLES / "README.md").read_text("utf-8")
    rows = re.findall(r"`(2024-[^`]+|…-2\.md)`", readme)

    assert [post.name for post in POSTS] == sorted(QUIRKS)
    assert len(POSTS) == len(rows)
    assert f"{len(POSTS)} posts" in readme


@pytest.mark.parametrize("name", sorted(QUIRKS))
def test_post_shows_what_it_is_there_for(name: str) -> None:
    text = text_of(SAMPLES / "_posts" / name)

    assert text.startswith("---\n")
    lost = [quirk for quirk in QUIRKS[name] if not re.search(quirk, text, re.MULTILINE | re.DOTALL)]
    assert lost == []


def test_posts_fill_three_weeks_in_four_categories() -> None:
    days = [post.name[:10] for post in POSTS]
    categories = {name for post in POSTS for name in re.findall(r"^categor\w+: \[?(\w+)", text_of(post), re.MULTILINE)}

    assert "2024-05-13" == min(days)
    assert "2024-06-02" == max(days)
    assert {"民生", "产业", "文化", "数据"} == categories


def test_addresses_are_reserved_ones() -> None:
    files = [*POSTS, SAMPLES / "_config.yml", SAMPLES / "converter.toml", *SAMPLES.glob("_drafts/*")]
    hosts = {host for file in files for host in re.findall(r"(?:https?:)?//([\w.-]+\.\w+)", text_of(file))}

    assert hosts
    assert all(host.endswith("chengxi.example.org") for host in hosts), hosts


def test_every_picture_is_shown_and_only_one_is_missing() -> None:
    shown = {unquote(name) for post in POSTS for name in re.findall(r"/assets/img/([\w%.-]+)", text_of(post))}

    assert shown == {picture.name for picture in PICTURES} | {MISSING_PICTURE}


def test_pictures_are_small_and_what_their_names_say() -> None:
    kinds = {".png": "PNG", ".jpg": "JPEG", ".webp": "WEBP"}
    for picture in PICTURES:
        data = picture.read_bytes()
        assert len(data) < 60_000
        if picture.suffix == ".svg":
            assert data.startswith(b"<svg ")
        else:
            with Image.open(io.BytesIO(data)) as image:
                image.load()
                assert kinds[picture.suffix] == image.format


def test_one_picture_is_much_taller_than_a_page() -> None:
    with Image.open(SAMPLES / "assets" / "img" / "渡口长卷.png") as image:
        assert image.height > 5 * image.width
