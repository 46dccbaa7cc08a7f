"""What a lesson promises to a tired student, as far as a machine can tell."""

import ast
import builtins
import re
from collections import Counter

import pytest
from test_lessons import BOOK, LESSONS, Lesson, keywords

from course_utils.minutes import LONGEST, counted, minutes, pieces, priced

LONGEST_HIDDEN_CELL = 30
# In words, about three screens: a line of code or of output is as high as eight words, a
# formula as thirty. Three pixels for each of them, by measurement at a width of 1300.
LONGEST_STRETCH = 900
HEIGHTS = {"words": 1, "formulas": 30}
LINE = 8

WORDS = re.compile(r"\\(?:text|mathrm|operatorname|mathsf|begin|end)\*?\{[^}]*\}")
LETTER = re.compile(
    r"\\(?:alpha|beta|gamma|delta|(?:var)?epsilon|zeta|eta|(?:var)?theta|kappa|lambda|mu|nu|xi|pi"
    r"|(?:var)?rho|sigma|tau|(?:var)?phi|chi|psi|omega|ell|Delta|Theta|Lambda|Sigma|Omega)(?![A-Za-z])"
    r"|(?<![\\A-Za-z])[A-Za-z]"
)
CONSTANTS = {"e", r"\pi"}
# Letters that stand for things of the same kind, told apart by an index or a hat.
WITH_INDEX = {"f", "x", "y", "g", "m", "z", r"\beta", r"\lambda"}

FIGURE = "(?:figure|picture|panel|plot|map|chart|diagram|slider|button|curve)s?"
SIDE = "(?:left|right|top|bottom|upper|lower)"
PLACES = [
    r"\b(?:Left|Right|Above|Below|Top|Bottom): ",
    rf"\b{FIGURE} (?:above|below)\b(?! \$)",
    rf"\b(?:above|below|beside|under|next to) the (?:\w+ )?{FIGURE}\b",
    rf"\b{SIDE}(?:[- ]hand)? (?:{FIGURE}|corner|half|edge)\b(?! of the band)",
    rf"\b(?:on|at|in) (?:the|its) {SIDE}(?! parenthesis)\b",
]


@pytest.fixture(params=LESSONS, ids=lambda path: path.stem)
def lesson(request):
    return Lesson(request.param)


def names(code, kind):
    """The names that a piece of code reads (ast.Load) or defines (ast.Store)."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Name) and isinstance(node.ctx, kind):
            yield node.id
        if kind is ast.Store and isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        if kind is ast.Store and isinstance(node, ast.Import | ast.ImportFrom):
            yield from (one.asname or one.name.partition(".")[0] for one in node.names)
        if kind is ast.Store and isinstance(node, ast.arg):
            yield node.arg


def lines(text):
    return sum(bool(line.strip()) for line in text.splitlines())


def spoken(lesson):
    """All that is said in words: prose, and the captions and descriptions of figures."""
    yield from lesson.prose
    for _, call in lesson.calls("Player"):
        for word in ("caption", "alt"):
            if word in keywords(call):
                yield from (
                    node.value
                    for node in ast.walk(keywords(call)[word])
                    if isinstance(node, ast.Constant) and isinstance(node.value, str)
                )


def letters(formula):
    """The letters of a formula, Latin and Greek, without words and the names of functions."""
    return LETTER.findall(WORDS.sub(" ", formula))


def formulas(text):
    found = re.findall(r"\$\$(.+?)\$\$|\$([^$]+)\$", text, re.DOTALL)
    return [displayed or inline for displayed, inline in found]


def symbols():
    """The first column of each table on the page of notation."""
    page = (BOOK / "notation.md").read_text("utf-8")
    return re.findall(r"^\| (\$.+?\$) \|", page, re.MULTILINE)


def test_it_takes_at_most_forty_five_minutes(lesson):
    needed, _ = counted(lesson.cells)
    assert minutes(needed) <= LONGEST, dict(needed)


def test_a_hidden_cell_has_at_most_thirty_lines(lesson):
    asked = {position for position, _ in lesson.calls("Question")}
    for position, cell in enumerate(lesson.cells):
        if cell in lesson.code and cell not in lesson.shown and position not in asked:
            assert lines(cell["text"]) <= LONGEST_HIDDEN_CELL, f"cell {position}"


def test_visible_code_uses_no_name_that_only_hidden_code_defines(lesson):
    known, hidden = set(dir(builtins)), set()
    for cell in lesson.code:
        if cell in lesson.shown:
            known |= set(names(cell["text"], ast.Store))
            unseen = set(names(cell["text"], ast.Load)) - known
            assert not unseen & hidden, cell["text"]
        else:
            hidden |= set(names(cell["text"], ast.Store))


def test_nothing_is_said_to_stand_beside_or_above_another_for_on_a_phone_it_does_not(lesson):
    said = [
        (one[0], text) for text in spoken(lesson) for one in re.finditer("|".join(PLACES), text)
    ]
    assert not said, said


def test_three_screens_without_a_figure_or_a_question_are_the_most(lesson):
    stretch, beginning = 0, ""
    for _, heading, cell in pieces(lesson.cells):
        found = priced(cell)
        beginning = heading or beginning
        if found["figures"] or found["questions"]:
            stretch = 0
            continue
        stretch += sum(HEIGHTS.get(name, 0) * number for name, number in found.items())
        if found["code cells"]:
            printed = ["".join(one.get("text", "")) for one in cell["outputs"]]
            stretch += LINE * (lines(cell["source"]) + sum(map(lines, printed)))
        assert stretch <= LONGEST_STRETCH, f"before the end of {beginning!r}"


def test_it_says_at_most_twice_what_you_may_have_read(lesson):
    assert len(re.findall("[Yy]ou may have (?:read|heard)", lesson.text)) <= 2


def test_each_letter_of_its_formulas_is_on_the_page_of_notation(lesson):
    known = {letter for symbol in symbols() for letter in letters(symbol)} | CONSTANTS
    used = {letter for formula in formulas(lesson.text) for letter in letters(formula)}
    assert used <= known, used - known


def test_no_letter_has_two_meanings_on_the_page_of_notation():
    heads = Counter(letters(symbol)[0] for symbol in symbols())
    assert {letter for letter, rows in heads.items() if rows > 1} <= WITH_INDEX
