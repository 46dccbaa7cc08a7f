"""Exercises to lesson 3: how the answers are called, what they are compared with."""

import numpy as np

from course_utils.exercises import Exercise, Formula, Picture, Question, Wrong


def line_inputs(rng):
    yield {
        "intercept": 0.0,
        "slope": 0.0,
        "x": np.array([0.0, 1.0, 2.0]),
        "y": np.array([1.0, 3.0, 5.0]),
        "learning_rate": 0.1,
    }
    for rows in (4, 7):
        x = rng.uniform(1, 3, size=rows)
        yield {
            "intercept": float(rng.normal(1)),
            "slope": float(rng.normal()),
            "x": x,
            "y": 5 + x + rng.normal(size=rows),
            "learning_rate": float(rng.uniform(0.02, 0.2)),
        }
    # A line that passes through all points stays as it is.
    x, (intercept, slope) = rng.integers(-5, 6, size=5), rng.integers(1, 4, size=2)
    yield {
        "intercept": int(intercept),
        "slope": int(slope),
        "x": x,
        "y": intercept + slope * x,
        "learning_rate": 0.1,
    }
    x, y = rng.uniform(1, 3, size=(2, 1))
    yield {"intercept": 0.5, "slope": 2.0, "x": x, "y": y, "learning_rate": 0.05}


def point_inputs(rng):
    yield {"point": np.ones(3)}
    yield {"point": np.array([1.0, 2.0, 3.0])}
    for _ in range(3):
        yield {"point": rng.uniform(0.5, 3, size=3) * [1, -1, 2]}
    yield {"point": rng.integers(2, 6, size=3)}


def valley(rng, dim):
    """A coupled bowl with curvatures of about 1 to 4, and its minimum."""
    root = rng.uniform(0.2, 0.5, size=(dim, dim))
    matrix = root @ root.T + np.diag(rng.uniform(1, 2, size=dim))
    return matrix, rng.uniform(1, 2, size=dim)


def path_inputs(rng):
    slope = Formula("2 * (x - 3)", of="x")
    first = {"gradient": slope, "start": np.array([0.0])}
    yield {**first, "learning_rate": 0.1, "steps": 3}
    for dim, steps in ((2, 5), (3, 1)):
        matrix, minimum = valley(rng, dim)
        gradient = Formula("matrix @ (x - best)", of="x", matrix=matrix, best=minimum)
        start = rng.uniform(3, 6, size=dim)
        yield {
            "gradient": gradient,
            "start": start,
            "learning_rate": 0.2,
            "steps": steps,
        }
    whole = rng.integers(5, 9, size=2)
    yield {"gradient": slope, "start": whole, "learning_rate": 0.1, "steps": 4}
    listed = [int(number) for number in rng.integers(5, 9, size=2)]
    yield {"gradient": slope, "start": listed, "learning_rate": 0.3, "steps": 2}
    yield {"gradient": slope, "start": listed, "learning_rate": 0.3, "steps": 0}


def until_inputs(rng):
    first = {"gradient": Formula("2 * (x - 3)", of="x"), "start": np.array([0.0])}
    yield {**first, "learning_rate": 0.25, "tolerance": 1.0, "max_steps": 100}
    yield {**first, "learning_rate": 0.25, "tolerance": 1.0, "max_steps": 2}
    # The first budget is more than enough, the second ends exactly on arrival.
    a = rng.uniform(1, 4, size=2)
    best = rng.uniform(-1, 1, size=2)
    gradient = Formula("a * (x - best)", of="x", a=a, best=best)
    start = best + rng.uniform(3, 5, size=2) * [-1, 1]
    bowl = {"gradient": gradient, "start": start, "learning_rate": 0.05}
    whole = rng.integers(3, 6, size=2) * np.array([-1, 1])
    yield {**bowl, "start": whole, "tolerance": 0.01, "max_steps": 400}
    slope = a * (start - best)
    steps = 0
    while np.linalg.norm(slope) > 0.5:
        slope, steps = slope * (1 - 0.05 * a), steps + 1
    yield {**bowl, "tolerance": 0.5, "max_steps": steps}
    yield {**bowl, "tolerance": 0.5, "max_steps": steps - 1}
    yield {**bowl, "start": best, "tolerance": 0.0, "max_steps": 50}
    yield {**bowl, "start": start, "tolerance": 1e-6, "max_steps": 0}
    # Two entries of 0.9 tolerances each are together longer than the tolerance.
    flat = Formula("x", of="x")
    yield {
        "gradient": flat,
        "start": np.array([0.9, 0.9]),
        "learning_rate": 0.01,
        "tolerance": 1.0,
        "max_steps": 200,
    }


UNTIL = """
def descend_until(gradient, start, learning_rate, tolerance, max_steps):
    point, steps = np.array(start, dtype=float), 0
"""

RAVINE = {
    "gradient": Formula("x * np.array([1, 10])", of="x"),
    "start": np.array([4.0, 1.5]),
}

exercise = Exercise(
    lesson="1_cost_functions/03_the_descent_loop.ipynb",
    title="Five lines that learn",
    blocked=("costs", "curvature", "descent", "networks", "objectives", "optimizers"),
    also_whole=True,
    questions=[
        Question(
            "line_step",
            points=1,
            picture=Picture(
                "Slope over intercept of a line in 20 steps from (0, 0), at the rate 0.1",
                "[line, *[(line := line_step(*line, x, y, learning_rate)) for _ in range(20)]]",
                {
                    "line": (0.0, 0.0),
                    "x": np.array([-1.0, 0.0, 1.0, 2.0, 3.0]),
                    "y": np.array([-1.0, 1.5, 2.5, 5.0, 7.0]),
                    "learning_rate": 0.1,
                },
            ),
            inputs=line_inputs,
            wrong=[
                Wrong(
                    "slope first",
                    replace={
                        "return new_intercept, new_slope": "return new_slope, new_intercept"
                    },
                    hint="Both numbers are right, in the wrong order: the intercept comes first.",
                ),
                Wrong(
                    "one after the other",
                    replace={
                        "np.mean(residuals * x)": "np.mean((new_intercept + slope * x - y) * x)"
                    },
                    hint="The slope has already seen the new intercept. Both updates use the "
                    "residuals of the old line.",
                ),
                Wrong(
                    "1/n forgotten",
                    replace={"np.mean(": "np.sum("},
                    hint="The steps are n times too long: the sums are not divided by the number "
                    "of points.",
                ),
                Wrong(
                    "2 forgotten",
                    replace={"learning_rate * 2 *": "learning_rate *"},
                    hint="The steps are half as long as they should be. What does the square "
                    "bring down when you differentiate it?",
                ),
                Wrong(
                    "uphill",
                    replace={
                        "intercept - learning_rate": "intercept + learning_rate",
                        "slope - learning_rate": "slope + learning_rate",
                    },
                    hint="This step goes up. Either the gradient is added, or the residuals are "
                    "turned around: they are prediction minus target.",
                ),
                Wrong(
                    "a step for each point",
                    source="def line_step(intercept, slope, x, y, learning_rate):\n"
                    "    for one, target in zip(x, y):\n"
                    "        residual = intercept + slope * one - target\n"
                    "        intercept = intercept - learning_rate * 2 * residual / len(x)\n"
                    "        slope = slope - learning_rate * 2 * residual * one / len(x)\n"
                    "    return intercept, slope",
                    hint="The line moves after each point here, so that later points see another "
                    "line. Add up over all points first, then take one step.",
                ),
                Wrong(
                    "a full step for each point",
                    source="def line_step(intercept, slope, x, y, learning_rate):\n"
                    "    for one, target in zip(x, y):\n"
                    "        residual = intercept + slope * one - target\n"
                    "        intercept = intercept - learning_rate * 2 * residual\n"
                    "        slope = slope - learning_rate * 2 * residual * one\n"
                    "    return intercept, slope",
                    hint="The line moves after each point here, as in stochastic descent. Asked for "
                    "is one step by the mean over all points.",
                ),
                Wrong(
                    "neither 2 nor 1/n",
                    replace={
                        "2 * np.mean(residuals)": "np.sum(residuals)",
                        "2 * np.mean(residuals * x)": "np.sum(residuals * x)",
                    },
                    hint="Two factors are missing: the 2 that the square brings down, and the 1/n "
                    "of the mean.",
                ),
                Wrong(
                    "half of the mean",
                    replace={"learning_rate * 2 *": "learning_rate * 0.5 *"},
                    hint="The derivative of r² is 2r: the steps come out four times too short with "
                    "a half in its place.",
                ),
                Wrong(
                    "x forgotten",
                    replace={"np.mean(residuals * x)": "np.mean(residuals)"},
                    hint="The slope moves exactly as the intercept does. What is the derivative "
                    "of a residual by the slope?",
                ),
                Wrong(
                    "only the change",
                    replace={
                        "intercept - learning_rate": "-learning_rate",
                        "slope - learning_rate": "-learning_rate",
                    },
                    hint="This is how far the step goes. Asked for is where it ends.",
                ),
            ],
        ),
        Question(
            "system_gradient",
            points=2,
            inputs=point_inputs,
            equivalent={
                "return np.array([along_x, along_y, along_z]) → return [along_x, along_y, along_z]": "A list of numbers is taken for an array.",
            },
            wrong=[
                Wrong(
                    "sign of z in the third equation",
                    replace={"- 2 * c": "+ 2 * c"},
                    hint="The last entry is wrong by 4c. How does c = xy − z + 1 change when z "
                    "grows?",
                ),
                Wrong(
                    "third equation forgotten along z",
                    replace={" - 2 * c": ""},
                    hint="The last entry is wrong by 2c: the third equation contains z as well.",
                ),
                Wrong(
                    "y for x",
                    replace={"+ 2 * c * x": "+ 2 * c * y"},
                    hint="The second entry is wrong in the term with c. What is left of xy when "
                    "you differentiate it by y?",
                ),
                Wrong(
                    "third equation forgotten along y",
                    replace={" + 2 * c * x": ""},
                    hint="The second entry lacks a term: the third equation contains y, in xy.",
                ),
                Wrong(
                    "outer 2 forgotten",
                    replace={
                        "along_y = 2 * a + 2 * b * 2 * y + 2 * c * x": "along_y = a + b * 2 * y + c * x",
                        "along_z = 2 * a + 2 * b * 2 * z - 2 * c": "along_z = a + b * 2 * z - c",
                    },
                    hint="The second and the third entry are half of what they should be. Each "
                    "square brings down a 2, as in the first entry.",
                ),
                Wrong(
                    "inner 2 forgotten",
                    replace={
                        "2 * b * 2 * y": "2 * b * y",
                        "2 * b * 2 * z": "2 * b * z",
                    },
                    hint="The terms with b are too small by half. What is the derivative of y², "
                    "inside b?",
                ),
                Wrong(
                    "inner derivatives forgotten",
                    replace={
                        "2 * b * 2 * y + 2 * c * x": "2 * b + 2 * c",
                        "2 * b * 2 * z - 2 * c": "2 * b + 2 * c",
                    },
                    hint="The squares are differentiated, the equations inside them are not. Each "
                    "term needs the derivative of its a, b or c.",
                ),
            ],
        ),
        Question(
            "descent_path",
            points=2,
            picture=Picture(
                "20 steps from (4, 1.5) in the ravine with the curvatures 1 and 10, at the rate 0.15",
                "descent_path(gradient, start, 0.15, 20)",
                RAVINE,
            ),
            inputs=path_inputs,
            equivalent={
                "path = [np.array(start, dtype=float)] → path = [np.array(start)]": "Nothing is written into the start.",
            },
            wrong=[
                Wrong(
                    "unchanged",
                    source="def descent_path(gradient, start, learning_rate, steps):\n"
                    "    point = start\n"
                    "    path = [point]\n"
                    "    for _ in range(steps):\n"
                    "        point -= learning_rate * gradient(point)\n"
                    "        path.append(point)\n"
                    "    return np.array(path)",
                    hint="point = start makes no copy, and -= changes the array that it is given: "
                    "here start, point and all rows of the path are one array.",
                ),
                Wrong(
                    "the same array in every row",
                    source="def descent_path(gradient, start, learning_rate, steps):\n"
                    "    point = np.array(start, dtype=float)\n"
                    "    path = [point]\n"
                    "    for _ in range(steps):\n"
                    "        point -= learning_rate * gradient(point)\n"
                    "        path.append(point)\n"
                    "    return np.array(path)",
                    hint="Every row is the last point: the list holds one array many times, and "
                    "-= changes that array. Make a new array in each step.",
                ),
                Wrong(
                    "start left out",
                    replace={"return np.array(path)": "return np.array(path[1:])"},
                    hint="The start is missing. A path of so many steps has one point more.",
                ),
                Wrong(
                    "last step left out",
                    replace={
                        "return np.array(path)": "return np.array(path[: max(1, steps)])"
                    },
                    hint="The last step is missing. From the start, so many steps lead to one "
                    "point more.",
                ),
                Wrong(
                    "one step too many",
                    replace={"range(steps)": "range(steps + 1)"},
                    hint="This takes one step more than asked for. With 0 steps, the start is "
                    "the only row.",
                ),
                Wrong(
                    "only the last point",
                    replace={"return np.array(path)": "return path[-1]"},
                    hint="This is the last point of the path. Asked for are all of them.",
                ),
                Wrong(
                    "uphill",
                    replace={"path[-1] - learning_rate": "path[-1] + learning_rate"},
                    hint="This walks uphill: the gradient has to be subtracted.",
                ),
                Wrong(
                    "one coordinate after the other",
                    source="def descent_path(gradient, start, learning_rate, steps):\n"
                    "    point = np.array(start, dtype=float)\n"
                    "    path = [point.copy()]\n"
                    "    for _ in range(steps):\n"
                    "        for i in range(len(point)):\n"
                    "            point[i] -= learning_rate * gradient(point)[i]\n"
                    "        path.append(point.copy())\n"
                    "    return np.array(path)",
                    hint="The second coordinate is updated with a gradient that has seen the new "
                    "first one. Compute the whole gradient first, then move.",
                ),
                Wrong(
                    "gradient of the start",
                    replace={"gradient(path[-1])": "gradient(path[0])"},
                    hint="Every step uses the gradient of the start. It has to be computed anew "
                    "at each point.",
                ),
                Wrong(
                    "path of whole numbers",
                    source="def descent_path(gradient, start, learning_rate, steps):\n"
                    "    start = np.asarray(start)\n"
                    "    path = np.zeros((steps + 1, len(start)), dtype=start.dtype)\n"
                    "    path[0] = start\n"
                    "    for t in range(steps):\n"
                    "        path[t + 1] = path[t] - learning_rate * gradient(path[t])\n"
                    "    return path",
                    hint="Right for a start of fractions. From a start of whole numbers, the path "
                    "is an array of whole numbers too, and cuts each point off.",
                ),
                Wrong(
                    "start of whole numbers in place",
                    source="def descent_path(gradient, start, learning_rate, steps):\n"
                    "    point = np.array(start)\n"
                    "    path = [point.copy()]\n"
                    "    for _ in range(steps):\n"
                    "        point -= learning_rate * gradient(point)\n"
                    "        path.append(point.copy())\n"
                    "    return np.array(path)",
                    hint="Right for a start of fractions. An array of whole numbers cannot take "
                    "the result of -= ; make the start an array of floats first.",
                ),
                Wrong(
                    "gradient of a list",
                    source="def descent_path(gradient, start, learning_rate, steps):\n"
                    "    path = [start]\n"
                    "    for _ in range(steps):\n"
                    "        path.append(path[-1] - learning_rate * gradient(path[-1]))\n"
                    "    return np.array(path)",
                    hint="The start may be a list, and a list knows no subtraction. Make an array "
                    "of it first.",
                ),
            ],
        ),
        Question(
            "descend_until",
            points=3,
            inputs=until_inputs,
            equivalent={
                "point = np.array(start, dtype=float) → point = start": "Nothing is written into the start.",
                "point = np.array(start, dtype=float) → point = np.array(start)": "Nothing is written into the start.",
                "for steps in range(max_steps + 1): → for steps in range(max_steps + 2):": "The last point is looked at twice.",
            },
            wrong=[
                Wrong(
                    "length of the step",
                    replace={
                        "np.linalg.norm(slope) <=": "np.linalg.norm(learning_rate * slope) <="
                    },
                    hint="This stops when the step is short, which a small learning rate does on "
                    "its own. Ask for the length of the gradient.",
                ),
                Wrong(
                    "signed gradient",
                    replace={
                        "np.linalg.norm(slope) <= tolerance": "np.all(slope <= tolerance)"
                    },
                    hint="A negative entry is always below the tolerance, however long the "
                    "gradient. Compare its length.",
                ),
                Wrong(
                    "largest entry",
                    replace={"np.linalg.norm(slope)": "np.max(np.abs(slope))"},
                    hint="Each entry on its own is small enough here, but the length, the root of "
                    "the sum of squares, is not.",
                ),
                Wrong(
                    "tested only after a step",
                    source=UNTIL
                    + "    while steps < max_steps:\n"
                    + "        point = point - learning_rate * gradient(point)\n"
                    + "        steps = steps + 1\n"
                    + "        if np.linalg.norm(gradient(point)) <= tolerance:\n"
                    + '            return point, steps, "gradient"\n'
                    + '    return point, steps, "budget"',
                    hint="The gradient is looked at after a step only. A start that is good "
                    "enough should take none.",
                ),
                Wrong(
                    "budget wins on arrival",
                    source=UNTIL
                    + "    while steps < max_steps:\n"
                    + "        slope = gradient(point)\n"
                    + "        if np.linalg.norm(slope) <= tolerance:\n"
                    + '            return point, steps, "gradient"\n'
                    + "        point = point - learning_rate * slope\n"
                    + "        steps = steps + 1\n"
                    + '    return point, steps, "budget"',
                    hint="Where the last step of the budget arrives, the reason is the gradient. "
                    "The last point has to be looked at as well.",
                ),
                Wrong(
                    "one step after arrival",
                    source=UNTIL
                    + "    while steps < max_steps:\n"
                    + "        slope = gradient(point)\n"
                    + "        point = point - learning_rate * slope\n"
                    + "        steps = steps + 1\n"
                    + "        if np.linalg.norm(slope) <= tolerance:\n"
                    + '            return point, steps, "gradient"\n'
                    + '    return point, steps, "budget"',
                    hint="The gradient that is looked at belongs to the point before the step, so "
                    "one step too many is taken.",
                ),
                Wrong(
                    "one step over the budget",
                    replace={
                        "if steps < max_steps:": "if steps <= max_steps:",
                    },
                    hint="Where the budget ends the descent, the last point is one step too far.",
                ),
                Wrong(
                    "always the gradient",
                    replace={'max_steps, "budget"': 'max_steps, "gradient"'},
                    hint='The reason is "gradient" even where the budget ran out first.',
                ),
                Wrong(
                    "uphill",
                    replace={"point - learning_rate": "point + learning_rate"},
                    hint="This walks uphill: the gradient has to be subtracted.",
                ),
                Wrong(
                    "length left out",
                    replace={
                        "np.linalg.norm(slope) <= tolerance": "slope <= tolerance"
                    },
                    hint="The gradient itself is compared with the tolerance. It is an array, and a "
                    "negative slope, however steep, is below any tolerance.",
                ),
                Wrong(
                    "never moves",
                    replace={"if steps < max_steps:": "if steps > max_steps:"},
                    hint="The point never moves: it is still the start when the budget is used up.",
                ),
                Wrong(
                    "never stops early",
                    replace={"<= tolerance": "< -1"},
                    hint="All steps of the budget are made, however short the gradient is by then.",
                ),
            ],
        ),
    ],
)
