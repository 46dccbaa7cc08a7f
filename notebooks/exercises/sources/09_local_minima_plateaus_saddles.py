"""Exercises to lesson 9: how the answers are called, what they are compared with."""

import numpy as np
from course_utils.exercises import (
    Between,
    Close,
    Exactly,
    Exercise,
    Formula,
    Points,
    Question,
    Wrong,
)

WELLS = Formula("np.sum(x**4 / 4 - x**2 / 2 + 0.12 * x, axis=-1)", of="x")
WELLS_SLOPE = Formula("x**3 - x + 0.12", of="x")


def turned(rng, curvatures):
    directions = np.linalg.qr(rng.normal(size=(len(curvatures),) * 2))[0]
    matrix = directions @ np.diag(curvatures) @ directions.T
    return (matrix + matrix.T) / 2


def hessian_inputs(rng):
    yield {"hessian": np.array([[74.0, 20.0], [20.0, 34.0]]), "tolerance": 1e-6}
    yield {"hessian": np.array([[1.0, 3.0], [3.0, 1.0]]), "tolerance": 1e-6}
    yield {"hessian": np.diag([3.0, -0.01]), "tolerance": 1e-6}
    a, b, c = rng.uniform(1, 4, size=3)
    for curvatures in [
        (-a, -b),
        (a, -b, 1e-9),
        (a, b, 1e-8),
        (-a, -b, -1e-8),
        (a, b, -c / 8, -c / 9),
    ]:
        yield {"hessian": turned(rng, curvatures), "tolerance": 1e-6}


def escape_inputs(rng):
    yield {"offset": 1e-4, "learning_rate": 0.1, "curvature": -1.0, "radius": 0.5}
    for power in [3, 6, 12]:
        yield {
            "offset": 10.0 ** -(power + rng.uniform()),
            "learning_rate": rng.uniform(0.1, 0.2),
            "curvature": -rng.uniform(2, 4),
            "radius": rng.uniform(0.3, 2),
        }
    yield {
        "offset": 10.0 ** -rng.uniform(4, 8),
        "learning_rate": rng.uniform(0.1, 0.2),
        "curvature": -rng.uniform(0.1, 0.4),
        "radius": 0.1,
    }
    yield {
        "offset": rng.uniform(1, 3),
        "learning_rate": 0.1,
        "curvature": -1.0,
        "radius": 0.5,
    }


def starts_inputs(rng):
    yield {
        "f": Formula("np.sum(x**2, axis=-1)", of="x"),
        "gradient": Formula("2 * x", of="x"),
        "starts": np.array([[2.0], [-1.0]]),
        "learning_rate": 0.25,
        "steps": 1,
    }
    # The best end comes from a start of high cost; the lowest start is near the shallower well.
    high = np.array([[0.9], [-1.9], [1.7]]) + rng.uniform(0, 0.05, (3, 1))
    # Between the wells the gradient is zero.
    ridge = np.array(
        [[-0.7, 1.5], [-1.6, -1.8], [0.12180996, 0.12180996], [1.2, -0.4]]
    )
    ridge = ridge[[*rng.permutation(3), 3]]
    # One start diverges.
    wild = np.array(
        [[40.0, 0.1], [-0.6, rng.uniform(-1.5, -0.5)], [1.4, 0.8], [0.5, 1.8]]
    )
    for starts in (high, ridge, wild):
        yield {
            "f": WELLS,
            "gradient": WELLS_SLOPE,
            "starts": starts,
            "learning_rate": 0.05,
            "steps": 40,
        }
    matrix = turned(rng, (0.5, 2, 4))
    sizes = np.array([1, 2, 3, 0.5, 2, 4])
    yield {
        "f": Formula("0.5 * np.sum(x @ A * x, axis=-1)", of="x", A=matrix),
        "gradient": Formula("x @ A", of="x", A=matrix),
        "starts": sizes[:, None] * rng.normal(size=(6, 3)),
        "learning_rate": 0.2,
        "steps": 5,
    }


def flat(inputs):
    """Whether a curvature counts as zero."""
    return (abs(np.linalg.eigvalsh(inputs["hessian"])) <= inputs["tolerance"]).any()


exercise = Exercise(
    lesson="4_pitfalls/09_local_minima_plateaus_saddles.ipynb",
    title="Landscapes with more than one valley",
    blocked=("curvature", "optimizers", "descent"),
    also_whole=True,
    questions=[
        Question(
            "kind_of_point",
            points=2,
            inputs=hessian_inputs,
            expect=Exactly,
            parts=[
                Points("curvatures that are not zero", 1),
                Points(
                    "curvatures that count as zero",
                    1,
                    of=flat,
                    sentence="Not right where a curvature counts as zero.",
                ),
            ],
            equivalent={
                "rises = (curvatures > tolerance).any() → rises = (curvatures >= tolerance).any()": "Rounding would decide at the tolerance itself.",
                "falls = (curvatures < -tolerance).any() → falls = (curvatures <= -tolerance).any()": "Rounding would decide at the tolerance itself.",
                "if (abs(curvatures) <= tolerance).any(): → if (abs(curvatures) < tolerance).any():": "Rounding would decide at the tolerance itself.",
            },
            wrong=[
                Wrong(
                    "determinant",
                    source="def kind_of_point(hessian, tolerance):\n"
                    "    determinant = np.linalg.det(hessian)\n"
                    "    if abs(determinant) <= tolerance:\n"
                    '        return "open"\n'
                    '    return "minimum" if determinant > 0 else "saddle"\n',
                    hint="The determinant is the product of the curvatures: two negative ones make a "
                    "positive product. Look at the sign of each.",
                ),
                Wrong(
                    "determinant and corner",
                    source="def kind_of_point(hessian, tolerance):\n"
                    "    determinant = np.linalg.det(hessian)\n"
                    "    if abs(determinant) <= tolerance:\n"
                    '        return "open"\n'
                    "    if determinant < 0:\n"
                    '        return "saddle"\n'
                    '    return "minimum" if hessian[0, 0] > 0 else "maximum"\n',
                    hint="The rule with the determinant and the first entry is for two dimensions. "
                    "With more of them, look at the sign of each curvature.",
                ),
                Wrong(
                    "diagonal",
                    replace={"np.linalg.eigvalsh(hessian)": "np.diag(hessian)"},
                    hint="The diagonal holds the curvatures along the axes. The rows (1, 3) and (3, 1) "
                    "have a positive diagonal, and fall along a direction between the axes.",
                ),
                Wrong(
                    "no tolerance",
                    replace={
                        "> tolerance)": "> 0)",
                        "< -tolerance)": "< 0)",
                        "<= tolerance)": "== 0)",
                    },
                    hint="A curvature of a hundred-millionth counts as zero if the tolerance is larger. "
                    "Compare with the tolerance, not with 0.",
                ),
                Wrong(
                    "open first",
                    source="def kind_of_point(hessian, tolerance):\n"
                    "    curvatures = np.linalg.eigvalsh(hessian)\n"
                    "    if (abs(curvatures) <= tolerance).any():\n"
                    '        return "open"\n'
                    "    if (curvatures > 0).all():\n"
                    '        return "minimum"\n'
                    '    return "maximum" if (curvatures < 0).all() else "saddle"\n',
                    hint="One way up and one way down make a saddle, even if the ground is level along "
                    "a third direction. Which line of the table has to be asked first?",
                ),
                Wrong(
                    "never open",
                    source="def kind_of_point(hessian, tolerance):\n"
                    "    curvatures = np.linalg.eigvalsh(hessian)\n"
                    "    if (curvatures > tolerance).all():\n"
                    '        return "minimum"\n'
                    '    return "maximum" if (curvatures < -tolerance).all() else "saddle"\n',
                    hint="What is neither a minimum nor a maximum need not be a saddle: that takes "
                    "curvatures of both signs.",
                ),
                Wrong(
                    "signs exchanged",
                    replace={
                        '"minimum" if rises else "maximum"': '"maximum" if rises else "minimum"'
                    },
                    hint="Where all curvatures are positive the cost rises whichever way you go.",
                ),
                Wrong(
                    "entries",
                    replace={"np.linalg.eigvalsh(hessian)": "hessian"},
                    hint="These are the signs of the entries of the Hessian. The curvatures are its "
                    "eigenvalues.",
                ),
            ],
        ),
        Question(
            "escape_steps",
            points=2,
            inputs=escape_inputs,
            parts=[
                Points("paths that begin inside", 1.5),
                Points(
                    "paths that begin outside",
                    0.5,
                    of=lambda inputs: inputs["offset"] >= inputs["radius"],
                    sentence="Not right for a path that begins outside.",
                ),
            ],
            rare={
                "steps = np.ceil(np.log(radius / offset) / np.log(factor)) → steps = np.ceil(np.log(radius / offset) * np.log(factor))": "The example by hand divides.",
                "steps = np.ceil(np.log(radius / offset) / np.log(factor)) → steps = np.ceil(np.log(radius * offset) / np.log(factor))": "The example by hand has the ratio, 5000.",
            },
            wrong=[
                Wrong(
                    "no curvature",
                    replace={"1 - learning_rate * curvature": "1 + learning_rate"},
                    hint="Your factor is right for a curvature of −1 only. The more it bends down, the "
                    "sooner the path is away.",
                ),
                Wrong(
                    "sign of the curvature",
                    replace={
                        "1 - learning_rate * curvature": "1 + learning_rate * curvature"
                    },
                    recognise=lambda steps: (
                        Between(-np.inf, 0) if steps <= 0 else Close(steps)
                    ),
                    hint="The curvature is negative already, so that the factor 1 − ηλ is larger than "
                    "1. With yours the distance shrinks.",
                ),
                Wrong(
                    "steady pace",
                    source="def escape_steps(offset, learning_rate, curvature, radius):\n"
                    "    step = -learning_rate * curvature * offset\n"
                    "    return max(int(np.ceil((radius - offset) / step)), 0)\n",
                    hint="You count steps that all have the length of the first one. Each is longer than "
                    "the one before, by the same factor.",
                ),
                Wrong(
                    "e instead of the factor",
                    replace={"np.log(factor)": "(factor - 1)"},
                    hint="ln(1 + a) is near a only when a is small. Here the steps are not small, so keep "
                    "the logarithm.",
                ),
                Wrong(
                    "rounded down",
                    replace={"np.ceil": "np.floor"},
                    hint="After that many steps the path is not quite outside. It takes a whole number of "
                    "steps that is at least what the logarithms say.",
                ),
                Wrong(
                    "not rounded",
                    replace={"np.ceil": "", "int(steps)": "steps"},
                    hint="Nobody takes a fraction of a step. Asked for is the first whole number of steps "
                    "after which the path is outside.",
                ),
                Wrong(
                    "negative",
                    replace={"max(int(steps), 0)": "int(steps)"},
                    recognise=lambda steps: (
                        Between(-np.inf, -1) if steps < 0 else Close(steps)
                    ),
                    hint="When the path begins outside, the logarithm is negative, and so is your number "
                    "of steps. It needs none.",
                ),
                Wrong(
                    "logarithms upside down",
                    replace={
                        "np.log(radius / offset) / np.log(factor)": "np.log(factor) / np.log(radius / offset)"
                    },
                    hint="The quotient of the logarithms is upside down: the larger the factor, the fewer "
                    "steps it takes.",
                ),
                Wrong(
                    "ratio upside down",
                    replace={"radius / offset": "offset / radius"},
                    hint="The ratio under the first logarithm is upside down: yours is below 1 where the "
                    "path begins inside, and its logarithm negative.",
                ),
                Wrong(
                    "no logarithm of the ratio",
                    replace={"np.log(radius / offset)": "radius / offset"},
                    hint="The ratio of the distances itself is divided by the logarithm of the factor. "
                    "Take logarithms on both sides of the equation.",
                ),
                Wrong(
                    "no logarithm of the factor",
                    replace={"np.log(factor)": "factor"},
                    hint="The logarithm is divided by the factor itself. Take logarithms on both sides of "
                    "the equation.",
                ),
                Wrong(
                    "smaller of the two",
                    replace={"max(int(steps), 0)": "min(int(steps), 0)"},
                    hint="Your answer is never above 0. A path that begins outside needs 0 steps, and any "
                    "other some.",
                ),
            ],
        ),
        Question(
            "best_of_starts",
            points=3,
            inputs=starts_inputs,
            parts=[
                Points("starts that all arrive", 2),
                Points(
                    "a start that diverges",
                    1,
                    of=lambda inputs: (
                        inputs["steps"] == 40 and inputs["starts"].max() >= 40
                    ),
                    sentence="Not right where a start diverges.",
                ),
            ],
            wrong=[
                Wrong(
                    "NaN wins",
                    replace={"np.nanargmin": "np.argmin"},
                    hint="You return an end that is not finite. For `argmin` a NaN counts as lower than "
                    "every number; leave those ends out.",
                ),
                Wrong(
                    "best before the descent",
                    replace={"f(points))]": "f(starts))]"},
                    hint="You choose by the costs at the starts. A start high up may be the one that comes "
                    "down into the deepest valley.",
                ),
                Wrong(
                    "the start",
                    replace={"return points[": "return starts["},
                    hint="You found the best start, and return it. Asked for is where it has ended.",
                ),
                Wrong(
                    "smallest gradient",
                    replace={
                        "f(points))]": "np.linalg.norm(gradient(points), axis=1))]"
                    },
                    hint="You choose where the ground is most level, which it is on a saddle or a summit "
                    "too. The best end is the one of lowest cost.",
                ),
                Wrong(
                    "last",
                    replace={"points[np.nanargmin(f(points))]": "points[-1]"},
                    hint="You return the end of the last start. Compare all of them.",
                ),
                Wrong(
                    "one step",
                    replace={"range(steps)": "range(1)"},
                    hint="Only one step was made.",
                ),
                Wrong(
                    "highest",
                    replace={"np.nanargmin": "np.nanargmax"},
                    hint="That is the end with the highest cost.",
                ),
                Wrong(
                    "uphill",
                    replace={"points - learning_rate": "points + learning_rate"},
                    hint="Your steps go uphill: look at the sign.",
                ),
                Wrong(
                    "no step",
                    replace={"range(steps)": "range(0)"},
                    hint="This is the best of the starts. No step has been made from any of them.",
                ),
            ],
        ),
    ],
)
