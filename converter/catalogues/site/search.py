"""The posts of editions -> an index that a browser searches by itself: small files, of which a search reads a few.

A list of terms says in which editions each stands, and is cut into files by how terms begin. So a browser knows which
editions may have all terms of a search, and looks for them in the texts of these, the newest first. A term is a word;
of scripts that have no spaces, or many endings, it is a character, or two in a row.
"""

import math
import re
import unicodedata
from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from operator import add

from msgspec.json import encode

from converter.catalogues import PublishedEdition, newest_first
from converter.catalogues.site.texts import PostText
from converter.writers import File

FOLDER = "site/search"
TERMS = 2000
"""Of a file of the list, on an average."""
MOST = 256
"""Files of the list: at the most."""

MARKS = re.compile("[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670]")
"""Marks on letters, which a search does not ask for."""
SQUARES = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff"
)
"""Thai, Lao, Burmese, Khmer, kana, Han and Hangul, as a class of characters."""
_WORD = re.compile(rf"[^\W_{SQUARES}]{{2,40}}")
_GAP = re.compile(rf"[^{SQUARES}]+")


def search_files(editions: Sequence[PublishedEdition], texts: Mapping[str, Sequence[PostText]]) -> tuple[File, ...]:
    """Return what the search reads. Editions are numbered as they are listed: the newest first."""
    listed = [edition for edition in newest_first(editions) if texts[edition.key]]
    postings = postings_of("\n".join(f"{post.title}\n{post.text}" for post in texts[one.key]) for one in listed)
    size = min(MOST, 2 ** max(0, math.ceil(math.log2(max(1, len(postings) / TERMS)))))
    lists: list[dict[str, list[int]]] = [{} for _ in range(size)]
    for term in sorted(postings):
        lists[place_of(term, size)][term] = postings[term]
    head = {"lists": size, "editions": [[edition.key, edition.title] for edition in listed]}
    return (
        File(f"{FOLDER}/index.json", encode(head)),
        *(File(f"{FOLDER}/terms-{number}.json", encode(found)) for number, found in enumerate(lists)),
        *(File(f"{FOLDER}/texts-{edition.key}.json", encode(_shown(texts[edition.key]))) for edition in listed),
    )


def _shown(posts: Sequence[PostText]) -> list[list[str]]:
    return [[post.title, post.href, post.text, post.language, post.direction] for post in posts]


def folded(text: str) -> str:
    """Return a text as it is compared: without case, marks and forms of compatibility. The script does the same."""
    plain = MARKS.sub("", unicodedata.normalize("NFKD", text))
    return unicodedata.normalize("NFC", plain).lower()


def postings_of(texts: Iterable[str]) -> dict[str, list[int]]:
    """Return of each term the numbers of the texts that it is in, from 0, in their order."""
    words: defaultdict[str, list[int]] = defaultdict(list)
    pairs: defaultdict[int, list[int]] = defaultdict(list)
    for number, text in enumerate(texts):
        plain = folded(text)
        runs = _GAP.sub(" ", plain)
        of_text = _pairs(runs + " ")
        for word in {*_WORD.findall(plain), *_characters(of_text)}:
            words[word].append(number)
        for pair in of_text:
            pairs[pair].append(number)
    characters = _characters(pairs)
    named = zip(map(add, characters[::2], characters[1::2]), pairs.values(), strict=True)
    return {term: found for term, found in (*words.items(), *named) if " " not in term}


def _pairs(text: str) -> set[int]:
    """Return all that is two characters in a row, each as a number of 64 bits: strings take more than twice the time.

    A text has some hundred thousand. A set looks at the low bits first, so these are of both characters.
    """
    data = text.encode("utf-32-le")
    mixed = bytearray(2 * len(data) - 8)
    for byte in range(4):
        mixed[2 * byte :: 8] = data[byte:-4:4]
        mixed[2 * byte + 1 :: 8] = data[4 + byte :: 4]
    return {*memoryview(mixed).cast("Q")}


def _characters(pairs: Iterable[int]) -> str:
    """Return the characters of pairs, one after the other."""
    mixed = array("Q", pairs).tobytes()
    data = bytearray(len(mixed))
    for byte in range(4):
        data[byte::8] = mixed[2 * byte :: 8]
        data[4 + byte :: 8] = mixed[2 * byte + 1 :: 8]
    return data.decode("utf-32-le")


def place_of(term: str, size: int) -> int:
    """Return in which list a term is: two characters decide, so that all words that begin alike are together."""
    first, second = ord(term[0]), ord(term[1]) if len(term) > 1 else 0
    return (first * 31 + second) % size
