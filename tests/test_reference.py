"""The rules are those of PyTorch and optax, step by step, in double precision."""

import importlib.util

import numpy as np
import pytest

from course_utils import Nesterov, descend
from tests.reference import networks
from tests.reference.libraries import PATHS, network_gradients, torch_schedule
from tests.reference.record import EVERY
from tests.reference.rules import FOLDER, PROBLEMS, RULES, SCHEDULE_STEPS, SCHEDULES, STEPS

TOLERANCE = 1e-12
RECORDED = {library: np.load(FOLDER / f"{library}.npz") for library in PATHS}

needs_torch = pytest.mark.skipif(
    importlib.util.find_spec("torch") is None,
    reason="PyTorch is not installed: compared with recorded trajectories only",
)


def course_path(name: str, problem: str) -> np.ndarray:
    objective, start = PROBLEMS[problem].objective, PROBLEMS[problem].start
    return descend(objective, start, RULES[name].optimizer(problem), STEPS).points


def worst(ours: np.ndarray, theirs: np.ndarray) -> float:
    assert ours.shape == theirs.shape
    return float(np.abs(ours - theirs).max())


@pytest.mark.parametrize("problem", PROBLEMS)
@pytest.mark.parametrize("name", RULES)
def test_a_rule_takes_the_recorded_path(name: str, problem: str) -> None:
    recorded = RECORDED[RULES[name].library][f"{name} | {problem}"]
    path = course_path(name, problem)
    assert worst(path[::EVERY], recorded) < TOLERANCE
    assert worst(path, np.broadcast_to(path[0], path.shape)) > 1e-3  # it has gone somewhere


@needs_torch
@pytest.mark.parametrize("problem", PROBLEMS)
@pytest.mark.parametrize("name", [n for n, rule in RULES.items() if rule.library == "torch"])
def test_a_rule_takes_the_path_of_pytorch(name: str, problem: str) -> None:
    assert worst(course_path(name, problem), PATHS["torch"](RULES[name], problem)) < TOLERANCE


@pytest.mark.skipif(importlib.util.find_spec("optax") is None, reason="optax is not installed")
@pytest.mark.parametrize("problem", PROBLEMS)
@pytest.mark.parametrize("name", [n for n, rule in RULES.items() if rule.library == "optax"])
def test_a_rule_takes_the_path_of_optax(name: str, problem: str) -> None:
    assert worst(course_path(name, problem), PATHS["optax"](RULES[name], problem)) < TOLERANCE


@pytest.mark.parametrize("problem", PROBLEMS)
def test_pytorchs_nesterov_stands_at_the_look_ahead_points_of_the_other_form(problem: str) -> None:
    recorded = RECORDED["torch"][f"momentum, Nesterov | {problem}"]
    objective, start = PROBLEMS[problem].objective, PROBLEMS[problem].start
    rule = Nesterov(RULES["momentum, Nesterov"].rate(problem), momentum=0.9)
    points = descend(objective, start, rule, STEPS).points
    velocity = np.diff(points, axis=0, prepend=points[:1])
    assert worst((points + 0.9 * velocity)[::EVERY], recorded) < TOLERANCE


@pytest.mark.parametrize("name", SCHEDULES)
def test_a_schedule_has_the_recorded_factors(name: str) -> None:
    schedule = SCHEDULES[name][0]
    factors = np.array([schedule(t) for t in range(SCHEDULE_STEPS)], float)
    assert worst(factors, RECORDED["torch"][f"schedule | {name}"]) < TOLERANCE


@needs_torch
@pytest.mark.parametrize("name", SCHEDULES)
def test_a_schedule_has_the_factors_of_pytorch(name: str) -> None:
    assert worst(RECORDED["torch"][f"schedule | {name}"], torch_schedule(name)) < TOLERANCE


@pytest.mark.parametrize("name", networks.COSTS)
def test_backpropagation_gives_the_recorded_gradient(name: str) -> None:
    cost = networks.COSTS[name]
    ours = cost.gradient(networks.weights(cost))
    assert worst(ours, RECORDED["torch"][f"network | {name}"]) < TOLERANCE


@needs_torch
def test_the_recorded_gradients_of_networks_are_those_of_pytorch() -> None:
    for name, gradient in network_gradients().items():
        assert worst(gradient, RECORDED["torch"][f"network | {name}"]) < TOLERANCE


def test_the_recordings_say_with_what_they_were_made() -> None:
    assert str(RECORDED["torch"]["used"]).startswith("torch 2.")
    assert str(RECORDED["optax"]["used"]).startswith("optax 0.")
