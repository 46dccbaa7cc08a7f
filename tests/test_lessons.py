"""What a reader may rely on in every lesson, and so a guide for whoever writes one.

A lesson is a notebook `NN_name.ipynb` in a numbered folder of `notebooks/`, its second part, if it
has one, `NNb_name.ipynb`. Each test is a promise.
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
LESSONS = sorted(NOTEBOOKS.glob("[0-9]_*/[0-9][0-9]*_*.ipynb"))
EVERY_NOTEBOOK = sorted(NOTEBOOKS.glob("**/[0-9][0-9]*_*.ipynb"))


class Lesson:
    """A notebook as a reader meets it: prose, code and the questions in between."""

    def __init__(self, path):
        self.path = path
        text = path.read_text("utf-8")
        whole = {"cells": [{"cell_type": "markdown", "source": text, "metadata": {}}]}
        cells = (json.loads(text) if path.suffix == ".ipynb" else whole)["cells"]
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
        """The prose under a heading of the second level, which may be marked as optional."""
        heading = rf"^## {title}(?: \(optional\))?\n"
        found = re.search(rf"{heading}(.*?)(?=^## |\Z)", self.text, re.MULTILINE | re.DOTALL)
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
    assert minutes, "write '> **Time** about 30 minutes.': `tidy` puts the true number there"


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


def test_every_question_is_asked_on_the_page_also_where_a_figure_waits_for_it(lesson):
    for position, _ in lesson.calls("Question"):
        cell = lesson.cells[position]
        assert cell["outputs"], f"end the cell with the question, so that it is shown: {cell['id']}"


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


def links(text):
    """Every link of a text within the course: its words, the file and the place in it."""
    found = re.findall(r"\[([^]]*)\]\(([^)#\s]*)(?:#([^)\s]*))?\)", text)
    return [(words, file, place) for words, file, place in found if not file.startswith("http")]


def places(path):
    """The places in a page to which a link may lead: its headings, as GitHub and MyST name them."""
    text = Lesson(path).text if path.suffix == ".ipynb" else path.read_text("utf-8")
    headings = re.findall(r"^#{1,3} (.+)$", text, re.MULTILINE)
    return {
        re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-"): heading for heading in headings
    }


@pytest.mark.parametrize("path", EVERY_NOTEBOOK, ids=lambda path: "/".join(path.parts[-2:]))
def test_no_notebook_has_markup_that_only_the_book_understands(path):
    fence, role, target = r"^\s*(?:`{3,}|:{3,})\{", r"\{[\w:+-]+\}`", r"^\([\w-]+\)=$"
    text = Lesson(path).text
    assert not re.findall(rf"{fence}.*|{role}[^`]*`|{target}", text, re.MULTILINE), (
        "write a plain link, such as [learning rate](../../book/glossary.md#learning-rate)"
    )


@pytest.mark.parametrize("path", EVERY_NOTEBOOK, ids=lambda path: "/".join(path.parts[-2:]))
def test_every_link_leads_somewhere(path):
    # The source of an exercise has the links of the notebook that is made from it, a folder above.
    folder = NOTEBOOKS / "exercises" if path.parent.name == "sources" else path.parent
    for words, file, place in links(Lesson(path).text):
        target = folder / file if file else path
        assert target.exists(), f"[{words}] leads to {file}, which does not exist"
        if place.startswith("figure:"):  # a link that sets a figure
            assert "+" not in place, f"[{words}]: write %20 for the space in a setting"
        elif place:
            assert place in places(target), f"[{words}]: {target.name} has no heading #{place}"


@pytest.mark.parametrize("path", [*LESSONS, *BOOK.glob("*.md")], ids=lambda path: path.stem)
def test_a_citation_has_the_words_of_its_heading_in_the_bibliography(path):
    for words, file, place in links(Lesson(path).text):
        if file.endswith("bibliography.md") and place:
            heading = places(BOOK / "bibliography.md")[place]
            author, year = heading.rsplit(", ", 1)
            assert words in {heading, f"{author} ({year})", year}


def test_every_source_in_the_bibliography_is_cited():
    pages = [*LESSONS, BOOK / "glossary.md", BOOK / "notation.md"]
    cited = {place for page in pages for _, _, place in links(Lesson(page).text)}
    text = (BOOK / "bibliography.md").read_text("utf-8")
    sources = re.findall(r"^### (.+)$", text, re.MULTILINE)
    slugs = {re.sub(r"[^\w\- ]", "", one.lower()).replace(" ", "-") for one in sources}
    assert slugs <= cited


def test_a_definition_begins_with_a_sentence_that_has_no_formula_for_it_is_read_on_hovering():
    for entry in (BOOK / "glossary.md").read_text("utf-8").split("\n### ")[1:]:
        assert "$" not in entry.partition(". ")[0], entry


@pytest.mark.parametrize("page", ["glossary.md", "bibliography.md"])
def test_what_is_looked_up_stands_in_the_order_of_the_alphabet(page):
    for part in re.split(r"^## ", (BOOK / page).read_text("utf-8"), flags=re.MULTILINE)[1:]:
        headings = [
            one.lower().replace(",", "") for one in re.findall(r"^### (.+)$", part, re.MULTILINE)
        ]
        assert headings == sorted(headings)


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
