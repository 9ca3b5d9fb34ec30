"""Comparing scenarios: what is planned, what the tables say of made-up runs, failures, Ctrl-C, and the command on the model."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pandas as pd
import pytest
from support.compared_runs import DAYS, made_up

from experiments.analysis.compared import compared_folders, compared_study
from experiments.analysis.numbers import write, write_difference
from experiments.cli.app import main
from experiments.report.comparison import words
from experiments.report.writing import write_study_report
from experiments.run import sweep
from experiments.run.results import exit_status
from experiments.run.task import ROOT
from experiments.store.load import load_table
from experiments.study.ready_made import comparison_study
from experiments.study.study import Study
from models.haiti import FAMILY
from simulation.errors import InputError, UnknownNameError

SCENARIOS = ROOT / "models/haiti/scenarios"


@pytest.fixture
def katye(tmp_path, monkeypatch, capsys):
    """Call the command in an empty folder: (status, stdout, stderr)."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments):
        with pytest.raises(SystemExit) as stop:
            main(["compare", *map(str, arguments)])
        return (int(stop.value.code or 0), *capsys.readouterr())

    return call


@pytest.fixture
def faked(monkeypatch):
    """Made-up runs: {scenario: what is added to its outcomes, or an error to raise in that replicate}."""

    def use(**changes):
        def simulate(task):
            change = changes.get(task.case.name, {})
            if task.replicate in change:
                raise change[task.replicate]
            return made_up(task, **{k: v for k, v in change.items() if isinstance(k, str)})

        for function in (sweep.run_sweep, sweep.resume):
            monkeypatch.setitem(function.__kwdefaults__, "run_task", simulate)

    return use


def run(tmp_path, *scenarios, replicates=8, report=None):
    study = comparison_study(scenarios, replicates=replicates, days=DAYS, weight=1000)
    return sweep.run_sweep(study, workers=1, out=tmp_path / "out", report=report)


# The plan


def test_replicate_k_has_one_seed_in_all_scenarios_and_it_is_that_of_a_sweep():
    tasks = sweep.plan(comparison_study(["POL0", "POL1", "POL2"], replicates=4, seed=7))
    assert [task.case.name for task in tasks[:4]] == ["POL0", "POL1", "POL2", "POL0"]
    assert [task.replicate for task in tasks[:4]] == [0, 0, 0, 1]
    assert len({task.seed for task in tasks}) == 4
    assert all(len({task.seed for task in tasks if task.replicate == k}) == 1 for k in range(4))
    assert tasks[0].seed == Study("other", "", "", "baseline", {}, seed=7).run_seed(0)


def test_outcomes_are_metrics_of_the_model_and_deaths_in_gangs_have_no_better_side():
    assert set(FAMILY.compared) <= set(FAMILY.curve_columns)
    directions = {item.name: item.direction for item in FAMILY.headlines if item.direction}
    assert directions == {
        "residents_killed_total": -1,
        "displaced_people_end": -1,
        "people_outside_gang_control_mean": 1,
    }


def test_scenarios_that_cannot_be_laid_over_one_another_are_refused(tmp_path):
    short = tmp_path / "short.toml"
    short.write_text("days = 30\n")
    with pytest.raises(InputError, match=r"scenario short: days is 30, and 730 in POL0. Set --days"):
        comparison_study(["POL0", short])
    assert len(comparison_study(["POL0", short], days=20).cells()) == 2
    late = tmp_path / "late.toml"
    late.write_text("start = 2024-07-01\n")
    with pytest.raises(InputError, match="scenario late: start is 2024-07-01"):
        comparison_study(["POL0", late])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["POL0"], "one scenario cannot be compared"),
        (["POL0", "POL11x"], "'POL11x' is neither a scenario nor the folder of a run or of a study. Did you mean POL1"),
        (["POL0", "none.toml"], "none.toml: no such file"),
        (["POL0", "POL1", "POL0"], "POL0 is given twice"),
        (["POL0", str(SCENARIOS / "POL0.toml")], "POL0 is given twice"),
        (["POL0", "POL1", "--replicates", "1"], "--replicates: 1 is too few"),
        (["POL0", "POL1", "--days", "0"], "--days: 0 is no positive whole number"),
        (["POL0", "POL1", "--weight", "-1"], "--weight: -1 is no positive whole number"),
        (["POL0", "POL1", "--workers", "0"], "--workers: 0 is no positive whole number"),
        (["POL0", "POL1", "--seed", "-1"], "--seed: -1 is no whole number from 0 up"),
        (["POL0", "POL1", "--set", "funding.levl=1"], "Did you mean funding.level"),
        (["POL0", "POL1", "--out", "."], "exists already and is not overwritten"),
    ],
)
def test_wrong_input_is_one_message_status_2_and_nothing_written(katye, tmp_path, arguments, message):
    status, out, err = katye(*arguments)
    assert (status, out) == (2, "")
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    assert message in err
    assert list(tmp_path.iterdir()) == []


# Tables of made-up runs


def test_a_known_shift_is_found_exactly_and_with_its_sign(tmp_path, faked):
    faked(POL1={"residents_killed_total": -20.0, "displaced_people_end": 5.0, "protected": 365, "people": -0.1})
    folder = run(tmp_path, "POL0", "POL1", "POL2")
    found = compared_study(folder)
    row = found.difference("residents_killed_total", "POL1")
    assert (row["pairs"], row["difference"]) == (8, pytest.approx(-20.0))
    assert (row["low"], row["high"]) == pytest.approx((-20.0, -20.0))
    assert row["variance_ratio"] == pytest.approx(0.0, abs=1e-12)
    assert found.difference("residents_killed_total", "POL2")["high"] == 0.0
    assert found.difference("residents_killed_total")["side"] == "POL1"  # the first that is not the reference
    with pytest.raises(UnknownNameError, match=r"unknown side 'POL3'. Did you mean POL"):
        found.difference("residents_killed_total", "POL3")
    chances = found.tables["chances"].set_index(["outcome", "side", "against"])["share"]
    assert chances["residents_killed_total", "POL1", "POL0"] == 1.0
    assert chances["residents_killed_total", "POL0", "POL1"] == 0.0
    assert chances["residents_killed_total", "POL0", "POL2"] == 0.0  # ties are no wins
    assert chances["displaced_people_end", "POL1", "POL0"] == 0.0
    ranks = found.tables["ranks"].set_index(["outcome", "side"])["rank"]
    assert ranks["residents_killed_total"].to_dict() == {"POL0": 2, "POL1": 1, "POL2": 2}
    assert "gang_members_killed_total" not in set(found.tables["chances"].outcome) | set(found.tables["ranks"].outcome)


@pytest.mark.parametrize("replicates", [2, 8])
def test_what_two_pairs_have_alike_is_not_told_as_sure(tmp_path, faked, replicates):
    faked(POL1={"residents_killed_total": -20.0})
    found = compared_study(run(tmp_path, "POL0", "POL1", replicates=replicates))
    gap = words.gap(found.difference("residents_killed_total", "POL1"), "count")
    assert gap.removesuffix(" *") == "−20 [the same in all pairs]"
    assert gap.endswith("*") == (replicates == 8)
    assert "has * from 6 pairs on" in " ".join(words.notes(found))


def test_protection_has_its_price_and_its_harm(tmp_path, faked):
    """365 people more for four days are four person-years; 400,000 dollars; four residents killed in operations and one."""
    faked(POL1={"protected": 365})
    row = compared_study(run(tmp_path, "POL0", "POL1", "POL2")).tables["prices"].set_index("side")
    assert row.gain["POL1"] == pytest.approx(4.0)
    assert row.price["POL1"] == pytest.approx(1e5)
    assert row.harm["POL1"] == pytest.approx(1000 * 5 / 1460)
    assert row.price_low["POL1"] == pytest.approx(1e5)
    assert pd.isna(row.price["POL2"])
    assert row.pairs_without_gain.to_dict() == {"POL1": 0, "POL2": 8}


def test_no_price_is_told_where_the_gain_may_be_nothing(tmp_path, faked):
    faked(POL1={"protected": 365})
    found = compared_study(run(tmp_path, "POL0", "POL1"))
    assert "US$\u00a0100k [the same in all pairs] each" in words.price_sentences(found)[0]
    found.tables["prices"]["price_high"] = float("inf")
    assert words.price_sentences(found)[0].endswith("the gain may be nothing, so no price can be told.")
    found.tables["prices"]["price"] = float("nan")
    assert words.price_sentences(found)[0].endswith("no protection gained, so it has no price.")


def test_causes_of_which_nobody_died_have_no_row(tmp_path, faked):
    faked()
    found = compared_study(run(tmp_path, "POL0", "POL1"))
    assert "residents_killed_rivalry_total" in {item.name for item in found.outcomes}
    quiet = dataclasses.replace(found, runs=found.runs.assign(residents_killed_rivalry_total=0, mission_killed_total=0))
    left_out = {item.name for item in FAMILY.headlines} - {item.name for item in quiet.outcomes}
    assert left_out == {"residents_killed_rivalry_total"}


def test_fewer_people_present_is_flight_and_the_parts_add_up(tmp_path, faked):
    faked(POL1={"people": -0.1})
    found = compared_study(run(tmp_path, "POL0", "POL1"))
    parts = found.parts("POL1")
    killed = found.runs[found.runs.side == "POL0"].factor_intensity.mean() * 1000 * 0.5 * 0.4
    assert parts["fewer_residents"]["mean"] == pytest.approx(-0.1 * killed)
    assert parts["consolidation"]["mean"] == pytest.approx(0.0, abs=1e-9)
    assert parts["force"]["mean"] == pytest.approx(0.0, abs=1e-9)
    assert parts["change"]["mean"] == pytest.approx(-0.1 * killed)
    (sentence,) = words.decomposition_sentences(found)
    assert "9.9 fewer residents killed than in POL0" in sentence
    assert "from people present (flight)" in sentence


@pytest.mark.slow
def test_a_failed_run_is_told_with_its_command_and_takes_its_pair_out(tmp_path, faked, katye):
    faked(POL1={2: RuntimeError("the model broke")})
    arguments = ("POL0", "POL1", "POL2", "--replicates", 5, "--days", DAYS, "--weight", 1000, "--workers", 1)
    status, out, err = katye(*arguments, "--set", "funding.level=0.5", "--out", "out")
    seed = comparison_study(["POL0", "POL1"]).run_seed(2)
    assert status == 1
    assert "POL1, replicate 2: RuntimeError: the model broke" in err
    assert f"katye run POL1 --days 4 --seed {seed} --weight 1000 --set funding.level=0.5" in err
    assert "POL1: 1 of 5 pairs are left out (a run failed in 1)." in out
    table = pd.read_csv("out/differences.csv").groupby("side").pairs.first()
    assert table.to_dict() == {"POL1": 4, "POL2": 5}
    assert len(pd.read_csv("out/runs.csv")) == 14
    assert "the model broke" in Path("out/report.html").read_text(encoding="utf-8")


@pytest.mark.slow
def test_after_ctrl_c_finished_runs_stay_and_pairs_are_used_and_it_goes_on(tmp_path, faked, katye):
    faked(POL1={3: KeyboardInterrupt()})
    status, out, err = katye("POL0", "POL1", "--replicates", 6, "--days", DAYS, "--workers", 1, "--out", "out")
    assert status == 130
    assert "interrupted: 7 of 12 runs are kept" in err
    assert "POL1: 3 of 6 pairs are left out (3 unfinished)." in out
    assert set(pd.read_csv("out/differences.csv").pairs) == {3}
    faked()
    sweep.resume("out", workers=1, report=write_study_report)
    assert set(pd.read_csv("out/differences.csv").pairs) == {6}


def test_a_single_pair_says_nothing_of_differences(tmp_path, faked, katye):
    faked(POL1={1: KeyboardInterrupt()})
    status, out, _ = katye("POL0", "POL1", "--replicates", 6, "--days", DAYS, "--workers", 1, "--out", "out")
    assert status == 130
    assert "nothing can be said about differences" in out
    assert not Path("out/differences.csv").exists()
    assert Path("out/report.html").exists()


def test_nothing_finished_leaves_nothing(tmp_path, faked):
    faked(POL0={0: KeyboardInterrupt()})
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, "POL0", "POL1")
    assert list(tmp_path.iterdir()) == []


def test_a_report_that_breaks_loses_no_result(tmp_path, faked, monkeypatch):
    def broken(folder, out, language):
        raise RuntimeError("no picture today")

    faked()
    monkeypatch.setattr("experiments.report.study.write_report", broken)
    folder = run(tmp_path, "POL0", "POL1", report=write_study_report)
    assert "no picture today" in (folder / "report-error.txt").read_text()
    assert (folder / "differences.csv").exists()
    assert exit_status(folder) == 1


@pytest.mark.slow
def test_finished_folders_are_compared_seed_by_seed(tmp_path, katye):
    for name, scenario in (("one", "POL0"), ("two", "no-mission")):
        study = Study(name, "", "", scenario, {}, replicates=3, days=5, weight=2000)
        sweep.run_sweep(study, workers=1, out=tmp_path / name)
    found = compared_folders([tmp_path / "one", tmp_path / "two"])
    assert found.names == ["one", "two"]
    runs = {name: load_table(tmp_path / name, "runs").set_index("seed").displaced_people_end for name in found.names}
    gap = (runs["two"] - runs["one"]).mean()
    assert found.difference("displaced_people_end", "two")["difference"] == pytest.approx(gap)
    status, out, _ = katye("one", "two", "--out", "both")
    assert status == 0
    assert "two less one" in out
    assert Path("both/differences.csv").exists()
    assert Path("both/report.html").exists()
    other = Study("three", "", "", "POL0", {}, replicates=3, days=5, weight=2000, seed=2)
    sweep.run_sweep(other, workers=1, out=tmp_path / "three")
    status, _, err = katye("one", "three", "--out", "none")
    assert (status, err.count("\n")) == (2, 1)
    assert "no run of one has the seed and design of a run of another" in err
    status, _, err = katye("one", "two", "--replicates", "4")
    assert status == 2
    assert "--replicates belongs to runs that are still to be made" in err


@pytest.mark.slow
def test_a_study_alone_compares_what_varies_in_it(tmp_path, katye):
    study = Study("arms", "", "", "baseline", {}, replicates=2, days=5, weight=2000, fixed={"funding.source": "level"})
    study = dataclasses.replace(study, vary={"deployment.authorised": (0, 2500)})
    sweep.run_sweep(study, workers=1, out=tmp_path / "arms")
    status, out, _ = katye("arms", "--out", "sides")
    assert status == 0
    assert "2,500 less 0" in out
    one = Study("alone", "", "", "baseline", {}, replicates=2, days=5, weight=2000)
    sweep.run_sweep(one, workers=1, out=tmp_path / "alone")
    status, _, err = katye("alone")
    assert status == 2
    assert "nothing to compare" in err


# Words and page


def test_numbers_are_written_as_people_read_them():
    assert write(0.4123, "share") == "41.2\u00a0%"
    assert write(123456.0, "count") == "123,000"
    assert write(3.4, "count") == "3.4"
    assert write(2.34e8, "usd") == "234M"
    assert write_difference(-0.031, "share") == "−3.1"
    assert write_difference(1234.0, "count") == "+1,230"
    assert write_difference(-5.94, "count") == "−5.9"
    assert write_difference(-5.94, "count", beside=35.0) == "−6"
    assert write_difference(0.0, "usd") == "0"
    assert write_difference(float("nan"), "count") == "–"


def test_a_number_that_is_not_0_is_not_written_as_0():
    assert write(0.0312, "number") == "0.0312"
    assert write(-1.5, "number") == "−1.50"
    assert write_difference(0.031, "number", beside=0.5) == "+0.031"
    assert write_difference(0.0004, "share") == "+0.04"
    assert write_difference(-0.04, "count") == "−0.04"
    assert write_difference(-0.04, "count", beside=3.0) == "0.0"
    assert write(0.0, "number") == "0"
    assert write_difference(1e-13, "count", sign=False) == "0.0"


def test_a_scenario_that_draws_its_parameters_does_so_in_comparisons_and_studies(tmp_path):
    """As it does in `katye run`, which is what repeats a single run of them."""
    drawn = tmp_path / "drawn.toml"
    drawn.write_text("uncertainty = true\n")
    study = comparison_study(["POL0", drawn], replicates=2, days=DAYS)
    assert [task.case.uncertainty for task in sweep.plan(study)] == [False, True] * 2
    all_drawn = dataclasses.replace(study, uncertainty=True)
    assert all(task.case.uncertainty for task in sweep.plan(all_drawn))


def test_parameters_drawn_from_priors_are_not_called_luck_alone(tmp_path, faked):
    faked()
    drawn = tmp_path / "drawn.toml"
    drawn.write_text("uncertainty = true\n")
    said = " ".join(words.notes(compared_study(run(tmp_path, "POL0", drawn, replicates=3))))
    assert "Intervals cover luck and, in drawn, parameters drawn from their priors with it" in said
    assert "cover luck only" not in said


def test_the_reason_is_told_for_what_differs_and_for_what_does_not(tmp_path, faked):
    faked(POL1={"residents_killed_total": -20.0})
    lines = words.why(compared_study(run(tmp_path, "POL0", "POL1", "POL3")))
    assert lines[0].startswith("POL1 differs from POL0 in: ")
    assert "funding.source = level" in lines[0]
    assert lines[1].startswith(
        "POL3 gave the same runs as POL0, as what sets it apart comes after their last day (2024-06-05"
    )


def test_as_many_deaths_by_other_parts_are_told_as_many(tmp_path, faked):
    faked()
    found = compared_study(run(tmp_path, "POL0", "POL1"))
    assert words.decomposition_sentences(found) == ["POL1: as many residents killed as in POL0."]
    table = found.tables["decomposition"]
    table.loc[table.part == "change", ["mean", "low", "high"]] = 1.1e-13  # of products that are equal but for rounding
    table.loc[table.part == "fewer_residents", "mean"] = -12.0
    table.loc[table.part == "force", "mean"] = 12.0
    (said,) = words.decomposition_sentences(found)
    assert said.startswith("POL1: as many residents killed as in POL0, with −12 from people present (flight), 0")


@pytest.mark.slow
@pytest.mark.parametrize("number", [3, 5])
def test_the_page_stands_alone_and_says_what_it_must(tmp_path, faked, number):
    faked(POL1={"residents_killed_total": -20.0, "protected": 365})
    folder = run(tmp_path, *(f"POL{k}" for k in range(number)), replicates=3, report=write_study_report)
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "not a forecast" in page
    assert "Bonferroni" in page
    assert "flight" in page
    assert "is never success" in page
    assert "a third to a half" in page.lower()
    assert 'src="http' not in page
    assert "{{" not in page
    bands = sorted(path.name for path in (folder / "figures").glob("bands*.png"))
    assert len(bands) == (1 if number <= 4 else 6)
