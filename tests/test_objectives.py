"""What the objectives promise: gradients and Hessians are derivatives, minima are minima."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_utils import (
    Beale,
    DoubleWell,
    Function,
    GradientDescent,
    Himmelblau,
    Noisy,
    Objective,
    Quadratic,
    Rastrigin,
    Ravine,
    Rosenbrock,
    Saddle,
    StyblinskiTang,
    check_gradient,
    descend,
)
from course_utils.objectives import central_differences

SURFACES = [
    Quadratic([3.0]),
    Quadratic([1, 25], angle=0.4, minimum=[1, -2]),
    Quadratic([1, 2, 3], angle=1.0),
    Ravine(30, angle=-0.3),
    Rosenbrock(),
    Beale(),
    Himmelblau(),
    StyblinskiTang(),
    StyblinskiTang(1),
    Rastrigin(),
    Rastrigin(3),
    Saddle(),
    DoubleWell(),
    DoubleWell(tilt=-0.2),
]


def name(objective: Objective) -> str:
    return f"{objective.name}-{objective.dim}"


def points(objective: Objective, count: int = 200) -> np.ndarray:
    low, high = np.transpose(objective.window)
    return np.random.default_rng(1).uniform(low, high, (count, objective.dim))


@pytest.mark.parametrize("objective", SURFACES, ids=name)
class TestEverySurface:
    def test_the_gradient_is_the_derivative_of_the_value(self, objective: Objective) -> None:
        assert check_gradient(objective, points(objective), tolerance=2e-7)

    def test_the_hessian_is_the_derivative_of_the_gradient(self, objective: Objective) -> None:
        x = points(objective)
        hessian = objective.hessian(x)
        assert hessian.shape == (*x.shape, objective.dim)
        assert np.allclose(
            hessian, central_differences(objective.gradient, x), rtol=1e-6, atol=1e-5
        )
        assert np.allclose(hessian, Objective.hessian(objective, x), rtol=1e-6, atol=1e-5)

    def test_at_each_minimum_the_gradient_vanishes_and_the_curvature_is_positive(
        self, objective: Objective
    ) -> None:
        assert len(objective.minima)
        assert np.allclose(objective.gradient(objective.minima), 0, atol=1e-11)
        assert (np.linalg.eigvalsh(objective.hessian(objective.minima)) > 0).all()

    def test_shapes_follow_the_grid(self, objective: Objective) -> None:
        for shape in ((), (1,), (4,), (2, 3)):
            x = np.zeros((*shape, objective.dim))
            assert np.shape(objective.value(x)) == shape
            assert np.shape(objective.gradient(x)) == (*shape, objective.dim)
            assert np.shape(objective.hessian(x)) == (*shape, objective.dim, objective.dim)

    def test_the_window_holds_a_minimum_and_every_coordinate_has_a_name(
        self, objective: Objective
    ) -> None:
        low, high = np.transpose(objective.window)
        assert ((objective.minima > low) & (objective.minima < high)).all(-1).any()
        assert len(objective.labels) == objective.dim


@settings(deadline=None, max_examples=50)
@given(
    st.lists(st.floats(0.1, 100), min_size=2, max_size=5),
    st.floats(-3, 3),
    st.integers(0, 10**6),
)
def test_turning_a_quadratic_keeps_its_curvatures(curvatures, angle, seed) -> None:
    turned = Quadratic(curvatures, angle)
    eigenvalues = np.linalg.eigvalsh(turned.hessian(np.zeros(len(curvatures))))
    assert np.allclose(eigenvalues, np.sort(curvatures), rtol=1e-10)
    x = np.random.default_rng(seed).normal(size=len(curvatures))
    assert turned.value(x) == pytest.approx(0.5 * x @ turned.gradient(x), rel=1e-12)


def test_himmelblau_has_four_minima_of_value_zero_and_a_known_maximum() -> None:
    assert np.allclose(Himmelblau().value(Himmelblau().minima), 0, atol=1e-20)
    assert Himmelblau().value([-0.270845, -0.923039]) == pytest.approx(181.617, abs=1e-3)


def test_the_saddle_point_is_stationary_and_curves_both_ways() -> None:
    assert (Saddle().gradient([0, 0]) == 0).all()
    assert np.linalg.eigvalsh(Saddle().hessian([0, 0])).tolist() == [-1, 1]


def test_the_tilted_well_has_its_deep_minimum_on_the_left_and_loses_the_other_when_tilted_far() -> (
    None
):
    well = DoubleWell()
    assert np.allclose(well.minima[:, 0], [-1.05532, 0.93352], atol=1e-5)
    assert well.value(well.minima[0]) < well.value(well.minima[1])
    assert len(DoubleWell(tilt=0.5).minima) == 1


def test_parameters_may_be_arrays_over_the_grid() -> None:
    ravine = Ravine(condition_number=[1, 10, 100])
    assert ravine.value([0.0, 1.0]).tolist() == [0.5, 5, 50]
    assert np.allclose(DoubleWell(tilt=[0.1, 0.2]).gradient([1.0])[:, 0], [0.1, 0.2])
    bowls = Quadratic(curvatures=[[1, 2], [3, 4]], minimum=[1, 1])
    assert bowls.gradient([2.0, 2.0]).tolist() == [[1, 2], [3, 4]]


class TestMinima:
    @pytest.mark.parametrize("curvatures", [[1, -1], [-1, -1], [-2], [0, -1, 3], [-1e-9, 1]])
    def test_a_saddle_or_a_maximum_is_none(self, curvatures) -> None:
        assert Quadratic(curvatures).minima.shape == (0, len(curvatures))

    def test_over_a_grid_only_the_bowls_have_one(self) -> None:
        shapes = Quadratic([[1, 1], [1, -1], [2, 3]], minimum=[[0, 1], [5, 5], [7, 8]])
        assert shapes.minima.tolist() == [[0, 1], [7, 8]]
        assert shapes.select((3,), (1,)).minima.shape == (0, 2)
        assert shapes.select((3,), (2,)).minima.tolist() == [[7, 8]]

    @settings(deadline=None, max_examples=50)
    @given(st.lists(st.floats(-5, 5), min_size=1, max_size=4), st.integers(0, 1000))
    def test_nothing_near_a_minimum_lies_below_it(self, curvatures, seed) -> None:
        surface = Quadratic(curvatures)
        near = np.random.default_rng(seed).normal(size=(50, len(curvatures)))
        for minimum in surface.minima:
            assert (surface.value(minimum + near) >= surface.value(minimum)).all()

    def test_at_a_point_of_inflection_there_is_none(self) -> None:
        assert len(DoubleWell(tilt=2 / np.sqrt(27) + 1e-9).minima) == 1
        assert DoubleWell(tilt=[0.0, 0.2]).select((2,), (0,)).minima.round(9).tolist() == [
            [-1],
            [1],
        ]


class TestNearestMinimum:
    def test_each_minimum_is_nearest_to_itself_and_its_neighbourhood(self) -> None:
        surface = Himmelblau()
        near = surface.minima[:, None] + np.random.default_rng(0).normal(0, 0.1, (4, 50, 2))
        assert (surface.nearest_minimum(near, within=1) == np.arange(4)[:, None]).all()

    def test_far_from_all_and_where_none_is_known_there_is_none(self) -> None:
        assert Himmelblau().nearest_minimum([[0.0, 0.0]], within=1).tolist() == [-1]
        assert Quadratic([1, -1]).nearest_minimum(np.zeros((2, 3, 2))).tolist() == [[-1] * 3] * 2


class TestSelection:
    @pytest.mark.parametrize(
        "surface",
        [
            Quadratic([[1, 2], [3, 4], [5, 6]], angle=[0.1, 0.2, 0.3], minimum=[1, 2]),
            Quadratic([1, 2], minimum=[[0, 1], [2, 3], [4, 5]]),
            Ravine([2, 3, 4], angle=0.3),
            Ravine(5, angle=[0.1, 0.2, 0.3]),
            DoubleWell([-0.1, 0.0, 0.1]),
        ],
        ids=repr,
    )
    def test_one_of_a_grid_is_what_it_is_alone(self, surface) -> None:
        x = np.random.default_rng(0).normal(size=(3, surface.dim))
        for i in range(3):
            one = surface.select((3,), (i,))
            assert type(one) is type(surface)
            assert np.array_equal(one.value(x[i]), surface.value(x)[i])
            assert np.array_equal(one.gradient(x[i]), surface.gradient(x)[i])
            assert np.array_equal(one.hessian(x[i]), surface.hessian(x)[i])
            assert all(value.ndim == 1 for value in one.parameters.values())

    def test_a_hessian_spans_the_grid_of_the_parameters(self) -> None:
        assert Ravine([1, 10, 100]).hessian([0.0, 0.0])[:, 1, 1].tolist() == [1, 10, 100]


@pytest.mark.parametrize(
    ("objective", "shown"),
    [
        (Quadratic([1, 25]), "Quadratic(curvatures=[1, 25], angle=0, minimum=[0, 0])"),
        (Ravine(25, angle=0.5), "Ravine(condition_number=25, angle=0.5)"),
        (
            Ravine(np.arange(1, 42)),
            "Ravine(condition_number=<41 values from 1 to 41>, angle=0)",
        ),
        (StyblinskiTang(3), "StyblinskiTang(dim=3)"),
        (Rastrigin(), "Rastrigin(dim=2)"),
        (DoubleWell(), "DoubleWell(tilt=0.12)"),
        (Rosenbrock(), "Rosenbrock()"),
    ],
    ids=str,
)
def test_a_representation_keeps_the_state(objective, shown) -> None:
    assert repr(objective) == shown


class TestFunction:
    def test_without_a_gradient_central_differences_serve(self) -> None:
        wave = Function(lambda x, y: np.sin(x) * y**2)
        x = np.random.default_rng(0).normal(size=(50, 2))
        exact = np.stack([np.cos(x[:, 0]) * x[:, 1] ** 2, 2 * np.sin(x[:, 0]) * x[:, 1]], -1)
        assert np.allclose(wave.gradient(x), exact, atol=1e-8)

    def test_the_number_of_variables_and_their_names_come_from_the_signature(self) -> None:
        plane = Function(lambda width, height, scale=2: width * height * scale)
        assert (plane.dim, plane.labels) == (2, ("width", "height"))
        assert Function(lambda *x: sum(x), dim=3).dim == 3

    def test_without_a_signature_dim_is_asked_for(self) -> None:
        with pytest.raises(ValueError, match="give dim="):
            Function(lambda *x: sum(x))

    def test_a_gradient_of_one_variable_may_be_a_plain_array(self) -> None:
        parabola = Function(lambda x: x**2, gradient=lambda x: 2 * x)
        assert parabola.gradient([[1.0], [2.0]]).tolist() == [[2], [4]]

    def test_constants_are_spread_over_the_grid(self) -> None:
        flat = Function(lambda _x, _y: 1, gradient=lambda _x, _y: (0, 0))
        assert flat.value(np.zeros((3, 2))).tolist() == [1, 1, 1]
        assert flat.gradient(np.zeros((3, 2))).shape == (3, 2)

    def test_a_result_of_another_shape_is_refused(self) -> None:
        with pytest.raises(ValueError, match="must return a number for each point"):
            Function(lambda x: x.sum() * np.ones(7)).value(np.zeros((3, 1)))
        with pytest.raises(ValueError, match="must return a number for each point"):
            Function(lambda _x: "high").value([0.0])

    def test_what_is_no_function_is_refused(self) -> None:
        with pytest.raises(TypeError, match="value must be a function"):
            Function(3)

    @pytest.mark.parametrize("window", [((1, 0),), ((0, 1), (0, 1)), ((0, np.nan),), 5])
    def test_a_window_that_is_no_pair_for_each_coordinate_is_refused(self, window) -> None:
        with pytest.raises(ValueError, match=r"window must be a pair \(low, high\)"):
            Function(lambda x: x**2, window=window)

    def test_a_function_without_a_window_still_descends(self) -> None:
        path = descend(Function(lambda x: (x - 2) ** 2), 0.0, GradientDescent(0.5), steps=1)
        assert path.points[-1, 0] == pytest.approx(2)
        assert path.objective.window is None


class TestCheckGradient:
    @pytest.mark.parametrize(
        "wrong",
        [lambda x, y: (x, y), lambda x, y: (-2 * x, -2 * y), lambda x, y: (2 * y, 2 * x)],
        ids=["missing factor", "sign", "swapped"],
    )
    def test_it_finds_a_wrong_gradient(self, wrong) -> None:
        check = check_gradient(Function(lambda x, y: x**2 + y**2, wrong), [[1.0, 3.0], [2.0, -1.0]])
        assert not check
        assert "differs from" in repr(check)

    def test_it_accepts_a_right_one(self) -> None:
        check = check_gradient(Rosenbrock(), [-1.2, 1.0])
        assert check
        assert check.error < 1e-9
        assert "agrees with" in repr(check)

    def test_a_gradient_that_is_not_finite_is_wrong(self) -> None:
        assert not check_gradient(Function(lambda x: x, gradient=lambda x: np.nan * x), [1.0])


class TestBadInput:
    def test_points_of_the_wrong_dimension_are_refused(self) -> None:
        with pytest.raises(ValueError, match="has 2 coordinates here"):
            Rosenbrock().value([1, 2, 3])

    @pytest.mark.parametrize(
        "make",
        [
            lambda: Quadratic([1, np.nan]),
            lambda: Quadratic([1, 2], minimum=[1, 2, 3]),
            lambda: Quadratic([1], angle=0.3),
            lambda: Ravine(0),
            lambda: Ravine(np.nan),
            lambda: DoubleWell(np.inf),
            lambda: Quadratic([1, 2], window=((0, 1),)),
            lambda: Quadratic([1, 2], minimum=[np.nan, 0]),
            lambda: Quadratic([1, 2], angle=np.inf),
            lambda: StyblinskiTang(0),
            lambda: Rastrigin(1.5),
        ],
    )
    def test_parameters_out_of_range_are_refused(self, make) -> None:
        with pytest.raises(ValueError, match=r"must|minimum has shape|angle turns"):
            make()


@pytest.mark.parametrize(
    "objective",
    [Quadratic([1, 10]), Ravine(3), Rosenbrock(), StyblinskiTang(), Rastrigin(), Saddle()],
    ids=repr,
)
@pytest.mark.parametrize("points", [1.0, [], [1.0], [1.0, 2.0, 3.0], [[1.0], [2.0]]], ids=repr)
@pytest.mark.parametrize("what", ["value", "gradient", "hessian"])
def test_points_of_another_dimension_get_a_sentence_and_no_number(objective, points, what) -> None:
    with pytest.raises(ValueError, match="A point has 2 coordinates here"):
        getattr(objective, what)(points)


def test_an_objective_stays_as_it_was_made() -> None:
    curvatures, minimum = np.array([1.0, 2.0]), np.array([0.5, 0.5])
    bowl = Quadratic(curvatures, minimum=minimum)
    curvatures[:], minimum[:] = -7, 9
    assert bowl.value([1.5, 0.5]) == 0.5
    assert bowl.minima.tolist() == [[0.5, 0.5]]


def test_curvatures_may_be_eigenvalues_whose_imaginary_part_is_nothing() -> None:
    assert Quadratic(np.array([1 + 0j, 4])).value([1.0, 1.0]) == 2.5
    with pytest.raises(TypeError, match="curvatures must be numbers"):
        Quadratic([1j, 4])


def test_numbers_of_different_grids_are_named_when_the_objective_is_made() -> None:
    with pytest.raises(ValueError, match=r"curvatures of shape .* do not broadcast to one grid"):
        Quadratic([[1, 2], [3, 4]], angle=[0, 1, 2])
    with pytest.raises(ValueError, match=r"scale of shape \(2,\) and seed of shape \(3,\)"):
        Noisy(Quadratic([1]), scale=[1, 2], seed=range(3))


def test_a_function_of_numpy_has_the_variables_that_it_takes_in_every_version() -> None:
    assert Function(np.hypot).labels == ("x", "y")
    assert Function(np.square).dim == 1


def test_the_numbers_of_an_objective_stay_as_they_were_checked() -> None:
    bowl = Quadratic([1.0, 2.0], angle=[0.1, 0.2], minimum=[1.0, 2.0])
    for values in (bowl.curvatures, bowl.angle, bowl.minimum, DoubleWell(tilt=[0.1, 0.2]).tilt):
        with pytest.raises(ValueError, match="read-only"):
            values[0] = -5
