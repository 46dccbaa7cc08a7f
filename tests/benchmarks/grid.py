"""A whole grid of descents at once against one plain loop for each of them."""

import time
from collections.abc import Callable

import numpy as np

from course_utils import Momentum, Quadratic, descend

from .row import Row, percentile, seconds

RATES = np.linspace(0.001, 0.05, 60)
MOMENTA = np.linspace(0.0, 0.95, 20)
STEPS = 100
START = np.array([-4.0, 2.0])
CURVATURES = np.array([1.0, 25.0])


def whole_grid() -> np.ndarray:
    """Return the points of every path, (steps+1, 60, 20, 2), from one call."""
    optimizer = Momentum(learning_rate=RATES[:, None], momentum=MOMENTA)
    return descend(Quadratic(curvatures=CURVATURES), START, optimizer, STEPS).points


def path_by_path() -> np.ndarray:
    """Return the same from one loop for each path, as one would write it first."""
    grid = np.empty((STEPS + 1, len(RATES), len(MOMENTA), 2))
    costs = np.empty(grid.shape[:-1])
    for i, learning_rate in enumerate(RATES):
        for j, momentum in enumerate(MOMENTA):
            x, velocity = START, np.zeros(2)
            grid[0, i, j] = x
            costs[0, i, j] = 0.5 * np.sum(CURVATURES * x**2)
            for t in range(STEPS):
                gradient = CURVATURES * x
                velocity = momentum * velocity + gradient
                x = x - learning_rate * velocity
                grid[t + 1, i, j] = x
                costs[t + 1, i, j] = 0.5 * np.sum(CURVATURES * x**2)
    return grid


def duration(action: Callable[[], object], times: int) -> float:
    """Return the median duration of an action."""
    taken = []
    for _ in range(times):
        begun = time.perf_counter()
        action()
        taken.append(time.perf_counter() - begun)
    return percentile(taken, 50)


def rows() -> list[Row]:
    """Measure both in turn, after making sure that they compute the same paths."""
    np.testing.assert_allclose(whole_grid(), path_by_path(), rtol=1e-9, atol=1e-12)
    at_once, in_turn = duration(whole_grid, 15), duration(path_by_path, 3)
    ratio = in_turn / at_once
    return [
        Row(
            f"{len(RATES)} x {len(MOMENTA)} descents of {STEPS} steps on a quadratic",
            seconds(at_once),
            f"{seconds(in_turn)}, one numpy loop per path",
            ratio,
            "at least 100 times faster",
            ratio >= 100,
        )
    ]
