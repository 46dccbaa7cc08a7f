"""A lesson in a running JupyterLab."""

import re
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from .conftest import NewContext
from .figures import brightness, commit, picture, players, questions, reveal, sliders, step_slider
from .hosts import ROOT, JupyterLab, jupyterlab

pytestmark = pytest.mark.browser

LESSON = next((ROOT / "notebooks").glob("[0-9]_*/04_*.ipynb"))

# The figure and the question that come first, whatever the lesson calls them.
FIND_WIDGETS = """
from ipywidgets.widgets.widget import _instances
from course_utils import Player, Question

play = next(widget for widget in _instances.values() if isinstance(widget, Player))
asked = next(widget for widget in _instances.values() if isinstance(widget, Question))
"""

# A figure of few starts, and how to run from any other.
RUN_FROM_ANYWHERE = """
from course_utils import GradientDescent, Rosenbrock, descend

def run(start):
    return descend(Rosenbrock(), start, GradientDescent(1e-3), steps=20)

wide = Player(run([[-1.0, 0.0], [1.0, 2.0]]), rerun=run, step=0, alt="From anywhere")
wide
"""


@pytest.fixture(scope="module")
def lab(browser, tmp_path_factory) -> Iterator[JupyterLab]:  # noqa: ARG001, skips before it starts
    folder = tmp_path_factory.mktemp("jupyterlab")
    (folder / "notebooks").mkdir()
    shutil.copy(LESSON, folder / "notebooks")
    with jupyterlab(folder) as lab:
        yield lab


@pytest.fixture(scope="module")
def page(lab: JupyterLab, new_context: NewContext) -> Iterator[Page]:
    """The lesson with all its cells run."""
    context = new_context(lab.address, viewport={"width": 1400, "height": 1000})
    page = context.new_page()
    lab.open(page, LESSON.name)
    lab.run(page, "notebook:run-all-cells")
    page.wait_for_selector(".gd-player[data-ready=true]")
    page.wait_for_selector(".gd-question")
    reveal(page)
    yield page
    context.close()


def test_sliders_move_the_picture(page):
    player = players(page)[0]
    step_slider(player).press("End")
    for slider in sliders(player):
        slider.press("Home")
        first = picture(player)
        slider.press("End")
        assert picture(player) != first


def test_arrow_keys_move_a_slider_and_not_the_cells(page):
    slider = step_slider(players(page)[0])
    slider.press("Home")
    slider.press("ArrowRight")
    slider.press("ArrowDown")
    slider.press("ArrowUp")
    expect(slider).to_be_focused()
    expect(slider).to_have_value("1")


def test_an_answer_gives_feedback(page):
    for number in range(2):
        assert commit(questions(page)[0], number)


def test_python_reads_and_sets_what_the_learner_sees(lab, page):
    player = players(page)[0]
    step_slider(player).press("Home")
    before = picture(player)
    commit(questions(page)[0], 1)
    lab.run_code(page, f"{FIND_WIDGETS}\nprint('read', play.step, asked.chosen)\nplay.step = 3")
    expect(page.locator(".jp-RenderedText", has_text="read 0 1")).to_be_visible()
    expect(step_slider(player)).to_have_value("3")
    assert picture(player) != before


def test_questions_and_figures_follow_the_theme_of_jupyterlab(lab, page):
    player = players(page)[0]
    light = picture(player)
    lab.run(page, "apputils:change-theme", theme="JupyterLab Dark")
    expect(page.locator("body[data-jp-theme-light=false]")).to_be_attached()
    # JupyterLab hides the notebook for a moment while it changes its theme.
    page.wait_for_timeout(300)
    assert picture(player) != light
    assert brightness(questions(page)[0]) < 0.2


def test_with_python_a_click_runs_from_exactly_there(lab, page):
    lab.run_code(page, f"{FIND_WIDGETS}\n{RUN_FROM_ANYWHERE}")
    figure = page.locator(".gd-player[aria-label='From anywhere'][data-ready=true]")
    figure.locator(".gd-landscape canvas").click(position={"x": 200, "y": 150})
    handle = figure.locator(".gd-handle")
    # First the nearest start of the grid; as soon as Python has answered, the one that was meant.
    expect(handle).not_to_have_attribute("aria-label", re.compile("x −1, y 0|x 1, y 2"))
    lab.run_code(page, 'print("ran from", *wide.answer["start"], "shows", *wide.start)')
    told = page.locator(".jp-RenderedText", has_text="ran from").last.inner_text().split()
    assert told[2:4] == told[5:7]
