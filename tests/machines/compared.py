"""What is stored and compared, in a form that is quick enough to be run on every machine.

Not found by pytest on its own: `tests/test_machines.py` runs it. nbval runs the lessons too, in
kernels and with their pictures, once.
"""

import ast
import contextlib
import io
import json
import os
from pathlib import Path

import pytest
from IPython.lib.pretty import pretty

from tests.machines import ALIASES, kernel_in_use, vector_units

LESSONS = sorted((Path(__file__).parents[2] / "notebooks").glob("[0-9]_*/*.ipynb"))


def stored(cell: dict) -> str:
    """Return what a cell printed and what its last line came to, as the notebook holds it."""
    texts = []
    for output in cell["outputs"]:
        lines = output["text"] if "text" in output else output["data"]["text/plain"]
        texts.append("".join(lines))
    return "".join(texts)


def printed(cell: dict, names: dict) -> str:
    """Run a cell, and return what it prints and what its last line comes to."""
    tree = ast.parse("".join(cell["source"]))
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        exec(compile(tree, cell["id"], "exec"), names)  # noqa: S102
        if last is not None:
            value = eval(compile(ast.Expression(last.value), cell["id"], "eval"), names)  # noqa: S307
            if value is not None:
                output.write(pretty(value))
    return output.getvalue()


def is_compared(cell: dict) -> bool:
    """Whether nbval, too, compares what a cell says."""
    return "nbval-ignore-output" not in cell["metadata"].get("tags", [])


def test_the_machine_is_the_one_that_was_asked_for():
    asked = os.environ.get("OPENBLAS_CORETYPE")
    assert asked is None or kernel_in_use() in {asked, ALIASES.get(asked)}
    assert not set(vector_units()) & set(os.environ["NPY_DISABLE_CPU_FEATURES"].split())


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_each_cell_says_what_is_stored(lesson, monkeypatch):
    monkeypatch.chdir(lesson.parent)
    names = {"__name__": "__main__"}
    cells = json.loads(lesson.read_text("utf-8"))["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code" and cell["source"]]
    came = {cell["id"]: printed(cell, names) for cell in code}
    wanted = {cell["id"]: stored(cell) for cell in code if is_compared(cell)}
    assert {name: came[name] for name in wanted} == wanted
