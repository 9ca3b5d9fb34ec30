"""What every rule does: known answers of the table, the real model in little, wrong input, the page."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from experiments.analysis.ablation import ablation_table, own_table, weights
from experiments.cli.app import main
from experiments.report import ablation as shown
from experiments.report.page import marks
from experiments.run import sweep
from experiments.study.ready_made import ablation_study
from models.haiti import FAMILY
from simulation.errors import InputError

WEIGHED = FAMILY.usual
REPORTED = (*WEIGHED, *FAMILY.reported_beside)


def runs_with(effects, seeds=6):
    """A reference that varies by seed, and rules that add a fixed number to every outcome."""
    luck = np.arange(seeds, dtype=float)
    rows = []
    for rule, effect in {"none": 0.0, **effects}.items():
        for seed in range(seeds):
            row = {"off": rule, "replicate": seed, "seed": seed}
            rows.append(row | {name: 100.0 + luck[seed] + effect for name in REPORTED})
    return pd.DataFrame(rows)


def test_differences_are_paired_and_weights_are_in_standard_deviations_of_luck():
    table = ablation_table(runs_with({"small": 1.0, "large": -8.0, "idle": 0.0}), REPORTED)
    one = table[(table["mechanism"] == "large") & (table["outcome"] == "residents_killed_total")].iloc[0]
    assert (one["difference"], one["low"], one["high"]) == (-8.0, -8.0, -8.0)
    spread = np.std(np.arange(6.0), ddof=1)
    found = weights(table, WEIGHED)
    assert found.index.tolist() == ["large", "small", "idle"]
    assert found.tolist() == pytest.approx([8 / spread, 1 / spread, 0])


def test_deaths_in_gangs_give_a_rule_no_weight():
    runs = runs_with({"one": 0.0})
    runs.loc[runs["off"] == "one", "gang_members_killed_total"] += 1000.0
    assert weights(ablation_table(runs, REPORTED), WEIGHED).tolist() == [0.0]


def test_a_seed_that_is_missing_on_one_side_counts_on_neither():
    runs = runs_with({"one": 2.0})
    runs = runs[~((runs["off"] == "one") & (runs["replicate"] == 5))]
    table = ablation_table(runs, REPORTED)
    assert set(table["pairs"]) == {5}
    assert set(table["difference"]) == {2.0}


def test_of_its_own_outcomes_the_surest_is_told():
    runs = runs_with({"one": 0.0, "idle": 0.0})
    noise = np.array([1.0, -1.0, 2.0, -2.0, 0.5, -0.5])
    runs.loc[runs["off"] == "one", REPORTED[0]] += noise
    runs.loc[runs["off"] == "one", REPORTED[1]] += noise + 30.0
    found = own_table(runs, {"one": REPORTED[:2], "idle": REPORTED[:2], "nothing": ()}).set_index("mechanism")
    assert found.loc["one", "outcome"] == REPORTED[1]
    assert found.loc["one", "difference"] == pytest.approx(30.0)
    assert found.loc["one", "p_holm"] < 0.001
    assert "nothing" not in found.index
    assert set(FAMILY.about["flight"]) == {"new_displacements_total"}


def test_plan_has_every_mechanism_once_a_seed_with_the_luck_of_the_reference():
    study = ablation_study("no-mission", replicates=3, days=5, weight=2000)
    tasks = sweep.plan(study)
    assert len(tasks) == 3 * (1 + len(FAMILY.mechanisms))
    levels = {task.cell.levels["off"] for task in tasks if task.seed == tasks[0].seed}
    assert levels == {"none", *FAMILY.mechanisms}
    off = next(task for task in tasks if task.cell.levels["off"] == "flight")
    assert off.case.off == ("flight",)
    assert dict(off.case.parameters) == dict(tasks[0].case.parameters)


def test_bad_input_has_one_message():
    with pytest.raises(InputError, match="too few"):
        ablation_study("baseline", replicates=2)
    with pytest.raises(InputError, match="Did you mean flight"):
        ablation_study("baseline", ["fligt"])


@pytest.mark.slow
def test_command_writes_table_and_page_and_nobody_flees_without_flight(tmp_path, capsys):
    page, out = tmp_path / "rules.md", tmp_path / "out"
    page.write_text("# Rules\n\n{}\nyesterday\n{}\n".format(*marks(shown.NAME)))
    words = ["switches", "baseline", "--rule", "flight", "--rule", "mentoring", "--seeds", "3", "--days", "20"]
    words += ["--weight", "2000", "--workers", "1", "--out", str(out), "--page", str(page)]
    with pytest.raises(SystemExit) as end:
        main(words)
    assert not end.value.code
    printed = capsys.readouterr().out
    assert "flight" in printed
    assert "not a forecast" in printed
    text = page.read_text()
    assert "yesterday" not in text
    assert "| flight |" in text
    assert page.with_suffix(".png").stat().st_size > 10_000
    table = pd.read_csv(out / "ablation.csv")
    assert sorted(set(table["mechanism"])) == ["flight", "mentoring"]
    fled = table[(table["mechanism"] == "flight") & (table["outcome"] == "displaced_people_end")].iloc[0]
    assert fled["difference"] < 0  # three seeds leave its interval wide
