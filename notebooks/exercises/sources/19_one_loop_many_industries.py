"""Exercises to lesson 19: how the answers are called, what they are compared with."""

import numpy as np

from course_utils.exercises import Exercise, Points, Question, Wrong


def stock_inputs(rng):
    def case(order, demand, missing, surplus):
        return {
            "order": order,
            "demand": demand,
            "missing": missing,
            "surplus": surplus,
        }

    yield case(5, np.array([2, 4, 6, 9]), 3, 1)
    for days in (7, 12):
        # Whole pieces, so that the slope is what the next piece changes.
        order = int(rng.integers(30, 60))
        demand = rng.permutation(np.setdiff1d(np.arange(20, 80), [order]))[:days]
        missing, surplus = rng.uniform(2, 5), rng.uniform(0.5, 1.5)
        yield case(order, demand, float(missing), float(surplus))
    # Some days want exactly the order.
    yield case(
        30.0, np.array([30.0, 30.0, 41.0, 12.0, 35.0]), float(rng.uniform(2, 5)), 0.5
    )
    yield case(float(rng.uniform(90, 99)), rng.uniform(20, 80, 3), 4.0, 1.5)


def corner_inputs(rng):
    yield {"path": np.array([[0.0, 0.0], [1.0, 1.0], [2.0, 0.0]]), "weight": 0.5}
    for count in (4, 5, 9):
        yield {
            "path": rng.normal(size=(count, 2)),
            "weight": float(rng.uniform(0.2, 0.8)),
        }
    yield {"path": rng.integers(-5, 9, size=(6, 2)), "weight": 0.15}


def test_inputs(rng):
    yield {
        "ability": np.zeros(1),
        "difficulty": np.zeros(2),
        "solved": np.array([[1, 0]]),
        "answered": np.array([[1, 0]]),
    }
    for learners, tasks in ((4, 3), (3, 5), (3, 3)):
        answered = (rng.random((learners, tasks)) < 0.7).astype(int)
        # Each has something to answer, and something that was never given.
        answered[0, 0], answered[-1, -1] = 1, 0
        yield {
            "ability": rng.normal(size=learners),
            "difficulty": rng.normal(size=tasks),
            "solved": answered * rng.integers(0, 2, size=(learners, tasks)),
            "answered": answered,
        }


FITS = "Slices of different lengths, which numpy adds for no path of more than three points."
COPIED = "The formula of p is in the text, whole."

exercise = Exercise(
    lesson="6_applications/19_one_loop_many_industries.ipynb",
    title="One loop, many industries",
    blocked=("planning", "costs"),
    also_whole=True,
    questions=[
        Question(
            "stock_slope",
            points=2,
            inputs=stock_inputs,
            parts=[
                Points("days that want more or less than the order", 1.5),
                Points(
                    "days that want exactly the order",
                    0.5,
                    of=lambda inputs: inputs["order"] in inputs["demand"],
                    sentence="Not right where a day wants exactly the order.",
                ),
            ],
            wrong=[
                Wrong(
                    "costs swapped",
                    replace={"-missing, surplus": "-surplus, missing"},
                    hint="The two costs have changed places: on a day that wants more than there "
                    "is, one piece more saves what a missing piece costs.",
                ),
                Wrong(
                    "sign turned",
                    replace={"-missing, surplus": "missing, -surplus"},
                    hint="The sign is turned. Where pieces are missing, one more makes the day "
                    "cheaper: the slope there is negative.",
                ),
                Wrong(
                    "both positive",
                    replace={"-missing, surplus": "missing, surplus"},
                    hint="Every day comes out dearer with one piece more. On which days does it "
                    "save something?",
                ),
                Wrong(
                    "mean instead of quantile",
                    replace={
                        "np.mean(np.where(demand > order, -missing, surplus))": (
                            "np.mean(order - demand)"
                        )
                    },
                    hint="This is the slope of a squared error, which leads to the mean of the "
                    "demand. The two costs do not occur in it.",
                ),
                Wrong(
                    "the cost itself",
                    replace={
                        "np.where(demand > order, -missing, surplus)": (
                            "np.where(demand > order, missing * (demand - order), "
                            "surplus * (order - demand))"
                        )
                    },
                    hint="This is the average cost of a day. Its slope is asked for: the change "
                    "for one piece more.",
                ),
                Wrong(
                    "weighted error",
                    replace={
                        "np.where(demand > order, -missing, surplus)": (
                            "np.where(demand > order, -missing, surplus) * np.abs(order - demand)"
                        )
                    },
                    hint="The slope of a straight line does not depend on how far away one is: "
                    "the size of the error has no place here.",
                ),
                Wrong(
                    "sum",
                    replace={"np.mean(": "np.sum("},
                    hint="This adds up the days. The mean over the days is asked for.",
                ),
                Wrong(
                    "each day",
                    replace={
                        "np.mean(np.where(demand > order, -missing, surplus))": (
                            "np.where(demand > order, -missing, surplus)"
                        )
                    },
                    hint="This is one slope for each day. One number is asked for, their mean.",
                ),
                Wrong(
                    "exactly the order counted as missing",
                    replace={"demand > order": "demand >= order"},
                    hint="Right but for the days that want exactly the order. Nothing is missing on "
                    "them, and one piece more would be too many.",
                ),
                Wrong(
                    "days exchanged",
                    replace={"demand > order": "demand < order"},
                    hint="Days that want less count as days on which pieces are missing, and the "
                    "others as days with too many.",
                ),
            ],
        ),
        Question(
            "corner_gradient",
            points=3,
            inputs=corner_inputs,
            equivalent={
                "gradient[2:] += bend → after gradient[1:-1] -= 2 * bend": "A sum in another order.",
                "gradient[1:-1] -= 2 * bend → after gradient[:-2] += bend": "A sum in another order.",
            },
            rare={
                "gradient[2:] += bend → gradient[:] += bend": FITS,
                "gradient[2:] += bend → gradient[1:] += bend": FITS,
                "gradient[1:-1] -= 2 * bend → gradient[2:-1] -= 2 * bend": FITS,
                "gradient[1:-1] -= 2 * bend → gradient[1:1] -= 2 * bend": FITS,
                "gradient[1:-1] -= 2 * bend → gradient[1:-2] -= 2 * bend": FITS,
                "gradient[1:-1] -= 2 * bend → gradient[1:-0] -= 2 * bend": FITS,
                "gradient[:-2] += bend → gradient[:] += bend": FITS,
                "gradient[:-2] += bend → gradient[:2] += bend": FITS,
                "gradient[:-2] += bend → gradient[:-1] += bend": FITS,
            },
            wrong=[
                Wrong(
                    "ends move",
                    replace={"    gradient[[0, -1]] = 0\n": ""},
                    hint="The two ends have a gradient here, and a step would move them. Their "
                    "rows are to be zero.",
                ),
                Wrong(
                    "neighbours forgotten",
                    replace={
                        "    gradient[2:] += bend\n": "",
                        "    gradient[:-2] += bend\n": "",
                    },
                    hint="Each point is counted in its own bend alone. It also occurs in the bends "
                    "of its two neighbours.",
                ),
                Wrong(
                    "one neighbour forgotten",
                    replace={"    gradient[:-2] += bend\n": ""},
                    hint="Only one of the two neighbours is there: a point occurs in the bend "
                    "before it and in the bend after it.",
                ),
                Wrong(
                    "factor two forgotten",
                    replace={"return 2 * weight": "return weight"},
                    hint="This is half of the gradient: the derivative of a square has a factor "
                    "of two.",
                ),
                Wrong(
                    "weight forgotten",
                    replace={"2 * weight * gradient": "2 * gradient"},
                    hint="The weight is missing: it multiplies the whole cost, and so the whole "
                    "gradient.",
                ),
                Wrong(
                    "own bend counted once",
                    replace={"-= 2 * bend": "-= bend"},
                    hint="In its own bend a point stands with the factor −2. Here it has −1.",
                ),
                Wrong(
                    "uphill",
                    replace={"return 2 * weight": "return -2 * weight"},
                    hint="The sign is turned: a step against this gradient would make the corners "
                    "sharper.",
                ),
                Wrong(
                    "a rubber band",
                    replace={
                        "bend = path[2:] - 2 * path[1:-1] + path[:-2]": (
                            "pull = 2 * path[1:-1] - path[2:] - path[:-2]"
                        ),
                        "    gradient[2:] += bend\n": "",
                        "gradient[1:-1] -= 2 * bend": "gradient[1:-1] = pull",
                        "    gradient[:-2] += bend\n": "",
                    },
                    hint="This is the gradient of the rubber band of the lesson, which pays for "
                    "length. Here bends are to be paid for.",
                ),
                Wrong(
                    "first end moves",
                    replace={"gradient[[0, -1]] = 0": "gradient[-1] = 0"},
                    hint="All rows are right but the first: that end stays where it is, like the last.",
                ),
                Wrong(
                    "last end moves",
                    replace={"gradient[[0, -1]] = 0": "gradient[0] = 0"},
                    hint="All rows are right but the last: that end stays where it is, like the first.",
                ),
                Wrong(
                    "points beside the ends left out",
                    source="""
def corner_gradient(path, weight):
    gradient = np.zeros(path.shape)
    for i in range(2, len(path) - 2):
        x = path[i - 2 : i + 3]
        gradient[i] = 2 * weight * (x[0] - 4 * x[1] + 6 * x[2] - 4 * x[3] + x[4])
    return gradient
""",
                    hint="The points beside the ends have no gradient here. They have fewer "
                    "neighbours, and occur in bends all the same.",
                ),
                Wrong(
                    "ends counted from one",
                    replace={"[[0, -1]]": "[[1, -1]]"},
                    hint="The second row is zero where the first should be: rows are counted from 0.",
                ),
                Wrong(
                    "last row but one",
                    replace={"[[0, -1]]": "[[0, -2]]"},
                    hint="The last row but one is zero where the last should be: −1 counts from the "
                    "end.",
                ),
                Wrong(
                    "other neighbour forgotten",
                    replace={"    gradient[2:] += bend\n": ""},
                    hint="A point occurs in the bend after it and in its own here. It also occurs in "
                    "the bend before it.",
                ),
                Wrong(
                    "neighbours subtracted",
                    replace={
                        "gradient[2:] += bend": "gradient[2:] -= bend",
                        "gradient[:-2] += bend": "gradient[:-2] -= bend",
                    },
                    hint="In the bends of its neighbours a point stands with a plus. Here they are "
                    "subtracted.",
                ),
            ],
        ),
        Question(
            "test_gradient",
            points=3,
            inputs=test_inputs,
            rare={
                "p = 1 / (1 + np.exp(difficulty - ability[:, None])) → p = 1 * (1 + np.exp(difficulty - ability[:, None]))": COPIED,
                "p = 1 / (1 + np.exp(difficulty - ability[:, None])) → p = (1 + np.exp(difficulty - ability[:, None])) / 1": COPIED,
                "p = 1 / (1 + np.exp(difficulty - ability[:, None])) → p = 2 / (1 + np.exp(difficulty - ability[:, None]))": COPIED,
                "p = 1 / (1 + np.exp(difficulty - ability[:, None])) → p = 1 / (0 + np.exp(difficulty - ability[:, None]))": COPIED,
                "p = 1 / (1 + np.exp(difficulty - ability[:, None])) → p = 1 / (1 + (difficulty - ability[:, None]))": COPIED,
            },
            wrong=[
                Wrong(
                    "what was never given counts as unsolved",
                    replace={"answered * (p - solved)": "p - solved"},
                    hint="Tasks that were never given are counted as unsolved. They tell nothing, "
                    "and have no part in the sums.",
                ),
                Wrong(
                    "difficulties uphill",
                    replace={"-error.sum(axis=0)": "error.sum(axis=0)"},
                    hint="The abilities are right. A difficulty stands in z with a minus, and so "
                    "its gradient has the other sign.",
                ),
                Wrong(
                    "abilities uphill",
                    replace={"return error.sum(axis=1)": "return -error.sum(axis=1)"},
                    hint="The difficulties are right. The abilities go the wrong way: for a learner "
                    "who solved more than expected the gradient is negative.",
                ),
                Wrong(
                    "solved minus expected",
                    replace={"(p - solved)": "(solved - p)"},
                    hint="Both signs are turned: the derivative by z is p − y, not y − p.",
                ),
                Wrong(
                    "z turned",
                    replace={
                        "difficulty - ability[:, None]": "ability[:, None] - difficulty"
                    },
                    hint="Here a hard task is solved more often than an easy one. Look at the sign "
                    "of z in the exponent: the probability is 1/(1 + e to the power of −z).",
                ),
                Wrong(
                    "means instead of sums",
                    replace={
                        "error.sum(axis=1), -error.sum": "error.mean(axis=1), -error.mean"
                    },
                    hint="These are means. The cost is the sum over all answers, so its gradients "
                    "are sums.",
                ),
                Wrong(
                    "difficulties first",
                    replace={
                        "return error.sum(axis=1), -error.sum(axis=0)": (
                            "return -error.sum(axis=0), error.sum(axis=1)"
                        )
                    },
                    hint="The two gradients have changed places: that of the abilities comes "
                    "first.",
                ),
                Wrong(
                    "the probabilities alone",
                    replace={"answered * (p - solved)": "answered * p"},
                    hint="This adds up what was expected. What was solved has to be taken away.",
                ),
                Wrong(
                    "slope of the sigmoid as a factor",
                    replace={"(p - solved)": "(p - solved) * p * (1 - p)"},
                    hint="This is the gradient of the squared errors of the probabilities, but for a "
                    "factor. For the logistic loss the slope of the sigmoid cancels.",
                ),
                Wrong(
                    "solved tasks added",
                    replace={"p - solved": "p + solved"},
                    hint="What was solved is added to the probabilities. What counts is the "
                    "difference.",
                ),
            ],
        ),
    ],
)
