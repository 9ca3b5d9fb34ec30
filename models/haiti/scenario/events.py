"""Dated events of a scenario: what an `[[events]]` table may say, read and checked before anything runs.

A kind of event is registered once (`register`), with its settings and two functions that change the running model on the
first and after the last day. The shipped kinds stand in `models/haiti/scenario/event_kinds.py`.
"""

from __future__ import annotations

import datetime
import itertools
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from simulation.clock import MOST_DAYS, parse_date
from simulation.errors import InputError, unknown_name
from simulation.files.toml import flat, of_kind
from simulation.serialise.kept import kept

TIMING = ("date", "day", "what", "until", "days")


@dataclass(frozen=True)
class Setting:
    """A key of an event. `default` None: it must be given. `bounds` for numbers, `choices` for words; `kind` is one of
    'number', 'whole', 'text', 'date', 'pair' (two names) and 'table' (parameters and their values)."""

    default: Any
    unit: str
    meaning: str
    bounds: tuple[float, float] | None = None
    choices: tuple[str, ...] | None = None
    kind: str = "number"

    def checked(self, value: Any, name: str, where: str) -> Any:
        """The value in the setting's own type; InputError otherwise."""
        if self.choices:
            if value not in self.choices:
                raise unknown_name(name, value, self.choices, where)
            return value
        if self.kind == "text":
            return of_kind(value, str, f"text for {name}", where)
        if self.kind == "date":
            return None if value is None else parse_date(value, where)
        if self.kind == "pair":
            whole = isinstance(value, (list, tuple)) and len(value) == 2
            if not whole or not all(isinstance(one, str) for one in value):
                raise InputError(f"{name} takes two names", where, f'Written {name} = ["Solino", "Fort National"]')
            return tuple(value)
        if self.kind == "table":
            if not isinstance(value, Mapping) or not value:
                raise InputError(f"{name} takes parameters and values", where, 'As set = {"funding.level" = 0.5}')
            return tuple(sorted(flat(value, where).items()))
        return self._number(value, name, where)

    def _number(self, value: Any, name: str, where: str) -> float | int:
        low, high = self.bounds or (-math.inf, math.inf)
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
            unit = f" {self.unit}" if self.unit else ""
            raise InputError(f"'{value}' is no value for {name}", where, f"It takes {low:g} to {high:g}{unit}")
        if self.kind == "whole" and value != int(value):
            raise InputError(f"{value} for {name} is no whole number", where)
        return int(value) if self.kind == "whole" else float(value)


@dataclass(frozen=True)
class Kind:
    """A kind of event. `start(model, event)` on its first day and, if it lasts, `end(model, event)` after its last.

    check: `check(model, event)` when a model is founded, for what only the city or the starting point can tell (InputError).
    lead_days: the model hears of it that many days before its date. decides: the Council decides, once a day at most.
    """

    name: str
    meaning: str
    start: Callable[[Any, Event], None]
    settings: Mapping[str, Setting] = field(default_factory=dict)
    end: Callable[[Any, Event], None] | None = None
    check: Callable[[Any, Event], None] | None = None
    lead_days: int = 0
    decides: bool = False


KINDS: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    """Make a kind of event known to scenarios. A name is taken once."""
    if kind.name in KINDS:
        raise ValueError(f"there is a kind of event called {kind.name} already")
    KINDS[kind.name] = kind
    return kind


@kept
@dataclass(frozen=True)
class Event:
    """One event of a scenario, by date or by day of the run. `settings`: pairs of name and value, defaults filled in.

    length: days that it lasts, None: to the end of the run. until: the date before which it lasts. where: its lines in
    the file, for errors.
    """

    what: str
    date: datetime.date | None
    day: int | None
    until: datetime.date | None
    length: int | None
    settings: tuple[tuple[str, Any], ...]
    where: str

    @property
    def kind(self) -> Kind:
        return KINDS[self.what]

    def get(self, name: str) -> Any:
        """The value of a setting."""
        return dict(self.settings)[name]

    def date_from(self, start: datetime.date) -> datetime.date:
        """Its date in a run that starts then."""
        return self.date if self.date is not None else start + datetime.timedelta(days=self.day)

    def first_day(self, start: datetime.date) -> int:
        """The day of the run on which the model hears of it; 0 is the first."""
        return max(0, (self.date_from(start) - start).days - self.kind.lead_days)

    def last_day(self, start: datetime.date) -> int | None:
        """The last day on which it lasts; None if it lasts to the end or does not last."""
        if self.until is not None:
            return (self.until - start).days - 1
        if self.length is not None:
            return (self.date_from(start) - start).days + self.length - 1
        return None


def read_events(tables: Any, locate: Callable[[int, str], str]) -> tuple[Event, ...]:
    """Events from the tables of a scenario. `locate(number, key)` says where a key of a table stands.

    Raises InputError for an unknown kind, setting or value, and for what two lines of one table say against each other.
    """
    if not isinstance(tables, (list, tuple)) or not all(isinstance(table, Mapping) for table in tables):
        raise InputError("events are tables", locate(0, ""), "Each starts with [[events]]")
    return tuple(_read(table, lambda key, number=number: locate(number, key)) for number, table in enumerate(tables))


def _read(table: Mapping[str, Any], locate: Callable[[str], str]) -> Event:
    what = table.get("what", "parameters" if "set" in table else None)
    if what is None:
        raise InputError("an event needs 'what'", locate(""), f"Known kinds: {', '.join(sorted(KINDS))}")
    if of_kind(what, str, "kind of event", locate("what")) not in KINDS:
        raise unknown_name("kind of event", what, KINDS, locate("what"))
    kind = KINDS[what]
    for key in table:
        if key not in TIMING and key not in kind.settings:
            raise unknown_name(f"setting of {what}", key, (*TIMING, *kind.settings), locate(key))
    if ("date" in table) == ("day" in table):
        raise InputError("an event needs either a date or a day", locate("date"))
    date = parse_date(table["date"], locate("date")) if "date" in table else None
    day = _days(table, "day", 0, locate)
    until, length = _length(table, kind, locate)
    if until is not None and date is not None and until <= date:
        raise InputError(f"it ends on {until}, not after its date {date}", f"{locate('date')} and {locate('until')}")
    settings = []
    for name, setting in kind.settings.items():
        value = table.get(name, setting.default)
        if value is None and name not in table and setting.kind != "date":
            raise InputError(f"{what} needs '{name}' ({setting.meaning})", locate("what"))
        settings.append((name, setting.checked(value, name, locate(name))))
    event = Event(what, date, day, until, length, tuple(settings), locate(""))
    _check_within(event, locate)
    return event


def _length(table: Mapping[str, Any], kind: Kind, locate) -> tuple[datetime.date | None, int | None]:
    for key in ("until", "days"):
        if key in table and kind.end is None:
            raise InputError(f"{kind.name} happens on a day and does not last", locate(key))
    if "until" in table and "days" in table:
        raise InputError("an event ends by a date or after a number of days", f"{locate('until')} and {locate('days')}")
    until = parse_date(table["until"], locate("until")) if "until" in table else None
    return until, _days(table, "days", 1, locate)


def _days(table: Mapping[str, Any], key: str, least: int, locate) -> int | None:
    value = table.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= MOST_DAYS:
        raise InputError(f"'{value}' for {key} is no whole number from {least} to {MOST_DAYS:,}", locate(key))
    return value


def _check_within(event: Event, locate) -> None:
    """What two keys of one event may not say against each other."""
    values = dict(event.settings)
    begins = values.get("begins")
    if begins is not None and event.date is not None and begins < event.date:
        what = f"the option would begin on {begins}, before it is adopted on {event.date}"
        raise InputError(what, f"{locate('begins')} and {locate('date')}", "Adopt it earlier or let it begin later")
    people, offered = values.get("people", 0), values.get("offered")
    if offered is not None and offered >= 0 and people > offered:
        what = f"a contingent of {people} people is larger than its pledge of {offered}"
        raise InputError(what, f"{locate('people')} and {locate('offered')}")


def check_order(events: Iterable[Event], start: datetime.date, end: datetime.date | None, where: str) -> None:
    """Events against the dates of the run and against one another; InputError names both lines that clash."""
    dated = sorted(
        ((event.date_from(start), number, event) for number, event in enumerate(events)), key=lambda e: e[:2]
    )
    for date, _, event in dated:
        if date < start or (end is not None and date > end):
            inside = f"{start} to {end}" if end else f"from {start} on"
            raise InputError(
                f"{event.what} on {date} is outside the run", f"{event.where} and {where}", f"It is {inside}"
            )
        if event.until is not None and event.until <= date:
            raise InputError(f"it ends on {event.until}, not after its date {date}", event.where)
    deciding = [(date, event) for date, _, event in dated if event.kind.decides]
    for (one, first), (other, second) in itertools.pairwise(deciding):
        if one == other:
            what = f"the Council decides twice on {one}: {first.what} and {second.what}"
            raise InputError(what, f"{first.where} and {second.where}")
    _check_settings_of_parameters([event for _, _, event in dated if event.what == "parameters"], start)


def _check_settings_of_parameters(events: list[Event], start: datetime.date) -> None:
    for number, first in enumerate(events):
        last = first.last_day(start)
        for second in events[number + 1 :]:
            both = {name for name, _ in first.get("set")} & {name for name, _ in second.get("set")}
            if not both:
                continue
            overlapping = first.until is not None or first.length is not None
            if first.date_from(start) == second.date_from(start) or (
                overlapping and last is not None and second.first_day(start) <= last
            ):
                what = f"{min(both)} is set by two events at the same time"
                raise InputError(what, f"{first.where} and {second.where}")
