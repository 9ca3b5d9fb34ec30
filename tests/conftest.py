"""What all tests share: how many processes run them, and pages without pictures."""

from __future__ import annotations

import os

import pytest


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config) -> int:
    """Twice as many as there are processors: tests of kills, workers and locks wait more than they compute."""
    return 2 * (os.cpu_count() or 1)


@pytest.fixture
def words_only(monkeypatch):
    """Pictures of reports are made and not drawn: for tests of what a page says, of which others see every picture."""
    monkeypatch.setattr("simulation.visualization.style.lay_out", lambda figure, dots_per_inch=150: None)
    monkeypatch.setattr("simulation.visualization.style.figure_png", lambda figure, dots_per_inch=150: b"png")
    monkeypatch.setattr("simulation.visualization.style.figure_svg", lambda figure: b"<svg/>")
