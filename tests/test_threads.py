"""Writers in threads, and beside other programs: the same bytes as alone, and nothing of another program is changed."""

import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from converter.limits import process
from converter.limits.bounds import TimeUpError, deadline
from converter.model import Digest, MathBlock
from converter.pipeline.write import render_files
from converter.testing.builders import every_node, p
from converter.themes import open_theme
from converter.verify import passages
from converter.writers.registry import plugins, writer_type
from tests.conftest import writers_here
from tests.pdf_books import a_digest, a_post

THREADS, ROUNDS = 8, 3
ROOT = Path(__file__).parent.parent


def digests(folder: Path) -> list[Digest]:
    """Return digests that differ in language, so that threads use different fonts and style sheets at once."""
    posts = (every_node(), a_post("other", p("港口的码头" * 40), MathBlock(r"\sqrt{x}")))
    return [a_digest(*posts, language=language) for language in ("zh-CN", "en")]


@pytest.mark.parametrize("name", writers_here(*(plugin.name for plugin in plugins())))
def test_a_writer_gives_in_eight_threads_what_it_gives_alone(name: str, tmp_path: Path) -> None:
    jobs, theme, writer = digests(tmp_path), open_theme("default"), writer_type(name)()
    start = threading.Barrier(THREADS)

    def write(number: int) -> bool:
        if number < THREADS:
            start.wait()
        files = render_files(jobs[number % 2], writer, theme, lambda _: None)
        return (
            files == alone[number % 2]
            and [passages(f.data, name=f.name, writer=writer) for f in files[:1]] == texts[number % 2]
        )

    alone = [render_files(digest, writer, theme, lambda _: None) for digest in jobs]
    texts = [[passages(files[0].data, name=files[0].name, writer=writer)] for files in alone]
    with ThreadPoolExecutor(THREADS) as pool:
        same = list(pool.map(write, range(THREADS * ROUNDS)))

    assert same == [True] * THREADS * ROUNDS
    assert alone[0] != alone[1]


FIRST = """
import subprocess, sys
from concurrent.futures import ThreadPoolExecutor
import converter
post = converter.read_post("---\\ntitle: Quay\\n---\\nThe quay.\\n")
with ThreadPoolExecutor(8) as pool:
    print(len(set(pool.map(lambda _: converter.render(post, "pdf"), range(8)))))
"""


@pytest.mark.needs("Pango")
def test_threads_that_all_load_the_engine_first_give_the_same_bytes() -> None:
    run = subprocess.run([sys.executable, "-c", FIRST], capture_output=True, text=True, check=False, cwd=ROOT)

    assert (run.stdout.strip(), run.stderr) == ("1", "")


HOST = '''
"""Another program that uses WeasyPrint, Pillow, the collector, signals and logging beside the converter."""
import ctypes.util, gc, io, logging, os, signal, sys, threading
from concurrent.futures import ThreadPoolExecutor
from xml.etree import ElementTree

import pebble

PAGE = """<html lang=zh><style>@page { size: A5 } p { text-align: justify } .t::after { content: leader('.') '9' }
</style><p>%s</p><p class=t>码头</p><ol start=3><li>quay</ol>""" % ("港口当局星期五宣布，新码头将投入使用。" * 20)


def state():
    from PIL import ImageFile
    logger = logging.getLogger("weasyprint")
    return (
        ImageFile.LOAD_TRUNCATED_IMAGES, gc.isenabled(), gc.get_threshold(), len(gc.callbacks),
        signal.getsignal(signal.SIGALRM), signal.getsignal(signal.SIGTERM), signal.getitimer(signal.ITIMER_REAL),
        ctypes.util.find_library, dict(ElementTree._namespace_map),
        logger.level, logger.propagate, len(logger.handlers), logging.root.handlers[:],
        pebble.CONSTS.sleep_unit, sys.getswitchinterval(), os.getcwd(), os.environ.copy(),
    )


def functions():
    """Return every function and class of the WeasyPrint of this program."""
    found = {}
    for name, module in sorted(sys.modules.items()):
        if name.partition(".")[0] in ("weasyprint", "pydyf", "tinyhtml5"):
            for key, value in vars(module).items():
                if callable(value):
                    found[name, key] = value
                    if isinstance(value, type) and value.__module__ == name:
                        found.update(((name, key, each), one) for each, one in vars(value).items() if callable(one))
    return found


def theirs(_=None):
    import weasyprint
    return weasyprint.HTML(string=PAGE).write_pdf(pdf_identifier=b"1")


def ours(_=None):
    import converter
    post = converter.read_post("---\\ntitle: 码头\\n---\\n" + "港口当局星期五宣布。" * 40 + "\\n\\n$$x^2$$\\n")
    gc_was.add(gc.isenabled())
    return converter.render(post, "pdf", time_limit=60)


gc_was = set()
with_engine = sys.argv[1] == "before"
if with_engine:
    alone = theirs()
    replaced = functions()
before = state()
first = ours()
assert before == state(), [pair for pair in zip(before, state()) if pair[0] != pair[1]]
if not with_engine:
    alone = theirs()
    replaced = functions()
before = state()
with ThreadPoolExecutor(4) as pool:
    results = [pool.submit(task) for _ in range(4) for task in (ours, theirs)]
    found = {result.result() for result in results}
assert found == {first, alone}, len(found)
assert theirs() == alone
assert replaced == {key: functions()[key] for key in replaced}
assert before == state()
assert gc_was == {True}
print("held")
'''


@pytest.mark.needs("Pango")
@pytest.mark.parametrize("order", ["before", "after"])
def test_a_program_with_a_weasyprint_of_its_own_notices_nothing(order: str, tmp_path: Path) -> None:
    program = tmp_path / "host.py"
    program.write_text(HOST, "utf-8")
    command = [sys.executable, str(program), order]

    run = subprocess.run(command, capture_output=True, encoding="utf-8", check=False, cwd=tmp_path)

    assert (run.stdout.strip(), run.stderr) == ("held", "")


def until_time_is_up() -> bool:
    try:
        with deadline(0.01):
            while True:
                pass
    except TimeUpError:
        return True


def test_work_in_any_thread_ends_when_its_time_is_up() -> None:
    with ThreadPoolExecutor(THREADS) as pool:
        ended = list(pool.map(lambda _: until_time_is_up(), range(THREADS * 4)))

    assert until_time_is_up()
    assert ended == [True] * THREADS * 4


def test_work_that_is_done_in_time_is_not_stopped_later() -> None:
    stopped_later = 0
    for count in range(300):
        with suppress(TimeUpError), deadline(0.0001):
            sum(range(count * 10))
        try:
            sum(range(1000))
        except TimeUpError:
            stopped_later += 1

    assert 0 == stopped_later


class Swallowing:
    """A value whose finalizer ends when something is raised in it, which is dropped."""

    def __del__(self) -> None:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            pass


@pytest.mark.parametrize("own", [True, False])
def test_work_whose_end_a_finalizer_dropped_counts_as_stopped(own: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "_own", own)
    dropped: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", dropped.append)

    with pytest.raises(TimeUpError), deadline(0.01):
        Swallowing()

    assert len(dropped) == 1
