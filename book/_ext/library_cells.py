"""Sphinx extension: the directive `library-cells` shows how lessons compare with libraries.

    ```{library-cells}
    ```

It gathers, from each lesson that the table of contents names, the cells with the tag `same-in`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

LESSONS = "notebooks/"


class LibraryCells(SphinxDirective):
    """The cells of all lessons, below a link to each."""

    def run(self) -> list[nodes.Node]:
        """Return the code as a lesson shows it."""
        text = []
        for name in self.config.external_site_map:
            docname = name.removesuffix(".ipynb")
            path = Path(self.env.srcdir, f"{docname}.ipynb")
            if not docname.startswith(LESSONS) or not path.exists():
                continue
            cells = json.loads(path.read_text("utf-8"))["cells"]
            shown = [one for one in cells if "same-in" in one["metadata"].get("tags", [])]
            if shown:
                self.env.note_dependency(str(path))
                text.append(f"From [](/{docname}.ipynb):")
                text += ["```python\n" + "".join(one["source"]) + "\n```" for one in shown]
        return self.parse_text_to_nodes("\n\n".join(text))


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect the extension."""
    app.add_directive("library-cells", LibraryCells)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
