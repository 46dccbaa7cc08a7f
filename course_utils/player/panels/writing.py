"""What a model of language writes: a text that changes with the step and the sliders."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .panel import Panel

if TYPE_CHECKING:
    from course_utils.player import Player
    from course_utils.player.packing import Parcel


class Writing(Panel):
    """A text of the first descent.

    Parameters
    ----------
    texts
        Shape (k, *grid): for each of `steps` the text at each position of the sliders.
    steps
        The steps for which there are texts, beginning with 0. Between them the last one before is
        shown.
    name
        What it is.
    """

    title = "Text that the model writes"
    needs = "texts: panels=[Writing(...)]"
    everywhere = False
    tells_cost = False

    def __init__(self, texts: Any, steps: Sequence[int] = (0,), name: str = "text") -> None:
        self.given, self.steps = np.asarray(texts), [int(step) for step in steps]
        self.label = name

    def tab(self) -> str:
        return self.label

    def check(self) -> None:
        shape = (len(self.steps), *self.scene.first.ended.shape)
        in_order = self.steps == sorted(set(self.steps)) and self.steps[:1] == [0]
        if self.given.shape != shape or self.given.dtype.kind != "U" or not in_order:
            raise ValueError(
                f"Writing was given an array of {self.given.dtype} of shape {self.given.shape} for"
                f" the steps {self.steps}; it must hold texts of shape {shape}, for steps that"
                " begin with 0 and rise."
            )

    def pack(self, parcel: Parcel) -> dict[str, Any]:
        texts = np.moveaxis(self.given, 0, -1)
        return {
            "label": self.label,
            "axes": self.scene.varying(texts.shape[:-1]),
            "steps": self.steps,
            "texts": texts.ravel().tolist(),
        }

    def draw(self, player: Player, axes: Any) -> None:
        sample = max(k for k, step in enumerate(self.steps) if step <= player.pictured_step)
        index = player.index(next(iter(self.scene.descents)))
        text = str(self.given[(sample, *index)])
        axes.set_title(f"{self.label} at step {self.steps[sample]}", fontsize=9)
        shown = "\n".join(textwrap.wrap(text, 34))
        axes.text(0, 1, shown, va="top", family="monospace", fontsize=8)
        axes.set_axis_off()
