"""Exercises to lesson 1: how the answers are called, what they are compared with."""

import numpy as np

from course_utils.exercises import Exercise, Points, Question, Wrong


def prediction_inputs(rng):
    targets = np.array([1.0, 2.0, 2.0, 3.0, 10.0])
    yield {"targets": targets, "predictions": np.full(5, 2.0)}
    yield {"targets": rng.normal(size=6), "predictions": rng.normal(size=6)}
    targets = rng.integers(-9, 10, size=4)
    step = rng.integers(1, 5, size=4)
    yield {"targets": targets, "predictions": targets + step / 2}
    targets = rng.uniform(10, 20, size=3)
    yield {"targets": targets, "predictions": targets.copy()}
    yield {"targets": rng.normal(size=1), "predictions": rng.normal(5, size=1)}


def column_inputs(rng):
    targets = np.array([1.0, 2.0, 6.0])
    yield {"targets": targets, "predictions": np.array([[1.0], [2.0], [3.0]])}
    targets, predictions = rng.normal(size=(2, 5))
    yield {"targets": targets, "predictions": predictions}
    targets, predictions = rng.normal(size=(2, 7, 1))
    yield {"targets": targets, "predictions": predictions}
    targets, predictions = rng.normal(size=(2, 4))
    yield {"targets": targets[:, None], "predictions": predictions}
    targets, predictions = rng.normal(size=(2, 1))
    yield {"targets": targets, "predictions": predictions[:, None]}


def slope_inputs(rng):
    for loss in ("squared", "absolute", "huber"):
        targets = np.array([1.0, 2.0, 2.0, 3.0, 10.0])
        yield {"w": 2.5, "targets": targets, "loss": loss}
    for loss in ("squared", "absolute", "huber"):
        # Of each loss, residuals of both signs, within and beyond the corners of Huber's.
        near, far = rng.uniform(0.1, 0.9, 3), rng.uniform(2, 20, 4)
        residuals = np.concatenate([near, -near[:1], far[:1], -far[1:]])
        w = float(rng.uniform(-5, 5))
        yield {"w": w, "targets": w - rng.permutation(residuals), "loss": loss}
    whole = rng.integers(2, 9, size=4)
    yield {"w": 1, "targets": [int(target) for target in whole], "loss": "huber"}


def score_inputs(rng):
    yield {"labels": np.array([1, 0]), "scores": np.zeros(2)}
    scores = rng.uniform(0.5, 3, size=6) * [1, -1, 1, 1, -1, -1]
    yield {"labels": np.array([1, 1, 0, 1, 0, 1]), "scores": scores}
    yield {"labels": np.array([1]), "scores": np.array([-1000.0])}
    yield {"labels": np.array([1, 0]), "scores": np.array([1000.0, -1000.0])}
    large = rng.integers(800, 2000, size=4) * np.array([1, -1, 1, -1])
    yield {"labels": np.array([0, 1, 1, 0]), "scores": large}
    yield {"labels": np.array([0.0]), "scores": rng.uniform(20, 60, size=1)}


GIVEN = "The line to be mended has a difference and a square."

exercise = Exercise(
    lesson="1_cost_functions/01_cost_functions.ipynb",
    title="What a model minimises",
    blocked=("costs", "networks", "objectives"),
    also_whole=True,
    questions=[
        Question(
            "mse",
            points=1,
            inputs=prediction_inputs,
            wrong=[
                Wrong(
                    "sum instead of mean",
                    replace={"np.mean(": "np.sum("},
                    hint="This adds the squares up without averaging them: with twice as many "
                    "examples it would be twice as large. Where is the 1/n?",
                ),
                Wrong(
                    "not squared",
                    replace={"residuals**2": "residuals"},
                    hint="This is the mean of the residuals themselves, in which an error of +3 "
                    "and one of −3 cancel. A loss must not be negative.",
                ),
                Wrong(
                    "square of the mean",
                    replace={"np.mean(residuals**2)": "np.mean(residuals) ** 2"},
                    hint="Here the residuals are averaged first, and cancel, before the average "
                    "is squared. Which of the two comes first in the equation?",
                ),
                Wrong(
                    "absolute values",
                    replace={"residuals**2": "np.abs(residuals)"},
                    hint="This is the mean absolute error. It is a cost too, but another one.",
                ),
                Wrong(
                    "an extra half",
                    replace={"np.mean(": "0.5 * np.mean("},
                    hint="This is half of what was asked for. Some books put ½ before the squares; "
                    "the cost of this course has none.",
                ),
                Wrong(
                    "half of the sum",
                    replace={"np.mean(": "0.5 * np.sum("},
                    hint="This is half of the sum of squares. Asked for is their mean, without ½.",
                ),
                Wrong(
                    "multiplied by n",
                    replace={"np.mean(": "len(residuals) / 2 * np.sum("},
                    hint="Python reads from left to right: 1 / 2 * n multiplies by n. Dividing by "
                    "both needs brackets, and this cost has no ½.",
                ),
                Wrong(
                    "root",
                    replace={
                        "np.mean(residuals**2)": "np.sqrt(np.mean(residuals**2))"
                    },
                    hint="The root of the cost says how large a typical error is. Asked for is the "
                    "cost itself, without a root.",
                ),
                Wrong(
                    "doubled",
                    replace={"residuals**2": "2 * residuals"},
                    hint="This is twice the mean of the residuals. A square is no product with 2, and an "
                    "error of +3 and one of −3 must not cancel.",
                ),
            ],
        ),
        Question(
            "mended_mse",
            points=2,
            inputs=column_inputs,
            parts=[
                Points("targets in a row", 1),
                Points(
                    "targets in a column",
                    1,
                    of=lambda inputs: inputs["targets"].ndim == 2,
                    sentence="Not right where the targets are a column.",
                ),
            ],
            equivalent={
                "residuals = np.ravel(predictions) - np.ravel(targets) → residuals = np.ravel(targets) - np.ravel(predictions)": "Residuals are squared.",
            },
            rare={
                "residuals = np.ravel(predictions) - np.ravel(targets) → residuals = np.ravel(predictions) + np.ravel(targets)": GIVEN,
                "return np.mean(residuals ** 2) → return np.mean(residuals * 2)": GIVEN,
                "return np.mean(residuals ** 2) → return np.mean(residuals ** 1)": GIVEN,
            },
            wrong=[
                Wrong(
                    "unchanged",
                    source="def mended_mse(targets, predictions):\n"
                    "    return np.mean((predictions - targets) ** 2)",
                    hint="A column of n minus a row of n gives n × n differences, each prediction "
                    "with each target. Give both the same shape before you subtract.",
                ),
                Wrong(
                    "only the predictions flattened",
                    source="def mended_mse(targets, predictions):\n"
                    "    return np.mean((predictions.ravel() - targets) ** 2)",
                    hint="Only the predictions are brought into shape here. The targets may be a "
                    "column as well, and then the same happens to them.",
                ),
                Wrong(
                    "expects a column",
                    source="def mended_mse(targets, predictions):\n"
                    "    return np.mean((predictions[:, 0] - targets) ** 2)",
                    hint="Taking column 0 works only for an array that has columns. Predictions of "
                    "shape (n,) have none, and are allowed as well.",
                ),
                Wrong(
                    "mean over one axis",
                    source="def mended_mse(targets, predictions):\n"
                    "    return np.mean((predictions - targets) ** 2, axis=0)",
                    hint="Averaging along one axis leaves an array where there are two. The n × n "
                    "table should not arise in the first place.",
                ),
                Wrong(
                    "only the targets flattened",
                    replace={"np.ravel(predictions)": "predictions"},
                    hint="Only the targets are brought into shape here. It is the predictions that are "
                    "a column in the example.",
                ),
            ],
        ),
        Question(
            "cost_slope",
            points=2,
            inputs=slope_inputs,
            equivalent={
                "if loss == 'squared': → after if loss == 'absolute':": "A loss has one name.",
            },
            wrong=[
                Wrong(
                    "values of the loss",
                    replace={
                        "2 * residuals": "residuals**2",
                        "np.sign(residuals)": "np.abs(residuals)",
                        "np.clip(residuals, -1, 1)": "np.where(np.abs(residuals) <= 1,"
                        " residuals**2 / 2, np.abs(residuals) - 0.5)",
                    },
                    hint="This is the cost f(w). Asked for is its derivative: what remains of each "
                    "loss when you differentiate it?",
                ),
                Wrong(
                    "squared for every loss",
                    replace={
                        "np.sign(residuals)": "2 * residuals",
                        "np.clip(residuals, -1, 1)": "2 * residuals",
                    },
                    hint="Every loss gets the slope of the squared one here. Is the name of the "
                    "loss looked at?",
                ),
                Wrong(
                    "sum instead of mean",
                    replace={"np.mean(": "np.sum("},
                    hint="The pulls are added up, but not averaged. The cost has a 1/n, and it "
                    "stays there when you differentiate.",
                ),
                Wrong(
                    "sign",
                    replace={"w - np.asarray(targets)": "np.asarray(targets) - w"},
                    hint="All slopes have the wrong sign. Where w is above all targets, a larger w "
                    "costs more, so the slope must be positive.",
                ),
                Wrong(
                    "Huber not clipped",
                    replace={"np.clip(residuals, -1, 1)": "residuals"},
                    hint="For Huber's loss this uses the derivative of ½r² everywhere. What is the "
                    "derivative of its other branch, for residuals beyond ±1?",
                ),
                Wrong(
                    "Huber without signs",
                    replace={
                        "np.clip(residuals, -1, 1)": "np.where(np.abs(residuals) <= 1, residuals, 1)"
                    },
                    hint="Beyond ±1 every target pulls in the same direction here. Huber's straight "
                    "lines rise to the right and fall to the left.",
                ),
                Wrong(
                    "Huber doubled",
                    replace={
                        "np.clip(residuals, -1, 1)": "2 * np.clip(residuals, -1, 1)"
                    },
                    hint="The slope of Huber's cost is twice too large: its loss begins with ½r².",
                ),
                Wrong(
                    "2 forgotten",
                    replace={"2 * residuals": "residuals"},
                    hint="The slope of the squared cost is half of what it should be. What is the "
                    "derivative of r²?",
                ),
                Wrong(
                    "sum for the absolute loss",
                    replace={"np.mean(np.sign": "np.sum(np.sign"},
                    hint="For the absolute loss the signs are added up, but not averaged. The cost has a "
                    "1/n for every loss.",
                ),
            ],
        ),
        Question(
            "cross_entropy",
            points=3,
            inputs=score_inputs,
            parts=[
                Points("scores of a few units", 1),
                Points(
                    "scores of any size",
                    2,
                    of=lambda inputs: np.abs(inputs["scores"]).max() > 10,
                    sentence="Not right for scores far from 0, where a power is too large for a "
                    "computer or a probability is rounded to 0 or 1.",
                ),
            ],
            equivalent={
                "labels, scores = (np.asarray(labels), np.asarray(scores)) → labels, scores = (labels, np.asarray(scores))": "Inputs are arrays.",
                "labels, scores = (np.asarray(labels), np.asarray(scores)) → labels, scores = (np.asarray(labels), scores)": "Inputs are arrays.",
                "labels, scores = (np.asarray(labels), np.asarray(scores)) → pass": "Inputs are arrays.",
            },
            wrong=[
                Wrong(
                    "exponential written out",
                    replace={"np.logaddexp(0, scores)": "np.log(1 + np.exp(scores))"},
                    hint="Right in mathematics, but exp(1000) overflows to infinity. ln(1 + e^z) "
                    "can be computed without a large power: see the section 'Without overflow'.",
                ),
                Wrong(
                    "exponential written out for each label",
                    source="def cross_entropy(labels, scores):\n"
                    "    signs = np.where(np.asarray(labels) == 1, -1, 1)\n"
                    "    return np.mean(np.log(1 + np.exp(signs * np.asarray(scores))))",
                    hint="Right in mathematics. Where the label and a large score disagree, the power "
                    "overflows to infinity: of e^z and e^−z, which one is always small?",
                ),
                Wrong(
                    "logarithm of the probability",
                    source="def cross_entropy(labels, scores):\n"
                    "    labels, scores = np.asarray(labels), np.asarray(scores)\n"
                    "    p = 1 / (1 + np.exp(-scores))\n"
                    "    return np.mean(-labels * np.log(p) - (1 - labels) * np.log(1 - p))",
                    hint="For large scores p is rounded to 0 or 1, and ln 0 is minus infinity. Put "
                    "p into the equation on paper first: much cancels, and no p is left.",
                ),
                Wrong(
                    "probabilities clipped at 1e-7",
                    source="def cross_entropy(labels, scores):\n"
                    "    labels, scores = np.asarray(labels), np.asarray(scores)\n"
                    "    p = np.clip(1 / (1 + np.exp(-scores)), 1e-7, 1 - 1e-7)\n"
                    "    return np.mean(-labels * np.log(p) - (1 - labels) * np.log(1 - p))",
                    hint="Clipping p at 1e-7 hides the overflow: no example can cost more than "
                    "16.1, where 1000 would be right. Work with the scores, without p.",
                ),
                Wrong(
                    "probabilities clipped at 1e-15",
                    source="def cross_entropy(labels, scores):\n"
                    "    labels, scores = np.asarray(labels), np.asarray(scores)\n"
                    "    p = np.clip(1 / (1 + np.exp(-scores)), 1e-15, 1 - 1e-15)\n"
                    "    return np.mean(-labels * np.log(p) - (1 - labels) * np.log(1 - p))",
                    hint="Clipping p at 1e-15 hides the overflow: no example can cost more than "
                    "34.5, where 1000 would be right. Work with the scores, without p.",
                ),
                Wrong(
                    "base 2",
                    replace={"return np.mean(": "return 1 / np.log(2) * np.mean("},
                    hint="This counts in bits, with logarithms to the base 2. The equation has "
                    "natural logarithms: a score of 0 costs ln 2.",
                ),
                Wrong(
                    "labels exchanged",
                    replace={"labels * scores": "(1 - labels) * scores"},
                    hint="Here a high score is cheap for the label 0 and dear for the label 1. "
                    "Which of the two logarithms belongs to y?",
                ),
                Wrong(
                    "sign of the label's term",
                    replace={"- labels * scores": "+ labels * scores"},
                    hint="For the label 1 the cost must fall as the score rises. Check the sign of "
                    "the term with y z.",
                ),
                Wrong(
                    "label's term forgotten",
                    replace={" - labels * scores": ""},
                    hint="This is right for the label 0 only: the labels play no part in it.",
                ),
                Wrong(
                    "sum instead of mean",
                    replace={"np.mean(": "np.sum("},
                    hint="The losses are added up, but not averaged. Where is the 1/n?",
                ),
            ],
        ),
    ],
)
