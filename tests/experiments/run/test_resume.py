"""Going on with a study: what is run, what is refused and why; repeating a run; status and cost of a study."""

from __future__ import annotations

import dataclasses
import functools
import json
import math

import pytest
from support.stand_in import MODEL
from support.study_process import cheap_run, tables, write_study

from experiments.cli.app import main
from experiments.run import fingerprint as identity
from experiments.run import sweep
from experiments.run.estimate import estimate
from experiments.run.sweep import rerun, resume, run_sweep
from experiments.run.task import simulate
from experiments.store.load import load_runs
from experiments.store.status import bands, study_status
from experiments.study.study import Study, load_study
from simulation.errors import InputError
from simulation.runs.results import Results

pytestmark = pytest.mark.usefixtures("fake_report")


def stopping_after(number):
    """A run that is interrupted as if by Ctrl-C once so many have ended."""
    run, ended = cheap_run(), []

    @functools.wraps(run)  # to the folder it is the same
    def stop(task):
        if len(ended) == number:
            raise KeyboardInterrupt
        ended.append(task.run)
        return run(task)

    return stop


@pytest.fixture
def stopped(tmp_path):
    """The folder of a study of 60 runs that was interrupted after 25."""
    study = write_study(tmp_path, 3)
    return run_sweep(study, workers=1, out=tmp_path / "out", run_task=stopping_after(25))


def go_on(folder, **options):
    return resume(folder, workers=1, run_task=cheap_run(), **options)


def test_only_what_is_missing_is_run(stopped, calm):
    assert len(load_runs(stopped)) == 25
    ran, cheap = [], cheap_run()

    @functools.wraps(cheap)
    def run(task):
        ran.append(task.run)
        return cheap(task)

    resume(stopped, workers=1, run_task=run)
    assert ran == list(range(25, 60))
    assert tables(stopped) == calm[3]
    card = Results(stopped).card
    assert (card["finished_runs"], card["interrupted"], card["sessions"]) == (60, False, 2)
    assert card["gone_on_in_spite_of"] == []


def test_a_study_that_is_done_stays_as_it_is(stopped, calm):
    go_on(stopped)
    resume(stopped, workers=1, run_task=stopping_after(0))  # nothing is run
    assert tables(stopped) == calm[3]


def test_more_replicates_are_added_to_the_same_runs(stopped, tmp_path):
    go_on(stopped, replicates=4)
    again = run_sweep(write_study(tmp_path, 4), workers=1, out=tmp_path / "four", run_task=cheap_run())
    assert tables(stopped) == tables(again)
    go_on(stopped)  # its file says four by now, and so does the folder
    with pytest.raises(InputError, match="2 replicates are fewer than the 4 of the study"):
        go_on(stopped, replicates=2)


def test_a_changed_study_is_refused_unless_asked_for(stopped, tmp_path, calm):
    file = tmp_path / "made.toml"
    file.write_text(file.read_text().replace("[0.5, 1.0]", "[0.5, 1.2]").replace("days = 20", "days = 21"))
    with pytest.raises(InputError) as error:
        go_on(stopped)
    assert "since it began this has changed: days in made.toml; vary in made.toml. Put it back" in str(error.value)
    assert f"katye resume {stopped} --anyway" in str(error.value)
    assert len(load_runs(stopped)) == 25
    go_on(stopped, anyway=True)  # with the study as the folder keeps it
    assert tables(stopped) == calm[3]
    assert "days in made.toml" in Results(stopped).card["gone_on_in_spite_of"]


def test_words_may_change_and_the_file_may_go(stopped, tmp_path, calm):
    file = tmp_path / "made.toml"
    file.write_text('title = "Another title"\n' + file.read_text())
    go_on(stopped)
    file.unlink()
    go_on(stopped)
    assert tables(stopped) == calm[3]


@pytest.mark.parametrize(
    ("part", "name", "message"),
    [
        ("code", "simulation/dice.py", "this has changed: simulation/dice.py. Put it back"),
        ("data", "models/haiti/data/hubs.csv", "this has changed: models/haiti/data/hubs.csv"),
        ("versions", "numpy", "this has changed: numpy 1.0 -> "),
    ],
)
def test_changed_code_data_or_versions_are_refused_unless_asked_for(stopped, part, name, message):
    about = stopped / "store" / "study.json"
    kept = json.loads(about.read_text())
    kept["identity"][part][name] = "1.0"
    about.write_text(json.dumps(kept))
    with pytest.raises(InputError) as error:
        go_on(stopped)
    assert message in str(error.value)
    with pytest.raises(InputError, match="this has changed"):
        rerun(stopped, 1, run_task=cheap_run())
    go_on(stopped, anyway=True)
    assert name in Results(stopped).card["gone_on_in_spite_of"][0]
    go_on(stopped)  # said once


def test_an_identity_names_every_file_of_code_and_data(stopped):
    kept = json.loads((stopped / "store" / "study.json").read_text())["identity"]
    assert {"simulation/runs/runner.py", "models/haiti/model.py", "experiments/run/task.py"} <= set(kept["code"])
    shown = (
        "experiments/report",
        "experiments/cli",
        "experiments/store",
        "simulation/visualization",
        "simulation/replay",
    )
    assert not [name for name in kept["code"] if name.startswith(shown)]  # words and pictures decide no run
    assert "tests/support/stand_in.py" in kept["data"]
    assert {"numpy", "mesa", "pyarrow"} <= set(kept["versions"])
    assert len(identity.code_digest()) == 64


def test_a_folder_in_use_or_without_study_is_told(stopped, tmp_path):
    with pytest.raises(InputError, match=f"holds a study. Name another folder, or go on with: katye resume {stopped}"):
        run_sweep(write_study(tmp_path, 3), out=stopped)
    with pytest.raises(InputError, match="holds no study that could go on"):
        go_on(tmp_path)


def test_a_run_is_repeated_and_compared(stopped):
    again = rerun(stopped, 3, run_task=cheap_run())
    assert (again.words, again.well) == ("run 3 gives the same 14 values as before", True)

    run = cheap_run()

    @functools.wraps(cheap_run())
    def other(task):
        record = run(task)
        record.row["operations_total"] += 1
        return record

    again = rerun(stopped, 3, run_task=other)
    assert (again.words, again.well) == (
        "run 3 differs from what is kept in operations_total; the kept one stays",
        False,
    )
    assert again.failure is None
    again = rerun(stopped, 30, run_task=cheap_run())
    assert again.words == "run 30 ended well and is kept; 26 of 60 runs are there"
    with pytest.raises(InputError, match=r"no run 60\. Its runs are 0 to 59"):
        rerun(stopped, 60)


def test_status_of_a_study_that_stopped(stopped, capsys):
    found = study_status(stopped)
    assert (found.planned, found.finished, found.missing, found.at_work) == (60, 25, 35, "")
    assert list(found.bands["arm"]) == ["gated", "forced"]
    runs = load_runs(stopped)
    mine = runs[runs["arm"] == "gated"]["displaced_people_end"]
    row = found.bands.iloc[0]
    assert (row["runs"], row["median"], row["low50"]) == (len(mine), mine.median(), mine.quantile(0.25))
    assert (row["lowest"], row["highest"]) == (mine.min(), mine.max())
    assert len(mine) < 20
    assert math.isnan(row["low90"])  # of so few runs nobody knows what nine in ten lie between
    with pytest.raises(SystemExit):
        main(["status", str(stopped)])
    said = capsys.readouterr().out
    assert said.startswith("made: 25 of 60 runs finished\n")
    assert f"35 runs are missing and nobody is at work. Go on with: katye resume {stopped}" in said
    assert "not a forecast" in said


def test_bands_tell_scenarios_apart():
    import pandas as pd

    runs = pd.DataFrame({"arm": "main", "scenario": ["a", "a", "b"], "killed": [1.0, 3.0, None]})
    found = bands(runs, ["killed", "no such outcome"])
    assert list(found["arm"]) == ["main, a", "main, b"]
    assert list(found["runs"]) == [2, 0]
    assert found["median"][0] == 2.0
    assert found[["low50", "high50", "low90", "high90"]].isna().all(axis=None)
    many = bands(pd.DataFrame({"arm": "main", "scenario": "a", "killed": range(21)}), ["killed"]).iloc[0]
    assert (many["low50"], many["high50"], many["low90"], many["high90"]) == (5, 15, 1, 19)


def test_the_cost_of_a_study_is_measured_on_one_of_its_runs(tmp_path, capsys, monkeypatch):
    study = load_study(write_study(tmp_path, 3))
    ran, cheap = [], cheap_run()

    @functools.wraps(cheap)
    def run(task):
        ran.append((task.run, task.case.days))
        return cheap(task)

    found = estimate(study, 4, run)
    assert ran == [(0, 5), (10, 20)]
    assert (found.points, found.arms, found.replicates, found.runs) == (10, 2, 3, 60)
    assert found.seconds == pytest.approx(15 * found.run_seconds)
    assert 60 * 200 < found.disk_bytes < 60 * 20_000
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(estimate.__globals__, "simulate", None)
    monkeypatch.setattr(estimate, "__defaults__", (run,))
    with pytest.raises(SystemExit):
        main(["plan", "made.toml", "--workers", "200"])
    said = capsys.readouterr().out
    for words in ("factorial: 10 points, 2 arms, 3 replicates", "all runs on 200 workers", "on disk"):
        assert words in said
    assert f"This machine has {sweep.available_workers()} cores" in said
    assert "Start it with: katye sweep made.toml" in said
    assert [path.name for path in tmp_path.iterdir()] == ["made.toml"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["resume", "nowhere"], "holds no study that could go on. Give the folder that `katye sweep` made"),
        (["status", "nowhere"], "holds no study that could go on"),
        (["rerun", "nowhere", "--run", "1"], "holds no study that could go on"),
        (["resume", "nowhere", "--workers", "0"], "--workers: 0 is no positive whole number"),
        (["plan", "force-fundin"], "Did you mean force-funding"),
        (["plan", "force-funding", "--days", "0"], "--days: 0 is no positive whole number"),
        (["sweep", "force-funding", "--cluster", "tcp//"], "no Dask scheduler answers at 'tcp//'"),
    ],
)
def test_wrong_input_is_one_message_and_writes_nothing(arguments, message, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    said = capsys.readouterr()
    assert stop.value.code == 2
    assert said.err.startswith("error: ")
    assert said.err.count("\n") == 1
    assert message in said.err
    assert list(tmp_path.iterdir()) == []


def test_runs_of_two_functions_do_not_mix(tmp_path):
    """A study that somebody ran with a function of their own is theirs to go on with."""
    study = Study("s", "", "", "baseline", {"deployment.authorised": (0, 400)}, model=MODEL, replicates=1, days=5)
    folder = run_sweep(study, workers=1, out=tmp_path / "out", run_task=own)
    with pytest.raises(
        InputError, match=r"its runs were done by .*own, and would go on with .*simulate\. Go on from Python"
    ):
        resume(folder, workers=1, replicates=2)
    resume(folder, workers=1, replicates=2, run_task=own)
    assert (load_runs(folder)["displaced_people_end"] == 7).all()


def own(task):
    record = simulate(task)
    return dataclasses.replace(record, row=record.row | {"displaced_people_end": 7})
