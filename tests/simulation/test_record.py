"""Published figures: how a file of them is read, what is said of a wrong cell, and what runs give for one."""

from __future__ import annotations

import datetime

import numpy as np
import pytest

from simulation.errors import InputError
from simulation.port.outcomes import Outcome
from simulation.port.record import COLUMNS, Observation, read_record

START = datetime.date(2024, 6, 1)
KNOWN = {
    "stock": Outcome("stock", "people", "a stock of people"),
    "other": Outcome("other", "people", "another stock"),
    "flow_today": Outcome("flow_today", "people", "a flow of people that day", summed=True),
}
GOOD = {
    "series": "stock", "title": "A stock", "unit": "people", "from": "2024-07-01", "to": "2024-07-31", "value": "100",
    "low": "", "high": "", "share": "", "share_low": "", "share_high": "", "reading": "at", "columns": "stock", "over": "",
    "used": "no", "source": "A", "published": "2024-08-10", "area": "city", "sd": "5", "reporting": "", "note": "",
}  # fmt: skip


def write(folder, *rows):
    """A file of rows, each the good one with changes."""
    path = folder / "observations.csv"
    lines = [",".join((GOOD | row)[name] for name in COLUMNS) for row in rows]
    path.write_text("\n".join([",".join(COLUMNS), *lines]) + "\n", encoding="utf-8")
    return path


def test_a_row_becomes_a_figure(tmp_path):
    row = {"reading": "sum", "columns": "flow_today", "value": "200", "low": "150", "note": "why", "used": "yes"}
    row |= {"share": "0.5", "share_low": "0.4", "share_high": "0.6"}
    (item,) = read_record(write(tmp_path, row), KNOWN, {"A"})
    assert (item.value, item.low, item.high) == (100, 60, 120)
    assert (item.start, item.end) == (datetime.date(2024, 7, 1), datetime.date(2024, 7, 31))
    assert (item.days, item.flow, item.used, item.note, item.source) == (31, True, True, "why", "A")


def test_a_figure_without_an_interval_is_its_own(tmp_path):
    (item,) = read_record(write(tmp_path, {}), KNOWN)
    assert (item.value, item.low, item.high, item.share) == (100, 100, 100, 1)
    assert (item.flow, item.format, item.over) == (False, "count", ())


@pytest.mark.parametrize(
    ("row", "column", "said"),
    [
        ({"from": "June"}, "from", "'June' is not a date"),
        ({"to": "2024-06-30"}, "to", "2024-06-30 is before 2024-07-01"),
        ({"value": ""}, "value", "the cell is empty"),
        ({"value": "many"}, "value", "'many' is not a number"),
        ({"low": "101"}, "low", "101 is above 100"),
        ({"high": "99"}, "high", "99 is below 100"),
        ({"share": "1.5"}, "share", "1.5 is no part of a whole"),
        ({"share": "0.5", "share_low": "0.6"}, "share_low", "0.6 is above 0.5"),
        ({"share": "0.5", "share_high": "0.4"}, "share_high", "0.4 is below 0.5"),
        ({"reading": "mean"}, "reading", "unknown reading 'mean'. Known: at, sum"),
        ({"columns": "stok"}, "columns", "unknown daily column 'stok'. Did you mean stock?"),
        ({"columns": "stock + flow_total"}, "columns", "Say flow_today"),
        ({"reading": "sum"}, "columns", "stock does not add up over days"),
        ({"reading": "sum", "columns": "flow_today", "over": "stock"}, "over", "stock does not add up over days"),
        ({"used": "perhaps"}, "used", "is not a yes or no"),
        ({"source": "B"}, "source", "unknown source 'B'"),
        ({"source": ""}, "source", "the cell is empty"),
        ({"published": ""}, "published", "the cell is empty"),
        ({"published": "2024-07-30"}, "published", "2024-07-30 is before 2024-07-31"),
        ({"area": ""}, "area", "the cell is empty"),
        ({"area": "citi"}, "area", "unknown area 'citi'. Did you mean city?"),
        ({"sd": ""}, "sd", "nothing says how wrong the figure may be"),
        ({"sd": "-1"}, "sd", "-1 is no standard deviation"),
        ({"value": "-5"}, "value", "-5 is outside its bounds"),
        ({"unit": "share"}, "value", "100 is outside its bounds"),
        ({"reporting": "1.2"}, "reporting", "1.2 is no part of a whole"),
        ({"from": "2024-06-01", "to": "2024-06-30"}, "from", "stands in row 2 already"),
        ({"unit": "sites"}, "unit", "it is another than in row 2, and stock is one series"),
        ({"used": "yes"}, "used", "it is another than in row 2"),
    ],
)
def test_a_wrong_cell_is_named_by_row_and_column(tmp_path, row, column, said):
    path = write(tmp_path, {"from": "2024-06-01", "to": "2024-06-30"}, row)
    with pytest.raises(InputError) as caught:
        read_record(path, KNOWN, {"A"}, {"city"})
    message = str(caught.value)
    assert f"{path}, row 3, column '" in message
    assert f"'{column}'" in message or f"{column}, to'" in message or f", {column}, " in message
    assert said in message


def item(reading, first, last, columns, over=()):
    """A figure of some days of June 2024."""
    days = (datetime.date(2024, 6, first), datetime.date(2024, 6, last))
    return Observation("a", "A", "people", *days, 1.0, columns, reading, over)


def test_a_figure_is_read_at_the_end_of_its_day():
    """Day n is the state after n days: that of the evening of 1 June is day 1, and what happened on 1 June is in its row."""
    daily = {
        "stock": np.array([[10, 11, 12, 13, 14], [20, 21, 22, 23, 24]]),
        "flow_today": np.array([[0, 1, 2, 4, 8]] * 2),
    }
    daily["other"] = np.array([[10, 9, 8, 0, 6], [0, 0, 0, 0, 0]])
    assert item("at", 1, 1, ("stock",)).read(daily, START).tolist() == [11, 21]
    assert item("at", 1, 3, ("stock",)).read(daily, START).tolist() == [13, 23]  # at the end of the window
    assert item("sum", 1, 2, ("flow_today",)).read(daily, START).tolist() == [3, 3]
    assert item("sum", 2, 4, ("flow_today", "flow_today")).read(daily, START).tolist() == [28, 28]
    found = item("at", 2, 2, ("stock",), ("stock", "other")).read(daily, START)
    assert found.tolist() == [12 / 20, 1]
    assert np.isnan(item("at", 3, 3, ("stock",), ("other",)).read(daily, START)).all()
    assert item("sum", 1, 2, ("flow_today",), ("flow_today",)).read({"flow_today": np.array([0, 1, 2])}, START) == 1


@pytest.mark.parametrize(
    ("first", "last", "days", "inside"), [(1, 1, 1, True), (1, 2, 1, False), (1, 2, 2, True), (2, 4, 4, True)]
)
def test_a_window_lies_in_runs_that_live_through_all_of_it(first, last, days, inside):
    assert item("sum", first, last, ("flow_today",)).within(START, days) is inside
    assert not item("sum", first, last, ("flow_today",)).within(datetime.date(2024, 6, first + 1), 100)
