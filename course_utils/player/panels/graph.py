"""A small network with its numbers: what goes forward, and the gradient that comes back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from course_utils.player.picture import COLOURS

from .panel import Array, Panel, at_index

if TYPE_CHECKING:
    from course_utils.player import Player
    from course_utils.player.packing import Parcel


class Graph(Panel):
    """A network of units and weights, each with its value and the derivative of the cost by it.

    Parameters
    ----------
    units
        By name, the place of a unit: how far from the inputs to the outputs and how far down, both
        between 0 and 1.
    weights
        By name, the two units that a weight joins.
    values, gradients
        By the name of a unit or weight, an array of shape (steps + 1, *grid). What has no gradient,
        such as an input, is left out there.
    """

    title = "Network with its values and gradients"
    needs = "units, weights and their values: panels=[Graph(...)]"
    everywhere = False

    def __init__(
        self,
        units: Mapping[str, tuple[float, float]],
        weights: Mapping[str, tuple[str, str]],
        values: Mapping[str, Any],
        gradients: Mapping[str, Any],
    ) -> None:
        self.units, self.weights = dict(units), dict(weights)
        self.values, self.gradients = values, gradients

    def check(self) -> None:
        names = [*self.units, *self.weights]
        if missing := [name for name in names if name not in self.values]:
            raise ValueError(f"Graph was given no values of {missing[0]!r}.")
        ends = {end for pair in self.weights.values() for end in pair}
        if unknown := sorted(ends - set(self.units)):
            raise ValueError(f"Graph has a weight at {unknown[0]!r}, which is none of its units.")
        shape = (self.scene.first.steps + 1, *self.scene.first.ended.shape)
        self.numbers: Array = np.full((*shape, len(names), 2), np.nan)
        for kind, given in enumerate((self.values, self.gradients)):
            for k, name in enumerate(names):
                if name in given:
                    self.numbers[..., k, kind] = given[name]

    def pack(self, parcel: Parcel) -> dict[str, Any]:
        rows = np.moveaxis(self.numbers, 0, -3)
        return {
            "units": [{"name": name, "place": place} for name, place in self.units.items()],
            "weights": [
                {"name": name, "ends": [list(self.units).index(end) for end in pair]}
                for name, pair in self.weights.items()
            ],
            "axes": self.scene.varying(rows.shape[:-3]),
            "values": parcel.floats(rows.reshape(*rows.shape[:-2], -1)),
        }

    def draw(self, player: Player, axes: Any) -> None:
        grid, index = self.scene.first.ended.shape, player.index(next(iter(self.scene.descents)))
        shown = at_index(self.numbers[player.pictured_step], grid, index, 2)
        for k, (name, (x, y)) in enumerate(self.units.items()):
            axes.text(x, -y, said(name, shown[k]), ha="center", va="center", zorder=2)
        for k, (name, pair) in enumerate(self.weights.items(), len(self.units)):
            (x0, y0), (x1, y1) = (self.units[end] for end in pair)
            axes.plot([x0, x1], [-y0, -y1], color=COLOURS[0], alpha=0.4)
            axes.text((x0 + x1) / 2, -(y0 + y1) / 2, said(name, shown[k]), ha="center")
        axes.set_axis_off()
        axes.margins(0.2)


def said(name: str, numbers: Array) -> str:
    """Return a name with its value and, below, its gradient if it has one."""
    value, gradient = numbers
    return f"{name} = {value:.3g}" + ("" if np.isnan(gradient) else f"\n∂ {gradient:.3g}")
