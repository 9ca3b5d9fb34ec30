"""What varies and is no parameter: scenarios, mechanisms that are off, files of households; and the command behind a run."""

from __future__ import annotations

import pandas as pd
import pytest

from experiments.run.lookup import run_behind
from experiments.run.sweep import run_sweep
from experiments.store.load import load_runs
from experiments.study.study import Study, check_study, load_study
from simulation.errors import InputError

SMALL = {"replicates": 2, "days": 3, "weight": 2000}


def made(vary, **changes):
    return check_study(Study("s", "", "", "baseline", vary, **(SMALL | changes)))


def test_off_switches_mechanisms_off_and_none_is_all_of_them_on():
    study = made({"off": ("none", "flight")}, arms={"main": {}, "calm": {"scenario": "no-mission"}})
    assert [cell.off for cell in study.cells()] == [(), ("flight",)] * 2
    assert [case.off for case in study.cases()] == [(), ("flight",)] * 2


@pytest.mark.parametrize(
    ("vary", "options", "message"),
    [
        ({"off": ("none", "fligth")}, {}, "unknown mechanism 'fligth'. Did you mean flight"),
        ({"population": ("none.csv",)}, {}, "none.csv"),
        ({"off": ("none", "flight")}, {"shared_start": 2}, "off"),
        ({"scenario": ("baseline", "POL4")}, {"shared_start": 2}, "scenario"),
        ({"scenario": ("baseline", "POL44")}, {}, "unknown scenario 'POL44'"),
    ],
)
def test_what_cannot_vary_is_refused_before_anything_runs(vary, options, message):
    with pytest.raises(InputError, match=message):
        made(vary, **options)


def test_a_study_file_may_say_it_and_paths_count_from_its_folder(tmp_path):
    text = 'days = 3\nweight = 2000\n[vary]\noff = ["none", "trust"]\n[arms.a]\n[arms.b]\nscenario = "mine.toml"\n'
    (tmp_path / "s.toml").write_text(text, encoding="utf-8")
    (tmp_path / "mine.toml").write_text('title = "Mine"\n', encoding="utf-8")
    study = load_study(tmp_path / "s.toml")
    assert [cell.off for cell in study.cells()] == [(), ("trust",)] * 2
    assert study.cells()[-1].scenario == str(tmp_path / "mine.toml")


@pytest.mark.slow
def test_the_command_and_the_call_behind_a_row_give_that_row(tmp_path, monkeypatch, capsys):
    from experiments.cli.app import main

    study = made({"off": ("none", "flight"), "deployment.authorised": (0, 5550)}, fixed={"deployment.forced": True})
    folder = run_sweep(study, workers=1, out=tmp_path / "out")
    row = load_runs(folder).set_index("run").loc[7]
    behind = run_behind(folder, 7)
    assert (behind.seed, behind.row["displaced_people_end"]) == (row["seed"], row["displaced_people_end"])
    space = {}
    exec(behind.python, space)
    again = space["model"].summary()
    words = behind.command.split()
    assert words[:2] == ["katye", "run"]
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as stop:
        main([*words[1:], "--out", "again"])
    assert not stop.value.code, capsys.readouterr().err
    daily = pd.read_parquet(tmp_path / "again/daily.parquet")
    assert daily["displaced_people"].iloc[-1] == row["displaced_people_end"]
    for name, value in again.items():
        assert value == row[name] or value != value, name
    with pytest.raises(InputError, match=r"the study has no run 8\. Its runs are 0 to 7"):
        run_behind(folder, 8)
