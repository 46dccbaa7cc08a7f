"""With a roster everybody has a row, and somebody who is not on it is named as such."""

import csv
import io
import unicodedata

import pytest

from course_utils.grading.batch import Results, grade_batch
from course_utils.grading.export import canvas, gradebook
from course_utils.grading.intake import Submissions, known_exercises, people_of
from course_utils.grading.intake.roster import RosterError
from course_utils.grading.pages import report_page, write_feedback

from . import classroom
from .test_memory import Here, stand_in

MOODLE = "{}_{}_assignsubmission_file_small_exercise.ipynb"
CANVAS = "{}_{}_678901_small_exercise.ipynb"


@pytest.fixture
def owners(tmp_path):
    """Return whose the files of a class are, and who handed in nothing, by a roster."""

    def told(roster, *files):
        (tmp_path / "sources").mkdir(exist_ok=True)
        classroom.write_sources(tmp_path / "sources")
        for file in files:
            path = tmp_path / "class" / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(classroom.notebook(classroom.ANSWERS), "utf-8")
        path = tmp_path / "roster.csv"
        path.write_bytes(roster if isinstance(roster, bytes) else roster.encode())
        people, told.remarks = people_of(path)
        known = known_exercises(tmp_path / "sources")
        told.submissions = Submissions(tmp_path / "class", known, None, people)
        listed = [*told.submissions]
        assert len({(one.student, one.identifier) for one in listed}) == len(listed)
        assert len(told.submissions) == len(listed)
        return {one.student: one.roster if one.path else "absent" for one in listed}

    told.folder = tmp_path
    return told


@pytest.mark.parametrize(
    "roster",
    [
        (
            "Student,ID,SIS User ID,SIS Login ID,Section,Quiz\n    Points Possible,,,,,10\n"
            '"Doe, Jane",101,s1,jd77,A,\n"Li, Bo",102,s2,bl8,A,\n"Student, Test",9,,,A,\n'
        ),
        (
            "First name,Last name,ID number,Email address,Groups\n"
            "Jane,Doe,77,jd77@example.edu,\nBo,Li,78,bl8@example.edu,\n"
        ),
        (
            "Identifier,Full name,Email address,Grade\n"
            "Participant 101,Jane Doe,jd77@example.edu,\nParticipant 102,Bo Li,bl8@example.edu,\n"
        ),
        (
            "First Name,Last Name,SID,Email,Role\nJane,Doe,A1,jd77@example.edu,Student\n"
            "Bo,Li,A2,bl8@example.edu,Student\n"
        ),
        "id,last_name,first_name,email,lms_user_id\njd77,Doe,Jane,,\nbl8,Li,Bo,,\n",
        (
            "OrgDefinedId,Username,Last Name,First Name,End-of-Line Indicator\n"
            "#5,#jd77,Doe,Jane,#\n#6,#bl8,Li,Bo,#\n"
        ),
        "identifier,github_username,github_id,name\nJane Doe,jd77,1,Jane Doe\nx,bl8,2,Bo Li\n",
        "Name;E-Mail-Adresse\r\n\r\nJane Doe;jd77@example.edu\r\n;\r\nBo Li;bl8@example.edu\r\n",
        "sep=;\nName;Login\nJane Doe;jd77\nBo Li;bl8\n",
        'Name,ID,Login\nJane Doe,="101",\'jd77\nBo Li,="102",\'bl8\n',
        "\ufeffName\tLogin\nJane Doe\tjd77\nBo Li\tbl8\n",
        "Name\tLogin\nJane Doe\tjd77\nBo Li\tbl8\n".encode("utf-16"),
    ],
)
@pytest.mark.parametrize(
    ("jane", "stranger"),
    [
        (MOODLE.format("Jane Doe", 101), MOODLE.format("Zed Roe", 103)),
        (CANVAS.format("doejane", 101), CANVAS.format("roezed", 103)),
        ("jd77/small_exercise.ipynb", "zr9/small_exercise.ipynb"),
        ("small-exercise-jd77/small_exercise.ipynb", "small-exercise-zr9/small_exercise.ipynb"),
    ],
)
def test_the_exports_of_all_sites_tell_whose_a_file_is(owners, roster, jane, stranger):
    found = sorted(owners(roster, jane, stranger).values())
    assert found == sorted(["", "Jane Doe", "absent"]) or found == ["", "Doe, Jane", "absent"]


def test_a_name_that_two_people_have_is_told_apart_by_number_or_is_nobodys(owners):
    roster = "Name,ID,Email\nJane Doe,1,a@x.edu\nJane Doe,2,b@x.edu\nBo Li,3,c@x.edu\n"
    files = [MOODLE.format(name, n) for name, n in (("Jane Doe", 1), ("Jane Doe", 2), ("Bo Li", 3))]
    assert set(owners(roster, *files).values()) == {"Jane Doe", "Bo Li"}
    assert "2 on the roster are called alike, Jane Doe" in owners.remarks[0]
    named = owners("Name,Email\nJane Doe,a@x.edu\nJane Doe,b@x.edu\n", "Jane Doe/x.ipynb")
    assert named["Jane Doe"] in {"", "absent"}
    assert [one.path for one in owners.submissions].count("") == 2


def test_who_is_on_the_roster_twice_is_one_person(owners):
    roster = "Name,Login,Section\nJane Doe,jd,A\nJane Doe,jd,B\nBo Li,,A\nBo Li,,B\n"
    assert owners(roster, "jd/small_exercise.ipynb") == {"jd": "Jane Doe", "Bo Li": "absent"}
    assert "Bo Li is on the roster more than once" in " ".join(owners.remarks)


def test_names_that_only_look_alike_are_not_taken_for_one(owners):
    homoglyph = "J\u0430ne Doe"
    assert owners("Name\nJane Doe\n", f"{homoglyph}/small_exercise.ipynb") == {
        homoglyph: "",
        "Jane Doe": "absent",
    }


def test_one_name_in_two_forms_of_unicode_is_one_and_two_files_of_it_are_looked_at(owners):
    composed, apart = (unicodedata.normalize(form, "Zo\u00eb Roe") for form in ("NFC", "NFD"))
    roster = f"Name\n{composed}\n"
    assert owners(roster, f"{apart}/small_exercise.ipynb") == {composed: composed}
    found = owners(roster, f"{composed}/small_exercise.ipynb")
    assert sorted(found.values()) == ["", "", "absent"]


def test_logins_that_differ_in_case_alone_are_nobodys(owners):
    found = owners("Login\njdoe\n", "jdoe/small_exercise.ipynb", "JDoe/small_exercise.ipynb")
    assert found["JDoe"] == ""
    assert "absent" in found.values()


def test_numbers_of_another_kind_name_nobody(owners):
    roster = "Name,SID\nBo Li,101\nJane Doe,102\n"
    files = MOODLE.format("Jane Doe", 101), MOODLE.format("Bo Li", 102)
    assert owners(roster, *files) == {"Jane Doe": "Jane Doe", "Bo Li": "Bo Li"}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"\n\n;;\n", "is empty"),
        (b"Name,Login\n", "nobody below it"),
        (b"Jane Doe,jd77\nBo Li,bl8\n", "no column that tells who somebody is"),
        (b'Name\n"' + b"a" * 300_000, "is no roster"),
        (b"Name\n" + b"a\n" * 9_000_000, "more than 16 MB"),
        (b"Name\n" + b"a\n" * 200_001, "more than 200000 rows"),
        (b"PK\x03\x04" + bytes(range(256)) * 9, "roster"),
    ],
)
def test_what_is_no_roster_is_refused_in_a_sentence(content, said, tmp_path):
    path = tmp_path / "roster.csv"
    path.write_bytes(content)
    with pytest.raises(RosterError, match=said):
        people_of(path)
    for other in (tmp_path, tmp_path / "nothing.csv"):
        with pytest.raises(RosterError, match="cannot be read"):
            people_of(other)


def test_a_table_of_latin_letters_is_read_as_that(owners):
    roster = "Name;Login\nZo\u00eb M\u00fcller;zm\n".encode("latin-1")
    assert owners(roster, "zm/small_exercise.ipynb") == {"zm": "Zo\u00eb M\u00fcller"}


def test_everybody_has_a_row_a_page_and_a_place_in_the_report_and_no_cell_is_a_formula(owners):
    roster = (
        "Name,Login\n=cmd|' /C calc'!A0,../../etc/passwd\nJane Doe,jd\n"
        "<script>alert(1)</script>,@SUM(1)\n"
    )
    owners(roster, "jd/small_exercise.ipynb", "zr9/small_exercise.ipynb")
    with Results(owners.folder / "out", create=True) as results:
        results.save_settings(roster=True)
        told = {"seed": "seed", "processes": Here, "in_flight": 1}
        summary = grade_batch(owners.submissions, results, stand_in, **told)
        assert (summary.graded, summary.absent, summary.unreadable) == (2, 2, 0)
        rows = list(csv.DictReader(io.StringIO(gradebook(results))))
        listed = {row["student"]: (row["on the roster"], row["notes"]) for row in rows}
        assert listed["jd"] == ("Jane Doe", "")
        assert listed["zr9"] == ("", "not on the roster")
        assert listed["'=cmd|' /C calc'!A0"][1] == "Nothing was handed in."
        assert len(rows) == 4
        assert all(cell[:1] not in "=@" for row in rows for cell in row.values() if cell)
        assert [row["total (of 6)"] for row in rows if "handed" in row["notes"]] == ["", ""]
        page = report_page(results)
        assert "On the roster, and handed in nothing (2)" in page
        assert "Not on the roster (1)" in page
        assert "<script" not in page
        assert write_feedback(results) == 4
        pages = list((results.folder / "feedback").iterdir())
        assert len(pages) == 5
        told = [text for page in pages if "Nothing of yours" in (text := page.read_text("utf-8"))]
        assert len(told) == 2
        assert not any("File:" in text for text in told)
        assert "passwd" not in canvas(results).text or "handed" not in canvas(results).text


def test_who_hands_in_later_is_no_longer_said_to_have_handed_in_nothing(owners):
    told = {"seed": "seed", "processes": Here, "in_flight": 1}
    roster = "Name,Login\nJane Doe,jd\nBo Li,bl\n"
    for files, absent in ((["jd/small_exercise.ipynb"], 1), (["bl/small_exercise.ipynb"], 0)):
        owners(roster, *files)
        with Results(owners.folder / "out", create=True) as results:
            assert grade_batch(owners.submissions, results, stand_in, **told).absent == absent
            assert len(list(results.records())) == 2
