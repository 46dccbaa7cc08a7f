"""Small networks whose gradients are compared with PyTorch's."""

from itertools import pairwise

import numpy as np

from course_utils import Network, NetworkCost

_random = np.random.default_rng(5)
FEATURES = _random.normal(size=(12, 4))
LABELS = _random.integers(3, size=12)
NUMBERS = _random.normal(size=(12, 3))

COSTS = {
    f"{activation}, {loss}{', residual' if residual else ''}": NetworkCost(
        Network([4, 6, 6, 3], activation, residual=residual),
        FEATURES,
        LABELS if loss == "cross-entropy" else NUMBERS,
        loss,
    )
    for activation in ("sigmoid", "tanh", "relu")
    for loss in ("cross-entropy", "squared error")
    for residual in (False, True)
}


def weights(cost: NetworkCost) -> np.ndarray:
    """The point at which the gradients are compared; biases are not 0 there."""
    return 0.5 * np.random.default_rng(6).normal(size=cost.dim)


def torch_gradients() -> dict[str, np.ndarray]:
    """The same gradients by PyTorch's automatic differentiation."""
    import torch

    found = {}
    for name, cost in COSTS.items():
        w = torch.tensor(weights(cost), requires_grad=True)
        act = getattr(torch, cost.network.activation)
        h, end, layers = torch.tensor(FEATURES), 0, cost.network.layers
        for i, (a, b) in enumerate(pairwise(layers)):
            z = h @ w[end : end + a * b].reshape(a, b) + w[end + a * b : end + (a + 1) * b]
            end += (a + 1) * b
            if i == len(layers) - 2:
                h = z
            else:
                h = act(z) + h if cost.network.residual and a == b else act(z)
        if cost.loss == "cross-entropy":
            loss = torch.nn.functional.cross_entropy(h, torch.tensor(LABELS))
        else:
            loss = ((h - torch.tensor(NUMBERS)) ** 2).sum(1).mean()
        loss.backward()
        assert w.grad is not None
        found[name] = w.grad.numpy()
    return found
