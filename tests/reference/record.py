"""Record what PyTorch and optax compute, so that the tests need neither.

Run `python -m tests.reference.record` where one of them (or both) is installed: the file of that
library is written anew, with its version inside.
"""

import importlib.util
from collections.abc import Callable
from importlib.metadata import version

import numpy as np

from tests.reference.libraries import PATHS, network_gradients, rules_of, torch_schedule
from tests.reference.rules import FOLDER, PROBLEMS, SCHEDULES

EVERY = 5  # each fifth point is kept: an error does not go away, and the file stays small


def record(library: str, path: Callable[..., np.ndarray]) -> None:
    """Write one library's file."""
    recorded = {
        f"{name} | {problem}": path(rule, problem)[::EVERY]
        for name, rule in rules_of(library).items()
        for problem in PROBLEMS
    }
    versions = [library]
    if library == "torch":
        recorded |= {f"schedule | {name}": torch_schedule(name) for name in SCHEDULES}
        recorded |= {f"network | {name}": g for name, g in network_gradients().items()}
    else:
        versions.append("jax")
    used = ", ".join(f"{name} {version(name).split('+')[0]}" for name in [*versions, "numpy"])
    np.savez_compressed(FOLDER / f"{library}.npz", used=used, **recorded)
    print(f"{library}.npz: {len(recorded)} arrays, {used}")


if __name__ == "__main__":
    for library, path in PATHS.items():
        if importlib.util.find_spec(library):
            record(library, path)
        else:
            print(f"{library} is not installed: {library}.npz stays as it is")
