"""A study's folder holds all that it needs: a copy of it goes on where none of the user's own files are."""

from __future__ import annotations

import json
import os
import shutil

import pandas
import pytest

from experiments.run.lookup import run_behind
from experiments.run.sweep import resume, run_sweep
from experiments.store.load import load_runs
from experiments.study.study import load_study
from models.haiti.model import HaitiModel, load_case
from simulation.errors import InputError
from simulation.runs.results import Results

METRIC = """from models.haiti.metrics import Metric
TWICE = Metric("twice_displaced", "people", "a metric of one's own", lambda model: 2 * model.displaced_people(),
               ("end",))
"""
POINTS = """scenario,hold.most_units,population
cases/own.toml,3,people/one.csv
baseline,4,people/two.csv
"""
OWN = (
    'title = "Own"\ndays = 2\nweight = 5000\npopulation = "../people/two.csv"\n[bring]\nmetrics = ["metric.py:TWICE"]\n'
)
STUDY = """days = 2
weight = 5000
design = "table"
points = "points.csv"
outcomes = ["twice_displaced_end"]
replicates = 1
[bring]
data = "city"
"""


@pytest.fixture(scope="module")
def people(tmp_path_factory):
    """Two files of households."""
    folder = tmp_path_factory.mktemp("people")
    model = HaitiModel(load_case(weight=5000), run_seed=1)
    model.households.write(folder / "one.csv")
    pandas.read_csv(folder / "one.csv").iloc[::-1].to_csv(folder / "two.csv", index=False)
    return folder


@pytest.fixture
def place(people, tmp_path, monkeypatch):
    """A working folder with a study that names files of every kind, by relative paths."""
    from models.haiti.world.city import DATA

    place = tmp_path / "one"
    (place / "cases").mkdir(parents=True)
    shutil.copytree(people, place / "people")
    shutil.copytree(DATA, place / "city")
    (place / "cases/own.toml").write_text(OWN)
    (place / "cases/metric.py").write_text(METRIC)
    (place / "study.toml").write_text(STUDY)
    (place / "points.csv").write_text(POINTS)
    monkeypatch.chdir(place)
    return place


@pytest.mark.slow
def test_a_copy_goes_on_where_none_of_the_files_are(place, tmp_path, monkeypatch):
    shutil.copytree(run_sweep("study.toml", workers=1, out="out"), tmp_path / "copied")
    before, whole = load_runs("out"), resume("out", workers=1, replicates=2)
    kept = load_runs(whole)
    place.rename(tmp_path / "gone")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    copied = resume(tmp_path / "copied", workers=1, replicates=2)
    runs = load_runs(copied)
    pandas.testing.assert_frame_equal(runs, kept, check_exact=True)
    pandas.testing.assert_frame_equal(runs[: len(before)], before, check_exact=True)
    assert set(runs["population"]) == {"people/one.csv", "people/two.csv"}
    assert set(runs["scenario"]) == {"own", "baseline"}
    assert runs["twice_displaced_end"].notna().tolist() == [True, False, True, False]  # baseline does not bring it
    assert Results(copied).card["gone_on_in_spite_of"] == []
    command = run_behind(copied, 0).command
    assert str(copied / "store/inputs") in command
    again = shutil.copytree(copied, tmp_path / "copied again")
    shutil.rmtree(copied)
    assert len(load_runs(resume(again, workers=1, replicates=3))) == 6


@pytest.mark.slow
def test_a_file_that_was_changed_where_it_was_is_refused_and_so_is_a_damaged_copy(place, tmp_path):
    (place / "small.toml").write_text('weight = 5000\ndays = 1\nreplicates = 1\nscenario = "cases/own.toml"\n')
    out = run_sweep("small.toml", workers=1, out="out")
    about = json.loads((out / "store/study.json").read_text())
    own = {str(place / name) for name in ("cases/own.toml", "people/two.csv", "cases/metric.py")}
    assert {os.path.normpath(name) for name in about["inputs"]} == own
    assert all((out / copy).is_file() for copy in about["inputs"].values())
    own = place / "cases/own.toml"
    own.write_text(OWN + "\n")
    with pytest.raises(InputError, match=r"this has changed: \S*cases/own.toml. Put it back"):
        resume(out, workers=1, replicates=2)
    own.unlink()
    (place / "small.toml").unlink()
    (out / next(copy for copy in about["inputs"].values() if copy.endswith("two.csv"))).write_text(
        "home,people,wealth,ties\n"
    )
    with pytest.raises(InputError, match=r"two.csv"):
        resume(out, workers=1, replicates=2)


def test_a_study_without_files_of_ones_own_copies_none(tmp_path):
    study = load_study("core").resized(days=1, weight=10_000, replicates=1)
    from experiments.study.inputs import own_files

    assert own_files(study, study.cases()) == {}
