"""Parts of a PDF by themselves: they come from a store, or late, and the bytes of the book do not tell."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from converter.diagnostics import Code, Diagnostic, Outcome
from converter.themes import open_theme
from converter.writers import Results
from converter.writers.pdf import PdfWriter
from converter.writers.pdf.assembly.join import Joiner, Opened
from converter.writers.pdf.fragment import Fragment, Rendered
from tests.pdf_books import IGNORE, LONG, a_digest, a_post, make, p

pytestmark = pytest.mark.needs("Pango")


def test_parts_depend_on_nothing_but_their_post() -> None:
    posts = [a_post(str(number), p(LONG)) for number in range(3)]
    writer, theme = PdfWriter(), open_theme("default")
    alone = writer.split(a_digest(posts[1]), theme)
    among = writer.split(a_digest(*posts), theme)

    assert among[1] == alone[0]
    assert writer.render(among[1], theme, IGNORE) == writer.render(alone[0], theme, IGNORE)


def test_the_store_changes_nothing(tmp_path: Path) -> None:
    posts = [a_post(str(number), p(f"{LONG}\ue000{number}")) for number in range(3)]
    without = make(a_digest(*posts))
    cold = make(a_digest(*posts), cache=str(tmp_path))
    warm = make(a_digest(*posts), cache=str(tmp_path))
    changed = [posts[0], replace(posts[1], blocks=(p("新的"),)), posts[2]]
    half = make(a_digest(*changed), cache=str(tmp_path))

    assert without.data == cold.data == warm.data
    assert without.diagnostics == cold.diagnostics == warm.diagnostics
    assert half.data == make(a_digest(*changed)).data


def test_what_was_rendered_is_recalled_with_what_it_said_until_anything_changes(tmp_path: Path) -> None:
    theme, told = open_theme("default"), list[Diagnostic]()
    writer = PdfWriter(cache=str(tmp_path))
    [part] = writer.split(a_digest(a_post("one", p(f"{LONG}\ue000"))), theme)
    assert writer.recall(part, theme) is None

    rendered = writer.render(part, theme, told.append)

    assert [Code.MISSING_GLYPH] == [diagnostic.code for diagnostic in told]
    assert writer.recall(part, theme) == Outcome(rendered, tuple(told))
    other = replace(theme, tokens={**theme.tokens, "accent": "#123456"})
    assert [None] * 4 == [
        PdfWriter().recall(part, theme),
        writer.recall(part, other),
        replace(writer, page_size="A4").recall(part, theme),
        writer.recall(replace(part, book_title="Another"), theme),
    ]


def test_a_damaged_store_is_no_harm(tmp_path: Path) -> None:
    digest = a_digest(a_post("one", p(LONG)))
    whole = make(digest, cache=str(tmp_path)).data
    for path in tmp_path.glob("??/*"):
        path.write_bytes(path.read_bytes()[:100])

    assert make(digest, cache=str(tmp_path)).data == whole


def test_few_pieces_are_open_while_one_before_them_is_late(monkeypatch: pytest.MonkeyPatch) -> None:
    digest, theme, writer = a_digest(*(a_post(key, p("短。")) for key in "abcde")), open_theme("default"), PdfWriter()
    rendered = [(number, writer.render(part, theme, IGNORE)) for number, part in enumerate(writer.split(digest, theme))]
    whole = writer.assemble(digest, theme, Results(rendered), IGNORE)
    opened: list[Fragment] = []
    opening = Joiner.open

    def noted(joiner: Joiner, fragment: Fragment) -> Opened:
        opened.append(fragment)
        return opening(joiner, fragment)

    def late() -> Iterator[tuple[int, Rendered]]:
        yield from rendered[1:]
        assert len(opened) == 2
        yield rendered[0]

    monkeypatch.setattr("converter.writers.pdf.assembly.book.MOST_OPEN", 2)
    monkeypatch.setattr(Joiner, "open", noted)

    assert writer.assemble(digest, theme, Results(late()), IGNORE) == whole
