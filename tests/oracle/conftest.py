"""The modules of this folder and an engine with its oracle twin, for all tests."""

import dataclasses

import pytest

from oracle import harness as engines
from oracle import household_oracle
from oracle import verdicts as judges

DAYS = 240
MIDST = 63  # a day on which everything happens


@pytest.fixture(scope="session")
def slow():
    return household_oracle


@pytest.fixture(scope="session")
def harness():
    return engines


@pytest.fixture(scope="session")
def verdicts():
    return judges


@pytest.fixture(scope="session")
def history(harness):
    return harness.scripted_history(DAYS)


@pytest.fixture(scope="session")
def frozen(slow, harness, history):
    """An engine and its oracle twin amid five captures, with three of the towns just declared safe.

    Shared by all tests of the folder: what a test changes it must put back.
    """
    safe = history.safe_days.copy()
    safe[MIDST, [harness.town(number) for number in (0, 2, 4)]] = 15
    altered = dataclasses.replace(history, safe_days=safe)
    engine = harness.Engine(6000, altered, seed=5, stage="frozen").run(MIDST)
    twin = engine.oracle(slow)
    twin.fields = engine.fields(slow, MIDST)
    return engine, twin
