"""Other machines than this one, as far as one processor can stand for them.

The last digits of a number hang on the processor: on the kernels of the linear algebra, on the
vector units that numpy's functions use, on the number of threads that share a product.
Environment variables turn each of them into another one that the processor can run.
"""

import os
from dataclasses import dataclass

import numpy as np
import threadpoolctl
from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__

# Kernels of OpenBLAS with the feature that a processor needs to run them.
KERNELS = {
    "Prescott": "SSE3",
    "Haswell": "AVX2",
    "SkylakeX": "AVX512_SKX",
    "Zen": "AVX2",
    "Sandybridge": "AVX",
    "Nehalem": "SSE42",
    "ARMV8": "ASIMD",
    "CORTEXA57": "ASIMD",
    "CORTEXA72": "ASIMD",
}
# What OpenBLAS calls those that it keeps under another name.
ALIASES = {"Prescott": "Katmai"}
NEWEST = ("AVX512", "X86_V4", "SVE")


@dataclass(frozen=True)
class Machine:
    """A machine that this one can stand for.

    Attributes
    ----------
    kernel
        The kernels of OpenBLAS; "" for those of another library, which has no choice.
    without
        The vector units that numpy does without.
    threads
        How many threads share a product.
    """

    kernel: str
    without: tuple[str, ...]
    threads: int

    @property
    def is_this_one(self) -> bool:
        """Whether it differs from the machine that runs the tests in its threads alone."""
        names = {self.kernel, ALIASES.get(self.kernel)}
        return not self.without and kernel_in_use() in names

    @property
    def environment(self) -> dict[str, str]:
        """The environment of a process that runs as on this machine."""
        # Variables of this machine that choose a kernel would win over the ones set here.
        own = {name: value for name, value in os.environ.items() if "CORETYPE" not in name}
        chosen = {"OPENBLAS_CORETYPE": self.kernel} if self.kernel else {}
        threads = dict.fromkeys(
            ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"),
            str(self.threads),
        )
        # Threads that share a product wait for the next one asleep: other tests use the processor.
        asleep = {"OPENBLAS_THREAD_TIMEOUT": "4"}
        units = {"NPY_DISABLE_CPU_FEATURES": " ".join(self.without)}
        return own | chosen | threads | asleep | units

    def __str__(self) -> str:
        units = "all vector units"
        if self.without:
            units = f"without {' '.join(self.without)}"
        return f"{self.kernel or blas()}, {units}, {self.threads} threads"


def blas() -> str:
    """Return the name of numpy's library of linear algebra."""
    return str(np.show_config(mode="dicts")["Build Dependencies"]["blas"]["name"])  # type: ignore[index,call-overload]


def kernel_in_use() -> str:
    """Return the name of the kernels that OpenBLAS runs in this process."""
    libraries = threadpoolctl.threadpool_info()
    return next((one["architecture"] for one in libraries if "architecture" in one), "")


def vector_units() -> list[str]:
    """Return the vector units that numpy uses here where there are any, the newest last."""
    return [unit for unit in __cpu_dispatch__ if __cpu_features__.get(unit)]


def machines() -> list[Machine]:
    """Return three machines: no two agree in kernels and vector units, nor all in threads."""
    kernels = [name for name, feature in KERNELS.items() if __cpu_features__.get(feature)]
    if "openblas" not in blas():
        kernels = []
    oldest, middle, newest = (kernels + [""] * 3)[:3]
    units = vector_units()
    new = tuple(unit for unit in units if unit.startswith(NEWEST))
    return [Machine(oldest, tuple(units), 1), Machine(middle, new, 2), Machine(newest, (), 1)]
