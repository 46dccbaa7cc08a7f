"""The present state of a player as a still picture, for places where no JavaScript runs.

Imports matplotlib, and is itself imported only when a picture is asked for.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from .scene import levels

if TYPE_CHECKING:
    from . import Player

# Blue below zero, orange above.
SIGNED = LinearSegmentedColormap.from_list(
    "signed", ["#00447a", "#78aacd", "#fafafa", "#f0af6e", "#a03e00"]
)
COLOURS = ("#005f9e", "#c94f00", "#00795a", "#a8437f", "#7a5c00", "#3d3d8f")


def picture(player: Player) -> Figure:
    """Draw the panels of `player` side by side, with its sliders where they stand."""
    panels = player.scene.panels
    figure = Figure(figsize=(4.6 * len(panels), 3.9), layout="constrained")
    for axes, panel in zip(figure.subplots(1, len(panels), squeeze=False)[0], panels, strict=True):
        DRAW[panel](player, axes)
    chosen = [
        f"{axis.name.replace('_', ' ')} {_text(getattr(player, axis.name))}"
        for axis in player.scene.axes
    ]
    figure.suptitle(", ".join([f"step {player.step}", *chosen]), fontsize=10)
    if len(player.scene.descents) > 1:
        labelled = [axes for axes in figure.axes if axes.get_legend_handles_labels()[1]]
        for axes in labelled[:1]:
            axes.legend(fontsize=8)
    return figure


def png(player: Player) -> bytes:
    """Return the picture as the bytes of a PNG file."""
    out = io.BytesIO()
    picture(player).savefig(out, format="png", dpi=80)
    return out.getvalue()


def sentence(player: Player) -> str:
    """Say where each path is at the present step, and what became of it."""
    said = []
    scene = player.again or player.scene
    for name, paths in scene.descents.items():
        if name in player.spec["silent"]:
            continue
        index = player.index_in(paths)
        step = min(player.step, int(paths.ended[index]))
        labels = scene.objective.labels
        facts = []
        if set(scene.panels) != {"trace"}:
            point = paths.points[step][index] if scene.objective.dim <= 3 else []
            facts += [f"{label} {v:.3g}" for label, v in zip(labels, point, strict=False)]
            facts.append(f"cost {paths.costs[step][index]:.4g}")
        traced = scene.at_each_step(name, "trace", scene.trace)
        if traced is not None and player.spec["trace_name"] not in labels:
            value = traced[min(step, len(traced) - 1)][index]
            facts.append(f"{player.spec['trace_name']} {value:.4g}")
        if step == paths.ended[index]:
            facts.append(str(paths.status[index]))
        said.append(f"{name}, step {step}: {', '.join(facts)}.")
    return " ".join(said)


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return "(" + ", ".join(f"{v:.3g}" for v in value) + ")" if np.ndim(value) else f"{value:.3g}"


def _paths(player: Player) -> Iterator[tuple[str, dict[str, Any], Any, Any]]:
    """Yield name, style, points and costs of each path as far as it has been played."""
    shown = player.again or player.scene
    for spec, (name, paths) in zip(player.spec["paths"], shown.descents.items(), strict=True):
        index: Any = player.index_in(paths)
        end = min(player.step, int(paths.ended[index])) + 1
        style = {"color": COLOURS[spec["colour"]], "label": name, "marker": ".", "markersize": 4}
        yield name, style, paths.points[:end, *index], paths.costs[:end, *index]


def _landscape(player: Player, axes: Any) -> None:
    scene = player.scene
    window: Any = scene.window
    heights = scene.heights
    # A landscape that changes with a slider is drawn as it is at the present position.
    for axis in scene.first.axes:
        heights = heights[player.selection[axis.name] if len(heights) > 1 else 0]
    labels = scene.objective.labels
    x = np.linspace(window[0][0], window[0][1], heights.shape[-1])
    if len(window) == 1:
        axes.plot(x, heights, color="#44525f")
        for _, style, points, costs in _paths(player):
            axes.plot(points[:, 0], costs, **style)
        axes.set(xlim=window[0], xlabel=labels[0], ylabel="cost")
        axes.set_ylim(*_span(heights))
        return
    y = np.linspace(window[1][0], window[1][1], heights.shape[-2])
    axes.contourf(x, y, levels(heights[None])[0][0], levels=14, cmap="YlGnBu_r", alpha=0.45)
    for _, style, points, _ in _paths(player):
        axes.plot(points[:, 0], points[:, 1], **style)
    axes.set(xlim=window[0], ylim=window[1], xlabel=labels[0], ylabel=labels[1])


def _span(curve: Any) -> tuple[float, float]:
    known = curve[np.isfinite(curve)]
    return known.min() - 0.08 * np.ptp(known), known.max()


def _cost(player: Player, axes: Any) -> None:
    scene = player.again or player.scene
    lowest = scene.lowest if player.log_cost else 0.0
    for name, style, _, costs in _paths(player):
        index: Any = player.index_in(scene.descents[name])
        excess = costs - lowest
        axes.plot(np.where(excess > 0, excess, np.nan) if player.log_cost else excess, **style)
        other = scene.at_each_step(name, "validation", scene.validation)
        if other is not None:
            axes.plot(other[: len(costs), *index], "--", color=style["color"])
        for kind, below in {"costs": lowest, "validation": 0.0}.items():
            if name in scene.ranges[kind]:
                low, high = (v[: len(costs), *index] - below for v in scene.ranges[kind][name])
                axes.fill_between(range(len(costs)), low, high, color=style["color"], alpha=0.2)
    meaning = []
    if any(values is not None for values in scene.validation.values()):
        meaning.append("solid: training, dashed: validation")
    if scene.spread:
        meaning.append(f"median and range of {scene.spread['count']} {scene.spread['name']}s")
    axes.set_title("; ".join(meaning), fontsize=9)
    axes.set(xlabel="step", ylabel="cost − lowest cost" if lowest else "cost")
    if player.log_cost and any((costs > lowest).any() for *_, costs in _paths(player)):
        axes.set_yscale("log")


def _data(player: Player, axes: Any) -> None:
    objective = player.scene.objective
    targets = np.asarray(objective.targets)
    if targets.ndim > 1:
        which = player.index(next(iter(player.scene.descents)))[-targets.ndim + 1 :]
        targets = targets[
            tuple(k if n > 1 else 0 for k, n in zip(which, targets.shape, strict=False))
        ]
    axes.scatter(objective.features[:, 0], targets, s=6, color="#3a4c5c", alpha=0.4)
    ends = np.asarray(player.spec["data"]["xlim"])
    for _, style, points, _ in _paths(player):
        axes.plot(ends, objective.design(ends[:, None]) @ points[-1], **style)
    axes.set(xlabel=objective.feature_name, ylabel=objective.target_name)
    axes.set_ylim(player.spec["data"]["ylim"])


def _sweep(player: Player, axes: Any) -> None:
    axis = next(axis for axis in player.scene.axes if axis.name == player.spec["sweep"])
    for spec, (name, paths) in zip(
        player.spec["paths"], player.scene.descents.items(), strict=True
    ):
        index = list(player.index(name))
        index[[a.name for a in paths.axes].index(axis.name)] = slice(None)  # type: ignore[call-overload]
        arrived = paths.criterion_met[tuple(index)]
        steps = np.where(arrived, paths.ended[tuple(index)], np.nan)
        axes.plot(axis.values, steps, ".", color=COLOURS[spec["colour"]])
    axes.axvline(getattr(player, axis.name), color="#1f2933", linewidth=1)
    axes.set(xlabel=axis.name.replace("_", " "), ylabel="steps to converge", yscale="log")


def _heat(player: Player, axes: Any) -> None:
    across, up = player.spec["heat"]
    for name, paths in player.scene.descents.items():
        names = [axis.name for axis in paths.axes]
        if across not in names or up not in names:
            continue
        index = list(player.index(name))
        index[names.index(across)] = index[names.index(up)] = slice(None)  # type: ignore[call-overload]
        arrived = paths.criterion_met[tuple(index)]
        steps = np.where(arrived, paths.ended[tuple(index)], np.nan)
        if names.index(across) < names.index(up):
            steps = steps.T
        values = [next(axis.values for axis in paths.axes if axis.name == n) for n in (across, up)]
        mesh = axes.pcolormesh(*values, np.log10(np.maximum(steps, 1)), cmap="viridis_r")
        axes.figure.colorbar(mesh, ax=axes, label="log₁₀ of steps to converge")
        break
    axes.plot(getattr(player, across), getattr(player, up), "o", color="#c94f00")
    axes.set(xlabel=across.replace("_", " "), ylabel=up.replace("_", " "))


def _rose(player: Player, axes: Any) -> None:
    scene = player.scene
    name = next(iter(scene.descents))
    grid = scene.descents[name].ended.shape
    rose: Any = scene.rose
    petals = np.broadcast_to(rose, (*grid, rose.shape[-1]))[player.index(name)]
    angles = np.linspace(0, 2 * np.pi, len(petals), endpoint=False)
    for angle, change in zip(angles, petals, strict=True):
        tip = abs(change) * np.cos(angle), abs(change) * np.sin(angle)
        axes.plot([0, tip[0]], [0, tip[1]], color="#005f9e" if change < 0 else "#d9b98c")
    axes.set_aspect("equal")
    axes.set_axis_off()


def _trace(player: Player, axes: Any) -> None:
    scene = player.again or player.scene
    for name, style, points, _ in _paths(player):
        values = scene.at_each_step(name, "trace", scene.trace)
        if values is None:
            continue
        index: Any = player.index_in(scene.descents[name])
        values = values[: len(points), *index]
        axes.plot(values, **style)
    axes.set(xlabel="step", ylabel=player.spec["trace_name"])
    if player.spec["trace_log"]:
        axes.set_yscale("log")


def _factors(player: Player, axes: Any) -> None:
    scene = player.scene
    name = next(iter(scene.descents))
    grid, index = scene.descents[name].ended.shape, player.index(name)
    for k, (label, values) in enumerate(scene.factors.items()):
        axes.plot(np.broadcast_to(values, grid)[index], -k, "o", color=COLOURS[k], label=label)
    axes.axvspan(-1, 1, color="#0072b2", alpha=0.1)
    axes.set(xlim=(-1.6, 1.6), yticks=[], xlabel="factor of each step")
    axes.legend(fontsize=8)


def _numbers(player: Player, axes: Any) -> None:
    scene = player.scene
    index: Any = player.index(next(iter(scene.descents)))
    rows = []
    for name, given in scene.numbers.items():
        values = np.asarray(given, dtype=float)
        grid = scene.first.ended.shape
        values = values.reshape(
            len(values), *(1,) * (len(grid) + 2 - values.ndim), *values.shape[1:]
        )
        shape = (len(values), *grid, values.shape[-1])
        step = min(player.step, len(values) - 1)
        rows.append([name, *(f"{v:.4g}" for v in np.broadcast_to(values, shape)[step, *index])])
    axes.table(cellText=rows, loc="center")
    axes.set_axis_off()


def _profile(player: Player, axes: Any) -> None:
    scene = player.scene
    values: Any = scene.profile
    index: Any = player.index(next(iter(scene.descents)))
    if values.ndim == len(index) + 2:
        values = values[min(player.step, len(values) - 1)]
    shown = np.broadcast_to(values, (*scene.first.ended.shape, values.shape[-1]))[index]
    axes.plot(np.arange(1, len(shown) + 1), shown, "o-", color=COLOURS[0])
    axes.set(
        yscale="log", xlabel=player.spec["profile_names"][0], ylabel=player.spec["profile_names"][1]
    )


def _basins(player: Player, axes: Any) -> None:
    scene = player.scene
    cells, window = scene.basin_map()
    for name in player.spec["basins"]["axes"]:
        cells = cells[player.selection[scene.axes[name].name]]
    cells = cells.reshape(-1, *cells.shape[-2:])[0]
    axes.imshow(
        np.ma.masked_equal(cells, 255),
        origin="lower",
        extent=(*window[0], *window[1]),
        cmap="tab10",
        vmin=0,
        vmax=9,
        alpha=0.6,
        aspect="auto",
    )
    axes.set(
        xlabel=f"start {scene.objective.labels[0]}", ylabel=f"start {scene.objective.labels[1]}"
    )


def _images(player: Player, axes: Any) -> None:
    scene = player.scene
    values, steps = scene.images or (np.zeros(0), [])
    sample = max(k for k, step in enumerate(steps) if step <= player.step)
    index: Any = player.index(next(iter(scene.descents)))
    grid = scene.first.ended.shape
    shown = np.broadcast_to(values[sample], (*grid, *values.shape[-3:]))[index]
    scale = player.spec["images"]["scale"]
    across = int(np.ceil(np.sqrt(len(shown))))
    padded = np.pad(shown, ((0, -len(shown) % across), (0, 1), (0, 1)), constant_values=np.nan)
    sheet = np.vstack([np.hstack(list(row)) for row in np.split(padded, len(padded) // across)])
    axes.imshow(sheet, cmap=SIGNED, vmin=-scale, vmax=scale, interpolation="nearest")
    axes.set_title(_images_title(player, sample), fontsize=9)
    axes.set_axis_off()


def _images_title(player: Player, sample: int) -> str:
    steps, scale = player.spec["images"]["steps"], player.spec["images"]["scale"]
    when = f" at step {steps[sample]}" if len(steps) > 1 else ""
    return f"{player.spec['images_name']}{when}, from −{scale:.2g} to {scale:.2g}"


DRAW = {
    "landscape": _landscape,
    "cost": _cost,
    "data": _data,
    "sweep": _sweep,
    "heat": _heat,
    "rose": _rose,
    "trace": _trace,
    "factors": _factors,
    "numbers": _numbers,
    "profile": _profile,
    "basins": _basins,
    "images": _images,
}
