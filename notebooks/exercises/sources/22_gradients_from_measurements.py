"""Exercises to lab 22: how the answers are called, what they are compared with."""

import numpy as np

from course_utils.exercises import (
    UNCHANGED,
    Exercise,
    Formula,
    Points,
    Question,
    Wrong,
    whole_numbers,
)


def reinforce_inputs(rng):
    def case(scores, arm, reward, baseline):
        return {"scores": scores, "arm": arm, "reward": reward, "baseline": baseline}

    yield case(np.array([0.0, 0.0]), 0, 3.0, 1.0)
    yield case(np.array([0, 1, -1]), 1, 2, 0)
    for arms in (2, 4, 5):
        reward, baseline = (float(one) for one in rng.uniform(0.5, 4, 2))
        yield case(rng.normal(size=arms), int(rng.integers(arms)), reward, baseline)
    yield case(np.array([0.0, 900.0, 899.0]), 1, 2.5, float(rng.uniform(0.5, 2)))
    yield case(np.array([1000.0, 1001.0, 999.0]), 2, -1.5, float(rng.uniform(0.5, 2)))


def shift_inputs(rng):
    one = Formula("np.cos(theta[0])", of="theta")
    yield {"E": one, "theta": np.array([np.pi / 3]), "i": 0}
    two = Formula("np.cos(theta[0]) * np.cos(theta[1])", of="theta")
    yield {"E": two, "theta": np.array([1, 2]), "i": 1}
    # As it is measured with few shots: in steps, which have no slope.
    rough = Formula("np.round(50 * np.cos(theta[0])) / 50", of="theta")
    yield {"E": rough, "theta": np.array([0.6]), "i": 0}
    for angles in (2, 3, 4):
        weights = rng.uniform(-1, 1, angles)
        many = Formula(
            "weights @ np.cos(theta) + 0.5 * np.prod(np.sin(theta + 0.3))",
            of="theta",
            weights=weights,
        )
        yield {
            "E": many,
            "theta": rng.uniform(-3, 3, angles),
            "i": int(rng.integers(angles)),
        }


exercise = Exercise(
    lesson="7_frontiers/22_gradients_from_measurements.ipynb",
    title="Gradients from measurements",
    blocked=("circuits", "descent", "objectives", "costs"),
    questions=[
        Question(
            "reinforce_gradient",
            points=2,
            inputs=reinforce_inputs,
            rare={
                "direction = -powers / powers.sum() → direction = -powers * powers.sum()": "The formula of p is in the text, a quotient that adds up to 1.",
                "direction = -powers / powers.sum() → direction = powers.sum() / -powers": "The formula of p is in the text, a quotient that adds up to 1.",
            },
            wrong=[
                Wrong(
                    "descending on the reward",
                    replace={
                        "return (reward - baseline)": "return (baseline - reward)"
                    },
                    hint="The sign: this is the gradient of the reward, along which the policy "
                    "ascends. A reward above the baseline raises the score of its arm.",
                ),
                Wrong(
                    "probabilities forgotten",
                    replace={"-powers / powers.sum()": "0 * powers"},
                    hint="Only the score of the drawn arm changes. The probabilities are missing: "
                    "each entry has minus p of its arm, that of the drawn arm too.",
                ),
                Wrong(
                    "probability of the drawn arm alone",
                    source="""
def reinforce_gradient(scores, arm, reward, baseline):
    powers = np.exp(scores - np.max(scores))
    direction = np.zeros(len(scores))
    direction[arm] = 1 - powers[arm] / powers.sum()
    return (reward - baseline) * direction
""",
                    hint="The arms that were not drawn have a derivative too: minus their "
                    "probability.",
                ),
                Wrong(
                    "baseline inside the logarithm",
                    replace={
                        "return (reward - baseline) * direction": "return reward * (direction"
                        " - baseline)"
                    },
                    hint="The baseline is subtracted from the reward, and not from the derivative "
                    "of the logarithm.",
                ),
                Wrong(
                    "probabilities added",
                    replace={"-powers / powers.sum()": "powers / powers.sum()"},
                    hint="The probabilities are subtracted from 1 at the drawn arm and from 0 at "
                    "the others; here they are added.",
                ),
                Wrong(
                    "drawn arm like the others",
                    replace={"direction[arm] += 1": "direction[arm] += 0"},
                    hint="The 1 for the arm that was drawn is missing.",
                ),
                Wrong(
                    "no softmax",
                    source="""
def reinforce_gradient(scores, arm, reward, baseline):
    direction = -1.0 * scores
    direction[arm] += 1
    return (reward - baseline) * direction
""",
                    hint="Scores are subtracted where probabilities belong: take softmax first.",
                ),
                Wrong(
                    "no baseline",
                    replace={"(reward - baseline)": "reward"},
                    hint="The baseline has no part in your answer; subtract it from the reward.",
                ),
                Wrong(
                    "baseline added",
                    replace={"(reward - baseline)": "(reward + baseline)"},
                    hint="The baseline is added here; it is to be subtracted from the reward.",
                ),
                Wrong(
                    "derivative of the probability",
                    source="""
def reinforce_gradient(scores, arm, reward, baseline):
    powers = np.exp(scores - np.max(scores))
    p = powers / powers.sum()
    return (reward - baseline) * p[arm] * ((np.arange(len(p)) == arm) - p)
""",
                    hint="This is the derivative of p. That of its logarithm has no factor p in "
                    "front: the arm is already drawn with that probability.",
                ),
                Wrong(
                    "overflow",
                    replace={"scores - np.max(scores)": "scores"},
                    hint="Scores of a thousand overflow; subtract the largest score first, which "
                    "leaves the probabilities as they are.",
                ),
                Wrong(
                    "mean of the powers",
                    replace={"powers.sum()": "powers.mean()"},
                    hint="The powers are divided by their mean, so that the probabilities do not add up to 1.",
                ),
                Wrong(
                    "one subtracted",
                    replace={"direction[arm] += 1": "direction[arm] -= 1"},
                    hint="For the arm that was drawn 1 is subtracted. A good reward is to raise its score.",
                ),
            ],
        ),
        Question(
            "parameter_shift",
            points=2,
            inputs=shift_inputs,
            parts=[
                Points("angles of fractions", 1),
                Points(
                    "angles of whole numbers",
                    0.5,
                    of=whole_numbers,
                    sentence="Not right for angles of whole numbers.",
                ),
                Points("unchanged angles", 0.5, of=UNCHANGED),
            ],
            rare={
                "quarter[i] = np.pi / 2 → quarter[i] = 2 / np.pi": "The formula has π/2."
            },
            wrong=[
                Wrong(
                    "half a turn",
                    replace={"np.pi / 2": "np.pi"},
                    hint="Every slope is 0, as if both expectations belonged to one place. Half a turn "
                    "to either side leads to the same place, and a quarter turn is pi / 2.",
                ),
                Wrong(
                    "not halved",
                    replace={
                        "(E(theta + quarter) - E(theta - quarter)) / 2": "E(theta + quarter)"
                        " - E(theta - quarter)"
                    },
                    hint="It is twice as large as expected: the difference is to be halved.",
                ),
                Wrong(
                    "divided by the distance",
                    replace={
                        "(E(theta + quarter) - E(theta - quarter)) / 2": "(E(theta + quarter)"
                        " - E(theta - quarter)) / np.pi"
                    },
                    hint="The difference is divided by the distance of the two points. That is "
                    "for small distances; the shift rule divides by 2.",
                ),
                Wrong(
                    "degrees",
                    replace={"np.pi / 2": "90"},
                    hint="The shift is 90 radians. In radians a quarter turn is pi / 2.",
                ),
                Wrong(
                    "all angles",
                    replace={"quarter[i] = ": "quarter[:] = "},
                    hint="All angles are shifted. Only angle i is; the others stay.",
                ),
                Wrong(
                    "first angle",
                    replace={"quarter[i]": "quarter[0]"},
                    hint="It is always the first angle that is shifted, whatever i is.",
                ),
                Wrong(
                    "other sign",
                    replace={
                        "E(theta + quarter) - E(theta - quarter)": "E(theta - quarter)"
                        " - E(theta + quarter)"
                    },
                    hint="The sign is turned: the expectation further on comes first.",
                ),
                Wrong(
                    "one side",
                    replace={
                        "(E(theta + quarter) - E(theta - quarter)) / 2": "E(theta + quarter)"
                        " - E(theta)"
                    },
                    hint="One of your expectations is taken at theta itself; both are to be a "
                    "quarter turn away.",
                ),
                Wrong(
                    "whole numbers stay whole",
                    source="""
def parameter_shift(E, theta, i):
    forward, back = theta.copy(), theta.copy()
    forward[i] = forward[i] + np.pi / 2
    back[i] = back[i] - np.pi / 2
    return (E(forward) - E(back)) / 2
""",
                    hint="An array of whole numbers cuts off what is written into it. Add an array "
                    "with the shift, or begin with `theta.astype(float)`.",
                ),
                Wrong(
                    "values added",
                    replace={"E(theta + quarter) - ": "E(theta + quarter) + "},
                    hint="The two expectations are added up. A slope is made of their difference.",
                ),
                Wrong(
                    "back to the start",
                    replace={"E(theta - quarter)": "E(theta)"},
                    hint="The second expectation is taken at theta itself. Back from a shifted angle "
                    "it is half a turn to the other place.",
                ),
                Wrong(
                    "small differences",
                    source="""
def parameter_shift(E, theta, i):
    step = np.zeros(len(theta))
    step[i] = 1e-4
    return (E(theta + step) - E(theta - step)) / 2e-4
""",
                    hint="Right for expectations that are known exactly. One that was measured changes "
                    "in steps, and over a small distance it does not change at all: shift by a "
                    "quarter turn.",
                ),
            ],
        ),
    ],
)
