"""The same seed gives the same run: to the last bit on one machine, to stated digits on another."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests import short_trainings

ROOT = Path(__file__).resolve().parent.parent

# The last epoch's loss, and the sum of all |w|. Another processor has other instructions for a product of matrices and for an
# exponential, which differ in the last bit; so may another numpy.
LEFT = {
    "SGD": (0.872329868515, 87.94507948875),
    "Momentum": (0.8745727417929, 88.00794763446),
    "Nesterov": (0.8091393343916, 89.5084271975),
    "RMSprop": (0.8409845939665, 89.23618860011),
    "Adam": (0.7523684099879, 90.35869827516),
}
TOLERANCE = {"float64": 1e-11, "float32": 1e-5}


@pytest.fixture(scope="module")
def here():
    return short_trainings.all_trainings()


def in_a_fresh_process(hash_seed):
    run = subprocess.run(
        [sys.executable, "-m", "tests.short_trainings"], capture_output=True, text=True, check=True, cwd=ROOT,
        env=os.environ | {"PYTHONHASHSEED": hash_seed},
    )  # fmt: skip
    return json.loads(run.stdout)


def test_two_fresh_processes_and_this_one_give_the_same_bits(here):
    assert in_a_fresh_process("1") == in_a_fresh_process("2") == here


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("name", LEFT)
def test_other_machines_agree_to_the_digits_that_are_committed(here, name, dtype):
    found = here[f"{name} {dtype}"]
    np.testing.assert_allclose([found["loss"], found["weights"]], LEFT[name], rtol=TOLERANCE[dtype])
