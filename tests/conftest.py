"""What all tests share: how many processes run them."""

from __future__ import annotations

import os

import pytest


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config) -> int:
    """One more than there are processors: tests of kills, workers and locks wait more than they compute."""
    return (os.cpu_count() or 1) + 1
