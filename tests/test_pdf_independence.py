"""Parts of a PDF by themselves: they depend on nothing but their post, and may come late."""

import pytest

from converter.testing.builders import p
from converter.themes import open_theme
from converter.writers import Results
from converter.writers.pdf import PdfWriter
from tests.pdf_books import IGNORE, LONG, a_digest, a_post

pytestmark = pytest.mark.needs("Pango")


def test_parts_depend_on_nothing_but_their_post_and_whether_all_are_of_one_day() -> None:
    posts = [a_post(str(number), p(LONG)) for number in range(3)]
    writer, theme = PdfWriter(), open_theme("default")
    few = writer.split(a_digest(*posts[1:]), theme)
    among = writer.split(a_digest(*posts), theme)

    assert among[1] == few[0]
    assert writer.render(among[1], theme, IGNORE) == writer.render(few[0], theme, IGNORE)


def test_the_bytes_do_not_depend_on_which_part_is_ready_first() -> None:
    digest, theme, writer = a_digest(*(a_post(key, p("短。")) for key in "abcde")), open_theme("default"), PdfWriter()
    rendered = [(number, writer.render(part, theme, IGNORE)) for number, part in enumerate(writer.split(digest, theme))]

    whole = writer.assemble(digest, theme, Results(rendered), IGNORE)

    assert writer.assemble(digest, theme, Results(rendered[::-1]), IGNORE) == whole
