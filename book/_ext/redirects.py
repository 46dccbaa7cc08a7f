"""Sphinx extension: a page that was renamed or divided leads on from its old address.

The table is `redirects` in `_config.yml`, from old page to new one, both without an ending:

    redirects:
      notebooks/3_variants/08_momentum_and_nesterov: notebooks/3_variants/09_momentum

The place in the page, after the #, is kept.
"""

from __future__ import annotations

import posixpath
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

PAGE = """<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<title>This page has moved</title>
<meta name="robots" content="noindex">
<noscript><meta http-equiv="refresh" content="0; url={address}"></noscript>
<script>location.replace("{address}" + location.hash)</script>
<p>This page has moved: <a href="{address}">go on to it</a>.</p>
</html>
"""


def write_pages(app: Sphinx, error: Exception | None) -> None:
    """Write a page at each old address."""
    if error or app.builder.format != "html":
        return
    for old, new in app.config.redirects.items():
        if new not in app.env.found_docs:
            raise ExtensionError(f"{old} is to lead to {new}, which is no page of the book.")
        if old in app.env.found_docs:
            raise ExtensionError(f"{old} is to lead to {new}, but it is a page of the book itself.")
        path = Path(app.outdir, f"{old}.html")
        path.parent.mkdir(parents=True, exist_ok=True)
        address = posixpath.relpath(f"{new}.html", posixpath.dirname(old))
        path.write_text(PAGE.format(address=address), "utf-8")


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect the extension."""
    app.add_config_value("redirects", {}, "html")
    app.connect("build-finished", write_pages)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
