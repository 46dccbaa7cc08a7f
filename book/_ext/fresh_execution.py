"""Sphinx extension: a notebook runs again when the code that it imports has changed.

Jupyter Book keeps what a notebook produced until a cell of the notebook changes. Here it is kept
in a folder named after the content of `course_utils`, so that a change there counts too.
"""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config


def digest(folder: Path) -> str:
    """Return a short name for the content of a folder."""
    content = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            content.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes())
    return content.hexdigest()[:12]


def choose_cache(app: Sphinx, config: Config) -> None:
    """Keep results for the present code, and drop those of code that is gone."""
    root = Path(app.confdir or app.srcdir)
    caches = Path(app.outdir).parent / ".jupyter_cache"
    current = caches / digest(root / "course_utils")
    for other in caches.glob("*"):
        if other != current:
            shutil.rmtree(other) if other.is_dir() else other.unlink()
    # A changed value of this setting makes Sphinx read every page again.
    config.nb_execution_cache_path = str(current)


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect the extension."""
    app.connect("config-inited", choose_cache)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
