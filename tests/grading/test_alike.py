"""Submissions that share much code are listed side by side, to be looked at."""

import pytest

from course_utils.grading.alike import Alike, compared, fingerprints, tokens
from course_utils.grading.intake import known_exercises
from course_utils.grading.pages import alike_page

from . import classroom

LONG = """
def double(x):
    total = 0
    for i in range(len(x)):
        if x[i] > total and not total == 3:
            total = total + {a} * x[i] - {b}
        elif x[i] < -total:
            total -= x[i] ** 2 / (1 + x[i])
    while total > 100:
        total = total / 2
    return [2 * one for one in x if one is not None]
"""
OTHER = """
def double(x):
    import numpy as np
    first, *rest = np.asarray(x) * 2
    everything = np.concatenate([[first], rest])
    assert everything.shape == np.shape(x), "another shape"
    return np.where(np.isfinite(everything), everything, 2 * np.abs(x)).astype(float)
"""


def handed_in(student, text):
    return classroom.submission({"double": text}, student=student)


def test_a_renamed_copy_is_found_and_those_who_wrote_their_own_are_not():
    copy = LONG.format(a=3, b=4).replace("total", "summe").replace("  # mine", "")
    alike = Alike({})
    for student, text in [("Ann", LONG.format(a=1, b=2)), ("Bo", copy), ("Cy", OTHER)]:
        alike.add(handed_in(student, text))
    [pair] = alike.pairs()
    assert set(pair.students) == {"Ann", "Bo"}
    assert pair.share > 0.9


def test_what_the_exercise_hands_out_or_many_wrote_is_no_sign_of_anything():
    handed_out, common = Alike({classroom.SLUG: LONG}), Alike({})
    for number in range(8):
        common.add(handed_in(f"student {number}", LONG))
    for student in ("Ann", "Bo"):
        handed_out.add(handed_in(student, LONG))
    assert handed_out.pairs() == common.pairs() == []


def test_a_text_that_is_no_python_is_read_as_far_as_it_goes():
    for text in ("", "'''", "def f(:\n  \x00", "(" * 5000, "\ud800 = 1\n" * 50, "  a\n b"):
        assert len(list(fingerprints(text))) <= len(text)


@pytest.mark.parametrize("quotes", ['"\\', "'\\", "'\"\\", '"""\\'])
def test_a_line_of_quotes_that_nothing_closes_is_searched_once(quotes):
    # A string ends with its line at the latest, so that few tokens begin in it.
    assert len(list(tokens(f"{quotes * 1000}\nanswer = 1"))) < 12


def test_ten_thousand_submissions_are_compared_without_comparing_each_with_each():
    alike = Alike({})
    for number in range(10_000):
        operators = ["+-*/%"[number // 5**place % 5] for place in range(6)]
        text = "\n".join(f"x = (y {one} z) {one} [w, {one}v]" for one in operators)
        alike.keep("a", f"{number}", f"{number}.ipynb", fingerprints(text))
    assert len(alike.pairs()) <= 100


def test_the_page_shows_both_texts_and_runs_nothing_of_them(tmp_path):
    classroom.write_sources(tmp_path)
    markup = "\ntext = '</pre><script>alert(1)</script>'\n"
    submissions = [
        handed_in("<b>Ann</b>", LONG + markup),
        handed_in("Bo", LONG + markup),
    ]
    page = alike_page(compared(submissions, known_exercises(tmp_path)))
    assert "no verdict" in page
    assert "&lt;b&gt;Ann&lt;/b&gt;" in page
    assert page.count("&lt;script&gt;alert(1)") == 2
    assert "<script" not in page
