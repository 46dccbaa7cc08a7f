"""A panel from outside the course: one class here, one ES module beside it."""

import numpy as np

from course_utils.player.panels import Panel


class Spectrum(Panel):
    """Eigenvalues as bars."""

    title = "Eigenvalues of the Hessian"

    def __init__(self, values):
        self.values = np.asarray(values, dtype=float)

    def check(self):
        if self.values.ndim != 1:
            raise ValueError(f"Spectrum needs a row of numbers, but was given {self.values!r}.")

    def pack(self, parcel):
        return {"values": parcel.floats(self.values)}

    def draw(self, player, axes):
        axes.bar(range(len(self.values)), self.values)

    def facts(self, player, name, step):
        return [f"largest eigenvalue {self.values.max():.3g}"]
