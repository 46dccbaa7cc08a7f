"""Exercises to lesson 16: how the answers are called, what they are compared with."""

import numpy as np

from course_utils.exercises import (
    Between,
    Close,
    Each,
    Exercise,
    Points,
    Question,
    Wrong,
    whole_numbers,
)


def network_inputs(rng):
    def case(W1, b1, W2, b2, X, labels):
        return {"W1": W1, "b1": b1, "W2": W2, "b2": b2, "X": X, "labels": labels}

    def drawn(n, pixels, units, classes, scale=1.0):
        return case(
            rng.normal(size=(pixels, units)),
            rng.normal(size=units),
            scale * rng.normal(size=(units, classes)),
            rng.normal(size=classes),
            rng.uniform(size=(n, pixels)),
            rng.integers(0, classes, n),
        )

    hand = np.array([[1.0, 0.0], [3.0, 1.0]])
    yield case(
        np.array([[2.0, -1.0]]),
        np.zeros(2),
        hand,
        np.array([0.0, 2.0]),
        np.array([[1.0]]),
        np.array([0]),
    )
    yield drawn(8, 5, 4, 3)
    yield drawn(6, 3, 5, 4)
    yield drawn(1, 4, 6, 3)
    # Scores of thousands, as after a few steps that were too long.
    yield drawn(5, 4, 6, 3, scale=3000.0)


def window_inputs(rng):
    def case(image, kernel):
        return {"image": image, "kernel": kernel}

    yield case(
        np.array([[1.0, 2.0, 0.0], [0.0, 1.0, 3.0], [2.0, 0.0, 1.0]]),
        np.array([[1.0, -1.0]]),
    )
    yield case(rng.normal(size=(5, 7)), rng.normal(size=(3, 3)))
    yield case(rng.normal(size=(6, 4)), rng.normal(size=(2, 3)))
    yield case(rng.normal(size=(3, 4)), rng.normal(size=(3, 4)))
    # Grey values as a camera gives them.
    yield case(rng.integers(0, 17, (8, 8)), rng.uniform(-1, 1, (3, 3)))


def answers_inputs(rng):
    def case(truth, answers, classes):
        return {"truth": truth, "answers": answers, "classes": classes}

    yield case(np.array([0, 0, 0, 1]), np.array([0, 0, 1, 0]), 3)
    for n, classes in ((40, 3), (200, 10)):
        truth = rng.integers(0, classes, n)
        wrong = rng.random(n) < 0.4
        yield case(truth, np.where(wrong, (truth + 1) % classes, truth), classes)
    yield case(np.array([2, 2, 2]), rng.permutation([0, 0, 2]), 5)


exercise = Exercise(
    lesson="6_applications/16_digit_images.ipynb",
    title="A network for digit images",
    blocked=("networks", "costs", "objectives"),
    also_whole=True,
    questions=[
        Question(
            "network_gradient",
            points=4,
            inputs=network_inputs,
            equivalent={
                "p = e / e.sum(axis=1, keepdims=True) → after cost = (np.log(e.sum(axis=1)) - "
                "z2[rows, labels]).mean()": "Neither of the two lines needs the other.",
            },
            rare={
                "z2 = a1 @ W2 + b2 → z2 = a1 @ W2 - b2": "The equation is given, and has no minus.",
                "cost = (np.log(e.sum(axis=1)) - z2[rows, labels]).mean() → cost = (np.log(e.sum(axis=0)) - z2[rows, labels]).mean()": "Only for a single image have the two parts of the difference shapes that fit.",
                "z2 = z2 - z2.max(axis=1, keepdims=True) → after e = np.exp(z2)": "The scores are lowered for the sake of the exponential alone.",
            },
            wrong=[
                Wrong(
                    "sum instead of mean",
                    replace={"g2 / len(X)": "g2"},
                    hint="The cost is the mean over the images, and your gradient that of their "
                    "sum: with a batch of one it would be right.",
                ),
                Wrong(
                    "divided twice",
                    replace={
                        "g1 = (g2 @ W2.T) * (z1 > 0)": "g1 = (g2 @ W2.T) * (z1 > 0) / len(X)"
                    },
                    hint="On the way to the hidden layer you divide by the number of images once "
                    "more.",
                ),
                Wrong(
                    "biases not summed",
                    replace={"g1.sum(axis=0)": "g1", "g2.sum(axis=0)": "g2"},
                    hint="A bias acts on every image, so its derivative adds up those of all rows.",
                ),
                Wrong(
                    "mean of the rows for the biases",
                    replace={
                        "g1.sum(axis=0)": "g1.mean(axis=0)",
                        "g2.sum(axis=0)": "g2.mean(axis=0)",
                    },
                    hint="For the biases you take the mean over the rows; the division by the "
                    "number of images has been made already.",
                ),
                Wrong(
                    "no mask",
                    replace={" * (z1 > 0)": ""},
                    hint="A hidden unit that gives out 0 passes nothing back: the derivative of "
                    "ReLU is missing.",
                ),
                Wrong(
                    "mask of the outputs",
                    replace={
                        "g1 = (g2 @ W2.T) * (z1 > 0)": "g1 = (g2 * (z2 > 0)) @ W2.T"
                    },
                    hint="The mask belongs to the scores of the hidden layer, which has the ReLU. "
                    "Here it stands at the outputs.",
                ),
                Wrong(
                    "a1 instead of its slope",
                    replace={"(z1 > 0)": "a1"},
                    hint="You multiply by what the units give out. What is needed is the slope of "
                    "ReLU there.",
                ),
                Wrong(
                    "unstable softmax",
                    replace={"z2 = z2 - z2.max(axis=1, keepdims=True)\n    ": ""},
                    hint="Right for ordinary scores. With scores of thousands the exponentials of a "
                    "row are infinite, or all 0: lower the scores of each row by the largest of "
                    "them, which leaves the probabilities as they are.",
                ),
                Wrong(
                    "logarithm of a probability that is rounded to zero",
                    replace={
                        "(np.log(e.sum(axis=1)) - z2[rows, labels]).mean()": "-np.log(p[rows, labels]).mean()"
                    },
                    hint="The gradients are right. Where the probability of the right digit is "
                    "rounded to 0, its logarithm is infinite: write the logarithm of the quotient "
                    "as a difference.",
                ),
                Wrong(
                    "sign",
                    replace={"p[rows, labels] - 1": "1 - p[rows, labels]"},
                    hint="At the right digit the derivative by the score is negative: a higher "
                    "score there lowers the cost.",
                ),
                Wrong(
                    "input of the hidden layer instead of its output",
                    source="""
def network_gradient(W1, b1, W2, b2, X, labels):
    rows = np.arange(len(X))
    z1 = X @ W1 + b1
    a1 = np.maximum(z1, 0)
    z2 = a1 @ W2 + b2
    z2 = z2 - z2.max(axis=1, keepdims=True)
    e = np.exp(z2)
    p = e / e.sum(axis=1, keepdims=True)
    cost = (np.log(e.sum(axis=1)) - z2[rows, labels]).mean()
    g2 = p.copy()
    g2[rows, labels] -= 1
    g2 = g2 / len(X)
    g1 = (g2 @ W2.T) * (z1 > 0)
    return cost, X.T @ g1, g1.sum(axis=0), z1.T @ g2, g2.sum(axis=0)
""",
                    hint="The weights into the outputs multiply what the hidden units give out, "
                    "not their scores.",
                ),
                Wrong(
                    "transposed",
                    replace={"X.T @ g1,": "g1.T @ X,", "a1.T @ g2,": "g2.T @ a1,"},
                    hint="The gradients of the matrices are transposed: each should have the "
                    "shape of its matrix.",
                ),
                Wrong(
                    "cost of the sum",
                    replace={"z2[rows, labels]).mean()": "z2[rows, labels]).sum()"},
                    hint="The gradients are right, and they are those of the mean. The cost is "
                    "the sum over the images.",
                ),
                Wrong(
                    "largest score of all rows",
                    replace={"z2.max(axis=1, keepdims=True)": "z2.max()"},
                    hint="The largest score of all images is subtracted from every row. A row that "
                    "lies thousands below it is left with zeros alone: each row needs its own "
                    "largest.",
                ),
                Wrong(
                    "softmax over the images",
                    replace={
                        "e / e.sum(axis=1, keepdims=True)": "e / e.sum(axis=0)",
                        "(np.log(e.sum(axis=1)) - z2[rows, labels]).mean()": "-np.log(p[rows, labels]).mean()",
                    },
                    hint="The probabilities of a class add up to 1 over the images. Those of an image "
                    "should, over the classes.",
                ),
                Wrong(
                    "softmax over everything",
                    replace={
                        "e / e.sum(axis=1, keepdims=True)": "e / e.sum()",
                        "(np.log(e.sum(axis=1)) - z2[rows, labels]).mean()": "-np.log(p[rows, labels]).mean()",
                    },
                    hint="All probabilities of all images together add up to 1: right for a single "
                    "image. Each row has a sum of its own.",
                ),
                Wrong(
                    "one at the right digit forgotten",
                    replace={"p[rows, labels] - 1": "p[rows, labels]"},
                    hint="The cost is right. Its derivative by the score of the right digit is the "
                    "probability less 1; your way back begins with the probabilities alone.",
                ),
                Wrong(
                    "W2 not transposed on the way back",
                    replace={"g2 @ W2.T": "g2 @ W2"},
                    hint="On the way back W2 leads from the classes to the units, and is not "
                    "transposed here. For a square W2 the shape is right all the same.",
                ),
                Wrong(
                    "derivatives of the biases in one number",
                    replace={
                        "g1.sum(axis=0)": "g1.sum()",
                        "g2.sum(axis=0)": "g2.sum()",
                    },
                    hint="All derivatives by the biases of a layer end in one number. Each bias has "
                    "its own, a sum over the images.",
                ),
                Wrong(
                    "small number in the logarithm",
                    replace={
                        "(np.log(e.sum(axis=1)) - z2[rows, labels]).mean()": "-np.log(np.maximum(p[rows, labels], 1e-12)).mean()"
                    },
                    # Another number holds it down elsewhere, and far below thousands.
                    recognise=lambda answer: Each(
                        Between(0, 100), *map(Close, answer[1:])
                    ),
                    hint="Right for ordinary scores. With scores of thousands the cost is held down, "
                    "as by a small number in the logarithm. It may be thousands itself: write the "
                    "logarithm of the quotient as a difference.",
                ),
            ],
        ),
        Question(
            "slide",
            points=3,
            inputs=window_inputs,
            parts=[
                Points("images of fractions", 2),
                Points(
                    "images of whole numbers",
                    1,
                    of=whole_numbers,
                    sentence="Not right for images of whole numbers, as a camera gives them.",
                ),
            ],
            equivalent={
                "result = np.zeros((height, width)) → result = np.ones((height, width))": "Each "
                "entry is set.",
            },
            rare={
                "result[u, v] = (image[u:u + rows, v:v + columns] * kernel).sum() → result[u, v] = (image[u:u - rows, v:v + columns] * kernel).sum()": "A slice that ends before it begins is empty: all would be 0.",
                "result[u, v] = (image[u:u + rows, v:v + columns] * kernel).sum() → result[u, v] = (image[u:u + rows, v:v - columns] * kernel).sum()": "A slice that ends before it begins is empty: all would be 0.",
            },
            wrong=[
                Wrong(
                    "flipped",
                    replace={"* kernel)": "* kernel[::-1, ::-1])"},
                    hint="The kernel is turned by half a turn, as in mathematics. In networks it "
                    "is laid on the image as it is.",
                ),
                Wrong(
                    "padded",
                    source="""
def slide(image, kernel):
    rows, columns = kernel.shape
    height, width = image.shape
    up, left = (rows - 1) // 2, (columns - 1) // 2
    around = ((up, rows - 1 - up), (left, columns - 1 - left))
    image = np.pad(np.asarray(image, float), around)
    result = np.zeros((height, width))
    for u in range(height):
        for v in range(width):
            result[u, v] = (image[u : u + rows, v : v + columns] * kernel).sum()
    return result
""",
                    hint="The result is as large as the image: zeros were put around it. Here "
                    "only places count at which the whole kernel fits.",
                ),
                Wrong(
                    "one place too few",
                    replace={
                        " - rows + 1": " - rows",
                        " - columns + 1": " - columns",
                    },
                    hint="There is one more place in each direction: a kernel as large as the "
                    "image has one place, not none.",
                ),
                Wrong(
                    "the mean",
                    replace={"* kernel).sum()": "* kernel).mean()"},
                    hint="You take the mean of the products. It is their sum.",
                ),
                Wrong(
                    "of whole numbers",
                    replace={
                        "np.zeros((height, width))": "np.zeros((height, width), dtype=image.dtype)"
                    },
                    hint="Right for numbers with fractions. Where the image holds whole numbers, "
                    "the results are cut off, because the array for them holds whole numbers too.",
                ),
                Wrong(
                    "squares",
                    source="""
def slide(image, kernel):
    size = kernel.shape[0]
    height = image.shape[0] - size + 1
    width = image.shape[1] - size + 1
    result = np.zeros((height, width))
    for u in range(height):
        for v in range(width):
            seen = image[u : u + size, v : v + size]
            part = kernel[:, : seen.shape[1]]
            result[u, v] = (seen[:, : part.shape[1]] * part).sum()
    return result
""",
                    hint="Right for square kernels. A kernel may have more columns than rows.",
                ),
                Wrong(
                    "rows exchanged with columns",
                    replace={"return result": "return result.T"},
                    hint="The result is transposed: its first axis is to go down the image.",
                ),
                Wrong(
                    "height for width",
                    replace={"image.shape[1] - columns": "image.shape[0] - columns"},
                    hint="Right where the image is square. How many places there are to the side "
                    "depends on its width.",
                ),
            ],
        ),
        Question(
            "confusion_shares",
            points=2,
            inputs=answers_inputs,
            equivalent={
                "np.add.at(table, (truth, answers), 1) → np.add.at(table, (truth, answers), 2)": "A "
                "common factor cancels in a share.",
            },
            rare={
                "return table / np.maximum(table.sum(axis=1, keepdims=True), 1) → return table * np.maximum(table.sum(axis=1, keepdims=True), 1)": "A share is a quotient.",
                "return table / np.maximum(table.sum(axis=1, keepdims=True), 1) → return table / np.maximum(table.mean(axis=1, keepdims=True), 1)": "The rows would not add up to 1, as those of the example do.",
            },
            wrong=[
                Wrong(
                    "each pair once",
                    replace={
                        "np.add.at(table, (truth, answers), 1)": "table[truth, answers] += 1"
                    },
                    hint="A pair that occurs several times is counted once: `+=` with a list of "
                    "places visits each place a single time.",
                ),
                Wrong(
                    "transposed",
                    replace={"(truth, answers)": "(answers, truth)"},
                    hint="Rows and columns are exchanged: your rows are the answers. Then a row "
                    "says how far an answer can be trusted, which is another question.",
                ),
                Wrong(
                    "share of all",
                    replace={
                        "np.maximum(table.sum(axis=1, keepdims=True), 1)": "len(truth)"
                    },
                    hint="You divide by the number of all images. A row is to tell what became of "
                    "the images of its own class.",
                ),
                Wrong(
                    "counts",
                    replace={
                        "table / np.maximum(table.sum(axis=1, keepdims=True), 1)": "table"
                    },
                    hint="These are counts. Asked for is the share of each row.",
                ),
                Wrong(
                    "share of the column",
                    replace={"sum(axis=1, keepdims=True)": "sum(axis=0)"},
                    hint="Your columns add up to 1. The rows should.",
                ),
                Wrong(
                    "no class without images",
                    replace={
                        "np.maximum(table.sum(axis=1, keepdims=True), 1)": "table.sum(axis=1, keepdims=True)"
                    },
                    hint="Right where every class occurs. The row of a class without an image "
                    "becomes 0/0.",
                ),
                Wrong(
                    "sums along the columns",
                    replace={"sum(axis=1, keepdims=True)": "sum(axis=1)"},
                    hint="Each column is divided by the number of images of its class: the sums of the "
                    "rows lie in a row themselves. As a column, with keepdims=True, each meets "
                    "its own row.",
                ),
                Wrong(
                    "sums along the columns, and zeros among them",
                    replace={
                        "np.maximum(table.sum(axis=1, keepdims=True), 1)": "table.sum(axis=1)"
                    },
                    hint="Each column is divided by the number of images of its class, and that of a "
                    "class without any by 0. It is the rows that are to be divided.",
                ),
            ],
        ),
    ],
)
