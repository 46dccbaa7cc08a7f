"""The instructor's command: `python -m course_utils.grading --help` explains it."""

import argparse
import errno
import os
import re
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

from course_utils.exercises.errors import CourseError
from course_utils.grading.batch import (
    BatchError,
    Results,
    Summary,
    grade_batch,
    local_processes,
)
from course_utils.grading.intake import (
    STEERING,
    Submission,
    Submissions,
    known_exercises,
    people_of,
)
from course_utils.notebooks import repository

__all__ = ["main"]

PROGRAM = "python -m course_utils.grading"
SOURCES = Path(__file__).parents[2] / "notebooks" / "exercises" / "sources"
MOST_ASIDE = 2000  # files that are named in the report
NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
NO_LEAVE = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EISDIR}
SECONDS_BETWEEN_LINES = 30.0  # of progress, where nobody watches

DESCRIPTION = """\
Grade the exercises of a class.

The usual sequence:

  {program} grade submissions.zip --out results
  open results/report.html            who is to be looked at by hand
  {program} feedback results
  {program} export results --format moodle --roster worksheet.csv --out import.csv

SUBMISSIONS is the zip that Moodle or Canvas hands out (it need not be unpacked), or a folder of
notebooks, or a folder with a folder for each student, or nbgrader's folder of a course.

What is in RESULTS afterwards:

  gradebook.csv   a row for each student, a column for each exercise and question
  report.html     for you: distribution of marks, common wrong answers, what to look at by hand
  alike.html      pairs of submissions that share much code; something to look at, no verdict
  feedback/       a page for each student, and index.csv, which tells whose page is which
  results.jsonl   all of it for programs: a JSON object a line, with hidden inputs
  batch.json      the secret seed of the inputs, and the versions; keep both files to yourself

grade can be stopped at any moment, also by a power cut: the same command goes on. What has not
changed is not graded again. Submissions run in a sandbox (bubblewrap), without which it refuses.
"""

GRADE = """\
Grade what is new or changed among SUBMISSIONS.

  {program} grade submissions.zip --out results
  {program} grade submissions/ --out results --exercise 13_adam_family
  {program} grade submissions.zip --out results --roster class.csv

Which exercise a notebook is, is told by its file name or by its cells; --exercise tells it for all.
Of several files of one student to one exercise the newest counts. A submission that has vanished
from SUBMISSIONS keeps its mark and is marked as gone. A file that cannot be read gets no mark; the
report says what is wrong with it, and the student's page how to mend it.
"""

EXPORT = """\
Write the marks for a spreadsheet, Canvas or Moodle, or what grades at another site.

  {program} export results --format csv
  {program} export results --format canvas --roster canvas-export.csv --out import.csv
  {program} export results --format moodle --roster worksheet.csv --out import.csv
  {program} export --format gradescope --exercise 13_adam_family --out autograder.zip
  {program} export --format classroom --exercise 13_adam_family --out template

The last two need no RESULTS: they make an autograder that Gradescope runs for each submission, and
a template repository for GitHub Classroom, which shows the feedback on each push.

ROSTER is the file that the site itself hands out: in Canvas Grades > Export, in a Moodle assignment
Download grading worksheet. Marks are filled into it and nothing else is touched. Where the site's
maximum is another than the exercise's points, the marks are scaled. Submissions without a mark stay
blank.
"""

MISTAKES = """\
List the wrong answers that got no hint, the most common first, twenty of each question at most.

  {program} mistakes results

Each with the number of students, the changes of the solution that give the same, if a machine knows
one (see `python -m course_utils.exercises mutate`), and a hidden input: it is for authors.
"""

REPLAY = """\
Grade one submission again with the batch's seed and show all of it, hidden inputs too.

  {program} replay results "Jane Doe" --submissions submissions.zip

For a dispute: it shows for each question an input, what was expected and what came, and whether the
marks are those in RESULTS. Nothing in RESULTS changes.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status: 2 for bad input, 130 when it was stopped."""
    options = parser().parse_args(arguments)
    try:
        run: Callable[[argparse.Namespace], int] = options.run
        return run(options)
    except KeyboardInterrupt:
        print("Stopped. The same command goes on from here.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # Whoever read has read enough; the interpreter would complain on its way out.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except ModuleNotFoundError as error:
        if error.name not in {"jinja2", "tqdm", "distributed"}:
            raise
        names = "distributed" if error.name == "distributed" else "jinja2 tqdm"
        print(f"The grader needs {error.name}: python -m pip install {names}", file=sys.stderr)
        return 2
    except CourseError as error:
        print(error, file=sys.stderr)
        return 2
    except OSError as error:
        if error.errno not in NO_ROOM | NO_LEAVE:
            raise
        advice = "make room" if error.errno in NO_ROOM else "name a folder that you may write to"
        where = f" {error.filename}" if error.filename else ""
        print(
            f"The results cannot be written ({error.strerror}{where}): {advice}, and run the same"
            " command again, which goes on from here.",
            file=sys.stderr,
        )
        return 2


def parser() -> argparse.ArgumentParser:
    """Return what reads the command line."""
    made = argparse.ArgumentParser(
        prog=PROGRAM,
        description=DESCRIPTION.format(program=PROGRAM),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = made.add_subparsers(title="commands", metavar="COMMAND", required=True)

    def command(
        name: str, told: str, text: str, run: Callable[[argparse.Namespace], int]
    ) -> argparse.ArgumentParser:
        added = commands.add_parser(
            name,
            help=told,
            description=text.format(program=PROGRAM),
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        added.set_defaults(run=run)
        return added

    one = command("grade", "grade what is new or changed", GRADE, grade)
    one.add_argument("submissions", metavar="SUBMISSIONS", help="a folder, a zip, or one notebook")
    one.add_argument("--out", metavar="RESULTS", required=True, help="the folder of the results")
    one.add_argument("--exercise", metavar="SLUG", help="the exercise that all submissions are of")
    one.add_argument(
        "--roster",
        metavar="FILE",
        help="a CSV file of who is in the class, with names, numbers, logins or addresses, as"
        " Canvas, Moodle, Gradescope or nbgrader export it: everybody on it gets a row",
    )
    one.add_argument("--sources", metavar="DIR", default=SOURCES, help="the exercises' sources")
    one.add_argument(
        "--jobs",
        type=positive,
        default=os.cpu_count() or 1,
        metavar="N",
        help="how many processes (default: one for each processor, here %(default)s)",
    )
    one.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        help="grade on the workers of this scheduler of Dask's, such as tcp://10.0.0.1:8786",
    )
    one.add_argument(
        "--patience",
        type=positive,
        default=300,
        metavar="SECONDS",
        help="with --scheduler: after how long without an answer another worker gets a submission"
        " as well, in case the first one hangs (default: %(default)s)",
    )
    one.add_argument("--seed", metavar="S", help="the seed of the inputs (default: a secret one)")
    one.add_argument("--regrade", action="store_true", help="grade also what has not changed")
    one.add_argument(
        "--unsafe",
        action="store_true",
        help="go without a sandbox: submissions can do on this machine whatever you can",
    )

    one = command("report", "write the report again", "Write RESULTS/report.html.\n", report)
    one.add_argument("results", metavar="RESULTS")

    one = command(
        "feedback", "write a page for each student", "Write RESULTS/feedback/.\n", feedback
    )
    one.add_argument("results", metavar="RESULTS")
    one.add_argument(
        "--moodle",
        metavar="ZIP",
        type=Path,
        help="write them also into a zip that Moodle takes and gives each student their page",
    )
    one.add_argument(
        "--site",
        metavar="ADDRESS",
        default=pages_address(repository()),
        help="the course's site, for links to what explains a question (default: %(default)s)",
    )

    one = command("export", "write marks for Canvas, Moodle, spreadsheets", EXPORT, export)
    one.add_argument("results", metavar="RESULTS", nargs="?")
    one.add_argument(
        "--format", choices=["csv", "canvas", "moodle", "gradescope", "classroom"], default="csv"
    )
    one.add_argument("--sources", metavar="DIR", default=SOURCES, help="the exercises' sources")
    one.add_argument("--roster", metavar="FILE", help="the file that Canvas or Moodle handed out")
    one.add_argument("--exercise", metavar="SLUG", help="the exercise; needed for Moodle")
    one.add_argument("--out", metavar="FILE", help="where to write (default: the terminal)")

    one = command("replay", "grade one submission again and show all of it", REPLAY, replay)
    one.add_argument("results", metavar="RESULTS")
    one.add_argument("student", metavar="STUDENT", help="a name or an identifier")
    one.add_argument("--submissions", metavar="SUBMISSIONS", help="default: those graded last")
    one.add_argument("--sources", metavar="DIR", default=SOURCES, help="the exercises' sources")

    one = command("mistakes", "list common wrong answers without a hint", MISTAKES, mistakes)
    one.add_argument("results", metavar="RESULTS")
    one.add_argument("--sources", metavar="DIR", default=SOURCES, help="the exercises' sources")

    text = "Write the students' notebooks and the checks beside the questions from the sources.\n"
    one = command("build", "make the students' notebooks", text, build)
    one.add_argument("--sources", metavar="DIR", default=SOURCES, help="the exercises' sources")
    one.add_argument("--out", metavar="DIR", help="where to (default: the folder around DIR)")
    return made


def pages_address(address: str) -> str:
    """Return where GitHub publishes the site of a repository; "" where it is not GitHub's.

    Examples
    --------
    >>> pages_address("https://github.com/ada/descent")
    'https://ada.github.io/descent'
    """
    found = re.fullmatch(r"https://github\.com/([\w-]+)/([\w.-]+)", address)
    return f"https://{found[1].lower()}.github.io/{found[2]}" if found else ""


def positive(text: str) -> int:
    """Return a whole number of at least 1."""
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number: give 1 or more.")
    return int(text)


def grade(options: argparse.Namespace) -> int:
    """Grade a batch, then write the gradebook and the report."""
    import jinja2  # noqa: F401 (so that it is not missed only when all is graded)

    from course_utils.grading.alike import Alike, side_by_side
    from course_utils.grading.grade import grade_submission
    from course_utils.grading.pages import alike_page
    from course_utils.grading.sandbox import available

    reason = None if options.scheduler else available()
    if reason and not options.unsafe:
        raise BatchError(
            f"{reason}\nNothing was graded. To grade without a sandbox all the same, where"
            " submissions can do whatever you can, add --unsafe."
        )
    out, source = Path(options.out).resolve(), Path(options.submissions).resolve()
    if out.is_relative_to(source):
        raise BatchError(
            f"{options.out} lies inside the submissions and would be taken for one: name a folder"
            " elsewhere."
        )
    signal.signal(signal.SIGTERM, interrupt)
    known = known_exercises(options.sources)
    people, remarks = people_of(options.roster) if options.roster else (None, [])
    submissions = Submissions(options.submissions, known, options.exercise, people)
    for remark in remarks:
        print(remark, file=sys.stderr)
    with Results(options.out, create=True) as results:
        results.save_settings(
            submissions=str(source),
            exercise=options.exercise,
            roster=bool(options.roster),
            aside=submissions.aside[:MOST_ASIDE],
            more_aside=max(0, len(submissions.aside) - MOST_ASIDE),
        )
        processes: Callable[[], Executor] = partial(local_processes, options.jobs)
        in_flight: int | Callable[[], int] = 2 * options.jobs + 2
        if options.scheduler:
            from course_utils.grading.cluster import Cluster

            cluster = Cluster(
                options.scheduler, known, unsafe=options.unsafe, patience=options.patience
            )
            processes, in_flight = lambda: cluster, cluster.in_flight
        alike = Alike.to(known, results.folder)
        with Progress(len(submissions)) as count:

            def progress(submission: Submission) -> None:
                alike.add(submission)  # now, because it is in memory
                count(submission)

            summary = grade_batch(
                submissions,
                results,
                grade_submission,
                seed=options.seed,
                unsafe=options.unsafe,
                regrade=options.regrade,
                processes=processes,
                in_flight=in_flight,
                progress=progress,
            )
        pairs = alike.pairs()
        texts = submissions.at({path for pair in pairs for path in pair.paths})
        page = results.write("alike.html", alike_page(side_by_side(pairs, texts)))
        written = [*write_overviews(results), page]  # the report has a link to what is there
        if options.unsafe:
            print("Graded WITHOUT a sandbox; the report says so.", file=sys.stderr)
    print(in_words(summary))
    for path in written:
        print(path)
    return 0


def interrupt(*_: Any) -> None:
    """End as Ctrl-C does."""
    raise KeyboardInterrupt


def write_overviews(results: Results) -> list[Path]:
    """Write the gradebook and the report."""
    from course_utils.grading.export import gradebook_lines
    from course_utils.grading.pages import report_page

    # Excel takes a file without the mark for one in its own code page.
    return [
        results.write("gradebook.csv", chain(["\ufeff"], gradebook_lines(results))),
        results.write("report.html", report_page(results)),
    ]


def in_words(summary: Summary) -> str:
    """Return what a run came to."""
    parts = [f"{summary.graded} graded", f"{summary.unchanged} unchanged"]
    parts += [f"{summary.unreadable} unreadable"] if summary.unreadable else []
    parts += [f"{summary.absent} handed in nothing"] if summary.absent else []
    parts += [f"{summary.failed} not graded, see the report"] if summary.failed else []
    parts += [f"{summary.gone} no longer there"] if summary.gone else []
    return ", ".join(parts) + "."


class Progress:
    """How far a batch is, and how long it will take, on the terminal or in a log."""

    def __init__(self, students: int) -> None:
        from tqdm import tqdm

        watched = sys.stderr.isatty()
        log = "{n_fmt} of {total_fmt} students, {rate_fmt}, {remaining} left\n"
        self.bar = tqdm(
            total=students,
            unit=" students",
            file=sys.stderr,
            mininterval=0.1 if watched else SECONDS_BETWEEN_LINES,
            maxinterval=10.0 if watched else SECONDS_BETWEEN_LINES,
            bar_format=None if watched else log,
            delay=0 if watched else SECONDS_BETWEEN_LINES,
            leave=False,
        )

    def __enter__(self) -> Callable[[Submission], None]:
        return self.count

    def __exit__(self, *_: object) -> None:
        self.bar.close()

    def count(self, submission: Submission) -> None:
        """Count a student whose first submission is done."""
        if not submission.another:
            self.bar.update()


def report(options: argparse.Namespace) -> int:
    """Write the gradebook and the report."""
    for path in write_overviews(Results(options.results)):
        print(path)
    return 0


def feedback(options: argparse.Namespace) -> int:
    """Write the students' pages."""
    from course_utils.grading.pages import write_feedback, write_moodle_feedback

    results = Results(options.results)
    if options.site and not options.site.startswith(("https://", "http://")):
        raise BatchError(
            f"{options.site!r} is no address of a site: give one that begins with https://."
        )
    count = write_feedback(results, options.site)
    print(f"{count} pages in {results.folder / 'feedback'}; index.csv there tells whose is which.")
    if options.moodle:
        told = write_moodle_feedback(results, options.moodle, options.site)
        left = f"; {count - told} left out, who have no number of Moodle's" if told < count else ""
        print(f"{told} pages in {options.moodle}{left}.")
    return 0


def export(options: argparse.Namespace) -> int:
    """Write the marks in the layout of a site."""
    from course_utils.grading.export import Export, canvas, gradebook, moodle

    if options.format in {"gradescope", "classroom"}:
        return export_autograder(options)
    if options.results is None:
        raise BatchError("Name the folder that was given as --out to the command grade.")
    results = Results(options.results)
    if options.format == "csv":
        made = Export(gradebook(results))
    else:
        layout = canvas if options.format == "canvas" else moodle
        made = layout(results, options.roster, options.exercise)
    for remark in made.remarks:
        print(remark, file=sys.stderr)
    if options.out:
        Path(options.out).write_text(made.text, encoding="utf-8", newline="")
        print(options.out)
    else:
        print(made.text, end="")
    return 0


def export_autograder(options: argparse.Namespace) -> int:
    """Write what grades an exercise at Gradescope, or in GitHub Classroom."""
    from course_utils.grading.classroom import write_template
    from course_utils.grading.gradescope import write_autograder

    known = known_exercises(options.sources)
    classroom = options.format == "classroom"
    if options.exercise not in known or not options.out:
        what = "a folder: give --exercise" if classroom else "a file: give --exercise"
        out = "template" if classroom else "autograder.zip"
        raise BatchError(
            f"An autograder is of one exercise and goes into {what}, one of"
            f" {', '.join(known)} (not {options.exercise}), and --out {out}."
        )
    write = write_template if classroom else write_autograder
    write(known[options.exercise], Path(options.out))
    print(options.out)
    return 0


def replay(options: argparse.Namespace) -> int:
    """Grade one student's submissions again and show everything."""
    from course_utils.grading.grade import grade_submission

    results = Results(options.results)
    source = options.submissions or results.settings.get("submissions", "")
    known = known_exercises(options.sources)
    submissions = Submissions(source, known, results.settings.get("exercise"))
    records = [
        record
        for record in results.records()
        if options.student in {record["student"], record["identifier"]}
    ]
    if not records:
        raise BatchError(
            f"There is no student {options.student!r} in {results.folder}: give the name or the"
            " identifier as it stands in gradebook.csv."
        )
    files = {
        one.path: one for one in submissions if options.student in {one.student, one.identifier}
    }
    same = True
    for record in records:
        print(f"{record['student']} {record['identifier']}, {record['exercise']}, {record['path']}")
        submission = files.get(record["path"])
        if submission is None:
            print(f"  The file is not in {source}." if record["path"] else "  Nothing to grade.")
            same = False
            continue
        submission = as_on_roster(submission, record)
        if submission.digest != record["digest"]:
            print("  The file has changed since it was graded.")
        exercise = known.get(submission.exercise or "")
        if submission.problem or exercise is None:
            print(f"  {submission.problem}")
            continue
        unsafe = record["sandbox"] == "none"
        result = grade_submission(
            submission, exercise.path, results.settings["seed"], unsafe=unsafe
        )
        for note in result.notes:
            print(f"  Note: {quietened(note)}")
        for question in result.questions:
            print(f"  {question.name}: {question.points:g} of {question.out_of:g}, {question.kind}")
            for text in (question.sentence, question.wrong, question.hint, question.detail):
                for line in text.splitlines():
                    print(f"    {quietened(line)}")
        alike = result.points == record["points"]
        same &= alike
        verdict = "as recorded" if alike else f"but {record['points']:g} are recorded"
        print(f"  {result.points:g} of {result.out_of:g} points, {verdict}.")
    return 0 if same else 1


def as_on_roster(submission: Submission, record: Mapping[str, Any]) -> Submission:
    """Return a submission with what a roster told of its student when it was graded."""
    if not record.get("roster"):
        return submission
    return replace(submission, aliases=tuple(record["aliases"]), nameless=False)


def mistakes(options: argparse.Namespace) -> int:
    """List the wrong answers that many students gave and no hint explains."""
    from course_utils.grading.mistakes import common_mistakes

    found = 0
    for one in common_mistakes(Results(options.results), known_exercises(options.sources)):
        students = "1 student" if one.students == 1 else f"{one.students} students"
        print(f"{one.exercise}, {one.question}: {students}")
        for line in (*one.changes, *one.detail.splitlines()):
            print(f"    {quietened(line)}")
        found += 1
    if not found:
        print("Every wrong answer was given a hint.")
    return 0


def quietened(text: str) -> str:
    """Return a line of a submission without what could steer the terminal."""
    return STEERING.sub(" ", text)


def build(options: argparse.Namespace) -> int:
    """Write the students' notebooks."""
    from course_utils.exercises import build as building

    print(building.build(options.sources, options.out))
    return 0


if __name__ == "__main__":
    sys.exit(main())
