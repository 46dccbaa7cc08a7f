"""One more quantity at each step, such as the learning rate of a schedule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from course_utils.player.picture import drawn

from .panel import Array, Panel

if TYPE_CHECKING:
    from course_utils.player import Player
    from course_utils.player.packing import Parcel


class Trace(Panel):
    """A quantity against the step.

    Parameters
    ----------
    values
        Shape (steps, *grid) or (steps + 1, *grid), or a mapping from names of descents to these.
    name
        What to call it.
    log
        Whether its axis is logarithmic.
    """

    title = "Another quantity against step"
    needs = "a quantity at each step: trace=..."
    keywords = {"trace": "values", "trace_name": "name", "trace_log": "log"}  # noqa: RUF012
    tells_cost = False

    def __init__(self, values: Any, name: str = "", *, log: bool = False) -> None:
        self.values, self.label, self.log = values, name, log

    def tab(self) -> str:
        return self.label or "trace"

    def check(self) -> None:
        given = self.scene.for_each(self.values)
        self.traces: dict[str, Array] = {}
        for name in self.scene.descents:
            values = self.scene.at_each_step(name, "trace", given)
            if values is not None:
                self.traces[name] = values

    def pack(self, parcel: Parcel) -> dict[str, Any]:
        return {
            "label": self.label,
            "log": self.log,
            "values": {
                name: self.scene.quantity(parcel, values) for name, values in self.traces.items()
            },
        }

    def draw(self, player: Player, axes: Any) -> None:
        for name, style, points, _ in drawn(player):
            if name in self.traces and player.shown is self.scene:
                index: Any = player.index(name)
                axes.plot(self.traces[name][: len(points), *index], **style)
        axes.set(xlabel="step", ylabel=self.label)
        if self.log:
            axes.set_yscale("log")

    def facts(self, player: Player, name: str, step: int) -> list[str]:
        if name not in self.traces or self.label in self.scene.objective.labels:
            return []
        values = self.traces[name]
        value = values[min(step, len(values) - 1)][player.index(name)]
        return [f"{self.label} {np.float64(value):.4g}"]
