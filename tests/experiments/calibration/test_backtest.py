"""Scoring rules on known answers, and a forecast that knows nothing published after its cut-off."""

from __future__ import annotations

import contextlib
import datetime

import numpy as np
import pandas as pd
import pytest
from scipy.special import ndtri
from support import town

from experiments.calibration.backtest import Backtest, backtest
from experiments.calibration.calibrate import calibrate, prepare
from experiments.calibration.plan import read_plan
from experiments.calibration.scores import baseline, by_series, score, weighted_interval_score
from experiments.report.page import marks
from simulation.errors import InputError

pytest.importorskip("sklearn")
CUTOFF = town.day(56)


@contextlib.contextmanager
def watch(name):
    yield None


def test_the_interval_score_of_a_point_is_the_absolute_error():
    assert weighted_interval_score(3.0, np.full(50, 5.0)) == pytest.approx(2.0)
    assert weighted_interval_score(5.0, np.full(50, 5.0)) == 0


def test_the_interval_score_is_width_and_what_is_missed():
    members = np.linspace(0.0, 1.0, 1001)
    # median .5, intervals .25 to .75 and .05 to .95
    inside = (0.5 * 0.1 + 0.25 * 0.5 + 0.05 * 0.9) / 2.5
    assert weighted_interval_score(0.6, members) == pytest.approx(inside)
    outside = (0.5 * 1.5 + 0.25 * (0.5 + 4 * 1.25) + 0.05 * (0.9 + 20 * 1.05)) / 2.5
    assert weighted_interval_score(2.0, members) == pytest.approx(outside)


def figure(last, value, released=None, sd=1e-6):
    return town.figure("away", last, last, value, sd, "away_people", released=town.day(released or last))


def test_a_forecast_that_is_right_has_the_scores_of_a_normal_distribution():
    item = figure(90, 100.0)
    draws = 100.0 + 10.0 * ndtri((np.arange(2000) + 0.5) / 2000)
    (row,) = score([item], [item], [draws], CUTOFF, np.random.default_rng(1)).to_dict("records")
    assert row["crps"] == pytest.approx(10.0 * (np.sqrt(2) - 1) / np.sqrt(np.pi), rel=0.01)
    assert row["pit"] == pytest.approx(0.5, abs=0.01)
    assert row["in50"]
    assert (row["low90"], row["high90"]) == (pytest.approx(83.55, abs=0.2), pytest.approx(116.45, abs=0.2))
    assert np.isnan(row["skill"])  # nobody knew anything before


def test_coverage_and_pit_are_even_where_the_truth_is_one_of_the_draws():
    rng = np.random.default_rng(2)
    items = [figure(90, value) for value in 100.0 + 10.0 * rng.standard_normal(400)]
    draws = [100.0 + 10.0 * rng.standard_normal(200) for _ in items]
    table = score(items, items, draws, CUTOFF, rng)
    assert table["in90"].mean() == pytest.approx(0.9, abs=0.05)
    assert table["in50"].mean() == pytest.approx(0.5, abs=0.08)
    assert np.histogram(table["pit"], 4, (0, 1))[0].min() > 70


def test_baselines_know_what_was_published_and_have_a_spread_of_their_own():
    seen = [figure(10, 100.0), figure(20, 110.0), figure(30, 120.0)]
    wanted = figure(60, 200.0)
    said, spread = baseline("persistence", seen, wanted)
    assert said == 120
    assert spread == pytest.approx(120 * np.sqrt(((100 / 110 - 1) ** 2 + (110 / 120 - 1) ** 2) / 2))
    said, spread = baseline("line", seen, wanted)
    assert said == pytest.approx(150)
    assert spread == pytest.approx(0, abs=1e-4)
    bent = [figure(10, 100.0), figure(20, 100.0), figure(30, 120.0)]
    assert baseline("drift", bent, wanted)[0] == pytest.approx(150)  # 20 in 20 days, from first to last
    assert baseline("two", bent, wanted)[0] == pytest.approx(180)
    assert np.isnan(baseline("drift", seen[:1], wanted)[0])
    late = [*seen, figure(40, 130.0, released=57)]
    (row,) = score(late, [wanted], [np.full(9, 200.0)], CUTOFF, np.random.default_rng(1)).to_dict("records")
    assert (row["persistence"], row["line"]) == (120, pytest.approx(150))
    assert row["skill"] == pytest.approx(1.0, abs=1e-4)


def test_skill_is_against_the_better_baseline():
    seen = [figure(10, 100.0), figure(20, 110.0), figure(30, 120.0)]
    wanted = figure(60, 150.0)
    (row,) = score(seen, [wanted], [np.full(9, 140.0)], CUTOFF, np.random.default_rng(1)).to_dict("records")
    assert row["skill"] < -100  # the line is right
    (told,) = by_series(pd.DataFrame([row])).to_dict("records")
    assert told["bias"] == pytest.approx(-10 / 150)
    assert (told["figures"], told["in90"]) == (1, 0)
    assert told["skill"] == pytest.approx(row["skill"])


@pytest.fixture(scope="module")
def known(tmp_path_factory):
    """A posterior that was fitted by the cut-off, and its plan."""
    root = tmp_path_factory.mktemp("cut")
    (root / "plan.toml").write_text(town.PLAN)
    plan = read_plan(root / "plan.toml", town.FAMILY, town.MODEL).quickly()
    return plan, calibrate(prepare(plan, cutoff=CUTOFF, workers=1), root / "out", watch).posterior


def asked(known, **changes):
    plan, posterior = known
    about = {
        "cutoff": CUTOFF,
        "until": datetime.date(2000, 3, 31),
        "arms": {"blind": {"scenario": "baseline"}},
        "draws": 6,
        "workers": 1,
    }
    return Backtest(plan, posterior, **(about | changes))


def test_a_forecast_is_kept_month_by_month_and_scored_on_what_came_later(known, tmp_path):
    record = town.figures()
    found = backtest(asked(known), record, tmp_path / "out", watch)
    scores, forecast = found.scores, found.rows
    assert found.places is None  # nothing is reported of places of this model
    assert set(scores["published"]) == {item.released for item in record if item.released > CUTOFF}
    kept = pd.read_parquet(tmp_path / "out/forecast.parquet")
    assert list(kept) == ["origin", "arm", "target_date", "area", "metric", "draw", "value"]
    assert sorted(kept["target_date"].dt.date.unique()) == [datetime.date(2000, 2, 29), datetime.date(2000, 3, 31)]
    assert set(kept["metric"]) == {"away", "hurt", "away_share"}
    assert len(kept) == len(forecast) == 2 * 3 * 6
    away = kept[kept["metric"] == "away"].groupby("draw")["value"]
    assert (away.last() > away.first()).all()
    assert kept[kept["metric"] == "hurt"]["value"].mean() == pytest.approx(91, rel=0.3)  # a month's sum
    again = backtest(asked(known), record, tmp_path / "out", watch)
    pd.testing.assert_frame_equal(again.scores, scores)


def test_a_posterior_that_knows_too_much_is_refused(known, tmp_path):
    with pytest.raises(InputError, match="the forecast is made on 2000-01-31"):
        backtest(asked(known, cutoff=town.day(30)), town.figures(), tmp_path / "out", watch)
    with pytest.raises(InputError, match="is not after the cut-off"):
        backtest(asked(known, until=CUTOFF), town.figures(), tmp_path / "out", watch)
    assert not (tmp_path / "out").exists()


def test_the_command_tells_the_scores(known, tmp_path, capsys):
    from experiments.cli.app import main

    (tmp_path / "plan.toml").write_text(town.PLAN)
    page = tmp_path / "page.md"
    page.write_text("Before\n" + "\n".join(marks("backtest")) + "\nAfter")
    words = [
        "backtest",
        known[1],
        "--plan",
        tmp_path / "plan.toml",
        "--model",
        town.MODEL,
        "--draws",
        4,
        "--workers",
        1,
    ]
    with pytest.raises(SystemExit) as ended:
        main([str(word) for word in [*words, "-o", tmp_path / "out", "--page", page]])
    out = capsys.readouterr().out
    assert ended.value.code == 0
    assert "Better than the better of persistence and line:" in out
    assert (tmp_path / "out/scores.csv").is_file()
    text = page.read_text()
    assert text.startswith("Before\n")
    assert text.endswith("\nAfter")
    assert "**Blind beats the better of persistence and line on" in text
    assert "| away |" in text
    assert (tmp_path / "page-backtest.png").read_bytes().startswith(b"\x89PNG")
