"""A right answer gets its points however oddly the notebook around it is written."""

import re

import pytest

from course_utils.grading.grade import grade_submission

from . import classroom

pytestmark = classroom.needs_sandbox

DOUBLE = "def double(x):\n    return TWO * x"

# What stands before the answers, the last of which may need it; or the whole answer.
ODD = {
    "a library that is not there": (
        "import pandas as pd\nif True:\n    import os\n    TWO = 2",
        DOUBLE,
    ),
    "a library that is not there, and used": (
        "import seaborn as sns\nsns.set_theme()\nTWO = 2",
        DOUBLE,
    ),
    "a question to the student": ("name = input('Your name: ')\nTWO: int = 2", DOUBLE),
    "an error before the answer": f"1 / 0\nTWO = 2\n{DOUBLE}",
    "an error before more in its line": f"1 / 0; TWO = 2\n{DOUBLE}",
    "an error above a definition": f"@absent\ndef other():\n    pass\nTWO = 2\n{DOUBLE}",
    "a return outside of a function": f"TWO = 2\nreturn TWO\n{DOUBLE}",
    "an import from the future in the middle": (
        "TWO = 2\nfrom __future__ import annotations\n"
        "def double(x: Vector) -> Vector:\n    return TWO * x"
    ),
    "an answer under a condition, before the stub": (
        "if True:\n    def double(x):\n        return 2 * x",
        classroom.STUBS["double"],
    ),
    "a library that is imported by a name that is put together": (
        (
            "import importlib\nplt = importlib.import_module('mat' + 'plotlib.pyplot')\n"
            "TWO = len(plt.subplots())"
        ),
        DOUBLE,
    ),
    "all that numpy names": ("TWO = 2 * all(hasattr(np, name) for name in np.__all__)", DOUBLE),
    "a letter that no encoding knows, printed": (
        "TWO = 2\ndef double(x):\n    print('\\ud800')\n    return TWO * x"
    ),
    "annotations that are not evaluated": (
        "from __future__ import annotations",
        "def double(x: Vector) -> Vector:\n    return 2 * x",
    ),
    "a percent sign that goes on an expression": (
        "%matplotlib inline\ndef double(x):\n    print('%g and more'\n          % x[0])\n"
        "    return 2 * x"
    ),
    "a text with lines like commands": (
        "%load_ext autoreload\nLINES = '''\n%two\n!three\n'''.split()\n"
        "def double(x):\n    return {'%two': 2}[LINES[0]] * x"
    ),
    "commands of all kinds": (
        "?np.mean\nnp.clip??\n!echo it's fine\nfiles = !ls\n%time TWO = 2\n"
        f"if files:\n    !ls\n{DOUBLE}\n%timeit double(np.ones(3))"
    ),
    "a timed cell": "%%time\n" + classroom.ANSWERS["double"],
    "line ends of Windows, and a command": (
        "%matplotlib inline\r\nnp.mean?\r\ndef double(x):\r\n\treturn 2 * x\r\n"
    ),
    "warnings that are errors": (
        "import warnings\nwarnings.simplefilter('error')\nnp.seterr(all='raise')\nnp.log(0)",
        "def double(x):\n    np.ones(1) / 0\n    return 2 * x",
    ),
}


@pytest.fixture(scope="module")
def exercise(tmp_path_factory):
    return classroom.write_sources(tmp_path_factory.mktemp("sources"))


@pytest.mark.parametrize("name", ODD)
def test_a_right_answer_gets_its_points_in_an_odd_notebook(exercise, name):
    *before, answer = (ODD[name],) if isinstance(ODD[name], str) else ODD[name]
    handed_in = classroom.submission({**classroom.ANSWERS, "double": answer}, *before)
    result = grade_submission(handed_in, exercise, "any seed")
    assert result.points == result.out_of, result


def test_what_came_before_an_error_in_its_cell_is_done_once(exercise):
    counts = "counts = []\n\ndef count():\n    counts.append(1)\n    raise ValueError\n\ncount()"
    answer = f"{counts}\ndef double(x):\n    return 2 * len(counts) * x"
    handed_in = classroom.submission({**classroom.ANSWERS, "double": answer})
    assert grade_submission(handed_in, exercise, "any seed").points == sum(
        classroom.POINTS.values()
    )


def test_a_note_names_the_line_of_the_cell_that_it_is_about(exercise):
    helper = "# A helper.\n\n\ndef fail():\n    raise ValueError"
    plot = "import matplotlib.pyplot as plt\nplt.plot([1, 2], [1])\nprint(1)\nprint(2)\nprint(3)"
    before = [helper, "print(1)\nfail()\nprint(2)\nprint(3)\nprint(4)", plot, "import os, absent"]
    result = grade_submission(classroom.submission(classroom.ANSWERS, *before), exercise, "seed")
    assert result.points == result.out_of
    found = [re.findall(r"^Cell (\d+).* in line (\d+)", note) for note in result.notes]
    assert found == [[("3", "2")], [("4", "2")], [("5", "1")]]


def test_answers_in_cells_without_end_are_said_to_be_slow(exercise):
    # More of them than are tried one after the other.
    before = [f"{name} = [1 for _ in iter(int, 1)]" for name in classroom.ANSWERS] * 2
    result = grade_submission(classroom.submission({}, *before), exercise, "seed", seconds=0.2)
    assert {question.kind for question in result.questions} == {"out of time"}
    assert result.points == 0


def test_memory_that_is_not_there_is_told_in_a_sentence(exercise):
    answers = {**classroom.ANSWERS, "double": "def double(x):\n    return np.ones(10**11)"}
    result = grade_submission(classroom.submission(answers), exercise, "any seed")
    assert result.questions[0].kind == "out of memory"
    assert "The answer Unable" not in result.questions[0].detail


def test_the_line_is_told_of_the_answer_and_not_of_what_only_names_it(exercise):
    answers = {**classroom.ANSWERS, "double": "def double(x):\n    return 2 * absent"}
    after = {"plot": "dict(\n    double=double,\n)\nFalse if double == 2 else True"}
    result = grade_submission(classroom.submission(answers | after), exercise, "any seed")
    assert "Line 2 of your cell raises NameError" in result.questions[0].sentence


def test_many_cells_that_never_end_do_not_cost_the_answers_their_points(exercise):
    handed_in = classroom.submission(classroom.ANSWERS, *["while True:\n    pass"] * 7)
    result = grade_submission(handed_in, exercise, "any seed", seconds=0.3)
    assert result.points == result.out_of, result
    assert any("Only the cells that answer" in note for note in result.notes)


@pytest.mark.parametrize(("value", "kind"), [("3", "a number"), ("object()", "an object of")])
def test_what_is_no_function_earns_nothing_and_is_told_so(exercise, value, kind):
    answers = classroom.ANSWERS | {"double": f"double = {value}"}
    record = grade_submission(classroom.submission(answers), exercise, "seed")
    verdict = next(one for one in record.questions if one.name == "double")
    assert (verdict.kind, verdict.points) == ("error", 0)
    assert f"double is {kind}" in verdict.sentence
    assert "a function is expected, which is called as double(x)" in verdict.sentence
