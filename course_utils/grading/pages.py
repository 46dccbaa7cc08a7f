"""Pages about a batch: one for each student, and one for the instructor.

Each page is one file with its style in it. Everything that comes from a submission is escaped, and
a policy in the page forbids scripts and anything from elsewhere. Imports jinja2; knows `batch` and
`export`.
"""

import base64
import hashlib
import re
import statistics
import unicodedata
import zipfile
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from course_utils.grading.batch import Results
from course_utils.grading.export import Student, exercises_of, harmless, students, total, written
from course_utils.grading.pictures import drawing

__all__ = ["alike_page", "feedback_page", "report_page", "write_feedback", "write_moodle_feedback"]

Json = dict[str, Any]

TEMPLATES = Path(__file__).parent / "templates"
MANY_NOTES = 5
MOST_COMMON = 5

LABELS = {
    "right": "right",
    "wrong": "not right",
    "error": "stopped with an error",
    "changed inputs": "changed its inputs",
    "not attempted": "not attempted",
    "missing": "missing",
    "unreadable": "too large to compare",
    "out of time": "out of time",
    "out of memory": "out of memory",
    "ended": "ended Python",
}
SAME_STATED = "States the same student as another notebook"
NOT_FOUND = "nobody on the roster has this name, number or login, or two people have it"
OPEN = ("not attempted", "missing")

REASONS = (
    "Not graded, because the grader failed",
    "Unreadable",
    "Out of time, out of memory, or ended Python",
    "No points for what was attempted",
    "Nothing attempted",
    f"{MANY_NOTES} notes or more",
    "No longer among the submissions",
    "States somebody else as its student, who has another problem",
    SAME_STATED,
    "On the roster, and handed in nothing",
    "Not on the roster",
)


def environment() -> Environment:
    """Return the environment of the templates: everything is escaped, and nothing may be unset."""
    # The style is the course's own; its digest is what the policy lets through.
    style = (TEMPLATES / "style.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["style"] = Markup(style)  # noqa: S704 (not a student's)
    made.globals["style_digest"] = f"sha256-{digest}"
    return made


# For a student


def write_feedback(results: Results, site: str = "") -> int:
    """Write a page for each student into the folder `feedback`; return their number.

    `feedback/index.csv` tells whose page is which. Where the address of the course's site is given,
    each question has a link to what explains it.
    """
    template = environment().get_template("feedback.html")
    folder = results.folder / "feedback"
    folder.mkdir(exist_ok=True)
    exercises = exercises_of(results)
    index = [["student", "identifier", "page"]]
    for student in students(results):
        name = file_name(student)
        page = template.render(student=student, parts=parts_of(student, exercises, site))
        (folder / name).write_text(page, encoding="utf-8")
        index.append([harmless(student.name), harmless(student.identifier), name])
    names = {row[2] for row in index}
    for stale in folder.glob("*.html"):
        if stale.name not in names:
            stale.unlink()
    (folder / "index.csv").write_text(written(index), encoding="utf-8", newline="")
    return len(index) - 1


def write_moodle_feedback(results: Results, path: Path, site: str = "") -> int:
    """Write the pages into a zip for Moodle's "Upload multiple feedback files in a zip".

    Moodle tells by the names of the files whose they are: `name_number_assignsubmission_file_...`,
    as in the zip of submissions that it handed out. Students without Moodle's number are left out.

    Returns
    -------
    int
        The number of pages in the zip.
    """
    template = environment().get_template("feedback.html")
    exercises = exercises_of(results)
    draft = path.with_name(f".{path.name}.draft")
    count = 0
    with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as archive:
        for student in students(results):
            if student.identifier.isdecimal():
                name = re.sub(r"[_/\\:\s]+", " ", student.name).strip(". ") or "student"
                member = f"{name}_{student.identifier}_assignsubmission_file_feedback.html"
                page = template.render(student=student, parts=parts_of(student, exercises, site))
                archive.writestr(member, page)
                count += 1
    draft.replace(path)
    return count


def feedback_page(student: Student, exercises: Json, site: str = "") -> str:
    """Return the page of one student."""
    template = environment().get_template("feedback.html")
    return template.render(student=student, parts=parts_of(student, exercises, site))


def file_name(student: Student) -> str:
    """Return a file name that is safe everywhere and that no other student has.

    Examples
    --------
    >>> file_name(Student("Zoë/../../etc", "12", ()))
    'zoe-etc-12-38b066db5f.html'
    """
    plain = unicodedata.normalize("NFKD", student.name).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", f"{plain} {student.identifier.lower()}")
    told = "-".join(words)[:60].strip("-") or "student"
    digest = hashlib.sha256(f"{student.name}\0{student.identifier}".encode()).hexdigest()
    return f"{told}-{digest[:10]}.html"


def section_of(exercise: Json, question: str, site: str) -> Json | None:
    """Return the title and the address of what explains a question."""
    title, place = exercise.get("sections", {}).get(question, ("", ""))
    path, _, anchor = place.partition("#")
    address = f"{site.rstrip('/')}/notebooks/{path}.html#{anchor}".rstrip("#")
    return {"title": title, "address": address if site else ""} if title else None


def parts_of(student: Student, exercises: Json, site: str = "") -> list[Json]:
    """Return what a student is told of each exercise; no input, no expected value, no message."""
    parts = []
    for record in student.records:
        exercise = exercises.get(record["exercise"], {"title": "Your submission"})
        questions = [
            {
                "name": question["name"],
                "points": question["points"],
                "out_of": question["out_of"],
                "label": LABELS.get(question["kind"], question["kind"]).capitalize(),
                "tone": tone(question["kind"]),
                "sentence": question["sentence"],
                "hint": question["hint"],
                "parts": question.get("parts", ()),
                "section": section_of(exercise, question["name"], site),
                "picture": drawing(question["picture"]) if question.get("picture") else None,
            }
            for question in record["questions"]
        ]
        parts.append(
            {
                "title": exercise["title"],
                "status": record["status"],
                "advice": record["advice"],
                "points": record["points"],
                "out_of": record["out_of"],
                "all_right": bool(questions) and all(one["tone"] == "right" for one in questions),
                "questions": questions,
                "notes": record["notes"],
                "path": record["path"],
            }
        )
    return parts


def tone(kind: str) -> str:
    """Return whether a kind of verdict is shown as right, wrong or open."""
    return "right" if kind == "right" else "open" if kind in OPEN else "wrong"


# For the instructor


def report_page(results: Results) -> str:
    """Return the page that sums up a batch."""
    summary = Overview(results)
    return (
        environment()
        .get_template("report.html")
        .render(
            students=summary.students,
            complete=results.settings.get("complete", False),
            unsafe=summary.unsafe,
            counts=summary.counts,
            exercises=[summary.exercise(slug) for slug in summary.exercises],
            by_hand=[
                {"reason": reason, "students": summary.by_hand[reason]}
                for reason in REASONS
                if summary.by_hand[reason]
            ],
            notes=[{"text": text, "count": count} for text, count in summary.notes.most_common(20)],
            chart=CHART,
            alike=(results.folder / "alike.html").exists(),
            aside=results.settings.get("aside", []),
            more_aside=results.settings.get("more_aside", 0),
        )
    )


def alike_page(pairs: list[Json]) -> str:
    """Return the page of the pairs of submissions that share much code."""
    return environment().get_template("alike.html").render(pairs=pairs)


class Overview:
    """What a batch came to, counted in one pass over its records."""

    def __init__(self, results: Results) -> None:
        self.exercises = exercises_of(results)
        self.students = 0
        self.unsafe = bool(results.settings.get("unsafe"))
        self.counts = dict.fromkeys(("graded", "unreadable", "failed", "gone", "absent"), 0)
        self.marks: dict[str, array[float]] = defaultdict(lambda: array("d"))
        self.kinds: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        self.wrong: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
        self.notes: Counter[str] = Counter()
        self.by_hand: dict[str, list[Json]] = defaultdict(list)
        self.shared = stated_by_several(results)
        self.stating: dict[tuple[str, str], list[Json]] = defaultdict(list)
        for student in students(results):
            self.students += 1
            for record in student.records:
                self.add(student, record)
        self.compare_stated()

    def add(self, student: Student, record: Json) -> None:
        """Count one record."""
        slug = record["exercise"]
        self.counts[record["status"]] += 1
        self.counts["gone"] += record["gone"]
        self.unsafe |= record["sandbox"] == "none"
        self.notes.update(record["notes"])
        if record["status"] == "graded":
            self.marks[slug].append(record["points"])
        for question in record["questions"]:
            self.kinds[slug, question["name"]][question["kind"]] += 1
            if question["wrong"]:
                self.wrong[slug][question["name"], question["wrong"]] += 1
        row = {
            "name": student.name,
            "identifier": student.identifier,
            "exercise": slug or ("unknown" if record["path"] else "none"),
            "path": record["path"],
        }
        for reason, what in reasons(record):
            self.by_hand[reason].append(row | {"what": what})
        if (stated := (slug, record.get("states"))) in self.shared:
            self.stating[stated].append(row)

    def compare_stated(self) -> None:
        """List who states the same student, which two people seldom do."""
        groups = [rows for rows in self.stating.values() if len(rows) > 1]
        for rows in groups:
            names = [" ".join(filter(None, (row["name"], row["identifier"]))) for row in rows]
            for row, name in zip(rows, names, strict=True):
                others = [other for other in names if other != name][:MOST_COMMON]
                what = f"the same as {', '.join(others)}"
                self.by_hand[SAME_STATED].append(row | {"what": what})

    def exercise(self, slug: str) -> Json:
        """Return what the page says of one exercise."""
        known = self.exercises[slug]
        marks = self.marks[slug]
        seen = {kind for name in known["questions"] for kind in self.kinds[slug, name]}
        kinds = [kind for kind in LABELS if kind in seen or kind in {"right", "wrong"}]
        return {
            "slug": slug,
            "title": known["title"],
            "marks": len(marks),
            "mean": statistics.fmean(marks) if marks else 0.0,
            "median": statistics.median(marks) if marks else 0.0,
            "out_of": total(known),
            "bars": bars(marks, total(known)),
            "labels": [LABELS[kind] for kind in kinds],
            "questions": [
                {
                    "name": name,
                    "points": points,
                    "counts": [self.kinds[slug, name][kind] for kind in kinds],
                }
                for name, points in known["questions"].items()
            ],
            "wrong": [
                {"question": question, "name": name, "count": count}
                for (question, name), count in self.most_common(slug)
            ],
        }

    def most_common(self, slug: str) -> Iterable[tuple[tuple[str, str], int]]:
        """Yield the most common wrong answers of each question, in the notebook's order."""
        for name in self.exercises[slug]["questions"]:
            counted = Counter({key: n for key, n in self.wrong[slug].items() if key[0] == name})
            yield from counted.most_common(MOST_COMMON)


def stated_by_several(results: Results) -> set[tuple[str, str]]:
    """Return the exercises and the digests of whom more than one notebook states."""
    seen: set[int] = set()
    several: set[tuple[str, str]] = set()
    for record in results.records():
        if record.get("states"):
            stated = record["exercise"], record["states"]
            before = len(seen)
            seen.add(hash(stated))
            several |= {stated} if len(seen) == before else set()
    return several


def reasons(record: Json) -> Iterable[tuple[str, str]]:
    """Yield why somebody should look at a submission, and what to look at."""
    failed, unread, ended, zero, nothing, noted, gone, other, _, absent, stranger = REASONS
    kinds = {question["name"]: question["kind"] for question in record["questions"]}
    if record["status"] == "failed":
        yield failed, record["problem"]
    elif record["status"] == "absent":
        yield absent, record["problem"]
    elif record["status"] == "unreadable":
        yield unread, record["problem"] or " ".join(record["notes"])
    else:
        hard = ("out of time", "out of memory", "ended")
        stopped = [f"{name}: {LABELS[kind]}" for name, kind in kinds.items() if kind in hard]
        if stopped:
            yield ended, "; ".join(stopped)
        if kinds and all(kind in OPEN for kind in kinds.values()):
            yield nothing, "every question is as it was handed out, or missing"
        elif kinds and record["points"] == 0 and not stopped:
            yield zero, "; ".join(f"{name}: {LABELS.get(k, k)}" for name, k in kinds.items())
    flagged = {
        noted: len(record["notes"]) >= MANY_NOTES and " ".join(record["notes"][:3]) + " ...",
        gone: record["gone"] and "the mark is of an earlier run",
        other: record.get("states_other") and f"it states {record['states_other']}",
        stranger: record.get("roster") == "" and NOT_FOUND,
    }
    yield from ((reason, what) for reason, what in flagged.items() if what)


CHART = {"width": 660, "height": 200, "base": 160}


def bars(marks: Iterable[float], highest: float) -> list[Json]:
    """Return the bars of the distribution of marks: ten of tenths, and one of full marks."""
    shares = (min(max(mark / highest, 0.0), 1.0) if highest else 0.0 for mark in marks)
    counts = Counter(int(10 * share + 1e-9) for share in shares)
    most = max(counts.values(), default=1)
    step = CHART["width"] / 11
    made = []
    for place in range(11):
        height = round(130 * counts[place] / most, 1)
        low, high = 10 * place, 10 * place + 9
        made.append(
            {
                "count": counts[place],
                "label": f"{low} to {high} %" if place < 10 else "100 %",
                "short": f"{low}–{high}" if place < 10 else "100",
                "x": round(place * step + 4, 1),
                "y": CHART["base"] - height,
                "width": round(step - 8, 1),
                "height": height,
                "middle": round((place + 0.5) * step, 1),
            }
        )
    return made
