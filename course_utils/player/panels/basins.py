"""A map of starts in the colours of the minima at which their paths end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .panel import Array, Panel

if TYPE_CHECKING:
    from course_utils.player import Player
    from course_utils.player.ground import Window
    from course_utils.player.packing import Parcel

NONE = 255  # the number that stands for no minimum


class Basins(Panel):
    """Where each start ends.

    Parameters
    ----------
    minima
        True to show, for a full lattice of starts, at which of the objective's known minima each
        ends; or a finer map of the minima's numbers over the window, with -1 for none: shape
        (*grid without the starts, rows, columns).
    """

    title = "Where each start ends"
    needs = "to be asked for: basins=True"
    keywords = {"basins": "minima"}  # noqa: RUF012, declared in Panel
    shows_points = True
    tells_outcome = True

    def __init__(self, minima: Any = True) -> None:
        self.minima = minima

    def cells(self) -> tuple[Array, Window]:
        """At which known minimum starts end, as (*grid without starts, rows, columns), and where.

        The map is the one that was given, or made from a lattice of starts.
        """
        window: Any = self.scene.window
        if not isinstance(self.minima, bool):
            given = np.asarray(self.minima)
            return np.where(given < 0, NONE, given), window
        first = self.scene.first
        number = next(k for k, axis in enumerate(first.axes) if axis.name == "start")
        starts = np.asarray(first.axes[number].values)
        x, y = (np.unique(column) for column in starts.T)
        minima = np.reshape(self.scene.objective.minima, (-1, 2))
        distance = np.linalg.norm(first.points[-1][..., None, :] - minima, axis=-1)
        near = distance.min(axis=-1) < 0.05 * np.ptp(np.asarray(window), axis=1).max()
        ends = np.moveaxis(np.where(near, distance.argmin(axis=-1), NONE), number, -1)
        order = np.lexsort(starts.T)  # by rows of y, and along x within each
        pad = (x[1] - x[0]) / 2, (y[1] - y[0]) / 2
        around = [
            (float(line[0] - half), float(line[-1] + half))
            for line, half in zip((x, y), pad, strict=True)
        ]
        return ends[..., order].reshape(*ends.shape[:-1], len(y), len(x)), around

    def _varying(self, cells: Array) -> list[int]:
        """Return the sliders along which the map changes."""
        names = [axis.name for axis in self.scene.axes]
        others = [names.index(a.name) for a in self.scene.first.axes if a.name != "start"]
        grid = (1,) * (len(others) - cells.ndim + 2) + cells.shape[:-2]
        return [n for n, size in zip(others, grid, strict=True) if size > 1]

    def pack(self, parcel: Parcel) -> dict[str, Any]:
        cells, window = self.cells()
        return {
            "axes": self._varying(cells),
            "window": window,
            "minima": np.reshape(self.scene.objective.minima, (-1, 2)).tolist(),
            "cells": parcel.integers(cells, width=1),
        }

    def draw(self, player: Player, axes: Any) -> None:
        cells, window = self.cells()
        for number in self._varying(cells):
            cells = cells[player.selection[self.scene.axes[number].name]]
        axes.imshow(
            np.ma.masked_equal(cells.reshape(-1, *cells.shape[-2:])[0], NONE),
            origin="lower",
            extent=(*window[0], *window[1]),
            cmap="tab10",
            vmin=0,
            vmax=9,
            alpha=0.6,
            aspect="auto",
        )
        labels = self.scene.objective.labels
        axes.set(xlabel=f"start {labels[0]}", ylabel=f"start {labels[1]}")
