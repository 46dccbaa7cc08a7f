"""Exercises to lesson 15: how the answers are called, what they are compared with."""

import numpy as np

from course_utils.exercises import Exercise, Question, Wrong

BY_HAND = np.array([[1.0, 2.0], [1.0, -1.0]])


def labelled(rng, rows):
    """Labels of both classes, in a drawn order, more of one than of the other."""
    return rng.permutation((np.arange(rows) < max(1, rows // 3)).astype(float))


def with_ones(rng, rows, columns):
    return np.column_stack([np.ones(rows), rng.normal(size=(rows, columns - 1))])


def logistic_inputs(rng):
    yield {"X": BY_HAND, "y": np.array([1.0, 0.0]), "w": np.zeros(2), "l2": 0.0}
    for rows, columns in ((5, 3), (8, 4), (3, 2)):
        w, l2 = (
            rng.uniform(0.5, 2, columns) * rng.choice([-1, 1], columns),
            rng.uniform(0.1, 1),
        )
        X = with_ones(rng, rows, columns)
        yield {"X": X, "y": labelled(rng, rows), "w": w, "l2": float(l2)}
    # Without a penalty, and with one that is larger than all else.
    X, y = with_ones(rng, 6, 3), labelled(rng, 6)
    yield {"X": X, "y": y, "w": rng.uniform(1, 2, 3), "l2": 0.0}
    yield {"X": X.copy(), "y": y.copy(), "w": rng.uniform(1, 2, 3), "l2": 5.0}


def rows_with(rng, margins, columns):
    """Rows and labels of given margins for drawn weights."""
    w = rng.uniform(0.5, 1.5, columns) * rng.choice([-1, 1], columns)
    y = np.where(np.arange(len(margins)) % 3 == 0, -1.0, 1.0)
    X = rng.normal(size=(len(margins), columns))
    X = X + np.outer((y * margins - X @ w) / (w @ w), w)
    order = rng.permutation(len(y))
    return {"X": X[order], "y": y[order], "w": w}


def hinge_inputs(rng):
    X, y = np.array([[3.0, 0.0], [1.0, 2.0]]), np.array([1.0, -1.0])
    yield {"X": X, "y": y, "w": np.array([1.0, 0.0]), "l2": 0.5}
    for margins, columns in (
        ([-2, 0.5, 0.3, 2, 3, -0.5], 3),
        ([0.6, 1.5, 4, 0.2], 2),
    ):
        margins = np.array(margins) * rng.uniform(0.9, 1.1, len(margins))
        yield {**rows_with(rng, margins, columns), "l2": float(rng.uniform(0.1, 1))}
    # All beyond the margin: the penalty alone is left; then all within.
    yield {**rows_with(rng, rng.uniform(1.5, 4, 5), 3), "l2": 0.2}
    yield {**rows_with(rng, rng.uniform(0.1, 0.9, 5), 3), "l2": 0.0}
    # A row at the corner, whose margin is 1 without rounding.
    X = np.array([[1.0, 2.0], [float(rng.integers(2, 9)), -1.0], [-1.0, 3.0]])
    yield {
        "X": X,
        "y": np.array([1.0, 1.0, 1.0]),
        "w": np.array([1.0, 0.0]),
        "l2": 0.25,
    }


def pegasos_inputs(rng):
    X, y = np.array([[1.0, 0.0], [0.0, 3.0]]), np.array([1.0, 1.0])
    yield {"X": X, "y": y, "l2": 0.5, "order": np.array([0, 1])}
    for rows, columns, steps in ((4, 2, 5), (6, 3, 12), (5, 4, 30)):
        y = np.where(np.arange(rows) % 2, 1.0, -1.0)
        X = rng.normal(size=(rows, columns)) + 0.7 * y[:, None]
        order = rng.integers(rows, size=steps)
        yield {"X": X, "y": y, "l2": float(rng.uniform(0.2, 0.8)), "order": order}
    # The second row has the margin 1, without rounding, when its turn comes.
    X = np.array([[1.0, 0.0], [0.5, float(rng.integers(2, 9))]])
    yield {"X": X, "y": np.ones(2), "l2": 0.5, "order": np.array([0, 1])}
    # Here it is beyond the margin by less than the penalty takes off.
    X = np.array([[1.0, 0.0], [0.6, float(rng.integers(2, 9))]])
    yield {"X": X, "y": np.ones(2), "l2": 0.5, "order": np.array([0, 1])}
    # Two rows of one class that pull the same way: the second is soon beyond the margin.
    X = np.array([[2.0, 1.0], [3.0, 1.0]]) * rng.uniform(1, 2)
    yield {"X": X, "y": np.ones(2), "l2": 0.25, "order": np.array([0, 1, 1, 0, 1])}


def weighted_inputs(rng):
    yield {"X": BY_HAND, "y": np.array([1.0, 0.0]), "w": np.zeros(2), "weight": 3.0}
    for rows, columns in ((5, 3), (9, 2), (7, 4)):
        X, w = with_ones(rng, rows, columns), rng.uniform(-1.5, 1.5, columns)
        weight = float(rng.uniform(2, 9))
        yield {"X": X, "y": labelled(rng, rows), "w": w, "weight": weight}
    X, y = with_ones(rng, 6, 3), labelled(rng, 6)
    yield {"X": X, "y": y, "w": rng.uniform(-1, 1, 3), "weight": 0.25}


exercise = Exercise(
    lesson="6_applications/15_three_fences.ipynb",
    title="Three fences",
    blocked=("costs", "descent", "optimizers"),
    also_whole=True,
    questions=[
        Question(
            "logistic_gradient",
            points=3,
            inputs=logistic_inputs,
            # Labels, and a column of ones.
            fractions=("X", "y"),
            wrong=[
                Wrong(
                    "labels of -1 and 1",
                    replace={"(p - y)": "(p - (2 * y - 1))"},
                    hint="The labels were taken for −1 and 1. Here they are 0 and 1, like the "
                    "probabilities that they are compared with.",
                ),
                Wrong(
                    "sum for mean",
                    replace={" / len(y)": ""},
                    hint="The losses are added up. The cost is their mean, so that a rate suits "
                    "any number of rows.",
                ),
                Wrong(
                    "the penalty divided too",
                    replace={
                        "X.T @ (p - y) / len(y) + l2 * penalised": "(X.T @ (p - y) + l2 * penalised) / len(y)"
                    },
                    hint="The penalty was divided by the number of rows, too. It stands beside "
                    "the mean.",
                ),
                Wrong(
                    "penalised intercept",
                    replace={"np.append(0, w[1:])": "w"},
                    hint="The first weight is penalised as well. It is the intercept, which says "
                    "how common a class is, and has no penalty.",
                ),
                Wrong(
                    "penalty forgotten",
                    replace={" + l2 * penalised": ""},
                    hint="The penalty is missing: with a large one nothing changes.",
                ),
                Wrong(
                    "derivative of a full square",
                    replace={"+ l2 * penalised": "+ 2 * l2 * penalised"},
                    hint="The penalty has a one-half in front, which cancels the 2 of its derivative.",
                ),
                Wrong(
                    "penalty subtracted",
                    replace={"+ l2 * penalised": "- l2 * penalised"},
                    hint="The penalty has the wrong sign: it would reward long weights.",
                ),
                Wrong(
                    "uphill",
                    replace={"(p - y)": "(y - p)"},
                    hint="The part of the data has the wrong sign. A row whose probability is too "
                    "high has to lower its score when a step goes against the gradient.",
                ),
                Wrong(
                    "score instead of probability",
                    replace={"(p - y)": "(X @ w - y)"},
                    hint="The scores are compared with the labels, as in least squares. Compare the "
                    "probabilities.",
                ),
                Wrong(
                    "the sigmoid's slope as a factor",
                    replace={"(p - y)": "((p - y) * p * (1 - p))"},
                    hint="This is the gradient of a squared error of probabilities. For the "
                    "logistic cost the slope of the sigmoid cancels.",
                ),
                Wrong(
                    "mean over columns",
                    replace={"len(y)": "len(w)"},
                    hint="The sum is divided by the number of weights. It is a mean over rows.",
                ),
                Wrong(
                    "labels added",
                    replace={"(p - y)": "(p + y)"},
                    hint="The labels are added to the probabilities. What a row adds is how far its probability is from its label.",
                ),
                Wrong(
                    "entry by entry",
                    replace={"X.T @ (p - y)": "X.T * (p - y)"},
                    hint="`*` multiplies entry by entry, and nothing is added up over the rows. A "
                    "product of matrices, `@`, does both.",
                ),
                Wrong(
                    "transpose forgotten",
                    replace={"X.T @ (p - y)": "X @ (p - y)"},
                    hint="Entry j of the gradient adds up over the rows of X, and X is not transposed "
                    "here. For a square X the shape is right all the same.",
                ),
                Wrong(
                    "multiplied by the rows",
                    replace={"/ len(y)": "* len(y)"},
                    hint="The sum over the rows is multiplied by their number. For a mean it is "
                    "divided by it.",
                ),
            ],
        ),
        Question(
            "hinge_gradient",
            points=2,
            inputs=hinge_inputs,
            fractions=("y",),
            rare={
                "return l2 * w - X[pulling].T @ y[pulling] / len(y) → return l2 * w - len(y) / (X[pulling].T @ y[pulling])": "A number divided by a vector is no mean of rows.",
            },
            wrong=[
                Wrong(
                    "pulled at the corner",
                    replace={"< 1": "<= 1"},
                    hint="A row whose margin is exactly 1 is let go here, since it is not below 1.",
                ),
                Wrong(
                    "only rows on the wrong side",
                    replace={"margins < 1": "margins < 0"},
                    hint="Only rows on the wrong side pull here. The hinge pulls at every row whose "
                    "margin is below 1, on the right side too.",
                ),
                Wrong(
                    "rows beyond the margin",
                    replace={"margins < 1": "margins > 1"},
                    hint="Here those rows pull that are well on the right side, and the others do not.",
                ),
                Wrong(
                    "all rows",
                    replace={"margins < 1": "margins < np.inf"},
                    hint="Every row pulls. Those beyond the margin 1 are to add nothing.",
                ),
                Wrong(
                    "the distance without the label",
                    replace={"y * (X @ w)": "X @ w"},
                    hint="The scores are compared with 1 without their labels, so that rows of "
                    "the class −1 always seem to be on the wrong side, or never.",
                ),
                Wrong(
                    "wrong sign of the pull",
                    replace={"l2 * w - X": "l2 * w + X"},
                    hint="The rows pull the wrong way: a step against this gradient lowers their margins.",
                ),
                Wrong(
                    "mean over those that pull",
                    replace={"len(y)": "max(1, pulling.sum())"},
                    hint="You take the mean over the rows that pull. It is over all rows, so that "
                    "the pull fades when few are left.",
                ),
                Wrong(
                    "sum for mean",
                    replace={" / len(y)": ""},
                    hint="The rows are added up; the cost is their mean.",
                ),
                Wrong(
                    "penalty forgotten",
                    replace={"l2 * w - X": "-X"},
                    hint="The penalty is missing: where all rows are beyond the margin, the weights "
                    "should still shrink.",
                ),
                Wrong(
                    "penalty doubled",
                    replace={"l2 * w": "2 * l2 * w"},
                    hint="The penalty is λ₂/2 times the square, so its derivative has no 2.",
                ),
                Wrong(
                    "penalty divided too",
                    replace={
                        "l2 * w - X[pulling].T @ y[pulling] / len(y)": "(l2 * w - X[pulling].T @ y[pulling]) / len(y)"
                    },
                    hint="The penalty was divided by the number of rows, too. It stands beside the mean.",
                ),
                Wrong(
                    "labels forgotten in the sum",
                    replace={"X[pulling].T @ y[pulling]": "X[pulling].sum(axis=0)"},
                    hint="All rows pull in their own direction, whatever their class. The label "
                    "turns the pull of one class round.",
                ),
                Wrong(
                    "squared hinge",
                    replace={
                        "X[pulling].T @ y[pulling]": "2 * X[pulling].T @ (y * (1 - margins))[pulling]"
                    },
                    hint="This is the gradient of the squared hinge, whose pull grows with the "
                    "distance. Here each row pulls with the same force.",
                ),
                Wrong(
                    "entry by entry",
                    replace={
                        "X[pulling].T @ y[pulling]": "X[pulling].T * y[pulling]"
                    },
                    hint="`*` multiplies entry by entry, and nothing is added up over the rows. A "
                    "product of matrices, `@`, does both.",
                ),
                Wrong(
                    "multiplied by the rows",
                    replace={"/ len(y)": "* len(y)"},
                    hint="The sum over the rows is multiplied by their number. For a mean it is "
                    "divided by it.",
                ),
            ],
        ),
        Question(
            "pegasos",
            points=3,
            inputs=pegasos_inputs,
            fractions=("y",),
            equivalent={
                "pull = y[i] * X[i] if y[i] * (X[i] @ w) < 1 else 0 → "
                "pull = y[i] * X[i] if y[i] * (w @ X[i]) < 1 else 0": "The same product.",
            },
            wrong=[
                Wrong(
                    "pulled at the corner",
                    replace={"< 1": "<= 1"},
                    hint="A row whose margin is exactly 1 does not pull: it is not below 1.",
                ),
                Wrong(
                    "steps counted from 0",
                    replace={"start=1": "start=0"},
                    hint="The first rate is 1/0: count the steps from 1.",
                ),
                Wrong(
                    "uphill",
                    replace={"w - (l2 * w - pull)": "w + (l2 * w - pull)"},
                    hint="The step goes with the gradient, and so uphill.",
                ),
                Wrong(
                    "one step ahead",
                    replace={"start=1": "start=2"},
                    hint="The first step has the rate 1/(2λ₂). The steps are counted from 1, and the "
                    "first rate is 1/λ₂.",
                ),
                Wrong(
                    "constant rate",
                    replace={"/ (l2 * t)": "/ l2"},
                    hint="The rate does not fall. Divide by the number of the step as well.",
                ),
                Wrong(
                    "rate without the penalty",
                    replace={"/ (l2 * t)": "/ t"},
                    hint="The rate is 1/t. With a small penalty it has to be larger: λ₂ stands in its "
                    "denominator.",
                ),
                Wrong(
                    "rate multiplied by the penalty",
                    replace={"/ (l2 * t)": "* l2 / t"},
                    hint="The rate is λ₂/t. λ₂ belongs into the denominator.",
                ),
                Wrong(
                    "the shrinking forgotten",
                    replace={"(l2 * w - pull)": "(-pull)"},
                    hint="The weights only grow: the penalty is missing from the gradient of a step.",
                ),
                Wrong(
                    "shrinking only with a pull",
                    replace={
                        "        w = w - (l2 * w - pull) / (l2 * t)": "        if y[i] * (X[i] @ w) < 1:\n"
                        "            w = w - (l2 * w - pull) / (l2 * t)"
                    },
                    hint="A row beyond the margin leaves the weights as they are. The penalty "
                    "shrinks them in every step.",
                ),
                Wrong(
                    "wrong sign of the pull",
                    replace={"l2 * w - pull": "l2 * w + pull"},
                    hint="The row is pulled to the wrong side.",
                ),
                Wrong(
                    "only rows on the wrong side",
                    replace={"(X[i] @ w) < 1": "(X[i] @ w) < 0"},
                    hint="The weights never leave 0. There every margin is 0: which rows pull?",
                ),
                Wrong(
                    "rows in the order of the table",
                    replace={
                        "y[i] * X[i] if y[i] * (X[i] @ w)": "y[k] * X[k] if y[k] * (X[k] @ w)",
                        "start=1):\n": "start=1):\n        k = (t - 1) % len(y)\n",
                    },
                    hint="The rows are taken as they stand in the table. `order` says which comes next.",
                ),
                Wrong(
                    "label forgotten",
                    replace={"pull = y[i] * X[i] if": "pull = X[i] if"},
                    hint="The pull has lost its label: rows of the class −1 are to pull the other way.",
                ),
                Wrong(
                    "only the last row's mean",
                    replace={"    return w": "    return w / len(order)"},
                    hint="The weights are divided by the number of steps. They are not a mean: return "
                    "those after the last step.",
                ),
                Wrong(
                    "mean over all rows",
                    replace={"y[i] * X[i] if": "y[i] * X[i] / len(y) if"},
                    hint="One row's pull is divided by the number of all rows. The single row stands "
                    "for the mean, and counts whole.",
                ),
                Wrong(
                    "rate that grows",
                    replace={"/ (l2 * t)": "/ l2 * t"},
                    hint="The rate is t/λ₂ here, and grows from step to step. Both λ₂ and t stand "
                    "below the line.",
                ),
                Wrong(
                    "gradient multiplied by the divisor",
                    replace={"/ (l2 * t)": "* (l2 * t)"},
                    hint="The gradient is multiplied by λ₂t. The rate is 1 divided by that.",
                ),
                Wrong(
                    "rate of the perceptron's variant",
                    replace={"/ (l2 * t)": "/ np.sqrt(t)"},
                    hint="The rate is 1/√t here, as some courses teach it. Asked for is 1/(λ₂t).",
                ),
                Wrong(
                    "projected",
                    replace={
                        "        w = w - (l2 * w - pull) / (l2 * t)": "        w = w - (l2 * w - pull) / (l2 * t)\n        w = w * min(1, 1 / np.sqrt(l2) / max(np.linalg.norm(w), 1e-9))"
                    },
                    hint="After each step the weights are brought back into a ball of radius 1/√λ₂, as "
                    "the first paper on Pegasos has it. That step is not asked for here.",
                ),
                Wrong(
                    "mean of the weights",
                    replace={
                        "    for t, i": "    total = 0\n    for t, i",
                        "        w = w - (l2 * w - pull) / (l2 * t)": "        w = w - (l2 * w - pull) / (l2 * t)\n        total = total + w",
                        "    return w": "    return total / len(order)",
                    },
                    hint="You return the mean of the weights of all steps. Asked for are those after "
                    "the last step.",
                ),
                Wrong(
                    "margin after the shrinking",
                    replace={
                        "y[i] * (X[i] @ w) < 1": "y[i] * (X[i] @ w) * (1 - 1 / t) < 1"
                    },
                    hint="A row pulls here that is beyond the margin before its step, and within after "
                    "the penalty has taken its share. The margin is that of the weights before "
                    "the step.",
                ),
            ],
        ),
        Question(
            "class_weighted_gradient",
            points=2,
            inputs=weighted_inputs,
            # Labels, and a column of ones.
            fractions=("X", "y"),
            wrong=[
                Wrong(
                    "the other class",
                    replace={"y == 1": "y == 0"},
                    hint="The weight went to the other class: the label 1 is the rare one.",
                ),
                Wrong(
                    "divided by the rows",
                    replace={"counts.sum()": "len(y)"},
                    hint="The sum is divided by the number of rows. A row that counts three times "
                    "counts three times in the denominator as well.",
                ),
                Wrong(
                    "divided by the weighted rows alone",
                    replace={"counts.sum()": "(counts * y).sum()"},
                    hint="The sum is divided by the counts of one class. Both classes are in the sum.",
                ),
                Wrong(
                    "not divided",
                    replace={" / counts.sum()": ""},
                    hint="This is the weighted sum. For a mean, divide by what the rows count together.",
                ),
                Wrong(
                    "weights forgotten",
                    replace={"np.where(y == 1, weight, 1)": "np.ones(len(y))"},
                    hint="All rows count alike, whatever the weight.",
                ),
                Wrong(
                    "weighted labels",
                    replace={"(counts * (p - y))": "(p - counts * y)"},
                    hint="The label was multiplied, not the loss: a label of 3 asks for a "
                    "probability of 3.",
                ),
                Wrong(
                    "honest rows count nothing",
                    replace={"weight, 1)": "weight, 0)"},
                    hint="Rows with the label 0 count nothing. They are to count once.",
                ),
                Wrong(
                    "one more than the weight",
                    replace={"np.where(y == 1, weight, 1)": "1 + weight * y"},
                    hint="A row with the label 1 counts once too often.",
                ),
                Wrong(
                    "the weight squared",
                    replace={"(counts * (p - y))": "(counts**2 * (p - y))"},
                    hint="The weight enters twice.",
                ),
                Wrong(
                    "uphill",
                    replace={"(p - y)": "(y - p)"},
                    hint="The sign is wrong: a step against this would raise the cost.",
                ),
                Wrong(
                    "labels added",
                    replace={"(p - y)": "(p + y)"},
                    hint="The labels are added to the probabilities. What a row adds is how far its probability is from its label.",
                ),
                Wrong(
                    "entry by entry",
                    replace={"X.T @ (counts * (p - y))": "X.T * (counts * (p - y))"},
                    hint="`*` multiplies entry by entry, and nothing is added up over the rows. A "
                    "product of matrices, `@`, does both.",
                ),
                Wrong(
                    "transpose forgotten",
                    replace={"X.T @ (counts * (p - y))": "X @ (counts * (p - y))"},
                    hint="Entry j of the gradient adds up over the rows of X, and X is not transposed "
                    "here. For a square X the shape is right all the same.",
                ),
            ],
        ),
    ],
)
