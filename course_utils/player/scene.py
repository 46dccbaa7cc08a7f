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

from course_utils.paths import same_values
from course_utils.stopping import STATUSES

from .ground import Window, chosen_window, flat, known_minima, lowest_costs, on_one_ground
from .packing import SHIFT, STEP, Parcel, coordinate_codes, coordinate_scale, quantity_codes
from .series import Series
from .styles import GREEK, style

if TYPE_CHECKING:
    from course_utils.paths import Axis, Descent

    from .panels import Panel

Array = NDArray[Any]


MUCH = 20  # times a path's own costs: what is more dwarfs them


class Scene:
    """Descents on one landscape, and the panels in which they are seen.

    Attributes
    ----------
    descents
        What is shown, by name.
    axes
        One for each slider: the axes of all grids, those of the same name once.
    objective
        That of the first descent, which the landscape shows; None where there is no descent.
    window
        The part of the landscape that is shown; None for more than two parameters.
    lowest
        For each descent the lowest known cost, from which the cost is measured on a logarithmic
        axis: an array that broadcasts to its grid.
    ranges
        Where descents were summarised over an axis: the lowest and the highest cost at each step,
        by the name of the descent.
    panels
        The panels, each bound to this scene.
    """

    def __init__(
        self,
        descents: Descent | Mapping[str, Any],
        *,
        window: Sequence[tuple[float, float]] | None = None,
        spread: str | None = None,
    ) -> None:
        self.descents = _named(descents)
        self.single = dict(self.descents)
        descends = not isinstance(next(iter(self.descents.values())), Series)
        self.lowest = lowest_costs(self.descents) if descends else {}
        self.ranges: dict[str, tuple[Array, Array]] = {}
        self.spread: dict[str, Any] | None = None
        if spread is not None:
            self._summarise(spread)
        self.axes = _shared_axes(self.descents)
        self.first = next(iter(self.descents.values()))
        self.objective: Any = self.first.objective if descends else None
        self.window = chosen_window(self.descents, window) if descends else None
        self.steps = max(paths.steps for paths in self.descents.values())
        self.panels: tuple[Panel, ...] = ()

    def furnish(self, panels: Sequence[Panel]) -> None:
        """Put panels into the figure."""
        self.panels = tuple(panel.bound(self) for panel in panels)
        if any(panel.from_zero for panel in self.panels):
            self.lowest = {name: np.zeros(1) for name in self.descents}

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
            kept = tuple(axis for axis in paths.axes if axis.name != name)
            if isinstance(paths, Series):
                self.descents[who] = replace(paths, axes=kept)
                continue
            costs = self.along_spread(who, paths.costs)
            self.ranges[who] = costs["low"], costs["high"]
            lost = paths.diverged.any(axis=k)
            lowest = np.asarray(self.lowest[who])
            self.lowest[who] = lowest.min(axis=k) if lowest.ndim == paths.ended.ndim else lowest
            self.descents[who] = replace(
                paths,
                points=np.take(paths.points, 0, axis=k + 1),
                objective=paths.objective.select(
                    paths.grid, tuple(0 if i == k else slice(None) for i in range(len(paths.grid)))
                ),
                costs=costs["values"],
                ended=paths.ended.max(axis=k),
                reason=np.where(lost, "diverged", paths.reason.take(0, axis=k)),
                axes=kept,
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

    @property
    def spread_in_words(self) -> str:
        """What lines and bands mean where paths are drawn as one."""
        if not self.spread:
            return ""
        return f"median and range of {self.spread['count']} {self.spread['name']}s"

    def for_each(self, given: Any) -> dict[str, Any]:
        """One value for each descent, from a mapping or from one value for all."""
        return dict(given) if isinstance(given, Mapping) else dict.fromkeys(self.descents, given)

    @property
    def title(self) -> str:
        """Which methods are shown on what."""
        on = f" on {_in_words(self.objective.name)}" if self.objective else ""
        return ", ".join(self.descents) + on

    def packed(self) -> tuple[dict[str, Any], bytes]:
        """Everything that the browser needs: how to read the bytes, and the bytes."""
        parcel = Parcel()
        spec = {
            "steps": self.steps,
            "labels": self.labels,
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
                    # What does not wait for a step can't but give the outcome away.
                    "tells_outcome": panel.tells_outcome or not self.steps,
                    **panel.pack(parcel),
                }
                for panel in self.panels
            ],
        }
        return spec, parcel.sealed()

    @property
    def labels(self) -> list[str]:
        """The names of the coordinates; none where there is no descent."""
        return list(self.objective.labels) if self.objective else []

    def rerun(
        self, descents: Descent | Mapping[str, Descent], start: Sequence[float]
    ) -> tuple[dict[str, Any], Scene]:
        """Descents from one start in the place of those shown: for the browser, and as a scene."""
        again = copy.copy(self)
        again.descents = _named(descents)
        again.first = next(iter(again.descents.values()))
        again.ranges = {}
        again.lowest = {}
        for name, paths in self.descents.items():
            wanted = [axis.name for axis in paths.axes if axis.name != "start"]
            other = again.descents.get(name)
            if other is None or [a.name for a in other.axes] != wanted or other.steps > self.steps:
                raise ValueError(
                    f"rerun({tuple(start)}) returned {other!r} for {name!r}; it must return what"
                    f" the player was given, for one start: axes {wanted}, {self.steps} steps."
                )
            number = [axis.name for axis in paths.axes].index("start")
            again.lowest[name] = np.take(self.lowest[name], 0, axis=number)
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
            "ended": parcel.integers(paths.ended.ravel(), width=2),
            "status": parcel.integers(status.ravel(), width=1),
        }
        if isinstance(paths, Series):
            return packed | {"aims": False, "lowest": {"axes": [], "values": [0]}}
        return packed | self._course(parcel, name)

    def _course(self, parcel: Parcel, name: str) -> dict[str, Any]:
        """Where a descent was and what it cost, packed."""
        paths, lowest = self.descents[name], np.asarray(self.lowest[name])
        names = [axis.name for axis in self.axes]
        changing = [k - lowest.ndim for k, size in enumerate(lowest.shape) if size > 1]
        packed: dict[str, Any] = {
            "aims": _aims(paths),
            "lowest": {
                "axes": [names.index(paths.axes[k].name) for k in changing],
                "values": lowest.ravel().tolist(),
            },
        }
        for side, values in zip(("low", "high"), self.ranges.get(name, ()), strict=False):
            packed[f"costs_{side}"] = self.excess(parcel, name, values)
        if any(panel.shows_points for panel in self.panels):
            packed |= self._points(parcel, paths)
        if not self.lattice or "start" not in [axis.name for axis in paths.axes]:
            packed["costs"] = self.excess(parcel, name, paths.costs)
            # A cost far above the lowest would lose its digits: it is sent as well.
            if np.any(np.abs(lowest) > MUCH * np.abs(paths.costs).max(axis=0)):
                packed["level"] = self.quantity(parcel, paths.costs)
        elif getattr(paths.stop, "gradient_norm", None) is not None:
            limit = np.broadcast_to(paths.stop.gradient_norm, paths.ended.shape)
            packed["gradient_norm"] = parcel.floats(np.nan_to_num(limit).ravel())
        return packed

    def _points(self, parcel: Parcel, paths: Descent) -> dict[str, Any]:
        """Where a path is at each step; at its last place it stays to the end."""
        if np.isnan(paths.points).any():
            raise ValueError(
                f"points of {paths.method} are not all numbers; a path that got lost stays at its "
                f"last good point, as descend() leaves it."
            )
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

    def excess(self, parcel: Parcel, name: str, costs: Array) -> dict[str, Any]:
        """Costs above the lowest, packed; below the rounding error of the difference is nothing."""
        lowest = self.lowest[name]
        with np.errstate(over="ignore"):
            return self.quantity(parcel, costs - lowest, unit=float(np.abs(lowest).max()) * 1e-16)

    def quantity(self, parcel: Parcel, values: Array, unit: float = 0.0) -> dict[str, Any]:
        """A quantity at each step of a path, packed; its last value stays to the end."""
        short = ((0, self.steps + 1 - len(values)), *((0, 0),) * (values.ndim - 1))
        codes, scale = quantity_codes(np.pad(values, short, mode="edge"), unit)
        return {
            "codes": parcel.integers(np.moveaxis(codes, 0, -1), width=scale["width"]),
            "half": scale["half"],
            "step": STEP,
            "exponents": parcel.integers(scale["exponents"].ravel() + SHIFT, width=2),
        }

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
    def one_ground(self) -> bool:
        """Whether one landscape can be shown under all descents."""
        return on_one_ground(self.descents, self.window)

    def minima(self) -> list[list[list[float]]]:
        """For each place of the landscape's grid the minima that are known there."""
        points, counts, _ = known_minima(self.objective, len(self.first.axes))
        grid = self.heights.shape[: len(self.first.axes)]
        for axis, size in enumerate(grid):
            if size == 1:
                counts = np.all(counts, axis=axis + 1, keepdims=True)
        places = int(np.prod(grid))
        at = np.broadcast_to(counts, (len(points), *grid)).reshape(len(points), places)
        return [points[here].tolist() for here in at.T]

    @cached_property
    def quadratic(self) -> list[list[float]] | None:
        """The six coefficients of each landscape, x², xy, y², x, y and 1, if all are quadratic."""
        window = self.window
        if window is None:
            return None
        heights = self.heights
        lines = [np.linspace(*window[c], heights.shape[-1 - c]) for c in range(len(window))]
        x, y = np.meshgrid(*lines) if len(lines) == 2 else (lines[0], np.zeros(len(lines[0])))
        with np.errstate(over="ignore"):
            terms = np.stack([x * x, x * y, y * y, x, y, np.ones_like(x)], axis=-1).reshape(-1, 6)
        values = heights.reshape(-1, len(terms)).T
        if not np.isfinite(values).all() or not np.isfinite(terms).all():
            return None
        if flat(values, axis=0).any():
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
        descents = {_in_words(str(getattr(descents, "method", "a descent"))): descents}
    if not descents:
        raise ValueError(
            "Player was given an empty mapping; it needs at least one descent to show."
        )
    for name, paths in descents.items():
        if not isinstance(name, str) or not hasattr(paths, "ended"):
            raise TypeError(
                f"Player needs what descend() returned, or a mapping from names to that, but "
                f"{paths!r} was given as {name!r}."
            )
        if not paths.ended.size:
            raise ValueError(f"{name} has no paths to show: one of its axes is empty.")
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
            if not same_values(known.values, axis.values):
                raise ValueError(
                    f"Two descents have different values of {axis.name!r}; give both the same"
                    " array, so that one slider can serve them."
                )
    return [_with_words(axis) for axis in axes.values()]


def _with_words(axis: Axis) -> Axis:
    """The same axis; where one of its numbers is switched off, it offers words."""
    values = np.asarray(axis.values)
    if values.dtype.kind != "f" or values.ndim > 1 or not np.isnan(values).any():
        return axis
    words = ["off" if np.isnan(value) else f"{value:g}" for value in values]
    return replace(axis, values=np.array(words))


def describe_axis(axis: Axis, marks: Mapping[float, str]) -> dict[str, Any]:
    """A slider as the browser needs it: its label, values, names of values and marks."""
    values = np.asarray(axis.values)
    texts: list[str] = []
    kind = "start" if axis.name == "start" else "number"
    if isinstance(axis.values[0], str):
        kind, texts = "choice", [str(value) for value in axis.values]
    elif values.ndim > 1:
        kind, texts = kind if kind == "start" else "vector", vectors_in_words(values)
    gaps = np.diff(values) if values.ndim == 1 and not texts else np.empty(0)
    return {
        "name": axis.name,
        "label": GREEK.get(axis.name, axis.name.replace("_", " ")),
        "kind": kind,
        "values": texts if kind == "choice" else values.tolist(),
        "texts": texts,
        "marks": [_mark(axis.name, *mark) for mark in marks.items()],
        "log": bool(len(gaps) > 2 and values[0] > 0 and gaps[-1] > 3 * gaps[0]),
    }


def _mark(axis: str, value: Any, text: Any) -> list[Any]:
    try:
        place = float(value)
    except (TypeError, ValueError):
        place = np.nan
    if not np.isfinite(place):
        raise ValueError(
            f"marks of {axis} were at {value!r}; a mark stands at a number, as in {{0.2: '2/L'}}."
        )
    return [place, str(text)]


def vectors_in_words(values: Array) -> list[str]:
    """Points of up to three coordinates as they are written; longer ones by their number."""
    if values.shape[-1] > 3:
        return [f"{k + 1} of {len(values)}" for k in range(len(values))]
    return ["(" + ", ".join(f"{v:.3g}" for v in point) + ")" for point in values]
