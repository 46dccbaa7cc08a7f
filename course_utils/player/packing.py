"""Arrays as a few compact bytes for the browser: integers, coordinates, costs. Imports numpy only.

Neighbouring iterates are close to each other, so that differences along a path are small, and
their high bytes are mostly zero. Kept apart from the low bytes, they compress to almost nothing.
"""

from __future__ import annotations

import gzip
from typing import Any

import numpy as np
from numpy.typing import NDArray

REACH = 2.0  # half-windows that are sampled evenly; beyond, the spacing grows with the distance
LINEAR = 26_000  # codes for the even part, of 32,767 to each side
FARTHEST = 1e12  # half-windows at the last code
GROWTH = np.log(FARTHEST / REACH) / (32_767 - LINEAR)
STEP = 8e-5  # between the codes of numbers, in asinh: twice their relative error
LARGEST = 1e308
SHIFT = 2048  # what makes the exponents of units positive
SMALLEST = 1020  # the exponent of the smallest unit, 2^-1020


class Parcel:
    """Blocks of bytes, one after the other, with a note for each on how to read it."""

    def __init__(self) -> None:
        self.content = bytearray()

    def integers(self, array: NDArray[Any], width: int, order: int = 1) -> dict[str, Any]:
        """Add whole numbers of `width` bytes as planes of differences along the last axis.

        Where they change smoothly, differences of differences (`order` 2) are smaller still.
        """
        codes = steps = np.asarray(array, dtype=np.int64)
        for _ in range(order):
            steps = np.diff(steps, axis=-1, prepend=0)
        steps = steps & (256**width - 1)
        planes = [((steps >> (8 * k)) & 255).astype(np.uint8).tobytes() for k in range(width)]
        return self._add(b"".join(planes), codes.shape, width=width, order=order)

    def floats(self, array: NDArray[Any]) -> dict[str, Any]:
        """Add numbers in single precision."""
        values = np.asarray(array, dtype="<f4")
        return self._add(values.tobytes(), values.shape)

    def _add(self, content: bytes, shape: tuple[int, ...], **more: Any) -> dict[str, Any]:
        block = {"offset": len(self.content), "shape": list(shape), **more}
        self.content += content
        return block

    def sealed(self) -> bytes:
        """Everything that was added, compressed, the same bytes on every run."""
        return gzip.compress(bytes(self.content), compresslevel=9, mtime=0)


def coordinate_codes(values: NDArray[Any], low: float, high: float, width: int = 2) -> NDArray[Any]:
    """Coordinates in `width` bytes: even within two half-windows of the centre, then logarithmic.

    Inside the window the error of two bytes is below 1/26,000 of its width, a fiftieth of a pixel.
    Far outside it is a constant share of the distance, so that a line to a distant point keeps its
    direction.
    """
    fine = 256 ** (width - 2)
    z = (np.asarray(values) - (low + high) / 2) / ((high - low) / 2)
    size = np.abs(z)
    beyond = LINEAR + np.log(np.maximum(size, REACH) / REACH) / GROWTH
    codes = np.where(size <= REACH, size / REACH * LINEAR, np.minimum(beyond, 32_767))
    found: NDArray[Any] = np.rint(fine * (32_768 + np.sign(z) * codes)).astype(np.int64)
    return found


def coordinate_scale(low: float, high: float, width: int = 2) -> dict[str, float]:
    """What the browser needs to turn the codes of `coordinate_codes` back into coordinates."""
    fine = 256 ** (width - 2)
    return {
        "centre": (low + high) / 2,
        "half": (high - low) / 2,
        "reach": REACH,
        "middle": 32_768 * fine,
        "linear": LINEAR * fine,
        "growth": float(GROWTH) / fine,
    }


def quantity_codes(values: NDArray[Any], unit: float = 0.0) -> tuple[NDArray[Any], dict[str, Any]]:
    """Numbers of any size at each step, (steps + 1, *grid), as whole numbers; 0 is no number.

    They are evenly spaced in asinh(value / unit): logarithmic over all magnitudes that matter, and
    linear around zero. Each path has a unit of its own, a power of two just below its smallest
    number, so that what one path does takes nothing from another. The relative error is below 5e-5.

    Parameters
    ----------
    values
        The numbers.
    unit
        Below this size they mean nothing, such as the rounding error of a difference.

    Returns
    -------
    codes, scale
        The whole numbers; and how to read them: how many bytes they have (`width`), how many lie to
        each side of zero (`half`), and for each path the exponent of its unit.
    """
    known = np.clip(np.nan_to_num(values, nan=0.0), -LARGEST, LARGEST)
    size = np.where(np.abs(known) > unit, np.abs(known), np.nan)
    least = np.nan_to_num(np.fmin.reduce(size, axis=0), nan=max(unit, 1.0))
    exponents = np.clip(np.floor(np.log2(least)), -SMALLEST, None).astype(np.int64) - 1
    far = np.nan_to_num(
        np.log(size) + np.log(2.0) * (1 - exponents), nan=0.0
    )  # asinh of large ones
    with np.errstate(over="ignore"):
        near = np.arcsinh(np.abs(known) / np.exp2(exponents))
    lifted = np.sign(known) * np.where(far > 50, far, near)
    steps = np.rint(lifted / STEP).astype(np.int64)
    half = int(np.abs(steps).max(initial=1))
    codes = 1 + half + steps
    scale = {"width": 3 if 2 * half + 1 < 256**3 else 4, "half": half, "exponents": exponents}
    return np.where(np.isnan(values), 0, codes), scale
