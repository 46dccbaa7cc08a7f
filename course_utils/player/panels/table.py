"""A table with gaps, such as users by films, beside the table that fills them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .panel import Array, Panel, at_index

if TYPE_CHECKING:
    from course_utils.player import Player
    from course_utils.player.packing import Parcel

MOST = 11  # of the steps for which there is a table; those between show the one before
LEVELS = 24  # shades between the lowest and the highest number
SHADES = ("#00447a", "#78aacd", "#fafafa", "#f0af6e", "#a03e00")


class Table(Panel):
    """What is given of a table, and the whole of it as it is predicted.

    Parameters
    ----------
    predicted
        Shape (steps + 1, *grid, rows, columns): of these at most 11 steps are kept.
    given
        Shape (*grid, rows, columns), with NaN in the gaps.
    held_out
        Numbers that the descent was not given, drawn as dots on the predictions: shape
        (*grid, rows, columns), with NaN where there is none.
    limits
        The lowest and the highest number.
    names
        What the rows and the columns are.
    """

    title = "Table of what is given, and of what is predicted"
    needs = "predictions and what was given: panels=[Table(...)]"
    everywhere = False
    tells_cost = False

    def __init__(
        self,
        predicted: Any,
        given: Any,
        held_out: Any = None,
        *,
        limits: tuple[float, float] = (1.0, 5.0),
        names: Sequence[str] = ("users", "films"),
    ) -> None:
        self.predicted, self.given = np.asarray(predicted, float), np.asarray(given, float)
        self.held_out = np.full_like(self.given, np.nan) if held_out is None else held_out
        self.limits, self.names = limits, list(names)

    def tab(self) -> str:
        return "table"

    def check(self) -> None:
        grid, last = self.scene.first.ended.shape, self.scene.first.steps
        self.size = self.given.shape[-2:]
        wanted = (last + 1, *grid, *self.size)
        try:
            np.broadcast_to(self.predicted, wanted)
            for values in (self.given, self.held_out):
                np.broadcast_to(values, (*grid, *self.size))
        except ValueError:
            raise ValueError(
                f"Table was given predictions of shape {self.predicted.shape} and a table of shape"
                f" {self.given.shape}; they must be (steps + 1, *grid, rows, columns) and (*grid,"
                f" rows, columns) with {last} steps and the grid {grid}."
            ) from None
        self.steps = np.unique(np.rint(np.linspace(0, last, MOST)).astype(int)).tolist()

    def codes(self, values: Array) -> Array:
        """Numbers as shades from 1 to LEVELS + 1; 0 stands for none."""
        low, high = self.limits
        shades = 1 + np.rint(LEVELS * (np.clip(values, low, high) - low) / (high - low))
        return np.nan_to_num(shades, nan=0.0).astype(int)

    def pack(self, parcel: Parcel) -> dict[str, Any]:
        predicted = np.moveaxis(self.codes(self.predicted[self.steps]), 0, -1)
        tables: dict[str, Any] = {}
        for name, values in (("given", self.given), ("held_out", self.held_out)):
            codes = self.codes(np.asarray(values))
            tables[name] = {
                "axes": self.scene.varying(codes.shape[:-2]),
                "codes": parcel.integers(codes, width=1),
            }
        return {
            "size": list(self.size),
            "names": self.names,
            "limits": list(self.limits),
            "levels": LEVELS,
            "steps": self.steps,
            **tables,
            "predicted": {
                "axes": self.scene.varying(predicted.shape[:-3]),
                "codes": parcel.integers(predicted, width=1),
            },
        }

    def draw(self, player: Player, axes: Any) -> None:
        from matplotlib.colors import LinearSegmentedColormap

        grid, index = self.scene.first.ended.shape, player.index(next(iter(self.scene.descents)))
        step = max(step for step in self.steps if step <= player.pictured_step)
        given, held_out, predicted = (
            at_index(np.asarray(values), grid, index, 2)
            for values in (self.given, self.held_out, self.predicted[step])
        )
        rows, columns = self.size
        gap = np.full((rows, 2), np.nan)
        colours: Any = LinearSegmentedColormap.from_list("stars", SHADES)
        shades = {"cmap": colours, "vmin": self.limits[0], "vmax": self.limits[1]}
        axes.imshow(np.hstack([given, gap, predicted]), interpolation="nearest", **shades)
        down, across = np.nonzero(np.isfinite(held_out))
        dots = held_out[down, across]
        axes.scatter(across + columns + 2, down, c=dots, s=9, edgecolors="#1f2933", **shades)
        axes.set_title("given, and predicted (dots: held out)", fontsize=9)
        axes.set_axis_off()
