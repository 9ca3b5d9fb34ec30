"""What programs about flight ask of a model: places, ways between them, and which columns say where people die and flee."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas

WITHIN, BEYOND, ABROAD = "within", "beyond", "abroad"


@dataclass(frozen=True)
class Stop:
    """A place that people leave or go to. kind: where violence is simulated, beyond that, or in another country.

    latitude, longitude: degrees, None where it has no one point. people: how many live there where that is not in the tables.
    """

    name: str
    region: str
    country: str
    kind: str
    latitude: float | None = None
    longitude: float | None = None
    people: int | None = None


@dataclass(frozen=True)
class Way:
    """A way between two places, in both directions. km: its length; of a way of which only hours are known, None."""

    one: str
    other: str
    km: float | None
    hours: float | None = None


@dataclass(frozen=True)
class Movement:
    """Places and ways, and the columns of a run's tables.

    present, killed: fields of the table of days and places, people who are there and people killed that day. fled: the daily
    column of people newly displaced. closed: from the daily table, ways that are shut, as (one, other, first day, last day).
    """

    stops: Sequence[Stop]
    ways: Sequence[Way]
    present: str
    killed: str
    fled: str
    closed: Callable[[pandas.DataFrame], Sequence[tuple[str, str, int, int]]] = lambda daily: ()
