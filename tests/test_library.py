"""What other programs call: all files, pictures from memory, any executor, and faults that say what is meant."""

import io
import multiprocessing
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from PIL import Image as Pillow

import converter
from converter.model import Digest, Heading, Image, List, ListItem, Metadata, Paragraph, Period, Post, Section, Text
from converter.model.walk import query, text_of
from converter.writers.registry import plugins
from tests.conftest import writers_here

ROOT = Path(__file__).parent.parent
POST = "---\ntitle: The Quay\ndate: 2024-05-31\n---\nThe quay is open.\n\n![A map](images/quay%20map.png)\n"


def a_picture(kind: str = "PNG") -> bytes:
    target = io.BytesIO()
    Pillow.new("RGB", (300, 200), "teal").save(target, kind)
    return target.getvalue()


def a_site(folder: Path, posts: int = 3) -> Path:
    (folder / "images").mkdir(parents=True)
    (folder / "images/quay map.png").write_bytes(a_picture())
    for number in range(1, posts + 1):
        text = POST.replace("The Quay", f"Quay {number}").replace("2024-05-31", f"2024-05-{number:02}")
        (folder / f"2024-05-{number:02}-quay.md").write_text(text, "utf-8")
    return folder


# ---- files ----


@pytest.mark.parametrize("name", writers_here(*(plugin.name for plugin in plugins())))
def test_all_files_begin_with_the_main_one(name: str) -> None:
    post = converter.read_post(POST, images={"images/quay map.png": a_picture()}, warn=pytest.fail)

    files = converter.render_files(post, name, warn=pytest.fail)

    assert all(isinstance(file, converter.File) for file in files)
    assert files[0].data == converter.render(post, name)


def test_files_beside_the_main_one_are_pictures_posts_and_volumes(tmp_path: Path) -> None:
    loaded = converter.load_posts(str(a_site(tmp_path / "site")))
    [digest] = converter.compile_digests(loaded.posts, site=loaded.site)

    folder = [file.name for file in converter.render_files(digest, "markdown", shape="folder")]
    pictures = [file.data for file in converter.render_files(digest, "markdown") if file.name.endswith(".png")]

    assert len([name for name in folder if name.endswith(".md")]) == 4
    assert pictures == [a_picture()]


# ---- pictures ----


@pytest.mark.parametrize("name", ["images/quay%20map.png", "images/quay map.png", "./images/quay map.png"])
@pytest.mark.parametrize("writer", writers_here("epub", "html", "markdown", "pdf"))
def test_a_post_from_memory_has_pictures_from_memory(name: str, writer: str) -> None:
    with_it = converter.read_post(POST, images={name: a_picture()}, warn=pytest.fail)
    without = converter.read_post(POST)

    [asset] = with_it.assets
    assert (asset.media_type, asset.width, asset.height) == ("image/png", 300, 200)
    assert converter.render_files(with_it, writer) != converter.render_files(without, writer)


def test_a_post_from_memory_finds_its_pictures_in_a_folder(tmp_path: Path) -> None:
    site = a_site(tmp_path)

    by_folder = converter.read_post(POST, images=site, warn=pytest.fail)
    by_site = converter.read_post(POST, site=converter.Site(root=str(site)), warn=pytest.fail)

    assert [asset.size for asset in by_folder.assets] == [len(a_picture())]
    assert by_folder == by_site


def test_pictures_that_are_missing_or_none_are_named() -> None:
    found: list[converter.Diagnostic] = []
    text = POST + "\n![B](b.png) ![C](https://example.org/c.png)\n"

    post = converter.read_post(text, images={"b.png": b"no picture"}, warn=found.append)

    assert [str(each.code) for each in found] == ["image-missing", "image-invalid", "image-remote"]
    assert not post.assets


# ---- JSON ----


def test_the_json_form_names_no_place_of_this_machine_and_pictures_are_found_anew(tmp_path: Path) -> None:
    loaded = converter.load_posts(str(a_site(tmp_path / "site")))
    [digest] = converter.compile_digests(loaded.posts, site=loaded.site)

    data = digest.to_json()
    again = converter.Digest.from_json(data)
    [first, *_] = again.posts
    restored = converter.with_images(first, tmp_path / "site", warn=pytest.fail)
    found: list[converter.Diagnostic] = []

    assert str(tmp_path).encode() not in data
    assert restored == digest.posts[0]
    assert again == digest.portable()
    assert converter.render(first, "epub", warn=found.append)
    assert "image-missing" in {str(each.code) for each in found}


@pytest.mark.parametrize("attach", [{}, {"attach_sources": True}])
@pytest.mark.parametrize("writer", writers_here("epub", "html", "markdown", "pdf"))
def test_a_site_that_was_moved_gives_the_same_bytes(writer: str, attach: dict[str, object], tmp_path: Path) -> None:
    def files(folder: Path) -> tuple[converter.File, ...]:
        loaded = converter.load_posts(str(a_site(folder)))
        [digest] = converter.compile_digests(loaded.posts, converter.DigestSpec(name="quay"), site=loaded.site)
        assert sum(len(post.assets) for post in digest.posts) == 3
        return converter.render_files(digest, writer, **(attach if writer == "pdf" else {}))

    assert files(tmp_path / "here/site") == files(tmp_path / "elsewhere/below/site")


# ---- faults ----


@pytest.mark.parametrize(
    ("writer", "options", "message", "hint"),
    [
        ("pdf", {"jutify": False}, "has no key 'jutify'", "did you mean 'justify'?"),
        ("pdf", {"justify": "no"}, "justify: true or false is wanted, and this is a text in quotes", None),
        ("pdf", {"notes": "sidenotes"}, "'sidenotes' is none of the choices", "it is one of: "),
        ("epub", {"profil": "kobo"}, "has no key 'profil'", "did you mean 'profile'?"),
        ("markdown", {"nonsense": 1}, "has no key 'nonsense'", "known are:"),
    ],
)
def test_an_option_that_is_none_is_named(
    writer: str, options: dict[str, object], message: str, hint: str | None
) -> None:
    with pytest.raises(converter.UsageError) as caught:
        converter.render(converter.read_post(POST), writer, **options)

    assert message in caught.value.diagnostic.message
    assert f"the writer '{writer}'" in caught.value.diagnostic.message
    assert (caught.value.diagnostic.hint or "").startswith(hint or "")


def test_an_option_under_its_old_name_works_and_says_so() -> None:
    found: list[converter.Diagnostic] = []
    long = POST + "The ferry comes at ten. " * 60  # short posts have no links to others
    posts = [converter.read_post(long, name=f"2024-05-31-{name}.md", warn=found.append) for name in ("a", "b")]
    [digest] = converter.compile_digests(posts)

    files = converter.render_files(digest, "epub", neighbours=False, warn=found.append)

    assert files == converter.render_files(digest, "epub", previous_next=False, warn=pytest.fail)
    assert files != converter.render_files(digest, "epub", warn=pytest.fail)
    assert ["`neighbours` of [output.epub] is `previous_next` now"] == [each.message for each in found]


@pytest.mark.parametrize(
    ("values", "message", "hint"),
    [
        ({"period": "none"}, "", ""),
        ({"period": "week", "group_by": "tag", "categories": ["a", ""]}, "", ""),
        ({"period": "montly"}, "a digest has no period 'montly'", "did you mean 'month'?"),
        ({"order": "oldst"}, "a digest has no order 'oldst'", "did you mean 'oldest'?"),
        ({"group_by": "colour"}, "a digest has no group_by 'colour'", "one of: category, tag, none"),
        ({"tags": "news"}, "a digest has no tags 'news'", "a list is wanted, and this is a text in quotes"),
        ({"since": "yesterday"}, "a digest has no since 'yesterday'", "Invalid RFC3339"),
        ({"drafts": "no"}, "a digest has no drafts 'no'", "true or false is wanted"),
    ],
)
def test_a_specification_of_digests_takes_names_and_refuses_the_rest(
    values: dict[str, Any], message: str, hint: str
) -> None:
    if not message:
        spec = converter.DigestSpec(**values)
        assert spec == converter.DigestSpec(**values)
        assert spec.period is converter.PeriodKind(values["period"])
        assert isinstance(spec.categories, tuple)
        assert not spec.categories or spec.categories == ("a", "")
        assert len(converter.compile_digests([converter.read_post(POST)], replace(spec, categories=()))) == 1
        return
    with pytest.raises(converter.UsageError) as caught:
        converter.DigestSpec(**values)
    assert message == caught.value.diagnostic.message
    assert (caught.value.diagnostic.hint or "").startswith(hint)


@pytest.mark.needs("mypy")
def test_the_form_in_the_readme_passes_mypy(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    blocks = (ROOT / "README.md").read_text("utf-8").split("```python\n")[1:]
    program.write_text("".join(block.partition("```")[0] for block in blocks), "utf-8")
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path / "cache"), str(program)]

    run = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)

    assert run.returncode == 0, run.stdout
    assert 'period="week"' in program.read_text("utf-8")


def test_lists_are_taken_as_tuples() -> None:
    tuples = Post("a", "a.md", Metadata(title="A", tags=("x",)), blocks=(Paragraph((Text("a"),)),))
    lists: Any = Post("a", "a.md", Metadata(title="A", tags=["x"]), blocks=[Paragraph((Text("a"),))])  # type: ignore[arg-type]

    assert lists == tuples
    assert lists.to_json() == tuples.to_json()


@pytest.mark.parametrize(
    "make",
    [
        lambda: Post("a", "a.md", Metadata(title="A"), blocks="words"),
        lambda: Post("a", "a.md", Metadata(title="A", tags="news")),
        lambda: Section("a", None),
        lambda: Digest("a", "A", Period("none"), "en", converter.Site(), None, {}),
        lambda: converter.render(Post("a", "a.md", Metadata(title="A"), blocks=(Paragraph([Text("a")]),)), "epub"),
        lambda: converter.render(Post("a", "a.md", Metadata(title="A"), blocks=(Paragraph(("a",)),)), "epub"),
        lambda: converter.render(
            Post("a", "a.md", Metadata(title="A"), blocks=(List((ListItem([Heading(2, ())]),)),)), "markdown"
        ),
        lambda: converter.render("words", "epub"),
    ],
)
def test_what_is_neither_a_tuple_nor_a_node_is_refused_by_name(make: Callable[[], object]) -> None:
    with pytest.raises(TypeError, match=r"is a tuple, not|has no str|is wanted, not"):
        make()


@pytest.mark.parametrize("root", ["words", None, 1, ["a"], (Text("a"), "b"), {"a": 1}, Metadata(title="A")])
def test_only_documents_and_nodes_have_nodes_and_words(root: Any) -> None:
    with pytest.raises(TypeError, match="a document, a node or a tuple"):
        query(root)
    with pytest.raises(TypeError, match="a document, a node or a tuple"):
        text_of(root)


def test_a_digest_and_a_section_have_the_nodes_and_words_of_their_posts() -> None:
    [digest] = converter.compile_digests([converter.read_post(POST)])

    assert list(query(digest)) == list(query(digest.sections[0])) == list(query(digest.posts[0]))
    assert text_of(digest) == text_of(digest.posts) == "The quay is open."
    assert [node.src for node in query(digest) if isinstance(node, Image)] == ["images/quay%20map.png"]


# ---- rules ----


def test_a_rule_cleans_a_post_from_memory_and_a_faulty_one_is_refused() -> None:
    rule = converter.CleaningRule(action="remove", text="The quay is .*")

    assert text_of(converter.read_post(POST, rules=[rule])) == ""
    with pytest.raises(converter.UsageError, match="a selector or a text"):
        converter.read_post(POST, rules=[converter.CleaningRule(action="remove")])


# ---- executors ----


class Refusing(Executor):
    """Takes no task, as a pool whose worker died."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        raise RuntimeError("the pool is broken")


def executors() -> list[Executor]:
    spawn = multiprocessing.get_context("spawn")
    return [ThreadPoolExecutor(4), ProcessPoolExecutor(2, mp_context=spawn)]


@pytest.mark.parametrize("number", range(2))
def test_any_executor_gives_what_no_executor_gives(number: int, tmp_path: Path) -> None:
    site = str(a_site(tmp_path / "site", posts=30))
    here, there = (
        converter.Options(sources=(site,), formats=("epub", "markdown"), output=str(tmp_path / name))
        for name in ("here", "there")
    )
    report = converter.build(converter.load_config(options=here))
    with executors()[number] as executor:
        loaded = converter.load_posts(site, executor=executor)
        again = converter.build(converter.load_config(options=there), executor=executor)
        [digest] = converter.compile_digests(loaded.posts, site=loaded.site)
        files = converter.render_files(digest, "epub", executor=executor)

    assert again.files == report.files
    assert loaded == converter.load_posts(site)
    assert files == converter.render_files(digest, "epub")


def test_an_executor_that_takes_nothing_costs_the_parts_and_not_the_program(tmp_path: Path) -> None:
    site = str(a_site(tmp_path / "site"))
    options = converter.Options(sources=(site,), formats=("markdown",), output=str(tmp_path / "out"))

    report = converter.build(converter.load_config(options=options), executor=Refusing())
    [digest] = converter.compile_digests(converter.load_posts(site).posts)

    assert {str(each.code) for each in report.diagnostics} == {"worker-died"}
    assert not report.files
    with pytest.raises(converter.WriterError, match="the pool is broken"):
        converter.render_files(digest, "markdown", executor=Refusing())


def test_links_between_posts_from_memory_are_made() -> None:
    first = converter.read_post("---\ntitle: One\n---\n[two](2024-05-02-two.md)\n", name="2024-05-01-one.md")
    second = converter.read_post("---\ntitle: Two\n---\nText.\n", name="2024-05-02-two.md")

    linked, _ = converter.link_posts([first, second])

    assert "post:2024-05-02-two" in linked.to_json().decode()
