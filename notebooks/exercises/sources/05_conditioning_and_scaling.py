"""Exercises to lesson 5: how the answers are called, what they are compared with."""

import numpy as np

from course_utils.exercises import UNCHANGED, Exercise, Points, Question, Wrong


def column_inputs(rng):
    yield {"X": np.array([[1.0, 2.0], [1.0, -2.0], [-1.0, 2.0], [-1.0, -2.0]])}
    for rows, columns in ((6, 2), (9, 4)):
        table = rng.normal(size=(rows, columns)) + 2
        table[:, -1] = table[:, 0] + 0.3 * table[:, -1]
        yield {"X": table * np.geomspace(1, 5, columns)}
    x = rng.uniform(5, 9, size=7)
    yield {"X": np.column_stack([np.ones(7), x])}
    yield {"X": np.array([[3, 1], [1, 2]])}
    yield {"X": rng.uniform(1, 2, size=(5, 1))}


def row_inputs(rng):
    train = np.array([[1.0, 7.0], [3.0, 7.0]])
    yield {"train": train, "test": np.array([[8.0, 7.0]])}
    for rows, new, columns in ((5, 3, 2), (6, 6, 3), (4, 1, 1)):
        units = np.geomspace(0.2, 30, columns)
        train = units * (rng.normal(size=(rows, columns)) + 3)
        test = units * (rng.normal(size=(new, columns)) + 5)
        yield {"train": train, "test": test}
    # Constant in training, and not so afterwards.
    train, test = rng.uniform(1, 4, size=(4, 3)), rng.uniform(3, 9, size=(2, 3))
    train[:, 1] = 2.0
    yield {"train": train, "test": test}
    whole = rng.permutation(np.arange(8)).reshape(4, 2)
    yield {"train": whole, "test": rng.integers(5, 20, size=(3, 2))}


def weight_inputs(rng):
    yield {
        "b": 0.0,
        "w": np.array([0.5]),
        "mean": np.array([20.0]),
        "spread": np.array([4.0]),
        "target_mean": 100.0,
        "target_spread": 10.0,
    }
    for columns in (1, 3, 5):
        yield {
            "b": float(rng.uniform(0.5, 2)),
            "w": rng.uniform(0.5, 2, size=columns),
            "mean": rng.uniform(10, 30, size=columns),
            "spread": rng.uniform(2, 6, size=columns),
            "target_mean": float(rng.uniform(50, 150)),
            "target_spread": float(rng.uniform(10, 30)),
        }
    yield {
        "b": int(rng.integers(1, 4)),
        "w": rng.integers(1, 5, size=2),
        "mean": np.array([0, 3]),
        "spread": np.array([2, 5]),
        "target_mean": 0,
        "target_spread": 3,
    }


def has_constant_column(inputs):
    return (np.ptp(inputs["train"], axis=0) == 0).any()


BOTH = "Whoever misses the axis misses it in the mean and in the spread, which has a hint."

exercise = Exercise(
    lesson="2_learning_rate/05_conditioning_and_scaling.ipynb",
    title="Ravines, and why data is normalised",
    blocked=("costs", "datasets", "networks", "objectives"),
    also_whole=True,
    questions=[
        Question(
            "condition_number",
            points=1,
            inputs=column_inputs,
            rare={
                "return curvatures[-1] / curvatures[0] → return curvatures[-1] * curvatures[0]": "The text says divided.",
                "return curvatures[-1] / curvatures[0] → return curvatures[-1] / curvatures[1]": "Whoever knows that they are sorted takes the ends.",
            },
            wrong=[
                Wrong(
                    "condition number of X",
                    source="def condition_number(X):\n    return np.linalg.cond(X)",
                    hint="This is the condition number of X, the ratio of lengths. In the Hessian "
                    "each length occurs squared.",
                ),
                Wrong(
                    "lengths of the columns",
                    source="def condition_number(X):\n"
                    "    lengths = (X**2).sum(axis=0)\n"
                    "    return lengths.max() / lengths.min()",
                    hint="Right only for perpendicular columns. This compares the entries of the "
                    "diagonal; the curvatures are the eigenvalues.",
                ),
                Wrong(
                    "variances of the columns",
                    source="def condition_number(X):\n"
                    "    variances = X.var(axis=0)\n"
                    "    return variances.max() / variances.min()",
                    hint="This is the ratio of the variances. It sees neither the angle between "
                    "the columns nor how far they are from zero.",
                ),
                Wrong(
                    "upside down",
                    replace={
                        "curvatures[-1] / curvatures[0]": "curvatures[0] / curvatures[-1]"
                    },
                    hint="The smallest curvature is divided by the largest here. A condition "
                    "number is never below 1.",
                ),
                Wrong(
                    "difference",
                    replace={
                        "curvatures[-1] / curvatures[0]": "curvatures[-1] - curvatures[0]"
                    },
                    hint="This is the difference of the curvatures. The condition number is their "
                    "ratio.",
                ),
                Wrong(
                    "largest curvature",
                    replace={"curvatures[-1] / curvatures[0]": "curvatures[-1]"},
                    hint="This is the largest curvature. The condition number compares it with the "
                    "smallest.",
                ),
                Wrong(
                    "squared",
                    replace={
                        "return curvatures[-1] / curvatures[0]": "return (curvatures[-1] / curvatures[0]) ** 2"
                    },
                    hint="This is the square of the answer. The condition number of X has to be "
                    "squared; that of the Hessian is squared already.",
                ),
                Wrong(
                    "second for the largest",
                    replace={"curvatures[-1]": "curvatures[1]"},
                    hint="Right for two columns only. With more of them the second smallest curvature is "
                    "not the largest.",
                ),
            ],
        ),
        Question(
            "illnesses",
            points=1,
            # All have the same problem: three of three words are easier guessed than passed on.
            wrong=[
                Wrong(
                    "negative correlation not seen",
                    source='illnesses = ["units", "far from zero", "units"]',
                    hint="In the first table the spreads are alike. A correlation near −1 is as "
                    "bad as one near 1: the columns are almost one line.",
                ),
                Wrong(
                    "negative correlation as far from zero",
                    source='illnesses = ["far from zero", "far from zero", "units"]',
                    hint="The means of the first table are near zero. Look at the angle between "
                    "its two columns, that is, at their correlation.",
                ),
                Wrong(
                    "far from zero as correlation",
                    source='illnesses = ["correlation", "correlation", "units"]',
                    hint="The columns of the second table point in nearly the same direction, but "
                    "only as long as their means are in them. np.corrcoef subtracts the means.",
                ),
                Wrong(
                    "far from zero as units",
                    source='illnesses = ["correlation", "units", "units"]',
                    hint="The columns of the second table have nearly the same standard "
                    "deviation. Compare their means with it.",
                ),
                Wrong(
                    "second and third exchanged",
                    source='illnesses = ["correlation", "units", "far from zero"]',
                    hint="The second and the third are exchanged: look at the standard deviations "
                    "of the one, and at the means of the other.",
                ),
                Wrong(
                    "first and second exchanged",
                    source='illnesses = ["far from zero", "correlation", "units"]',
                    hint="The first and the second are exchanged. What is left of the angle "
                    "between the columns when their means have been subtracted?",
                ),
            ],
        ),
        Question(
            "prepare",
            points=2,
            inputs=row_inputs,
            parts=[
                Points("ordinary columns", 1),
                Points("constant columns", 0.5, of=has_constant_column),
                Points("unchanged rows", 0.5, of=UNCHANGED),
            ],
            rare={
                "mean, spread = (train.mean(axis=0), train.std(axis=0)) → mean, spread = (train.sum(axis=0), train.std(axis=0))": "The text says means.",
                "mean, spread = (train.mean(axis=0), train.std(axis=0)) → mean, spread = (train.mean(), train.std(axis=0))": BOTH,
                "mean, spread = (train.mean(axis=0), train.std(axis=0)) → mean, spread = (train.mean(axis=1), train.std(axis=0))": BOTH,
                "mean, spread = (train.mean(axis=0), train.std(axis=0)) → mean, spread = (train.mean(axis=0), train.std())": BOTH,
                "mean, spread = (train.mean(axis=0), train.std(axis=0)) → mean, spread = (train.mean(axis=0), train.std(axis=1))": BOTH,
            },
            wrong=[
                Wrong(
                    "unchanged",
                    source="def prepare(train, test):\n"
                    "    rows = np.vstack([train, test])\n"
                    "    mean, spread = rows.mean(axis=0), rows.std(axis=0)\n"
                    "    train -= mean\n"
                    "    train /= spread\n"
                    "    return train, (test - mean) / spread",
                    hint="All three mistakes are still there. Begin with the first line: which rows "
                    "may the means and the standard deviations come from?",
                ),
                Wrong(
                    "statistics of all rows, and a constant column",
                    source="def prepare(train, test):\n"
                    "    rows = np.vstack([train, test])\n"
                    "    mean, spread = rows.mean(axis=0), rows.std(axis=0)\n"
                    "    return (train - mean) / spread, (test - mean) / spread",
                    hint="The inputs stay as they were now. Two mistakes are left: which rows the "
                    "means come from, and what a standard deviation of 0 does.",
                ),
                Wrong(
                    "in place, and a constant column",
                    source="def prepare(train, test):\n"
                    "    mean, spread = train.mean(axis=0), train.std(axis=0)\n"
                    "    train -= mean\n"
                    "    train /= spread\n"
                    "    return train, (test - mean) / spread",
                    hint="The statistics are those of the training rows now. Two mistakes are left: "
                    "-= and /= write into the input, and a standard deviation may be 0.",
                ),
                Wrong(
                    "statistics of all rows",
                    replace={
                        "train.mean(axis=0), train.std(axis=0)": "np.vstack([train, test]).mean(axis=0), "
                        "np.vstack([train, test]).std(axis=0)"
                    },
                    hint="Means and standard deviations come from all rows here, so that the test "
                    "rows leak into the training. Measure them on the training rows alone.",
                ),
                Wrong(
                    "test rows by their own statistics",
                    source="def prepare(train, test):\n"
                    "    results = []\n"
                    "    for rows in (train, test):\n"
                    "        spread = rows.std(axis=0)\n"
                    "        spread = np.where(spread == 0, 1, spread)\n"
                    "        results.append((rows - rows.mean(axis=0)) / spread)\n"
                    "    return tuple(results)",
                    hint="The test rows are standardised by themselves, which makes any group look "
                    "ordinary. Means and standard deviations of the training rows apply to both.",
                ),
                Wrong(
                    "constant column",
                    replace={"np.where(spread == 0, 1, spread)": "spread"},
                    hint="Right, except where a column is constant in the training rows: there "
                    "something is divided by zero.",
                ),
                Wrong(
                    "small number added",
                    replace={"np.where(spread == 0, 1, spread)": "spread + 1e-8"},
                    hint="A small number added to every standard deviation avoids NaN, but blows "
                    "up a column that is constant in training and not in the test rows.",
                ),
                Wrong(
                    "constant column set to zero",
                    replace={
                        "return (train - mean) / spread, (test - mean) / spread": "keep = train.std(axis=0) > 0\n"
                        "    return (train - mean) / spread * keep, (test - mean) / spread * keep"
                    },
                    hint="A constant column is set to zero in the test rows as well. Asked for is "
                    "a division by 1, which leaves their distance from the mean.",
                ),
                Wrong(
                    "variance",
                    replace={"train.std(axis=0)": "train.var(axis=0)"},
                    hint="Divided by the variance, a column keeps a unit. The standard deviation "
                    "is its root.",
                ),
                Wrong(
                    "standard deviation with n - 1",
                    replace={"train.std(axis=0)": "train.std(axis=0, ddof=1)"},
                    hint="This standard deviation divides by n − 1. The course's, and numpy's "
                    "unless told otherwise, divides by n.",
                ),
                Wrong(
                    "rows for columns",
                    source="def prepare(train, test):\n"
                    "    results = []\n"
                    "    for rows in (train, test):\n"
                    "        mean = rows.mean(axis=1, keepdims=True)\n"
                    "        spread = rows.std(axis=1, keepdims=True)\n"
                    "        spread = np.where(spread == 0, 1, spread)\n"
                    "        results.append((rows - mean) / spread)\n"
                    "    return tuple(results)",
                    hint="Each row is standardised here, across measurements of different units. "
                    "It is the columns that have a mean and a standard deviation.",
                ),
                Wrong(
                    "one mean for all columns",
                    replace={
                        "train.mean(axis=0), train.std(axis=0)": "train.mean(), train.std()"
                    },
                    hint="One mean and one standard deviation for the whole table leave the units "
                    "in it. Each column has its own.",
                ),
                Wrong(
                    "not centred",
                    replace={"(train - mean)": "train", "(test - mean)": "test"},
                    hint="The columns have the right spread, but their means are still in them.",
                ),
                Wrong(
                    "in place",
                    source="def prepare(train, test):\n"
                    "    mean, spread = train.mean(axis=0), train.std(axis=0)\n"
                    "    spread = np.where(spread == 0, 1, spread)\n"
                    "    train -= mean\n"
                    "    train /= spread\n"
                    "    return train, (test - mean) / spread",
                    hint="-= and /= write into the array that was given, and fail if it holds "
                    "whole numbers. Compute new arrays instead.",
                ),
            ],
        ),
        Question(
            "raw_weights",
            points=3,
            inputs=weight_inputs,
            rare={
                "slopes = target_spread * w / spread → slopes = spread / (target_spread * w)": "No way of solving the equation divides by the weight.",
            },
            wrong=[
                Wrong(
                    "multiplied by the spread",
                    replace={"w / spread": "w * spread"},
                    hint="A weight for one standard deviation is larger than a weight for one "
                    "unit, if a standard deviation is many units. So which way does s go?",
                ),
                Wrong(
                    "shift forgotten",
                    replace={" - np.sum(slopes * mean)": ""},
                    hint="The weights are right, the intercept is not: at x = 0 the columns are "
                    "not at their means. What do the terms with the means add up to?",
                ),
                Wrong(
                    "shift with the wrong sign",
                    replace={"- np.sum(slopes * mean)": "+ np.sum(slopes * mean)"},
                    hint="The weights are right; the terms with the means have the wrong sign in "
                    "the intercept.",
                ),
                Wrong(
                    "shift with the standardised weights",
                    replace={"np.sum(slopes * mean)": "np.sum(w * mean)"},
                    hint="The weights are right. In the intercept the means are in the units of "
                    "the patient, and so need weights in the same units.",
                ),
                Wrong(
                    "targets not translated",
                    source="def raw_weights(b, w, mean, spread, target_mean, target_spread):\n"
                    "    slopes = w / spread\n"
                    "    return b - np.sum(slopes * mean), slopes",
                    hint="This would be right if the targets had not been standardised. Solve the "
                    "equation for ŷ, not for what is on its left.",
                ),
                Wrong(
                    "spread of the targets not in the weights",
                    replace={"target_spread * w / spread": "w / spread"},
                    hint="The weights are too small by the standard deviation of the targets: it "
                    "multiplies everything on the right side.",
                ),
                Wrong(
                    "intercept not scaled",
                    replace={"target_spread * b": "b"},
                    hint="The weights are right. The whole right side is multiplied by the "
                    "standard deviation of the targets, and b is part of it.",
                ),
                Wrong(
                    "mean of the targets forgotten",
                    replace={"target_mean + target_spread": "target_spread"},
                    hint="The weights are right. In the intercept the mean of the targets is "
                    "missing: a patient at all means is predicted to be there.",
                ),
                Wrong(
                    "divided by the spread of the targets",
                    replace={
                        "target_spread * w / spread": "w / spread / target_spread"
                    },
                    hint="To solve for ŷ, the equation is multiplied by the standard deviation of "
                    "the targets, not divided by it.",
                ),
                Wrong(
                    "intercept last",
                    replace={"return intercept, slopes": "return slopes, intercept"},
                    hint="Both are right, in the wrong order: the intercept comes first.",
                ),
            ],
        ),
    ],
)
