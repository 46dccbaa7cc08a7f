"""What is in a notebook: its cells, its language, its exercise. Nothing is compiled or executed."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from course_utils.grading.intake.files import (
    AS_NOTEBOOK,
    HAND_IN_AGAIN,
    MEGABYTE,
    SMALLER,
    RefusedError,
)
from course_utils.grading.intake.known import Known
from course_utils.grading.intake.names import presentable, storable

__all__ = ["Cell", "cells_of", "exercise_by_name", "exercise_of", "parsed", "refuse_language"]

Json = dict[str, Any]

MAX_CODE = 1 * MEGABYTE  # of the code in one notebook
MAX_PROSE = 20_000  # characters of a cell that is not code; pasted pictures are cut off
MAX_CELLS = 5_000
MAX_VALUES = 2_000_000  # values in one JSON text: each costs memory, however short it is


@dataclass(frozen=True)
class Cell:
    """A cell of a notebook; `id` and `grade_id` are empty where the notebook names none."""

    kind: str  # "code", "markdown" or "raw"
    source: str
    id: str
    grade_id: str


def text_of(value: Any) -> str:
    """Return a text that a notebook holds whole or as a list of lines."""
    if isinstance(value, list):
        return "".join(line for line in value if isinstance(line, str))
    return value if isinstance(value, str) else ""


def parsed(data: bytes) -> tuple[Json, list[str]]:
    """Return the JSON of a notebook, and notes on what had to be overlooked."""
    notes: list[str] = []
    if not data.strip(b"\0 \t\r\n"):
        raise RefusedError("The file is empty.", f"The file is empty. {HAND_IN_AGAIN}")
    recognise_other(data)
    try:
        text = data.decode(json.detect_encoding(data))
    except UnicodeDecodeError:
        text = data.decode("utf-8", "replace")
        notes.append("Some characters of the file are not UTF-8 and were replaced.")
    quotes = text.count('"') - text.count('\\"')
    if text.count("{") + text.count("[") + quotes // 2 > MAX_VALUES:
        problem = f"The file holds more than {MAX_VALUES:,} values, too many for a notebook."
        raise RefusedError(problem, SMALLER)
    try:
        notebook = json.loads(
            text, strict=False, parse_int=small, parse_float=small, parse_constant=small
        )
    except RecursionError as error:
        problem = "The file nests brackets too deeply for a notebook."
        raise RefusedError(problem, HAND_IN_AGAIN) from error
    except ValueError as error:
        raise broken(text, error) from error
    if not isinstance(notebook, dict):
        problem = "The file holds JSON, but no notebook."
        raise RefusedError(problem, AS_NOTEBOOK)
    return notebook, notes


def small(text: str) -> int:
    """Return a number of a notebook; only its version matters, and no digits without end."""
    return int(text) if len(text) < 4 and text.isdigit() else 0


def recognise_other(data: bytes) -> None:
    """Raise RefusedError for files that are something else under a notebook's name."""
    start = data[:1000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    kinds = {
        b"pk\x03\x04": "a zip",
        b"%pdf": "a PDF",
        b"<!doctype": "a web page",
        b"<html": "a web page",
        b"\x89png": "a picture",
        b"version https://git-lfs": "a pointer of Git LFS, not the file",
    }
    for sign, kind in kinds.items():
        if start.startswith(sign):
            raise RefusedError(f"The file is {kind} under a notebook's name.", AS_NOTEBOOK)
    if start[:1] not in {b"{", b"[", b"\xff", b"\xfe"} and b"\0" not in start:
        raise RefusedError("The file is no notebook: it does not hold JSON.", AS_NOTEBOOK)


def broken(text: str, error: ValueError) -> RefusedError:
    """Return what to say of a text that is almost JSON."""
    if re.search(r"^(<{7} |>{7} |={7}$)", text, re.MULTILINE):
        return RefusedError(
            "The file holds the marks of a merge by Git that was not finished.",
            "Resolve the conflict that Git marked with <<<<<<< and >>>>>>>, then hand it in.",
        )
    position = getattr(error, "pos", 0)
    unfinished = position >= len(text.rstrip("\0 \t\r\n")) or "Unterminated" in str(error)
    if unfinished:
        return RefusedError(
            f"The file breaks off after {len(text):,} characters: it was not written to its end.",
            f"The file breaks off in the middle, as after an upload that was cut. {HAND_IN_AGAIN}",
        )
    line = text.count("\n", 0, position) + 1
    return RefusedError(
        f"The file is not valid JSON from line {line} on.",
        f"The file is damaged at line {line}: it was most likely edited as a text. {HAND_IN_AGAIN}",
    )


def cells_of(notebook: Json) -> tuple[tuple[Cell, ...], list[str]]:
    """Return the cells of a notebook of any format, and notes on what had to be overlooked."""
    listed = notebook.get("cells")
    if not isinstance(listed, list) and isinstance(notebook.get("worksheets"), list):
        listed = [  # formats 2 and 3
            cell
            for sheet in notebook["worksheets"]
            if isinstance(sheet, dict) and isinstance(sheet.get("cells"), list)
            for cell in sheet["cells"]
        ]
    if not isinstance(listed, list):
        raise RefusedError("The file holds JSON, but no notebook with cells.", AS_NOTEBOOK)
    if len(listed) > MAX_CELLS:
        raise RefusedError(f"The notebook has {len(listed):,} cells.", HAND_IN_AGAIN)
    cells = tuple(within(map(cell_of, (cell for cell in listed if isinstance(cell, dict)))))
    code = sum(len(cell.source) for cell in cells if cell.kind == "code")
    if code > MAX_CODE:
        raise RefusedError(
            f"The notebook has {code / MEGABYTE:.1f} MB of code.",
            "Take data that were pasted into code cells out of the notebook, and hand it in.",
        )
    skipped = len(listed) - len(cells)
    return cells, [f"{skipped} cells are no cells and were skipped."] if skipped else []


def within(cells: Iterable[Cell]) -> Iterator[Cell]:
    """Yield cells, of which those with prose are empty once there is too much of it."""
    room = MAX_CODE
    for cell in cells:
        room -= len(cell.source) if cell.kind != "code" else 0
        yield cell if cell.kind == "code" or room > 0 else replace(cell, source="")


def cell_of(cell: Json) -> Cell:
    """Return one cell; Colab keeps its id in the metadata, format 3 its code in `input`."""
    metadata = mapping(cell.get("metadata"))
    kind = cell.get("cell_type")
    kind = kind if isinstance(kind, str) and kind in {"code", "raw"} else "markdown"
    source = storable(text_of(cell["source"] if "source" in cell else cell.get("input")))
    return Cell(
        kind,
        source if kind == "code" else source[:MAX_PROSE],
        name_of(cell.get("id")) or name_of(metadata.get("id")),
        name_of(mapping(metadata.get("nbgrader")).get("grade_id")),
    )


def mapping(value: Any) -> Json:
    """Return a JSON object, an empty one where something else stands."""
    return value if isinstance(value, dict) else {}


def name_of(value: Any) -> str:
    """Return an id, empty where something else stands."""
    return presentable(value) if isinstance(value, str) else ""


CHECKED = re.compile(r"\bcheck\([ \t]*[\"'](\w+)[\"']")
DEFINED = re.compile(r"^def[ \t]+(\w+)", re.MULTILINE)


def exercise_of(
    notebook: Json, cells: Sequence[Cell], parts: Sequence[str], known: Mapping[str, Known]
) -> str | None:
    """Return which exercise a notebook is: by its metadata, its name, then what is in it."""
    told = mapping(mapping(notebook.get("metadata")).get("course")).get("exercise")
    if isinstance(told, str) and told in known:
        return told
    if named := exercise_by_name(parts, known):
        return named
    names = {name.removeprefix("check-") for cell in cells for name in (cell.id, cell.grade_id)}
    for cell in cells:
        if cell.kind == "code":
            names.update(CHECKED.findall(cell.source), DEFINED.findall(cell.source))
    hits = Counter({slug: len(names & set(it.points)) for slug, it in known.items()})
    (best, most), *rest = hits.most_common(2)
    if most and (not rest or rest[0][1] < most):
        return best
    return best if len(known) == 1 else None


def exercise_by_name(parts: Sequence[str], known: Mapping[str, Known]) -> str | None:
    """Return the exercise that a file's name, else that of a folder around it, speaks of."""
    for part in reversed(parts):
        words = "_" + re.sub(r"[^a-z0-9]+", "_", part.casefold()) + "_"
        for shorten in (str, lambda slug: slug.lstrip("0123456789_")):
            hits = [slug for slug in known if f"_{shorten(slug)}_".casefold() in words]
            if hits:
                return max(hits, key=len)
    return None


def refuse_language(notebook: Json, cells: Sequence[Cell], known: Mapping[str, Known]) -> None:
    """Raise RefusedError for a notebook in another language than Python."""
    metadata = mapping(notebook.get("metadata"))
    kernel = mapping(metadata.get("kernelspec"))
    told = (
        mapping(metadata.get("language_info")).get("name"),
        kernel.get("language"),
        {"ir": "R"}.get(str(kernel.get("name")), ""),
    )
    language = next((name for name in told if isinstance(name, str) and name), "python")
    questions = {name for exercise in known.values() for name in exercise.points}
    # What the file says of itself is sometimes wrong.
    python = any(questions & set(DEFINED.findall(cell.source)) for cell in cells)
    if "python" not in language.casefold() and not python:
        name = presentable(language, 30)
        raise RefusedError(
            f"The notebook is in {name}, not in Python.",
            f"Your notebook runs {name}. The exercises are in Python: open the exercise's own"
            " notebook with a Python kernel.",
        )
