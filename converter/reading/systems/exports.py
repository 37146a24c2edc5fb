"""Programs that keep or export posts without a generator, as data; and the profile of a folder that nobody knows."""

from converter.reading.systems.calls import HUGO as HUGO_CALLS
from converter.reading.systems.calls import WORDPRESS as WORDPRESS_CALLS
from converter.reading.systems.generators import HUGO_TAGS, JEKYLL_POSTS, STATES, WORDPRESS_KEYS, WORDPRESS_TAGS
from converter.reading.systems.profile import Mark, Profile

_UNREAD = frozenset({".adoc", ".asciidoc", ".org", ".rst", ".textile"})

OBSIDIAN = Profile(
    name="Obsidian",
    marks=(Mark(".obsidian"),),
    pages=r"(?i:(?:.*/)?templates?/.*)",
    unread=_UNREAD | {".canvas", ".base"},
    keys={
        "date created": "created",
        "created at": "created",
        "date-created": "created",
        "creation date": "created",
        "date modified": "updated",
        "date updated": "updated",
        "last modified": "updated",
        "date-modified": "updated",
    },
    dialect="obsidian",
    dollars=True,
    embeds=True,
    titled_by_file=True,
    files_by_name=True,
    tags_in_text=True,
)
"""https://help.obsidian.md/: syntax, properties, links, callouts"""

SUBSTACK = Profile(
    name="Substack",
    marks=(Mark("posts.csv", says=r"\A\W*post_id\b", configures=False),),
    records="posts.csv",
    posts=(r"posts/", r""),
    permalink="/p/:slug",
)
"""The archive that Substack sends: `posts.csv` and `posts/ID.SLUG.html`."""

GHOST = Profile(
    name="Ghost",
    marks=(Mark("ghost.json", configures=False), Mark("*.ghost.*.json", configures=False)),
    keys={
        "published_at": "date",
        "custom_excerpt": "excerpt",
        "date_published": "date",
        "date_updated": "updated",
    },
    states=STATES,
    lead_image={"feature_image": ""},
    permalink="/:slug/",
)

PLAIN = Profile(
    name="",
    posts=(JEKYLL_POSTS, ""),
    unread=_UNREAD | {".ipynb", ".maff", ".mht", ".mhtml", ".njk", ".webarchive"},
    keys=WORDPRESS_KEYS,
    states=STATES,
    lead_image={"coverimage": "images"},
    permalink="date",
    syntaxes=(HUGO_CALLS, WORDPRESS_CALLS),
    tags=WORDPRESS_TAGS | HUGO_TAGS,
    liquid=True,
)
"""A folder of posts, of whatever system: most are Jekyll's `_posts`, or what an exporter wrote."""
