"""Sphinx extension: leave out of the site, and of each page, what is not used there."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

from course_utils.player.joining import style_sheet

# Files of the theme that no page refers to (see book/_templates/static/webpack-macros.html).
UNUSED = ("scripts/fontawesome.js*", "vendor/fontawesome", "images/logo_*", "**/*.map")

# Only some pages need these: a page that has the text on the left loads the files on the right.
NEEDED_BY = {
    'class="sd-': ("sphinx-design.min.css", "design-tabs.js"),
    "toggle": ("togglebutton.css", "togglebutton.js"),
}

# Style sheets that are written for people, with comments and indentation.
WRITTEN = ("basic.css", "pygments.css", "course.css", "copybutton.css", "togglebutton.css")

# In the theme's style sheet: two thousand icons, and the fonts that hold them.
ICONS = re.compile(
    r"""(?:\.fa-[\w-]+:{1,2}before,?)+\{content:"[^"]*"\}|@font-face\{[^}]*fontawesome[^}]*\}"""
)


def choose_files(app: Sphinx, page: str, template: str, context: dict, doctree: Any) -> None:
    """Drop the styles and scripts that this page has no use for."""
    body = context.get("body", "")
    dropped = [file for text, files in NEEDED_BY.items() if text not in body for file in files]
    for kind in ("css_files", "script_files"):
        context[kind] = [
            file for file in context[kind] if not str(file.filename).endswith(tuple(dropped))
        ]


def remove_unused(app: Sphinx, error: Exception | None) -> None:
    """Delete what no page loads: files of the theme, icons and comments in style sheets."""
    if error or app.builder.format != "html":
        return
    static = Path(app.outdir) / "_static"
    for pattern in UNUSED:
        for path in static.glob(pattern):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()
    theme = static / "styles" / "pydata-sphinx-theme.css"
    theme.write_text(ICONS.sub("", theme.read_text("utf-8")), "utf-8")
    for sheet in (static / name for name in WRITTEN):
        sheet.write_text(style_sheet(sheet), "utf-8")


def remove_stale(app: Sphinx, error: Exception | None) -> None:
    """Delete the pages of an earlier build that the book no longer has."""
    if error or app.builder.format != "html":
        return
    root = Path(app.outdir)
    current = app.env.found_docs | {"index", "search", "genindex"}
    for page in root.rglob("*.html"):
        name = page.relative_to(root).with_suffix("").as_posix()
        if name not in current and not name.startswith("_static/"):
            page.unlink()


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect the extension."""
    app.connect("html-page-context", choose_files, priority=900)
    app.connect("build-finished", remove_unused, priority=900)
    app.connect("build-finished", remove_stale)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
