"""The engine against PyTorch and against the machine's memory, on one thread in one run.

Run `python -m tests.benchmarks.engine` for these rows alone.
"""

import importlib.util
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable
from statistics import median

import numpy as np

from course_utils import Momentum, Quadratic, descend, grid

from .row import Row, seconds

STEPS = 100
RATES, MOMENTA = np.linspace(0.001, 0.05, 60), np.linspace(0.0, 0.95, 20)
CURVATURES, START = [1.0, 25.0], [-4.0, 2.0]
SAMPLE = 12  # of the 1,200 paths that PyTorch would take half a minute for


def durations(*actions: Callable[[], object], times: int) -> list[float]:
    """The median of several runs of each action, in turn, after one that is not counted."""
    taken: list[list[float]] = [[] for _ in actions]
    for _ in range(times + 1):
        for action, runs in zip(actions, taken, strict=True):
            before = time.perf_counter()
            action()
            runs.append(time.perf_counter() - before)
    return [median(runs[1:]) for runs in taken]


def course_grid() -> np.ndarray:
    """The points of 1,200 momentum descents."""
    rule = Momentum(**grid(learning_rate=RATES, momentum=MOMENTA))
    return descend(Quadratic(CURVATURES), START, rule, STEPS).points


def torch_one_path(rate: float, momentum: float) -> np.ndarray:
    """The points of one descent by `torch.optim.SGD`."""
    import torch

    curvatures = torch.tensor(CURVATURES, dtype=torch.float64)
    x = torch.tensor(START, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([x], lr=rate, momentum=momentum)
    points = np.empty((STEPS + 1, 2))
    points[0] = START
    for t in range(STEPS):
        optimizer.zero_grad()
        (0.5 * (curvatures * x * x).sum()).backward()
        optimizer.step()
        points[t + 1] = x.detach().numpy()
    return points


def torch_grid() -> np.ndarray:
    """The points and costs of all descents in one tensor, written by hand without autograd."""
    import torch

    curvatures = torch.tensor(CURVATURES, dtype=torch.float64)
    rate = torch.tensor(RATES)[:, None, None].expand(60, 20, 2).contiguous()
    momentum = torch.tensor(MOMENTA)[None, :, None].expand(60, 20, 2).contiguous()
    points = torch.empty((STEPS + 1, 60, 20, 2), dtype=torch.float64)
    points[0] = torch.tensor(START, dtype=torch.float64)
    velocity = torch.zeros((60, 20, 2), dtype=torch.float64)
    with torch.no_grad():
        for t in range(STEPS):
            velocity.mul_(momentum).add_(curvatures * points[t])
            torch.sub(points[t], rate * velocity, out=points[t + 1])
        costs = 0.5 * (curvatures * points * points).sum(-1)
    assert costs.isfinite().all()
    return points.numpy()


def against_torch() -> list[Row]:
    """Return the rows that need PyTorch."""
    if importlib.util.find_spec("torch") is None:
        return [Row("1,200 momentum descents against PyTorch", "not measured: not installed")]
    import torch

    torch.set_num_threads(1)
    settings = [(a, b) for a in RATES[::20] for b in MOMENTA[::5]][:SAMPLE]
    (sample,) = durations(lambda: [torch_one_path(a, b) for a, b in settings], times=1)
    one_by_one = sample * 1200 / SAMPLE
    ours, batched = durations(course_grid, torch_grid, times=200)
    assert np.allclose(torch_grid(), course_grid(), rtol=1e-9, atol=1e-12)
    name = "1,200 momentum descents of 100 steps"
    return [
        Row(
            f"{name}, torch.optim.SGD path by path",
            seconds(ours),
            f"{seconds(one_by_one)} (from {SAMPLE} paths)",
            one_by_one / ours,
            "100 x",
            one_by_one / ours >= 100,
        ),
        Row(
            f"{name}, PyTorch with all paths in one tensor",
            seconds(ours),
            seconds(batched),
            batched / ours,
            "1 x",
            batched / ours >= 1,
        ),
    ]


def memory_bound() -> Row:
    """Compare with the time that writing the result, and nothing else, takes."""
    result = np.empty((STEPS + 1, 60, 20, 3))  # two coordinates and a cost
    copied = np.ones_like(result)
    ours, written = durations(course_grid, lambda: np.copyto(result, copied), times=50)
    name = "1,200 momentum descents of 100 steps, against copying the result once"
    return Row(name, seconds(ours), seconds(written), ours / written)


def largest_sweep() -> Row:
    """50,000 descents of 200 steps: time, and the most memory held at once."""
    rule = Momentum(
        **grid(learning_rate=np.geomspace(1e-3, 0.05, 250), momentum=MOMENTA.repeat(10))
    )
    tracemalloc.start()
    before = time.perf_counter()
    paths = descend(Quadratic(CURVATURES), START, rule, 200)
    taken = time.perf_counter() - before
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    result = paths.points.nbytes + paths.costs.nbytes
    return Row(
        "50,000 momentum descents of 200 steps: memory",
        f"{peak / 1e6:.0f} MB at most, in {seconds(taken)}",
        f"{result / 1e6:.0f} MB for points and costs",
        peak / result,
        "under 1.25 x the result",
        peak < 1.25 * result,
    )


def import_time() -> Row:
    """Return how long `import course_utils` and its engine take, numpy included, Python not."""

    def ran(code: str) -> float:
        command = [sys.executable, "-c", code]
        return durations(lambda: subprocess.run(command, check=True), times=7)[0]

    start = ran("")
    numpy = ran("import numpy") - start
    taken = ran("import course_utils; course_utils.descend, course_utils.Momentum") - start
    name = "import of course_utils and its engine"
    return Row(name, seconds(taken), f"{seconds(numpy)} for numpy", None, "0.15 s", taken < 0.15)


def rows() -> list[Row]:
    """Return the engine's part of the table."""
    return [*against_torch(), memory_bound(), largest_sweep(), import_time()]


if __name__ == "__main__":
    for row in rows():
        ratio = "" if row.ratio is None else f"{row.ratio:.1f} x"
        print(f"{row.name}: {row.measured}; against {row.against} {ratio} (target {row.target})")
