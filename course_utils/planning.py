"""A path round obstacles: the objective of the lesson on industries. Imports numpy, `objectives`.

A path is a point of many coordinates: all of its waypoints in one row.
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from course_utils.hyperparameters import Array, Number, Positive, check_range, floats
from course_utils.objectives import Objective, checked_points, numbers

__all__ = ["PathRoundObstacles"]


class PathRoundObstacles(Objective):
    r"""A rubber band between two ends that pays for each waypoint near an obstacle.

    $$f(p) = s \sum_{i=1}^{n-1} \|p_{i+1} - p_i\|^2
      + h \sum_{i=1}^{n} \sum_k e^{-\|p_i - c_k\|^2 / (2 r_k^2)}$$

    Parameters
    ----------
    obstacles
        The centres $c_k$, shape (k, 2), or (*grid, k, 2) if they stand elsewhere in each run.
    radii
        $r_k$, shape (k,) or one number for all, in the unit of the coordinates.
    smoothness
        $s$, what length costs; a number or an array over the grid.
    height
        $h$, what the middle of an obstacle costs.
    start, goal
        The two ends, which stay where they are.
    waypoints
        $n$, how many points the path has, both ends included.

    Raises
    ------
    ValueError
        If a shape does not fit, a number is not finite, or there are fewer than three waypoints.

    Notes
    -----
    A point of this objective has the 2 (n − 2) coordinates of the free waypoints, one waypoint
    after the other. `waypoints(x)` puts the ends around them, and `line(bend)` makes a start.

    Examples
    --------
    >>> plan = PathRoundObstacles([[5.0, 0.0]], radii=1.0, waypoints=3, height=2.0)
    >>> round(float(plan.value([5.0, 1.0])), 3), plan.gradient([5.0, 0.0]).tolist()
    (53.213, [0.0, 0.0])
    >>> plan.waypoints([5.0, 1.0]).tolist()
    [[0.0, 0.0], [5.0, 1.0], [10.0, 0.0]]

    Source: Quinlan and Khatib, *Elastic bands: connecting path planning and control*, 1993.
    """

    name = "path round obstacles"
    varying = ("places", "smoothness")

    def __init__(
        self,
        obstacles: ArrayLike,
        radii: ArrayLike = 1.0,
        *,
        smoothness: ArrayLike = 1.0,
        height: float = 1.0,
        start: ArrayLike = (0.0, 0.0),
        goal: ArrayLike = (10.0, 0.0),
        waypoints: int = 40,
    ) -> None:
        for name, places in (("obstacles", obstacles), ("start", start), ("goal", goal)):
            check_range(name, places, Number)
        centres, ends = floats(obstacles), [floats(start), floats(goal)]
        if centres.ndim < 2 or centres.shape[-1] != 2:
            raise ValueError(
                f"obstacles has shape {centres.shape}; it must hold an x and y for each obstacle,"
                " numbers of shape (k, 2) or (*grid, k, 2)."
            )
        if any(end.shape != (2,) for end in ends) or (ends[0] == ends[1]).all():
            raise ValueError(
                f"start was {start!r} and goal {goal!r}; give two different places, each with two"
                " coordinates."
            )
        if not isinstance(waypoints, int | np.integer) or waypoints < 3:
            raise ValueError(
                f"waypoints was {waypoints!r}; a path has two ends and at least one point between."
            )
        self.ends, self.count = np.array(ends), centres.shape[-2]
        self.radii = _radii(radii, self.count)
        # The centres of a run in one row, as the engine has the numbers that shape an objective.
        self.places = centres.reshape(*centres.shape[:-2], -1)
        self.smoothness = numbers("smoothness", smoothness)
        check_range("height", height)
        self.height, self.dim = float(height), 2 * (int(waypoints) - 2)

    def line(self, bend: ArrayLike = 0.0) -> Array:
        """The straight path, bent aside by half a sine wave: a start, shape (*grid, dim).

        Parameters
        ----------
        bend
            How far the middle stands aside, a number or an array of shape (*grid,).
        """
        share = np.linspace(0, 1, self.dim // 2 + 2)[1:-1]
        along = self.ends[1] - self.ends[0]
        across = np.array([-along[1], along[0]]) / np.hypot(*along)
        check_range("bend", bend, Number)
        aside = np.multiply.outer(floats(bend), np.sin(np.pi * share))
        path = self.ends[0] + share[:, None] * along + aside[..., None] * across
        return path.reshape(*path.shape[:-2], self.dim)

    def waypoints(self, x: ArrayLike) -> Array:
        """All waypoints, both ends included, shape (*grid, n, 2)."""
        free = checked_points(x, self.dim)
        free = free.reshape(*free.shape[:-1], -1, 2)
        ends = np.broadcast_to(self.ends, (*free.shape[:-2], 2, 2))
        return np.concatenate([ends[..., :1, :], free, ends[..., 1:, :]], axis=-2)

    def value(self, x: ArrayLike) -> Array:
        path = self.waypoints(x)
        length = np.square(np.diff(path, axis=-2)).sum((-2, -1))
        bumps, _ = self._bumps(path)
        found: Array = self.smoothness[..., 0] * length + self.height * bumps.sum((-2, -1))
        return found

    def gradient(self, x: ArrayLike) -> Array:
        path = self.waypoints(x)
        pull = 2 * path[..., 1:-1, :] - path[..., :-2, :] - path[..., 2:, :]
        bumps, offsets = self._bumps(path[..., 1:-1, :])
        push = ((bumps / self.radii**2)[..., None] * offsets).sum(-2)
        gradient = 2 * self.smoothness[..., None] * pull - self.height * push
        return gradient.reshape(*gradient.shape[:-2], self.dim)

    def _bumps(self, path: Array) -> tuple[Array, Any]:
        """For each waypoint and obstacle the height of the bump, and the way from its centre."""
        centres = self.places.reshape(*self.places.shape[:-1], 1, self.count, 2)
        offsets = path[..., None, :] - centres
        return np.exp(-np.square(offsets).sum(-1) / (2 * self.radii**2)), offsets

    @property
    def memory(self) -> int:
        return self.dim * self.count


def _radii(given: ArrayLike, count: int) -> Array:
    """A radius for each obstacle, above zero."""
    check_range("radii", given, Positive)
    radii = floats(given)
    if radii.shape not in {(), (1,), (count,)}:
        raise ValueError(
            f"radii was {given!r}; give each of the {count} obstacles a radius, or one number for"
            " all."
        )
    return np.broadcast_to(radii, (count,))
