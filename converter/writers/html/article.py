"""Renders a post as an article, or as a page by itself."""

from base64 import b64encode

from converter.diagnostics import Warn
from converter.themes import Theme
from converter.writers.html.pages import common, fill_page
from converter.writers.html.parts import HtmlPart, RenderedPost
from converter.writers.html.scrolling import SCROLLING
from converter.writers.images import ImageFile, ImageOptions, prepare_all, shown_images
from converter.writers.names import post_name
from converter.writers.urls import web_url
from converter.writers.xhtml import NoteStyle, Rendering, Written, mathml, write_post

TYPES = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp", "image/avif"})
"""What browsers show; other kinds become JPEG or PNG."""


def render_post(part: HtmlPart, theme: Theme, image_size: int, warn: Warn) -> RenderedPost:
    """Return a post as an article, or as a page where it has one, and the images that lie beside it."""
    images = prepare_all(part.post, ImageOptions(image_size, grey=False, types=TYPES, slices=False), warn)
    rendering = Rendering(
        image=shown_images(images, _inside if part.inline_images else lambda file: f"{part.layout.folder}{file.name}"),
        link=lambda href: part.targets.get(href) or web_url(href, part.site),
        math=mathml,
        language=part.language,
        warn=warn,
        overrides=SCROLLING,
        notes=NoteStyle.LIST,
        heading_offset=part.level - 1,
        id_prefix=part.layout.prefix(part.post.key),
    )
    markup = _article(part, write_post(part.post, rendering, reserved=part.reserved), theme)
    beside = () if part.inline_images else tuple(file for image in images.values() for file in image.files)
    return RenderedPost(part.post.key, _page(part, markup, theme) if part.layout.has_pages else markup, beside)


def _inside(file: ImageFile) -> str:
    """Return an image as a URL that holds it (RFC 2397)."""
    return f"data:{file.media_type};base64,{b64encode(file.data).decode()}"


def _article(part: HtmlPart, written: Written, theme: Theme) -> str:
    return theme.fill(
        "html/article.html",
        {
            **common(part.language),
            "id": post_name(part.post.key),
            "entry": part.entry,
            "level": part.level,
            "section": part.section,
            "body": written.body,
            "notes": written.notes,
            "contents": "" if part.layout.has_pages else part.layout.contents,
        },
    )


def _page(part: HtmlPart, article: str, theme: Theme) -> str:
    entry = part.entry
    values = {
        "article": article,
        "contents": part.layout.contents,
        "book_title": part.title,
        "before": part.before,
        "after": part.after,
        "description": entry.lead,
        "title": entry.title if part.layout.shape == "lone" else f"{entry.title} – {part.title}",
    }
    return fill_page("html/post.html", theme, part.language, values)
