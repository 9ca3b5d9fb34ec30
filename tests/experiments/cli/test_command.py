"""The command `katye`: what it prints, what it leaves, and that wrong input is one message and status 2."""

from __future__ import annotations

import csv
import errno
import io
import json
import os
import shlex
import subprocess
import sys
import time

import pytest
from support.stand_in import MODEL, FakeModel

from experiments.cli.app import main
from experiments.study.study import load_study
from simulation.runs.results import Results, check_output_folder

ON = ("--model", MODEL)
"""Options that put a command on the stand-in."""


@pytest.fixture
def katye(tmp_path, monkeypatch, capsys):
    """Call the command in an empty folder: (status, stdout, stderr)."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TERMINAL_WIDTH", "300")

    def call(*arguments):
        with pytest.raises(SystemExit) as stop:
            main([str(argument) for argument in arguments])
        return (stop.value.code or 0, *capsys.readouterr())

    return call


def test_run_leaves_four_files_and_says_what_came_of_it(katye, tmp_path):
    status, out, _ = katye("run", *ON, "--days", 10, "--seed", 4, "--set", "deployment.authorised=400")
    assert status == 0
    assert "displaced_people" in out
    assert "Fewer people are displaced." in out
    folder = tmp_path / "runs" / "baseline-seed4"
    assert str(folder) in out
    names = ["card.json", "daily.parquet", "events.parquet", "neighbourhoods.parquet"]
    assert sorted(path.name for path in folder.iterdir()) == names
    card = Results(folder).card
    assert card["parameters"] == {"deployment.authorised": 400}
    assert (card["scenario"], card["seed"], card["days"]) == ("baseline", 4, 10)
    assert list(card["data_sha256"]) == ["tests/support/stand_in.py"]
    assert f"Cite: {card['cite']}" in out
    assert card["cite"].endswith("Scenario 'baseline', 10 days, seed 4.")
    assert card["commit"] in card["cite"]


def test_run_takes_all_its_options(katye, tmp_path):
    options = [
        "--days",
        5,
        "--seed",
        2,
        "--weight",
        10,
        "--start",
        "2024-07",
        "--uncertainty",
        "--out",
        "x/y",
    ]
    options += [
        "--set",
        "funding.source=level",
        "--set",
        "deployment.forced=true",
        "--set",
        "funding.level=1",
    ]
    assert katye("run", "baseline", *ON, *options)[0] == 0
    card = Results(tmp_path / "x" / "y").card
    assert (card["start"], card["weight"], card["uncertainty"]) == ("2024-07-01", 10, True)
    changed = {"deployment.forced": True, "funding.level": 1.0, "funding.source": "level"}
    assert card["parameters"] == changed


def test_the_second_run_takes_the_next_free_folder(katye, tmp_path):
    for _ in range(2):
        assert katye("run", *ON, "--days", 3)[0] == 0
    assert sorted(path.name for path in (tmp_path / "runs").iterdir()) == [
        "baseline-seed1",
        "baseline-seed1-2",
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["run", "basline"], "unknown scenario 'basline'. Did you mean baseline?"),
        (["run", "--days", "0"], "--days: 0 is no positive whole number"),
        (["run", "--days", "-3"], "--days: -3 is no positive whole number"),
        (["run", "--seed", "-1"], "--seed: '-1' is no seed. A seed is a whole number from 0 to 2^64 - 1"),
        (["compare", "POL0", "POL1", "--seed", -1], "--seed: -1 is no whole number from 0 up"),
        (["ablation", "--seed", -1], "--seed: -1 is no whole number from 0 up"),
        (["common-random-numbers", "--seed", -1], "--seed: -1 is no whole number from 0 up"),
        (["run", "--weight", "0"], "--weight: 0 is no positive whole number"),
        (["run", "--start", "yesterday"], "--start: 'yesterday' is no date"),
        (["run", "--set", "deployment.autorised=3"], "Did you mean deployment.authorised"),
        (["run", "--set", "deployment.authorised=99999"], "99999 is outside the range"),
        (["run", "--set", "deployment.authorised=many"], "'many' for deployment.authorised is no number"),
        (["run", "--set", "funding.source=levle"], "Did you mean level or pledges?"),
        (["run", "--set", "deployment.authorised"], "is no name=value"),
        (["run", "--set", "=3"], "is no name=value"),
        (["run", "--set", "funding.level=1", "--set", "funding.level=2"], "funding.level is given twice"),
        (["run", "--out", "."], "exists already and is not overwritten"),
        (["sweep", "force-fundin"], "unknown study 'force-fundin'. Did you mean force-funding"),
        (["sweep", "none.toml"], "cannot be read"),
        (["sweep", "force-funding", "--workers", "0"], "--workers: 0 is no positive whole number"),
        (["sweep", "force-funding", "--replicates", "-1"], "--replicates: -1 is no positive whole number"),
        (["sweep", "force-funding", "--days", "0"], "--days: 0 is no positive whole number"),
        (["sweep", "force-funding", "--days", "600000"], "no table can hold dates as late as 600000 days bring"),
        (["sweep", "force-funding", "--out", "."], "exists already and is not overwritten"),
        (["parameters", "fundng"], "unknown parameter 'fundng'. Did you mean funding"),
    ],
)
def test_wrong_input_is_one_message_status_2_and_nothing_written(katye, tmp_path, arguments, message):
    on = ON if arguments[0] in ("run", "parameters") else ()
    status, out, err = katye(*arguments, *on)
    assert status == 2
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    assert message in err
    assert out == ""
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["run", "--set", "funding.level=0.5"], "--set: funding.level means nothing while funding.source is 'pledges'"),
        (
            ["compare", "POL0", "POL4", "--set", "funding.cash_share=0.5"],
            "--set: funding.cash_share means nothing while",
        ),
        (["luck", "--one", "funding.level=0.5"], "--set, --one, --other: funding.level means nothing while"),
        (
            ["sweep", "mine.toml"],
            "study mine: funding.level means nothing while funding.source is 'pledges'. Set funding",
        ),
        (
            ["run", "--seed", 2**64, "--days", 2, "--weight", 2000],
            "is no seed. A seed is a whole number from 0 to 2^64 - 1",
        ),
    ],
)
def test_what_would_change_nothing_is_refused(katye, tmp_path, arguments, message):
    study = tmp_path / "mine.toml"
    study.write_text("days = 3\n[vary]\nfunding.level = [0.5, 1]\n[arms.a]\n[arms.b]\ndeployment.forced = true\n")
    status, out, err = katye(*arguments)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert message in err
    assert list(tmp_path.iterdir()) == [study]


def test_a_level_of_funding_in_some_cells_is_enough(tmp_path):
    study = tmp_path / "mine.toml"
    study.write_text('days = 3\n[vary]\nfunding.level = [0.5, 1]\nfunding.source = ["level", "pledges"]\n')
    assert len(load_study(study).cells()) == 4


@pytest.mark.parametrize(
    "arguments",
    [
        ["run", "--days", "many"],
        ["run", "--days", "2.5"],
        ["sweep"],
        ["rum"],
        ["run", "--dys", "3"],
        ["run", "a", "b"],
    ],
)
def test_usage_errors_are_status_2_without_traceback(katye, tmp_path, arguments):
    status, out, err = katye(*arguments)
    assert status == 2
    assert "Usage: " in err
    assert "Traceback" not in err
    assert out == ""
    assert list(tmp_path.iterdir()) == []


STUDY = f"""
model = "{MODEL}"
days = 7
replicates = 2
outcomes = ["displaced_people_end"]
[vary]
deployment.authorised = [400, 2500]
[quick]
replicates = 1
"""


@pytest.mark.usefixtures("fake_report")
def test_sweep_ends_with_the_path_of_its_report(katye, tmp_path):
    (tmp_path / "mine.toml").write_text(STUDY)
    status, out, err = katye("sweep", "mine.toml", "--workers", 1)
    assert status == 0
    report = tmp_path / "runs" / "mine" / "report.html"
    assert out.splitlines()[-1] == f"Report: {report}"
    assert "main, 400" in out
    assert "mine: 4 of 4 runs" in err
    assert katye("sweep", "mine.toml", "--workers", 1, "--quick", "--out", "q")[0] == 0
    assert len(Results(tmp_path / "q").runs()) == 2


def test_a_study_in_which_nothing_varies_ends_well(katye, tmp_path):
    (tmp_path / "mine.toml").write_text(
        'days = 3\nweight = 2000\nreplicates = 1\noutcomes = ["displaced_people_end"]\n'
    )
    status, out, err = katye("sweep", "mine.toml", "--workers", 1, "--out", "mine")
    assert (status, "error" in err) == (0, False)
    assert out.count("main") == 2, "the arm is the only cell, lowest and highest"
    assert "it compares nothing" in (tmp_path / "mine/report.html").read_text(encoding="utf-8")


@pytest.mark.usefixtures("fake_report")
def test_commands_that_are_told_can_be_typed_as_they_stand(katye, tmp_path):
    (tmp_path / "my study.toml").write_text(STUDY)
    _, out, _ = katye("plan", "my study.toml", "--quick", "--days", 3)
    assert "Start it with: katye sweep 'my study.toml' --quick --days 3\n" in out
    (tmp_path / "my study.toml").write_text(STUDY.replace("2500", "666"))
    status, out, err = katye("plan", "my study.toml")
    assert (status, out) == (2, "")
    assert (
        "error: cell main, deployment.authorised = 666: the run that was to be measured failed (RuntimeError: the"
        in err
    )
    assert "Repeat it with: katye run baseline --days 7 --seed " in err
    assert f"--model {MODEL}" in err
    katye("sweep", "my study.toml", "--workers", 1, "--out", "a b")
    folder = tmp_path / "a b"
    again = json.loads((folder / "failures.json").read_text())[0]["command"]
    assert again == f"katye rerun '{folder}' --run 1"
    assert katye(*shlex.split(again)[1:])[0] == 1
    assert "Repeat it with: katye rerun 'a b' --run 1\n" in katye("status", "a b")[1]
    assert f"go on with: katye resume '{folder}'\n" in katye("sweep", "my study.toml", "--out", "a b")[2]


@pytest.mark.usefixtures("fake_report")
def test_sweep_with_failing_runs_is_status_1(katye, tmp_path):
    (tmp_path / "mine.toml").write_text(STUDY.replace("2500", "666"))
    status, _, err = katye("sweep", "mine.toml", "--workers", 1, "--out", "q")
    assert status == 1
    assert err.count("RuntimeError: the model broke") == 2
    assert "repeat it with: katye rerun " in err


@pytest.mark.usefixtures("fake_report")
def test_ctrl_c_in_a_sweep_is_status_130(katye, tmp_path, monkeypatch):
    def stop(self, days=None, progress=None):
        if self.case.parameters.deployment.authorised == 2500:
            raise KeyboardInterrupt
        return self

    monkeypatch.setattr(FakeModel, "run", stop)
    (tmp_path / "mine.toml").write_text(STUDY)
    status, _, err = katye("sweep", "mine.toml", "--workers", 1, "--out", "q")
    assert status == 130
    assert "interrupted: 1 of 4 runs are kept" in err
    assert len(Results(tmp_path / "q").runs()) == 1
    assert katye("run", *ON, "--out", "r")[0] == 130
    assert not (tmp_path / "r").exists()


@pytest.mark.parametrize("command", [("run", "--model", MODEL), ("plan", "mine.toml")])
def test_ctrl_c_says_that_nothing_is_kept(katye, tmp_path, monkeypatch, command):
    def stop(self, days=None, progress=None):
        raise KeyboardInterrupt

    monkeypatch.setattr(FakeModel, "run", stop)
    (tmp_path / "mine.toml").write_text(STUDY)
    status, out, err = katye(*command)
    assert (status, out) == (130, "")
    assert err == f"interrupted: {'nothing is kept' if command[0] == 'run' else 'nothing was written'}\n"
    assert [path.name for path in tmp_path.iterdir()] == ["mine.toml"]


class Full(io.StringIO):
    def write(self, text):
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_screen_that_is_closed_or_full_costs_no_results(katye, tmp_path, monkeypatch, capsys):
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", None)
        patch.setattr(sys, "stderr", None)
        with pytest.raises(SystemExit) as stop:
            main(["run", *ON, "--days", "3", "--out", "closed"])
    assert not stop.value.code
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", Full())
        with pytest.raises(SystemExit) as stop:
            main(["run", *ON, "--days", "3", "--out", "full"])
    assert stop.value.code == 2
    assert capsys.readouterr().err == "error: No space left on device\n"
    assert len(list((tmp_path / "closed").iterdir())) == len(list((tmp_path / "full").iterdir())) == 4


def test_seed_zero_is_a_seed(katye, tmp_path):
    assert katye("run", *ON, "--days", 2, "--seed", 0)[0] == 0
    assert Results(tmp_path / "runs" / "baseline-seed0").card["seed"] == 0


@pytest.mark.parametrize("typed", ["./~", "./~/mine", "./~somebody"])
def test_a_tilde_behind_a_dot_is_a_folder_here(katye, tmp_path, monkeypatch, typed):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    assert katye("run", *ON, "--days", 2, f"--out={typed}")[0] == 0
    assert (tmp_path / typed[2:] / "card.json").is_file()
    assert check_output_folder("./~/other") == tmp_path / "~" / "other"
    assert katye("run", *ON, "--days", 2, "--out=~/mine")[0] == 0
    assert (tmp_path / "home" / "mine" / "card.json").is_file()


@pytest.mark.usefixtures("fake_report")
def test_a_run_that_differs_from_what_is_kept_ends_with_status_one(katye, tmp_path, monkeypatch):
    (tmp_path / "mine.toml").write_text(STUDY)
    assert katye("sweep", "mine.toml", "--workers", 1, "--out", "mine")[0] == 0
    status, out, err = katye("rerun", "mine", "--run", 1)
    assert (status, err) == (0, "")
    assert "gives the same" in out
    before = FakeModel.summary
    monkeypatch.setattr(FakeModel, "summary", lambda model: before(model) | {"displaced_people_end": -1.0})
    status, out, err = katye("rerun", "mine", "--run", 1)
    assert (status, out) == (1, "")
    assert err == "run 1 differs from what is kept in displaced_people_end; the kept one stays\n"


def test_looking_up(katye):
    assert "Baseline" in katye("scenarios", *ON)[1]
    assert "residents_killed_total" in katye("metrics", *ON)[1]
    everything = katye("parameters", *ON)[1]
    for word in ("funding.level", "0.67", "uniform(0.2, 1.2)", "pledges | level", "policy", "A report"):
        assert word in everything
    assert "Receipts a year" in katye("parameters", "funding.level", *ON)[1]
    group = katye("parameters", "funding", *ON)[1]
    assert "funding.source" in group
    assert "deployment" not in group
    rows = list(csv.DictReader(io.StringIO(katye("parameters", "--csv", *ON)[1])))
    assert [row["name"] for row in rows][:2] == ["deployment.authorised", "deployment.forced"]
    assert rows[0]["value"] == "2500"


def test_version_and_help_import_nothing_heavy(katye):
    assert katye("--version")[1].startswith("katye 0.")
    code = "import sys, experiments.cli.app; print([m for m in sys.modules if m in ('numpy', 'pandas', 'mesa')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    start = time.monotonic()
    command = [sys.executable, "-m", "experiments.cli.app", "--help"]
    assert subprocess.run(command, capture_output=True, env=os.environ).returncode == 0
    assert time.monotonic() - start < 3


def test_nothing_that_a_file_says_steers_the_terminal(katye, tmp_path):
    (tmp_path / "study.toml").write_text('title = "\\u001b[2Jmine"')
    (tmp_path / "bring.toml").write_text('"\\u001b[2J" = 1')
    for arguments in (("plan", "study.toml"), ("run", "--bring", "bring.toml"), ("run", "\x1b[2J", *ON)):
        status, out, err = katye(*arguments)
        assert status == 2
        assert "\x1b" not in out + err
        assert "\\x1b[2J" in err
