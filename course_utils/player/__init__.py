"""The interactive figure: descents of a whole grid, with sliders that work without a kernel.

It draws what `descend` returned, and knows no optimizer. `scene` says what is shown, `packing`
makes it small, player.js draws it in the browser, and `picture` where no JavaScript runs.
Imports ipywidgets (through anywidget); matplotlib only when a still picture is asked for.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget
import numpy as np
import traitlets
from numpy.typing import NDArray

from .scene import Scene, describe_axis

if TYPE_CHECKING:
    from course_utils.paths import Axis, Descent

__all__ = ["Player"]

HERE = Path(__file__).parent
SPEEDS = (2, 5, 10, 30, 60)


class OnGrid(traitlets.TraitType[Any, Any]):
    """The value at which a slider stands: whatever is set, the nearest value of its axis.

    A start may lie anywhere within limits, where the figure allows it.
    """

    def __init__(self, axis: Axis, limits: Sequence[tuple[float, float]] | None = None) -> None:
        super().__init__(_value(axis, 0))
        self.axis = axis
        self.limits = limits

    def validate(self, obj: Any, value: Any) -> Any:
        index = _nearest(self.axis, value)
        here = _value(self.axis, index)
        if self.limits is None or np.allclose(here, value, rtol=1e-9, atol=1e-12):
            return here
        return tuple(
            float(np.clip(v, low, high)) for v, (low, high) in zip(value, self.limits, strict=True)
        )


class Player(anywidget.AnyWidget):
    """A figure in which sliders choose among descents that were all computed beforehand.

    Parameters
    ----------
    descents
        What `descend` returned, or a mapping from names to several of them on one landscape. Each
        axis of the grid becomes a slider; axes with the same name and values share one. An axis
        named "start" becomes a handle to drag on the landscape.
    panels
        Which panels to show, in this order: "landscape", "data", "cost", "sweep", "heat", "rose",
        "trace", "factors", "numbers", "profile", "basins" and "images". By default the landscape
        (for one or two parameters), the data (for one feature), the cost, and those that were asked
        for by `sweep`, `heat` and so on.
    caption, alt
        A caption below the figure, and a sentence for those who can't see it.
    window
        The part of the landscape to show, ``((low, high), (low, high))``.
    step
        The step shown at first; by default the last one.
    log_cost
        Whether the cost has a logarithmic axis, where it shows the distance from the lowest cost.
    cost_limits
        The lowest and highest value on the cost's axis; by default all that matters is in sight.
    sweep
        The axis whose values the "sweep" panel plots against the steps needed.
    heat
        The two axes, across and up, over which the "heat" panel maps the steps needed.
    rose
        For the "rose" panel: the change of the cost in k evenly spaced directions around the start,
        beginning with the first coordinate's, anticlockwise; shape (*grid, k).
    factors
        For the "factors" panel: what a step multiplies the distance from the minimum by, along each
        named direction; each an array that broadcasts to the grid.
    numbers
        For the "numbers" panel: vectors of the first descent, by name, such as the gradient and the
        step of an update: each of shape (steps, *grid, dim) or (steps + 1, *grid, dim).
    profile, profile_names
        For the "profile" panel: positive numbers in a row, such as one for each layer of a network,
        shape (*grid, k), or (steps + 1, *grid, k) if they change; and the names of its two axes.
    basins
        For the "basins" panel: True to show, for a full lattice of starts, at which of the
        objective's known minima each ends; or a finer map of the minima's numbers over the window,
        with -1 for none: shape (*grid without the starts, rows, columns).
    images, image_steps, images_name
        For the "images" panel: numbers to be drawn as k pictures side by side, such as the weights
        of k units, shape (*grid, k, rows, columns); or such an array for each of the steps + 1
        steps, of which 21 are kept, or for each of `image_steps`, which begin with 0. Between
        them the last one before is shown. The name says what they are.
    spread
        An axis, such as "seed", that gets no slider: the cost and the validation cost are drawn as
        the median along it, with a band from the lowest to the highest value at each step. What is
        given for `validation` has this axis, what is given for `images` has not.
    rerun
        A function of one start that returns what the player was given, without the axis "start".
        Where Python is there to answer, the figure then runs from any start that is clicked; where
        it is not, the nearest start of the axis is taken.
    validation, held_out
        The cost on other data at each step, drawn dashed beside the cost: shape (steps + 1, *grid),
        or a mapping from names of descents to these; and these data, for the "data" panel.
    trace, trace_name, trace_log
        For the "trace" panel: one more quantity at each step, such as the learning rate of a
        schedule: shape (steps, *grid) or (steps + 1, *grid), or a mapping from names of descents to
        these; what to call it; and whether its axis is logarithmic.
    work, work_name
        What one step costs, such as the share of the data it reads: a number, an array over the
        grid, or a mapping from the names of descents to these. The cost can then be drawn against
        `work_name` as well as against steps.
    silent
        Names of descents that are no descents to speak of, such as a line to compare with: they are
        drawn, but not described in words.
    marks
        For an axis, labelled values to mark on its slider: ``{"learning_rate": {0.2: "2/L"}}``.
    speed
        Steps a second when it plays: 2, 5, 10, 30 or 60.
    **chosen
        The value at which a slider stands at first, by the name of its axis.

    Attributes
    ----------
    step : int
        The step that is shown; setting it moves the figure.
    selection : dict
        For each axis, the position of its slider. Each axis is also an attribute with the chosen
        value (``play.learning_rate``); setting it chooses the nearest value of the grid.
    place : list
        Where the start is, if it was put between the starts of the grid. That is possible where
        iterates depend affinely on the start, as for gradient descent and momentum on a quadratic,
        and with `rerun`.

    Raises
    ------
    ValueError
        If panels are unknown or can't be drawn from these descents, or if a value is not on offer.

    Examples
    --------
    >>> import numpy as np
    >>> from course_utils import GradientDescent, Player, Ravine, descend
    >>> rates = np.linspace(0.02, 0.22, 41)
    >>> paths = descend(Ravine(10), [-4.0, 2.0], GradientDescent(learning_rate=rates), steps=30)
    >>> play = Player(paths, learning_rate=0.18)
    >>> play.learning_rate = 0.1
    >>> play
    Player: gradient descent on ravine, 30 steps, learning_rate (41 values)
    """

    _esm = HERE / "player.js"
    _css = HERE / "player.css"
    spec = traitlets.Dict().tag(sync=True)
    data = traitlets.Bytes().tag(sync=True)
    step = traitlets.Int(0).tag(sync=True)
    selection = traitlets.Dict().tag(sync=True)
    place: Any = traitlets.List().tag(sync=True)
    answer: Any = traitlets.Dict().tag(sync=True)  # paths from `place`, if they were run for it

    def __init__(
        self,
        descents: Descent | Mapping[str, Descent],
        *,
        panels: Sequence[str] | None = None,
        caption: str = "",
        alt: str = "",
        window: Sequence[tuple[float, float]] | None = None,
        step: int | None = None,
        log_cost: bool = True,
        cost_limits: tuple[float, float] | None = None,
        sweep: str | None = None,
        heat: tuple[str, str] | None = None,
        rose: NDArray[Any] | None = None,
        factors: Mapping[str, Any] | None = None,
        numbers: Mapping[str, Any] | None = None,
        profile: Any = None,
        profile_names: tuple[str, str] = ("layer", ""),
        basins: Any = False,
        images: Any = None,
        image_steps: Sequence[int] | None = None,
        images_name: str = "weights",
        spread: str | None = None,
        rerun: Callable[[tuple[float, ...]], Any] | None = None,
        validation: Any = None,
        held_out: Any = None,
        trace: Any = None,
        trace_name: str = "",
        trace_log: bool = False,
        work: Any = None,
        work_name: str = "work",
        silent: Sequence[str] = (),
        marks: Mapping[str, Mapping[float, str]] | None = None,
        speed: int = 10,
        **chosen: Any,
    ) -> None:
        self.scene = scene = Scene(
            descents,
            panels=panels,
            window=window,
            sweep=sweep,
            heat=heat,
            rose=rose,
            work=work,
            trace=trace,
            factors=factors,
            numbers=numbers,
            profile=profile,
            basins=basins,
            images=images,
            image_steps=image_steps,
            spread=spread,
            validation=validation,
            held_out=held_out,
        )
        self.log_cost = log_cost
        self.rerun = rerun
        self.again: Scene | None = None
        names = [axis.name for axis in scene.axes]
        for name in [*chosen, *(marks or {}), *([sweep] if sweep else []), *(heat or ())]:
            if name not in names:
                raise ValueError(
                    f"There is no slider {name!r}; there are {', '.join(names) or 'none'}."
                )
        if speed not in SPEEDS:
            raise ValueError(f"speed was {speed}; it must be one of {SPEEDS} steps a second.")
        if rerun and ("start" not in names or scene.window is None):
            raise ValueError(
                "rerun needs an axis 'start' and an objective of one or two parameters; give"
                " descend() several starts, or leave rerun out."
            )
        lattice = scene.lattice
        limits = lattice and [(line[0], line[-1]) for line in lattice["lines"]]
        free = limits or (scene.window if rerun else None)
        self.add_traits(
            **{a.name: OnGrid(a, free if a.name == "start" else None) for a in scene.axes}
        )
        spec, data = scene.packed()
        spec |= {
            "axes": [describe_axis(axis, (marks or {}).get(axis.name, {})) for axis in scene.axes],
            "sweep": sweep,
            "heat": list(heat) if heat else None,
            "work_name": work_name if work is not None else None,
            "profile_names": list(profile_names),
            "validation_name": "validation",
            "images_name": images_name,
            "rerun": bool(rerun and not lattice),
            "trace_name": trace_name,
            "trace_log": trace_log,
            "log": log_cost,
            "cost_limits": list(cost_limits) if cost_limits else None,
            "speed": speed,
            "speeds": list(SPEEDS),
            "silent": list(silent),
            "caption": caption,
            "alt": alt or f"Interactive figure: {scene.title}",
        }
        for axis in spec["axes"]:
            axis["lattice"] = lattice if axis["kind"] == "start" else None
        super().__init__(spec=spec, data=data, selection=dict.fromkeys(names, 0))
        self.step = scene.steps if step is None else step
        self._follow_selection()
        self.observe(self._follow_selection, ["selection", "place"])
        if self.spec["rerun"]:
            self.observe(self._run_again, "place")
        for name in names:
            self.observe(self._follow_value, name)
        for name, value in chosen.items():
            setattr(self, name, value)

    # --- Reading and setting the sliders from Python ----------------------------------------------

    def _follow_selection(self, change: Any = None) -> None:
        """Let `play.learning_rate` say what the slider says."""
        for axis in self.scene.axes:
            value = _value(axis, self.selection[axis.name])
            between = axis.name == "start" and self.place
            self.set_trait(axis.name, tuple(self.place) if between else value)

    def _follow_value(self, change: Any) -> None:
        axis = next(axis for axis in self.scene.axes if axis.name == change["name"])
        index = _nearest(axis, change["new"])
        with self.hold_trait_notifications():
            if axis.name == "start":
                between = change["new"] != _value(axis, index)
                self.place = list(change["new"]) if between else []
            self.selection = {**self.selection, axis.name: index}

    def _run_again(self, change: Any) -> None:
        """Answer a start between those of the grid with the paths from there."""
        answer: dict[str, Any] = {}
        self.again = None
        if self.place and self.rerun:
            start = tuple(self.place)
            answer, self.again = self.scene.rerun(self.rerun(start), start)
        self.answer = answer

    @traitlets.validate("step")
    def _valid_step(self, proposal: Any) -> int:
        steps = self.scene.steps
        if not 0 <= proposal["value"] <= steps:
            raise ValueError(f"step was {proposal['value']}; it must be from 0 to {steps}.")
        return int(proposal["value"])

    def index(self, name: str) -> tuple[int, ...]:
        """Return the position of the sliders in the grid of the descent called `name`."""
        return self.index_in(self.scene.descents[name])

    def index_in(self, paths: Descent) -> tuple[int, ...]:
        """Return the position of the sliders in the grid of some descent."""
        return tuple(self.selection[axis.name] for axis in paths.axes)

    # --- Where no JavaScript runs -----------------------------------------------------------------

    def __repr__(self) -> str:
        axes = [f"{axis.name} ({len(axis.values)} values)" for axis in self.scene.axes]
        return "Player: " + ", ".join([self.scene.title, f"{self.scene.steps} steps", *axes])

    def picture(self) -> Any:
        """Return the present state as a matplotlib figure."""
        from .picture import picture

        return picture(self)

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        from .picture import png, sentence

        bundle: Any = super()._repr_mimebundle_(**kwargs)
        data, metadata = bundle
        data["image/png"] = base64.b64encode(png(self)).decode()
        metadata["image/png"] = {"alt": f"{self.spec['alt']}. {sentence(self)}"}
        return data, metadata


def _value(axis: Axis, index: int) -> Any:
    value = axis.values[index]
    return tuple(value.tolist()) if np.ndim(value) else np.asarray(value).item()


def _nearest(axis: Axis, value: Any) -> int:
    values = axis.values
    if isinstance(values[0], str):
        if value not in list(values):
            raise ValueError(f"{axis.name} was {value!r}; it must be one of {list(values)}.")
        return list(values).index(value)
    numbers = np.asarray(values, dtype=float)
    try:
        wanted = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        wanted = np.array(np.nan)
    if wanted.shape != numbers.shape[1:] or not np.all(np.isfinite(wanted)):
        raise ValueError(f"{axis.name} was {value!r}; it must be like {numbers[0].tolist()!r}.")
    distance = np.abs(numbers - wanted)
    return int(np.argmin(distance if distance.ndim == 1 else (distance**2).sum(axis=-1)))
