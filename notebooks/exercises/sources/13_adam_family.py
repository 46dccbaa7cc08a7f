"""Exercises to lesson 13: how the answers are called, what they are compared with."""

import numpy as np

from course_utils.exercises import (
    Between,
    Exercise,
    Formula,
    Picture,
    Problems,
    Question,
    Wrong,
)

USUAL = {"learning_rate": 0.1, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}


def adam_inputs(rng):
    bowl = Formula("x", of="x")
    yield {"gradient": bowl, "start": np.array([1.0]), **USUAL, "steps": 1}
    slope = Formula("np.full_like(x, slope)", of="x", slope=-0.5)
    yield {"gradient": slope, "start": np.array([2.0]), **USUAL, "steps": 3}
    # A small gradient and a large epsilon, so that the place of epsilon shows.
    small = Formula("curvatures * x", of="x", curvatures=rng.uniform(0.01, 0.05, 2))
    yield {
        "gradient": small,
        "start": rng.uniform(0.5, 2, 2),
        **USUAL | {"learning_rate": 0.02, "epsilon": 0.01},
        "steps": 5,
    }
    for dim in (2, 3):
        factor = rng.normal(size=(dim, dim))
        ravine = Formula("matrix @ x", of="x", matrix=factor @ factor.T + np.eye(dim))
        yield {
            "gradient": ravine,
            "start": rng.normal(size=dim),
            "learning_rate": rng.uniform(0.01, 0.1),
            "beta1": rng.uniform(0.7, 0.9),
            "beta2": rng.uniform(0.95, 0.99),
            "epsilon": 1e-8,
            "steps": int(rng.integers(6, 12)),
        }


def running(rng, dim, t):
    """A point, its averages and a gradient, as they may be after t - 1 steps."""
    return {
        "x": rng.normal(size=dim),
        "m": rng.normal(size=dim) * (t > 1),
        "v": rng.uniform(0.5, 2, dim) * (t > 1),
    }


# A large epsilon, once there are averages, so that its place and its sign show.
EPSILONS = 1e-8, 0.05


def adamw_inputs(rng):
    # The gradient is 0: what is left is the decay.
    yield {
        "x": np.array([1.0, -2.0]),
        "m": np.zeros(2),
        "v": np.zeros(2),
        "g": np.zeros(2),
        "t": 1,
        **USUAL,
        "weight_decay": 0.5,
    }
    for t in (1, 3, int(rng.integers(5, 40))):
        yield {
            **running(rng, 3, t),
            "g": rng.normal(size=3),
            "t": t,
            "learning_rate": rng.uniform(0.05, 0.2),
            "beta1": rng.uniform(0.7, 0.9),
            "beta2": rng.uniform(0.9, 0.99),
            "epsilon": EPSILONS[t > 1],
            "weight_decay": rng.uniform(0.1, 0.5),
        }


def amsgrad_inputs(rng):
    yield {
        "x": np.array([1.0]),
        "m": np.array([0.0]),
        "v": np.array([1.0]),
        "v_max": np.array([4.0]),
        "g": np.array([1.0]),
        "t": 2,
        "learning_rate": 0.1,
        "beta1": 0.5,
        "beta2": 0.5,
        "epsilon": 1e-8,
    }
    for t in (1, 4, int(rng.integers(6, 40))):
        state = running(rng, 4, t)
        # In two coordinates the largest v is an old one, in the others it is the new one.
        yield {
            **state,
            "v_max": state["v"] + np.array([5.0, 5.0, 0.0, 0.0]) * (t > 1),
            "g": rng.choice([-1, 1], 4) * rng.uniform(2, 4, 4),
            "t": t,
            "learning_rate": rng.uniform(0.05, 0.2),
            "beta1": rng.uniform(0.7, 0.9),
            "beta2": rng.uniform(0.8, 0.95),
            "epsilon": EPSILONS[t > 1],
        }


M_HAT = "m / (1 - beta1**t)"
V_HAT = "v / (1 - beta2**t)"

EPSILON_MISTAKES = [
    Wrong(
        "epsilon forgotten",
        replace={"np.sqrt(v_hat) + epsilon": "np.sqrt(v_hat)"},
        hint="Epsilon is missing from the denominator. It matters where the averages "
        "are small, and keeps 0/0 away.",
    ),
    Wrong(
        "epsilon subtracted",
        replace={"np.sqrt(v_hat) + epsilon": "np.sqrt(v_hat) - epsilon"},
        hint="Epsilon is subtracted here. It is added to the root, so that the "
        "denominator never vanishes.",
    ),
    Wrong(
        "epsilon inside the root",
        replace={"np.sqrt(v_hat) + epsilon": "np.sqrt(v_hat + epsilon)"},
        hint="Epsilon stands inside the root here; the equation adds it to the root.",
    ),
]

RAVINE = {
    "gradient": Formula("x * np.array([1, 10])", of="x"),
    "start": np.array([4.0, 1.5]),
}


def gentle_slope(rng):
    return {"slope": float(f"{10 ** rng.uniform(-9, -3):.2g}")}


COPIED = "The five equations stand above the cell, to be copied sign by sign."

exercise = Exercise(
    lesson="5_adaptive_optimizers/13_adam_family.ipynb",
    title="Adam and its relatives",
    blocked=("optimizers", "curvature", "descent"),
    also_whole=True,
    questions=[
        Question(
            "adam",
            points=3,
            picture=Picture(
                "40 steps from (4, 1.5) in the ravine with the curvatures 1 and 10, at the rate 0.3",
                "[adam(gradient, start, 0.3, 0.9, 0.99, 1e-8, steps) for steps in range(41)]",
                RAVINE,
            ),
            inputs=adam_inputs,
            rare={
                "m = beta1 * m + (1 - beta1) * g → m = beta1 * m + (1 + beta1) * g": COPIED,
                "v = beta2 * v + (1 - beta2) * g ** 2 → v = beta2 * v + (1 + beta2) * g ** 2": COPIED,
                "v = beta2 * v + (1 - beta2) * g ** 2 → v = beta2 * v + (1 - beta2) * (g * 2)": "A square has been written in each lesson before.",
                "m_hat = m / (1 - beta1 ** t) → m_hat = m * (1 - beta1 ** t)": COPIED,
                "m_hat = m / (1 - beta1 ** t) → m_hat = m / (1 + beta1 ** t)": COPIED,
                "v_hat = v / (1 - beta2 ** t) → v_hat = v * (1 - beta2 ** t)": COPIED,
                "v_hat = v / (1 - beta2 ** t) → v_hat = v / (1 + beta2 ** t)": COPIED,
                "x = x - learning_rate * m_hat / (np.sqrt(v_hat) + epsilon) → x = x - (np.sqrt(v_hat) + epsilon) / (learning_rate * m_hat)": COPIED,
                "v = beta2 * v + (1 - beta2) * g ** 2 → pass": "The text counts five lines, and this is one of them.",
            },
            wrong=[
                Wrong(
                    "no bias correction",
                    replace={M_HAT: "m", V_HAT: "v"},
                    hint="Both averages start at 0, so that at first they are too small, v far more "
                    "than m. What are the hats in the equations for?",
                ),
                Wrong(
                    "only m is corrected",
                    replace={V_HAT: "v"},
                    hint="One of the averages is corrected for its start at 0, the other is not: "
                    "look at what stands under the root.",
                ),
                Wrong(
                    "only v is corrected",
                    replace={M_HAT: "m"},
                    hint="One of the averages is corrected for its start at 0, the other is not: "
                    "look at the numerator.",
                ),
                Wrong(
                    "steps counted from 0",
                    replace={"range(1, steps + 1)": "range(steps)"},
                    hint="NaN comes of 0/0, or of the root of a negative number. Is t = 1 at the first "
                    "step, and is all of 1 − βᵗ below the line, where brackets keep it together?",
                ),
                Wrong(
                    "times t",
                    replace={"beta1**t": "beta1 * t", "beta2**t": "beta2 * t"},
                    hint="Right for one step. In the corrections t is an exponent: β to the power of "
                    "t, not β times t.",
                ),
                Wrong(
                    "the corrected averages are kept",
                    replace={
                        "m_hat = m /": "m_hat = m = m /",
                        "v_hat = v /": "v_hat = v = v /",
                    },
                    hint="The corrected averages serve this step only; the next step goes on from m "
                    "and v themselves. Does your code overwrite them?",
                ),
                Wrong(
                    "epsilon under the root",
                    replace={"np.sqrt(v_hat) + epsilon": "np.sqrt(v_hat + epsilon)"},
                    hint="Epsilon is added to the root here, not under it. With a large epsilon and "
                    "small gradients the difference shows.",
                ),
                Wrong(
                    "v averages the gradient, not its square",
                    replace={"g**2": "g"},
                    hint="v is a running average of squares. Of what does it hold the average in "
                    "your code, and what happens to a root if that is negative?",
                ),
                Wrong(
                    "the betas are swapped",
                    replace={
                        "m = beta1 * m + (1 - beta1) * g": "m = beta2 * m + (1 - beta2) * g",
                        "v = beta2 * v + (1 - beta2)": "v = beta1 * v + (1 - beta1)",
                        M_HAT: "m / (1 - beta2**t)",
                        V_HAT: "v / (1 - beta1**t)",
                    },
                    hint="Which of the two betas belongs to the average of the gradients, and which "
                    "to the average of their squares?",
                ),
                Wrong(
                    "no root",
                    replace={"np.sqrt(v_hat)": "v_hat"},
                    hint="v has the unit of the gradient squared. What has to be done to it before "
                    "the step can be as long as the learning rate?",
                ),
                Wrong(
                    "up instead of down",
                    replace={"x - learning_rate": "x + learning_rate"},
                    hint="The step goes up the slope.",
                ),
                Wrong(
                    "epsilon subtracted",
                    replace={"+ epsilon": "- epsilon"},
                    hint="Epsilon is subtracted here. It is added, so that nothing is divided by 0.",
                ),
            ],
        ),
        Question(
            "halving_epsilon",
            points=1,
            problems=Problems(practice={"slope": 1e-6}, draw=gentle_slope),
            expect=lambda answer: Between(0.99 * answer, 1.01 * answer),
            wrong=[
                Wrong(
                    "epsilon under the root",
                    source="halving_epsilon = 3 * given.slope**2",
                    recognise=lambda answer: Between(0.97 * answer, 1.03 * answer),
                    hint="This would be the answer if epsilon stood under the root. In the equation "
                    "above it is added to the root.",
                ),
                Wrong(
                    "too small",
                    source="halving_epsilon = given.slope / 100",
                    recognise=lambda answer: Between(0, 98 * answer),
                    hint="With this epsilon the first step is longer than half the learning rate. "
                    "Compare epsilon with the slope.",
                ),
                Wrong(
                    "too large",
                    source="halving_epsilon = 2 * given.slope",
                    recognise=lambda answer: Between(0.51 * answer, np.inf),
                    hint="With this epsilon the first step is shorter than half the learning rate. "
                    "Compare epsilon with the slope.",
                ),
            ],
        ),
        Question(
            "adamw_step",
            points=2,
            inputs=adamw_inputs,
            wrong=[
                *EPSILON_MISTAKES,
                Wrong(
                    "a penalty in the gradient",
                    replace={
                        "m = beta1": "g = g + weight_decay * x\n    m = beta1",
                        "(1 - learning_rate * weight_decay) * x": "x",
                    },
                    hint="This is Adam with an L2 penalty: the decay went into m and v and was "
                    "divided by the root along with the gradient.",
                ),
                Wrong(
                    "no decay",
                    replace={"(1 - learning_rate * weight_decay) * x": "x"},
                    hint="This is Adam itself: where does the weight decay enter?",
                ),
                Wrong(
                    "decay without the learning rate",
                    replace={
                        "(1 - learning_rate * weight_decay)": "(1 - weight_decay)"
                    },
                    hint="In this form of AdamW the share that decays in one step is the weight "
                    "decay times another number.",
                ),
                Wrong(
                    "decay after the step",
                    replace={
                        "x = (1 - learning_rate * weight_decay) * x - learning_rate * m_hat / (\n"
                        "        np.sqrt(v_hat) + epsilon\n    )": "x = x - learning_rate * m_hat / "
                        "(np.sqrt(v_hat) + epsilon)\n    x = (1 - learning_rate * weight_decay) * x"
                    },
                    hint="The decay takes its share of the old point, not of the point that the "
                    "step has already reached.",
                ),
                Wrong(
                    "growth instead of decay",
                    replace={
                        "(1 - learning_rate * weight": "(1 + learning_rate * weight"
                    },
                    hint="With a gradient of 0 the weights grow here. They should decay.",
                ),
                Wrong(
                    "no bias correction",
                    replace={M_HAT: "m", V_HAT: "v"},
                    hint="The hats are missing: at step t, both averages are still too small by the "
                    "factor 1 − βᵗ.",
                ),
                Wrong(
                    "brackets forgotten",
                    replace={M_HAT: "m / 1 - beta1**t", V_HAT: "v / 1 - beta2**t"},
                    hint="Python divides before it subtracts. All of 1 − βᵗ stands below the line, so "
                    "that it needs brackets.",
                ),
                Wrong(
                    "the corrected averages are returned",
                    replace={"return x, m, v": "return x, m_hat, v_hat"},
                    hint="The point is right, but the averages come back corrected. The next step goes "
                    "on from those without a hat.",
                ),
                Wrong(
                    "the point last",
                    replace={"return x, m, v": "return m, v, x"},
                    hint="All three are right, in another order: the point comes first.",
                ),
                Wrong(
                    "the averages change in place",
                    replace={
                        "m = beta1 * m + (1 - beta1) * g": "m *= beta1\n    m += (1 - beta1) * g",
                        "v = beta2 * v + (1 - beta2) * g**2": "v *= beta2\n    v += (1 - beta2) * "
                        "g**2",
                    },
                    hint="m *= ... writes into the array of whoever called the function. "
                    "m = m * ... makes a new one.",
                ),
            ],
        ),
        Question(
            "amsgrad_step",
            points=2,
            inputs=amsgrad_inputs,
            wrong=[
                *EPSILON_MISTAKES,
                Wrong(
                    "divided by v itself",
                    replace={"v_hat = v_max /": "v_hat = v /"},
                    hint="This step divides by the present average, as Adam does, although the "
                    "largest one is kept.",
                ),
                Wrong(
                    "the maximum is not kept",
                    replace={"np.maximum(v_max, v)": "v"},
                    hint="The largest v so far may be an old one. What becomes of v_max where the "
                    "new v is smaller?",
                ),
                Wrong(
                    "v goes on from the maximum",
                    replace={"v = beta2 * v + (1": "v = beta2 * v_max + (1"},
                    hint="The running average v goes on from the last v. The largest one is kept "
                    "beside it and does not enter the average.",
                ),
                Wrong(
                    "one maximum for all coordinates",
                    replace={
                        "np.maximum(v_max, v)": "np.full_like(v, max(v_max.max(), v.max()))"
                    },
                    hint="Each coordinate has a largest v of its own.",
                ),
                Wrong(
                    "max instead of np.maximum",
                    replace={"np.maximum(v_max, v)": "max(v_max, v)"},
                    hint="Python's `max` compares two numbers, and cannot say which of two arrays is the "
                    "larger. numpy has a function that decides for each coordinate.",
                ),
                Wrong(
                    "the maximum without the new v",
                    replace={
                        "v = beta2 * v + (1 - beta2) * g**2\n    v_max = np.maximum(v_max, v)": (
                            "v_max = np.maximum(v_max, v)\n    v = beta2 * v + (1 - beta2) * g**2"
                        )
                    },
                    hint="The maximum is taken before the present gradient has entered v. At the first "
                    "step it is still zero then.",
                ),
                Wrong(
                    "nothing is corrected",
                    replace={M_HAT: "m", "v_max / (1 - beta2**t)": "v_max"},
                    hint="Neither m nor the largest v is corrected for its start at 0.",
                ),
                Wrong(
                    "only m is corrected",
                    replace={"v_max / (1 - beta2**t)": "v_max"},
                    hint="m is corrected for its start at 0, and what stands under the root is not.",
                ),
                Wrong(
                    "only the maximum is corrected",
                    replace={M_HAT: "m"},
                    hint="The largest v is corrected for its start at 0. Where is the hat of m?",
                ),
                Wrong(
                    "maximum of the corrected average",
                    replace={
                        "np.maximum(v_max, v)": "np.maximum(v_max, v / (1 - beta2**t))",
                        "v_max / (1 - beta2**t)": "v_max",
                    },
                    hint="Here the maximum is taken of v itself; the correction comes after it. "
                    "(Some libraries do it the other way round.)",
                ),
            ],
        ),
    ],
)
