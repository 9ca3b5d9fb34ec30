"""Comparing two runs: what protection cost, how many it hurt, and why violence fell or rose. Pure functions on tables.

`daily` is a run's daily table (`recorder.daily()`), `places` its table of neighbourhoods (`recorder.neighbourhoods()`).
Compare runs of one seed, so that they share their luck. Nothing here says that a force caused a difference: it says
which factors of the difference moved.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from simulation.errors import InputError
from simulation.same_bits import weighted_sum

YEAR = 365.0
FACTORS = ("residents", "exposure", "contest", "intensity")
"""People present; their share where gangs have influence; how contested that influence is; harm where it is contested."""


@dataclass(frozen=True)
class Protection:
    """Protection gained against a reference run. person_years: outside gang control, more than in the reference.

    cost_per_person_year: USD of the mission. killed_per_1000: residents killed in operations per 1,000 person-days gained.
    Both are None where no protection was gained: `verdict` says so.
    """

    person_years: float
    cost_usd: float
    killed_in_operations: int
    cost_per_person_year: float | None
    killed_per_1000: float | None

    @property
    def verdict(self) -> str:
        if self.cost_per_person_year is None or self.killed_per_1000 is None:
            return f"no protection gained ({self.person_years:,.0f} person-years against the reference)"
        return (
            f"{self.person_years:,.0f} person-years outside gang control gained, ${self.cost_per_person_year:,.0f} each, "
            f"{self.killed_per_1000:.3g} residents killed in operations per 1,000 person-days"
        )


def protection(daily: pd.DataFrame, reference: pd.DataFrame) -> Protection:
    """Cost per person protected for a year, and harm ratio, of a run against a reference run of the same days.

    People count where they lived before displacement. The cost is all of the mission's, not what it cost more than the
    reference; so are the residents killed. InputError if days differ or columns are missing.
    """
    columns = ("day", "people_outside_gang_control", "mission_cost_usd_total", "residents_killed_operations_today")
    for name, table in (("the run", daily), ("the reference", reference)):
        _need(table, columns, name)
    _same_days(daily, reference)
    gained = daily.people_outside_gang_control.to_numpy(float) - reference.people_outside_gang_control.to_numpy(float)
    days = float(gained[daily.day.to_numpy() > 0].sum())
    cost = float(daily.mission_cost_usd_total.iloc[-1])
    killed = int(daily.residents_killed_operations_today.sum())
    if days <= 0:
        return Protection(days / YEAR, cost, killed, None, None)
    return Protection(days / YEAR, cost, killed, cost * YEAR / days, 1000.0 * killed / days)


@dataclass(frozen=True)
class Decomposition:
    """Change in residents killed between two tables, as a sum over `FACTORS` (exact). before, after: residents killed."""

    before: float
    after: float
    parts: Mapping[str, float]

    @property
    def change(self) -> float:
        return self.after - self.before

    @property
    def fewer_residents(self) -> float:
        """(a) The part that comes from fewer (or more) people being there."""
        return self.parts["residents"]

    @property
    def consolidation(self) -> float:
        """(b) The part from gang influence being less (or more) contested: settled rule kills less, and is no peace."""
        return self.parts["contest"]

    @property
    def force(self) -> float:
        """(c) The part from less influence of gangs, and less harm where it is contested: what a force could claim."""
        return self.parts["exposure"] + self.parts["intensity"]


def decompose(before: pd.DataFrame, after: pd.DataFrame) -> Decomposition:
    """Split the change in residents killed between two tables of neighbourhoods, equally long: two runs, or two spans of one.

    Killed = P x (E / P) x (K / E) x (killed / K), summed over days and places: P people present, E = sum of people x u,
    K = sum of people x 4 u (1 - u), u the gang influence. Each factor is credited with its Shapley value: its mean
    effect over all orders in which factors could have changed (shorrocks2013). Parts add
    up exactly, zeros included. InputError if columns are missing, lengths differ, or people were killed where E or K is 0.
    """
    columns = ("day", "influence", "residents", "residents_killed_today")
    for name, table in (("before", before), ("after", after)):
        _need(table, columns, name)
    if before.day.nunique() != after.day.nunique():
        days = f"{before.day.nunique()} and {after.day.nunique()}"
        raise InputError(f"the tables have {days} days", "before, after", "Cut them to spans of the same length")
    first, second = factors(before, "before"), factors(after, "after")
    killed = [float(table.residents_killed_today.sum()) for table in (before, after)]
    return Decomposition(*killed, dict(zip(FACTORS, shapley_product(first, second), strict=True)))


def shapley_product(first: Sequence[float], second: Sequence[float]) -> list[float]:
    """What each factor adds to the change of a product from `first` to `second`: Shapley values, which add up to it."""
    numbers, parts = range(len(first)), [0.0] * len(first)
    for k in numbers:
        others = [j for j in numbers if j != k]
        for size in range(len(others) + 1):
            weight = math.factorial(size) * math.factorial(len(others) - size) / math.factorial(len(first))
            for changed in itertools.combinations(others, size):
                rest = math.prod(second[j] if j in changed else first[j] for j in others)
                parts[k] += weight * rest * (second[k] - first[k])
    return parts


def factors(table: pd.DataFrame | Mapping[str, np.ndarray], name: str) -> list[float]:
    """The four factors, whose product is the number of residents killed, from columns of all days and places."""
    people, u = np.asarray(table["residents"], float), np.asarray(table["influence"], float)
    present, exposed = float(people.sum()), weighted_sum(people, u)
    contested, killed = weighted_sum(people, 4.0 * u * (1.0 - u)), float(np.sum(table["residents_killed_today"]))
    if killed > 0 and contested <= 0:
        raise InputError(f"{killed:.0f} residents were killed where influence is nowhere contested", name)
    ratios = [(exposed, present), (contested, exposed), (killed, contested)]
    return [present, *(above / below if below > 0 else 0.0 for above, below in ratios)]


def violence_per_resident(places: pd.DataFrame) -> pd.Series:
    """Residents killed per 100,000 people present and year, by day: what it is like for those who are still there."""
    _need(places, ("day", "residents", "residents_killed_today"), "places")
    by_day = places.groupby("day")[["residents", "residents_killed_today"]].sum()
    return 1e5 * YEAR * by_day.residents_killed_today / np.maximum(by_day.residents, 1)


def _need(table: pd.DataFrame, columns: Sequence[str], name: str) -> None:
    missing = [column for column in columns if column not in table]
    if missing:
        raise InputError(f"there is no column {', '.join(missing)}", name, "Take the tables that a run records")


def _same_days(one: pd.DataFrame, other: pd.DataFrame) -> None:
    if len(one) != len(other) or not np.array_equal(one.day.to_numpy(), other.day.to_numpy()):
        raise InputError(f"{len(one)} days against {len(other)}", "the reference", "Both runs must cover the same days")
