"""What is promised of a batch: it can be killed, goes on, and ends with the same results."""

import errno
import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from course_utils.grading import __main__ as command
from course_utils.grading import grade, sandbox
from course_utils.grading.batch import BatchError, Results, grade_batch, local_processes
from course_utils.grading.export import gradebook
from course_utils.grading.grade import QuestionResult, Result
from course_utils.grading.intake import Known, Submissions

ROOT = Path(__file__).parents[2]
SLUG = "13_adam"
KNOWN = {SLUG: Known(SLUG, "13_adam.ipynb", "Adam", {"adam": 3.0}, "digest")}

posix = pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")


def stand_in(submission, exercise, seed, *, unsafe):
    """Grade without a sandbox: points by the text of the first cell, or what it asks for."""
    text = submission.cells[0].source
    if text == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if text == "fail":
        raise ValueError("a mistake of the grader's")
    if text.startswith("wait "):
        Path(text.removeprefix("wait ")).write_text(str(os.getpid()), "utf-8")
        signal.pause()
    points = 3.0 if text == "right" else 0.0
    kind = "right" if points else "wrong"
    question = QuestionResult("adam", points, 3.0, kind, f"{kind}.", detail=f"{exercise} {seed}")
    return Result(
        submission.student,
        submission.identifier,
        submission.path,
        submission.digest,
        submission.exercise,
        (question,),
        submission.notes,
        "none" if unsafe else "bubblewrap",
    )


def write(folder: Path, **students):
    """Write a notebook for each student, with the text in its first cell."""
    for student, text in students.items():
        path = folder / student / f"{SLUG}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        cells = [{"cell_type": "code", "source": text, "metadata": {}}]
        path.write_text(json.dumps({"cells": cells}) if text != "torn" else '{"cells": [', "utf-8")


def run(folder, out, grader=stand_in, known=KNOWN, **settings):
    """Grade a folder in threads of this process; return the summary."""
    settings.setdefault("processes", partial(ThreadPoolExecutor, 1))
    settings.setdefault("seed", "seed")
    with Results(out, create=True) as results:
        return grade_batch(Submissions(folder, known), results, grader, **settings)


def records(out):
    return {record["student"]: record for record in Results(out).records()}


def files(out):
    names = ("results.jsonl", "batch.json")
    return {name: (out / name).read_bytes() for name in names} | {"csv": gradebook(Results(out))}


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "all"
    write(folder, ann="right", bob="wrong", carl="right", dora="torn", eve="wrong", fred="right")
    return folder


# What is graded, and when again


def test_each_submission_gets_a_record_and_what_cannot_be_read_no_mark(folder, tmp_path):
    summary = run(folder, tmp_path / "out")
    assert (summary.graded, summary.unreadable) == (5, 1)
    made = records(tmp_path / "out")
    assert list(made) == ["ann", "bob", "carl", "dora", "eve", "fred"]
    assert (made["ann"]["points"], made["bob"]["points"]) == (3, 0)
    assert made["dora"]["status"] == "unreadable"
    assert made["dora"]["problem"]
    assert made["dora"]["advice"]


def test_what_has_not_changed_is_not_graded_again(folder, tmp_path):
    run(folder, tmp_path / "out")
    before = files(tmp_path / "out")
    asked = []

    def grader(submission, *rest, **more):
        asked.append(submission.student)
        return stand_in(submission, *rest, **more)

    assert run(folder, tmp_path / "out", grader).unchanged == 6
    assert files(tmp_path / "out") == before
    write(folder, bob="right", dora="right", gina="wrong")
    run(folder, tmp_path / "out", grader)
    assert asked == ["bob", "dora", "gina"]
    assert records(tmp_path / "out")["bob"]["points"] == 3


@pytest.mark.parametrize("change", ["exercise", "sandbox", "regrade"])
def test_all_is_graded_again_when_what_it_depends_on_has_changed(change, folder, tmp_path):
    run(folder, tmp_path / "out")
    changed = {SLUG: Known(SLUG, "13_adam.ipynb", "Adam", {"adam": 3.0}, "another digest")}
    settings = {
        "exercise": {"known": changed},
        "sandbox": {"unsafe": True},
        "regrade": {"regrade": True, "seed": "another"},
    }
    assert run(folder, tmp_path / "out", **settings[change]).graded == 5


def test_another_seed_is_refused(folder, tmp_path):
    run(folder, tmp_path / "out")
    with pytest.raises(BatchError, match="another seed"):
        run(folder, tmp_path / "out", seed="another")


def test_the_seed_is_secret_made_once_and_kept(folder, tmp_path):
    run(folder, tmp_path / "out", seed=None)
    seed = json.loads((tmp_path / "out" / "batch.json").read_text("utf-8"))["seed"]
    assert len(seed) == 32
    run(folder, tmp_path / "out", seed=None, regrade=True)
    assert seed in records(tmp_path / "out")["ann"]["questions"][0]["detail"]
    run(folder, tmp_path / "other", seed=None)
    assert json.loads((tmp_path / "other" / "batch.json").read_text("utf-8"))["seed"] != seed


def test_a_submission_that_has_vanished_keeps_its_mark_and_is_marked(folder, tmp_path):
    run(folder, tmp_path / "out")
    (folder / "ann").rename(tmp_path / "ann")
    (folder / "dora").rename(tmp_path / "dora")
    assert run(folder, tmp_path / "out").gone == 1
    made = records(tmp_path / "out")
    assert made["ann"]["gone"]
    assert made["ann"]["points"] == 3
    assert "dora" not in made, "it had no mark to keep"
    (tmp_path / "ann").rename(folder / "ann")
    assert run(folder, tmp_path / "out").unchanged == 5
    assert not records(tmp_path / "out")["ann"]["gone"]


def test_going_without_a_sandbox_is_said_until_all_is_graded_in_one(folder, tmp_path):
    run(folder, tmp_path / "out", unsafe=True)
    assert {record["sandbox"] for record in records(tmp_path / "out").values()} == {"none"}
    assert Results(tmp_path / "out").settings["unsafe"]
    assert "graded without a sandbox" in gradebook(Results(tmp_path / "out"))
    run(folder, tmp_path / "out")
    assert not Results(tmp_path / "out").settings["unsafe"]
    assert "sandbox" not in gradebook(Results(tmp_path / "out"))


def test_results_are_for_the_instructor_alone(folder, tmp_path):
    run(folder, tmp_path / "out")
    assert (tmp_path / "out").stat().st_mode & 0o077 == 0
    for name in ("results.jsonl", "batch.json"):
        assert (tmp_path / "out" / name).stat().st_mode & 0o077 == 0


def test_a_folder_that_holds_something_else_is_left_alone(folder, tmp_path):
    with pytest.raises(BatchError, match="holds other files"):
        Results(folder, create=True)
    with pytest.raises(BatchError, match="no results"):
        Results(tmp_path / "nothing")


# Failures


def test_a_failure_of_the_grader_is_one_line_and_tried_again(folder, tmp_path):
    write(folder, bob="fail")
    summary = run(folder, tmp_path / "out")
    assert (summary.graded, summary.failed) == (4, 1)
    assert "ValueError: a mistake of the grader's" in records(tmp_path / "out")["bob"]["problem"]
    summary = run(folder, tmp_path / "out")
    assert (summary.graded, summary.failed, summary.unchanged) == (0, 1, 5)
    assert ",," in gradebook(Results(tmp_path / "out")).splitlines()[2], "no mark, and no zero"


def test_a_batch_in_which_all_fails_stops_with_the_reason(tmp_path):
    write(tmp_path / "all", **{f"s{number}": "fail" for number in range(30)})
    with pytest.raises(BatchError, match=r"hardly their fault; the last one: .*ValueError"):
        run(tmp_path / "all", tmp_path / "out")


@posix
def test_a_process_that_dies_costs_nobody_else_the_mark(folder, tmp_path):
    write(folder, carl="die")
    summary = run(folder, tmp_path / "out", processes=partial(local_processes, 2))
    assert (summary.graded, summary.failed) == (4, 1)
    made = records(tmp_path / "out")
    assert "ended from outside" in made["carl"]["problem"]
    assert [made[name]["points"] for name in ("ann", "bob", "eve", "fred")] == [3, 0, 0, 3]


@posix
def test_two_runs_do_not_write_at_once(tmp_path):
    with Results(tmp_path / "out", create=True) as results:
        results.save_settings(seed="seed")
        other = Results(tmp_path / "out")
        with pytest.raises(BatchError, match="Another run is writing"):
            other.__enter__()


def test_no_more_submissions_are_in_memory_than_asked_for(tmp_path):
    write(tmp_path / "all", **{f"s{number:02}": "right" for number in range(40)})
    read, done, most = 0, 0, 0

    class Counted(Submissions):
        def __iter__(self):
            nonlocal read, most
            for submission in super().__iter__():
                read += 1
                most = max(most, read - done)
                yield submission

    def count(_):
        nonlocal done
        done += 1

    with Results(tmp_path / "out", create=True) as results:
        grade_batch(
            Counted(tmp_path / "all", KNOWN),
            results,
            stand_in,
            processes=partial(ThreadPoolExecutor, 2),
            in_flight=4,
            progress=count,
        )
    assert done == 40
    assert most <= 5


# Killed


KILLED = """
import os, signal, sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from test_batch import KNOWN, Results, Submissions, grade_batch, local_processes, stand_in

folder, out, after, torn = Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4]), sys.argv[5]

def die(_, seen=[]):
    seen.append(1)
    if len(seen) == after:
        with (out / "results.jsonl").open("a") as file:
            file.write(torn)
        os.kill(os.getpid(), signal.SIGKILL)

if __name__ == "__main__":
    with Results(out, create=True) as results:
        submissions = Submissions(folder, KNOWN)
        processes = partial(local_processes if torn else ThreadPoolExecutor, 2)
        grade_batch(submissions, results, stand_in, seed="seed", processes=processes, progress=die)
"""


def killed(tmp_path, folder, after, torn=""):
    """Start a batch in a process of its own that kills itself after so many submissions."""
    script = tmp_path / "killed.py"
    script.write_text(KILLED, "utf-8")
    here = Path(__file__).parent
    arguments = [here, folder, tmp_path / "killed", str(after), torn]
    return subprocess.run(
        [sys.executable, script, *arguments],
        check=False,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
    )


@posix
@pytest.mark.parametrize(("after", "torn"), [(1, ""), (6, ""), (4, '{"student": "ann", "i')])
def test_a_batch_killed_at_any_moment_goes_on_and_ends_with_the_same_files(
    after, torn, folder, tmp_path
):
    run(folder, tmp_path / "whole")
    assert killed(tmp_path, folder, after, torn).returncode == -signal.SIGKILL
    cut = Results(tmp_path / "killed")
    assert len(cut.index) == after
    assert not cut.settings["complete"]
    assert run(folder, tmp_path / "killed").unchanged == after
    assert files(tmp_path / "killed") == files(tmp_path / "whole")


def test_a_last_line_cut_anywhere_is_graded_again(folder, tmp_path):
    run(folder, tmp_path / "out")
    whole = files(tmp_path / "out")
    lines = whole["results.jsonl"].splitlines(keepends=True)
    for end in range(0, len(lines[-1]), 50):
        (tmp_path / "out" / "results.jsonl").write_bytes(b"".join(lines[:-1]) + lines[-1][:end])
        assert run(folder, tmp_path / "out").graded == 1
        assert files(tmp_path / "out") == whole


def test_a_line_that_the_disk_has_spoilt_is_graded_again(folder, tmp_path):
    run(folder, tmp_path / "out")
    whole = files(tmp_path / "out")
    spoilt = whole["results.jsonl"].replace(b'"student": "bob"', b'"student\xff "bob"')
    (tmp_path / "out" / "results.jsonl").write_bytes(spoilt)
    assert run(folder, tmp_path / "out").graded == 1
    assert files(tmp_path / "out") == whole


def test_a_batch_that_is_interrupted_keeps_what_is_done(folder, tmp_path):
    def stop(submission):
        if submission.student == "carl":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(folder, tmp_path / "out", progress=stop)
    assert {"ann", "bob", "carl"} <= set(records(tmp_path / "out"))
    run(folder, tmp_path / "out")
    run(folder, tmp_path / "whole")
    assert files(tmp_path / "out") == files(tmp_path / "whole")


def wait_until(true):
    """Wait for something that happens in another process; the test fails where it never does."""
    for _ in range(1000):
        if true():
            return
        time.sleep(0.02)
    pytest.fail("It did not happen.")


def alive(process):
    try:
        state = Path(f"/proc/{process}/stat").read_text("utf-8").rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


@pytest.mark.skipif(sys.platform != "linux", reason="the signal of a parent's death is Linux's")
def test_the_processes_of_a_killed_batch_die_with_it(tmp_path):
    told = tmp_path / "process"
    write(tmp_path / "all", ann=f"wait {told}")
    script = tmp_path / "killed.py"
    script.write_text(KILLED, "utf-8")
    here = Path(__file__).parent
    arguments = [here, tmp_path / "all", tmp_path / "out", "9", "in processes"]
    parent = subprocess.Popen(
        [sys.executable, script, *arguments],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    wait_until(lambda: told.exists() and told.read_text("utf-8"))
    worker = int(told.read_text("utf-8"))
    assert alive(worker)
    parent.kill()
    parent.wait()
    wait_until(lambda: not alive(worker))


# The command


SOURCE = {
    "cells": [
        {"cell_type": "markdown", "source": "# Exercises: Adam", "metadata": {}},
        {
            "cell_type": "code",
            "source": "",
            "metadata": {"nbgrader": {"grade": True, "grade_id": "check-adam", "points": 3}},
        },
    ]
}


@pytest.fixture
def class_room(folder, tmp_path, monkeypatch):
    """Let the command grade with the stand-in, on a machine with a sandbox; return arguments."""
    sources = tmp_path / "sources"
    sources.mkdir()
    (sources / f"{SLUG}.ipynb").write_text(json.dumps(SOURCE), "utf-8")
    monkeypatch.setattr(grade, "grade_submission", stand_in)
    monkeypatch.setattr(command, "local_processes", ThreadPoolExecutor)
    monkeypatch.setattr(sandbox, "available", lambda: None)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    out = str(tmp_path / "out")
    return ["grade", str(folder), "--out", out, "--sources", str(sources), "--jobs", "2"]


def test_the_command_grades_and_writes_gradebook_and_report(class_room, tmp_path, capsys):
    assert command.main(class_room) == 0
    assert "5 graded, 0 unchanged, 1 unreadable." in capsys.readouterr().out
    for name in ("gradebook.csv", "report.html", "results.jsonl", "batch.json"):
        assert (tmp_path / "out" / name).stat().st_size
    out = str(tmp_path / "out")
    assert command.main(["report", out]) == 0
    assert command.main(["feedback", out]) == 0
    assert len(list((tmp_path / "out" / "feedback").glob("*.html"))) == 6
    assert command.main(["export", out, "--format", "canvas"]) == 0
    assert "Points Possible" in capsys.readouterr().out


def test_without_a_sandbox_nothing_starts_unless_asked_for(
    class_room, tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr(sandbox, "available", lambda: "Install it: sudo apt install bubblewrap.")
    assert command.main(class_room) == 2
    told = capsys.readouterr().err
    assert "sudo apt install bubblewrap" in told
    assert "--unsafe" in told
    assert not (tmp_path / "out").exists()
    assert command.main([*class_room, "--unsafe"]) == 0
    assert "WITHOUT a sandbox" in capsys.readouterr().err
    assert "Graded without a sandbox" in (tmp_path / "out" / "report.html").read_text("utf-8")


def test_a_mark_is_replayed_with_the_hidden_inputs(class_room, tmp_path, capsys):
    command.main([*class_room, "--seed", "of the batch"])
    replay = ["replay", str(tmp_path / "out"), "bob", *class_room[4:6]]
    assert command.main(replay) == 0
    told = capsys.readouterr().out
    assert "ipynb of the batch" in told, "the detail"
    assert "0 of 3 points, as recorded." in told
    write(tmp_path / "all", bob="right")
    assert command.main(replay) == 1
    told = capsys.readouterr().out
    assert "has changed since" in told
    assert "3 of 3 points, but 0 are recorded." in told
    assert command.main(["replay", str(tmp_path / "out"), "nobody"]) == 2


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["report", "nowhere"], "no results in nowhere"),
        (["grade", "nowhere", "--out", "out"], "There is no nowhere"),
        (["grade", ".", "--out", "../out", "--sources", "nowhere"], "no exercise in nowhere"),
        (["grade", ".", "--out", "out"], "out lies inside the submissions"),
    ],
)
def test_the_command_says_in_a_sentence_what_is_wrong(
    arguments, sentence, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sandbox, "available", lambda: None)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    assert command.main(arguments) == 2
    told = capsys.readouterr().err
    assert sentence in told
    assert "Traceback" not in told


@pytest.mark.parametrize("name", ["", "grade", "report", "feedback", "export", "replay", "build"])
def test_each_command_explains_itself(name, capsys):
    with pytest.raises(SystemExit) as end:
        command.main([*([name] if name else []), "--help"])
    assert end.value.code == 0
    assert "{program}" not in capsys.readouterr().out


@posix
@pytest.mark.parametrize(
    ("number", "words"), [(errno.ENOSPC, "make room"), (errno.EROFS, "that you may write to")]
)
def test_a_full_disk_and_a_folder_that_cannot_be_written_are_told_in_a_sentence(
    number, words, tmp_path, monkeypatch, capsys
):
    write(tmp_path / "all", ann="right")
    monkeypatch.setattr(sandbox, "available", lambda: None)
    monkeypatch.setattr(signal, "signal", lambda *_: None)

    def refuse(*_, **__):
        raise OSError(number, os.strerror(number), str(tmp_path / "out"))

    monkeypatch.setattr(Results, "write", refuse)
    status = command.main(["grade", str(tmp_path / "all"), "--out", str(tmp_path / "out")])
    assert status == 2
    told = capsys.readouterr().err
    assert words in told
    assert "Traceback" not in told
