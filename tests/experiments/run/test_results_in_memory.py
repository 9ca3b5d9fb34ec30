"""`model.results()`: a run's tables in memory are those that a folder of the same run holds."""

from __future__ import annotations

import sys

import pandas as pd
import pytest

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
