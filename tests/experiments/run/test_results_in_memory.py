"""`model.results()`: a run's tables in memory are those that a folder of the same run holds; both are cited alike."""

from __future__ import annotations

import sys

import pandas as pd
import pytest

from experiments import cite
from experiments.run.single import run_alone
from models.haiti import HaitiModel, load_case
from simulation.errors import InputError, UnknownNameError
from simulation.port.family import find_family
from simulation.runs.results import Results


@pytest.mark.parametrize(("name", "options"), [("haiti", {"weight": 2000, "days": 5}), ("epstein", {"days": 5})])
def test_a_run_gives_its_tables_as_its_folder_does(name, options, tmp_path):
    family = find_family(name)
    folder, model = run_alone(family, family.load_case("baseline", **options), 3, tmp_path / "out")
    found, kept = model.results(), Results(folder)
    assert set(found.names()) <= set(kept.names())
    for table in found.names():
        read = kept.table(table)
        pd.testing.assert_frame_equal(found.table(table), read, check_dtype=False, check_index_type=False)
    assert len(found.daily()) == 6
    assert set(found.outcomes) == set(kept.card["outcomes"])


def test_days_and_places_are_there_only_if_recorded():
    found = HaitiModel(load_case("baseline", days=2, weight=2000), run_seed=1).run().results()
    assert found.names() == ["daily", "events"]
    with pytest.raises(UnknownNameError, match="unknown table 'neighbourhoods'"):
        found.neighbourhoods()


def test_without_xarray_one_line_says_so(monkeypatch):
    found = HaitiModel(load_case("baseline", days=2, weight=2000), run_seed=1).run().results()
    monkeypatch.setitem(sys.modules, "xarray", None)
    with pytest.raises(InputError, match="pip install xarray"):
        found.to_xarray()


def test_a_model_and_its_folder_are_cited_by_the_same_line(tmp_path):
    family = find_family("epstein")
    folder, model = run_alone(family, family.load_case("few-cops", days=2), 9, tmp_path / "out")
    line = cite(model)
    assert line == cite(folder) == cite(Results(folder)) == Results(folder).card["cite"]
    assert line.startswith("The Katye developers. Katye, an open simulator of agent-based models")
    assert line.endswith("Scenario 'few-cops', 2 days, seed 9.")


def test_what_cannot_be_cited_is_told_in_a_line(tmp_path):
    with pytest.raises(InputError, match="int cannot be cited"):
        cite(3)
    with pytest.raises(InputError, match="no results here"):
        cite(tmp_path)
