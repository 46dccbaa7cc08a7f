"""Exercises to lesson 12: how the answers are called, what they are compared with."""

import numpy as np

from course_utils.exercises import (
    Between,
    Close,
    Exercise,
    Formula,
    Picture,
    Problems,
    Question,
    Wrong,
)


def adagrad_inputs(rng):
    def case(x, G, gradient, learning_rate, epsilon):
        return {
            "x": x,
            "G": G,
            "gradient": gradient,
            "learning_rate": learning_rate,
            "epsilon": epsilon,
        }

    yield case(np.ones(2), np.array([0.0, 9.0]), np.array([2.0, 4.0]), 0.5, 0.0)
    for dim in (3, 5):
        x, gradient = rng.normal(size=(2, dim))
        G, epsilon = rng.uniform(0.1, 4, dim), float(rng.uniform(0.1, 0.5))
        yield case(x, G, gradient, float(rng.uniform(0.05, 1)), epsilon)
    # The first step of all, with slopes of very different sizes and one of zero.
    slopes = np.array([1e-3, 1.0, -1e3, 0.0]) * rng.uniform(1, 2, 4)
    yield case(rng.normal(size=4), np.zeros(4), slopes, 0.1, 1e-10)
    # A matrix of weights, after steep gradients.
    x, gradient = rng.normal(size=(2, 2, 3))
    yield case(x, rng.uniform(100, 400, (2, 3)), gradient, 0.01, 1e-8)


def rmsprop_inputs(rng):
    def case(gradient, start, learning_rate, rho, epsilon, steps):
        return {
            "gradient": gradient,
            "start": start,
            "learning_rate": learning_rate,
            "rho": rho,
            "epsilon": epsilon,
            "steps": steps,
        }

    yield case(Formula("x", of="x"), np.array([3.0]), 0.1, 0.75, 0.0, 2)
    # Few steps at small rates: a long path of RMSprop magnifies rounding.
    for dim in (2, 3):
        matrix = np.diag(rng.uniform(1, 20, dim)) + rng.uniform(-0.5, 0.5)
        bowl = Formula("matrix @ x", of="x", matrix=matrix)
        start = rng.uniform(2, 4, dim) * rng.choice([-1, 1], dim)
        rho = float(rng.uniform(0.8, 0.95))
        yield case(bowl, start, 0.05, rho, float(rng.uniform(0.1, 0.5)), 6)
    slope = rng.uniform(1, 3, 2) * np.array([0.01, 100.0])
    plane = Formula("slope + 0 * x", of="x", slope=slope)
    yield case(plane, rng.normal(size=2), 0.1, 0.99, 1e-8, 5)
    bowl = Formula("curvature * x", of="x", curvature=rng.uniform(1, 5, 2))
    yield case(bowl, rng.integers(2, 9, size=2), 0.1, 0.9, 1e-8, 3)
    yield case(bowl, rng.normal(size=2), 0.1, 0.9, 1e-8, 0)


def turning_inputs(rng):
    def case(expression, steps, R, **parameters):
        rule = Formula(expression, of="g", **parameters)
        return {"rule": rule, "gradients": rng.normal(size=(steps, len(R))), "R": R}

    def rotation(dim):
        if dim == 2:
            angle = rng.uniform(0.3, 1.2) * rng.choice([-1, 1])
            c, s = np.cos(angle), np.sin(angle)
            return np.array([[c, -s], [s, c]])
        R = np.linalg.qr(rng.normal(size=(dim, dim)))[0]
        R[:, 0] *= np.linalg.det(R)
        return R

    adagrad = "-rate * g[-1] / np.sqrt((g**2).sum(axis=0))"
    R = np.array([[0.8, 0.6], [-0.6, 0.8]])
    rule = Formula("-np.sign(g[-1])", of="g")
    yield {"rule": rule, "gradients": np.array([[3.0, 4.0]]), "R": R}
    yield case(adagrad, 5, rotation(2), rate=float(rng.uniform(0.5, 2)))
    yield case(adagrad, 4, rotation(3), rate=float(rng.uniform(0.5, 2)))
    yield case("-rate * g[-1]", 3, rotation(2), rate=0.1)
    yield case("-rate * 0.9 ** np.arange(len(g))[::-1] @ g", 6, rotation(3), rate=0.1)
    yield case("-rate * g[-1] / np.sqrt((g**2).sum())", 4, rotation(2), rate=0.5)
    # A quarter turn only exchanges the axes: even Adagrad does not notice.
    yield case(adagrad, 5, np.array([[0.0, -1.0], [1.0, 0.0]]), rate=1.0)


LOOP = """\
    for _ in range(steps):
        g = gradient(x)
        v = rho * v + (1 - rho) * g**2
        x = x - learning_rate * g / (np.sqrt(v) + epsilon)
        points.append(x)
"""

RAVINE = {
    "gradient": Formula("x * np.array([1, 10])", of="x"),
    "start": np.array([4.0, 1.5]),
}


def resting_place(rng):
    # The longer the way, the fewer rates are right, and the more it hangs on their digits: a
    # way of 500 distances is between.
    distance = float(f"{10 ** rng.uniform(-4, 2):.2g}")
    return {"start": float(f"{500 * distance:.3g}"), "distance": distance}


def highest(given):
    return 2 * given["distance"] * (1 + 1e-9)


def lowest(given):
    # Below that it depends on the digits of the rate whether the path is there in time.
    return given["distance"] * (
        1.09 if given["start"] / given["distance"] < 450 else 1.43
    )


exercise = Exercise(
    lesson="5_adaptive_optimizers/12_adagrad_rmsprop_adadelta.ipynb",
    title="A step size per coordinate",
    blocked=("descent", "optimizers"),
    also_whole=True,
    questions=[
        Question(
            "adagrad_step",
            points=2,
            picture=Picture(
                "20 steps from (4, 1.5) in the ravine with the curvatures 1 and 10, at the rate 1",
                "[at[0], *[(at := adagrad_step(*at, curvatures * at[0], 1.0, 1e-8))[0] for _ in range(20)]]",
                {
                    "at": (np.array([4.0, 1.5]), np.zeros(2)),
                    "curvatures": np.array([1.0, 10.0]),
                },
            ),
            inputs=adagrad_inputs,
            wrong=[
                Wrong(
                    "epsilon forgotten",
                    replace={"(np.sqrt(G) + epsilon)": "np.sqrt(G)"},
                    hint="Epsilon is missing from the denominator. It keeps 0/0 away, and makes "
                    "small steps smaller.",
                ),
                Wrong(
                    "epsilon subtracted",
                    replace={"np.sqrt(G) + epsilon": "np.sqrt(G) - epsilon"},
                    hint="Epsilon is subtracted here. It is added to the root, so that the "
                    "denominator never vanishes.",
                ),
                Wrong(
                    "epsilon inside the root",
                    replace={"(np.sqrt(G) + epsilon)": "np.sqrt(G + epsilon)"},
                    hint="Here ε is added before the root is taken. Some libraries do so, but "
                    "the equation above adds it to the root.",
                ),
                Wrong(
                    "no root",
                    replace={"np.sqrt(G)": "G"},
                    hint="The step is divided by the sum of squares itself. Then it would have "
                    "the unit of 1/gradient, and the slope would not cancel.",
                ),
                Wrong(
                    "sum of gradients instead of squares",
                    replace={
                        "gradient**2": "gradient",
                        "np.sqrt(G)": "np.sqrt(np.abs(G))",
                    },
                    hint="G adds up the gradients themselves, in which opposite signs cancel. It "
                    "is to add up their squares.",
                ),
                Wrong(
                    "absolute values instead of squares",
                    replace={"gradient**2": "np.abs(gradient)"},
                    hint="G adds up the sizes of the gradients. It is to add up their squares.",
                ),
                Wrong(
                    "one sum for all coordinates",
                    replace={"np.sqrt(G)": "np.sqrt(np.sum(G))"},
                    hint="All coordinates are divided by one and the same number. The point of "
                    "Adagrad is that each has its own.",
                ),
                Wrong(
                    "G not kept",
                    source="""
def adagrad_step(x, G, gradient, learning_rate, epsilon):
    total = G + gradient**2
    x = x - learning_rate * gradient / (np.sqrt(total) + epsilon)
    return x, G
""",
                    hint="The step is right, but the G that is returned is the old one: the next "
                    "step would not know of this gradient.",
                ),
                Wrong(
                    "G before this gradient",
                    source="""
def adagrad_step(x, G, gradient, learning_rate, epsilon):
    x = x - learning_rate * gradient / (np.sqrt(G) + epsilon)
    G = G + gradient**2
    return x, G
""",
                    hint="The step divides by the sum before the present gradient was added; at "
                    "the very first step that is zero.",
                ),
                Wrong(
                    "this gradient alone",
                    replace={"np.sqrt(G)": "np.abs(gradient)"},
                    hint="This divides by the present gradient alone, so that only its sign is "
                    "left. Earlier gradients are to count as well.",
                ),
                Wrong(
                    "ascent",
                    replace={"x - learning_rate": "x + learning_rate"},
                    hint="The step goes up the slope.",
                ),
                Wrong(
                    "the step instead of the new x",
                    replace={"x = x - learning_rate": "x = -learning_rate"},
                    hint="This returns the step alone. The first part of the answer is where it "
                    "leads to.",
                ),
                Wrong(
                    "G not returned",
                    replace={"return x, G": "return x"},
                    hint="The new x is right, but it comes alone. The next step needs G as well: "
                    "return both.",
                ),
                Wrong(
                    "G first",
                    replace={"return x, G": "return G, x"},
                    hint="Both values are right, but in the other order: x comes first.",
                ),
            ],
        ),
        Question(
            "rmsprop",
            points=3,
            picture=Picture(
                "25 steps from (4, 1.5) in the ravine with the curvatures 1 and 10, at the rate 0.3 with ρ = 0.9",
                "rmsprop(gradient, start, 0.3, 0.9, 1e-8, 25)",
                RAVINE,
            ),
            inputs=rmsprop_inputs,
            # A list of points is as good as an array.
            expect=lambda points: Close(list(points)),
            equivalent={
                "return np.array(points) → return points": "A list of points is taken for an array.",
            },
            wrong=[
                Wrong(
                    "epsilon forgotten",
                    replace={"(np.sqrt(v) + epsilon)": "np.sqrt(v)"},
                    hint="Epsilon is missing from the denominator. It keeps 0/0 away, and makes "
                    "small steps smaller.",
                ),
                Wrong(
                    "epsilon subtracted",
                    replace={"np.sqrt(v) + epsilon": "np.sqrt(v) - epsilon"},
                    hint="Epsilon is subtracted here. It is added to the root, so that the "
                    "denominator never vanishes.",
                ),
                Wrong(
                    "rho exchanged with 1 - rho",
                    replace={
                        "rho * v + (1 - rho) * g**2": "(1 - rho) * v + rho * g**2"
                    },
                    hint="The past and the present have exchanged their weights. With ρ = 0.99 "
                    "the average should remember for long.",
                ),
                Wrong(
                    "Adagrad's sum",
                    replace={"rho * v + (1 - rho) * g**2": "v + g**2"},
                    hint="This is Adagrad: the sum only grows. Here the past is to fade.",
                ),
                Wrong(
                    "a fading sum",
                    replace={"(1 - rho) * g**2": "g**2"},
                    hint="The past fades, but the present has the weight 1, so v is a sum and not "
                    "an average: on a constant slope it should tend to the squared slope.",
                ),
                Wrong(
                    "bias correction",
                    replace={
                        "for _ in range(steps)": "for t in range(1, steps + 1)",
                        "np.sqrt(v)": "np.sqrt(v / (1 - rho**t))",
                    },
                    hint="You correct the average for its start at zero. That is Adam's repair; "
                    "RMSprop has long first steps.",
                ),
                Wrong(
                    "momentum added",
                    source="""
def rmsprop(gradient, start, learning_rate, rho, epsilon, steps):
    x = np.array(start, dtype=float)
    v = np.zeros_like(x)
    m = np.zeros_like(x)
    points = [x]
    for _ in range(steps):
        g = gradient(x)
        v = rho * v + (1 - rho) * g**2
        m = rho * m + (1 - rho) * g
        x = x - learning_rate * m / (np.sqrt(v) + epsilon)
        points.append(x)
    return np.array(points)
""",
                    hint="The gradients are averaged too, as in Adam. In RMSprop only their "
                    "squares are; the direction is that of the present gradient.",
                ),
                Wrong(
                    "epsilon inside the root",
                    replace={"(np.sqrt(v) + epsilon)": "np.sqrt(v + epsilon)"},
                    hint="Here ε is added before the root is taken; the equation adds it to the root.",
                ),
                Wrong(
                    "no root",
                    replace={"np.sqrt(v)": "v"},
                    hint="The step is divided by the mean square, not by its root, so that the "
                    "size of the slope does not cancel.",
                ),
                Wrong(
                    "one average for all coordinates",
                    replace={"(1 - rho) * g**2": "(1 - rho) * np.sum(g**2)"},
                    hint="All coordinates share one average. Each is to have its own.",
                ),
                Wrong(
                    "g instead of its square",
                    replace={"g**2": "g", "np.sqrt(v)": "np.sqrt(np.abs(v))"},
                    hint="v averages the gradients themselves. It is to average their squares.",
                ),
                Wrong(
                    "v after the step",
                    replace={
                        "        v = rho * v + (1 - rho) * g**2\n": "",
                        "        points.append(x)\n": "        v = rho * v + (1 - rho) * g**2\n"
                        "        points.append(x)\n",
                    },
                    hint="The step divides by the average before the present gradient has entered "
                    "it; at the first step that is zero. Which of the two equations comes first?",
                ),
                Wrong(
                    "the average begins with the first square",
                    replace={
                        "    for _ in range(steps)": "    v = gradient(x) ** 2\n"
                        "    for _ in range(steps)"
                    },
                    hint="Your average begins with the first squared gradient. That would be "
                    "reasonable, but here it begins at zero, and the first step is longer.",
                ),
                Wrong(
                    "gradient of the start",
                    replace={
                        "    for _ in range(steps)": "    g = gradient(x)\n    for _ in range(steps)",
                        "        g = gradient(x)\n": "",
                    },
                    hint="The gradient is that of the start in every step. It has to be computed "
                    "anew at each point.",
                ),
                Wrong(
                    "changed in place",
                    replace={
                        LOOP: LOOP.replace(
                            "x = x - learning_rate * g", "x -= learning_rate * g"
                        )
                    },
                    hint="All rows are equal: the list holds the same array many times, and "
                    "`x -= ...` changes it in place. Give each point an array of its own.",
                ),
                Wrong(
                    "gradient forgotten",
                    replace={"learning_rate * g /": "learning_rate /"},
                    hint="The step has the length η/√v, but no gradient in it: it always goes to "
                    "the same side, and steep slopes make it short.",
                ),
                Wrong(
                    "returns in the first round",
                    replace={
                        "    return np.array(points)": "        return np.array(points)"
                    },
                    hint="The `return` stands inside the loop and ends it in the first round. How "
                    "far should it be indented?",
                ),
                Wrong(
                    "the last point is missing",
                    replace={
                        "        points.append(x)\n": "",
                        "    points = [x]\n": "    points = []\n",
                        "        g = gradient(x)\n": "        points.append(x)\n        g = gradient(x)\n",
                    },
                    hint="Count the rows: after so many steps there is one more point than there "
                    "are steps. Here the last one is not kept.",
                ),
                Wrong(
                    "the start is missing",
                    replace={"points = [x]": "points = []"},
                    hint="Count the rows: after so many steps there is one more point than there "
                    "are steps. The first row should be the start.",
                ),
                Wrong(
                    "only the last point",
                    replace={"return np.array(points)": "return x"},
                    hint="This is where the path ends. The whole path is asked for, a row for "
                    "each point.",
                ),
                Wrong(
                    "ascent",
                    replace={"x - learning_rate": "x + learning_rate"},
                    hint="The steps go up the slope.",
                ),
            ],
        ),
        Question(
            "resting_rate",
            points=1,
            problems=Problems(
                practice={"start": 2.0, "distance": 0.005}, draw=resting_place
            ),
            expect=lambda _, given: Between(lowest(given), highest(given)),
            wrong=[
                Wrong(
                    "too large",
                    source="resting_rate = 20 * given.distance",
                    recognise=lambda _, given: Between(
                        np.nextafter(highest(given), np.inf), np.inf
                    ),
                    hint="With this rate it jumps about the minimum, farther away than it may. How "
                    "far does it jump to either side, in units of the rate?",
                ),
                Wrong(
                    "too small",
                    source="resting_rate = 0.2 * given.distance",
                    recognise=lambda _, given: Between(
                        0.0, np.nextafter(lowest(given), 0)
                    ),
                    hint="With this rate it is not at rest in time: a step has about the length "
                    "of the rate, and the way is as long as the start is far.",
                ),
                Wrong(
                    "not positive",
                    source="resting_rate = -2 * given.distance",
                    recognise=lambda _: Between(-np.inf, -1e-300),
                    hint="A negative rate goes up the slope.",
                ),
            ],
        ),
        Question(
            "turning_error",
            fractions=("R",),
            points=3,
            inputs=turning_inputs,
            equivalent={
                "return np.linalg.norm(rule(turned) - R @ rule(gradients)) → return np.linalg.norm(R @ rule(gradients) - rule(turned))": "A length has no sign.",
            },
            rare={
                "return np.linalg.norm(rule(turned) - R @ rule(gradients)) → return np.linalg.norm(rule(turned) + R @ rule(gradients))": "How far two steps are apart is the length of a difference.",
            },
            wrong=[
                Wrong(
                    "gradients not turned",
                    replace={"turned = gradients @ R.T": "turned = gradients"},
                    hint="The rule is shown the gradients as they are both times. In the turned "
                    "landscape it would meet the turned ones.",
                ),
                Wrong(
                    "step not turned",
                    replace={"R @ rule(gradients)": "rule(gradients)"},
                    hint="This compares with the step in the landscape as it was. A rule that does "
                    "not know the axes makes the same step, turned.",
                ),
                Wrong(
                    "rows turned the other way",
                    replace={"gradients @ R.T": "gradients @ R"},
                    hint="The gradients are turned the other way. Each row g is to become Rg; "
                    "try it with one row, and watch on which side of R it stands.",
                ),
                Wrong(
                    "everything turned the other way",
                    replace={
                        "gradients @ R.T": "gradients @ R",
                        "R @ rule": "R.T @ rule",
                    },
                    hint="Gradients and step are turned alike, but by the opposite angle: a vector "
                    "g is to become Rg, not the transposed of R times g.",
                ),
                Wrong(
                    "R on the left of the rows",
                    replace={"gradients @ R.T": "R @ gradients"},
                    hint="The gradients are the rows of an array, and `R @ gradients` would turn "
                    "its columns. How do you multiply each row by R?",
                ),
                Wrong(
                    "lengths compared",
                    replace={
                        "np.linalg.norm(rule(turned) - R @ rule(gradients))": (
                            "abs(np.linalg.norm(rule(turned)) - np.linalg.norm(rule(gradients)))"
                        )
                    },
                    hint="You compare the lengths of the two steps. Steps of equal length may have "
                    "different directions: take the difference first, then its length.",
                ),
                Wrong(
                    "squared length",
                    replace={
                        "np.linalg.norm(rule(turned) - R @ rule(gradients))": (
                            "np.sum((rule(turned) - R @ rule(gradients)) ** 2)"
                        )
                    },
                    hint="This is the square of the length that is asked for.",
                ),
                Wrong(
                    "the difference itself",
                    replace={
                        "np.linalg.norm(rule(turned) - R @ rule(gradients))": (
                            "rule(turned) - R @ rule(gradients)"
                        )
                    },
                    hint="This is the difference of the two steps, a vector. One number is asked "
                    "for, its length.",
                ),
                Wrong(
                    "last gradient only",
                    replace={
                        "turned = gradients @ R.T": "turned = gradients[-1:] @ R.T",
                        "rule(gradients)": "rule(gradients[-1:])",
                    },
                    hint="The rule is shown the latest gradient only. Adagrad and momentum need "
                    "all of them.",
                ),
                Wrong(
                    "entry by entry",
                    replace={"R @ rule": "R * rule"},
                    hint="`*` multiplies entry by entry, and leaves an array of the shape of R. A matrix "
                    "turns a vector by `@`.",
                ),
            ],
        ),
    ],
)
