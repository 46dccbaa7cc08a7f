"""What a figure shows: its panels and windows, and all that they draw, as a description and bytes.

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

if TYPE_CHECKING:
    from course_utils.paths import Axis, Descent

Array = NDArray[Any]
Window = list[tuple[float, float]]

PANEL_NAMES = {
    "landscape": "Landscape with the path of descent",
    "data": "Data with the fitted line",
    "cost": "Cost against step",
    "sweep": "Steps to converge against the setting",
    "heat": "Steps to converge over two settings",
    "rose": "Change of the cost in each direction",
    "trace": "Another quantity against step",
    "factors": "Factor of each direction at a step",
    "numbers": "One update in numbers",
    "profile": "A number for each layer",
    "basins": "Where each start ends",
    "images": "Numbers as pictures, blue below zero and orange above",
}
MOST_IMAGES = 21  # of those that change with the step; the steps between show the one before
# The same method has the same colour and dash in every lesson, relatives share a colour; the
# others take what is left, in order.
STYLES: dict[str, tuple[int, tuple[int, ...]]] = {
    "gradient descent": (0, ()),
    "momentum": (1, ()),
    "nesterov": (3, (7, 5)),
    "adagrad": (4, ()),
    "rmsprop": (5, ()),
    "adadelta": (5, (7, 5)),
    "adam": (2, ()),
    "adamw": (2, (7, 5)),
    "amsgrad": (3, (3, 5)),
}
GREEK = {
    "beta": "β",
    "beta1": "β₁",
    "beta2": "β₂",
    "gamma": "γ",
    "delta": "δ",
    "epsilon": "ε",
    "kappa": "κ",
    "l1": "λ₁",
    "l2": "λ₂",
    "rho": "ρ",
}
DASHES = ((), (), (7, 5), (2, 4), (9, 4, 2, 4), (4, 3))


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
        Where descents were summarised over an axis: for "costs" and "validation", the lowest and
        highest value at each step, by the name of the descent.
    """

    def __init__(
        self,
        descents: Descent | Mapping[str, Descent],
        *,
        panels: Sequence[str] | None = None,
        window: Sequence[tuple[float, float]] | None = None,
        sweep: str | None = None,
        heat: tuple[str, str] | None = None,
        rose: Array | None = None,
        work: Any = None,
        trace: Any = None,
        factors: Mapping[str, Array] | None = None,
        validation: Any = None,
        held_out: tuple[Array, Array] | None = None,
        numbers: Mapping[str, Array] | None = None,
        profile: Array | None = None,
        basins: bool | Array = False,
        spread: str | None = None,
        images: Array | None = None,
        image_steps: Sequence[int] | None = None,
    ) -> None:
        self.descents = _named(descents)
        lowest = _lowest(next(iter(self.descents.values())), self.descents)
        self.validation = self._for_each(validation)
        self.ranges: dict[str, dict[str, tuple[Array, Array]]] = {"costs": {}, "validation": {}}
        self.spread: dict[str, Any] | None = None
        if spread is not None:
            self._summarise(spread)
        self.axes = _shared_axes(self.descents)
        self.first = next(iter(self.descents.values()))
        self.objective: Any = self.first.objective
        self.window: Window | None = _window(self.objective, window)
        self.steps = max(paths.steps for paths in self.descents.values())
        self.work = self._for_each(work)
        self.trace = self._for_each(trace)
        self.held_out = held_out
        self.lowest = lowest if validation is None else 0.0
        self.rose = None if rose is None else self._checked_rose(rose)
        self.factors = dict(factors or {})
        self.numbers = dict(numbers or {})
        self.profile = None if profile is None else np.asarray(profile, dtype=float)
        self.basins = basins
        self.images = None if images is None else self._checked_images(images, image_steps)
        asked = {
            "sweep": bool(sweep),
            "heat": heat is not None,
            "rose": rose is not None,
            "trace": trace is not None,
            "factors": factors is not None,
            "numbers": numbers is not None,
            "profile": profile is not None,
            "basins": basins is not False,
            "images": images is not None,
        }
        self.panels = _panels(panels, self.objective, asked, single=spread is None)

    def _summarise(self, name: str) -> None:
        """Draw the paths along an axis as one: the median of their costs, and their range."""
        axes = {axis.name: axis for paths in self.descents.values() for axis in paths.axes}
        if name not in axes:
            raise ValueError(
                f"spread was {name!r}; it must be the name of an axis: {', '.join(axes) or 'none'}."
            )
        self.spread = {"name": name.replace("_", " "), "count": len(axes[name].values)}
        for who, paths in self.descents.items():
            names = [axis.name for axis in paths.axes]
            if name not in names:
                continue
            k = names.index(name)
            other = self.at_each_step(who, "validation", self.validation)
            if other is not None:
                self.ranges["validation"][who] = other.min(axis=k + 1), other.max(axis=k + 1)
                self.validation[who] = np.median(other, axis=k + 1)
            costs, lost = paths.costs, paths.diverged.any(axis=k)
            self.ranges["costs"][who] = costs.min(axis=k + 1), costs.max(axis=k + 1)
            self.descents[who] = replace(
                paths,
                points=np.take(paths.points, 0, axis=k + 1),
                costs=np.median(costs, axis=k + 1),
                ended=paths.ended.max(axis=k),
                reason=np.where(lost, "diverged", paths.reason.take(0, axis=k)),
                axes=tuple(axis for axis in paths.axes if axis.name != name),
            )

    def _for_each(self, given: Any) -> dict[str, Any]:
        """One value for each descent, from a mapping or from one value for all."""
        return dict(given) if isinstance(given, Mapping) else dict.fromkeys(self.descents, given)

    @property
    def title(self) -> str:
        """Which methods are shown on what."""
        return f"{', '.join(self.descents)} on {_in_words(self.objective.name)}"

    def packed(self) -> tuple[dict[str, Any], bytes]:
        """Everything that the browser needs: how to read the bytes, and the bytes."""
        parcel = Parcel()
        draw = {
            "landscape": self._landscape,
            "data": self._data,
            "rose": self._rose,
            "factors": self._factors,
            "numbers": self._numbers,
            "profile": self._profile,
            "basins": self._basins,
            "images": self._images,
        }
        spec = {
            "steps": self.steps,
            "labels": list(self.objective.labels),
            "lowest": self.lowest,
            "panels": list(self.panels),
            "panel_names": PANEL_NAMES,
            "spread": self.spread,
            "paths": [self._path(parcel, name) for name in self.descents],
            **{name: pack(parcel) for name, pack in draw.items() if name in self.panels},
        }
        return spec, parcel.sealed()

    def rerun(
        self, descents: Descent | Mapping[str, Descent], start: Sequence[float]
    ) -> tuple[dict[str, Any], Scene]:
        """Descents from one start in the place of those shown: for the browser, and as a scene."""
        again = copy.copy(self)
        again.descents = _named(descents)
        again.first = next(iter(again.descents.values()))
        again.work = again.trace = again.validation = {}
        again.ranges = {"costs": {}, "validation": {}}
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
        paths, work = self.descents[name], self.work.get(name)
        short = ((0, self.steps - paths.steps), *((0, 0),) * paths.ended.ndim)
        status = np.select([paths.status == word for word in STATUSES], range(len(STATUSES)))
        names = [axis.name for axis in self.axes]
        packed: dict[str, Any] = {
            "name": name,
            **self._style(name),
            "axes": [names.index(axis.name) for axis in paths.axes],
            "steps": paths.steps,
            "ended": parcel.integers(paths.ended.ravel(), width=2),
            "status": parcel.integers(status.ravel(), width=1),
            **self._quantity(parcel, "trace", self.at_each_step(name, "trace", self.trace)),
            **self._quantity(
                parcel, "validation", self.at_each_step(name, "validation", self.validation)
            ),
        }
        for kind, lowest in {"costs": self.lowest, "validation": 0.0}.items():
            for side, values in zip(("low", "high"), self.ranges[kind].get(name, ()), strict=False):
                packed |= self._quantity(parcel, f"{kind}_{side}", values - lowest)
        if work is not None:
            packed["work"] = parcel.floats(np.broadcast_to(work, paths.ended.shape).ravel())
        if {"landscape", "data", "rose", "basins"} & set(self.panels):
            points = np.moveaxis(np.pad(paths.points, (*short, (0, 0)), mode="edge"), 0, -1)
            # Where costs are computed from the coordinates, these have to be finer.
            width, ranges = 3 if self.lattice else 2, self._ranges(points)
            codes = [
                coordinate_codes(points[..., c, :], *limits, width)
                for c, limits in enumerate(ranges)
            ]
            packed["points"] = parcel.integers(np.stack(codes, axis=-2), width=width)
            packed["coordinates"] = [coordinate_scale(*limits, width) for limits in ranges]
        if not self.lattice or "start" not in [axis.name for axis in paths.axes]:
            packed |= self._quantity(parcel, "costs", paths.costs - self.lowest)
        elif getattr(paths.stop, "gradient_norm", None) is not None:
            limit = np.broadcast_to(paths.stop.gradient_norm, paths.ended.shape)
            packed["gradient_norm"] = parcel.floats(np.nan_to_num(limit).ravel())
        return packed

    def _quantity(self, parcel: Parcel, kind: str, values: Array | None) -> dict[str, Any]:
        """A quantity at each step of a path; its last value stays to the end."""
        if values is None:
            return {}
        short = ((0, self.steps + 1 - len(values)), *((0, 0),) * (values.ndim - 1))
        codes, scale = cost_codes(np.pad(values, short, mode="edge"))
        return {kind: parcel.integers(np.moveaxis(codes, 0, -1), width=3), f"{kind}_scale": scale}

    def at_each_step(self, name: str, kind: str, given: Mapping[str, Any]) -> Array | None:
        """What was given for each step of a descent, as an array (steps or steps + 1, *grid)."""
        paths = self.descents[name]
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

    def _style(self, name: str) -> dict[str, Any]:
        """The colour, as a number of the palette, and the dash of a descent's line."""
        if name.lower() in STYLES:
            colour, dash = STYLES[name.lower()]
        else:
            known = [STYLES[other.lower()][0] for other in self.descents if other.lower() in STYLES]
            others = [other for other in self.descents if other.lower() not in STYLES]
            spare = [k for k in range(len(DASHES)) if k not in known] or [0]
            colour = spare[others.index(name) % len(spare)]
            dash = DASHES[list(self.descents).index(name) % len(DASHES)]
        return {"colour": colour, "dash": list(dash)}

    def _ranges(self, points: Array) -> Window:
        """Ranges in which coordinates are sampled evenly: the window, or where most points are."""
        if self.window:
            return self.window
        flat = np.moveaxis(points, -2, 0).reshape(points.shape[-2], -1)
        low, high = np.percentile(flat, [1, 99], axis=1)
        found: Window = [(float(a) - 1e-9, float(b) + 1e-9) for a, b in zip(low, high, strict=True)]
        return found

    def _varying(self, shape: tuple[int, ...]) -> list[int]:
        """For an array over the grid of the first descent, the sliders along which it changes."""
        names = [axis.name for axis in self.axes]
        shape = (1,) * (len(self.first.axes) - len(shape)) + shape
        return [
            names.index(axis.name)
            for axis, size in zip(self.first.axes, shape, strict=True)
            if size > 1
        ]

    def _landscape(self, parcel: Parcel) -> dict[str, Any]:
        window = self.window or []
        heights = self.heights
        grid = heights.shape[: len(self.first.axes)]
        # Only the axes along which the landscape itself changes are sent: usually none.
        heights = heights.reshape(-1, *heights.shape[len(grid) :])
        axes = {"axes": self._varying(grid)}
        if len(window) == 1:
            limits = self._limits(heights.reshape(*grid, -1))
            curve = parcel.floats(np.nan_to_num(heights, nan=np.inf, posinf=1e30))
            return {
                **axes,
                "aspect": 1.6,
                "window": window,
                "limits": limits,
                "curve": curve,
                "quadratic": self.quadratic,
            }
        minima = np.reshape(self.objective.minima, (-1, 2)).tolist()
        codes, stretch = levels(heights)
        return {
            **axes,
            "aspect": _aspect(window),
            "window": window,
            "field": parcel.integers(codes, width=2, order=2) if self.quadratic is None else None,
            "quadratic": self.quadratic,
            "stretch": stretch.tolist(),
            "minima": [minima] * len(heights),
        }

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
        if axis is None or "landscape" not in self.panels or self.quadratic is None:
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

    def _limits(self, curves: Array) -> list[list[float]]:
        """Lowest and highest cost to draw for each curve, common along the axes of numbers."""
        known = np.where(np.isfinite(curves), curves, np.nan)
        numbers = [
            k for k, axis in enumerate(self.first.axes) if not isinstance(axis.values[0], str)
        ]
        over = (*numbers, -1)
        low = np.broadcast_to(np.nanmin(known, axis=over, keepdims=True), known.shape)[..., 0]
        high = np.broadcast_to(np.nanmax(known, axis=over, keepdims=True), known.shape)[..., 0]
        limits: Array = np.stack([low - 0.08 * (high - low), high], axis=-1)
        return limits.reshape(-1, 2).tolist()

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

    def _data(self, parcel: Parcel) -> dict[str, Any]:
        objective = self.objective
        x, y = objective.features[:, 0], np.asarray(objective.targets)
        xlim, ylim = _padded(x, 0.04), _padded(y, 0.06)
        ends = np.linspace(*xlim, 161)
        design = objective.design(ends[:, None])
        straight = np.allclose(design[80], (design[0] + design[-1]) / 2)
        if straight:
            ends, design = ends[[0, -1]], design[[0, -1]]
        others: Any = ([], []) if self.held_out is None else self.held_out
        other_x, other_y = others
        return {
            "held_out": [parcel.floats(np.ravel(other_x)), parcel.floats(np.ravel(other_y))],
            "x": parcel.floats(x),
            "y": parcel.floats(y.reshape(-1, len(x))),
            "axes": self._varying(y.shape[:-1]),
            "line": parcel.floats(ends),
            "design": parcel.floats(design),
            "xlim": xlim,
            "ylim": ylim,
            "xlabel": objective.feature_name,
            "ylabel": objective.target_name,
        }

    def _factors(self, parcel: Parcel) -> dict[str, Any]:
        """What each step multiplies the distance by, along each named direction."""
        values = np.stack(np.broadcast_arrays(*self.factors.values()), axis=-1)
        return {
            "names": list(self.factors),
            "shape": list(values.shape),
            "axes": self._varying(values.shape[:-1]),
            "values": parcel.floats(values),
        }

    def _numbers(self, parcel: Parcel) -> dict[str, Any]:
        """Vectors of the first descent at each step, each under its name."""
        rows = []
        for name, given in self.numbers.items():
            values = np.asarray(given, dtype=float)
            if len(values) not in (self.first.steps, self.first.steps + 1):
                raise ValueError(
                    f"numbers[{name!r}] has shape {values.shape}; its first axis must have a value"
                    f" for each of the {self.first.steps} steps."
                )
            vector = np.moveaxis(values, 0, -1)  # (*grid, dim, steps)
            rows.append(
                {
                    "name": name,
                    "axes": self._varying(vector.shape[:-2]),
                    "shape": list(vector.shape),
                    "values": parcel.floats(vector),
                }
            )
        return {"rows": rows}

    def _profile(self, parcel: Parcel) -> dict[str, Any]:
        """A row of positive numbers, such as one for each layer, that may change with the step."""
        values: Any = self.profile
        grid = self.first.ended.shape
        stepwise = values.ndim == len(grid) + 2
        rows = np.moveaxis(values, 0, -2) if stepwise else values[..., None, :]
        return {
            "axes": self._varying(rows.shape[:-2]),
            "shape": list(rows.shape),
            "values": parcel.floats(np.log10(np.maximum(rows, 1e-300))),
        }

    def basin_map(self) -> tuple[Array, Window]:
        """At which known minimum starts end, as (*grid without starts, rows, columns), and where.

        255 stands for none. The map is the one that was given, or made from a lattice of starts.
        """
        window: Any = self.window
        if not isinstance(self.basins, bool):
            cells = np.asarray(self.basins)
            return np.where(cells < 0, 255, cells), window
        number = next(k for k, axis in enumerate(self.first.axes) if axis.name == "start")
        starts = np.asarray(self.first.axes[number].values)
        x, y = (np.unique(column) for column in starts.T)
        minima = np.reshape(self.objective.minima, (-1, 2))
        distance = np.linalg.norm(self.first.points[-1][..., None, :] - minima, axis=-1)
        near = distance.min(axis=-1) < 0.05 * np.ptp(np.asarray(window), axis=1).max()
        ends = np.moveaxis(np.where(near, distance.argmin(axis=-1), 255), number, -1)
        order = np.lexsort(starts.T)  # by rows of y, and along x within each
        pad = (x[1] - x[0]) / 2, (y[1] - y[0]) / 2
        around = [
            (float(line[0] - half), float(line[-1] + half))
            for line, half in zip((x, y), pad, strict=True)
        ]
        return ends[..., order].reshape(*ends.shape[:-1], len(y), len(x)), around

    def _basins(self, parcel: Parcel) -> dict[str, Any]:
        cells, window = self.basin_map()
        names = [axis.name for axis in self.axes]
        others = [names.index(a.name) for a in self.first.axes if a.name != "start"]
        grid = (1,) * (len(others) - cells.ndim + 2) + cells.shape[:-2]
        return {
            "axes": [n for n, size in zip(others, grid, strict=True) if size > 1],
            "window": window,
            "shape": list(cells.shape[-2:]),
            "minima": np.reshape(self.objective.minima, (-1, 2)).tolist(),
            "cells": parcel.integers(cells, width=1),
        }

    def _checked_images(self, images: Any, steps: Sequence[int] | None) -> tuple[Array, list[int]]:
        """Pictures as (steps that are shown, *grid, k, rows, columns), and these steps."""
        values: Array = np.asarray(images, dtype=float)
        grid = self.first.ended.shape
        if values.ndim == len(grid) + 3:
            values, steps = values[None], [0]
        elif steps is None and len(values) == self.steps + 1:
            steps = np.unique(np.rint(np.linspace(0, self.steps, MOST_IMAGES)).astype(int)).tolist()
            values = values[steps]
        chosen = [] if steps is None else [int(step) for step in steps]
        try:
            np.broadcast_to(values, (len(chosen), *grid, *values.shape[-3:]))
        except ValueError:
            chosen = []
        if (
            not chosen
            or chosen != sorted(set(chosen))
            or chosen[0]
            or not np.isfinite(values).all()
        ):
            raise ValueError(
                f"images has shape {np.shape(images)}; it must hold finite numbers of shape"
                f" (*grid, k, rows, columns) with the grid {grid}, or one such array for each of"
                f" the {self.steps + 1} steps, or for each of image_steps=[0, ...]."
            )
        return values, chosen

    def _images(self, parcel: Parcel) -> dict[str, Any]:
        """Pictures in 8 bits on one scale that is symmetric about zero, sampled steps last."""
        values, steps = self.images or (np.zeros(0), [])
        scale = float(np.abs(values).max()) or 1.0
        codes = np.moveaxis(np.rint(127 * values / scale).astype(int) + 128, 0, -1)
        return {
            "axes": self._varying(codes.shape[:-4]),
            "steps": steps,
            "scale": scale,
            "shape": list(codes.shape[-4:]),
            "pixels": parcel.integers(codes, width=1),
        }

    def _checked_rose(self, rose: Array) -> Array:
        changes: Array = np.asarray(rose, dtype=float)
        grid = self.first.ended.shape
        try:
            np.broadcast_to(changes, (*grid, changes.shape[-1]))
        except (ValueError, IndexError):
            raise ValueError(
                f"rose has shape {changes.shape}; it must broadcast to the grid {grid} with one"
                " more axis for the directions."
            ) from None
        return changes

    def _rose(self, parcel: Parcel) -> dict[str, Any]:
        changes: Any = self.rose
        return {
            "shape": list(changes.shape),
            "axes": self._varying(changes.shape[:-1]),
            "changes": parcel.floats(changes),
        }


def _named(descents: Descent | Mapping[str, Descent]) -> dict[str, Descent]:
    if not isinstance(descents, Mapping):
        return {_in_words(type(descents.optimizer).__name__): descents}
    if not descents:
        raise ValueError(
            "Player was given an empty mapping; it needs at least one descent to show."
        )
    return dict(descents)


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


def _panels(
    wanted: Sequence[str] | None, objective: Any, asked: Mapping[str, bool], *, single: bool
) -> tuple[str, ...]:
    features = getattr(objective, "features", None)
    possible = {
        "landscape": single and objective.dim <= 2,
        "data": single and features is not None and features.shape[-1] == 1,
        "cost": True,
        **asked,
    }
    if wanted is None:
        return tuple(panel for panel in possible if possible[panel])
    for panel in wanted:
        if panel not in possible:
            raise ValueError(f"There is no panel {panel!r}; there are {', '.join(possible)}.")
        if not possible[panel]:
            needs = {
                "landscape": "an objective of one or two parameters, and single paths: no spread",
                "data": "a cost on one feature, and single paths: no spread",
                "sweep": "the name of an axis: sweep=...",
                "heat": "the names of two axes: heat=(..., ...)",
                "rose": "the change of the cost in each direction: rose=...",
                "trace": "a quantity at each step: trace=...",
                "factors": "the factor of each direction: factors=...",
                "numbers": "vectors at each step: numbers=...",
                "profile": "a number for each layer: profile=...",
                "basins": "to be asked for: basins=True",
                "images": "numbers to be drawn as pictures: images=...",
            }[panel]
            raise ValueError(f"The panel {panel!r} needs {needs}; give it, or leave the panel out.")
    return tuple(wanted)


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


def _aspect(window: Sequence[tuple[float, float]]) -> float:
    (x0, x1), (y0, y1) = window
    ratio = (x1 - x0) / (y1 - y0)
    return float(ratio) if 0.95 <= ratio <= 1.65 else 1.25


def _padded(values: Array, share: float) -> tuple[float, float]:
    pad = share * float(np.ptp(values))
    return float(values.min()) - pad, float(values.max()) + pad


def levels(heights: Array) -> tuple[Array, Array]:
    """Heights as 16-bit levels, stretched so that half of the picture lies in the lower half.

    Returns the levels, and for each landscape the lowest height, the span and the exponent.
    """
    known = np.where(np.isfinite(heights), heights, np.nan)
    low = np.nanmin(known, axis=(1, 2), keepdims=True)
    span = np.nanmax(known, axis=(1, 2), keepdims=True) - low
    share = np.clip((np.nan_to_num(heights, nan=np.inf) - low) / np.where(span > 0, span, 1), 0, 1)
    middle = np.clip(np.median(share, axis=(1, 2), keepdims=True), 1e-6, 0.5)
    power = np.maximum(np.log(0.5) / np.log(middle), 0.12)
    codes: Array = np.rint(65_535 * share**power).astype(np.int64)
    stretch: Array = np.concatenate([low, np.where(span > 0, span, 1), power], axis=1)[..., 0]
    return codes, stretch


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
