"""What a question promises to the author who writes it and to the Python session that reads it."""

import ast
import json
from collections import Counter
from itertools import permutations
from math import sqrt
from pathlib import Path

import pytest
import traitlets

from course_utils.quiz import Answer, Question, marked_up

HALVES = Answer("It halves.", "The step is the rate times the gradient.", correct=True)
STAYS = Answer("It stays.", "The gradient stays, the step does not.")
GROWS = Answer("It grows.", "That would be so for a larger rate.")
LESSONS = sorted((Path(__file__).parents[1] / "notebooks").glob("[0-9]_*/*.ipynb"))


def question(**changes):
    arguments = {"prompt": "What happens to the step?", "answers": [HALVES, STAYS], **changes}
    return Question(**arguments)


def html_of(shown):
    data, _ = shown._repr_mimebundle_()
    return data["text/html"]


def test_the_plain_text_of_a_question_is_stable_and_says_its_kind():
    assert repr(question()) == "Question: What happens to the step?"
    assert repr(question(kind="prediction")) == "Prediction: What happens to the step?"


def test_a_question_offers_a_widget_view_and_html_and_plain_text():
    long = "What happens to the step? " * 10
    data, _ = question(prompt=long)._repr_mimebundle_()
    assert set(data) == {"text/plain", "text/html", "application/vnd.jupyter.widget-view+json"}
    assert data["text/plain"] == f"Question: {long}"


def test_the_html_is_the_same_for_every_run():
    assert html_of(question()) == html_of(question())


def test_without_javascript_each_answer_opens_its_own_feedback():
    html = html_of(question())
    assert html.count("<details>") == 2
    assert (
        "<summary>It stays.</summary><p><strong>Not this one.</strong> The gradient stays" in html
    )
    assert "<summary>It halves.</summary><p><strong>Right.</strong> The step is" in html


def test_without_javascript_a_quiz_explains_only_under_the_right_answer():
    assert html_of(question(explanation="It is linear.")).count("It is linear.") == 1
    assert (
        html_of(question(explanation="It is linear.", kind="prediction")).count("It is linear.")
        == 2
    )


def test_everything_the_browser_shows_is_in_the_state_that_is_sent():
    state = question(explanation="It is linear.").get_state()
    sent = json.loads(json.dumps(state["answers"]))
    assert {"text": HALVES.text, "feedback": HALVES.feedback, "correct": True} in sent
    assert {"text": STAYS.text, "feedback": STAYS.feedback, "correct": False} in sent
    assert (state["kind"], state["explanation"], state["chosen"]) == ("quiz", "It is linear.", None)


def test_answers_are_shown_in_the_same_order_however_the_author_wrote_them():
    orders = [
        question(answers=list(order)).answers for order in permutations([HALVES, STAYS, GROWS])
    ]
    assert all(order == orders[0] for order in orders)


def test_the_order_of_answers_is_drawn_anew_for_each_prompt():
    orders = [question(prompt=f"{n}?", answers=[HALVES, STAYS, GROWS]).answers for n in range(60)]
    assert len({tuple(answer.text for answer in order) for order in orders}) == 6


@pytest.mark.parametrize(
    "text", ["None of these.", "All of them", "Both of these", "All of the above"]
)
def test_an_answer_about_the_others_stays_last(text):
    about = Answer(text, "No.")
    for number in range(20):
        shown = question(prompt=f"{number}?", answers=[about, HALVES, STAYS]).answers
        assert shown[-1] == about


def test_what_is_chosen_counts_the_answers_as_they_are_shown():
    asked = question(answers=[HALVES, STAYS, GROWS])
    shown = [answer["text"] for answer in asked.get_state()["answers"]]
    assert shown == [answer.text for answer in asked.answers]
    html = html_of(asked)
    assert sorted(shown, key=html.index) == shown


def questions_of_the_course():
    """Each question that a lesson asks, with the cell that asks it."""
    for path in LESSONS:
        for cell in json.loads(path.read_text("utf-8"))["cells"]:
            if cell["cell_type"] != "code" or "Question(" not in (text := "".join(cell["source"])):
                continue
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Question":
                    expression = compile(ast.Expression(node), path.name, "eval")
                    names = {"Question": Question, "Answer": Answer}
                    yield cell, eval(expression, names)  # noqa: S307


def test_over_the_course_the_right_answer_is_in_no_place_more_often_than_chance_has_it():
    places = Counter()
    for _, asked in questions_of_the_course():
        for place, answer in enumerate(asked.answers):
            places[len(asked.answers), place] += answer.correct
    for (answers, place), times in places.items():
        asked = sum(places[answers, one] for one in range(answers))
        expected = asked / answers
        assert abs(times - expected) < 3 * sqrt(expected * (1 - 1 / answers)), (answers, place)


def test_without_javascript_a_page_shows_each_question_as_it_is_asked_now():
    # nbval compares the prompt alone, which is a question's plain text.
    for cell, asked in questions_of_the_course():
        stored = ["".join(output["data"]["text/html"]) for output in cell["outputs"]]
        assert stored == [asked.fallback()], f"`refresh` the notebook that asks: {asked.prompt}"


def test_a_question_is_answered_once_an_answer_is_chosen():
    asked = question()
    assert (asked.chosen, asked.answered) == (None, False)
    asked.chosen = 0
    assert (asked.chosen, asked.answered) == (0, True)
    asked.chosen = None
    assert not asked.answered


@pytest.mark.parametrize("index", [-1, 2])
def test_choosing_an_answer_that_does_not_exist_is_refused(index):
    with pytest.raises(traitlets.TraitError, match="give a number from 0 to 1"):
        question().chosen = index


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("take `x - 1`", "take <code>x - 1</code>"),
        ("*both* of them", "<em>both</em> of them"),
        ("`a * b` and *c*", "<code>a * b</code> and <em>c</em>"),
        ("2*x and 3*y", "2*x and 3*y"),
        ("2 * x * y", "2 * x * y"),
        ("λ ≤ 2/L, ∇f(x₀)", "λ ≤ 2/L, ∇f(x₀)"),
        ("<b>x</b> & `<i>`", "&lt;b&gt;x&lt;/b&gt; &amp; <code>&lt;i&gt;</code>"),
    ],
)
def test_code_and_emphasis_are_marked_up_and_all_else_is_escaped(text, html):
    assert marked_up(text) == html


def test_html_in_any_part_of_a_question_is_shown_and_not_run():
    attack = "<script>alert(1)</script>"
    html = html_of(
        Question(
            attack,
            [Answer(attack, attack, correct=True), Answer("no", attack)],
            explanation=attack,
        )
    )
    assert "<script>" not in html
    assert html.count("&lt;script&gt;") == 5


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"prompt": " "}, ValueError, "prompt of a question is ' '"),
        ({"prompt": 3}, TypeError, "prompt of a question is 3"),
        ({"answers": [HALVES]}, ValueError, "at least two are expected"),
        ({"answers": "AB"}, TypeError, "a list is expected"),
        ({"answers": [HALVES, "It stays."]}, TypeError, r"write Answer\(text, feedback\)"),
        ({"answers": [STAYS, Answer("It grows.", "No.")]}, ValueError, "write .*correct=True"),
        ({"answers": [HALVES, Answer("It halves.", "No.")]}, ValueError, "same text"),
        ({"kind": "test"}, ValueError, "'quiz' or 'prediction'"),
        ({"explanation": None}, TypeError, "explanation of .* is None"),
    ],
)
def test_a_question_that_cannot_work_is_refused_with_how_to_mend_it(changes, error, message):
    with pytest.raises(error, match=message):
        question(**changes)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (("", "Why."), ValueError, "An answer is ''"),
        (("It grows.", ""), ValueError, "feedback for the answer 'It grows.' is ''"),
        (("It grows.", None), TypeError, "feedback for the answer 'It grows.' is None"),
        (("It grows.", "Why.", "yes"), TypeError, "write correct=True"),
    ],
)
def test_an_answer_without_text_or_feedback_is_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        Answer(*arguments)


def test_a_question_tells_a_figure_that_waits_when_its_answer_is_known():
    question = Question("Which?", [Answer("a", "No."), Answer("b", "Yes.", correct=True)])
    assert not question.revealed
    question.chosen = 0
    assert question.revealed
    question.chosen = None
    assert question.revealed
