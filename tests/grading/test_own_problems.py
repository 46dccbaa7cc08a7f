"""Questions of which each student has a problem, from the notebook to the gradebook."""

import csv
import json
import shutil
import time
import zipfile
from dataclasses import asdict
from types import SimpleNamespace

import pytest

from course_utils.exercises import checking, problem
from course_utils.exercises.build import build
from course_utils.exercises.exercise import load
from course_utils.exercises.problems import canonical
from course_utils.grading import gradescope
from course_utils.grading.__main__ import main
from course_utils.grading.classroom import main as grade_push
from course_utils.grading.grade import Paper, grade_submission
from course_utils.grading.intake import Cell, Submission, Submissions, known_exercises
from course_utils.grading.sandbox import unconfined
from course_utils.grading.whose import forms, whose

from . import classroom

pytestmark = classroom.needs_sandbox

SLUG = "own_problems"
_SPECIFICATION = '''
"""An exercise for tests."""

from course_utils.exercises import Exercise, Problems, Question, Wrong


def whole(rng):
    return {"curvature": int(rng.integers(2, 10**6))}


def numbers(rng):
    for _ in range(3):
        yield {"x": float(rng.normal())}


exercise = Exercise(
    lesson="tests/own_problems.ipynb",
    title="Own problems",
    questions=[
        Question("inverse", points=2, problems=Problems({"curvature": 4}, whole),
                 wrong=[Wrong("itself", source="inverse = given.curvature", hint="One over it.")]),
        Question("double", points=1, inputs=numbers),
    ],
)
'''
SETUP = "from course_utils.grading import check, problem\n\nstudent = {!r}  # your name"
FETCH = 'given = problem("inverse", student)\ngiven'
DOUBLE = "def double(x):\n    return 2 * x"


def grading(name, *, solution, points=None):
    told = {"schema_version": 3, "grade_id": name, "solution": solution, "grade": not solution}
    told |= {"locked": not solution, "task": False} | ({} if solution else {"points": points})
    return {"nbgrader": told}


def code(identifier, source, metadata):
    empty = {"outputs": [], "execution_count": None}
    return {"cell_type": "code", "id": identifier, "source": source, "metadata": metadata} | empty


def with_hidden_tests(call):
    return f"{call}\n### BEGIN HIDDEN TESTS\nassert {call}.passed\n### END HIDDEN TESTS"


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    """The sources of the exercise, built, where `check` and `problem` find it."""
    folder = tmp_path_factory.mktemp("course")
    begin, end = "### BEGIN SOLUTION", "### END SOLUTION"
    cells = [
        code("set-up", SETUP.format("").replace("''", '""'), {"tags": ["setup"]}),
        code("problem-inverse", FETCH, {}),
        code(
            "inverse",
            f"inverse = None\n{begin}\ninverse = 1 / given.curvature\n{end}",
            grading("inverse", solution=True),
        ),
        code(
            "check-inverse",
            with_hidden_tests('check("inverse", inverse, student)'),
            grading("check-inverse", solution=False, points=2),
        ),
        code(
            "double",
            f"def double(x):\n    {begin}\n    return 2 * x\n    {end}",
            grading("double", solution=True),
        ),
        code(
            "check-double",
            with_hidden_tests('check("double", double)'),
            grading("check-double", solution=False, points=1),
        ),
    ]
    notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (folder / "sources").mkdir()
    path = folder / "sources" / f"{SLUG}.ipynb"
    path.write_text(json.dumps(notebook), "utf-8")
    path.with_suffix(".py").write_text(_SPECIFICATION, "utf-8")
    build(folder / "sources", folder / "students", folder / "checks")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checking, "CHECKS", folder / "checks")
        checking._prepared.cache_clear()
        yield folder / "sources"
    checking._prepared.cache_clear()


def right(student):
    """What a student finds out who sees the problem of a name."""
    return str(1 / problem("inverse", student).curvature)


def cells(stated, answer, *more):
    yield Cell("code", SETUP.format(stated), "set-up", "")
    yield Cell("code", FETCH, "problem-inverse", "")
    yield Cell("code", f"inverse = {answer}", "inverse", "inverse")
    yield Cell("code", DOUBLE, "double", "double")
    for text in more:
        yield Cell("code", text, "", "")


def notebook(stated, answer, *more):
    """The text of a notebook that a student hands in."""
    written = [
        code(cell.id or f"own-{i}", cell.source, {})
        for i, cell in enumerate(cells(stated, answer, *more))
    ]
    told = {"metadata": {"course": {"exercise": SLUG}}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps({"cells": written} | told)


@pytest.fixture
def graded(sources):
    """Grade a student's notebook; return the result of the question whose problem is drawn."""

    def grade(student, stated, answer, *more, **known):
        identifier = known.pop("identifier", "")
        text = tuple(cells(stated, answer, *more))
        handed_in = Submission(student, identifier, "x", "0" * 64, SLUG, text, **known)
        result = grade_submission(handed_in, sources / f"{SLUG}.py", "a secret")
        return result, result.questions[0]

    return grade


# --- one submission -------------------------------------------------------------------------------


def test_who_solves_the_own_problem_gets_the_points(graded):
    result, question = graded("Jane Doe", "Jane Doe", right("Jane Doe"))
    assert (question.points, result.points, result.notes) == (2, 3, ())


def test_an_answer_passed_on_earns_nothing_and_is_said_to_be_anothers(graded):
    result, question = graded("Bo Li", "Jane Doe", right("Jane Doe"))
    assert (question.points, question.kind, question.hint) == (0, "wrong", "")
    assert "Not right for the problem of Bo Li" in question.sentence
    assert "the notebook states Jane Doe" in question.sentence
    assert result.states_other == "Jane Doe"
    assert result.notes == ("The notebook states Jane Doe as its student, and Bo Li handed it in.",)
    assert result.points == 1, "the other questions are none of its business"


def test_an_answer_passed_on_earns_nothing_under_the_own_name_either(graded):
    result, question = graded("Bo Li", "Bo Li", right("Jane Doe"))
    assert (question.points, result.states_other) == (0, "")


@pytest.mark.parametrize("stated", ["Jane Doe", "jane doe", " DOE,  Jane ", "jane.doe@example.edu"])
@pytest.mark.parametrize(
    ("student", "identifier"),
    [
        ("Jane Doe", ""),
        ("Jane Alice Doe", "12345"),
        ("doejane", "12345"),
        ("doejanealice", "12345"),
        ("Doe, Jane", ""),
        ("ＪＡＮＥ　ＤＯＥ", ""),
        ("own-problems-jane-doe", ""),
        ("Jane Doe (2)", ""),
    ],
)
def test_how_the_site_and_the_notebook_write_a_name_costs_nothing(
    graded, student, identifier, stated
):
    result, question = graded(student, stated, right(stated), identifier=identifier)
    assert (question.points, result.states_other) == (2, ""), question.sentence


def test_a_number_or_an_address_that_the_site_knows_is_as_good_as_the_name(graded):
    known = {"identifier": "12345", "aliases": ("jdoe7@example.edu",)}
    for stated in ("12345", 12345, "jdoe7", "JDOE7"):
        assert graded("Jane Doe", stated, right(stated), **known)[1].points == 2


def test_who_states_nobody_is_told_that_the_problem_to_practise_on_earns_nothing(graded):
    _, question = graded("Jane Doe", "", right(""))
    assert question.points == 0
    assert "the problem to practise on, which earns no mark. Write your name" in question.sentence
    assert graded("Jane Doe", "", right("Jane Doe"))[1].points == 2


def test_what_is_computed_from_the_problem_is_computed_from_the_own_one(graded):
    for stated in ("", "Jane Doe", "Bo Li"):
        assert graded("Jane Doe", stated, "1 / given.curvature")[1].points == 2


def test_where_the_site_tells_no_name_the_notebook_is_believed_but_for_practice(graded):
    named = graded("Participant 7", "Jane Doe", right("Jane Doe"), nameless=True)
    assert (named[1].points, named[0].notes) == (2, ())
    assert graded("Participant 7", "Jane Doe", right("Bo Li"), nameless=True)[1].points == 0
    practised = graded("Participant 7", "", right(""), nameless=True)[1]
    assert (practised.points, practised.kind) == (0, "wrong")


@pytest.mark.parametrize(
    "stated",
    [
        "J\u0430ne Doe",
        "Jane Doe" * 10**5,
        "\u202eeoD enaJ",
        "'; import os",
        "Jane",
        "Roe",
        None,
        0,
        "\ud800",
        "<b>Jane Doe</b>",
    ],
)
def test_no_name_that_is_stated_makes_anothers_answer_right(graded, stated):
    _, question = graded("Bo Li", stated, right("Jane Doe"))
    assert question.points == 0
    assert len(question.sentence) < 500


def test_a_name_that_changes_halfway_makes_anothers_answer_right_no_more(graded):
    after = 'student = "Jane Doe"\ngiven = problem("inverse", student)'
    for answer in (right("Jane Doe"), f"{right('Jane Doe')}\nstudent = 'Jane Doe'"):
        result, question = graded("Bo Li", "Bo Li", answer, after)
        assert question.points == 0
    result, question = graded("Bo Li", "Bo Li", right("Bo Li"), after)
    assert (question.points, result.states_other) == (2, "")


def test_the_seed_and_the_inputs_of_other_questions_have_no_part_in_a_problem(sources):
    exercise = load(sources / f"{SLUG}.py")
    one, other = (
        Paper.of(exercise, seed).of_student("Jane Doe").questions for seed in ("one", "other")
    )
    assert one["inverse"] is other["inverse"]
    assert one["double"].data() != other["double"].data()
    assert one["inverse"].problem == problem("inverse", "JANE DOE").values


def test_for_a_student_only_the_drawn_question_is_prepared_anew(sources):
    exercise = load(sources / f"{SLUG}.py")
    paper = Paper.of(exercise, "seed")
    assert paper.of_student("Jane Doe").questions["double"] is paper.questions["double"]


def test_a_name_has_few_forms_so_that_none_is_found_to_fit_anothers_problem():
    for name in ("Jane Doe", "Jane Alice Mary Doe", "a b c d e f g h i j"):
        assert len({canonical(form) for form in forms(name)}) < 60
    assert len({canonical(form) for form in forms("Bo Li")}) == 2


def test_a_notebook_full_of_names_takes_no_time():
    text = 'student = "' * 200_000 + "student = \n" * 200_000
    handed_in = Submission("Bo", "", "x", "0" * 64, SLUG, (Cell("code", text, "", ""),))
    before = time.process_time()
    whose(handed_in)
    assert time.process_time() - before < 10


# --- a class --------------------------------------------------------------------------------------

MOODLE = "{}_{}_assignsubmission_file_own_problems.ipynb"


@pytest.fixture
def results(sources, tmp_path):
    """Grade a zip of notebooks; return a function that reads what came of it."""

    def grade(files, *more):
        with zipfile.ZipFile(tmp_path / "class.zip", "w") as archive:
            for name, text in files.items():
                archive.writestr(name, text)
        told = ["grade", str(tmp_path / "class.zip"), "--out", str(tmp_path / "results")]
        assert main([*told, "--sources", str(sources), "--jobs", "1", *more]) == 0
        text = (tmp_path / "results" / "gradebook.csv").read_text("utf-8-sig")
        return {row["student"]: row for row in csv.DictReader(text.splitlines())}

    grade.folder = tmp_path / "results"
    return grade


def test_from_the_zip_of_a_site_to_gradebook_report_feedback_and_replay(results, sources, capsys):
    jane = notebook("jane doe", right("Jane Doe"))
    rows = results(
        {
            MOODLE.format("Jane Doe", 101): jane,
            MOODLE.format("Bo Li", 102): jane,
            MOODLE.format("Cy Roth", 103): notebook("Cy Roth", right("Cy Roth")),
            MOODLE.format("Dee Park", 104): notebook("", right("")),
            MOODLE.format("Participant", 105): notebook("Eve Sand", right("Eve Sand")),
        }
    )
    marks = {name: float(row["inverse (of 2)"]) for name, row in rows.items()}
    assert marks == {"Jane Doe": 2, "Bo Li": 0, "Cy Roth": 2, "Dee Park": 0, "Participant 105": 2}
    report = (results.folder / "report.html").read_text("utf-8")
    assert "States somebody else as its student, who has another problem (1)" in report
    assert "States the same student as another notebook (2)" in report
    assert "it states jane doe" in report
    assert main(["feedback", str(results.folder)]) == 0
    [page] = (results.folder / "feedback").glob("bo-li-*.html")
    assert "the notebook states jane doe" in page.read_text("utf-8")
    capsys.readouterr()
    for student in ("Bo Li", "Jane Doe", "Participant 105"):
        told = ["replay", str(results.folder), student, "--sources", str(sources)]
        assert main(told) == 0
        assert "points, as recorded." in capsys.readouterr().out


def test_with_a_roster_a_login_of_which_the_files_tell_nothing_is_the_students_own(
    results, sources, tmp_path, capsys
):
    roster = tmp_path / "roster.csv"
    roster.write_text("Name,Email\nJane Doe,jd77@example.edu\nBo Li,bl8@example.edu\n", "utf-8")
    files = {
        MOODLE.format("Jane Doe", 101): notebook("jd77", right("jd77")),
        MOODLE.format("Bo Li", 102): notebook("jd77", right("jd77")),
    }
    rows = results(files, "--roster", str(roster))
    marks = {name: float(row["inverse (of 2)"]) for name, row in rows.items()}
    assert marks == {"Jane Doe": 2, "Bo Li": 0}
    capsys.readouterr()
    assert main(["replay", str(results.folder), "Jane Doe", "--sources", str(sources)]) == 0
    assert "3 of 3 points, as recorded." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("file", "stated"),
    [
        ("doejane_12345_678901_own_problems.ipynb", "Jane Doe"),
        ("doejane_LATE_12345_678901_own_problems-1.ipynb", "12345"),
        ("Own problems_jdoe_attempt_2026-11-09-10-14-33_own_problems.ipynb", "JDoe"),
        ("12345-678901 - Jane Doe - Nov 9, 2026 1014 AM/own_problems.ipynb", "doe, jane"),
        ("submitted/jdoe/own_problems/own_problems.ipynb", "jdoe@example.edu"),
        ("Jane Doe/own_problems.ipynb", "Jané Doe"),
        ("own_problems_jane_doe.ipynb", "Jane Doe"),
        ("own_problems-jane-doe/own_problems.ipynb", "jane-doe"),
        ("anon_Ab3dE_678901_own_problems.ipynb", "Jane Doe"),
        ("own_problems.ipynb", "Jane Doe"),
    ],
)
def test_in_every_layout_the_own_answer_counts_and_anothers_does_not(
    sources, tmp_path, file, stated
):
    _, _, inside = file.rpartition("submitted/")
    other = "Zed Roe/own_problems.ipynb" if "/" in inside else "roezed_99_678902_own_problems.ipynb"
    with zipfile.ZipFile(tmp_path / "class.zip", "w") as archive:
        archive.writestr(file, notebook(stated, right(stated)))
        archive.writestr(file.replace(inside, other), notebook("Zed Roe", right(stated)))
    known = known_exercises(sources)
    marks = {
        one.path: grade_submission(one, known[SLUG].path, "a secret").questions[0].points
        for one in Submissions(tmp_path / "class.zip", known)
    }
    assert marks == {file: 2, file.replace(inside, other): 0}


def test_a_worker_on_another_machine_comes_to_the_same(sources, monkeypatch):
    cluster = pytest.importorskip("course_utils.grading.cluster")
    worker = SimpleNamespace(local_directory=str(sources.parent))
    monkeypatch.setattr(cluster, "get_worker", lambda: worker)
    for student, stated in (("Jane Doe", "jdoe7"), ("Bo Li", "Jane Doe"), ("Participant 7", "Cy")):
        handed_in = Submission(
            student,
            "12",
            "x",
            "0" * 64,
            SLUG,
            tuple(cells(stated, right(stated))),
            aliases=("jdoe7@example.edu",) if student == "Jane Doe" else (),
            nameless=student == "Participant 7",
        )
        here = grade_submission(handed_in, sources / f"{SLUG}.py", "a secret")
        message = {
            "submission": asdict(handed_in),
            "sources": sources.name,
            "exercise": SLUG,
            "seed": "a secret",
            "unsafe": False,
        }
        there = cluster._read(cluster.grade_bytes(json.dumps(message).encode()))
        assert there == here


def test_gradescope_tells_who_handed_in(sources, tmp_path, monkeypatch):
    folder = tmp_path / "autograder"
    monkeypatch.setattr(unconfined, "USER", None)
    told = ["--format", "gradescope", "--sources", str(sources), "--exercise", SLUG]
    assert main(["export", *told, "--out", str(tmp_path / "a.zip")]) == 0
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        archive.extractall(folder / "source")
    for name in ("submission", "results"):
        (folder / name).mkdir()
    users = [{"name": "Jane Doe", "email": "jdoe7@example.edu", "id": 1}]
    metadata = folder / "submission_metadata.json"

    def score(stated, answer):
        text = notebook(stated, answer)
        (folder / "submission" / "Bo Li.ipynb").write_text(text, "utf-8")
        gradescope.autograder(folder)
        return json.loads((folder / "results" / "results.json").read_text("utf-8"))["score"]

    metadata.write_text(json.dumps({"users": users}), "utf-8")
    assert score("Jane Doe", right("Jane Doe")) == 3
    assert score("jdoe7", right("jdoe7")) == 3
    assert score("Bo Li", right("Bo Li")) == 1
    for odd in ("[]", '{"users": 3}', '{"users": [3]}', "{"):
        metadata.write_text(odd, "utf-8")
        assert score("Bo Li", right("Bo Li")) == 3, "the file's name is all that is known"


def test_a_push_is_judged_for_the_login_that_the_repository_is_named_after(
    sources, tmp_path, monkeypatch, capsys
):
    folder = tmp_path / "own-problems-jdoe"
    told = ["--format", "classroom", "--sources", str(sources), "--exercise", SLUG]
    assert main(["export", *told, "--out", str(folder)]) == 0
    monkeypatch.chdir(folder)
    monkeypatch.setenv("GITHUB_REPOSITORY", "school/own-problems-jdoe")

    def passed(stated, answer):
        (folder / f"{SLUG}.ipynb").write_text(notebook(stated, answer), "utf-8")
        return grade_push(["inverse"]) == 0

    assert passed("jdoe", right("jdoe"))
    assert passed("JDoe", right("jdoe"))
    assert not passed("ada", right("ada"))
    assert not passed("", right(""))
    assert "the problem to practise on, which earns no mark" in capsys.readouterr().out
    # The instructor's machine grades the folder of all repositories.
    whole = tmp_path / "class"
    for login in ("jdoe", "ada"):
        shutil.copytree(folder, whole / f"own-problems-{login}")
        text = notebook("jdoe", right("jdoe"))
        (whole / f"own-problems-{login}" / f"{SLUG}.ipynb").write_text(text, "utf-8")
    submissions = Submissions(whole, known_exercises(sources))
    assert sorted(whose(one).own for one in submissions) == [False, True]
