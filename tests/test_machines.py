"""What is compared comes out the same on machines with other processors than this one."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.machines import Machine, blas, machines

ROOT = Path(__file__).parents[1]
LESSONS = "tests/machines/compared.py"
COMPARED = [
    "tests/exercises/test_sources.py::test_what_students_get_is_up_to_date",
    "tests/test_reference.py",
    "course_utils",  # the examples in its docstrings
]


@pytest.mark.parametrize("machine", machines(), ids=str)
def test_everything_that_is_compared_comes_out_the_same_on(machine: Machine) -> None:
    options = ["-q", "-vv", "--no-header", "--tb=short", "-rf", "-p", "no:cacheprovider"]
    # The other options are for nbval, which runs the lessons in kernels.
    options += ["-p", "no:xdist", "--override-ini", "addopts=--doctest-modules"]
    # On this machine as it is nbval has run the lessons already.
    compared = COMPARED if machine.is_this_one else [LESSONS, *COMPARED]
    command = [sys.executable, "-m", "pytest", *options, *compared]
    environment = machine.environment | {"MPLBACKEND": "agg", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, env=environment, cwd=ROOT, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stdout


def test_the_machines_differ_in_kernels_vector_units_and_threads() -> None:
    three = machines()
    assert {machine.threads for machine in three} == {1, 2}
    if "openblas" in blas():
        assert len({machine.kernel for machine in three} - {""}) == 3
