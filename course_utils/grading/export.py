"""Gradebooks as CSV: plain, and as Canvas and Moodle import them.

Canvas and Moodle match rows by numbers of their own. Where the instructor gives the file that the
site handed out (`roster`), marks are filled into that and nothing else in it is touched; without
it, rows are made of what the submissions' file names tell.

Submissions without a mark (unreadable, or not graded because the grader failed) are left blank, so
that nobody gets a zero for a broken upload unseen.

The layouts are those of Canvas's `gradebook_importer.rb` and of Moodle's
`assignfeedback_offline`. Knows `batch`.
"""

import html
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from os import PathLike
from typing import Any

from course_utils.exercises.errors import CourseError
from course_utils.grading.batch import NOT_A_MARK, Results
from course_utils.grading.intake.roster import Matching, Roster, read_roster, same

__all__ = ["Export", "ExportError", "Student", "canvas", "gradebook", "moodle", "students"]

Json = dict[str, Any]
Rows = list[list[str]]

CANVAS = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
MOODLE = [
    "Identifier",
    "Full name",
    "Email address",
    "Status",
    "Grade",
    "Maximum Grade",
    "Grade can be changed",
    "Last modified (submission)",
    "Last modified (grade)",
    "Feedback comments",
]
STRANGER = "not on the roster"
UNSAFE = "graded without a sandbox (--unsafe)"


class ExportError(CourseError):
    """The marks cannot be exported; the message tells why, and what to do."""


@dataclass(frozen=True)
class Student:
    """A student with the records of all exercises."""

    name: str
    identifier: str
    records: tuple[Json, ...]

    def points(self, exercise: str) -> float | None:
        """The points in an exercise; None where there is no mark."""
        for record in self.records:
            if record["exercise"] == exercise and record["status"] not in NOT_A_MARK:
                return float(record["points"])
        return None

    @property
    def absent(self) -> bool:
        """Whether nothing was handed in."""
        return all(record["status"] == "absent" for record in self.records)


@dataclass
class Export:
    """A file to be written, and what the instructor should know of it."""

    text: str
    remarks: list[str] = field(default_factory=list)


def students(results: Results) -> Iterator[Student]:
    """Yield the students with their records, sorted by name; one at a time is in memory.

    The details of the questions, which hold hidden inputs, are not in them.
    """
    together = groupby(
        results.records(), key=lambda record: (record["student"], record["identifier"])
    )
    for (name, identifier), group in together:
        records = tuple(group)
        for record in records:
            for question in record["questions"]:
                del question["detail"]
        yield Student(name, identifier, records)


def handed_in(results: Results) -> list[Student]:
    """Return the students who handed in something."""
    return [student for student in students(results) if not student.absent]


def gradebook(results: Results) -> str:
    """Return a CSV of a row for each student, a column for each exercise and question.

    Cells that a spreadsheet would take for a formula begin with an apostrophe.
    """
    return "".join(gradebook_lines(results))


def gradebook_lines(results: Results) -> Iterator[str]:
    """Yield the lines of the gradebook one by one: of a large class they are not all in memory."""
    for row in _rows(results):
        yield written([[harmless(cell) for cell in row]])


def _rows(results: Results) -> Iterator[list[str]]:
    """Yield the rows of the gradebook."""
    exercises = exercises_of(results)
    parts = parts_of_questions(results)
    roster = bool(results.settings.get("roster"))
    header = ["student", "identifier", *(["on the roster"] if roster else [])]
    for slug, exercise in exercises.items():
        header.append(f"{slug} (of {total(exercise):g})")
        for name, points in exercise["questions"].items():
            header.append(f"{name} (of {points:g})")
            of = parts[slug, name]
            header += [f"{name}: {part} (of {worth:g})" for part, worth in of.items()]
    header += [f"total (of {sum(map(total, exercises.values())):g})", "notes", "files"]
    yield header
    for student in students(results):
        by_exercise = {record["exercise"]: record for record in student.records}
        row = [student.name, student.identifier]
        row += [student.records[0].get("roster") or ""] if roster else []
        for slug, exercise in exercises.items():
            row.append(number(student.points(slug)))
            questions = by_exercise.get(slug, {}).get("questions", [])
            answered = {question["name"]: question for question in questions}
            for name in exercise["questions"]:
                question = answered.get(name, {})
                row.append(number(question.get("points")))
                earned = {part["name"]: part["points"] for part in question.get("parts", ())}
                row += [number(earned.get(part)) for part in parts[slug, name]]
        marks = [student.points(slug) for slug in exercises]
        known = [mark for mark in marks if mark is not None]
        row.append(number(sum(known) if known else None))
        row.append("; ".join(remarks(student)))
        row.append("; ".join(record["path"] for record in student.records))
        yield row


def parts_of_questions(results: Results) -> Mapping[tuple[str, str], dict[str, float]]:
    """Return the parts of each question that has some, with what they are worth."""
    found: dict[tuple[str, str], dict[str, float]] = defaultdict(dict)
    for record in results.records():
        for question in record["questions"]:
            for part in question.get("parts", ()):
                found[record["exercise"], question["name"]][part["name"]] = part["out_of"]
    return found


def remarks(student: Student) -> list[str]:
    """Return what the instructor should know of a student's marks."""
    said = [record["problem"] for record in student.records if record["problem"]]
    if any(record["sandbox"] == "none" for record in student.records):
        said.append(UNSAFE)
    if any(record.get("roster") == "" for record in student.records):
        said.append(STRANGER)
    if any(record["gone"] for record in student.records):
        said.append("no longer among the submissions")
    return said


def exercises_of(results: Results) -> dict[str, Json]:
    """Return the exercises that somebody handed in, with title and points, sorted."""
    known = results.settings.get("exercises", {})
    return {slug: known[slug] for slug in sorted(results.exercises()) if slug in known}


def total(exercise: Json) -> float:
    """Return what an exercise is worth."""
    return float(sum(exercise["questions"].values()))


def number(points: float | None) -> str:
    """Return points as text, to two decimals at most; blank where there are none."""
    return "" if points is None else f"{round(points, 2):g}"


def harmless(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula.

    Examples
    --------
    >>> harmless("=1+1"), harmless("＝1+1"), harmless("Ann"), harmless("7")
    ("'=1+1", "'＝1+1", 'Ann', '7')
    """
    inside = _INSIDE.sub(r"\1'\2", cell)
    return f"'{inside}" if _FORMULA.match(cell) else inside


# Before a sign may stand what a spreadsheet drops or nobody sees. Full-width and small signs are
# formulas to one in Japanese or Chinese.
_UNSEEN = (
    r"[\x00-\x08\x0b\x0c\x0e-\x20\x7f-\xa0\xad\u1680\u2000-\u200f"
    r"\u2028-\u202f\u205f-\u2069\u3000\ufeff]"
)
_SIGN = rf"{_UNSEEN}*[=+\-@|%\u2212＝﹦＋﹢－﹣＠﹫]"
_FORMULA = re.compile(rf"[\t\r\n]|{_SIGN}")
# Quotes inside of a line are none to a spreadsheet for which another character separates cells.
_INSIDE = re.compile(rf"([;,\t\r\n|])({_SIGN})")


def written(rows: Iterable[Sequence[str]], delimiter: str = ",") -> str:
    """Return rows as the text of a CSV file; all text is in quotes."""
    return "".join(delimiter.join(map(quoted, row)) + "\n" for row in rows)


def quoted(cell: str) -> str:
    """Return a cell as it stands in a CSV file: a number as it is, and text in quotes."""
    if re.fullmatch(r"(-?\d{1,15}(\.\d+)?)?", cell, re.ASCII):
        return cell
    return '"' + cell.replace('"', '""') + '"'


# Rosters


def fill(rows: Rows, width: int) -> None:
    """Make all rows as long as the header."""
    for row in rows:
        row += [""] * (width - len(row))


# Canvas


def canvas(
    results: Results, roster: str | PathLike[str] | None = None, exercise: str | None = None
) -> Export:
    """Return the marks as Canvas imports them, a column for each exercise.

    Parameters
    ----------
    results
        The results of a batch.
    roster
        The gradebook as Canvas exported it. Where a column bears an exercise's title or short name
        the marks go there, scaled to its points possible; else a column is added, and Canvas asks
        on import whether to make an assignment of it.
    exercise
        One exercise; None: all.
    """
    exercises = chosen(results, exercise)
    if roster is not None:
        return canvas_filled(results, read_roster(roster), exercises)
    header = [*CANVAS, *(known["title"] for known in exercises.values())]
    possible = [number(total(known)) for known in exercises.values()]
    rows = [header, ["    Points Possible", "", "", "", "", *possible]]
    for student in students(results):
        marks = [number(student.points(slug)) for slug in exercises]
        rows.append([harmless(student.name), student.identifier, "", "", "", *marks])
    remark = (
        "Canvas finds students by the ID, which only the names in its own zip tell; to be safe give"
        " the gradebook that Canvas exports as --roster."
    )
    return Export(written(rows), [remark])


def canvas_filled(results: Results, roster: Roster, exercises: Mapping[str, Json]) -> Export:
    """Return a gradebook of Canvas with the marks filled in."""
    header, *rows = roster.rows
    if not {"Student", "ID", "Section"} <= set(header):
        raise ExportError(
            "The roster is no gradebook of Canvas, which has columns Student, ID and Section:"
            " export it in Canvas under Grades > Export."
        )
    remarks: list[str] = []
    columns = {}
    for slug, exercise in exercises.items():
        column = canvas_column(header, slug, exercise)
        if column is None:
            column = len(header)
            header.append(exercise["title"])
            remarks.append(
                f"The roster had no column {exercise['title']}: it was added, and Canvas will ask"
                " what to do with it."
            )
        columns[slug] = column
    fill(rows, len(header))
    factors = dict.fromkeys(exercises, 1.0)
    for row in [row for row in rows if "Points Possible" in row[0]][:1]:
        for slug, column in columns.items():
            highest = total(exercises[slug])
            row[column] = row[column] or number(highest)
            factors[slug] = factor(remarks, header[column], row[column], highest)
    logins = [header.index(name) for name in ("SIS User ID", "SIS Login ID") if name in header]
    matching = Matching(handed_in(results), [row[0] for row in rows])
    absent = []
    for row in rows:
        found = matching(row[header.index("ID")], row[0], [row[login] for login in logins])
        if found is None and "Points Possible" not in row[0]:
            absent.append(row[0])
        for slug, column in columns.items():
            mark = found.points(slug) if found else None
            if mark is not None:
                row[column] = number(mark * factors[slug])
    text = roster.mark + written([header, *rows], roster.delimiter)
    return Export(text, remarks + matching.missing(absent))


def canvas_column(header: Sequence[str], slug: str, exercise: Json) -> int | None:
    """Return the column of an exercise: Canvas writes "Title (12345)"."""
    names = {same(slug), same(slug.lstrip("0123456789_")), same(exercise["title"])}
    for column, name in enumerate(header[3:], start=3):
        title = re.sub(r"\s*\(\d+\)$", "", name)
        if same(title) in names or same(title.replace(" ", "_")) in names:
            return column
    return None


def factor(remarks: list[str], name: str, maximum: str, points: float) -> float:
    """Return by what to multiply marks so that the best one is the maximum of a column."""
    highest = decimal(maximum)
    if not highest or not points or highest == points:
        return 1.0
    remarks.append(
        f"{name} goes up to {highest:g} points and the exercise to {points:g}: the marks were"
        f" multiplied by {highest / points:.4g}."
    )
    return highest / points


def decimal(text: str) -> float | None:
    """Return a number that may be written with a comma; None where it is none."""
    try:
        return float(text.strip().replace(",", "."))
    except ValueError:
        return None


def chosen(results: Results, exercise: str | None) -> dict[str, Json]:
    """Return the exercises to export."""
    exercises = exercises_of(results)
    if exercise is None:
        if not exercises:
            raise ExportError("There are no marks to export: no submission could be graded.")
        return exercises
    if exercise not in exercises:
        there = ", ".join(exercises) or "none"
        raise ExportError(f"Nobody handed in {exercise}; there are results for {there}.")
    return {exercise: exercises[exercise]}


# Moodle


def moodle(
    results: Results, roster: str | PathLike[str] | None = None, exercise: str | None = None
) -> Export:
    """Return the marks of one exercise as Moodle's offline grading worksheet.

    Parameters
    ----------
    results
        The results of a batch.
    roster
        The worksheet as Moodle handed it out; marks and comments are filled in, scaled to the
        maximum grade.
    exercise
        The exercise; None where there is one.
    """
    exercises = chosen(results, exercise)
    if len(exercises) > 1:
        raise ExportError(
            "A worksheet of Moodle is of one assignment: name it with --exercise, one of "
            f"{', '.join(exercises)}."
        )
    [(slug, known)] = exercises.items()
    if roster is not None:
        return moodle_filled(results, read_roster(roster), slug, total(known))
    rows = [MOODLE]
    for student in students(results):
        mark = student.points(slug)
        who = f"Participant {student.identifier}" if student.identifier else ""
        status = "Submitted for grading - Graded" if mark is not None else "Submitted for grading"
        marks = [number(mark), number(total(known)), "Yes", "-", "-"]
        told = comments(student, slug)
        rows.append([who, harmless(student.name), "", status, *marks, told])
    remark = (
        "Moodle takes marks only into a worksheet with its own numbers and times: download it in"
        " the assignment (Download grading worksheet) and give it as --roster."
    )
    return Export(written(rows), [remark])


def moodle_filled(results: Results, roster: Roster, slug: str, highest: float) -> Export:
    """Return a grading worksheet of Moodle with the marks of an exercise filled in."""
    header, *rows = roster.rows
    missing = {"Identifier", "Grade", "Last modified (grade)"} - set(header)
    if missing:
        raise ExportError(
            "The roster is no grading worksheet of Moodle in English, which has a column"
            f" {', '.join(sorted(missing))}: switch Moodle's language to English, download the"
            " worksheet in the assignment, and upload the result in the same language."
        )
    fill(rows, len(header))
    remarks: list[str] = []

    def cell(row: Sequence[str], name: str) -> str:
        return row[header.index(name)] if name in header else ""

    maximum = cell(rows[0], "Maximum Grade") if rows else ""
    times = factor(remarks, "The assignment", maximum, highest)
    matching = Matching(handed_in(results), [cell(row, "Full name") for row in rows])
    absent: list[str] = []
    for row in rows:
        # "Participant 123456", in whichever language
        participant = re.search(r"\d+$", cell(row, "Identifier"))
        logins = [cell(row, name) for name in ("Email address", "ID number", "Username")]
        found = matching(participant[0] if participant else "", cell(row, "Full name"), logins)
        mark = found.points(slug) if found else None
        if found is None:
            absent.append(cell(row, "Full name") or cell(row, "Identifier"))
        if found is None or mark is None:
            continue
        text = f"{mark * times:.2f}"
        row[header.index("Grade")] = text.replace(".", ",") if "," in maximum else text
        if "Feedback comments" in header:
            row[header.index("Feedback comments")] = comments(found, slug)
    if "Feedback comments" not in header:
        remarks.append("The assignment takes no feedback comments: only marks were filled in.")
    text = roster.mark + written([header, *rows], roster.delimiter)
    return Export(text, remarks + matching.missing(absent))


def comments(student: Student, slug: str) -> str:
    """Return what a student is told in Moodle's comment, which is HTML."""
    said: list[str] = []
    for record in student.records:
        if record["exercise"] == slug:
            said += filter(None, [record["advice"]])
            for question in record["questions"]:
                marks = f"{question['points']:g} of {question['out_of']:g}"
                told = " ".join(filter(None, [question["sentence"], question["hint"]]))
                said.append(f"{question['name']} ({marks}): {told}")
    return "<br>".join(html.escape(line) for line in said)
