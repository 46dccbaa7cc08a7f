"""Exercises to lesson 18: how the answers are called, what they are compared with."""

import numpy as np

from course_utils.exercises import (
    UNCHANGED,
    Exercise,
    Points,
    Question,
    Wrong,
    whole_numbers,
)


def layers_inputs(rng):
    yield {
        "parameters": [np.array([4.0, 4.0]), np.array([1.0])],
        "gradients": [np.array([2.0, 6.0]), np.array([3.0])],
        "learning_rate": 0.5,
        "trainable": [False, True],
    }
    for trainable in ([True, False, True], [False, False, True], [True, True, False]):
        shapes = [(3, 2), (2,), (2, 4)]
        yield {
            "parameters": [rng.normal(size=shape) for shape in shapes],
            "gradients": [rng.uniform(1, 3, shape) for shape in shapes],
            "learning_rate": float(rng.uniform(0.05, 0.5)),
            "trainable": trainable,
        }
    yield {
        "parameters": [rng.integers(-4, 5, shape) for shape in [(2, 3), (3,)]],
        "gradients": [rng.integers(1, 6, shape) for shape in [(2, 3), (3,)]],
        "learning_rate": 0.25,
        "trainable": [True, False],
    }


def gradients_inputs(rng):
    yield {"gradients": np.array([[-2.0, 1.0], [-6.0, 0.0]])}
    for shape in [(5, 3), (4, 6), (1, 2)]:
        yield {"gradients": rng.normal(size=shape) * rng.uniform(1, 3)}


def springs_inputs(rng):
    yield {
        "gradient": np.array([1.0, 4.0]),
        "w": np.array([1.0, 1.0]),
        "anchor": np.array([3.0, 0.0]),
        "fisher": np.array([2.0, 0.0]),
        "strength": 0.5,
    }
    for dim in (3, 4, 6):
        gradient, w, anchor = rng.normal(size=(3, dim))
        yield {
            "gradient": gradient,
            "w": w,
            "anchor": anchor,
            "fisher": rng.uniform(0.2, 5, dim),
            "strength": float(rng.uniform(0.2, 3)),
        }


def targets_inputs(rng):
    yield {"drift": 1.0, "learning_rate": 0.5, "steps": 2}
    for steps in (1, 5, 12, 400):
        yield {
            "drift": float(rng.uniform(0.5, 2) * rng.choice([-1, 1])),
            "learning_rate": float(rng.uniform(0.1, 0.8)),
            "steps": steps,
        }


SPRING = "gradient + strength * fisher * (w - anchor)"
TARGET = "        c = c + drift\n"
FOLLOWER = "        x = x - learning_rate * (x - c)\n"

exercise = Exercise(
    lesson="6_applications/18_transfer_and_forgetting.ipynb",
    title="What a network takes with it",
    blocked=("transfer", "networks", "optimizers", "descent"),
    also_whole=True,
    questions=[
        Question(
            "masked_step",
            points=2,
            inputs=layers_inputs,
            parts=[
                Points("new layers", 1),
                Points(
                    "layers of whole numbers",
                    0.5,
                    of=whole_numbers,
                    sentence="Not right for layers of whole numbers.",
                ),
                Points("unchanged old layers", 0.5, of=UNCHANGED),
            ],
            wrong=[
                Wrong(
                    "changed in place",
                    source="""
def masked_step(parameters, gradients, learning_rate, trainable):
    moved = []
    for p, g, may_move in zip(parameters, gradients, trainable):
        if may_move:
            p -= learning_rate * g
        moved.append(p)
    return moved
""",
                    hint="`-=` writes into the caller's arrays, which are still needed. Make new ones.",
                ),
                Wrong(
                    "mask upside down",
                    replace={"if may_move else": "if not may_move else"},
                    hint="The layers that may move stay, and the frozen ones move.",
                ),
                Wrong(
                    "nothing frozen",
                    replace={" if may_move else p": ""},
                    hint="Every layer moves. What does `trainable` say of each?",
                ),
                Wrong(
                    "frozen layers left out",
                    source="""
def masked_step(parameters, gradients, learning_rate, trainable):
    layers = zip(parameters, gradients, trainable)
    return [p - learning_rate * g for p, g, may_move in layers if may_move]
""",
                    hint="The frozen layers are missing from the list. They stay as they are, but they "
                    "are still part of the network.",
                ),
                Wrong(
                    "frozen layers set to zero",
                    replace={
                        "p - learning_rate * g if may_move else p": "(p - learning_rate * g) * may_move"
                    },
                    hint="The mask multiplies the new parameters, so that frozen ones become 0. It "
                    "belongs to the gradient.",
                ),
                Wrong(
                    "uphill",
                    replace={"p - learning_rate": "p + learning_rate"},
                    hint="The step goes up the slope.",
                ),
                Wrong(
                    "no learning rate",
                    replace={"learning_rate * g": "g"},
                    hint="The gradient itself is no step: the learning rate is missing.",
                ),
                Wrong(
                    "list never filled",
                    replace={
                        "moved.append(p - learning_rate * g if may_move else p)": "p - learning_rate * g if may_move else p"
                    },
                    hint="The list that comes back is empty. Each new layer has to be put into it.",
                ),
            ],
        ),
        Question(
            "fisher_information",
            points=1,
            inputs=gradients_inputs,
            wrong=[
                Wrong(
                    "square of the mean",
                    replace={
                        "np.mean(np.square(gradients), axis=0)": "np.square(np.mean(gradients, axis=0))"
                    },
                    hint="You square the mean gradient, in which examples cancel. At a minimum that is "
                    "0 for every weight. Square each one first.",
                ),
                Wrong(
                    "sum",
                    replace={"np.mean(": "np.sum("},
                    hint="This is the sum over the examples; their mean is asked for.",
                ),
                Wrong(
                    "not squared",
                    replace={"np.square(gradients)": "np.abs(gradients)"},
                    hint="These are mean sizes. The mean of the squares is asked for.",
                ),
                Wrong(
                    "root",
                    replace={
                        "np.mean(np.square(gradients), axis=0)": "np.sqrt(np.mean(np.square(gradients), axis=0))"
                    },
                    hint="There is a root too many: a curvature goes with the square of the slope.",
                ),
                Wrong(
                    "variance",
                    replace={
                        "np.mean(np.square(gradients), axis=0)": "np.var(gradients, axis=0)"
                    },
                    hint="The variance takes the mean away first. Here squares are measured from 0.",
                ),
                Wrong(
                    "one number for each example",
                    replace={"axis=0": "axis=1"},
                    hint="You average over the weights. One number for each weight is asked for: "
                    "average over the examples.",
                ),
                Wrong(
                    "one number for all",
                    replace={", axis=0)": ")"},
                    hint="This is one number for all weights. Each has its own.",
                ),
                Wrong(
                    "no mean",
                    replace={
                        "np.mean(np.square(gradients), axis=0)": "np.square(gradients)"
                    },
                    hint="There is a row of squares for each example. Take their mean over the examples.",
                ),
                Wrong(
                    "mean gradient",
                    replace={"np.square(gradients)": "gradients"},
                    hint="This is the mean gradient. Square the gradient of each example before you "
                    "take the mean.",
                ),
            ],
        ),
        Question(
            "ewc_gradient",
            points=2,
            inputs=springs_inputs,
            wrong=[
                Wrong(
                    "anchor missing",
                    replace={"(w - anchor)": "w"},
                    hint="Your springs pull towards 0, as an L2 penalty does. They are tied to the old "
                    "weights.",
                ),
                Wrong(
                    "Fisher squared",
                    replace={"* fisher *": "* fisher**2 *"},
                    hint="F holds squares of gradients already; it enters as it is.",
                ),
                Wrong(
                    "Fisher missing",
                    replace={"* fisher *": "*"},
                    hint="All springs are equally stiff. Each weight has its own F.",
                ),
                Wrong(
                    "strength missing",
                    replace={"strength * fisher": "fisher"},
                    hint="The strength of the springs is missing.",
                ),
                Wrong(
                    "factor one half kept",
                    replace={"+ strength": "+ 0.5 * strength"},
                    hint="Half of the pull is missing: the derivative of a half of a square has no half.",
                ),
                Wrong(
                    "factor two",
                    replace={"+ strength": "+ 2 * strength"},
                    hint="Twice the pull: the half in front of the sum is there to cancel the 2.",
                ),
                Wrong(
                    "pushed away",
                    replace={"(w - anchor)": "(anchor - w)"},
                    hint="Descending along this, the weights move away from the old ones.",
                ),
                Wrong(
                    "springs alone",
                    replace={"gradient + ": ""},
                    hint="This is the gradient of the springs alone. Where is the new task?",
                ),
                Wrong(
                    "one number",
                    replace={
                        SPRING: "gradient + strength * np.sum(fisher * (w - anchor))"
                    },
                    hint="You add the same number to each entry. The derivative by weight j has only "
                    "the spring at weight j in it.",
                ),
                Wrong(
                    "the squares, not their derivative",
                    replace={"(w - anchor)": "(w - anchor) ** 2"},
                    hint="The stretch is squared here, as in the cost. In its derivative it is not.",
                ),
                Wrong(
                    "anchor added",
                    replace={"w - anchor": "w + anchor"},
                    hint="The anchor is added to the weights. The pull depends on how far they are from it, and is zero there.",
                ),
            ],
        ),
        Question(
            "track",
            points=2,
            inputs=targets_inputs,
            wrong=[
                Wrong(
                    "the follower first",
                    replace={TARGET + FOLLOWER: FOLLOWER + TARGET},
                    hint="The lag is measured after the target has moved on once more. In each step "
                    "the target moves first, then the follower.",
                ),
                Wrong(
                    "the limit",
                    source="""
def track(drift, learning_rate, steps):
    return drift * (1 / learning_rate - 1)
""",
                    hint="That is where the lag ends after many steps. Asked for is the lag after so "
                    "many as were given.",
                ),
                Wrong(
                    "the limit before the step",
                    source="""
def track(drift, learning_rate, steps):
    return drift / learning_rate
""",
                    hint="That is the lag after many steps, and before the follower's step. Asked for "
                    "is the lag after the given number of steps.",
                ),
                Wrong(
                    "gradient of the square without the half",
                    replace={"learning_rate * (x": "2 * learning_rate * (x"},
                    hint="The gradient of half a square has no factor 2.",
                ),
                Wrong(
                    "where the follower is",
                    replace={"return c - x": "return x"},
                    hint="This is where the follower is. How far is it from the target?",
                ),
                Wrong(
                    "the other sign",
                    replace={"return c - x": "return x - c"},
                    hint="The size is right, and the sign is not. The target moves by the drift, and "
                    "the lag is the target less the follower.",
                ),
                Wrong(
                    "away from the target",
                    replace={"x - learning_rate": "x + learning_rate"},
                    hint="The follower runs away from the target: descend.",
                ),
                Wrong(
                    "a target that moves once",
                    replace={"c = c + drift": "c = drift"},
                    hint="Your target moves once and then stays. It moves on by the drift in every step.",
                ),
                Wrong(
                    "a falling rate",
                    replace={
                        "for _ in range(steps)": "for t in range(1, steps + 1)",
                        "x - learning_rate * (x - c)": "x - learning_rate / t * (x - c)",
                    },
                    hint="The rate falls with t here. A follower with a constant rate is asked for.",
                ),
                Wrong(
                    "follower forgotten",
                    replace={"return c - x": "return c"},
                    hint="This is where the target is. The follower has gone a part of the way.",
                ),
                Wrong(
                    "plus for a minus",
                    replace={"return c - x": "return c + x"},
                    hint="Target and follower are added, in the gradient or in the answer: both "
                    "times it is how far they are apart.",
                ),
            ],
        ),
    ],
)
