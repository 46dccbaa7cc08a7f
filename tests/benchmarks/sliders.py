"""From the move of a slider to the new picture: the player, and `interact` with matplotlib.

A mouse drags the slider, one move at a time. The clock starts when the browser notes the move of
the pointer (its time stamp), which is the same for every kind of slider; for native sliders also
when their input event comes, which the browser holds back until the next frame of the screen is
due. It stops when the picture has its pixels (the player) or when the new image is decoded and in
the page (`interact`).
"""

from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
from playwright.sync_api import Browser, Locator, Page

from tests.browser.figures import await_figures
from tests.browser.hosts import jupyterlab

from .row import Row, percentile, spread

MOVES = 200

CLOCK = """() => {
  window.sinceMove = [];
  window.sinceInput = [];
  let moved = null;
  let input = null;
  addEventListener("pointermove", (event) => { moved ??= event.timeStamp; }, true);
  addEventListener("input", () => { input ??= performance.now(); }, true);
  window.drawn = () => {
    if (moved !== null) sinceMove.push(performance.now() - moved);
    if (input !== null) sinceInput.push(performance.now() - input);
    moved = input = null;
  };
}"""

# Reading a pixel makes the browser finish what was drawn.
WATCH_PLAYER = """player => new MutationObserver(() => {
  for (const canvas of player.querySelectorAll("canvas")) {
    canvas.getContext("2d").getImageData(0, 0, 1, 1);
  }
  drawn();
}).observe(player, { attributeFilter: ["data-frame"] })"""

WATCH_IMAGE = """output => {
  let shown = output.querySelector("img");
  new MutationObserver(async () => {
    const image = output.querySelector("img");
    if (!image || image === shown) return;
    shown = image;
    await image.decode();
    drawn();
  }).observe(output, { subtree: true, childList: true, attributeFilter: ["src"] });
}"""

PLAYER = """
import numpy as np
from course_utils import Momentum, Player, Quadratic, descend

valley = Quadratic(curvatures=[1, 25])
rates = np.linspace(0.001, 0.079, 79)
Player(descend(valley, [-4.0, 2.0], Momentum(learning_rate=rates, momentum=0.5), steps=100))
"""

INTERACT = """
import matplotlib.pyplot as plt
from ipywidgets import FloatSlider, interact

x, y = np.meshgrid(np.linspace(-5, 5, 129), np.linspace(-4, 4, 129))
heights = valley.value(np.stack([x, y], axis=-1))

@interact(learning_rate=FloatSlider(0.02, min=0.001, max=0.079, step=0.001, readout_format=".3f"))
def show(learning_rate):
    paths = descend(valley, [-4.0, 2.0], Momentum(learning_rate, momentum=0.5), steps=100)
    _, (landscape, cost) = plt.subplots(1, 2, figsize=(10, 4))
    landscape.contourf(x, y, heights, levels=14)
    landscape.plot(*paths.points.T, "o-", markersize=3)
    cost.semilogy(paths.costs)
    plt.show()
"""


def drag(
    page: Page, track: Locator, handle: Locator | None = None
) -> tuple[list[float], list[float]]:
    """Drag a slider to and fro; return the seconds to each picture, from the move and the input.

    Some sliders follow the mouse wherever it is pressed, others have to be taken by their handle.
    """
    track.scroll_into_view_if_needed()
    box = track.bounding_box()
    grip = (handle or track).bounding_box()
    assert box is not None
    assert grip is not None
    height = box["y"] + box["height"] / 2
    page.evaluate(CLOCK)
    page.mouse.move(grip["x"] + grip["width"] / 2, height)
    page.mouse.down()
    page.wait_for_timeout(1000)
    page.evaluate("() => { drawn(); sinceMove.length = sinceInput.length = 0; }")
    for move in range(MOVES):
        # Steps of the golden ratio: far from the last position, and all over the slider.
        share = 0.05 + 0.9 * (move * 0.618034 % 1)
        page.mouse.move(box["x"] + share * box["width"], height)
        page.wait_for_function(f"() => sinceMove.length > {move}", timeout=20_000)
    page.mouse.up()
    since_move, since_input = page.evaluate("() => [sinceMove, sinceInput]")
    return [delay / 1000 for delay in since_move], [delay / 1000 for delay in since_input]


def on_site(browser: Browser, address: str) -> tuple[list[float], list[float]]:
    """Drag the first slider of the first figure of a lesson on the static site."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(address)
    await_figures(page)
    player = page.locator(".gd-player").first
    player.evaluate(WATCH_PLAYER)
    delays = drag(page, player.locator("input[type=range]:not([data-axis=step])").first)
    page.close()
    return delays


def in_jupyterlab(browser: Browser) -> tuple[list[float], list[float]]:
    """Drag the player's slider, then that of `interact`, in one notebook of one JupyterLab."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "notebooks").mkdir()
        notebook = nbformat.v4.new_notebook(metadata={"kernelspec": KERNEL})
        notebook.cells = [nbformat.v4.new_code_cell(code.strip()) for code in (PLAYER, INTERACT)]
        nbformat.write(notebook, folder / "notebooks" / "sliders.ipynb")
        with jupyterlab(folder) as lab:
            page = browser.new_page(viewport={"width": 1280, "height": 1400})
            lab.open(page, "sliders.ipynb")
            lab.run(page, "notebook:run-all-cells")
            player = page.locator(".gd-player[data-ready=true]")
            player.evaluate(WATCH_PLAYER)
            image = page.locator(".jp-OutputArea-output img").last
            image.wait_for()
            figure, _ = drag(page, player.locator("input[data-axis=learning_rate]"))
            page.locator(".widget-interact").evaluate(WATCH_IMAGE)
            slider = page.locator(".widget-interact .noUi-target")
            interact, _ = drag(page, slider, slider.locator(".noUi-handle"))
            page.close()
    return figure, interact


KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}


def rows(browser: Browser, address: str) -> list[Row]:
    """Measure the three in one run."""
    site, site_input = on_site(browser, address)
    notebook, interact = in_jupyterlab(browser)
    against = f"{spread(interact)}, interact with matplotlib in JupyterLab"

    def ahead(delays: list[float], share: float) -> float:
        return percentile(interact, share) / percentile(delays, share)

    return [
        Row(
            f"slider's input event to drawn frame on the static page, {MOVES} moves",
            spread(site_input),
            target="p95 within 16.7 ms",
            met=percentile(site_input, 95) <= 0.0167,
        ),
        Row(
            "pointer's move to drawn frame on the static page, medians",
            spread(site),
            against,
            ahead(site, 50),
            "at least 20 times faster",
            ahead(site, 50) >= 20,
        ),
        Row(
            "pointer's move to drawn frame on the static page, p95",
            spread(site),
            against,
            ahead(site, 95),
            "at least 20 times faster",
            ahead(site, 95) >= 20,
        ),
        Row(
            "pointer's move to drawn frame in JupyterLab, medians",
            spread(notebook),
            against,
            ahead(notebook, 50),
        ),
    ]
