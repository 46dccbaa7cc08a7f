"""The landscape under the paths: its window, its known minima, the lowest cost.

Imports numpy only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from course_utils.paths import Descent

Array = NDArray[Any]
Window = list[tuple[float, float]]

FARTHEST = 1e300  # beyond it the limits of a window would not be numbers
NEARBY = 1e-4  # how far from a minimum its neighbours lie, as a share of its size (at least 1)


def chosen_window(
    descents: Mapping[str, Descent], given: Sequence[tuple[float, float]] | None
) -> Window | None:
    """The part of the landscape to show: as given, as the objective says, or where the paths are.

    Raises
    ------
    ValueError
        If the window has not a pair of limits for each parameter.
    """
    objective: Any = next(iter(descents.values())).objective
    if objective.dim > 2:
        return None
    window = given if given is not None else objective.window
    around = _around(descents, objective.dim) if window is None else window
    limits = np.asarray(around, dtype=float)
    fits = limits.shape == (objective.dim, 2) and np.isfinite(limits).all()
    if not fits or not np.all(limits[:, 0] < limits[:, 1]):
        raise ValueError(
            f"window was {window!r}; it must hold a pair (low, high) with low < high for each of"
            f" the {objective.dim} parameters."
        )
    if objective.dim == 2 and given is None and tuple(objective.labels) == ("x", "y"):
        limits = _same_scale(limits)
    return [(float(low), float(high)) for low, high in limits]


def _around(descents: Mapping[str, Descent], dim: int) -> Array:
    """Limits around the starts and most of what paths that did not diverge passed."""
    visited = [np.zeros((0, dim))]
    for paths in descents.values():
        if paths.points.shape[-1] == dim:
            starts = paths.points[0].reshape(-1, dim)
            kept = paths.points[:, ~paths.diverged].reshape(-1, dim)
            middle = np.percentile(kept, [1, 99], axis=0) if len(kept) else starts
            visited += [starts, middle]
    points = np.clip(np.concatenate(visited), -FARTHEST, FARTHEST)
    low, high = points.min(axis=0), points.max(axis=0)
    size = np.maximum(np.abs(low), np.abs(high))
    narrow = high - low <= 1e-9 * size
    half = np.where(narrow, np.where(size > 0, 0.5 * size, 1.0), 0.15 * (high - low))
    return np.stack([low - half, high + half], axis=1)


def _same_scale(limits: Array) -> Array:
    """Widen a window that is too narrow or too flat, so that both coordinates share one scale."""
    spans, middle = np.diff(limits)[:, 0], limits.mean(axis=1)
    spans = np.array([max(spans[0], spans[1]), max(spans[1], spans[0] / 1.6)])
    return np.stack([middle - spans / 2, middle + spans / 2], axis=1)


def flat(heights: Array, axis: int | tuple[int, ...]) -> Array:
    """Whether heights differ by no more than the last digits of their size."""
    known = np.where(np.isfinite(heights), heights, 0.0)
    size = np.abs(known).max(axis=axis)
    found: Array = np.ptp(known, axis=axis) <= 1e-9 * size
    return found


def known_minima(objective: Any, axes: int) -> tuple[Array, Array, Array]:
    """The known minima (k, dim); for each place of a grid whether each is one there; its cost.

    An objective that varies over the grid knows the minima of all places; at each place those count
    from which the cost rises in all directions. Shapes (k, *grid), with 1 where nothing varies.
    """
    found = [np.reshape(f.minima, (-1, objective.dim)) for f in _alternatives(objective)]
    points = np.unique(np.concatenate(found), axis=0)
    if not len(points):
        return points, np.zeros((0, *(1,) * axes), bool), np.zeros((0, *(1,) * axes))
    steps = NEARBY * np.maximum(1.0, np.abs(points))[:, None] * np.eye(objective.dim)
    around = np.concatenate([points[:, None], points[:, None] + steps, points[:, None] - steps], 1)
    ones = (1,) * axes
    with np.errstate(all="ignore"):
        values = np.asarray(
            objective.value(around.reshape(*around.shape[:2], *ones, objective.dim)), dtype=float
        )
    here, there = values[:, 0], values[:, 1:]
    slack = 1e-12 * np.abs(here[:, None])
    return points, (there >= here[:, None] - slack).all(axis=1), here


def _alternatives(objective: Any) -> Sequence[Any]:
    """The objectives that stand side by side in a stack, or the one."""
    return getattr(objective, "choices", None) or [objective]


def lowest_costs(descents: Mapping[str, Descent]) -> dict[str, Array]:
    """For each descent the lowest cost that is known, which broadcasts to its grid.

    That is the cost at a known minimum, or what a path that did not diverge reached below it. Where
    no minimum is known it is 0, or the lowest cost that any path reached.
    """
    reached = min(0.0, *(_least(paths) for paths in descents.values()))
    lowest = {}
    for name, paths in descents.items():
        grid = paths.ended.shape
        _, counts, costs = known_minima(paths.objective, len(grid))
        known = np.min(np.where(counts, costs, np.inf), axis=0, initial=np.inf)
        lost = np.where(np.isfinite(known), known, reached)
        lowest[name] = _below(lost, paths)
    return lowest


def _least(paths: Descent) -> float:
    """The lowest cost of the paths that did not diverge."""
    return float(np.min(paths.costs[:, ~paths.diverged], initial=np.inf))


def _below(lowest: Array, paths: Descent) -> Array:
    """The lowest cost, or what was reached at its place of the grid where that is clearly below."""
    least = np.where(paths.diverged, np.inf, paths.costs.min(axis=0))
    for axis, size in enumerate(lowest.shape):
        if size == 1:
            least = least.min(axis=axis, keepdims=True)
    clearly = least < lowest - 1e-9 * np.maximum(np.abs(lowest), 1e-300)
    found: Array = np.where(clearly, least, lowest)
    return found


def on_one_ground(descents: Mapping[str, Descent], window: Window | None) -> bool:
    """Whether all descents are on the objective that the first one's landscape shows."""
    if window is None:
        return False
    first = next(iter(descents.values()))
    lines = [np.linspace(low, high, 7) for low, high in window]
    mesh = np.stack(np.meshgrid(*lines), axis=-1).reshape(-1, len(window))
    seen = None
    for paths in descents.values():
        if paths.objective.dim != first.objective.dim:
            return False
        if paths.objective is first.objective:
            continue
        seen = _heights(first, mesh) if seen is None else seen
        if not (_agree(seen, _heights(paths, mesh)) or _costs_lie_on(first, paths)):
            return False
    return True


def _costs_lie_on(ground: Descent, paths: Descent) -> bool:
    """Whether a descent on a part of an objective was given the costs of the whole."""
    if [axis.name for axis in paths.axes] != [axis.name for axis in ground.axes]:
        return False
    with np.errstate(all="ignore"):
        heights = np.asarray(ground.objective.value(paths.points), dtype=float)
    return bool(np.allclose(heights, paths.costs, rtol=1e-6, equal_nan=True))


def _heights(paths: Descent, mesh: Array) -> tuple[list[str], Array]:
    """The objective at points, with the names of the axes along which it may vary."""
    ones = (1,) * len(paths.axes)
    with np.errstate(all="ignore"):
        values = np.asarray(paths.objective.value(mesh.reshape(len(mesh), *ones, -1)), dtype=float)
    return [axis.name for axis in paths.axes], np.nan_to_num(values)


def _agree(one: tuple[list[str], Array], other: tuple[list[str], Array]) -> bool:
    """Whether two objectives have the same values wherever both are known."""
    names = [*one[0], *(name for name in other[0] if name not in one[0])]
    aligned = []
    for own, values in (one, other):
        order = [own.index(name) for name in names if name in own]
        moved = np.transpose(values, [0, *(k + 1 for k in order)])
        gaps = tuple(k + 1 for k, name in enumerate(names) if name not in own)
        aligned.append(np.expand_dims(moved, gaps))
    mine, theirs = aligned
    return bool(np.allclose(mine, theirs, rtol=1e-6, atol=1e-9 * float(np.ptp(mine)) + 1e-300))
