"""A course of nbgrader's around one of our exercises: what an instructor who has nbgrader does."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from course_utils.exercises.exercise import SOURCES
from course_utils.grading.intake import Cell, Submission

ROOT = Path(__file__).parents[2]
_CONFIGURATION = """
c = get_config()
c.CourseDirectory.course_id = "course"
c.ClearSolutions.code_stub = {"python": "...  # your code here"}
c.IncludeHeaderFooter.header = ""
"""
_MARKS = """
SELECT student.id, SUM(COALESCE(grade.auto_score, 0)) FROM grade
JOIN submitted_notebook ON grade.notebook_id = submitted_notebook.id
JOIN submitted_assignment ON submitted_notebook.assignment_id = submitted_assignment.id
JOIN student ON submitted_assignment.student_id = student.id GROUP BY student.id
"""


class Course:
    """A folder in which nbgrader's commands run.

    Parameters
    ----------
    folder
        An empty folder.
    slug
        The exercise; it is generated and released at once.
    """

    def __init__(self, folder: Path, slug: str) -> None:
        self.folder, self.slug = folder, slug
        (folder / "nbgrader_config.py").write_text(_CONFIGURATION, "utf-8")
        source = folder / "source" / slug
        source.mkdir(parents=True)
        shutil.copy(SOURCES / f"{slug}.ipynb", source)
        self.run("generate_assignment", slug)
        text = (folder / "release" / slug / f"{slug}.ipynb").read_text("utf-8")
        self.released = json.loads(text)

    def run(self, *arguments: str) -> None:
        """Run one of nbgrader's commands."""
        # nbgrader calls other programs of its environment by their names.
        programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        settings = {**os.environ, "PATH": programs, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-m", "nbgrader", *arguments]
        ran = subprocess.run(
            command,
            cwd=self.folder,
            capture_output=True,
            encoding="utf-8",
            check=False,
            env=settings,
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr

    def hand_in(self, student: str, answers: Mapping[str, str]) -> Submission:
        """Put a student's notebook where nbgrader looks for it; return it as our intake would."""
        notebook = json.loads(json.dumps(self.released))
        for cell in notebook["cells"]:
            cell["source"] = answers.get(cell["id"], cell["source"])
        folder = self.folder / "submitted" / student / self.slug
        folder.mkdir(parents=True)
        (folder / f"{self.slug}.ipynb").write_text(json.dumps(notebook), "utf-8")
        cells = tuple(
            Cell(cell["cell_type"], "".join(cell["source"]), cell["id"], "")
            for cell in notebook["cells"]
        )
        return Submission(student, "", "", "", self.slug, cells)

    def marks(self) -> dict[str, float]:
        """Grade what was handed in; return the points of each student."""
        self.run("autograde", self.slug)
        # A connection as a context commits; it does not close.
        with closing(sqlite3.connect(self.folder / "gradebook.db")) as database:
            return dict(database.execute(_MARKS).fetchall())
