"""What would make an answer surer, in a town of which it is known: what people flee by, and nothing else, decides it."""

from __future__ import annotations

import json

import pytest
from support import town

from experiments.calibration.information import FIGURE, PARAMETER, answer
from experiments.cli.app import main
from experiments.run.sweep import run_sweep
from simulation.errors import InputError

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
    found = answer(folder, "away_people_end", arm="as-it-is")
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
    table = answer(folder, "away_people_end", "leaving.pull", "hurt").table
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
        answer(**{"folder": folder, "outcome": "away_people_end", "arm": "hurt", **words})


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
        answer(folder, "away_people_end", arm="hurt")
