"""One more quantity at each step, such as the learning rate of a schedule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from course_utils.player.picture import styles

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
        Along the `spread` of the figure the median is drawn, in a band.
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
        self.given, self.label, self.log = values, name, log

    def tab(self) -> str:
        return self.label or "trace"

    def alone(self, grid: tuple[int, ...]) -> tuple[Sequence[str], int]:
        named = isinstance(self.given, Mapping)
        values = list(self.given.values()) if named else [self.given]
        return list(self.given) if named else [], max(len(one) - 1 for one in values)

    def check(self) -> None:
        given = self.scene.for_each(self.given)
        self.traces: dict[str, dict[str, Array]] = {}
        for name in self.scene.descents:
            values = self.scene.at_each_step(name, "trace", given)
            if values is not None:
                self.traces[name] = self.scene.along_spread(name, values)

    def pack(self, parcel: Parcel) -> dict[str, Any]:
        return {
            "label": self.label,
            "log": self.log,
            "values": {
                name: {kind: self.scene.quantity(parcel, values) for kind, values in trace.items()}
                for name, trace in self.traces.items()
            },
        }

    def draw(self, player: Player, axes: Any) -> None:
        for name, style, index, end in styles(player):
            if name not in self.traces or player.shown is not self.scene:
                continue
            trace = {kind: values[:end, *index] for kind, values in self.traces[name].items()}
            axes.plot(trace["values"], **style)
            if "low" in trace:
                steps = range(len(trace["low"]))
                axes.fill_between(
                    steps, trace["low"], trace["high"], color=style["color"], alpha=0.2
                )
        axes.set(xlabel="step", ylabel=self.label, title=self.scene.spread_in_words)
        if self.log:
            axes.set_yscale("log")

    def facts(self, player: Player, name: str, step: int) -> list[str]:
        if name not in self.traces or self.label in self.scene.labels:
            return []
        values = self.traces[name]["values"]
        value = values[min(step, len(values) - 1)][player.index(name)]
        return [f"{self.label} {np.float64(value):.4g}"]
