"""An autograder for Gradescope: the zip that an instructor uploads, and what runs in its container.

The layout is that of Gradescope's documentation, "Autograder Specifications": `setup.sh` and
`run_autograder` at the top of the zip, which is unpacked to `/autograder/source`; the submission in
`/autograder/submission`; who handed it in, in `/autograder/submission_metadata.json`; the marks in
`/autograder/results/results.json`. Where the container lets bubblewrap make a sandbox the
submission runs in it; else as a user who can read neither the solutions nor the marks.

    python -m course_utils.grading.gradescope /autograder
"""

import contextlib
import json
import secrets
import sys
import zipfile
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path, PurePath
from typing import Any

from course_utils.grading.grade import QuestionResult, Result, grade_submission
from course_utils.grading.intake import (
    IntakeError,
    Known,
    Submission,
    Submissions,
    known_exercises,
    presentable,
)
from course_utils.grading.sandbox import available, unconfined

__all__ = ["autograder", "results_of", "told_of", "write_autograder"]

STUDENT = "student"
"""The user as whom a submission runs where there is no sandbox."""

_COURSE = Path(__file__).parents[2]
_SETUP = """\
#!/usr/bin/env bash
set -e
apt-get update
apt-get install -y bubblewrap python3 python3-venv
useradd --system --no-create-home {student}
python3 -m venv /opt/course
/opt/course/bin/pip install "numpy=={numpy}" matplotlib jinja2 tqdm
cp -r /autograder/source/course_utils "$(/opt/course/bin/python -c \\
  'import sysconfig; print(sysconfig.get_path("purelib"))')"
"""
_RUN = """\
#!/usr/bin/env bash
# The submission runs as another user, who is to find neither solutions nor marks.
chmod -R go-rwx /autograder
cd /autograder/results
exec /opt/course/bin/python -m course_utils.grading.gradescope /autograder
"""


def write_autograder(known: Known, path: Path, seed: str | None = None) -> None:
    """Write the zip of an exercise's autograder.

    Parameters
    ----------
    known
        The exercise.
    path
        Where to.
    seed
        The secret of the inputs; by default a new one. All students of the zip get the same.
    """
    source = Path(known.path)
    setup = _SETUP.format(student=STUDENT, numpy=version("numpy"))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in (("setup.sh", setup), ("run_autograder", _RUN)):
            member = zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0))
            member.external_attr = 0o755 << 16
            archive.writestr(member, text)
        archive.writestr("seed.txt", seed or secrets.token_hex(16))
        for file in (source, source.with_suffix(".py")):
            archive.write(file, f"exercises/{file.name}")
        for file in sorted((_COURSE / "course_utils").rglob("*")):
            if file.is_file() and "__pycache__" not in file.parts:
                archive.write(file, file.relative_to(_COURSE))


def autograder(folder: Path) -> None:
    """Grade what is in the container and write its results."""
    known = known_exercises(folder / "source" / "exercises")
    [slug] = known
    seed = (folder / "source" / "seed.txt").read_text("utf-8").strip()
    handed_in: list[Submission] = []
    with contextlib.suppress(IntakeError):  # nothing was handed in
        handed_in = list(Submissions(folder / "submission", known, slug))
    told: dict[str, Any] = {
        "score": 0.0,
        "output": "There is no notebook: hand in the file that ends in .ipynb.",
    }
    people = people_in(folder / "submission_metadata.json")
    unsafe = available() is not None
    unconfined.USER = STUDENT if unsafe else None
    # All files are one student's: the one with the exercise's name comes before notes and drafts.
    handed_in.sort(key=lambda one: (one.problem is not None, PurePath(one.path).stem != slug))
    for submission in handed_in[:1]:
        if submission.problem is None:
            if people:  # the file's name is the student's own invention
                name, *others = people
                submission = replace(
                    submission, student=name, aliases=tuple(others), nameless=False
                )
            told = results_of(grade_submission(submission, known[slug].path, seed, unsafe=unsafe))
        else:
            told["output"] = submission.advice or submission.problem
    (folder / "results" / "results.json").write_text(json.dumps(told), "utf-8")


def people_in(path: Path) -> list[str]:
    """Return the names and addresses of who handed in, as Gradescope's metadata tells them."""
    with contextlib.suppress(OSError, ValueError, TypeError, LookupError, AttributeError):
        users = json.loads(path.read_text("utf-8"))["users"]
        told = [user.get(key) for key in ("name", "email", "sid") for user in users]
        return [presentable(str(one)) for one in told if one]
    return []


def results_of(result: Result) -> dict[str, Any]:
    """Return a result in Gradescope's layout; it names no input and no expected value."""
    return {
        "score": result.points,
        "output": "\n".join(result.notes),
        "output_format": "text",
        "tests": [
            {
                "name": question.name,
                "score": question.points,
                "max_score": question.out_of,
                "status": "passed" if question.kind == "right" else "failed",
                "output": "\n".join(told_of(question)),
                "output_format": "text",
                "visibility": "visible",
            }
            for question in result.questions
        ],
    }


def told_of(question: QuestionResult) -> list[str]:
    """Return what a student is told of a question, in lines."""
    parts = [f"{part.name}: {part.points:g} of {part.out_of:g}" for part in question.parts]
    return [question.sentence, *[f"Hint: {question.hint}"] * bool(question.hint), *parts]


if __name__ == "__main__":
    autograder(Path(sys.argv[1]))
