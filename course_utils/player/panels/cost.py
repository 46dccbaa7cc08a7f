"""The cost at each step, of training and of validation data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from course_utils.player.picture import drawn

from .panel import Array, Panel

if TYPE_CHECKING:
    from course_utils.player import Player
    from course_utils.player.packing import Parcel


class Cost(Panel):
    """The cost against the step.

    Parameters
    ----------
    log
        Whether its axis is logarithmic, where it shows the distance from the lowest cost.
    limits
        The lowest and highest value on its axis; by default all that matters is in sight.
    validation
        The cost on other data at each step, drawn dashed: shape (steps + 1, *grid), or a mapping
        from names of descents to these.
    work, work_name
        What one step costs, such as the share of the data it reads: a number, an array over the
        grid, or a mapping from the names of descents to these. The cost can then be drawn against
        `work_name` as well as against steps.
    """

    title = "Cost against step"
    keywords = {  # noqa: RUF012, declared in Panel
        "log_cost": "log",
        "cost_limits": "limits",
        "validation": "validation",
        "work": "work",
        "work_name": "work_name",
    }
    order = 2

    def __init__(
        self,
        *,
        log: bool = True,
        limits: tuple[float, float] | None = None,
        validation: Any = None,
        work: Any = None,
        work_name: str = "work",
    ) -> None:
        self.log, self.limits = log, limits
        self.given = {"validation": validation, "work": work}
        self.work_name = work_name
        self.from_zero = validation is not None

    def check(self) -> None:
        scene = self.scene
        validation, work = (scene.for_each(self.given[kind]) for kind in ("validation", "work"))
        self.work = {name: value for name, value in work.items() if value is not None}
        self.validation: dict[str, dict[str, Array]] = {}
        for name in scene.descents:
            values = scene.at_each_step(name, "validation", validation)
            if values is not None:
                self.validation[name] = scene.along_spread(name, values)

    def pack(self, parcel: Parcel) -> dict[str, Any]:
        scene = self.scene
        validation = {
            name: {kind: scene.quantity(parcel, values) for kind, values in summary.items()}
            for name, summary in self.validation.items()
        }
        work = {
            name: parcel.floats(np.broadcast_to(value, scene.descents[name].ended.shape).ravel())
            for name, value in self.work.items()
        }
        return {
            "log": self.log,
            "limits": list(self.limits) if self.limits else None,
            "validation": validation,
            "work": work,
            "work_name": self.work_name if work else None,
        }

    def draw(self, player: Player, axes: Any) -> None:
        scene = player.shown
        measured = any(np.any(lowest) for lowest in scene.lowest.values())
        positive = False
        for name, style, _, costs in drawn(player):
            index: Any = player.index_in(scene.descents[name])
            grid = scene.descents[name].ended.shape
            lowest = np.broadcast_to(scene.lowest[name], grid)[index] if self.log else 0.0
            positive = positive or bool((costs > lowest).any())
            excess = costs - lowest
            axes.plot(np.where(excess > 0, excess, np.nan) if self.log else excess, **style)
            bands = [(scene.ranges[name], lowest)] if name in scene.ranges else []
            if scene is self.scene and name in self.validation:
                summary = self.validation[name]
                values = summary["values"][: len(costs), *index]
                axes.plot(values, "--", color=style["color"])
                if "low" in summary:
                    bands.append(((summary["low"], summary["high"]), 0.0))
            for band, below in bands:
                low, high = (values[: len(costs), *index] - below for values in band)
                axes.fill_between(range(len(costs)), low, high, color=style["color"], alpha=0.2)
        axes.set_title("; ".join(self.meaning()), fontsize=9)
        axes.set(xlabel="step", ylabel="cost − lowest cost" if self.log and measured else "cost")
        if self.log and positive:
            low, high = axes.dataLim.minposy, axes.dataLim.y1
            if high <= low * (1 + 1e-9):  # a scale has no room between last digits
                axes.set_ylim(low / 10, min(high * 10, np.finfo(float).max))
            axes.set_yscale("log")

    def meaning(self) -> list[str]:
        """Return what lines and bands mean."""
        found = ["solid: training, dashed: validation"] if self.validation else []
        return [*found, *filter(None, [self.scene.spread_in_words])]
