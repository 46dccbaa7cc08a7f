"""How PyTorch and optax run the rules of the table, with derivatives of their own."""

import warnings
from typing import Any

import numpy as np

from tests.reference.rules import (
    CLASSES,
    FEATURES,
    PENALTY,
    PROBLEMS,
    RULES,
    SCHEDULE_STEPS,
    SCHEDULES,
    STEPS,
    Rule,
)


def torch_path(rule: Rule, problem: str) -> np.ndarray:
    """The points of a rule of `torch.optim`: shape (STEPS + 1, dim)."""
    import torch

    torch.set_num_threads(1)
    torch.set_default_dtype(torch.float64)  # NAdam keeps a product of momenta in this precision
    features, classes = torch.tensor(FEATURES), torch.tensor(CLASSES)

    def rosenbrock(x: Any) -> Any:
        return (1 - x[0]) ** 2 + 100 * (x[1] - x[0] ** 2) ** 2

    def logistic(w: Any) -> Any:
        loss = torch.nn.functional.binary_cross_entropy_with_logits(features @ w, classes)
        return loss + PENALTY / 2 * (w * w).sum()

    f = {"rosenbrock": rosenbrock, "logistic": logistic}[problem]
    x = torch.tensor(PROBLEMS[problem].start, dtype=torch.float64, requires_grad=True)
    optimizer = getattr(torch.optim, rule.counterpart)([x], lr=rule.rate(problem), **rule.options)
    points = [x.detach().numpy().copy()]
    for _ in range(STEPS):
        optimizer.zero_grad()
        f(x).backward()
        optimizer.step()
        points.append(x.detach().numpy().copy())
    return np.array(points)


def torch_schedule(name: str) -> np.ndarray:
    """The factors of a schedule of `torch.optim.lr_scheduler`: shape (SCHEDULE_STEPS,)."""
    import torch

    _, counterpart, options = SCHEDULES[name]
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    scheduler = getattr(torch.optim.lr_scheduler, counterpart)(optimizer, **options)
    factors = []
    for _ in range(SCHEDULE_STEPS):
        factors.append(float(optimizer.param_groups[0]["lr"]))
        optimizer.step()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # PyTorch warns about its own parameter `epoch`
            scheduler.step()
    return np.array(factors)


def optax_path(rule: Rule, problem: str) -> np.ndarray:
    """The points of a rule of optax: shape (STEPS + 1, dim)."""
    import jax

    jax.config.update("jax_enable_x64", True)
    import jax.numpy as jnp
    import optax

    def rosenbrock(x: Any) -> Any:
        return (1 - x[0]) ** 2 + 100 * (x[1] - x[0] ** 2) ** 2

    def logistic(w: Any) -> Any:
        z = jnp.array(FEATURES) @ w
        loss = optax.sigmoid_binary_cross_entropy(z, jnp.array(CLASSES)).mean()
        return loss + PENALTY / 2 * (w * w).sum()

    gradient = jax.jit(jax.grad({"rosenbrock": rosenbrock, "logistic": logistic}[problem]))
    rate, options = rule.rate(problem), dict(rule.options)
    if rule.counterpart.startswith("clip"):
        clip = getattr(optax, rule.counterpart)(options.pop("limit"))
        transform = optax.chain(clip, optax.sgd(rate))
    elif rule.counterpart == "sam":
        from optax import contrib

        adversary = optax.chain(contrib.normalize(), optax.sgd(options["rho"]))
        transform = contrib.sam(optax.sgd(rate), adversary, sync_period=2, opaque_mode=True)
    else:
        transform = getattr(optax, rule.counterpart)(rate, **options)
    x = jnp.array(PROBLEMS[problem].start)
    state = transform.init(x)
    points = [np.array(x)]
    for _ in range(STEPS):
        if rule.counterpart == "sam":
            updates, state = transform.update(
                gradient(x), state, x, grad_fn=lambda y, _: gradient(y)
            )
        else:
            updates, state = transform.update(gradient(x), state, x)
        x = optax.apply_updates(x, updates)
        points.append(np.array(x))
    return np.array(points)


def network_gradients() -> dict[str, np.ndarray]:
    """Gradients of small networks by PyTorch, by name: see `tests.reference.networks`."""
    from tests.reference.networks import torch_gradients

    return torch_gradients()


PATHS = {"torch": torch_path, "optax": optax_path}


def rules_of(library: str) -> dict[str, Rule]:
    """The rows of the table that are compared with a library."""
    return {name: rule for name, rule in RULES.items() if rule.library == library}
