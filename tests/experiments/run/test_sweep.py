"""Sweeps: the folder they leave, the same bytes whatever the workers, failures and Ctrl-C."""

from __future__ import annotations

import functools
import importlib.util
import json

import pandas as pd
import pyarrow
import pytest
from support.stand_in import MODEL
from support.study_process import write_report

from experiments.report.writing import write_study_report
from experiments.run.sweep import exit_status, plan, resume, run_sweep
from experiments.run.task import ROOT, simulate
from experiments.study.study import Study, load_study
from simulation.errors import InputError, UnknownNameError
from simulation.runs.results import Results


def small(**changes):
    usual = {
        "name": "small",
        "title": "Small",
        "question": "Does it run?",
        "scenario": "baseline",
        "model": MODEL,
        "days": 20,
        "replicates": 2,
        "vary": {"deployment.authorised": (400, 2500), "funding.level": (0.33, 1.0)},
        "arms": {"gated": {}, "forced": {"deployment.forced": True}},
        "replay": {"arm": "gated", "deployment.authorised": 2500},
        "quick": {"days": 5, "replicates": 1},
    }
    return Study(**(usual | changes))


def test_a_sweep_leaves_its_tables_replay_card_and_report(tmp_path):
    seen = []
    options = {"workers": 1, "progress": lambda *state: seen.append(state), "report": write_report}
    folder = run_sweep(small(), out=tmp_path / "out", **options)
    assert seen == [(k, 16, 0) for k in range(17)]
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    files = {name for name in files if not name.startswith("store/")}
    tables = {"runs.parquet", "curves.parquet", "places.parquet", "assumptions.parquet"}
    replay = {f"replay/{name}" for name in ("daily.parquet", "neighbourhoods.parquet", "events.parquet")}
    assert files == tables | replay | {"replay/card.json", "card.json", "report.html"}
    assert exit_status(folder) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["out"]

    results = Results(folder)
    runs = results.runs()
    first = ["scenario", "run", "arm", "authorised_force", "funding_level", "replicate", "seed", "point"]
    varied = ["deployment.authorised", "funding.level"]
    outcomes = ["displaced_people_end", "binding_ceiling_days_beds"]
    assert list(runs.columns) == first + varied + outcomes
    assert list(runs["run"]) == list(range(16))
    assert (runs["authorised_force"] == runs["deployment.authorised"]).all()
    curves = results.curves()
    assert list(curves["date"].unique()) == list(pd.to_datetime(["2024-06-01", "2024-06-08", "2024-06-15"]))
    design = ["run", "arm", "authorised_force", "funding_level", "replicate", "scenario"]
    assert list(curves.columns[:10]) == [*design, *varied, "day", "date"]
    daily = results.replay().daily()
    replayed = curves[curves["run"] == results.replay().card["run"]]
    assert list(replayed["displaced_people"]) == list(daily["displaced_people"][::7])
    assert list(replayed["residents_killed_total"]) == list(daily["residents_killed_today"].cumsum()[::7])
    places = results.places()
    assert len(places) == 16 * 3
    ends = ["neighbourhood", "influence_start", "influence_end", "label_start", "label_end"]
    assert list(places.columns) == [*design, *varied, *ends]
    card = results.card
    assert (card["finished_runs"], card["failed_runs"], card["interrupted"]) == (16, 0, False)
    assert card["parameters"] == {}
    about = results.replay().card
    assert (about["arm"], about["authorised_force"], about["funding_level"]) == ("gated", 2500, 0.33)
    assert len(results.replay().daily()) == 21


def test_runs_of_one_replicate_share_their_seed():
    tasks = plan(small())
    assert [task.replicate for task in tasks] == [0] * 8 + [1] * 8
    assert len({task.seed for task in tasks}) == 2
    assert [task.run for task in tasks if task.replay] == [2]


def fake_task():
    """Made inside a function, so that it travels to worker processes by value."""

    def run(task):
        import time

        import numpy as np
        import pandas as pd

        from experiments.run.task import Record

        time.sleep(0.05 * (task.run == 0))
        rng = np.random.default_rng([task.seed, task.case.parameters.deployment.authorised])
        row = {**task.design(), "seed": task.seed, "people": rng.random()}
        curves = pyarrow.table({"run": [task.run], "date": pd.to_datetime(["2024-06-01"]), "people": [rng.random()]})
        parts = {"curves": curves, "places": pyarrow.table({"run": [task.run], "label": ["gang"]})}
        return Record(row, parts, {}, {})

    return run


@pytest.mark.slow
def test_same_bytes_with_one_worker_and_with_two(tmp_path):
    folders = [tmp_path / "one", tmp_path / "two"]
    for workers, folder in enumerate(folders, start=1):
        run_sweep(small(), workers=workers, out=folder, run_task=fake_task())
    for name in ("runs", "curves", "places", "assumptions"):
        one, two = (folder.joinpath(f"{name}.parquet").read_bytes() for folder in folders)
        assert one == two


def test_sizes_can_be_changed_and_quick_is_quick(tmp_path):
    folder = run_sweep(small(), workers=1, quick=True, days=14, out=tmp_path / "out")
    card = Results(folder).card
    assert (card["days"], card["replicates"], card["planned_runs"], card["quick"]) == (14, 1, 8, True)


def test_a_failing_run_is_told_and_the_others_stay(tmp_path):
    study = small(vary={"deployment.authorised": (400, 666)}, replay={})
    folder = run_sweep(study, workers=1, out=tmp_path / "out")
    assert len(Results(folder).runs()) == 4
    assert exit_status(folder) == 1
    failures = json.loads((folder / "failures.json").read_text())
    assert [failure["run"] for failure in failures] == [1, 3, 5, 7]
    assert failures[0]["error"] == "RuntimeError: the model broke"
    assert "Traceback" in failures[0]["traceback"]
    assert failures[0]["command"] == f"katye rerun {folder} --run 1"
    assert "--set deployment.authorised=666" in failures[0]["alone"]


def test_when_all_runs_fail_the_reasons_are_still_there(tmp_path):
    folder = run_sweep(small(vary={"deployment.authorised": (666,)}, replay={}), workers=1, out=tmp_path / "out")
    assert not (folder / "runs.parquet").exists()
    assert (folder / "failures.json").exists()
    assert exit_status(folder) == 1


def test_ctrl_c_keeps_what_has_finished(tmp_path):
    def stop(task):
        if task.run == 5:
            raise KeyboardInterrupt
        return simulate(task)

    folder = run_sweep(small(), workers=1, out=tmp_path / "out", run_task=stop)
    assert len(Results(folder).runs()) == 5
    assert Results(folder).card["interrupted"] is True
    assert exit_status(folder) == 130


def test_a_closed_pipe_costs_no_runs(tmp_path):
    def closed(*_):
        raise BrokenPipeError

    folder = run_sweep(small(), workers=1, out=tmp_path / "out", progress=closed)
    assert len(Results(folder).runs()) == 16


def test_ctrl_c_before_any_run_leaves_nothing(tmp_path):
    def stop(task):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt, match="no run had finished, so nothing is kept"):
        run_sweep(small(), workers=1, out=tmp_path / "out", run_task=stop)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("where", ["tables", "report"])
def test_ctrl_c_in_the_tables_or_the_report_says_what_is_kept(tmp_path, monkeypatch, where):
    def stop(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        if where == "tables":
            patch.setattr("experiments.run.sweep.write_results", stop)
        with pytest.raises(KeyboardInterrupt, match=r"all finished runs are kept\. Go on with: katye resume "):
            run_sweep(small(), workers=1, out=tmp_path / "out", report=stop)
    assert len(Results(resume(tmp_path / "out", workers=1, run_task=never)).runs()) == 16


def test_a_report_that_fails_costs_no_results(tmp_path, monkeypatch):
    def broken(*_):
        raise ValueError("no picture")

    monkeypatch.setattr("experiments.report.study.write_report", broken)
    folder = run_sweep(small(), workers=1, out=tmp_path / "out", report=write_study_report)
    assert len(Results(folder).runs()) == 16
    assert "no picture" in (folder / "report-error.txt").read_text()
    assert exit_status(folder) == 1


@functools.wraps(simulate)  # to a folder it is the same
def never(task):
    raise AssertionError("a run was started")


@pytest.mark.parametrize(
    ("changes", "options"),
    [
        ({"scenario": "basline"}, {}),
        ({"vary": {"funding.levl": (1.0,)}}, {}),
        ({}, {"days": 6000}),
        ({}, {"days": 0}),
        ({}, {"replicates": 0}),
        ({}, {"weight": -1}),
        ({}, {"workers": 0}),
    ],
)
def test_wrong_input_starts_no_run_and_writes_nothing(tmp_path, changes, options):
    with pytest.raises(InputError):
        run_sweep(small(**changes), **({"workers": 1} | options), out=tmp_path / "out", run_task=never)
    assert list(tmp_path.iterdir()) == []


def test_an_existing_folder_starts_no_run(tmp_path):
    with pytest.raises(InputError, match="exists already"):
        run_sweep(small(), workers=1, out=tmp_path, run_task=never)


def test_without_out_a_free_folder_is_taken(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folders = [run_sweep(small(), workers=1, quick=True) for _ in range(2)]
    assert folders == [tmp_path / "runs" / "small-quick", tmp_path / "runs" / "small-quick-2"]


def test_unknown_study():
    with pytest.raises(UnknownNameError):
        run_sweep("force-fundin")


def test_the_script_runs_the_same_study_as_the_file():
    path = ROOT / "notebooks/sweep_force_funding.py"
    spec = importlib.util.spec_from_file_location("sweep_force_funding", path)
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    STUDY = script.STUDY

    filed = load_study("force-funding")
    for name in (
        "vary",
        "arms",
        "fixed",
        "replay",
        "quick",
        "days",
        "weight",
        "replicates",
        "seed",
        "asks",
        "sections",
        "titles",
        "outcomes",
    ):
        assert getattr(STUDY, name) == getattr(filed, name), name


def test_progress_without_a_terminal_is_a_few_lines(capsys):
    from experiments.cli.progress import watch

    with watch("small") as progress:
        for k in range(101):
            progress(k, 100, k // 50)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 13  # none, one, the first that tells time, every tenth
    assert lines[-1] == "small: 100 of 100 runs, 0 s left, 2 failed"


def test_design_columns_of_a_study_that_varies_neither(tmp_path):
    study = small(vary={"funding.source": ("level", "pledges")}, replay={})
    runs = Results(run_sweep(study, workers=1, out=tmp_path / "out")).runs()
    assert set(runs["authorised_force"]) == {2500}
    assert list(runs["funding.source"].unique()) == ["level", "pledges"]
