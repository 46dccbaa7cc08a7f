"""Exercises to lesson 10: how the answers are called, what they are compared with."""

from itertools import pairwise

import numpy as np
from course_utils.exercises import (
    Between,
    Exercise,
    Problems,
    Question,
    Random,
    Sample,
    Wrong,
)


def within_a_percent(scale):
    return Between(0.99 * scale, 1.01 * scale)


def layers_inputs(rng):
    yield {"weights": [np.array([[2.0]]), np.array([[3.0]])], "x": np.array([0.0])}
    for widths in [(1, 1, 1, 1), (4, 4, 4, 4), (5, 4, 3, 2), (3, 2), (6, *[5] * 10)]:
        yield {
            "weights": [
                rng.normal(size=shape) / np.sqrt(shape[0])
                for shape in pairwise(widths)
            ],
            "x": rng.uniform(0.5, 1.5, size=widths[0]),
        }


def weights_inputs(rng):
    yield {"inputs": 8, "outputs": 200, "activation": "relu", "rng": Random(0)}
    for activation in ["tanh", "relu"]:
        for inputs, outputs in [(120, 20), (20, 150)]:
            yield {
                "inputs": inputs + int(rng.integers(10)),
                "outputs": outputs + int(rng.integers(10)),
                "activation": activation,
                "rng": Random(int(rng.integers(10**6))),
            }


def weights_expected(_, inputs):
    gain = {"tanh": 1, "relu": 2}[inputs["activation"]]
    shape = (inputs["inputs"], inputs["outputs"])
    return Sample(0.0, float(np.sqrt(gain / inputs["inputs"])), shape, relative=0.1)


def alike(answer):
    """Random numbers of the same mean and spread show the same mistake."""
    return Sample(
        float(answer.mean()), float(answer.std()), answer.shape, relative=0.1
    )


def gradients_inputs(rng):
    yield {"gradients": [np.array([3.0, 0.0]), np.array([4.0])], "limit": 1.0}
    yield {"gradients": [np.array([3.0, 40.0])], "limit": 2.0}
    shapes = [(3, 2), (2,), (2, 4), (4,)]
    for factor in (0.2, 0.7, 3.0):  # of the norm
        gradients = [rng.normal(size=shape) for shape in shapes]
        norm = np.sqrt(sum(np.sum(g**2) for g in gradients))
        yield {"gradients": gradients, "limit": float(factor * norm)}
    yield {"gradients": [np.zeros((2, 3)), np.zeros(3)], "limit": 1.0}


def leaky_unit(rng):
    while True:
        above = float(f"{10 ** rng.uniform(-1, 1):.2g}")
        below = float(f"{above * rng.uniform(0.45, 0.5):.2g}")
        square = 2 / (above**2 + below**2)
        scale, relu, mean = np.sqrt(square), np.sqrt(2) / above, 2 / (above + below)
        # Each mistake has to be wrong, and none like another: no answer is within reach of two.
        known = [scale, 1.0, relu, mean, square, 1 / scale, scale / np.sqrt(2)]
        reach = np.array([0.0355, 0.0545, *[0.0105] * 5])
        apart = np.abs(np.log(np.divide.outer(known, known)))
        if (apart + np.eye(7) >= np.add.outer(reach, reach)).all():
            return {"above": above, "below": below}


SEARCH = "Students try numbers with the function that they are given: the formula is the author's."

exercise = Exercise(
    lesson="4_pitfalls/10_vanishing_and_exploding.ipynb",
    title="When the signal dies or blows up",
    blocked=("networks", "optimizers", "descent"),
    also_whole=True,
    questions=[
        Question(
            "delta_sizes",
            fractions=("weights",),
            points=3,
            inputs=layers_inputs,
            equivalent={
                "slopes = [1 - np.tanh(z) ** 2 for z in sums] → slopes = [np.tanh(z) ** 2 - 1 for z in sums]": "Lengths have no sign.",
            },
            rare={
                "delta = slopes[-1] → delta = slopes[1]": "The last layer is k, and 1 only where there are two.",
            },
            wrong=[
                Wrong(
                    "derivative at the output",
                    replace={"np.tanh(z) ** 2": "np.tanh(np.tanh(z)) ** 2"},
                    hint="You take the derivative of tanh at the output h of the unit. It belongs at the "
                    "sum z; in terms of the output it is 1 − h².",
                ),
                Wrong(
                    "no transpose",
                    replace={"weights[i].T": "weights[i]"},
                    hint="On the way back the weights are used the other way round: from the outputs of a "
                    "layer to its inputs.",
                ),
                Wrong(
                    "weights of the wrong layer",
                    replace={"weights[i].T": "weights[i - 1].T"},
                    hint="To go back by one layer you need the weights between the two layers. With lists "
                    "that count from 0, which entry of `weights` is that?",
                ),
                Wrong(
                    "slope of the wrong layer",
                    replace={
                        "slopes[i - 1] * (delta @ weights[i].T)": "(slopes[i] * delta) @ weights[i].T"
                    },
                    hint="You multiply by the derivative of the layer that you come from, where it is "
                    "already contained in δ. The one of the layer that you go to is missing.",
                ),
                Wrong(
                    "no slope on the way",
                    replace={
                        "slopes[i - 1] * (delta @ weights[i].T)": "delta @ weights[i].T"
                    },
                    hint="The weights are there, the derivative of tanh in each layer is missing: this is "
                    "the gradient of a linear network.",
                ),
                Wrong(
                    "no slope at the end",
                    replace={"delta = slopes[-1]": "delta = np.ones_like(sums[-1])"},
                    hint="You begin with the gradient by the outputs, which is 1. The last layer has a tanh "
                    "as well, and δ is the gradient by its sums.",
                ),
                Wrong(
                    "last layer first",
                    replace={"sizes[::-1]": "sizes"},
                    hint="Your list begins with the last layer. Asked for is the first layer first.",
                ),
                Wrong(
                    "squares",
                    replace={"np.linalg.norm(delta)": "np.sum(delta**2)"},
                    hint="These are squares of lengths; a root is missing.",
                ),
                Wrong(
                    "slope of the layer that it comes from",
                    replace={"slopes[i - 1] * (delta @": "slopes[i] * (delta @"},
                    hint="The derivative of tanh is taken one layer too near to the output. `sums[0]` is "
                    "z₁: which entry belongs to the layer that you go to?",
                ),
                Wrong(
                    "slope one layer too far",
                    replace={"slopes[i - 1] *": "slopes[i - 2] *"},
                    hint="The derivative of tanh is taken one layer too near to the input. `sums[0]` is "
                    "z₁: which entry belongs to the layer that you go to?",
                ),
                Wrong(
                    "entry by entry",
                    replace={"(delta @ weights[i].T)": "(delta * weights[i].T)"},
                    hint="The gradient is multiplied by the weights entry by entry. Between it and the "
                    "weights stands a matrix product, ⊙ only before the bracket.",
                ),
            ],
        ),
        Question(
            "leaky_scale",
            points=1,
            problems=Problems(practice={"above": 1.0, "below": 0.5}, draw=leaky_unit),
            expect=lambda scale: Between(0.9644 * scale, 1.0357 * scale),
            rare={
                "leaky_scale = np.sqrt(2 / (given.above ** 2 + given.below ** 2)) → leaky_scale = np.sqrt(2 * (given.above ** 2 + given.below ** 2))": SEARCH,
                "leaky_scale = np.sqrt(2 / (given.above ** 2 + given.below ** 2)) → leaky_scale = np.sqrt(2 / (given.above ** 2 - given.below ** 2))": SEARCH,
                "leaky_scale = np.sqrt(2 / (given.above ** 2 + given.below ** 2)) → leaky_scale = np.sqrt(2 / (given.above * 2 + given.below ** 2))": SEARCH,
                "leaky_scale = np.sqrt(2 / (given.above ** 2 + given.below ** 2)) → leaky_scale = np.sqrt(2 / (given.above ** 1 + given.below ** 2))": SEARCH,
                "leaky_scale = np.sqrt(2 / (given.above ** 2 + given.below ** 2)) → leaky_scale = np.sqrt(2 / (given.above ** 2 + given.below ** 1))": SEARCH,
            },
            wrong=[
                Wrong(
                    "ReLU",
                    source="leaky_scale = np.sqrt(2) / given.above",
                    recognise=within_a_percent,
                    hint="That is for a unit that lets nothing negative through. This one lets a part "
                    "of it through, so it needs less.",
                ),
                Wrong(
                    "tanh",
                    source="leaky_scale = 1",
                    recognise=lambda _: Between(0.95, 1.05),
                    hint="This is the scale for a unit whose derivative is 1. What does it make of the "
                    "gradient here? Print `factor(1)`.",
                ),
                Wrong(
                    "mean derivative",
                    source="leaky_scale = 2 / (given.above + given.below)",
                    recognise=within_a_percent,
                    hint="You have divided by the mean of the derivative. Lengths are roots of sums of "
                    "squares: what counts is the mean of its square.",
                ),
                Wrong(
                    "no root",
                    source="leaky_scale = 2 / (given.above**2 + given.below**2)",
                    recognise=within_a_percent,
                    hint="That is the number by which the variance of the weights has to be "
                    "multiplied. The scale multiplies their standard deviation.",
                ),
                Wrong(
                    "upside down",
                    source="leaky_scale = np.sqrt((given.above**2 + given.below**2) / 2)",
                    recognise=within_a_percent,
                    hint="This is by how much a layer changes the gradient where the scale is 1. The "
                    "scale has to undo it.",
                ),
                Wrong(
                    "sum of the squares",
                    source="leaky_scale = 1 / np.sqrt(given.above**2 + given.below**2)",
                    recognise=within_a_percent,
                    hint="This is 1 divided by the root of the sum of both squares. A unit is on one side "
                    "at a time, half of them on each.",
                ),
            ],
        ),
        Question(
            "first_weights",
            points=2,
            inputs=weights_inputs,
            expect=weights_expected,
            rare={
                "variance = {'tanh': 1, 'relu': 2}[activation] / inputs → variance = {'tanh': 1, 'relu': 2}[activation] * inputs": "The text has n below 1 and 2.",
                "variance = {'tanh': 1, 'relu': 2}[activation] / inputs → variance = inputs / {'tanh': 1, 'relu': 2}[activation]": "The text has n below 1 and 2.",
            },
            wrong=[
                Wrong(
                    "variance for spread",
                    replace={"np.sqrt(variance)": "variance"},
                    hint="You use the variance as if it were the standard deviation. A number that "
                    "multiplies a random variable multiplies its variance by the square.",
                    recognise=alike,
                ),
                Wrong(
                    "outputs",
                    replace={"/ inputs": "/ outputs"},
                    hint="A sum has as many terms as the layer has inputs, so they decide, and not the "
                    "outputs.",
                    recognise=alike,
                ),
                Wrong(
                    "zeros",
                    replace={
                        "np.sqrt(variance) * rng.normal(size=(inputs, outputs))": "np.zeros((inputs, outputs))"
                    },
                    hint="With weights of zero nothing passes through the layer, and all its units stay "
                    "equal.",
                    recognise=alike,
                ),
                Wrong(
                    "not scaled",
                    replace={"np.sqrt(variance) * ": ""},
                    hint="These weights have the variance 1, whatever the size of the layer.",
                    recognise=alike,
                ),
                Wrong(
                    "always 1/n",
                    replace={'"relu": 2': '"relu": 1'},
                    hint="ReLU blocks half of the units; to make up for it, its weights need twice the "
                    "variance.",
                    recognise=alike,
                ),
                Wrong(
                    "uniform of variance 1/3",
                    replace={"rng.normal(size=": "rng.uniform(-1, 1, size="},
                    hint="Numbers drawn evenly between −1 and 1 have the variance 1/3, not 1.",
                    recognise=alike,
                ),
                Wrong(
                    "all positive",
                    replace={
                        "np.sqrt(variance) * rng.normal(size=(inputs, outputs))": "np.sqrt(3 * variance) * rng.random(size=(inputs, outputs))"
                    },
                    hint="All your weights are positive. Their mean is to be 0.",
                    recognise=alike,
                ),
            ],
        ),
        Question(
            "clip_by_norm",
            points=2,
            inputs=gradients_inputs,
            equivalent={
                "factor = limit / norm if norm > limit else 1 → factor = limit / norm if norm >= limit else 1": "At the limit the factor is 1 either way.",
            },
            wrong=[
                Wrong(
                    "by value",
                    replace={"factor * g for": "np.clip(g, -limit, limit) for"},
                    hint="You clip each entry by itself. That turns the gradient into another direction.",
                ),
                Wrong(
                    "each array",
                    source="def clip_by_norm(gradients, limit):\n"
                    "    norms = [max(np.linalg.norm(g), 1e-300) for g in gradients]\n"
                    "    pairs = zip(gradients, norms)\n"
                    "    return [min(1, limit / norm) * g for g, norm in pairs]\n",
                    hint="You clip each array by itself. Layers with large gradients are shortened more than "
                    "the others, and the direction of the whole changes.",
                ),
                Wrong(
                    "always",
                    replace={" if norm > limit else 1": ""},
                    hint="Gradients below the limit are enlarged to the limit, and those of zero become "
                    "NaN. Clipping only ever shortens.",
                ),
                Wrong(
                    "only lengthens",
                    replace={
                        "limit / norm if norm > limit else 1": "max(1, limit / norm)"
                    },
                    hint="You lengthen what is short, and leave alone what is long. It should be the "
                    "other way round.",
                ),
                Wrong(
                    "in place",
                    source="def clip_by_norm(gradients, limit):\n"
                    "    norm = np.sqrt(sum(np.sum(g**2) for g in gradients))\n"
                    "    for g in gradients:\n"
                    "        g *= min(1, limit / max(norm, 1e-300))\n"
                    "    return gradients\n",
                    hint="`g *= ...` writes into the arrays of whoever called the function. "
                    "`factor * g` makes a new one.",
                ),
                Wrong(
                    "never zero",
                    replace={
                        "limit / norm if norm > limit else 1": "limit / max(norm, 1e-8)"
                    },
                    hint="Gradients below the limit are enlarged to the limit. Clipping only ever "
                    "shortens.",
                ),
                Wrong(
                    "sum of norms",
                    replace={
                        "np.sqrt(sum(np.sum(g**2) for g in gradients))": "sum(np.linalg.norm(g) for g in gradients)"
                    },
                    hint="Norms do not add up: 3 and 4 make 5. Add the squares of all entries, then take one "
                    "root.",
                ),
                Wrong(
                    "no root",
                    replace={
                        "np.sqrt(sum(np.sum(g**2) for g in gradients))": "sum(np.sum(g**2) for g in gradients)"
                    },
                    hint="You compare the limit with the square of the norm: a root is missing.",
                ),
                Wrong(
                    "largest entry",
                    replace={
                        "np.sqrt(sum(np.sum(g**2) for g in gradients))": "max(np.abs(g).max() for g in gradients)"
                    },
                    hint="You compare the limit with the largest entry. The norm counts all of them.",
                ),
                Wrong(
                    "divided by the norm",
                    replace={"limit / norm if": "1 / norm if"},
                    hint="Gradients that are too long get the length 1, whatever the limit.",
                ),
            ],
        ),
    ],
)
