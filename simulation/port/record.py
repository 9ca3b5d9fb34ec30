"""A record: published figures that a model's runs can be set against, and how each is read from the days of a run.

A figure is of a window of dates. It stands for the end of its day: the state in the evening of 5 June is that of the morning
of 6 June, and what happened on 5 June is counted in that row too (`simulation.clock.Clock`: day n is the state after n days).
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from simulation.errors import InputError
from simulation.files.tables import check_known, place, read_table
from simulation.port.naming import unknown_column
from simulation.port.outcomes import Outcome

READINGS = ("at", "sum")
"""How a figure is read from daily columns: their value at the end of its last day, or their sum over its days."""
PLUS = "+"  # between the columns that a figure adds up
COLUMNS = {
    "series": "text",
    "title": "text",
    "unit": "text",
    "from": "date",
    "to": "date",
    "value": "number",
    "low": "number",
    "high": "number",
    "share": "number",
    "share_low": "number",
    "share_high": "number",
    "reading": "text",
    "columns": "text",
    "over": "text",
    "used": "flag",
    "source": "text",
    "published": "date",
    "area": "text",
    "sd": "number",
    "reporting": "number",
    "note": "text",
}
OPTIONAL = ("low", "high", "share", "share_low", "share_high", "over", "sd", "reporting", "note")
NINETY = 1.6449  # standard deviations from the middle of a normal distribution to the end of its 90 % interval
NUMBERS = ("low", "high", "share", "share_low", "share_high", "sd", "reporting")
"""Cells that may be empty and are numbers."""
OF_SERIES = ("title", "unit", "reading", "columns", "over", "used")
"""What all figures of a series have in common."""


@dataclass(frozen=True)
class Observation:
    """A published figure of the days from `start` to `end`, both in it.

    published, published_low, published_high: the figure and its own interval, in `unit`. share, share_low, share_high: the
    part of it that falls to what the model simulates, 1 where all does. columns: daily columns, added up. over: daily columns
    that their sum is divided by, or (). reading: one of `READINGS`. used: whether parameters or the starting point were set
    by the series, so that agreement with it is no test.

    released: the day on which it was made public, or None. area: what the published figure is of. published_sd: standard
    deviation of the error of the publisher's count, in `unit`; where None, the interval is taken as one of 90 %.
    reporting: the part of what happened that is reported at all, 1 where all is.
    """

    series: str
    title: str
    unit: str
    start: datetime.date
    end: datetime.date
    published: float
    columns: tuple[str, ...]
    reading: str = "at"
    over: tuple[str, ...] = ()
    published_low: float | None = None
    published_high: float | None = None
    share: float = 1.0
    share_low: float | None = None
    share_high: float | None = None
    used: bool = False
    source: str = ""
    note: str = ""
    released: datetime.date | None = None
    area: str = ""
    published_sd: float | None = None
    reporting: float = 1.0

    @property
    def value(self) -> float:
        """The figure as runs are held against it: the part that falls to the model, with what nobody reported."""
        return self.published * self.share / self.reporting

    @property
    def low(self) -> float:
        """The lower end of the figure's own interval, by its lowest share; the value itself where none is stated."""
        low = self.published if self.published_low is None else self.published_low
        return low * (self.share if self.share_low is None else self.share_low) / self.reporting

    @property
    def high(self) -> float:
        """The upper end likewise."""
        high = self.published if self.published_high is None else self.published_high
        return high * (self.share if self.share_high is None else self.share_high) / self.reporting

    @property
    def own_sd(self) -> float:
        """Standard deviation of the error that is this figure's alone, in the unit of `value`: how it was counted."""
        sd = self.published_sd
        if sd is None:
            low, high = (self.published if end is None else end for end in (self.published_low, self.published_high))
            sd = (high - low) / (2.0 * NINETY)
        return sd * self.share / self.reporting

    @property
    def shared_sd(self) -> float:
        """That of the error which all figures of a series have together: which part of them falls to the model."""
        low, high = (self.share if end is None else end for end in (self.share_low, self.share_high))
        return self.published * (high - low) / (2.0 * NINETY) / self.reporting

    @property
    def format(self) -> str:
        """How its values are written (`simulation.port.outcomes.FORMATS`)."""
        return "share" if self.unit == "share" else "count"

    @property
    def flow(self) -> bool:
        """Whether it grows with the length of its window: a sum that is divided by nothing."""
        return self.reading == "sum" and not self.over

    @property
    def days(self) -> int:
        """The days of its window."""
        return (self.end - self.start).days + 1

    @property
    def needed(self) -> tuple[str, ...]:
        """The daily columns that it is read from, each once."""
        return tuple(dict.fromkeys((*self.columns, *self.over)))

    def rows(self, start: datetime.date) -> tuple[int, int]:
        """The first and the last day of runs that begin on `start` whose rows hold its window."""
        return (self.start - start).days + 1, (self.end - start).days + 1

    def within(self, start: datetime.date, days: int) -> bool:
        """Whether the whole window lies in the days of such runs."""
        first, last = self.rows(start)
        return first >= 1 and last <= days

    def read(self, daily: Mapping[str, np.ndarray], start: datetime.date) -> np.ndarray:
        """What runs give for the figure: daily columns, float64 (..., days + 1) from day 0 on, become float64 (...).

        NaN where a run has nothing to divide by.
        """
        first, last = self.rows(start)

        def of(names: tuple[str, ...]) -> np.ndarray:
            total = sum(np.asarray(daily[name], float) for name in names)
            return total[..., last] if self.reading == "at" else total[..., first : last + 1].sum(axis=-1)

        if not self.over:
            return of(self.columns)
        above, below = of(self.columns), of(self.over)
        return np.divide(above, below, out=np.full(np.shape(above), np.nan), where=below != 0)


def read_record(
    path: Path, known: Mapping[str, Outcome], sources: Collection[str] = (), areas: Collection[str] = ()
) -> list[Observation]:
    """The figures of a CSV file, in its order. `known`: the model's daily columns. `sources`: keys that may be cited.

    areas: what a figure may be of. Raises InputError that names file, row and column: what `read_table` raises; a reading, a
    column, a source or an area that there is not; a sum of what does not add up over days; a figure that cannot be (a share
    of 1.2, people below 0), or whose error nobody states; an interval that does not hold its value; a window that ends before
    it begins, or after its figure was published; a series of two kinds; a window that a series has twice.
    """
    table = read_table(path, COLUMNS, key=("series", "from", "to"), optional=OPTIONAL)
    check_known(path, table["reading"], "reading", READINGS)
    for column, names in (("source", sources), ("area", areas)):
        if names:
            check_known(path, table[column], column, names)
    found, first = [], {}
    for row, cells in table.iterrows():
        item = _observation(path, row, cells, known)
        kin, at = first.setdefault(item.series, (item, row))
        for name in OF_SERIES:
            if getattr(item, name) != getattr(kin, name):
                what = f"it is another than in row {at}, and {item.series} is one series"
                raise InputError(what, place(path, row, name), "Give a series of another kind a name of its own")
        found.append(item)
    return found


def _observation(path: Path, row: int, cells: pd.Series, known: Mapping[str, Outcome]) -> Observation:
    """One row, checked."""
    columns, over = (_columns(path, row, cells, name, known) for name in ("columns", "over"))
    numbers = {name: _or_none(cells[name]) for name in NUMBERS}
    value, share = float(cells["value"]), 1.0 if numbers["share"] is None else numbers["share"]
    if cells["to"] < cells["from"]:
        raise InputError(f"{cells['to']} is before {cells['from']}, where the window begins", place(path, row, "to"))
    if cells["published"] < cells["to"]:
        what = f"{cells['published']} is before {cells['to']}, where the window ends"
        raise InputError(what, place(path, row, "published"), "Give the day on which the figure was made public")
    _check_bounds(path, row, cells, numbers, value)
    for name in ("share", "share_low", "share_high", "reporting"):
        if numbers[name] is not None and not 0 < numbers[name] <= 1:
            raise InputError(f"{numbers[name]:g} is no part of a whole", place(path, row, name), "It can be 0 to 1")
    for name, middle in (("low", value), ("high", value), ("share_low", share), ("share_high", share)):
        end = numbers[name]
        if end is not None and (end > middle if name.endswith("low") else end < middle):
            side = "above" if name.endswith("low") else "below"
            what = f"{end:g} is {side} {middle:g}, whose interval it belongs to"
            raise InputError(what, place(path, row, name))
    return Observation(
        series=cells["series"],
        title=cells["title"],
        unit=cells["unit"],
        start=cells["from"],
        end=cells["to"],
        published=value,
        columns=columns,
        reading=cells["reading"],
        over=over,
        published_low=numbers["low"],
        published_high=numbers["high"],
        share=share,
        share_low=numbers["share_low"],
        share_high=numbers["share_high"],
        used=bool(cells["used"]),
        source=cells["source"],
        note=cells["note"] or "",
        released=cells["published"],
        area=cells["area"],
        published_sd=numbers["sd"],
        reporting=1.0 if numbers["reporting"] is None else numbers["reporting"],
    )


def _check_bounds(path: Path, row: int, cells: pd.Series, numbers: Mapping[str, float | None], value: float) -> None:
    """InputError for a figure that no count and no share can be, and for one whose error is not stated."""
    most = 1.0 if cells["unit"] == "share" else math.inf
    for name, number in (("value", value), ("low", numbers["low"]), ("high", numbers["high"])):
        if number is not None and not 0 <= number <= most:
            hint = "A share is 0 to 1" if most == 1.0 else "It can be 0 or more"
            raise InputError(f"{number:g} is outside its bounds", place(path, row, name), hint)
    sd, ends = numbers["sd"], (value if numbers[name] is None else numbers[name] for name in ("low", "high"))
    if sd is not None and sd <= 0:
        raise InputError(f"{sd:g} is no standard deviation", place(path, row, "sd"), "Nobody counts without an error")
    low, high = ends
    if sd is None and high <= low:
        what = "nothing says how wrong the figure may be"
        raise InputError(what, place(path, row, "sd"), "Give a standard deviation, or an interval as low and high")


def _columns(path: Path, row: int, cells: pd.Series, name: str, known: Mapping[str, Outcome]) -> tuple[str, ...]:
    """The daily columns that a cell adds up."""
    names = tuple(part.strip() for part in cells[name].split(PLUS)) if cells[name] else ()
    for column in names:
        if column not in known:
            raise unknown_column("daily column", column, known, place(path, row, name))
        if cells["reading"] == "sum" and not known[column].summed:
            hint = "Read it at a date, or take a column that ends in _today"
            raise InputError(f"{column} does not add up over days", place(path, row, name), hint)
    return names


def _or_none(cell: object) -> float | None:
    """A number, or None for an empty cell."""
    return None if cell is None or math.isnan(float(cell)) else float(cell)
