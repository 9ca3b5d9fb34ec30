"""A model that knows nothing of Haiti goes through every command: runs, studies, kills, resumption, reports, analyses."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import time

import pandas as pd
import pytest
from support.study_process import count

from experiments.cli.app import main
from simulation.runs.results import Results

SMALL = "lattice.side = 20"
STUDY = f"""
model = "epstein"
replicates = 2
days = 25
outcomes = ["peak_active", "arrests_total", "waiting"]
[vary]
cops.density = [0.02, 0.04]
off = ["none", "arrests"]
[fixed]
{SMALL}
[replay]
off = "arrests"
"""
LONG = STUDY.replace("replicates = 2", "replicates = 10")
SCREENING = f"""
model = "epstein"
replicates = 3
days = 15
design = "morris"
samples = 4
[vary]
cops.density = "prior"
legitimacy.level = "prior"
arrest.longest_term = {{ low = 5, high = 50 }}
[fixed]
{SMALL}
"""
TABLES = ("runs", "curves", "assumptions", "replay/daily", "replay/neighbourhoods", "replay/events")
HAITI = ("Port-au-Prince", "gang", "Haiti", "household", "neighbourhood by neighbourhood", "authorised")


@pytest.fixture
def katye(tmp_path, monkeypatch, capsys):
    """Call the command in an empty folder: (status, stdout, stderr)."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments):
        with pytest.raises(SystemExit) as stop:
            main([*map(str, arguments)])
        return (int(stop.value.code or 0), *capsys.readouterr())

    return call


def written(folder, name, text):
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def contents(folder, tables=TABLES):
    return [(folder / f"{name}.parquet").read_bytes() for name in tables]


def test_it_is_listed_with_all_it_has(katye):
    assert "epstein   Epstein's civil violence" in katye("models")[1]
    assert "salami-tactics" in katye("scenarios", "--model", "epstein")[1]
    assert "movement" in katye("mechanisms", "--model", "epstein")[1]
    assert "mean time from the end of an outburst" in katye("metrics", "--model", "epstein")[1]
    status, out, _ = katye("parameters", "arrest", "--model", "epstein")
    assert status == 0
    assert "Wilensky 2004" in out
    assert "uniform(10, 60)" in out


def test_a_run_leaves_days_events_and_a_card(katye, tmp_path):
    status, out, err = katye("run", "--model", "epstein", "--days", 60, "--set", "cops.density=0.03", "--out", "one")
    assert (status, err) == (0, "")
    assert "Punctuated equilibrium, 60 days, seed 1" in out
    assert "outbursts of more than 50 actives" in out
    assert f"Page: {tmp_path / 'one/replay.html'}" in out
    assert 'id="replay"' in (tmp_path / "one/replay.html").read_text(encoding="utf-8")
    results = Results(tmp_path / "one")
    daily = results.daily()
    assert len(daily) == 61
    assert (daily["active"] + daily["quiet"] + daily["jailed"] == 1120).all()
    assert len(pd.read_parquet(tmp_path / "one/events.parquet")) == results.card["outcomes"]["outbursts"] > 0
    assert pd.read_parquet(tmp_path / "one/neighbourhoods.parquet").empty
    assert (results.card["model"], results.card["parameters"]) == ("epstein", {"cops.density": 0.03})
    assert any("epstein" in name for name in results.card["data_sha256"])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--save", "x.katye"), "--save: a run of epstein cannot be kept in a file. Leave it out"),
        (("--set", "legitimacy.fall_steps=3"), "legitimacy.fall_steps means nothing while legitimacy.fall is 0"),
        (("--weight", 3), "weight 3 is too much for this model"),
        (("--set", "gang.members=3"), "unknown parameter 'gang.members'"),
        (("--off", "flight"), "unknown mechanism 'flight'. Known: arrests, movement"),
    ],
)
def test_what_it_does_not_have_is_refused_in_one_line(katye, tmp_path, options, message):
    status, _, err = katye("run", "--model", "epstein", "--days", 2, *options)
    assert status == 2
    assert message in err
    assert err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_a_study_has_a_report_and_the_same_bytes_with_any_number_of_workers(katye, tmp_path):
    study = written(tmp_path, "tiny.toml", STUDY)
    for workers in (1, 2):
        status, _, err = katye("sweep", study, "--workers", workers, "--out", workers)
        assert (status, "error" in err) == (0, False), err
    assert contents(tmp_path / "1") == contents(tmp_path / "2")
    runs = Results(tmp_path / "1").runs()
    assert len(runs) == 8
    assert (runs.loc[runs["off"] == "arrests", "arrests_total"] == 0).all()
    assert list(Results(tmp_path / "1").curves()["day"].unique()) == [0, 7, 14, 21]
    page = (tmp_path / "1/report.html").read_text(encoding="utf-8")
    assert "srcdoc=" in page
    page = re.sub(r"srcdoc='[^']*'", "", page)  # the player speaks Haitian Creole of any model
    assert "Epstein's civil violence" in page.replace("&#39;", "'")
    assert "set up to show a mechanism" in page
    assert not [word for word in HAITI if word in page]
    assert "tiny: 8 of 8 runs finished" in katye("status", "1")[1]
    command = katye("rerun", "1", "--run", 3)
    assert command[0] == 0, command
    assert "gives the same" in command[1]


@pytest.mark.slow
def test_a_study_killed_on_the_way_goes_on_to_the_same_bytes(katye, tmp_path, monkeypatch):
    monkeypatch.setattr("experiments.report.writing.write_study_report", lambda folder, language: None)
    study, out = written(tmp_path, "long.toml", LONG), tmp_path / "killed"
    code = "from experiments.cli.app import main; main()"
    words = ("sweep", str(study), "--workers", "1", "--out", str(out))
    with subprocess.Popen([sys.executable, "-c", code, *words], stderr=subprocess.DEVNULL) as process:
        try:
            while count(out, "done") < 5 and process.poll() is None:
                time.sleep(0.01)
            assert process.poll() is None, "done before it was killed"
            os.kill(process.pid, signal.SIGKILL)
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
    kept = count(out, "done")
    assert 5 <= kept < 40
    assert "runs are missing and nobody is at work" in "".join(katye("status", out)[1:])
    assert katye("resume", out, "--workers", 2)[0] == 0
    assert katye("sweep", study, "--workers", 1, "--out", "calm")[0] == 0
    assert contents(out) == contents(tmp_path / "calm")


@pytest.mark.slow
def test_a_screening_says_what_matters(katye, tmp_path):
    study = written(tmp_path, "screening.toml", SCREENING)
    assert katye("sweep", study, "--workers", 1, "--out", "s")[0] == 0
    status, out, err = katye("sensitivity", "s")
    assert status == 0, err
    assert "cops.density" in out
    assert "mu*" in out
    table = pd.read_csv(tmp_path / "s/sensitivity.csv")
    assert {"cops.density", "legitimacy.level", "arrest.longest_term"} <= set(table["parameter"])
    assert katye("resume", "s")[0] == 0  # the report again, now with what was found
    assert "sensitivity" in (tmp_path / "s/report.html").read_text(encoding="utf-8")
