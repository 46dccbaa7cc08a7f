"""Promises of the built site that can be read off its files, without a browser."""

import html
import html.parser
import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path
from urllib.parse import unquote, urlparse

import pytest
import yaml

ROOT = Path(__file__).parents[1]
CONTENTS = yaml.safe_load((ROOT / "book" / "_toc.yml").read_text("utf-8"))
CHAPTERS = [chapter for part in CONTENTS["parts"] for chapter in part["chapters"]]
LESSONS = [one["file"] for one in CHAPTERS if re.match(r"notebooks/\d", one["file"])]
EXERCISES = {
    section["file"]: chapter["file"]
    for chapter in CHAPTERS
    for section in chapter.get("sections", [])
}
PROMISED = [*(one["file"] for one in CHAPTERS), *EXERCISES]
SOURCES = sorted((ROOT / "notebooks" / "exercises" / "sources").glob("*.ipynb"))
SOLUTION = re.compile(
    r"^ *### BEGIN SOLUTION\n(.*?)\n *### END SOLUTION$", re.MULTILINE | re.DOTALL
)

# Where a browser loads what it names at once, in contrast to a link that a reader may follow.
LOADS = {
    "audio": "src",
    "embed": "src",
    "iframe": "src",
    "img": "src",
    "link": "href",
    "object": "data",
    "script": "src",
    "source": "src",
    "video": "src",
}
MATHEMATICS = "_static/katex/fonts/"


class Page(html.parser.HTMLParser):
    """What a page loads, links to and shows, with scripts and without."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self.loads: list[str] = []
        self.links: list[str] = []
        self.ids: set[str] = set()
        self.blocks: list[tuple[str, str]] = []
        self.fallbacks: list[tuple[str, dict]] = []
        self.in_noscript = False
        self.in_script = ""
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.ids.add(given.get("id", ""))
        if tag == "noscript":
            self.in_noscript = True
        elif self.in_noscript:
            self.fallbacks.append((tag, given))
        elif tag in LOADS and given.get(LOADS[tag]) and self.is_loaded(tag, given):
            self.loads.append(given[LOADS[tag]])
        if tag == "a" and given.get("href"):
            self.links.append(given["href"])
        self.in_script = given.get("type", "") if tag == "script" else ""

    def handle_endtag(self, tag):
        if tag == "noscript":
            self.in_noscript = False
        self.in_script = ""

    def handle_data(self, data):
        if self.in_script:
            self.blocks.append((self.in_script, data))

    @staticmethod
    def is_loaded(tag, given):
        return tag != "link" or given.get("rel") in {"stylesheet", "icon", "preload"}

    def file(self, address: str) -> Path:
        """Return the file of the site that an address on this page names."""
        return (self.path.parent / unquote(urlparse(address).path)).resolve()


@pytest.fixture(scope="session")
def pages(built_book) -> dict[str, Page]:
    return {
        path.relative_to(built_book).with_suffix("").as_posix(): Page(path)
        for path in sorted(built_book.rglob("*.html"))
        if "_static" not in path.parts
    }


def styles_load(style: Path) -> list[Path]:
    """Return the files that a style sheet names."""
    names = re.findall(r"url\(\s*[\"']?(?!data:|#)([^\"')]+)", style.read_text("utf-8"))
    return [(style.parent / name).resolve() for name in names]


def weight(page: Page, site: Path) -> int:
    """Return the bytes of a page with all that it can load, but for mathematical fonts."""
    files = {page.path} | {page.file(address) for address in page.loads}
    for style in [file for file in files if file.suffix == ".css"]:
        files |= set(styles_load(style))
    counted = (file for file in files if MATHEMATICS not in file.relative_to(site).as_posix())
    return sum(file.stat().st_size for file in counted)


def test_the_book_has_every_page_that_it_promises(pages):
    assert {CONTENTS["root"], *PROMISED, "search", "index"} <= pages.keys()


def test_no_page_loads_anything_from_another_host(pages):
    loads = {(name, address) for name, page in pages.items() for address in page.loads}
    assert not {one for one in loads if urlparse(one[1]).netloc}


def test_no_style_or_script_of_the_site_names_another_host_to_load_from(built_book):
    loads = re.compile(
        r"(?:url\(|@import|\bimport\b|\bfrom(?=\s*[\"'])|fetch\(|Worker\(|\.src\s*=)"
        r"[\s\"'`(]*(?:https?:)?//[\w.-]+\.\w+"
    )
    files = [*built_book.rglob("*.css"), *built_book.rglob("*.js"), *built_book.rglob("*.html")]
    found = {
        (file.relative_to(built_book).as_posix(), one[0])
        for file in files
        for one in loads.finditer(file.read_text("utf-8"))
    }
    assert not found


def test_every_file_that_a_page_or_a_style_names_is_in_the_site(pages, built_book):
    wanted = {page.file(address) for page in pages.values() for address in page.loads}
    wanted |= {file for style in built_book.rglob("*.css") for file in styles_load(style)}
    assert not {str(file.relative_to(built_book)) for file in wanted if not file.exists()}


def test_every_link_within_the_site_leads_somewhere(pages):
    broken = []
    for name, page in pages.items():
        for link in page.links:
            address = urlparse(link)
            # What begins with #figure: sets a figure of the page.
            if address.scheme or address.netloc or address.fragment.startswith("figure:"):
                continue
            target = page.file(link) if address.path else page.path
            known = {other.path.resolve(): other.ids for other in pages.values()}
            anchors = known.get(target.resolve())
            if anchors is None:
                if not target.exists():
                    broken.append((name, link))
            elif address.fragment and unquote(address.fragment) not in anchors:
                broken.append((name, link))
    assert not broken


def test_a_link_to_a_definition_or_a_source_tells_on_hovering_what_stands_there(pages):
    text = pages[LESSONS[1]].path.read_text("utf-8")
    for page in ("glossary", "bibliography"):
        links = re.findall(rf"<a [^>]*book/{page}\.html#[^>]*>", text)
        assert links
        assert all(re.search(r'title="[^"]{20,}"', link) for link in links), links


def figures(page: Page) -> list[int]:
    """Return the bytes of data that each figure of a page brings along."""
    [state] = [text for kind, text in page.blocks if kind.endswith("widget-state+json")]
    models = json.loads(state)["state"].values()
    return [sum(len(b["data"]) for b in model.get("buffers", [])) for model in models]


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_with_its_largest_figure_weighs_less_than_a_megabyte_and_a_half(
    pages, built_book, lesson
):
    data = figures(pages[lesson])
    assert weight(pages[lesson], built_book) - sum(data) + max(data) < 1_500_000


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_weighs_less_than_three_megabytes_beside_what_all_pages_share(pages, lesson):
    assert pages[lesson].path.stat().st_size < 3_000_000


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_holds_the_code_of_its_figures_once_and_not_in_its_page(pages, lesson):
    [state] = [text for kind, text in pages[lesson].blocks if kind.endswith("widget-state+json")]
    modules = [model["state"].get("_esm") for model in json.loads(state)["state"].values()]
    assert all(module is None or re.fullmatch(r"\w+-[0-9a-f]{12}", module) for module in modules)
    scripts = [address for address in pages[lesson].loads if "/widgets/" in address]
    assert len(scripts) == len(set(scripts))


@pytest.mark.parametrize("lesson", LESSONS)
def test_where_no_script_runs_each_widget_has_a_stand_in(pages, lesson):
    views = [kind for kind, _ in pages[lesson].blocks if kind.endswith("widget-view+json")]
    pictures = [given for tag, given in pages[lesson].fallbacks if tag == "img"]
    questions = [
        given
        for tag, given in pages[lesson].fallbacks
        if tag == "div" and "gd-question-fallback" in given.get("class", "")
    ]
    assert len(views) > 0
    assert len(pictures) + len(questions) == len(views)


@pytest.mark.parametrize("lesson", LESSONS)
def test_every_picture_says_in_words_what_it_shows(pages, lesson):
    pictures = [given for tag, given in pages[lesson].fallbacks if tag == "img"]
    assert all(given.get("alt") for given in pictures)
    # The name of the file is what Sphinx writes for want of an alternative text.
    assert not any(given["alt"] in given["src"] for given in pictures)


def test_formulas_are_typeset_with_mathematical_markup_for_screen_readers(pages):
    text = pages[LESSONS[0]].path.read_text("utf-8")
    assert text.count('class="katex"') == text.count("<math") > 0
    assert "katex-error" not in text


# How many parts an element has, where the standard says so.
PARTS = dict.fromkeys(["mfrac", "mover", "mroot", "msub", "msup", "munder"], 2)
PARTS |= dict.fromkeys(["msubsup", "munderover"], 3)


def test_each_formula_has_the_parts_that_its_markup_needs(pages):
    """Not so where a name such as max stands in an exponent as an operator: write it upright."""
    for name, page in pages.items():
        for formula in re.findall(r"<math\b.*?</math>", page.path.read_text("utf-8"), re.DOTALL):
            for element in ET.fromstring(formula).iter():  # noqa: S314, our own page
                tag = element.tag.rpartition("}")[2]
                assert len(element) == PARTS.get(tag, len(element)), f"{name}: {formula}"


def test_each_lesson_of_the_sources_has_its_exercises_below_it():
    assert {Path(page).name for page in EXERCISES} == {path.stem for path in SOURCES}
    assert all(Path(page).name == Path(lesson).name for page, lesson in EXERCISES.items())


@pytest.mark.parametrize("exercises", EXERCISES)
def test_exercises_are_linked_from_their_lesson_and_link_back(pages, exercises):
    lesson = EXERCISES[exercises]
    for one, other in ((lesson, exercises), (exercises, lesson)):
        article = (
            pages[one].path.read_text("utf-8").partition("<article")[2].partition("</article")[0]
        )
        assert f"{Path(other).parent.name}/{Path(other).name}.html" in article


@pytest.mark.parametrize("exercises", EXERCISES)
def test_a_page_of_exercises_says_how_to_answer_and_gives_the_students_notebook(pages, exercises):
    assert f"make lab LESSON={exercises}.ipynb" in shown(pages[exercises].path)
    [notebook] = [one for one in pages[exercises].links if one.endswith(".ipynb")]
    given = pages[exercises].file(notebook).read_bytes()
    assert given == (ROOT / f"{exercises}.ipynb").read_bytes()


@pytest.mark.parametrize("exercises", EXERCISES)
def test_a_page_of_exercises_weighs_less_than_a_megabyte_with_all_that_it_loads(
    pages, built_book, exercises
):
    assert weight(pages[exercises], built_book) < 1_000_000


def cells(path: Path) -> list[str]:
    """Return the texts of a notebook's cells."""
    return ["".join(cell["source"]) for cell in json.loads(path.read_text("utf-8"))["cells"]]


def solutions() -> dict[str, list[str]]:
    """Return the solutions in each source."""
    return {
        path.stem: [text for cell in cells(path) for text in SOLUTION.findall(cell)]
        for path in SOURCES
    }


def shown(path: Path) -> str:
    """Return the text of a page without its markup."""
    return html.unescape(re.sub(r"<[^>]+>", "", path.read_text("utf-8")))


def bare(text: str) -> str:
    return "".join(text.split())


def test_no_page_of_exercises_holds_a_line_of_a_solution(pages):
    for exercise, answers in solutions().items():
        assert answers
        page = f"notebooks/exercises/{exercise}"
        given = bare("".join(cells(ROOT / f"{page}.ipynb")))
        text = bare(shown(pages[page].path))
        for line in map(bare, "\n".join(answers).splitlines()):
            assert len(line) < 12 or line in given or line not in text, (page, line)


def test_no_page_holds_a_whole_solution_but_for_lessons_that_teach_it(pages):
    texts = {name: bare(shown(page.path)) for name, page in pages.items() if name not in LESSONS}
    for answers in solutions().values():
        for answer in answers:
            if len(answer.splitlines()) > 1:
                assert not [name for name, text in texts.items() if bare(answer) in text], answer


def test_the_notebooks_in_the_site_are_those_of_the_students(built_book):
    published = {path.read_bytes() for path in built_book.rglob("*.ipynb")}
    assert published == {(ROOT / f"{one}.ipynb").read_bytes() for one in EXERCISES}


def test_the_search_knows_nothing_of_solutions(built_book, pages):
    text = (built_book / "searchindex.js").read_text("utf-8")
    index = json.loads(text.removeprefix("Search.setIndex(").removesuffix(")"))
    assert not [page for page in index["docnames"] if "sources" in page]
    answers = " ".join(answer for several in solutions().values() for answer in several)
    everywhere = " ".join(shown(page.path) for page in pages.values())
    words = [set(re.findall(r"\w+", one.lower())) for one in (answers, everywhere)]
    assert words[0] - words[1]
    assert not (words[0] - words[1]) & index["terms"].keys()
