"""Site generators, as data: where each keeps posts and files, its names for things, its tags and URLs."""

from converter.reading.markdown import options_of_hugo, options_of_jekyll, options_of_zola
from converter.reading.systems import tags
from converter.reading.systems.calls import HEXO as HEXO_CALLS
from converter.reading.systems.calls import HUGO as HUGO_CALLS
from converter.reading.systems.calls import WORDPRESS as WORDPRESS_CALLS
from converter.reading.systems.calls import ZOLA as ZOLA_CALLS
from converter.reading.systems.profile import Call, Mark, Profile, Tag

_UNREAD = frozenset({".adoc", ".asciidoc", ".org", ".rst", ".textile"})
_TEMPLATES = frozenset({".ejs", ".haml", ".hbs", ".liquid", ".mustache", ".njk", ".pug", ".webc"})
_YOUTUBE = tags.player("https://www.youtube.com/watch?v={}", "YouTube")
_VIMEO = tags.player("https://vimeo.com/{}", "Vimeo")

WORDPRESS_TAGS = {
    "caption": Tag(tags.captioned),
    "wp_caption": Tag(tags.captioned),
    "embed": Tag(tags.embedded),
    "audio": Tag(tags.media),
    "video": Tag(tags.media),
    "youtube": _YOUTUBE,
    "vimeo": _VIMEO,
    "sourcecode": Tag(tags.highlight, verbatim=True),
}
"""https://codex.wordpress.org/Shortcode. What is not here (forms, galleries by numbers) needs a server."""

WORDPRESS_KEYS = {
    "publish_date": "date",
    "post_date": "date",
    "date_published": "date",
    "published_date": "date",
    "post_title": "title",
    "post_name": "slug",
    "post_excerpt": "excerpt",
    "modified_date": "updated",
    "post_modified": "updated",
    "author.display_name": "author",
}
"""Headers that exporters of WordPress write."""

STATES = {
    "draft": ("draft", "true"),
    "pending": ("draft", "true"),
    "future": ("draft", "true"),
    "private": ("published", "false"),
    "hidden": ("published", "false"),
    "trash": ("published", "false"),
}
"""States of posts of WordPress, Pelican and Ghost that a site does not show."""

JEKYLL_POSTS = r"(?:.*/)?_(?:posts|drafts)/"

JEKYLL = Profile(
    name="Jekyll",
    marks=tuple(Mark(f"_config.{suffix}") for suffix in ("yml", "yaml", "toml")),
    posts=(JEKYLL_POSTS,),
    keys=WORDPRESS_KEYS,
    options=options_of_jekyll,
    permalink="date",
    syntaxes=(WORDPRESS_CALLS,),
    tags=WORDPRESS_TAGS,
    liquid=True,
)

_HUGO_CONFIGS = tuple(f"{name}.{suffix}" for name in ("hugo", "config") for suffix in ("toml", "yaml", "yml", "json"))

HUGO_TAGS = {
    "comment": Tag(tags.nothing, verbatim=True),
    "details": Tag(tags.details),
    "figure": Tag(tags.figure),
    "gist": Tag(tags.gist),
    "highlight": Tag(tags.highlight, verbatim=True),
    "instagram": tags.player("https://www.instagram.com/p/{}/", "Instagram"),
    "instagram_simple": tags.player("https://www.instagram.com/p/{}/", "Instagram"),
    "param": Tag(tags.value),
    "qr": Tag(tags.qr),
    "ref": Tag(tags.reference, is_url=True),
    "relref": Tag(tags.reference, is_url=True),
    "tweet": Tag(tags.tweet),
    "twitter": Tag(tags.tweet),
    "twitter_simple": Tag(tags.tweet),
    "vimeo": _VIMEO,
    "vimeo_simple": _VIMEO,
    "x": Tag(tags.tweet),
    "x_simple": Tag(tags.tweet),
    "youtube": _YOUTUBE,
}
"""https://gohugo.io/shortcodes/"""

_ADMONITION = tags.quotation(heading=lambda call: call.get("title", at=1) or call.get("type", at=0).capitalize())

HUGO_THEMES = {
    "admonition": _ADMONITION,
    "alert": tags.quotation(heading=lambda call: call.get("title", "heading")),
    "audio": Tag(tags.media),
    "bilibili": tags.player("https://www.bilibili.com/video/{}", "Bilibili"),
    "button": Tag(tags.link_button),
    "callout": _ADMONITION,
    "collapse": Tag(tags.details),
    "expand": Tag(tags.details),
    "html": Tag(tags.as_it_is, verbatim=True),
    "image": Tag(tags.pictured),
    "img": Tag(tags.pictured),
    "imgproc": Tag(tags.pictured),
    "katex": Tag(tags.formula, verbatim=True),
    "link": Tag(tags.link_button),
    "math": Tag(tags.formula, verbatim=True),
    "mermaid": Tag(tags.diagram, verbatim=True),
    "picture": Tag(tags.pictured),
    "raw": Tag(tags.as_it_is, verbatim=True),
    "rawhtml": Tag(tags.as_it_is, verbatim=True),
    "spoiler": Tag(tags.details),
    "tab": Tag(tags.titled),
    "tabs": Tag(tags.as_it_is),
    "video": Tag(tags.media),
}
"""What most themes of Hugo that have a shortcode of such a name mean by it."""

HUGO = Profile(
    name="Hugo",
    marks=tuple(Mark(name, beside="content") for name in _HUGO_CONFIGS)
    + tuple(Mark(f"config/_default/{name}", beside="content") for name in _HUGO_CONFIGS),
    posts=(r"content/",),
    pages=r"(?:.*/)?_index(?:\.[\w-]+)*",
    bundles=True,
    home="content",
    static=("static", "assets", "content"),
    unread=_UNREAD | {".pandoc", ".pdc"},
    settings={"baseurl": "url", "defaultcontentlanguage": "language", "languagecode": "lang"},
    keys=WORDPRESS_KEYS | {"url": "permalink"},
    dialect="commonmark",
    options=options_of_hugo,
    permalink="/:sections/:slug/",
    placeholders={"title": "post_title"},
    dated_slugs=True,
    sections=True,
    syntaxes=(HUGO_CALLS, WORDPRESS_CALLS),
    tags=WORDPRESS_TAGS | HUGO_THEMES | HUGO_TAGS,
)

ZOLA = Profile(
    name="Zola",
    marks=(
        Mark("config.toml", beside="content", says=r"(?m)^\s*base_url\s*="),
        Mark("zola.toml", beside="content"),
    ),
    posts=(r"content/",),
    pages=r"(?:.*/)?_index(?:\.[\w-]+)*",
    bundles=True,
    home="content",
    static=("static", "content"),
    settings={"base_url": "url", "default_language": "language"},
    keys={
        "taxonomies.tags": "tags",
        "taxonomies.categories": "categories",
        "taxonomies.authors": "authors",
        "taxonomies.author": "author",
        "extra.author": "author",
        "extra.authors": "authors",
        "extra.date": "date",
        "extra.lang": "lang",
        "extra.subtitle": "subtitle",
        "path": "permalink",
    },
    dialect="commonmark",
    options=options_of_zola,
    permalink="/:sections/:slug/",
    sections=True,
    syntaxes=(ZOLA_CALLS,),
    tags={
        "figure": Tag(tags.figure),
        "gist": Tag(tags.gist),
        "image": Tag(tags.figure),
        "img": Tag(tags.figure),
        "quote": tags.quotation(source=lambda call: call.get("author", "source", "cite")),
        "resize_image": Tag(tags.figure),
        "streamable": tags.player("https://streamable.com/{}", "Streamable"),
        "vimeo": _VIMEO,
        "youtube": _YOUTUBE,
    },
    prefixes={"@/": "/{}"},
)
"""https://www.getzola.org/documentation/content/: pages, linking, shortcodes"""


def _blockquote_source(call: Call) -> str:
    """Return who is quoted: `author[, source] [link] [link title]`."""
    words = list(call.words)
    place = next((number for number, word in enumerate(words) if "://" in word), len(words))
    who, url, title = " ".join(words[:place]), "".join(words[place : place + 1]), " ".join(words[place + 1 :])
    return ", ".join(filter(None, (who.replace(" ,", ","), f"[{title or url}]({url})" if url else "")))


def _note_title(call: Call) -> str:
    """Return the summary of a note of the theme NexT: `[class] [no-icon] [summary]`."""
    return " ".join(word for word in call.words[1:] if word != "no-icon")


HEXO = Profile(
    name="Hexo",
    marks=tuple(
        Mark(
            f"_config.{suffix}",
            beside="source/_posts",
            says=r"(?ms)\A(?!.*^(?:collections_dir|gems|kramdown|source)\s*:)",
        )
        for suffix in ("yml", "yaml")
    ),
    posts=(r"source/_(?:posts|drafts)/",),
    home="source",
    static=("source", "source/_posts"),
    unread=_UNREAD | _TEMPLATES,
    front_matter_forms="hexo",
    settings={"root": "baseurl"},
    dialect="commonmark",
    permalink="/:year/:month/:day/:title/",
    placeholders={"title": "path"},
    syntaxes=(HEXO_CALLS,),
    tags={
        "asset_img": Tag(tags.image_of_hexo),
        "asset_link": Tag(tags.file_link),
        "asset_path": Tag(lambda call: call.get(at=0) or None),
        "blockquote": tags.quotation(source=_blockquote_source),
        "btn": Tag(tags.button),
        "button": Tag(tags.button),
        "centerquote": tags.quotation(),
        "code": Tag(tags.codeblock, verbatim=True),
        "codeblock": Tag(tags.codeblock, verbatim=True),
        "cq": tags.quotation(),
        "full_url_for": Tag(tags.link),
        "gist": Tag(tags.gist),
        "iframe": Tag(lambda call: tags.embed(call.words[0], call.words[0]) if call.words else None),
        "img": Tag(tags.image_of_hexo),
        "image": Tag(tags.image_of_hexo),
        "include_code": Tag(lambda _call: None),
        "jsfiddle": Tag(
            lambda call: tags.embed(f"https://jsfiddle.net/{call.words[0]}/", "JSFiddle") if call.words else None
        ),
        "link": Tag(tags.link),
        "note": tags.quotation(heading=_note_title),
        "post_link": Tag(tags.post_link),
        "post_path": Tag(lambda call: tags.post_url(call.words[0]) if call.words else None, is_url=True),
        "pullquote": tags.quotation(),
        "quote": tags.quotation(source=_blockquote_source),
        "raw": Tag(tags.as_it_is, verbatim=True),
        "subnote": tags.quotation(heading=_note_title),
        "url_for": Tag(tags.link),
        "vimeo": _VIMEO,
        "youtube": _YOUTUBE,
    },
)
"""https://hexo.io/docs/: front-matter, tag-plugins, asset-folders, permalinks"""

PELICAN = Profile(
    name="Pelican",
    marks=(Mark("pelicanconf.py"),),
    posts=(r"content/(?!pages/)", r"(?!pages/|output/)"),
    home="content",
    static=("content",),
    unread=_UNREAD | {".asc", ".ipynb"},
    front_matter_forms="pelican",
    keys={"modified": "updated", "url": "permalink"},
    states=STATES,
    settings={
        "sitename": "title",
        "sitesubtitle": "description",
        "siteurl": "url",
        "default_lang": "lang",
        "article_url": "permalink",
    },
    permalink="/:slugortitle.html",
    sections=True,
    prefixes={
        "{filename}": "{}",
        "{static}": "{}",
        "{attach}": "{}",
        "|filename|": "{}",
        "|static|": "{}",
        "|attach|": "{}",
        "{author}": "/author/{}.html",
        "|author|": "/author/{}.html",
        "{category}": "/category/{}.html",
        "|category|": "/category/{}.html",
        "{tag}": "/tag/{}.html",
        "|tag|": "/tag/{}.html",
        "{index}": "/",
        "|index|": "/",
    },
)
"""https://docs.getpelican.com/en/latest/content.html"""

ASTRO = Profile(
    name="Astro",
    marks=tuple(Mark(f"astro.config.{suffix}") for suffix in ("mjs", "ts", "js", "cjs", "mts")),
    posts=(r"src/(?:content|data)/(?!.*/?_)", r"src/pages/(?:posts|blog)/", r"src/pages/", r"(?!src/|public/|dist/)"),
    home="src/content",
    static=("public", "src", "src/content"),
    unread=_UNREAD | {".astro", ".mdoc"},
    keys={
        "publishdate": "date",
        "pubdatetime": "date",
        "publisheddate": "date",
        "modifieddate": "updated",
        "moddatetime": "updated",
        "updateddate": "updated",
        "author.name": "author",
        "postslug": "slug",
    },
    lead_image=dict.fromkeys(("heroimage", "heroimage.src", "image", "image.url", "image.src", "cover"), ""),
    settings={"site": "url", "base": "baseurl"},
    dialect="commonmark",
    permalink="/:sections/:slug/",
    prefixes={"~/": "/{}", "@/": "/{}", "@assets/": "/assets/{}", "@images/": "/assets/images/{}"},
)
"""https://docs.astro.build/en/guides/: content-collections, images, markdown-content"""

ELEVENTY = Profile(
    name="Eleventy",
    marks=(Mark(".eleventy.js"), *(Mark(f"eleventy.config.{suffix}") for suffix in ("js", "mjs", "cjs", "ts"))),
    posts=(
        r"(?:.*/)?(?:_?posts?|blog|articles|notes|writing)/(?!(?:.*/)?(?:_|README))",
        r"(?!(?:.*/)?(?:_|README\.|CHANGELOG\.|LICENSE\.|CONTRIBUTING\.))",
    ),
    pages=r"(?:.*/)?(?:_includes|_data|_layouts|public|dist)/.*|(?:content|src)?/?(?:404|index)\.\w+",
    home="content",
    static=("public", "src", "content", "static", "assets"),
    unread=_UNREAD | _TEMPLATES,
    keys=WORDPRESS_KEYS | {"pubdate": "date"},
    collections=frozenset({"all", "nav", "post", "posts"}),
    dialect="commonmark",
    permalink="/:sections/:slug/",
    liquid=True,
)
"""https://www.11ty.dev/docs/: data-frontmatter, dates, permalinks"""
