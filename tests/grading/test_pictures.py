"""What a student's page shows besides words: a picture of a path, and where to read on."""

import json
import re

import numpy as np
import pytest

from course_utils.exercises.exercise import SOURCES, SourceError, load
from course_utils.grading.export import Student
from course_utils.grading.grade import grade_submission
from course_utils.grading.intake import known_exercises
from course_utils.grading.pages import feedback_page
from course_utils.grading.pictures import drawing

from . import classroom

NOTEBOOKS = SOURCES.parents[1]
DRAWN = """Question("double", points=1,
                 picture=Picture("Four doubled", "[double(x) for x in range(1, 5)]", {}),"""


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    """Return the small exercise with a picture in its first question."""
    path = classroom.write_sources(tmp_path_factory.mktemp("drawn"))
    text = path.read_text("utf-8").replace("Exactly, Exercise,", "Exactly, Exercise, Picture,")
    path.write_text(text.replace('Question("double", points=1,', DRAWN), "utf-8")
    return path


def first(answer, exercise, **more):
    """Return the result of the first question."""
    submission = classroom.submission(classroom.ANSWERS | {"double": answer})
    return grade_submission(submission, exercise, "s", **more).questions[0]


@classroom.needs_sandbox
def test_a_wrong_path_is_shown_beside_the_right_one_and_a_right_one_is_not_shown(drawn):
    picture = first(classroom.WRONG["double"], drawn).picture
    assert picture == {
        "title": "Four doubled",
        "expected": [[2.0], [4.0], [6.0], [8.0]],
        "came": [[3.0], [6.0], [9.0], [12.0]],
    }
    assert first(classroom.ANSWERS["double"], drawn).picture is None


@classroom.needs_sandbox
@pytest.mark.parametrize(
    "answer",
    [
        # what is remembered of hidden inputs, in the process or in its files
        (
            "seen = []\n"
            "def double(x):\n"
            "    seen.append(x)\n"
            "    return [float(np.sum(one)) for one in seen]"
        ),
        (
            "def double(x):\n"
            "    import os, pickle\n"
            "    there = os.path.exists('/tmp/seen')\n"
            "    old = pickle.load(open('/tmp/seen', 'rb')) if there else 0.0\n"
            "    pickle.dump(float(np.sum(x)), open('/tmp/seen', 'wb'))\n"
            "    return old + 0 * x"
        ),
        # one that ends itself with the first hidden input, to be drawn in the next process
        (
            "def double(x):\n"
            "    if isinstance(x, np.ndarray):\n"
            "        import os\n"
            "        os._exit(1)\n"
            "    return x"
        ),
    ],
)
def test_a_picture_holds_nothing_of_a_hidden_input(answer, drawn):
    shown = {first_with(seed, answer, drawn) for seed in ("a", "b", "c")}
    assert len(shown) == 1


def first_with(seed, answer, exercise):
    submission = classroom.submission(classroom.ANSWERS | {"double": answer})
    return json.dumps(grade_submission(submission, exercise, seed).questions[0].picture)


@classroom.needs_sandbox
@pytest.mark.parametrize(
    "end", ["while True: pass", "import os; os._exit(0)", "raise ValueError", "return 'no path'"]
)
def test_what_goes_wrong_in_a_picture_costs_no_point(end, drawn):
    answer = f"def double(x):\n    if isinstance(x, int):\n        {end}\n    return 2 * x"
    question = first(answer, drawn, seconds=2)
    assert (question.points, question.picture) == (1, None)


def test_a_picture_that_is_no_path_is_refused_in_a_sentence(drawn, tmp_path):
    text = drawn.read_text("utf-8").replace("[double(x) for x in range(1, 5)]", "double(1)")
    path = classroom.write_sources(tmp_path)
    path.write_text(text, "utf-8")
    with pytest.raises(SourceError, match="the call gives no path; make it a list of 2 to 300"):
        _ = load(path).pictures


@pytest.mark.parametrize(
    ("came", "away"),
    [
        ([[0, 0], [1, 1], [2, 2]], None),
        ([[0, 0], [-1e30, 5], [1e300, -1e300]], 1),
        ([[0, 0], [1, 1], [1.0, 1e9]], 2),
        ([[1e12, 1e12]], 0),
        ([[0, 0]] * 300, None),
    ],
)
def test_a_path_that_runs_away_is_drawn_until_it_leaves_the_picture(came, away):
    made = drawing({"title": "", "expected": [[0, 0], [1, 2], [2, 2]], "came": came})
    assert made["away"] == away
    points = np.array([point.split(",") for point in made["came"].split()], dtype=float)
    assert (points >= 0).all()
    assert (points <= [made["width"], made["height"]]).all()


@pytest.mark.parametrize("slug", sorted(path.stem for path in SOURCES.glob("*.ipynb")))
def test_each_question_names_a_section_of_a_lesson_that_is_there(slug):
    known = known_exercises(SOURCES)[slug]
    assert list(known.sections) == list(known.points)
    for title, place in known.sections.values():
        path, _, anchor = place.partition("#")
        lesson = json.loads((NOTEBOOKS / f"{path}.ipynb").read_text("utf-8"))
        text = "\n".join("".join(cell["source"]) for cell in lesson["cells"])
        headings = re.findall(r"^##+ (.+)$", text, re.MULTILINE)
        if anchor:
            [heading] = [one for one in headings if anchor_of(one) == anchor]
            assert heading.removesuffix(" (optional)") == title


def anchor_of(heading):
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def test_the_page_links_each_question_that_is_not_right_to_what_explains_it():
    question = {"name": "double", "points": 0, "out_of": 1, "kind": "wrong"}
    question |= {"sentence": "No.", "hint": ""}
    record = {"exercise": "e", "status": "graded", "advice": None, "points": 0, "out_of": 1}
    record |= {"questions": [question], "notes": [], "path": "a.ipynb"}
    sections = {"double": ["One & two", "1_part/03_lesson#one-two"]}
    exercises = {"e": {"title": "E", "questions": {"double": 1}, "sections": sections}}
    page = feedback_page(Student("Ada", "", (record,)), exercises, "https://example.edu/course/")
    address = "https://example.edu/course/notebooks/1_part/03_lesson.html#one-two"
    assert f'<a href="{address}">One &amp; two</a>' in page
    without = feedback_page(Student("Ada", "", (record,)), exercises)
    assert "“One &amp; two”" in without
    assert "<a " not in without


def test_every_picture_of_the_course_is_of_a_path_that_its_solution_makes():
    assert sum(len(load(path).pictures) for path in SOURCES.glob("*.ipynb")) >= 8
