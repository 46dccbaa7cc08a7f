"""Runs the cells of a page, in the browser, and sends what they show to the page.

It does what a notebook's kernel does for this course: the last expression of a cell is shown, text
is streamed, errors show the learner's own lines, figures and questions are alive. It needs the
standard library; traitlets once a figure or a question is made, matplotlib once a cell draws.
"""

import ast
import base64
import builtins
import contextlib
import inspect
import io
import json
import linecache
import math
import pprint
import sys
import time
import traceback
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

MOST = 100_000  # characters that one cell prints into the page
PAUSE = 0.05  # seconds between two pieces of streamed text

Send = Callable[[str, list[bytes]], None]


class Printed(io.TextIOBase):
    """What a cell prints, sent to the page piece by piece."""

    def __init__(self, kernel: "Kernel", name: str) -> None:
        self.kernel = kernel
        self.name = name
        self.waiting: list[str] = []
        self.length = 0
        self.sent_at = 0.0

    def write(self, text: str) -> int:
        """Take a text; send what waits if the last piece was sent a moment ago."""
        before, self.length = self.length, self.length + len(text)
        if self.length <= MOST:
            self.waiting.append(text)
        elif before <= MOST:
            self.waiting.append(f"\n… A page shows {MOST:,} characters of what a cell prints.\n")
        if self.waiting and time.monotonic() - self.sent_at > PAUSE:
            self.flush()
        return len(text)

    def flush(self) -> None:
        """Send what waits."""
        if self.waiting:
            self.kernel.show(kind="stream", name=self.name, text="".join(self.waiting))
            self.waiting.clear()
        self.sent_at = time.monotonic()

    def writable(self) -> bool:
        """Say yes."""
        return True


class Kernel:
    """The names that the cells of a page share, and the way to the page."""

    def __init__(self, send: Send) -> None:
        self.send = send
        self.names: dict[str, Any] = {"__name__": "__main__", "display": self.display}
        self.cell = ""
        self.widgets: dict[str, Any] = {}
        self.shown_by: dict[str, list[str]] = {}
        builtins.input = self.ask
        sys.modules["anywidget"] = lazy_module("anywidget", AnyWidget=lambda: widget_class(self))
        references = {"to_json": lambda value, _: self.refer(value) if value else None}
        sys.modules["ipywidgets"] = lazy_module(
            "ipywidgets", widget_serialization=lambda: references
        )

    def show(self, *, buffers: list[bytes] | None = None, **content: Any) -> None:
        """Send one output of the cell that runs."""
        self.send(json.dumps({"output": content, "cell": self.cell}), buffers or [])

    async def run(self, cell: str, source: str) -> bool:
        """Run a cell, show what it shows, and return whether it came to its end."""
        self.cell = cell
        for widget in self.shown_by.pop(cell, []):
            self.widgets.pop(widget, None)
        out, err = Printed(self, "stdout"), Printed(self, "stderr")
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                value = await self.evaluate(source, cell)
                if value is not None:
                    out.flush()
                    self.display(value)
                self.show_drawings()
            except BaseException as error:  # noqa: BLE001, whatever a learner's code raises is shown
                out.flush()
                err.flush()
                self.show(kind="error", text=explain(error), lines=own_lines(error, cell))
                return False
            finally:
                out.flush()
                err.flush()
        return True

    async def evaluate(self, source: str, cell: str) -> Any:
        """Run the statements of a cell and return the value of the last one, if it has one."""
        linecache.cache[cell] = (len(source), None, source.splitlines(keepends=True), cell)
        tree = ast.parse(source, cell)
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        await self.execute(tree, cell, "exec")
        if last is None:
            return None
        value = await self.execute(ast.Expression(last.value), cell, "eval")
        return None if source.rstrip().endswith(";") else value

    async def execute(self, tree: Any, cell: str, mode: str) -> Any:
        """Run a piece of code, which may await."""
        code = compile(tree, cell, mode, flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        value = eval(code, self.names)  # noqa: S307, a learner's own code
        return await value if code.co_flags & inspect.CO_COROUTINE else value

    def display(self, *values: Any) -> None:
        """Show values as a notebook does."""
        sys.stdout.flush()
        for value in values:
            if hasattr(value, "model_id"):
                self.show_widget(value)
            elif is_drawing(value):
                self.show_drawing(value)
            elif (page := as_html(value)) is not None:
                checked = (
                    {"name": value.verdict.question, "passed": value.passed}
                    if is_check(value)
                    else None
                )
                self.show(kind="html", html=page, check=checked)
            else:
                self.show(kind="text", text=as_text(value))

    def show_widget(self, widget: Any) -> None:
        """Show a figure or a question."""
        self.remember(widget)
        state, paths, buffers = separate(widget.get_state())
        self.show(
            kind="widget",
            id=widget.model_id,
            text=repr(widget),
            state=state,
            paths=paths,
            buffers=buffers,
            module=text_of(widget._esm),  # noqa: SLF001, as anywidget names them
            style=text_of(widget._css),  # noqa: SLF001
        )

    def refer(self, widget: Any) -> str:
        """Let the page know a widget to which another refers, and return its name there."""
        if widget.model_id not in self.widgets:
            self.remember(widget)
            self.send_state(widget, widget.get_state())
        return f"IPY_MODEL_{widget.model_id}"

    def remember(self, widget: Any) -> None:
        """Keep a widget until its cell runs again."""
        self.widgets[widget.model_id] = widget
        self.shown_by.setdefault(self.cell, []).append(widget.model_id)

    def send_state(self, widget: Any, state: dict[str, Any]) -> None:
        """Send what has changed in a widget that the page shows."""
        if widget.model_id in self.widgets:
            state, paths, buffers = separate(state)
            self.send(
                json.dumps({"changed": state, "id": widget.model_id, "paths": paths}), buffers
            )

    def set_state(self, identifier: str, state: str) -> None:
        """Take what a learner has changed in a figure or a question."""
        if identifier not in self.widgets:
            return
        self.cell = next(cell for cell, ids in self.shown_by.items() if identifier in ids)
        try:
            self.widgets[identifier].set_state(json.loads(state))
        except Exception as error:  # noqa: BLE001, a learner's own function may be asked
            self.show(kind="error", text=explain(error), lines=own_lines(error, self.cell))

    def show_drawings(self) -> None:
        """Show what matplotlib has drawn and nobody has shown."""
        if plots := sys.modules.get("matplotlib.pyplot"):
            for number in plots.get_fignums():
                self.show_drawing(plots.figure(number))

    def show_drawing(self, figure: Any) -> None:
        """Show a matplotlib figure as a picture, and close it."""
        stream = io.BytesIO()
        figure.savefig(stream, format="png", dpi=144, bbox_inches="tight")
        sys.modules["matplotlib.pyplot"].close(figure)
        titles = [axes.get_title() for axes in figure.axes if axes.get_title()]
        self.show(
            kind="image",
            png=base64.b64encode(stream.getvalue()).decode(),
            alt=f"Drawing by matplotlib: {'; '.join(titles) or 'without a title'}",
        )

    def ask(self, *_: Any) -> str:
        """Answer `input()`."""
        raise EOFError(
            "input() has nobody to ask on a page: write the value into the cell instead."
        )


def is_drawing(value: Any) -> bool:
    """Say whether a value is a figure of matplotlib."""
    return hasattr(value, "savefig") and type(value).__module__.startswith("matplotlib")


def is_check(value: Any) -> bool:
    """Say whether a value is what `check` has found."""
    return hasattr(value, "verdict") and hasattr(value, "passed")


def as_html(value: Any) -> str | None:
    """Return a value as HTML if it knows how."""
    method = getattr(value, "_repr_html_", None)
    return method() if method and not isinstance(value, type) else None


def as_text(value: Any) -> str:
    """Return a value as text, long lists and dictionaries over several lines."""
    if type(value) in {list, tuple, dict, set}:
        return pprint.pformat(value, width=79, sort_dicts=False)
    return repr(value)


# --- Errors ---------------------------------------------------------------------------------------


def explain(error: BaseException) -> str:
    """Return an error with the lines of the learner's own cells that led to it."""
    if isinstance(error, ModuleNotFoundError) and error.name:
        error.msg = (
            f"There is no {error.name.partition('.')[0]!r} on this page. It has numpy, matplotlib,"
            " course_utils and Python's own library; for others, open the notebook in Jupyter."
        )
    if isinstance(error, SystemExit):
        return "SystemExit: exit() ends nothing on a page; leave it out."
    told = traceback.TracebackException.from_exception(error)
    for one in chain(told):
        one.stack[:] = [frame for frame in one.stack if is_own(frame.filename)]
    return "".join(told.format()).strip()


def chain(told: Any) -> Iterator[Any]:
    """Yield an error and those that led to it."""
    while told is not None:
        yield told
        told = told.__cause__ or (None if told.__suppress_context__ else told.__context__)


def is_own(filename: str) -> bool:
    """Say whether a frame belongs to a cell."""
    return filename.startswith("cell ")


def own_lines(error: BaseException, cell: str) -> list[int]:
    """Return the lines of a cell that led to an error."""
    if isinstance(error, SyntaxError) and error.filename == cell:
        return [error.lineno or 1]
    frames = traceback.extract_tb(error.__traceback__)
    return [frame.lineno for frame in frames if frame.filename == cell and frame.lineno]


# --- Figures and questions ------------------------------------------------------------------------


def text_of(source: Any) -> str:
    """Return a text that is given as such or as the path of a file."""
    return source.read_text("utf-8") if isinstance(source, Path) else str(source or "")


def separate(state: dict[str, Any]) -> tuple[Any, list[list[Any]], list[bytes]]:
    """Return a state as JSON has it, where its bytes belong, and the bytes."""
    paths: list[list[Any]] = []
    buffers: list[bytes] = []

    def plain(value: Any, path: list[Any]) -> Any:
        if isinstance(value, (bytes, bytearray, memoryview)):
            paths.append(path)
            buffers.append(bytes(value))
            return None
        if isinstance(value, dict):
            return {str(key): plain(one, [*path, key]) for key, one in value.items()}
        if isinstance(value, (list, tuple)):
            return [plain(one, [*path, place]) for place, one in enumerate(value)]
        if hasattr(value, "tolist"):  # numpy's
            return plain(value.tolist(), path)
        if isinstance(value, float) and not math.isfinite(value):
            return None  # JSON has no word for it
        return value

    return plain(state, []), paths, buffers


def lazy_module(name: str, **makers: Callable[[], Any]) -> types.ModuleType:
    """Return a module that has what the course uses of it, made when it is asked for."""
    module = types.ModuleType(name)

    def make(wanted: str) -> Any:
        if wanted not in makers:
            raise AttributeError(f"On a page {name} has {', '.join(makers)} alone, no {wanted}.")
        found = makers[wanted]()
        setattr(module, wanted, found)
        return found

    module.__getattr__ = make
    return module


def widget_class(kernel: Kernel) -> type:
    """Return a class whose tagged traits have the same values in Python and in the page."""
    import traitlets

    class AnyWidget(traitlets.HasTraits):
        """A widget with a module in JavaScript."""

        _esm: Any = ""
        _css: Any = ""

        def __init__(self, **values: Any) -> None:
            self.model_id = f"python-{id(self):x}"
            self._coming: dict[str, Any] = {}
            super().__init__(**values)

        def get_state(self, names: Any = None) -> dict[str, Any]:
            """Return the values that the page needs."""
            code = {"_esm", "_css"}
            traits = {name: one for name, one in self.traits(sync=True).items() if name not in code}
            return {
                name: (traits[name].metadata.get("to_json") or _same)(getattr(self, name), self)
                for name in names or traits
            }

        def set_state(self, state: dict[str, Any]) -> None:
            """Take values from the page."""
            self._coming = state
            try:
                with self.hold_trait_notifications():
                    for name, value in state.items():
                        setattr(self, name, value)
            finally:
                self._coming = {}

        def notify_change(self, change: Any) -> None:
            """Tell those who observe, and the page unless it has said so itself."""
            super().notify_change(change)
            name = change["name"]
            told = name in self._coming and self._coming[name] == change["new"]
            if not told and name[0] != "_" and self.trait_metadata(name, "sync"):
                kernel.send_state(self, self.get_state([name]))

    return AnyWidget


def _same(value: Any, _: Any) -> Any:
    return value
