"""Data with one feature, and the line that the weights of a path draw through them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from course_utils.player.picture import drawn

from .landscape import widened
from .panel import Array, Panel

if TYPE_CHECKING:
    from course_utils.player import Player
    from course_utils.player.packing import Parcel
    from course_utils.player.scene import Scene


OUTPUTS = np.linspace(-20, 20, 801)  # at which a link is sent, such as that of probabilities


class Data(Panel):
    """The data as dots, and the fitted line of each path.

    Parameters
    ----------
    held_out
        Data that the descent never sees, drawn hollow: features and targets.
    """

    title = "Data with the fitted line"
    needs = "a cost on one feature, and single paths: no spread"
    keywords = {"held_out": "held_out"}  # noqa: RUF012, declared in Panel
    order = 1
    shows_points = True

    def __init__(self, held_out: Any = None) -> None:
        self.held_out = held_out

    @classmethod
    def suits(cls, scene: Scene) -> bool:
        objective = scene.objective
        features = getattr(objective, "features", None)
        if scene.spread or features is None or features.shape[-1] != 1:
            return False
        if hasattr(objective, "classes"):  # an output for each of them, even if it is one
            return False
        # One weight for each column of the design, or there are several outputs for each row.
        weights: int = objective.design(features).shape[-1]
        return weights == objective.dim and np.ndim(objective.targets) >= 1

    def _limits(self) -> tuple[tuple[float, float], tuple[float, float]]:
        objective = self.scene.objective
        return _padded(objective.features[:, 0], 0.04), _padded(np.asarray(objective.targets), 0.06)

    def pack(self, parcel: Parcel) -> dict[str, Any]:
        objective = self.scene.objective
        x, y = objective.features[:, 0], np.asarray(objective.targets)
        xlim, ylim = self._limits()
        ends = np.linspace(*xlim, 161)
        design = objective.design(ends[:, None])
        link = getattr(objective, "link", lambda z: z)
        plain = np.array_equal(link(OUTPUTS), OUTPUTS)
        if plain and np.allclose(design[80], (design[0] + design[-1]) / 2):  # a straight line
            ends, design = ends[[0, -1]], design[[0, -1]]
        others: Any = ([], []) if self.held_out is None else self.held_out
        other_x, other_y = others
        return {
            "held_out": [parcel.floats(np.ravel(other_x)), parcel.floats(np.ravel(other_y))],
            "x": parcel.floats(x),
            "y": parcel.floats(y.reshape(-1, len(x))),
            "axes": self.scene.varying(y.shape[:-1]),
            "line": parcel.floats(ends),
            "design": parcel.floats(design),
            "link": None if plain else parcel.floats(link(OUTPUTS)),
            "outputs": [float(OUTPUTS[0]), float(OUTPUTS[-1])],
            "xlim": xlim,
            "ylim": ylim,
            "xlabel": objective.feature_name,
            "ylabel": objective.target_name,
        }

    def draw(self, player: Player, axes: Any) -> None:
        objective = self.scene.objective
        targets = np.asarray(objective.targets)
        if targets.ndim > 1:
            which = player.index(next(iter(self.scene.descents)))[-targets.ndim + 1 :]
            targets = targets[
                tuple(k if n > 1 else 0 for k, n in zip(which, targets.shape, strict=False))
            ]
        axes.scatter(objective.features[:, 0], targets, s=6, color="#3a4c5c", alpha=0.4)
        xlim, ylim = self._limits()
        ends = np.linspace(*xlim, 161)
        for _, style, points, _ in drawn(player):
            line = objective.design(ends[:, None]) @ points[-1]
            axes.plot(ends, getattr(objective, "link", lambda z: z)(line), **style | {"marker": ""})
        axes.set(xlabel=objective.feature_name, ylabel=objective.target_name, ylim=ylim)


def _padded(values: Array, share: float) -> tuple[float, float]:
    low, high = widened(float(values.min()), float(values.max()))  # they may be all alike
    pad = share * (high - low)
    return low - pad, high + pad
