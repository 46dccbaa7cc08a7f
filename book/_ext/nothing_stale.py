"""Sphinx extension: what was made from files that have changed is made again.

Jupyter Book keeps what a notebook produced until one of its cells changes, and leaves pages alone
until their text changes. Here a change of `course_utils` runs the notebooks again, and a change of
the book's style, scripts, templates or extensions writes the pages again.
"""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config

LOOKS = ("book/_ext", "book/_static", "book/_templates", "book/python")


def digest(*folders: Path) -> str:
    """Return a short name for the content of some folders."""
    content = hashlib.sha256()
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                content.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes())
    return content.hexdigest()[:12]


def take_note(app: Sphinx, config: Config) -> None:
    """Put the state of the files into settings, whose change Sphinx heeds."""
    root = Path(app.confdir)
    config.looks = digest(*(root / folder for folder in LOOKS))
    caches = Path(app.outdir).parent / ".jupyter_cache"
    current = caches / digest(root / "course_utils")
    for other in caches.glob("*"):
        if other != current:
            shutil.rmtree(other)
    config.nb_execution_cache_path = str(current)


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect the extension."""
    app.add_config_value("looks", "", "html")
    app.connect("config-inited", take_note)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
