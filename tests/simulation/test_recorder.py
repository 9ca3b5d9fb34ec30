"""A recorder knows days and places of any model, and calls them as the model does."""

import datetime
from types import SimpleNamespace

import numpy as np

from simulation.clock import Clock
from simulation.recorder import Recorder


def recorded(fields):
    recorder = Recorder(Clock(datetime.date(2024, 6, 1)), {"wet": lambda model: model.wet}, fields, ["hill", "shore"])
    for day in range(3):
        recorder.record(SimpleNamespace(day=day, wet=day * 10, water=np.array([day, day + 0.5])))
    return recorder


def test_a_row_a_day_and_place():
    table = recorded({"water": lambda model: model.water}).places()
    assert list(table.columns) == ["day", "date", "place", "water"]
    assert table.place.tolist() == ["hill", "shore"] * 3
    assert table.water.tolist() == [0, 0.5, 1, 1.5, 2, 2.5]
    assert table.day.tolist() == [0, 0, 1, 1, 2, 2]
    assert str(table.date.iloc[-1].date()) == "2024-06-03"


def test_places_that_are_not_recorded_make_an_empty_table():
    recorder = recorded({})
    assert recorder.places().empty
    assert recorder.daily().wet.tolist() == [0, 10, 20]


def test_a_metric_that_is_put_in_anew_keeps_its_column():
    recorder = Recorder(Clock(datetime.date(2024, 6, 1)), {"wet": lambda model: 1, "dry": lambda model: 2}, {}, [])
    recorder.metrics["wet"] = recorder.metrics.pop("wet")
    recorder.record(SimpleNamespace(day=0))
    assert (recorder.daily().wet.tolist(), recorder.daily().dry.tolist()) == ([1], [2])
