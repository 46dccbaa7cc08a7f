"""Exercises to lab 24: how the answers are called, what they are compared with."""

import numpy as np

from course_utils.exercises import Exercise, Formula, Question, Wrong


def attack_inputs(rng):
    def case(x, y, w, eps):
        return {"x": x, "y": y, "w": w, "eps": eps}

    yield case(np.array([[0.5, 0.95]]), np.array([2.0]), np.array([3.0, -0.2]), 0.1)
    for n, dim in [(1, 4), (3, 5), (6, 3)]:
        x, w = rng.uniform(0.2, 0.8, (n, dim)), 2 * rng.normal(size=dim)
        # Residuals of both signs.
        y = x @ w + rng.uniform(0.3, 1, n) * rng.choice([-1, 1], n)
        yield case(x, y, w, float(rng.uniform(0.03, 0.15)))
    # Paper and ink, from which a step leads out of the range; and a weight of zero.
    ends = rng.integers(0, 2, (4, 6))
    yield case(ends, rng.integers(-3, 9, 4) + 0.5, rng.integers(-3, 4, 6), 0.25)
    yield case(
        np.full((2, 3), 0.5), np.array([0.25, -2]), np.array([0, 2, -1]), 0.125
    )


def groups_inputs(rng):
    yield {
        "accepted": np.array([1, 1, 0, 1, 0]),
        "in_b": np.array([False, False, False, True, True]),
    }
    for n, share in [(9, 0.3), (20, 0.7), (41, 0.15)]:
        in_b = rng.random(n) < share
        in_b[:2] = True, False
        likely = np.where(in_b, rng.uniform(0.2, 0.5), rng.uniform(0.4, 0.9))
        yield {"accepted": (rng.random(n) < likely).astype(int), "in_b": in_b}
    # B ahead, and a group in which nobody is accepted.
    yield {
        "accepted": np.array([0, 1, 1, 1]),
        "in_b": np.array([False, True, True, False]),
    }
    yield {"accepted": np.array([0, 0, 1]), "in_b": np.array([True, True, False])}


def scores_inputs(rng):
    product = Formula("x[::-1] * 1.0", of="x")  # of x1 x2
    yield {
        "gradient": product,
        "x": np.array([1, 2]),
        "baseline": np.array([0, 0]),
        "points": 1,
    }
    yield {
        "gradient": product,
        "x": np.array([3, -1]),
        "baseline": np.array([1, 2]),
        "points": 2,
    }
    for dim, points in [(3, 1), (4, 5), (2, 60)]:
        w = rng.normal(size=dim)
        yield {
            "gradient": Formula("w * (1 - np.tanh(w @ x) ** 2)", of="x", w=w),
            "x": rng.uniform(0.5, 1.5, dim),
            "baseline": rng.uniform(-1, 0.2, dim),
            "points": points,
        }
    cubes = Formula("3 * x**2", of="x")
    yield {
        "gradient": cubes,
        "x": np.array([2, 1, -2]),
        "baseline": np.zeros(3),
        "points": 3,
    }


exercise = Exercise(
    lesson="7_frontiers/24_robust_and_fair.ipynb",
    title="Robust, fair, explainable",
    blocked=("networks", "descent", "objectives", "optimizers"),
    questions=[
        Question(
            "fgsm",
            points=2,
            inputs=attack_inputs,
            wrong=[
                Wrong(
                    "the gradient by the weights",
                    replace={"residuals[:, None] * w": "residuals[:, None] * x"},
                    hint="This is the gradient by the weights, which training uses. The attacker "
                    "changes the picture and leaves the weights.",
                ),
                Wrong(
                    "not clipped",
                    replace={
                        "np.clip(x + eps * np.sign(gradient), 0, 1)": "x + eps * np.sign(gradient)"
                    },
                    hint="Some numbers have left the range from 0 to 1. No picture has such pixels; "
                    "`np.clip` brings them back.",
                ),
                Wrong(
                    "descends",
                    replace={"x + eps": "x - eps"},
                    hint="This step lowers the cost, which makes the answer better. The attacker "
                    "climbs.",
                ),
                Wrong(
                    "the sign of the weights alone",
                    replace={"residuals[:, None] * w": "np.ones_like(x) * w"},
                    hint="All rows are pushed the same way. Which way is up depends on the sign of "
                    "the residual.",
                ),
                Wrong(
                    "without the sign",
                    replace={"np.sign(gradient)": "gradient"},
                    hint="The pixels change by the size of their slopes here. Each is to change by "
                    "eps, in the direction of its slope: take the sign.",
                ),
                Wrong(
                    "a step of unit length",
                    replace={
                        "np.sign(gradient)": "gradient / np.linalg.norm(gradient, axis=1, keepdims=True)"
                    },
                    hint="The gradient is divided by its length. Here each pixel may change by eps, "
                    "and so each takes the sign of its slope.",
                ),
                Wrong(
                    "the change alone",
                    replace={"x + eps": "eps"},
                    hint="The picture itself is missing: the change is added to it.",
                ),
                Wrong(
                    "change clipped",
                    replace={
                        "np.clip(x + eps * np.sign(gradient), 0, 1)": "x + np.clip(eps * np.sign(gradient), 0, 1)"
                    },
                    hint="The change is clipped, so that no pixel can become lighter. Clip the "
                    "picture that comes out.",
                ),
                Wrong(
                    "target added",
                    replace={"x @ w - y": "x @ w + y"},
                    hint="The target is added to the prediction. A residual is their difference.",
                ),
                Wrong(
                    "nothing changes",
                    replace={"x @ w - y": "x @ w - x @ w"},
                    hint="The rows come back as they were, as if each gradient were 0. It hangs on how "
                    "far the prediction is from y.",
                ),
            ],
        ),
        Question(
            "acceptance_gap",
            points=1,
            inputs=groups_inputs,
            rare={
                "return np.mean(accepted[~in_b]) - np.mean(accepted[in_b]) → return np.sum(accepted[~in_b]) - np.mean(accepted[in_b])": "Who takes a sum for a share does so for both groups, which has a hint.",
                "return np.mean(accepted[~in_b]) - np.mean(accepted[in_b]) → return np.mean(accepted[~in_b]) - np.sum(accepted[in_b])": "Who takes a sum for a share does so for both groups, which has a hint.",
            },
            wrong=[
                Wrong(
                    "B less A",
                    source="""
def acceptance_gap(accepted, in_b):
    return np.mean(accepted[in_b]) - np.mean(accepted[~in_b])
""",
                    hint="The sign: the gap is the share of A less the share of B.",
                ),
                Wrong(
                    "counts",
                    replace={"np.mean": "np.sum"},
                    hint="These are numbers of people. Groups differ in size, so compare shares.",
                ),
                Wrong(
                    "shares of all",
                    source="""
def acceptance_gap(accepted, in_b):
    return (np.sum(accepted[~in_b]) - np.sum(accepted[in_b])) / len(accepted)
""",
                    hint="Each number is divided by all applicants. Divide it by those of its own "
                    "group.",
                ),
                Wrong(
                    "without the sign",
                    source="""
def acceptance_gap(accepted, in_b):
    return abs(np.mean(accepted[~in_b]) - np.mean(accepted[in_b]))
""",
                    hint="Where B is ahead, the gap is negative.",
                ),
                Wrong(
                    "who are the accepted",
                    source="""
def acceptance_gap(accepted, in_b):
    return (np.sum(accepted[~in_b]) - np.sum(accepted[in_b])) / max(np.sum(accepted), 1)
""",
                    hint="This compares the groups among those who were accepted. The question is "
                    "what share of each group was.",
                ),
                Wrong(
                    "shares added",
                    replace={
                        "np.mean(accepted[~in_b]) - ": "np.mean(accepted[~in_b]) + "
                    },
                    hint="The two shares are added up. A gap is a difference.",
                ),
            ],
        ),
        Question(
            "integrated_gradients",
            points=3,
            inputs=scores_inputs,
            rare={
                "middles = (np.arange(points) + 0.5) / points → middles = points / (np.arange(points) + 0.5)": "The way would be left: its parts lie between 0 and 1.",
            },
            wrong=[
                Wrong(
                    "gradient at the end alone",
                    source="""
def integrated_gradients(gradient, x, baseline, points):
    return (x - baseline) * gradient(x)
""",
                    hint="This is the gradient at x times the way. The mean of the gradients along "
                    "the whole way is asked for.",
                ),
                Wrong(
                    "not times the way",
                    replace={"(x - baseline) * np.mean": "np.mean"},
                    hint="This is the mean slope. A share is the slope times how far the feature "
                    "went, from the baseline to x.",
                ),
                Wrong(
                    "times x",
                    replace={"return (x - baseline)": "return x"},
                    hint="The slopes are multiplied by x. The way is x less the baseline; the two "
                    "are equal for a baseline of 0 alone.",
                ),
                Wrong(
                    "baseline forgotten",
                    replace={
                        "gradient(baseline + k * (x - baseline))": "gradient(k * x)"
                    },
                    hint="The points lie between 0 and x. They are to lie between the baseline "
                    "and x.",
                ),
                Wrong(
                    "left ends",
                    replace={"np.arange(points) + 0.5": "np.arange(points)"},
                    hint="The points are the beginnings of the pieces. Take their middles: the first "
                    "one is half a piece away from the baseline.",
                ),
                Wrong(
                    "right ends",
                    replace={"np.arange(points) + 0.5": "np.arange(points) + 1.0"},
                    hint="The points are the ends of the pieces. Take their middles.",
                ),
                Wrong(
                    "sum",
                    replace={"np.mean(slopes": "np.sum(slopes"},
                    hint="The slopes are added up; take their mean, or the shares grow with the "
                    "number of points.",
                ),
                Wrong(
                    "one number",
                    source="""
def integrated_gradients(gradient, x, baseline, points):
    middles = (np.arange(points) + 0.5) / points
    slopes = [gradient(baseline + k * (x - baseline)) for k in middles]
    return np.sum((x - baseline) * np.mean(slopes, axis=0))
""",
                    hint="This is the sum of all shares. Return one share for each feature.",
                ),
                Wrong(
                    "sizes",
                    replace={"np.mean(slopes": "np.mean(np.abs(slopes)"},
                    hint="Slopes that lead down count against the score. Keep their signs.",
                ),
                Wrong(
                    "from x to the baseline",
                    replace={"return (x - baseline)": "return (baseline - x)"},
                    hint="The sign: the way leads from the baseline to x.",
                ),
                Wrong(
                    "one mean for all features",
                    replace={"np.mean(slopes, axis=0)": "np.mean(slopes)"},
                    hint="The slopes of all features end in one mean. Each feature has a mean of its own, over the points.",
                ),
                Wrong(
                    "no mean",
                    replace={"np.mean(slopes, axis=0)": "slopes"},
                    hint="There is a row for each point. Take the mean over the points.",
                ),
                Wrong(
                    "half a piece too early",
                    replace={"+ 0.5": "- 0.5"},
                    hint="The first point lies half a piece before the baseline. The middle of the first piece lies behind it.",
                ),
                Wrong(
                    "away from x",
                    replace={"baseline + k *": "baseline - k *"},
                    hint="The points lead away from x: the way goes from the baseline towards it.",
                ),
                Wrong(
                    "both ends",
                    replace={
                        "(np.arange(points) + 0.5) / points": "np.linspace(0, 1, points)"
                    },
                    hint="The points are spread from the baseline to x, with both ends among them. "
                    "They are to be the middles of T equal pieces.",
                ),
                Wrong(
                    "trapezoids",
                    source="""
def integrated_gradients(gradient, x, baseline, points):
    ends = [gradient(baseline + k * (x - baseline)) for k in np.linspace(0, 1, points + 1)]
    pairs = [(one + other) / 2 for one, other in zip(ends, ends[1:])]
    return (x - baseline) * np.mean(pairs, axis=0)
""",
                    hint="For each piece you take the mean of the gradients at its ends. Asked for is "
                    "the one gradient at its middle.",
                ),
                Wrong(
                    "mean over the features",
                    replace={"np.mean(slopes, axis=0)": "np.mean(slopes, axis=1)"},
                    hint="The slopes are averaged over the features of each point. Average each "
                    "feature over the points.",
                ),
                Wrong(
                    "point by point from the baseline",
                    source="""
def integrated_gradients(gradient, x, baseline, points):
    total = np.zeros(len(x))
    for k in (np.arange(points) + 0.5) / points:
        point = baseline + k * (x - baseline)
        total = total + (point - baseline) * gradient(point)
    return total / points
""",
                    hint="Each gradient is multiplied by how far its own point is from the baseline. "
                    "Every one of them counts for the whole way to x.",
                ),
                Wrong(
                    "one point alone",
                    replace={"(np.arange(points) + 0.5) / points": "[0.5]"},
                    hint="One gradient is taken, in the middle of the whole way. There are to be T of "
                    "them.",
                ),
            ],
        ),
    ],
)
