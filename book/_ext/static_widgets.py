"""Sphinx extension: widgets live on pages that have no kernel behind them.

MyST-NB puts the state of a notebook's widgets into its page. What is added here:

- the code and the style of each kind of widget are written once into the site, in place of once
  for each widget into the page, so that pages are light and the browser keeps them;
- links that set a figure, `[0.016](#figure:learning_rate=0.016)`, are left to the figures;
- beside each widget stands what the notebook offers in its place (a picture with its alternative
  text, or HTML), inside `<noscript>`, for readers whose browser runs no script.

The script that brings the widgets to life is `book/_static/widget-host.js`.
"""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

from docutils import nodes
from myst_nb.core.render import (
    WIDGET_STATE_MIMETYPE,
    WIDGET_VIEW_MIMETYPE,
    MimeData,
    NbElementRenderer,
    sanitize_script_content,
)
from myst_nb.sphinx_ import NbMetadataCollector
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform
from sphinx.transforms.post_transforms import SphinxPostTransform

from course_utils.player import module_of
from course_utils.player.panels import PANELS

FALLBACKS = ("image/png", "text/html")


class KeepFallback(SphinxPostTransform):
    """Keep what stands in for a widget, where MyST-NB would keep the widget alone."""

    default_priority = 3  # before myst_nb.sphinx_.SelectMimeType, which is 4
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        """Append the stand-in to each widget view that has one."""
        for bundle in self.document.findall(nodes.container):
            if bundle.get("nb_element") != "mime_bundle":
                continue
            kinds = {child["mime_type"]: child for child in bundle.children}
            view = kinds.get(WIDGET_VIEW_MIMETYPE)
            fallback = next((kinds[kind] for kind in FALLBACKS if kind in kinds), None)
            if view is not None and fallback is not None:
                view += nodes.raw("", "<noscript>", format="html")
                view += fallback.children
                view += nodes.raw("", "</noscript>\n", format="html")


class FigureLinks(SphinxTransform):
    """Leave alone the links that set a figure, where MyST looks for a place of that name."""

    default_priority = 878  # before MyST's ResolveAnchorIds, which is 879

    def apply(self, **kwargs: Any) -> None:
        """Take the mark of an unresolved link from each."""
        for link in self.document.findall(nodes.reference):
            if str(link.get("refuri", "")).startswith("#figure:"):
                link.attributes.pop("id_link", None)
                link["classes"].append("figure-link")
                # For a screen reader that finds no words in a formula, and for a mouse that rests.
                link["reftitle"] = "Set the figure to this"


def render_image(self: NbElementRenderer, data: MimeData) -> list[nodes.Element]:
    """Render an image as MyST-NB does, with the alternative text that the output carries."""
    images = render_image_plain(self, data)
    text = data.output_metadata.get(data.mime_type, {}).get("alt")
    for image in images:
        if text:
            image["alt"] = text
    return images


render_image_plain = NbElementRenderer.render_image


def share_code(app: Sphinx, page: str, template: str, context: dict, doctree: Any) -> None:
    """Move the code and the style of the page's widgets into files of the site."""
    scripts = NbMetadataCollector.get_js_files(app.env, page)
    if "ipywidgets_state" not in scripts:
        return
    _, attributes = scripts["ipywidgets_state"]
    bundle = json.loads(attributes["body"])
    # Layout and style models belong to the controls of ipywidgets, which need a kernel anyway.
    bundle["state"] = {
        key: model
        for key, model in bundle["state"].items()
        if model["model_module"] != "@jupyter-widgets/base"
    }
    share_modules([model["state"] for model in bundle["state"].values()])
    files = {}
    for model in bundle["state"].values():
        state = model["state"]
        if "_esm" not in state:
            continue
        name = state.get("_anywidget_id", "widget").rpartition(".")[2].lower()
        if style := state.pop("_css", None):
            file = write(app, f"{name}.css", style)
            files[file] = (file, {})
        source = state["_esm"]
        key = f"{name}-{digest(source)}"
        script = f"(window.widgetModules ??= {{}})[{json.dumps(key)}] = {as_script(source)};\n"
        file = write(app, f"{name}.js", script)
        files[file] = (file, {"defer": "defer"})
        state["_esm"] = key
    for file, options in files.values():
        if file.endswith(".css"):
            app.add_css_file(file)
        else:
            app.add_js_file(file, **options, priority=400)
    body = sanitize_script_content(json.dumps(bundle, separators=(",", ":")))
    attributes = {"type": WIDGET_STATE_MIMETYPE, "body": body}
    scripts["ipywidgets_state"] = (None, attributes)


def share_modules(states: list[dict[str, Any]]) -> None:
    """Let the figures of a page have one module, which draws every panel that the page shows."""
    figures = []
    for state in states:
        names = [panel.get("name") for panel in state.get("spec", {}).get("panels", ())]
        # A figure with a panel of its own has a module of its own.
        if PANELS.keys() >= set(names) and state.get("_esm") == module_of(map(PANELS.get, names)):
            figures.append((state, names))
    shown = {name for _, names in figures for name in names}
    for state, _ in figures:
        state["_esm"] = module_of(PANELS[name] for name in sorted(shown))


def as_script(source: str) -> str:
    """Return a module as what a plain script can hold: a function that returns its default export.

    A page opened from a disk may not import a file as a module, but may run a script, and a page
    with a strict Content-Security-Policy runs no code that is made on the page. A module that needs
    more than one default export stays a text, which the host imports.
    """
    if len(re.findall(r"^(?:export|import)\b", source, re.MULTILINE)) != 1:
        return json.dumps(source)
    body, found = re.subn(r"^export default ", "return ", source, flags=re.MULTILINE)
    return f'() => {{\n"use strict";\n{body}\n}}' if found else json.dumps(source)


def digest(text: str) -> str:
    """Return a short name for a text, the same for the same text."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:12]


def write(app: Sphinx, name: str, text: str) -> str:
    """Write a static file whose name changes with its content; return its path in `_static`."""
    stem, _, suffix = name.rpartition(".")
    file = f"widgets/{stem}-{digest(text)}.{suffix}"
    path = Path(app.outdir) / "_static" / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return file


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect the extension."""
    # MyST-NB takes renderers only from installed packages, hence the assignment.
    NbElementRenderer.render_image = render_image
    app.add_transform(FigureLinks)
    app.add_post_transform(KeepFallback)
    # Before MyST-NB adds the scripts of the page (priority 500).
    app.connect("html-page-context", share_code, priority=400)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": False}
