"""What a figure shows: descents on one landscape, and how they are packed for the browser.

Python decides everything once; the browser only looks things up. Imports numpy only.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from course_utils.stopping import STATUSES

from .packing import Parcel, coordinate_codes, coordinate_scale, cost_codes
from .styles import GREEK, style

if TYPE_CHECKING:
    from course_utils.paths import Axis, Descent

    from .panels import Panel

Array = NDArray[Any]
Window = list[tuple[float, float]]


class Scene:
    """Descents on one landscape, and the panels in which they are seen.

    Attributes
    ----------
    descents
        What is shown, by name.
    axes
        One for each slider: the axes of all grids, those of the same name once.
    objective
        That of the first descent, which the landscape shows.
    window
        The part of the landscape that is shown; None for more than two parameters.
    lowest
        The lowest known cost, from which the cost is measured on a logarithmic axis.
    ranges
        Where descents were summarised over an axis: the lowest and the highest cost at each step,
        by the name of the descent.
    panels
        The panels, each bound to this scene.
    """

    def __init__(
        self,
        descents: Descent | Mapping[str, Descent],
        *,
        window: Sequence[tuple[float, float]] | None = None,
        spread: str | None = None,
    ) -> None:
        self.descents = _named(descents)
        self.single = dict(self.descents)
        self.lowest = _lowest(next(iter(self.descents.values())), self.descents)
        self.ranges: dict[str, tuple[Array, Array]] = {}
        self.spread: dict[str, Any] | None = None
        if spread is not None:
            self._summarise(spread)
        self.axes = _shared_axes(self.descents)
        self.first = next(iter(self.descents.values()))
        self.objective: Any = self.first.objective
        self.window: Window | None = _window(self.objective, window)
        self.steps = max(paths.steps for paths in self.descents.values())
        self.panels: tuple[Panel, ...] = ()

    def furnish(self, panels: Sequence[Panel]) -> None:
        """Put panels into the figure."""
        self.panels = tuple(panel.bound(self) for panel in panels)
        if any(panel.from_zero for panel in self.panels):
            self.lowest = 0.0

    def _summarise(self, name: str) -> None:
        """Draw the paths along an axis as one: the median of their costs, and their range."""
        axes = {axis.name: axis for paths in self.descents.values() for axis in paths.axes}
        if name not in axes:
            raise ValueError(
                f"spread was {name!r}; it must be the name of an axis: {', '.join(axes) or 'none'}."
            )
        self.spread = {
            "axis": name,
            "name": name.replace("_", " "),
            "count": len(axes[name].values),
        }
        for who, paths in self.single.items():
            if name not in [axis.name for axis in paths.axes]:
                continue
            k = [axis.name for axis in paths.axes].index(name)
            costs = self.along_spread(who, paths.costs)
            self.ranges[who] = costs["low"], costs["high"]
            lost = paths.diverged.any(axis=k)
            self.descents[who] = replace(
                paths,
                points=np.take(paths.points, 0, axis=k + 1),
                costs=costs["values"],
                ended=paths.ended.max(axis=k),
                reason=np.where(lost, "diverged", paths.reason.take(0, axis=k)),
                axes=tuple(axis for axis in paths.axes if axis.name != name),
            )

    def along_spread(self, name: str, values: Array) -> dict[str, Array]:
        """Values (steps, *grid) as they are, or their median and range where paths are one."""
        names = [axis.name for axis in self.single[name].axes]
        if self.spread is None or self.spread["axis"] not in names:
            return {"values": values}
        k = names.index(self.spread["axis"]) + 1
        return {
            "values": np.median(values, axis=k),
            "low": values.min(axis=k),
            "high": values.max(axis=k),
        }

    def for_each(self, given: Any) -> dict[str, Any]:
        """One value for each descent, from a mapping or from one value for all."""
        return dict(given) if isinstance(given, Mapping) else dict.fromkeys(self.descents, given)

    @property
    def title(self) -> str:
        """Which methods are shown on what."""
        return f"{', '.join(self.descents)} on {_in_words(self.objective.name)}"

    def packed(self) -> tuple[dict[str, Any], bytes]:
        """Everything that the browser needs: how to read the bytes, and the bytes."""
        parcel = Parcel()
        spec = {
            "steps": self.steps,
            "labels": list(self.objective.labels),
            "lowest": self.lowest,
            "window": self.window,
            "quadratic": self._coefficients(),
            "spread": self.spread,
            "paths": [self._path(parcel, name) for name in self.descents],
            "panels": [
                {
                    "name": panel.name(),
                    "title": panel.title,
                    "tab": panel.tab(),
                    "tells_cost": panel.tells_cost,
                    "tells_outcome": panel.tells_outcome,
                    **panel.pack(parcel),
                }
                for panel in self.panels
            ],
        }
        return spec, parcel.sealed()

    def rerun(
        self, descents: Descent | Mapping[str, Descent], start: Sequence[float]
    ) -> tuple[dict[str, Any], Scene]:
        """Descents from one start in the place of those shown: for the browser, and as a scene."""
        again = copy.copy(self)
        again.descents = _named(descents)
        again.first = next(iter(again.descents.values()))
        again.ranges = {}
        for name, paths in self.descents.items():
            wanted = [axis.name for axis in paths.axes if axis.name != "start"]
            other = again.descents.get(name)
            if other is None or [a.name for a in other.axes] != wanted or other.steps > self.steps:
                raise ValueError(
                    f"rerun({tuple(start)}) returned {other!r} for {name!r}; it must return what"
                    f" the player was given, for one start: axes {wanted}, {self.steps} steps."
                )
        return {"start": list(start), **again.packed_paths()}, again

    def packed_paths(self) -> dict[str, Any]:
        """The paths alone: how to read the bytes, and the bytes."""
        parcel = Parcel()
        paths = [self._path(parcel, name) for name in self.descents]
        return {"paths": paths, "data": parcel.sealed()}

    def _path(self, parcel: Parcel, name: str) -> dict[str, Any]:
        paths = self.descents[name]
        status = np.select([paths.status == word for word in STATUSES], range(len(STATUSES)))
        names = [axis.name for axis in self.axes]
        packed: dict[str, Any] = {
            "name": name,
            **style(name, list(self.descents)),
            "axes": [names.index(axis.name) for axis in paths.axes],
            "steps": paths.steps,
            "aims": _aims(paths),
            "ended": parcel.integers(paths.ended.ravel(), width=2),
            "status": parcel.integers(status.ravel(), width=1),
        }
        for side, values in zip(("low", "high"), self.ranges.get(name, ()), strict=False):
            packed[f"costs_{side}"] = self.quantity(parcel, values - self.lowest)
        if any(panel.shows_points for panel in self.panels):
            packed |= self._points(parcel, paths)
        if not self.lattice or "start" not in [axis.name for axis in paths.axes]:
            packed["costs"] = self.quantity(parcel, paths.costs - self.lowest)
        elif getattr(paths.stop, "gradient_norm", None) is not None:
            limit = np.broadcast_to(paths.stop.gradient_norm, paths.ended.shape)
            packed["gradient_norm"] = parcel.floats(np.nan_to_num(limit).ravel())
        return packed

    def _points(self, parcel: Parcel, paths: Descent) -> dict[str, Any]:
        """Where a path is at each step; at its last place it stays to the end."""
        short = ((0, self.steps - paths.steps), *((0, 0),) * paths.ended.ndim, (0, 0))
        points = np.moveaxis(np.pad(paths.points, short, mode="edge"), 0, -1)
        # Where costs are computed from the coordinates, these have to be finer.
        width, ranges = 3 if self.lattice else 2, self._ranges(points)
        codes = [
            coordinate_codes(points[..., c, :], *limits, width) for c, limits in enumerate(ranges)
        ]
        return {
            "points": parcel.integers(np.stack(codes, axis=-2), width=width),
            "coordinates": [coordinate_scale(*limits, width) for limits in ranges],
        }

    def quantity(self, parcel: Parcel, values: Array) -> dict[str, Any]:
        """A quantity at each step of a path, packed; its last value stays to the end."""
        short = ((0, self.steps + 1 - len(values)), *((0, 0),) * (values.ndim - 1))
        codes, scale = cost_codes(np.pad(values, short, mode="edge"))
        return {"codes": parcel.integers(np.moveaxis(codes, 0, -1), width=3), "scale": scale}

    def at_each_step(self, name: str, kind: str, given: Mapping[str, Any]) -> Array | None:
        """What was given for each step of a descent, as an array (steps or steps + 1, *grid)."""
        paths = self.single[name]
        if given.get(name) is None:
            return None
        values: Array = np.asarray(given[name], dtype=float)
        grid = paths.ended.shape
        if values.ndim < 1 or len(values) not in (paths.steps, paths.steps + 1):
            raise ValueError(
                f"{kind} has shape {values.shape}; its first axis must have a value for each of the"
                f" {paths.steps} steps."
            )
        ones = (1,) * (len(grid) - values.ndim + 1)
        return np.broadcast_to(
            values.reshape(len(values), *ones, *values.shape[1:]), (len(values), *grid)
        )

    def _ranges(self, points: Array) -> Window:
        """Ranges in which coordinates are sampled evenly: the window, or where most points are."""
        if self.window:
            return self.window
        flat = np.moveaxis(points, -2, 0).reshape(points.shape[-2], -1)
        low, high = np.percentile(flat, [1, 99], axis=1)
        found: Window = [(float(a) - 1e-9, float(b) + 1e-9) for a, b in zip(low, high, strict=True)]
        return found

    def varying(self, shape: tuple[int, ...]) -> list[int]:
        """For an array over the grid of the first descent, the sliders along which it changes."""
        names = [axis.name for axis in self.axes]
        shape = (1,) * (len(self.first.axes) - len(shape)) + shape
        return [
            names.index(axis.name)
            for axis, size in zip(self.first.axes, shape, strict=True)
            if size > 1
        ]

    def _coefficients(self) -> dict[str, Any] | None:
        """The landscape as coefficients, and the sliders along which they change."""
        if self.quadratic is None or not any(panel.shows_points for panel in self.panels):
            return None
        grid = self.heights.shape[: len(self.first.axes)]
        return {"axes": self.varying(grid), "coefficients": self.quadratic}

    @cached_property
    def quadratic(self) -> list[list[float]] | None:
        """The six coefficients of each landscape, x², xy, y², x, y and 1, if all are quadratic."""
        window = self.window
        if window is None:
            return None
        heights = self.heights
        lines = [np.linspace(*window[c], heights.shape[-1 - c]) for c in range(len(window))]
        x, y = np.meshgrid(*lines) if len(lines) == 2 else (lines[0], np.zeros(len(lines[0])))
        terms = np.stack([x * x, x * y, y * y, x, y, np.ones_like(x)], axis=-1).reshape(-1, 6)
        values = heights.reshape(-1, len(terms)).T
        if not np.isfinite(values).all():
            return None
        found = np.linalg.lstsq(terms, values)[0]
        if np.abs(terms @ found - values).max() > 1e-6 * np.ptp(values):
            return None
        return found.T.tolist()

    @cached_property
    def lattice(self) -> dict[str, Any] | None:
        """The starts as a lattice, if iterates depend affinely on them: one may then lie between.

        That is so for methods that are linear in the gradient, on a quadratic landscape. It is
        tested on the paths themselves, up to the first step at which one of them ended.
        """
        axis = next((axis for axis in self.axes if axis.name == "start"), None)
        shown = any(panel.name() == "landscape" for panel in self.panels)
        if axis is None or not shown or self.quadratic is None:
            return None
        starts = np.asarray(axis.values, dtype=float)
        lines = [np.unique(column) for column in starts.T]
        if min(map(len, lines)) < 2 or np.prod([len(line) for line in lines]) != len(starts):
            return None
        rank = sum(
            np.searchsorted(line, column) * int(np.prod([len(other) for other in lines[c + 1 :]]))
            for c, (line, column) in enumerate(zip(lines, starts.T, strict=True))
        )
        if not all(self._affine(paths, starts) for paths in self.descents.values()):
            return None
        return {"lines": [line.tolist() for line in lines], "order": np.argsort(rank).tolist()}

    def _affine(self, paths: Descent, starts: Array) -> bool:
        names = [axis.name for axis in paths.axes]
        if "start" not in names:
            return True
        points = np.moveaxis(paths.points, names.index("start") + 1, 0)
        ended = np.moveaxis(paths.ended, names.index("start"), 0).min(axis=0)
        span: Any = [high - low for low, high in self.window or []]
        terms = np.column_stack([starts, np.ones(len(starts))])
        flat = points.reshape(len(starts), -1)
        wrong = np.abs(terms @ np.linalg.lstsq(terms, flat)[0] - flat).max(axis=0)
        wrong = (wrong.reshape(points.shape[1:]) / (span + np.abs(points).max(axis=0))).max(axis=-1)
        counts = np.arange(len(wrong)).reshape(-1, *(1,) * ended.ndim) <= ended
        return bool((wrong[counts] < 1e-6).all())

    @cached_property
    def heights(self) -> Array:
        """The objective over the window, as (*grid, samples) or (*grid, rows, columns).

        The grid has length 1 along every axis that does not change the objective.
        """
        window: Any = self.window
        counts = (401,) if len(window) == 1 else (161, 129)
        lines = [np.linspace(low, high, n) for (low, high), n in zip(window, counts, strict=True)]
        mesh = np.stack(np.meshgrid(*lines), axis=-1)
        mesh = mesh.reshape(*mesh.shape[:-1], *(1,) * len(self.first.axes), mesh.shape[-1])
        with np.errstate(all="ignore"):
            values: Array = np.asarray(self.objective.value(mesh), dtype=float)
        heights = np.moveaxis(values, range(len(window)), range(-len(window), 0))
        for axis in range(heights.ndim - len(window)):
            first = heights.take([0], axis)
            heights = first if (first == heights).all() else heights
        return heights


def _named(descents: Descent | Mapping[str, Descent]) -> dict[str, Descent]:
    if not isinstance(descents, Mapping):
        return {_in_words(descents.method): descents}
    if not descents:
        raise ValueError(
            "Player was given an empty mapping; it needs at least one descent to show."
        )
    return dict(descents)


def _aims(paths: Descent) -> bool:
    """Whether there is a criterion by which a path arrives: without one none has failed to."""
    return any(value is not None for value in vars(paths.stop).values())


def _in_words(name: str) -> str:
    """The name of a class as prose has it: "GradientDescent" is "gradient descent"."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()


def _shared_axes(descents: Mapping[str, Descent]) -> list[Axis]:
    axes: dict[str, Axis] = {}
    for paths in descents.values():
        for axis in paths.axes:
            known = axes.setdefault(axis.name, axis)
            if not np.array_equal(known.values, axis.values):
                raise ValueError(
                    f"Two descents have different values of {axis.name!r}; give both the same"
                    " array, so that one slider can serve them."
                )
    return list(axes.values())


def _window(objective: Any, given: Sequence[tuple[float, float]] | None) -> Any:
    if objective.dim > 2:
        return None
    window = given if given is not None else objective.window
    limits = np.asarray(window if window is not None else [], dtype=float)
    if limits.shape != (objective.dim, 2) or not np.all(limits[:, 0] < limits[:, 1]):
        raise ValueError(
            f"window was {window!r}; it must hold a pair (low, high) with low < high for each of"
            f" the {objective.dim} parameters."
        )
    if objective.dim == 2 and given is None and tuple(objective.labels) == ("x", "y"):
        limits = _same_scale(limits)
    return [(float(low), float(high)) for low, high in limits]


def _same_scale(limits: NDArray[Any]) -> NDArray[Any]:
    """Widen a window that is too narrow or too flat, so that both coordinates share one scale."""
    spans, middle = np.diff(limits)[:, 0], limits.mean(axis=1)
    spans = np.array([max(spans[0], spans[1]), max(spans[1], spans[0] / 1.6)])
    return np.stack([middle - spans / 2, middle + spans / 2], axis=1)


def _lowest(first: Descent, descents: Mapping[str, Descent]) -> float:
    """The lowest cost that is known: at a minimum of the objective, or else reached by a path."""
    minima = np.asarray(first.objective.minima, dtype=float)
    if minima.size:
        grid = (1,) * len(first.axes)
        return float(np.min(first.objective.value(minima.reshape(-1, *grid, minima.shape[-1]))))
    return min(0.0, *(float(paths.costs.min()) for paths in descents.values()))


def describe_axis(axis: Axis, marks: Mapping[float, str]) -> dict[str, Any]:
    """A slider as the browser needs it: its label, values, names of values and marks."""
    kind = "start" if axis.name == "start" else "number"
    texts: list[str] = []
    if isinstance(axis.values[0], str):
        kind, texts = "choice", [str(value) for value in axis.values]
    values = np.asarray(axis.values)
    gaps = np.diff(values) if kind == "number" else np.empty(0)
    return {
        "name": axis.name,
        "label": GREEK.get(axis.name, axis.name.replace("_", " ")),
        "kind": kind,
        "values": texts or values.tolist(),
        "texts": texts,
        "marks": [[float(value), text] for value, text in marks.items()],
        "log": bool(len(gaps) > 2 and values[0] > 0 and gaps[-1] > 3 * gaps[0]),
    }
