"""Writes values as PDF has them (ISO 32000-1, 7.3). What is bytes is written already."""

import re
from collections.abc import Callable, Sequence
from typing import Any

from msgspec import Struct


class Name(str):
    """A name, without its slash."""

    __slots__ = ()


class Reference(Struct, frozen=True, gc=False):
    """A reference to an object of the file."""

    number: int


_IRREGULAR = re.compile(rb"[^!$&'*+,\-.0-9:;=?@A-Z\\^_`a-z|~]")
_ESCAPED = re.compile(r"[()\\]")
_PLAIN = re.compile(r"[ -~]*")


def written(value: Any) -> bytes:
    """Return a value as a PDF writes it; a `str` is a text string, and `None` is null."""
    return _WRITERS[type(value)](value)


def entries(values: dict[str, Any]) -> bytes:
    """Return what stands in a dictionary."""
    return b" ".join(b"%s %s" % (_name(key), written(value)) for key, value in values.items())


def text(value: str) -> bytes:
    """Return a text string (7.9.2.2)."""
    if _PLAIN.fullmatch(value):
        return b"(%s)" % _ESCAPED.sub(r"\\\g<0>", value).encode()
    return binary(b"\xfe\xff" + value.encode("utf-16-be", "surrogatepass"))


def binary(data: bytes) -> bytes:
    """Return a string of bytes."""
    return b"<%s>" % data.hex().encode()


def _name(value: str) -> bytes:
    return b"/" + _IRREGULAR.sub(lambda found: b"#%02x" % found[0][0], value.encode())


def _array(values: Sequence[Any]) -> bytes:
    return b"[ %s ]" % b" ".join(map(written, values))


_WRITERS: dict[type, Callable[[Any], bytes]] = {
    bytes: lambda value: value,
    Reference: lambda value: b"%d 0 R" % value.number,
    Name: _name,
    str: text,
    bool: lambda value: b"true" if value else b"false",
    int: lambda value: b"%d" % value,
    float: lambda value: f"{value:.5f}".rstrip("0").rstrip(".").encode(),
    dict: lambda value: b"<< %s >>" % entries(value),
    list: _array,
    tuple: _array,
    type(None): lambda _: b"null",
}
