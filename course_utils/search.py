"""Search without gradients: populations that are evaluated, and moved by what they cost.

`explore` is the loop and each rule one generation. Imports numpy, `hyperparameters`, `objectives`,
`optimizers`, `stopping`, `paths` and `descent`.
"""

import contextlib
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from course_utils.descent import named_axes
from course_utils.hyperparameters import (
    Array,
    Fraction,
    Hyperparameters,
    NonNegative,
    Positive,
    Shape,
    common_grid,
    floats,
)
from course_utils.objectives import Objective
from course_utils.optimizers import State
from course_utils.paths import Descent
from course_utils.stopping import Stop

__all__ = [
    "SPSA",
    "Annealing",
    "Descents",
    "EvolutionStrategy",
    "Genetic",
    "RandomSearch",
    "SearchRule",
    "Swarm",
    "SwarmThenDescent",
    "explore",
]


class Draws:
    """Random numbers for each run of a grid, which depend on its seed alone."""

    def __init__(self, seeds: NDArray[np.int_]) -> None:
        self.shape = seeds.shape
        self.generators = [np.random.default_rng(int(seed)) for seed in seeds.ravel()]

    def normal(self, *shape: int) -> Array:
        """Standard normal numbers, shape (*seeds, *shape)."""
        return self._each(shape, [one.standard_normal(shape) for one in self.generators])

    def uniform(self, *shape: int) -> Array:
        """Numbers from 0 to 1, shape (*seeds, *shape)."""
        return self._each(shape, [one.random(shape) for one in self.generators])

    def integers(self, high: int, *shape: int) -> NDArray[np.int_]:
        """Whole numbers below `high`, shape (*seeds, *shape)."""
        return self._each(shape, [one.integers(high, size=shape) for one in self.generators])

    def _each(self, shape: Shape, drawn: list[Any]) -> Any:
        return np.reshape(drawn, (*self.shape, *shape))


class SearchRule(Hyperparameters):
    r"""A rule that turns one population into the next; subclass it to write your own.

    Its hyperparameters may be arrays over a grid, as those of an optimizer.

    Raises
    ------
    TypeError, ValueError
        If a hyperparameter is unknown or outside of its range.

    Examples
    --------
    >>> from course_utils import Quadratic
    >>> class Halve(SearchRule):
    ...     def step(self, x, f, state, t, draw):
    ...         return x / 2
    >>> explore(Quadratic([1.0, 1.0]), Halve(), population=5, generations=20).costs[-1] < 1e-9
    np.True_
    """

    _may_change = False

    def over(self, grid: Shape) -> "SearchRule":
        """A copy for use inside the loop: numbers of shape (*grid, 1, 1), to multiply points."""
        return self._with(
            {name: np.asarray(value, float)[..., None, None] for name, value in self._numbers()}
        )

    def _numbers(self) -> list[tuple[str, Any]]:
        return [(name, value) for name, value, _ in self._over_the_grid()]

    def first(self, x: Array) -> Array:
        """The first population, made of points drawn evenly from the window."""
        return x

    def step(self, x: Array, f: Any, state: State, t: int, draw: Draws) -> Array:
        """The next population.

        Parameters
        ----------
        x
            The present one, shape (*grid, population, dim).
        f
            The objective: `f.value(x)` has shape (*grid, population).
        state
            What the rule remembers, by names of its choice.
        t
            How many populations there were before this one.
        draw
            Random numbers of each run: `draw.normal(population, dim)`.
        """
        raise NotImplementedError(
            f"{type(self).__name__} needs a method step(self, x, f, state, t, draw)."
        )


class RandomSearch(SearchRule):
    r"""Draw every point anew from the window: $x \sim U$.

    Raises
    ------
    TypeError
        If a hyperparameter is given; it has none.

    Examples
    --------
    >>> from course_utils import Rastrigin
    >>> found = explore(Rastrigin(), RandomSearch(), population=30, generations=100)
    >>> bool(found.costs[-1] < 10)
    True

    Source: Brooks, *A discussion of random methods for seeking maxima*, 1958.
    """

    def step(self, x: Array, f: Any, state: State, t: int, draw: Draws) -> Array:
        low, high = np.array(f.window).T
        return low + (high - low) * draw.uniform(*x.shape[-2:]) + np.zeros_like(x)


class Annealing(SearchRule):
    r"""Walkers who take each step down, and some of those up: fewer as it cools.

    $$P(\text{take}) = \min\left(1, e^{-\Delta / T_t}\right), \qquad T_t = T_0\, c^t$$

    Parameters
    ----------
    temperature
        $T_0$, in the unit of the objective.
    width
        The standard deviation of a proposed step.
    cooling
        $c$, what is left of the temperature after a generation.

    Raises
    ------
    ValueError
        If a hyperparameter is outside of its range, infinite or not a number.

    Notes
    -----
    Each member of the population is a walker of its own; at a temperature of zero none goes up.

    Examples
    --------
    >>> from course_utils import Quadratic
    >>> found = explore(Quadratic([1.0, 1.0]), Annealing(1.0), population=10, generations=100)
    >>> bool(found.costs[-1] < 0.1)
    True

    Source: Kirkpatrick, Gelatt and Vecchi, *Optimization by simulated annealing*, 1983.
    """

    temperature: NonNegative = 5.0
    width: NonNegative = 1.0
    cooling: Fraction = 0.95

    def step(self, x: Array, f: Any, state: State, t: int, draw: Draws) -> Array:
        costs = _costs(f, x)
        here, before = (state["x"], state["costs"]) if t else (x, costs)
        temperature = np.maximum(self.temperature * self.cooling**t, 1e-300)
        climbs = np.maximum(costs - before, 0)
        taken = draw.uniform(x.shape[-2], 1) < np.exp(-climbs / temperature)
        state["x"] = np.where(taken, x, here)
        state["costs"] = np.where(taken, costs, before)
        return state["x"] + self.width * draw.normal(*x.shape[-2:])


class Genetic(SearchRule):
    r"""Children of the better ones: coordinates of two parents, and some changed at random.

    $$x_i \leftarrow x_i^{\text{mother or father}} + m\, \varepsilon_i$$

    Parameters
    ----------
    mutation
        $m$, the standard deviation of a change.
    rate
        The share of coordinates that change.

    Raises
    ------
    ValueError
        If a hyperparameter is outside of its range, infinite or not a number.

    Notes
    -----
    A parent is the better of two members drawn at random. The best member lives on unchanged.

    Examples
    --------
    >>> from course_utils import Rastrigin
    >>> found = explore(Rastrigin(), Genetic(), population=30, generations=100)
    >>> bool(found.costs[-1] < 1)
    True

    Source: Holland, *Adaptation in natural and artificial systems*, 1975.
    """

    mutation: NonNegative = 0.3
    rate: Fraction = 0.5

    def step(self, x: Array, f: Any, state: State, t: int, draw: Draws) -> Array:
        count, dim = x.shape[-2:]
        ranked = np.take_along_axis(x, np.argsort(_costs(f, x), axis=-2), axis=-2)
        # Members stand in the order of their costs: of two places the lower is the better one's.
        mothers, fathers = (
            np.minimum(draw.integers(count, count, 1), draw.integers(count, count, 1))
            for _ in range(2)
        )
        of_mother = draw.uniform(count, dim) < 0.5
        children = np.where(
            of_mother,
            np.take_along_axis(ranked, mothers, axis=-2),
            np.take_along_axis(ranked, fathers, axis=-2),
        )
        changes = np.where(draw.uniform(count, dim) < self.rate, draw.normal(count, dim), 0)
        children = children + self.mutation * changes
        children[..., 0, :] = ranked[..., 0, :]
        return children


class Swarm(SearchRule):
    r"""Particles drawn to the best place that each has seen, and to the best of all.

    $$v \leftarrow w\, v + c_1 u_1 (p - x) + c_2 u_2 (g - x), \qquad x \leftarrow x + v$$

    Parameters
    ----------
    inertia
        $w$, what is left of a velocity.
    own, common
        $c_1$ and $c_2$, how strongly a particle is drawn to its own best place $p$, and to the
        swarm's $g$.

    Raises
    ------
    ValueError
        If a hyperparameter is outside of its range, infinite or not a number.

    Examples
    --------
    >>> from course_utils import Rastrigin
    >>> found = explore(Rastrigin(), Swarm(), population=30, generations=100)
    >>> bool(found.costs[-1] < 0.01)
    True

    Source: Kennedy and Eberhart, *Particle swarm optimization*, 1995.
    """

    inertia: NonNegative = 0.7
    own: NonNegative = 1.5
    common: NonNegative = 1.5

    def step(self, x: Array, f: Any, state: State, t: int, draw: Draws) -> Array:
        costs = _costs(f, x)
        if t == 0:
            state["best"], state["costs"] = x, costs
        better = costs < state["costs"]
        state["best"] = np.where(better, x, state["best"])
        state["costs"] = np.where(better, costs, state["costs"])
        leader = np.argmin(state["costs"], axis=-2, keepdims=True)
        to_own = state["best"] - x
        to_common = np.take_along_axis(state["best"], leader, axis=-2) - x
        state["v"] = (
            self.inertia * state["v"]
            + self.own * draw.uniform(*x.shape[-2:]) * to_own
            + self.common * draw.uniform(*x.shape[-2:]) * to_common
        )
        moved: Array = x + state["v"]
        return moved


class Descents(SearchRule):
    r"""A descent from each point of the first population: $x \leftarrow x - \eta \nabla f(x)$.

    Parameters
    ----------
    learning_rate
        $\eta$.

    Raises
    ------
    ValueError
        If a hyperparameter is outside of its range, infinite or not a number.

    Notes
    -----
    It asks for gradients, and stands here to compare with: one gradient for each evaluation.

    Examples
    --------
    >>> from course_utils import Quadratic
    >>> found = explore(Quadratic([1.0]), Descents(1.0), population=2, generations=2)
    >>> found.costs[-1].item()
    0.0
    """

    learning_rate: NonNegative = 0.002

    def step(self, x: Array, f: Any, state: State, t: int, draw: Draws) -> Array:
        moved: Array = x - self.learning_rate * f.gradient(x)
        return moved


class SwarmThenDescent(Swarm):
    r"""A swarm, and from a generation on a descent from the best place of each particle.

    Parameters
    ----------
    switch
        How many generations the swarm has.
    learning_rate
        $\eta$ of the descents.

    Raises
    ------
    ValueError
        If a hyperparameter is outside of its range, infinite or not a number.

    Examples
    --------
    >>> from course_utils import Rastrigin
    >>> found = explore(Rastrigin(), SwarmThenDescent(), population=30, generations=100)
    >>> bool(found.costs[-1] < 1e-9)
    True
    """

    switch: int = 50
    learning_rate: NonNegative = 0.002

    def step(self, x: Array, f: Any, state: State, t: int, draw: Draws) -> Array:
        if t < self.switch:
            return super().step(x, f, state, t, draw)
        here = state["best"] if t == self.switch else x
        moved: Array = here - self.learning_rate * f.gradient(here)
        return moved


class EvolutionStrategy(SearchRule):
    r"""Probes around one point in pairs; it moves by the gradient that they estimate.

    $$\hat g = \frac{1}{n \sigma} \sum_{i=1}^{n} f_i\, \varepsilon_i, \qquad
      m \leftarrow m - \eta\, \frac{\hat g}{\operatorname{sd}(f) / \sigma}$$

    Parameters
    ----------
    width
        $\sigma$, how far the probes stand off.
    learning_rate
        $\eta$, in units of the variables: costs are divided by their standard deviation.
    cooling
        What is left of both after a generation.

    Raises
    ------
    ValueError
        If a hyperparameter is outside of its range, infinite or not a number, or the population is
        odd.

    Examples
    --------
    >>> from course_utils import Quadratic
    >>> rule = EvolutionStrategy(0.5)
    >>> found = explore(Quadratic([1.0, 1.0]), rule, population=10, generations=200)
    >>> bool(found.costs[-1] < 0.01)
    True

    Source: Salimans et al., *Evolution strategies as a scalable alternative to reinforcement
    learning*, 2017; Rechenberg, *Evolutionsstrategie*, 1973.
    """

    width: Positive = 2.0
    learning_rate: NonNegative = 1.0
    cooling: Fraction = 0.96

    def first(self, x: Array) -> Array:
        return _all_alike(x)

    def step(self, x: Array, f: Any, state: State, t: int, draw: Draws) -> Array:
        if t == 0:
            state["middle"] = x[..., :1, :]
        else:
            costs = _costs(f, x)
            worst = np.max(costs, axis=-2, keepdims=True, where=np.isfinite(costs), initial=-1e300)
            costs = np.minimum(costs, worst)  # a probe where there is no cost tells as much
            spread = np.maximum(costs.std(axis=-2, keepdims=True), 1e-300)
            slope = np.mean(costs / spread * state["probes"], axis=-2, keepdims=True)
            rate = self.learning_rate * self.cooling ** (t - 1)
            state["middle"] = state["middle"] - rate * slope
        half = draw.normal(x.shape[-2] // 2, x.shape[-1])
        state["probes"] = np.concatenate([half, -half], axis=-2)
        moved: Array = state["middle"] + self.width * self.cooling**t * state["probes"]
        return moved


class SPSA(SearchRule):
    r"""Two evaluations for a slope along random signs, whatever the number of variables.

    $$\hat g = \frac{f(x + c\, s) - f(x - c\, s)}{2c}\, s, \qquad s_i = \pm 1, \qquad
      x \leftarrow x - \eta_t\, \hat g$$

    Parameters
    ----------
    learning_rate
        $\eta_0$; it falls as $(1 + t / 10)^{-0.602}$.
    width
        $c_0$, how far the two points stand off; it falls as $(1 + t / 10)^{-0.101}$.

    Raises
    ------
    ValueError
        If a hyperparameter is outside of its range, infinite or not a number, or the population is
        odd.

    Notes
    -----
    Each pair of the population is a run of its own.

    Examples
    --------
    >>> from course_utils import Quadratic
    >>> found = explore(Quadratic([1.0, 1.0]), SPSA(0.5, 0.1), population=2, generations=300)
    >>> bool(found.costs[-1] < 0.01)
    True

    Source: Spall, *Multivariate stochastic approximation using a simultaneous perturbation gradient
    approximation*, 1992.
    """

    learning_rate: NonNegative = 0.03
    width: Positive = 0.3

    def step(self, x: Array, f: Any, state: State, t: int, draw: Draws) -> Array:
        half = x.shape[-2] // 2
        if t == 0:
            state["x"] = x[..., :half, :]
        else:
            costs = _costs(f, x)
            slope = (costs[..., :half, :] - costs[..., half:, :]) / (2 * self.apart(t - 1))
            slope = np.where(np.isfinite(slope), slope, 0)  # where there is no cost, a pair waits
            rate = self.learning_rate / (1 + (t - 1) / 10) ** 0.602
            state["x"] = state["x"] - rate * slope * state["signs"]
        state["signs"] = np.where(draw.uniform(half, x.shape[-1]) < 0.5, -1.0, 1.0)
        away = self.apart(t) * state["signs"]
        return np.concatenate([state["x"] + away, state["x"] - away], axis=-2)

    def apart(self, t: int) -> Array:
        """How far the two points stand off at generation t."""
        return self.width / (1 + t / 10) ** 0.101


def explore(
    objective: Objective,
    rule: SearchRule,
    *,
    population: int = 30,
    generations: int = 100,
    seed: ArrayLike = 0,
) -> Descent:
    r"""Run a search on an objective, for every point of a grid at once.

    $$X_{t+1} = \text{step}(X_t), \qquad t = 0, \dots, \text{generations} - 2$$

    Parameters
    ----------
    objective
        What to search; its window is where the first population is drawn from, evenly.
    rule
        How a population becomes the next; each of its numbers may be an array over the grid.
    population
        How many points are evaluated in a generation: an even number for rules that probe in pairs.
    generations
        How many populations are evaluated, the first one included.
    seed
        Of the random numbers, a whole number or an array over the grid.

    Returns
    -------
    Descent
        `points` and `costs` are those of the best member so far, shape (generations, *grid, dim)
        and (generations, *grid); `recorded["population"]` holds all members, shape
        (generations, *grid, population, dim). A step has cost `population` evaluations.

    Raises
    ------
    TypeError, ValueError
        In one sentence: what was given, what was expected, and how to mend it.

    Examples
    --------
    >>> from course_utils import Rastrigin
    >>> found = explore(Rastrigin(), Swarm(inertia=[0.4, 0.7]), population=20, generations=60)
    >>> found.points.shape, found.recorded["population"].shape
    ((60, 2, 2), (60, 2, 20, 2))
    >>> [axis.name for axis in found.axes]
    ['inertia']
    """
    seeds = _checked(objective, rule, population, generations, seed)
    parameters: dict[str, Any] = rule.parameters | {"seed": seeds[..., None]}
    grid = common_grid(parameters)
    draw = Draws(seeds.reshape((1,) * (len(grid) - seeds.ndim) + seeds.shape))
    low, high = np.array(objective.window).T
    shape = (population, objective.dim)
    x = np.broadcast_to(low + (high - low) * draw.uniform(*shape), (*grid, *shape)).copy()
    here, state = rule.over(grid), State(x)
    members = np.empty((generations, *x.shape))
    members[0] = x = _population(rule, "first", here.first(x), x.shape)
    with np.errstate(all="ignore"):  # what flies off has a high cost, and is not the best
        for t in range(1, generations):
            moved = here.step(x, objective, state, t - 1, draw)
            members[t] = x = _population(rule, "step", moved, x.shape)
        costs = objective.value(members)
    points, costs = _best_so_far(members, costs)
    return Descent(
        points=points,
        costs=costs,
        ended=np.full(grid, generations - 1),
        reason=np.full(grid, "steps", dtype="<U13"),
        axes=named_axes(parameters, grid),
        objective=objective,
        optimizer=rule,
        stop=Stop(),
        start=points[0],
        recorded={"population": members},
    )


def _costs(f: Any, x: Array) -> Array:
    """The cost of each member, shape (*grid, population, 1); infinite where there is none."""
    costs: Array = f.value(x)[..., None]
    return np.where(np.isnan(costs), np.inf, costs)


def _population(rule: SearchRule, method: str, points: Any, shape: Shape) -> Array:
    """What a rule returned, if it is a population like the one before."""
    if type(points) is np.ndarray and points.dtype == float and points.shape == shape:
        return points
    what = "None" if points is None else f"a {type(points).__name__} that is no array of numbers"
    with contextlib.suppress(TypeError, ValueError):
        found = floats(points)
        if found.shape == shape and points is not None:
            return found
        what = what if points is None else f"an array of shape {found.shape}"
    raise ValueError(
        f"{method} of {type(rule).__name__} returned {what}, but the population has shape {shape}; "
        f"end it with a return of as many points."
    )


def _best_so_far(members: Array, costs: Array) -> tuple[Array, Array]:
    """Of all members up to each generation the best one, and its cost."""
    known = np.where(np.isnan(costs), np.inf, costs)
    leader = known.argmin(-1)[..., None]
    points = np.take_along_axis(members, leader[..., None], axis=-2)[..., 0, :]
    lowest = np.take_along_axis(known, leader, axis=-1)[..., 0]
    # The generation in which the lowest cost so far was first seen.
    steps = np.arange(len(lowest)).reshape(-1, *(1,) * (lowest.ndim - 1))
    falls = lowest < np.concatenate([np.full((1, *lowest.shape[1:]), np.inf), lowest[:-1]])
    record = lowest <= np.minimum.accumulate(lowest)
    seen = np.maximum.accumulate(np.where(record & (falls | (steps == 0)), steps, 0))
    best = np.take_along_axis(lowest, seen, axis=0)
    return np.take_along_axis(points, seen[..., None], axis=0), best


def _all_alike(x: Array) -> Array:
    """A population that begins at one point, the first that was drawn."""
    return np.broadcast_to(x[..., :1, :], x.shape)


def _checked(
    objective: Objective, rule: SearchRule, population: int, generations: int, seed: ArrayLike
) -> NDArray[np.int_]:
    if not isinstance(rule, SearchRule):
        raise TypeError(
            f"rule was {rule!r}; it must be a rule of search such as Swarm(); optimizers go to"
            " descend()."
        )
    if not isinstance(objective, Objective):
        raise TypeError(
            f"objective was {objective!r}; it must be like Rastrigin(), or"
            " Function(your_function, window=[(-1, 1), (-1, 1)])."
        )
    for name, count in (("population", population), ("generations", generations)):
        if not isinstance(count, int | np.integer) or count < 2:
            raise ValueError(f"{name} was {count!r}; it must be a whole number of at least 2.")
    if population % 2 and isinstance(rule, EvolutionStrategy | SPSA):
        raise ValueError(
            f"population was {population}; {type(rule).__name__} probes in pairs and needs an even"
            " number."
        )
    if objective.window is None:
        raise ValueError(
            f"{objective.name} has no window to draw the first population from; give it one, as in"
            " Function(..., window=[(-1, 1), (-1, 1)])."
        )
    if common_grid(objective.parameters):
        raise ValueError(
            f"{objective.name} has arrays over a grid; search one objective at a time, and join the"
            " results with stack()."
        )
    seeds = np.asarray(seed)
    if seeds.dtype.kind not in "iu" or (seeds < 0).any():
        raise ValueError(f"seed was {seed!r}; it must be whole numbers of at least 0.")
    return seeds
