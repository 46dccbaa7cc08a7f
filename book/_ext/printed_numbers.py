"""Sphinx extension: the role `printed` takes a number from what a lesson prints.

    {printed}`03_the_descent_loop not-zero: lowest cost (.+)`

names a lesson, the identifier of one of its cells, and a pattern whose group is the text to show.
The number leads to its section of the lesson. Where a lesson no longer prints it, the build says
so: no page states what no lesson computes.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from docutils import nodes
from myst_parser.mdit_to_docutils.base import default_slugify
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxRole

HEADING = re.compile(r"^#{2,3} (.+)$", re.MULTILINE)
NOT_TEXT = re.compile(r"\$[^$]*\$|[*_`]")  # what the anchor of a heading leaves out


def printed(cell: dict[str, Any]) -> str:
    """Return what a cell of code has printed, as it is stored."""
    outputs = cell.get("outputs", [])
    return "".join("".join(output.get("text", "")) for output in outputs)


def found(root: Path, told: str) -> tuple[str, str]:
    """Return a number and the address of the section that computes it, as a role asks for them.

    Raises
    ------
    LookupError
        If there is no such lesson or cell, or it does not print what is looked for.
    """
    place, _, pattern = told.partition(": ")
    lesson, _, identifier = place.partition(" ")
    path = next(root.glob(f"notebooks/[0-9]_*/{lesson}.ipynb"), None)
    if path is None:
        raise LookupError(f"There is no lesson {lesson}, from which a number is taken.")
    section = ""
    for cell in json.loads(path.read_text("utf-8"))["cells"]:
        if cell["cell_type"] == "markdown":
            section = [section, *HEADING.findall("".join(cell["source"]))][-1]
        elif cell["id"] == identifier:
            match = re.search(pattern, printed(cell), re.MULTILINE)
            if match is None:
                raise LookupError(f"Cell {identifier} of {lesson} prints no {pattern!r}.")
            anchor = f"#{default_slugify(NOT_TEXT.sub('', section))}" if section else ""
            return match[1].strip(), f"{path.relative_to(root).as_posix()}{anchor}"
    raise LookupError(f"{lesson} has no cell {identifier}, from which a number is taken.")


class Printed(SphinxRole):
    """A number of a lesson, and the way to it."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the number as a link to the section in which it is computed."""
        try:
            text, address = found(Path(self.env.srcdir), self.text)
        except LookupError as error:
            return [], [self.inliner.reporter.warning(str(error), line=self.lineno)]
        self.env.note_dependency(address.partition("#")[0])
        link = f"[{text}](/{address})"
        return self.inliner.parse(link, self.lineno, self.inliner, self.inliner.parent)


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect the extension."""
    app.add_role("printed", Printed())
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
