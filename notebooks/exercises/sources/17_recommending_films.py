"""Exercises to lesson 17: how the answers are called, what they are compared with."""

import numpy as np

from course_utils.exercises import Exercise, Points, Question, Wrong


def step_inputs(rng):
    def case(U, F, y, learning_rate, penalty):
        return {
            "U": U,
            "F": F,
            "y": y,
            "learning_rate": learning_rate,
            "penalty": penalty,
        }

    yield case(np.array([1.0, 0.0]), np.array([2.0, 1.0]), 4.0, 0.1, 0.5)
    for factors in (1, 3, 5):
        U, F = rng.uniform(0.5, 2, (2, factors)) * rng.choice([-1, 1], (2, factors))
        y = float(U @ F + rng.uniform(1, 3) * rng.choice([-1, 1]))
        yield case(U, F, y, float(rng.uniform(0.05, 0.3)), float(rng.uniform(0.1, 1)))
    U, F = rng.integers(1, 5, (2, 3))
    yield case(U, F, float(U @ F + 0.5), 0.25, 0.5)
    # No penalty, and factors of zero, which stay.
    yield case(rng.normal(size=2), rng.normal(size=2), 3.0, 0.1, 0.0)
    yield case(np.zeros(2), np.zeros(2), 1.5, 0.1, 0.2)


def rmse_inputs(rng):
    yield {
        "U": np.array([[1.0], [2.0]]),
        "F": np.array([[1.0], [2.0]]),
        "ratings": np.array([[4.0, 0.0], [0.0, 5.0]]),
        "known": np.eye(2, dtype=bool),
    }
    for users, films, factors in [(4, 3, 2), (3, 6, 1), (7, 5, 3)]:
        known = rng.random((users, films)) < 0.5
        known[0, :2] = True, False
        known[1, :3] = True
        yield {
            "U": rng.normal(size=(users, factors)),
            "F": rng.normal(size=(films, factors)),
            "ratings": np.where(known, rng.integers(1, 6, (users, films)), 0.0),
            "known": known,
        }
    # In the gaps something else than zeros, and whole numbers everywhere.
    known = np.arange(12).reshape(3, 4) % 3 > 0
    yield {
        "U": rng.integers(1, 3, (3, 2)),
        "F": rng.integers(1, 3, (4, 2)),
        "ratings": np.where(known, rng.integers(1, 6, (3, 4)), 99),
        "known": known,
    }


def list_inputs(rng):
    yield {
        "predicted": np.array([3.0, 5.0, 4.0, 4.5]),
        "seen": np.array([False, True, False, False]),
        "k": 2,
    }
    for films, k in [(8, 3), (12, 5)]:
        predicted = rng.permutation(np.linspace(1, 5, films)) + rng.uniform(
            0, 0.1, films
        )
        seen = rng.permutation(np.arange(films) % 3 == 0)
        seen[predicted.argmax()] = True
        yield {"predicted": predicted, "seen": seen, "k": k}
    # Equal predictions: the smaller number first.
    predicted = np.array([4.0, 2.5, 4.0, 5.0, 2.5, 4.0, 2.5, 1.0])
    yield {"predicted": predicted, "seen": np.arange(8) == 3, "k": 5}
    yield {
        "predicted": rng.normal(size=30).round(),
        "seen": np.arange(30) % 4 == 1,
        "k": 20,
    }
    # Fewer are left than are wanted.
    yield {"predicted": rng.normal(size=5), "seen": np.arange(5) > 1, "k": 4}


def newcomer_inputs(rng):
    def case(F, y, penalty, learning_rate, steps):
        return {
            "F": F,
            "y": y,
            "penalty": penalty,
            "learning_rate": learning_rate,
            "steps": steps,
        }

    yield case(np.array([[1.0, 0.0], [0.0, 2.0]]), np.array([1.0, 1.0]), 0.5, 0.1, 2)
    for films, factors in [(3, 2), (6, 3), (1, 2)]:
        F = rng.uniform(0.5, 1.5, (films, factors)) * rng.choice(
            [-1, 1], (films, factors)
        )
        y = rng.uniform(0.5, 2, films) * rng.choice([-1, 1], films)
        yield case(
            F, y, float(rng.uniform(0.1, 0.5)), float(rng.uniform(0.02, 0.06)), 7
        )
    yield case(rng.integers(1, 4, (4, 2)), rng.integers(1, 3, 4), 0.25, 0.01, 5)
    yield case(rng.normal(size=(3, 2)), rng.normal(size=3), 0.0, 0.1, 4)
    # Nobody has rated anything, and no step is made.
    yield case(np.zeros((0, 2)), np.zeros(0), 0.1, 0.1, 3)
    yield case(rng.normal(size=(3, 2)), rng.normal(size=3), 0.1, 0.1, 0)


def has_equal_predictions(inputs):
    return len(np.unique(inputs["predicted"])) < len(inputs["predicted"])


def has_few_left(inputs):
    return np.sum(~inputs["seen"]) < inputs["k"]


exercise = Exercise(
    lesson="6_applications/17_recommending_films.ipynb",
    title="Recommending films",
    blocked=("costs", "descent", "factorisation", "objectives", "optimizers"),
    also_whole=True,
    questions=[
        Question(
            "rating_step",
            points=2,
            inputs=step_inputs,
            wrong=[
                Wrong(
                    "one after the other",
                    replace={"(r * U + penalty": "(r * new_U + penalty"},
                    hint="The film's gradient uses a user who has moved already. Both slopes "
                    "belong to the place before the step.",
                ),
                Wrong(
                    "no penalty",
                    replace={" + penalty * U": "", " + penalty * F": ""},
                    hint="The penalty has no part in this step. Where is λ₂?",
                ),
                Wrong(
                    "penalty of the other",
                    source="""
def rating_step(U, F, y, learning_rate, penalty):
    r = U @ F - y
    new_U = U - learning_rate * (r * F + penalty * F)
    new_F = F - learning_rate * (r * U + penalty * U)
    return new_U, new_F
""",
                    hint="Each is pulled towards zero in proportion to the other one's factors. "
                    "The penalty of U is ½λ₂‖U‖²; what is its gradient?",
                ),
                Wrong(
                    "penalty pushes away",
                    replace={"+ penalty": "- penalty"},
                    hint="The penalty pushes the factors away from zero here.",
                ),
                Wrong(
                    "penalty without the rate",
                    replace={
                        "learning_rate * (r * F + penalty * U)": "learning_rate * r * F - penalty * U",
                        "learning_rate * (r * U + penalty * F)": "learning_rate * r * U - penalty * F",
                    },
                    hint="The learning rate multiplies the whole gradient, the part of the "
                    "penalty too.",
                ),
                Wrong(
                    "own factor",
                    source="""
def rating_step(U, F, y, learning_rate, penalty):
    r = U @ F - y
    new_U = U - learning_rate * (r * U + penalty * U)
    new_F = F - learning_rate * (r * F + penalty * F)
    return new_U, new_F
""",
                    hint="The product U · F has the slope F along U, and the slope U along F. "
                    "Here each follows itself.",
                ),
                Wrong(
                    "uphill",
                    replace={
                        "U - learning_rate": "U + learning_rate",
                        "F - learning_rate": "F + learning_rate",
                    },
                    hint="Both steps go up the slope.",
                ),
                Wrong(
                    "doubled",
                    replace={"(r * F": "(2 * r * F", "(r * U": "(2 * r * U"},
                    hint="The residual's part is twice as large as asked for. The cost has a "
                    "factor ½, which takes the 2 of the square away.",
                ),
                Wrong(
                    "only the user",
                    replace={"return new_U, new_F": "return new_U, F"},
                    hint="The film has not moved. Both make a step.",
                ),
                Wrong(
                    "exchanged",
                    replace={"return new_U, new_F": "return new_F, new_U"},
                    hint="The two are returned in the other order: first U, then F.",
                ),
            ],
        ),
        Question(
            "known_rmse",
            points=2,
            inputs=rmse_inputs,
            equivalent={
                "residuals = (U @ F.T - ratings)[known] → residuals = (ratings - U @ F.T)[known]": "A square has no sign.",
            },
            rare={
                "residuals = (U @ F.T - ratings)[known] → residuals = (F.T @ U - ratings)[known]": "The text has the table U Fᵀ, and the shapes of the other product fit by chance.",
            },
            wrong=[
                Wrong(
                    "over the whole table",
                    replace={"(U @ F.T - ratings)[known]": "U @ F.T - ratings"},
                    hint="This averages over the whole table, as if what stands in the gaps were "
                    "ratings.",
                ),
                Wrong(
                    "divided by all cells",
                    replace={
                        "np.mean(residuals**2)": "np.sum(residuals**2) / known.size"
                    },
                    hint="The squares are those of the known ratings, but they are divided by the "
                    "number of all cells.",
                ),
                Wrong(
                    "the gaps",
                    replace={"[known]": "[~known]"},
                    hint="This is the error in the gaps. `known` is true where there is a rating.",
                ),
                Wrong(
                    "no root",
                    replace={
                        "np.sqrt(np.mean(residuals**2))": "np.mean(residuals**2)"
                    },
                    hint="This is the mean of the squares, in stars squared. Its root is asked "
                    "for.",
                ),
                Wrong(
                    "root before mean",
                    replace={
                        "np.sqrt(np.mean(residuals**2))": "np.mean(np.abs(residuals))"
                    },
                    hint="This is the mean of the absolute residuals. Square first, then take the "
                    "mean, then the root.",
                ),
                Wrong(
                    "sum instead of mean",
                    replace={"np.mean": "np.sum"},
                    hint="The squares are added up. With twice as many ratings the error should "
                    "not grow: take their mean.",
                ),
                Wrong(
                    "the spread",
                    replace={"np.sqrt(np.mean(residuals**2))": "np.std(residuals)"},
                    hint="A standard deviation takes the mean of the residuals away first. Who "
                    "predicts one star too much everywhere would have no error.",
                ),
                Wrong(
                    "user by user",
                    source="""
def known_rmse(U, F, ratings, known):
    squares = np.where(known, (U @ F.T - ratings) ** 2, 0)
    rated = known.any(axis=1)
    means = squares[rated].sum(axis=1) / known[rated].sum(axis=1)
    return np.mean(np.sqrt(means))
""",
                    hint="You take the error of each user and average those. Each rating should "
                    "count alike, whoever gave it.",
                ),
                Wrong(
                    "ratings added",
                    replace={"U @ F.T - ratings": "U @ F.T + ratings"},
                    hint="The ratings are added to the predictions. A residual is their difference.",
                ),
                Wrong(
                    "no mean",
                    replace={
                        "np.sqrt(np.mean(residuals**2))": "np.sqrt(residuals**2)"
                    },
                    hint="These are the sizes of the single residuals. The mean of their squares comes "
                    "before the root.",
                ),
            ],
        ),
        Question(
            "recommend",
            points=2,
            inputs=list_inputs,
            parts=[
                Points("predictions that differ", 1),
                Points(
                    "equal predictions",
                    0.5,
                    of=has_equal_predictions,
                    sentence="Not right where predictions are equal.",
                ),
                Points(
                    "few films left",
                    0.5,
                    of=has_few_left,
                    sentence="Not right where fewer films are left than are wanted.",
                ),
            ],
            fractions=("predicted", "seen"),
            rare={
                "unseen = np.flatnonzero(~seen) → unseen = ~seen": "Truth values would come back where numbers of films are asked for.",
            },
            wrong=[
                Wrong(
                    "what she has seen too",
                    source="""
def recommend(predicted, seen, k):
    return np.argsort(-predicted, kind="stable")[:k]
""",
                    hint="Films that she has seen are in your list. They have the highest "
                    "predictions, and are of no use to her.",
                ),
                Wrong(
                    "what she has seen alone",
                    replace={"~seen": "seen"},
                    hint="Your list has the films that she has seen, and no other.",
                ),
                Wrong(
                    "numbers within the unseen",
                    replace={"return unseen[order[:k]]": "return order[:k]"},
                    hint="Your numbers count the unseen films alone. Which numbers do these have "
                    "among all films?",
                ),
                Wrong(
                    "the worst",
                    replace={"-predicted": "predicted"},
                    hint="Your list begins with the lowest prediction.",
                ),
                Wrong(
                    "ties the other way",
                    replace={
                        'np.argsort(-predicted[unseen], kind="stable")': 'np.argsort(predicted[unseen], kind="stable")[::-1]'
                    },
                    hint="Of equal predictions the film with the larger number comes first here. "
                    "What does turning a sorted list round do to equal ones?",
                ),
                Wrong(
                    "predictions instead of numbers",
                    replace={
                        "return unseen[order[:k]]": "return predicted[unseen[order[:k]]]"
                    },
                    hint="These are the predictions. The numbers of the films are asked for.",
                ),
                Wrong(
                    "cut before sorted",
                    replace={"np.flatnonzero(~seen)": "np.flatnonzero(~seen)[:k]"},
                    hint="You take the first films that she has not seen, and sort those. Sort "
                    "all of them first.",
                ),
                Wrong(
                    "one too few",
                    replace={"order[:k]": "order[: k - 1]"},
                    hint="One film is missing at the end of the list.",
                ),
                Wrong(
                    "all that are left",
                    replace={"order[:k]": "order"},
                    hint="The order is right, and the list does not end after k films.",
                ),
            ],
        ),
        Question(
            "newcomer",
            points=3,
            inputs=newcomer_inputs,
            wrong=[
                Wrong(
                    "penalty once",
                    replace={"len(y) * penalty": "penalty"},
                    hint="The penalty stands inside the sum: each rating pays it once.",
                ),
                Wrong(
                    "no penalty",
                    replace={" + len(y) * penalty * U": ""},
                    hint="The penalty has no part in your gradient. Where is λ₂?",
                ),
                Wrong(
                    "penalty pushes away",
                    replace={"+ len(y)": "- len(y)"},
                    hint="The penalty pushes U away from zero here.",
                ),
                Wrong(
                    "doubled",
                    replace={"F.T @ (F @ U - y)": "2 * F.T @ (F @ U - y)"},
                    hint="The residuals' part is twice as large as asked for. The cost has a "
                    "factor ½, which takes the 2 of the square away.",
                ),
                Wrong(
                    "mean instead of sum",
                    source="""
def newcomer(F, y, penalty, learning_rate, steps):
    U = np.zeros(F.shape[1])
    for _ in range(steps):
        gradient = F.T @ (F @ U - y) / max(len(y), 1) + penalty * U
        U = U - learning_rate * gradient
    return U
""",
                    hint="You divide by the number of ratings. The cost above is their sum.",
                ),
                Wrong(
                    "one rating at a time",
                    source="""
def newcomer(F, y, penalty, learning_rate, steps):
    U = np.zeros(F.shape[1])
    for _ in range(steps):
        for film, rating in zip(F, y):
            U = U - learning_rate * ((film @ U - rating) * film + penalty * U)
    return U
""",
                    hint="You step after each rating. One step is to use the gradient of the "
                    "whole sum.",
                ),
                Wrong(
                    "starts at one",
                    replace={"np.zeros": "np.ones"},
                    hint="The start is U = 0. With frozen films it is no saddle.",
                ),
                Wrong(
                    "uphill",
                    replace={"U - learning_rate": "U + learning_rate"},
                    hint="The steps go up the slope.",
                ),
                Wrong(
                    "returns too early",
                    replace={"    return U": "        return U"},
                    hint="The `return` stands inside the loop and ends it in the first round. How "
                    "far should it be indented?",
                ),
                Wrong(
                    "residual upside down",
                    replace={"(F @ U - y)": "(y - F @ U)"},
                    hint="The residual is prediction less rating. With the other sign these "
                    "steps go uphill.",
                ),
                Wrong(
                    "entry by entry",
                    replace={"F.T @ (F @ U - y)": "F.T * (F @ U - y)"},
                    hint="`*` multiplies entry by entry, and nothing is added up over the films. A "
                    "product of matrices, `@`, does both.",
                ),
            ],
        ),
    ],
)
