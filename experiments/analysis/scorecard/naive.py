"""Two forecasts that know no mechanism: that the last figure known stays, and that a straight line through those known goes on.

What they know is every figure of the series whose window had begun when the runs begin, so a little more than anybody knew on
that day: a count of a quarter that was under way is known whole.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence

import numpy as np

from simulation.port.record import Observation

FEWEST = 2  # points that a line goes through


def known(series: Sequence[Observation], start: datetime.date) -> list[Observation]:
    """The figures of a series that the naive forecasts know, by date."""
    return sorted((item for item in series if item.start < start), key=_when)


def persistence(series: Sequence[Observation], start: datetime.date, wanted: Observation) -> float:
    """The last figure known; of a sum, its number a day. NaN if none is known."""
    before = known(series, start)
    return _whole(_level(before[-1]), wanted) if before else np.nan


def line(series: Sequence[Observation], start: datetime.date, wanted: Observation) -> float:
    """The least-squares line through all figures known; of a sum, of its number a day. NaN if fewer than two are known.

    No count falls below 0, and no share leaves 0 to 1.
    """
    return _through(known(series, start), wanted)


def drift(series: Sequence[Observation], start: datetime.date, wanted: Observation) -> float:
    """The same of the line from the first to the last figure known."""
    before = known(series, start)
    return _through([before[0], before[-1]] if before else [], wanted)


def two(series: Sequence[Observation], start: datetime.date, wanted: Observation) -> float:
    """The same of the line through the last two figures known."""
    return _through(known(series, start)[-2:], wanted)


def _through(before: Sequence[Observation], wanted: Observation) -> float:
    if len({_when(item) for item in before}) < FEWEST:
        return np.nan
    days = np.array([_when(item) - _when(wanted) for item in before])
    levels = np.array([_level(item) for item in before])
    slope = ((days - days.mean()) * (levels - levels.mean())).sum() / ((days - days.mean()) ** 2).sum()
    level = levels.mean() - slope * days.mean()  # on the day of the wanted figure, which is day 0
    return _whole(float(np.clip(level, 0.0, 1.0 if wanted.format == "share" else np.inf)), wanted)


def _when(item: Observation) -> float:
    """The day that a figure stands for: its last, or the middle of a window that it sums up."""
    return item.end.toordinal() - (item.days - 1) / 2 * (item.reading == "sum")


def _level(item: Observation) -> float:
    return item.value / item.days if item.flow else item.value


def _whole(level: float, wanted: Observation) -> float:
    return float(level * wanted.days if wanted.flow else level)
