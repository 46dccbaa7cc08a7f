"""Sphinx extension: the typeface of the text, Source Sans 3, is served by the site itself."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

from npm_package import fetch
from sphinx.application import Sphinx

NAME = "@fontsource-variable/source-sans-3"
VERSION = "5.3.0"
SHA512 = "dpi0GZk7EQe2tYpg6Q0Fx0OmUgnuGu+0rHPgtXqtKhglYmJuP7jZ12Mu1uN+NfRaJRY1Emn8AQJEWzmoZ4wa9g=="
ALPHABETS = ("latin", "greek")  # a browser loads those that a page uses


def copy_font(app: Sphinx, error: Exception | None) -> None:
    """Put the font and the style sheet that names it into the site."""
    if error or app.builder.format != "html":
        return
    source = fetch(NAME, VERSION, SHA512, Path(app.confdir) / ".cache" / "npm")
    target = Path(app.outdir) / "_static" / "text-font"
    target.mkdir(parents=True, exist_ok=True)
    styles = (source / "wght.css").read_text("utf-8")
    styles += (source / "wght-italic.css").read_text("utf-8")
    wanted = re.compile(rf"source-sans-3-({'|'.join(ALPHABETS)})-wght-\w+\.woff2")
    faces = []
    for face in re.findall(r"@font-face \{[^}]*\}", styles):
        if file := wanted.search(face):
            faces.append(face.replace("./files/", "./"))
            shutil.copy(source / "files" / file[0], target)
    shutil.copy(source / "LICENSE", target)
    (target / "text-font.css").write_text("\n".join(faces) + "\n", "utf-8")


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect the extension."""
    app.add_css_file("text-font/text-font.css")
    app.connect("build-finished", copy_font)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
