"""The line that goes under a figure."""

import pytest

from experiments import cite
from models.epstein import EpsteinModel, load_case
from simulation.errors import InputError


def test_a_model_in_memory_is_cited_with_scenario_days_and_seed():
    line = cite(EpsteinModel(load_case("few-cops"), run_seed=9).run(2))
    assert line.startswith("The Katye developers. Katye, an open simulator of agent-based models")
    assert line.endswith("Scenario 'few-cops', 2 days, seed 9.")
    assert "unknown" not in line.split("commit")[0]


def test_what_cannot_be_cited_is_told_in_a_line(tmp_path):
    with pytest.raises(InputError, match="int cannot be cited"):
        cite(3)
    with pytest.raises(InputError, match="no results here"):
        cite(tmp_path)
