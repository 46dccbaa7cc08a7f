"""axe-core, a checker of accessibility, run on a page."""

import sys
from typing import Any

from playwright.sync_api import Page

from .hosts import ROOT

sys.path.insert(0, str(ROOT / "book" / "_ext"))
from npm_package import fetch

AXE = (
    "axe-core",
    "4.14.1",
    "FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ==",
)


def violations(page: Page, within: str) -> list[dict[str, Any]]:
    """Return what axe-core finds wrong within an element."""
    script = fetch(*AXE, cache=ROOT / ".cache" / "npm") / "axe.min.js"
    page.evaluate(script.read_text("utf-8"))
    options = {"resultTypes": ["violations"], "preload": False}
    found = page.evaluate("options => axe.run(...options)", [within, options])["violations"]
    return list(found)
