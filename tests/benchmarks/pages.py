"""What a lesson page weighs, how soon its first figure is there, and what Python weighs."""

import json
from collections import Counter
from pathlib import Path

from playwright.sync_api import Browser, Response

from tests.browser.figures import await_figures

from .row import Row, percentile, seconds

LOADS = 5

# `performance.now` counts from the navigation.
NOTE_FIRST_FIGURE = """
new MutationObserver((_, observer) => {
  if (!document.querySelector(".gd-player[data-ready=true]")) return;
  window.firstFigure = performance.now();
  observer.disconnect();
}).observe(document, { subtree: true, childList: true, attributeFilter: ["data-ready"] });
"""


def kind_of(response: Response) -> str:
    """Say what a transferred file is for."""
    if "/katex/fonts/" in response.url:
        return "fonts for mathematics"
    names = {"document": "page", "script": "scripts", "stylesheet": "styles", "image": "images"}
    return names.get(response.request.resource_type, "other files")


def visit(browser: Browser, address: str) -> tuple[Counter[str], float, int]:
    """Open a page with an empty cache; return bytes by kind, seconds to a figure, figures."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.add_init_script(NOTE_FIRST_FIGURE)
    page = context.new_page()
    responses: list[Response] = []

    def keep(response: Response) -> None:
        responses.append(response)

    page.on("response", keep)
    page.goto(address)
    await_figures(page)
    # Fonts further down are asked for when they come into view.
    page.evaluate("() => document.fonts.ready.then(() => null)")
    weight: Counter[str] = Counter()
    for response in (r for r in responses if r.url.startswith("http")):
        weight[kind_of(response)] += len(response.body())
    first = page.evaluate("() => window.firstFigure") / 1000
    figures = page.locator(".gd-player").count()
    context.close()
    return weight, first, figures


def rows(browser: Browser, site: Path, address: str) -> list[Row]:
    """Measure every lesson of the site."""
    table = []
    for file in sorted((site / "notebooks").glob("[0-9]_*/*.html")):
        path = file.relative_to(site).as_posix()
        visits = [visit(browser, address + path) for _ in range(LOADS)]
        weight, _, figures = visits[0]
        first = percentile([seconds for _, seconds, _ in visits], 50)
        besides = sum(weight.values()) - weight["fonts for mathematics"]
        parts = ", ".join(f"{kind} {kilobytes(size)}" for kind, size in weight.most_common())
        table += [
            Row(
                f"{file.stem} ({figures} figures): transferred, uncompressed",
                f"{kilobytes(besides)} besides fonts for mathematics",
                parts,
                target="under 1500 kB with one figure",
                met=besides < 1_500_000,
            ),
            Row(
                f"{file.stem}: navigation to first figure drawn",
                f"{seconds(first)} (median of {LOADS}, empty cache)",
                target="within 2 s",
                met=first <= 2,
            ),
        ]
    return table + python(site)


def python(site: Path) -> list[Row]:
    """Measure what comes before the first cell of an exercise runs, if the site has Python."""
    sizes = [
        json.loads(file.read_text("utf-8"))["size"]
        for file in site.glob("_static/python/*/files.json")
    ]
    return [
        Row(
            "first run of a cell in a page: transferred, compressed",
            f"{size:,} bytes",
            target="under 9 MB",
            met=size < 9_000_000,
        )
        for size in sizes
    ]


def kilobytes(size: int) -> str:
    """Write a number of bytes.

    >>> kilobytes(1_234_567)
    '1235 kB'
    """
    return f"{size / 1000:.0f} kB"
