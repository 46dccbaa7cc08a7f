"""Sphinx extension: a link to the glossary or the bibliography tells on hovering what stands there.

Lessons have plain links, which Jupyter, VS Code and GitHub follow to the file:

    [learning rate](../../book/glossary.md#learning-rate)
    [Cauchy, 1847](../../book/bibliography.md#cauchy-1847)

On the pages of the book such a link carries the first sentence of a definition, or all of a
reference, as its title, and a class by which the style sheet knows it.
"""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

CLASSES = {"book/glossary": "term", "book/bibliography": "citation"}


class HoverTexts(SphinxPostTransform):
    """Give the links of one page their titles."""

    default_priority = 20  # after MyST has resolved the links, which is 9
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        """Find the links by the address that they have been given."""
        address = self.app.builder.get_relative_uri
        pages = {address(self.env.docname, page): page for page in CLASSES}
        links = [
            (link, pages[page], section)
            for link in self.document.findall(nodes.reference)
            for page, _, section in [link.get("refuri", "").partition("#")]
            if section and page in pages
        ]
        for page in {page for _, page, _ in links}:
            texts = entries(self.env.get_doctree(page))
            for link, target, section in links:
                if target == page and section in texts:
                    text = texts[section]
                    link["reftitle"] = text if page == "book/bibliography" else first(text)
                    link["classes"].append(CLASSES[page])


def entries(page: nodes.document) -> dict[str, str]:
    """Return the first paragraph below each heading of a page, without its markup."""
    found = {}
    for section in page.findall(nodes.section):
        paragraph = next(section.findall(nodes.paragraph), None)
        if paragraph is not None:
            found |= dict.fromkeys(section["ids"], paragraph.astext())
    return found


def first(text: str) -> str:
    """Return the first sentence of a text."""
    return text.partition(". ")[0].rstrip(".") + "."


def note_sources(app: Sphinx, doctree: nodes.document) -> None:
    """Let a page that links to a definition be made again when the definition changes."""
    for link in doctree.findall(addnodes.pending_xref):
        if link["reftarget"] in CLASSES:
            app.env.note_dependency(f"{link['reftarget']}.md")


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect the extension."""
    app.add_post_transform(HoverTexts)
    app.connect("doctree-read", note_sources)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
