"""What a newcomer tries in the first ten minutes, and the answer to each."""

# ruff: noqa: ARG005, PLC3002, PLE0643, RUF034  (a newcomer's functions are as they come)

import copy
import functools
import math
import operator
import warnings
from fractions import Fraction

import numpy as np
import pytest

from course_utils import (
    BFGS,
    Adam,
    Function,
    GradientDescent,
    LinearRegression,
    Minibatches,
    Momentum,
    Newton,
    Noisy,
    Objective,
    Optimizer,
    Quadratic,
    Rastrigin,
    Saddle,
    Schedule,
    SearchRule,
    check_gradient,
    descend,
    standardised,
)

HALF = GradientDescent(0.1)
RIGHT = [2, 1.28, 0.8192, 0.524288, 0.33554432]
RATES = GradientDescent(np.array([0.1, 0.2, 0.05]))
DATA = np.array([0.0, 1.0, 2.0]), np.array([1.0, 3.0, 5.0])


def with_if(x, y):
    if x > 0:
        return x**2 + y**2
    return x * x + y * y


def with_a_loop(x, y):
    total = 0
    for coordinate in (x, y):
        total += coordinate**2
    return total


def with_a_loop_over_points(x, y):
    costs = np.zeros(len(x))
    for i in range(len(x)):
        costs[i] = x[i] ** 2 + y[i] ** 2
    return costs


def into_a_list(x, y):
    costs = [x**2, y**2]
    costs.sort()
    return costs[0] + costs[1]


def with_a_changed_argument(x, y):
    x *= x
    y *= y
    return x + y


class Callable:
    def __init__(self, power):
        self.power = power

    def __call__(self, x, y):
        return x**self.power + y**self.power


class Tensor:
    def __init__(self, value):
        self.value = value

    def __array__(self, dtype=None, copy=None):
        raise RuntimeError("no numbers outside of the graph")


def passed_on(function):
    def called(*arguments):
        return function(*arguments)

    return called


# Each is x² + y², as somebody may write it.
BOWLS = {
    "elementwise": lambda x, y: x**2 + y**2,
    "np.sum of a list": lambda x, y: np.sum([x**2, y**2]),
    "np.sum over an axis": lambda x, y: np.sum([x**2, y**2], axis=0),
    "sum of a list": lambda x, y: sum([x**2, y**2]),
    "norm of a list": lambda x, y: np.linalg.norm([x, y]) ** 2,
    "dot": lambda x, y: np.dot([x, y], [x, y]),
    "matrix": lambda x, y: np.array([x, y]) @ np.eye(2) @ np.array([x, y]),
    "hypot": lambda x, y: np.hypot(x, y) ** 2,
    "math": lambda x, y: math.pow(x, 2) + math.pow(y, 2),
    "math.exp": lambda x, y: math.exp(math.log1p(x * x)) - 1 + y**2,
    "float": lambda x, y: float(x) ** 2 + float(y) ** 2,
    "item": lambda x, y: x.item() ** 2 + y.item() ** 2,
    "one-element array": lambda x, y: np.array([x**2 + y**2]),
    "max and min": lambda x, y: max(x**2, y**2) + min(x**2, y**2),
    "np.max and np.min": lambda x, y: np.max([x**2, y**2]) + np.min([x**2, y**2]),
    "abs": lambda x, y: abs(x) ** 2 + abs(y) ** 2,
    "np.where": lambda x, y: np.where(x > 0, x**2, x * x) + y**2,
    "inline if": lambda x, y: (x**2 if x > 0 else x * x) + y**2,
    "reduce": lambda x, y: functools.reduce(operator.add, [x**2, y**2]),
    "generator": lambda x, y: sum(c**2 for c in (x, y)),
    "mean": lambda x, y: 2 * np.mean([x**2, y**2]),
    "string of digits": lambda x, y: float(f"{float(x) ** 2:.17g}") + y**2,
    "defaults": lambda x, y, power=2: x**power + y**power,
    "if": with_if,
    "loop": with_a_loop,
    "loop over points": with_a_loop_over_points,
    "sorted list": into_a_list,
    "changed argument": with_a_changed_argument,
    "callable": Callable(2),
    "vectorize": np.vectorize(lambda x, y: x**2 + y**2 if x > 0 else x * x + y * y),
    "np.sort": lambda x, y: np.sort([x, y])[0] ** 2 + np.sort([x, y])[1] ** 2,
    "fractions": lambda x, y: Fraction(float(x)) ** 2 + Fraction(float(y)) ** 2,
    "complex with nothing imaginary": lambda x, y: (x + 1j * y) * (x - 1j * y),
    "eigenvalues": lambda x, y: np.linalg.eigvals(np.array([[x, y], [-y, x]])).prod(),
    "partial": functools.partial(lambda power, x, y: x**power + y**power, 2),
    # of one vector, as for SciPy
    "vector": lambda p: p[0] ** 2 + p[1] ** 2,
    "vector unpacked": lambda p: (lambda x, y: x**2 + y**2)(*p),
    "vector, coordinates last": lambda p: p[..., 0] ** 2 + p[..., 1] ** 2,
    "vector, sum": lambda p: np.sum(p**2),
    "vector, sum over the first": lambda p: np.sum(p**2, axis=0),
    "vector, sum over the last": lambda p: np.sum(p**2, axis=-1),
    "vector, Python's sum": lambda p: sum(p**2),
    "vector, product": lambda p: p @ p,
    "vector, matrix": lambda p: p @ np.eye(2) @ p,
    "vector, norm": lambda p: np.linalg.norm(p) ** 2,
    "vector, norm with its order": lambda p: np.linalg.norm(p, 2) ** 2,
    "vector, dot": lambda p: np.dot(p, p),
    "vector, einsum": lambda p: np.einsum("i,i", p, p),
    "vector, list": lambda p: sum(c * c for c in list(p)),
    "vector, changed": lambda p: operator.imul(p, p).sum(),
}


@pytest.mark.parametrize("bowl", BOWLS.values(), ids=BOWLS)
class TestABowlHoweverItIsWritten:
    def test_descends_as_it_does_on_paper(self, bowl):
        path = descend(Function(bowl), [1, 1], HALF, steps=4)
        assert path.costs == pytest.approx(RIGHT, abs=1e-7)

    def test_gives_each_path_of_a_grid_what_it_gives_alone(self, bowl):
        starts = np.array([[1.0, 1.0], [1.0, 1.0], [-2.0, 0.5]])
        paths = descend(Function(bowl), starts, RATES, steps=5)
        for i, start in enumerate(starts):
            rate = GradientDescent(RATES.learning_rate[i])
            alone = descend(Function(bowl), start, rate, steps=5)
            assert np.allclose(paths.points[:, i], alone.points, rtol=1e-6, atol=1e-7)
            assert np.allclose(paths.costs[:, i], alone.costs, rtol=1e-6, atol=1e-7)

    def test_is_the_same_over_a_map(self, bowl):
        x, y = np.meshgrid(np.linspace(-2, 2, 5), np.linspace(-1, 1, 4))
        points = np.stack([x, y], -1)
        values = Function(bowl).for_points(points).value(points)
        assert np.allclose(values, x**2 + y**2, atol=1e-8)

    def test_has_the_gradient_of_a_bowl(self, bowl):
        points = np.array([[1.0, 2.0], [-0.5, 0.25]])
        known = Function(bowl).for_points(points)
        assert np.allclose(known.gradient(points), 2 * points, atol=1e-5)


CURVES = {
    "plain": lambda x: x**2,
    "math": lambda x: math.pow(x, 2),
    "first element": lambda x: x[0] ** 2,
    "first of the last axis": lambda x: x[..., 0] ** 2,
    "sum": lambda x: np.sum(x**2),
    "norm": lambda x: np.linalg.norm(x) ** 2,
    "product": lambda x: np.dot(x, x),
    "float": lambda x: float(x) ** 2,
    "if": lambda x: x * x if x > 0 else x**2,
    "square": np.square,
    "polynomial": np.poly1d([1, 0, 0]),
}


@pytest.mark.parametrize("curve", CURVES.values(), ids=CURVES)
@pytest.mark.parametrize("start", [1, 1.0, [1], np.array([1])], ids=str)
def test_a_function_of_one_number_descends_from_a_number_or_a_list_of_one(curve, start):
    path = descend(Function(curve, dim=1), start, HALF, steps=2)
    assert path.costs == pytest.approx([1, 0.64, 0.4096])
    starts = np.array([[1.0], [2.0], [2.0]])
    assert Function(curve, dim=1).value(starts) == pytest.approx([1, 4, 4])


class TestACostOnData:
    def test_with_as_many_rates_as_data_each_path_has_its_own_cost(self):
        features, targets = DATA
        line = Function(lambda w: np.mean((w * features - targets) ** 2))
        paths = descend(line, [0.0], RATES, steps=3)
        for i, rate in enumerate(RATES.learning_rate):
            alone = descend(line, [0.0], GradientDescent(rate), steps=3)
            assert np.allclose(paths.costs[:, i], alone.costs)
        assert paths.costs[0] == pytest.approx([35 / 3] * 3)

    def test_two_weights_may_be_arguments_or_one_vector(self):
        features, targets = DATA
        apart = Function(lambda a, b: np.mean((a + b * features - targets) ** 2))
        table = np.column_stack([np.ones(3), features])
        vector = Function(lambda w: np.mean((table @ w - targets) ** 2), dim=2)
        for line in (apart, vector):
            paths = descend(line, [0.0, 0.0], RATES, steps=200)
            assert np.allclose(paths.points[-1, 1], [1, 2], atol=1e-3)

    def test_a_forgotten_mean_is_named(self):
        features, targets = DATA
        line = Function(lambda w: (w * features - targets) ** 2)
        with pytest.raises(ValueError, match=r"a number for each point.*array of shape \(3,\)"):
            descend(line, [0.0], RATES)


class TestConstants:
    @pytest.mark.parametrize("flat", [lambda x, y: 3, lambda x, y: 0 * x + 3, lambda *p: 3.0])
    def test_on_a_plain_nothing_moves(self, flat):
        paths = descend(Function(flat, dim=2), [1.0, 2.0], RATES, steps=3)
        assert (paths.costs == 3).all()
        assert (paths.points == [1, 2]).all()

    def test_a_partial_derivative_may_be_a_number(self):
        slope = Function(lambda x, y: x + y**2, lambda x, y: (1, 2 * y))
        points = np.array([[1.0, 2.0], [3.0, 4.0]])
        assert slope.gradient(points).tolist() == [[1, 4], [1, 8]]


class TestAFunctionThatChangesItsArgument:
    @staticmethod
    def shifted(x, y):
        x -= 1
        return x**2 + y**2

    @pytest.mark.parametrize("start", [[2, 1], [2.0, 1.0], np.array([2.0, 1.0])], ids=str)
    def test_leaves_the_start_alone_and_arrives(self, start):
        before = np.array(start, float)
        path = descend(Function(self.shifted), start, HALF, steps=60)
        assert path.points[0].tolist() == [2, 1]
        assert np.array_equal(start, before)
        assert path.points[-1] == pytest.approx([1, 0], abs=1e-4)

    def test_leaves_the_points_alone_in_a_class_too(self):
        class Shifted(Objective):
            dim = 2

            def value(self, x):
                x[..., 0] -= 1
                return (x**2).sum(-1)

            def gradient(self, x):
                x -= [1, 0]
                x *= 2
                return x

        path = descend(Shifted(), [2.0, 1.0], HALF, steps=60)
        assert path.points[0].tolist() == [2, 1]
        assert path.costs[0] == 2
        assert path.points[-1] == pytest.approx([1, 0], abs=1e-4)


class TestAFunctionOfOneVector:
    bowl = Function(lambda p: p @ p)

    def test_learns_its_length_from_any_point(self):
        assert self.bowl.value([1.0, 2.0, 3.0]) == pytest.approx(14)
        assert self.bowl.value(np.ones((4, 2))) == pytest.approx([2] * 4)
        assert self.bowl.gradient([1.0, 2.0]) == pytest.approx([2, 4])
        assert self.bowl.hessian([1.0, 2.0]) == pytest.approx(2 * np.eye(2), abs=1e-3)
        assert check_gradient(Function(lambda p: p @ p, lambda p: 2 * p), [1.0, 2.0, 3.0])

    def test_takes_noise_and_searches_like_any_other(self):
        noisy = descend(Noisy(self.bowl, scale=0.0), [1.0, 1.0], HALF, steps=4)
        assert noisy.costs == pytest.approx(RIGHT, abs=1e-7)
        for rule in (BFGS(), Newton()):
            assert descend(self.bowl, [1.0, 1.0], rule, steps=20).costs[-1] < 1e-8

    def test_needs_its_length_beside_a_window(self):
        window = [(-1, 1), (-1, 1)]
        with pytest.raises(ValueError, match=r"if that is a vector of 2 numbers, give dim=2"):
            Function(lambda p: p @ p, window=window)
        assert Function(lambda p: p @ p, dim=2, window=window).window == ((-1, 1), (-1, 1))


@pytest.mark.parametrize("dim", [0, -1, 2.0, "2", True])
def test_the_number_of_variables_is_a_whole_number(dim):
    own = type("Own", (Objective,), {"value": lambda _, x: (x**2).sum(-1), "dim": dim})
    for used in (
        lambda: Function(lambda p: p @ p, dim=dim),
        lambda: Rastrigin(dim),
        lambda: descend(own(), [1.0], HALF),
    ):
        with pytest.raises(ValueError, match="dim must be a whole number of at least 1"):
            used()


def test_minima_and_labels_have_to_fit():
    with pytest.raises(ValueError, match="minima must be finite numbers"):
        Function(lambda x, y: x * y, minima=[np.nan, 0])
    with pytest.raises(ValueError, match=r"minima must be points of 2 coordinates"):
        Function(lambda x, y: x * y, minima=[0, 0, 1])
    with pytest.raises(ValueError, match=r"labels must be a name for each of the 2"):
        Function(lambda x, y: x * y, labels=["x"])
    assert Function(lambda x, y: x * y, minima=[0, 0]).minima.tolist() == [[0, 0]]


class TestSentences:
    @pytest.mark.parametrize(
        ("value", "sentence"),
        [
            (lambda x, y: None, r"returned None at \(1, 1\); is a `return` missing"),
            (lambda x, y: print, "must return a number for each point, but it returned a builtin"),
            (lambda x, y: "high", "returned 'high' at"),
            (lambda x, y: f"{x}", "returned '1.0' at"),
            (lambda x, y: {"cost": x}, "returned a dict at"),
            (lambda x, y: {x, y}, "returned a set at"),
            (lambda x, y: (c**2 for c in (x, y)), "returned a generator at"),
            (lambda x, y: (x**2, y**2), r"returned an array of shape \(2,\) at"),
            (lambda x, y: [x, [x, y]], "returned 2 arrays of different shapes"),
            (lambda x, y: np.eye(2) * x, r"returned an array of shape \(2, 2\)"),
            (lambda x, y: [], r"returned an array of shape \(0,\)"),
            (lambda x, y: x + 1j * y, r"returned the complex number \(1\+1j\)"),
            (lambda x, y: np.array(x + 1j * y), r"returned the complex number \(1\+1j\)"),
            (lambda x, y: Tensor(x), r"returned a Tensor at .* raised RuntimeError \(no numbers"),
            (lambda x, y: np.ma.masked_less(x, 2) + y, "value of f is nan at the start"),
            (lambda x, y: x + z, r"raised NameError \(.*'z'.*\) at \(1, 1\)"),  # noqa: F821
            (lambda x, y: [x, y][2], r"raised IndexError \(.*\) at \(1, 1\)"),
            (lambda x, y: x.sqrt(), "raised AttributeError"),
            (lambda x, y: math.log(-x), "value of f is nan at the start"),
            (lambda x, y: 1 // 0, "value of f is nan at the start"),
            (lambda x, y: np.log(-x) + y, "value of f is nan at the start"),
            (lambda x, y: 1 / (x - 1), "value of f is inf at the start"),
        ],
    )
    def test_what_is_no_number_gets_one_of_its_own(self, value, sentence):
        with pytest.raises(ValueError, match=sentence):
            descend(Function(value), [1.0, 1.0], HALF)
        with pytest.raises(ValueError, match=sentence):
            descend(Function(value), [1.0, 1.0], RATES)

    def test_arguments_and_dim_have_to_fit(self):
        with pytest.raises(ValueError, match=r"f takes 2 arguments \(x, y\), but dim is 3"):
            Function(lambda x, y: x + y, dim=3)

    def test_three_starts_of_one_number_in_a_flat_list_are_told_their_shape(self):
        with pytest.raises(ValueError, match=r"for 3 starts of one coordinate .* shape \(3, 1\)"):
            descend(Function(lambda x: x**2), [1.0, 2.0, 3.0], HALF)

    def test_a_function_with_chance_in_it_has_no_gradient_by_differences(self):
        random = np.random.default_rng(0)
        noisy = Function(lambda x: x**2 + random.normal())
        with pytest.raises(ValueError, match=r"another number when it is asked twice.*Noisy"):
            descend(noisy, [1.0], HALF)
        with_gradient = Function(noisy.value, lambda x: 2 * x, dim=1)
        assert np.allclose(descend(with_gradient, [1.0], HALF, steps=1).points, [[1.0], [0.8]])

    def test_a_gradient_of_the_wrong_length_is_named(self):
        with pytest.raises(ValueError, match=r"must return 2 partial derivatives.*shape \(3,\)"):
            descend(Function(lambda x, y: x * y, lambda x, y: (x, y, x)), [1, 1], HALF)
        with pytest.raises(ValueError, match="gradient of f returned None"):
            descend(Function(lambda x, y: x * y, lambda x, y: None), [1, 1], HALF)


class TestAGradientOfOnesOwn:
    @pytest.mark.parametrize(
        "gradient",
        [
            lambda x, y: (2 * x, 6 * y),
            lambda x, y: [2 * x, 6 * y],
            lambda x, y: np.array([2 * x, 6 * y]),
            lambda x, y: np.array([2 * x, 6 * y]).T,
            lambda x, y: (2 * x if x > 0 else 2 * x, math.fsum([6 * y])),
            lambda p: 2 * p * [1, 3],
            lambda p: np.array([[2, 0], [0, 6]]) @ p,
            lambda p: (2 * p[0], 6 * p[1]),
        ],
    )
    def test_may_be_of_coordinates_or_of_a_vector(self, gradient):
        bowl = Function(lambda x, y: x**2 + 3 * y**2, gradient)
        points = np.random.default_rng(0).normal(size=(2, 3, 2))
        assert np.allclose(bowl.gradient(points), points * [2, 6])
        assert check_gradient(bowl, points)
        assert np.allclose(bowl.gradient(points[0, 0]), points[0, 0] * [2, 6])


class TestAClassOfOnesOwn:
    def test_needs_nothing_but_its_value(self):
        class Bowl(Objective):
            def value(self, x):
                return (x**2).sum(-1)

        path = descend(Bowl(), [1.0, 1.0], HALF, steps=4)
        assert path.costs == pytest.approx(RIGHT)
        bowl = path.objective
        assert (bowl.dim, bowl.labels, bowl.window) == (2, ("x", "y"), None)
        assert bowl.minima.shape == (0, 2)
        assert repr(path).startswith("GradientDescent on Bowl")

    def test_without_dim_it_says_so_where_nothing_tells_it(self):
        class Bowl(Objective):
            def value(self, x):
                return (x**2).sum(-1)

        with pytest.raises(AttributeError, match="how many variables it has: write `dim = 2`"):
            _ = Bowl().dim
        with pytest.raises(AttributeError, match="Bowl has no 'minimum'"):
            _ = Bowl().minimum

    @pytest.mark.parametrize(
        ("looks", "sentence"),
        [
            ({"labels": ("x",)}, r"labels of Bowl must be a name for each of its 2 coordinates"),
            ({"window": ((-1, 1),)}, r"window must be a pair \(low, high\) for each of the 2"),
        ],
    )
    def test_with_looks_for_another_number_of_coordinates_is_told_so(self, looks, sentence):
        bowl = type("Bowl", (Objective,), {"value": lambda _, x: (x**2).sum(-1), **looks})
        with pytest.raises(ValueError, match=sentence):
            descend(bowl(), [1.0, 1.0], HALF)

    def test_that_is_copied_with_another_number_uses_that_one(self):
        class Scaled(Objective):
            dim, factor = 2, 1.0

            def value(self, x):
                return self.factor * np.sum(x**2)

        bowl = Scaled()
        assert bowl.value([1.0, 1.0]) == 2
        steeper = copy.copy(bowl)
        steeper.factor = 3.0
        assert (bowl.value([1.0, 1.0]), steeper.value([1.0, 1.0])) == (2, 6)

    def test_without_value_it_says_what_is_missing(self):
        class Empty(Objective):
            dim = 2

        with pytest.raises(NotImplementedError, match=r"Empty needs a method value\(self, x\)"):
            descend(Empty(), [1.0, 1.0], HALF)

    @pytest.mark.parametrize(
        "formula",
        [
            lambda x: x[0] ** 2 + x[1] ** 2,
            lambda x: np.linalg.norm(x) ** 2,
            lambda x: np.sum(x**2),
            lambda x: x @ x,
            lambda x: sum(x**2),
            lambda x: math.pow(x[0], 2) + math.pow(x[1], 2),
        ],
    )
    def test_may_be_written_for_one_point(self, formula):
        class Bowl(Objective):
            dim = 2

            def value(self, x):
                return formula(x)

            def gradient(self, x):
                return np.array([2 * x[0], 2 * x[1]])

        assert descend(Bowl(), [1.0, 1.0], HALF, steps=4).costs == pytest.approx(RIGHT)
        starts = np.array([[1.0, 1.0], [2.0, -1.0]])  # as many as there are coordinates
        paths = descend(Bowl(), starts, HALF, steps=4)
        assert paths.costs[:, 0] == pytest.approx(RIGHT)
        assert paths.costs[:2, 1] == pytest.approx([5, 3.2])
        assert np.allclose(Bowl().value(np.ones((2, 3, 2))), [[2] * 3] * 2)

    @pytest.mark.parametrize(
        ("result", "sentence"),
        [
            (None, "value of Odd returned None .* is a `return` missing"),
            ("high", "value of Odd must return a number for each point, but it returned 'high'"),
            (1j, "complex number"),
            (np.ones(3), r"array of shape \(3,\)"),
        ],
    )
    def test_gets_the_same_sentences(self, result, sentence):
        class Odd(Objective):
            dim = 2

            def value(self, x):
                return result

        for start in ([1.0, 1.0], np.ones((3, 2))):
            with pytest.raises(ValueError, match=sentence):
                descend(Odd(), start, HALF)

    def test_with_coordinates_as_arguments_is_told_how_it_is_called(self):
        class Apart(Objective):
            dim = 2

            def value(self, x, y):
                return x**2 + y**2

        with pytest.raises(ValueError, match="called with the point as one array"):
            descend(Apart(), [1.0, 1.0], HALF)

    def test_may_hold_numbers_that_vary_over_the_grid(self):
        class Tilted(Objective):
            dim, varying = 1, ("tilt",)

            def __init__(self, tilt):
                self.tilt = np.array(tilt, float)[..., None]

            def value(self, x):
                return (x**2 + self.tilt * x)[..., 0]

        paths = descend(Tilted([0.0, 1.0, 2.0]), [0.0], GradientDescent(0.5), steps=1)
        assert paths.points[-1, :, 0] == pytest.approx([0, -0.5, -1])
        assert paths[1].objective.tilt.tolist() == [1]
        assert paths.axes[0].name == "tilt"


class TestFewDigits:
    @pytest.mark.parametrize(("kind", "error"), [(np.float32, 1e-4), (np.float16, 0.02)])
    def test_differences_take_the_step_that_belongs_to_them(self, kind, error):
        within = Function(lambda x, y: kind(x) ** 2 + kind(y) ** 2)
        outside = Function(lambda x, y: (x**2 + y**2).astype(kind))

        class Bowl(Objective):
            def value(self, x):
                return (x**2).sum(-1).astype(kind)

        for bowl in (within, outside, Bowl()):
            assert descend(bowl, [1, 1], HALF, steps=4).costs == pytest.approx(RIGHT, rel=error)

    def test_a_flat_part_is_no_sign_of_them(self):
        corner = Function(lambda x: np.maximum(0, x - 1))
        assert corner.gradient([[0.0], [0.95], [1.5]]) == pytest.approx(np.array([[0], [0], [1]]))

    @pytest.mark.parametrize(
        "steps",
        [
            lambda x, y: int(x) ** 2 + int(y) ** 2,
            lambda x, y: np.floor(10 * (x**2 + y**2)),
            lambda x, y: (x**2 + y**2).astype(int),
            lambda x, y: x > 1,
        ],
    )
    def test_a_function_that_is_cut_off_to_whole_numbers_has_no_slope(self, steps):
        with pytest.raises(ValueError, match=r"is a whole number everywhere.* cut off"):
            descend(Function(steps), [1.0, 1.0], HALF)


def test_costs_so_large_that_they_have_no_decimals_are_not_cut_off():
    assert Function(lambda x: x**2).gradient([[1e12]]) == pytest.approx(2e12)


def test_a_function_behind_another_may_be_of_coordinates_or_of_a_vector():
    for bowl in (lambda x, y: x**2 + y**2, lambda p: p @ p):
        path = descend(Function(passed_on(bowl), dim=2), [1, 1], HALF, steps=4)
        assert path.costs == pytest.approx(RIGHT, abs=1e-7)


class TestWhereAFunctionIsNotDefined:
    def test_what_a_mask_hides_is_not_defined(self):
        masked = Function(lambda x: np.ma.masked_less(x, -0.5) ** 2)
        assert np.isnan(masked.value([[1.0], [-1.0], [2.0]])).tolist() == [False, True, False]

    @pytest.mark.parametrize("root", [np.sqrt, math.sqrt])
    def test_the_path_ends_at_its_last_good_point(self, root):
        path = descend(Function(lambda x: x + 0 * root(x)), [1.0], GradientDescent(0.4), steps=9)
        assert path.diverged
        assert path.points[-1, 0] == pytest.approx(0.2)

    def test_so_does_one_that_runs_away(self):
        wall = Function(lambda x: math.exp(x * x))
        paths = descend(wall, [1.0], GradientDescent(np.array([0.01, 10.0])), steps=20)
        assert paths.diverged.tolist() == [False, True]


class TestPointByPoint:
    def test_is_said_by_the_representation_and_only_where_it_is_so(self):
        points = np.ones((3, 2)) * np.arange(3)[:, None]
        for value, slow in ((BOWLS["elementwise"], False), (BOWLS["math"], True)):
            bowl = Function(value, name="bowl")
            bowl.value(points)
            assert repr(bowl) == "bowl(x, y)" + ", evaluated point by point" * slow

    def test_is_said_once_where_it_is_slow(self):
        bowl, points = Function(BOWLS["math"]), np.random.default_rng(0).normal(size=(120_000, 2))
        with warnings.catch_warnings(record=True) as heard:
            warnings.simplefilter("always")
            for _ in range(4):
                bowl.value(points)
        assert len(heard) == 1
        assert "np.exp for math.exp" in str(heard[0].message)

    def test_a_function_that_is_right_at_first_is_found_out(self):
        def forked(x):
            return x**2 if np.all(x > -1) else x**4

        curve = Function(forked)
        assert curve.value(np.array([[2.0], [3.0]])).tolist() == [4, 9]
        mixed = np.array([[2.0], [-3.0]])
        with pytest.raises(ValueError, match=r"many points at once.* run this again"):
            curve.value(mixed)
        assert curve.value(mixed).tolist() == [4, 81]


def test_whole_numbers_as_a_start_are_numbers_like_others():
    for start in ([2, 1], (2, 1), np.array([2, 1])):
        path = descend(Saddle(), start, Adam(0.1), steps=3)
        assert path.points.dtype == float


class TestDates:
    DAYS = np.array(["2020-01-01", "2020-01-02", "2020-01-03"], "M8[D]")

    @pytest.mark.parametrize("times", [DAYS, DAYS - DAYS[0], np.timedelta64(1, "s")], ids=str)
    def test_are_no_numbers_wherever_numbers_are_wanted(self, times):
        bowl = Quadratic([1, 2, 3])
        for used in (
            lambda: GradientDescent(times),
            lambda: descend(bowl, times, HALF),
            lambda: bowl.value(times),
            lambda: Function(lambda p: p @ p, dim=3).gradient(times),
            lambda: LinearRegression(times, [1, 2, 3]),
            lambda: LinearRegression([1, 2, 3], times),
            lambda: LinearRegression([1, 2], [1, 2]).predict([0, 0], times),
            lambda: standardised(times),
        ):
            with pytest.raises(TypeError, match=r"must be (a table of )?numbers"):
                used()

    def test_are_no_rate_of_a_schedule_and_no_result_of_a_function(self):
        with pytest.raises(ValueError, match="at every step, but at step 0 its schedule"):
            descend(Saddle(), [1, 1], GradientDescent(lambda t: np.timedelta64(1, "s")))
        with pytest.raises(ValueError, match="must return a number for each point"):
            Function(lambda x: np.timedelta64(1, "s")).value([[1.0]])


@pytest.mark.parametrize(
    "points",
    ["ab", [1j, 2], np.array([1 + 1j, 2]), [[1, 2], [3]], {"x": 1}, [10**400, 1]],
    ids=str,
)
def test_what_is_no_point_gets_one_sentence_from_every_objective(points):
    def open_bowl(p):
        return p @ p

    for bowl in (Saddle(), Function(lambda x, y: x**2 + y**2), Function(open_bowl)):
        for method in (bowl.value, bowl.gradient, bowl.hessian):
            with pytest.raises(TypeError, match="A point must be numbers, but"):
                method(points)


class TestWhatAnObjectiveReturns:
    def test_may_be_changed_also_where_a_function_returns_what_it_was_given(self):
        class Bowl(Objective):
            def value(self, x):
                return (x**2).sum(-1) / 2

            def gradient(self, x):
                return x

        points = np.array([[1.0, 2.0], [3.0, 4.0]])
        for bowl in (Bowl(), Function(lambda p: p @ p / 2, lambda p: p, dim=2)):
            gradient = bowl.gradient(points)
            gradient *= 0.5
            assert gradient.tolist() == [[0.5, 1], [1.5, 2]]
            assert points.tolist() == [[1, 2], [3, 4]]

        class InPlace(Optimizer):
            def step(self, x, f, state, t):
                g = f.gradient(x)
                g *= 0.1
                return x - g

        path = descend(Bowl(), [1, 2], InPlace(), steps=2)
        assert path.points == pytest.approx(np.array([[1, 2], [0.9, 1.8], [0.81, 1.62]]))

    def test_is_so_for_values_too(self):
        points = np.array([[1.0], [3.0]])
        value = Function(lambda x: x).value(points)
        value -= 1
        assert points.tolist() == [[1], [3]]


class TestARuleOfOnesOwn:
    def test_takes_what_every_rule_takes(self):
        with pytest.raises(TypeError, match=r"step of Short must take \(self, x, f, state, t\), "):

            class Short(Optimizer):
                def step(self, x, f):
                    return x

        with pytest.raises(TypeError, match=r"step of Lost must take .* with \(self, x, f, state"):

            class Lost(SearchRule):
                def step(self, x, f, state, t):
                    return x

        with pytest.raises(TypeError, match=r"__call__ of Still must take \(self, t\), but it is"):

            class Still(Schedule):
                def __call__(self):
                    return 1.0

        class Longer(Optimizer):
            def step(self, x, f, state, t, *rest, more=1):
                return 0.5 * x

        assert descend(Saddle(), [1, 1], Longer(), steps=1).points[-1].tolist() == [0.5, 0.5]

    @staticmethod
    def rule(formula):
        class Own(Optimizer):
            def step(self, x, f, state, t):
                return formula(x, f)

        return Own()

    @pytest.mark.parametrize(
        ("formula", "sentence"),
        [
            (lambda x, f: np.array([x[0], x[1]]), r"write x\[\.\.\., 0\] for the first coordinate"),
            (lambda x, f: x - 0.1 * f, r"f, which is the objective; its gradient is f\.gradient"),
            (
                lambda x, f: x - 0.1 * f(x),
                r"f, which is the objective; its gradient is f\.gradient",
            ),
        ],
    )
    def test_that_takes_its_arguments_for_something_else_is_told_what_they_are(
        self, formula, sentence
    ):
        with pytest.raises(ValueError, match=sentence):
            descend(Saddle(), [1, 1], self.rule(formula))

    def test_is_not_blamed_for_what_a_function_does(self):
        table = Function(lambda x: [1.0, 2.0, 3.0][int(x)] + x, lambda x: 1.0)

        def beyond(x, f):
            return x - f.value(x + 5)[..., None]

        with pytest.raises(ValueError, match=r"value of f raised IndexError .* at \(6\)"):
            descend(table, [1], self.rule(beyond))

    def test_may_have_several_settings_in_a_tuple(self):
        class Averaged(Optimizer):
            learning_rate: float = 0.1
            betas: tuple[float, float] = (0.9, 0.99)
            names: tuple = ()

            def step(self, x, f, state, t):
                return x - self.learning_rate * self.betas[1] * f.gradient(x)

        paths = descend(Quadratic([1.0]), [1.0], Averaged([0.1, 0.2], (0.5, 1.0)), steps=1)
        assert paths.points[-1, :, 0] == pytest.approx([0.9, 0.8])

    def test_remembers_entries_alone(self):
        class Noted(Optimizer):
            def step(self, x, f, state, t):
                state.v = f.gradient(x)
                return x

        with pytest.raises(AttributeError, match="v"):
            descend(Saddle(), [1, 1], Noted())


@pytest.mark.parametrize("switch", [0.1, 0, "no", None])
def test_a_switch_is_true_or_false(switch):
    line = LinearRegression([0, 1, 2], [1, 3, 5], intercept=np.False_)
    assert line.dim == 1
    assert Momentum(nesterov=np.True_).nesterov
    for used in (
        lambda: LinearRegression([0, 1, 2], [1, 3, 5], switch),
        lambda: Minibatches(line, 1, shuffle=switch),
        lambda: Momentum(nesterov=switch),
    ):
        with pytest.raises(TypeError, match="is a switch, True or False, but"):
            used()
