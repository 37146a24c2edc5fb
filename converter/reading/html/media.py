"""Films, recordings and embedded pages of HTML -> links with a title, behind their posters."""

import json
import re
from typing import Literal

from converter.model import Figure, Image, Link, Media, Text
from converter.reading.html.builder import Builder, Dropped, Finish
from converter.reading.html.elements import Attributes, Element, below, parse, text_below
from converter.reading.html.sizes import size_of
from converter.reading.html.urls import image_url, link_url

_KINDS: dict[str, Literal["video", "audio", "embed"]] = {
    "amp-audio": "audio",
    "amp-video": "video",
    "audio": "audio",
    "video": "video",
}
_IMAGES = re.compile(r"[^?#]*\.(?:png|jpe?g|gif|webp|svg|avif|bmp)(?:[?#]|\Z)", re.IGNORECASE)


def media(builder: Builder, element: Element, attributes: Attributes) -> Finish | None:
    """Read a film, a recording or an embedded page, behind its poster; an object without data is what is in it."""
    sources = [attributes.get("src"), attributes.get("data-src"), attributes.get("data")]
    sources += [node.attributes.get("src") for node in below(element) if node.tag == "source"]
    url = next((url for source in sources if (url := link_url(source))), "")
    title = " ".join((attributes.get("title") or attributes.get("aria-label") or "").split())
    kind = attributes.get("type") or ""
    if element.tag in ("object", "embed") and (kind.startswith("image/") or _IMAGES.match(url)):
        builder.leaf(Image(url, title or " ".join(text_below(element).split()), "", *size_of(attributes)))
    elif url and url != "about:blank":
        if poster := image_url(attributes.get("poster")):
            builder.add(Figure((Link(url, (Image(poster, title),)),), line=builder.line))
        builder.add(Media(kind=_KINDS.get(element.tag or "", "embed"), href=url, title=title, line=builder.line))
    elif element.tag == "object":
        return lambda: None
    elif words := " ".join(parse(attributes.get("srcdoc") or "").text().split()):
        builder.dropped.append(Dropped("iframe", words, builder.line))
    return None


def amp(builder: Builder, element: Element, attributes: Attributes) -> None:
    """Read a player of AMP that is told by the name of its service."""
    service = (element.tag or "").removeprefix("amp-")
    name = attributes.get("data-videoid") or attributes.get("data-shortcode") or attributes.get("data-tweetid") or ""
    if name and service in _SERVICES:
        builder.add(Media("embed", _SERVICES[service].format(name), service.capitalize(), line=builder.line))


_SERVICES = {
    "instagram": "https://www.instagram.com/p/{}/",
    "twitter": "https://twitter.com/i/status/{}",
    "vimeo": "https://vimeo.com/{}",
    "youtube": "https://www.youtube.com/watch?v={}",
}


def recording(builder: Builder, _element: Element, attributes: Attributes) -> None:
    """Read the name of a recording of WeChat, which has no URL that others could ask."""
    names = (attributes.get(name) for name in ("name", "music_name", "singer", "author"))
    if words := " ".join(dict.fromkeys(" ".join(name.split()) for name in names if name)):
        builder.end_run()
        builder.leaf(Text(words))
        builder.end_run()


def embedded(builder: Builder, written: str) -> None:
    """Read what Substack writes of a post of others that a script shows, if it names a page."""
    try:
        values = json.loads(written)
    except (ValueError, RecursionError):
        return
    if not isinstance(values, dict) or not (href := link_url(str(values.get("url") or ""))):
        return
    words = (values[name] for name in ("full_text", "title", "name") if isinstance(values.get(name), str))
    builder.add(Media(kind="embed", href=href, title=" ".join(next(words, "").split()), line=builder.line))
