"""Exercises to lesson 2: how the answers are called, what they are compared with."""

import numpy as np

from course_utils.exercises import (
    UNCHANGED,
    Between,
    Close,
    Exercise,
    Formula,
    Points,
    Question,
    Wrong,
    whole_numbers,
)


def weighted_inputs(rng):
    yield {
        "X": np.array([[1.0, 2.0], [1.0, 3.0]]),
        "y": np.array([1.0, 3.0]),
        "c": np.array([1.0, 3.0]),
        "w": np.zeros(2),
    }
    for rows, columns in [(3, 3), (5, 2), (1, 4), (6, 1)]:
        yield {
            "X": rng.normal(size=(rows, columns)),
            "y": rng.normal(size=rows),
            "c": rng.uniform(1.5, 4, size=rows),
            "w": rng.normal(size=columns),
        }
    X, w = rng.integers(-4, 5, size=(4, 2)), rng.integers(1, 5, size=2)
    yield {"X": X, "y": X @ w, "c": np.array([1, 2, 3, 4]), "w": w}


def difference_inputs(rng):
    first = Formula("x[0] ** 2 + 3 * x[1]", of="x")
    yield {"function": first, "point": np.array([1.0, 2.0]), "h": 0.1}
    yield {"function": first, "point": np.array([1, 2]), "h": 0.1}
    cubic = Formula(
        "np.sum(a * x**3 + b * x)", of="x", a=1.5, b=float(rng.uniform(1, 2))
    )
    yield {"function": cubic, "point": rng.uniform(1, 2, size=4), "h": 0.1}
    yield {"function": cubic, "point": rng.uniform(1, 2, size=1), "h": 0.01}
    whole = rng.integers(1, 5, size=3)
    product = Formula("np.prod(x) + 0.3718 * np.sum(x) ** 2", of="x")
    yield {"function": product, "point": whole, "h": 0.01}
    bell = Formula("1 / (1 + np.sum(x**2))", of="x")
    yield {"function": bell, "point": rng.uniform(0.2, 0.6, size=10), "h": 1e-3}


def claimed_inputs(rng):
    square = Formula("np.sum(x**2)", of="x")
    yield {
        "function": square,
        "gradient": Formula("x", of="x"),
        "point": np.array([3.0]),
    }
    # Curvatures far apart, so that no entry has the size of the whole.
    a = rng.uniform(1, 2, size=3) * [1, 3, 5]
    bowl = Formula("np.sum(a * x**2)", of="x", a=a)
    point = rng.uniform(0.3, 0.6, size=3)
    right = Formula("2 * a * x", of="x", a=a)
    yield {"function": bowl, "gradient": right, "point": point}
    flipped = Formula("-2 * a * x", of="x", a=a)
    yield {"function": bowl, "gradient": flipped, "point": point}
    share = float(rng.uniform(0.1, 0.4))
    small = Formula("share * 2 * a * x", of="x", a=a, share=share)
    yield {"function": bowl, "gradient": small, "point": point}
    doubled = Formula("2 * a * x * np.array([1, 2, 1])", of="x", a=a)
    yield {"function": bowl, "gradient": doubled, "point": point}
    yield {"function": bowl, "gradient": right, "point": np.zeros(3)}
    # Not the same on both sides of zero.
    lopsided = Formula("np.sum(x**2 + x)", of="x")
    large = Formula("40 * x", of="x")
    yield {
        "function": lopsided,
        "gradient": large,
        "point": rng.uniform(1, 2, size=8),
    }


def huge_or_close(error):
    """An error divided by what should be zero: how large it is, rounding decides."""
    return Between(1e6, np.inf) if error > 1e6 else Close(error)


CENTRAL = """
def gradient_error(function, gradient, point):
    differences = np.zeros(len(point))
    for i in range(len(point)):
        step = np.zeros(len(point))
        step[i] = 1e-5
        differences[i] = (function(point + step) - function(point - step)) / 2e-5
    claimed = gradient(point)
"""

GIVEN = "The line stands in the code to be mended, and is right there."

exercise = Exercise(
    lesson="1_cost_functions/02_gradients.ipynb",
    title="Which way is down",
    blocked=("costs", "networks", "objectives"),
    also_whole=True,
    questions=[
        Question(
            "difference_lines",
            points=1,
            # All have the same problem: the lines stand in the text of the question.
            call="difference_lines and ''.join(one for one in str(difference_lines) if one.isalpha())",
            wrong=[
                Wrong(
                    "divided by h",
                    source='difference_lines = "GBHCIFE"',
                    hint="From x − h to x + h the way is 2h long; divided by h, the slope comes "
                    "out twice too large.",
                ),
                Wrong(
                    "forward difference",
                    source='difference_lines = "GBHCDFE"',
                    hint="These lines run, and compute forward differences. A central difference "
                    "looks in both directions.",
                ),
                Wrong(
                    "forward difference divided by 2h",
                    source='difference_lines = "GBHCDAE"',
                    hint="The change over the way h is divided by 2h here: half of the slope. "
                    "Change and way have to belong together.",
                ),
                Wrong(
                    "change before the step",
                    source='difference_lines = "GBHICAE"',
                    hint="The change is computed while the step is still zero everywhere, so it "
                    "is zero. What has to be in the step by then?",
                ),
                Wrong(
                    "step emptied after it was set",
                    source='difference_lines = "GBCHIAE"',
                    hint="The line that makes a new step of zeros comes after the one that sets "
                    "its entry: one of them is in vain, and the first time there is no step yet.",
                ),
                Wrong(
                    "step made once",
                    source='difference_lines = "GHBCIAE"',
                    hint="Made before the loop, the step would still hold the h of the coordinates "
                    "before. (Its line is also indented as part of the loop.)",
                ),
                Wrong(
                    "gradient emptied in the loop",
                    source='difference_lines = "BGHCIAE"',
                    hint="The gradient has to be made once, before the loop that fills it. Look "
                    "at how far the lines are indented.",
                ),
                Wrong(
                    "all lines",
                    source='difference_lines = "GBHCIDAFE"',
                    hint="Two of the nine lines do not belong: of the two ways to compute the "
                    "change, and of the two divisions, one each.",
                ),
            ],
        ),
        Question(
            "weighted_gradient",
            points=2,
            inputs=weighted_inputs,
            wrong=[
                Wrong(
                    "transpose forgotten",
                    replace={"X.T @": "X @"},
                    hint="Entry j of the gradient adds up over the examples, and the examples "
                    "are the rows of X. For a square X the shape is right even if this is wrong.",
                ),
                Wrong(
                    "1/n forgotten",
                    replace={"2 / len(y)": "2"},
                    hint="The gradient is n times too long. Where is the 1/n of the cost?",
                ),
                Wrong(
                    "2 forgotten",
                    replace={"2 / len(y)": "1 / len(y)"},
                    hint="The gradient is half of what it should be. What does the square bring "
                    "down when you differentiate it?",
                ),
                Wrong(
                    "sign",
                    replace={"return 2 / len(y)": "return -2 / len(y)"},
                    hint="Every entry has the wrong sign. The residuals are prediction minus "
                    "target, and the gradient points uphill.",
                ),
                Wrong(
                    "importance forgotten",
                    replace={"(c * residuals)": "residuals"},
                    hint="This is the gradient with all examples counting alike: c plays no part.",
                ),
                Wrong(
                    "importance squared",
                    replace={"(c * residuals)": "(c**2 * residuals)"},
                    hint="The importance enters twice. In the cost it stands outside the square, "
                    "so differentiating leaves it as it is.",
                ),
                Wrong(
                    "divided by the sum of c",
                    replace={"len(y)": "np.sum(c)"},
                    hint="A weighted average would divide by the sum of the c. The cost above "
                    "divides by n.",
                ),
                Wrong(
                    "a term for each example",
                    source="def weighted_gradient(X, y, c, w):\n"
                    "    residuals = X @ w - y\n"
                    "    return 2 / len(y) * (X.T * (c * residuals)).T",
                    hint="These are the contributions of the single examples, one row each. The "
                    "gradient is their sum, with one entry for each weight.",
                ),
            ],
        ),
        Question(
            "mended_difference",
            points=2,
            inputs=difference_inputs,
            parts=[
                Points("ordinary points", 1),
                Points(
                    "points of whole numbers",
                    0.5,
                    of=whole_numbers,
                    sentence="Not right for points of whole numbers.",
                ),
                Points("unchanged points", 0.5, of=UNCHANGED),
            ],
            equivalent={
                "gradient = np.zeros(len(point)) → gradient = np.ones(len(point))": "Each entry is set.",
            },
            rare={
                "backward[i] = backward[i] - h → backward[i] = h - backward[i]": GIVEN,
                "gradient[i] = (function(forward) - function(backward)) / (2 * h) → gradient[i] = (function(forward) + function(backward)) / (2 * h)": GIVEN,
                "forward[i] = forward[i] + h → pass": GIVEN,
                "backward[i] = backward[i] - h → pass": GIVEN,
                "backward[i] = backward[i] - h → after gradient[i] = (function(forward) - function(backward)) / (2 * h)": GIVEN,
            },
            wrong=[
                Wrong(
                    "one array under two names",
                    replace={
                        "backward = np.array(point, dtype=float)": "backward = forward",
                    },
                    hint="All differences are zero: forward and backward are two names of one "
                    "array, so that both calls of the function see the same point.",
                ),
                Wrong(
                    "divided by h",
                    replace={"/ (2 * h)": "/ h"},
                    hint="Every entry is twice too large. How far is it from the backward point "
                    "to the forward one?",
                ),
                Wrong(
                    "divided by 2 and multiplied by h",
                    replace={"/ (2 * h)": "/ 2 * h"},
                    hint="Python reads from left to right: without brackets the change is divided "
                    "by 2 and then multiplied by h.",
                ),
                Wrong(
                    "points of whole numbers",
                    replace={
                        "forward = np.array(point, dtype=float)": "forward = point.copy()",
                        "backward = np.array(point, dtype=float)": "backward = point.copy()",
                    },
                    hint="Right for a point of fractions. A copy of whole numbers holds whole "
                    "numbers: 1 + h is cut off to 1 as it is stored.",
                ),
                Wrong(
                    "gradient of whole numbers",
                    replace={"np.zeros(len(point))": "np.zeros_like(point)"},
                    hint="Right for a point of fractions. zeros_like also takes over the type of "
                    "the point, and an array of whole numbers cuts each slope off.",
                ),
                Wrong(
                    "all of whole numbers",
                    replace={
                        "np.zeros(len(point))": "np.zeros_like(point)",
                        "forward = np.array(point, dtype=float)": "forward = point.copy()",
                        "backward = np.array(point, dtype=float)": "backward = point.copy()",
                    },
                    hint="Right for a point of fractions. Where the point consists of whole "
                    "numbers, so do its copies and the gradient, and all of them cut off.",
                ),
                Wrong(
                    "forward difference",
                    replace={
                        "function(backward)": "function(np.array(point, dtype=float))",
                        "/ (2 * h)": "/ h",
                    },
                    hint="This is the forward difference. Its error falls only as h, and that of "
                    "the central one as h².",
                ),
                Wrong(
                    "two mistakes left",
                    replace={
                        "np.zeros(len(point))": "np.zeros_like(point)",
                        "forward = np.array(point, dtype=float)": "forward = point.copy()",
                        "backward = np.array(point, dtype=float)": "backward = point.copy()",
                        "/ (2 * h)": "/ h",
                    },
                    hint="Forward and backward are two arrays now. Two mistakes are left: what the "
                    "change is divided by, and what an array of whole numbers can hold.",
                ),
                Wrong(
                    "steps add up",
                    source="def mended_difference(function, point, h):\n"
                    "    gradient = np.zeros(len(point))\n"
                    "    forward = np.array(point, dtype=float)\n"
                    "    backward = np.array(point, dtype=float)\n"
                    "    for i in range(len(point)):\n"
                    "        forward[i] = forward[i] + h\n"
                    "        backward[i] = backward[i] - h\n"
                    "        change = function(forward) - function(backward)\n"
                    "        gradient[i] = change / (2 * h)\n"
                    "    return gradient",
                    hint="The first entry is right, the later ones are not: the steps along the "
                    "coordinates before are still there. Each coordinate starts from the point.",
                ),
            ],
        ),
        Question(
            "gradient_error",
            points=3,
            inputs=claimed_inputs,
            # Differences carry an error of rounding of about 1e-10.
            expect=lambda error: Close(error, relative=1e-6, absolute=1e-6),
            equivalent={
                "differences = np.zeros(len(point)) → differences = np.ones(len(point))": "Each entry is set.",
                "return np.linalg.norm(claimed - differences) / largest → return np.linalg.norm(differences - claimed) / largest": "A length has no sign.",
            },
            rare={
                "return np.linalg.norm(claimed - differences) / largest → return np.linalg.norm(claimed - differences) * largest": "The equation is a fraction.",
                "change = function(point + step) - function(point - step) → change = function(point + step) + function(point - step)": "A change is a difference.",
                "differences[i] = change / 2e-05 → differences[i] = 2e-05 / change": "A slope is the change for each unit of the way.",
            },
            wrong=[
                Wrong(
                    "absolute error",
                    source=CENTRAL
                    + "    return np.linalg.norm(claimed - differences)",
                    hint="This is the length of the difference alone. It depends on the units of "
                    "the function: divide by the longer of the two.",
                ),
                Wrong(
                    "divided by the sum vector",
                    source=CENTRAL
                    + "    total = np.linalg.norm(claimed + differences)\n"
                    + "    if total == 0:\n        return 0.0\n"
                    + "    return np.linalg.norm(claimed - differences) / total",
                    recognise=huge_or_close,
                    hint="The length of g + d is near zero when the sign is wrong, and the error "
                    "is then huge, or undefined. The equation has the longer of two lengths.",
                ),
                Wrong(
                    "divided by the sum of lengths",
                    source=CENTRAL
                    + "    total = np.linalg.norm(claimed) + np.linalg.norm(differences)\n"
                    + "    if total == 0:\n        return 0.0\n"
                    + "    return np.linalg.norm(claimed - differences) / total",
                    hint="Some books divide by the sum of both lengths; asked for is the longer of "
                    "the two. A flipped sign must give 2.",
                ),
                Wrong(
                    "zero by zero",
                    replace={"if largest == 0:": "if largest < 0:"},
                    hint="Right, except where both gradients are zero: there it is 0/0. The text "
                    "says what the error is at such a point.",
                ),
                Wrong(
                    "divided by the claimed gradient",
                    source=CENTRAL
                    + "    length = np.linalg.norm(claimed)\n"
                    + "    if length == 0:\n        return 0.0\n"
                    + "    return np.linalg.norm(claimed - differences) / length",
                    hint="This divides by the length of the claimed gradient, even where the other "
                    "is longer.",
                ),
                Wrong(
                    "divided by the differences",
                    source=CENTRAL
                    + "    length = np.linalg.norm(differences)\n"
                    + "    if length == 0:\n        return 0.0\n"
                    + "    return np.linalg.norm(claimed - differences) / length",
                    hint="This divides by the length of the differences, even where the claimed "
                    "gradient is longer.",
                ),
                Wrong(
                    "largest entries",
                    source=CENTRAL
                    + "    largest = max(np.abs(claimed).max(), np.abs(differences).max())\n"
                    + "    if largest == 0:\n        return 0.0\n"
                    + "    return np.abs(claimed - differences).max() / largest",
                    hint="This compares the largest entries. The bars in the equation are lengths, "
                    "the root of the sum of squares.",
                ),
                Wrong(
                    "forward differences",
                    replace={
                        "function(point - step)": "function(point)",
                        "change / 2e-5": "change / 1e-5",
                    },
                    hint="With forward differences even a right gradient seems to be wrong by a "
                    "hundred-thousandth. Use central ones.",
                ),
                Wrong(
                    "divided by the shorter",
                    replace={"max(": "min("},
                    hint="This divides by the shorter of the two lengths.",
                ),
            ],
        ),
    ],
)
