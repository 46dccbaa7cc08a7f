"""What the course says of other libraries is so, where they are installed."""

import ast
import contextlib
import importlib
import inspect
import io
import os
import re
import sys

import pytest
from test_lessons import BOOK, LESSONS, Lesson

from course_utils.libraries import NAMES

os.environ.setdefault("KERAS_BACKEND", "torch")  # before the first import of Keras

# The first column of the table, and those after it.
HOMES = ["course_utils", "torch.optim", "optax", "keras.optimizers", "sklearn"]
SKLEARN = {"SGDRegressor": "sklearn.linear_model", "MLPClassifier": "sklearn.neural_network"}


def compared():
    """Each group of cells that say the same: the lesson, the code here, and that of a library."""
    for path in LESSONS:
        cells = [one for one in Lesson(path).code if "same-in" in one["metadata"].get("tags", [])]
        for cell in cells[1:]:
            [library] = re.findall(r'installed\("(\w+)"\)', cell["text"])
            yield pytest.param(cells, cell, library, id=f"{path.stem}-{library}")


def printed(*sources):
    """What the last of some cells prints."""
    namespace = {}
    for source in sources:
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            exec(source, namespace)  # noqa: S102
    return said.getvalue()


@pytest.mark.filterwarnings("default")  # theirs are not ours to mend
@pytest.mark.parametrize(("cells", "cell", "library"), list(compared()))
def test_a_library_prints_the_same_numbers_as_the_engine(cells, cell, library):
    pytest.importorskip(library)
    here = cells[0]["text"]
    before = [
        one["text"] for one in cells[1 : cells.index(cell)] if "import installed" in one["text"]
    ]
    assert printed(here, *before, cell["text"]) == printed(here)


@pytest.mark.parametrize(("cells", "cell", "library"), list(compared()))
def test_a_cell_for_a_library_that_is_missing_says_so_and_stores_no_output(
    cells, cell, library, monkeypatch
):
    monkeypatch.setitem(sys.modules, library, None)  # an import of it fails
    import_of_installed = cells[1]["text"].partition("\n")[0]
    said = printed(cells[0]["text"], import_of_installed, cell["text"])
    assert said == f"{NAMES[library]} is not installed here, so this cell has nothing to compare.\n"
    assert {"nbval-ignore-output", "remove-output"} <= set(cell["metadata"]["tags"])
    assert cell["outputs"] == []


def calls():
    """Each call in the first table of the page, with the library of its column."""
    page = (BOOK / "libraries.md").read_text("utf-8").partition("Schedules, clipping")[0]
    for row in re.findall(r"^\| (`.+) \|$", page, re.MULTILINE):
        for home, cell in zip(HOMES, row.split(" | "), strict=False):
            for call in re.findall(r"`(\w+\(.*?\))`", cell):
                yield pytest.param(home, call, id=f"{home}: {call}")


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize(("home", "call"), list(calls()))
def test_a_default_on_the_page_is_that_of_the_library(home, call):
    node = ast.parse(call, mode="eval").body
    module = SKLEARN[node.func.id] if home == "sklearn" else home
    pytest.importorskip(module.partition(".")[0])
    try:
        found = getattr(importlib.import_module(module), node.func.id)
    except ModuleNotFoundError as missing:  # optax without JAX
        pytest.skip(str(missing))
    defaults = inspect.signature(found).parameters
    for word in node.keywords:
        assert defaults[word.arg].default == ast.literal_eval(word.value), word.arg
