"""The one table of rules that drives the comparisons with PyTorch and optax.

Each row has a rule of the course and the same rule in another library, as the name of its class or
function and its options: neither library is needed to read the table.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from course_utils import (
    SAM,
    Adadelta,
    Adagrad,
    Adam,
    Adamax,
    AdamW,
    AMSGrad,
    Clipped,
    Constant,
    Cosine,
    Cyclical,
    Exponential,
    GradientDescent,
    InverseTime,
    Lion,
    LogisticRegression,
    Momentum,
    MultiStep,
    NAdam,
    Objective,
    OneCycle,
    Optimizer,
    Polynomial,
    RAdam,
    RMSprop,
    Rosenbrock,
    Rprop,
    Schedule,
    SignDescent,
    StepDecay,
    WarmRestarts,
    Warmup,
)

STEPS = 200
FOLDER = Path(__file__).parent

_random = np.random.default_rng(0)
FEATURES = _random.normal(size=(60, 5))
CLASSES = (FEATURES @ _random.normal(size=5) + _random.normal(size=60) > 0).astype(float)
PENALTY = 0.01


@dataclass(frozen=True)
class Problem:
    """An objective of the course and where to start; the libraries have their own derivatives."""

    objective: Objective
    start: tuple[float, ...]


PROBLEMS = {
    "rosenbrock": Problem(Rosenbrock(), (-1.2, 1.0)),
    "logistic": Problem(
        LogisticRegression(FEATURES, CLASSES, intercept=False, l2=PENALTY), (0.3,) * 5
    ),
}


@dataclass(frozen=True)
class Rule:
    """A rule, its counterpart, and the learning rate for each problem."""

    make: Callable[..., Optimizer]
    library: str
    counterpart: str
    rates: tuple[float, float]  # for Rosenbrock's function and for the logistic cost
    options: dict[str, Any] = field(default_factory=dict)

    def optimizer(self, problem: str) -> Optimizer:
        return self.make(self.rate(problem))

    def rate(self, problem: str) -> float:
        return self.rates[list(PROBLEMS).index(problem)]


def _torch(make, name, rates, **options) -> Rule:
    return Rule(make, "torch", name, rates, options)


def _optax(make, name, rates, **options) -> Rule:
    return Rule(make, "optax", name, rates, options)


RULES = {
    "gradient descent": _torch(GradientDescent, "SGD", (1e-3, 0.5)),
    "gradient descent, weight decay": _torch(
        lambda a: GradientDescent(a, weight_decay=0.1), "SGD", (1e-3, 0.5), weight_decay=0.1
    ),
    "momentum": _torch(Momentum, "SGD", (2e-4, 0.1), momentum=0.9),
    "momentum, dampening": _torch(
        lambda a: Momentum(a, dampening=0.5), "SGD", (2e-4, 0.1), momentum=0.9, dampening=0.5
    ),
    "momentum, Nesterov": _torch(
        lambda a: Momentum(a, nesterov=True), "SGD", (2e-4, 0.1), momentum=0.9, nesterov=True
    ),
    "Adagrad": _torch(Adagrad, "Adagrad", (0.1, 0.1)),
    "Adagrad, decay and start": _torch(
        lambda a: Adagrad(a, learning_rate_decay=0.01, initial_accumulator_value=0.1),
        "Adagrad",
        (0.1, 0.1),
        lr_decay=0.01,
        initial_accumulator_value=0.1,
    ),
    "RMSprop": _torch(RMSprop, "RMSprop", (0.01, 0.01)),
    "RMSprop, momentum": _torch(
        lambda a: RMSprop(a, momentum=0.9), "RMSprop", (1e-3, 0.01), momentum=0.9
    ),
    "RMSprop, centred": _torch(
        lambda a: RMSprop(a, centered=True), "RMSprop", (1e-3, 1e-3), centered=True
    ),
    "Adadelta": _torch(Adadelta, "Adadelta", (1.0, 1.0)),
    "Adam": _torch(Adam, "Adam", (0.05, 0.05)),
    "Adam, L2": _torch(lambda a: Adam(a, weight_decay=0.1), "Adam", (0.05, 0.05), weight_decay=0.1),
    "AMSGrad": _torch(AMSGrad, "Adam", (0.05, 0.05), amsgrad=True),
    "AdamW": _torch(lambda a: AdamW(a, weight_decay=0.1), "AdamW", (0.05, 0.05), weight_decay=0.1),
    "Adamax": _torch(Adamax, "Adamax", (0.05, 0.05)),
    "NAdam": _torch(NAdam, "NAdam", (0.05, 0.05)),
    "RAdam": _torch(RAdam, "RAdam", (1e-3, 0.05)),
    "Rprop": _torch(Rprop, "Rprop", (0.01, 0.01)),
    "optax: gradient descent": _optax(GradientDescent, "sgd", (1e-3, 0.5)),
    "optax: momentum": _optax(Momentum, "sgd", (2e-4, 0.1), momentum=0.9),
    "optax: momentum, Nesterov": _optax(
        lambda a: Momentum(a, nesterov=True), "sgd", (2e-4, 0.1), momentum=0.9, nesterov=True
    ),
    "optax: sign descent": _optax(SignDescent, "sign_sgd", (1e-3, 1e-3)),
    "optax: Adadelta": _optax(Adadelta, "adadelta", (1.0, 1.0)),
    "optax: Adam": _optax(Adam, "adam", (0.05, 0.05)),
    "optax: AdamW": _optax(
        lambda a: AdamW(a, weight_decay=0.1), "adamw", (0.05, 0.05), weight_decay=0.1
    ),
    "optax: Adamax": _optax(Adamax, "adamax", (0.05, 0.05)),
    "optax: Lion": _optax(
        lambda a: Lion(a, weight_decay=0.1), "lion", (0.01, 0.01), weight_decay=0.1
    ),
    "optax: SAM": _optax(lambda a: SAM(a, rho=0.05), "sam", (1e-3, 0.1), rho=0.05),
    "optax: clipped by norm": _optax(
        lambda a: Clipped(GradientDescent(a), norm=0.2),
        "clip_by_global_norm",
        (0.01, 0.5),
        limit=0.2,
    ),
    "optax: clipped by value": _optax(
        lambda a: Clipped(GradientDescent(a), value=0.1), "clip", (1e-3, 0.5), limit=0.1
    ),
}

# Each schedule with its counterpart in torch.optim.lr_scheduler and that one's options.
SCHEDULES: dict[str, tuple[Schedule, str, dict[str, Any]]] = {
    "constant": (Constant(), "ConstantLR", {"factor": 1.0}),
    "step": (StepDecay(30, gamma=0.1), "StepLR", {"step_size": 30, "gamma": 0.1}),
    "multi-step": (
        MultiStep((20, 70), gamma=0.3),
        "MultiStepLR",
        {"milestones": [20, 70], "gamma": 0.3},
    ),
    "exponential": (Exponential(0.95), "ExponentialLR", {"gamma": 0.95}),
    "inverse time": (InverseTime(0.1), "LambdaLR", {"lr_lambda": lambda t: 1 / (1 + 0.1 * t)}),
    "polynomial": (Polynomial(80, power=2), "PolynomialLR", {"total_iters": 80, "power": 2}),
    "cosine": (Cosine(99), "CosineAnnealingLR", {"T_max": 99}),
    "warm restarts": (
        WarmRestarts(10, mult=2),
        "CosineAnnealingWarmRestarts",
        {"T_0": 10, "T_mult": 2},
    ),
    "warm-up": (
        Warmup(10, start=0.1),
        "LinearLR",
        {"start_factor": 0.1, "end_factor": 1.0, "total_iters": 10},
    ),
    "one cycle": (OneCycle(100), "OneCycleLR", {"max_lr": 1.0, "total_steps": 100}),
    "cyclical": (
        Cyclical(20, low=0.1),
        "CyclicLR",
        {"base_lr": 0.1, "max_lr": 1.0, "step_size_up": 20, "cycle_momentum": False},
    ),
}
SCHEDULE_STEPS = 100
