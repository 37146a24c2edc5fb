"""What the tags of several systems become: for each kind a function that makes Markdown or HTML of a call."""

import re
from collections.abc import Callable
from html import escape
from urllib.parse import quote

from msgspec.structs import replace

from converter.model.postlinks import PostLink
from converter.reading.markdown import inline_html
from converter.reading.systems.profile import Call, Tag

_IMAGE = re.compile(r"\s*(?P<image>(?:<a\b[^>]*>\s*)?<img\b[^>]*>(?:\s*</a>)?)(?P<caption>.*)", re.DOTALL)
_SIZE = re.compile(r"\d{1,5}(?:px)?")


def player(url: str, title: str, *names: str) -> Tag:
    """Return the tag of a page that plays: `URL` has `{}` for what identifies it."""

    def make(call: Call) -> str | None:
        name = call.get("id", *names, at=0).lstrip("=")
        if not name:
            return None
        href = name if "://" in name else url.format(quote(name, safe="/?=&-_"))
        return embed(href, call.get("title") or title)

    return Tag(make)


def embed(href: str, title: str) -> str:
    """Return an embedded page."""
    return f'<iframe src="{escape(href)}" title="{escape(title)}"></iframe>'


def tweet(call: Call) -> str | None:
    """Return a post of X: by user and id, or by its id alone."""
    user, name = call.get("user"), call.get("id", at=0)
    return embed(f"https://twitter.com/{quote(user or 'i')}/status/{quote(name)}", "Tweet") if name else None


def gist(call: Call) -> str | None:
    """Return a link to a gist: by its URL, by user and id, or by id."""
    if url := call.get("url"):
        return anchor(url, "Gist")
    parts = [call.get("user"), call.get("id"), *call.words]
    owner, file = (parts[:2], parts[2:3]) if call.named else (call.words[:2], call.words[2:3])
    name = "/".join(filter(None, owner))
    return (
        anchor(f"https://gist.github.com/{quote(name)}", f"Gist {' '.join(filter(None, (name, *file)))}")
        if name
        else None
    )


def anchor(href: str, text: str) -> str:
    """Return a link."""
    return f'<a href="{escape(href)}">{escape(text)}</a>'


def figure(call: Call) -> str | None:
    """Return an image with what is written under it, in Markdown."""
    source = call.get("src", "path", "url", at=0)
    if not source:
        return None
    lines = [inline_html(call.named[name]) for name in ("title", "caption") if call.named.get(name)]
    if attr := call.named.get("attr"):
        link = call.named.get("attrlink")
        lines.append(f'<a href="{escape(link)}">{inline_html(attr)}</a>' if link else inline_html(attr))
    shown = image(source, call.get("alt"), width=call.get("width"), height=call.get("height"))
    if link := call.named.get("link"):
        shown = f'<a href="{escape(link)}">{shown}</a>'
    # A figure without a caption is one, too: it stands apart from what is before and behind it.
    return with_caption(shown, " ".join(lines)) if lines else f"<figure>{shown}</figure>"


def image(source: str, alt: str, title: str = "", *, width: str = "", height: str = "") -> str:
    """Return an image."""
    written = {"src": source, "alt": alt, "title": title}
    written |= {name: size for name, size in (("width", width), ("height", height)) if _SIZE.fullmatch(size)}
    attributes = (f'{name}="{escape(value)}"' for name, value in written.items() if value or name == "alt")
    return f"<img {' '.join(attributes)}>"


def with_caption(shown: str, caption: str) -> str:
    """Return a figure; an image without a caption is none."""
    return f"<figure>{shown}<figcaption>{caption}</figcaption></figure>" if caption.strip() else shown


def captioned(call: Call) -> str | None:
    """Return the figure of WordPress: an image and the words behind it, or those of the argument."""
    found = _IMAGE.match(inline_html(call.inner.strip()))
    if not found:
        return call.inner or None
    return with_caption(found["image"], inline_html(_plain(call.get("caption"))) or found["caption"].strip())


def quotation(heading: Callable[[Call], str] | None = None, source: Callable[[Call], str] | None = None) -> Tag:
    """Return the tag of a quotation, with a line of Markdown above or below what is quoted."""

    def make(call: Call) -> str:
        above, below = (inline_html(part(call)) if part else "" for part in (heading, source))
        top, end = f"<p><strong>{above}</strong></p>" if above else "", f"<p>— {below}</p>" if below else ""
        return block("blockquote", call, top, end)

    return Tag(make)


def block(name: str, call: Call, top: str = "", end: str = "") -> str:
    """Return an element around the Markdown in a call: with kramdown's mark, and the empty lines of CommonMark."""
    gap = f"\n{call.indent}\n"
    inner = call.inner.strip("\n")
    return f'{gap}{call.indent}<{name} markdown="1">{top}{gap}{inner}{gap}{call.indent}{end}</{name}>{gap}'


def details(call: Call) -> str:
    """Return what opens on demand."""
    summary = call.get("summary", "title", at=0)
    return block("details", call, f"<summary>{inline_html(summary or 'Details')}</summary>")


def code(call: Call, language: str, caption: str = "") -> str:
    """Return a block of code."""
    gap = f"\n{call.indent}\n{call.indent}"
    shown = escape(call.inner.strip("\n"), quote=False)
    mark = f' class="language-{escape(language)}"' if language else ""
    return f"{gap}{f'<p>{caption}</p>{gap}' if caption else ''}<pre><code{mark}>{shown}</code></pre>{gap}"


def highlight(call: Call) -> str:
    """Return code, its language first."""
    return code(call, call.get("lang", "type", "language", at=0))


def diagram(call: Call) -> str:
    """Return the source of a drawing that a script makes."""
    return code(call, call.name)


def formula(call: Call) -> str:
    """Return TeX, as a block where the call asks for one or stands alone."""
    tex = re.sub(r"\A(?:\$\$?|\\[(\[])|(?:\$\$?|\\[)\]])\Z", "", call.inner.strip())
    shown = escape(tex, quote=False)
    is_block = "display" in call.words or "\n" in tex
    return f'<div class="math display">{shown}</div>' if is_block else f'<span class="math inline">{shown}</span>'


def titled(call: Call) -> str:
    """Return what stands behind a tab, below its title."""
    title = inline_html(call.get("title", "name", "label", "header", at=0))
    return block("div", call, f"<p><strong>{title}</strong></p>" if title else "")


def pictured(call: Call) -> str | None:
    """Return an image of a theme: its URL, its description."""
    source = call.get("src", "path", "url", "image", "name", at=0)
    named = {**call.named, "src": source, "alt": call.get("alt", "description", at=1)}
    return figure(replace(call, named=named)) if re.search(r"\.\w{2,5}(?:[?#]|\Z)", source) else None


def link_button(call: Call) -> str | None:
    """Return a button, or a link of a theme: its URL, its words."""
    href = call.get("href", "url", "link", "relref", at=0)
    text = call.inner.strip() or call.get("text", "content", "title", at=1)
    return f'<a href="{escape(href)}">{inline_html(text) or escape(href)}</a>' if re.search(r"[/#.:]", href) else None


def codeblock(call: Call) -> str:
    """Return code of Hexo: `[title] [lang:language] [url] [link text]`, and options with a colon."""
    options = dict(word.partition(":")[::2] for word in call.words if re.match(r"[a-z_]+:(?!//)", word))
    words = [word for word in call.words if not re.match(r"[a-z_]+:(?!//)", word)]
    url = next((word for word in words if re.match(r"https?://|/", word)), "")
    title = " ".join(words[: words.index(url)] if url else words)
    label = " ".join(words[words.index(url) + 1 :]) if url else ""
    parts = (inline_html(title), anchor(url, label or "link") if url else "")
    return code(call, options.get("lang", ""), " ".join(filter(None, parts)))


def as_it_is(call: Call) -> str:
    """Return what stands in the tag."""
    return call.inner


def nothing(_call: Call) -> str:
    """Return nothing: the site shows nothing either, or something that is no part of the post."""
    return ""


def value(call: Call) -> str | None:
    """Return a value of the post or the site, by its name."""
    name = call.get("name", at=0)
    found = next((call.params[key] for key in (name, name.lower(), f"params.{name}") if key in call.params), None)
    return None if found is None else escape(found, quote=False)


def qr(call: Call) -> str | None:
    """Return what a code that is drawn says."""
    text = (call.get("text") or call.inner).strip()
    if not text:
        return None
    return anchor(text, text) if re.match(r"[a-z]+:\S+$", text) else escape(text, quote=False)


def post_url(written: str) -> str:
    """Return the URL by which links between posts name another, with a fragment or without."""
    path, _, fragment = written.partition("#")
    name = quote(path.strip(), safe="/")
    return str(PostLink(name, quote(fragment))) if name else f"#{quote(fragment)}"


def reference(call: Call) -> str | None:
    """Return the URL of a post that is named by its path."""
    path = call.get("path", at=0)
    return post_url(path) if path else None


def post_link(call: Call) -> str | None:
    """Return a link of Hexo: `name [title] [escape]`; one that shows its URL gets the title of the post."""
    if not call.words:
        return None
    name, *title = call.words
    if title and title[-1] in ("true", "false"):
        title.pop()
    url = post_url(name)
    return anchor(url, " ".join(title) or url)


def file_link(call: Call) -> str | None:
    """Return a link of Hexo to a file beside the post: `name [title] [escape]`."""
    if not call.words:
        return None
    name, *title = call.words
    if title and title[-1] in ("true", "false"):
        title.pop()
    return anchor(quote(name, safe="/"), " ".join(title) or name)


def link(call: Call) -> str | None:
    """Return a link of Hexo: `text URL [external] [title]`."""
    place = next((number for number, word in enumerate(call.words) if re.match(r"https?://|/|#|\.", word)), -1)
    if place < 0:
        return None
    return anchor(call.words[place], " ".join(call.words[:place]) or call.words[place])


def button(call: Call) -> str | None:
    """Return a button of the theme NexT: `URL, text, …`."""
    parts = [part.strip() for part in " ".join(call.words).split(",")]
    return anchor(parts[0], parts[1]) if len(parts) > 1 and parts[0] and parts[1] else None


def image_of_hexo(call: Call) -> str | None:
    """Return an image of Hexo: `[classes] URL [width] [height] ["title" ["alt"]]`."""
    words = [part for word in call.words for part in ([word] if not _quoted(word) else _quoted(word))]
    place = next((number for number, word in enumerate(call.words) if re.search(r"[./]", word)), -1)
    if place < 0:
        return None
    source, rest = words[place], words[place + 1 :]
    sizes = [word for word in rest[:2] if _SIZE.fullmatch(word)]
    texts = rest[len(sizes) :]
    title, alt = texts if len(texts) == 2 and any(map(_quoted, call.words)) else (" ".join(texts), "")
    width, height = [*sizes, "", ""][:2]
    return image(source, alt or title, title, width=width, height=height)


def media(call: Call) -> str | None:
    """Return a film or a recording of WordPress."""
    kinds = ("src", "mp4", "m4v", "webm", "ogv", "flv", "mp3", "m4a", "ogg", "wav", "wma")
    source = call.get(*kinds) or call.inner.strip() or call.get("url", at=0)
    return f'<{call.name} src="{escape(_plain(source))}"></{call.name}>' if source else None


def embedded(call: Call) -> str | None:
    """Return the page that a URL stands for."""
    href = re.sub(r"^<|>$|\\", "", call.inner.strip() or call.get("src", "url", at=0))
    found = re.fullmatch(r"\[[^\]]*\]\((\S+?)\)", href)
    return embed(found[1] if found else href, found[1] if found else href) if href else None


def _quoted(word: str) -> list[str]:
    """Return the texts in quotes of an argument that is in quotes itself."""
    return [text for pair in re.findall(r"\"([^\"]*)\"|'([^']*)'", word) for text in pair if text]


def _plain(text: str) -> str:
    return text.replace("\\", "").strip("“”″\"'")
