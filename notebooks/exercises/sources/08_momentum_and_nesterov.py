"""Exercises to lesson 8: how the answers are called, what they are compared with."""

import numpy as np
from course_utils.exercises import (
    Exactly,
    Exercise,
    Formula,
    Picture,
    Question,
    Wrong,
)


def ball_inputs(rng):
    yield {
        "gradient": Formula("2 * x", of="x"),
        "start": np.array([1.0]),
        "learning_rate": 0.1,
        "momentum": 0.5,
        "steps": 2,
    }
    yield {
        "gradient": Formula("np.ones_like(x)", of="x"),
        "start": np.array([0.0]),
        "learning_rate": 0.1,
        "momentum": 0.9,
        "steps": 3,
    }
    for d, steps, momentum in [
        (2, 5, 0.9),
        (3, 12, rng.uniform(0.5, 0.8)),
        (2, 6, 0.0),
        (2, 0, 0.9),
    ]:
        matrix = rng.normal(size=(d, d))
        matrix = matrix @ matrix.T / d + np.eye(d)
        yield {
            "gradient": Formula("A @ x - b", of="x", A=matrix, b=rng.normal(size=d)),
            "start": rng.uniform(1, 2, size=d),
            "learning_rate": rng.uniform(0.02, 0.1),
            "momentum": momentum,
            "steps": steps,
        }
    yield {
        "gradient": Formula("x**3 - x", of="x"),
        "start": rng.uniform(1.3, 1.6, size=2),
        "learning_rate": 0.05,
        "momentum": 0.8,
        "steps": 20,
    }


def hessian_inputs(rng):
    yield {"hessian": np.diag([1.0, 100.0])}
    for d in (2, 3, 5):
        directions = np.linalg.qr(rng.normal(size=(d, d)))[0]
        curvatures = np.geomspace(rng.uniform(0.5, 2), rng.uniform(20, 60), d)
        matrix = directions @ np.diag(curvatures) @ directions.T
        yield {"hessian": (matrix + matrix.T) / 2}
    yield {"hessian": rng.uniform(2, 5) * np.eye(2)}


RAVINE = {
    "gradient": Formula("x * np.array([1, 10])", of="x"),
    "start": np.array([4.0, 1.5]),
}

exercise = Exercise(
    lesson="3_variants/08_momentum_and_nesterov.ipynb",
    title="Steps with memory",
    blocked=("optimizers", "descent"),
    also_whole=True,
    questions=[
        Question(
            "heavy_ball",
            points=3,
            picture=Picture(
                "30 steps from (4, 1.5) in the ravine with the curvatures 1 and 10, at the rate 0.1 with the momentum 0.6",
                "[heavy_ball(gradient, start, 0.1, 0.6, steps) for steps in range(31)]",
                RAVINE,
            ),
            inputs=ball_inputs,
            wrong=[
                Wrong(
                    "average",
                    replace={"+ gradient(x)": "+ (1 - momentum) * gradient(x)"},
                    hint="Your velocity is an average of gradients, and its steps are shorter by "
                    "the factor 1 − β. In this form the gradient is added in full.",
                ),
                Wrong(
                    "no memory",
                    replace={"momentum * velocity + gradient(x)": "gradient(x)"},
                    hint="This is plain descent: what the velocity was before a step has no effect on "
                    "the step.",
                ),
                Wrong(
                    "look-ahead",
                    replace={
                        "gradient(x)": "gradient(x - learning_rate * momentum * velocity)"
                    },
                    hint="You read the gradient at the look-ahead point, which is Nesterov's form. The "
                    "heavy ball reads it where it stands.",
                ),
                Wrong(
                    "moves first",
                    source="def heavy_ball(gradient, start, learning_rate, momentum, steps):\n"
                    "    x, velocity = start, np.zeros_like(start)\n"
                    "    for _ in range(steps):\n"
                    "        g = gradient(x)\n"
                    "        x = x - learning_rate * velocity\n"
                    "        velocity = momentum * velocity + g\n"
                    "    return x\n",
                    hint="Your ball moves before its velocity has changed, so that it is one gradient "
                    "behind, and the first step goes nowhere.",
                ),
                Wrong(
                    "uphill",
                    replace={
                        "x - learning_rate * velocity": "x + learning_rate * velocity"
                    },
                    hint="The velocity of this form is a sum of gradients and points uphill. Look at "
                    "the sign with which the step uses it.",
                ),
                Wrong(
                    "gradient fades too",
                    replace={
                        "momentum * velocity + gradient(x)": "momentum * (velocity + gradient(x))"
                    },
                    hint="The factor β is for the old velocity alone; you apply it to the new gradient "
                    "too.",
                ),
                Wrong(
                    "rate twice",
                    replace={"+ gradient(x)": "+ learning_rate * gradient(x)"},
                    hint="The learning rate comes in twice: once in the velocity and once in the step.",
                ),
            ],
        ),
        Question(
            "nesterov_lines",
            points=1,
            # All have the same problem: the lines stand in the text of the question.
            # Spaces and commas, or a list of letters, do no harm.
            call="nesterov_lines and ''.join(one for one in str(nesterov_lines) if one.isalpha())",
            expect=Exactly,
            wrong=[
                Wrong(
                    "heavy ball",
                    source='nesterov_lines = "DFHAEB"',
                    hint="This is the heavy ball: its gradient is read at x. Nesterov's is read where "
                    "the velocity is about to carry it.",
                ),
                Wrong(
                    "look-ahead unused",
                    source='nesterov_lines = "DFCHAEB"',
                    hint="You compute the look-ahead point, and then read the gradient somewhere else.",
                ),
                Wrong(
                    "moves first",
                    source='nesterov_lines = "DFCGEAB"',
                    hint="Here x moves with the old velocity, and the first step leads nowhere. The step "
                    "uses the new one.",
                ),
                Wrong(
                    "forgets",
                    source='nesterov_lines = "FDCGAEB"',
                    hint="With `v = 0` inside the loop the velocity is lost at every step, and the rule "
                    "is plain descent.",
                ),
                Wrong(
                    "ahead too late",
                    source='nesterov_lines = "DFGCAEB"',
                    hint="In the first round `ahead` is used before it exists, and later it is that of "
                    "the round before. Where does the gradient have to be read?",
                ),
                Wrong(
                    "returns too early",
                    source='nesterov_lines = "DFCGABE"',
                    hint="What comes after `return` is never done.",
                ),
            ],
        ),
        Question(
            "momentum_bug",
            points=1,
            # All have the same problem: what is asked for is a concept.
            expect=Exactly,
            wrong=[
                Wrong(
                    "average",
                    source='momentum_bug = "average"',
                    hint="With an average the first step would be a tenth of 0.1. Here the first call "
                    "is right.",
                ),
                Wrong(
                    "reset",
                    source='momentum_bug = "reset"',
                    hint="Without memory all steps on this slope would be 0.1 long. These grow.",
                ),
                Wrong(
                    "ahead",
                    source='momentum_bug = "ahead"',
                    hint="On this slope the gradient is 1 wherever it is read, so looking ahead changes "
                    "nothing. What differs between the two calls?",
                ),
            ],
        ),
        Question(
            "tune_momentum",
            points=2,
            inputs=hessian_inputs,
            equivalent={
                "root = (high - low) / (high + low) → root = (low - high) / (high + low)": "The root is squared.",
            },
            rare={
                "low, high = np.sqrt(curvatures[[0, -1]]) → low, high = np.sqrt(curvatures[[1, -1]])": "Whoever knows that they are sorted takes the ends.",
            },
            wrong=[
                Wrong(
                    "no roots",
                    replace={"np.sqrt(curvatures[[0, -1]])": "curvatures[[0, -1]]"},
                    hint="Momentum works with the square roots of the curvatures; you use the "
                    "curvatures themselves.",
                ),
                Wrong(
                    "momentum not squared",
                    replace={"root**2": "root"},
                    hint="The formula gives the square root of β, the factor by which the distance "
                    "shrinks. The momentum is its square.",
                ),
                Wrong(
                    "roots only in the rate",
                    replace={
                        "root = (high - low) / (high + low)": "root = (high**2 - low**2) / (high**2 + low**2)"
                    },
                    hint="Your rate is right. In the momentum, κ without its square root is the factor "
                    "of plain descent.",
                ),
                Wrong(
                    "rate 1/L",
                    replace={"4 / (high + low) ** 2": "1 / high**2"},
                    hint="The rate 1/L suits Nesterov's form. The heavy ball can go faster, with a rate "
                    "that depends on μ too.",
                ),
                Wrong(
                    "rate of plain descent",
                    replace={"4 / (high + low) ** 2": "2 / (high**2 + low**2)"},
                    hint="2/(μ + L) is the best rate without momentum. With momentum the rate contains "
                    "the square roots of the curvatures.",
                ),
                Wrong(
                    "diagonal",
                    replace={
                        "np.linalg.eigvalsh(hessian)": "np.sort(np.diag(hessian))"
                    },
                    hint="The curvatures stand on the diagonal only when the matrix is diagonal. In "
                    "general they are the eigenvalues.",
                ),
                Wrong(
                    "wrong order",
                    replace={
                        "4 / (high + low) ** 2, root**2": "root**2, 4 / (high + low) ** 2"
                    },
                    hint="The two numbers are in the wrong order: the learning rate comes first.",
                ),
                Wrong(
                    "second for the largest",
                    replace={"[[0, -1]]": "[[0, 1]]"},
                    hint="Right in two dimensions only. With more curvatures the second smallest is not "
                    "the largest.",
                ),
            ],
        ),
    ],
)
