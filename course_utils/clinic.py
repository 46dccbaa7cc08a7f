"""The clinic: training runs of which one is healthy and the others went wrong, each for one reason.

A lesson shows their curves and asks for the reasons, which is why they are made here and not there.
Imports the engine.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from course_utils.costs import LogisticRegression, Minibatches
from course_utils.datasets import breast_cancer, digits, standardised
from course_utils.descent import descend
from course_utils.hyperparameters import Array
from course_utils.networks import Network, NetworkCost
from course_utils.objectives import Objective
from course_utils.optimizers import Clipped, GradientDescent, Momentum, Optimizer, State
from course_utils.paths import Descent, stack
from course_utils.schedules import Cosine


class Patient(NamedTuple):
    """A training run: what it descends on, what it is validated on, its start and its rule."""

    training: Objective
    validation: Objective
    start: Array
    rule: Optimizer


class Ascent(GradientDescent):
    """Gradient descent with the sign of the gradient mistaken."""

    def step(self, x: Array, f: Any, state: State, t: int) -> Array:
        return 2 * x - super().step(x, f, state, t)


def patients(rate_times: ArrayLike = 1.0) -> dict[str, Patient]:
    """Twelve training runs by the letters A to M (there is no I), to be diagnosed.

    Parameters
    ----------
    rate_times
        What multiplies the learning rate of each, a number or an array over the grid.

    Returns
    -------
    dict
        A `Patient` for each letter: costs of networks on 100 handwritten digits, and of a logistic
        regression on 400 tumours. No answers are given here that the curves do not give.

    Examples
    --------
    >>> list(patients())
    ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'J', 'K', 'L', 'M']
    """
    rates, data, tumours = np.asarray(rate_times, float), digits(), breast_cancer()
    images, labels = data.features / 16, data.targets
    order = np.random.default_rng(0).permutation(len(labels))
    few, others = order[:100], order[100:200]

    def on_digits(network: Network, rows: Any = few, targets: Array = labels) -> NetworkCost:
        return NetworkCost(network, images[rows], targets[rows])

    def on_tumours(rows: slice) -> LogisticRegression:
        return LogisticRegression(tumours.features[rows], tumours.targets[rows])

    network, large = Network([64, 12, 10]), Network([64, 24, 10])
    deep = Network([64] + [12] * 8 + [10], "sigmoid")
    linear = Network([64] + [12] * 4 + [10], "linear", residual=True)
    weights, cost, seen = network.initial(0), on_digits(network), on_digits(network, others)
    by_class = on_digits(network, few[np.argsort(labels[few], kind="stable")])
    shuffled = Minibatches(cost, 20)
    random, given = np.random.default_rng(1), labels.copy()
    given[few[:25]] = (given[few[:25]] + random.integers(1, 10, 25)) % 10
    wrong_labels, more = on_digits(large, few, given), on_digits(network, order[200:600])
    flat, grown = network.initial(0, scheme="small"), 0.5 * linear.initial(2, scheme="lecun")
    runs: dict[str, tuple[Objective, Objective, Array, Optimizer]] = {
        "A": (shuffled, seen, weights, GradientDescent(3 * rates)),
        "B": (wrong_labels, on_digits(large, others), large.initial(0), Momentum(0.2 * rates)),
        "C": (
            on_tumours(slice(400)),
            on_tumours(slice(400, None)),
            np.zeros(31),
            GradientDescent(5e-6 * rates),
        ),
        "D": (shuffled, seen, weights, Ascent(0.02 * rates)),
        "E": (shuffled, seen, weights, GradientDescent(0.02 * rates)),
        "F": (
            Minibatches(by_class, 10, shuffle=False),
            seen,
            weights,
            GradientDescent(0.2 * rates),
        ),
        "G": (
            Minibatches(on_digits(deep), 20),
            on_digits(deep, others),
            deep.initial(0),
            GradientDescent(0.5 * rates),
        ),
        "H": (Minibatches(cost, 2), seen, weights, GradientDescent(0.4 * rates)),
        "J": (cost, on_digits(network, few[:50]), weights, Momentum(0.1 * rates)),
        "K": (Minibatches(more, 40), seen, weights, Momentum(0.1 * rates)),
        "L": (
            Minibatches(on_digits(linear), 20),
            on_digits(linear, others),
            grown,
            GradientDescent(0.15 * rates),
        ),
        "M": (shuffled, seen, flat, GradientDescent(0.3 * rates)),
    }
    return {letter: Patient(*run) for letter, run in runs.items()}


def treated() -> dict[str, Patient]:
    """The same twelve runs, each with its one fault mended.

    Examples
    --------
    >>> treated()["E"].rule
    GradientDescent(learning_rate=0.5)
    """
    ward, tumours = patients(), breast_cancer()
    scaled = standardised(tumours.features, like=tumours.features[:400])
    residual = Network([64] + [12] * 8 + [10], "tanh", residual=True)

    def on_residual(cost: Any) -> NetworkCost:
        return NetworkCost(residual, cost.inputs, cost.targets)

    weights, unseen = ward["A"].start, ward["A"].validation
    mended: dict[str, dict[str, Any]] = {
        "A": {"rule": GradientDescent(0.5)},
        "B": {"rule": Momentum(0.2, momentum=0.9, weight_decay=0.02)},
        "C": {
            "training": LogisticRegression(scaled[:400], tumours.targets[:400]),
            "validation": LogisticRegression(scaled[400:], tumours.targets[400:]),
            "rule": GradientDescent(0.5),
        },
        "D": {"rule": GradientDescent(0.1)},
        "E": {"rule": GradientDescent(0.5)},
        "F": {"training": Minibatches(ward["F"].training.cost, 10)},
        "G": {
            "training": Minibatches(on_residual(ward["G"].training.cost), 20),
            "validation": on_residual(ward["G"].validation),
            "start": residual.initial(0),
            "rule": GradientDescent(0.05),
        },
        "H": {"rule": GradientDescent(0.4 * Cosine(steps=100))},
        "J": {"validation": unseen},
        "K": {},
        "L": {"rule": Clipped(GradientDescent(0.15), norm=1)},
        "M": {"start": weights},
    }
    return {letter: ward[letter]._replace(**changes) for letter, changes in mended.items()}


def charts(
    cases: Mapping[str, tuple[Objective, Objective, Array, Optimizer]],
    steps: int = 100,
    **axes: ArrayLike,
) -> tuple[Descent, Array]:
    """Training and validation costs of several runs, along an axis `patient`.

    Parameters
    ----------
    cases
        Patients, or such tuples, by name; all over one grid.
    steps
        How long each is trained.
    **axes
        The axes of the grid of their rules, as for `Descent.with_axes`.

    Returns
    -------
    tuple
        The descents, stacked, of which only the first weight is kept; and validation costs of shape
        (steps + 1, patients, *grid).

    Examples
    --------
    >>> paths, validation = charts({name: patients()[name] for name in "AE"}, steps=3)
    >>> paths.costs.shape, validation.shape
    ((4, 2), (4, 2))
    """
    descents, curves = [], []
    for training, validation, start, rule in cases.values():
        paths = descend(training, start, rule, steps)
        curves.append(np.array([validation.value(point) for point in paths.points]))
        descents.append(paths.coordinates([0]).with_axes(**axes))  # networks differ in size
    return stack(descents, patient=list(cases)), np.stack(curves, axis=1)
