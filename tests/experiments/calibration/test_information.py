"""Shares of draws, and what would make an answer surer, in a town where one thing decides it: what people flee by."""

from __future__ import annotations

import dataclasses
import json
from importlib.metadata import version

import numpy as np
import pandas as pd
import pytest
from support import town

from experiments.analysis.paired import wilson
from experiments.analysis.study_results import StudyResults
from experiments.calibration.information import FIGURE, PARAMETER, answer
from experiments.calibration.shares import level_asked, shares
from experiments.cli.app import main
from experiments.report.page import marks
from experiments.report.sensitivity.shares import mark
from experiments.run.sweep import run_sweep
from simulation.errors import InputError
from simulation.port.posterior import register, write_posterior

STUDY = """
model = "{model}"
uncertainty = true
days = 20
replicates = 24
[vary]
leaving.pull = [0.3, 0.7]
[arms.as-it-is]
[arms.hurt]
harm.rate = 8.0
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    root = tmp_path_factory.mktemp("information")
    (root / "asked.toml").write_text(STUDY.format(model=town.MODEL))
    return run_sweep(root / "asked.toml", workers=1, out=root / "out")


def test_what_decides_the_answer_is_found_and_nothing_else(folder):
    found = answer(StudyResults.read(folder), "away_people_end", arm="as-it-is")
    assert (found.factor, found.one, found.other, found.draws) == ("leaving.pull", 0.3, 0.7, 24)
    assert (found.gaps > 0).all()
    parameters = found.table[found.table["kind"] == PARAMETER].set_index("name")
    assert set(parameters.index) == {"leaving.rate", "harm.rate", "harm.idle"}  # not what the study itself sets
    assert parameters.loc["leaving.rate", "explained"] > 0.9
    assert parameters["beyond"].to_dict() == {"leaving.rate": True, "harm.rate": False, "harm.idle": False}
    (figure,) = found.table[found.table["kind"] == FIGURE].to_dict("records")
    assert figure["name"] == "away_people_end"
    assert figure["explained"] > 0.9
    assert (figure["below_where_low"], figure["below_where_high"]) == (0.0, 0.0)


def test_what_an_arm_sets_is_no_longer_asked_for(folder):
    table = answer(StudyResults.read(folder), "away_people_end", "leaving.pull", "hurt").table
    assert "harm.rate" not in set(table["name"])


def test_the_command_prints_both_tables_and_writes_one(folder, tmp_path, capsys):
    words = ["information", str(folder), "--outcome", "away_people_end", "--arm", "hurt"]
    with pytest.raises(SystemExit) as ended:
        main([*words, "--out", str(tmp_path)])
    out = capsys.readouterr().out
    assert ended.value.code == 0
    assert "It falls in 0% of them." in out
    assert "not a forecast" in out
    assert "leaving.rate" in (tmp_path / "information-away_people_end.csv").read_text()
    with pytest.raises(SystemExit):
        main([*words, "--json"])
    assert {row["kind"] for row in json.loads(capsys.readouterr().out)} == {PARAMETER, FIGURE}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"outcome": "away"}, "unknown outcome 'away'. Known: away_people_end"),
        ({"factor": "leaving.rat"}, "unknown factor 'leaving.rat'"),
        ({"arm": None}, "it has 2 arms: as-it-is, hurt"),
    ],
)
def test_what_is_no_question_is_refused(folder, words, said):
    with pytest.raises(InputError, match=said):
        answer(**{"studied": StudyResults.read(folder), "outcome": "away_people_end", "arm": "hurt", **words})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("uncertainty = true", ""), "no parameters are drawn in it"),
        (("replicates = 24", "replicates = 4"), "4 different draws are too few"),
        (("[0.3, 0.7]", "[0.3, 0.5, 0.7]"), "0 factors have two levels"),
    ],
)
def test_a_study_that_cannot_say_is_refused(tmp_path, change, said):
    (tmp_path / "asked.toml").write_text(STUDY.format(model=town.MODEL).replace(*change))
    folder = run_sweep(tmp_path / "asked.toml", workers=1, out=tmp_path / "out")
    with pytest.raises(InputError, match=said):
        answer(StudyResults.read(folder), "away_people_end", arm="hurt")


# Shares of draws


def test_shares_are_of_pairs_under_one_draw_and_one_luck(folder):
    found = shares(StudyResults.read(folder), "leaving.pull", days=(10, 20)).table
    assert set(found["arm"]) == {"as-it-is", "hurt"}
    assert (found["share"] == 0).all()  # more people leave in every pair
    assert (found["from"] > 0).all()
    turned = shares(StudyResults.read(folder), "leaving.pull", against="0.7").table
    assert (turned["share"] == 1).all()
    assert (turned["low"] > 0.8).all()


def test_a_level_may_be_written_with_and_without_a_comma():
    levels = ["0", "2,500", "POL3"]
    assert [level_asked(asked, levels) for asked in ("2500", "2,500", "POL3", "25")] == ["2,500", "2,500", "POL3", "25"]


def test_what_changes_nothing_is_lower_in_no_pair_and_higher_in_none(folder):
    (row,) = shares(StudyResults.read(folder), "arm").table.query("day == day.max()").to_dict("records")
    assert (row["share"], row["difference"]) == (0.0, 0.0)


def test_a_page_gets_a_table_of_shares_between_its_marks(folder, tmp_path, capsys):
    page = tmp_path / "page.md"
    words = ["shares", str(folder), "--factor", "leaving.pull", "--out", str(tmp_path), "--page", str(page)]
    page.write_text("before\n")
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    assert "does not have its two marks" in capsys.readouterr().err
    page.write_text("\n".join(["before", *marks("shares asked"), "after"]))
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 0
    text = page.read_text()
    assert text.startswith("before")
    assert text.endswith("after")
    assert "**0 % (0 to 14)**" in text
    assert "not a forecast" in text
    assert len(pd.read_csv(tmp_path / "shares.csv")) == 2
    found = shares(StudyResults.read(folder), "leaving.pull")
    assert mark(dataclasses.replace(found, alone=False)) == "shares asked by leaving.pull"  # where others vary as well


def test_pairs_that_drew_the_same_count_as_the_draws_they_are_of(tmp_path, capsys):
    """Draws of the copy that the study keeps: the file that it named may be another by now."""
    about = {"model": town.MODEL, "version": version("katye"), "free": [], "seed": 1}
    about["register"] = register(town.FAMILY.parameters())
    draws = pd.DataFrame({"weight": 1.0, "leaving.rate": np.linspace(0.004, 0.02, 5)})
    path = write_posterior(tmp_path / "five.parquet", draws, about)
    text = STUDY.format(model=town.MODEL).replace("uncertainty = true", 'uncertainty = "five.parquet"')
    (tmp_path / "asked.toml").write_text(text)
    folder = run_sweep(tmp_path / "asked.toml", workers=1, out=tmp_path / "out")
    write_posterior(path, draws.head(1), about)
    found = shares(StudyResults.read(folder), "leaving.pull")
    for row in found.table.to_dict("records"):
        assert (row["pairs"], row["draws"], row["share"]) == (24, 5, 0.0)
        assert 3 < row["worth"] <= 5  # that no pair falls tells no more than that none of five draws does
        assert (row["low"], row["high"]) == pytest.approx(wilson(0.0, row["worth"]))
    with pytest.raises(SystemExit):
        main(["shares", str(folder), "--factor", "leaving.pull"])
    out = " ".join(capsys.readouterr().out.split())
    assert "24 pairs of 5 different draws; their shares are as sure as of" in out
    assert "Pairs of one draw are not worlds of their own" in out


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"factor": "arms"}, "unknown factor 'arms'"),
        ({"against": "0.4"}, "unknown level of leaving.pull '0.4'"),
        ({"outcomes": ["away"]}, "unknown column of curves 'away'"),
    ],
)
def test_shares_of_what_is_not_there_are_refused(folder, asked, said):
    with pytest.raises(InputError, match=said):
        shares(StudyResults.read(folder), **asked)
