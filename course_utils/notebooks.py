"""Keep the notebooks of the course tidy: the author's command.

    python -m course_utils.notebooks check notebooks      # say what is untidy; changes nothing
    python -m course_utils.notebooks tidy notebooks       # mend it
    python -m course_utils.notebooks refresh notebooks    # run them, then store their text outputs
    python -m course_utils.notebooks minutes notebooks    # say how long each takes, and why

A tidy notebook is the same, byte for byte, whoever saved it last: cells are named by readable ids,
there are no execution counts, and of the outputs only the text is stored, which the tests compare.
Pictures and live figures are made anew by whoever runs the notebook, and by the book. An exercise,
which is a notebook with cells that nbgrader knows, is stored without outputs, and so is a cell that
is tagged `nbval-ignore-output` because what it prints hangs on what is installed.

What the book hides is folded when a lesson is opened in JupyterLab, Notebook 7 or Colab (VS Code
reads nothing of the kind from a file), and a sentence below the opening says how to run it all.

The time that a lesson states is computed (`course_utils.minutes`) and written by `tidy`.

Needs nbclient to refresh; knows no other part of the course.
"""

import argparse
import json
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from course_utils.minutes import LONGEST, counted, minutes, with_time

__all__ = ["main", "problems", "refreshed", "tidied"]

Json = dict[str, Any]

METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
CELL_METADATA = ("mystnb", "nbgrader", "tags")
# How the book is told to hide a source, and how JupyterLab with Notebook 7, and Colab, are.
HIDDEN = {"hide-input", "remove-input"}
FOLDED = {"jupyter": {"source_hidden": True}, "cellView": "form"}
# The book leaves this cell out: its figures live at once.
RUN_ALL: Json = {
    "cell_type": "markdown",
    "id": "run-all",
    "metadata": {"tags": ["remove-cell"]},
    "source": [
        (
            "▶ To bring the figures and questions to life, choose **Run All Cells** in the menu "
            "**Run**, then scroll back up here (VS Code: **Run All** above the notebook; Colab: "
            "**Run all** in the menu **Runtime**)."
        )
    ],
}
INSTALL_ID = "install-in-colab"
INSTALL = """\
# In Colab this installs the course. Elsewhere it does nothing.
import importlib.util
import subprocess
import sys

if "google.colab" in sys.modules and not importlib.util.find_spec("course_utils"):
    command = [sys.executable, "-m", "pip", "install", "--quiet", "git+{address}"]
    subprocess.run(command, check=True)"""
TEXT = ("text/html", "text/latex", "text/markdown", "text/plain")

# Ids as programs make them up: eight hexadecimal digits, or a UUID.
MACHINE_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){0,3}(-[0-9a-f]{12})?")
ADDRESS = re.compile(r"\bat 0x[0-9a-fA-F]{6,}")


def tidied(notebook: Json) -> Json:
    r"""Return a tidy copy of a notebook; tidying that again changes nothing.

    Parameters
    ----------
    notebook
        A notebook of format 4, as JSON.

    Examples
    --------
    >>> cell = {"cell_type": "code", "source": "print(69)\n", "metadata": {"scrolled": True}}
    >>> cell |= {"execution_count": 7, "outputs": []}
    >>> [tidy] = tidied({"cells": [cell]})["cells"]
    >>> tidy["id"], tidy["source"], tidy["metadata"], tidy["execution_count"]
    ('print-69', ['print(69)'], {}, None)
    """
    ids: list[str] = []
    cells: list[Json] = []
    exercise = is_exercise(notebook)
    for cell in complete(notebook):
        source = joined(cell["source"]).rstrip()
        if not cells:
            source = with_time(source, notebook["cells"])
        ids.append(readable_id(cell.get("id", ""), source, ids))
        metadata = cell.get("metadata", {})
        kept = {key: metadata[key] for key in CELL_METADATA if metadata.get(key)}
        tidy = {
            "cell_type": cell["cell_type"],
            "id": ids[-1],
            "metadata": kept | (FOLDED if is_hidden(cell) else {}),
            "source": source.splitlines(keepends=True),
        }
        if cell.get("attachments"):
            tidy["attachments"] = cell["attachments"]
        if cell["cell_type"] == "code":
            uncompared = exercise or "nbval-ignore-output" in metadata.get("tags", [])
            outputs = [] if uncompared else text_outputs(cell["outputs"])
            tidy |= {"execution_count": None, "outputs": outputs}
        cells.append(tidy)
    return {"cells": cells, "metadata": METADATA, "nbformat": 4, "nbformat_minor": 5}


def complete(notebook: Json) -> list[Json]:
    """Return the cells of a notebook; if it is a lesson, with those that help to run it."""
    written_here = {RUN_ALL["id"], INSTALL_ID}
    cells = [cell for cell in notebook["cells"] if cell.get("id") not in written_here]
    opens_with_prose = bool(cells) and cells[0]["cell_type"] == "markdown"
    if opens_with_prose and any(map(is_hidden, cells)) and not is_exercise(notebook):
        cells[1:1] = [RUN_ALL, *install(repository())]
    return cells


def repository(project: Path = Path(__file__).parents[1] / "pyproject.toml") -> str:
    """Return the address at which the repository is published, or "" if nobody has said it.

    It stands in one place, as `Repository` under `[project.urls]`.
    """
    if not project.exists():
        return ""
    address: str = (
        tomllib.loads(project.read_text("utf-8"))["project"].get("urls", {}).get("Repository", "")
    )
    return address.rstrip("/")


def install(address: str) -> list[Json]:
    """Return the cell that installs the course in Colab, if there is an address to install from."""
    if not address:
        return []
    cell = {
        "cell_type": "code",
        "id": INSTALL_ID,
        "metadata": {"tags": ["hide-input", "remove-cell"]} | FOLDED,
        "source": INSTALL.format(address=address).splitlines(keepends=True),
        "execution_count": None,
        "outputs": [],
    }
    return [cell]


def is_hidden(cell: Json) -> bool:
    """Whether the book hides the source of a cell."""
    return not HIDDEN.isdisjoint(cell.get("metadata", {}).get("tags", []))


def is_exercise(notebook: Json) -> bool:
    """Whether a notebook has cells with answers or checks."""
    return any(cell.get("metadata", {}).get("nbgrader") for cell in notebook["cells"])


def joined(text: str | list[str]) -> str:
    """Return a text that a notebook holds whole or as a list of lines."""
    return text if isinstance(text, str) else "".join(text)


def readable_id(given: str, source: str, taken: Sequence[str]) -> str:
    """Return the id of a cell, from its first words where the given one was made by a program."""
    name = given
    if not given or MACHINE_ID.fullmatch(given):
        words = "-".join(re.findall(r"[a-z0-9]+", source.lower())[:5])
        name = words[:40].rstrip("-") or "empty"
        if MACHINE_ID.fullmatch(name):
            name = f"cell-{name}"
    free = (f"{name}-{count}" for count in range(2, len(taken) + 3))
    return name if name not in taken else next(one for one in free if one not in taken)


def text_outputs(outputs: Iterable[Json]) -> list[Json]:
    """Return what the outputs of a cell say in words."""
    tidy: list[Json] = []
    for output in outputs:
        kind = output["output_type"]
        new: Json = {"output_type": kind}
        if kind == "stream":
            text = joined(output["text"])
            if tidy and tidy[-1].get("name") == output["name"]:
                text = joined(tidy.pop()["text"]) + text
            new |= {"name": output["name"], "text": text.splitlines(keepends=True)}
        elif kind == "error":
            new |= {"ename": output["ename"], "evalue": output["evalue"]}
            # The rest of a traceback names files of the machine it happened on.
            new["traceback"] = [f"{output['ename']}: {output['evalue']}"]
        else:
            data = {key: joined(text) for key, text in output["data"].items() if key in TEXT}
            if not data:
                continue
            new["data"] = {key: text.splitlines(keepends=True) for key, text in data.items()}
            new["metadata"] = {}
            if kind == "execute_result":
                new["execution_count"] = None
        tidy.append(new)
    return tidy


def written(notebook: Json) -> str:
    """Return the text of a notebook's file, as Jupyter writes it."""
    return json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def read(path: Path) -> Json:
    """Return the notebook in a file, or raise ValueError with what is wrong with it."""
    try:
        notebook = json.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise ValueError(f"{path} is not JSON; restore its last version ({error}).") from None
    if not isinstance(notebook, dict) or notebook.get("nbformat") != 4 or "cells" not in notebook:
        raise ValueError(f"{path} is not a notebook of format 4; save it again in JupyterLab.")
    return notebook


def problems(path: Path) -> Iterator[str]:
    """Say, a sentence each, what is untidy about the notebook in a file."""
    notebook = read(path)
    tidy = tidied(notebook)
    cells = complete(notebook)
    if cells != notebook["cells"]:
        yield "The cell below its opening does not say, in the words of all lessons, how to run it."
    for number, (cell, better) in enumerate(zip(cells, tidy["cells"], strict=True)):
        for words in cell_problems(cell, better):
            yield f"Cell {number} ({better['id']}): {words}"
        if cell.get("outputs") != better.get("outputs"):
            what = (
                "outputs, without which an exercise is stored"
                if is_exercise(notebook)
                else "outputs that hold more than text, such as pictures or live figures"
            )
            yield f"Cell {number} ({better['id']}): it has {what}."
    if notebook.get("metadata") != METADATA:
        yield "The notebook's metadata is more or other than the kernel python3."
    if path.read_bytes() != written(tidy).encode():
        yield "The file is not, byte for byte, what `tidy` would write."


def cell_problems(cell: Json, better: Json) -> Iterator[str]:
    """Say what is untidy about a cell but for what its outputs show, beside its tidy form."""
    if cell.get("id") != better["id"]:
        yield f"its id {cell.get('id')!r} is missing, repeated or made by a program."
    if stray := cell["metadata"].keys() - better["metadata"].keys():
        yield f"its metadata has {', '.join(sorted(stray))}."
    if any(cell["metadata"].get(key) != fold for key, fold in better["metadata"].items()):
        yield "the book hides its source, and a notebook that is opened shows it."
    if joined(cell["source"]) != joined(better["source"]):
        yield "it ends in blank space."
    if cell.get("execution_count") is not None:
        yield "it has an execution count."
    yield from changing(better.get("outputs", []))


def changing(outputs: Iterable[Json]) -> Iterator[str]:
    """Say which outputs a lesson should not have, because they differ from run to run."""
    for output in outputs:
        if output.get("name") == "stderr":
            yield f"it warns, which a lesson should not: {output['text'][-1].strip()}"
        if ADDRESS.search(json.dumps(output)):
            yield "it prints an address in memory, which is another each time."


def refreshed(path: Path, timeout: float = 120) -> Json:
    """Run the notebook in a file and return it, tidy, with the text outputs of this run.

    Parameters
    ----------
    path
        The file; the notebook runs in its folder.
    timeout
        Seconds that one cell may take.

    Raises
    ------
    nbclient.exceptions.CellExecutionError
        When a cell raises that is not tagged `raises-exception`.
    """
    import nbformat
    from nbclient import NotebookClient

    text = written(tidied(read(path)))
    notebook = nbformat.reads(text, as_version=4)  # type: ignore[no-untyped-call]
    folder = {"metadata": {"path": str(path.parent)}}
    done = NotebookClient(notebook, timeout=timeout, resources=folder).execute()
    return tidied(done)


def files(paths: Iterable[Path]) -> list[Path]:
    """Return the notebooks among the paths, and in the folders among them."""
    found: list[Path] = []
    for path in paths:
        if not path.exists():
            raise FileNotFoundError(f"There is no {path}; give notebooks or folders of notebooks.")
        inside = sorted(path.rglob("*.ipynb")) if path.is_dir() else [path]
        found += [one for one in inside if ".ipynb_checkpoints" not in one.parts]
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status: 1 when `check` found something, 2 for bad input."""
    parser = argparse.ArgumentParser(
        prog="python -m course_utils.notebooks", description="Keep the notebooks tidy."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    for name, words in {
        "check": "say what is untidy; change nothing",
        "tidy": "mend what is untidy",
        "refresh": "run the notebooks, then store their text outputs",
        "minutes": "say how long each lesson takes; change nothing",
    }.items():
        command = commands.add_parser(name, help=words, description=words)
        command.add_argument("paths", nargs="+", type=Path, help="notebooks, or folders of them")
    options = parser.parse_args(arguments)
    try:
        notebooks = files(options.paths)
        if options.command == "check":
            return report(notebooks)
        if options.command == "minutes":
            return table(notebooks)
        for path in notebooks:
            new = refreshed(path) if options.command == "refresh" else tidied(read(path))
            if written(new).encode() != path.read_bytes():
                path.write_bytes(written(new).encode())
                print(f"{path}: written")
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def table(notebooks: Iterable[Path]) -> int:
    """Print what each lesson is made of and what that takes; return the exit status."""
    for path in notebooks:
        notebook = read(path)
        if is_exercise(notebook):
            continue
        needed, optional = counted(notebook["cells"])
        parts = ", ".join(f"{number} {name}" for name, number in needed.items())
        note = f" and {minutes(optional)} optional" if optional else ""
        note += ", too long" if minutes(needed) > LONGEST else ""
        print(f"{minutes(needed):3} min{note}  {path.stem}: {parts}")
    return 0


def report(notebooks: Iterable[Path]) -> int:
    """Print what is untidy and the command that mends it; return the exit status."""
    untidy = []
    for path in notebooks:
        found = list(problems(path))
        for sentence in found:
            print(f"{path}: {sentence}")
        untidy += [str(path)] if found else []
    if untidy:
        print("\nThis mends it (warnings and addresses are yours to mend):")
        print(f"    python -m course_utils.notebooks tidy {' '.join(untidy)}")
    return 1 if untidy else 0


if __name__ == "__main__":
    sys.exit(main())
