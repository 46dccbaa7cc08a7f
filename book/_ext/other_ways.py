"""Sphinx extension: below the opening of a notebook, links that open it elsewhere.

Only where the build knows the address of the repository, which stands in one place: as `Repository`
under `[project.urls]` in `pyproject.toml`. On GitHub the variable GITHUB_REPOSITORY says it too.
The address of a JupyterHub is in the variable JUPYTERHUB.
"""

from __future__ import annotations

import json
import os
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlparse

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config

from course_utils.notebooks import INSTALL_ID, repository

NOTEBOOKS = "notebooks/"


def links(published: str, hub: str, path: str, *, installs: bool) -> dict[str, str]:
    """Return the addresses that open a notebook elsewhere, by the names of the places.

    Parameters
    ----------
    published
        OWNER/NAME on GitHub.
    hub
        The address of a JupyterHub with nbgitpuller; empty for none.
    path
        Of the notebook, in the repository.
    installs
        Whether the notebook installs the course where it is missing, as in Colab.
    """
    found = {}
    if installs:
        found["Colab"] = f"https://colab.research.google.com/github/{published}/blob/HEAD/{path}"
    found["Binder"] = (
        f"https://mybinder.org/v2/gh/{published}/HEAD?{urlencode({'urlpath': f'lab/tree/{path}'})}"
    )
    if hub:
        name = published.partition("/")[2]
        query = {
            "repo": f"https://github.com/{published}",
            "urlpath": f"lab/tree/{name}/{path}",
        }
        found["JupyterHub"] = f"{hub.rstrip('/')}/hub/user-redirect/git-pull?{urlencode(query)}"
    return found


def add_links(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Set the links before the first cell of a page."""
    if not (app.config.repository and docname.startswith(NOTEBOOKS)):
        return
    cells = json.loads(Path(app.env.doc2path(docname)).read_text("utf-8"))["cells"]
    installs = any(cell["id"] == INSTALL_ID for cell in cells)
    path = quote(f"{docname}.ipynb")
    found = links(app.config.repository, os.environ.get("JUPYTERHUB", ""), path, installs=installs)
    items = ", ".join(f'<a href="{escape(there)}">{name}</a>' for name, there in found.items())
    page = f'<p class="course-elsewhere">Open it as a notebook in {items}.</p>\n'
    first = next(
        one for one in doctree.findall(nodes.container) if one.get("nb_element") == "cell_code"
    )
    first.parent.insert(first.parent.index(first), nodes.raw("", page, format="html"))


def prepare(app: Sphinx, config: Config) -> None:
    """Look for the repository's OWNER/NAME."""
    address = urlparse(repository(Path(app.confdir) / "pyproject.toml"))
    config.repository = address.path.strip("/") or os.environ.get("GITHUB_REPOSITORY", "")


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect the extension."""
    app.add_config_value("repository", "", "html")
    app.connect("config-inited", prepare)
    app.connect("doctree-resolved", add_links)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
