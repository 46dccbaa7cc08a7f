"""Sphinx extension: mathematics is typeset by KaTeX while the book is built.

A reader's browser runs no script for it and loads only the fonts that a page uses. Each formula
carries MathML for screen readers. A formula that KaTeX cannot read is a warning of the build.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from functools import lru_cache
from pathlib import Path
from typing import Any

from docutils import nodes
from npm_package import fetch, program
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number

VERSION = "0.16.22"
SHA512 = "XCHRdUw4lf3SKBaJe4EvgqIuWwkPSo9XoeO8GjQW94Bp7TWv9hNhzZjZ+OH9yf1UmLygb7DIT5GSFQiyt16zYg=="

logger = logging.getLogger(__name__)


class Typesetter:
    """A Node.js process that answers each formula, written as one line, with one line."""

    def __init__(self, package: Path) -> None:
        script = Path(__file__).with_name("typeset.js")
        self.process = subprocess.Popen(
            [*program("node"), str(script), str(package / "dist" / "katex.js")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def html(self, formula: str, display: bool) -> str:
        """Return the HTML of one formula, or raise ValueError with KaTeX's complaint."""
        stdin, stdout = self.process.stdin, self.process.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(json.dumps({"formula": formula, "display": display}) + "\n")
        stdin.flush()
        answer = json.loads(stdout.readline())
        if "error" in answer:
            raise ValueError(answer["error"])
        return answer["html"]


def package(app: Sphinx) -> Path:
    """Return the folder of the pinned KaTeX, fetched if need be."""
    return fetch("katex", VERSION, SHA512, Path(app.confdir) / ".cache" / "npm")


@lru_cache(maxsize=1)
def typesetter(folder: Path) -> Typesetter:
    """Start KaTeX when the first formula needs it."""
    return Typesetter(folder)


def typeset(translator: Any, node: nodes.Element, display: bool) -> str:
    """Return the HTML of a mathematics node; a formula in error shows as its source."""
    formula = node.astext()
    try:
        return typesetter(package(translator.builder.app)).html(formula, display)
    except ValueError as error:
        logger.warning("%s: %s", error, formula, location=node)
        return f"<code>{translator.encode(formula)}</code>"


def visit_math(self: Any, node: nodes.math) -> None:
    """Write inline mathematics."""
    self.body.append(self.starttag(node, "span", "", CLASS="math notranslate nohighlight"))
    self.body.append(typeset(self, node, display=False) + "</span>")
    raise nodes.SkipNode


def visit_math_block(self: Any, node: nodes.math_block) -> None:
    """Write displayed mathematics, with its number where it has one."""
    # A wide formula scrolls on a phone; tabindex lets the keyboard scroll it too.
    self.body.append(self.starttag(node, "div", CLASS="math notranslate nohighlight", tabindex="0"))
    if node["number"]:
        number = get_node_equation_number(self, node)
        self.body.append(f'<span class="eqno">({number})')
        self.add_permalink_ref(node, "Link to this equation")
        self.body.append("</span>")
    self.body.append(typeset(self, node, display=True) + "</div>\n")
    raise nodes.SkipNode


def copy_styles(app: Sphinx, error: Exception | None) -> None:
    """Put KaTeX's style sheet and its fonts, in one format, into the site."""
    if error or app.builder.format != "html":
        return
    source = package(app) / "dist"
    target = Path(app.outdir) / "_static" / "katex"
    (target / "fonts").mkdir(parents=True, exist_ok=True)
    styles = (source / "katex.min.css").read_text("utf-8")
    # Every browser that runs the figures reads woff2.
    styles = re.sub(r',url\([^)]*\.(woff|ttf)\) format\("\w+"\)', "", styles)
    (target / "katex.css").write_text(styles, "utf-8")
    for font in (source / "fonts").glob("*.woff2"):
        shutil.copy(font, target / "fonts")


def stop(app: Sphinx, error: Exception | None) -> None:
    """End the Node.js process."""
    if typesetter.cache_info().currsize:
        process = typesetter(package(app)).process
        assert process.stdin is not None
        process.stdin.close()
        process.wait()
        typesetter.cache_clear()


def add_styles(app: Sphinx, page: str, template: str, context: dict, doctree: Any) -> None:
    """Load the style sheet on the pages that have mathematics."""
    if doctree and next(doctree.findall(lambda n: isinstance(n, nodes.math | nodes.math_block)), 0):
        app.add_css_file("katex/katex.css")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the renderer under the name `katex`."""
    app.add_html_math_renderer("katex", (visit_math, None), (visit_math_block, None))
    app.connect("html-page-context", add_styles)
    app.connect("build-finished", copy_styles)
    app.connect("build-finished", stop)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
