"""Loads the modules of this folder once (tests are no packages), and an engine with its oracle twin for all tests."""

import dataclasses
import importlib.util
import sys
from pathlib import Path

import pytest

DAYS = 240
MIDST = 63  # a day on which everything happens


def load(name: str):
    path = Path(__file__).with_name(f"{name}.py")
    spec = importlib.util.spec_from_file_location(f"katye_tests_{name}", path)
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def slow():
    return load("household_oracle")


@pytest.fixture(scope="session")
def harness():
    return load("harness")


@pytest.fixture(scope="session")
def verdicts():
    return load("verdicts")


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
