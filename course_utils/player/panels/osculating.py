"""The landscape, and at each step the parabola or quadratic surface that fits it there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .landscape import Landscape
from .panel import Array, at_index

if TYPE_CHECKING:
    from course_utils.player import Player
    from course_utils.player.packing import Parcel

ANGLES = 181  # directions in which the contour of a model is looked for
INK = "#1f2933"
DASHED: dict[str, Any] = {"linestyle": "--", "color": INK}
LEVEL: dict[str, Any] = {"marker": "o", "markersize": 5, "color": INK, "zorder": 5}


class Osculating(Landscape):
    r"""The landscape with the model that Newton's step trusts, at the present step of a path.

    $$q(p) = f(x) + g^\top p + \tfrac12\, p^\top (H + \tau I)\, p$$

    For one parameter that is a parabola. For two the contour of the model through the present point
    is drawn, an ellipse or a hyperbola. A dot stands where the model is level. The model is that of
    the first of several descents.

    Parameters
    ----------
    damping
        $\tau$, one number or shape (*grid,): what is added to each curvature.
    """

    title = "Landscape with the model that fits it at the present point"
    needs = "descents on one objective with a Hessian, of one or two parameters"
    order = None
    everywhere = False

    def __init__(self, damping: Any = 0.0) -> None:
        self.damping: Array = np.asarray(damping, dtype=float)

    def check(self) -> None:
        first, objective = self.scene.first, self.scene.objective
        if not (np.isfinite(self.damping) & (self.damping >= 0)).all():
            raise ValueError(
                "Osculating was given a damping below zero; it is added to curvatures."
            )
        try:
            damping = np.broadcast_to(self.damping, first.ended.shape)
        except ValueError:
            raise ValueError(
                f"Osculating was given a damping of shape {self.damping.shape}, which does not fit"
                f" the grid {first.ended.shape}."
            ) from None
        size = first.points.shape[-1]
        gradients = objective.gradient(first.points)
        bends = objective.hessian(first.points) + damping[..., None, None] * np.eye(size)
        upper = bends[(..., *np.triu_indices(size))]
        #: At each step the gradient and the upper half of the damped Hessian.
        self.models: Array = np.concatenate([gradients, upper], axis=-1)

    def tab(self) -> str:
        return "landscape"

    def pack(self, parcel: Parcel) -> dict[str, Any]:
        rows = np.moveaxis(self.models, 0, -2)
        models = {
            "modelAxes": self.scene.varying(rows.shape[:-2]),
            "models": parcel.floats(np.nan_to_num(rows, posinf=0.0, neginf=0.0)),
        }
        return super().pack(parcel) | models

    def draw(self, player: Player, axes: Any) -> None:
        super().draw(player, axes)
        first = self.scene.first
        index = player.index(next(iter(self.scene.descents)))
        step = min(player.pictured_step, len(first.points) - 1)
        x = at_index(first.points[step], first.ended.shape, index, 1)
        model = at_index(self.models[step], first.ended.shape, index, 1)
        limits = axes.axis()
        if len(x) == 1:
            along = np.linspace(limits[0], limits[1], ANGLES) - x[0]
            here = float(at_index(first.costs[step], first.ended.shape, index, 0))
            axes.plot(along + x[0], here + model[0] * along + 0.5 * model[1] * along**2, **DASHED)
            if model[1] != 0:
                axes.plot(
                    x[0] - model[0] / model[1], here - 0.5 * model[0] ** 2 / model[1], **LEVEL
                )
            axes.axis(limits)
            return
        angle = np.linspace(0, 2 * np.pi, ANGLES)
        across, up = np.cos(angle), np.sin(angle)
        bend = model[2] * across**2 + 2 * model[3] * across * up + model[4] * up**2
        with np.errstate(divide="ignore", invalid="ignore"):
            radius = -2 * (model[0] * across + model[1] * up) / bend
        radius = np.where(radius > 0, radius, np.nan)
        axes.plot(x[0] + radius * across, x[1] + radius * up, **DASHED)
        H = np.array([[model[2], model[3]], [model[3], model[4]]])
        if np.linalg.det(H) != 0:
            there = x - np.linalg.solve(H, model[:2])
            axes.plot(*np.transpose([x, there]), ":", color=INK)
            axes.plot(*there, **LEVEL)
        axes.axis(limits)
