"""One line of the table, and numbers as a person reads them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One measurement; `ratio` compares it with another of the same run, on the same machine."""

    name: str
    measured: str
    against: str = ""
    ratio: float | None = None
    target: str = ""
    met: bool | None = None


def seconds(value: float) -> str:
    """Write a duration.

    >>> seconds(0.00312)
    '3.12 ms'
    >>> seconds(1.5)
    '1.5 s'
    """
    return f"{value:.2g} s" if value >= 1 else f"{1000 * value:.3g} ms"


def spread(values: list[float]) -> str:
    """Write the median and the 95th percentile of durations.

    >>> spread([0.001, 0.002, 0.003])
    'median 2 ms, p95 2.9 ms'
    """
    return f"median {seconds(percentile(values, 50))}, p95 {seconds(percentile(values, 95))}"


def percentile(values: list[float], share: float) -> float:
    """Return a percentile, by linear interpolation.

    >>> percentile([1.0, 2.0, 4.0], 50)
    2.0
    """
    ordered = sorted(values)
    position = share / 100 * (len(ordered) - 1)
    below = int(position)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (position - below) * (ordered[above] - ordered[below])
