"""A number for each value of one slider, such as the accuracy at each angle."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from course_utils.player.picture import COLOURS

from .panel import Array, Panel

if TYPE_CHECKING:
    from course_utils.player import Player
    from course_utils.player.packing import Parcel


class Against(Panel):
    """A quantity against the value of one axis, one curve for each descent.

    Parameters
    ----------
    axis
        The name of the axis.
    values
        From names of descents to arrays of shape (*grid,); or (k, *grid), one for each of `steps`.
    name
        What they are.
    steps
        The steps for which there are values, beginning with 0. Between them the last one before is
        shown.
    limits
        The lowest and highest value on the vertical axis; by default all are in sight.
    log
        Whether that axis is logarithmic.
    """

    title = "A quantity against the setting"
    needs = "an axis and its values: panels=[Against(...)]"
    everywhere = False
    tells_cost = False
    tells_outcome = True

    def __init__(
        self,
        axis: str,
        values: Mapping[str, Any],
        name: str,
        *,
        steps: Sequence[int] | None = None,
        limits: tuple[float, float] | None = None,
        log: bool = False,
    ) -> None:
        self.axis, self.given, self.label = axis, values, name
        self.steps, self.limits, self.log = [int(step) for step in steps or [0]], limits, log
        self.stepwise = steps is not None

    def tab(self) -> str:
        return self.label

    def alone(self, grid: tuple[int, ...]) -> tuple[Sequence[str], int]:
        return list(self.given), self.steps[-1]

    def axes(self) -> list[str]:
        return [self.axis]

    def check(self) -> None:
        if self.steps != sorted(set(self.steps)) or self.steps[0]:
            raise ValueError(f"steps must begin with 0 and rise, but {self.steps} was given.")
        self.values: dict[str, Array] = {}
        for name, values in self.given.items():
            if name not in self.scene.descents:
                raise ValueError(
                    f"Against was given values of {name!r}, but the descents are"
                    f" {', '.join(self.scene.descents)}."
                )
            array = np.asarray(values, dtype=float)
            array = array if self.stepwise else array[None]
            shape = (len(self.steps), *self.scene.descents[name].ended.shape)
            if array.shape != shape or not np.isfinite(array).all():
                raise ValueError(
                    f"The values of {name!r} have shape {np.shape(values)}; they must be finite"
                    f" numbers of shape {shape if self.stepwise else shape[1:]}."
                )
            self.values[name] = array

    def pack(self, parcel: Parcel) -> dict[str, Any]:
        return {
            "axis": self.axis,
            "label": self.label,
            "steps": self.steps,
            "log": self.log,
            "limits": list(self.limits) if self.limits else None,
            "values": {
                name: parcel.floats(np.moveaxis(values, 0, -1))
                for name, values in self.values.items()
            },
        }

    def row(self, player: Player, name: str) -> Array:
        """The values of a descent at the step that is shown, one for each value of the axis."""
        axis = next(axis for axis in self.scene.axes if axis.name == self.axis)
        names = [one.name for one in self.scene.descents[name].axes]
        index: list[Any] = list(player.index(name))
        if self.axis in names:  # without it, the value is the same for all
            index[names.index(self.axis)] = slice(None)
        sample = max(k for k, step in enumerate(self.steps) if step <= player.pictured_step)
        return np.broadcast_to(self.values[name][(sample, *index)], len(axis.values))

    def draw(self, player: Player, axes: Any) -> None:
        axis = next(axis for axis in self.scene.axes if axis.name == self.axis)
        number = np.ndim(axis.values) == 1 and not isinstance(axis.values[0], str)
        places = axis.values if number else np.arange(len(axis.values))
        for spec, name in zip(player.spec["paths"], self.scene.descents, strict=True):
            if name in self.values:
                colour = COLOURS[spec["colour"]]
                axes.plot(places, self.row(player, name), ".-", color=colour, label=name)
        axes.axvline(places[player.selection[self.axis]], color="#1f2933", linewidth=1)
        axes.set(xlabel=self.axis.replace("_", " "), ylabel=self.label, ylim=self.limits)
        if self.log:
            axes.set_yscale("log")

    def facts(self, player: Player, name: str, step: int) -> list[str]:
        if name not in self.values:
            return []
        value = self.row(player, name)[player.selection[self.axis]]
        return [f"{self.label} {np.float64(value):.3g}"]
