"""`katye sensitivity`, `discover` and `frontier`: what they print and write, wrong input, and a tiny study of the model."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from support.made_study import made_study

from experiments.cli.app import main
from experiments.cli.found import print_extremes
from experiments.study.designs import Range
from experiments.study.study import load_study

SCREENED = {
    "funding.level": Range(0.2, 1.2), "deployment.authorised": Range(0, 9000), "hold.requirement": Range(1, 5),
}  # fmt: skip
LEVELS = {"deployment.authorised": (0, 1000, 2500), "funding.level": (0.33, 1.0)}


def outcomes(arm, levels, replicate):
    """Displaced fall with money and force, killed are luck."""
    rng = np.random.default_rng([replicate, *(int(1e4 * value) for value in levels.values())])
    displaced = 9e5 - 2e5 * levels["funding.level"] - 40 * levels["deployment.authorised"] + rng.normal(0, 2e4)
    return {
        "displaced_people_end": displaced,
        "residents_killed_total": 900 + rng.normal(0, 90),
        "gang_members_killed_total": 5.0,
    }


@pytest.fixture
def katye(tmp_path, monkeypatch, capsys):
    """Call the command in an empty folder: (status, stdout, stderr)."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments):
        with pytest.raises(SystemExit) as stop:
            main([*map(str, arguments)])
        return (int(stop.value.code or 0), *capsys.readouterr())

    return call


@pytest.fixture
def screening(tmp_path):
    how = {"samples": 12, "replicates": 3, "arms": ("gated", "forced")}
    return made_study(tmp_path / "screening", outcomes, SCREENED, design="morris", **how)


@pytest.fixture
def factorial(tmp_path):
    return made_study(tmp_path / "factorial", outcomes, LEVELS, design="factorial", replicates=12)


def is_picture(path):
    return path.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n" and path.stat().st_size > 10_000


def test_drawn_parameters_are_told_to_be_in_what_is_called_luck(katye, screening):
    card = screening / "card.json"
    card.write_text(card.read_text().replace('"uncertainty": false', '"uncertainty": true'))
    assert "what these tables call luck contains them" in katye("sensitivity", screening)[1]


def test_a_screening_ends_in_a_study_that_is_ready_to_run(katye, screening):
    status, out, err = katye("sensitivity", screening)
    assert (status, err) == (0, "")
    assert "People displaced at the end, gated" in out
    assert "People displaced at the end, forced less gated" in out
    assert "dummy (luck alone)" in out
    assert "Survive the screening in one outcome or more: funding.level, deployment.authorised\n" in out
    assert "luck with both" in out  # force and money are chosen, hold.requirement is not known
    assert "a screening stand at four levels" in out
    assert "what these tables call luck contains them" not in out
    assert "not a forecast" in out
    table = pd.read_csv(screening / "sensitivity.csv").set_index(["of", "outcome", "parameter"])
    assert table.survives["gated", "displaced_people_end", "funding.level"] in (True, "True")
    assert table.mu["gated", "displaced_people_end", "deployment.authorised"] == pytest.approx(-360_000, rel=0.1)
    shares = pd.read_csv(screening / "variance.csv").set_index(["of", "outcome"])["parameters_share"]
    assert shares["gated", "displaced_people_end"] > 0.9
    assert shares["gated", "residents_killed_total"] < 0.2
    assert set(shares.index.get_level_values("of")) == {"gated", "forced", "forced less gated"}
    for name in ("sensitivity.png", "sensitivity-forced.png", "variance.png"):
        assert is_picture(screening / name)
    study = load_study(screening / "sobol-survivors.toml")
    assert study.design == "sobol"
    assert list(study.vary) == ["funding.level", "deployment.authorised"]
    assert str(screening / "sobol-survivors.toml") in out


def test_sobol_indices_are_printed_and_written_where_asked(katye, tmp_path):
    folder = made_study(tmp_path / "s", outcomes, SCREENED, design="sobol", samples=64, replicates=3)
    status, out, _ = katye("sensitivity", folder, "--outcome", "displaced_people_end", "--out", "elsewhere")
    assert status == 0
    assert "with others (ST)" in out
    assert "cannot be told from no influence: hold.requirement." in out
    assert "Residents killed" not in out
    assert sorted(path.name for path in (tmp_path / "elsewhere").iterdir()) == [
        "sensitivity.csv", "sensitivity.png", "variance.csv", "variance.png",
    ]  # fmt: skip
    assert sorted(path.name for path in folder.iterdir()) == ["card.json", "runs.parquet"]
    table = pd.read_csv(tmp_path / "elsewhere/sensitivity.csv").set_index("parameter")
    # Of uniform factors: (range x slope)^2 / 12, together with luck that is half as large.
    assert table.ST["deployment.authorised"] == pytest.approx(36**2 / (36**2 + 20**2), abs=0.1)


def test_a_factorial_has_its_variance_split_and_no_indices(katye, factorial):
    status, out, _ = katye("sensitivity", factorial)
    assert status == 0
    assert "policy (chosen)" in out  # force and money: nobody learns them
    assert "luck with policy" in out
    assert "not known" not in out
    assert pd.read_csv(factorial / "variance.csv")["varied"].unique().tolist() == ["policy"]
    assert "S1" not in out
    assert not (factorial / "sensitivity.csv").exists()
    assert is_picture(factorial / "variance.png")


@pytest.mark.slow
def test_discover_prints_the_box_and_writes_the_trajectory(katye, tmp_path):
    folder = made_study(tmp_path / "s", outcomes, SCREENED, design="latin-hypercube", samples=150, replicates=2)
    status, out, err = katye("discover", folder, "--outcome", "displaced_people_end", "--below", 500_000)
    assert (status, err) == (0, "")
    assert out.startswith("People displaced at the end: below 500,000")
    assert "deployment.authorised" in out
    assert "quasi-p" in out
    assert "not a forecast" in out
    table = pd.read_csv(folder / "discovery-displaced_people_end.csv")
    assert {"density", "coverage", "mass", "restricted"} <= set(table)
    assert table.chosen.sum() == 1
    assert "deployment.authorised" in set(pd.read_csv(folder / "discovery-displaced_people_end-box.csv").parameter)
    assert is_picture(folder / "discovery-displaced_people_end.png")
    _, out, _ = katye("discover", folder, "--outcome", "displaced_people_end", "--below", 500_000, "--box", 0)
    assert "0 (chosen)" in out
    assert "No parameter helps" in out


def test_frontier_prints_the_least_force_and_writes_its_cells(katye, factorial):
    status, out, err = katye("frontier", factorial, "--outcome", "displaced_people_end", "--below", 780_000)
    assert (status, err) == (0, "")
    assert "least deployment.authorised, with which probability" in out
    assert "not a forecast" in out
    cells = pd.read_csv(factorial / "frontier-displaced_people_end-cells.csv")
    assert len(cells) == 6
    assert set(cells.runs) == {12}
    least = pd.read_csv(factorial / "frontier-displaced_people_end.csv").set_index(["chance", "funding.level"])
    assert least.least_force[0.9, 0.33] == 2500
    assert least.least_force[0.9, 1.0] == 0
    assert is_picture(factorial / "frontier-displaced_people_end.png")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["sensitivity", "nowhere"], "folder nowhere: no results here"),
        (
            ["sensitivity", "factorial", "--outcome", "displaced"],
            "--outcome: unknown outcome 'displaced'. Did you mean",
        ),
        (["sensitivity", "factorial", "--out", "no/where"], "output folder no/where: cannot be made"),
        (["discover", "factorial", "--outcome", "displaced_people_end"], "takes one of --below and --above"),
        (
            ["discover", "factorial", "--outcome", "displaced_people_end", "--below", "1", "--above", "2"],
            "takes one of --below and --above",
        ),
        (["discover", "factorial", "--outcome", "displaced_people_end", "--below", "5e5"], "6 points are too few"),
        (["discover", "factorial", "--outcome", "gang_members_killed_total", "--above", "1"], "never an aim"),
        (["frontier", "factorial", "--outcome", "gang_members_killed_total", "--above", "1"], "never an aim"),
        (
            ["frontier", "factorial", "--outcome", "displaced_peopl_end", "--below", "1"],
            "Did you mean displaced_people_end",
        ),
        (
            ["frontier", "factorial", "--outcome", "displaced_people_end", "--below", "1", "--arm", "x"],
            "unknown arm 'x'",
        ),
        (
            ["frontier", "factorial", "--outcome", "displaced_people_end", "--below", "1", "--force", "hold.x"],
            "--force: unknown varied parameter",
        ),
    ],
)
def test_wrong_input_is_one_message_status_2_and_nothing_written(katye, factorial, arguments, message):
    status, out, err = katye(*arguments)
    assert (status, out) == (2, "")
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    assert message in err
    assert sorted(path.name for path in factorial.iterdir()) == ["card.json", "runs.parquet"]


def test_an_outcome_with_gaps_does_not_take_the_others_with_it(katye, tmp_path):
    def made(arm, levels, replicate):
        gap = float("nan") if replicate else 1.0
        return outcomes(arm, levels, replicate) | {"held_survival_90": gap, "operations_total": float("nan")}

    folder = made_study(tmp_path / "s", made, SCREENED, design="morris", samples=12, replicates=3)
    card = json.loads((folder / "card.json").read_text())
    card["outcomes"] = ["held_survival_90", "operations_total", "displaced_people_end"]
    (folder / "card.json").write_text(json.dumps(card))
    status, out, err = katye("sensitivity", "s")
    assert (status, err) == (0, "")
    assert "note: left out: outcome operations_total: of main, 0 of 12 blocks of points are complete" in out
    assert (
        "note: Cleared places not gang-held again after 90 days, main: One replicate: all points share one seed" in out
    )
    assert (folder / "sobol-survivors.toml").exists()
    split = out.partition("policy and parameters")[2].partition("Shares of the variance")[0]
    assert "People displaced at the end, main" in split
    assert "Cleared places" not in split
    status, out, err = katye("sensitivity", "s", "--outcome", "operations_total")
    assert (status, out) == (2, "")
    for command in ("discover", "frontier"):
        status, out, err = katye(command, "s", "--outcome", "operations_total", "--below", 1)
        assert (status, out, err.count("\n")) == (2, "", 1)
    status, out, err = katye("discover", "s", "--outcome", "held_survival_90", "--below", 2)
    assert "every run meets it" in err, "a run without the outcome is not one that fails"


def test_runs_without_the_outcome_are_left_out_and_counted(katye, tmp_path):
    def made(arm, levels, replicate):
        there = levels["deployment.authorised"] > 0
        return {
            "held_survival_90": 1.0 - (replicate < 3) * (levels["deployment.authorised"] == 1000) if there else None
        }

    made_study(tmp_path / "f", made, LEVELS, design="factorial", replicates=12)
    status, out, err = katye("frontier", "f", "--outcome", "held_survival_90", "--above", 0.5)
    assert (status, err) == (0, "")
    assert "Runs without a value of the outcome, left out: 24." in out
    assert set(pd.read_csv(tmp_path / "f/frontier-held_survival_90-cells.csv")["deployment.authorised"]) == {1000, 2500}


def test_arms_of_any_name_get_their_pictures(katye, tmp_path):
    arms = ("with/without", "a/b", "a-b")
    made_study(tmp_path / "s", outcomes, SCREENED, design="morris", samples=6, replicates=2, arms=arms)
    status, _, err = katye("sensitivity", "s")
    assert (status, err) == (0, "")
    names = {path.name for path in (tmp_path / "s").glob("sensitivity*.png")}
    assert names == {"sensitivity.png", "sensitivity-a-b.png", "sensitivity-a-b-2.png"}


@pytest.mark.parametrize("vary", [{}, {"funding.level": (1.0,)}])
def test_a_study_in_which_nothing_varies_has_nothing_to_analyse(katye, tmp_path, vary):
    made = {"displaced_people_end": 5.0, "residents_killed_total": 3.0}
    made_study(tmp_path / "s", lambda arm, levels, replicate: made, vary, design="factorial", replicates=3)
    limit = ("--outcome", "displaced_people_end", "--below", 9)
    for arguments in (("sensitivity", "s"), ("discover", "s", *limit), ("frontier", "s", *limit)):
        status, out, err = katye(*arguments)
        assert (status, out, err.count("\n")) == (2, "", 1)
        assert {
            "sensitivity": "all runs of an arm have the same settings. Take a study in which something varies",
            "discover": "1 point is too few to seek boxes in",
            "frontier": "--force: unknown varied parameter 'deployment.authorised'. "
            + ("Known: funding.level" if vary else "There is none"),
        }[arguments[0]] in err


def test_cells_that_never_have_an_outcome_are_not_told_as_lowest_and_highest(tmp_path, capsys):
    def made(arm, levels, replicate):
        return {"displaced_people_end": levels["funding.level"] if levels["on.off"] else None, "operations_total": None}

    levels = {"funding.level": (1.0, 2.0), "on.off": (True, False)}
    folder = made_study(tmp_path / "s", made, levels, design="factorial")
    card = json.loads((folder / "card.json").read_text()) | {"outcomes": ["operations_total", "displaced_people_end"]}
    (folder / "card.json").write_text(json.dumps(card))
    print_extremes(folder)
    out = capsys.readouterr().out
    assert "main, 1, true" in out
    assert "main, 2, true" in out
    assert "all alike" not in out
    assert "operations_total" not in out


def test_cells_that_are_all_alike_have_no_lowest(tmp_path, capsys):
    folder = made_study(
        tmp_path / "s", lambda arm, levels, replicate: {"displaced_people_end": 5.0}, LEVELS, design="factorial"
    )
    card = json.loads((folder / "card.json").read_text()) | {"outcomes": ["displaced_people_end"]}
    (folder / "card.json").write_text(json.dumps(card))
    print_extremes(folder)
    assert capsys.readouterr().out.count("all alike") == 2


def test_a_frontier_is_one_of_numbers(katye, tmp_path):
    words = LEVELS | {"funding.reliability": ("steady", "slow")}

    def made(arm, levels, replicate):
        return {"displaced_people_end": 5.0}

    made_study(tmp_path / "s", made, words, design="factorial", replicates=2)
    for option in ("--force", "--money"):
        arguments = ("--outcome", "displaced_people_end", "--below", 9, option, "funding.reliability")
        status, out, err = katye("frontier", "s", *arguments)
        assert (status, out) == (2, "")
        assert f"{option}: funding.reliability is no number, so no level of it is the least" in err


def test_a_study_that_has_not_been_stopped_yet_says_when_it_can_be_analysed(katye, tmp_path):
    (tmp_path / "s/store").mkdir(parents=True)
    status, _, err = katye("sensitivity", "s")
    assert status == 2
    assert "study in s: its first tables are written when it ends or is stopped. See katye status s" in err


def test_the_folder_of_a_run_is_no_study(katye, tmp_path):
    (tmp_path / "run").mkdir()
    (tmp_path / "run/card.json").write_text(json.dumps({"scenario": "baseline"}))
    status, _, err = katye("sensitivity", "run")
    assert status == 2
    assert "folder run: this is no study with a design. Make one with: katye sweep STUDY" in err


STUDY = """
title = "Tiny screening"
scenario = "baseline"
days = 8
weight = 1000
replicates = 4
design = "morris"
samples = 2
outcomes = ["displaced_people_end"]
[vary]
funding.level = { low = 0.2, high = 1.2 }
deployment.authorised = { low = 0, high = 9000 }
[fixed]
funding.source = "level"
[arms.gated]
[arms.forced]
deployment.forced = true
"""


@pytest.mark.slow
def test_a_tiny_study_of_the_model_from_screening_to_the_next_study(katye, tmp_path):
    (tmp_path / "tiny.toml").write_text(STUDY)
    status, _, err = katye("sweep", "tiny.toml", "--workers", 1, "--out", "tiny")
    assert status == 0, err
    status, out, err = katye("sensitivity", "tiny")
    assert (status, err) == (0, "")
    assert "People displaced at the end, forced less gated" in out
    table = pd.read_csv(tmp_path / "tiny/sensitivity.csv")
    # Nobody arrives within eight days unless forced: under the same luck the gated arm is the same at every point.
    assert "note: People displaced at the end, gated: no parameter changes it" in out
    assert set(table.of) == {"forced", "forced less gated"}
    assert set(table.parameter) == {"funding.level", "deployment.authorised", "dummy (luck alone)"}
    effects = table.set_index(["of", "parameter"]).mu_star
    assert effects["forced", "deployment.authorised"] > effects["forced", "dummy (luck alone)"]
