"""Sphinx extension: say to a screen reader what can be unfolded.

The theme puts a link to a page beside an arrow that unfolds the pages under it, and names the link
alone. MyST-NB gives all hidden cells one name, in the place of the words that they show.
"""

from __future__ import annotations

from typing import Any

from sphinx.application import Sphinx

TOGGLES = "a + details > summary"
HIDDEN_CELL = '<summary aria-label="Toggle hidden content">'


def name_toggles(app: Sphinx, page: str, template: str, context: dict, doctree: Any) -> None:
    """Name each arrow after the link that it stands beside, and a hidden cell by its own words."""
    context["body"] = context.get("body", "").replace(HIDDEN_CELL, "<summary>")
    contents = context.get("generate_toctree_html")
    if contents is None:
        return

    def named(*args: Any, **kwargs: Any) -> Any:
        soup = contents(*args, **kwargs)
        for toggle in soup.select(TOGGLES):
            link = toggle.parent.find_previous_sibling("a")
            toggle["aria-label"] = f"Pages under {link.get_text()}"
        return soup

    context["generate_toctree_html"] = named


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect the extension, after the theme (priority 500)."""
    app.connect("html-page-context", name_toggles, priority=900)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
