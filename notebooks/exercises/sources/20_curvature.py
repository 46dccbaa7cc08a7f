"""Exercises to lab 20: how the answers are called, what they are compared with."""

import numpy as np

from course_utils.exercises import Exercise, Formula, Points, Question, Wrong


def symmetric(rng, dim, low=1.0, high=9.0):
    """A matrix with curvatures between two numbers, in directions of its own."""
    turned = np.linalg.qr(rng.normal(size=(dim, dim)))[0]
    matrix = turned @ np.diag(rng.uniform(low, high, dim)) @ turned.T
    return (matrix + matrix.T) / 2


def newton_inputs(rng):
    def case(gradient, hessian, damping):
        return {"gradient": gradient, "hessian": hessian, "damping": damping}

    yield case(np.array([4.0, 200.0]), np.diag([1.0, 100.0]), 0.0)
    yield case(np.array([4.0, 200.0]), np.diag([1.0, 100.0]), 1.0)
    for dim in (2, 4):
        yield case(
            rng.normal(size=dim), symmetric(rng, dim), float(rng.uniform(0.5, 3))
        )
    # Near a saddle, with and without enough damping.
    saddle = symmetric(rng, 3) - 4 * np.eye(3)
    yield case(rng.normal(size=3), saddle, 6.0)
    # Singular: a direction without curvature.
    yield case(np.array([1.0, -2.0]), np.array([[1.0, 1.0], [1.0, 1.0]]), 0.5)
    yield case(np.array([3, -2]), np.array([[2, 1], [1, 3]]), 0)


def bfgs_inputs(rng):
    yield {"K": np.eye(2), "s": np.array([1.0, 0.0]), "y": np.array([2.0, 0.0])}
    yield {"K": np.eye(2), "s": np.array([1.0, 0.0]), "y": np.array([-2.0, 1.0])}
    yield {"K": 2 * np.eye(2), "s": np.array([0.5, 0.0]), "y": np.array([-1.0, 3.0])}
    yield {"K": 2 * np.eye(2), "s": np.array([1.0, 0.0]), "y": np.array([0.0, 3.0])}
    for dim in (2, 3, 5):
        s = rng.normal(size=dim)
        y = symmetric(rng, dim) @ s
        yield {"K": symmetric(rng, dim, 0.1, 1.0), "s": s, "y": y}
    yield {
        "K": np.array([[2, 1], [1, 3]]),
        "s": np.array([1, 2]),
        "y": np.array([3, 1]),
    }


def product_inputs(rng):
    cube = Formula("3 * x**2", of="x")
    yield {"gradient": cube, "x": np.array([2.0]), "d": np.array([1.0]), "h": 0.5}
    yield {
        "gradient": cube,
        "x": np.array([2, -1, 3]),
        "d": np.array([1, 2, -1]),
        "h": 0.25,
    }
    for dim in (2, 4):
        bowl = Formula("matrix @ x", of="x", matrix=symmetric(rng, dim))
        yield {
            "gradient": bowl,
            "x": rng.normal(size=dim),
            "d": rng.normal(size=dim),
            "h": 0.01,
        }
    waves = Formula("np.cos(x) * np.sum(x)", of="x")
    yield {
        "gradient": waves,
        "x": rng.normal(size=3),
        "d": 3 * rng.normal(size=3),
        "h": 0.1,
    }


exercise = Exercise(
    lesson="7_frontiers/20_curvature.ipynb",
    title="Curvature",
    blocked=("curvature", "descent", "objectives", "optimizers"),
    questions=[
        Question(
            "newton_step",
            points=2,
            inputs=newton_inputs,
            rare={
                "return -np.linalg.solve(hessian + damping * np.eye(len(gradient)), gradient) → return -np.linalg.solve(hessian + damping * len(gradient), gradient)": "Who leaves out the identity writes the damping alone, which has a hint.",
            },
            wrong=[
                Wrong(
                    "uphill",
                    replace={"return -np": "return np"},
                    hint="The sign: the system has minus the gradient on its right side.",
                ),
                Wrong(
                    "damping forgotten",
                    source="""
def newton_step(gradient, hessian, damping):
    return -np.linalg.pinv(hessian) @ gradient
""",
                    hint="The damping has no part in your step. It is added to every curvature, "
                    "which is to say to the diagonal.",
                ),
                Wrong(
                    "damping everywhere",
                    replace={"damping * np.eye(len(gradient))": "damping"},
                    hint="The damping is added to all entries of the matrix. It belongs on the "
                    "diagonal alone: numpy's `np.eye` has the identity matrix.",
                ),
                Wrong(
                    "damping subtracted",
                    replace={"hessian + damping": "hessian - damping"},
                    hint="The damping is taken off the curvatures here; it is to be added.",
                ),
                Wrong(
                    "multiplied",
                    source="""
def newton_step(gradient, hessian, damping):
    return -(hessian + damping * np.eye(len(gradient))) @ gradient
""",
                    hint="The gradient is multiplied by the curvatures. A Newton step divides by "
                    "them: it solves a system of equations.",
                ),
                Wrong(
                    "a gradient step",
                    source="""
def newton_step(gradient, hessian, damping):
    return -gradient / (np.trace(hessian) + damping)
""",
                    hint="All directions are divided by one number. Each is to be divided by its "
                    "own curvature, which solving the system does.",
                ),
                Wrong(
                    "diagonal alone",
                    source="""
def newton_step(gradient, hessian, damping):
    return -gradient / (np.diag(hessian) + damping)
""",
                    hint="Only the diagonal of the Hessian is used. That is right where the "
                    "ravine lies along the axes, and nowhere else.",
                ),
                Wrong(
                    "damping times the diagonal",
                    replace={
                        "damping * np.eye(len(gradient))": "damping * np.diag(np.diag(hessian))"
                    },
                    hint="The damping is multiplied by the diagonal of the Hessian, as Marquardt "
                    "proposed. Here all curvatures get the same τ.",
                ),
            ],
        ),
        Question(
            "bfgs_update",
            points=3,
            inputs=bfgs_inputs,
            parts=[
                Points("steps of positive curvature", 2),
                Points(
                    "steps of no positive curvature",
                    1,
                    of=lambda inputs: inputs["s"] @ inputs["y"] <= 0,
                    sentence="Not right where the curvature along the step is not positive.",
                ),
            ],
            equivalent={
                "curvature = s @ y → curvature = y @ s": "the same product",
                "left = np.eye(len(s)) - np.outer(s, y) / curvature → "
                "left = np.outer(s, y) / curvature - np.eye(len(s))": "both signs cancel",
                "if curvature <= 0: → after left = np.eye(len(s)) - np.outer(s, y) / curvature": (
                    "the matrix is made in vain, and not used"
                ),
            },
            rare={
                "left = np.eye(len(s)) - np.outer(s, y) / curvature → left = len(s) - np.outer(s, y) / curvature": "Who leaves out the identity writes 1, which has a hint.",
                "left = np.eye(len(s)) - np.outer(s, y) / curvature → left = np.eye(len(s)) - np.outer(s, y) * curvature": "A fraction is not read as a product.",
                "return left @ K @ left.T + np.outer(s, s) / curvature → return left @ K @ left.T + np.outer(s, s) * curvature": "A fraction is not read as a product.",
            },
            wrong=[
                Wrong(
                    "s and y exchanged",
                    source="""
def bfgs_update(K, s, y):
    curvature = s @ y
    if curvature <= 0:
        return K
    left = np.eye(len(s)) - np.outer(y, s) / curvature
    return left @ K @ left.T + np.outer(y, y) / curvature
""",
                    hint="Step and change of the gradient are exchanged: this learns the Hessian. "
                    "K is to be its inverse, with K y = s.",
                ),
                Wrong(
                    "always updated",
                    source="""
def bfgs_update(K, s, y):
    curvature = s @ y
    left = np.eye(len(s)) - np.outer(s, y) / curvature
    return left @ K @ left.T + np.outer(s, s) / curvature
""",
                    hint="Where the curvature along the step is not positive, the update has to "
                    "be left out: K would no longer lead downhill.",
                ),
                Wrong(
                    "last term subtracted",
                    replace={" + np.outer(s, s)": " - np.outer(s, s)"},
                    hint="The last term is subtracted, so that K y is −s.",
                ),
                Wrong(
                    "last term forgotten",
                    replace={" + np.outer(s, s) / curvature": ""},
                    hint="The last term is missing. Without it K y is zero and not s.",
                ),
                Wrong(
                    "one factor",
                    replace={"left @ K @ left.T": "left @ K"},
                    hint="K is multiplied from one side only, so that it does not stay symmetric.",
                ),
                Wrong(
                    "same factor on both sides",
                    replace={"left @ K @ left.T": "left @ K @ left"},
                    hint="The factor on the right is the transpose of the one on the left.",
                ),
                Wrong(
                    "the transpose on the wrong side",
                    replace={"left @ K @ left.T": "left.T @ K @ left"},
                    hint="The two factors are exchanged: s yᵀ stands on the left of K.",
                ),
                Wrong(
                    "entry by entry",
                    replace={"left @ K @ left.T": "left * K * left.T"},
                    hint="`*` multiplies entry by entry; matrices are multiplied with `@`.",
                ),
                Wrong(
                    "a plus in the factor",
                    replace={"np.eye(len(s)) - ": "np.eye(len(s)) + "},
                    hint="The factors have a minus: they take away what K knew about y.",
                ),
                Wrong(
                    "divided by the wrong length",
                    replace={
                        "curvature = s @ y\n": "curvature = y @ y * np.sign(s @ y)\n"
                    },
                    hint="The divisor is sᵀy in each of the three places.",
                ),
                Wrong(
                    "divided by zero",
                    replace={"curvature <= 0": "curvature < 0"},
                    hint="Right but where sᵀy is exactly 0, which is divided by. K stays as it is "
                    "there too.",
                ),
                Wrong(
                    "numbers for matrices",
                    replace={
                        "np.outer(s, y)": "(s @ y)",
                        "np.outer(s, s)": "(s @ s)",
                    },
                    hint="The products s yᵀ and s sᵀ are numbers here, since a transposed array of one "
                    "dimension is the same array. They are to be matrices.",
                ),
                Wrong(
                    "products entry by entry",
                    replace={
                        "np.outer(s, y)": "(s * y)",
                        "np.outer(s, s)": "(s * s)",
                    },
                    hint="The products s yᵀ and s sᵀ are taken entry by entry, and give vectors. They "
                    "are to be matrices, with an entry for each pair.",
                ),
                Wrong(
                    "the update of Davidon, Fletcher and Powell",
                    source="""
def bfgs_update(K, s, y):
    if s @ y <= 0:
        return K
    learned = K @ y
    return K - np.outer(learned, learned) / (y @ learned) + np.outer(s, s) / (s @ y)
""",
                    hint="This is the update of Davidon, Fletcher and Powell. K y = s holds after it "
                    "as well, and yet it is another matrix.",
                ),
                Wrong(
                    "updated where it should stay",
                    replace={"curvature <= 0": "curvature >= 0"},
                    hint="K stays as it is where sᵀy is positive, and is changed where it is not. It "
                    "is the other way round.",
                ),
                Wrong(
                    "1 for the identity",
                    replace={"np.eye(len(s)) - ": "1 - "},
                    hint="The matrix s yᵀ / sᵀy is taken from a 1 in every entry. I has ones on its "
                    "diagonal alone.",
                ),
                Wrong(
                    "identity where it should stay",
                    replace={"return K\n": "return np.eye(len(s))\n"},
                    hint="Where the curvature along the step is not positive, K becomes the identity. "
                    "It stays as it is.",
                ),
            ],
        ),
        Question(
            "hessian_vector",
            points=2,
            inputs=product_inputs,
            wrong=[
                Wrong(
                    "divided by h",
                    replace={"(2 * h)": "h"},
                    hint="It is twice as large as expected: the two points are 2h apart.",
                ),
                Wrong(
                    "one side",
                    source="""
def hessian_vector(gradient, x, d, h):
    return (gradient(x + h * d) - gradient(x)) / h
""",
                    hint="One of your gradients is taken at x itself. The middle of the two "
                    "points is to be x, which makes the error far smaller.",
                ),
                Wrong(
                    "not divided",
                    replace={" / (2 * h)": ""},
                    hint="It shrinks with h: the difference is to be divided by the distance.",
                ),
                Wrong(
                    "order of operations",
                    replace={"(2 * h)": "2 * h"},
                    hint="Python reads `/ 2 * h` as divided by 2 and then multiplied by h.",
                ),
                Wrong(
                    "other sign",
                    replace={"x + h * d": "x - h * d", "x - h * d": "x + h * d"},
                    hint="The sign is turned: the gradient further along d comes first.",
                ),
                Wrong(
                    "sum of gradients",
                    replace={") - gradient(": ") + gradient("},
                    hint="The gradients are added. How they differ is what tells the curvature.",
                ),
                Wrong(
                    "d forgotten",
                    replace={"x + h * d": "x + h", "x - h * d": "x - h"},
                    hint="You go a little way along all axes at once, and not along d.",
                ),
            ],
        ),
    ],
)
