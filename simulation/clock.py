"""Days of a run and dates of the calendar."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from simulation.errors import InputError

MOST_DAYS = 100_000
"""More days than any run or date of one has, before its start or after it."""


@dataclass(frozen=True)
class Clock:
    """Day 0 is the state at the start of `start`; day n is the state after n days."""

    start: datetime.date

    def date(self, day: int) -> datetime.date:
        return self.start + datetime.timedelta(days=int(day))

    def dates(self, days: Sequence[int]) -> np.ndarray:
        """The dates of several days, datetime64[us]: the type of dates in all tables."""
        return (np.datetime64(self.start) + np.asarray(days, "timedelta64[D]")).astype("datetime64[us]")

    def day(self, date: datetime.date) -> int:
        return (date - self.start).days


def write_date(date: datetime.date) -> str:
    """1 September 2024."""
    return f"{date.day} {date:%B} {date.year}"


def parse_date(text: object, where: str = "") -> datetime.date:
    """A date from 2024-06-01, 2024-06 (its first day) or a date object; InputError otherwise, also for a time of day."""
    hint = "Dates are written 2024-06-01"
    if isinstance(text, datetime.datetime):
        if text.time() != datetime.time() or text.tzinfo is not None:
            raise InputError(f"'{text}' has a time of day, and runs have whole days", where, hint)
        return text.date()
    if isinstance(text, datetime.date):
        return text
    if not isinstance(text, str):
        raise InputError(f"'{text}' is no date", where, hint)
    parts = text.strip()
    try:
        return datetime.date.fromisoformat(parts + "-01" if len(parts) == 7 else parts)
    except ValueError:
        raise InputError(f"'{text}' is no date", where, hint) from None
