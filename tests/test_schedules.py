"""What schedules promise: their ends, their multiplication, and grids of them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_utils import (
    Adam,
    Constant,
    Cosine,
    Cyclical,
    Exponential,
    GradientDescent,
    InverseTime,
    Momentum,
    MultiStep,
    OneCycle,
    Polynomial,
    Quadratic,
    Ravine,
    Schedule,
    StepDecay,
    WarmRestarts,
    Warmup,
    descend,
)

# Each with its first factor and its last, at step 100 and ever after (None where it goes on).
ENDS = {
    "constant": (Constant(), 1, 1),
    "step": (StepDecay(10), 1, None),
    "multi-step": (MultiStep((30, 60), gamma=0.5), 1, 0.25),
    "exponential": (Exponential(0.9), 1, None),
    "inverse time": (InverseTime(0.1), 1, None),
    "polynomial": (Polynomial(100, power=2), 1, 0),
    "cosine": (Cosine(100, final=0.1), 1, 0.1),
    "warm-up": (Warmup(10, then=Cosine(90)), 0, 0),
    "one cycle": (OneCycle(101), 1 / 25, 1 / 25e4),
    "restarts": (WarmRestarts(10, mult=2), 1, None),
    "cyclical": (Cyclical(10, low=0.2), 0.2, None),
}


@pytest.mark.parametrize("name", ENDS)
def test_a_schedule_starts_and_ends_where_it_says(name) -> None:
    schedule, first, last = ENDS[name]
    assert np.allclose(schedule(0), first)
    if last is not None:
        assert np.allclose([schedule(100), schedule(1000)], last)


@pytest.mark.parametrize("name", ENDS)
def test_factors_lie_between_zero_and_one(name) -> None:
    factors = np.array([ENDS[name][0](t) for t in range(300)], float)
    assert factors.min() >= 0
    assert factors.max() <= 1 + 1e-12


@pytest.mark.parametrize("name", ENDS)
def test_many_step_numbers_at_once_give_the_same_factors(name) -> None:
    schedule = ENDS[name][0]
    assert np.allclose(schedule(np.arange(120)), [schedule(t) for t in range(120)], atol=1e-15)


def at_least(low):
    return st.floats(low, allow_nan=False, allow_infinity=False)


# Every schedule over the whole range of every number that it takes.
RANGES = {
    StepDecay: {"every": at_least(1), "gamma": at_least(0)},
    MultiStep: {"milestones": st.lists(st.integers(0, 10**9), max_size=4).map(tuple)},
    Exponential: {"gamma": at_least(0)},
    InverseTime: {"decay": at_least(0), "power": at_least(0)},
    Polynomial: {"steps": at_least(1), "power": at_least(0)},
    Cosine: {"steps": at_least(1), "final": at_least(0)},
    WarmRestarts: {"period": at_least(1), "mult": at_least(1), "final": at_least(0)},
    Warmup: {"steps": at_least(0), "start": at_least(0)},
    OneCycle: {
        "steps": at_least(1),
        "peak": st.floats(0, 1, exclude_max=True),
        "start": at_least(0),
        "final": at_least(0),
    },
    Cyclical: {"half_period": at_least(1), "low": at_least(0)},
}


@settings(deadline=None, max_examples=60)
@given(st.data(), st.sampled_from(list(RANGES)), st.integers(0, 10**9), st.booleans())
def test_everywhere_in_its_ranges_a_schedule_gives_a_factor(data, kind, t, as_arrays) -> None:
    numbers = {name: data.draw(values, label=name) for name, values in RANGES[kind].items()}
    schedule = kind(**numbers)
    if as_arrays:  # as inside the loop
        schedule = schedule.over((1,))
    with np.errstate(over="ignore"):  # as in the loop
        factor = np.asarray(schedule(t), float)
    assert (factor >= 0).all()
    names = ("start", "low", "final", "gamma")
    largest = max([1.0, *(numbers[name] for name in names if name in numbers)])
    growing = numbers.get("gamma", 0) > 1
    assert growing or (factor <= largest * (1 + 1e-9)).all()


@pytest.mark.parametrize(
    ("kind", "numbers"),
    [
        (WarmRestarts, {"period": 0}),
        (WarmRestarts, {"period": 10, "mult": 0.5}),
        (StepDecay, {"every": 0}),
        (OneCycle, {"steps": 0}),
        (OneCycle, {"steps": 10, "peak": 1}),
        (Polynomial, {"steps": 0}),
        (Cosine, {"steps": 0.5}),
        (Cyclical, {"half_period": 0}),
        (Exponential, {"gamma": -0.1}),
    ],
)
def test_a_number_for_which_there_is_no_schedule_is_refused(kind, numbers) -> None:
    with pytest.raises(ValueError, match=rf"of {kind.__name__} must be a"):
        kind(**numbers)


def test_a_cycle_without_a_rise_begins_at_its_top() -> None:
    assert OneCycle(steps=10, peak=0.1)(0) == 1
    assert OneCycle(steps=10, peak=0.1)(9) == pytest.approx(1 / 25e4)


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 40), st.integers(1, 4), st.integers(0, 3000))
def test_restarts_come_where_counting_them_one_by_one_says(period, mult, t) -> None:
    since, length = t, period
    while since >= length:
        since, length = since - length, length * mult
    expected = 0.5 * (1 + np.cos(np.pi * since / length))
    assert WarmRestarts(period, mult)(t) == pytest.approx(expected, abs=1e-9)


@settings(deadline=None, max_examples=20)
@given(st.floats(1e-3, 1), st.integers(0, 100))
def test_schedules_multiply_numbers_and_each_other(rate, t) -> None:
    warm, fall = Warmup(10), Cosine(50)
    expected = rate * warm(t) * fall(t)
    for product in (
        rate * (warm * fall),
        rate * warm * fall,
        warm * (rate * fall),
        warm * fall * rate,
    ):
        assert isinstance(product, Schedule)
        assert product(t) == pytest.approx(float(expected), abs=1e-15)


def test_the_rate_of_each_step_is_the_rate_times_the_factor() -> None:
    slope = Quadratic([1.0])
    path = descend(slope, 1.0, GradientDescent(0.5 * Exponential(0.5)), steps=6)
    rates = 1 - path.points[1:, 0] / path.points[:-1, 0]
    assert np.allclose(rates, 0.5 * 0.5 ** np.arange(6))


def test_a_constant_schedule_changes_nothing() -> None:
    plain = descend(Ravine(10), [1, 1], Adam(0.1))
    scheduled = descend(Ravine(10), [1, 1], Adam(0.1 * Constant()))
    assert np.array_equal(plain.points, scheduled.points)


def test_rates_and_the_schedules_own_numbers_are_axes_of_the_grid() -> None:
    rates, lengths = np.array([0.05, 0.1]), np.array([[10.0], [20.0], [30.0]])
    paths = descend(Ravine(10), [1, 1], Momentum(rates * Cosine(steps=lengths)), steps=40)
    assert [axis.name for axis in paths.axes] == ["steps", "learning_rate"]
    assert paths.axes[1].values.tolist() == [0.05, 0.1]
    for i, j in np.ndindex(3, 2):
        one = Momentum(float(rates[j]) * Cosine(float(lengths[i, 0])))
        single = descend(Ravine(10), [1, 1], one, steps=40)
        assert np.array_equal(single.points, paths.points[:, i, j])
        part = paths[i, j]
        again = descend(Ravine(10), [1, 1], part.optimizer, steps=40)
        assert np.array_equal(again.points, part.points)


def test_any_hyperparameter_may_follow_a_schedule() -> None:
    rule = Momentum(learning_rate=0.01, momentum=0.9 * Warmup(20))
    path = descend(Ravine(10), [1, 1], rule, steps=1)
    plain = descend(Ravine(10), [1, 1], GradientDescent(0.01), steps=1)
    assert np.array_equal(path.points, plain.points)


def test_falling_rates_average_noise_away() -> None:
    from course_utils import Noisy

    noisy = Noisy(Quadratic([1.0]), scale=1.0, seed=np.arange(200))
    fixed = descend(noisy, 0.0, GradientDescent(0.5), steps=400).points[-1, :, 0]
    falling = descend(noisy, 0.0, GradientDescent(InverseTime(1.0)), steps=400).points[-1, :, 0]
    assert falling.std() == pytest.approx(1 / 20, rel=0.2)  # the mean of 400 draws
    assert fixed.std() == pytest.approx(np.sqrt(0.5 / 1.5), rel=0.2)


def test_a_schedule_of_ones_own_is_a_field_and_a_line() -> None:
    class Halving(Schedule):
        every: float = 10

        def __call__(self, t):
            return 0.5 ** (t // self.every)

    paths = descend(Quadratic([1.0]), 1.0, GradientDescent(0.1 * Halving([1, 100])), steps=5)
    assert paths.axes[0].name == "every"
    assert np.allclose(paths.points[:, 1, 0], 0.9 ** np.arange(6))


def test_a_length_that_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="steps of Cosine must be"):
        Cosine(steps=-1)


def test_milestones_are_the_same_for_the_whole_grid() -> None:
    rule = GradientDescent(0.1 * MultiStep((2, 4), gamma=0.5))
    path = descend(Quadratic([1.0]), 1.0, rule, steps=6)
    assert path.grid == ()
    rates = 1 - path.points[1:, 0] / path.points[:-1, 0]
    assert np.allclose(rates, [0.1, 0.1, 0.05, 0.05, 0.025, 0.025])


def test_a_scheduled_rate_shows_itself_as_it_was_written() -> None:
    rate = 0.1 * Cosine(steps=100)
    assert repr(GradientDescent(rate)) == (
        "GradientDescent(learning_rate=0.1 * Cosine(steps=100, final=0.0))"
    )


class TestAScheduleOfOnesOwn:
    @pytest.mark.parametrize(
        ("rate", "error"),
        [
            (lambda t: 1 / t, r"ZeroDivisionError .* at step 0"),
            (lambda: 0.1, "TypeError"),
            (lambda t, x: t * x, "TypeError"),
            (lambda t: {}[t], "KeyError"),
        ],
    )
    def test_that_raises_is_named_with_its_step(self, rate, error) -> None:
        with pytest.raises(ValueError, match=f"learning_rate .* its schedule raised {error}"):
            descend(Quadratic([1.0]), [1.0], GradientDescent(rate))

    @pytest.mark.parametrize("rate", [Cosine, GradientDescent, float])
    def test_is_made_with_its_brackets(self, rate) -> None:
        with pytest.raises(TypeError, match=r"learning_rate .* must be a number or an array"):
            GradientDescent(rate)

    def test_may_return_a_complex_number_with_nothing_imaginary_but_no_hidden_one(self) -> None:
        path = descend(Quadratic([1.0]), [1.0], GradientDescent(lambda t: 0.5 + 0j * t), steps=1)
        assert path.points[-1] == 0.5
        hidden = GradientDescent(lambda t: np.ma.masked + t)
        with pytest.raises(ValueError, match="at step 0 its schedule"):
            descend(Quadratic([1.0]), [1.0], hidden)


@pytest.mark.parametrize("made", [lambda: Cosine(lambda t: t), lambda: Warmup(Cosine(3))])
def test_numbers_of_a_schedule_have_no_schedule(made) -> None:
    with pytest.raises(TypeError, match="must be a number or an array"):
        made()


def test_numbers_multiply_a_schedule_as_often_as_one_likes() -> None:
    for rate in (2 * (3 * Cosine(10)), (2 * Cosine(10)) * 3, 2 * (Cosine(10) * 3)):
        assert np.allclose(rate(np.arange(12)), 6 * Cosine(10)(np.arange(12)))
    assert np.allclose((np.array([1, 2]) * (0.5 * Cosine(10)))(0), [0.5, 1])
    assert repr(2 * (0.5 * Cosine(10))) == "1.0 * Cosine(steps=10, final=0.0)"


@pytest.mark.filterwarnings("error")
def test_a_decay_beyond_all_floats_makes_the_factor_nothing_without_a_word() -> None:
    assert InverseTime(1e308, power=2.0)(np.array([0, 1, 10**6])).tolist() == [1, 0, 0]


@pytest.mark.parametrize(
    ("rule", "what"),
    [
        (Adam(beta1=1.0 * Constant()), "beta1 of Adam must be .* not including, 1 at every step"),
        (
            Adam(beta2=lambda t: 1.0 - 0 * t),
            "beta2 of Adam must be .* not including, 1 at every step",
        ),
        (GradientDescent(lambda t: [0.1, t]), "learning_rate of GradientDescent .* step 0"),
        (GradientDescent(lambda t: [[0.1, t]]), "learning_rate of GradientDescent .* step 0"),
    ],
)
def test_a_number_of_a_schedule_has_the_range_and_the_shape_of_one_that_stays(rule, what):
    with pytest.raises(ValueError, match=what):
        descend(Quadratic([1, 2]), [1, 1], rule)
