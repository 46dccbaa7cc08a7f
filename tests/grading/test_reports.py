"""What is promised of gradebooks and pages: true marks, in their layouts, and nothing hidden."""

import base64
import csv
import hashlib
import io
import re
import zipfile
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from course_utils.grading.batch import Results
from course_utils.grading.export import (
    ExportError,
    Student,
    canvas,
    exercises_of,
    gradebook,
    harmless,
    moodle,
    students,
)
from course_utils.grading.intake.roster import RosterError
from course_utils.grading.pages import (
    REASONS,
    feedback_page,
    report_page,
    write_feedback,
    write_moodle_feedback,
)

SLUG = "13_adam_family"
EXERCISES = {
    SLUG: {"title": "Adam and its relatives", "questions": {"adam": 3.0, "adamw_step": 1.0}},
    "04_step_size": {"title": "Step size", "questions": {"largest_rate": 2.0}},
}
EVIL = "<img src=x onerror=alert(1)></style><script>alert(1)</script>"
HIDDEN = "the hidden input 12.75"


def question(name, points, out_of, kind="wrong", **more):
    made = {"sentence": f"It is {kind}.", "hint": "", "wrong": "", "detail": HIDDEN}
    return {"name": name, "points": points, "out_of": out_of, "kind": kind} | made | more


def record(student, points, identifier="", exercise=SLUG, **more):
    """Return a record in which adam is right or not and adamw_step is wrong."""
    kind = "right" if points else "wrong"
    questions = [question("adam", points, 3.0, kind), question("adamw_step", 0, 1.0)]
    if exercise != SLUG:
        questions = [question("largest_rate", points, 2.0, kind)]
    return {
        "student": student,
        "identifier": identifier,
        "exercise": exercise,
        "status": "graded",
        "points": float(points),
        "out_of": 4.0,
        "questions": questions,
        "notes": [],
        "problem": None,
        "advice": None,
        "path": f"{student}.ipynb",
        "digest": "",
        "sandbox": "bubblewrap",
        "gone": False,
        "fingerprint": student,
    } | more


def unreadable(student, **more):
    told = {"status": "unreadable", "questions": [], "problem": "It breaks off.", "points": 0.0}
    return record(student, 0, **more) | told | {"advice": "Save it again."}


@pytest.fixture
def results(tmp_path):
    """Return a function that makes results of records."""

    def made(*records, **settings):
        with Results(tmp_path / "results", create=True) as results:
            results.save_settings(exercises=EXERCISES, complete=True, unsafe=False, **settings)
            for one in records:
                results.append(one)
        return results

    return made


def table(text):
    return list(csv.reader(io.StringIO(text)))


# The plain gradebook


def test_the_gradebook_has_a_row_for_each_student_and_a_column_for_each_question(results):
    header, *rows = table(
        gradebook(
            results(
                record("Ann", 3, "7"),
                record("Ann", 2, "7", exercise="04_step_size"),
                record("Bob", 0),
                unreadable("Carl"),
            )
        )
    )
    assert header == [
        "student",
        "identifier",
        "04_step_size (of 2)",
        "largest_rate (of 2)",
        "13_adam_family (of 4)",
        "adam (of 3)",
        "adamw_step (of 1)",
        "total (of 6)",
        "notes",
        "files",
    ]
    assert rows[0][:8] == ["Ann", "7", "2", "2", "3", "3", "0", "5"]
    assert rows[1][:8] == ["Bob", "", "", "", "0", "0", "0", "0"]
    assert rows[2][2:9] == ["", "", "", "", "", "", "It breaks off."], "no zero for what is unread"


@pytest.mark.parametrize(
    "name",
    ['=HYPERLINK("http://x")', "+1", "-1", "@x", "\tx", "＝1+1", "﹣1", " =1"]
    # What a spreadsheet drops, or nobody sees, before the sign.
    + [
        f"{unseen}=1+1" for unseen in "\x00\x0b\x1f\x85\xa0\xad\u2003\u200b\u2028\u202e\u2066\ufeff"
    ],
)
def test_no_cell_is_a_formula(name, results):
    [_, row] = table(gradebook(results(record(name, 3))))
    assert row[0] == f"'{name}"
    for layout in (canvas, moodle):
        text = layout(results(record(name, 3))).text
        assert not any(cell.startswith(("=", "+", "@")) for row in table(text) for cell in row)


def test_the_gradebook_says_what_was_unsafe_or_is_gone(results):
    made = results(record("Ann", 3, sandbox="none"), record("Bob", 3, gone=True))
    _, ann, bob = table(gradebook(made))
    assert "without a sandbox" in ann[-2]
    assert "no longer among" in bob[-2]


# Canvas

CANVAS = """\
Student,ID,SIS User ID,SIS Login ID,Section,Adam and its relatives (987),Essay (988),Current Score
    Points Possible,,,,,100.00,10.00,(read only)
"Doe, Jane",501,S1,jdoe,Main,,7.00,70
"Roe, Rick",502,S2,rroe@school.edu,Main,,8.00,80
"Twin, Tom",503,S3,tom1,Main,5.00,,
"Twin, Tom",504,S4,tom2,Main,,,
"=Evil",505,S5,evil,Main,,,
"""


def test_without_a_roster_canvas_gets_its_columns_and_points_possible(results):
    made = canvas(results(record("doejane", 3, "501"), unreadable("roerick", identifier="502")))
    assert table(made.text) == [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Adam and its relatives"],
        ["    Points Possible", "", "", "", "", "4"],
        ["doejane", "501", "", "", "", "3"],
        ["roerick", "502", "", "", "", ""],
    ]
    assert "--roster" in made.remarks[0]


def test_a_roster_of_canvas_is_filled_in_and_else_left_as_it_is(results, tmp_path):
    roster = tmp_path / "canvas.csv"
    roster.write_text("\ufeff" + CANVAS, encoding="utf-8")
    made = canvas(
        results(
            record("doejane", 3, "501"),  # by the number, as in Canvas's zip
            record("rroe", 0),  # by the login, as in nbgrader's folders
            record("Tom Twin", 3),  # two bear the name
            record("Stranger", 3),
        ),
        roster,
    )
    before, after = table(CANVAS), table(made.text.removeprefix("\ufeff"))
    assert [row[5] for row in after[2:]] == ["75", "0", "5.00", "", ""]
    assert [row[:5] + row[6:] for row in after] == [row[:5] + row[6:] for row in before]
    assert after[1] == before[1]
    assert made.text.startswith("\ufeff")
    assert any("multiplied by 25" in remark for remark in made.remarks)
    assert any("Stranger" in remark and "Tom Twin" in remark for remark in made.remarks)


def test_an_exercise_that_canvas_does_not_know_becomes_a_column(results, tmp_path):
    roster = tmp_path / "canvas.csv"
    roster.write_text(CANVAS.replace(",Adam and its relatives (987)", ",Other (987)"), "utf-8")
    made = canvas(results(record("doejane", 3, "501")), roster)
    header, possible, jane, *_ = table(made.text)
    assert (header[-1], possible[-1], jane[-1]) == ("Adam and its relatives", "4", "3")
    assert any("it was added" in remark for remark in made.remarks)


def test_what_is_no_roster_is_refused_in_a_sentence(results, tmp_path):
    roster = tmp_path / "other.csv"
    roster.write_text("name,mark\nAnn,3\n", "utf-8")
    for layout, where in ((canvas, "Grades > Export"), (moodle, "download the worksheet")):
        with pytest.raises(ExportError, match=where):
            layout(results(record("Ann", 3)), roster)
        with pytest.raises(RosterError, match="cannot be read"):
            layout(results(record("Ann", 3)), tmp_path / "nothing.csv")


@pytest.mark.parametrize("content", [b'"' + b"a" * 300_000, b"\x00" * 99, b"\n" * 99, b'"' * 999])
def test_a_file_that_is_no_table_is_refused_in_a_sentence(content, results, tmp_path):
    roster = tmp_path / "broken.csv"
    roster.write_bytes(content)
    for layout in (canvas, moodle):
        with pytest.raises((ExportError, RosterError), match=r"[Dd]ownload|Export"):
            layout(results(record("Ann", 3)), roster)


def test_a_long_name_of_signs_and_spaces_is_made_harmless_at_once():
    for name in ("\xa0" * 50_000, "; " * 50_000, "\u200b;" * 50_000, "\n" * 50_000):
        assert len(harmless(name)) >= len(name)


# Moodle

MOODLE = """\
Identifier,"Full name","Email address",Status,Grade,"Maximum Grade","Grade can be changed",\
"Last modified (submission)","Last modified (grade)","Feedback comments"
"Participant 11","Jane Doe",jane@school.edu,"Submitted for grading - ",,"100,00",Yes,"Monday, 3 March 2025, 9:00 AM",-,
"Participant 12","Rick Roe",rick@school.edu,"No submission - ",,"100,00",Yes,-,-,
"""  # noqa: E501


def test_without_a_roster_moodle_gets_its_columns(results):
    header, row = table(moodle(results(record("Jane Doe", 3, "11"))).text)
    assert header == next(csv.reader(io.StringIO(MOODLE)))
    assert row[:2] == ["Participant 11", "Jane Doe"]
    assert row[4:7] == ["3", "4", "Yes"]
    assert "adam (3 of 3): It is right." in row[9]


def test_a_worksheet_of_moodle_is_filled_in_and_else_left_as_it_is(results, tmp_path):
    roster = tmp_path / "worksheet.csv"
    roster.write_text(MOODLE, "utf-8")
    made = moodle(results(record("J. Doe", 3, "11"), unreadable("Rick Roe")), roster)
    before, after = table(MOODLE), table(made.text)
    assert after[1][4] == "75,00", "scaled, and with Moodle's comma"
    assert after[2] == before[2], "nothing for what is unread"
    assert [row[:4] + row[5:9] for row in after] == [row[:4] + row[5:9] for row in before]


def test_comments_in_moodle_are_html_that_does_nothing(results):
    one = record("Ann", 0, "11")
    one["questions"][0] |= {"sentence": EVIL, "hint": "1 < 2"}
    text = table(moodle(results(one)).text)[1][9]
    assert re.findall(r"<(?!br>)", text) == []
    assert "1 &lt; 2" in text


def test_moodle_takes_one_exercise_at_a_time(results):
    made = results(record("Ann", 3), record("Ann", 2, exercise="04_step_size"))
    with pytest.raises(ExportError, match="--exercise"):
        moodle(made)
    assert table(moodle(made, exercise="04_step_size").text)[1][4] == "2"
    with pytest.raises(ExportError, match="Nobody handed in nonsense"):
        moodle(made, exercise="nonsense")


@pytest.mark.parametrize("layout", [gradebook, canvas, moodle])
def test_no_export_holds_a_hidden_input(layout, results):
    made = layout(results(record("Ann", 3)))
    assert HIDDEN not in (made if isinstance(made, str) else made.text)


# Pages


class Page(HTMLParser):
    """The elements and the visible text of a page."""

    def __init__(self, text):
        super().__init__()
        self.elements = []
        self.said = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))

    def handle_data(self, data):
        if self.elements[-1:] != [("style", {})]:
            self.said.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.said).split())


def evil(name):
    one = record(name, 0, "<b>1</b>", notes=[EVIL] * 6, path=f"{EVIL}.ipynb")
    one["questions"][0] |= {"sentence": EVIL, "hint": EVIL, "wrong": EVIL}
    return one


def pages(made):
    yield report_page(made)
    for student in students(made):
        yield feedback_page(student, exercises_of(made))


def test_whatever_a_submission_holds_is_text_on_every_page(results):
    made = results(evil(EVIL), unreadable("Bob") | {"problem": EVIL, "advice": EVIL})
    for text in pages(made):
        page = Page(text)
        tags = [tag for tag, _ in page.elements]
        assert not {"script", "img", "iframe", "form", "link", "b"} & set(tags)
        assert tags.count("style") == 1
        names = {name for _, attributes in page.elements for name in attributes}
        assert not any(name.startswith("on") or name == "style" for name in names)
        assert EVIL in page.text


def test_every_page_forbids_scripts_and_whatever_is_elsewhere(results):
    for text in pages(results(record("Ann", 3))):
        [policy] = re.findall(r'Content-Security-Policy" content="([^"]*)"', text)
        [style] = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        assert "default-src 'none'" in policy
        assert f"style-src 'sha256-{digest}'" in policy
        assert "form-action 'none'" in policy
        assert "http://" not in text
        assert "https://" not in text


def test_feedback_says_marks_sentences_and_hints_and_nothing_hidden(results):
    one = record("Ann", 3)
    one["questions"][1] |= {"hint": "Mind the decay.", "wrong": "the solution is 1 - lr * wd"}
    [student] = students(results(one))
    page = Page(feedback_page(student, EXERCISES))
    for said in ("Feedback for Ann", "3 of 4 points", "It is wrong.", "Mind the decay."):
        assert said in page.text
    assert HIDDEN not in page.text
    assert "1 - lr * wd" not in page.text


def test_feedback_on_an_unreadable_file_says_how_to_mend_it(results):
    [student] = students(results(unreadable("Ann", exercise=None)))
    page = Page(feedback_page(student, {}))
    assert "could not be graded. Save it again." in page.text
    assert "points" not in page.text


def test_pages_are_accessible(results):
    for text in pages(results(record("Ann", 3), unreadable("Bob"))):
        page = Page(text)
        tags = [tag for tag, _ in page.elements]
        assert dict(page.elements)["html"] == {"lang": "en"}
        assert tags.count("h1") == tags.count("main") == tags.count("title") - tags.count("svg")
        headings = [int(tag[1]) for tag in tags if re.fullmatch("h[1-6]", tag)]
        assert all(below <= above + 1 for above, below in pairwise(headings))
        ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
        labels = [a["aria-labelledby"] for _, a in page.elements if "aria-labelledby" in a]
        assert len(set(ids)) == len(ids)
        assert set(labels) <= set(ids)
        assert all("scope" in attributes for tag, attributes in page.elements if tag == "th")
        for tag, attributes in page.elements:
            assert tag != "svg" or attributes["role"] == "img"


@pytest.mark.parametrize(
    "names",
    [
        ["../../etc/passwd", "/etc/passwd", "..", "."],
        ["CON", "a" * 500, "a" * 501, "", "ann\n", "ann"],
        ["李 小龍", "李 大龍", "Zoë", "zoe", "ZOE", EVIL],
    ],
)
def test_every_student_has_a_page_with_a_name_that_is_safe_everywhere(names, results):
    made = results(*[record(name, 3) for name in names])
    assert write_feedback(made) == len(names)
    folder = made.folder / "feedback"
    written = [path.name for path in folder.iterdir() if path.suffix == ".html"]
    assert len({name.lower() for name in written}) == len(names)
    assert all(re.fullmatch(r"[a-z0-9-]{12,80}\.html", name) for name in written)
    index = {row[0]: row[2] for row in table((folder / "index.csv").read_text("utf-8"))[1:]}
    assert set(index.values()) == set(written)


def test_pages_of_students_who_are_gone_are_removed(results):
    made = results(record("Ann", 3))
    write_feedback(made)
    stale = made.folder / "feedback" / "old-0000000000.html"
    stale.write_text("old", "utf-8")
    write_feedback(made)
    assert not stale.exists()


def test_the_report_shows_marks_wrong_answers_and_whom_to_look_at(results):
    wrong = {"wrong": "no bias correction"}
    made = [record(f"S{number}", 3 * (number % 2)) for number in range(10)]
    for one in made[:4]:
        one["questions"][1] |= wrong
    slow = record("Slow", 3)
    slow["questions"][1]["kind"] = "out of time"
    lost = unreadable("Lost", exercise=None)
    page = Page(report_page(results(*made, slow, lost)))
    assert "Report on 12 students" in page.text
    assert "0 to 9 %: 5" in page.text
    assert "70 to 79 %: 6" in page.text
    assert "no bias correction 4" in page.text
    assert "Lost unknown It breaks off." in page.text
    assert "adamw_step: out of time" in page.text
    assert "Each submission ran in a sandbox" in page.text
    assert "batch.json" in page.text
    assert HIDDEN not in page.text


def test_the_report_says_when_there_was_no_sandbox_and_when_it_is_not_complete(results):
    made = results(record("Ann", 3, sandbox="none"))
    assert "Graded without a sandbox" in Page(report_page(made)).text
    made.settings["complete"] = False
    assert "was interrupted" in Page(report_page(made)).text


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"status": "failed", "problem": "x", "questions": []}, REASONS[0]),
        ({"status": "unreadable", "problem": "x", "questions": []}, REASONS[1]),
        ({"questions": [question("adam", 0, 3, "ended")]}, REASONS[2]),
        ({"questions": [question("adam", 0, 3, "error")]}, REASONS[3]),
        ({"questions": [question("adam", 0, 3, "not attempted")]}, REASONS[4]),
        ({"notes": ["a", "b", "c", "d", "e"], "points": 3.0}, REASONS[5]),
        ({"gone": True, "points": 3.0}, REASONS[6]),
        ({"states_other": "Bo Li", "points": 3.0}, REASONS[7]),
    ],
)
def test_there_is_a_reason_to_look_at_each_submission_that_is_listed(change, reason, results):
    page = Page(report_page(results(record("Ann", 0) | change)))
    listed = [one for one in REASONS if f"{one} (1)" in page.text]
    assert listed == [reason]


def test_an_empty_batch_has_a_report(results):
    assert "Report on 0 students" in report_page(results())
    with pytest.raises(ExportError, match="no marks"):
        canvas(results())


def test_a_student_without_a_record_of_an_exercise_has_no_mark():
    assert Student("Ann", "", (record("Ann", 3),)).points("04_step_size") is None


def test_moodle_can_tell_from_the_zip_of_pages_whose_each_page_is(results, tmp_path):
    made = results(
        record("Jane_Doe/.. \\x", 3, "101"), record("Zoë", 0, "102"), record("nobody", 0, "")
    )
    assert write_moodle_feedback(made, tmp_path / "feedback.zip") == 2
    with zipfile.ZipFile(tmp_path / "feedback.zip") as archive:
        names = archive.namelist()
        pages = [archive.read(name).decode() for name in names]
    # As Moodle reads them: name, number, kind and name of the plugin, name of the file.
    assert [name.split("_", 4)[1:] for name in names] == [
        ["101", "assignsubmission", "file", "feedback.html"],
        ["102", "assignsubmission", "file", "feedback.html"],
    ]
    assert not any("/" in name or "\\" in name for name in names)
    assert "Zoë" in pages[1]
    assert HIDDEN not in "".join(pages)


def test_all_text_is_quoted_for_readers_with_another_separator(results):
    text = gradebook(results(record("x;=1+1;y", 3)))
    assert text.splitlines()[1].startswith('"x;')
    for delimiter in ";,\t":
        for row in csv.reader(io.StringIO(text), delimiter=delimiter):
            assert not any(cell.startswith("=") for cell in row)


def test_the_report_names_the_files_that_were_set_aside(results):
    made = results(record("Ann", 3))
    made.settings |= {"aside": [["ann/.DS_Store", "made by the system"]], "more_aside": 4}
    page = report_page(made)
    assert "ann/.DS_Store" in page
    assert "5 files" in page


def test_the_report_leads_to_the_pairs_that_share_code_where_they_were_looked_for(results):
    made = results(record("Ann", 3))
    assert "alike.html" not in report_page(made)
    (made.folder / "alike.html").write_text("", "utf-8")
    assert '<a href="alike.html">' in report_page(made)


def test_names_of_the_roster_without_a_submission_are_said(results, tmp_path):
    roster = tmp_path / "roster.csv"
    rows = "Student,ID,SIS User ID,SIS Login ID,Section\nAnn,7,,,A\nEve,8,,,A\n"
    roster.write_text(rows, "utf-8")
    told = canvas(results(record("Ann", 3, "7")), roster, SLUG).remarks
    assert any("Eve" in remark and "Ann" not in remark for remark in told)


def test_parts_of_the_points_are_in_the_gradebook_and_on_the_page(results):
    one = record("Ann", 3)
    one["questions"][0]["parts"] = [
        {"name": "ordinary inputs", "points": 2.0, "out_of": 2.0, "sentence": ""},
        {"name": "whole numbers", "points": 0, "out_of": 1.0, "sentence": "Those are cut off."},
    ]
    made = results(one, record("Bob", 0))
    header, ann, bob = table(gradebook(made))
    place = header.index("adam: ordinary inputs (of 2)")
    assert ann[place : place + 2] == ["2", "0"]
    assert bob[place : place + 2] == ["", ""]
    page = feedback_page(next(iter(students(made))), exercises_of(made))
    assert "Whole numbers: 0 of 1. Those are cut off." in page
