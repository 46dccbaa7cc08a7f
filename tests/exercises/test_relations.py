"""A hint that follows from what an answer has to do with the right one is true in every case."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from course_utils.exercises.expected import Close, Exactly
from course_utils.exercises.relations import Answered, related

VECTORS = [np.array([1.5, -2.0, 4.0]), np.array([0.5, 3.0]), np.array([2.5, 7.0, -1.0, 0.25])]


def name_of(answer, wanted=lambda x: 2 * x + 1, inputs=VECTORS):
    """Return what is found for an answer and a right one, both functions of an input."""
    cases = [
        Answered({"x": x}, made, answer(x), right=made.mismatch(answer(x)) is None)
        for x in inputs
        for made in [Exactly(wanted(x)) if isinstance(wanted(x), str) else Close(wanted(x))]
    ]
    found = related(cases)
    return found and found.name


def right(x):
    return 2 * x + 1


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        (lambda x: -right(x), "opposite signs"),
        (lambda x: np.abs(right(x)), "some opposite signs"),
        (lambda x: 2 * right(x), "every number times 2"),
        (lambda x: right(x) / 2, "every number times 0.5"),
        (lambda x: 1.7 * right(x), "the same factor everywhere"),
        (lambda x: len(x) * right(x), "n times too large"),
        (lambda x: right(x) / len(x), "too small by the factor n"),
        (lambda x: right(x)[::-1], "reverse order"),
        (lambda x: np.sort(right(x)), "another order"),
        (lambda x: right(x)[1:], "first part missing"),
        (lambda x: right(x)[:-1], "last part missing"),
        (lambda x: np.append(right(x), 0.0), "a part too many at the end"),
        (lambda x: np.append(0.0, right(x)), "a part too many at the start"),
        (lambda x: right(x) + 1, "one too large"),
        (lambda x: right(x) ** 2, "squared"),
        (lambda x: 0 * x, "all zero"),
        (lambda x: x, "returns x as it is"),
        (lambda x: np.trunc(right(x)), None),  # some of them are whole by chance
        (np.cos, None),
    ],
)
def test_what_all_numbers_have_in_common_is_found(answer, name):
    assert name_of(answer) == name or name is None


def test_a_mean_or_a_sum_that_is_missing_is_found_where_an_input_has_one_entry_too():
    inputs = [*VECTORS, np.array([3.0])]
    assert name_of(lambda x: x**2, np.mean, inputs) is None
    assert name_of(lambda x: x**2, lambda x: np.mean(x**2), inputs) == "a mean is missing"
    assert name_of(lambda x: x**2, lambda x: np.sum(x**2), inputs) == "a sum is missing"


@pytest.mark.parametrize(
    ("answers", "name"),
    [
        ("hill hill hill hill hill", "'hill' too often"),
        ("hill hill hill lake lake", "'lake' for 'open'"),
        ("hill lake hill hill lake", "never 'open'"),
        ("hill hill lake ravine open", None),
        ("hill hill lake lake ravine", "never 'open'"),
        ("lake ravine hill lake open", "'hill' missed"),
    ],
)
def test_of_words_one_that_is_given_too_often_or_missed_or_never_given_is_found(answers, name):
    right = dict(enumerate(["hill", "hill", "hill", "lake", "open"], start=2))
    given = dict(enumerate(answers.split(), start=2))
    assert name_of(given.get, right.get, right) == name


def test_whatever_is_found_holds_in_the_cases_that_are_right_too():
    # Of the opposite sign in one case, and right in another that is not 0: neither is "opposite".
    assert name_of(lambda x: right(x) * (-1 if len(x) == 2 else 1)) != "opposite signs"
    assert name_of(lambda x: -x, wanted=lambda x: x, inputs=[*VECTORS, np.zeros(2)]) == (
        "opposite signs"
    )


@pytest.mark.parametrize("form", [np.ndarray.tolist, np.ravel, np.atleast_3d])
def test_right_numbers_in_another_form_are_said_to_be_right(form):
    def wanted(x):
        return np.outer(x, x)

    assert name_of(lambda x: form(wanted(x)), wanted) == "right numbers in another form"
    assert name_of(lambda x: form(-wanted(x)), wanted) == "opposite signs"


def test_what_is_always_zero_is_not_said_to_be_cut_off_to_whole_numbers():
    assert name_of(lambda x: 0 * x, lambda x: np.tanh(x) / 2) == "all zero"


def test_inputs_on_which_it_fails_are_named_by_their_kind_and_never_by_a_value():
    inputs = [*VECTORS, np.array([3, 5]), np.array([7])]

    def cut(x):
        filled = np.zeros_like(x)
        filled[:] = x / 2
        return filled

    assert name_of(cut, lambda x: x / 2, inputs) == "wrong where x holds whole numbers"
    numbers = [0.0, 1.5, 3.25, -2.0]
    assert name_of(lambda x: max(x, 0.5), lambda x: max(x, 0.0), numbers) is None
    assert name_of(lambda x: 1 / x if x else 9.0, lambda x: 1 / x if x else 0.0, numbers) == (
        "wrong where x is 0"
    )


def test_the_wrong_part_of_a_tuple_is_named_with_what_is_wrong_in_it():
    def wanted(x):
        return x + 1, x**2, len(x)

    assert name_of(lambda x: (x + 1, -(x**2), len(x)), wanted) == "answer[1]: opposite signs"
    assert name_of(lambda x: (np.cos(x), np.sin(x), len(x)), wanted) == (
        "answer[0] and answer[1] wrong"
    )


@pytest.mark.parametrize(("count", "name"), [(5, "only answer[0] wrong"), (6, None)])
def test_the_wrong_part_is_named_of_up_to_five(count, name):
    def wanted(x):
        return tuple(x**power for power in range(1, count + 1))

    assert name_of(lambda x: (np.cos(x), *wanted(x)[1:]), wanted) == name


def test_the_row_at_which_a_path_goes_wrong_is_named():
    def path(x, last):
        return np.array([x, 2 * x, last * x])

    assert name_of(lambda x: path(x, 5), lambda x: path(x, 3)) == "wrong after the second row"


def test_what_is_told_does_not_grow_with_the_answer_so_that_it_carries_no_input():
    random = np.random.default_rng(0)
    wanted = [random.normal(size=(40, 2)) for _ in range(3)]
    told = set()
    for _ in range(200):
        spoilt = random.integers(0, 2, size=40)
        for shape in ((40, 2), (80,)):
            cases = [
                Answered({}, Close(one.reshape(shape)), value, right=False)
                for one in wanted
                for value in [(one + np.pi * spoilt[:, None]).reshape(shape)]
            ]
            told.add(related(cases))
    assert len(told) <= 4


def test_two_words_that_are_confused_are_named():
    def wanted(x):
        return "far" if x > 3 else "near" if x > 1 else "there"

    assert name_of(lambda x: "near" if x > 1 else "there", wanted, [0.5, 2.0, 4.0, 9.5]) == (
        "'near' for 'far'"
    )


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.complex_numbers()
    | st.text(max_size=3)
    | st.lists(st.floats(width=32), max_size=4).map(np.array)
    | st.just(np.zeros((2, 0)))
    | st.just(np.float64(2.0)),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.text(max_size=2), inner, max_size=2)
    ),
    max_leaves=6,
)


@example(
    [
        (None, None, None, False),
        ("", None, None, True),
        (np.empty((2, 0)), None, None, False),
        (np.array(1.0), None, None, False),
    ]
)
@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(VALUES, VALUES, VALUES, st.booleans()), min_size=1, max_size=3))
def test_no_answer_whatever_makes_the_search_fail(cases):
    made = [Answered({"x": x}, Close(wanted), came, right) for x, wanted, came, right in cases]
    found = related(made)
    assert found is None or found.hint.endswith((".", "?"))


def test_a_huge_answer_is_not_searched():
    huge = [[1.0] * 100] * 100
    assert related([Answered({}, Close(1.0), huge, right=False)] * 3) is None
