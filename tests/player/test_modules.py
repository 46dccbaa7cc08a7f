"""The player's modules: what they are joined from, checked by TypeScript, tested by Node.js."""

import gzip
import re
import sys
from pathlib import Path

import pytest

import course_utils.player
from course_utils import GradientDescent, Player, Quadratic, descend
from course_utils.player import MODULE
from course_utils.player.joining import joined, style_sheet
from course_utils.player.panels import PANELS, Panel

from .node import HERE, ROOT, node, typescript
from .toy.spectrum import Spectrum

sys.path.insert(0, str(ROOT / "book" / "_ext"))
from static_widgets import share_modules

FOLDER = Path(course_utils.player.__file__).parent


def paths():
    return descend(Quadratic([1, 10]), [1.0, 1.0], GradientDescent(0.05), steps=5)


def test_the_modules_pass_the_type_checker():
    done = node(
        str(typescript() / "lib" / "tsc.js"),
        "-p",
        str(FOLDER / "jsconfig.json"),
        "--pretty",
        "false",
    )
    assert done.returncode == 0, done.stdout


def test_the_pure_functions_keep_their_promises():
    done = node("--test", *(str(file) for file in sorted(HERE.glob("*.test.mjs"))))
    assert done.returncode == 0, done.stdout


def test_the_joined_modules_are_one_es_module_that_exports_a_widget(tmp_path):
    (tmp_path / "player.mjs").write_text(MODULE, encoding="utf-8")
    (tmp_path / "ask.mjs").write_text(
        'import widget from "./player.mjs"; console.log(typeof widget.render);', encoding="utf-8"
    )
    assert node(str(tmp_path / "ask.mjs")).stdout == "function\n"


def test_the_code_of_the_player_weighs_no_more_than_35_kilobytes_on_the_wire():
    style = style_sheet(FOLDER / "player.css")
    assert sum(len(gzip.compress(text.encode(), 9)) for text in (MODULE, style)) <= 35_000


def test_no_function_of_the_modules_is_longer_than_a_screen_or_two():
    for file in [*FOLDER.glob("browser/*.js"), *FOLDER.glob("panels/*.js")]:
        lengths = [
            body.count("\n")
            for body in re.findall(
                r"^(?:export )?(?:async )?function .*?^}",
                file.read_text("utf-8"),
                re.MULTILINE | re.DOTALL,
            )
        ]
        assert max(lengths, default=0) <= 130, file


def test_each_panel_has_its_module_beside_it_under_the_same_name():
    for name, panel in PANELS.items():
        assert panel.module() == FOLDER / "panels" / f"{name}.js"
        assert panel.module().is_file()


def test_a_panel_from_outside_is_one_class_and_one_module():
    player = Player(paths(), panels=["landscape", Spectrum([1.0, 10.0])])
    assert player._esm != MODULE
    assert "spectrum: $panels_spectrum.panel" in player._esm
    assert player.spec["panels"][1]["title"] == "Eigenvalues of the Hessian"
    alt = player._repr_mimebundle_()[1]["image/png"]["alt"]
    assert "largest eigenvalue 10" in alt
    assert len(player.picture().axes) == 2
    assert Player(paths())._esm == MODULE


def test_the_figures_of_a_page_share_one_module_that_draws_all_their_panels():
    players = [
        Player(paths()),
        Player(paths(), rose=[1.0, -1.0]),
        Player(paths(), panels=[Spectrum([1.0, 10.0])]),
    ]
    states = [{"spec": one.spec, "_esm": one._esm} for one in players]
    share_modules(states)
    common, rare, outside = (state["_esm"] for state in states)
    assert common == rare == players[1]._esm != MODULE
    assert outside == players[2]._esm


def test_a_panel_from_outside_says_what_does_not_fit():
    with pytest.raises(ValueError, match="row of numbers"):
        Player(paths(), panels=[Spectrum([[1.0]])])


def test_two_panels_of_one_name_are_refused():
    class Cost(Panel):
        @classmethod
        def module(cls):
            return HERE / "toy" / "cost.js"

    with pytest.raises(ValueError, match="Two panels are called 'cost'"):
        Player(paths(), panels=[Cost()])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('import * as axes from "./axes.js";\nexport function panel() {}', "not understood"),
        ("export default function panel() {}", "not understood"),
        ('import { a } from "./nowhere.js";\nexport function panel() {}', "There is no module"),
        ('import { tick } from "./axes.js";\nexport function panel() {}', "exports no 'tick'"),
        ("export const a = 1, panel = 2;", "exports no 'panel'"),
        ('import { panel as own } from "./odd.js";\nexport function panel() {}', "circle"),
    ],
)
def test_a_module_that_cannot_be_joined_is_refused_in_a_sentence(tmp_path, text, said):
    (tmp_path / "odd.js").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=said):
        joined([tmp_path / "odd.js"])
