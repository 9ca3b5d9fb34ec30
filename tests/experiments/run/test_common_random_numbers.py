"""What shared luck is worth: known answers, the real model in little, wrong input, and a page written between marks."""

from __future__ import annotations

import csv
import shlex

import numpy as np
import pytest

from experiments.analysis import common_random_numbers as luck
from experiments.cli.app import main
from experiments.report import common_random_numbers as shown
from experiments.report.page import marks
from experiments.run import sweep
from experiments.run.task import simulate
from experiments.study.ready_made import common_random_numbers_study
from models.haiti import HaitiModel
from models.haiti.family import SIDES
from simulation.errors import InputError

BEGIN, END = marks(shown.NAME)
MARKED = f"# Luck\n\nBefore.\n\n{BEGIN}\nyesterday\n{END}\n\nAfter.\n"
SMALL = ["--seeds", "3", "--days", "4", "--weight", "2000", "--workers", "1"]


@pytest.fixture
def katye(tmp_path, monkeypatch, capsys):
    """Call the command in an empty folder: (status, stdout, stderr)."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments):
        with pytest.raises(SystemExit) as stop:
            main([str(argument) for argument in arguments])
        return (int(stop.value.code or 0), *capsys.readouterr())

    return call


def sides(correlation, number=400):
    """Two sides with variances 1 and 4 and this correlation, as good as exactly."""
    z = np.random.default_rng(5).standard_normal((2, number))
    z -= z.mean(axis=1, keepdims=True)
    z[1] -= z[0] * (z[0] @ z[1]) / (z[0] @ z[0])
    z /= z.std(axis=1, ddof=1, keepdims=True)
    return z[0] + 3.0, 2.0 * (correlation * z[0] + np.sqrt(1 - correlation**2) * z[1])


@pytest.mark.parametrize("correlation", [-0.5, 0.0, 0.6, 0.9])
def test_known_variances_give_the_known_ratio(correlation):
    found = luck.compare(*sides(correlation))
    assert found["mean_difference"] == pytest.approx(3.0)
    assert found["correlation"] == pytest.approx(correlation, abs=1e-12)
    assert found["sd_independent"] == pytest.approx(np.sqrt(5))
    assert found["sd_shared"] == pytest.approx(np.sqrt(5 - 4 * correlation))
    assert found["variance_ratio"] == pytest.approx(5 / (5 - 4 * correlation))
    assert found["low"] < found["variance_ratio"] < found["high"]


def test_the_interval_covers_as_often_as_it_says():
    """300 experiments of 40 pairs, true ratio 2.5: 95 % of intervals, less what a bootstrap of 40 lacks, hold it."""
    rng = np.random.default_rng(8)
    hits = 0
    for _ in range(300):
        one, other = rng.multivariate_normal([0, 0], [[1, 0.6], [0.6, 1]], size=40).T
        found = luck.compare(one, other, resamples=800)
        hits += found["low"] <= 2.5 <= found["high"]
    assert 0.87 < hits / 300 < 0.98


def test_what_does_not_vary_has_no_ratio_and_sames_an_endless_one():
    still = np.full(5, 0.1)
    found = luck.compare(still, still + 0.2)
    assert np.isnan([found["variance_ratio"], found["correlation"], found["low"]]).all()
    moving = np.arange(5.0)
    found = luck.compare(moving, moving)
    assert (found["variance_ratio"], found["high"]) == (np.inf, np.inf)
    assert found["correlation"] == pytest.approx(1.0)


def test_savings_in_words():
    assert luck.saving(3.21, 2.0, 5.0) == "3.2 times fewer runs"
    assert luck.saving(1.4, 0.9, 2.0) == "no saving shown"
    assert luck.saving(5000.0, 200.0, 1e6) == "over 100 times fewer runs"
    assert luck.saving(0.5, 0.3, 0.8) == "2 times more runs"
    assert luck.saving(np.nan, np.nan, np.nan) == "the runs do not differ"
    assert luck.saving(np.inf, np.inf, np.inf) == "both sides are the same in every pair"


def test_both_sides_of_a_pair_have_one_seed_and_pairs_have_others():
    tasks = sweep.plan(common_random_numbers_study(replicates=4))
    assert len({task.seed for task in tasks}) == 4
    for one, other in zip(tasks[0::2], tasks[1::2]):
        assert one.seed == other.seed
        forces = [task.case.parameters.deployment.authorised for task in (one, other)]
        assert forces == [2500, 1000]
        assert all(task.case.parameters.deployment.forced for task in (one, other))


@pytest.mark.slow
def test_pairs_are_the_runs_of_the_model(tmp_path):
    study = common_random_numbers_study(replicates=3, days=6, weight=2000)
    pairs = luck.Pairs.read(sweep.run_sweep(study, workers=1, out=tmp_path / "out"))
    assert (pairs.number, pairs.days) == (3, 6)
    model = HaitiModel(study.case(study.cells()[1]), run_seed=study.run_seed(2)).run()
    daily = model.recorder.daily()
    assert pairs.other["displaced_people"][2].tolist() == daily["displaced_people"].tolist()
    assert pairs.other["new_displacements_total"][2].tolist() == daily["new_displacements_today"].cumsum().tolist()
    assert pairs.other["gang_influence"][2].tolist() == daily["gang_influence"].tolist()


@pytest.mark.slow
def test_a_failed_run_takes_its_pair_along(monkeypatch, katye, tmp_path):
    seeds = [common_random_numbers_study(replicates=4).run_seed(number) for number in range(4)]

    def sometimes(task):
        if task.seed == seeds[1] and task.cell.arm == "other":
            raise RuntimeError("the model broke")
        return simulate(task)

    monkeypatch.setitem(sweep.run_sweep.__kwdefaults__, "run_task", sometimes)
    status, out, err = katye("luck", *SMALL, "--seeds", 4)
    assert status == 1
    assert "3 seeds a side" in out
    assert "RuntimeError: the model broke" in err
    assert f"katye run baseline --days 4 --seed {seeds[1]}" in err
    status, out, err = katye("luck", *SMALL, "--out", "two")  # two pairs are left
    assert status == 1
    assert "too few to see a spread" in out
    with pytest.raises(InputError, match="2 pairs of runs are too few"):
        luck.Pairs.read(tmp_path / "two")


@pytest.mark.slow
def test_the_command_fills_its_page_and_folder_and_can_be_repeated(katye, tmp_path):
    page = tmp_path / "luck.md"
    page.write_text(MARKED, encoding="utf-8")
    status, out, _ = katye("luck", *SMALL, "--page", page, "--out", "first")
    assert status == 0
    assert "deployment.authorised = 2500" in out
    text = page.read_text(encoding="utf-8")
    assert text.startswith("# Luck\n\nBefore.\n")
    assert text.endswith("\n\nAfter.\n")
    assert "yesterday" not in text
    assert "| People displaced |" in text
    assert (tmp_path / "luck.png").read_bytes().startswith(b"\x89PNG")
    table = (tmp_path / "first/common-random-numbers.csv").read_text()
    rows = list(csv.DictReader(table.splitlines()))
    assert {row["outcome"] for row in rows} == set(SIDES.columns)
    assert {row["day"] for row in rows} == {"4"}
    written = shlex.split(next(line for line in text.splitlines() if line.startswith("    katye common-random")))[1:]
    assert katye(*written, "--workers", 1, "--page", page, "--out", "second")[0] == 0
    assert page.read_text(encoding="utf-8") == text
    assert (tmp_path / "second/common-random-numbers.csv").read_text() == table


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["basline"], "unknown scenario 'basline'. Did you mean baseline?"),
        (["--seeds", "2"], "2 pairs of runs are too few"),
        (["--days", "0"], "--days: 0 is no positive whole number"),
        (["--one", "deployment.autorised=3"], "Did you mean deployment.authorised"),
        (["--other", "funding.level=99"], "side 'other'"),
        (["--other", "funding.level"], "--other: 'funding.level' is no name=value"),
        (["--one", "funding.level=1", "--other", "funding.level=1"], "both sides have the same parameters"),
        (["--set", "funding.level=1"], "both sides have the same parameters"),
        (["--out", "."], "exists already and is not overwritten"),
        (["--page", "none.md"], "page none.md: cannot be read"),
    ],
)
def test_wrong_input_is_one_message_status_2_and_nothing_written(katye, tmp_path, arguments, message):
    status, out, err = katye("luck", *arguments)
    assert (status, out) == (2, "")
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    assert message in err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["no marks", BEGIN, f"{END}\n{BEGIN}", MARKED + MARKED])
def test_a_page_without_its_marks_is_left_alone(katye, tmp_path, text):
    page = tmp_path / "luck.md"
    page.write_text(text)
    status, _, err = katye("luck", "--page", page)
    assert status == 2
    assert "does not have its two marks once each" in err
    assert page.read_text() == text
