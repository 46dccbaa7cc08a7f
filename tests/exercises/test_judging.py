"""What an answer is worth, whatever kind of number it comes in, and which hint is true of it."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from course_utils.exercises import Between, Close
from course_utils.exercises.build import exercises
from course_utils.exercises.judging import Case, Mistake, Part, Prepared, Symptom, judge
from course_utils.exercises.running import Outcome, failure_of, run_case
from course_utils.exercises.values import decode, dumps, encode, loads

EVERY = {exercise.slug: exercise for exercise in exercises()}


def travelled(value):
    return decode(loads(dumps(encode(value))))


FLOATS = ("float16", "float32", "float64", "longdouble", "complex64", "complex128", "clongdouble")
INTEGERS = ("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "object")


@pytest.mark.parametrize("dtype", [*FLOATS, *INTEGERS])
@pytest.mark.parametrize("shape", [(), (3,), (2, 2), (0,)])
def test_every_type_of_number_that_numpy_has_is_read(dtype, shape):
    value = np.full(shape, 2).astype(dtype)
    for one in (value, value[()], [value[()]], (value,)):
        came = travelled(one)
        wanted = np.full(shape, 2.0)
        expected = {list: [wanted], tuple: (wanted,)}.get(type(one), wanted)
        assert Close(expected).mismatch(came) is None or shape == (0,), (dtype, one)


@pytest.mark.parametrize("dtype", ["bool", "object"])
def test_truth_values_stay_truth_values(dtype):
    assert Close(np.array([True, False])).mismatch(travelled(np.array([1, 0], bool))) is None
    came = travelled(np.array([True, False]).astype(dtype))
    assert came.dtype == bool


def test_the_largest_integer_of_numpy_is_read():
    largest = np.uint64(2**64 - 1)
    for value in (largest, np.array([largest])):
        assert np.all(np.asarray(travelled(value), float) == 2.0**64)


@pytest.mark.parametrize("value", [Fraction(1, 2), Decimal("0.5"), np.array([0.5], object)])
def test_exact_fractions_are_numbers(value):
    wanted = np.array([0.5]) if isinstance(value, np.ndarray) else 0.5
    assert Close(wanted).mismatch(travelled(value)) is None


def test_a_real_number_that_comes_as_complex_is_a_real_number():
    values = np.array([1.0, 2.0])
    assert Close(values).mismatch(travelled(values + 0j)) is None
    assert Close(1.0).mismatch(travelled(1 + 0j)) is None
    assert Between(0, 1).mismatch(travelled(0.5 + 0j)) is None
    assert "complex" in Close(1.0).mismatch(travelled(1 + 1j)).sentence


def test_single_precision_is_judged_by_its_own_rounding_and_a_rough_answer_is_called_rough():
    values = np.array([1000.0, 0.001]) / 3
    assert Close(values).mismatch(travelled(values.astype(np.float32))) is None
    rounded = Close(values).mismatch(travelled(np.round(values, 1)))
    assert "float32" in rounded.sentence
    assert "float32" not in Close(values).mismatch(travelled(values * 1.01)).sentence
    wrong = (values * 1.01).astype(np.float32)
    assert Close(values).mismatch(travelled(wrong)) is not None


def test_a_wrong_part_of_a_nested_answer_is_named():
    step = Close((0.5, 1.5))
    assert step.mismatch((0.5, 1.0)).sentence == "answer[1] is not the expected number."
    assert step.mismatch((np.zeros(3), 1.5)).sentence.startswith("answer[0] has 1 dimension")
    assert step.mismatch(np.array([0.5, 1.5])) is None
    assert step.mismatch([0.5, 1.5]) is None
    assert "parts" in step.mismatch([0.5, 1.5, 2.0]).sentence
    nested = Close({"loss": (1.0, np.zeros(2))})
    assert nested.mismatch({"loss": (1.0, 2.0)}).sentence.startswith("answer['loss'][1]")


def test_a_function_that_was_written_and_returns_nothing_is_not_called_not_attempted():
    question = Prepared("double", 1, "double(x)", (Case({"x": 2.0}, Close(4.0)),))

    def double(x):
        print(x)

    verdict = judge(question, [run_case(question.call, {"double": double}, {"x": 2.0})])
    assert verdict.kind == "wrong"
    assert "return" in verdict.sentence

    def handed_out(x):
        print(x)
        ...  # your code here  # noqa: PIE790

    verdict = judge(question, [run_case(question.call, {"double": handed_out}, {"x": 2.0})])
    assert verdict.kind == "not attempted"


def hint(slug, name, source, seed="secret"):
    return EVERY[slug].verdict(name, source, seed).hint


@pytest.mark.parametrize(
    ("slug", "name", "source"),
    [
        ("10_vanishing_and_exploding", "clip_by_norm", "def clip_by_norm(g, limit):\n    return g"),
        (
            "11_overfitting",
            "dropout",
            "def dropout(hidden, share, random, training):\n    return hidden",
        ),
        (
            "11_overfitting",
            "soft_threshold",
            "def soft_threshold(v, threshold):\n    raise ValueError('something else')",
        ),
        (
            "12_adagrad_rmsprop_adadelta",
            "turning_error",
            "def turning_error(rule, gradients, R):\n    raise ValueError('something else')",
        ),
    ],
)
def test_a_hint_is_not_given_where_its_mistake_is_not_made(slug, name, source):
    given = hint(slug, name, source)
    misleading = ("lengthen what is short", "one number", "on the left")
    assert not any(words in given for words in misleading), given


def test_a_known_mistake_is_right_wherever_the_student_is_right():
    for exercise in EVERY.values():
        prepared = exercise.prepare("secret")
        for question in exercise.questions:
            for wrong in question.wrong:
                verdict = exercise.verdict(
                    question.name, wrong.cell(exercise.solution(question.name)), "secret"
                )
                if not verdict.wrong:
                    continue
                [known] = [k for k in prepared[question.name].wrong if k.name == verdict.wrong]
                for row, sign in zip(verdict.rows, known.symptoms, strict=True):
                    assert sign.right or not row.ok, (question.name, wrong.name)


def test_a_known_mistake_is_wrong_wherever_the_student_is_wrong():
    # The first value shows nothing of a mistake that leaves it right.
    signs = Symptom("answer", Between(0, 9), right=True), Symptom("answer", Between(0, 9))
    held_down = Mistake("held down", "It is held down.", signs)
    cases = Case({"x": 2}, Close(4)), Case({"x": 20}, Close(400))
    prepared = Prepared("square", 1, "square(x)", cases, (held_down,))
    for value, name in ((4, "held down"), (5, "")):
        outcomes = [Outcome("answer", value), Outcome("answer", 8)]
        assert judge(prepared, outcomes).wrong == name


def cut_off(value, like):
    """Return an answer as it is after it was filled into arrays like an input."""
    if isinstance(value, np.ndarray):
        return value.astype(int) if value.ndim and like else value
    if isinstance(value, (list, tuple)):
        return type(value)(cut_off(part, like) for part in value)
    return value


def wholly(value):
    if isinstance(value, (list, tuple)):
        return any(map(wholly, value))
    return isinstance(value, np.ndarray) and value.dtype.kind in "iu"


@pytest.mark.parametrize("slug", EVERY)
def test_an_answer_in_an_array_like_an_input_of_whole_numbers_is_not_right(slug):
    exercise = EVERY[slug]
    for question in exercise.questions:
        prepared = exercise.prepare("secret")[question.name]
        answer = exercise._names({})[question.name]
        for name in next(iter(prepared.cases)).inputs:
            if name in question.fractions or not any(
                wholly(c.inputs[name]) for c in prepared.cases
            ):
                continue
            outcomes, lost = [], False
            for case in prepared.cases:
                outcome = run_case(prepared.call, {question.name: answer}, case.inputs)
                cut = cut_off(outcome.value, wholly(case.inputs[name]))
                lost |= Close(outcome.value).mismatch(cut) is not None
                outcomes.append(replace(outcome, value=cut))
            assert not lost or not judge(prepared, outcomes).passed, (question.name, name)


def test_an_array_like_the_weights_does_not_hold_their_gradient():
    source = EVERY["02_gradients"].solution("weighted_gradient")
    filled = source.replace("return 2", "result = np.zeros_like(w)\n    result[:] = 2") + (
        "\n    return result"
    )
    for seed in ("visible", "secret"):
        verdict = EVERY["02_gradients"].verdict("weighted_gradient", filled, seed)
        assert not verdict.passed


def parted():
    cases = tuple(
        Case({"x": np.array(x)}, Close(2.5 * np.array(x))) for x in ([0.5, 1.5], [1, 3], [0.0, 0.0])
    )
    parts = (
        Part("ordinary inputs", 2, (0,)),
        Part("whole numbers", 1, (1,), "Whole numbers are cut off."),
        Part("zeros", 0.5, (2,)),
        Part("unchanged inputs", 0.5, ()),
    )
    return Prepared("scaled", 4, "scaled(x)", cases, parts=parts)


def in_place(x):
    if x.dtype == float:
        x *= 2.5
        return x
    return 2.5 * x


def in_place_and_wrong(x):
    if x.dtype != float:
        x *= 3
        return x
    return 2.5 * x


@pytest.mark.parametrize(
    ("answer", "earned"),
    [
        (lambda x: 2.5 * x, [2, 1, 0.5, 0.5]),
        (lambda x: (2.5 * x).astype(x.dtype), [2, 0, 0.5, 0.5]),
        (in_place, [2, 1, 0.5, 0]),
        (in_place_and_wrong, [2, 0, 0.5, 0]),
        (lambda x: 0 * x, [0, 0, 0, 0]),
        (lambda _: None, [0, 0, 0, 0]),
    ],
)
def test_parts_of_the_points_are_given_on_top_of_the_first(answer, earned):
    question = parted()
    outcomes = [run_case(question.call, {"scaled": answer}, c.inputs) for c in question.cases]
    verdict = judge(question, outcomes)
    assert [part.points for part in verdict.parts] == earned
    assert verdict.points == sum(earned)
    assert verdict.passed == (verdict.points == 4)
    for part in verdict.parts:
        assert bool(part.sentence) == (part.points < part.out_of)


def test_a_case_belongs_to_the_part_of_its_kind_and_else_to_the_one_without_a_kind():
    prepared = EVERY["02_gradients"].prepare("visible")["mended_difference"]
    ordinary, whole, unchanged = prepared.parts
    kinds = [case.inputs["point"].dtype.kind for case in prepared.cases]
    assert [kinds[number] for number in whole.cases] == ["i"] * kinds.count("i")
    assert [kinds[number] for number in ordinary.cases] == ["f"] * kinds.count("f")
    assert unchanged.cases == ()
    assert sum(part.points for part in prepared.parts) == prepared.points


def test_parts_travel_as_data():
    data = loads(dumps(parted().data()))
    assert Prepared.from_data(data).parts == parted().parts
    assert "parts" not in replace(parted(), parts=()).data()


@pytest.mark.parametrize(
    ("character", "words"), [("\u00a0", "no-break space"), ("\u201c", "curly quote")]
)
def test_a_character_that_looks_like_another_is_named(character, words):
    source = f"def mse(targets, predictions):\n{character * 4}return 0"
    with pytest.raises(SyntaxError) as raised:
        compile(source, "<cell 1>", "exec")
    question = EVERY["01_cost_functions"].prepare("visible")["mse"]
    outcome = Outcome("error", failure=failure_of(raised.value))
    assert words in judge(question, [outcome] * len(question.cases)).sentence
