"""Exercises to lab 23: how the answers are called, what they are compared with."""

import numpy as np

from course_utils.exercises import Exercise, Question, Wrong


def average_inputs(rng):
    yield {"models": np.array([[2.0], [10.0]]), "sizes": np.array([3, 1])}
    yield {"models": np.array([[1, 4], [2, 0], [5, 3]]), "sizes": np.array([2, 4, 1])}
    for clients, d in [(2, 3), (4, 4), (5, 1)]:
        yield {
            "models": rng.normal(size=(clients, d)),
            "sizes": rng.integers(1, 40, clients),
        }
    yield {"models": rng.normal(size=(3, 2)), "sizes": np.array([20, 0, 7])}


def private_inputs(rng):
    def case(G, C, sigma):
        return {"G": G, "C": C, "sigma": sigma, "normal": rng.normal(size=G.shape[1])}

    yield case(np.array([[3.0, 4.0], [0.0, 0.5]]), 1.0, 0.0)
    yield case(np.array([[3, 4], [1, 0], [0, 2]]), 2, 1)
    for n, d in [(4, 4), (6, 3), (20, 2)]:
        G = rng.normal(size=(n, d)) * rng.uniform(0.3, 3, (n, 1))
        C = 1.0 if n == 20 else float(rng.uniform(1.2, 2.5))
        yield case(G, C, float(rng.uniform(0.5, 3)))
    yield case(rng.uniform(0.1, 0.2, (5, 3)), 4.0, 0.5)  # none is clipped


exercise = Exercise(
    lesson="7_frontiers/23_many_machines.ipynb",
    title="Many machines",
    blocked=("federated", "descent", "objectives", "optimizers"),
    questions=[
        Question(
            "fedavg",
            points=2,
            inputs=average_inputs,
            wrong=[
                Wrong(
                    "plain mean",
                    source="""
def fedavg(models, sizes):
    return np.mean(models, axis=0)
""",
                    hint="Every client counts the same. One with more rows is to count more.",
                ),
                Wrong(
                    "not divided",
                    replace={" / np.sum(sizes)": ""},
                    hint="This is a sum. Divide by the number of rows that all clients have together.",
                ),
                Wrong(
                    "divided by the clients",
                    replace={"np.sum(sizes)": "len(sizes)"},
                    hint="The sum is divided by the number of clients, and not by that of all rows.",
                ),
                Wrong(
                    "divided by the largest",
                    replace={"np.sum(sizes)": "np.max(sizes)"},
                    hint="The weights are to add up to 1: divide by the sum of the sizes.",
                ),
                Wrong(
                    "the largest alone",
                    source="""
def fedavg(models, sizes):
    return models[np.argmax(sizes)]
""",
                    hint="This is the model of the client with the most rows. The others count too.",
                ),
                Wrong(
                    "weighted by one over the size",
                    source="""
def fedavg(models, sizes):
    weights = 1 / np.maximum(sizes, 1)
    return weights @ models / np.sum(weights)
""",
                    hint="The weights are upside down: clients with few rows count most.",
                ),
                Wrong(
                    "entry by entry",
                    replace={"sizes @ models": "sizes * models"},
                    hint="`*` multiplies entry by entry, and nothing is added up over the clients. A "
                    "product of matrices, `@`, does both.",
                ),
            ],
        ),
        Question(
            "private_gradient",
            points=3,
            inputs=private_inputs,
            rare={
                "lengths = np.linalg.norm(G, axis=1, keepdims=True) → lengths = G": "A row of numbers is no length.",
            },
            wrong=[
                Wrong(
                    "mean clipped",
                    source="""
def private_gradient(G, C, sigma, normal):
    total = G.sum(axis=0)
    total = total * np.minimum(1, C / np.linalg.norm(total))
    return (total + C * sigma * normal) / len(G)
""",
                    hint="The sum is clipped. That does not bound what one row can do: clip each row "
                    "before they are added up.",
                ),
                Wrong(
                    "noise before clipping",
                    source="""
def private_gradient(G, C, sigma, normal):
    noisy = G + C * sigma * normal
    lengths = np.linalg.norm(noisy, axis=1, keepdims=True)
    return (noisy * np.minimum(1, C / lengths)).mean(axis=0)
""",
                    hint="The noise comes before the clipping, which cuts it off. Clip, add up, and "
                    "then add the noise.",
                ),
                Wrong(
                    "noise on each row",
                    replace={"C * sigma * normal": "n * C * sigma * normal"},
                    hint="The noise is n times too large: it is added once, to the sum, before that is "
                    "divided by the number of rows.",
                ),
                Wrong(
                    "noise divided twice",
                    replace={"C * sigma * normal": "C * sigma * normal / n"},
                    hint="The noise is divided by the number of rows twice, and hides too little.",
                ),
                Wrong(
                    "noise without the limit",
                    replace={"C * sigma": "sigma"},
                    hint="The noise is measured in units of the limit: its standard deviation is "
                    "C times sigma.",
                ),
                Wrong(
                    "not clipped",
                    replace={" * np.minimum(1, C / lengths)": ""},
                    hint="Rows longer than the limit are not shortened.",
                ),
                Wrong(
                    "all made as long as the limit",
                    replace={"np.minimum(1, C / lengths)": "C / lengths"},
                    hint="Rows shorter than the limit are lengthened. They are to stay as they are.",
                ),
                Wrong(
                    "numbers clipped",
                    replace={"G * np.minimum(1, C / lengths)": "np.clip(G, -C, C)"},
                    hint="Each number is cut, and a row can still be longer than the limit. Shorten "
                    "the row as a whole.",
                ),
                Wrong(
                    "not divided",
                    replace={") / n": ")"},
                    hint="This is the sum. The mean is wanted.",
                ),
                Wrong(
                    "one limit upside down",
                    replace={"C / lengths": "lengths / C"},
                    hint="Long rows keep their length and short ones shrink: the limit is divided by "
                    "the length, and not the other way round.",
                ),
                Wrong(
                    "the larger of the two",
                    replace={"np.minimum": "np.maximum"},
                    hint="Short rows are lengthened and long ones stay: a row is never lengthened.",
                ),
                Wrong(
                    "columns shortened",
                    replace={"axis=1": "axis=0"},
                    hint="The lengths are those of columns. One row of data is one row of `G`.",
                ),
                Wrong(
                    "divided twice",
                    replace={"clipped.sum(axis=0)": "clipped.mean(axis=0)"},
                    hint="The clipped rows are divided by their number twice.",
                ),
                Wrong(
                    "one number",
                    replace={"clipped.sum(axis=0)": "clipped.sum()"},
                    hint="All numbers of all rows are added up. Each coordinate has a sum of its own.",
                ),
                Wrong(
                    "no noise",
                    replace={" + C * sigma * normal": ""},
                    hint="The noise is missing.",
                ),
                Wrong(
                    "limit times length",
                    replace={"C / lengths": "C * lengths"},
                    hint="The limit is multiplied by the length. A row of twice the length needs half the factor.",
                ),
                Wrong(
                    "one length for all rows",
                    replace={"axis=1, keepdims": "keepdims"},
                    hint="One length is taken of all rows together. Each row has its own.",
                ),
                Wrong(
                    "lengths in a row",
                    replace={"axis=1, keepdims=True": "axis=1"},
                    hint="The lengths lie in a row, so that each meets a column and not its own row. "
                    "keepdims=True leaves them in a column.",
                ),
                Wrong(
                    "sum over the coordinates",
                    replace={"clipped.sum(axis=0)": "clipped.sum(axis=1)"},
                    hint="Each row is added up by itself. Add the rows to each other: one number for "
                    "each coordinate.",
                ),
                Wrong(
                    "noise divided by the root",
                    replace={"C * sigma * normal": "C * sigma * normal * n**0.5"},
                    hint="The noise ends up divided by √n, as if each row had noise of its own. It is "
                    "added once, to the sum, and divided by n with it.",
                ),
                Wrong(
                    "mean of the batch clipped",
                    source="""
def private_gradient(G, C, sigma, normal):
    mean = G.mean(axis=0)
    mean = mean * np.minimum(1, C / np.linalg.norm(mean))
    return mean + C * sigma * normal / len(G)
""",
                    hint="The mean is clipped. One row can still turn all of it: clip each row before "
                    "they are averaged.",
                ),
                Wrong(
                    "noise subtracted",
                    replace={"+ C * sigma": "- C * sigma"},
                    hint="The noise is subtracted. That hides as much, but your numbers are to be the "
                    "expected ones: add it.",
                ),
            ],
        ),
    ],
)
