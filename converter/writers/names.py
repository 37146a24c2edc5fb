"""Names the place of a post in an output: ASCII, and the same as long as the key of the post is the same."""

import hashlib
import re

MAX_STEM = 48
"""Characters of a key that are kept; the hash keeps apart what is the same so far."""


def post_name(key: str) -> str:
    """Return the name of the post with this key, for a file or an id: it begins with a letter."""
    last = key.rpartition("/")[2].lower()
    readable = re.sub(r"[^a-z0-9]+", "-", last)[:MAX_STEM].strip("-")
    return "-".join(filter(None, ("post", readable, short_hash(key))))


def short_hash(text: str) -> str:
    """Return eight hexadecimal figures that depend on nothing but the text."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
