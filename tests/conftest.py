"""What all tests share: the corpus beside the checkout, and the option that makes expected results anew."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CORPUS = ROOT.parent / "shared" / "corpus"


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
