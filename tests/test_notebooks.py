"""The notebooks are tidy, and the command that tidies them does what it says."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from course_utils.minutes import MINUTES, counted, minutes
from course_utils.notebooks import FOLDED, RUN_ALL, files, main, problems, read, tidied, written

ROOT = Path(__file__).parents[1]
NOTEBOOKS = files([ROOT / "notebooks"])
PIXEL = "iVBORw0KGgo="


def code(source, outputs=(), **extra):
    return {
        "cell_type": "code",
        "execution_count": 3,
        "id": "0a1b2c3d",
        "metadata": {},
        "outputs": list(outputs),
        "source": source,
    } | extra


def result(**data):
    return {"output_type": "execute_result", "execution_count": 3, "metadata": {}, "data": data}


def notebook(*cells):
    return {"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


@pytest.fixture
def untidy(tmp_path):
    """A notebook as JupyterLab leaves it: counts, pictures, metadata, ids made by programs."""
    figure = result(**{"text/plain": "<Figure>", "image/png": PIXEL})
    view = {"application/vnd.jupyter.widget-view+json": {"model_id": "x"}, "text/plain": "Player"}
    cells = [
        {"cell_type": "markdown", "id": "12ab34cd", "metadata": {}, "source": "# The title\n"},
        code("figure", [figure], metadata={"scrolled": True, "tags": ["hide-input"]}),
        code("figure", [result(**view)]),
        code("print(1)\n\n", [{"output_type": "stream", "name": "stdout", "text": "1\n"}] * 2),
    ]
    path = tmp_path / "untidy.ipynb"
    path.write_text(json.dumps(notebook(*cells) | {"metadata": {"widgets": {}}}), "utf-8")
    return path


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_lesson_is_tidy(path):
    assert list(problems(path)) == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_lesson_is_a_valid_notebook_written_as_jupyter_writes_it(path):
    valid = nbformat.read(path, as_version=4)
    nbformat.validate(valid)
    assert nbformat.writes(valid) + "\n" == path.read_text("utf-8")


def test_tidying_keeps_what_the_outputs_say_and_drops_what_they_show(untidy):
    tidy = tidied(read(untidy))
    outputs = [output for cell in tidy["cells"] for output in cell.get("outputs", [])]
    assert [list(output["data"]) for output in outputs[:2]] == [["text/plain"], ["text/plain"]]
    assert outputs[2]["text"] == ["1\n", "1\n"]
    assert [cell["execution_count"] for cell in tidy["cells"][2:]] == [None] * 3


def test_an_output_that_says_nothing_in_words_is_not_stored():
    tidy = tidied(notebook(code("x", [result(**{"image/png": PIXEL})])))
    assert tidy["cells"][0]["outputs"] == []


def test_tables_are_kept_as_html_too():
    table = {"text/html": "<table></table>", "text/plain": "a table"}
    [output] = tidied(notebook(code("x", [result(**table)])))["cells"][0]["outputs"]
    assert output["data"] == {key: [text] for key, text in table.items()}


def test_an_error_is_kept_without_the_files_of_the_machine_it_happened_on():
    error = {
        "output_type": "error",
        "ename": "ValueError",
        "evalue": "The rate is negative.",
        "traceback": ["/home/somebody/course_utils/optimizers.py"],
    }
    [output] = tidied(notebook(code("x", [error])))["cells"][0]["outputs"]
    assert output["traceback"] == ["ValueError: The rate is negative."]


def test_ids_made_by_programs_become_the_first_words_of_their_cells(untidy):
    ids = [cell["id"] for cell in tidied(read(untidy))["cells"]]
    assert ids == ["the-title", "run-all", "figure", "figure-2", "print-1"]


def test_readable_ids_stay_when_the_text_of_their_cells_changes():
    cell = code("another text", id="the-first-figure")
    assert tidied(notebook(cell))["cells"][0]["id"] == "the-first-figure"


@pytest.mark.parametrize("source", ["", "deadbeef", "∇f", "x" * 200])
def test_every_cell_gets_a_valid_id_that_stays(source):
    once = tidied(notebook(code(source), code(source)))
    nbformat.validate(nbformat.from_dict(json.loads(written(once))))
    assert tidied(once) == once


def test_tags_stay_and_other_metadata_goes(untidy):
    assert tidied(read(untidy))["cells"][2]["metadata"] == {"tags": ["hide-input"], **FOLDED}


@pytest.mark.parametrize("tag", ["hide-input", "remove-input"])
def test_what_the_book_hides_is_folded_where_a_notebook_is_opened(tag):
    hidden = code("figure", metadata={"tags": [tag], "jupyter": {"outputs_hidden": True}})
    [tidy] = tidied(notebook(hidden))["cells"]
    assert tidy["metadata"]["jupyter"] == {"source_hidden": True}  # JupyterLab, Notebook 7
    assert tidy["metadata"]["cellView"] == "form"  # Colab


def test_what_the_book_shows_is_not_folded():
    folded_by_hand = code("print(1)", metadata={**FOLDED, "tags": ["remove-output"]})
    [tidy] = tidied(notebook(folded_by_hand))["cells"]
    assert tidy["metadata"] == {"tags": ["remove-output"]}


def test_a_lesson_says_below_its_opening_how_to_run_it_and_says_it_once(untidy):
    once = tidied(read(untidy))
    assert once["cells"][1] == RUN_ALL
    once["cells"].append(once["cells"].pop(1))
    once["cells"][-1] = {**RUN_ALL, "source": ["In words of one's own."]}
    assert tidied(once)["cells"].count(RUN_ALL) == 1
    assert tidied(once)["cells"][1] == RUN_ALL


def test_a_notebook_with_nothing_to_bring_to_life_is_not_told_how():
    opening = {"cell_type": "markdown", "id": "title", "metadata": {}, "source": "# Title"}
    answer = code("x", metadata={"nbgrader": {"grade_id": "x"}, "tags": ["hide-input"]})
    for cells in ([opening, code("1")], [opening, answer], []):
        assert RUN_ALL not in tidied(notebook(*cells))["cells"]


def prose(source, **metadata):
    return {"cell_type": "markdown", "id": "p", "metadata": metadata, "source": source}


def opening_of(*cells):
    [line] = tidied(notebook(*cells))["cells"][0]["source"][-1:]
    return line


def test_the_time_that_a_lesson_states_is_computed_whatever_the_author_wrote():
    assert opening_of(prose("> **Time** about 5 minutes."), prose("word " * 1400)) == (
        "> **Time** about 10 minutes."
    )


def test_each_kind_of_thing_in_a_lesson_has_its_price():
    parts = [prose("$$x$$"), code("Player(paths)"), code("Question('?')"), prose("## Your turn")]
    assert counted([]) == ({}, {})
    assert sum(minutes(counted([part])[0]) for part in parts) == 4 * 5
    assert sum(MINUTES[name] for part in parts for name in counted([part])[0]) > 10


def test_hidden_code_costs_no_time_and_a_hidden_figure_does():
    hidden = code("Player(paths)", metadata={"tags": ["hide-input"]})
    assert counted([hidden])[0] == {"figures": 1}
    assert counted([code("Player(paths)")])[0] == {"figures": 1, "code cells": 1}


def test_what_is_optional_is_counted_apart_down_to_the_next_heading_of_its_level():
    text = "## A\none\n## B (optional)\ntwo\n### C\nthree\n## D\nfour"
    needed, optional = counted([prose(text)])
    assert (needed["words"], optional["words"]) == (4, 5)
    more = opening_of(prose("> **Time** about 5 minutes."), prose(text), code("1"))
    assert more == "> **Time** about 5 minutes, and 5 more for what is optional."


def test_a_turn_of_ones_own_that_is_optional_is_counted_apart_with_its_code():
    turn = [prose("## Your turn (optional)\nChange it."), code("Player(paths)"), prose("## Next")]
    assert counted(turn) == ({"words": 1}, {"own turns": 1})


def test_the_command_says_how_long_each_lesson_takes(tmp_path, capsys):
    path = tmp_path / "long.ipynb"
    path.write_text(written(tidied(notebook(prose("word " * 9000)))), "utf-8")
    assert main(["minutes", str(path)]) == 0
    assert capsys.readouterr().out == " 60 min, too long  long: 9000 words\n"


def test_an_exercise_keeps_what_nbgrader_knows_and_is_stored_without_outputs(tmp_path):
    known = {"grade_id": "adam", "solution": True}
    answer = code("adam = 1", metadata={"nbgrader": known, "tags": ["setup"], "editable": False})
    shown = code("adam", [result(**{"text/plain": "1"})])
    cells = tidied(notebook(answer, shown))["cells"]
    assert cells[0]["metadata"] == {"nbgrader": known, "tags": ["setup"]}
    assert [cell["outputs"] for cell in cells] == [[], []]
    path = tmp_path / "exercise.ipynb"
    path.write_text(json.dumps(notebook(answer, shown)), "utf-8")
    assert any("without which an exercise is stored" in words for words in problems(path))


def test_check_says_what_is_untidy_and_how_to_mend_it_and_tidy_mends_it(untidy, capsys):
    assert main(["check", str(untidy)]) == 1
    said = capsys.readouterr().out
    for words in ("an execution count", "scrolled", "pictures", "blank space", "made by a program"):
        assert words in said
    for words in ("how to run it", "a notebook that is opened shows it"):
        assert words in said
    assert f"python -m course_utils.notebooks tidy {untidy}" in said
    assert main(["tidy", str(untidy)]) == 0
    assert main(["check", str(untidy)]) == 0


def test_tidying_twice_changes_nothing(untidy, capsys):
    main(["tidy", str(untidy)])
    first = untidy.read_bytes()
    capsys.readouterr()
    main(["tidy", str(untidy)])
    assert untidy.read_bytes() == first
    assert capsys.readouterr().out == ""


def test_warnings_and_addresses_are_reported(tmp_path):
    warning = {"output_type": "stream", "name": "stderr", "text": "RuntimeWarning: overflow\n"}
    address = result(**{"text/plain": "<Thing at 0x7f3a2b1c>"})
    path = tmp_path / "noisy.ipynb"
    path.write_text(written(tidied(notebook(code("x", [warning, address])))), "utf-8")
    said = " ".join(problems(path))
    assert "RuntimeWarning: overflow" in said
    assert "an address in memory" in said


@pytest.mark.parametrize("text", ["{", "[]", '{"nbformat": 3}', '{"nbformat": 4}'])
def test_what_is_no_notebook_is_refused_in_a_sentence(tmp_path, capsys, text):
    path = tmp_path / "broken.ipynb"
    path.write_text(text, "utf-8")
    assert main(["tidy", str(path)]) == 2
    assert "broken.ipynb is not" in capsys.readouterr().err
    assert path.read_text("utf-8") == text


def test_a_path_that_is_not_there_is_refused_in_a_sentence(tmp_path, capsys):
    assert main(["check", str(tmp_path / "nowhere")]) == 2
    assert "There is no" in capsys.readouterr().err


def test_refreshing_stores_what_a_cell_prints_and_the_same_when_run_again(tmp_path):
    path = tmp_path / "lesson.ipynb"
    path.write_text(written(tidied(notebook(code("print(2 + 3)"), code("6 * 7")))), "utf-8")
    main(["refresh", str(path)])
    first = path.read_bytes()
    outputs = [cell["outputs"] for cell in read(path)["cells"]]
    assert outputs[0][0]["text"] == ["5\n"]
    assert outputs[1][0]["data"] == {"text/plain": ["42"]}
    main(["refresh", str(path)])
    assert path.read_bytes() == first


def test_a_stored_output_that_is_wrong_fails_under_nbval(tmp_path):
    """The stored outputs have no execution counts, and are compared all the same."""
    shutil.copy(ROOT / "conftest.py", tmp_path)
    stream = {"output_type": "stream", "name": "stdout", "text": "5\n"}
    for name, source in {"right": "print(2 + 3)", "wrong": "print(2 + 4)", "more": "6"}.items():
        outputs = [] if name == "more" else [stream]
        path = tmp_path / f"{name}.ipynb"
        path.write_text(written(tidied(notebook(code(source, outputs)))), "utf-8")
    command = [sys.executable, "-m", "pytest", "--nbval", "--nbval-current-env", "-q", "-rA"]
    done = subprocess.run(
        [*command, str(tmp_path)],
        capture_output=True,
        encoding="utf-8",
        cwd=tmp_path,
        check=False,
    )
    assert "PASSED right.ipynb" in done.stdout
    assert "FAILED wrong.ipynb" in done.stdout
    assert "FAILED more.ipynb" in done.stdout
