"""What one post may cost: it grows with its length, and is bounded."""

import time
import tracemalloc
from collections.abc import Callable

import pytest
from msgspec.structs import replace

from converter.api import render_files
from converter.diagnostics import Code, Diagnostic, SourceError
from converter.digest import digest_of
from converter.limits.values import DEFAULT, Limits
from converter.model import CodeBlock, Post, Site
from converter.model.walk import query, text_of
from converter.normalize import normalize
from converter.reading import Context, SourceFile, read

HEADER = "---\ntitle: T\ndate: 2024-05-31\n---\n"


def post_of(text: str, limits: Limits = DEFAULT) -> tuple[Post, list[Diagnostic]]:
    found: list[Diagnostic] = []
    source = SourceFile(path="a.md", key="a", data=text.encode())
    return normalize(read(source, Site(), found.append, context=Context(limits=limits)), Site(), found.append), found


def seconds(action: Callable[[], object]) -> float:
    """Return how long something takes, in seconds of this process."""
    start = time.process_time()
    action()
    return time.process_time() - start


def grows_evenly(small: Callable[[], object], large: Callable[[], object]) -> bool:
    """Say whether what is eight times as large takes eight times as long, with room for what a machine does besides.

    Its square would take sixty-four times as long, each time.
    """
    least = min(seconds(small) for _ in range(3))
    return any(seconds(large) < 24 * least + 0.02 for _ in range(3))


READ = {
    "keys of a header": lambda n: "---\ntitle: T\n" + "".join(f"k{i}: v\n" for i in range(n // 8)) + "---\nx\n",
    "lines of a header that are no YAML": lambda n: "---\ntitle: T\n" + "a: b: c\n" * (n // 8) + "---\nx\n",
    "keys in JSON": lambda n: "{" + ",".join(f'"k{i}": 1' for i in range(n // 8)) + "}\nx\n",
    "brackets behind an address": lambda n: HEADER + "http://a.b/" + ")" * n + "\n",
    "brackets that never close": lambda n: HEADER + "[" * n,
    "links in brackets that never close": lambda n: HEADER + "[[a](b)" * (n // 8),
    "sections of characters": lambda n: HEADER + "<![CDATA[" * (n // 8),
    "variables of Liquid": lambda n: HEADER + "".join(f'{{% assign a{i} = "x" %}}' for i in range(n // 8)),
    "unknown tags of Liquid": lambda n: HEADER + "{% foo %}\n" * (n // 8),
    "outputs of Liquid that never close": lambda n: HEADER + "{{" * (n // 2) + " " * 5_000 + "}}",
    "one word": lambda n: HEADER + "a" * n,
    "a title of one word": lambda n: f"---\ntitle: {'a' * n}\ndate: 2024-05-31\n---\nx\n",
}


@pytest.mark.parametrize("kind", READ)
def test_reading_takes_as_much_longer_as_a_post_is_longer(kind: str) -> None:
    small, large = READ[kind](5_000), READ[kind](40_000)
    limits = Limits(liquid_tags=100_000, front_matter_keys=100_000)
    post_of(small, limits)

    assert grows_evenly(lambda: post_of(small, limits), lambda: post_of(large, limits))


@pytest.mark.parametrize("title", ["a", "#a ", "港", "a, "])
@pytest.mark.parametrize("format_", ["epub", "markdown"])
def test_writing_takes_as_much_longer_as_a_title_is_longer(title: str, format_: str) -> None:
    def write(times: int) -> None:
        post, _ = post_of(f"---\ntitle: T {title * times}\ndate: 2024-05-31\n---\nx\n", Limits(title=100_000))
        render_files(digest_of(post, Site()), format_)

    write(1)

    assert grows_evenly(lambda: write(1_000), lambda: write(8_000))


BOMBS = {
    "filters in a row": '{{ page.title | replace: "T", "TTTTTTTTTT"' + ' | replace: "T", "TTTTTTTTTT"' * 12 + " }}",
    "filters in tags": '{% assign a = "aaaaaaaaaa" %}' + "{% assign a = a | append: a %}" * 40,
    "prepend": '{% assign a = "aaaaaaaaaa" %}' + "{% assign a = a | prepend: a %}" * 40,
    "concat": '{% assign a = "a,b" | split: "," %}' + "{% assign a = a | concat: a %}" * 40,
    "join with a long text": '{% assign a = "aaaaaaaaaa" %}'
    + "{% assign a = a | append: a %}" * 16
    + '{{ a | split: "" | join: a }}',
    "whole numbers": "{% assign a = 99999999 %}" + "{% assign a = a | times: a %}" * 40 + "{{ a }}",
    "captures": "{% capture a %}aaaaaaaaaa{% endcapture %}" + "{% capture a %}{{ a }}{{ a }}{% endcapture %}" * 40,
    "a range joined": '{% assign r = (1..100000000) | join: "," %}',
    "a range backwards": "{% for i in (1..100000000) reversed %}{{ i }}{% endfor %}",
    "a range in rows": "{% tablerow i in (1..100000000) %}{{ i }}{% endtablerow %}",
    "loops in loops": "{% for i in (1..999) %}{% for j in (1..999) %}a{% endfor %}{% endfor %}",
    "loops after loops": "{% for i in (1..9999) %}{% endfor %}" * 300,
    "an output again and again": '{% assign a = "aaaaaaaaaa" %}'
    + "{% assign a = a | append: a %}" * 14
    + "{% for i in (1..9999) %}{{ a }}{% endfor %}",
    **{
        f"a range through {name}": f"{{{{ (1..100000000) | {name} }}}}"
        for name in (
            "reverse",
            "sort",
            "sort_natural",
            "uniq",
            "compact",
            "map: 'a'",
            "sum",
            "concat: page.tags",
            "split: ''",
        )
    },
}


@pytest.mark.parametrize("kind", BOMBS)
def test_liquid_is_stopped_before_it_makes_too_much(kind: str) -> None:
    post_of(HEADER + "{{ page.title }}")
    tracemalloc.start()
    post, found = post_of(HEADER + "before " + BOMBS[kind] + " after")
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert [Code.LIQUID_FAILED] == [one.code for one in found]
    assert "in [limits] of converter.toml" in (found[0].hint or "")
    assert {"before", "after"} <= set(text_of(post.blocks[0]).split())
    assert most < 200 * 1024 * 1024


def test_aliases_that_stand_in_each_other_are_not_printed() -> None:
    lists = "".join(
        f"{name}: &{name} [{', '.join([f'*{inner}'] * 9)}]\n"
        for inner, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    header = f"---\ntitle: T\ndate: 2024-05-31\na: &a [1, 2, 3]\n{lists}---\n"

    post, _ = post_of(header + "before {{ page.i }} after")

    assert {"before", "after"} <= set(text_of(post.blocks[0]).split())


def test_what_stays_within_the_limits_is_done() -> None:
    text = '{% for i in (1..3) reversed %}{{ i }},{% endfor %} {{ "b-c" | split: "-" | join: "+" | append: "!" }}'

    post, found = post_of(HEADER + text)

    assert ("3,2,1, b+c!", []) == (text_of(post.blocks[0]), found)


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("source_bytes", HEADER + "words " * 100, Code.TOO_LARGE),
        ("marks", HEADER + "a\n" * 60 + "words", Code.TOO_LARGE),
    ],
)
def test_a_post_beyond_a_limit_is_left_out(name: str, text: str, code: Code) -> None:
    with pytest.raises(SourceError) as caught:
        post_of(text, replace(DEFAULT, **{name: 50}))

    assert code == caught.value.diagnostic.code
    assert f"`{name}` in [limits]" in (caught.value.diagnostic.hint or "")


def test_the_end_of_a_title_beyond_the_limit_is_left_out_and_named() -> None:
    post, [fault] = post_of("---\ntitle: 一二三四五\ndate: 2024-05-31\n---\nx", Limits(title=3))

    assert ("一二三…", "四五") == (post.metadata.title, fault.removed)
    assert "`title` in [limits]" in (fault.hint or "")


def test_keys_beyond_the_limit_are_left_out_and_named() -> None:
    post, [fault] = post_of("---\ntitle: T\ndate: 2024-05-31\na: 1\nb: 2\n---\nx", Limits(front_matter_keys=3))

    assert {"a": "1"} == post.metadata.extra
    assert "the front matter has 4 keys; those behind the first 3 were left out" == fault.message


def test_long_code_loses_its_colours_and_nothing_else() -> None:
    text = (
        HEADER
        + "```java\n"
        + "a.b<" * 10
        + "\n```\n\na[^1]\n\n[^1]: b\n\n    ```java\n    "
        + "c.d<" * 10
        + "\n    ```\n"
    )

    post, found = post_of(text, Limits(code=30))

    assert [("a.b<" * 10, ""), ("c.d<" * 10, "")] == [
        (node.text, node.language) for node in query(post) if isinstance(node, CodeBlock)
    ]
    assert [Code.LARGE_POST] * 2 == [one.code for one in found]


def test_liquid_beyond_the_limit_of_tags_is_text() -> None:
    post, [fault] = post_of(HEADER + "{{ page.title }} " * 3, Limits(liquid_tags=2))

    assert "T T {{ page.title }}" == text_of(post.blocks[0]).strip()
    assert "`liquid_tags` in [limits]" in (fault.hint or "")
