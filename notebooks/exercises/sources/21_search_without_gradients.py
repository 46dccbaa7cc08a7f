"""Exercises to lab 21: how the answers are called, what they are compared with."""

import numpy as np

from course_utils.exercises import Exercise, Formula, Points, Question, Wrong


def accept_inputs(rng):
    for delta, temperature, u in [
        (1.0, 1.0, 0.3),
        (1.0, 1.0, 0.4),
        (-1.0, 1.0, 0.9),
        (0.0, 0.0, 0.5),
        (2.0, 0.0, 0.0),
        (-0.5, 0.0, 0.5),
    ]:
        yield {"delta": delta, "temperature": temperature, "u": u}
    # A draw just above a small probability, and one just below a large one.
    for share, climb in ((1.1, 2.0), (0.9, 0.3)):
        temperature = float(rng.uniform(2, 4))
        delta = climb * temperature
        u = float(share * np.exp(-delta / temperature))
        yield {"delta": delta, "temperature": temperature, "u": u}


def velocity_inputs(rng):
    def case(v, x, own, everyone, inertia, pulls, draws):
        places = {"own": own, "everyone": everyone}
        return (
            {"v": v, "x": x}
            | places
            | {"inertia": inertia, "pulls": pulls, "draws": draws}
        )

    one = np.array([1.0])
    yield case(one, 2 * one, one, 0 * one, 0.5, (1.5, 1.5), np.full((2, 1), 0.5))
    for dim in (2, 3, 5):
        v, x, own, everyone = rng.normal(size=(4, dim))
        yield case(v, x, own, everyone, 0.7, (1.5, 1.2), rng.random((2, dim)))
    v, x, own, everyone = rng.integers(-4, 5, (4, 3))
    yield case(v, x, own, everyone, 0.25, (1.5, 0.5), rng.random((2, 3)))
    # A particle that stands at its own best place, and one without inertia.
    v, x, own, everyone = rng.normal(size=(4, 2))
    yield case(v, x, x.copy(), everyone, 0.4, (2.0, 1.0), rng.random((2, 2)))
    yield case(v, x, own, everyone, 0.0, (2.0, 1.0), rng.random((2, 2)))


def gradient_inputs(rng):
    def case(f, x, sigma, probes):
        return {"f": f, "x": x, "sigma": sigma, "probes": probes}

    line = Formula("3 * x[0]", of="x")
    yield case(line, np.array([2.0]), 0.5, np.array([[1.0], [-2.0]]))
    for dim, n in [(2, 3), (3, 5), (4, 2)]:
        slope = Formula("slope @ x", of="x", slope=rng.normal(size=dim))
        yield case(slope, rng.normal(size=dim), 0.3, rng.normal(size=(n, dim)))
    wave = Formula("np.sin(x[0]) + x[1] ** 3 + x[0] * x[1]", of="x")
    yield case(wave, rng.normal(size=2), 0.8, rng.normal(size=(4, 2)))
    bend = Formula("x @ x + x[0] ** 3", of="x")
    yield case(bend, np.array([2, -1, 3]), 0.25, np.array([[1, 2, -1], [0, 1, 1]]))


exercise = Exercise(
    lesson="7_frontiers/21_search_without_gradients.ipynb",
    title="Search without gradients",
    blocked=("search", "descent", "objectives", "optimizers"),
    questions=[
        Question(
            "accept",
            points=2,
            inputs=accept_inputs,
            parts=[
                Points("temperatures above 0", 1.5),
                Points(
                    "the temperature 0",
                    0.5,
                    of=lambda inputs: inputs["temperature"] == 0,
                    sentence="Not right at the temperature 0.",
                ),
            ],
            rare={
                "return temperature > 0 and bool(u < np.exp(-delta / temperature)) → return temperature > 0 or bool(u < np.exp(-delta / temperature))": "Python would refuse to divide by the temperature 0.",
            },
            wrong=[
                Wrong(
                    "uphill and downhill exchanged",
                    source="""
def accept(delta, temperature, u):
    if delta >= 0:
        return True
    return temperature > 0 and bool(u < np.exp(delta / temperature))
""",
                    hint="Climbs are taken here, and steps down refused. Those that do not climb are "
                    "the ones that are taken for certain.",
                ),
                Wrong(
                    "sign of the exponent",
                    replace={"np.exp(-delta": "np.exp(delta"},
                    hint="At a temperature above 0 every climb is taken, however high: is the "
                    "probability below 1, with a minus in the exponent?",
                ),
                Wrong(
                    "climbs at the temperature zero",
                    source="""
def accept(delta, temperature, u):
    if delta <= 0 or temperature == 0:
        return True
    return bool(u < np.exp(-delta / temperature))
""",
                    hint="At the temperature 0 no climb is taken; yours takes them all.",
                ),
                Wrong(
                    "nothing at the temperature zero",
                    source="""
def accept(delta, temperature, u):
    if temperature == 0:
        return False
    return bool(delta <= 0 or u < np.exp(-delta / temperature))
""",
                    hint="A step that does not climb is taken at the temperature 0 as well.",
                ),
                Wrong(
                    "never a climb",
                    source="""
def accept(delta, temperature, u):
    return delta <= 0
""",
                    hint="No climb is ever taken: that is a search that goes down alone.",
                ),
                Wrong(
                    "equals refused",
                    source="""
def accept(delta, temperature, u):
    if delta < 0:
        return True
    return temperature > 0 and delta > 0 and bool(u < np.exp(-delta / temperature))
""",
                    hint="A step that leaves the cost as it is does not raise it, and is taken.",
                ),
                Wrong(
                    "always",
                    source="""
def accept(delta, temperature, u):
    return True
""",
                    hint="Every step is taken: that is a random walk.",
                ),
                Wrong(
                    "wrong side of the draw",
                    replace={"u < np": "u > np"},
                    hint="A climb is taken if the number drawn is below the probability, not above.",
                ),
                Wrong(
                    "multiplied",
                    replace={"-delta / temperature": "-delta * temperature"},
                    hint="Too few climbs are taken where it is warm: the climb is divided by the "
                    "temperature.",
                ),
                Wrong(
                    "a coin for all climbs",
                    replace={"np.exp(-delta / temperature)": "0.5"},
                    hint="The probability of a climb falls with its height.",
                ),
                Wrong(
                    "every climb",
                    replace={"delta <= 0": "delta >= 0"},
                    hint="Every climb is taken, however high. Climbs are the steps for which the draw "
                    "decides.",
                ),
                Wrong(
                    "quotient turned",
                    replace={"-delta / temperature": "-temperature / delta"},
                    hint="A high climb is taken here, and a low one refused. What is divided by what "
                    "in the exponent?",
                ),
                Wrong(
                    "steps down refused",
                    replace={"        return True": "        return False"},
                    hint="Steps that do not climb are refused. They are taken for certain.",
                ),
            ],
            equivalent={
                "return temperature > 0 and bool(u < np.exp(-delta / temperature)) → return temperature > 0 and bool(u <= np.exp(-delta / temperature))": "A draw hits the probability itself with no probability.",
            },
        ),
        Question(
            "pso_velocity",
            points=2,
            inputs=velocity_inputs,
            wrong=[
                Wrong(
                    "pushed away",
                    replace={
                        "(own - x)": "(x - own)",
                        "(everyone - x)": "(x - everyone)",
                    },
                    hint="The signs: these pulls lead away from the best places.",
                ),
                Wrong(
                    "no inertia",
                    replace={"inertia * v + ": ""},
                    hint="The old velocity has no part in the new one: the inertia is missing.",
                ),
                Wrong(
                    "all of the velocity",
                    replace={"inertia * v": "v"},
                    hint="The old velocity is to be multiplied by the inertia.",
                ),
                Wrong(
                    "one draw for both",
                    replace={"draws[1]": "draws[0]"},
                    hint="Both pulls use the same random numbers; the second has its own row.",
                ),
                Wrong(
                    "draws forgotten",
                    replace={
                        "pulls[0] * draws[0]": "pulls[0]",
                        "pulls[1] * draws[1]": "pulls[1]",
                    },
                    hint="The random numbers are missing: all particles would do the same.",
                ),
                Wrong(
                    "pulls exchanged",
                    replace={"pulls[0]": "pulls[1]", "pulls[1]": "pulls[0]"},
                    hint="The two pulls are exchanged: the first belongs to the own best place.",
                ),
                Wrong(
                    "the new place",
                    replace={"return inertia": "return x + inertia"},
                    hint="This is the new place. The velocity alone is asked for.",
                ),
                Wrong(
                    "own memory alone",
                    replace={" + to_everyone": ""},
                    hint="The pull of the swarm's best place is missing.",
                ),
                Wrong(
                    "common memory alone",
                    replace={" + to_own": ""},
                    hint="The pull of the particle's own best place is missing.",
                ),
                Wrong(
                    "second draw twice",
                    replace={"pulls[0] * draws[0]": "pulls[0] * draws[1]"},
                    hint="The pull to the own best uses the second draws, as the other does. Each pull has draws of its own.",
                ),
                Wrong(
                    "second pull twice",
                    replace={"pulls[0] * draws[0]": "pulls[1] * draws[0]"},
                    hint="The pull to the own best has the strength of the other. Each has its own.",
                ),
                Wrong(
                    "own place added",
                    replace={"own - x": "own + x"},
                    hint="The place is added to the own best. The way there is their difference.",
                ),
                Wrong(
                    "place added to everyone's",
                    replace={"everyone - x": "everyone + x"},
                    hint="The place is added to everyone's best. The way there is their difference.",
                ),
                Wrong(
                    "away from everyone's best",
                    replace={"+ to_everyone": "- to_everyone"},
                    hint="The pull to everyone's best has the wrong sign: it drives away from there.",
                ),
                Wrong(
                    "one number for all coordinates",
                    replace={
                        "draws[0]": "draws[0][0]",
                        "draws[1]": "draws[1][0]",
                    },
                    hint="Each pull uses one random number for all coordinates. A row of draws has one "
                    "for each.",
                ),
                Wrong(
                    "first pull twice",
                    replace={"pulls[1]": "pulls[0]"},
                    hint="The pull to everyone's best has the strength of the other. Each has its own.",
                ),
                Wrong(
                    "away from the own best",
                    replace={"(own - x)": "(x - own)"},
                    hint="The pull to the own best has the wrong sign: it drives away from there.",
                ),
            ],
        ),
        Question(
            "es_gradient",
            points=3,
            inputs=gradient_inputs,
            wrong=[
                Wrong(
                    "not divided by sigma",
                    replace={"(2 * sigma * len(probes))": "(2 * len(probes))"},
                    hint="It shrinks with the width of the probes: the differences are to be "
                    "divided by the distance, 2 sigma.",
                ),
                Wrong(
                    "divided by sigma alone",
                    replace={"(2 * sigma": "(sigma"},
                    hint="It is twice as large as expected: the two places are 2 sigma apart.",
                ),
                Wrong(
                    "one side",
                    source="""
def es_gradient(f, x, sigma, probes):
    rises = np.array([f(x + sigma * one) - f(x) for one in probes])
    return rises @ probes / (sigma * len(probes))
""",
                    hint="One of each pair is taken at x itself. Probes on both sides cancel what "
                    "bends.",
                ),
                Wrong(
                    "no difference at all",
                    source="""
def es_gradient(f, x, sigma, probes):
    values = np.array([f(x + sigma * one) for one in probes])
    return values @ probes / (sigma * len(probes))
""",
                    hint="Each probe needs its opposite: without it the height of the function "
                    "itself gets into the estimate.",
                ),
                Wrong(
                    "a sum",
                    replace={" * len(probes)": ""},
                    hint="It grows with the number of probes: a mean is asked for, not a sum.",
                ),
                Wrong(
                    "other sign",
                    source="""
def es_gradient(f, x, sigma, probes):
    rises = np.array([f(x - sigma * one) - f(x + sigma * one) for one in probes])
    return rises @ probes / (2 * sigma * len(probes))
""",
                    hint="The sign is turned: this is the direction to go, and not the gradient.",
                ),
                Wrong(
                    "sigma forgotten in the probes",
                    replace={
                        "x + sigma * one": "x + one",
                        "x - sigma * one": "x - one",
                    },
                    hint="The probes are not scaled: each stands sigma times its row away.",
                ),
                Wrong(
                    "not weighted",
                    source="""
def es_gradient(f, x, sigma, probes):
    rises = np.array([f(x + sigma * one) - f(x - sigma * one) for one in probes])
    return np.full(len(x), rises.mean() / (2 * sigma))
""",
                    hint="All coordinates are equal: each difference belongs to its direction, and "
                    "has to be multiplied by it.",
                ),
                Wrong(
                    "divided by the dimension",
                    replace={"len(probes))": "len(x))"},
                    hint="The mean is over the probes, not over the coordinates.",
                ),
                Wrong(
                    "values added",
                    replace={"f(x + sigma * one) - f": "f(x + sigma * one) + f"},
                    hint="The values of the two sides are added up. A slope is made of their difference.",
                ),
                Wrong(
                    "entry by entry",
                    replace={"rises @ probes": "rises * probes"},
                    hint="`*` multiplies entry by entry, and nothing is added up over the probes. A "
                    "product of matrices, `@`, does both.",
                ),
                Wrong(
                    "standardised",
                    source="""
def es_gradient(f, x, sigma, probes):
    values = np.array([f(x + sigma * one) for one in probes])
    values = (values - values.mean()) / values.std()
    return values @ probes / (sigma * len(probes))
""",
                    hint="The values are brought to mean 0 and spread 1, as some programs do. That "
                    "gives a direction, and its length is no longer that of a gradient; the "
                    "formula takes differences.",
                ),
            ],
            equivalent={
                "rises = np.array([f(x + sigma * one) - f(x - sigma * one) for one in probes]) → rises = [f(x + sigma * one) - f(x - sigma * one) for one in probes]": "A list of numbers times an array is an array.",
            },
        ),
    ],
)
