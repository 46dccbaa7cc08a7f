"""The exercises that submissions may be of."""

import hashlib
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from course_utils.grading.intake.files import IntakeError

__all__ = ["Known", "known_exercises"]

Json = dict[str, Any]


@dataclass(frozen=True)
class Known:
    """What has to be known of an exercise to sort submissions and to sum up marks."""

    slug: str
    path: str
    title: str
    points: Mapping[str, float]  # of each question, in the order of the notebook
    digest: str


def known_exercises(sources: str | os.PathLike[str]) -> dict[str, Known]:
    """Return the exercises whose source notebooks lie in a folder, by their short names.

    Raises
    ------
    IntakeError
        Where the folder holds no exercise.
    """
    known = {}
    for path in sorted(Path(sources).glob("*.ipynb")):
        data = path.read_bytes()
        script = path.with_suffix(".py")
        digest = hashlib.sha256(data + (script.read_bytes() if script.exists() else b""))
        try:
            title, points = questions_of(json.loads(data))
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise IntakeError(f"{path} is no source of an exercise: {error!r}.") from error
        if points:
            known[path.stem] = Known(
                path.stem, str(path), title or path.stem, points, digest.hexdigest()
            )
    if not known:
        raise IntakeError(
            f"There is no exercise in {os.fspath(sources)}: name the folder with the source"
            " notebooks of the exercises, for instance --sources notebooks/exercises/sources."
        )
    return known


def questions_of(source: Json) -> tuple[str, dict[str, float]]:
    """Return the title of a source notebook and the points of its questions."""
    title, points = "", {}
    for cell in source["cells"]:
        heading = re.search(r"^#\s+(.+)$", "".join(cell["source"]), re.MULTILINE)
        if heading and not title:
            title = re.sub(r"^Exercises?:\s*", "", heading[1].strip())
        mark = cell["metadata"].get("nbgrader", {})
        if mark.get("grade"):
            points[mark["grade_id"].removeprefix("check-")] = float(mark["points"])
    return title[:1].upper() + title[1:], points
