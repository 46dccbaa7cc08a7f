"""A page with a few figures and questions of its own, as the book would make it."""

import json
from collections.abc import Sequence
from pathlib import Path

from ipywidgets import Widget
from ipywidgets.embed import embed_data

from .hosts import ROOT

HOST = ROOT / "book" / "_static" / "widget-host.js"


def write_page(folder: Path, items: Sequence[Widget | str]) -> str:
    """Write widgets and paragraphs (HTML) as a page, and return its address."""
    widgets = [item for item in items if isinstance(item, Widget)]
    data = embed_data(views=widgets, drop_defaults=False)
    modules: dict[str, str] = {}
    styles = []
    for model in data["manager_state"]["state"].values():
        state = model["state"]
        if "_esm" in state:
            key = f"module{len(modules)}"
            modules[key], state["_esm"] = state["_esm"], key
            styles.append(state.pop("_css"))
    views = iter(data["view_specs"])
    kind = "application/vnd.jupyter.widget"
    body = [
        f'<script type="{kind}-view+json">{json.dumps(next(views))}</script>'
        if isinstance(item, Widget)
        else item
        for item in items
    ]
    text = "\n".join(
        [
            "<!doctype html><html lang=en data-theme=light>",
            "<meta charset=utf-8><title>Figures</title>",
            "<meta name=viewport content='width=device-width'>",
            f"<style>{''.join(styles)}</style><body><main><h1>Figures</h1>",
            *body,
            "</main>",
            f'<script type="{kind}-state+json">{in_script(data["manager_state"])}</script>',
            f"<script>window.widgetModules = {in_script(modules)};</script>",
            f"<script>{HOST.read_text('utf-8')}</script>",
        ]
    )
    (folder / "page.html").write_text(text, encoding="utf-8")
    return (folder / "page.html").as_uri()


def in_script(content: object) -> str:
    """Return JSON that ends no script."""
    return json.dumps(content).replace("</", "<\\/")
