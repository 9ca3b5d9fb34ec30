"""Outcomes: every figure that a run leaves behind, declared once with all that readers of tables and pages need of it."""

from __future__ import annotations

import math
from dataclasses import dataclass

FORMATS = ("count", "share", "usd", "number")
"""How a value is written: 1,230 people; 41.2 %; $312M; 0.123 (an index, a rate, a ratio)."""
POINT = 0.01  # precision wanted of a share: one percentage point
PART = 0.05  # and of all else, as a part of the reference's mean


@dataclass(frozen=True)
class Outcome:
    """A column of a table. `title` is for figures and tables, `plain` for a room that knows no jargon; both never empty.

    `unit` and `meaning` define it. `format`: one of `FORMATS`. `direction`: +1 or -1 where more or fewer is what everybody
    wants, else 0; deaths of people in gangs have none. `headline`: shown in comparisons and on the screen unless others are
    asked for. `reduction`: how a run's value comes from its days, in words; "" for a daily column. `formula`: the same as
    an equation or as the name of the function that computes it, where there is one to show. `summed`: days add up to a
    meaningful total (flows do, stocks do not). `part`: one of several that a total is split into, which pages leave out
    where it is 0 in every run.
    """

    name: str
    unit: str
    meaning: str
    title: str = ""
    plain: str = ""
    format: str = "count"
    direction: int = 0
    headline: bool = False
    reduction: str = ""
    formula: str = ""
    summed: bool = False
    part: bool = False

    def __post_init__(self) -> None:
        if self.format not in FORMATS:
            raise ValueError(f"format {self.format!r} of {self.name} is not one of {FORMATS}")
        if self.direction not in (-1, 0, 1):
            raise ValueError(f"direction {self.direction} of {self.name} is not -1, 0 or 1")
        title = self.title or self.name.replace("_", " ").capitalize()
        object.__setattr__(self, "title", title)
        object.__setattr__(self, "plain", self.plain or title)

    def precision(self, mean: float) -> float:
        """Half width of an interval that would do: a percentage point, or 5 % of the reference's mean; NaN if that is 0."""
        return POINT if self.format == "share" else PART * abs(mean) or math.nan
