"""Exercises to lab 25: how the answers are called, what they are compared with."""

import numpy as np

from course_utils.exercises import Exercise, Formula, Question, Wrong


def rate_inputs(rng):
    def case(rate, gradient, previous, meta_rate):
        return {
            "rate": rate,
            "gradient": gradient,
            "previous": previous,
            "meta_rate": meta_rate,
        }

    yield case(0.1, np.array([0.9]), np.array([1.0]), 0.1)
    yield case(0.1, np.array([-0.5]), np.array([1.0]), 0.1)
    yield case(0.5, np.array([3, 1]), np.array([2, 4]), 0.25)
    for size in (2, 3, 5):
        previous = rng.normal(size=size)
        now = 0.5 * previous + 0.3 * rng.normal(size=size)
        yield case(rng.uniform(0.01, 0.3), now, previous, rng.uniform(0.01, 0.1))
    previous = rng.normal(size=3)
    yield case(0.2, -0.6 * previous, previous, 0.02)


# Descent on a bowl of curvature c: fast is not best where the weights pass the minimum. What a run
# adds makes it matter whether many steps are one run or two.
DESCENT = "weights * (1 - c * setting) ** steps + added * setting * (1 - 0.5**steps)"


def halving_inputs(rng):
    def case(settings, c, rungs, start=1.0, added=0.01):
        return {
            "settings": settings,
            "start": start,
            "run": Formula(DESCENT, of="weights setting steps", c=c, added=added),
            "score": Formula("abs(weights)", of="weights"),
            "rungs": rungs,
        }

    yield case(np.arange(1, 10) / 10, 1.0, [2, 6, 18])
    for count, rungs in [
        (27, [1, 3, 9]),
        (20, [2, 5]),
        (7, [3, 4, 8]),
        (30, [1, 2, 4, 7]),
    ]:
        settings = rng.permutation(count) / count + rng.uniform(0.01, 0.02)
        yield case(settings, rng.uniform(0.8, 1.8), rungs, rng.uniform(1, 3))
    # Whoever starts anew finds another best.
    yield case(np.array([1, 3, 2, 5, 4, 6]), 0.3, [2, 3], 2.0, 0.5)


exercise = Exercise(
    lesson="7_frontiers/25_learning_to_learn.ipynb",
    title="Learning to learn",
    blocked=("optimizers", "descent", "tuning"),
    questions=[
        Question(
            "hypergradient_rate",
            points=2,
            inputs=rate_inputs,
            equivalent={
                "return rate + meta_rate * (gradient @ previous) → return rate + meta_rate * (previous @ gradient)": "A product of two vectors has no order.",
            },
            wrong=[
                Wrong(
                    "uphill",
                    replace={"rate + meta_rate": "rate - meta_rate"},
                    hint="The sign: the derivative is minus the product of the gradients, and the "
                    "step is against it. Gradients that agree make the rate grow.",
                ),
                Wrong(
                    "not summed",
                    replace={"gradient @ previous": "gradient * previous"},
                    hint="One rate serves all coordinates: the products of the coordinates are to "
                    "be added up.",
                ),
                Wrong(
                    "one gradient twice",
                    replace={"gradient @ previous": "gradient @ gradient"},
                    hint="The product of a gradient with itself is never negative, so that the "
                    "rate could only grow. One of the two is the gradient of the step before.",
                ),
                Wrong(
                    "the step before twice",
                    replace={"gradient @ previous": "previous @ previous"},
                    hint="Only the gradient of the step before is used; the derivative at the new "
                    "point needs the new one too.",
                ),
                Wrong(
                    "multiplied",
                    replace={"rate + meta_rate": "rate + rate * meta_rate"},
                    hint="The rate is multiplied by something near 1. The step of the rate is "
                    "added, whatever the rate was.",
                ),
                Wrong(
                    "the sign alone",
                    replace={"(gradient @ previous)": "np.sign(gradient @ previous)"},
                    hint="Only the sign of the product is used. Its size counts as well.",
                ),
                Wrong(
                    "the cosine",
                    replace={
                        "(gradient @ previous)": "(gradient @ previous) "
                        "/ np.linalg.norm(gradient) / np.linalg.norm(previous)"
                    },
                    hint="The product is divided by the lengths of the gradients. The derivative "
                    "is the product itself.",
                ),
                Wrong(
                    "a mean",
                    replace={"gradient @ previous": "np.mean(gradient * previous)"},
                    hint="The products are averaged over the coordinates; they are to be added up.",
                ),
            ],
        ),
        Question(
            "successive_halving",
            points=3,
            inputs=halving_inputs,
            equivalent={
                "alive = [(setting, run(weights, setting, rung - done)) for setting, weights in alive] → after paid += len(alive) * (rung - done)": "What is paid hangs on how many run, not on how they end.",
            },
            rare={
                "alive = ranked[:max(1, len(alive) // 3)] → alive = ranked[:max(2, len(alive) // 3)]": "The text says: at least one.",
                "alive = ranked[:max(1, len(alive) // 3)] → alive = ranked[:max(1, len(alive) // 4)]": "The text says: a third.",
            },
            wrong=[
                Wrong(
                    "started anew",
                    source="""
def successive_halving(settings, start, run, score, rungs):
    alive, paid = list(settings), 0
    for rung in rungs:
        ends = {setting: score(run(start, setting, rung)) for setting in alive}
        paid += len(alive) * rung
        alive = sorted(alive, key=ends.get)[: max(1, len(alive) // 3)]
    return alive[0], paid
""",
                    hint="Your survivors start anew at each rung and pay for the same steps again. "
                    "They go on from their weights.",
                ),
                Wrong(
                    "the worst kept",
                    replace={
                        "key=lambda one: score(one[1])": "key=lambda one: -score(one[1])"
                    },
                    hint="The score is a cost: the lowest are to be kept.",
                ),
                Wrong(
                    "whole rungs paid",
                    replace={
                        "paid += len(alive) * (rung - done)": "paid += len(alive) * rung"
                    },
                    hint="The budget counts each rung from the start; a survivor pays only the "
                    "steps that it has not taken yet.",
                ),
                Wrong(
                    "whole rungs run",
                    replace={"done = rung": "done = 0"},
                    hint="Rungs are counted from the start. Yours are added to what was already "
                    "done, so that survivors run too long.",
                ),
                Wrong(
                    "a half",
                    replace={"// 3": "// 2"},
                    hint="In spite of its name the best third is kept here, and yours keeps half.",
                ),
                Wrong(
                    "only the survivors paid",
                    source="""
def successive_halving(settings, start, run, score, rungs):
    alive = [(setting, start) for setting in settings]
    paid = done = 0
    for rung in rungs:
        alive = [(setting, run(weights, setting, rung - done)) for setting, weights in alive]
        ranked = sorted(alive, key=lambda one: score(one[1]))
        alive = ranked[: max(1, len(alive) // 3)]
        paid += len(alive) * (rung - done)
        done = rung
    return alive[0][0], paid
""",
                    hint="You count the steps of those that are kept. Those that are dropped have "
                    "run as well.",
                ),
                Wrong(
                    "one setting to the end",
                    replace={
                        "return alive[0][0], paid": "return alive[0][0], rungs[-1]"
                    },
                    hint="That is what one setting takes. The budget adds up all of them.",
                ),
                Wrong(
                    "nobody dropped",
                    replace={"ranked[: max(1, len(alive) // 3)]": "ranked"},
                    hint="All settings run to the end. After each rung only the best third goes on.",
                ),
                Wrong(
                    "rounded up",
                    replace={"max(1, len(alive) // 3)": "-(-len(alive) // 3)"},
                    hint="A third is rounded up here, as in scikit-learn. It is to be rounded down, "
                    "but never to 0.",
                ),
                Wrong(
                    "two thirds dropped, one more kept",
                    replace={"max(1, len(alive) // 3)": "len(alive) // 3 + 1"},
                    hint="One setting too many is kept at each rung.",
                ),
                Wrong(
                    "ranked in vain",
                    replace={"alive = ranked[: max(1, len(alive) // 3)]": "pass"},
                    hint="You return the first of all settings, and all of them run to the end. After "
                    "each rung the best third is to go on, and the others not.",
                ),
            ],
        ),
    ],
)
