"""The scorecard of a made-up ensemble, against figures worked out by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from support.recorded import study as recorded

from experiments.analysis.scorecard import naive
from experiments.analysis.scorecard.table import Scorecard, by_series, score, write_tables
from experiments.report.scorecard import words
from simulation.errors import InputError


@pytest.fixture
def found(tmp_path):
    return Scorecard.read(recorded.recorded_study(tmp_path / "made"))


def row(found, series):
    return found.table.set_index("series").loc[series]


def test_a_stock_is_read_on_its_day(found):
    """80, 95 and 120 people on 5 January; 50 were known on 20 and 60 on 30 December, so a line rises by one a day."""
    active = row(found, "active")
    assert (active["observed"], active["low"], active["high"]) == (100, 90, 110)
    assert (active["median"], active["p05"], active["p95"], active["runs"]) == (95, 80, 120, 3)
    assert (active["error"], active["error_pct"], active["in_band"]) == (-5, -5, True)
    assert (active["persistence"], active["line"]) == (60, pytest.approx(66))
    assert active["nearest"] == "model"


def test_a_flow_is_summed_over_its_days_and_shared_out(found):
    """3, 6 and 15 arrests in three days; half (a quarter to three quarters) of 12 counted; 20 in ten days before."""
    arrests = row(found, "arrests")
    assert (arrests["observed"], arrests["low"], arrests["high"]) == (6, 3, 9)
    assert (arrests["median"], arrests["p05"], arrests["p95"]) == (6, 3, 15)
    assert arrests["persistence"] == pytest.approx(6)  # 2 a day
    assert np.isnan(arrests["line"])  # through one point there is none
    assert arrests["nearest"] == "persistence"  # of two as near the simpler
    assert arrests["used"]


def test_a_ratio_without_history_is_missed_and_has_no_naive_forecast(found):
    jailed = row(found, "jailed")
    assert jailed["median"] == pytest.approx(25 / 118)
    assert (jailed["p05"], jailed["p95"]) == (pytest.approx(25 / 143), pytest.approx(25 / 103))
    assert not jailed["in_band"]
    assert np.isnan([jailed["persistence"], jailed["line"]]).all()
    assert jailed["nearest"] == ""


def test_figures_before_and_after_the_runs_are_not_scored(found):
    assert list(found.table["series"]) == ["active", "arrests", "jailed"]
    assert found.lacking == 0


def test_the_table_is_written_twice(found, tmp_path):
    paths = write_tables(found, tmp_path)
    assert [path.name for path in paths] == ["scorecard.csv", "scorecard.parquet"]
    texts, kept = pd.read_csv(paths[0]), pd.read_parquet(paths[1])
    assert list(texts) == list(kept) == list(found.table)
    assert kept["median"].tolist() == texts["median"].tolist() == found.table["median"].tolist()
    assert kept["in_band"].tolist() == [True, True, False]
    assert str(kept["date"][0])[:10] == "2000-01-05"


def test_of_twenty_runs_the_band_leaves_out_the_ends():
    item = recorded.RECORD[2]
    for number, ends in ((19, (0, 18)), (20, (0.95, 18.05)), (41, (2, 38))):
        table = score([item], [item], [np.arange(float(number))], recorded.START)
        assert (table["p05"][0], table["p95"][0]) == pytest.approx(ends)


@pytest.mark.parametrize(("value", "held"), [(89.0, False), (90.0, True), (110.0, True), (111.0, False)])
def test_a_figure_is_held_where_the_intervals_meet(value, held):
    item = recorded.RECORD[2]
    assert score([item], [item], [np.array([value])], recorded.START)["in_band"][0] == held


def test_runs_without_a_value_are_left_out():
    item = recorded.RECORD[2]
    table = score([item], [item], [np.array([np.nan, 95.0])], recorded.START)
    assert (table["runs"][0], table["median"][0]) == (1, 95)
    table = score([item], [item], [np.array([np.nan])], recorded.START)
    assert (table["runs"][0], table["in_band"][0], table["nearest"][0]) == (0, False, "")


def test_a_line_stays_where_its_figures_can_be():
    """A share that rose by .1 a day stops at 1, a count that fell at 0."""
    share = [
        recorded.figure("s", day, day, value, ("jailed",), unit="share")
        for day, value in (("1999-12-28", 0.7), ("1999-12-30", 0.9), ("2000-01-05", 0.9))
    ]
    assert naive.line(share, recorded.START, share[-1]) == 1
    count = [
        recorded.figure("c", day, day, value, ("active",))
        for day, value in (("1999-12-28", 30), ("1999-12-30", 10), ("2000-01-05", 5))
    ]
    assert naive.line(count, recorded.START, count[-1]) == 0
    assert naive.persistence(count, recorded.START, count[-1]) == 10


def test_a_line_through_sums_goes_by_their_number_a_day():
    """10 in the ten days around 15 December, 40 in the twenty around 30: 1 and 2 a day, so 1/15 more each day."""
    windows = (("1999-12-11", "1999-12-20", 10), ("1999-12-21", "2000-01-09", 40), ("2000-01-10", "2000-01-13", 1))
    series = [recorded.figure("f", *window, ("arrests_today",), reading="sum") for window in windows]
    wanted = series[-1]
    assert naive.persistence(series, recorded.START, wanted) == pytest.approx(8)
    assert naive.line(series, recorded.START, wanted) == pytest.approx(4 * (2 + 12 / 15))


def test_series_are_counted_and_misses_come_first(found):
    table = by_series(found.table).set_index("series")
    assert table["held"].to_dict() == {"active": 1, "arrests": 1, "jailed": 0}
    assert table["model"].to_dict() == {"active": 1, "arrests": 0, "jailed": 0}
    lines = words.finding(found)
    assert lines[0] == "The band misses 1 of 3 published figures."
    assert "Jailed (1 of 1; 3\u00a0Jan\u00a02000: 50.0\u00a0% observed, band 17.5\u00a0% to 24.3\u00a0%)" in lines[1]
    assert lines[2] == "Held: Active (1); Arrests (1)."
    assert lines[3].startswith(
        "Of the 2 figures of series by which no parameter and no starting point was set it holds 1;"
    )
    assert "comes nearest to 1 of the 2 figures" in lines[4]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"curves": False}, "it kept no days of its runs"),
        ({"every": 2}, "do not have every day of every run"),
        ({"model": "epstein"}, "model 'epstein': it has no published figures"),
    ],
)
def test_a_study_that_has_no_scorecard_says_why(tmp_path, changes, said):
    with pytest.raises(InputError, match=said):
        Scorecard.read(recorded.recorded_study(tmp_path / "made", **changes))


def test_a_study_of_several_cells_is_no_ensemble(tmp_path):
    folder = recorded.recorded_study(tmp_path / "made")
    runs = pd.read_parquet(folder / "runs.parquet")
    runs.assign(point=runs["run"]).to_parquet(folder / "runs.parquet")
    with pytest.raises(InputError, match="it has 3 cells, and a scorecard is of one ensemble"):
        Scorecard.read(folder)


def test_figures_whose_columns_were_not_kept_are_counted(tmp_path):
    folder = recorded.recorded_study(tmp_path / "made")
    curves = pd.read_parquet(folder / "curves.parquet")
    curves.drop(columns="jailed").to_parquet(folder / "curves.parquet")
    found = Scorecard.read(folder)
    assert (len(found.table), found.lacking) == (2, 1)
    assert "1 more within these days are left out" in words.scope(found)
    curves.drop(columns=["active", "jailed", "arrests_total"]).to_parquet(folder / "curves.parquet")
    with pytest.raises(InputError, match="hold none of the columns"):
        Scorecard.read(folder)
