"""Forecasts of single places: known answers, and the months of a run of the city against its days."""

from __future__ import annotations

import datetime
import itertools

import numpy as np
import pandas as pd
import pytest

from experiments.calibration.backtest import MONTHS, simulate_by_month
from experiments.calibration.place_scores import place_scores, place_table
from experiments.run.task import Task
from experiments.study.study import Cell
from simulation.port.family import find_family
from simulation.port.place_record import ATTACKED, TAKEN, PlaceEvent, PlaceRecord

pytest.importorskip("sklearn")
CUTOFF, UNTIL = datetime.date(2024, 6, 30), datetime.date(2024, 8, 31)
PLACES = ("a", "b", "c", "d", "e")


def event(month, day, place, kind):
    return PlaceEvent(datetime.date(2024, month, day), place, kind, "A")


RECORD = PlaceRecord(
    places=PLACES,
    events=(event(5, 2, "b", ATTACKED), event(6, 30, "d", TAKEN), event(7, 1, "a", TAKEN), event(8, 9, "c", ATTACKED)),
    held_at_start=frozenset("e"),
    people=dict(zip(PLACES, (10.0, 20.0, 30.0, 40.0, 50.0), strict=True)),
    beside={"a": "bd", "b": "a", "c": "de", "d": "a", "e": ()},
    area=dict.fromkeys(PLACES, "town"),
    held=("label", "gang"),
    killed="killed",
    hosted="hosted",
)


def months(held):
    """Rows of four runs; held: {place: runs in which it is held in July}. Nothing is held in June, all of July's stay."""
    rows = []
    for run, (month, date) in itertools.product(range(4), enumerate(("2024-06-30", "2024-07-31", "2024-08-31"))):
        for place in PLACES:
            there = place == "e" or (month > 0 and run < held.get(place, 0))
            rows.append({"run": run, "month": pd.Timestamp(date), "place": place, "held": there, "killed": 2.0 * there})
    return pd.DataFrame(rows)


def test_a_place_that_was_named_before_the_cut_off_is_not_at_risk():
    table = place_table(RECORD, {"x": months({"a": 3, "b": 1})}, CUTOFF, UNTIL).set_index("place")
    assert table["at_risk"].to_dict() == {"a": True, "b": True, "c": True, "d": False, "e": False}
    assert table.index[table["fell"]].tolist() == ["a"]
    assert table["attacks"].to_dict() == {"a": 1, "b": 0, "c": 1, "d": 0, "e": 0}
    assert table["chance_x"].to_dict() == {"a": 0.75, "b": 0.25, "c": 0.0, "d": 0.0, "e": 0.0}  # e was held before
    assert table["killed_x"].to_dict() == {"a": 3.0, "b": 1.0, "c": 0.0, "d": 0.0, "e": 4.0}
    assert table["held beside it"].to_dict() == {"a": 0.5, "b": 0.0, "c": 1.0, "d": 0.0, "e": 0.0}
    assert table["past attacks"].to_dict() == {"a": 0, "b": 1, "c": 0, "d": 1, "e": 0}


def test_scores_of_a_right_a_wrong_and_an_even_forecast():
    arms = {"right": months({"a": 4}), "wrong": months({"b": 4, "c": 4}), "even": months({"a": 1, "b": 1, "c": 1})}
    scores = place_scores(place_table(RECORD, arms, CUTOFF, UNTIL), arms).set_index("forecast")
    assert scores["auc"].to_dict() == {
        "right": 1.0, "wrong": 0.0, "even": 0.5, "past attacks": 0.25, "people": 0.0, "held beside it": 0.5,
    }  # fmt: skip
    assert scores.loc["right", "brier"] == 0
    assert scores.loc["wrong", "brier"] == 1
    assert scores.loc["even", "brier"] == pytest.approx((0.75**2 + 2 * 0.25**2) / 3)
    assert scores.loc["people", "brier"] == pytest.approx(2 / 9)  # of the base rate
    assert scores.loc["wrong", "expected"] == 2


def test_months_of_a_run_are_its_days():
    family = find_family("haiti")
    case = family.load_case("baseline", start=datetime.date(2024, 6, 15), days=60, weight=500)
    task = Task(0, "haiti", case, Cell("main", {}, {}), 0, 7)
    table = simulate_by_month(task).tables()[MONTHS].to_pandas()
    assert sorted(pd.to_datetime(table["month"]).dt.date.unique()) == [
        datetime.date(2024, 6, 30), datetime.date(2024, 7, 31),
    ]  # fmt: skip
    model = family.create(case, 7, places=True).run()
    days = model.recorder.places().set_index(["day", "neighbourhood"])
    july = table[pd.to_datetime(table["month"]).dt.month == 7].set_index("neighbourhood")
    assert list(july.index) == list(family.place_record(case.start).places)
    first, last = 17, 47  # rows of 2 July and 1 August: all that happened in July, and the state at its end
    killed = days["residents_killed_today"].unstack().loc[first:last].sum()
    np.testing.assert_array_equal(july["killed"].to_numpy(), killed[july.index].to_numpy())
    np.testing.assert_array_equal(july["held"].to_numpy(), (days["label"].loc[last] == "gang")[july.index].to_numpy())
    np.testing.assert_array_equal(july["hosted"], days["displaced_hosted"].loc[last][july.index])
    whole = days["residents_killed_today"].groupby(level=0).sum().loc[1:last].sum()
    assert table["killed"].sum() == whole > 0
