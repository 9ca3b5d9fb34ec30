"""The situation on the first day: who holds what, who is displaced where, who has promised men and money."""

from __future__ import annotations

import datetime
import functools
import math
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from models.haiti.start.pledges import (
    MOST_PERSONNEL,
    ContributorRecord,
    PledgeRecord,
    ReceiptRecord,
    read_contributors,
    read_money,
    whole,
)
from models.haiti.world.city import MOST_PEOPLE, City
from simulation.errors import InputError
from simulation.files.tables import check_known, place, read_table
from simulation.serialise.kept import kept

FIRST_DATE = datetime.date(2023, 12, 1)
LAST_DATE = datetime.date(2026, 12, 31)
DEFAULT_DATE = datetime.date(2024, 6, 1)

CONTROL_CLASSES = ("state", "contested", "gang")


@kept
@dataclass(frozen=True)
class GangRecord:
    """A named gang. `homes` are neighbourhood numbers; strength is None where no figure is published.

    `membership` in the coalition: 'member', 'ally' or 'assumed'; `earlier_bloc`: 'G9', 'G-Pep' or ''.
    """

    name: str
    coalition: str
    membership: str
    earlier_bloc: str
    strength_low: int | None
    strength_high: int | None
    homes: tuple[int, ...]
    source: str


@kept
@dataclass(frozen=True)
class PoliceStrength:
    """One published figure of the national police."""

    metric: str
    officers: int
    date: datetime.date
    source: str


@kept
@dataclass(frozen=True)
class VehicleRecord:
    """Armoured vehicles that reached the mission."""

    number: int
    date: datetime.date
    source: str


@kept
@dataclass(frozen=True)
class BaseRecord:
    """Beds of the mission's first base from a date on."""

    beds: int
    date: datetime.date
    source: str


@kept
@dataclass(frozen=True, eq=False)
class StartingPoint:
    """The situation on the morning of `date`; arrays have one entry per neighbourhood, in the city's order.

    `holder` (int64) is a position in `gangs`, or -1 where the state holds; `control_class` (int8) is a
    position in `CONTROL_CLASSES`; `confidence` (text) is 'high', 'medium' or 'low'.
    People: `displaced_total_from_ouest` come from Ouest, wherever they are; `displaced_in_ouest` are hosted
    there, by commune, with communes beyond the map under 'other'; `displaced_by_department` are hosted
    elsewhere, by external id, scaled so that with those in Ouest they make up the total;
    `displaced_in_provinces` is their number as published, unscaled.
    `contributors`, `pledges`, `receipts` and `vehicles` hold all dates, before and after the start.
    `police_strength` has, per metric, the published figure nearest in time, before or after;
    `mission_strength` (people) is the last one observed by the start. Sources: README.md in the data folder.
    """

    date: datetime.date
    gangs: tuple[GangRecord, ...]
    holder: np.ndarray
    control_class: np.ndarray
    confidence: np.ndarray
    displaced_total_from_ouest: int
    displaced_in_ouest: dict[str, int]
    displaced_by_department: dict[str, int]
    displaced_in_provinces: int
    contributors: tuple[ContributorRecord, ...]
    pledges: tuple[PledgeRecord, ...]
    receipts: tuple[ReceiptRecord, ...]
    police_strength: tuple[PoliceStrength, ...]
    mission_strength: int
    vehicles: tuple[VehicleRecord, ...]
    base: tuple[BaseRecord, ...]


def load_start(city: City, date: datetime.date = DEFAULT_DATE, folder: Path | None = None) -> StartingPoint:
    """Read the situation on the morning of `date` from a data folder (the city's own if None).

    The map of control is that of 1 June 2024. For an earlier start, places known by a dated event that had
    not happened yet are one class less gang-held; for a later start the map stays as it is. Displaced people
    are interpolated between the rounds of IOM's tracking matrix and constant after the last one.

    Raises InputError for a date outside 2023-12-01 to 2026-12-31, or naming file, row and column.
    """
    if not FIRST_DATE <= date <= LAST_DATE:
        hint = f"The data cover {FIRST_DATE} to {LAST_DATE}"
        raise InputError(f"no starting point for {date}", "start date", hint)
    folder = city.folder if folder is None else Path(folder)
    found = _read(city, date, folder, _stamps(folder))
    arrays = {name: getattr(found, name).copy() for name in ("holder", "control_class", "confidence")}
    hosted = {name: dict(getattr(found, name)) for name in ("displaced_in_ouest", "displaced_by_department")}
    return replace(found, **arrays, **hosted)  # nothing that can be changed is shared


def _stamps(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """What tells that a table of a data folder has changed: name, time in ns and size in bytes of each."""
    if not folder.is_dir():
        return ()
    of = [(path.name, path.stat()) for path in sorted(folder.glob("*.csv"))]
    return tuple((name, stat.st_mtime_ns, stat.st_size) for name, stat in of)


@functools.lru_cache(maxsize=8)
def _read(city: City, date: datetime.date, folder: Path, stamps: tuple) -> StartingPoint:
    """`load_start`, once as long as the tables stay: it takes a third of what founding a small city does."""
    gangs = _read_gangs(folder, city)
    holder, control_class, confidence = _read_control(folder, city, gangs, date)
    origin, in_ouest, elsewhere, in_provinces = _read_displaced(folder, city, date)
    pledges, receipts = read_money(folder)
    contributors = read_contributors(folder)
    if not any(one.pledge_date <= date for one in contributors):
        raise InputError(
            f"no country had offered personnel by {date}", f"{folder / 'contributors.csv'}, column 'pledge_date'"
        )
    return StartingPoint(
        date=date,
        gangs=gangs,
        holder=holder,
        control_class=control_class,
        confidence=confidence,
        displaced_total_from_ouest=origin,
        displaced_in_ouest=in_ouest,
        displaced_by_department=elsewhere,
        displaced_in_provinces=in_provinces,
        contributors=contributors,
        pledges=pledges,
        receipts=receipts,
        police_strength=_read_police(folder, date),
        mission_strength=_read_mission_strength(folder, date),
        vehicles=_read_vehicles(folder),
        base=_read_base(folder),
    )


def _read_gangs(folder: Path, city: City) -> tuple[GangRecord, ...]:
    path = folder / "gangs.csv"
    columns = {
        "name": "text",
        "coalition": "text",
        "membership": "text",
        "earlier_bloc": "text",
        "strength_low": "integer",
        "strength_high": "integer",
        "homes": lambda text: tuple(text.split(";")),
        "source": "text",
    }
    optional = ("coalition", "earlier_bloc", "strength_low", "strength_high")
    ranges = dict.fromkeys(("strength_low", "strength_high"), (0, MOST_PERSONNEL))
    table = read_table(path, columns, key="name", optional=optional, ranges=ranges)
    for row in table.itertuples():
        if row.strength_low > row.strength_high:
            found = f"{row.strength_low:.0f} is more than {row.strength_high:.0f}"
            raise InputError(found, place(path, row.Index, "strength_low, strength_high"))
    check_known(path, table.homes.explode(), "neighbourhood", city.ids)
    return tuple(
        GangRecord(
            name=row.name,
            coalition=row.coalition or "",
            membership=row.membership,
            earlier_bloc=row.earlier_bloc or "",
            strength_low=whole(row.strength_low),
            strength_high=whole(row.strength_high),
            homes=tuple(city.places.index[home] for home in row.homes),
            source=row.source,
        )
        for row in table.sort_values("name").itertuples(index=False)
    )


def _read_control(
    folder: Path, city: City, gangs: tuple[GangRecord, ...], date: datetime.date
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    path = folder / "initial_control.csv"
    columns = {
        "neighbourhood": "text",
        "holder": "text",
        "control_class": "text",
        "basis": "text",
        "confidence": "text",
        "evidence_date": "date",
    }
    table = read_table(path, columns, key="neighbourhood", optional=("holder", "evidence_date"))
    names = [gang.name for gang in gangs]
    check_known(path, table.neighbourhood, "neighbourhood", city.ids)
    check_known(path, table.holder, "gang", names)
    check_known(path, table.control_class, "control class", CONTROL_CLASSES)
    check_known(path, table.confidence, "confidence", ("high", "medium", "low"))
    absent = sorted(set(city.ids) - set(table.neighbourhood))
    if absent:
        raise InputError(f"no row for {', '.join(absent[:5])}", str(path), "Every neighbourhood needs one")
    for row in table.itertuples():
        if (row.holder is None) != (row.control_class == "state"):
            hint = "A place held by the state has no holder, any other place has one"
            raise InputError("holder and class disagree", place(path, row.Index, "holder, control_class"), hint)
    table = table.set_index("neighbourhood").loc[list(city.ids)]
    control_class = np.array([CONTROL_CLASSES.index(name) for name in table.control_class], dtype=np.int8)
    later = [when is not None and when > date for when in table.evidence_date]
    not_yet = (table.basis == "event").to_numpy() & np.array(later)
    control_class[not_yet] = np.maximum(control_class[not_yet] - 1, 0)
    holder = np.array([-1 if name is None else names.index(name) for name in table.holder], dtype=np.int64)
    holder[control_class == 0] = -1
    return holder, control_class, table.confidence.to_numpy(str)


def _read_displaced(folder: Path, city: City, date: datetime.date) -> tuple[int, dict[str, int], dict[str, int], int]:
    """People from Ouest; hosted in Ouest by commune; hosted elsewhere by external id; those unscaled."""
    path = folder / "displacement_stock.csv"
    columns = {"round": "integer", "date": "date", "area_kind": "text", "area": "text", "people": "integer"}
    table = read_table(path, columns, key=("round", "area_kind", "area"), ranges={"people": (0, MOST_PEOPLE)})
    again = table.index[table.duplicated(["date", "area_kind", "area"])]
    if len(again):
        raise InputError("another round has this date", place(path, again[0], "date"))
    check_known(path, table.area_kind, "kind of area", ("national", "origin", "department", "commune"))
    departments = [one.department for one in city.external if one.department]
    check_known(path, table.area[table.area_kind == "department"], "department", departments)
    for kind, areas in (("origin", {"Ouest"}), ("department", {"Ouest", *departments})):
        lacking = areas - set(table.area[table.area_kind == kind])
        if lacking:
            raise InputError(f"no row for the {kind} {min(lacking)}", f"{path}, columns 'area_kind, area'")
    # A round that did not go to an area counts nobody there, so that parts and totals of a round agree.
    wide = table.pivot(index="date", columns=["area_kind", "area"], values="people").fillna(0.0)
    # A figure stands for the end of its reporting day, which is the morning of the next.
    mornings = np.array([day.toordinal() + 1 for day in wide.index])
    stock = {area: float(np.interp(date.toordinal(), mornings, wide[area])) for area in wide}
    origin = round(stock["origin", "Ouest"])
    hosted = round(stock["department", "Ouest"])
    parts = {commune: 0.0 for commune in (*sorted(set(city.communes.tolist())), "other")}
    for (kind, area), people in stock.items():
        if kind == "commune":
            parts[area if area in parts else "other"] += people
    beyond = {
        one.id: stock["department", one.department] * one.department_share
        for one in city.external
        if one.department not in (None, "Ouest")
    }
    told = {"in Ouest": (parts, hosted), "elsewhere": (beyond, origin - hosted)}
    for where, (shares, people) in told.items():
        if people < 0 or (people and not any(shares.values())):
            hint = "Those from Ouest are those hosted there and elsewhere, by commune and by department"
            raise InputError(f"{people:,} people from Ouest hosted {where} on {date}, in no place", str(path), hint)
    return origin, *(_apportion(*one) for one in told.values()), round(math.fsum(beyond.values()))


def _apportion(parts: dict[str, float], total: int) -> dict[str, int]:
    """Whole people in proportion to `parts`, summing to `total`; the largest remainders are rounded up."""
    exact = np.array(list(parts.values()))
    exact = exact * (total / exact.sum()) if total else exact * 0.0
    people = np.floor(exact).astype(np.int64)
    order = np.argsort(people - exact, kind="stable")
    people[order[: total - people.sum()]] += 1
    return dict(zip(parts, people.tolist()))


def _read_police(folder: Path, date: datetime.date) -> tuple[PoliceStrength, ...]:
    """The figure nearest to `date`, before or after, of each strength that the sources repeat."""
    columns = {"date": "date", "metric": "text", "value": "integer", "source": "text"}
    ranges = {"value": (0, MOST_PERSONNEL)}
    table = read_table(folder / "police.csv", columns, key=("date", "metric"), ranges=ranges)
    found = []
    for metric in ("total_strength", "available_for_active_duty", "on_public_safety_duty_at_any_time"):
        rows = list(table[table.metric == metric].itertuples())
        if not rows:
            raise InputError(f"no figure for '{metric}'", str(folder / "police.csv"))
        row = min(rows, key=lambda one: abs((one.date - date).days))
        found.append(PoliceStrength(metric, row.value, row.date, row.source))
    return tuple(found)


def _read_mission_strength(folder: Path, date: datetime.date) -> int:
    columns = {"date": "date", "mission_strength": "integer"}
    ranges = {"mission_strength": (0, MOST_PERSONNEL)}
    table = read_table(folder / "deployments.csv", columns, optional=("mission_strength",), ranges=ranges)
    seen = table.dropna().sort_values("date", kind="stable")
    seen = seen[[when <= date for when in seen.date]]
    return int(seen.mission_strength.iloc[-1]) if len(seen) else 0


def _read_vehicles(folder: Path) -> tuple[VehicleRecord, ...]:
    columns = {"date": "date_or_month", "item": "text", "value": "number", "source": "text"}
    table = read_table(folder / "funding.csv", columns, ranges={"value": (0, 1e15)})
    rows = table[table.item == "mission_armoured_vehicles_received"].itertuples()
    return tuple(sorted((VehicleRecord(int(row.value), row.date, row.source) for row in rows), key=_when))


def _when(record: VehicleRecord) -> datetime.date:
    return record.date


def _read_base(folder: Path) -> tuple[BaseRecord, ...]:
    columns, ranges = {"date": "date", "beds": "integer", "source": "text"}, {"beds": (0, MOST_PERSONNEL)}
    table = read_table(folder / "mission_base.csv", columns, key="date", ranges=ranges)
    return tuple(BaseRecord(int(row.beds), row.date, row.source) for row in table.sort_values("date").itertuples())
