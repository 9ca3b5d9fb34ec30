"""Days of a run and dates of the calendar."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from simulation.errors import InputError

MOST_DAYS = 100_000
"""More days than any run or date of one has, before its start or after it."""


@dataclass(frozen=True)
class Clock:
    """Day 0 is the state at the start of `start`; day n is the state after n days."""

    start: datetime.date

    def date(self, day: int) -> datetime.date:
        return self.start + datetime.timedelta(days=int(day))

    def day(self, date: datetime.date) -> int:
        return (date - self.start).days


def parse_date(text: object, where: str = "") -> datetime.date:
    """A date from 2024-06-01, 2024-06 (its first day) or a date object; InputError otherwise."""
    if isinstance(text, datetime.datetime):
        return text.date()
    if isinstance(text, datetime.date):
        return text
    parts = str(text).strip()
    try:
        return datetime.date.fromisoformat(parts + "-01" if len(parts) == 7 else parts)
    except ValueError:
        raise InputError(f"'{text}' is no date", where, "Dates are written 2024-06-01") from None
