"""The words of posts -> which of them are nearly the same: a sketch finds candidates, and all their words decide.

A sketch holds those shingles of a text whose hashes are small (FracMinHash): the sketches of two texts share as much as
the texts do, be they alike or one a part of the other. It may miss one pair in some ten thousand, and decides nothing.
"""

import re
import unicodedata
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from datetime import UTC, datetime
from functools import cache, cached_property, partial
from hashlib import blake2b
from itertools import chain, pairwise
from math import sqrt
from struct import pack, unpack_from
from zlib import crc32

from msgspec import Struct

from converter.model import Image, Link, Media, Post
from converter.model.walk import query, text_of

THRESHOLD = 0.8
"""The share of the shingles of two texts together that both have: from here on they are nearly the same."""
CONTAINED = 0.9
"""The share of the shingles of the shorter text that the longer one has: from here on it holds it."""
DIFFERENT = 0.15
"""The share of words that a post may have beyond those of the one that stands for it."""
FEWEST = 120
"""Units: shorter texts are the same only where all of them is, since notices and quotes look alike."""

_EVERY, _LEAST, _MOST = 16, 64, 4096
"""A sketch has one shingle in so many, but no fewer and no more than so many of a text."""
_NEAREST = 64
"""Texts of like length that are looked at for one shingle: what more have is a form, not a text."""
_DEVIATIONS = 4
"""How far, in standard deviations, a sketch may fall behind what its text must share."""

_HAN = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_RUN = re.compile(rf"([{_HAN}]+)|([^\W_{_HAN}]+)")
_BETWEEN = re.compile(r"[\W_]+")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_UNIT, _WORD = 4, 0x80000000
"""A text is a row of units of four bytes: a Han character or kana by its number, a word by its hash with a bit that
says so."""

Pair = tuple[str, str]


class Duplicate(Struct, frozen=True):
    """A post that another stands for."""

    kept: str
    """The key of the other."""
    folded: str
    """Its own key."""
    jaccard: float
    """The share of the shingles of both together that both have, from 0 to 1."""
    removed: str
    """The words that the other does not have, in order."""
    stays: bool = False
    """Whether it is in the digest too, and both name each other."""


# ---- sketches ----


def signature_of(post: Post) -> bytes:
    """Return the sketch of a post: some hundreds of bytes, the same everywhere; empty for a post without words."""
    units = _units_of(_plain(text_of(post)))
    return _signature(units) if units else b""


def _signature(units: bytes) -> bytes:
    size = len(units) // _UNIT
    bound = _bound(size)
    hashes = sorted({found for found in map(crc32, _shingles(units)) if found < bound})
    return blake2b(units, digest_size=8).digest() + pack(f"<I{len(hashes)}I", size, *hashes)


def _bound(size: int) -> int:
    """Return what the hashes in the sketch of a text of `size` units are below."""
    wanted = min(max(size // _EVERY, _LEAST), _MOST)
    return 2**32 if size <= wanted else 2**32 * wanted // size


class _Sketch(Struct, frozen=True):
    key: str
    text: bytes
    """The hash of all units."""
    size: int
    """Units."""
    hashes: tuple[int, ...]
    """Sorted."""


def _sketch(key: str, signature: bytes) -> _Sketch:
    size, *hashes = unpack_from(f"<{(len(signature) - 8) // 4}I", signature, 8)
    return _Sketch(key, signature[:8], size, tuple(hashes))


def find_pairs(signatures: Mapping[str, bytes], threshold: float = THRESHOLD) -> tuple[Pair, ...]:
    """Return the pairs of keys, each and all in order, whose posts may be nearly the same: `decide` says which are."""
    sketches = [_sketch(key, signature) for key, signature in signatures.items() if signature]
    first: dict[bytes, _Sketch] = {}
    pairs: set[Pair] = set()
    for sketch in sorted(sketches, key=lambda sketch: (-sketch.size, sketch.key)):
        if (same := first.setdefault(sketch.text, sketch)) is not sketch:
            pairs.add(_pair(same, sketch))
    return tuple(sorted(pairs.union(_near(tuple(first.values()), min(threshold, CONTAINED)))))


def _pair(one: _Sketch, other: _Sketch) -> Pair:
    return (one.key, other.key) if one.key < other.key else (other.key, one.key)


def _near(sketches: Sequence[_Sketch], share: float) -> Iterator[Pair]:
    """Yield the pairs that may have this share of the shorter text in common; `sketches` are of falling size."""
    seen: dict[int, list[int]] = {one: [] for one in _shared(sketches)}
    bounds = [_bound(sketch.size) for sketch in sketches]
    for place, sketch in enumerate(sketches):
        if sketch.size < FEWEST:
            break
        least = cache(partial(_least, sketch, share))
        own = [seen[one] for one in sketch.hashes if one in seen]
        crowded = sum(len(places) > _NEAREST for places in own)
        # What many have in common says little, unless it is all that a text has.
        takes_all = crowded >= least(bounds[place])
        found = Counter(
            chain.from_iterable(places[-_NEAREST:] for places in own if takes_all or len(places) <= _NEAREST)
        )
        for other, count in found.items():
            wanted = least(bounds[other])
            if count >= wanted or (count + crowded >= wanted and _common(sketch, sketches[other]) >= wanted):
                yield _pair(sketch, sketches[other])
        for places in own:
            places.append(place)


def _shared(sketches: Sequence[_Sketch]) -> set[int]:
    """Return the hashes that more than one sketch has."""
    hashes = sorted(chain.from_iterable(sketch.hashes for sketch in sketches))
    return {one for one, other in pairwise(hashes) if one == other}


def _least(short: _Sketch, share: float, bound: int) -> float:
    """Return how many shingles two sketches have in common, at least, where the shorter text shares so much.

    `bound` is that of the longer one: only hashes below both can be in both sketches, and that one is the lower.
    """
    expected = bisect_left(short.hashes, bound) * share
    return max(1, expected - _DEVIATIONS * sqrt(expected * (1 - share)))


def _common(one: _Sketch, other: _Sketch) -> int:
    return len({*one.hashes}.intersection(other.hashes))


# ---- decisions ----


def decide(posts: Mapping[str, Post], pairs: Iterable[Pair], threshold: float = THRESHOLD) -> tuple[Duplicate, ...]:
    """Return which posts of the pairs another one stands for, by the keys of both.

    `posts` has those of all pairs. The longest of several stays, of these the earliest, then the first by key. Each
    that is left out is nearly the same as the one that stays, not only as another that is left out.
    """
    near: dict[str, set[str]] = {}
    for one, other in pairs:
        near.setdefault(one, set()).add(other)
        near.setdefault(other, set()).add(one)
    found = chain.from_iterable(_decided(posts, keys, near, threshold) for keys in _connected(near))
    return tuple(sorted(found, key=lambda one: (one.kept, one.folded)))


def _connected(near: Mapping[str, Set[str]]) -> Iterator[list[str]]:
    """Yield the keys that pairs join, directly or by way of others: the words of these are in memory together."""
    left = {*near}
    while left:
        keys = [left.pop()]
        for key in keys:
            keys.extend(near[key] & left)
            left -= near[key]
        yield keys


def _decided(
    posts: Mapping[str, Post], keys: Iterable[str], near: Mapping[str, Set[str]], threshold: float
) -> Iterator[Duplicate]:
    groups: dict[object, list[_Words]] = {}
    for key in keys:
        words = _Words(key, posts[key])
        groups.setdefault(words.identity, []).append(words)
    equal = [sorted(group, key=_rank) for group in groups.values()]
    kept: dict[str, _Words] = {}
    for group in sorted(equal, key=lambda group: _rank(group[0])):
        beside = set[str]().union(*(near[words.key] for words in group))
        best = _best(group[0], [words for key, words in kept.items() if key in beside], threshold)
        jaccard, stands = best or (1.0, group[0])
        if best is None:
            kept |= dict.fromkeys((words.key for words in group), stands)
        for words in group:
            if words is not stands:
                yield Duplicate(stands.key, words.key, jaccard, " ".join(_beyond(words, stands)))


class _Words:
    """The words of a post, as they are compared. What takes long is worked out when it is first asked for."""

    def __init__(self, key: str, post: Post) -> None:
        self.key = key
        self.post = post
        self.plain = _plain(text_of(post))
        self.units = _units_of(self.plain)

    @property
    def is_short(self) -> bool:
        return len(self.units) < FEWEST * _UNIT

    @property
    def identity(self) -> object:
        """What equal posts have in common: short ones all that they say and show, since their words may be a phrase."""
        if not self.is_short:
            return self.units
        nodes = (node for node in query(self.post) if isinstance(node, Image | Link | Media))
        urls = tuple(node.src if isinstance(node, Image) else node.href for node in nodes)
        return self.units, _units_of(_plain(self.post.metadata.title)), urls

    @cached_property
    def shingles(self) -> set[bytes]:
        return {*_shingles(self.units)}

    @cached_property
    def numbers(self) -> set[str]:
        """The numbers in headline and text."""
        text = unicodedata.normalize("NFKC", f"{self.post.metadata.title} {text_of(self.post)}")
        return {number.replace(",", "") for number in _NUMBER.findall(text)}

    @cached_property
    def words(self) -> list[str]:
        """Han characters and kana one by one, and words."""
        return [word for han, other in _RUN.findall(self.plain) for word in (han or (other,))]


def _rank(words: _Words) -> tuple[int, datetime, str]:
    published = words.post.metadata.published or datetime.max.replace(tzinfo=UTC)
    return -len(words.units), published, words.key


def _best(words: _Words, others: Iterable[_Words], threshold: float) -> tuple[float, _Words] | None:
    """Return the most similar of the others that can stand for a text, and how similar it is."""
    matches = [(jaccard, other) for other in others if (jaccard := _similarity(words, other, threshold)) is not None]
    return max(matches, key=lambda match: match[0], default=None)  # of equals, the first by rank


def _similarity(short: _Words, long: _Words, threshold: float) -> float | None:
    """Return the Jaccard similarity of two texts; `None` where the long one cannot stand for the short one."""
    if short.is_short:
        return None
    common = len(short.shingles & long.shingles)
    jaccard = common / (len(short.shingles) + len(long.shingles) - common)
    if jaccard < threshold and common < max(CONTAINED, threshold) * len(short.shingles):
        return None
    # One of several reports of one event is told from the next by its figures.
    if not short.numbers <= long.numbers or len(_beyond(short, long)) > DIFFERENT * len(short.words):
        return None
    return round(jaccard, 3)


def _beyond(words: _Words, other: _Words) -> list[str]:
    """Return the words of a text that another does not have, or has less often, in order."""
    left = Counter(other.words)
    left.subtract(words.words)
    beyond = []
    for word in reversed(words.words):
        if left[word] < 0:
            left[word] += 1
            beyond.append(word)
    return beyond[::-1]


# ---- words ----


def _plain(text: str) -> str:
    """Return a text without what stands between its words, and without differences of form and case."""
    return unicodedata.normalize("NFKC", _BETWEEN.sub(" ", text)).casefold()


def _units_of(plain: str) -> bytes:
    """Return the units of a plain text."""
    return b"".join(
        [
            han.encode("utf-32-le") if han else (crc32(word.encode()) | _WORD).to_bytes(_UNIT, "little")
            for han, word in _RUN.findall(plain)
        ]
    )


def _shingles(units: bytes) -> list[bytes]:
    """Return the runs of four units that begin with a Han character or kana, and of three that begin with a word."""
    return [
        units[start : start + (16 if units[start + 3] < 128 else 12)]  # 128: the bit of a word
        for start in range(0, len(units) - 12, _UNIT)
    ]
