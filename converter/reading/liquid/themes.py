"""Files that themes of Jekyll have for posts to include, which lie in no site -> what they show.

Minimal Mistakes (https://mmistakes.github.io/minimal-mistakes/docs/helpers/), Chirpy, al-folio.
"""

from collections.abc import Callable, Mapping
from html import escape

from msgspec.structs import replace

from converter.reading.markdown import inline_html
from converter.reading.systems import Call, arguments, figure

_PLAYERS = {
    "bilibili": "https://www.bilibili.com/video/{}",
    "google-drive": "https://drive.google.com/file/d/{}",
    "spotify": "https://open.spotify.com/track/{}",
    "twitch": "https://www.twitch.tv/videos/{}",
    "vimeo": "https://vimeo.com/{}",
    "youtube": "https://www.youtube.com/watch?v={}",
}
_Values = Mapping[str, object]


def included(name: str, rest: str, page: _Values) -> str | None:
    """Return what a file of a theme shows, whose post has the values of `page`; `None` for one that is not known."""
    words, named = arguments(rest)
    stem = name.removeprefix("embed/").rpartition(".")[0] or name.removeprefix("embed/")
    if stem in _PLAYERS:
        return _player(stem, named.get("id", ""))
    make = _SHOWN.get(stem)
    return make(Call(stem, words, named), page) if make else None


def _figure(call: Call, _page: _Values) -> str | None:
    source = call.get("image_path", "path", "src", "url", "image", "file")
    return figure(replace(call, named={**call.named, "src": source})) if source else None


def _video(call: Call, _page: _Values) -> str | None:
    if source := call.get("src", "path", "url"):
        return f'<{call.name} src="{escape(source)}" title="{escape(call.get("title"))}"></{call.name}>'
    return _player(call.get("provider") or "youtube", call.get("id"))


def _player(provider: str, name: str) -> str | None:
    if not name or provider not in _PLAYERS:
        return None
    return f'<iframe src="{escape(_PLAYERS[provider].format(name))}" title="{provider.capitalize()}"></iframe>'


def _gallery(call: Call, page: _Values) -> str | None:
    """Return the images that the front matter lists, with the caption of the tag."""
    listed = page.get(call.get("id") or "gallery")
    shown = [image for one in (listed if isinstance(listed, list | tuple) else ()) if (image := _of_gallery(one))]
    if not shown:
        return None
    caption = call.get("caption")
    below = f"<figcaption>{inline_html(caption)}</figcaption>" if caption else ""
    return f"<figure>{''.join(shown)}{below}</figure>"


def _of_gallery(one: object) -> str:
    if not isinstance(one, Mapping) or not (source := str(one.get("image_path") or "")):
        return ""
    alt, link = (escape(str(one.get(key) or "")) for key in ("alt", "url"))
    shown = f'<img src="{escape(source)}" alt="{alt}">'
    return f'<a href="{link}">{shown}</a>' if link else shown


def _nothing(_call: Call, _page: _Values) -> str:
    return ""


_SHOWN: Mapping[str, Callable[[Call, _Values], str | None]] = {
    "audio": _video,
    "figure": _figure,
    "gallery": _gallery,
    "image": _figure,
    "img": _figure,
    "picture": _figure,
    "toc": _nothing,
    "video": _video,
}
