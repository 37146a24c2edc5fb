"""What all tests share: the corpus beside the checkout, and the option that makes expected results anew."""

import os
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).parent.parent
CORPUS = ROOT.parent / "shared" / "corpus"

# The machines that tests run on are shared: how long an example takes says nothing. What CI tries must not change.
settings.register_profile(
    "project", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize="CI" in os.environ
)
settings.load_profile("project")


def require_installed(found: Mapping[str, object]) -> None:
    """Skip where one of the tools is not installed; where CI asks, fail: a check that never runs finds nothing."""
    if missing := [name for name, there in found.items() if not there]:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(f"not installed: {', '.join(missing)}")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden", action="store_true", help="write what comes out as what is expected; then read the diff"
    )


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The real posts that lie beside the checkout."""
    if not CORPUS.is_dir():
        pytest.skip("the corpus is not beside the checkout")
    return CORPUS
