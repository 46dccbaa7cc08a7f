"""Which class was taken for which: a table of counts that changes while a model learns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .panel import Array, Panel, sampled

if TYPE_CHECKING:
    from course_utils.player import Player
    from course_utils.player.packing import Parcel


class Confusion(Panel):
    """A confusion matrix: a row for each true class, a column for each answer.

    Parameters
    ----------
    counts
        How often a row's class was answered with a column's: whole numbers of shape (*grid, k, k),
        or such an array for each of the steps + 1 steps, of which 21 are kept, or for each of
        `steps`.
    steps
        The steps for which there are counts, beginning with 0.
    name
        What was answered, such as "held-out digits".
    of
        The name of the descent that answered; by default the first.
    """

    title = "Confusion matrix: true classes as rows, answers as columns"
    needs = "how often each class was taken for each: panels=[Confusion(counts)]"
    tells_cost = False
    everywhere = False

    def __init__(
        self,
        counts: Any,
        steps: Sequence[int] | None = None,
        name: str = "answers",
        of: str | None = None,
    ) -> None:
        self.given, self.wanted, self.label, self.of = np.asarray(counts), steps, name, of

    def tab(self) -> str:
        return "confusion"

    def check(self) -> None:
        found = sampled(self.given, self.wanted, self.scene, more=2)
        square = self.given.ndim > 1 and self.given.shape[-1] == self.given.shape[-2]
        whole = np.issubdtype(self.given.dtype, np.integer) and not (self.given < 0).any()
        if found is None or not square or not whole:
            raise ValueError(
                f"Confusion was given {self.given.dtype} of shape {self.given.shape}; it must hold"
                f" whole numbers of at least 0 in shape (*grid, k, k) with the grid"
                f" {self.scene.first.ended.shape}, or one such array for each of the"
                f" {self.scene.steps + 1} steps, or for each of steps=[0, ...]."
            )
        if self.of is not None and self.of not in self.scene.descents:
            names = ", ".join(self.scene.descents)
            raise ValueError(f"Confusion was given of={self.of!r}; it must be one of {names}.")
        values, self.steps = found
        grid, square_of = self.scene.first.ended.shape, values.shape[-2:]
        self.counts: Array = np.broadcast_to(values, (len(self.steps), *grid, *square_of))

    def pack(self, parcel: Parcel) -> dict[str, Any]:
        codes = np.moveaxis(self.counts, 0, -1)
        return {
            "label": self.label,
            "of": self.of or next(iter(self.scene.descents)),
            "axes": self.scene.varying(codes.shape[:-3]),
            "steps": self.steps,
            "counts": parcel.integers(codes, width=4 if codes.max(initial=0) > 65_535 else 2),
        }

    def shown(self, player: Player, step: int) -> Array:
        """Return the counts that are seen at a step."""
        sample = max(k for k, sampled_step in enumerate(self.steps) if sampled_step <= step)
        index = player.index(next(iter(self.scene.descents)))
        found: Array = self.counts[(sample, *index)]
        return found

    def draw(self, player: Player, axes: Any) -> None:
        counts = self.shown(player, player.pictured_step)
        right = np.eye(len(counts), dtype=bool)
        share = counts / np.maximum(counts.sum(-1, keepdims=True), 1)
        axes.imshow(np.where(right, -share, share), cmap="RdBu_r", vmin=-1.4, vmax=1.4)
        for (row, column), count in np.ndenumerate(counts):
            if count:
                axes.text(column, row, count, ha="center", va="center", fontsize=6)
        axes.set(xticks=range(len(counts)), yticks=range(len(counts)))
        axes.set(xlabel="answer", ylabel="true class")
        axes.set_title(f"{self.label}: {accuracy(counts)} right", fontsize=9)

    def facts(self, player: Player, name: str, step: int) -> list[str]:
        if name != (self.of or next(iter(self.scene.descents))):
            return []
        return [f"{self.label} {accuracy(self.shown(player, step))} right"]


def accuracy(counts: Array) -> str:
    """Return the share of right answers in words."""
    return f"{100 * np.trace(counts) / max(counts.sum(), 1):.0f} %"
