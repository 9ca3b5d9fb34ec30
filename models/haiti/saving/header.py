"""The case in the header of a kept run: made anew from what the file says, by the checks that a scenario file passes too."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from models.haiti.people.population_file import populated
from models.haiti.scenario.events import Event, check_order, read_events
from models.haiti.scenario.scenario import Case, checked_case
from models.haiti.world.city import MOST_PEOPLE, City
from simulation.errors import InputError, unknown_name
from simulation.files.checked_text import check_file_name, check_line
from simulation.parameters import ParameterSet
from simulation.port.plugins import Brought
from simulation.serialise.kept import KEPT
from simulation.serialise.restoring import put
from simulation.serialise.snapshot import Known, Snapshot


def read_case(header: Mapping[str, Any], defaults: ParameterSet, bring: Brought, where: str) -> Case:
    """The case of a kept run. InputError, or one of `FAULTS`, if nobody could have run it."""
    found = put(Snapshot(header["case"], []), Known(KEPT))
    names = {field.name for field in dataclasses.fields(Case)} - {"posterior"}
    if type(found) is not Case or vars(found).keys() != names:
        raise InputError("it holds no scenario", where)
    case = Case(**vars(found) | {"parameters": defaults.replace(header["parameters"], where), "brought": bring})
    if type(case.start) is not datetime.date:
        raise InputError(f"'{case.start}' is no first day", where)
    _check_texts(case.off, tuple, "off", where)
    _check_texts(case.chosen, frozenset, "chosen", where)
    known = [name for name, _ in defaults]
    for name in case.chosen:
        if name not in known:
            raise unknown_name("parameter", name, known, f"{where}, chosen")
    if case.population is not None:
        raise InputError("it holds no scenario", where)
    _check_events(case, where)
    case = checked_case(case, where)
    if not header["population"]:
        return case
    name = header["population"][0]  # of a file, which may be gone: its people are in the snapshot
    check_file_name(name, "name of the population", where)
    return dataclasses.replace(case, population=Path(name))


def read_city(header: Mapping[str, Any], city: City, where: str) -> City:
    """The city with the people of the run, if they came from a file."""
    if not header["population"]:
        return city
    people = header["population"][1]
    if type(people) is not list or not all(type(one) is int and 0 <= one <= MOST_PEOPLE for one in people):
        raise InputError("its population is not in people", where)
    if len(people) != len(city) or not 0 < sum(people) <= MOST_PEOPLE:
        raise InputError("its population is not that of the neighbourhoods of the city", where)
    return populated(city, np.array(people, np.int64))


def _check_texts(found: Any, kind: type, name: str, where: str) -> None:
    if type(found) is not kind or not all(type(one) is str for one in found):
        raise InputError(f"its '{name}' are no names", where)


def _check_events(case: Case, where: str) -> None:
    """Events as a scenario file could have said them, each on its own and all of them in their order."""
    if type(case.events) is not tuple or not all(type(event) is Event for event in case.events):
        raise InputError("its events are none", where)
    for number, event in enumerate(case.events):
        place = f"{where}, event {number + 1}"
        check_line(event.where, "line", place)
        table = {name: dict(value) if name == "set" else value for name, value in event.settings}
        table |= {"date": event.date, "day": event.day, "until": event.until, "days": event.length}
        given = {name: value for name, value in table.items() if value is not None} | {"what": event.what}
        again = read_events((given,), lambda number, key, place=place: place)[0]
        if dataclasses.replace(again, where=event.where) != event:
            raise InputError("it is no event that a scenario could say", place)
        if event.what == "parameters":
            case.parameters.replace(dict(event.get("set")), place)
    check_order(case.events, case.start, None, where)
