"""The first minute of somebody who has cloned the course and said `make lab`."""

import json
import posixpath
import re
import shutil
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from .conftest import NewContext
from .hosts import LESSON, ROOT, JupyterLab, jupyterlab

pytestmark = pytest.mark.browser

LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
LESSONS = sorted((ROOT / "notebooks").glob("[0-9]_*/*.ipynb"))
EXERCISES = sorted((ROOT / "notebooks" / "exercises").glob("*.ipynb"))
NAMES = [one.relative_to(ROOT).as_posix() for one in [*LESSONS, *EXERCISES]]


def links(name: str) -> list[str]:
    """Return where the relative links of a notebook lead, from the root of the course."""
    cells = json.loads((ROOT / name).read_text("utf-8"))["cells"]
    prose = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
    found = [link for text in prose for link in LINK.findall(text) if "://" not in link]
    targets = [urllib.parse.unquote(link.partition("#")[0]) for link in found]
    return [posixpath.normpath(posixpath.join(posixpath.dirname(name), one)) for one in targets]


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Path:
    """A copy of the course, which may be written to."""
    copy = tmp_path_factory.mktemp("first") / "a course"
    copy.mkdir()
    shutil.copy(ROOT / "Makefile", copy)
    for name in (".jupyter", "book", "notebooks"):
        shutil.copytree(ROOT / name, copy / name)
    return copy


@pytest.fixture(scope="module")
def private(tmp_path_factory) -> Path:
    """The folder for what JupyterLab writes beside the course."""
    return tmp_path_factory.mktemp("jupyterlab")


@pytest.fixture(scope="module")
def lab(browser, course, private) -> Iterator[JupyterLab]:  # noqa: ARG001, skips before it starts
    with jupyterlab(private, course) as lab:
        yield lab


@pytest.fixture
def page(lab: JupyterLab, new_context: NewContext) -> Iterator[Page]:
    context = new_context(lab.address, viewport={"width": 1300, "height": 900})
    yield context.new_page()
    context.close()


def contents(lab: JupyterLab, path: str) -> dict:
    """Return what the server says of a file or a folder."""
    address = f"{lab.address}api/contents/{urllib.parse.quote(path)}?token={lab.token}"
    with urllib.request.urlopen(address, timeout=30) as answer:  # noqa: S310, our own server
        return json.load(answer)


def test_all_lessons_and_exercises_are_in_the_file_browser(lab):
    root = {one["name"] for one in contents(lab, "")["content"]}
    assert {"notebooks", "book"} <= root
    for name in NAMES:
        listed = contents(lab, posixpath.dirname(name))["content"]
        assert name in [one["path"] for one in listed]


def test_the_lesson_is_what_the_browser_is_sent_to(lab, private):  # noqa: ARG001, while it runs
    [page] = private.glob("jupyter_runtime_dir/jpserver-file-to-run-*-open.html")
    assert f"/lab/tree/{LESSON}" in page.read_text("utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_every_link_leads_to_something_that_the_server_has(lab, name):
    for target in set(links(name)):
        found = contents(lab, f"{target}?content=0".partition("?")[0])
        assert found["path"] == target


@pytest.mark.parametrize("name", [LESSON, NAMES[-1]])
def test_a_click_on_a_link_opens_what_it_names(lab, page, name):
    lab.open(page, name)
    targets = list(dict.fromkeys(links(name)))
    for target in [targets[0], targets[-1]]:
        page.wait_for_function(
            """target => {
              const links = [...document.querySelectorAll(".jp-RenderedMarkdown a")];
              const found = links.find(link => decodeURI(link.pathname).endsWith(`/${target}`));
              found?.click();
              return found;
            }""",
            arg=target,
        )
        page.wait_for_function(
            "target => jupyterapp.shell.currentWidget?.context?.path.endsWith(target)", arg=target
        )
        lab.open(page, name)


def test_a_term_opens_the_glossary_to_be_read_at_its_place(lab, page):
    lab.open(page, LESSON)
    page.locator('.jp-RenderedMarkdown a[href*="glossary.md"][href$="#mean-squared-error"]').click()
    expect(page.locator(".jp-MarkdownViewer h3", has_text="mean squared error")).to_be_in_viewport()


def test_nothing_of_nbgrader_stands_before_a_student(lab, page):
    lab.open(page, LESSON)
    expect(page.get_by_role("menuitem", name="Nbgrader")).to_have_count(0)
    expect(page.get_by_text("Create Assignment")).to_have_count(0)
    expect(page.get_by_text("Validate", exact=True)).to_have_count(0)


def test_no_question_about_news_stands_before_a_student(lab, page):
    lab.open(page, LESSON)
    expect(page.locator(".Toastify__toast")).to_have_count(0)


def run_all(lab: JupyterLab, page: Page) -> None:
    """Do what the sentence below the opening of the lesson says."""
    lab.await_kernel(page)
    expect(page.get_by_text("choose Run All Cells in the menu Run")).to_be_in_viewport()
    expect(page.locator(".jp-CodeCell .jp-Placeholder").first).to_be_in_viewport()
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    page.wait_for_selector(".gd-player[data-ready=true]", state="attached")
    page.evaluate("() => { document.querySelector('.jp-WindowedPanel-outer').scrollTop = 0; }")


def test_after_running_all_the_first_figure_stands_on_the_first_screen(lab, page):
    lab.open(page, LESSON)
    run_all(lab, page)
    expect(page.locator(".gd-player").first).to_be_in_viewport(ratio=0.5)


def test_so_it_does_in_notebook_7(lab, browser):
    # Not watched: Notebook's own page complains of its own typefaces and commands.
    page = browser.new_page(viewport={"width": 1300, "height": 900})
    page.goto(f"{lab.address}notebooks/{LESSON}?token={lab.token}")
    page.wait_for_selector(".jp-Notebook .jp-Cell")
    run_all(lab, page)
    expect(page.locator(".gd-player").first).to_be_in_viewport(ratio=0.5)
    page.close()
