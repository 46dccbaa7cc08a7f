"""Exercises to lesson 11: how the answers are called, what they are compared with."""

import numpy as np

from course_utils.exercises import (
    UNCHANGED,
    Close,
    Exercise,
    OneOf,
    Points,
    Question,
    Random,
    Wrong,
    ZeroOr,
)


def ridge_inputs(rng):
    X = np.array([[1.0, 0.0], [1.0, 2.0]])
    yield {
        "X": X,
        "y": np.array([1.0, 3.0]),
        "w": np.array([3.0, 1.0]),
        "penalty": 0.5,
    }
    for rows, columns in [(8, 3), (5, 6), (1, 2)]:
        X = np.column_stack([np.ones(rows), rng.normal(size=(rows, columns - 1))])
        # Away from zero, so that a penalty on any weight can be seen.
        w = rng.uniform(0.5, 3, columns) * rng.choice([-1, 1], columns)
        penalty = float(rng.uniform(0.1, 5))
        yield {"X": X, "y": rng.normal(size=rows), "w": w, "penalty": penalty}
    X = np.column_stack([np.ones(6), rng.normal(size=(6, 3))])
    y, w = rng.normal(size=6), rng.integers(1, 5, size=4)
    yield {"X": X, "y": y, "w": w, "penalty": 2}
    yield {"X": X, "y": y, "w": rng.normal(size=4), "penalty": 0.0}


def threshold_inputs(rng):
    yield {"v": np.array([2.5, -0.4, -3.0]), "threshold": 1.0}
    threshold = float(rng.uniform(0.5, 2))
    near, far = rng.uniform(0.1, 0.9, 3), rng.uniform(1.1, 5, 3)
    v = threshold * np.concatenate([near, -near[:2], far, -far[1:], [0.0, 1.0, -1.0]])
    yield {"v": rng.permutation(v), "threshold": threshold}
    yield {"v": rng.normal(size=(3, 4)), "threshold": float(rng.uniform(0.2, 0.8))}
    yield {"v": rng.permutation([-3, -2, -1, 0, 1, 2, 3]), "threshold": 2}
    yield {"v": rng.normal(size=5), "threshold": 0.0}


def stopping_inputs(rng):
    yield {
        "validation": np.array([5.0, 3.0, 4.0, 2.0, 6.0, 7.0, 8.0, 1.0]),
        "patience": 3,
    }
    # It never improves, and at first equals the lowest.
    rising = np.sort(rng.uniform(1, 2, 12))
    yield {
        "validation": np.concatenate([rising[:1], rising]),
        "patience": int(rng.integers(2, 5)),
    }
    # A plateau of equal costs, lowest of all, then better ones that patience does not reach.
    patience = int(rng.integers(3, 6))
    fall = np.sort(rng.uniform(3, 9, 5))[::-1]
    level = float(rng.uniform(1, 2))
    after = rng.uniform(0.1, 0.9, 3)
    plateau = np.full(patience + 1, level)
    yield {"validation": np.concatenate([fall, plateau, after]), "patience": patience}
    # After patience - 1 worse costs comes a new minimum, in the last moment and once more.
    worse = rng.uniform(4, 6, (2, patience - 1))
    last = rng.uniform(3, 4), rng.uniform(2, 3), rng.uniform(1, 2)
    waves = [
        [last[0]],
        worse[0],
        [last[1]],
        worse[1],
        [last[2]],
        rng.uniform(4, 6, patience),
    ]
    yield {"validation": np.concatenate([*waves, [0.5]]), "patience": patience}
    # A zigzag above the minimum: each second cost is lower than the one before.
    zigzag = 3 + np.tile([1.0, 0.5], 5) + rng.uniform(0, 0.1, 10)
    validation = np.concatenate([[5.0], [float(rng.uniform(2, 3))], zigzag, [1.0]])
    yield {"validation": validation, "patience": patience}
    # The costs end before patience does.
    yield {"validation": rng.uniform(1, 2, 9), "patience": 20}
    # A long and noisy curve.
    steps = np.arange(60)
    noisy = 1 + ((steps - rng.integers(15, 25)) / 20) ** 2 + 0.1 * rng.normal(size=60)
    yield {"validation": noisy, "patience": int(rng.integers(4, 8))}
    yield {"validation": np.array([2.0, 1.0, 1.5, 0.5]), "patience": 1}


def dropout_inputs(rng):
    def case(hidden, share, training):
        random = Random(int(rng.integers(1_000_000)))
        return {
            "hidden": hidden,
            "share": share,
            "random": random,
            "training": training,
        }

    yield case(np.full(8, 4.0), 0.5, True)
    for share, shape in [
        (rng.choice([0.2, 0.36]), 300),
        (rng.choice([0.6, 0.75]), 300),
        (rng.choice([0.2, 0.36]), (12, 25)),
    ]:
        hidden = rng.integers(1, 10, shape) * rng.choice([-0.5, 0.5], shape)
        yield case(hidden, float(share), True)
    yield case(rng.normal(size=(4, 5)), 0.3, False)
    yield case(rng.normal(size=6), 0.0, True)


def dropped(answer, inputs):
    """What is expected of dropout: in training zeros by chance, else the values themselves."""
    if not inputs["training"]:
        return Close(answer)
    return ZeroOr(inputs["hidden"] / (1 - inputs["share"]), inputs["share"])


def dropped_with(
    factor, *, left_out=lambda share: share, always=False, at_test=lambda share: 1
):
    """Recognise a wrong factor or a wrong share of zeros, whatever was drawn."""

    def recognise(_, inputs):
        hidden, share = inputs["hidden"], inputs["share"]
        if not inputs["training"] and not always:
            return Close(hidden * at_test(share))
        return ZeroOr(hidden * factor(share), left_out(share))

    return recognise


def all_or_none(answer, inputs):
    """Recognise a single draw for all entries."""
    if not inputs["training"]:
        return Close(answer)
    scaled = inputs["hidden"] / (1 - inputs["share"])
    return OneOf(scaled, 0 * scaled)


GIVEN = "The lines are given, and only their order is asked for."

exercise = Exercise(
    lesson="4_pitfalls/11_overfitting.ipynb",
    title="When the lowest cost is not the best model",
    blocked=("costs", "descent", "networks", "optimizers"),
    also_whole=True,
    questions=[
        Question(
            "ridge_gradient",
            points=2,
            inputs=ridge_inputs,
            parts=[
                Points("the gradient", 1.5),
                Points("unchanged inputs", 0.5, of=UNCHANGED),
            ],
            equivalent={
                "pull = penalty * np.asarray(w, dtype=float) → pull = penalty * w": "A product is a new array, and what is written into it is 0.",
                "pull = penalty * np.asarray(w, dtype=float) → pull = penalty * np.asarray(w)": "A product is a new array, and what is written into it is 0.",
            },
            wrong=[
                Wrong(
                    "penalised intercept",
                    replace={"    pull[0] = 0\n": ""},
                    hint="The intercept pays the penalty as well, which pulls all predictions "
                    "towards zero. With which j does the sum in the equation begin?",
                ),
                Wrong(
                    "sign of the penalty",
                    replace={"gradient + pull": "gradient - pull"},
                    hint="With this sign, a descent step makes the weights larger. The cost grows "
                    "with the weights; what is the sign of its derivative?",
                ),
                Wrong(
                    "twice the penalty",
                    replace={"penalty * np": "2 * penalty * np"},
                    hint="The penalty's part of the gradient is twice as large as it should be. "
                    "What does the half in front of the sum do when you differentiate a square?",
                ),
                Wrong(
                    "half the penalty",
                    replace={"penalty * np": "penalty / 2 * np"},
                    hint="The penalty's part of the gradient is half as large as it should be. "
                    "Differentiating the square brings a factor of its own.",
                ),
                Wrong(
                    "penalty divided by the number of rows",
                    replace={"penalty * np": "penalty / len(y) * np"},
                    hint="The penalty does not depend on the number of rows: the 1/n belongs to "
                    "the first part of the cost alone.",
                ),
                Wrong(
                    "penalty without the weights",
                    replace={
                        "pull = penalty * np.asarray(w, dtype=float)": "pull = penalty * (w != 0)"
                    },
                    hint="The pull is the same for every weight here. A square is steeper the "
                    "farther you are from zero.",
                ),
                Wrong(
                    "a pull of constant size",
                    replace={"np.asarray(w, dtype=float)": "np.sign(w)"},
                    hint="This is the pull of an L1 penalty, whose size does not depend on the "
                    "weight. The penalty here is a square.",
                ),
                Wrong(
                    "the penalty instead of its gradient",
                    replace={
                        "pull = penalty * np.asarray(w, dtype=float)": "pull = penalty / 2 * w**2.0"
                    },
                    hint="You add the penalty itself. A gradient is made of derivatives: what is "
                    "the derivative of each of these squares?",
                ),
                Wrong(
                    "the penalty added as a number",
                    source="""
def ridge_gradient(X, y, w, penalty):
    gradient = 2 / len(y) * X.T @ (X @ w - y)
    return gradient + penalty / 2 * np.sum(w[1:] ** 2)
""",
                    hint="You add the penalty itself, one number, to every entry. Each entry of a "
                    "gradient is the derivative with respect to one weight.",
                ),
                Wrong(
                    "added without a place for the intercept",
                    source="""
def ridge_gradient(X, y, w, penalty):
    gradient = 2 / len(y) * X.T @ (X @ w - y)
    return gradient + penalty * w[1:]
""",
                    hint="`w[1:]` has one entry fewer than the gradient. To which entries of the "
                    "gradient do they belong?",
                ),
                Wrong(
                    "no penalty",
                    replace={"gradient + pull": "gradient"},
                    hint="This is the gradient of the mean squared error alone; the penalty has "
                    "not been added.",
                ),
                Wrong(
                    "intercept's gradient set to zero",
                    replace={
                        "    return gradient + pull": "    whole = gradient + pull\n"
                        "    whole[0] = 0\n"
                        "    return whole"
                    },
                    hint="The first entry of the whole gradient is zero now, so the intercept "
                    "would never move. It is spared by the penalty only.",
                ),
            ],
        ),
        Question(
            "soft_threshold",
            points=2,
            inputs=threshold_inputs,
            wrong=[
                Wrong(
                    "hard threshold",
                    replace={
                        "np.sign(v) * np.maximum(np.abs(v) - threshold, 0)": "v * (np.abs(v) > threshold)"
                    },
                    hint="Small values become zero, but the large ones stay as they are. Every "
                    "value is pulled, by the same amount.",
                ),
                Wrong(
                    "hard threshold that keeps the threshold itself",
                    source="""
def soft_threshold(v, threshold):
    return np.where(np.abs(v) < threshold, 0, v)
""",
                    hint="Values below the threshold become zero, and the others stay as they are. "
                    "Every value is pulled, the large ones too.",
                ),
                Wrong(
                    "for one number only",
                    source="""
def soft_threshold(v, threshold):
    return np.sign(v) * max(abs(v) - threshold, 0)
""",
                    hint="This works for one number, and v is an array: `max` and `if` cannot "
                    "decide for all its entries at once. numpy has functions that can.",
                ),
                Wrong(
                    "across zero",
                    replace={
                        "np.maximum(np.abs(v) - threshold, 0)": "(np.abs(v) - threshold)"
                    },
                    hint="Values smaller than the threshold come out on the other side of zero. "
                    "They should stop when they get there.",
                ),
                Wrong(
                    "positive values only",
                    replace={
                        "np.sign(v) * np.maximum(np.abs(v) - threshold, 0)": "np.maximum(v - threshold, 0)"
                    },
                    hint="All negative values become zero. Towards zero is down for a positive "
                    "value, and up for a negative one.",
                ),
                Wrong(
                    "sign lost",
                    replace={"np.sign(v) * np": "np"},
                    hint="What comes out is never negative: the sizes are right, the signs are lost.",
                ),
                Wrong(
                    "subtracted from either sign",
                    replace={
                        "np.sign(v) * np.maximum(np.abs(v) - threshold, 0)": (
                            "np.where(np.abs(v) > threshold, v - threshold, 0)"
                        )
                    },
                    hint="Large negative values move away from zero. The pull is towards zero "
                    "from both sides.",
                ),
                Wrong(
                    "cut off at the threshold",
                    replace={
                        "np.sign(v) * np.maximum(np.abs(v) - threshold, 0)": (
                            "np.clip(v, -threshold, threshold)"
                        )
                    },
                    hint="This limits the values to the threshold: it is what should be taken "
                    "away from them, not what should be left.",
                ),
                Wrong(
                    "shrunk by a factor",
                    replace={
                        "np.sign(v) * np.maximum(np.abs(v) - threshold, 0)": "v / (1 + threshold)"
                    },
                    hint="This is what an L2 penalty does: it shrinks every value by the same "
                    "factor, and none becomes zero. Here each value loses the same amount.",
                ),
                Wrong(
                    "multiplied by the value",
                    replace={"np.sign(v) *": "v *"},
                    hint="The size that is left is multiplied by the value itself, and not only by its "
                    "sign.",
                ),
                Wrong(
                    "smaller of the two",
                    replace={"np.maximum": "np.minimum"},
                    hint="Large values become zero here, and small ones cross it: of the size that is left "
                    "and 0, the smaller is taken.",
                ),
                Wrong(
                    "threshold minus size",
                    replace={"np.abs(v) - threshold": "threshold - np.abs(v)"},
                    hint="Large values become zero here, and of small ones what is missing to the "
                    "threshold is left: the difference is turned around.",
                ),
            ],
        ),
        Question(
            "early_stop",
            points=2,
            inputs=stopping_inputs,
            rare={
                "best = 0 → best = 1": GIVEN,
                "if validation[step] < validation[best]: → if validation[step] > validation[best]:": GIVEN,
                "if step - best >= patience: → if step + best >= patience:": GIVEN,
            },
            wrong=[
                Wrong(
                    "the step of stopping",
                    replace={"return best": "return step"},
                    hint="This is the step at which the loop gives up. The weights to be kept are "
                    "those of the lowest cost.",
                ),
                Wrong(
                    "ties count as new minima",
                    replace={
                        "validation[step] < validation[best]": "validation[step] <= validation[best]"
                    },
                    hint="A cost that only equals the lowest so far counts as a new minimum here, "
                    "and on a plateau patience never ends.",
                ),
                Wrong(
                    "both lines that are too many",
                    replace={
                        "validation[step] < validation[best]": "validation[step] <= validation[best]",
                        "return best": "return step",
                    },
                    hint="Two of your lines are the ones that are too many: one of them asks for "
                    "less than a new minimum, the other returns where the loop gave up.",
                ),
                Wrong(
                    "never gives up",
                    replace={
                        "        if step - best >= patience:\n            break\n": "",
                    },
                    hint="This looks at the whole curve. A training loop that gives up never sees "
                    "the costs that come later; under which `if` does the `break` stand?",
                ),
                Wrong(
                    "stops at the first rise",
                    source="""
def early_stop(validation, patience):
    for step in range(1, len(validation)):
        if validation[step] > validation[step - 1]:
            return step - 1
    return len(validation) - 1
""",
                    hint="It stops at the first cost that is higher than the one before. One rise "
                    "may be noise: that is what patience is for.",
                ),
                Wrong(
                    "asks for patience first",
                    replace={
                        "        if validation[step] < validation[best]:\n"
                        "            best = step\n"
                        "        if step - best >= patience:\n"
                        "            break\n": "        if step - best >= patience:\n"
                        "            break\n"
                        "        if validation[step] < validation[best]:\n"
                        "            best = step\n"
                    },
                    hint="It gives up before it has looked at the cost of the present step, which "
                    "may be a new minimum. Which of the two questions comes first?",
                ),
                Wrong(
                    "best forgotten in each step",
                    source="""
def early_stop(validation, patience):
    for step in range(len(validation)):
        best = 0
        if validation[step] < validation[best]:
            best = step
        if step - best >= patience:
            break
    return best
""",
                    hint="The best step is set back to 0 in each round of the loop. What has to "
                    "be remembered must be set before the loop.",
                ),
                Wrong(
                    "returns in the first round",
                    replace={"    return best": "        return best"},
                    hint="The `return` stands inside the loop and ends it in the first round. "
                    "How far should it be indented?",
                ),
                Wrong(
                    "one step too patient",
                    replace={"step - best >= patience": "step - best > patience"},
                    hint="It waits one step longer than it should: it gives up when `patience` "
                    "steps have brought nothing new, not one more.",
                ),
                Wrong(
                    "compared with the step before",
                    source="""
def early_stop(validation, patience):
    best = rises = 0
    for step in range(1, len(validation)):
        rises = rises + 1 if validation[step] >= validation[step - 1] else 0
        if validation[step] < validation[best]:
            best = step
        if rises >= patience:
            break
    return best
""",
                    hint="It counts rises from one step to the next, and any fall begins the "
                    "count anew. What matters is whether there was a new minimum.",
                ),
                Wrong(
                    "patience used up for good",
                    source="""
def early_stop(validation, patience):
    best = waited = 0
    for step in range(1, len(validation)):
        if validation[step] < validation[best]:
            best = step
        else:
            waited += 1
        if waited >= patience:
            break
    return best
""",
                    hint="It counts all steps without a new minimum since the beginning. A new "
                    "minimum begins the count anew.",
                ),
            ],
        ),
        Question(
            "dropout",
            points=3,
            inputs=dropout_inputs,
            expect=dropped,
            equivalent={
                "kept = random.random(hidden.shape) >= share → kept = random.random(hidden.shape) > share": "No number that is drawn equals the share.",
                "if not training: → after kept = random.random(hidden.shape) >= share": "Numbers are drawn in vain.",
            },
            rare={
                "return hidden * kept / (1 - share) → return (1 - share) / (hidden * kept)": "Nobody divides by units that are 0.",
                "return hidden * kept / (1 - share) → return hidden * kept / (share - 1)": "1 - p is the probability to stay; p - 1 is none.",
            },
            wrong=[
                Wrong(
                    "not scaled",
                    replace={" / (1 - share)": ""},
                    hint="The right share is left out, but the others keep their values, so the "
                    "average becomes smaller. By what must they be multiplied to make up for it?",
                    recognise=dropped_with(lambda share: 1),
                ),
                Wrong(
                    "scaled by the share that is left out",
                    replace={" / (1 - share)": " * share"},
                    hint="What stays is multiplied by the probability to be left out, and becomes "
                    "smaller. It should become larger: check the average with the worked example.",
                    recognise=dropped_with(lambda share: share),
                ),
                Wrong(
                    "scaled by the share that is kept",
                    replace={" / (1 - share)": " * (1 - share)"},
                    hint="What stays becomes smaller. To keep the average when units are missing, "
                    "the others have to become larger.",
                    recognise=dropped_with(lambda share: 1 - share),
                ),
                Wrong(
                    "divided by the share that is left out",
                    replace={"/ (1 - share)": "/ max(share, 1e-300)"},
                    hint="What stays is divided by the probability to be left out. Divide by the "
                    "share of the units that carry the sum.",
                    recognise=dropped_with(lambda share: 1 / max(share, 1e-300)),
                ),
                Wrong(
                    "share as the probability to be kept",
                    source="""
def dropout(hidden, share, random, training):
    if not training:
        return hidden
    kept = random.random(hidden.shape) < share
    return hidden * kept / max(share, 1e-300)
""",
                    hint="You use `share` as the probability to stay. Here it is the probability "
                    "to be left out; some libraries have it the other way round.",
                    recognise=dropped_with(
                        lambda share: 1 / max(share, 1e-300),
                        left_out=lambda share: 1 - share,
                    ),
                ),
                Wrong(
                    "mask the wrong way round",
                    replace={">= share": "< share"},
                    hint="The factor is right, but the units that should stay are left out and "
                    "the others kept. What is the probability that a number from 0 to 1 lies "
                    "below `share`?",
                    recognise=dropped_with(
                        lambda share: 1 / (1 - share),
                        left_out=lambda share: 1 - share,
                    ),
                ),
                Wrong(
                    "active when the network is used",
                    replace={"    if not training:\n        return hidden\n": ""},
                    hint="Units are left out even when `training` is False. Then the same image "
                    "would get another answer each time.",
                    recognise=dropped_with(
                        lambda share: 1 / (1 - share), always=True
                    ),
                ),
                Wrong(
                    "never scaled and always active",
                    source="""
def dropout(hidden, share, random, training):
    return hidden * (random.random(hidden.shape) >= share)
""",
                    hint="Two things are missing: what stays has to be scaled up, and nothing is "
                    "left out when `training` is False.",
                    recognise=dropped_with(lambda share: 1, always=True),
                ),
                Wrong(
                    "one draw for all entries",
                    replace={"random.random(hidden.shape)": "random.random()"},
                    hint="Either all units are left out or none. Draw for each entry on its own.",
                    recognise=all_or_none,
                ),
                Wrong(
                    "scaled when the network is used",
                    replace={"return hidden\n": "return hidden * (1 - share)\n"},
                    hint="When the network is used, the values are made smaller. That belongs to "
                    "the version without scaling in training; doing both counts it twice.",
                    recognise=dropped_with(
                        lambda share: 1 / (1 - share), at_test=lambda share: 1 - share
                    ),
                ),
                Wrong(
                    "the original version",
                    source="""
def dropout(hidden, share, random, training):
    if not training:
        return hidden * (1 - share)
    return hidden * (random.random(hidden.shape) >= share)
""",
                    hint="This is dropout as it was first published: nothing is scaled in "
                    "training, and everything when the network is used. Here it is the other "
                    "way round.",
                    recognise=dropped_with(
                        lambda share: 1, at_test=lambda share: 1 - share
                    ),
                ),
                Wrong(
                    "the training and the test branch exchanged",
                    replace={"if not training": "if training"},
                    hint="Units are left out when `training` is False, and kept when it is True.",
                    recognise=lambda answer, inputs: (
                        Close(inputs["hidden"])
                        if inputs["training"]
                        else ZeroOr(
                            inputs["hidden"] / (1 - inputs["share"]), inputs["share"]
                        )
                    ),
                ),
            ],
        ),
    ],
)
