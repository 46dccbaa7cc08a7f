"""The scripts of Python in the page, and its Python side, without a browser."""

import asyncio
import builtins
import contextlib
import html
import json
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest

from tests.player.node import node, typescript

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "book" / "python"
COLOUR = """
import { highlighted } from "%s";
let text = "";
for await (const piece of process.stdin) text += piece;
console.log(JSON.stringify(JSON.parse(text).map((source) => highlighted(source, 3))));
"""


def run_module(script: str, name: str, told: Any) -> Any:
    """Return what a script that uses one of the modules answers."""
    source = script % (FOLDER / name).as_uri()
    done = node("--input-type=module", "--eval", source, told=json.dumps(told))
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_types_in_the_comments_are_right():
    done = node(str(typescript() / "lib" / "tsc.js"), "--project", str(FOLDER / "jsconfig.json"))
    assert done.returncode == 0, done.stdout


def cells() -> list[str]:
    """Return the code of all notebooks."""
    paths = sorted((ROOT / "notebooks").rglob("*.ipynb"))
    notebooks = [json.loads(path.read_text("utf-8"))["cells"] for path in paths]
    code = [one for cells in notebooks for one in cells if one["cell_type"] == "code"]
    return ["".join(one["source"]) for one in code]


def test_colours_change_no_letter_of_a_cell():
    sources = [*cells(), 'f"{a < b}', "'''open", "(]", "# &amp; <b>", "x = .5e-3j  \n\n"]
    coloured = run_module(COLOUR, "highlight.js", sources)
    assert [html.unescape(re.sub(r"<[^>]*>", "", one)) for one in coloured] == sources


@pytest.mark.parametrize(
    ("source", "kinds"),
    [
        ("def f(x):", [("def", "k"), ("f", "nf"), ("(", "p"), ("x", "n"), (")", "p"), (":", "p")]),
        ("import numpy", [("import", "kn"), ("numpy", "n")]),
        ("a.print # b", [("a", "n"), (".", "p"), ("print", "n"), ("# b", "c1")]),
        ("'a' 1.5e-3", [("'a'", "s2"), ("1.5e-3", "mi")]),
        ("x is None", [("x", "n"), ("is", "ow"), ("None", "kc")]),
    ],
)
def test_words_have_the_colours_that_pygments_gives_them(source, kinds):
    [coloured] = run_module(COLOUR, "highlight.js", [source])
    spans = re.findall(r'<span class="(\w+)[^"]*">([^<]*)</span>', coloured)
    assert [(html.unescape(text), kind) for kind, text in spans] == kinds


def test_the_bracket_at_the_caret_is_marked_with_its_partner():
    [pair, none] = run_module(COLOUR, "highlight.js", ["f(a[(1)])", "abc(]"])
    assert re.findall(r'py-pair">(.)', pair) == ["[", "]"]
    assert "py-pair" not in none


class Screen:
    """What a kernel has sent, in the place of a page."""

    def __init__(self, kernel: Any) -> None:
        self.sent: list[dict[str, Any]] = []
        self.kernel = kernel.Kernel(lambda text, _: self.sent.append(json.loads(text)))

    def run(self, source: str) -> list[dict[str, Any]]:
        self.sent.clear()
        # In a thread of its own: a test of the browser may have left a running loop in this one.
        with ThreadPoolExecutor(1) as thread:
            thread.submit(asyncio.run, self.kernel.run("cell 1", source)).result()
        return [one["output"] for one in self.sent if "output" in one]


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Screen:
    spec = spec_from_file_location("page_kernel", FOLDER / "kernel.py")
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(builtins, "input", input)
    for name in ("anywidget", "ipywidgets"):
        monkeypatch.setitem(sys.modules, name, sys.modules.get(name))
    with contextlib.suppress(KeyError):
        monkeypatch.delitem(sys.modules, "matplotlib.pyplot")
    return Screen(module)


def test_the_last_expression_of_a_cell_is_shown_unless_a_semicolon_ends_it(screen):
    assert screen.run("a = 2\na + 1") == [{"kind": "text", "text": "3"}]
    assert screen.run("a;") == []
    assert screen.run("b = a") == []


def test_names_are_shared_by_the_cells(screen):
    screen.run("def f():\n    return g()")
    screen.run("def g():\n    return 5")
    assert screen.run("f()") == [{"kind": "text", "text": "5"}]


def test_a_cell_may_await(screen):
    assert screen.run("import asyncio\nawait asyncio.sleep(0, 'late')") == [
        {"kind": "text", "text": "'late'"}
    ]


def test_a_flood_of_text_is_cut_with_a_sentence(screen):
    shown = "".join(one["text"] for one in screen.run("for i in range(10**5): print('x' * 20)"))
    assert len(shown) < 101_000
    assert shown.endswith("characters of what a cell prints.\n")


def test_an_error_shows_the_lines_of_the_cells_and_no_others(screen):
    [error] = screen.run("import json\n\n\ndef f():\n    json.loads('{')\n\n\nf()")
    assert error["lines"] == [8, 5]
    assert error["text"].count("File ") == 2
    assert "decoder.py" not in error["text"]
    assert "JSONDecodeError" in error["text"]


def test_the_causes_of_an_error_are_shown_too(screen):
    [error] = screen.run(
        "try:\n    1 / 0\nexcept ZeroDivisionError as e:\n    raise ValueError from e"
    )
    assert "ZeroDivisionError" in error["text"]
    assert "direct cause" in error["text"]


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("input('n? ')", "input() has nobody to ask on a page"),
        ("exit()", "exit() ends nothing on a page"),
        ("import no_such_library", "There is no 'no_such_library' on this page."),
        ("def f(:", "SyntaxError"),
    ],
)
def test_what_a_page_cannot_do_is_said_in_a_sentence(screen, source, sentence):
    [error] = screen.run(source)
    assert error["kind"] == "error"
    assert sentence in error["text"]


def test_a_check_tells_the_page_whether_it_was_passed(screen):
    [shown] = screen.run("from course_utils.exercises import check\ncheck('fate', lambda a, b: 1)")
    assert shown["check"] == {"name": "fate", "passed": False}
