"""What all tests share: how many processes run them, and pages without pictures."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from pathlib import Path

import pytest

DEAR = (
    "test_readme.py", "test_notebooks.py", "test_forged_fields.py", "test_recipes.py", "test_outside.py", "test_benchmark.py",
    "test_contract.py", "test_dead_parameters.py", "test_only_when.py", "test_epstein.py", "test_killed_comparison.py",
    "test_verification_policies.py", "test_verification_directions.py", "test_cluster.py", "test_player.py",
)  # fmt: skip
"""Files that one process is busy with for half a minute and more."""


def pytest_collection_modifyitems(items) -> None:
    """Dear files first: the other processes have the rest to do meanwhile, and nobody waits for one of them at the end."""
    items.sort(key=lambda item: DEAR.index(item.path.name) if item.path.name in DEAR else len(DEAR))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config) -> int:
    """Twice as many as there are processors: tests of kills, workers and locks wait more than they compute."""
    return 2 * (os.cpu_count() or 1)


def pytest_sessionstart(session) -> None:
    """Compiled code is made once, before processes begin that would all make it: half a minute each, in a fresh checkout."""
    several = getattr(session.config.option, "numprocesses", None)
    if several and not hasattr(session.config, "workerinput"):
        run = "from models.haiti import HaitiModel, load_case; HaitiModel(load_case(weight=2000), run_seed=1).run(5)"
        subprocess.run([sys.executable, "-c", run], cwd=Path(__file__).parents[1], check=False)


@pytest.fixture(autouse=True, scope="module")
def _nothing_older_is_looked_through():
    """What was there before a file is not searched for garbage again: models are forgotten a thousand times in a session."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def words_only(monkeypatch):
    """Pictures of reports are made and not drawn: for tests of what a page says, of which others see every picture."""
    monkeypatch.setattr("simulation.visualization.style.lay_out", lambda figure, dots_per_inch=150: None)
    monkeypatch.setattr("simulation.visualization.style.figure_png", lambda figure, dots_per_inch=150: b"png")
    monkeypatch.setattr("simulation.visualization.style.figure_svg", lambda figure: b"<svg/>")
