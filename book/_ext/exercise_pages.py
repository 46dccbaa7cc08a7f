"""Sphinx extension: a page of exercises says how to answer it, and shows solutions if asked to.

The page is the student's notebook, which `make exercises` makes. What only a page needs is added
while the notebook is read: below the title, how to answer; and with the variable
SOLUTIONS=yes (`make book SOLUTIONS=yes`), below each check, a folded solution.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

EXERCISES = "notebooks/exercises/"
HERE = """
:::{{admonition}} Answer here
:class: note
Each cell below is an editor. Write into it and run it: the checks say at once what is right. What
you write stays in this browser; *Download notebook*, at the foot of the page, makes the file to
hand in.
:::

:::{{admonition}} Or in Jupyter
:class: note dropdown
In a copy of the course, this opens the page as a notebook:
{how}
"""
ELSEWHERE = """
:::{{admonition}} To answer, open this page in Jupyter
:class: note
The page shows the questions but runs no Python. In a copy of the course, this opens it as a
notebook:
{how}
"""
HOW = """

```console
$ make lab LESSON={docname}.ipynb
```

Or {{download}}`download the notebook <{name}.ipynb>` to where the course is installed. The first
page says [how to get the course](../../book/intro.md#how-to-run-the-lessons-yourself).
:::
"""
SOLUTION = re.compile(r"^ *### (BEGIN|END) SOLUTION\n?", re.MULTILINE)
PROMPTS = {"code_prompt_show": "Show a solution", "code_prompt_hide": "Hide the solution"}

Json = dict[str, Any]


def complete(app: Sphinx, docname: str, content: list[str]) -> None:
    """Add to a notebook of exercises what its page needs."""
    if not docname.startswith(EXERCISES):
        return
    notebook = json.loads(content[0])
    first = notebook["cells"][0]
    title, _, rest = "".join(first["source"]).partition("\n")
    how = HOW.format(docname=docname, name=docname.removeprefix(EXERCISES))
    note = (HERE if app.config.python_in_pages else ELSEWHERE).format(how=how)
    first["source"] = f"{title}\n{note}{rest}"
    if app.config.exercise_solutions:
        source = Path(app.srcdir, EXERCISES, "sources", f"{docname.removeprefix(EXERCISES)}.ipynb")
        app.env.note_dependency(str(source))
        solutions = {cell["id"]: cell for cell in json.loads(source.read_text("utf-8"))["cells"]}
        notebook["cells"] = [
            one for cell in notebook["cells"] for one in (cell, *solution(cell, solutions))
        ]
    content[0] = json.dumps(notebook)


def solution(cell: Json, solutions: dict[str, Json]) -> list[Json]:
    """Return the cell to show below a check, and none below other cells."""
    name = cell["id"].removeprefix("check-")
    if name == cell["id"] or name not in solutions:
        return []
    text = SOLUTION.sub("", "".join(solutions[name]["source"]))
    metadata = {"tags": ["hide-input"], "mystnb": PROMPTS}
    return [{**cell, "id": f"solution-{name}", "source": text, "metadata": metadata}]


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect the extension."""
    app.add_config_value("exercise_solutions", os.environ.get("SOLUTIONS") == "yes", "env")
    app.connect("source-read", complete)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
