r"""A small multilayer perceptron with backpropagation, written to be read.

All weights of a network are one vector, so that a network's cost is an objective like any other and
whole grids of networks train at once. Imports numpy, `costs`, `hyperparameters` and `objectives`.
"""

import copy
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike

from course_utils.costs import as_columns, as_data, check_classes, checked_seed, sigmoid
from course_utils.hyperparameters import Array, Fraction, total
from course_utils.objectives import Objective, briefly, checked_points, numbers

# Each activation with its derivative, which all of them can compute from their own output a.
ACTIVATIONS: dict[str, tuple[Callable[[Array], Array], Callable[[Array], Array]]] = {
    "sigmoid": (sigmoid, lambda a: a * (1 - a)),
    "tanh": (np.tanh, lambda a: 1 - a**2),
    "relu": (lambda z: np.maximum(z, 0), lambda a: (a > 0).astype(float)),
    "linear": (lambda z: z, np.ones_like),
}
# The variance of the first weights between n units and m.
INITIALISATIONS: dict[str, Callable[[int, int], float]] = {
    "zeros": lambda _n, _m: 0,
    "small": lambda _n, _m: 1e-4,
    "lecun": lambda n, _m: 1 / n,
    "xavier": lambda n, m: 2 / (n + m),
    "he": lambda n, _m: 2 / n,
}
# The axis of the sums, of shape (*grid, rows, units), along which each normalisation works.
NORMALISED_AXES: dict[str | None, int | None] = {None: None, "layer": -1, "batch": -2}


class Network:
    r"""Layers of units, each a weighted sum of the layer before, bent by an activation.

    $$h_0 = x, \qquad z_i = h_{i-1} W_i + b_i, \qquad h_i = \phi(z_i), \qquad \text{output} = z_L$$

    With `residual`, layers of equal width add their input: $h_i = h_{i-1} + \phi(z_i)$. With a
    `normalisation`, hidden layers see sums of mean 0 and deviation 1: $z_i = N(h_{i-1} W_i) + b_i$.

    Parameters
    ----------
    layers
        Units in each layer, from the inputs to the outputs.
    activation
        $\phi$: "sigmoid", "tanh", "relu" or "linear".
    residual
        Whether hidden layers of equal width are bridged.
    normalisation
        "layer": the sums of one example are scaled by their own mean and deviation.
        "batch": the sums of one unit are, over the rows that are computed together.
        None: they stay as they are.

    Raises
    ------
    ValueError
        If there are fewer than two layers, or the activation or the normalisation is unknown.

    Notes
    -----
    The normalisations have no gain of their own: `torch.nn.LayerNorm(elementwise_affine=False)` is
    the same, before the bias. A batch is scaled by its own rows also when costs are recorded,
    where PyTorch would use averages that it has kept.

    Examples
    --------
    >>> network = Network([2, 3, 1])
    >>> network.dim  # 2 * 3 + 3 weights into the hidden layer, 3 + 1 into the output
    13
    >>> network.outputs(network.initial(seed=0), np.zeros((5, 2))).shape
    (5, 1)

    Source: Rumelhart, Hinton and Williams, *Learning representations by back-propagating errors*,
    1986. Ioffe and Szegedy, *Batch Normalization*, 2015; Ba, Kiros and Hinton, *Layer
    Normalization*, 2016.
    """

    def __init__(
        self,
        layers: Sequence[int],
        activation: str = "tanh",
        *,
        residual: bool = False,
        normalisation: str | None = None,
    ) -> None:
        counted = np.ndim(layers) == 1
        whole = counted and all(isinstance(units, int | np.integer) for units in layers)
        if not whole or len(layers) < 2 or min(layers) < 1:
            raise ValueError(
                f"layers must be two or more whole numbers of units, but {layers!r} was given."
            )
        if activation not in ACTIVATIONS:
            names = ", ".join(ACTIVATIONS)
            raise ValueError(f"activation must be one of {names}, but {activation!r} was given.")
        if normalisation not in NORMALISED_AXES:
            raise ValueError(
                f"normalisation must be 'layer', 'batch' or None, but {normalisation!r} was given."
            )
        self.layers, self.activation, self.residual = tuple(layers), activation, residual
        self.normalisation, self.along = normalisation, NORMALISED_AXES[normalisation]
        self.shapes, self.units = list(pairwise(self.layers)), sum(self.layers)
        self.dim = sum((inputs + 1) * outputs for inputs, outputs in self.shapes)

    def initial(self, seed: ArrayLike = 0, scheme: str = "xavier") -> Array:
        """First weights, shape (*seeds, dim): normal with the scheme's variance, biases 0."""
        if scheme not in INITIALISATIONS:
            names = ", ".join(INITIALISATIONS)
            raise ValueError(f"scheme must be one of {names}, but {scheme!r} was given.")
        seeds = checked_seed(seed)
        weights = np.zeros((*seeds.shape, self.dim))
        for index in np.ndindex(seeds.shape):
            random = np.random.default_rng(int(seeds[index]))
            for w, _ in self.unpack(weights[index]):
                w[...] = INITIALISATIONS[scheme](*w.shape) ** 0.5 * random.normal(size=w.shape)
        return weights

    def unpack(self, weights: Array) -> list[tuple[Array, Array]]:
        """For each layer W of shape (*grid, inputs, outputs) and b of shape (*grid, 1, outputs)."""
        grid, end = weights.shape[:-1], 0
        parts = []
        for inputs, outputs in self.shapes:
            start, middle, end = end, end + inputs * outputs, end + (inputs + 1) * outputs
            w, b = weights[..., start:middle], weights[..., middle:end]
            parts.append((w.reshape(*grid, inputs, outputs), b.reshape(*grid, 1, outputs)))
        return parts

    def forward(self, weights: Array, x: Array, masks: Sequence[Array] = ()) -> tuple[Array, Any]:
        """The outputs (*grid, n, k), and what `backward` needs of each layer.

        That is its input h, its activation a, and its normalised sums with their deviation.
        """
        phi, _ = ACTIVATIONS[self.activation]
        layers = self.unpack(weights)
        h: Array = x
        trace: list[Any] = []
        for i, (w, b) in enumerate(layers):
            sums = h @ w
            if i == len(layers) - 1:
                return sums + b, [*trace, (h, None, None)]
            scaled = None if self.along is None else normalised(sums, self.along)
            a = phi((scaled[0] if scaled else sums) + b)
            trace.append((h, a, scaled))
            kept = a * masks[i] if len(masks) else a
            h = h + kept if self._bridged(i) else kept
        raise AssertionError("a network has an output layer")

    def backward(
        self, weights: Array, trace: Any, d_output: Array, masks: Sequence[Array] = ()
    ) -> Array:
        """The gradient (*grid, dim), from the derivative of the cost by the outputs.

        The chain rule, from the last layer to the first: from dz by the sums to dW, db and dh of
        the layer's input, and through that input's activation to the dz of the layer before.
        """
        _, derivative = ACTIVATIONS[self.activation]
        gradient = np.empty(weights.shape)
        layers = list(zip(self.unpack(weights), self.unpack(gradient), trace, strict=True))
        dz = dh = d_output
        for i, ((w, _), (dw, db), (h, a, scaled)) in reversed(list(enumerate(layers))):
            if a is not None:
                dz = dh * derivative(a) * (masks[i] if len(masks) else 1)
            db[...] = dz.sum(-2, keepdims=True)
            if scaled:
                y, deviation = scaled
                dz = through_normalisation(dz, y, deviation, self.along)
            dw[...] = np.swapaxes(h, -1, -2) @ dz
            if i:  # nobody asks for the derivative by the features
                bridge = dh if a is not None and self._bridged(i) else 0
                dh = dz @ np.swapaxes(w, -1, -2) + bridge
        return gradient

    def outputs(self, weights: ArrayLike, features: ArrayLike) -> Array:
        """The outputs, shape (*grid, n, k), for weights (*grid, dim) and features (n, d)."""
        inputs = as_columns(features)
        if inputs.shape[-1:] != (self.layers[0],):
            raise ValueError(
                f"{self} needs features of shape (n, {self.layers[0]}), but features of shape "
                f"{np.shape(features)} were given."
            )
        return self.forward(np.ascontiguousarray(checked_points(weights, self.dim)), inputs)[0]

    def _bridged(self, i: int) -> bool:
        return self.residual and self.layers[i] == self.layers[i + 1]

    def __repr__(self) -> str:
        shape = "-".join(map(str, self.layers))
        more = ", residual" * self.residual
        more += f", {self.normalisation} normalisation" if self.normalisation else ""
        return f"Network({shape}, {self.activation}{more}, {self.dim} weights)"


class ConvolutionalNetwork(Network):
    r"""Small windows slide over a picture, and what they see is averaged and weighed.

    $$z_{cuv} = b_c + \sum_{i,j} K_{cij}\, x_{u+i,\, v+j}, \qquad
      h = \text{mean of } \phi(z) \text{ over squares}, \qquad \text{output} = h W + b$$

    Parameters
    ----------
    picture
        Height and width of the pictures, whose pixels are the features, row by row.
    outputs
        Units of the last layer: one for each class.
    kernels
        How many kernels $K_c$ there are.
    kernel_size
        Height and width of a kernel.
    pool
        Height and width of the squares over which a map $\phi(z_c)$ is averaged.
    activation
        $\phi$, as for `Network`.

    Raises
    ------
    ValueError
        If the kernels are larger than the picture, or the maps cannot be cut into squares.

    Notes
    -----
    What is called convolution here and in `torch.nn.Conv2d` is a correlation: the kernel is not
    turned around. A kernel has the same weights wherever it looks; that is what makes them few.

    Examples
    --------
    >>> network = ConvolutionalNetwork((8, 8), outputs=10, kernels=4)
    >>> network  # 4 kernels of 9 weights and a bias, and 10 units that see 4 maps of 3 by 3
    ConvolutionalNetwork(8x8, 4 kernels of 3x3, pool 2, 10 outputs, tanh, 410 weights)
    >>> network.outputs(network.initial(seed=0), np.zeros((5, 64))).shape
    (5, 10)

    Source: LeCun and others, *Backpropagation Applied to Handwritten Zip Code Recognition*, 1989.
    """

    def __init__(
        self,
        picture: tuple[int, int],
        outputs: int,
        kernels: int = 4,
        kernel_size: int = 3,
        *,
        pool: int = 2,
        activation: str = "tanh",
    ) -> None:
        self.picture, self.kernel_size, self.pool = picture, kernel_size, pool
        self.maps = tuple(side - kernel_size + 1 for side in picture)
        if min(kernel_size, pool, *self.maps) < 1 or any(side % pool for side in self.maps):
            raise ValueError(
                f"Kernels of {kernel_size} by {kernel_size} make maps of {self.maps[0]} by "
                f"{self.maps[1]} from pictures of {picture[0]} by {picture[1]}, which must be of "
                f"at least 1 by 1 and divide into squares of {pool} by {pool}."
            )
        places = self.maps[0] * self.maps[1]
        hidden = kernels * places // pool**2
        super().__init__([picture[0] * picture[1], hidden, outputs], activation)
        self.shapes = [(kernel_size**2, kernels), (hidden, outputs)]
        self.units = self.layers[0] + places * (kernel_size**2 + kernels) + outputs
        self.dim = sum((inputs + 1) * outputs for inputs, outputs in self.shapes)

    def windows(self, x: Array) -> Array:
        """What each window sees of pictures (*grid, n, pixels): (*grid, n, places, pixels)."""
        pictures = x.reshape(*x.shape[:-1], *self.picture)
        size = self.kernel_size
        seen = np.lib.stride_tricks.sliding_window_view(pictures, (size, size), (-2, -1))
        return seen.reshape(*x.shape[:-1], -1, size**2)

    def feature_maps(self, weights: Array, x: Array) -> Array:
        """The maps of pictures (*grid, n, pixels): (*grid, n, height, width, kernels)."""
        (kernels, bias), _ = self.unpack(weights)
        phi, _ = ACTIVATIONS[self.activation]
        a = phi(self.windows(x) @ kernels[..., None, :, :] + bias[..., None, :, :])
        return a.reshape(*a.shape[:-2], *self.maps, -1)

    def forward(self, weights: Array, x: Array, masks: Sequence[Array] = ()) -> tuple[Array, Any]:
        """The outputs (*grid, n, k), and what `backward` needs: windows, maps and averages."""
        a = self.feature_maps(weights, x)
        rows, columns = (side // self.pool for side in self.maps)
        squares = a.reshape(*a.shape[:-3], rows, self.pool, columns, self.pool, a.shape[-1])
        h = squares.mean((-4, -2)).reshape(*a.shape[:-3], -1)
        h = h * masks[0] if len(masks) else h
        w, b = self.unpack(weights)[1]
        return h @ w + b, (self.windows(x), a, h)

    def backward(
        self, weights: Array, trace: Any, d_output: Array, masks: Sequence[Array] = ()
    ) -> Array:
        """The gradient (*grid, dim): each weight of a kernel adds up what it did in all places."""
        windows, a, h = trace
        gradient = np.empty(weights.shape)
        (dk, dc), (dw, db) = self.unpack(gradient)
        dw[...] = np.swapaxes(h, -1, -2) @ d_output
        db[...] = d_output.sum(-2, keepdims=True)
        dh = d_output @ np.swapaxes(self.unpack(weights)[1][0], -1, -2)
        dh = dh * masks[0] if len(masks) else dh
        rows, columns = (side // self.pool for side in self.maps)
        averages = dh.reshape(*a.shape[:-3], rows, columns, a.shape[-1]) / self.pool**2
        da = averages.repeat(self.pool, -3).repeat(self.pool, -2)
        _, derivative = ACTIVATIONS[self.activation]
        dz = (da * derivative(a)).reshape(*a.shape[:-3], -1, a.shape[-1])
        dk[...] = (np.swapaxes(windows, -1, -2) @ dz).sum(-3)
        dc[...] = dz.sum((-3, -2))[..., None, :]
        return gradient

    def __repr__(self) -> str:
        height, width = self.picture
        size, kernels = self.kernel_size, self.shapes[0][1]
        return (
            f"ConvolutionalNetwork({height}x{width}, {kernels} kernels of {size}x{size}, "
            f"pool {self.pool}, {self.layers[-1]} outputs, {self.activation}, {self.dim} weights)"
        )


def normalised(sums: Array, axis: int) -> tuple[Array, Array]:
    r"""Numbers less their mean, divided by their deviation along an axis; and the deviation.

    $$y = \frac{u - \bar u}{s}, \qquad s = \sqrt{\overline{(u - \bar u)^2} + 10^{-5}}$$
    """
    centred = sums - sums.mean(axis, keepdims=True)
    deviation = np.sqrt(np.square(centred).mean(axis, keepdims=True) + 1e-5)
    return centred / deviation, deviation


def through_normalisation(dy: Array, y: Array, deviation: Array, axis: Any) -> Array:
    r"""The derivative by the sums u, from that by the normalised y.

    $$\frac{\partial J}{\partial u} =
      \frac1s \left(\delta - \bar\delta - y\, \overline{\delta y}\right),
      \qquad \delta = \frac{\partial J}{\partial y}$$
    """
    mean, along_y = dy.mean(axis, keepdims=True), (dy * y).mean(axis, keepdims=True)
    return (dy - mean - y * along_y) / deviation


class NetworkCost(Objective):
    r"""The mean loss of a network on data, as a function of all its weights.

    $$J(w) = \frac1n \sum_i \ell(\text{output}(x_i; w), y_i) + \tfrac12 \lambda \|w\|^2$$

    Parameters
    ----------
    network
        A `Network` with as many inputs as features.
    features
        Shape (n, d).
    targets
        Class numbers of shape (n,) for "cross-entropy", numbers of shape (n,) or (n, k) for
        "squared error".
    loss
        "cross-entropy" (softmax of the outputs) or "squared error" (summed over the outputs).
    dropout
        The share of hidden units that each step leaves out, a number or an array over the grid. The
        others are scaled up to make good for it. Recorded costs are without dropout.
    seed
        For the dropout: a whole number. Every path leaves out the same units.
    l2
        $\lambda$, a number or an array over the grid.

    Raises
    ------
    ValueError
        If network, features and targets do not fit together.

    Examples
    --------
    >>> from course_utils import GradientDescent, descend
    >>> x, y = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]  # exclusive or
    >>> network = Network([2, 4, 2])
    >>> cost = NetworkCost(network, x, y)
    >>> path = descend(cost, network.initial(seed=1), GradientDescent(1.0), steps=500)
    >>> np.argmax(network.outputs(path.points[-1], x), -1).tolist()
    [0, 1, 1, 0]
    """

    name = "Network"
    varying = ("dropout", "l2")

    def __init__(
        self,
        network: Network,
        features: ArrayLike,
        targets: ArrayLike,
        loss: str = "cross-entropy",
        *,
        dropout: ArrayLike = 0.0,
        seed: int = 0,
        l2: ArrayLike = 0.0,
    ) -> None:
        if not isinstance(network, Network):
            raise TypeError(f"network must be like Network([2, 3, 1]), but {network!r} was given.")
        self.network, self.dim = network, network.dim
        self.inputs, wanted = as_columns(features), as_data("targets", targets)
        if loss not in {"cross-entropy", "squared error"}:
            raise ValueError(
                f"loss must be 'cross-entropy' or 'squared error', but {loss!r} was given."
            )
        if loss == "cross-entropy" and wanted.ndim == 1:
            check_classes(wanted, set(range(network.layers[-1])))
            wanted = np.eye(network.layers[-1])[wanted.astype(int)]
        self.loss, self.targets = loss, as_columns(wanted)
        rows = len(self.inputs)
        shapes = (rows, network.layers[0]), (rows, network.layers[-1])
        if (self.inputs.shape, self.targets.shape) != shapes:
            raise ValueError(
                f"{network} needs features of shape (n, {network.layers[0]}) and n targets, "
                f"but features of shape {self.inputs.shape} and targets of shape "
                f"{np.shape(targets)} were given."
            )
        if not rows:
            raise ValueError("features and targets have no row; give at least one.")
        if not (np.isfinite(self.inputs).all() and np.isfinite(self.targets).all()):
            raise ValueError(
                "features or targets have numbers that are missing or infinite; remove those rows."
            )
        self.dropout = numbers("dropout", dropout, Fraction)
        self.l2, self.seed = numbers("l2", l2), int(checked_seed(seed))
        self.masks: list[Array] = []

    def default_labels(self) -> tuple[str, ...]:
        return tuple(f"weight {i + 1}" for i in range(self.dim))

    def value(self, x: ArrayLike) -> Array:
        weights = np.ascontiguousarray(checked_points(x, self.dim))
        z, _ = self.network.forward(weights, self.inputs, self.masks)
        if self.loss == "squared error":
            loss = total((z - self.targets) ** 2)
        else:
            z = z - _largest(z)
            loss = np.log(total(np.exp(z))) - total(z * self.targets)
        return loss.mean(-1) + 0.5 * total(self.l2 * weights**2)

    def gradient(self, x: ArrayLike) -> Array:
        weights = np.ascontiguousarray(checked_points(x, self.dim))
        z, trace = self.network.forward(weights, self.inputs, self.masks)
        if self.loss == "squared error":
            dz = 2 * (z - self.targets)
        else:
            likely = np.exp(z - _largest(z))
            dz = likely / total(likely)[..., None] - self.targets
        gradient = self.network.backward(weights, trace, dz / self.size, self.masks)
        return gradient + self.l2 * weights

    def gradient_norms(self, x: ArrayLike) -> tuple[Array, Array]:
        """The length of the gradient in each layer: of its weights and of its biases.

        Parameters
        ----------
        x
            Weights of shape (*grid, dim), such as the points of a path.

        Returns
        -------
        tuple
            Two arrays of shape (*grid, layers), from the first hidden layer to the outputs.

        Examples
        --------
        >>> cost = NetworkCost(Network([2, 3, 3, 1]), [[0, 1]], [1], loss="squared error")
        >>> weights, biases = cost.gradient_norms(np.zeros(cost.dim))
        >>> weights.tolist(), biases.tolist()  # at zero weights only the last bias is moved
        ([0.0, 0.0, 0.0], [0.0, 0.0, 2.0])
        """
        layers = self.network.unpack(self.gradient(x))
        weights, biases = zip(*layers, strict=True)
        return tuple(
            np.stack([np.sqrt(np.square(part).sum((-2, -1))) for part in parts], -1)
            for parts in (weights, biases)
        )  # type: ignore[return-value]

    def at(self, t: int) -> "NetworkCost":
        """The cost with the hidden units of step t left out."""
        if not self.dropout.any():
            return self
        random = np.random.default_rng([self.seed, t])
        part = copy.copy(self)
        kept = 1 - self.dropout[..., None]
        shapes = [(self.size, width) for width in self.network.layers[1:-1]]
        part.masks = [(random.random(shape) < kept) / kept for shape in shapes]
        return part

    def rows(self, index: Any) -> Self:
        """The same cost on some of the rows."""
        part = copy.copy(self)
        part.inputs, part.targets = self.inputs[index], self.targets[index]
        return part

    @property
    def size(self) -> int:
        """The number of rows."""
        return self.inputs.shape[-2]

    @property
    def memory(self) -> int:
        return self.size * self.network.units

    def __repr__(self) -> str:
        settings = "".join(
            f", {name}={briefly(value)}" for name, value in self.parameters.items() if value.any()
        )
        return f"NetworkCost({self.network}, {self.size} rows, {self.loss}{settings})"


def _largest(z: Array) -> Array:
    return z.max(-1, keepdims=True)
