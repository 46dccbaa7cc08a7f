"""Sphinx extension: the directive `key-figure` shows the first figure of a lesson on another page.

    ```{key-figure} ../notebooks/2_learning_rate/04_step_size.ipynb
    ```

With a title, and a sentence below it, the figure is a thumbnail that opens:

    ```{key-figure} ../notebooks/2_learning_rate/04_step_size.ipynb
    :title: One number decides
    The size of the step alone decides between creeping, arriving and flying off.
    ```

It is the figure that the lesson's own page shows, taken from there: nothing runs a second time, and
the two are never different.
"""

from __future__ import annotations

import html
import json
import posixpath
from typing import Any

from docutils import nodes
from docutils.parsers.rst import directives
from myst_nb.core.render import (
    WIDGET_STATE_MIMETYPE,
    WIDGET_VIEW_MIMETYPE,
    sanitize_script_content,
)
from myst_nb.sphinx_ import NbMetadataCollector
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective

STATE = "ipywidgets_state"  # MyST-NB's name for the script that holds the widgets of a page


class KeyFigure(SphinxDirective):
    """A place for the first figure of a lesson."""

    required_arguments = 1
    option_spec = {"title": directives.unchanged_required}  # noqa: RUF012
    has_content = True

    def run(self) -> list[nodes.Node]:
        """Note which lesson is asked for; its figure is known when all pages have been read."""
        folder = posixpath.dirname(self.env.docname)
        lesson = posixpath.normpath(posixpath.join(folder, self.arguments[0]))
        lesson = lesson.removesuffix(".ipynb")
        if lesson not in self.env.found_docs:
            raise self.error(f"{self.arguments[0]} is no lesson of the book; see book/_toc.yml.")
        self.env.metadata[self.env.docname].setdefault("key_figures", []).append(lesson)
        place = nodes.container("", key_figure=lesson, classes=["cell", "cell_output"])
        if "title" not in self.options:
            return [place]
        title, sentence = self.options["title"], " ".join(self.content)
        words = f"<strong>{html.escape(title)}</strong><span>{html.escape(sentence)}</span>"
        return [
            nodes.raw("", '<details class="gallery-item"><summary>', format="html"),
            nodes.container("", thumbnail=lesson),
            nodes.raw("", f"{words}</summary>", format="html"),
            *self.parse_text_to_nodes(f"From [](/{lesson}.ipynb)."),
            place,
            nodes.raw("", "</details>", format="html"),
        ]


def figure(env: BuildEnvironment, lesson: str) -> tuple[nodes.Element, str, dict[str, Any]]:
    """Return the node that shows the first figure of a lesson, its name and its state."""
    scripts = NbMetadataCollector.get_js_files(env, lesson)
    models = json.loads(scripts[STATE][1]["body"])["state"] if STATE in scripts else {}
    for bundle in env.get_doctree(lesson).findall(nodes.container):
        if bundle.get("nb_element") != "mime_bundle":
            continue
        for child in bundle.children:
            if child["mime_type"] == WIDGET_VIEW_MIMETYPE:
                name = next(one for one in models if one in child.astext())
                if models[name]["state"].get("_anywidget_id", "").endswith(".Player"):
                    return bundle, name, models[name]
    raise ExtensionError(f"{lesson} has no figure to show; it needs a cell that ends in a Player.")


def collect_states(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Give each page the states of the figures that it borrows; return the pages that changed."""
    changed = []
    for page, known in env.metadata.items():
        if "key_figures" not in known:
            continue
        scripts: dict[str, Any] = {}
        states = {}
        for lesson in known["key_figures"]:
            scripts |= NbMetadataCollector.get_js_files(env, lesson)
            _, name, state = figure(env, lesson)
            states[name] = state
        bundle = {"version_major": 2, "version_minor": 0, "state": states}
        body = sanitize_script_content(json.dumps(bundle))
        scripts[STATE] = (None, {"type": WIDGET_STATE_MIMETYPE, "body": body})
        if NbMetadataCollector.get_js_files(env, page) != scripts:
            NbMetadataCollector.set_doc_data(env, page, "js_files", scripts)
            changed.append(page)
    return changed


class PlaceFigures(SphinxPostTransform):
    """Put the figures into their places."""

    default_priority = 2  # before static_widgets.KeepFallback, which is 3
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        """Copy each figure from the page of its lesson."""
        for place in list(self.document.findall(nodes.container)):
            if lesson := place.get("key_figure"):
                place += figure(self.env, lesson)[0].deepcopy()
            if lesson := place.get("thumbnail"):
                image = next(figure(self.env, lesson)[0].findall(nodes.image)).deepcopy()
                image["alt"] = ""  # the words beside it say the same
                place.replace_self(image)


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect the extension."""
    app.add_directive("key-figure", KeyFigure)
    app.add_post_transform(PlaceFigures)
    app.connect("env-updated", collect_states)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
