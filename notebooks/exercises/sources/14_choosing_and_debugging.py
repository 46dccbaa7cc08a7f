"""Exercises to lesson 14: how the answers are called, what they are compared with."""

import numpy as np

from course_utils.exercises import Exercise, Picture, Question, Wrong


def training_inputs(rng):
    def case(X, y, learning_rate, momentum, batch_size, epochs):
        return {
            "X": X,
            "y": y,
            "learning_rate": learning_rate,
            "momentum": momentum,
            "batch_size": batch_size,
            "epochs": epochs,
        }

    yield case(np.ones((2, 1)), np.array([1.0, 3.0]), 0.1, 0.5, 1, 1)
    # The last batch is smaller than the others: 11 = 4 + 4 + 3, 7 = 3 + 3 + 1.
    for rows, size, epochs in [(11, 4, 3), (7, 3, 2)]:
        X, y = rng.normal(size=(rows, 2)), rng.normal(2, 1, size=rows)
        rate, momentum = float(rng.uniform(0.01, 0.1)), float(rng.uniform(0.3, 0.9))
        yield case(X, y, rate, momentum, size, epochs)
    X, y = rng.normal(size=(6, 3)), rng.normal(2, 1, size=6)
    yield case(X, y, 0.05, 0.8, 10, 4)
    yield case(X, y, 0.05, 0.0, 2, 2)


def race_inputs(rng):
    rates = np.array([0.1, 1.0])
    validation = np.array([[[3.0, 4.0, 5.0], [1.0, 6.0, 9.0]]])
    test = np.array([[[4.0, 5.0, 6.0], [2.0, 3.0, 10.0]]])
    yield {"rates": rates, "validation": validation, "test": test}
    for methods in (2, 3):
        yield trapped_race(rng, methods)
    rates = np.geomspace(0.001, 10, 5)
    validation, test = rng.lognormal(size=(2, 4, 5, 7))
    validation[rng.random(validation.shape) < 0.2] = np.inf
    yield {"rates": rates, "validation": validation, "test": test}
    # Two rates with the same median.
    validation = np.array([[[2.0, 2.0, 9.0], [5.0, 5.0, 5.0], [1.0, 2.0, 3.0]]])
    yield {
        "rates": np.array([0.01, 0.1, 1.0]),
        "validation": validation,
        "test": validation + 1,
    }


def trapped_race(rng, methods):
    """Each method has a best rate, and others that look better to who judges unfairly."""
    rates = np.sort(10.0 ** rng.uniform(-3, 1, 5))
    validation = rng.uniform(4, 6, (methods, 5, 5))
    test = rng.uniform(4, 6, (methods, 5, 5))
    compromise, *places = rng.permutation(5)
    for k in range(methods):
        best, lucky, calm, flattering = np.roll(places, k)
        scale = 1 + 0.1 * k
        for place, level in ((best, 1), (compromise, 1.4)):
            validation[k, place] = scale * rng.uniform(level, 1.2 * level, 5)
            validation[k, place, rng.integers(5)] = np.inf if k else 60.0
        validation[k, lucky] = scale * rng.uniform(3, 3.5, 5)
        validation[k, lucky, rng.integers(5)] = rng.uniform(0.1, 0.5)
        validation[k, calm] = scale * rng.uniform(2, 2.2, 5)
        test[k, best] = scale * rng.uniform(1.5, 2, 5)
        test[k, flattering] = scale * rng.uniform(0.5, 1, 5)
    return {"rates": rates, "validation": validation, "test": test}


def curves(rng):
    costs = np.array([1.0, 2.0, 1.0, 3.0, 2.0, 4.0, 5.0, 0.9])
    yield {"costs": costs, "validation": None}
    cases = list(noisy_runs(rng, size=int(rng.choice([60, 80, 100]))))
    for k in rng.permutation(len(cases)):
        costs, validation = cases[k]
        yield {"costs": costs, "validation": validation}


def noisy_runs(rng, size):
    """Runs of each kind; neither the last cost alone nor the scale tells which kind."""

    def noise(spread):
        """Factors about 1 that are spread evenly within each quarter of the steps."""
        quarter = 1 + np.linspace(-spread, spread, size // 4)
        factors = np.concatenate([rng.permutation(quarter) for _ in range(4)])
        factors[0] = 1
        return factors

    def ending(costs, k):
        """The same costs, with number k of the last quarter, in order of size, at the end."""
        end = costs[-(size // 4) :]
        place = end.argsort()[k]
        end[place], end[-1] = end[-1], end[place]
        return costs

    def scaled(ends, costs, validation=None):
        scale = rng.uniform(*ends)
        return scale * costs, None if validation is None else scale * validation

    small, large, either = (0.05, 0.3), (10, 30), (0.05, 30)
    t = np.arange(size) / size
    fast = np.exp(-13 * t)

    low = rng.uniform(0.06, 0.12)
    healthy = low + (1 - low) * fast
    yield scaled(large, healthy * noise(0.05), (1.6 * low + fast) * noise(0.04))

    slow = 1 - rng.uniform(0.3, 0.45) * t
    yield scaled(large, slow * noise(0.05), 1.05 * slow * noise(0.04))

    # It soon stops where the slow run ends.
    stuck = slow[-1] + (1 - slow[-1]) * np.exp(-50 * t)
    yield scaled(either, stuck * noise(0.04), 1.05 * stuck * noise(0.04))

    rising = 0.25 + 0.75 * fast + rng.uniform(0.45, 0.8) * t
    yield scaled(either, healthy * noise(0.05), rising * noise(0.04))

    hovering = rng.uniform(0.37, 0.47) + 0.55 * fast
    jumping = ending(hovering * noise(0.7), 0)
    yield scaled(small, jumping, 1.1 * hovering * noise(0.05))

    climbing = 1 + rng.uniform(1.2, 1.8) * (1 - fast)
    yield scaled(either, ending(climbing * noise(0.7), -1))

    exploding = healthy.copy()
    exploding[int(0.6 * size) :] = np.nan
    exploding[int(0.6 * size)] = np.inf
    yield scaled(either, exploding)


ROOM = "The text leaves room between its limits, so that there are many right rules."
TWO_LEFT = "Two of the three faults are left. "

GIVEN = "The line is given, and has no fault."

exercise = Exercise(
    lesson="5_adaptive_optimizers/14_choosing_and_debugging.ipynb",
    title="The descent clinic",
    blocked=("costs", "descent", "optimizers"),
    also_whole=True,
    questions=[
        Question(
            "mended_training",
            points=3,
            picture=Picture(
                "The two weights after 0 to 15 epochs, with batches of 2 of the 5 rows",
                "[mended_training(X, y, 0.05, 0.5, 2, epochs) for epochs in range(16)]",
                {
                    "X": np.array(
                        [[1.0, 0.0], [1.0, 1.0], [1.0, 2.0], [1.0, -1.0], [1.0, -2.0]]
                    ),
                    "y": np.array([1.2, 2.9, 5.1, -1.0, -3.2]),
                },
            ),
            inputs=training_inputs,
            rare={
                "for first in range(0, len(y), batch_size): → for first in range(1, len(y), batch_size):": GIVEN,
                "X_b, y_b = (X[first:first + batch_size], y[first:first + batch_size]) → X_b, y_b = (X[:first + batch_size], y[first:first + batch_size])": GIVEN,
                "X_b, y_b = (X[first:first + batch_size], y[first:first + batch_size]) → X_b, y_b = (X[first:], y[first:first + batch_size])": GIVEN,
                "X_b, y_b = (X[first:first + batch_size], y[first:first + batch_size]) → X_b, y_b = (X[first:first - batch_size], y[first:first + batch_size])": GIVEN,
            },
            wrong=[
                Wrong(
                    "unchanged",
                    replace={
                        "2 / len(y_b)": "2 / len(y)",
                        "w - learning_rate": "w + learning_rate",
                        "            X_b, y_b =": "            v = np.zeros(X.shape[1])\n"
                        "            X_b, y_b =",
                    },
                    hint="All three faults are still there. Compare the code with the three "
                    "equations, one after the other, and with the sentence below them.",
                ),
                Wrong(
                    "ascent",
                    replace={"w - learning_rate": "w + learning_rate"},
                    hint="One fault is left. The first experiment shows it: the cost climbs, at "
                    "the smallest rate as well.",
                ),
                Wrong(
                    "velocity forgotten in each step",
                    replace={
                        "            X_b, y_b =": "            v = np.zeros(X.shape[1])\n"
                        "            X_b, y_b =",
                    },
                    hint="One fault is left. The second experiment shows it: the momentum makes "
                    "no difference. What does v still know of the step before?",
                ),
                Wrong(
                    "mean over all rows",
                    replace={"2 / len(y_b)": "2 / len(y)"},
                    hint="One fault is left. The third experiment shows it: the same batches give "
                    "other steps when there are more rows. Over how many rows is a batch averaged?",
                ),
                Wrong(
                    "ascent and velocity forgotten",
                    replace={
                        "w - learning_rate": "w + learning_rate",
                        "            X_b, y_b =": "            v = np.zeros(X.shape[1])\n"
                        "            X_b, y_b =",
                    },
                    hint=TWO_LEFT
                    + "Run the first and the second experiment with your function.",
                ),
                Wrong(
                    "ascent and mean over all rows",
                    replace={
                        "w - learning_rate": "w + learning_rate",
                        "2 / len(y_b)": "2 / len(y)",
                    },
                    hint=TWO_LEFT
                    + "Run the first and the third experiment with your function.",
                ),
                Wrong(
                    "velocity forgotten and mean over all rows",
                    replace={
                        "2 / len(y_b)": "2 / len(y)",
                        "            X_b, y_b =": "            v = np.zeros(X.shape[1])\n"
                        "            X_b, y_b =",
                    },
                    hint=TWO_LEFT
                    + "Run the second and the third experiment with your function.",
                ),
                Wrong(
                    "velocity forgotten in each epoch",
                    replace={
                        "        for first in": "        v = np.zeros(X.shape[1])\n        for first in"
                    },
                    hint="The velocity is set back at the beginning of each epoch. It begins at "
                    "zero once, before the first step of all.",
                ),
                Wrong(
                    "last batch taken for a full one",
                    replace={"2 / len(y_b)": "2 / batch_size"},
                    hint="Right, except where a batch has fewer rows than `batch_size`: its mean "
                    "is over the rows that it has.",
                ),
                Wrong(
                    "last batch left out",
                    replace={
                        "range(0, len(y), batch_size)": (
                            "range(0, len(y) // batch_size * batch_size, batch_size)"
                        )
                    },
                    hint="The rows that do not fill a batch are never used. The last batch of an "
                    "epoch may be smaller.",
                ),
                Wrong(
                    "starts at one",
                    replace={"w = np.zeros(X.shape[1])": "w = np.ones(X.shape[1])"},
                    hint="The weights start at 1 here. Before the first step w = 0.",
                ),
                Wrong(
                    "half the gradient",
                    replace={"2 / len(y_b)": "1 / len(y_b)"},
                    hint="Each step is half as long as it should be. Compare the factors with the "
                    "equations.",
                ),
                Wrong(
                    "step before the velocity is renewed",
                    replace={
                        "            v = momentum * v + g\n            w = w - learning_rate * v\n": "            w = w - learning_rate * v\n            v = momentum * v + g\n"
                    },
                    hint="The weights move by the velocity of the step before, so that the first step "
                    "goes nowhere. First comes the new velocity, then the step.",
                ),
                Wrong(
                    "average of the gradients",
                    replace={"momentum * v + g": "momentum * v + (1 - momentum) * g"},
                    hint="Here the velocity is a moving average, in which the gradient counts 1 − β. "
                    "In the equation it counts whole.",
                ),
                Wrong(
                    "sum over the batch",
                    replace={"2 / len(y_b)": "2"},
                    hint="Right for batches of one row. With more of them the gradients are added up, "
                    "and not averaged.",
                ),
                Wrong(
                    "one epoch",
                    replace={"    return w": "        return w"},
                    hint="Only the first epoch is made. Is the return inside the loop?",
                ),
            ],
        ),
        Question(
            "fair_race",
            points=3,
            inputs=race_inputs,
            equivalent={
                "return (np.asarray(rates)[best], report) → return (rates[best], report)": "The rates are an array.",
            },
            wrong=[
                Wrong(
                    "best over seeds",
                    replace={
                        "np.median(validation, axis=2)": "np.min(validation, axis=2)"
                    },
                    hint="You judge each rate by its luckiest seed. That rewards whoever is most "
                    "erratic.",
                ),
                Wrong(
                    "mean over seeds",
                    replace={
                        "np.median(validation, axis=2)": "np.mean(validation, axis=2)",
                        "np.median(test, axis=2)": "np.mean(test, axis=2)",
                    },
                    hint="You average over the seeds. One run that diverged then decides about "
                    "its rate; the median does not let it.",
                ),
                Wrong(
                    "mean of the validation costs",
                    replace={
                        "np.median(validation, axis=2)": "np.mean(validation, axis=2)"
                    },
                    hint="The rates are chosen by the mean over the seeds. One run that diverged "
                    "then decides about its rate; the median does not let it.",
                ),
                Wrong(
                    "one rate for all",
                    replace={
                        "best = np.median(validation, axis=2).argmin(axis=1)": (
                            "medians = np.median(validation, axis=2)\n"
                            "    best = np.full(len(test), medians.min(axis=0).argmin())"
                        )
                    },
                    hint="All methods run at the rate that is best for the winner. A fair race "
                    "lets each run at its own.",
                ),
                Wrong(
                    "one rate for all, by the sum",
                    replace={
                        "best = np.median(validation, axis=2).argmin(axis=1)": (
                            "medians = np.median(validation, axis=2)\n"
                            "    best = np.full(len(test), medians.sum(axis=0).argmin())"
                        )
                    },
                    hint="All methods run at one common rate. A fair race lets each run at its own.",
                ),
                Wrong(
                    "chosen by the test rows",
                    replace={
                        "np.median(validation, axis=2)": "np.median(test, axis=2)"
                    },
                    hint="The rates are chosen by the test costs. Then the rows that should judge "
                    "have helped to choose, and the report is too kind.",
                ),
                Wrong(
                    "best test cost of any rate",
                    replace={
                        "np.median(test, axis=2)[np.arange(len(test)), best]": (
                            "np.median(test, axis=2).min(axis=1)"
                        )
                    },
                    hint="The rates are right, but you report the lowest test cost of any rate. "
                    "Report what the chosen rate gives, for better or worse.",
                ),
                Wrong(
                    "validation cost reported",
                    replace={
                        "np.median(test, axis=2)": "np.median(validation, axis=2)"
                    },
                    hint="The rates are right, but you report the validation cost, by which they "
                    "were chosen. It is a little too kind.",
                ),
                Wrong(
                    "best seed reported",
                    replace={"np.median(test, axis=2)": "np.min(test, axis=2)"},
                    hint="The rates are right, but you report the luckiest seed. Report the median "
                    "over the seeds.",
                ),
                Wrong(
                    "mean of the test costs",
                    replace={"np.median(test, axis=2)": "np.mean(test, axis=2)"},
                    hint="The rates are right, but you report a mean over the seeds. The median "
                    "was agreed on.",
                ),
                Wrong(
                    "highest cost",
                    replace={"argmin": "argmax"},
                    hint="You choose the rates with the highest cost. These are costs, not "
                    "accuracies.",
                ),
                Wrong(
                    "places instead of rates",
                    replace={"np.asarray(rates)[best]": "best"},
                    hint="The first array holds the places of the chosen rates. The rates "
                    "themselves are asked for.",
                ),
                Wrong(
                    "report first",
                    replace={
                        "np.asarray(rates)[best], report": "report, np.asarray(rates)[best]"
                    },
                    hint="Both arrays are right, but in the other order: the rates come first.",
                ),
                Wrong(
                    "one rate in all",
                    replace={".argmin(axis=1)": ".argmin()"},
                    hint="You look for the one lowest median in the whole table. Each method has a "
                    "lowest one of its own: along which axis do the rates lie?",
                ),
                Wrong(
                    "methods compared at each rate",
                    replace={".argmin(axis=1)": ".argmin(axis=0)"},
                    hint="You make one choice for each rate. Asked for is one for each method: its "
                    "best rate.",
                ),
                Wrong(
                    "medians over the rates",
                    replace={
                        "np.median(validation, axis=2)": "np.median(validation, axis=1)"
                    },
                    hint="The medians of the validation costs are taken over the rates. Take them over "
                    "the seeds, which lie along the last axis.",
                ),
            ],
        ),
        Question(
            "diagnose",
            points=4,
            inputs=curves,
            equivalent={
                "quarter = len(costs) // 4 → quarter = len(costs) // 3": ROOM,
                "earlier, end = (costs[quarter:2 * quarter], costs[-quarter:]) → earlier, end = (costs[:2 * quarter], costs[-quarter:])": ROOM,
                "earlier, end = (costs[quarter:2 * quarter], costs[-quarter:]) → earlier, end = (costs[quarter:], costs[-quarter:])": ROOM,
                "earlier, end = (costs[quarter:2 * quarter], costs[-quarter:]) → earlier, end = (costs[quarter:3 * quarter], costs[-quarter:])": ROOM,
                "earlier, end = (costs[quarter:2 * quarter], costs[-quarter:]) → earlier, end = (costs[quarter:2 * quarter], costs[quarter:])": ROOM,
                "if not np.isfinite(costs).all() or end.mean() > 1.2 * costs[0]: → if not np.isfinite(costs).all() or end.mean() >= 1.2 * costs[0]:": ROOM,
                "if not np.isfinite(costs).all() or end.mean() > 1.2 * costs[0]: → if not np.isfinite(costs).all() or end.mean() > 1.2 * costs[1]:": ROOM,
                "if end.std() > 0.2 * end.mean(): → if end.std() >= 0.2 * end.mean():": ROOM,
                "if end.std() > 0.2 * end.mean(): → if end.std() > 0.4 * end.mean():": ROOM,
                "if end.mean() < 0.35 * costs[0]: → if end.mean() <= 0.35 * costs[0]:": ROOM,
                "if end.mean() < 0.35 * costs[0]: → if end.mean() < 0.35 * costs[1]:": ROOM,
                "if end.mean() > 0.95 * earlier.mean(): → if end.mean() >= 0.95 * earlier.mean():": ROOM,
                "if late > 1.3 * lowest: → if late >= 1.3 * lowest:": ROOM,
                "if not np.isfinite(costs).all() or end.mean() > 1.2 * costs[0]: → after if validation is not None:": ROOM,
                "if validation is not None: → after if end.std() > 0.2 * end.mean():": ROOM,
                "if end.std() > 0.2 * end.mean(): → after if end.mean() < 0.35 * costs[0]:": ROOM,
                "if end.mean() < 0.35 * costs[0]: → after if end.mean() > 0.95 * earlier.mean():": ROOM,
            },
            rare={
                "if not np.isfinite(costs).all() or end.mean() > 1.2 * costs[0]: → if np.isfinite(costs).all() or end.mean() > 1.2 * costs[0]:": "Every run of finite costs would get one label.",
            },
            wrong=[
                Wrong(
                    "last values only",
                    source="""
def diagnose(costs, validation):
    last = costs[-1] / costs[0]
    if not np.isfinite(last) or last > 1:
        return "rate too large"
    if validation is not None and validation[-1] > 3 * costs[-1]:
        return "overfitting"
    if last < 0.2:
        return "healthy"
    if last < 0.5:
        return "batches too small"
    return "vanishing gradients" if last > 0.9 else "rate too small"
""",
                    hint="A single cost at the end cannot tell these runs apart: a slow run and a "
                    "stuck one may end at the same place. Use averages, and an earlier part.",
                ),
                Wrong(
                    "last cost instead of the end",
                    replace={"end.mean() > 1.2 * costs[0]": "costs[-1] > costs[0]"},
                    hint="Whether a run has climbed is judged by its last cost alone. A run that "
                    "jumps may be low at its last step by chance.",
                ),
                Wrong(
                    "costs that are not finite",
                    replace={"not np.isfinite(costs).all() or ": ""},
                    hint="A comparison with NaN is never true, so a run that ends in NaN passes "
                    "every test. Ask for it first.",
                ),
                Wrong(
                    "an array compared with None",
                    replace={"validation is not None": "validation != None"},
                    hint="To ask whether there is a validation cost, write `validation is not "
                    "None`: with an array, `!=` compares every entry, and `if` cannot decide.",
                ),
                Wrong(
                    "validation never looked at",
                    replace={"late > 1.3 * lowest": "False"},
                    hint="Runs that overfit are called healthy: by their training cost they are. "
                    "Where can it be seen?",
                ),
                Wrong(
                    "a gap instead of a rise",
                    replace={"late > 1.3 * lowest": "late > 1.3 * end.mean()"},
                    hint="Healthy runs are called overfitting. That the validation cost is above the "
                    "training cost is normal, and that it began high as well: look for a rise at "
                    "its end.",
                ),
                Wrong(
                    "any rise of the validation cost",
                    replace={"late > 1.3 * lowest": "validation[-1] > lowest"},
                    hint="Runs that do not overfit are said to. A noisy curve nearly always ends a little "
                    "above its lowest value: how far above, on average, is too far?",
                ),
                Wrong(
                    "noise overlooked",
                    replace={"end.std() > 0.2 * end.mean()": "False"},
                    hint="Runs that jump about are taken for something else. How far do the costs "
                    "of the end scatter about their average?",
                ),
                Wrong(
                    "noise overlooked, called healthy",
                    replace={
                        "end.std() > 0.2 * end.mean()": "False",
                        "0.35 * costs[0]": "0.5 * costs[0]",
                    },
                    hint="Runs that jump about are called healthy. How far do the costs of the "
                    "end scatter about their average?",
                ),
                Wrong(
                    "scatter of the whole run",
                    replace={
                        "end.std() > 0.2 * end.mean()": "costs.std() > 0.2 * costs.mean()"
                    },
                    hint="Runs that fall far are said to be noisy: over the whole run, a fall "
                    "scatters too. Look at the end alone.",
                ),
                Wrong(
                    "scatter in absolute numbers",
                    replace={"end.std() > 0.2 * end.mean()": "end.std() > 0.2"},
                    hint="Whether a run is noisy depends on its scale here. Compare the scatter "
                    "with the average of the end.",
                ),
                Wrong(
                    "level in absolute numbers",
                    replace={"end.mean() < 0.35 * costs[0]": "end.mean() < 0.35"},
                    hint="Healthy runs are taken for something else. What tells them is how high their "
                    "end is, on average, beside their first cost, whatever the scale.",
                ),
                Wrong(
                    "slow taken for stuck",
                    replace={"end.mean() > 0.95 * earlier.mean()": "True"},
                    hint="Runs that fall slowly are called stuck. Is the end lower than an earlier "
                    "part of the run?",
                ),
                Wrong(
                    "stuck taken for slow",
                    replace={"end.mean() > 0.95 * earlier.mean()": "False"},
                    hint="Runs that are stuck are called slow. A run may be stuck at any level; what "
                    "matters is whether it still falls, compared with an earlier part.",
                ),
                Wrong(
                    "noise asked for before the climb",
                    replace={
                        "not np.isfinite(costs).all() or end.mean() > 1.2 * costs[0]": (
                            "not np.isfinite(costs).all() or "
                            "end.std() <= 0.2 * end.mean() and end.mean() > 1.2 * costs[0]"
                        )
                    },
                    hint="A run that jumps high above its start is called noisy. The scatter tells "
                    "something only about runs that have come down.",
                ),
                Wrong(
                    "slow and stuck taken for healthy",
                    replace={"0.35 * costs[0]": "0.8 * costs[0]"},
                    hint="Runs that fall a little are called healthy: a healthy one ends below a fifth "
                    "of its first cost, and all the others here above a half.",
                ),
                Wrong(
                    "climbed or came down",
                    replace={
                        "end.mean() > 1.2 * costs[0]": "end.mean() < 1.2 * costs[0]"
                    },
                    hint="Runs that came down are said to have too large a rate, and runs that climbed "
                    "are not.",
                ),
                Wrong(
                    "calm or noisy",
                    replace={"end.std() > 0.2": "end.std() < 0.2"},
                    hint="Runs whose end hardly scatters are called noisy, and those that jump about "
                    "are not.",
                ),
                Wrong(
                    "low or high",
                    replace={"end.mean() < 0.35": "end.mean() > 0.35"},
                    hint="Runs whose end is high are called healthy, and those that came far down are "
                    "not.",
                ),
                Wrong(
                    "falling or still",
                    replace={"end.mean() > 0.95": "end.mean() < 0.95"},
                    hint="Runs that still fall are called stuck, and those that stand still are called "
                    "slow.",
                ),
            ],
        ),
    ],
)
