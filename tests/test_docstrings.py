"""What a reader finds at every rule and schedule: its equation, an example, where it is from."""

import dataclasses
import inspect

import pytest

import course_utils
from course_utils import Optimizer, Schedule
from course_utils.hyperparameters import Hyperparameters

NAMES = [
    name for name in dir(course_utils) if name not in {"Player", "Question", "Answer", "Optimizer"}
]
PUBLIC = {name: getattr(course_utils, name) for name in NAMES}
RULES = {
    name: found
    for name, found in PUBLIC.items()
    if isinstance(found, type) and issubclass(found, Optimizer)
}
SCHEDULES = {
    name: found
    for name, found in PUBLIC.items()
    if isinstance(found, type) and issubclass(found, Schedule) and found is not Schedule
}


@pytest.mark.parametrize("name", RULES)
def test_a_rule_shows_its_equation_an_example_and_its_source(name) -> None:
    text = inspect.getdoc(RULES[name]) or ""
    for part in ("$$", "Parameters\n", "Examples\n", ">>> ", "Source: "):
        assert part in text


@pytest.mark.parametrize("name", RULES)
def test_a_rule_is_short_enough_to_be_read_at_once(name) -> None:
    assert len(inspect.getsource(RULES[name].step).splitlines()) <= 15


@pytest.mark.parametrize("name", sorted(set(SCHEDULES) - {"Constant", "Scaled", "Product"}))
def test_a_schedule_shows_its_equation_and_an_example(name) -> None:
    text = inspect.getdoc(SCHEDULES[name]) or ""
    for part in ("$", "Examples\n", ">>> "):
        assert part in text


@pytest.mark.parametrize("name", NAMES)
def test_everything_public_begins_with_one_sentence(name) -> None:
    first = (inspect.getdoc(PUBLIC[name]) or "").split("\n")[0]
    assert first.endswith(".")


def sections(found) -> set[str]:
    """What has to stand in the text of a public name."""
    wanted = {"Examples\n"}
    if inspect.signature(found).parameters:
        wanted |= {"Parameters\n", "Raises\n"}
    if dataclasses.is_dataclass(found) and not issubclass(found, Hyperparameters):
        wanted -= {"Parameters\n", "Raises\n"}  # a result, which nobody makes by hand
    return wanted


@pytest.mark.parametrize("name", sorted(set(NAMES) - {"installed"}))  # which refuses nothing
def test_everything_public_says_what_it_takes_what_it_refuses_and_shows_it(name) -> None:
    text = inspect.getdoc(PUBLIC[name]) or ""
    assert [part for part in sections(PUBLIC[name]) if part not in text] == []
