"""What is promised of reading submissions: forgiving to students, closed to attackers."""

import functools
import json
import operator
import os
import struct
import zipfile
from pathlib import Path

import pytest

from course_utils.grading.intake import (
    MAX_FILE,
    MEGABYTE,
    IntakeError,
    Known,
    Submission,
    Submissions,
    known_exercises,
)

from . import classroom

KNOWN = {
    "04_step_size": Known("04_step_size", "", "Step size", {"largest_rate": 1.0}, "a"),
    "13_adam_family": Known("13_adam_family", "", "Adam", {"adam": 3.0, "adamw_step": 2.0}, "b"),
}


def cell(source="x = 1\n", kind="code", **more):
    return {"cell_type": kind, "source": source, "metadata": {}, **more}


def notebook(*cells, **metadata):
    return {"cells": list(cells), "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


ADAM = cell("def adam(x):\n    return x\n", id="adam")


def write(path: Path, content=None) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    content = notebook(ADAM) if content is None else content
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    path.write_bytes(data)
    return path


def read(path, exercise=None) -> list[Submission]:
    return list(Submissions(path, KNOWN, exercise))


def only(path, exercise=None) -> Submission:
    [submission] = read(path, exercise)
    return submission


def zipped(path: Path, members) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            content = notebook(ADAM) if content is None else content
            archive.writestr(
                name, content if isinstance(content, bytes) else json.dumps(content).encode()
            )
    return path


# Layouts


@pytest.mark.parametrize(
    ("path", "student", "identifier"),
    [
        ("jane-doe.ipynb", "jane-doe", ""),
        ("jane-doe_13_adam_family.ipynb", "jane-doe", ""),
        ("13-adam-family Jane Doe.ipynb", "Jane Doe", ""),
        ("Jane Doe/13_adam_family.ipynb", "Jane Doe", ""),
        ("Jane Doe/work/13_adam_family.ipynb", "Jane Doe", ""),
        ("jane/13_adam_family/answers.ipynb", "jane", ""),
        ("submitted/jane/13_adam_family/answers.ipynb", "jane", ""),
        ("Jane Doe_123456_assignsubmission_file_/13_adam_family.ipynb", "Jane Doe", "123456"),
        ("Jane Doe_123456_assignsubmission_file_/deeper/a.ipynb", "Jane Doe", "123456"),
        ("Jane Doe_123456_assignsubmission_file/a.ipynb", "Jane Doe", "123456"),
        ("Jane Doe_123456_assignsubmission_file_13_adam.ipynb", "Jane Doe", "123456"),
        ("Week 3/Jane Doe_123456_assignsubmission_file_/a.ipynb", "Jane Doe", "123456"),
        ("Participant_123456_assignsubmission_file_/a.ipynb", "Participant 123456", "123456"),
        ("doejane_12345_678901_13_adam_family.ipynb", "doejane", "12345"),
        ("doejane_LATE_12345_678901_13_adam_family-1.ipynb", "doejane", "12345"),
        ("müllerzoë_12345_678901_a.ipynb", "müllerzoë", "12345"),
        ("anon_Ab3dE_678901_a.ipynb", "anonymous Ab3dE", "Ab3dE"),
    ],
)
def test_the_student_is_told_by_the_layout_of_folder_and_zip(path, student, identifier, tmp_path):
    folder = tmp_path / "folder"
    write(folder / path)
    archive = zipped(tmp_path / "all.zip", [(path, None)])
    for source in (folder, archive):
        submission = only(source)
        assert (submission.student, submission.identifier) == (student, identifier)
        assert submission.exercise == "13_adam_family"
        assert submission.problem is None


def test_a_notebook_by_itself_is_a_submission(tmp_path):
    assert only(write(tmp_path / "jane.ipynb")).student == "jane"


def test_a_folder_of_nbgraders_course_is_read_where_students_submitted(tmp_path):
    write(tmp_path / "source" / "13_adam_family" / "a.ipynb")
    write(tmp_path / "submitted" / "jane" / "13_adam_family" / "a.ipynb")
    write(tmp_path / "submitted" / "jane" / "04_step_size" / "a.ipynb")
    found = read(tmp_path)
    assert [(one.student, one.exercise) for one in found] == [
        ("jane", "04_step_size"),
        ("jane", "13_adam_family"),
    ]


def test_a_folder_around_all_students_is_no_student(tmp_path):
    members = [(f"download/{name}/a.ipynb", None) for name in ("ann", "bob")]
    assert [one.student for one in read(zipped(tmp_path / "x.zip", members))] == ["ann", "bob"]


def test_files_that_all_bear_the_exercises_name_are_of_different_students(tmp_path):
    for name in ("13_adam_family.ipynb", "13_adam_family (1).ipynb"):
        write(tmp_path / name)
    assert len(read(tmp_path)) == 2


def test_students_come_in_the_order_of_their_names(tmp_path):
    for name in ("carl", "ann", "bob"):
        write(tmp_path / f"{name}.ipynb")
    found = Submissions(tmp_path, KNOWN)
    assert len(found) == 3
    assert [one.student for one in found] == ["ann", "bob", "carl"]


@pytest.mark.parametrize(
    "name", ["a.ipynb.txt", "A.IPYNB", "a (1).ipynb", "a.ipynb (2)", "a.ipynb.json"]
)
def test_a_notebook_is_recognised_however_it_was_saved(name, tmp_path):
    write(tmp_path / "jane" / name)
    assert only(tmp_path).problem is None


def test_checkpoints_and_clutter_are_ignored(tmp_path):
    write(tmp_path / "jane" / "a.ipynb")
    for path in (".ipynb_checkpoints/a-checkpoint.ipynb", "a-checkpoint.ipynb", "._a.ipynb"):
        write(tmp_path / "jane" / path, notebook(cell("other")))
    write(tmp_path / "__MACOSX" / "jane" / "a.ipynb")
    assert not only(tmp_path).notes


@pytest.mark.parametrize(
    ("folder", "names"),
    [
        ("jane", ["a.ipynb", "a (1).ipynb", "a (2).ipynb"]),
        ("jane", ["a.ipynb", "a-Copy1.ipynb", "a-Copy2.ipynb"]),
        (".", ["doe_12_1001_a.ipynb", "doe_12_1002_a-1.ipynb", "doe_12_9001_a-2.ipynb"]),
    ],
)
def test_of_several_files_the_highest_number_counts_and_a_note_says_so(folder, names, tmp_path):
    for age, name in enumerate(names):
        write(tmp_path / folder / name, notebook(cell(name), ADAM))
        os.utime(tmp_path / folder / name, (1000 - age, 1000 - age))
    submission = only(tmp_path)
    assert submission.cells[0].source == names[-1]
    [note] = submission.notes
    assert names[-1] in note
    assert names[0] in note


def test_of_files_with_different_names_the_newest_counts(tmp_path):
    for age, name in ((5, "final.ipynb"), (9, "draft.ipynb")):
        write(tmp_path / "jane" / name, notebook(cell(name), ADAM))
        os.utime(tmp_path / "jane" / name, (age, age))
    assert only(tmp_path).cells[0].source == "draft.ipynb"


def test_a_newer_file_that_cannot_be_read_does_not_cost_the_mark(tmp_path):
    write(tmp_path / "jane" / "13_adam_family.ipynb")
    write(tmp_path / "jane" / "13_adam_family (1).ipynb", b'{"cells": [')
    assert only(tmp_path).problem is None


def test_a_scratch_notebook_beside_the_answer_is_a_note(tmp_path):
    write(tmp_path / "jane" / "13_adam_family.ipynb")
    write(tmp_path / "jane" / "Untitled.ipynb", notebook(cell("1 + 1")))
    assert "Untitled.ipynb was not graded" in only(tmp_path).notes[0]


# Which exercise


def test_the_notebooks_metadata_tell_the_exercise_before_its_name(tmp_path):
    content = notebook(ADAM, course={"exercise": "04_step_size"})
    assert only(write(tmp_path / "13_adam_family.ipynb", content)).exercise == "04_step_size"


@pytest.mark.parametrize(
    "content",
    [
        cell("pass", id="adam"),
        cell("pass", metadata={"nbgrader": {"grade_id": "check-adamw_step"}}),
        cell('check("adam", adam)'),
        cell("def adam(x):\n    pass"),
    ],
)
def test_cells_tell_the_exercise_where_names_do_not(content, tmp_path):
    assert only(write(tmp_path / "x.ipynb", notebook(content))).exercise == "13_adam_family"


def test_the_instructor_can_tell_the_exercise(tmp_path):
    path = write(tmp_path / "13_adam_family.ipynb")
    assert only(path, "04_step_size").exercise == "04_step_size"
    with pytest.raises(IntakeError, match="no exercise 'nonsense'; there are 04_step_size"):
        read(path, "nonsense")


def test_a_notebook_of_no_known_exercise_is_a_line_in_the_report(tmp_path):
    submission = only(write(tmp_path / "x.ipynb", notebook(cell("1 + 1"))))
    assert submission.exercise is None
    assert "--exercise" in submission.problem


def test_exercises_are_known_by_their_sources(tmp_path):
    mark = {"nbgrader": {"grade": True, "grade_id": "check-adam", "points": 3}}
    source = notebook(cell("# Exercises: Adam", "markdown"), ADAM, cell(metadata=mark))
    write(tmp_path / "13_adam.ipynb", source)
    before = known_exercises(tmp_path)["13_adam"]
    assert before.title == "Adam"
    assert before.points == {"adam": 3.0}
    (tmp_path / "13_adam.py").write_text("exercise = None", "utf-8")
    assert known_exercises(tmp_path)["13_adam"].digest != before.digest
    write(tmp_path / "14_broken.ipynb", {"cells": [{}]})
    with pytest.raises(IntakeError, match=r"14_broken\.ipynb is no source"):
        known_exercises(tmp_path)
    with pytest.raises(IntakeError, match="no exercise in"):
        known_exercises(tmp_path / "nothing")


# Notebooks


def test_notebooks_of_all_programs_are_read(tmp_path):
    colab = notebook(cell(["a\n", "b"], metadata={"id": "adam"}), colab={"provenance": []})
    colab["nbformat_minor"] = 0
    third = {"worksheets": [{"cells": [{"cell_type": "code", "input": ["a\n", "b"]}]}]}
    bare = {"cells": [{"cell_type": "code", "source": "a\nb"}, "no cell", {"cell_type": []}]}
    kinds = {
        "colab": json.dumps(colab).encode(),
        "format 3": json.dumps(third).encode(),
        "bare": json.dumps(bare).encode(),
        "bom": b"\xef\xbb\xbf" + json.dumps(colab).encode(),
        "utf-16": json.dumps(colab).encode("utf-16"),
        "nan": json.dumps(notebook(cell("a\nb", outputs=[float("nan"), 1e300, 10**50]))).encode(),
    }
    for name, data in kinds.items():
        submission = only(write(tmp_path / name / "13_adam_family.ipynb", data))
        assert submission.problem is None, name
        assert submission.cells[0].source == "a\nb", name
    colab_file = tmp_path / "colab" / "13_adam_family.ipynb"
    assert only(colab_file).cells[0].id == "adam"


def test_ids_and_grade_ids_are_kept(tmp_path):
    both = cell(id="a", metadata={"nbgrader": {"grade_id": "b"}})
    [read_cell] = only(write(tmp_path / "13_adam_family.ipynb", notebook(both))).cells
    assert (read_cell.kind, read_cell.id, read_cell.grade_id) == ("code", "a", "b")


def test_outputs_however_large_are_not_kept(tmp_path):
    large = cell("a", outputs=[{"text": "x" * 20 * MEGABYTE}])
    submission = only(write(tmp_path / "13_adam_family.ipynb", notebook(large)))
    assert submission.problem is None
    assert len(repr(submission)) < 1000


def test_texts_can_always_be_stored_and_shown(tmp_path):
    content = rb'{"cells": [{"cell_type": "code", "source": "s = \"\ud800\"", "id": "\u202eevil"}]}'
    write(tmp_path / "j\u202ean\ne" / "13_adam_family.ipynb", content)
    submission = only(tmp_path)
    json.dumps(vars(submission.cells[0]), ensure_ascii=False).encode()
    assert submission.cells[0].id == "evil"
    assert submission.student == "jane"


def test_two_names_that_look_the_same_stay_two_students(tmp_path):
    for name in ("jane", "ja\u200bne", "\x01jane", "jane (2)"):
        write(tmp_path / name / "13_adam_family.ipynb")
    found = {one.student: one.path for one in read(tmp_path)}
    assert len(found) == 4
    assert found["jane"] == "jane/13_adam_family.ipynb"
    assert found["jane (2)"] == "jane (2)/13_adam_family.ipynb"


deep = b'{"cells": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
merge = b'{"cells": [\n<<<<<<< HEAD\n1\n=======\n2\n>>>>>>> other\n]}'


@pytest.mark.parametrize(
    ("data", "problem", "advice"),
    [
        (b"", "empty", "empty"),
        (b"\0" * 5000, "empty", "empty"),
        (b'{"cells": [{"cell_type": "code", "sou', "breaks off", "upload"),
        (b'{"cells": [], }', "not valid JSON from line 1", "edited as a text"),
        (deep, "too deeply", "hand it in"),
        (merge, "merge by Git", "<<<<<<<"),
        (b"[1, 2]", "no notebook", ".ipynb"),
        (b'{"a": 1}', "no notebook", ".ipynb"),
        (b'{"cells": 3}', "no notebook", ".ipynb"),
        (b"import numpy as np", "does not hold JSON", ".ipynb"),
        (b"<!DOCTYPE html><html>", "web page", "Download .ipynb"),
        (b"PK\x03\x04...", "a zip", ".ipynb"),
        (b'{"cells": [' + b"{}," * 2_100_000 + b"{}]}", "values", "Clear the outputs"),
        (json.dumps(notebook(*[cell()] * 6000)).encode(), "6,000 cells", "hand it in"),
        (json.dumps(notebook(cell("#" * 2 * MEGABYTE))).encode(), "MB of code", "pasted"),
    ],
)
def test_what_cannot_be_read_tells_instructor_and_student_what_to_do(
    data, problem, advice, tmp_path
):
    submission = only(write(tmp_path / "13_adam_family_jane.ipynb", data))
    assert problem in submission.problem
    assert advice in submission.advice
    assert submission.exercise == "13_adam_family"
    assert not submission.cells


def test_a_file_of_200_mb_is_not_read(tmp_path):
    path = tmp_path / "13_adam_family.ipynb"
    with path.open("wb") as file:
        file.truncate(200 * MEGABYTE)
    assert "200 MB; more than 32 MB" in only(path).problem


@pytest.mark.parametrize(
    ("names", "problem"),
    [
        (["a.py", "notes.pdf"], "no notebook among the files: a.py, notes.pdf"),
        (["work.zip"], "archive inside"),
    ],
)
def test_other_files_are_a_line_in_the_report(names, problem, tmp_path):
    for name in names:
        write(tmp_path / "jane" / name, b"...")
    submission = only(tmp_path)
    assert problem in submission.problem
    assert ".ipynb" in submission.advice


def test_a_text_typed_into_the_site_is_ignored_beside_a_notebook(tmp_path):
    write(tmp_path / "Jane_1_assignsubmission_onlinetext_" / "onlinetext.html", b"<p>")
    assert "typed" in only(tmp_path).problem
    write(tmp_path / "Jane_1_assignsubmission_file_" / "a.ipynb")
    assert only(tmp_path).problem is None


@pytest.mark.parametrize("name", ["nothing", "empty", "text.txt"])
def test_what_is_no_folder_and_no_zip_is_refused_in_a_sentence(name, tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "text.txt").write_text("x", "utf-8")
    with pytest.raises(IntakeError, match="name the folder"):
        read(tmp_path / name)


# Attacks


def test_links_lead_nowhere_outside(tmp_path):
    secret = write(tmp_path / "secret.ipynb")
    folder = tmp_path / "all"
    write(folder / "ann" / "13_adam_family.ipynb")
    (folder / "eve").mkdir()
    (folder / "eve" / "13_adam_family.ipynb").symlink_to(secret)
    (folder / "mal").symlink_to(tmp_path)
    (folder / "ann" / "again.ipynb").symlink_to(folder / "ann" / "13_adam_family.ipynb")
    found = {one.student: one for one in read(folder)}
    assert "link" in found["eve"].problem
    assert found["eve"].digest == ""
    assert not any("secret" in one.path for one in found.values())
    assert found["ann"].problem is None


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes on this system")
def test_pipes_are_not_waited_for(tmp_path):
    write(tmp_path / "ann" / "13_adam_family.ipynb")
    os.mkfifo(tmp_path / "ann" / "b.ipynb")
    assert only(tmp_path).path == "ann/13_adam_family.ipynb"


@pytest.mark.parametrize(
    "name",
    ["../eve/a.ipynb", "/etc/eve/a.ipynb", "C:\\eve\\a.ipynb", "eve\\..\\..\\a.ipynb"],
)
def test_names_in_a_zip_that_lead_outside_are_refused(name, tmp_path):
    archive = zipped(tmp_path / "all.zip", [("ann/a.ipynb", None), (name, None)])
    before = sorted(tmp_path.rglob("*"))
    problems = [one.problem for one in read(archive)]
    assert problems.count(None) == 1
    assert any(problem and "leads out" in problem for problem in problems)
    assert sorted(tmp_path.rglob("*")) == before, "nothing is extracted"


def test_backslashes_of_windows_are_forgiven(tmp_path):
    assert only(zipped(tmp_path / "all.zip", [("jane\\a.ipynb", None)])).student == "jane"


def test_a_link_in_a_zip_is_refused(tmp_path):
    link = zipfile.ZipInfo("eve/13_adam_family.ipynb")
    link.external_attr = 0o120777 << 16
    assert "link" in only(zipped(tmp_path / "all.zip", [(link, b"/etc/passwd")])).problem


def test_a_zip_bomb_stops_nobody_else(tmp_path):
    bomb = b" " * 8 * MEGABYTE + b"{}"
    huge = b" " * (MAX_FILE + 1)
    members = [("ann/a.ipynb", None), ("eve/a.ipynb", bomb), ("mal/a.ipynb", huge)]
    found = {one.student: one.problem for one in read(zipped(tmp_path / "all.zip", members))}
    assert found["ann"] is None
    assert "zip bombs" in found["eve"]
    assert "more than 32 MB" in found["mal"]


def test_a_zip_whose_header_lies_about_sizes_yields_no_more_than_it_says(tmp_path):
    archive = zipped(tmp_path / "all.zip", [("eve/a.ipynb", b" " * 8 * MEGABYTE)])
    data = archive.read_bytes()
    size = struct.pack("<I", 8 * MEGABYTE)
    assert data.count(size) == 2
    archive.write_bytes(data.replace(size, struct.pack("<I", 1000)))
    assert only(archive).problem is not None


def test_a_zip_whose_members_overlap_is_refused(tmp_path):
    archive = zipped(tmp_path / "all.zip", [(f"s{i}/a.ipynb", os.urandom(5000)) for i in range(9)])
    with zipfile.ZipFile(archive, "a") as opened:
        for member in opened.infolist():
            member.compress_size *= 3
        opened.writestr("more", "x")
    with pytest.raises(IntakeError, match="zip bombs"):
        read(archive)


def test_what_is_encrypted_or_damaged_in_a_zip_is_a_line_in_the_report(tmp_path):
    locked = zipped(tmp_path / "locked.zip", [("eve/a.ipynb", None)])
    data = bytearray(locked.read_bytes())
    for sign, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(sign) + offset] |= 1
    locked.write_bytes(data)
    assert "encrypted" in only(locked).problem
    damaged = zipped(tmp_path / "damaged.zip", [("eve/a.ipynb", os.urandom(5000))])
    data = bytearray(damaged.read_bytes())
    data[200] ^= 0xFF
    damaged.write_bytes(data)
    assert "damaged" in only(damaged).problem


def test_a_zip_in_a_zip_is_not_opened(tmp_path):
    inner = zipped(tmp_path / "inner.zip", [("a.ipynb", None)])
    outer = zipped(tmp_path / "all.zip", [("eve/inner.zip", inner.read_bytes())])
    assert "archive" in only(outer).problem


def test_two_members_of_one_name_are_two_attempts_of_one_student(tmp_path):
    name = "eve/13_adam_family.ipynb"
    with pytest.warns(UserWarning, match="Duplicate name"):
        archive = zipped(tmp_path / "all.zip", [(name, None), (name, notebook(cell("b"), ADAM))])
    assert "Of 2 files" in only(archive).notes[0]


@pytest.mark.parametrize("name", ["Zoë".encode(), b"\x81\xfe\xff"])
def test_names_in_any_encoding_are_read(name, tmp_path):
    archive = zipped(tmp_path / "all.zip", [("QQQ/13_adam_family.ipynb", None)])
    data = archive.read_bytes().replace(b"QQQ", name[:3].ljust(3, b"Q"))
    if len(name) == 4:  # the same number of bytes in the zip
        archive = zipped(tmp_path / "all.zip", [("QQQQ/13_adam_family.ipynb", None)])
        data = archive.read_bytes().replace(b"QQQQ", name)
    archive.write_bytes(data)
    submission = only(archive)
    assert submission.problem is None
    assert submission.student == ("Zoë" if len(name) == 4 else submission.student)
    submission.student.encode()


def test_a_zip_that_is_damaged_as_a_whole_is_refused_in_a_sentence(tmp_path):
    archive = zipped(tmp_path / "all.zip", [("a/a.ipynb", None), ("b/a.ipynb", None)])
    data = bytearray(archive.read_bytes())
    data[data.index(b"PK\x01\x02") + 1] = 0
    archive.write_bytes(data)
    with pytest.raises(IntakeError, match="damaged"):
        read(archive)


@pytest.mark.parametrize(
    "name",
    [
        "alice_123_4567_13_adam_family.ipynb",
        "alice_LATE_123_4567_13_adam_family.ipynb",
        "Alice_123_assignsubmission_file_13_adam_family.ipynb",
        "Alice_123_assignsubmission_file_/13_adam_family.ipynb",
    ],
)
def test_nobody_takes_another_name_by_how_a_file_is_called(name, tmp_path):
    write(tmp_path / "alice" / "13_adam_family.ipynb")
    write(tmp_path / "bob" / name)
    assert sorted(submission.student for submission in read(tmp_path)) == ["alice", "bob"]


def test_a_link_to_a_fellows_file_is_refused(tmp_path):
    write(tmp_path / "alice" / "13_adam_family.ipynb")
    (tmp_path / "bob").mkdir()
    (tmp_path / "bob" / "13_adam_family.ipynb").symlink_to("../alice/13_adam_family.ipynb")
    problems = {submission.student: submission.problem for submission in read(tmp_path)}
    assert problems["alice"] is None
    assert "link" in problems["bob"]


def test_a_name_that_utf_8_cannot_hold_can_be_stored(tmp_path):
    (tmp_path / "bob").mkdir()
    Path(os.fsdecode(bytes(tmp_path / "bob") + b"/\xff\x1b.zip")).write_bytes(b"")
    [submission] = read(tmp_path)
    assert submission.problem.encode()
    assert "\x1b" not in submission.problem


# Nobody vanishes


def names(path):
    return [one.student for one in read(path)]


CLASSES = {
    "canvas": ["submissions/oneuser_101_2001_a.ipynb", "submissions/twouser_102_2002_a.ipynb"],
    "canvas, one student": ["submissions/oneuser_101_2001_a.ipynb"],
    "names in a class": ["class/User One.ipynb", "class/User Two.ipynb"],
    "names in any folder": [f"Physics B/{name}.ipynb" for name in ("ann", "bob", "eve")],
    "two folders": ["a/submissions/ann/x.ipynb", "a/submissions/bob/x.ipynb"],
    "moodle": ["M/Ann Lee_1_assignsubmission_file_/x.ipynb", "M/.DS_Store"],
}


@pytest.mark.parametrize("layout", CLASSES)
def test_a_folder_around_everybody_hides_nobody(layout, tmp_path):
    paths = CLASSES[layout]
    archive = zipped(tmp_path / "all.zip", [(path, None) for path in paths])
    for path in paths:
        write(tmp_path / "folder" / path)
    wanted = [path for path in paths if path.endswith("ipynb")]
    for source in (archive, tmp_path / "folder"):
        assert len(names(source)) == len(wanted)
        assert not set(names(source)) & {"submissions", "class", "Physics B", "a", "M"}


def test_the_number_for_canvas_is_found_inside_a_folder(tmp_path):
    [one, _] = read(zipped(tmp_path / "x.zip", [(path, None) for path in CLASSES["canvas"]]))
    assert (one.student, one.identifier) == ("oneuser", "101")


def test_of_two_attempts_in_blackboard_the_newest_counts_and_receipts_are_no_students(tmp_path):
    start = "Week 3_jdoe_attempt_2026-11-"
    members = [
        (f"{start}09-10-14-33_13_adam_family.ipynb", notebook(cell("new"), ADAM)),
        (f"{start}08-23-59-59_draft.ipynb", notebook(cell("old"), ADAM)),
        (f"{start}09-10-14-33.txt", b"Name: Jane Doe"),
    ]
    submission = only(zipped(tmp_path / "x.zip", members))
    assert submission.student == "jdoe"
    assert submission.cells[0].source == "new"


def test_gradescopes_list_names_the_students_and_is_none(tmp_path):
    listed = b"""---
submission_11:
  :submitters:
  - :name: Ann Lee
    :sid: '501'
  - :name: "Bob Ray"
    :sid: '502'
  :created_at: 2026-11-09
submission_12:
  :submitters:
  - :name: Eve
    :sid:
"""
    members = [(f"assignment_7_export/submission_{n}/13_adam_family.ipynb", None) for n in (11, 12)]
    members += [("assignment_7_export/submission_metadata.yml", listed)]
    found = {(one.student, one.identifier) for one in read(zipped(tmp_path / "x.zip", members))}
    assert found == {("Ann Lee", "501"), ("Bob Ray", "502"), ("Eve", "12")}


def test_brightspaces_index_is_no_student_and_its_newest_attempt_counts(tmp_path):
    folder = "2048-3100 - Ann Lee - Nov {}, 2026 1014 AM/13_adam_family.ipynb"
    members = [(folder.format(day), notebook(cell(day), ADAM)) for day in ("9", "10")]
    bob = "2049-3100 - Bob Ray - Nov 9, 2026 923 PM/a.ipynb"
    members += [("index.html", b"<html>"), (bob, None)]
    archive = zipped(tmp_path / "x.zip", members)
    found = {one.student: one for one in read(archive)}
    assert set(found) == {"Ann Lee", "Bob Ray"}
    assert found["Ann Lee"].cells[0].source == "10"
    assert Submissions(archive, KNOWN).aside == [("index.html", "added by the site")]


@pytest.mark.parametrize(
    ("path", "student"),
    [
        ("ann/.ipynb_checkpoints/a-checkpoint.ipynb", "ann"),
        ("ann/.a.ipynb", "ann"),
        ("ann-checkpoint.ipynb", "ann"),
        (".ann.ipynb", "ann"),
        ("ann/", "ann"),
        ("ann/work/", "ann"),
    ],
)
def test_who_handed_in_only_what_is_set_aside_has_a_row(path, student, tmp_path):
    folder = tmp_path / "folder"
    write(folder / "bob" / "13_adam_family.ipynb")
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr("bob/13_adam_family.ipynb", json.dumps(notebook(ADAM)))
        archive.writestr(path, b"" if path.endswith("/") else json.dumps(notebook(ADAM)))
    if path.endswith("/"):
        (folder / path).mkdir(parents=True)
    else:
        write(folder / path)
    for source in (folder, tmp_path / "x.zip"):
        found = {one.student: one for one in read(source)}
        assert set(found) == {student, "bob"}
        assert found[student].problem
        assert found[student].advice


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes on this system")
def test_who_handed_in_only_a_pipe_has_a_row(tmp_path):
    (tmp_path / "ann").mkdir()
    os.mkfifo(tmp_path / "ann" / "a.ipynb")
    assert "no regular file" in only(tmp_path).problem


def test_every_file_is_accounted_for(tmp_path):
    kept = ["ann/13_adam_family.ipynb", "bob/13_adam_family.ipynb"]
    checkpoint = "ann/.ipynb_checkpoints/a-checkpoint.ipynb"
    others = ["ann/data.csv", checkpoint, ".DS_Store", "bob/.git/x"]
    for path in kept + others:
        write(tmp_path / path)
    found = Submissions(tmp_path, KNOWN)
    assert sorted(path for path, _ in found.aside) == sorted(others)
    assert sorted(one.path for one in found) == kept


def test_a_notebook_in_another_language_is_said_so_in_one_sentence(tmp_path):
    r = cell("adam <- function(x) x", id="adam")
    content = notebook(r, kernelspec={"name": "ir", "language": "R", "display_name": "R"})
    submission = only(write(tmp_path / "jane" / "13_adam_family.ipynb", content))
    assert submission.problem == "The notebook is in R, not in Python."
    python = notebook(ADAM, kernelspec={"name": "ir", "language": "R"})
    assert only(write(tmp_path / "jane" / "13_adam_family.ipynb", python)).problem is None


@pytest.mark.parametrize("prefix", ["Copy of ", "Copy of Copy of ", "Kopie von ", "Copia de "])
def test_a_copy_by_colab_is_not_a_student_of_that_name(prefix, tmp_path):
    submission = only(write(tmp_path / f"{prefix}13_adam_family.ipynb"))
    assert submission.student != prefix.strip()
    assert "whose it is" in submission.notes[0]
    path = write(tmp_path / "x" / f"{prefix}13_adam_family_jane.ipynb")
    assert only(path).student == "jane"


def test_names_that_differ_in_what_cannot_be_seen_are_told_apart(tmp_path):
    for name in ("Zo\u00eb", "Zoe\u0308", "Zo\u00eb\u00ad", "Zo\u00eb\ufe0f", "Zo\u00eb\U000e0041"):
        write(tmp_path / name / "13_adam_family.ipynb")
    assert sorted(names(tmp_path)) == ["Zoë", *(f"Zoë ({number})" for number in range(2, 6))]


def test_however_many_notebooks_one_student_has_the_cells_of_one_are_kept(tmp_path):
    import tracemalloc

    large = notebook(ADAM, *[cell("x" * 5000, "markdown") for _ in range(400)])
    sizes = []
    for count in (2, 12):
        for number in range(count):
            write(tmp_path / str(count) / "jane" / f"13_adam_family ({number}).ipynb", large)
        tracemalloc.start()
        for _ in Submissions(tmp_path / str(count), KNOWN):
            pass
        sizes.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert sizes[1] < 1.5 * sizes[0]


ODD = [None, True, -1, float("nan"), "", "\x00\x1b[2J", "=1+1", "../../etc/passwd", [], [["x"]], {}]


def places(value, place=()):
    """Yield where something stands in a notebook."""
    yield place
    several = value.items() if isinstance(value, dict) else ()
    several = list(enumerate(value))[:2] if isinstance(value, list) else several
    for key, part in several:
        yield from places(part, (*place, key))


@pytest.mark.parametrize("odd", ODD, ids=repr)
def test_whatever_stands_anywhere_in_a_notebook_its_student_has_a_row(odd, tmp_path):
    text = classroom.notebook(classroom.ANSWERS)
    sources = tmp_path / "sources"
    sources.mkdir()
    classroom.write_sources(sources)
    known = known_exercises(sources)
    for place in places(json.loads(text)):
        data = {"all": json.loads(text)}
        *before, last = ("all", *place)
        functools.reduce(operator.getitem, before, data)[last] = odd
        path = tmp_path / "class" / f"Ann_{classroom.SLUG}.ipynb"
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(data["all"]), "utf-8")
        [one] = Submissions(path.parent, known)
        assert one.problem or one.cells is not None
        json.dumps([one.student, one.exercise, one.problem, list(one.notes)]).encode()
