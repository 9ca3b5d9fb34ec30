"""Tables as CSV: the same values, from a study that is done or still runs, from a run, and clear words otherwise."""

from __future__ import annotations

import time

import pandas as pd
import pytest
from support.stand_in import MODEL

from experiments.cli.app import main
from experiments.run.sweep import run_sweep
from experiments.run.task import simulate
from experiments.store.export import export
from experiments.store.store import StoreState
from experiments.study.study import Study
from simulation.errors import InputError
from simulation.runs.results import Results, write_json, write_tables

pytestmark = pytest.mark.usefixtures("fake_report")

STUDY = Study(
    "small", "Small", "?", "baseline", {"deployment.authorised": (400, 2500)}, replicates=3, days=20, model=MODEL
)


def test_a_study_gives_every_table(tmp_path):
    folder = run_sweep(STUDY, workers=1, out=tmp_path / "out")
    files = export(folder)
    assert {path.parent for path in files} == {folder / "csv"}
    names = {"runs", "curves", "places", "assumptions", "replay-daily", "replay-neighbourhoods", "replay-events"}
    assert {path.stem for path in files} == names
    for name in ("runs", "curves", "places"):
        read = pd.read_csv(folder / "csv" / f"{name}.csv", parse_dates=["date"] if name == "curves" else [])
        pd.testing.assert_frame_equal(read, Results(folder).table(name), check_dtype=False)
    assert (folder / "csv/curves.csv").read_text().splitlines()[1].split(",")[8] == "2024-06-01"


def test_a_study_that_runs_gives_what_has_finished(tmp_path):
    def look_and_stop(task):
        if task.run < 4:
            return simulate(task)
        while not StoreState(tmp_path / "out" / "store").runs:  # the disk is written to by another thread
            time.sleep(0.01)
        export(tmp_path / "out", tmp_path / "now")
        raise KeyboardInterrupt

    run_sweep(STUDY, workers=1, out=tmp_path / "out", run_task=look_and_stop)
    seen = pd.read_csv(tmp_path / "now/runs.csv")["run"].tolist()
    assert seen == [0, 1, 2, 3][: len(seen)]
    assert seen


def test_a_run_gives_its_tables_again(tmp_path):
    folder = tmp_path / "run"
    folder.mkdir()
    write_tables(folder, daily=pd.DataFrame({"day": [0, 1], "text": ["à, b", None]}))
    write_json({}, folder / "card.json")
    for _ in range(2):
        (path,) = export(folder)
    assert path.read_text(encoding="utf-8") == 'day,text\n0,"à, b"\n1,\n'


def test_nothing_to_write_and_nowhere_to_write(tmp_path, capsys):
    with pytest.raises(SystemExit) as stop:
        main(["export", str(tmp_path)])
    assert stop.value.code == 2
    assert "no results here" in capsys.readouterr().err
    assert not (tmp_path / "csv").exists()
    folder = run_sweep(STUDY, workers=1, out=tmp_path / "out")
    (tmp_path / "file").write_text("mine")
    with pytest.raises(InputError, match="cannot be made"):
        export(folder, tmp_path / "file")
    assert (tmp_path / "file").read_text() == "mine"
