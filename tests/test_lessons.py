"""What a reader may rely on in every lesson, and so a guide for whoever writes one.

A lesson is a notebook `NN_name.ipynb` in a numbered folder of `notebooks/`. Each test is a
promise.
"""

import ast
import json
import re
from pathlib import Path

import pytest

NOTEBOOKS = Path(__file__).parent.parent / "notebooks"
BOOK = NOTEBOOKS.parent / "book"
LONGEST_CELL = 16
LONGEST_LINE = 88
LESSONS = sorted(NOTEBOOKS.glob("[0-9]_*/[0-9][0-9]_*.ipynb"))


class Lesson:
    """A notebook as a reader meets it: prose, code and the questions in between."""

    def __init__(self, path):
        self.path = path
        cells = json.loads(path.read_text("utf-8"))["cells"]
        # On how to run it, which the page of the book leaves out.
        self.cells = [one for one in cells if "remove-cell" not in one["metadata"].get("tags", [])]
        for cell in self.cells:
            cell["text"] = "".join(cell["source"])
        self.prose = [cell["text"] for cell in self.cells if cell["cell_type"] == "markdown"]
        self.code = [cell for cell in self.cells if cell["cell_type"] == "code"]

    @property
    def text(self):
        return "\n\n".join(self.prose)

    def section(self, title):
        """The prose under a heading of the second level."""
        found = re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", self.text, re.MULTILINE | re.DOTALL)
        assert found, f"{self.path.name} has no section '## {title}'"
        return found[1]

    def calls(self, name):
        """Every call of `name` in the code, with the position of its cell."""
        for position, cell in enumerate(self.cells):
            if cell["cell_type"] != "code":
                continue
            for node in ast.walk(ast.parse(cell["text"])):
                if isinstance(node, ast.Call) and getattr(node.func, "id", None) == name:
                    yield position, node

    def questions(self, kind):
        """The questions of a kind ("quiz" or "prediction"), with the position of their cells."""
        for position, call in self.calls("Question"):
            given = keywords(call).get("kind")
            if (ast.literal_eval(given) if given else "quiz") == kind:
                yield position, call

    @property
    def shown(self):
        """The code that a reader of the page sees without asking for it."""
        hidden = {"remove-input", "hide-input"}
        return [cell for cell in self.code if not hidden & set(cell["metadata"].get("tags", []))]


def keywords(call):
    return {word.arg: word.value for word in call.keywords}


@pytest.fixture(params=LESSONS, ids=lambda path: path.stem)
def lesson(request):
    return Lesson(request.param)


def test_it_opens_with_a_title_and_a_question(lesson):
    title, _, rest = lesson.prose[0].partition("\n")
    assert title.startswith("# ")
    question = re.search(r"^\*([^*]+)\*$", rest, re.MULTILINE)
    assert question, "below the title stands the question of the lesson, in italics"
    assert question[1].endswith("?")


def test_it_says_at_once_what_is_learned_what_is_needed_and_how_long_it_takes(lesson):
    opening = lesson.prose[0]
    assert "> **You will learn to**" in opening
    assert "> **You need**" in opening
    minutes = re.search(r"> \*\*Time\*\* about (\d+) minutes", opening)
    assert minutes, "write '> **Time** about 30 minutes.'"
    assert 5 <= int(minutes[1]) <= 45


def test_the_first_thing_to_do_is_a_figure_with_a_caption_and_a_description(lesson):
    position, call = next(lesson.calls("Player"))
    before = [cell["cell_type"] for cell in lesson.cells[1:position]]
    assert "markdown" not in before, "no prose stands between the opening and the key figure"
    assert keywords(call).keys() >= {"caption", "alt"}


def test_there_is_no_formula_before_the_figure(lesson):
    assert "$$" not in lesson.prose[0]


def test_the_learner_predicts_before_the_explanation(lesson):
    assert list(lesson.questions("prediction"))


def test_it_ends_with_a_quiz_of_at_least_three_questions(lesson):
    start = next(i for i, cell in enumerate(lesson.cells) if cell["text"].endswith("## Quiz"))
    in_quiz = [position for position, _ in lesson.questions("quiz") if position > start]
    assert len(in_quiz) >= 3


def test_every_answer_has_its_own_explanation(lesson):
    for kind in ("quiz", "prediction"):
        for _, call in lesson.questions(kind):
            answers = [node for node in ast.walk(call) if getattr(node, "func", None) is not None]
            answers = [node for node in answers if getattr(node.func, "id", "") == "Answer"]
            feedback = [ast.literal_eval(answer.args[1]) for answer in answers]
            assert len(answers) >= 3
            assert len(set(feedback)) == len(feedback), "two answers share one explanation"
            assert sum("correct" in keywords(answer) for answer in answers) == 1


def test_the_answers_are_not_on_show(lesson):
    for position, _ in lesson.calls("Question"):
        metadata = lesson.cells[position]["metadata"]
        assert "remove-input" in metadata.get("tags", []), "hide the source in the book"
        assert metadata.get("jupyter", {}).get("source_hidden"), "hide the source in JupyterLab"


def test_there_is_something_of_ones_own_to_change(lesson):
    assert lesson.section("Your turn").strip()


def test_it_is_summed_up_in_three_to_five_points(lesson):
    points = re.findall(r"^- ", lesson.section("Summary"), re.MULTILINE)
    assert 3 <= len(points) <= 5


def test_it_says_where_to_go_next_first_to_its_exercises(lesson):
    links = re.findall(r"\]\(([^)#]+\.ipynb)\)", lesson.section("Next"))
    exercises = f"../exercises/{lesson.path.name}"
    if (lesson.path.parent / exercises).exists():
        assert links[:1] == [exercises], "the first link leads to the exercises of the lesson"
        links = links[1:]
    if lesson.path != LESSONS[-1]:
        following = LESSONS[LESSONS.index(lesson.path) + 1].name
        assert following in [Path(link).name for link in links], "link to the next lesson"


def test_every_link_leads_somewhere(lesson):
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", lesson.text):
        if not target.startswith("http"):
            assert (lesson.path.parent / target).exists(), target


def test_every_citation_is_in_the_bibliography(lesson):
    known = re.findall(r"^@\w+\{([^,]+),", (BOOK / "references.bib").read_text(), re.MULTILINE)
    for keys in re.findall(r"\{cite\}`([^`]+)`", lesson.text):
        for key in keys.split(","):
            assert key.strip() in known


def test_every_term_is_in_the_glossary(lesson):
    glossary = (BOOK / "glossary.md").read_text()
    terms = {line.strip().lower() for line in glossary.splitlines() if line[:1] not in (" ", "")}
    for term in re.findall(r"\{term\}`([^`]+)`", lesson.text):
        wanted = re.search(r"<([^>]+)>", term)
        assert (wanted[1] if wanted else term).lower() in terms


def test_code_comes_in_small_pieces(lesson):
    for cell in lesson.shown:
        lines = [line for line in cell["text"].splitlines() if line.strip()]
        assert len(lines) <= LONGEST_CELL, f"{len(lines)} lines:\n{cell['text']}"


def test_code_fits_the_width_of_the_page(lesson):
    for cell in lesson.shown:
        for line in cell["text"].splitlines():
            assert len(line) <= LONGEST_LINE, f"{len(line)} characters: {line}"


def test_facts_are_printed_in_a_form_that_every_machine_repeats(lesson):
    for cell in lesson.code:
        for output in cell["outputs"]:
            text = "".join(output.get("text", output.get("data", {}).get("text/plain", "")))
            assert not re.search(r"\d\.\d{10,}", text), f"too many digits to repeat: {text}"
