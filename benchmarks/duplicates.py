"""Prints what finding duplicates costs, and what it finds: `python -m benchmarks.duplicates [POSTS] [SITE]`.

The posts are made here; with the folder of a site, the edits are made of its posts instead.
"""

import random
import resource
import sys
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate, combinations

from benchmarks.__main__ import measured
from converter import load_posts
from converter.model import Metadata, Paragraph, Post, Text
from converter.model.walk import text_of
from converter.site.duplicates import FEWEST, decide, find_pairs, signature_of

RATES = (0.01, 0.02, 0.05, 0.10, 0.15, 0.20, 0.30)
LENGTHS = (150, 400, 1000)
HAN = [chr(number) for number in range(0x4E00, 0x5C00)]


def main(count: int, site: str) -> None:
    cost(count)
    texts = [text_of(item) for item in (load_posts(site).posts if site else made(300))]
    texts = [text for text in texts if len(text) >= min(LENGTHS)]
    print(f"\nedits of {len(texts)} posts: share that is folded, and that is found of what would be folded")
    print(f"{'':<22}" + "".join(f"{rate:>12.0%}" for rate in RATES))
    for name, edit in (("characters", characters), ("sentences", sentences), ("cut at the end", cut)):
        for length in LENGTHS:
            print(f"{name:<15}{length:>6} " + "".join(f"{shares(texts, edit, rate, length):>12}" for rate in RATES))
    print("\npairs of different posts:", *wrong(texts))


def cost(count: int) -> None:
    """Measure signing, candidates and decisions for so many posts, of which one in ten is an edit of another."""
    rng = random.Random(7)
    posts = {item.key: item for item in made(count * 9 // 10)}
    for key in [*posts][: count - len(posts)]:
        posts[f"{key}-again"] = a_post(f"{key}-again", characters(text_of(posts[key]), rng.uniform(0, 0.05), rng))
    size = sum(len(text_of(item)) for item in posts.values()) // len(posts)
    before = memory()
    print(f"{len(posts)} posts of about {size} characters, one process")
    with measured("sign", count):
        signatures = {key: signature_of(item) for key, item in posts.items()}
    with measured("find pairs", count):
        pairs = find_pairs(signatures)
    with measured("decide", count):
        found = decide(posts, pairs)
    print(f"{len(pairs)} pairs, {len(found)} folded, {sum(map(len, signatures.values())) // count} bytes a signature")
    print(f"{memory() - before:.0f} MiB on top of the {before:.0f} of the posts")


def memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def made(count: int) -> Iterator[Post]:
    """Make posts of words that are as frequent as those of a language: the n-th has an n-th of the first's share."""
    rng = random.Random(1)
    words = ["".join(rng.choices(HAN, k=2)) for _ in range(20_000)]
    shares = list(accumulate(1 / number for number in range(1, len(words) + 1)))
    for number in range(count):
        yield a_post(f"{number:05}", "".join(rng.choices(words, cum_weights=shares, k=600)))


def a_post(key: str, text: str) -> Post:
    return Post(key=key, path=f"{key}.md", metadata=Metadata(title="标题"), blocks=(Paragraph((Text(text),)),))


def characters(text: str, rate: float, rng: random.Random) -> str:
    """Replace, leave out or add single characters, but no digits: who changes a figure corrects the text."""
    others = [character for character in text if not character.isdigit()]
    edited = []
    for character in text:
        if character.isdigit() or rng.random() >= rate:
            edited.append(character)
        else:
            edited.append(rng.choice(("", rng.choice(others), character + rng.choice(others))))
    return "".join(edited)


def sentences(text: str, rate: float, rng: random.Random) -> str:
    """Write runs of twenty characters anew."""
    others = [character for character in text if not character.isdigit()]
    runs = [text[start : start + 20] for start in range(0, len(text), 20)]
    return "".join("".join(rng.choices(others, k=20)) if rng.random() < rate else run for run in runs)


def cut(text: str, rate: float, rng: random.Random) -> str:  # noqa: ARG001  # as the others
    """Leave out the end."""
    return text[: round(len(text) * (1 - rate))].rstrip("0123456789.,")


def shares(texts: Sequence[str], edit: Callable[[str, float, random.Random], str], rate: float, length: int) -> str:
    """Return how many of the edited posts are folded, and how many of these the signatures find."""
    rng = random.Random(f"{edit.__name__} {rate} {length}")
    folded = found = tried = 0
    for text in texts:
        if len(text) < length:
            continue
        tried += 1
        posts = {"a": a_post("a", text[:length]), "b": a_post("b", edit(text[:length], rate, rng))}
        if decide(posts, [("a", "b")]):
            folded += 1
            found += bool(find_pairs({key: signature_of(item) for key, item in posts.items()}))
    return f"{folded / tried:.0%} {found}/{folded}" if tried else "-"


def wrong(texts: Sequence[str]) -> tuple[int, str]:
    posts = {str(number): a_post(str(number), text) for number, text in enumerate(texts) if len(text) >= FEWEST}
    pairs = [(one, other) for one, other in combinations(sorted(posts), 2)]
    return len(pairs), f"folded: {len(decide(posts, pairs))}"


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 17_000, sys.argv[2] if len(sys.argv) > 2 else "")
