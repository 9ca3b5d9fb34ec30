"""What every rule does: known answers of the table, the real model in little, wrong input, the page."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from experiments.cli.app import main
from experiments.report import ablation as shown
from experiments.report.page import marks
from experiments.run import ablation as switches
from simulation.errors import InputError


def runs_with(effects, seeds=6):
    """A reference that varies by seed, and rules that add a fixed number to every outcome."""
    luck = np.arange(seeds, dtype=float)
    rows = []
    for rule, effect in {"": 0.0, **effects}.items():
        for seed in range(seeds):
            row = {"rule": rule, "replicate": seed, "seed": seed}
            rows.append(row | {name: 100.0 + luck[seed] + effect for name in switches.REPORTED})
    return pd.DataFrame(rows)


def test_differences_are_paired_and_weights_are_in_standard_deviations_of_luck():
    table = switches.switch_table(runs_with({"small": 1.0, "large": -8.0, "none": 0.0}))
    one = table[(table["rule"] == "large") & (table["outcome"] == "residents_killed")].iloc[0]
    assert (one["difference"], one["low"], one["high"]) == (-8.0, -8.0, -8.0)
    spread = np.std(np.arange(6.0), ddof=1)
    weights = switches.weights(table)
    assert weights.index.tolist() == ["large", "small", "none"]
    assert weights.tolist() == pytest.approx([8 / spread, 1 / spread, 0])


def test_deaths_in_gangs_give_a_rule_no_weight():
    runs = runs_with({"one": 0.0})
    runs.loc[runs["rule"] == "one", "gang_members_killed"] += 1000.0
    assert switches.weights(switches.switch_table(runs)).tolist() == [0.0]


def test_a_seed_that_is_missing_on_one_side_counts_on_neither():
    runs = runs_with({"one": 2.0})
    runs = runs[~((runs["rule"] == "one") & (runs["replicate"] == 5))]
    table = switches.switch_table(runs)
    assert set(table["pairs"]) == {5}
    assert set(table["difference"]) == {2.0}


def test_plan_has_every_rule_once_a_seed_with_the_luck_of_the_reference():
    from models.haiti.day import SWITCHES

    study = switches.switch_study("no-mission", seeds=3, days=5, weight=2000)
    tasks = switches.plan(study)
    assert len(tasks) == 3 * (1 + len(SWITCHES))
    assert {task.rule for task in tasks if task.seed == tasks[0].seed} == {"", *SWITCHES}
    off = next(task for task in tasks if task.rule == "flight")
    assert off.case.off == ("flight",)
    assert dict(off.case.parameters) == dict(tasks[0].case.parameters)


def test_bad_input_has_one_message():
    with pytest.raises(InputError, match="too few"):
        switches.switch_study("baseline", seeds=2)
    study = switches.switch_study("baseline", seeds=3, days=5, weight=2000)
    with pytest.raises(InputError, match="flight"):
        switches.plan(study, ["fligt"])


def test_command_writes_table_and_page_and_nobody_flees_without_flight(tmp_path, capsys):
    page, out = tmp_path / "rules.md", tmp_path / "rules.csv"
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
    table = pd.read_csv(out)
    assert sorted(set(table["rule"])) == ["flight", "mentoring"]
    fled = table[(table["rule"] == "flight") & (table["outcome"] == "displaced_people")].iloc[0]
    assert fled["difference"] < 0  # three seeds leave its interval wide
