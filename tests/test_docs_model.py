"""`docs/model.md` is complete and true: every class is there, every example is what the types and the reader make."""

import inspect
import re
from pathlib import Path

import msgspec
import pytest
from msgspec import Struct

from converter import DigestSpec, compile_digests, model, read_post
from converter.model import Digest, Node
from converter.model.walk import query

PAGE = (Path(__file__).parent.parent / "docs" / "model.md").read_text("utf-8")
ABSTRACT = {"Node", "BlockNode", "Document"}
CLASSES = {
    name: kind
    for name, kind in inspect.getmembers(model, inspect.isclass)
    if issubclass(kind, Struct) and kind.__module__.startswith(model.__name__) and name not in ABSTRACT
}
SECTIONS = {section.partition("\n")[0]: section for section in PAGE.split("\n### ")[1:]}
NODES = sorted(name for name, kind in CLASSES.items() if issubclass(kind, Node))


def fenced(text: str, *languages: str) -> list[str]:
    """Return what stands between the fences of one of the languages."""
    pattern = rf"^(```+)(?:{'|'.join(languages)})\n(.*?)\n\1$"
    return [body for _, body in re.findall(pattern, text, re.DOTALL | re.MULTILINE)]


def example(name: str) -> object:
    (written,) = fenced(SECTIONS[name], "json")
    return msgspec.json.decode(written, type=CLASSES[name])


def test_every_class_of_the_model_has_a_section_and_no_other() -> None:
    assert set(CLASSES) == set(SECTIONS)


@pytest.mark.parametrize("name", sorted(CLASSES))
def test_json_example_is_what_the_class_encodes_to(name: str) -> None:
    (written,) = fenced(SECTIONS[name], "json")

    assert msgspec.json.encode(example(name)) == msgspec.json.format(written.encode(), indent=-1)


@pytest.mark.parametrize("name", NODES)
def test_source_example_reads_as_the_node(name: str) -> None:
    (body,) = fenced(SECTIONS[name], "markdown", "html")

    post = read_post(f"---\ntitle: An example\n---\n{body}\n")

    assert example(name) in [node for node in query(post) if type(node) is CLASSES[name]]


def test_digest_example_is_what_its_posts_compile_to() -> None:
    digest = example("Digest")
    assert isinstance(digest, Digest)

    assert (digest,) == compile_digests(digest.posts, DigestSpec(period=digest.period.kind), site=digest.site)


def test_python_examples_run() -> None:
    examples = fenced(PAGE.partition("\n## Inlines\n")[0], "python")

    assert examples
    for code in examples:
        exec(code, {})
