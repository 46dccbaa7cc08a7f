"""Wrong answers that many give and no hint explains are listed for the author."""

from course_utils.grading.__main__ import main

from . import classroom

pytestmark = classroom.needs_sandbox

SQUARE = "def mean_square(values):\n    return sum(v / v for v in values) / len(values)"
OWN = "def describe(costs):\n    return 'up'"


def test_the_most_common_come_first_with_the_change_that_gives_the_same(tmp_path, capsys):
    sources = tmp_path / "sources"
    sources.mkdir()
    classroom.write_sources(sources)
    for number in range(4):
        answers = classroom.ANSWERS | ({"mean_square": SQUARE} if number else {"describe": OWN})
        answers |= {"double": classroom.WRONG["double"]} if number == 1 else {}
        path = tmp_path / "class" / f"student {number}_{classroom.SLUG}.ipynb"
        path.parent.mkdir(exist_ok=True)
        path.write_text(classroom.notebook(answers), "utf-8")
    folders = [str(tmp_path / "class"), "--out", str(tmp_path / "results")]
    assert main(["grade", *folders, "--sources", str(sources)]) == 0
    capsys.readouterr()
    assert main(["mistakes", str(tmp_path / "results"), "--sources", str(sources)]) == 0
    told = capsys.readouterr().out
    assert "mean_square: 3 students" in told
    line = "return sum(({} for v in values)) / len(values)"
    assert f"    {line.format('v * v')} → {line.format('v / v')}\n" in told
    assert "describe: 1 student\n" in told
    assert "double" not in told
