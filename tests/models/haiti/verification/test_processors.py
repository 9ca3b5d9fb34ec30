"""The same seed gives the same tables to the last bit whatever processor, library for matrices, threads or Python run it."""

from __future__ import annotations

import builtins
import json
import math
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from support import short_runs

ROOT = Path(__file__).parents[4]


def features(*kinds: str) -> str:
    """NumPy's code for these kinds of newer processors ('' means all), as far as this processor has it."""
    core = np._core._multiarray_umath
    have = [name for name in core.__cpu_dispatch__ if core.__cpu_features__.get(name)]
    return " ".join(name for name in have if any(kind in name for kind in kinds))


PROCESSORS = {
    "Haswell, one thread": {"OPENBLAS_CORETYPE": "Haswell", "OPENBLAS_NUM_THREADS": "1"},
    "Sandybridge, four threads, no AVX-512": {
        "OPENBLAS_CORETYPE": "Sandybridge",
        "OPENBLAS_NUM_THREADS": "4",
        "NPY_DISABLE_CPU_FEATURES": features("AVX512", "V4"),
    },
    "Prescott, two threads, nothing new": {
        "OPENBLAS_CORETYPE": "Prescott",
        "OPENBLAS_NUM_THREADS": "2",
        "NPY_DISABLE_CPU_FEATURES": features(""),
    },
}


@pytest.mark.slow
@pytest.mark.verifies("V-19")
def test_no_kind_of_processor_changes_a_bit():
    command, started, found = [sys.executable, str(ROOT / "tests/support/short_runs.py")], {}, {}
    for name, settings in PROCESSORS.items():
        environment = os.environ | {"PYTHONPATH": str(ROOT)} | {key: value for key, value in settings.items() if value}
        started[name] = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    here = short_runs.digests()
    for name, process in started.items():
        found[name] = json.loads(process.communicate()[0] or "{}")
    assert found == dict.fromkeys(PROCESSORS, here)


@pytest.mark.slow
@pytest.mark.verifies("V-19")
def test_no_real_numbers_go_through_the_built_in_sum(monkeypatch):
    """It carries their rounding along from Python 3.12 on and did not before; `math.fsum` is the same everywhere."""
    plain, asked = builtins.sum, []

    def checked(values, /, start=0):
        values = list(values)
        here = Path(sys._getframe(1).f_code.co_filename)
        if here.is_relative_to(ROOT) and any(isinstance(value, float) for value in values):
            asked.append(f"{here.relative_to(ROOT)}:{sys._getframe(1).f_lineno}")
        return plain(values, start)

    monkeypatch.setattr(builtins, "sum", checked)
    sum([0.5])
    assert len(asked) == 1
    for _ in short_runs.runs():
        pass
    assert asked[1:] == []
    assert math.fsum([0.5]) == 0.5
