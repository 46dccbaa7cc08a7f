"""The process that leads keeps little of each submission, so that a class may be large."""

import gc
import tracemalloc
import zipfile
from concurrent.futures import Executor, Future

from course_utils.grading import __main__ as command
from course_utils.grading import alike, grade, sandbox
from course_utils.grading.grade import QuestionResult, Result

from . import classroom

MOST_BYTES = 1800
"""For its entry in the zip, whose it is, and where its record stands: 1,400 as measured."""
FEW, MANY = 1300, 2600  # as full are Python's tables, which grow in steps, at either


class Here(Executor):
    """Does at once what it is asked, in this process."""

    def submit(self, function, *arguments, **more):
        done = Future()
        done.set_result(function(*arguments, **more))
        return done


def stand_in(submission, *_, **__):
    """Give full marks: what runs elsewhere is left out."""
    questions = tuple(
        QuestionResult(name, points, points, "right", "Right for all 3 inputs.")
        for name, points in classroom.POINTS.items()
    )
    one = submission
    who = (one.student, one.identifier, one.path, one.digest, one.exercise)
    return Result(*who, questions, (), "bubblewrap", states=one.digest[:16])


def most_in_memory(folder, count):
    """Grade a class; return how many bytes were in use at most."""
    with zipfile.ZipFile(folder / f"{count}.zip", "w") as archive:
        for number in range(count):
            own = f"weights{number} = np.cumsum([{number}, 2]) * np.arange({number}) ** 2 - 1"
            name = f"Student {number:06}_{number}_assignsubmission_file_{classroom.SLUG}.ipynb"
            archive.writestr(name, classroom.notebook({}, own))
    told = ["--out", str(folder / f"{count}"), "--sources", str(folder), "--jobs", "1"]
    gc.collect()
    tracemalloc.start()
    assert command.main(["grade", str(folder / f"{count}.zip"), *told]) == 0
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most


def test_a_submission_more_takes_less_than_two_kilobytes_of_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(command, "local_processes", lambda _: Here())
    monkeypatch.setattr(grade, "grade_submission", stand_in)
    monkeypatch.setattr(sandbox, "available", lambda: None)
    monkeypatch.setattr(alike, "_AT_ONCE", 2**10)  # so that either class takes several passes
    classroom.write_sources(tmp_path)
    most_in_memory(tmp_path, FEW - 1)  # what is imported or kept for later stays
    few, many = (most_in_memory(tmp_path, count) for count in (FEW, MANY))
    each = (many - few) / (MANY - FEW)
    assert each < MOST_BYTES, f"{each:.0f} bytes for each submission"
