r"""A quantum circuit, simulated exactly, and what measurements tell of its slope.

Imports numpy, `hyperparameters`, `objectives` and `costs`; knows no rule of descent.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from course_utils.costs import Seen
from course_utils.hyperparameters import Array, Number, check_range
from course_utils.objectives import Objective, as_points

MOST_QUBITS = 12  # 4096 amplitudes; each qubit more doubles them


class Circuit(Objective):
    r"""The expectation of an observable after layers of turns, as a function of their angles.

    $$E(\theta) = \sum_k w_k \, \langle \psi_\theta | P_k | \psi_\theta \rangle$$

    All qubits begin as 0. Each layer turns every qubit by an angle of its own, which takes 0 to
    $\cos(\theta/2)\,|0\rangle + \sin(\theta/2)\,|1\rangle$, and then flips the sign of the
    amplitudes in which two neighbours are both 1. The gradient is that of the shift rule,

    $$\frac{\partial E}{\partial \theta_i} = \frac{E(\theta + \tfrac\pi2 e_i)
      - E(\theta - \tfrac\pi2 e_i)}{2},$$

    in which $e_i$ is the unit vector along angle i.

    Parameters
    ----------
    qubits, layers
        How many; there are `qubits * layers` angles, those of the first layer first.
    observable
        What is measured: from words such as "ZI", with a letter I, X or Z for each qubit, to their
        weights $w_k$. A product of measurements gives 1 or -1.

    Raises
    ------
    ValueError
        If there are not 1 to 12 qubits, no layer, or a word or weight of the observable does not
        fit; from `value` and `gradient`, if a point has another number of angles.

    Examples
    --------
    >>> qubit = Circuit(1, layers=1, observable={"Z": 1.0})
    >>> qubit.value([[0.0], [np.pi / 3]]).round(3).tolist()
    [1.0, 0.5]
    >>> qubit.gradient([np.pi / 2]).round(3).tolist()
    [-1.0]

    Source: Schuld, Bergholm, Gogolin, Izaac and Killoran, *Evaluating analytic gradients on quantum
    hardware*, 2019.
    """

    def __init__(self, qubits: int, layers: int, observable: Mapping[str, float]) -> None:
        if qubits not in range(1, MOST_QUBITS + 1) or layers not in range(1, 10_000):
            raise ValueError(
                f"A circuit has 1 to {MOST_QUBITS} qubits and 1 or more layers, but {qubits!r} "
                f"qubits and {layers!r} layers were given."
            )
        if not isinstance(observable, Mapping):
            raise TypeError(
                f'observable must be weights of words, such as {{"Z": 1.0}}, but {observable!r} '
                f"was given."
            )
        for word, weight in observable.items():
            check_range(f"the weight of {word!r}", weight, Number)
            if len(word) != qubits or set(word) - set("IXZ"):
                raise ValueError(
                    f"observable must have words of {qubits} letters I, X or Z, but {word!r} "
                    f"was given."
                )
        if not observable:
            raise ValueError('observable must have a word, such as {"Z": 1.0}; it has none.')
        self.qubits, self.layers, self.dim = int(qubits), int(layers), int(qubits * layers)
        self.words, self.weights = list(observable), np.array([*observable.values()], float)

    def default_labels(self) -> tuple[str, ...]:
        return tuple(f"angle {i + 1}" for i in range(self.dim))

    def state(self, x: ArrayLike) -> Array:
        """The amplitudes at the end, shape (*grid, 2**qubits); the first qubit counts most."""
        angles = self._angles(x)
        grid = angles.shape[:-1]
        state = np.zeros((*grid, 2**self.qubits))
        state[..., 0] = 1
        layers = angles.reshape(*grid, self.layers, self.qubits)
        for layer in range(self.layers):
            for qubit in range(self.qubits):
                state = self._turned(state, qubit, layers[..., layer, qubit])
            state = state * self._signs()
        return state

    def _turned(self, state: Array, qubit: int, angle: Array) -> Array:
        """The state with one qubit turned by an angle, shape (*grid,)."""
        pairs = state.reshape(*angle.shape, 2**qubit, 2, -1)
        c, s = (part(angle / 2)[..., None, None] for part in (np.cos, np.sin))
        zero, one = pairs[..., 0, :], pairs[..., 1, :]
        return np.stack([c * zero - s * one, s * zero + c * one], axis=-2).reshape(state.shape)

    def _signs(self) -> Array:
        """-1 for amplitudes with an odd number of neighbouring pairs of ones, else 1."""
        bits = np.arange(2**self.qubits)
        pairs = bits & (bits >> 1)
        return (-1.0) ** sum((pairs >> k) & 1 for k in range(self.qubits))

    def expectations(self, x: ArrayLike) -> Array:
        """The mean of the measurements of each word, shape (*grid, words)."""
        state, number = self.state(x), np.arange(2**self.qubits)
        means = []
        for word in self.words:
            flipped, signed = (int(word.translate(_bits(letter)), 2) for letter in "XZ")
            odd = sum(((number & signed) >> k) & 1 for k in range(self.qubits))
            means.append((state[..., number ^ flipped] * state * (-1.0) ** odd).sum(axis=-1))
        return np.stack(means, axis=-1)

    def value(self, x: ArrayLike) -> Array:
        return np.asarray(self.expectations(x) @ self.weights)

    def gradient(self, x: ArrayLike) -> Array:
        forward, back = np.moveaxis(self.value(self.shifted(x)), -2, 0)
        return np.asarray((forward - back) / 2)

    def shifted(self, x: ArrayLike) -> Array:
        """The points that the shift rule asks for, shape (*grid, 2, dim, dim): forward, back."""
        quarter = np.pi / 2 * np.eye(self.dim)
        points: Array = self._angles(x)[..., None, None, :]
        return points + np.stack([quarter, -quarter])

    def _angles(self, x: ArrayLike) -> Array:
        angles = as_points(x)
        if angles.ndim == 0 or angles.shape[-1] != self.dim:
            raise ValueError(
                f"A point of {self} has {self.dim} angles, but shape {angles.shape} was given."
            )
        return angles

    def __repr__(self) -> str:
        return f"Circuit({self.qubits} qubits, {self.layers} layers, {' + '.join(self.words)})"


def _bits(letter: str) -> dict[int, str]:
    """What turns a word into a number with a 1 where it has the letter."""
    return {ord(one): str(int(one == letter)) for one in "IXZ"}


class Shots(Seen):
    r"""A circuit of which each step sees a gradient out of a number of measurements.

    $$\frac{\partial E}{\partial \theta_i} \approx \frac{\bar E_+ - \bar E_-}{2},$$

    where $\bar E_+$ and $\bar E_-$ are the means of `shots` measurements of each word of the
    observable at the two points of the shift rule. Recorded costs are exact.

    Parameters
    ----------
    circuit
        The circuit.
    shots
        How often each word is measured at each of the two points.
    seed
        A whole number, or an array over the grid; two paths with one seed meet the same luck.

    Raises
    ------
    ValueError
        If shots is not a whole number of at least 1, or a seed not one of at least 0.

    Examples
    --------
    >>> from course_utils import GradientDescent, descend
    >>> qubit = Circuit(1, layers=1, observable={"Z": 1.0})
    >>> path = descend(Shots(qubit, shots=100, seed=1), [1.0], GradientDescent(0.5), steps=30)
    >>> bool(path.costs[-1] < -0.98)
    True

    Source: Sweke, Wilde, Meyer, Schuld, Fährmann, Meynard-Piganeau and Eisert, *Stochastic gradient
    descent for hybrid quantum-classical optimization*, 2020.
    """

    def __init__(self, circuit: Circuit, shots: int = 100, seed: ArrayLike = 0) -> None:
        if not isinstance(circuit, Circuit):
            raise TypeError(f"circuit must be like Circuit(1, 1, ...), but {circuit!r} was given.")
        super().__init__(circuit, seed)
        if not isinstance(shots, int | np.integer) or isinstance(shots, bool) or shots < 1:
            raise ValueError(
                f"shots must be a whole number of at least 1, but {shots!r} was given."
            )
        self.shots = int(shots)

    def at(self, t: int) -> Objective:
        circuit = self.objective
        shape = (2, circuit.dim, len(circuit.words), self.shots)
        luck = self.drawn(lambda seed: np.random.default_rng([seed, t]).random(np.prod(shape)))
        return _Measured(circuit, luck.reshape(*luck.shape[:-1], *shape))

    def __repr__(self) -> str:
        return f"Shots({self.objective}, {self.shots})"


class _Measured(Objective):
    """A circuit with a gradient out of measurements, each decided by a number from 0 to 1."""

    def __init__(self, circuit: Any, luck: Array) -> None:
        self.dim, self.circuit, self.luck = circuit.dim, circuit, luck

    def value(self, x: ArrayLike) -> Array:
        return np.asarray(self.circuit.value(x))

    def gradient(self, x: ArrayLike) -> Array:
        chance = (1 + self.circuit.expectations(self.circuit.shifted(x))) / 2
        means = 2 * (self.luck < chance[..., None]).mean(axis=-1) - 1
        forward, back = np.moveaxis(means @ self.circuit.weights, -2, 0)
        return np.asarray((forward - back) / 2)
