"""What all tests share: the built book, and notebooks compared without execution counts."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock

# As in the Makefile, before anything asks for numpy; kernels and other processes inherit it.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

ROOT = Path(__file__).parent
EXERCISES = ROOT / "notebooks" / "exercises"
# Files of tests that take minutes, the one that builds the book before those that look at it.
LONG = [
    "tests/test_book.py",
    "tests/test_machines.py",
    "tests/browser/test_site.py",
    "tests/browser/test_python_in_the_page.py",
    "tests/browser/",
]
BUILD = [sys.executable, "-m", "jupyter", "book", "build", ".", "--toc", "book/_toc.yml"]


def pytest_itemcollected(item: pytest.Item) -> None:
    """Let nbval compare the outputs of every cell of a lesson.

    The notebooks are stored without execution counts, which change with each run and say nothing
    to a reader. To nbval a missing count means that the cell was never run and that there is
    nothing to compare. That is so of exercises, which are stored without outputs: they have to run.
    """
    cell = getattr(item, "cell", None)
    if cell is not None and cell.execution_count is None and EXERCISES not in item.path.parents:
        cell.execution_count = 0


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long, so that of several processes none waits for another at the end.

    While one of them builds the book, the next runs what needs no book.
    """

    def rank(item: pytest.Item) -> int:
        ranks = (rank for rank, path in enumerate(LONG) if item.nodeid.startswith(path))
        return next(ranks, len(LONG))

    items.sort(key=rank)


@pytest.fixture(scope="session")
def built_book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the built book, brought up to date once in this run of the tests."""
    # Several worker processes ask for it, and one builds; they share the name of the run.
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    built = tmp_path_factory.getbasetemp().parent / f"book-{run}"
    with FileLock(f"{built}.lock"):
        if not built.exists():
            done = subprocess.run(
                [*BUILD, "-W", "--keep-going", "-q"],
                cwd=ROOT,
                capture_output=True,
                encoding="utf-8",
                check=False,
            )
            assert done.returncode == 0, f"The book does not build:\n{done.stdout}{done.stderr}"
            built.touch()
    return ROOT / "_build" / "html"
