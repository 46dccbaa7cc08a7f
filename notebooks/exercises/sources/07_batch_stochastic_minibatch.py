"""Exercises to lesson 7: how the answers are called, what they are compared with."""

import numpy as np
from course_utils.exercises import (
    UNCHANGED,
    Exercise,
    Partition,
    Picture,
    Points,
    Question,
    Random,
    Wrong,
)


def minibatches_inputs(rng):
    yield {"n": 5, "batch_size": 2, "rng": Random(0)}
    for n, batch_size in [
        (442, 32),
        (64, 16),
        (20, 20),
        (30, 100),
        (int(rng.integers(50, 99)), 1),
    ]:
        yield {
            "n": n,
            "batch_size": batch_size,
            "rng": Random(int(rng.integers(10**6))),
        }
    n = 12 * int(rng.integers(3, 7))
    yield {"n": n + 5, "batch_size": 12, "rng": Random(int(rng.integers(10**6)))}


def epoch_inputs(rng):
    yield {
        "features": np.array([[1.0], [2.0]]),
        "targets": np.array([1.0, 4.0]),
        "weights": np.array([0.0]),
        "learning_rate": 0.1,
        "batches": [np.array([0]), np.array([1])],
    }
    for n, d, size in [(12, 3, 4), (11, 2, 4), (10, 4, 10), (9, 2, 1)]:
        order = rng.permutation(n)
        yield {
            "features": rng.normal(size=(n, d)),
            "targets": rng.normal(size=n),
            "weights": rng.normal(size=d),
            "learning_rate": rng.uniform(0.02, 0.08),
            "batches": [order[first : first + size] for first in range(0, n, size)],
        }


def scale_inputs(rng):
    yield {"gradients": np.array([[3.0], [1.0], [-1.0]])}
    yield {"gradients": np.array([[3.0, 0.0], [1.0, 2.0]])}
    for n, d in [(10, 3), (40, 5), (6, 8)]:
        yield {"gradients": rng.normal(rng.uniform(0.5, 2), 1, size=(n, d))}
    yield {"gradients": np.tile(rng.uniform(1, 2, size=4), (5, 1))}


def floor_inputs(rng):
    yield {"floor": 0.5, "sigma": 2.0, "batch_size": 2, "curvature": 1.0}
    for batch_size in [1, 4, 32]:
        curvature, product = rng.uniform(1.5, 5), rng.uniform(0.1, 1)
        sigma = rng.uniform(1.5, 3)
        floor = product * sigma**2 / (batch_size * curvature**2 * (2 - product))
        yield {
            "floor": floor,
            "sigma": sigma,
            "batch_size": batch_size,
            "curvature": curvature,
        }


SAID = "The text has a mean of squared distances over a squared length, the first in italics."

exercise = Exercise(
    lesson="3_variants/07_batch_stochastic_minibatch.ipynb",
    title="How much data per step",
    blocked=("costs", "optimizers", "descent"),
    also_whole=True,
    questions=[
        Question(
            "minibatches",
            points=2,
            inputs=minibatches_inputs,
            expect=lambda _, inputs: Partition(inputs["n"], inputs["batch_size"]),
            wrong=[
                Wrong(
                    "remainder dropped",
                    replace={
                        "range(0, n, batch_size)": "range(0, n - batch_size + 1, batch_size)"
                    },
                    hint="The rows that do not fill a whole batch are lost, and some patients are "
                    "never seen. They make a last, shorter batch.",
                ),
                Wrong(
                    "empty batch",
                    replace={
                        "range(0, n, batch_size)": "range(0, n + 1, batch_size)"
                    },
                    hint="When the rows fill the batches exactly, you append an empty one, and the mean "
                    "of no rows is not a number.",
                ),
                Wrong(
                    "even split",
                    source="def minibatches(n, batch_size, rng):\n"
                    "    order = rng.permutation(n)\n"
                    "    return np.array_split(order, -(-n // batch_size))\n",
                    hint="Your batches share the rows out evenly. Here every batch is full, except "
                    "for the last.",
                ),
                Wrong(
                    "number of batches",
                    source="def minibatches(n, batch_size, rng):\n"
                    "    order = rng.permutation(n)\n"
                    "    return np.array_split(order, batch_size)\n",
                    hint="`batch_size` is the number of rows in a batch, not the number of batches.",
                ),
                Wrong(
                    "not shuffled",
                    replace={
                        "order[first : first + batch_size]": "np.arange(n)[first:][:batch_size]"
                    },
                    hint="These are the rows in the order of the file. Positions in the shuffled order "
                    "are not row numbers yet: `order` says which row stands at a position.",
                ),
                Wrong(
                    "with replacement",
                    replace={
                        "order[first : first + batch_size]": "rng.integers(n, size=min(batch_size, n - first))"
                    },
                    hint="Each batch is drawn anew from all the rows, so some rows come twice in an "
                    "epoch and some never. Cut the shuffled order into pieces instead.",
                ),
            ],
        ),
        Question(
            "sgd_epoch",
            points=3,
            picture=Picture(
                "The two weights after 0 to 15 epochs, with batches of 3 and 2 of the 5 rows",
                "[w, *[(w := sgd_epoch(features, targets, w, 0.05, batches)) for _ in range(15)]]",
                {
                    "features": np.array(
                        [[1.0, 0.0], [1.0, 1.0], [1.0, 2.0], [1.0, -1.0], [1.0, -2.0]]
                    ),
                    "targets": np.array([1.2, 2.9, 5.1, -1.0, -3.2]),
                    "w": np.zeros(2),
                    "batches": [np.array([0, 3, 2]), np.array([4, 1])],
                },
            ),
            inputs=epoch_inputs,
            parts=[
                Points("weights of fractions", 2),
                Points(
                    "weights of whole numbers",
                    0.5,
                    of=lambda inputs: inputs["weights"].dtype.kind == "i",
                    sentence="Not right where the weights at the start are whole numbers.",
                ),
                Points("unchanged weights", 0.5, of=UNCHANGED),
            ],
            rare={
                "gradient = 2 / len(rows) * features[rows].T @ errors → gradient = 2 * len(rows) * features[rows].T @ errors": "The equation has B below a 2.",
                "gradient = 2 / len(rows) * features[rows].T @ errors → gradient = len(rows) / 2 * features[rows].T @ errors": "The equation has B below a 2.",
            },
            wrong=[
                Wrong(
                    "sum",
                    replace={"2 / len(rows) *": "2 *"},
                    hint="Your gradient is the sum over the rows of the batch, so a larger batch "
                    "makes longer steps. The cost is a mean.",
                ),
                Wrong(
                    "mean over all rows",
                    replace={"len(rows)": "len(targets)"},
                    hint="A batch has B rows: its mean divides by B, not by the number of all rows.",
                ),
                Wrong(
                    "mean over full batches",
                    replace={"len(rows)": "len(batches[0])"},
                    hint="The last batch may have fewer rows than the first. Divide by the rows that "
                    "it really has.",
                ),
                Wrong(
                    "no factor 2",
                    replace={"2 / len(rows)": "1 / len(rows)"},
                    hint="The derivative of a square brings a factor of 2, and this cost has no one "
                    "half that would cancel it.",
                ),
                Wrong(
                    "all at once",
                    replace={
                        "for rows in batches:": "start = weights\n    for rows in batches:",
                        "features[rows] @ weights": "features[rows] @ start",
                    },
                    hint="Every batch of yours sees the weights of the beginning. After a step the "
                    "next batch starts from where that step has led.",
                ),
                Wrong(
                    "targets of other rows",
                    replace={"targets[rows]": "targets[: len(rows)]"},
                    hint="The targets are not those of the rows in the batch: features and targets "
                    "must be taken at the same row numbers.",
                ),
                Wrong(
                    "uphill",
                    replace={"weights - learning_rate": "weights + learning_rate"},
                    hint="Your steps go uphill. Look at the sign of the step, or of the residual.",
                ),
                Wrong(
                    "one number for all weights",
                    replace={
                        "2 / len(rows) * features[rows].T @ errors": "2 / len(rows)"
                        " * np.sum(features[rows].T * errors)"
                    },
                    hint="The gradient is added up to one number here, so that all weights move "
                    "alike. It has an entry for each weight: the sum runs over the rows alone.",
                ),
                Wrong(
                    "divided by the number of features",
                    replace={"2 / len(rows)": "2 / features.shape[1]"},
                    hint="This divides by the number of columns. The mean is over the examples, "
                    "which are the rows of the batch.",
                ),
                Wrong(
                    "the gradients add up",
                    source="def sgd_epoch(features, targets, weights, learning_rate, batches):\n"
                    "    gradient = np.zeros(len(weights))\n"
                    "    for rows in batches:\n"
                    "        errors = features[rows] @ weights - targets[rows]\n"
                    "        gradient = gradient + 2 / len(rows) * features[rows].T @ errors\n"
                    "        weights = weights - learning_rate * gradient\n"
                    "    return weights",
                    hint="The gradient of the batches before is still in yours. Each batch starts "
                    "from zero.",
                ),
                Wrong(
                    "returns in the first round",
                    replace={"    return weights": "        return weights"},
                    hint="The return is indented as part of the loop, so that it ends after the "
                    "first batch.",
                ),
                Wrong(
                    "start from zero",
                    replace={"for rows": "weights = 0 * weights\n    for rows"},
                    hint="Your weights begin at 0, whatever is given. Begin at the weights that are given.",
                ),
                Wrong(
                    "targets added",
                    replace={"weights - targets[rows]": "weights + targets[rows]"},
                    hint="The targets are added to the predictions here. An error is what lies between "
                    "the two.",
                ),
            ],
        ),
        Question(
            "noise_scale",
            points=2,
            inputs=scale_inputs,
            equivalent={
                "variance = ((gradients - mean) ** 2).sum(axis=1).mean() → variance = ((mean - gradients) ** 2).sum(axis=1).mean()": "Differences are squared.",
            },
            rare={
                "mean = gradients.mean(axis=0) → mean = gradients.sum(axis=0)": SAID,
                "mean = gradients.mean(axis=0) → mean = gradients.mean(axis=1)": "Where rows and columns differ in number, this ends in an error.",
                "variance = ((gradients - mean) ** 2).sum(axis=1).mean() → variance = ((gradients - mean) * 2).sum(axis=1).mean()": SAID,
                "variance = ((gradients - mean) ** 2).sum(axis=1).mean() → variance = ((gradients + mean) ** 2).sum(axis=1).mean()": SAID,
                "variance = ((gradients - mean) ** 2).sum(axis=1).mean() → variance = ((gradients - mean) ** 1).sum(axis=1).mean()": SAID,
                "return variance / (mean ** 2).sum() → return variance * (mean ** 2).sum()": SAID,
                "return variance / (mean ** 2).sum() → return variance / (mean * 2).sum()": SAID,
                "return variance / (mean ** 2).sum() → return variance / (mean ** 1).sum()": SAID,
            },
            wrong=[
                Wrong(
                    "mean over coordinates",
                    replace={".sum(axis=1).mean()": ".mean()"},
                    hint="A squared distance is a sum over the coordinates. The mean is over the "
                    "rows only.",
                ),
                Wrong(
                    "not centred",
                    replace={"(gradients - mean) ** 2": "gradients ** 2"},
                    hint="Your S measures how long the gradients are, not how far they lie from their "
                    "mean. Where all rows agree, it should be 0.",
                ),
                Wrong(
                    "mean of the lengths",
                    replace={
                        "(mean**2).sum()": "np.linalg.norm(gradients, axis=1).mean() ** 2"
                    },
                    hint="Below the line stands the length of the mean gradient. The mean of the "
                    "lengths is larger: there, rows that disagree do not cancel.",
                ),
                Wrong(
                    "not squared",
                    replace={"(mean**2).sum()": "np.linalg.norm(mean)"},
                    hint="Below the line stands the square of the length. S has squared units "
                    "too, and the scale is to be a pure number of rows.",
                ),
                Wrong(
                    "standard deviation",
                    replace={
                        "return variance / (mean**2).sum()": "return (variance / (mean**2).sum()) ** 0.5"
                    },
                    hint="That is the ratio of the lengths, noise to gradient. The scale is the ratio "
                    "of their squares.",
                ),
                Wrong(
                    "norm of the covariance",
                    replace={
                        "((gradients - mean) ** 2).sum(axis=1).mean()": "np.linalg.norm(np.atleast_2d(np.cov(gradients.T, bias=True)))"
                    },
                    hint="The norm of the covariance matrix mixes in how the coordinates vary together. "
                    "S is the sum of the variances of the coordinates alone.",
                ),
                Wrong(
                    "n − 1",
                    replace={".sum(axis=1).mean()": ".sum() / (len(gradients) - 1)"},
                    hint="You divide by n − 1. S is the plain mean over the n rows.",
                ),
                Wrong(
                    "one mean for all coordinates",
                    replace={"gradients.mean(axis=0)": "gradients.mean()"},
                    hint="The mean gradient has an entry for each coordinate. Yours is one number, the "
                    "mean of all entries.",
                ),
                Wrong(
                    "upside down",
                    replace={
                        "variance / (mean**2).sum()": "(mean**2).sum() / variance"
                    },
                    hint="This is gradient over noise. The scale grows with the noise.",
                ),
                Wrong(
                    "mean of the squares",
                    replace={"(mean**2).sum()": "(mean**2).mean()"},
                    hint="S is right. The squared length of the mean gradient is a sum over the "
                    "coordinates, and not their mean.",
                ),
            ],
        ),
        Question(
            "rate_for_floor",
            points=2,
            inputs=floor_inputs,
            rare={
                "return 2 * pull / (sigma ** 2 + pull * curvature) → return 2 * pull * (sigma ** 2 + pull * curvature)": "Solving for a rate that stands in a bracket ends with a division.",
            },
            wrong=[
                Wrong(
                    "small rates only",
                    replace={"(sigma**2 + pull * curvature)": "sigma**2"},
                    hint="That holds for small rates, where 2 − ηλ is nearly 2. Keep ηλ, and bring "
                    "both terms with η to one side.",
                ),
                Wrong(
                    "no batch size",
                    replace={"floor * batch_size * curvature": "floor * curvature"},
                    hint="Your rate does not depend on the batch size. A mean of B rows has 1/B of "
                    "the variance, which allows a larger rate.",
                ),
                Wrong(
                    "sigma not squared",
                    replace={"sigma**2": "sigma"},
                    hint="Variances add up here, and σ is a standard deviation.",
                ),
                Wrong(
                    "sign",
                    replace={
                        "sigma**2 + pull * curvature": "sigma**2 - pull * curvature"
                    },
                    hint="Look at a sign: when the term with η is brought from one side of the "
                    "equation to the other, it is added.",
                ),
                Wrong(
                    "curvature once",
                    replace={"pull * curvature)": "pull)"},
                    hint="The curvature occurs twice in the formula, before the bracket and inside. "
                    "Multiply out before you collect the terms with η.",
                ),
                Wrong(
                    "forward",
                    source="def rate_for_floor(floor, sigma, batch_size, curvature):\n"
                    "    left = 2 - floor * curvature\n"
                    "    return floor * sigma**2 / (batch_size * curvature * left)\n",
                    hint="You have put the floor in the place of the rate. The floor is given, and the "
                    "rate is what the equation is to be solved for.",
                ),
            ],
        ),
    ],
)
