"""Parts of a PDF by themselves: they depend on nothing but their post, and may come late."""

from collections.abc import Iterator

import pytest

from converter.testing.builders import p
from converter.themes import open_theme
from converter.writers import Results
from converter.writers.pdf import PdfWriter
from converter.writers.pdf.assembly.join import Joiner, Opened
from converter.writers.pdf.fragment import Fragment, Rendered
from tests.pdf_books import IGNORE, LONG, a_digest, a_post

pytestmark = pytest.mark.needs("Pango")


def test_parts_depend_on_nothing_but_their_post() -> None:
    posts = [a_post(str(number), p(LONG)) for number in range(3)]
    writer, theme = PdfWriter(), open_theme("default")
    alone = writer.split(a_digest(posts[1]), theme)
    among = writer.split(a_digest(*posts), theme)

    assert among[1] == alone[0]
    assert writer.render(among[1], theme, IGNORE) == writer.render(alone[0], theme, IGNORE)


def test_few_pieces_are_open_while_one_before_them_is_late(monkeypatch: pytest.MonkeyPatch) -> None:
    digest, theme, writer = a_digest(*(a_post(key, p("短。")) for key in "abcde")), open_theme("default"), PdfWriter()
    rendered = [(number, writer.render(part, theme, IGNORE)) for number, part in enumerate(writer.split(digest, theme))]
    whole = writer.assemble(digest, theme, Results(rendered), IGNORE)
    opened: list[bytes] = []
    opening = Joiner.open

    def noted(joiner: Joiner, data: bytes, fragments: tuple[Fragment, ...]) -> Opened:
        opened.append(data)
        return opening(joiner, data, fragments)

    def late() -> Iterator[tuple[int, Rendered]]:
        yield from rendered[1:]
        assert len(opened) == 2
        yield rendered[0]

    monkeypatch.setattr("converter.writers.pdf.assembly.book.MOST_OPEN", 2)
    monkeypatch.setattr(Joiner, "open", noted)

    assert writer.assemble(digest, theme, Results(late()), IGNORE) == whole
