"""Elements of HTML that stand in Markdown, on one line."""

from html import escape

from converter.model import Image


def image_as_html(image: Image) -> str:
    """Return an image as an element: Markdown has no words for its size, and GitHub takes none but attributes."""
    sizes = {name: _dimension(value) for name, value in (("width", image.width), ("height", image.height))}
    return element("img", None, src=image.src, alt=image.alt, title=image.title, **sizes)


def _dimension(length: str) -> str:
    """Return a CSS length as HTML's attributes have it: pixels, or per cent."""
    if length.endswith("em"):
        return f"{float(length[:-2]) * 16:.4g}"
    return length.removesuffix("px")


def element(name: str, content: str | None, /, **attributes: str) -> str:
    """Return an element; attributes without a value are left out, `None` for content stands for a void element."""
    start = f"<{name}" + "".join(f' {key}="{_quoted(value)}"' for key, value in attributes.items() if value) + ">"
    return start if content is None else f"{start}{content}</{name}>"


def line(text: str) -> str:
    """Return text as it stands in an element."""
    return escape(text, quote=False).replace("\n", "&#10;")


def _quoted(text: str) -> str:
    return escape(text).replace("\n", "&#10;")
