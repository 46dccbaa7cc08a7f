"""A page with a few figures and questions of its own, as the book would make it."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from ipywidgets import Widget
from ipywidgets.embed import embed_data

from .hosts import ROOT

sys.path.insert(0, str(ROOT / "book" / "_ext"))
from static_widgets import as_script

HOST = ROOT / "book" / "_static" / "widget-host.js"


def write_page(folder: Path, items: Sequence[Widget | str], policy: str = "") -> str:
    """Write widgets and paragraphs (HTML) as a page, and return its address.

    `policy` is a Content-Security-Policy.
    """
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
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">' if policy else "",
            "<meta name=viewport content='width=device-width'>",
            f"<style>{''.join(styles)}</style><body><main><h1>Figures</h1>",
            *body,
            "</main>",
            f'<script type="{kind}-state+json">{in_script(data["manager_state"])}</script>',
            *(f'<script src="{key}.js"></script>' for key in modules),
            '<script src="host.js"></script>',
        ]
    )
    for key, source in modules.items():
        script = f"(window.widgetModules ??= {{}}).{key} = {as_script(source)};"
        (folder / f"{key}.js").write_text(script, encoding="utf-8")
    (folder / "host.js").write_text(HOST.read_text("utf-8"), encoding="utf-8")
    (folder / "page.html").write_text(text, encoding="utf-8")
    return (folder / "page.html").as_uri()


def in_script(content: object) -> str:
    """Return JSON that ends no script."""
    return json.dumps(content).replace("</", "<\\/")
