"""The command keeps a running model, goes on with it and branches from it; wrong input is one message and status 2."""

from __future__ import annotations

import pandas as pd
import pytest

from experiments.cli.app import main
from models.haiti.model import HaitiModel
from models.haiti.scenario.scenario import load_case
from simulation.runs.results import Results


@pytest.fixture
def katye(tmp_path, monkeypatch, capsys):
    """Call the command in an empty folder: (status, stdout, stderr)."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments):
        with pytest.raises(SystemExit) as stop:
            main([str(argument) for argument in arguments])
        return (stop.value.code or 0, *capsys.readouterr())

    return call


SMALL = ("--weight", 1000)


def test_a_kept_run_goes_on_and_branches(katye, tmp_path):
    status, out, _ = katye("run", *SMALL, "--days", 12, "--seed", 3, "--out", "whole", "--save", "a", "--save-day", 5)
    assert status == 0
    assert "Kept: a" in out
    assert katye("run", "--from", "a", "--out", "on", "--save", "end")[0] == 0
    for table in ("daily", "neighbourhoods", "events"):
        whole, on = (Results(tmp_path / folder).table(table) for folder in ("whole", "on"))
        pd.testing.assert_frame_equal(whole, on, check_exact=True)
    card = Results(tmp_path / "on").card
    assert (card["days"], card["from_day"], card["from_file"], card["branches"]) == (12, 5, "a", [])
    assert card["outcomes"] == Results(tmp_path / "whole").card["outcomes"]
    changes = ("--set", "funding.source=level", "--set", "funding.level=0", "--seed", 4)
    status, out, _ = katye("run", "--from", "a", *changes, "--days", 10)
    assert status == 0
    assert "15 days, seed 4" in out
    branch = Results(tmp_path / "runs" / "baseline-seed4-from-day5")
    changed = {"funding.source": ["pledges", "level"], "funding.level": [1.0, 0.0]}
    assert branch.card["branches"] == [{"day": 5, "run_seed": [3, 4], "changes": changed}]
    assert branch.card["parameters"]["funding.level"] == 0
    received = branch.daily().funding_received_usd_total
    assert received[5] > 0
    assert (received[5:] == received[5]).all()
    status, _, error = katye("run", "--from", "end")
    assert status == 2
    assert "has reached its 12 days" in error


def test_day_zero_can_be_kept(katye, tmp_path):
    assert katye("run", *SMALL, "--days", 3, "--out", "whole", "--save", "zero", "--save-day", 0)[0] == 0
    assert katye("run", "--from", "zero", "--out", "again")[0] == 0
    pd.testing.assert_frame_equal(*(Results(tmp_path / one).daily() for one in ("whole", "again")), check_exact=True)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("run", "--from", "none.katye"), "none.katye: no such file"),
        (("run", "--from", "text"), "not a Katye checkpoint"),
        (("run", "baseline", "--from", "text"), "scenario is that of the run in the file"),
        (("run", "--from", "text", "--weight", 10), "--weight is that of the run"),
        (("run", "--save-day", 3), "Name one with --save"),
        (("run", "--save", "a", "--save-day", 30, "--days", 5), "It can be 0 to 5"),
        (("run", "--save", "text", "--days", 5), "text: it exists and is no checkpoint"),
        (("run", "--save", "no/a", "--days", 5), "there is no folder"),
    ],
)
def test_wrong_input_is_one_message_and_leaves_nothing(katye, tmp_path, arguments, words):
    (tmp_path / "text").write_text("text")
    status, _, error = katye(*arguments)
    assert status == 2
    assert words in error
    assert error.count("\n") == 1
    assert [one.name for one in tmp_path.iterdir()] == ["text"]


def test_a_run_with_a_population_of_its_own_goes_on_without_the_file(katye, tmp_path):
    people = tmp_path / "people.csv"
    HaitiModel(load_case(weight=1000), run_seed=1).households.write(people)
    (tmp_path / "own.toml").write_text('population = "people.csv"\nweight = 1000\ndays = 4\n')
    assert katye("run", "own.toml", "--out", "whole", "--save", "a", "--save-day", 2)[0] == 0
    people.unlink()
    assert katye("run", "--from", "a", "--out", "on")[0] == 0
    whole, on = Results(tmp_path / "whole"), Results(tmp_path / "on")
    pd.testing.assert_frame_equal(whole.daily(), on.daily(), check_exact=True)
    assert on.card["population"] == whole.card["population"] == "people.csv"
