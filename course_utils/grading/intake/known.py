"""The exercises that submissions may be of."""

import hashlib
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
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
    sections: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """For each question the section of a lesson that explains it: its title, and its place, such as
    "1_cost_functions/03_the_descent_loop#one-step"."""


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
            title, points, sections = questions_of(json.loads(data))
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise IntakeError(f"{path} is no source of an exercise: {error!r}.") from error
        if points:
            known[path.stem] = Known(
                path.stem, str(path), title or path.stem, points, digest.hexdigest(), sections
            )
    if not known:
        raise IntakeError(
            f"There is no exercise in {os.fspath(sources)}: name the folder with the source"
            " notebooks of the exercises, for instance --sources notebooks/exercises/sources."
        )
    return known


_LESSON = re.compile(r"\[([^\]\n]+)\]\(\.\./([\w/]+)\.ipynb(#[\w-]+)?\)")


def questions_of(source: Json) -> tuple[str, dict[str, float], dict[str, tuple[str, str]]]:
    """Return the title of a source notebook, and the points and the section of its questions.

    The section is the last one that the text above a question links to; a question without one has
    the lesson that the notebook names first.
    """
    title, points, sections = "", {}, {}
    lesson: tuple[str, str] | None = None
    section: tuple[str, str] | None = None
    for cell in source["cells"]:
        text = "".join(cell["source"])
        heading = re.search(r"^#\s+(.+)$", text, re.MULTILINE)
        if heading and not title:
            title = re.sub(r"^Exercises?:\s*", "", heading[1].strip())
        for name, path, anchor in _LESSON.findall(text) if cell["cell_type"] == "markdown" else ():
            lesson = lesson or (name, path)
            section = (name, path + anchor) if anchor else section
        mark = cell["metadata"].get("nbgrader", {})
        if mark.get("grade"):
            question = mark["grade_id"].removeprefix("check-")
            points[question] = float(mark["points"])
            if found := section or lesson:
                sections[question] = found
            section = None
    return title[:1].upper() + title[1:], points, sections
