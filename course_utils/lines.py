"""The line of each method, the same in every lesson. Imports nothing."""

# By the name in a legend: a colour of the figure's palette, by its number, and the dash. Relatives
# share a colour, or have a dash in common.
LINES: dict[str, tuple[int, tuple[int, ...]]] = {
    "gradient descent": (0, ()),
    "momentum": (1, ()),
    "nesterov": (3, (7, 5)),
    "adagrad": (4, ()),
    "rmsprop": (5, ()),
    "adadelta": (5, (7, 5)),
    "adam": (2, ()),
    "adamw": (2, (7, 5)),
    "amsgrad": (3, (3, 5)),
}
