"""The contract of writers, over whatever is registered: a new writer is tested unmentioned."""

import pytest
from msgspec.structs import replace

from converter.model import Digest, Section
from converter.pipeline.write import render_files
from converter.testing.builders import a_digest
from converter.testing.contract import WriterContract, posts
from converter.themes import open_theme
from converter.verify import passages
from converter.writers import Results
from converter.writers.registry import plugins, writer_type
from tests.conftest import writers_here


class TestRegisteredWriters(WriterContract):
    @pytest.fixture(params=writers_here(*(plugin.name for plugin in plugins())))
    def name(self, request: pytest.FixtureRequest) -> str:
        return str(request.param)


def test_results_come_in_order_as_often_as_they_are_asked_for_and_once_as_they_are_ready() -> None:
    pairs = [(2, "c"), (0, "a"), (1, "b")]
    results = Results(iter(pairs))

    assert ["a", "b", "c"] == list(results) == list(results)
    assert pairs == list(Results(iter(pairs)).ready())


@pytest.mark.parametrize("name", writers_here("epub", "markdown", "pdf"))
def test_sections_have_headings_in_every_format_but_a_single_one_says_nothing(name: str) -> None:
    digest = a_digest(*posts(2))
    single = replace(digest, sections=(Section("栏目", digest.posts),))
    two = replace(digest, sections=tuple(map(Section, ("栏目", "海"), [(post,) for post in digest.posts])))
    untitled = replace(digest, sections=(Section("", digest.posts),))

    def titles(digest: Digest) -> set[str]:
        file = render_files(digest, writer_type(name)(), open_theme("default"), pytest.fail)[0]
        return {passage.title.strip() for passage in passages(file.data, name=file.name)}

    assert titles(single) == titles(untitled)
    assert titles(two) - titles(untitled) == {"栏目", "海"}
