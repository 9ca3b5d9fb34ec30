"""Scenarios: TOML files that say when a run starts, how long it lasts, and which parameters differ from the defaults."""

from __future__ import annotations

import datetime
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from models.haiti.parameters import default_parameters
from models.haiti.starting_point import DEFAULT_DATE, FIRST_DATE, LAST_DATE
from simulation.clock import parse_date
from simulation.columns import check_file
from simulation.dice import Dice
from simulation.errors import InputError, unknown_name
from simulation.parameters import ParameterSet

FOLDER = Path(__file__).parent / "scenarios"
KEYS = ("title", "question", "start", "days", "weight", "uncertainty", "parameters", "off", "population")
MECHANISMS = (
    "funding", "equipment", "deployment", "police", "posture", "operations", "assaults", "background", "control",
    "extortion", "recruitment", "redistribution", "casualties", "exposure", "flight", "onward", "returning",
    "infrastructure", "liaison", "mentoring", "roads", "regions", "self_defence", "strikes",
)  # fmt: skip


@dataclass(frozen=True)
class ScenarioInfo:
    name: str
    title: str
    question: str
    start: datetime.date
    days: int


@dataclass(frozen=True)
class Case:
    """Everything that defines a run but its seed. Picklable.

    off: mechanisms switched off. chosen: parameters that the scenario or the user set, which uncertainty leaves alone.
    population: absolute path of a file with the households (`models/haiti/population.py`); None: those of the map.
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
) -> Case:
    """A scenario by name or file, with changes on top. Raises InputError for anything that does not fit.

    A relative path of a `population` counts from the working folder, in a scenario file from the folder of that file.
    """
    case = _read(_find(name))
    changes = {"days": days, "weight": weight, "start": start, "uncertainty": uncertainty}
    changes["population"] = None if population is None else Path(population).absolute()
    case = replace(case, **{key: value for key, value in changes.items() if value is not None})
    if overrides:
        chosen = case.chosen | set(overrides)
        case = replace(case, parameters=case.parameters.replace(overrides), chosen=chosen)
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
        table = tomllib.loads(path.read_text(encoding="utf-8"))
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
        population=(path.parent / str(table["population"])).absolute() if "population" in table else None,
    )
    return _checked(case, str(path))


def _dotted(table: Mapping[str, Any], path: Path) -> dict[str, Any]:
    """`[parameters.deployment] authorised = 0` and `"deployment.authorised" = 0` mean the same."""
    flat: dict[str, Any] = {}
    for key, value in table.items():
        if isinstance(value, Mapping):
            flat |= {f"{key}.{leaf}": inner for leaf, inner in value.items()}
        else:
            flat[key] = value
    return flat


def _checked(case: Case, where: str) -> Case:
    for name in ("days", "weight"):
        value = getattr(case, name)
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise InputError(f"'{value}' for {name} is no positive whole number", where)
    if not isinstance(case.uncertainty, bool):
        raise InputError(f"'{case.uncertainty}' for uncertainty is neither true nor false", where)
    if not FIRST_DATE <= case.start <= LAST_DATE:
        raise InputError(f"start {case.start} is outside the data", where, f"It can be {FIRST_DATE} to {LAST_DATE}")
    if case.population is not None:
        check_file(case.population, f"{where}, population")
    for name in case.off:
        if name not in MECHANISMS:
            raise unknown_name("mechanism", name, MECHANISMS, f"{where}, off")
    return case
