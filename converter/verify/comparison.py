"""Words of sources against words of passages: what is missing, where, and by what it was declared."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from msgspec import Struct
from msgspec.structs import replace

from converter.diagnostics import Code, Diagnostic, counted, shortened
from converter.verify.outputs import Passage
from converter.verify.shape import Shape, lost
from converter.verify.words import count, in_pieces, letters, words

CONTEXT = 8
"""Words shown on either side of one that is missing."""
RUN = 24
"""Words in a row that no book repeats by itself: captions and titles are shorter."""
SHOWN = 5
"""Places shown for each post."""


class SourceText(Struct, frozen=True):
    """What a source says."""

    path: str
    title: str
    text: str
    """The visible text of its body."""
    declared: str = ""
    """What diagnostics say was left out."""
    shape: Shape = Shape()
    """What is visible beside the text."""
    absent: tuple[str, ...] = ()
    """The URLs of images that diagnostics say are not at hand."""
    site: str = ""
    """The URL of its site, if it is known."""
    within: str = ""
    """The title of the post that stands for it; empty for a post that stands for itself."""
    added: str = ""
    """What is added to the post, and may repeat words of it."""


class Comparison(Struct, frozen=True):
    """How much of the sources is in a file."""

    words: int
    """Of the sources."""
    missing: int
    diagnostics: tuple[Diagnostic, ...]

    @property
    def kept(self) -> float:
        """The share of words that are in the file or declared, from 0 to 1."""
        return 1.0 if self.words == 0 else 1 - self.missing / self.words


def compare(sources: Sequence[SourceText], passages: Iterable[Passage], *, file: str, max_lost: int = 0) -> Comparison:
    """Return what `file`, whose text is in `passages`, lacks of the sources.

    Each source has a passage of its title, or of the title of the post that stands for it. Where no more
    than `max_lost` words are missing, that is a warning, and no error.
    """
    waiting: dict[str, list[Passage]] = {}
    for passage in passages:
        waiting.setdefault(_title(passage.title), []).append(passage)
    every = {title: tuple(found) for title, found in waiting.items()}
    diagnostics: list[Diagnostic] = []
    total = missing = 0
    for source in sources:
        candidates = waiting.get(_title(source.title), [])
        stands = every.get(_title(source.within), ()) if source.within else ()
        size = len(words(source.text))
        total += size
        if not candidates and not stands:
            if not size and not source.shape.images:
                continue  # a post that says nothing, which reading has said, may be nowhere
            missing += size
            diagnostics.append(_absent(source, file))
            continue
        lacks = [(_lack(source, passage), passage) for passage in (*candidates, *stands)]
        lack, best = min(lacks, key=lambda pair: pair[0].total())
        if lack:
            missing += lack.total()
            diagnostics.append(_lost(source, best, lack, file))
        if not source.within:
            candidates.remove(best)
            diagnostics.extend(_beside_words(source, best, file))
    if missing <= max_lost:
        diagnostics = [_accepted(each) if each.code is Code.WORDS_LOST else each for each in diagnostics]
    return Comparison(total, missing, tuple(diagnostics))


def _accepted(lost: Diagnostic) -> Diagnostic:
    return replace(lost, code=Code.WORDS_ACCEPTED)


def _title(title: str) -> str:
    return " ".join(words(title)) or title.strip()


def _lack(source: SourceText, passage: Passage) -> Counter[str]:
    """Return the words of a source that are neither in the passage nor declared.

    There are none where all of them may be marks of Markdown to another reader.
    """
    wanted, found = count(source.text), count(passage.text)
    lack = wanted - found - count(source.declared)
    if not lack:
        return lack
    lack -= in_pieces(lack, found - wanted)
    return lack if lack - count(source.shape.marks) else Counter()


def _absent(source: SourceText, file: str) -> Diagnostic:
    return Diagnostic(
        code=Code.WORDS_LOST,
        message=f"the post '{source.title}' is not in {file}",
        file=source.path,
        hint="see the error about this post in the report of the build",
    )


def _beside_words(source: SourceText, passage: Passage, file: str) -> Iterator[Diagnostic]:
    """Yield what is wrong with a passage although its words are there, where its shape is known."""
    if passage.shape is None:
        return
    shapes, declared, absent = (source.shape, passage.shape), source.declared, source.absent
    things = lost(*shapes, declared=declared, absent=absent, title=source.title, site=source.site)
    hint = "report it with this post, or declare what is to be left out with a rule"
    for kind, name in things:
        message = f"the {kind} '{shortened(' '.join(name.split()))}' is not in {file}, or is plain text there"
        yield Diagnostic(code=Code.CONTENT_LOST, message=message, file=source.path, hint=hint)
    if repeated := _repeated(f"{source.title}\n{source.text}\n{source.added}", passage.text):
        message = f"'{_joined(repeated)}' stands in {file} more often than in the post"
        yield Diagnostic(code=Code.WORDS_REPEATED, message=message, file=source.path, hint="report it with this post")


def _repeated(wanted: str, found: str) -> Sequence[str]:
    """Return the first words that stand in a row in a title or source, and more often in a passage than there."""
    runs, most = _runs(found), _runs(wanted)
    return next((run for run, number in runs.items() if number > most[run] > 0), ())


def _runs(text: str) -> Counter[tuple[str, ...]]:
    every = words(text)
    return Counter(tuple(every[start : start + RUN]) for start in range(len(every) - RUN + 1))


def _lost(source: SourceText, passage: Passage, lack: Counter[str], file: str) -> Diagnostic:
    """Return what is missing, with the words around the first places that may be meant."""
    every = words(source.text)
    places = [_place(every, number) for number in _positions(every, words(passage.text), lack)[:SHOWN]]
    more = f" and {lack.total() - len(places)} more" if lack.total() > len(places) else ""
    return Diagnostic(
        code=Code.WORDS_LOST,
        message=f"{counted(lack.total(), 'word')} missing from {file}: {' … '.join(places)}{more}",
        file=source.path,
        hint="report it with this post, or declare what is to be left out with a rule",
    )


def _positions(every: Sequence[str], found: Sequence[str], lack: Counter[str]) -> list[int]:
    """Return where missing words stood: first where the words beside them are not together in the passage either."""
    together = set(pairwise(found))
    neighbours = [0, *(0 if pair in together else 1 for pair in pairwise(every)), 0]
    wanted = [number for number, word in enumerate(every) if lack[letters(word)]]
    wanted.sort(key=lambda number: -(neighbours[number] + neighbours[number + 1]))
    left = Counter(lack)
    chosen = []
    for number in wanted:
        if left[letters(every[number])]:
            left[letters(every[number])] -= 1
            chosen.append(number)
    return sorted(chosen)


def _place(every: Sequence[str], number: int) -> str:
    before, after = every[max(0, number - CONTEXT) : number], every[number + 1 : number + 1 + CONTEXT]
    return f"{_joined(before)}[{every[number]}]{_joined(after)}"


def _joined(some: Iterable[str]) -> str:
    """Return words as text: with spaces, except between characters of scripts that use none."""
    text = ""
    for word in some:
        text += f" {word}" if text and (text[-1].isascii() or word[0].isascii()) else word
    return text
