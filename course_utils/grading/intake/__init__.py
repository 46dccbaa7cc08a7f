"""Read what students handed in: folders, and the zips that Moodle, Canvas and others hand out.

Only texts are taken from notebooks, by a JSON parser with limits. Nothing is extracted to disk,
and nothing of a submission is compiled or executed here. What cannot be read becomes a `Submission`
with a `problem`, which tells the instructor what is wrong, and `advice`, which tells the student
how to mend it. Uses the standard library alone.
"""

import hashlib
import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

from course_utils.grading.intake.files import (
    ARCHIVE,
    AS_NOTEBOOK,
    HAND_IN_AGAIN,
    MAX_FILE,
    MEGABYTE,
    NOTEBOOK,
    File,
    IntakeError,
    RefusedError,
    files_at,
)
from course_utils.grading.intake.known import Known, known_exercises
from course_utils.grading.intake.names import STEERING, presentable
from course_utils.grading.intake.notebooks import (
    Cell,
    cells_of,
    exercise_by_name,
    exercise_of,
    parsed,
    refuse_language,
)
from course_utils.grading.intake.origins import Origin, origins_of
from course_utils.grading.intake.roster import Person, owners, people_of

__all__ = [
    "MAX_FILE",
    "MEGABYTE",
    "STEERING",
    "Cell",
    "IntakeError",
    "Known",
    "Person",
    "Submission",
    "Submissions",
    "known_exercises",
    "people_of",
    "presentable",
]

MAX_NOTEBOOKS = 50  # of one student, the newest


@dataclass(frozen=True)
class Submission:
    """What one student handed in to one exercise.

    Parameters
    ----------
    student
        The name, as far as the file's name tells it.
    identifier
        The number that Moodle or Canvas gives the student; empty where there is none.
    path
        Where the file was, inside the submissions.
    digest
        SHA-256 of the file.
    exercise
        The exercise's short name, None where it could not be told.
    cells
        The notebook's cells.
    notes
        What happened on the way that somebody may want to know.
    problem, advice
        Why it cannot be graded, for the instructor, and how to mend it, for the student.
    aliases
        Other names under which the site knows the student, such as an address.
    nameless
        Whether the site does not tell who it is, as in marking without names.
    roster
        The name under which the roster has the student; "" where it has not, and None where there
        is no roster.
    another
        Whether the student handed in to another exercise as well, which comes before this one.
    """

    student: str
    identifier: str
    path: str
    digest: str
    exercise: str | None
    cells: tuple[Cell, ...]
    notes: tuple[str, ...] = ()
    problem: str | None = None
    advice: str | None = None
    aliases: tuple[str, ...] = ()
    nameless: bool = False
    roster: str | None = None
    another: bool = False


class Submissions:
    """The submissions in a folder, a zip or one notebook, read one after the other.

    Iterating yields a `Submission` for each student and exercise, sorted by student; `len` is the
    number of students. At any time one notebook is in memory. `aside` lists the files that are
    nobody's work, with the reason.

    Parameters
    ----------
    path
        A folder of notebooks, a folder of a folder for each student, the zip that Moodle or Canvas
        hands out, a folder of nbgrader's with `submitted` in it, or one notebook.
    known
        The exercises that there are, by their short names.
    exercise
        The exercise that all submissions belong to; None: each tells it itself.
    people
        Who is on the roster, if there is one: who handed in nothing is yielded too, with an empty
        path.

    Raises
    ------
    IntakeError
        Where there is nothing that could be read.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        known: Mapping[str, Known],
        exercise: str | None = None,
        people: Sequence[Person] | None = None,
    ) -> None:
        self.known = known
        self.exercise = exercise
        if exercise is not None and exercise not in known:
            raise IntakeError(
                f"There is no exercise {exercise!r}; there are {', '.join(sorted(known))}."
            )
        self.students: dict[tuple[str, str], list[tuple[File, Origin]]] = {}
        self.aside: list[tuple[str, str]] = []
        for file, origin in origins_of(files_at(Path(path)), known):
            if file.aside in {"made by the system", "added by the site"}:
                self.aside.append((presentable(file.path, 400), file.aside))
                continue
            self.students.setdefault((origin.student, origin.identifier), []).append((file, origin))
        if not self.students:
            raise IntakeError(
                f"There is no file in {os.fspath(path)}: name the folder or the zip that holds the"
                " students' notebooks."
            )
        for files in self.students.values():
            self.aside += set_aside(files)
        self.owners = None if people is None else owners(people, self.students, known)
        here = set(map(id, (self.owners or {}).values()))
        self.absent = [person for person in people or () if id(person) not in here]

    def __len__(self) -> int:
        return len(self.students) + len(self.absent)

    def __iter__(self) -> Iterator[Submission]:
        changed: set[tuple[str, str]] = set()
        # Two names may look the same once they can be shown: who bears it as it is keeps it.
        for key in sorted(self.students, key=lambda key: (as_shown(key) != key, key)):
            student, identifier = as_shown(key)
            if (student, identifier) != key:
                student = self.free(student, identifier, changed)
            person = (self.owners or {}).get(key)
            for number, submission in enumerate(self.of_student(self.students[key])):
                yield replace(
                    of_person(submission, person) if self.owners is not None else submission,
                    another=number > 0,
                    student=student or "(no name)",
                    identifier=identifier,
                    path=presentable(submission.path, 400),
                    notes=tuple(presentable(note, 400) for note in submission.notes),
                    problem=submission.problem and presentable(submission.problem, 400),
                    advice=submission.advice and presentable(submission.advice, 400),
                )
        for person in self.absent:
            nothing = of_person(NOTHING, person)
            student = self.free(nothing.student, nothing.identifier, changed)
            yield replace(nothing, student=student)

    def free(self, name: str, identifier: str, taken: set[tuple[str, str]]) -> str:
        """Return a name that no other student is shown under, and note that it is taken."""
        student, again = name, 1
        while (student, identifier) in taken or (student, identifier) in self.students:
            again += 1
            student = f"{name} ({again})"
        taken.add((student, identifier))
        return student

    def at(self, paths: Collection[str]) -> Iterator[Submission]:
        """Yield the submissions at some paths, and read those of no other students."""
        for files in self.students.values():
            if any(presentable(file.path, 400) in paths for file, _ in files):
                for submission in self.of_student(files):
                    yield replace(submission, path=presentable(submission.path, 400))

    def of_student(self, files: Sequence[tuple[File, Origin]]) -> Iterator[Submission]:
        """Yield one submission for each exercise that a student handed in."""
        own = [pair for pair in files if not pair[0].aside]
        notebooks = [pair for pair in own if NOTEBOOK.search(pair[1].name)]
        notebooks = sorted(notebooks, key=lambda pair: -pair[0].modified)
        if not notebooks:
            yield no_notebook(own or files)
            return
        notebooks, unread = notebooks[:MAX_NOTEBOOKS], notebooks[MAX_NOTEBOOKS:]
        groups: dict[str | None, list[tuple[Submission, File, Origin]]] = {}
        for file, origin in notebooks:
            submission = self.read(file, origin)
            if len(notebooks) > 1:  # the cells of one are enough, and are read again
                submission = replace(submission, cells=())
            groups.setdefault(submission.exercise, []).append((submission, file, origin))
        strays = groups.pop(None, [])
        if not groups:
            groups, strays = {None: strays}, []
        notes = tuple(
            f"{PurePosixPath(stray.path).name} was not graded: {stray.problem}"
            for stray, _, _ in strays
        )
        if unread:
            names = ", ".join(origin.name for _, origin in unread[:5])
            notes += (f"{len(unread)} older files were not read: {names}.",)
        for exercise in sorted(groups, key=str):
            (chosen, file, origin), *older = newest_first(groups[exercise])
            if len(notebooks) > 1:
                chosen = self.read(file, origin)
            left = tuple(PurePosixPath(other.path).name for other, _, _ in older)
            told = f"Of {len(left) + 1} files {PurePosixPath(chosen.path).name} was taken, the"
            told += f" newest that can be read; left out: {', '.join(left[:5])}"
            told += f" and {len(left) - 5} more." if len(left) > 5 else "."
            yield replace(chosen, notes=chosen.notes + ((told,) if left else ()) + notes)
            notes = ()

    def read(self, file: File, origin: Origin) -> Submission:
        """Return one file as a submission, with a problem where it cannot be read."""
        notes = ["Canvas says that it was handed in late."] if origin.late else []
        if origin.unnamed:
            notes.append("The file's name does not tell whose it is.")
        by_name = self.exercise or exercise_by_name((*file.parts[:-1], origin.name), self.known)
        blank = Submission(
            "", "", file.path, "", by_name, (), tuple(notes), nameless=origin.nameless
        )
        try:
            data = file.read()
            blank = replace(blank, digest=hashlib.sha256(data).hexdigest())
            notebook, overlooked = parsed(data)
            cells, skipped = cells_of(notebook)
            refuse_language(notebook, cells, self.known)
        except RefusedError as error:
            return replace(blank, problem=error.problem, advice=error.advice)
        except (ArithmeticError, LookupError, MemoryError, TypeError, ValueError) as error:
            # No notebook, however odd, may stop the others.
            problem = f"The notebook is odd in a way that was not foreseen: {error!r}."
            return replace(blank, problem=problem, advice=HAND_IN_AGAIN)
        parts = (*file.parts[:-1], origin.name)
        exercise = self.exercise or exercise_of(notebook, cells, parts, self.known)
        read = replace(blank, exercise=exercise, notes=(*notes, *overlooked, *skipped))
        if exercise is None:
            return replace(
                read,
                problem="It cannot be told which exercise this is; --exercise names it for all.",
                advice="Start from the exercise's own notebook, and keep its file name.",
            )
        return replace(read, cells=cells)


NOTHING = Submission(
    "",
    "",
    "",
    "",
    None,
    (),
    problem="Nothing was handed in.",
    advice="Nothing of yours is among what was handed in. If you did hand in, tell your instructor"
    " the name of the file and when that was.",
)


def of_person(submission: Submission, person: Person | None) -> Submission:
    """Return a submission with what the roster tells of its student, if it is on it."""
    if person is None:
        return replace(submission, roster="")
    names = tuple(filter(None, (person.name, person.identifier, *person.aliases)))
    if not submission.path:
        number = person.identifier or next(iter(person.aliases), "")
        submission = replace(submission, student=person.name, identifier=number)
    return replace(submission, roster=person.name, aliases=names, nameless=False)


def as_shown(key: tuple[str, str]) -> tuple[str, str]:
    """Return a name and a number as they may be shown."""
    name, identifier = key
    return presentable(name), presentable(identifier)


def set_aside(files: Sequence[tuple[File, Origin]]) -> Iterator[tuple[str, str]]:
    """Yield the files of a student that are no submission, with the reason, if others are one."""
    notebook = any(NOTEBOOK.search(origin.name) and not file.aside for file, origin in files)
    others = any(not file.aside for file, _ in files)
    for file, origin in files:
        reason = file.aside if others else ""
        if notebook and not reason and not NOTEBOOK.search(origin.name):
            reason = "no notebook, beside one"
        if reason:
            yield presentable(file.path, 400), reason


def no_notebook(files: Sequence[tuple[File, Origin]]) -> Submission:
    """Return what to say of a student who handed in everything but a notebook."""
    names = ", ".join(origin.name for _, origin in files[:5])
    path = files[0][0].path
    blank = Submission(
        "", "", path, hashlib.sha256(names.encode("utf-8", "replace")).hexdigest(), None, ()
    )
    if all(file.aside for file, _ in files):
        kinds = " and ".join(dict.fromkeys(file.aside for file, _ in files))
        return replace(
            blank,
            problem=f"There is no notebook, only what is set aside ({kinds}): {names}.",
            advice=f"The notebook itself is missing from what you handed in. {AS_NOTEBOOK}",
        )
    if all(origin.typed for _, origin in files):
        return replace(
            blank,
            problem="There is a text typed into the site, but no notebook.",
            advice=f"You typed a text instead of attaching a file. {AS_NOTEBOOK}",
        )
    if any(ARCHIVE.search(origin.name) for _, origin in files):
        return replace(
            blank,
            problem=f"There is an archive inside the submission, which is not opened: {names}.",
            advice=f"Archives are not opened. {AS_NOTEBOOK}",
        )
    return replace(
        blank,
        problem=f"There is no notebook among the files: {names}.",
        advice=f"There is no notebook among your files. {AS_NOTEBOOK}",
    )


def newest_first(
    group: Sequence[tuple[Submission, File, Origin]],
) -> list[tuple[Submission, File, Origin]]:
    """Return the files of one student to one exercise, the one to be graded first.

    What can be read goes before what cannot. Of files with the same name the higher number is
    newer; else the time decides, and the name where two are of one time.
    """
    latest: dict[str, float] = {}
    for _, file, origin in group:
        latest[origin.base] = max(latest.get(origin.base, 0.0), file.modified)

    def age(item: tuple[Submission, File, Origin]) -> tuple[Any, ...]:
        submission, file, origin = item
        return (
            submission.problem is None,
            origin.moment,
            latest[origin.base],
            origin.base,
            origin.attempt,
            file.modified,
            file.path,
        )

    return sorted(group, key=age, reverse=True)
