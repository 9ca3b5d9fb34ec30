"""The real model in a sweep: the same bytes with one, two and four workers, and runs that can be repeated alone."""

from __future__ import annotations

import shlex

import pytest

from experiments.cli.app import main
from experiments.run.sweep import run_sweep
from experiments.study.study import Study, load_study, study_names
from simulation.runs.results import Results

pytestmark = pytest.mark.slow

STUDY = Study(
    name="tiny",
    title="Tiny",
    question="Is it the same?",
    scenario="baseline",
    days=8,
    weight=500,
    replicates=2,
    vary={"deployment.authorised": (0, 2500)},
    arms={"gated": {}, "forced": {"deployment.forced": True}},
    replay={"arm": "forced"},
)
TABLES = ("runs", "curves", "places", "assumptions", "replay/daily", "replay/neighbourhoods", "replay/events")


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    root = tmp_path_factory.mktemp("sweeps")
    return [run_sweep(STUDY, workers=workers, out=root / str(workers)) for workers in (1, 2, 4)]


def test_workers_change_no_byte(folders):
    for table in TABLES:
        one, *more = ((folder / f"{table}.parquet").read_bytes() for folder in folders)
        assert more == [one, one], table


def test_tables_hold_what_is_asked_of_them(folders):
    results = Results(folders[0])
    assert (len(results.runs()), results.card["failed_runs"]) == (8, 0)
    assert results.curves()["binding_ceiling"].notna().all()
    assert len(results.curves()) == 8 * 2
    assert set(results.places()["label_end"]) <= {"state", "contested", "gang"}
    assert len(results.replay().daily()) == 9


def test_a_run_can_be_repeated_alone(folders, tmp_path):
    command = shlex.split(STUDY.run_command(STUDY.cells()[3], 1))[1:]
    with pytest.raises(SystemExit) as stop:
        main([*command, "--out", str(tmp_path / "again")])
    assert not stop.value.code
    outcomes = Results(tmp_path / "again").card["outcomes"]
    runs = Results(folders[0]).runs()
    row = runs[(runs["arm"] == "forced") & (runs["authorised_force"] == 2500) & (runs["replicate"] == 1)]
    assert {name: row[name].item() for name in outcomes} == outcomes


def test_the_card_of_a_run_gives_its_bytes_again(folders, tmp_path):
    """What the replay's card says is all that `katye run` needs for the same three files."""
    replay = folders[2] / "replay"
    card = Results(replay).card
    options = ["--days", card["days"], "--seed", card["seed"], "--weight", card["weight"], "--start", card["start"]]
    for name, value in card["parameters"].items():
        options += ["--set", f"{name}={str(value).lower()}"]
    with pytest.raises(SystemExit):
        main([*map(str, ["run", card["scenario"], *options]), "--out", str(tmp_path / "again")])
    for table in ("daily", "neighbourhoods", "events"):
        one, two = (folder / f"{table}.parquet" for folder in (replay, tmp_path / "again"))
        assert one.read_bytes() == two.read_bytes(), table


@pytest.mark.parametrize("name", study_names())
def test_the_studies_that_come_along_can_be_run(name):
    study = load_study(name)
    assert study.cells()
    assert not study.quick or study.quickly().cells()
