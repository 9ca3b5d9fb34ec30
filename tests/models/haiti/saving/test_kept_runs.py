"""Two kept runs come out as they always have: on every Python and Mesa that is supported, after every change of code."""

from __future__ import annotations

import json

import numpy as np
import pytest
from support import kept_runs as kept

TOLERANCE = 1e-9  # of floats, relative: exponentials come from the system's library (see the README of the model)
ADVICE = (
    "Only if a change of the science is meant: python tests/support/kept_runs.py writes the kept figures anew "
    "(and CHANGELOG.md gets a line)"
)


@pytest.fixture(scope="module", params=kept.CASES)
def run(request):
    return request.param, kept.kept_run(request.param)


def test_every_day_is_as_kept(run):
    name, model = run
    before = kept.read_daily((kept.FOLDER / f"{name}.csv").read_text(encoding="utf-8"))
    now = kept.read_daily(kept.daily_text(model))
    assert list(now.columns) == list(before.columns), f"the columns of the daily table differ. {ADVICE}"
    assert len(now) == len(before) == kept.DAYS + 1
    for column in now.columns:
        same = equal(now[column].to_numpy(), before[column].to_numpy())
        if not same.all():
            day = int(np.flatnonzero(~same)[0])
            found, wanted = now[column][day], before[column][day]
            pytest.fail(f"{name}: {column} is {found} and was {wanted} on day {day}. {ADVICE}", pytrace=False)


def test_every_household_is_as_kept(run):
    name, model = run
    before = json.loads((kept.FOLDER / f"{name}-households.json").read_text(encoding="utf-8"))
    now = kept.households(model)
    assert now.keys() == before.keys()
    for column, value in now.items():
        wanted = pytest.approx(before[column], rel=TOLERANCE) if isinstance(value, float) else before[column]
        assert value == wanted, f"{name}: households' {column} is not as kept. {ADVICE}"


def equal(now: np.ndarray, before: np.ndarray) -> np.ndarray:
    """Whether values agree, one by one: whole numbers and text exactly, floats within the tolerance."""
    if now.dtype.kind == before.dtype.kind == "f":
        return np.isclose(now, before, rtol=TOLERANCE, atol=0.0, equal_nan=True)
    return now == before


def test_a_difference_beyond_the_last_digits_is_seen():
    values = np.array([0.25, 1e6])
    assert equal(values, values * (1 + 1e-10)).all()
    assert equal(values, values * [1, 1 + 1e-8]).tolist() == [True, False]
    assert equal(np.array([1, 2]), np.array([1, 3])).tolist() == [True, False]


def test_kept_runs_are_lively():
    """Runs in which nothing happens would hold nothing."""
    table = kept.read_daily((kept.FOLDER / "forced.csv").read_text(encoding="utf-8"))
    for column in (
        "operations_today",
        "assaults_today",
        "raids_today",
        "new_displacements_today",
        "returns_today",
        "residents_killed_today",
    ):
        assert table[column].sum() > 0, column
