"""What `check` says beside a question, and what an answer is compared with."""

# ruff: noqa: ARG005  (answers take what they are given, whether they use it or not)

import inspect
import json
import re
import subprocess
import sys
import textwrap
from html.parser import HTMLParser

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from hypothesis.extra import numpy as some_numpy

from course_utils.exercises import (
    Between,
    Close,
    Each,
    Exactly,
    OneOf,
    Partition,
    Sample,
    Wrong,
    ZeroOr,
    check,
    checking,
)
from course_utils.exercises.build import build
from course_utils.exercises.exercise import SourceError, load
from course_utils.exercises.expected import expected_from, shown
from course_utils.exercises.judging import Case, Prepared, judge
from course_utils.exercises.running import Failure, Outcome
from course_utils.exercises.values import Opaque, dumps, loads

SPECIFICATION = """
import numpy as np
from course_utils.exercises import Between, Exercise, Formula, Question, Wrong

def inputs(rng):
    yield {"x": np.array([1.0, 2.0]), "factor": 2.5}
    for _ in range(3):
        yield {"x": rng.normal(size=3), "factor": rng.uniform(1, 2)}

exercise = Exercise(
    lesson="1_cost_functions/99_stretching.ipynb",
    title="Stretching",
    blocked=("optimizers",),
    questions=[
        Question("stretch", points=2, inputs=inputs, wrong=[
            Wrong("a sum", replace={"factor * x": "factor + x"}, hint="Stretching multiplies."),
            Wrong("fails", source="def stretch(x, factor):\\n    return 1 / 0", hint="No zero."),
        ]),
        Question("largest_rate", expect=lambda rate: Between(rate - 0.01, rate), wrong=[
            Wrong("diverges", source="largest_rate = 3", hint="With <this> rate it diverges.",
                  recognise=lambda rate: Between(2.01, np.inf)),
        ]),
    ],
)
"""
STRETCH = """def stretch(x, factor):
    ### BEGIN SOLUTION
    return factor * x
    ### END SOLUTION"""
RATE = """largest_rate = None  # your answer
### BEGIN SOLUTION
largest_rate = 2.0
### END SOLUTION"""


def cells():
    made = [
        {
            "cell_type": "code",
            "id": "setup",
            "metadata": {"tags": ["setup"]},
            "source": "import numpy as np\n\nfrom course_utils.grading import check",
        }
    ]
    for name, source, points in (("stretch", STRETCH, 2), ("largest_rate", RATE, 1)):
        common = {"schema_version": 3, "task": False}
        answer = {"solution": True, "grade": False, "locked": False, "grade_id": name}
        graded = {"solution": False, "grade": True, "locked": True, "points": points}
        graded |= {"grade_id": f"check-{name}"}
        call = f'check("{name}", {name})'
        tests = f"{call}\n### BEGIN HIDDEN TESTS\nassert {call}.passed\n### END HIDDEN TESTS"
        made += [
            {
                "cell_type": "code",
                "id": identifier,
                "metadata": {"nbgrader": common | metadata},
                "source": text,
            }
            for identifier, metadata, text in (
                (name, answer, source),
                (f"check-{name}", graded, tests),
            )
        ]
    return [cell | {"execution_count": None, "outputs": []} for cell in made]


def write(folder, *, specification=SPECIFICATION, notebook=None):
    folder.mkdir(exist_ok=True)
    text = json.dumps({"cells": notebook or cells(), "metadata": {}, "nbformat": 4})
    (folder / "99_stretching.ipynb").write_text(text, "utf-8")
    (folder / "99_stretching.py").write_text(specification, "utf-8")
    return folder


@pytest.fixture(scope="module", autouse=True)
def course(tmp_path_factory):
    """A course of one exercise, built, where check finds it."""
    folder = tmp_path_factory.mktemp("course")
    build(write(folder / "sources"), folder / "students", folder / "checks")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checking, "CHECKS", folder / "checks")
        checking._prepared.cache_clear()
        yield folder
    checking._prepared.cache_clear()


def say(found):
    """What a check says, as words: the plain text, which has to agree with the table."""
    table = re.sub(r"<[^>]+>", " ", found._repr_html_())
    for word in ("right", "not right yet", "not attempted yet"):
        assert (f": {word}" in str(found)) == (f": {word}" in table)
    return str(found)


# --- what it says ---------------------------------------------------------------------------------


def test_a_right_answer_is_told_what_was_checked_and_no_more():
    found = check("stretch", lambda x, factor: factor * x)
    assert found.passed
    assert "Checked 4 inputs of stretch; grading draws others." in say(found)


def test_the_solution_passes_in_other_types_that_are_as_good():
    assert check("stretch", lambda x, factor: [factor * one for one in x]).passed
    assert check("stretch", lambda x, factor: tuple(float(factor * one) for one in x)).passed
    complexes = check("stretch", lambda x, factor: np.array([complex(y) for y in factor * x], "O"))
    assert complexes.passed


def test_what_stands_behind_a_mask_is_no_answer():
    assert check("stretch", lambda x, factor: np.ma.masked_array(factor * x)).passed
    assert not check("stretch", lambda x, factor: np.ma.masked_array(factor * x, mask=True)).passed


@pytest.mark.parametrize("answer", [lambda x, factor: None, lambda *_: ..., None, ...])
def test_a_stub_is_not_attempted_and_nothing_is_raised(answer):
    for name in ["stretch"] if callable(answer) else ["stretch", "largest_rate"]:
        found = check(name, answer)
        assert not found.passed
        assert "not attempted yet" in say(found)
        assert "✗" not in str(found)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (3, "a number"),
        (np.float64(3), "a number"),
        (True, "a truth value"),
        ("stretch", "text"),
        ([1, 2], "a list"),
        (np.ones(3), "an array"),
        (object(), "an object of another type"),
    ],
)
def test_what_is_no_function_is_told_so_where_one_is_expected(answer, kind):
    found = check("stretch", answer)
    assert (found.verdict.kind, found.verdict.points) == ("error", 0)
    assert f"stretch is {kind}" in say(found)
    assert "a function is expected, which is called as stretch(x, factor)" in say(found)
    assert "not callable" not in say(found)


def test_a_known_wrong_answer_is_shown_what_came_and_given_its_hint():
    said = say(check("stretch", lambda x, factor: factor + x))
    assert "Hint: Stretching multiplies." in said
    assert "answer[0] should be 2.5 and is 3.5" in said
    assert re.search(r"x = \[1, 2\].*\n +expected +\[2.5, 5\]\n +yours +\[3.5, 4.5\]", said)


def test_a_value_that_is_wrong_is_not_shown_the_right_one():
    found = check("largest_rate", 3)
    assert "The answer is too large." in say(found)
    assert "expected" not in str(found)
    assert "1.99" not in found._repr_html_()


def broken(x, factor):
    return x[7] * factor


def test_an_exception_is_shown_with_the_students_own_line():
    said = say(check("stretch", broken))
    assert "raises IndexError" in said
    assert "return x[7] * factor" in said
    assert "index 7 is out of bounds" in said


def test_a_function_with_other_arguments_is_told_how_it_is_called():
    assert "it is called as stretch(x, factor)" in say(check("stretch", lambda x: x))


def test_a_call_that_exits_does_not_end_the_notebook():
    assert "SystemExit" in say(check("stretch", lambda x, factor: sys.exit()))


def in_place(x, factor):
    x *= factor
    return x


def test_a_right_answer_that_changes_its_inputs_is_told_so():
    found = check("stretch", in_place)
    assert not found.passed
    assert "The values are right. It changes its input x in place" in say(found)
    assert check("stretch", lambda x, factor: factor * x).passed, "the inputs are as they were"


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (lambda x, factor: factor * x[:, None], "has 2 dimensions where 1 was expected"),
        (lambda x, factor: factor * x[:-1], "not the expected shape: its shape is (1,) instead"),
        (lambda x, factor: x * np.nan, "contains NaN"),
        (lambda x, factor: x + np.inf, "infinite"),
        (lambda x, factor: (factor * x).astype(int), "make it with dtype=float"),
        (lambda x, factor: x > 0, "has truth values (True and False) where numbers"),
        (lambda x, factor: factor * x + 1j, "is complex where real numbers"),
        (lambda x, factor: "2", "is text; an array of 1 dimension was expected"),
        (lambda x, factor: factor, "is a number where an array of 1 dimension was expected"),
        (lambda x, factor: {"x": x}, "is a dictionary"),
        (lambda x, factor: (one for one in x), "is a generator"),
        (lambda x, factor: np.sum, "was it called"),
        (lambda x, factor: 10**70, "is a number where"),
    ],
)
def test_each_kind_of_mistake_has_its_own_sentence(answer, sentence):
    assert sentence in say(check("stretch", answer))


def test_an_unknown_name_is_refused_with_the_known_ones():
    with pytest.raises(LookupError, match=r"no question 'strech'.*stretch, largest_rate"):
        check("strech", abs)


def test_what_is_not_to_be_had_when_it_is_graded_does_not_pass():
    import course_utils
    from course_utils import Adam, Quadratic

    def by_import(x, factor):
        from course_utils import Momentum

        return factor * x if Momentum else None

    def by_module(x, factor):
        return factor * x if course_utils.Adam else None

    def by_name(x, factor):
        return factor * x if Adam else None

    def by_another(x, factor):
        return by_import(x, factor)

    def allowed(x, factor):
        return factor * x if Quadratic else None

    # A notebook's names are global.
    scope = {"Adam": Adam, "Quadratic": Quadratic, "course_utils": course_utils}
    for answer in (by_import, by_module, by_name, by_another):
        answer = as_global(answer, scope)
        scope[answer.__name__] = answer
        found = check("stretch", answer)
        assert not found.passed
        assert "course_utils.optimizers, which cannot be imported" in say(found)
    assert check("stretch", as_global(allowed, scope)).passed


def as_global(function, scope):
    """The function as if it stood in a cell of a notebook, where all names are global."""
    exec(textwrap.dedent(inspect.getsource(function)), scope)  # noqa: S102
    return scope[function.__name__]


class Tags(HTMLParser):
    """What tags there are, and whether they are closed."""

    def __init__(self):
        super().__init__()
        self.open, self.seen, self.scopes = [], [], []

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)
        self.seen.append(tag)
        if tag == "th":
            self.scopes.append(dict(attrs).get("scope"))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_the_table_says_in_words_what_its_colours_say_and_names_its_heads():
    text = check("stretch", lambda x, factor: factor * np.abs(x))._repr_html_()
    tags = Tags()
    tags.feed(text)
    assert tags.open == []
    assert "caption" in tags.seen
    assert set(tags.scopes) == {"col", "row"}
    rows = re.findall(r"<tr style.*?</tr>", text, re.DOTALL)
    assert all(("✓ right" in row) != ("✗ wrong" in row) for row in rows)
    assert len(rows) == 4
    # No colour of text: that of the page is readable on it, be it light or dark.
    assert not re.search(r"[;']color:(?!inherit)", text)


def test_nothing_in_an_answer_becomes_part_of_the_page():
    found = check("stretch", lambda x, factor: "<img src=x onerror=alert(1)>")
    assert "<img" not in found._repr_html_()
    assert "&lt;this&gt;" in check("largest_rate", 5)._repr_html_()


def test_it_needs_numpy_and_the_standard_library_alone():
    program = """
import sys

class Nothing:
    allowed = {"numpy", "course_utils", *sys.stdlib_module_names}

    def find_spec(self, name, path=None, target=None):
        top = name.partition(".")[0]
        if top not in self.allowed and not top.startswith("_sysconfigdata"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Nothing())
from course_utils.grading import check
for answer in (lambda *inputs: None, lambda *inputs: inputs[1], None):
    found = check("adam", answer)
    print(found.passed, len(repr(found)) > 20, len(found._repr_html_()) > 20)
print(sorted(name for name in sys.modules if name.startswith("course_utils.")))
"""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.stderr == ""
    first, _, third, modules = done.stdout.splitlines()
    assert first == third == "False True True"
    wanted = [
        "checking",
        "expected",
        "judging",
        "problems",
        "relations",
        "running",
        "values",
        "wording",
    ]
    inside = [f"course_utils.exercises.{module}" for module in wanted]
    assert modules == str(["course_utils.exercises", *inside, "course_utils.grading"])


# --- what an answer is compared with --------------------------------------------------------------

EVERY = [
    (Close(np.array([0.5, 2])), [0.5, 2], [0.5, 2.1]),
    (Close((1.0, np.eye(2), None)), (1, np.eye(2), None), (1, np.eye(2), 0)),
    (Close({"m": 1.0, "steps": [1, 2]}), {"m": 1.0, "steps": (1, 2)}, {"m": 1.0}),
    (Close([np.zeros(2), np.ones(3)]), [np.zeros(2), np.ones(3)], [np.zeros(2), np.ones(2)]),
    (Close([]), [], [1]),
    (Close(np.nan), np.nan, 0.0),
    (Close(np.inf), np.inf, 1e308),
    (Close(1 + 2j), 1 + 2j, 1.0),
    (Close(np.array([True, False])), [True, False], [1, 0]),
    (Exactly("minibatch"), " Minibatch", "batch"),
    (Exactly(None), None, 0),
    (Exactly(False), np.array(False), 0),
    (Exactly(3), 3.0, 3.0000001),
    (Between(0, [1, 2]), np.array([1.0, 1.5]), np.array([1.5, 1.0])),
    (OneOf("slow", "too small"), "Slow", "too large"),
    (OneOf(1, 2.5), 2.5, 2),
    (Partition(7, 3), [[6, 1, 2], [0, 4, 5], [3]], [[0, 1, 2], [3, 4, 5], [6]]),
    (Sample(0, 1, (4000,)), np.random.default_rng(0).normal(size=4000), np.zeros(4000)),
    (ZeroOr(np.ones(100), 0.5), np.arange(100) % 2, np.ones(100)),
    (Each(Between(0, 1), Exactly("on")), (0.5, "on"), (2, "on")),
]


@pytest.mark.parametrize(("expected", "right", "wrong"), EVERY)
def test_it_tells_right_from_wrong_and_says_so_also_after_a_journey(expected, right, wrong):
    for one in (expected, expected_from(loads(dumps(expected.data())))):
        assert one.mismatch(right) is None
        assert one.mismatch(wrong).sentence.endswith(".")
        assert one.text == expected.text


@pytest.mark.parametrize("expected", [expected for expected, _, _ in EVERY])
@pytest.mark.parametrize(
    "answer",
    [
        None,
        "",
        -77.125,
        10**60,
        True,
        np.nan,
        np.array(["a"][:0]),
        np.full((2, 2), 77.125),
        np.full(2, 1 + 77.125j),
        [[77.125], "secret"],
        {"secret": 77.125},
        (77.125,) * 50,
        Opaque("secret"),
        Opaque("function"),
    ],
    ids=shown,
)
def test_whatever_comes_it_neither_fails_nor_repeats_a_value(expected, answer):
    found = expected.mismatch(answer)
    if found is not None:
        for value in ("77", "secret", "e+60", "000000"):
            assert value not in found.sentence


ARRAYS = some_numpy.arrays(
    some.sampled_from([bool, np.int64, float, complex]), some_numpy.array_shapes(min_dims=0)
)
LEAVES = (
    some.none()
    | some.booleans()
    | some.integers(-(2**255), 2**255)
    | some.floats()
    | some.complex_numbers()
    | some.text()
    | some.text().map(Opaque)
    | ARRAYS
)
PLAIN = some.recursive(
    LEAVES,
    lambda parts: (
        some.lists(parts) | some.lists(parts).map(tuple) | some.dictionaries(some.text(), parts)
    ),
)


@settings(deadline=None, max_examples=100)
@given(PLAIN)
def test_no_plain_data_whatever_makes_a_comparison_fail(answer):
    for expected, right, _ in EVERY:
        found = expected.mismatch(answer)
        assert found is None or (found.sentence and found.detail)
        assert "\n" not in shown(answer)
        # An answer of that kind as the expected one is a comparison too.
        Close(answer).mismatch(right)


def test_a_sentence_for_students_holds_no_message_and_no_name_of_their_own():
    question = Prepared("f", 1, "f(x)", (Case({"x": 42.5}, Close(1.0)),))
    for failure in (
        Failure("Input42", "x is 42.5", 3, "raise Input42(x)"),
        Failure("ValueError", "42.5"),
        Failure("UnreadableError", "holds 42.5"),
    ):
        for kind in ("error", "unreadable"):
            verdict = judge(question, [Outcome(kind, failure=failure)])
            assert "42" not in verdict.sentence.replace("raise Input42(x)", "")
            assert verdict.points == 0


@pytest.mark.parametrize("kind", ["missing", "out of time", "out of memory", "ended", "unreadable"])
def test_an_answer_that_never_came_is_worth_nothing_and_has_a_sentence(kind):
    question = Prepared("f", 2, "f(x)", (Case({"x": 1}, Close(1.0)), Case({"x": 2}, Close(2.0))))
    verdict = judge(question, [Outcome("answer", 1.0), Outcome(kind)])
    assert (verdict.kind, verdict.points, verdict.out_of) == (kind, 0, 2)
    assert len(verdict.sentence) > 20


def test_an_outcome_that_is_missing_is_an_error_of_the_grader():
    with pytest.raises(ValueError, match="one outcome for each case"):
        judge(Prepared("f", 1, "f(x)", (Case({"x": 1}, Close(1.0)),)), [])


def test_long_values_are_shown_in_one_short_line():
    deep = value = []
    for _ in range(15):
        value.append([])
        value = value[0]
    for long in (np.zeros((50, 50, 50)), ["x" * 10_000] * 50, {"k" * 500: deep}, 2**255, deep):
        assert len(shown(long)) <= 125
        assert "\n" not in shown(long)


# --- what authors are told ------------------------------------------------------------------------


def test_the_edits_of_a_wrong_answer_are_made_at_once_so_that_two_texts_can_be_exchanged():
    exchanged = Wrong("exchanged", replace={"x": "y", "y": "x", "y + 1": "y"})
    assert exchanged.cell("return x - y * (y + 1)") == "return y - x * (y)"
    with pytest.raises(SourceError, match="needs either replace or source"):
        Wrong("nothing", replace={}).cell("return x")


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("### BEGIN SOLUTION\\n    return factor", "return factor", "needs lines '### BEGIN"),
        ('\\"points\\": 2', '\\"points\\": 3', "nbgrader metadata"),
        ("check-stretch", "check-strech", "no cell of the id 'check-stretch'"),
        ('"id": "stretch"', '"id": "other"', "no cell of the id 'stretch'"),
        ('"tags": ["setup"]', '"tags": []', "no cell has the tag 'setup'"),
        ("assert check", "assert 1 or check", "should have these lines"),
        ("return factor * x", "return factor ** x", "is not in the solution"),
    ],
)
def test_a_malformed_notebook_is_refused_with_a_sentence(tmp_path, old, new, sentence):
    text = json.dumps(cells())
    old, new = old.replace('\\"', '"'), new.replace('\\"', '"')
    assert old in text
    write(tmp_path, notebook=json.loads(text.replace(old, new)))
    with pytest.raises(SourceError, match=re.escape(sentence)):
        build(tmp_path, tmp_path / "students", tmp_path / "checks")
    assert not (tmp_path / "students").exists()


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("inputs=inputs", 'inputs=inputs, call="stretch(x, y)"', "uses y"),
        ('"x": rng.normal(size=3), "factor"', '"y": 1, "factor"', "the same inputs in each case"),
        ('"largest_rate", ', '"stretch", ', "two questions are called 'stretch'"),
        ("Between(rate - 0.01, rate)", "Between(0, 1)", "the solution itself is not as expected"),
        ("99_stretching.ipynb", "98_other.ipynb", "name it 98_other.py"),
        ('hint="Stretching multiplies."', 'hint=""', "has no hint"),
        ("exercise = ", "exercises = ", "defines no exercise"),
        ("def inputs", "1 / 0\ndef inputs", "ZeroDivisionError"),
    ],
)
def test_a_malformed_python_file_is_refused_with_a_sentence(tmp_path, old, new, sentence):
    assert old in SPECIFICATION
    write(tmp_path, specification=SPECIFICATION.replace(old, new))
    with pytest.raises(SourceError, match=re.escape(sentence)):
        build(tmp_path, tmp_path / "students", tmp_path / "checks")


def test_a_name_in_two_exercises_is_refused(tmp_path):
    write(tmp_path)
    for suffix in (".py", ".ipynb"):
        text = (tmp_path / f"99_stretching{suffix}").read_text("utf-8")
        (tmp_path / f"98_again{suffix}").write_text(
            text.replace("99_stretching", "98_again"), "utf-8"
        )
    with pytest.raises(SourceError, match="'stretch' is in 98_again and in 99_stretching"):
        build(tmp_path, tmp_path / "students", tmp_path / "checks")


def test_an_exercise_that_is_not_there_is_refused_with_those_that_are(tmp_path):
    with pytest.raises(SourceError, match="99_stretching"):
        load(write(tmp_path) / "98_other.py")


def test_students_get_a_place_for_their_code_and_nothing_else(course):
    notebook = json.loads((course / "students" / "99_stretching.ipynb").read_text("utf-8"))
    sources = {cell["id"]: "".join(cell["source"]) for cell in notebook["cells"]}
    assert sources["stretch"] == "def stretch(x, factor):\n    ...  # your code here"
    assert sources["largest_rate"] == "largest_rate = None  # your answer"
    assert sources["check-stretch"] == 'check("stretch", stretch)'


def test_expected_numbers_may_be_rounded_otherwise_on_another_machine(course, tmp_path):
    folders = (course / "sources", tmp_path / "students", tmp_path / "checks")
    build(*folders)
    path = tmp_path / "checks" / "99_stretching.json"
    text = path.read_text("utf-8")
    rounded = re.sub(r"(?<![\d.])2\.5(?!\d)", "2.5000000000000004", text)
    assert rounded != text
    for changed, stale in ((rounded, 0), (text.replace("2.5", "2.6"), 1), (text + "x", 1)):
        path.write_text(changed, "utf-8")
        assert len(build(*folders).written) == stale
