"""What a simulated circuit and its shots promise: exact slopes, honest samples."""

import functools

import numpy as np
import pytest

from course_utils import Circuit, GradientDescent, Quadratic, Shots, check_gradient, descend

RANDOM = np.random.default_rng(0)
LETTERS = {"I": np.eye(2), "X": np.array([[0, 1], [1, 0]]), "Z": np.diag([1, -1])}
OBSERVABLE = {"ZZI": 0.7, "XIX": -0.3, "IXZ": 0.2}


def matrix(word):
    return functools.reduce(np.kron, [LETTERS[letter] for letter in word])


def test_one_qubit_has_the_cosine_as_its_expectation_and_minus_the_sine_as_its_slope():
    qubit, angles = Circuit(1, 1, {"Z": 1.0}), np.linspace(-7, 7, 29)[:, None]
    assert np.allclose(qubit.value(angles), np.cos(angles[:, 0]), atol=1e-14)
    assert np.allclose(qubit.gradient(angles), -np.sin(angles), atol=1e-14)


def test_the_shift_rule_is_the_derivative():
    circuit = Circuit(3, 2, OBSERVABLE)
    assert check_gradient(circuit, RANDOM.normal(size=6), tolerance=1e-7)


def test_a_state_has_length_one_whatever_the_angles():
    states = Circuit(4, 3, {"ZIII": 1.0}).state(RANDOM.normal(size=(5, 2, 12)))
    assert states.shape == (5, 2, 16)
    assert np.allclose((states**2).sum(axis=-1), 1)


def test_an_expectation_is_that_of_the_matrix_of_its_word():
    circuit, angles = Circuit(3, 2, OBSERVABLE), RANDOM.normal(size=(4, 6))
    for state, means in zip(circuit.state(angles), circuit.expectations(angles), strict=True):
        assert np.allclose(means, [state @ matrix(word) @ state for word in OBSERVABLE])


def test_a_layer_is_the_product_of_its_turns_and_signs():
    angles = RANDOM.normal(size=3)
    turns = [
        np.array([[np.cos(a / 2), -np.sin(a / 2)], [np.sin(a / 2), np.cos(a / 2)]]) for a in angles
    ]
    signs = np.array([1, 1, 1, -1, 1, 1, -1, 1])  # 011 and 110 have one pair, 111 two
    expected = signs * functools.reduce(np.kron, turns)[:, 0]
    assert np.allclose(Circuit(3, 1, {"ZZZ": 1.0}).state(angles), expected)


def test_a_descent_finds_the_lowest_energy_of_the_matrix():
    observable = {"ZZ": -1.0, "XI": -0.5, "IX": -0.5}
    lowest = np.linalg.eigvalsh(sum(w * matrix(word) for word, w in observable.items()))[0]
    path = descend(Circuit(2, 2, observable), np.full(4, 0.3), GradientDescent(0.2), steps=300)
    assert np.isclose(path.costs[-1], lowest, atol=1e-6)
    assert path.costs.min() > lowest - 1e-12


@pytest.mark.parametrize("qubits", [2, 4, 6])
def test_where_all_qubits_are_measured_each_halves_the_variance_of_a_slope(qubits):
    circuit = Circuit(qubits, 1, {"Z" * qubits: 1.0})
    slopes = circuit.gradient(RANDOM.uniform(0, 2 * np.pi, (4000, qubits)))
    assert np.allclose(np.var(slopes, axis=0) * 2**qubits, 1, atol=0.3)


@pytest.mark.parametrize("shots", [25, 100])
def test_the_error_of_a_slope_out_of_shots_is_that_of_two_means(shots):
    qubit, angle = Circuit(1, 1, {"Z": 1.0}), np.pi / 3
    seen = Shots(qubit, shots, seed=np.arange(4000))
    slopes = seen.at(0).gradient(np.full((4000, 1), angle))[:, 0]
    expected = np.abs(np.cos(angle)) / np.sqrt(2 * shots)  # both means have cos²/shots
    assert np.isclose(slopes.mean(), -np.sin(angle), atol=4 * expected / np.sqrt(4000))
    assert np.isclose(slopes.std(), expected, rtol=0.05)


def test_a_path_among_many_seeds_is_the_path_of_its_seed_alone():
    circuit, rule = Circuit(2, 1, {"ZZ": 1.0, "XI": 0.5}), GradientDescent([[0.1], [0.3]])
    many = descend(Shots(circuit, 10, seed=[3, 8]), [0.4, 0.2], rule, steps=6)
    alone = descend(Shots(circuit, 10, seed=8), [0.4, 0.2], GradientDescent(0.3), steps=6)
    assert np.array_equal(many.points[:, 1, 1], alone.points)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Circuit(13, 1, {"Z" * 13: 1.0}), "1 to 12 qubits"),
        (lambda: Circuit(1, 0, {"Z": 1.0}), "1 or more layers"),
        (lambda: Circuit(2, 1, {"Z": 1.0}), "words of 2 letters"),
        (lambda: Circuit(1, 1, {"Y": 1.0}), "letters I, X or Z"),
        (lambda: Circuit(1, 1, {"Z": np.nan}), "the weight of 'Z' must be a finite number"),
        (lambda: Circuit(1, 1, {"Z": "a"}), "the weight of 'Z' must be numbers"),
        (lambda: Circuit(1, 1, "Z"), "observable must be weights of words"),
        (lambda: Circuit(1, 1, {"Z": 1.0}).value("a"), "A point must be numbers"),
        (lambda: Shots(Quadratic([1])), r"circuit must be like Circuit\("),
        (lambda: Circuit(1, 1, {}), "must have a word"),
        (lambda: Circuit(2, 1, {"ZZ": 1.0}).value([1.0]), "has 2 angles"),
        (lambda: Shots(Circuit(1, 1, {"Z": 1.0}), 0), "shots must be"),
        (lambda: Shots(Circuit(1, 1, {"Z": 1.0}), 10.5), "shots must be"),
        (lambda: Shots(Circuit(1, 1, {"Z": 1.0}), 10, seed=-1), "seed must be"),
    ],
)
def test_bad_input_is_answered_in_a_sentence(make, said):
    with pytest.raises((TypeError, ValueError), match=said):
        make()
