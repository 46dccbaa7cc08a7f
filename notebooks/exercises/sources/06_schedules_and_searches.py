"""Exercises to lesson 6: how the answers are called, what they are compared with."""

import numpy as np
from course_utils.exercises import (
    Between,
    Close,
    Exercise,
    Formula,
    Points,
    Problems,
    Question,
    Wrong,
)


def cosine_inputs(rng):
    yield {"t": 50, "steps": 100, "learning_rate": 0.3, "lowest": 0.1}
    rate, steps = rng.uniform(0.2, 1), int(rng.integers(60, 200))
    plan = {"steps": steps, "learning_rate": rate, "lowest": 0.2 * rate}
    yield {"t": 0, **plan}
    yield {"t": int(rng.integers(steps // 8, steps // 4)), **plan}
    yield {"t": steps, **plan}
    yield {"t": steps + int(rng.integers(steps // 3, steps)), **plan}
    yield {
        "t": int(rng.integers(20, 40)),
        "steps": 55,
        "learning_rate": rate,
        "lowest": 0,
    }


def backtracking_inputs(rng):
    # The linear terms are there so that a rate that grows without bound meets inf - inf: such a
    # search ends, with a comparison that is false, instead of going on for ever.
    yield {
        "f": Formula("np.sum(x**2 / 2 + x)", of="x"),
        "gradient": Formula("x + 1", of="x"),
        "x": np.array([0.0]),
        "learning_rate": 8.0,
        "c": 0.0001,
        "shrink": 0.5,
    }
    # One curvature, so that the rate accepted is known: at most 2 (1 - c) over it.
    curvature = rng.uniform(1, 4)
    away = np.abs(rng.normal(size=3))
    away = away / np.linalg.norm(away)
    for slope, trial, c, shrink in [
        (rng.uniform(3, 6), 1.5, 0.7, 0.7),
        (0.5, 1.5, 0.3, 0.8),
        (rng.uniform(0.5, 3), 0.2, 0.1, 0.5),
    ]:
        yield {
            "f": Formula("np.sum(a * x**2 / 2 + x)", of="x", a=curvature),
            "gradient": Formula("a * x + 1", of="x", a=curvature),
            "x": (slope * away - 1) / curvature,
            "learning_rate": trial / curvature,
            "c": c,
            "shrink": shrink,
        }
    matrix = rng.normal(size=(4, 4))
    matrix = matrix @ matrix.T + np.eye(4)
    slope = rng.normal(size=4)
    yield {
        "f": Formula("x @ A @ x / 2 + b @ x", of="x", A=matrix, b=slope / 2),
        "gradient": Formula("A @ x + b", of="x", A=matrix, b=slope / 2),
        "x": np.linalg.solve(matrix, slope / 2),
        "learning_rate": 3.0,
        "c": 0.2,
        "shrink": rng.uniform(0.4, 0.8),
    }
    # A stationary point.
    yield {
        "f": Formula("x @ A @ x / 2", of="x", A=matrix),
        "gradient": Formula("A @ x", of="x", A=matrix),
        "x": np.zeros(4),
        "learning_rate": rng.uniform(1, 3),
        "c": 0.2,
        "shrink": 0.5,
    }


def tiny_or_close(rate):
    """A rate that shrank until rounding ended the search: where, is different on each machine.

    Only a search that nothing ends comes down to 0 itself.
    """
    return Between(0, 1e-5) if 0 < rate < 1e-5 else Close(rate, absolute=0)


def huge_or_close(rate):
    """A rate that grew until it overflowed."""
    return Between(1e100, np.inf) if rate > 1e100 else Close(rate)


def limit(first, left):
    """The smallest γ of all, by halving."""
    low, high = 0.0, 1.0
    for _ in range(60):
        gamma = (low + high) / 2
        if np.prod(1 - first * gamma ** np.arange(200)) > left:
            low = gamma
        else:
            high = gamma
    return high


def from_the_sum(first, left):
    return 1 - first / np.log(1 / left)


def falling(rng):
    while True:
        first = float(f"{rng.uniform(0.3, 0.8):.2g}")
        wanted = rng.uniform(0.7, 0.95)
        left = float(f"{np.prod(1 - first * wanted ** np.arange(200)):.2g}")
        gamma = limit(first, left)
        # Far enough from three decimals that no machine rounds otherwise; and from the mistakes.
        clear = 0.3 < (1000 * gamma) % 1 < 0.7
        apart = from_the_sum(first, left) > gamma + 0.006
        tenfold = (
            10 * left < 0.9 * (1 - first) and limit(first, 10 * left) < gamma - 0.021
        )
        if clear and gamma > 0.71 and apart and tenfold:
            return {"first": first, "left": left}


LENGTH = "Whoever forgets the square takes the length, which has a hint, not the sum of entries."

SEARCH = "Students try numbers with the function that they are given: the search is the author's."

exercise = Exercise(
    lesson="2_learning_rate/06_schedules_and_searches.ipynb",
    title="Steps that change",
    blocked=("schedules", "curvature", "optimizers", "descent"),
    also_whole=True,
    questions=[
        Question(
            "cosine_rate",
            points=2,
            inputs=cosine_inputs,
            parts=[
                Points("steps of the plan", 1.5),
                Points(
                    "steps after its end",
                    0.5,
                    of=lambda inputs: inputs["t"] > inputs["steps"],
                    sentence="Not right for steps after the end of the plan.",
                ),
            ],
            rare={
                "factor = 0.5 * (1 + np.cos(np.pi * min(share, 1))) → factor = 0.5 * (1 + np.pi * min(share, 1))": "The cosine is what the question is about.",
            },
            wrong=[
                Wrong(
                    "rises again",
                    replace={"min(share, 1)": "share"},
                    hint="A cosine that is left alone comes up again after half a wave. What is the "
                    "share of the plan that is over, once all of it is over?",
                ),
                Wrong(
                    "degrees",
                    replace={"np.pi * min(share, 1)": "180 * min(share, 1)"},
                    hint="`np.cos` takes its angle in radians, not in degrees: half a wave is π.",
                ),
                Wrong(
                    "whole wave",
                    replace={"np.pi *": "2 * np.pi *"},
                    hint="At the end of the plan your rate is back at the top. The plan is half a wave "
                    "of the cosine, not a whole one.",
                ),
                Wrong(
                    "one step early",
                    replace={"min(share, 1)": "min(t / (steps - 1), 1)"},
                    hint="Your plan ends one step early. Steps count from 0, and the lowest rate "
                    "belongs to step T.",
                ),
                Wrong(
                    "floor added",
                    replace={"(learning_rate - lowest)": "learning_rate"},
                    hint="At step 0 your rate is larger than the first rate. What falls is only the "
                    "part of the rate that is above the floor.",
                ),
                Wrong(
                    "no floor",
                    replace={"lowest + (learning_rate - lowest)": "learning_rate"},
                    hint="Your rate falls to zero. This plan ends at `lowest`.",
                ),
                Wrong(
                    "no half",
                    replace={"0.5 * (1 + np.cos": "(1 + np.cos"},
                    hint="1 + cos falls from 2 to 0, but the factor is to begin at 1.",
                ),
                Wrong(
                    "minus the cosine",
                    replace={"(1 + np.cos": "(1 - np.cos"},
                    hint="Your plan begins at the floor and ends at the first rate. The cosine of 0 is 1.",
                ),
                Wrong(
                    "cosine alone",
                    replace={"(1 + np.cos": "(np.cos"},
                    hint="A cosine falls from 1 to −1, and half of it from ½ to −½, which leads below "
                    "the floor. The factor is to fall from 1 to 0.",
                ),
                Wrong(
                    "over from the start",
                    replace={"min(share, 1)": "max(share, 1)"},
                    hint="Your rate is at the floor until the plan ends, and leaves it afterwards. The "
                    "share should go no further than 1; yours is never below.",
                ),
                Wrong(
                    "below the floor",
                    replace={"lowest + (learning_rate": "lowest - (learning_rate"},
                    hint="Your rates are as far below the floor as they should be above it.",
                ),
                Wrong(
                    "floor added to the height",
                    replace={"(learning_rate - lowest)": "(learning_rate + lowest)"},
                    hint="At step 0 your rate is the first rate and twice the floor. What falls is the "
                    "part of the rate that is above the floor.",
                ),
            ],
        ),
        Question(
            "backtracking",
            points=3,
            inputs=backtracking_inputs,
            rare={
                "promise = c * np.sum(g ** 2) → promise = c * np.sum(g * 2)": LENGTH,
                "promise = c * np.sum(g ** 2) → promise = c * np.sum(g ** 1)": LENGTH,
            },
            wrong=[
                Wrong(
                    "any decrease",
                    replace={"c * np.sum(g**2)": "0"},
                    hint="Your search accepts every step that does not raise the cost. Armijo asks for "
                    "a share c of the decrease that the slope promises.",
                ),
                Wrong(
                    "length not squared",
                    replace={"np.sum(g**2)": "np.linalg.norm(g)"},
                    hint="The decrease that the slope promises contains the square of the length "
                    "of g. Yours is right only where that length is 1.",
                ),
                Wrong(
                    "one number only",
                    replace={"np.sum(g**2)": "g**2"},
                    hint="With two or more coordinates `g**2` is still an array, and an array is "
                    "neither true nor false. The length of a vector is one number.",
                ),
                # Before the next one, whose sign in the first case it would fit as well.
                Wrong(
                    "uphill",
                    replace={"x - learning_rate * g": "x + learning_rate * g"},
                    recognise=tiny_or_close,
                    hint="Your trials lie uphill, where the cost is never low enough, so the rate "
                    "shrinks to nothing. A step goes against the gradient.",
                ),
                Wrong(
                    "c left out",
                    replace={"c * np.sum": "np.sum"},
                    recognise=tiny_or_close,
                    hint="You ask for all of what the slope promises, which a convex cost never "
                    "delivers. Ask for the share c of it.",
                ),
                Wrong(
                    "only once",
                    replace={"while": "if"},
                    hint="You shorten the step once and accept whatever comes. The shorter one has "
                    "to be tried too.",
                ),
                Wrong(
                    "grows",
                    replace={"shrink * learning_rate": "learning_rate / shrink"},
                    recognise=huge_or_close,
                    hint="When a trial is rejected, your next one is longer. The step has to be shortened.",
                ),
                Wrong(
                    "last rejected",
                    replace={
                        "    return learning_rate": "    return learning_rate / shrink"
                    },
                    hint="The rate that you return is one trial too long: it was the last to be "
                    "rejected.",
                ),
                Wrong(
                    "mean of the squares",
                    replace={"c * np.sum": "c * np.mean"},
                    hint="The squared length is the sum of the squares of the entries. With their mean, "
                    "less is asked for the more coordinates there are.",
                ),
            ],
        ),
        Question(
            "smallest_gamma",
            points=2,
            problems=Problems(practice={"first": 0.5, "left": 0.001}, draw=falling),
            equivalent={
                "while np.prod(1 - given.first * smallest_gamma ** np.arange(200)) > given.left: → while np.prod(1 - given.first * smallest_gamma ** np.arange(200)) >= given.left:": "What is left is never the number itself.",
                "while np.prod(1 - given.first * smallest_gamma ** np.arange(200)) > given.left: → while np.prod(given.first * smallest_gamma ** np.arange(200) - 1) > given.left:": "An even number of factors.",
                "while np.prod(1 - given.first * smallest_gamma ** np.arange(200)) > given.left: → while np.prod(1 - given.first * smallest_gamma ** np.arange(201)) > given.left:": "The last rates are 0, to all digits that count.",
                "while np.prod(1 - given.first * smallest_gamma ** np.arange(200)) > given.left: → while np.prod(1 - given.first * smallest_gamma ** np.arange(199)) > given.left:": "The last rates are 0, to all digits that count.",
            },
            # The smallest one itself, and what it is with three decimals.
            expect=lambda gamma, given: Between(limit(**given) - 1e-4, gamma + 1e-4),
            rare={
                "while np.prod(1 - given.first * smallest_gamma ** np.arange(200)) > given.left: → while np.prod(1 - given.first * smallest_gamma ** np.arange(200)) < given.left:": SEARCH,
                "while np.prod(1 - given.first * smallest_gamma ** np.arange(200)) > given.left: → while np.prod(1 - given.first * (smallest_gamma * np.arange(200))) > given.left:": SEARCH,
                "while np.prod(1 - given.first * smallest_gamma ** np.arange(200)) > given.left: → while np.prod(1 - given.first * smallest_gamma ** 200) > given.left:": SEARCH,
                "smallest_gamma += 0.001 → smallest_gamma -= 0.001": SEARCH,
            },
            wrong=[
                Wrong(
                    "just misses",
                    replace={"### END SOLUTION": "smallest_gamma -= 0.001"},
                    recognise=lambda _, given: Between(
                        limit(**given) - 0.015, limit(**given) - 1e-4
                    ),
                    hint="With this γ there is still more left than may be, though not much more. Print "
                    "what `distance_left` says of it.",
                ),
                Wrong(
                    "from the sum",
                    source="smallest_gamma = round(1 - given.first / np.log(1 / given.left), 3)",
                    recognise=lambda gamma, given: Between(
                        from_the_sum(**given) - 0.003, from_the_sum(**given) + 0.003
                    ),
                    hint="The estimate that the distance shrinks like e to the minus sum of all rates "
                    "is near, but not exact: each factor 1 − η is smaller than e to the −η. "
                    "Try the numbers next to it.",
                ),
                Wrong(
                    "hardly falls",
                    source="smallest_gamma = 1",
                    recognise=lambda _, given: Between(
                        (1 + from_the_sum(**given)) / 2, 1
                    ),
                    hint="Rates that hardly fall arrive, certainly. The question is how much they may "
                    "fall and still arrive.",
                ),
                Wrong(
                    "ten times as much",
                    replace={"> given.left": "> 10 * given.left"},
                    recognise=lambda gamma: Between(gamma - 0.005, gamma + 0.005),
                    hint="That leaves no more than ten times the distance that your problem allows.",
                ),
            ],
        ),
    ],
)
