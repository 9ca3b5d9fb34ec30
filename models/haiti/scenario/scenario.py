"""Scenarios: TOML files that say when a run starts, how long it lasts, and which parameters differ from the defaults."""

from __future__ import annotations

import datetime
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from models.haiti.day import SWITCHES
from models.haiti.parameters import default_parameters
from models.haiti.scenario import event_kinds as calendar
from models.haiti.scenario.events import Event, read_events
from models.haiti.start.starting_point import DEFAULT_DATE, FIRST_DATE, LAST_DATE
from simulation.clock import parse_date
from simulation.dice import Dice
from simulation.errors import InputError, unknown_name
from simulation.family import ScenarioInfo
from simulation.files.columns import check_file
from simulation.files.toml_lines import TomlLines
from simulation.parameters import ParameterSet

FOLDER = Path(__file__).parents[1] / "scenarios"
MOST_WEIGHT = 10_000  # a row a neighbourhood is left then
END_OF_TIME = datetime.date(2262, 4, 11)  # of dates in nanoseconds
ONLY_AT_A_LEVEL = ("funding.level", "funding.cash_share")
KEYS = ("title", "question", "start", "days", "weight", "uncertainty", "parameters", "off", "population", "events")


@dataclass(frozen=True)
class Case:
    """Everything that defines a run but its seed. Picklable.

    off: mechanisms switched off. chosen: parameters that the scenario or the user set, which uncertainty leaves alone.
    events: what happens on its date (`models/haiti/scenario/events.py`).
    population: absolute path of a file with the households (`models/haiti/people/population_file.py`); None: those of the map.
    """

    name: str
    title: str
    question: str
    start: datetime.date
    days: int
    weight: int
    parameters: ParameterSet
    uncertainty: bool = False
    off: tuple[str, ...] = ()
    chosen: frozenset[str] = frozenset()
    population: Path | None = None
    events: tuple[Event, ...] = ()

    def drawn(self, seed: int) -> Case:
        """The case with every parameter that nobody chose drawn from its prior, by the luck of `seed`."""
        dice, changes = Dice(seed), {}
        for number, row in enumerate(self.parameters.rows()):
            if row.prior is None or row.name in self.chosen:
                continue
            value = row.prior.quantile(dice.roll(f"prior.{row.name}", 0, number).uniform() * 0.998 + 0.001)
            value = min(max(value, row.bounds[0]), row.bounds[1])
            changes[row.name] = round(value) if isinstance(row.default, int) else value
        return replace(self, parameters=self.parameters.replace(changes))


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
    uncertainty: bool | None = None,
    population: str | Path | None = None,
    events: Sequence[Mapping[str, Any]] = (),
    off: Sequence[str] = (),
) -> Case:
    """A scenario by name or file, with changes on top. Raises InputError for anything that does not fit.

    events: tables as under `[[events]]` in a scenario file, added to the scenario's own. A run that is made shorter than
    its scenario may end before some of them.

    A relative path of a `population` counts from the working folder, in a scenario file from the folder of that file.
    off: mechanisms to switch off beside those that the scenario has switched off.
    """
    case = _read(_find(name))
    case = replace(case, off=(*case.off, *(name for name in off if name not in case.off)))
    changes = {"days": days, "weight": weight, "start": start, "uncertainty": uncertainty}
    changes["population"] = None if population is None else Path(population).absolute()
    case = replace(case, **{key: value for key, value in changes.items() if value is not None})
    if overrides:
        chosen = case.chosen | set(overrides)
        case = replace(case, parameters=case.parameters.replace(overrides), chosen=chosen)
    if events:
        added = read_events(events, lambda number, key: f"events[{number}]" + (f", {key}" if key else ""))
        case = replace(case, events=(*case.events, *added))
    if case.events:
        calendar.check(case, f"the run from {case.start}", within=False)
    return _checked(case, f"scenario {case.name}")


def _find(name: str | Path) -> Path:
    path = FOLDER / f"{name}.toml"
    if path.is_file():
        return path
    if str(name).endswith(".toml"):
        if Path(name).is_file():
            return Path(name)
        raise InputError("no such file", str(name))
    raise unknown_name("scenario", name, (found.stem for found in FOLDER.glob("*.toml")))


def _read(path: Path) -> Case:
    try:
        text = path.read_text(encoding="utf-8")
        table = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"no valid TOML ({error})", str(path)) from None
    for key in table:
        if key not in KEYS:
            raise unknown_name("key", key, KEYS, str(path))
    chosen = _dotted(table.get("parameters", {}), path)
    parameters = default_parameters().replace(chosen, str(path))
    case = Case(
        name=path.stem,
        title=str(table.get("title", path.stem)),
        question=str(table.get("question", "")),
        start=parse_date(table.get("start", DEFAULT_DATE), str(path)),
        days=table.get("days", 730),
        weight=table.get("weight", 1),
        parameters=parameters,
        uncertainty=table.get("uncertainty", False),
        off=tuple(table.get("off", ())),
        chosen=frozenset(chosen),
        events=read_events(table.get("events", ()), _locator(path, text)),
        population=(path.parent / str(table["population"])).absolute() if "population" in table else None,
    )
    if case.events:
        calendar.check(case, str(path), within=True, lines=TomlLines(text))
    return _checked(case, str(path))


def _locator(path: Path, text: str):
    """Says where a key of an event stands in a file: name, line, key."""
    lines = TomlLines(text)

    def locate(number: int, key: str) -> str:
        line = lines.find("events", key, number)
        named = f"events[{number}]" + (f".{key}" if key else "")
        return f"{path.name}, line {line}, {named}" if line else f"{path.name}, {named}"

    return locate


def _dotted(table: Mapping[str, Any], path: Path) -> dict[str, Any]:
    """`[parameters.deployment] authorised = 0` and `"deployment.authorised" = 0` mean the same."""
    flat: dict[str, Any] = {}
    for key, value in table.items():
        if isinstance(value, Mapping):
            flat |= {f"{key}.{leaf}": inner for leaf, inner in value.items()}
        else:
            flat[key] = value
    return flat


def unmoved(case: Case, names: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Of these parameters, those that change nothing in this case: {name: (what is wrong, nearest right answer)}."""
    changed = {name for event in case.events if event.what == "parameters" for name, _ in event.get("set")}
    if case.parameters.funding.source != "pledges" or "funding.source" in changed:
        return {}
    hint = "Set funding.source to 'level' as well"
    return {
        name: (f"{name} means nothing while funding.source is 'pledges'", hint)
        for name in names
        if name in ONLY_AT_A_LEVEL
    }


def _checked(case: Case, where: str) -> Case:
    for name in ("days", "weight"):
        value = getattr(case, name)
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise InputError(f"'{value}' for {name} is no positive whole number", where)
    if case.weight > MOST_WEIGHT:
        raise InputError(f"weight {case.weight} leaves no city", where, f"It can be 1 to {MOST_WEIGHT:,}")
    if not isinstance(case.uncertainty, bool):
        raise InputError(f"'{case.uncertainty}' for uncertainty is neither true nor false", where)
    if not FIRST_DATE <= case.start <= LAST_DATE:
        raise InputError(f"start {case.start} is outside the data", where, f"It can be {FIRST_DATE} to {LAST_DATE}")
    most = (END_OF_TIME - case.start).days
    if case.days > most:
        raise InputError(
            f"no table can hold dates as late as {case.days} days bring", where, f"days can be 1 to {most:,}"
        )
    if case.population is not None:
        check_file(case.population, f"{where}, population")
    for name in case.off:
        if name not in SWITCHES:
            raise unknown_name("mechanism", name, SWITCHES, f"{where}, off")
    return case


def checked_seed(run_seed: Any) -> int:
    """The seed of a run; InputError if it is none."""
    if isinstance(run_seed, bool) or not isinstance(run_seed, (int, np.integer)) or not 0 <= run_seed < 2**64:
        raise InputError(f"'{run_seed}' is no seed", "run_seed", "A seed is a whole number from 0 to 2^64 - 1")
    return int(run_seed)
