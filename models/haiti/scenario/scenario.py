"""Scenarios: TOML files that say when a run starts, how long it lasts, and which parameters differ from the defaults."""

from __future__ import annotations

import datetime
import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import simulation.port.case
from models.haiti.brought import gang_class, kinds, measured, parameters
from models.haiti.scenario import event_kinds as calendar
from models.haiti.scenario.events import Event, read_events
from models.haiti.start.starting_point import DEFAULT_DATE, FIRST_DATE, LAST_DATE
from simulation.errors import InputError, named_in
from simulation.files.columns import check_file
from simulation.files.toml import of_kind
from simulation.files.toml_lines import TomlLines
from simulation.port.case import case_fields, changed, checked, find_scenario, read_scenario, uncertain
from simulation.port.case import checked_seed as checked_seed  # seeds are checked alike in every model
from simulation.port.case import chosen_seed as chosen_seed
from simulation.port.family import ScenarioInfo
from simulation.port.plugins import NOTHING, Brought, read_brought

FOLDER = Path(__file__).parents[1] / "scenarios"
POSTERIOR = Path(__file__).parents[1] / "data/posterior.parquet"
MOST_WEIGHT = 10_000  # a row a neighbourhood is left then
DEFAULT_DAYS = 730  # of a scenario that says none
ONLY_AT_A_LEVEL = ("funding.level", "funding.cash_share")
KEYS = (*simulation.port.case.KEYS, "population", "events", "bring")


@dataclass(frozen=True)
class Case(simulation.port.case.Case):
    """Everything that defines a run but its seed. Picklable.

    off: mechanisms switched off. chosen: parameters that the scenario or the user set, which uncertainty leaves alone.
    population: absolute path of a file with the households (`models/haiti/people/population_file.py`); None: those of the map.
    events: what happens on its date (`models/haiti/scenario/events.py`).
    """

    events: tuple[Event, ...] = ()


def scenario_list() -> list[ScenarioInfo]:
    """The shipped scenarios, by name."""
    found = []
    for path in sorted(FOLDER.glob("*.toml")):
        case = _read(path)
        found.append(ScenarioInfo(case.name, case.title, case.question, case.start, case.days))
    return found


def load_case(
    name: str | Path = "baseline",
    *,
    overrides: Mapping[str, Any] | None = None,
    days: int | None = None,
    weight: int | None = None,
    start: datetime.date | None = None,
    uncertainty: bool | str | Path | None = None,
    population: str | Path | None = None,
    events: Sequence[Mapping[str, Any]] = (),
    off: Sequence[str] = (),
    bring: Brought | Mapping[str, Any] = NOTHING,
) -> Case:
    """A scenario by name or file, with changes on top. Raises InputError for anything that does not fit.

    events: tables as under `[[events]]` in a scenario file, added to the scenario's own. A run that is made shorter than
    its scenario may end before some of them.

    A relative path of a `population` counts from the working folder, in a scenario file from the folder of that file.
    off: mechanisms to switch off beside those that the scenario has switched off. bring: what a `[bring]` table says, beside
    what the scenario brings itself (`simulation/port/plugins.py`).

    >>> case = load_case("baseline", overrides={"funding.source": "level", "funding.level": 0.5}, days=90)
    >>> case.days, case.parameters.funding.level
    (90, 0.5)
    """
    case = _read(find_scenario(FOLDER, name), read_brought(bring, "bring"))
    people = None if population is None else Path(population).absolute()
    fields = {"days": days, "weight": weight, "start": start, "population": people}
    case = uncertain(changed(case, overrides, off, **fields), uncertainty, POSTERIOR)
    if events:
        added = read_events(events, lambda number, key: f"events[{number}]" + (f", {key}" if key else ""))
        case = replace(case, events=(*case.events, *added))
    checked_case(case, f"scenario {case.name}")
    if case.events:
        calendar.check(case, f"the run from {case.start}", within=False)
    return case


def brought_by(name: str | Path) -> Brought:
    """What a scenario file brings to the city."""
    path = find_scenario(FOLDER, name)
    table, _ = read_scenario(path, KEYS)
    return read_brought(table.get("bring", {}), f"{path}, [bring]", path.parent)


def _read(path: Path, bring: Brought = NOTHING) -> Case:
    try:
        content = path.read_bytes()
    except OSError:
        content = b""  # to be said below
    return _read_content(path, content, bring)


@functools.lru_cache(maxsize=32)  # a study asks for the same file as often as it has cells
def _read_content(path: Path, content: bytes, bring: Brought) -> Case:
    """The case of a file; `content` is what it holds now, for the cache to know another by."""
    table, text = read_scenario(path, KEYS)
    bring = read_brought(table.get("bring", {}), f"{path}, [bring]", path.parent) | bring
    with named_in(f"{path}, bring"):
        known = parameters(bring)
        gang_class(bring)
        measured(bring)
    people = of_kind(table.get("population", ""), str, "path of a file", f"{path}, population")
    case = Case(
        **case_fields(table, path, known, DEFAULT_DATE, DEFAULT_DAYS, POSTERIOR),
        brought=bring,
        events=read_events(table.get("events", ()), _locator(path, text)),
        population=(path.parent / people).absolute() if "population" in table else None,
    )
    checked_case(case, str(path))
    if case.events:
        calendar.check(case, str(path), within=True, lines=TomlLines(text))
    return case


def _locator(path: Path, text: str):
    """Says where a key of an event stands in a file: name, line, key."""
    lines = TomlLines(text)

    def locate(number: int, key: str) -> str:
        line = lines.find("events", key, number)
        named = f"events[{number}]" + (f".{key}" if key else "")
        return f"{path.name}, line {line}, {named}" if line else f"{path.name}, {named}"

    return locate


def checked_case(case: Case, where: str) -> Case:
    """The case itself if it can be run on the city; else InputError."""
    checked(case, where, [kind.name for kind in kinds(case.brought) if kind.switch], (FIRST_DATE, LAST_DATE))
    if case.weight > MOST_WEIGHT:
        raise InputError(f"weight {case.weight} leaves no city", where, f"It can be 1 to {MOST_WEIGHT:,}")
    if case.population is not None:
        check_file(case.population, f"{where}, population")
    return case
