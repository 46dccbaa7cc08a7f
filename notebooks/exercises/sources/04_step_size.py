"""Exercises to lesson 4: how the answers are called, what they are compared with."""

import numpy as np

from course_utils.exercises import (
    Between,
    Exercise,
    Formula,
    Problems,
    Question,
    Wrong,
)


def fate_inputs(rng):
    yield {"learning_rate": 0.2, "curvature": 4.0}
    # Powers of two, so that 1 and 2 are hit exactly.
    scale = 2.0 ** rng.integers(-3, 3, size=7)
    low, middle = rng.uniform(0.1, 0.9), rng.uniform(1.1, 1.9)
    products = [1, 2, 0.5, 1.5, rng.uniform(2.1, 5), low, middle]
    for size, product in zip(scale, products, strict=True):
        yield {"learning_rate": float(product / size), "curvature": float(size)}


def hessian_inputs(rng):
    yield {"hessian": np.diag([1.0, 10.0])}
    yield {"hessian": np.array([[2, 1], [1, 2]])}
    for dim in (2, 3, 5):
        turn = np.linalg.qr(rng.normal(size=(dim, dim)))[0]
        curvatures = np.geomspace(rng.uniform(0.5, 1), rng.uniform(8, 30), dim)
        hessian = turn * curvatures @ turn.T
        yield {"hessian": (hessian + hessian.T) / 2}
    yield {"hessian": np.diag(rng.permutation([3, 5, 40]))}
    yield {"hessian": np.array([[float(rng.uniform(2, 9))]])}


def sweep_inputs(rng):
    bowl = Formula("x * np.array([1, 10])", of="x")
    first = {"gradient": bowl, "start": np.ones(2)}
    yield {**first, "learning_rates": np.array([0.1, 0.2]), "steps": 2}
    for dim, count, steps in ((3, 5, 4), (2, 3, 30), (1, 4, 3)):
        root = rng.uniform(0.1, 0.5, size=(dim, dim))
        matrix = root @ root.T + np.diag(rng.uniform(1, 2, size=dim))
        minimum = rng.uniform(1, 2, size=dim)
        gradient = Formula("(x - best) @ matrix", of="x", best=minimum, matrix=matrix)
        rates = rng.permutation(rng.uniform(0.05, 0.3, size=count))
        start = minimum + rng.uniform(1, 3, size=dim)
        yield {
            "gradient": gradient,
            "start": start,
            "learning_rates": rates,
            "steps": steps,
        }
    # As many rates as coordinates, and one of them diverges.
    rates = [0.3, 0.05, 0.12]
    curved = Formula("x**3 + x * np.array([1, 3, 5])", of="x")
    start = rng.uniform(0.5, 1, size=3)
    yield {
        "gradient": curved,
        "start": start,
        "learning_rates": rates,
        "steps": 3,
    }
    whole = rng.integers(1, 5, size=2)
    yield {
        "gradient": bowl,
        "start": whole,
        "learning_rates": [0.5, 0.05],
        "steps": 5,
    }
    yield {"gradient": bowl, "start": whole, "learning_rates": [0.1], "steps": 0}


def ravine(rng):
    return {"steepness": float(f"{10 ** rng.uniform(-2, 2):.2g}")}


def rates(low, high):
    """The rates between two that are meant for the steepness 1: they shrink as it grows."""
    return lambda _, given: Between(
        low / given["steepness"], high / given["steepness"]
    )


exercise = Exercise(
    lesson="2_learning_rate/04_step_size.ipynb",
    title="Too small, too large, exactly right",
    blocked=("costs", "curvature", "descent", "networks", "objectives", "optimizers"),
    also_whole=True,
    questions=[
        Question(
            "fate",
            points=1,
            inputs=fate_inputs,
            equivalent={
                "if factor > 0: → after if factor == 0:": "At most one of them is true.",
                "if factor > -1: → after if factor == -1:": "At most one of them is true.",
            },
            wrong=[
                Wrong(
                    "overshooting diverges",
                    replace={
                        '"both sides"': '"diverges"',
                        '"for ever"': '"diverges"',
                    },
                    hint="To overshoot is not to fail: what counts is whether the step lands "
                    "closer than it began. With the factor −0.5, where does the path from 1 go?",
                ),
                Wrong(
                    "sides exchanged",
                    replace={
                        "factor > 0": "-1 < factor < 0",
                        "factor > -1": "factor > 0",
                    },
                    hint="A path changes sides when the factor is negative, and stays on its side "
                    "when it is positive.",
                ),
                Wrong(
                    "sign of the factor not seen",
                    replace={"factor > 0:": "0 < abs(factor) < 1:"},
                    hint="Factors between −1 and 1 all come closer, but in two ways: what does a "
                    "negative factor do to the sign of x?",
                ),
                Wrong(
                    "limit counts as diverging",
                    replace={'"for ever"': '"diverges"'},
                    hint="At the limit itself, with the factor −1, the path neither comes closer "
                    "nor moves away.",
                ),
                Wrong(
                    "limit counts as converging",
                    replace={'"for ever"': '"both sides"'},
                    hint="With the factor −1 the path changes sides, but it does not come closer.",
                ),
                Wrong(
                    "one step not seen",
                    replace={"factor > 0": "factor >= 0"},
                    hint="There is one factor with which the path comes to the minimum at once, "
                    "and stays there.",
                ),
                Wrong(
                    "every change of sides converges",
                    replace={
                        '"for ever"': '"both sides"',
                        '"diverges"': '"both sides"',
                    },
                    hint="A path that changes sides may come closer, or move away. Which of them it "
                    "is, the size of the factor says.",
                ),
                Wrong(
                    "positive and negative exchanged",
                    replace={"factor > 0": "factor < 0"},
                    hint="What is true of positive factors is said of negative ones here. Which of them "
                    "leaves the sign of x as it is?",
                ),
                Wrong(
                    "small and large exchanged",
                    replace={"factor > -1": "factor < -1"},
                    hint="A factor between −1 and 0 brings the path closer, and one below −1 leads it "
                    "away. Here it is the other way round.",
                ),
            ],
        ),
        Question(
            "quick_rate",
            points=1,
            problems=Problems(practice={"steepness": 1.0}, draw=ravine),
            # 0.2131 is the smallest rate that arrives in 25 steps, 0.25 the first that does not.
            expect=rates(0.21311, 0.24999),
            wrong=[
                Wrong(
                    "limit of the minimum",
                    source="quick_rate = 0.4 / given.steepness",
                    recognise=rates(0.2500001, np.inf),
                    hint="The path does not arrive with this rate. The curvature at the minimum "
                    "would allow it, but the path begins where the walls are steeper.",
                ),
                Wrong(
                    "jumps for ever",
                    source="quick_rate = 0.25 / given.steepness",
                    recognise=rates(0.24999, 0.2500001),
                    hint="This is the limit itself: y jumps between 2 and −2 for ever. A little "
                    "less is enough.",
                ),
                Wrong(
                    "cautious",
                    source="quick_rate = 0.125 / given.steepness",
                    recognise=rates(0.1, 0.21310),
                    hint="It arrives, and takes too many steps. The curvature at the start gives a "
                    "small limit; but there the path stays for one step only, so try beyond.",
                ),
                Wrong(
                    "tiny",
                    source="quick_rate = 0.01 / given.steepness",
                    recognise=rates(1e-12, 0.0999999),
                    hint="It arrives, if at all, after many steps: they grow in number as the "
                    "rate falls. Try larger rates until it breaks.",
                ),
                Wrong(
                    "not positive",
                    source="quick_rate = -0.1 / given.steepness",
                    recognise=rates(-np.inf, 0.0),
                    hint="A learning rate is positive; with a negative one the path goes uphill.",
                ),
            ],
        ),
        Question(
            "limit_and_best",
            points=2,
            inputs=hessian_inputs,
            rare={
                "mu, L = (curvatures[0], curvatures[-1]) → mu, L = (curvatures[1], curvatures[-1])": "Whoever knows that they are sorted takes the ends.",
            },
            wrong=[
                Wrong(
                    "half the limit",
                    replace={"return 2 / L": "return 1 / L"},
                    hint="1/L is the cautious rate. The limit is where the factor of the steepest "
                    "direction, 1 − ηL, becomes −1.",
                ),
                Wrong(
                    "limit of the flattest direction",
                    replace={"return 2 / L": "return 2 / mu"},
                    hint="This limit belongs to the flattest direction. The first direction to "
                    "break is the steepest.",
                ),
                Wrong(
                    "diagonal",
                    replace={
                        "np.linalg.eigvalsh(hessian)": "np.sort(np.diag(hessian))"
                    },
                    hint="Right where the axes of the bowl are those of the coordinates. In a "
                    "turned bowl the curvatures are eigenvalues, not entries of the diagonal.",
                ),
                Wrong(
                    "entries",
                    replace={
                        "np.linalg.eigvalsh(hessian)": "np.sort(np.ravel(hessian))"
                    },
                    hint="The smallest and the largest entry of a matrix are not its smallest and "
                    "largest curvature; those are its eigenvalues.",
                ),
                Wrong(
                    "eigenvalues not sorted",
                    # From numpy 2.5 on these are complex numbers, and judged like real ones.
                    replace={
                        "np.linalg.eigvalsh(hessian)": "np.linalg.eig(hessian)[0].real"
                    },
                    hint="eig returns the eigenvalues in no particular order. Take the smallest "
                    "and the largest, or use eigvalsh, which sorts them.",
                ),
                Wrong(
                    "trace",
                    replace={"2 / (mu + L)": "2 / np.trace(hessian)"},
                    hint="Right in two dimensions only, where the trace is μ + L. With more "
                    "curvatures, those between them do not belong into the sum.",
                ),
                Wrong(
                    "cautious rate for the best",
                    replace={"2 / (mu + L)": "1 / L"},
                    hint="1/L is safe, but not the best: there the flat direction is slower than "
                    "it could be.",
                ),
                Wrong(
                    "half the best rate",
                    replace={"2 / (mu + L)": "1 / (mu + L)"},
                    hint="The best rate is half of what it should be. It balances 1 − ημ and "
                    "ηL − 1: solve for η.",
                ),
                Wrong(
                    "plus and minus exchanged",
                    replace={"(L - mu) / (L + mu)": "(L + mu) / (L - mu)"},
                    hint="This share is above 1: each step would make the distance longer. Plus "
                    "and minus are exchanged.",
                ),
                Wrong(
                    "negative share",
                    replace={"(L - mu) / (L + mu)": "(mu - L) / (mu + L)"},
                    hint="The share of the distance that is kept is a size, so it is positive.",
                ),
                Wrong(
                    "condition number",
                    replace={"(L - mu) / (L + mu)": "L / mu"},
                    hint="The third number is the condition number here. Asked for is the share "
                    "of the distance that a step keeps.",
                ),
                Wrong(
                    "second for the largest",
                    replace={"curvatures[-1]": "curvatures[1]"},
                    hint="Right in two dimensions only. With more curvatures the second smallest is not "
                    "the largest.",
                ),
            ],
        ),
        Question(
            "sweep",
            points=3,
            inputs=sweep_inputs,
            equivalent={
                "rates = np.array(learning_rates, dtype=float)[:, None] → rates = np.array(learning_rates)[:, None]": "Nothing is written into the rates.",
                "points = np.tile(np.array(start, dtype=float), (len(rates), 1)) → points = np.tile(start, (len(rates), 1))": "Nothing is written into the points.",
                "points = np.tile(np.array(start, dtype=float), (len(rates), 1)) → points = np.tile(np.array(start), (len(rates), 1))": "Nothing is written into the points.",
            },
            wrong=[
                Wrong(
                    "goes on where the last rate ended",
                    source="def sweep(gradient, start, learning_rates, steps):\n"
                    "    point, ends = np.array(start, dtype=float), []\n"
                    "    for rate in learning_rates:\n"
                    "        for _ in range(steps):\n"
                    "            point = point - rate * gradient(point)\n"
                    "        ends.append(point)\n"
                    "    return np.array(ends)",
                    hint="The first row is right; each later rate goes on where the one before it "
                    "ended. Every rate begins at the start.",
                ),
                Wrong(
                    "start changed in place",
                    source="def sweep(gradient, start, learning_rates, steps):\n"
                    "    ends = []\n"
                    "    for rate in learning_rates:\n"
                    "        point = start\n"
                    "        for _ in range(steps):\n"
                    "            point -= rate * gradient(point)\n"
                    "        ends.append(point)\n"
                    "    return np.array(ends)",
                    hint="point = start makes no copy, and -= changes the start itself, for all "
                    "rates that follow. Make a copy for each rate.",
                ),
                Wrong(
                    "a copy of whole numbers",
                    source="def sweep(gradient, start, learning_rates, steps):\n"
                    "    ends = []\n"
                    "    for rate in learning_rates:\n"
                    "        point = np.array(start)\n"
                    "        for _ in range(steps):\n"
                    "            point -= rate * gradient(point)\n"
                    "        ends.append(point)\n"
                    "    return np.array(ends)",
                    hint="Right for a start of fractions. A copy of whole numbers holds whole "
                    "numbers, and cannot take the result of -= .",
                ),
                Wrong(
                    "one rate for each coordinate",
                    source="def sweep(gradient, start, learning_rates, steps):\n"
                    "    rates = np.array(learning_rates, dtype=float)\n"
                    "    points = np.tile(np.array(start, dtype=float), (len(rates), 1))\n"
                    "    for _ in range(steps):\n"
                    "        points = points - rates * gradient(points)\n"
                    "    return points",
                    hint="The rates are laid along the coordinates, so that each column gets a "
                    "rate. For one rate a row, the rates have to be a column.",
                ),
                Wrong(
                    "transposed",
                    replace={"return points": "return points.T"},
                    hint="The numbers are right, but each rate has a column where it should have "
                    "a row.",
                ),
                Wrong(
                    "all rates after another",
                    source="def sweep(gradient, start, learning_rates, steps):\n"
                    "    points = np.tile(np.array(start, dtype=float), (len(learning_rates), 1))\n"
                    "    for _ in range(steps):\n"
                    "        for rate in learning_rates:\n"
                    "            points = points - rate * gradient(points)\n"
                    "    return points",
                    hint="Here every row takes steps with all the rates in turn. Each row belongs "
                    "to one rate.",
                ),
                Wrong(
                    "one step only",
                    replace={
                        "for _ in range(steps):": "for _ in range(min(steps, 1)):"
                    },
                    hint="This is where the first step leads. Is the number of steps used?",
                ),
                Wrong(
                    "gradient of the start",
                    replace={
                        "gradient(points)": "gradient(points0)",
                        "    for _": "    points0 = points\n    for _",
                    },
                    hint="Every step uses the gradient of the start. It has to be computed anew "
                    "at each point.",
                ),
                Wrong(
                    "uphill",
                    replace={"points - rates": "points + rates"},
                    hint="These paths go uphill: the gradient has to be subtracted.",
                ),
                Wrong(
                    "rates in order of size",
                    replace={
                        "np.array(learning_rates, dtype=float)": "np.sort(np.array(learning_rates, dtype=float))"
                    },
                    hint="The rows are sorted by rate. Asked for is the order in which the rates "
                    "were given.",
                ),
            ],
        ),
    ],
)
