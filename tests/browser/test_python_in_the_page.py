"""Python in the pages of the built site: a learner changes cells and runs them."""

import csv
import html
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from course_utils.exercises.exercise import load

from .axe import violations
from .conftest import NewContext
from .figures import commit, picture, players, step_slider
from .firefox import firefox, firefox_path
from .hosts import ROOT

pytestmark = pytest.mark.browser

PATIENCE = 180_000  # milliseconds for Python to load, or for a long cell, on a busy machine
NOTEBOOKS = ROOT / "notebooks"
EXERCISES = sorted(path.stem for path in (NOTEBOOKS / "exercises").glob("*.ipynb"))
LESSONS = sorted(
    path.relative_to(NOTEBOOKS).with_suffix("").as_posix()
    for path in NOTEBOOKS.glob("[0-9]_*/*.ipynb")
)
ONE = "04_step_size"
LESSON = "2_learning_rate/04_step_size"
SOLUTION = re.compile(r"^ *### (BEGIN|END) SOLUTION\n?", re.MULTILINE)
NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?")

# All cells of a notebook, one after another, in one Python for all notebooks.
RUN_CELLS = """async (cells) => {
  const shown = [];
  window.heard = (output) => shown.at(-1).push({ ...output, state: null, module: null });
  for (const source of cells) {
    shown.push([]);
    await window.python.run("cell 1", source);
  }
  return shown.slice(1);
}"""
START = """async () => {
  const modules = new URL(".", document.querySelector("script[src*='/open.js']").src).href;
  const { Session } = await import(`${modules}session.js`);
  const output = (cell, one) => window.heard(one);
  window.python = new Session(modules, { output, progress() {}, changed() {} });
  window.work = await import(`${modules}work.js`);
  await window.python.start();
}"""


# What other notebooks have set, which each has for itself otherwise.
FORGET = """globals().clear()
__name__ = "__main__"
import numpy as np
np.set_printoptions(precision=8, threshold=1000, edgeitems=3, linewidth=75, suppress=False)"""


@pytest.fixture(scope="module")
def site(address: str, built_book: Path) -> str:
    """Return the address of a site with Python in its pages."""
    if not list(built_book.glob("_static/python/*/open.js")):
        reason = "The site was built without Python in its pages; the build says what was missing."
        if os.environ.get("CI") or os.environ.get("PYTHON") == "required":
            pytest.fail(f"{reason} Here these tests have to run.")
        pytest.skip(reason)
    return address


@pytest.fixture
def page(site: str, new_context: NewContext) -> Iterator[Page]:
    context = new_context(site, viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def python(site: str, new_context: NewContext) -> Iterator[Page]:
    """Return a page on which Python was started once, for the notebooks of the course."""
    context = new_context(site)
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(f"{site}notebooks/exercises/{ONE}.html")
    page.evaluate(START)
    yield page
    context.close()


Output = dict[str, Any]


def run_cells(page: Page, cells: list[str]) -> list[list[Output]]:
    """Run cells where no name is left of other notebooks; return what each of them shows."""
    shown = page.evaluate(RUN_CELLS, [FORGET, *cells])
    assert isinstance(shown, list)
    return shown


def cell(page: Page, name: str) -> Locator:
    return page.locator(f"#cell-{name}")


def editor(page: Page, name: str) -> Locator:
    return cell(page, name).locator("textarea")


def run(page: Page, name: str) -> str:
    """Run a cell with its button and return what it shows."""
    cell(page, name).locator(".py-run").click()
    return settle(page, name)


def settle(page: Page, name: str) -> str:
    """Wait until Python has nothing more to do, and return what a cell shows."""
    expect(page.locator(".py-stop")).to_be_disabled(timeout=PATIENCE)
    assert "has ended" not in status(page)
    return cell(page, name).locator(".cell_output").inner_text()


def status(page: Page) -> str:
    """Return what the bar at the foot of the page says."""
    return page.locator(".py-status").inner_text()


def open_page(page: Page, site: str, name: str) -> None:
    """Open a page, and its cells that are there to be written in."""
    page.goto(f"{site}notebooks/{name}.html")
    if name in LESSONS:
        page.locator("#your-turn").scroll_into_view_if_needed()
    page.wait_for_selector(".py-editor")


def read(path: Path) -> list[Any]:
    """Return the code cells of a notebook."""
    cells = json.loads(path.read_text("utf-8"))["cells"]
    return [one for one in cells if one["cell_type"] == "code"]


def text_of(one: Any) -> str:
    return "".join(one["source"])


def answered(exercise: str, instead: dict[str, str] | None = None) -> dict[str, str]:
    """Return the student's cells with the solutions typed in, or something else in their place."""
    source = NOTEBOOKS / "exercises" / "sources" / f"{exercise}.ipynb"
    right = {one["id"]: text_of(one) for one in read(source) if "BEGIN SOLUTION" in text_of(one)}
    typed = {name: SOLUTION.sub("", text) for name, text in (right | (instead or {})).items()}
    student = read(NOTEBOOKS / "exercises" / f"{exercise}.ipynb")
    return {one["id"]: typed.get(one["id"], text_of(one)) for one in student}


def checked(outputs: list[list[Output]]) -> dict[str, bool]:
    """Return which questions a check found right."""
    found = [one["check"] for several in outputs for one in several if one.get("check")]
    return {one["name"]: one["passed"] for one in found}


def words(output: Output) -> str:
    """Return an output without its markup."""
    page = html.unescape(re.sub(r"<[^>]+>", "", output.get("html", "")))
    return page or output.get("text", "")


# --- What a page costs ----------------------------------------------------------------------------


def test_a_page_that_nobody_runs_loads_nothing_of_python_but_one_script_and_one_style(
    page, site, built_book
):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{site}notebooks/{LESSON}.html")
    page.wait_for_load_state("networkidle")
    python = [one.rpartition("/")[2].partition("?")[0] for one in asked if "/python/" in one]
    assert sorted(python) == ["open.js", "python.css"]
    files = built_book.glob("_static/python/*/*")
    weights = {file.name: file.stat().st_size for file in files}
    assert weights["open.js"] + weights["python.css"] < 10_000


def test_the_first_run_of_an_exercise_needs_less_than_nine_megabytes(built_book):
    [table] = built_book.glob("_static/python/*/files.json")
    assert json.loads(table.read_text("utf-8"))["size"] < 9_000_000


# --- Every exercise and every lesson --------------------------------------------------------------


@pytest.mark.parametrize("exercise", EXERCISES)
def test_the_solutions_typed_in_are_right(python, exercise):
    cells = answered(exercise)
    outputs = run_cells(python, list(cells.values()))
    found = checked(outputs)
    assert found == {name[6:]: True for name in cells if name.startswith("check-")}
    assert not [one["text"] for several in outputs for one in several if one["kind"] == "error"]


@pytest.mark.parametrize("exercise", EXERCISES)
def test_a_known_wrong_answer_to_each_question_gets_its_hint(python, exercise):
    known = load(NOTEBOOKS / "exercises" / "sources" / f"{exercise}.ipynb")
    wrong = {one.name: one.wrong[0] for one in known.questions if one.wrong}
    assert wrong
    cells = answered(
        exercise, {name: one.cell(known.solution(name)) for name, one in wrong.items()}
    )
    outputs = dict(zip(cells, run_cells(python, list(cells.values())), strict=True))
    for name, one in wrong.items():
        said = " ".join(map(words, outputs[f"check-{name}"]))
        assert one.hint.replace("`", "") in said, name


def test_what_is_downloaded_is_graded_with_the_marks_that_the_checks_gave(python, tmp_path):
    """One question of each exercise is left unanswered."""
    handed_in = tmp_path / "submissions" / "Ada Lovelace"
    handed_in.mkdir(parents=True)
    for exercise in EXERCISES:
        path = NOTEBOOKS / "exercises" / f"{exercise}.ipynb"
        cells = answered(exercise)
        [last] = [one for one in read(path) if one["id"] == list(unanswered(exercise))[-1]]
        cells[last["id"]] = text_of(last)
        notebook = path.read_text("utf-8")
        call = "([notebook, texts]) => work.withTexts(JSON.parse(notebook), new Map(texts))"
        file = python.evaluate(call, [notebook, list(cells.items())])
        (handed_in / path.name).write_text(file, "utf-8")
        assert python.evaluate(
            "([file, notebook]) => [...work.textsIn(file, JSON.parse(notebook))]",
            [file, notebook],
        ) == [list(one) for one in cells.items()]
    results = tmp_path / "results"
    command = [sys.executable, "-m", "course_utils.grading", "grade", "--unsafe"]
    command += [str(handed_in.parent), "--out", str(results)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    with (results / "gradebook.csv").open(encoding="utf-8-sig") as file:
        [row] = csv.DictReader(file)
    for exercise in EXERCISES:
        known = load(NOTEBOOKS / "exercises" / "sources" / f"{exercise}.ipynb")
        left = list(unanswered(exercise))[-1]
        expected = known.points - known.question(left).points
        assert float(row[f"{exercise} (of {known.points:g})"]) == expected, exercise


def unanswered(exercise: str) -> Iterator[str]:
    """Yield the names of the questions of an exercise."""
    for one in read(NOTEBOOKS / "exercises" / f"{exercise}.ipynb"):
        if one["id"].startswith("check-"):
            yield one["id"][6:]


def stored(one: Any) -> str:
    """Return what a cell of a lesson shows, as it is stored."""
    found = []
    for output in one["outputs"]:
        data = output.get("data", {})
        plain = "".join(data.get("text/plain", output.get("text", "")))
        # A live question stands where the stored one has its answers as HTML.
        lives = plain.startswith(("Player:", "Prediction:", "Question:"))
        markup = "" if lives else re.sub(r"<[^>]+>", "", "".join(data.get("text/html", "")))
        found.append(html.unescape(markup) or plain)
    return "".join(found)


def alike(one: str, other: str) -> bool:
    """Say whether texts are equal, numbers up to their last digit; machines differ in it."""
    texts = ["".join(NUMBER.sub("#", text).split()) for text in (one, other)]
    numbers = [NUMBER.findall(text) for text in (one, other)]
    return texts[0] == texts[1] and all(map(near, *numbers))


def near(one: str, other: str) -> bool:
    last = 10.0 ** -len(one.partition("e")[0].partition(".")[2]) if "." in one else 0
    power = float("1e" + (one.partition("e")[2] or "0"))
    return abs(float(one) - float(other)) <= 1.01 * last * power


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_run_in_the_page_shows_what_is_stored(python, lesson):
    cells = read(NOTEBOOKS / f"{lesson}.ipynb")
    outputs = run_cells(python, [text_of(one) for one in cells])
    for one, several in zip(cells, outputs, strict=True):
        assert not [output["text"] for output in several if output["kind"] == "error"]
        if "nbval-ignore-output" in one["metadata"].get("tags", []):
            continue
        said = "".join(map(words, several))
        assert alike(stored(one), said), f"{one['id']}:\n{stored(one)}\n---\n{said}"


# --- A learner's session --------------------------------------------------------------------------


def test_an_answer_is_written_run_kept_downloaded_and_marked_on_the_map(page, site, tmp_path):
    open_page(page, site, f"exercises/{ONE}")
    editor(page, "fate").fill("def fate(learning_rate, curvature):\n    return 'diverges'")
    assert "fate: not right yet" in run(page, "check-fate")
    editor(page, "fate").fill(answered(ONE)["fate"])
    editor(page, "fate").press("Shift+Enter")
    settle(page, "fate")
    assert "✓ fate: right" in run(page, "check-fate")

    page.reload()
    page.wait_for_selector(".py-editor")
    expect(editor(page, "fate")).to_have_value(answered(ONE)["fate"])

    with page.expect_download() as download:
        page.get_by_role("button", name="Download notebook").click()
    assert download.value.suggested_filename == f"{ONE}.ipynb"
    file = tmp_path / f"{ONE}.ipynb"
    download.value.save_as(file)
    given = json.loads((NOTEBOOKS / "exercises" / f"{ONE}.ipynb").read_text("utf-8"))
    taken = json.loads(file.read_text("utf-8"))
    assert [text_of(one) for one in taken["cells"] if one["id"] == "fate"] == [
        answered(ONE)["fate"]
    ]
    for notebook in (given, taken):
        for one in notebook["cells"]:
            del one["source"]
    assert taken == given

    cell(page, "fate").get_by_role("button", name="Reset cell").click()
    expect(editor(page, "fate")).not_to_have_value(answered(ONE)["fate"])
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Load notebook", exact=True).click()
    chooser.value.set_files(file)
    expect(editor(page, "fate")).to_have_value(answered(ONE)["fate"])

    page.goto(f"{site}book/intro.html")
    expect(page.locator(f"[data-lesson='notebooks/{LESSON}']")).to_contain_text(
        "1 of 4 exercises right"
    )


def test_a_changed_site_keeps_what_a_learner_has_written_and_says_so(page, site):
    open_page(page, site, f"exercises/{ONE}")
    editor(page, "fate").fill("def fate(): ...")
    page.evaluate(
        """() => {
          const [key] = Object.keys(localStorage).filter((one) => one.includes(" work "));
          const kept = JSON.parse(localStorage.getItem(key));
          kept.fate.of = "what the cell was in an earlier edition";
          kept.gone = { text: "a_question = 'that is gone'", of: "a_question = None" };
          localStorage.setItem(key, JSON.stringify(kept));
        }"""
    )
    page.reload()
    expect(editor(page, "fate")).to_have_value("def fate(): ...")
    expect(cell(page, "fate")).to_contain_text("The page has other code here since you wrote this.")
    expect(page.locator(".py-lost")).to_contain_text("a_question = 'that is gone'")


def test_errors_show_the_learners_own_lines_and_input_has_nobody_to_ask(page, site):
    open_page(page, site, f"exercises/{ONE}")
    editor(page, "fate").fill("def fate(rate):\n    return raet\n\nfate(1)")
    said = run(page, "fate")
    assert "line 4" in said
    assert "line 2, in fate" in said
    assert "NameError: name 'raet' is not defined" in said
    assert "kernel" not in said
    expect(cell(page, "fate").locator(".py-wrong")).to_have_text(["2", "4"])
    editor(page, "fate").fill("np.linalg.inv(np.zeros((2, 3)))")
    said = run(page, "fate")
    assert said.count("File ") == said.count("line 1") == 1
    assert "LinAlgError: " in said
    editor(page, "fate").fill("def fate(:\n  pass")
    assert "SyntaxError" in run(page, "fate")
    editor(page, "fate").fill("input('how many? ')")
    assert "input() has nobody to ask" in run(page, "fate")
    editor(page, "fate").fill("import pandas")
    assert "There is no 'pandas' on this page." in run(page, "fate")
    editor(page, "fate").fill("print('a')\nimport warnings; warnings.warn('b')\n{'c': 1}")
    assert {"a", "{'c': 1}"} <= set(run(page, "fate").split("\n"))


def test_matplotlib_shows_its_picture(page, site):
    open_page(page, site, f"exercises/{ONE}")
    editor(page, "fate").fill(
        "import matplotlib.pyplot as plt\nplt.plot([1, 4, 9])\nplt.title('t')"
    )
    run(page, "fate")
    drawn = cell(page, "fate").locator("img")
    expect(drawn).to_have_attribute("alt", "Drawing by matplotlib: t")
    assert drawn.evaluate("image => image.naturalWidth") > 300


def test_an_endless_loop_is_stopped_and_the_cells_above_run_again(page, site):
    open_page(page, site, f"exercises/{ONE}")
    editor(page, "fate").fill("kept = 41\nprint('ran')")
    assert "ran" in run(page, "fate")
    editor(page, "check-fate").fill("print('begun')\nwhile True:\n    pass")
    cell(page, "check-fate").locator(".py-run").click()
    # What it prints comes while it runs.
    expect(cell(page, "check-fate")).to_contain_text("begun")
    expect(page.locator(".py-status")).to_contain_text("has run for ten seconds", timeout=PATIENCE)
    page.get_by_role("button", name="Stop").click()
    expect(cell(page, "check-fate").locator(".cell_output")).to_contain_text("Stopped.")
    expect(page.locator(".py-stop")).to_be_disabled(timeout=PATIENCE)
    editor(page, "check-fate").fill("kept + 1")
    assert run(page, "check-fate") == "42"


def test_loading_is_shown_in_megabytes_and_can_be_cancelled(page, site):
    open_page(page, site, f"exercises/{ONE}")
    cell(page, "fate").locator(".py-run").click()
    expect(page.locator(".py-megabytes")).to_contain_text(re.compile(r"^\d+\.\d of \d+\.\d MB$"))
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator(".py-status")).to_have_text("Python is not loaded.")
    assert "Ready" not in status(page)
    editor(page, "fate").fill("6 * 7")
    assert run(page, "fate") == "42"


def test_a_learners_own_objective_runs_in_the_figure_of_your_turn(page, site):
    open_page(page, site, LESSON)
    own = page.locator("#your-turn .py-cell").first
    name = own.get_attribute("id").removeprefix("cell-")
    source = editor(page, name).input_value()
    changed = source.replace("x**2 + 3 * y**2 + 0.4 * np.sin(2 * x)", "2 * x**2 + y**2")
    assert changed != source
    run(page, name)
    player = own.locator(".gd-player[data-ready=true]")
    expect(player).to_have_count(1)
    before = picture(player)
    editor(page, name).fill(changed)
    run(page, name)
    expect(player).to_have_count(1)
    step_slider(player).press("End")
    assert picture(player) != before
    step_slider(player).press("Home")
    first = picture(player)
    step_slider(player).press("End")
    assert picture(player) != first


def test_a_site_that_forbids_code_made_on_the_page_shows_a_learners_figure(page, site):
    def strict(route):
        answer = route.fetch()
        policy = "script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'"
        headers = {**answer.headers, "content-security-policy": policy}
        route.fulfill(response=answer, headers=headers)

    page.route("**/*.html", strict)
    open_page(page, site, LESSON)
    own = page.locator("#your-turn .py-cell").first
    run(page, own.get_attribute("id").removeprefix("cell-"))
    expect(own.locator(".gd-player")).to_have_attribute("data-ready", "true")


def test_run_this_page_makes_the_cells_of_a_lesson_editors_with_live_figures(page, site):
    page.goto(f"{site}notebooks/0_start/00_start_here.html")
    page.get_by_role("button", name="Run this page").click()
    first = page.locator(".cell.py-cell").first
    name = first.get_attribute("id").removeprefix("cell-")
    settle(page, name)
    assert status(page) == "Ready."
    expect(first.locator(".gd-player[data-ready=true]")).to_have_count(1)
    for player in players(page):
        expect(player).to_have_attribute("data-ready", "true")
    assert commit(page.locator(".gd-question").first, 0)


def test_python_and_a_figure_tell_each_other_what_they_set(page, site):
    open_page(page, site, f"exercises/{ONE}")
    editor(page, "fate").fill(
        "from course_utils import *\n"
        "play = Player(descend(Ravine(10), [-4.0, 2.0], GradientDescent([0.05, 0.1]), steps=30))\n"
        "play"
    )
    run(page, "fate")
    player = cell(page, "fate").locator(".gd-player[data-ready=true]")
    slider = step_slider(player)
    expect(slider).to_have_value("30")
    editor(page, "check-fate").fill("play.step = 7")
    run(page, "check-fate")
    expect(slider).to_have_value("7")
    slider.press("ArrowRight")
    editor(page, "check-fate").fill("play.step")
    assert run(page, "check-fate") == "8"


# --- For everybody --------------------------------------------------------------------------------


def test_the_keyboard_alone_writes_runs_and_leaves(page, site):
    open_page(page, site, f"exercises/{ONE}")
    field = editor(page, "fate")
    field.fill("")
    field.focus()
    page.keyboard.type("def f(x):\nif x:\nreturn [x,\n1]\n")
    expect(field).to_have_value("def f(x):\n    if x:\n        return [x,\n        1]\n        ")
    page.keyboard.press("Backspace")
    page.keyboard.press("Backspace")
    page.keyboard.type("f(2)")
    page.keyboard.press("Control+Enter")
    assert settle(page, "fate") == "[2, 1]"
    page.keyboard.press("Tab")
    expect(field).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    expect(cell(page, "fate").locator(".py-run")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Control+z")
    expect(field).to_have_value(re.compile(r"f\(2\)$"))


def test_a_phone_shows_editors_and_the_bar_without_scrolling_sideways(site, new_context):
    context = new_context(site, viewport={"width": 390, "height": 844})
    page = context.new_page()
    open_page(page, site, f"exercises/{ONE}")
    page.wait_for_function("() => document.documentElement.scrollWidth <= 390")
    assert not page.evaluate(
        """() => [...document.querySelectorAll(".py-editor, .py-foot *, .py-bar, .py-bar *")]
          .filter((node) => node.getBoundingClientRect().right > 390)
          .map((node) => node.outerHTML)"""
    )
    assert page.locator(".py-bar").bounding_box()["height"] < 844 / 5
    context.close()


def test_an_editor_stands_out_from_code_that_is_only_read(page, site):
    open_page(page, site, f"exercises/{ONE}")
    expect(page.locator(".py-editor").first).to_have_css("border-left-style", "solid")
    expect(page.locator(".py-editor").first).to_have_css("border-left-width", "3px")


def test_from_a_disk_the_button_says_what_it_needs(built_book, site, new_context):  # noqa: ARG001, skips
    context = new_context("file://")
    page = context.new_page()
    page.goto((built_book / "notebooks" / "exercises" / f"{ONE}.html").as_uri())
    page.get_by_role("button", name="Run this page").click()
    expect(page.locator(".py-open")).to_contain_text("comes over http")
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_wrong_with_a_page_that_runs(page, site, scheme):
    page.emulate_media(color_scheme=scheme)
    open_page(page, site, f"exercises/{ONE}")
    run(page, "check-fate")
    editor(page, "fate").fill("fat")
    run(page, "fate")
    assert not violations(page, ".bd-article")


def test_firefox_answers_too(site, tmp_path):
    path = firefox_path()
    if path is None:
        if os.environ.get("CI"):
            pytest.fail("Firefox is not installed. In CI this test has to run.")
        pytest.skip("Firefox is not installed.")
    with firefox(path, tmp_path) as window:
        window.open(f"{site}notebooks/exercises/{ONE}.html")
        said = window.evaluate(
            f"""const wait = async (found) => {{
                  while (!found()) await new Promise((resolve) => setTimeout(resolve, 50));
                }};
                await wait(() => document.querySelector("#cell-fate textarea"));
                const field = document.querySelector("#cell-fate textarea");
                field.focus();
                field.select();
                document.execCommand("insertText", false, {json.dumps(answered(ONE)["fate"])});
                document.querySelector("#cell-check-fate .py-run").click();
                await wait(() => document.querySelector(".py-stop").disabled);
                return document.querySelector("#cell-check-fate .cell_output").innerText;"""
        )
    assert "✓ fate: right" in said
