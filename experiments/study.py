"""Studies: a question and the parameters it varies, read from TOML and checked before anything runs."""

from __future__ import annotations

import dataclasses
import datetime
import itertools
import shlex
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulation.errors import InputError, unknown_name

if TYPE_CHECKING:
    from models.haiti.scenario import Case

STUDIES = Path(__file__).with_name("studies")
# How levels become design points: every combination, or the first of each, then the second of each ...
DESIGNS = {"factorial": itertools.product, "listed": zip}
SIZES = ("days", "weight", "replicates")
QUICK_KEYS = (*SIZES, "vary")
KEYS = ("title", "question", "scenario", "start", *SIZES, "entropy", "design", "uncertainty", "outcomes")
TABLES = ("vary", "arms", "fixed", "quick", "replay")


@dataclass(frozen=True)
class Cell:
    """One design point: an arm and one level of every varied parameter. `overrides` is all that it sets."""

    arm: str
    levels: dict[str, Any]
    overrides: dict[str, Any]

    def __str__(self) -> str:
        return ", ".join([self.arm, *(f"{name} = {level}" for name, level in self.levels.items())])


@dataclass(frozen=True)
class Study:
    """What is asked of the model. `days` of a run, `weight` (residents an agent stands for): None is the
    scenario's own."""

    name: str
    title: str
    question: str
    scenario: str
    vary: dict[str, tuple[Any, ...]]
    replicates: int = 10
    days: int | None = None
    weight: int | None = None
    start: datetime.date | None = None
    entropy: int = 1
    design: str = "factorial"
    uncertainty: bool = False
    outcomes: tuple[str, ...] = ()
    arms: dict[str, dict[str, Any]] = field(default_factory=lambda: {"main": {}})
    fixed: dict[str, Any] = field(default_factory=dict)
    replay: dict[str, Any] = field(default_factory=dict)
    quick: dict[str, Any] = field(default_factory=dict)

    def cells(self) -> list[Cell]:
        """Every design point, arm by arm, the last varied parameter changing fastest."""
        points = list(DESIGNS[self.design](*self.vary.values()))
        return [
            Cell(arm, levels, self.fixed | changes | levels)
            for arm, changes in self.arms.items()
            for levels in (dict(zip(self.vary, point, strict=True)) for point in points)
        ]

    def replay_cell(self) -> Cell:
        """The cell whose first run is kept in full: the one [replay] names, else the first."""
        for cell in self.cells():
            if all(({"arm": cell.arm} | cell.levels).get(key) == value for key, value in self.replay.items()):
                return cell
        raise InputError(f"no cell of the design has {_words(self.replay)}", f"study {self.name}, [replay]")

    def case(self, cell: Cell) -> Case:
        """The scenario with this cell's parameters; raises what load_case raises."""
        from models.haiti.scenario import load_case

        return load_case(
            self.scenario,
            overrides=cell.overrides,
            days=self.days,
            weight=self.weight,
            start=self.start,
            uncertainty=self.uncertainty,
        )

    def seed(self, replicate: int) -> int:
        """The seed of a run, from entropy and replicate alone: cells share luck and differ by policy."""
        import numpy as np

        return int(np.random.SeedSequence(self.entropy, spawn_key=(replicate,)).generate_state(1)[0])

    def resized(self, **sizes: int | None) -> Study:
        """The same study with other days, weight or replicates (positive numbers); None leaves them."""
        given = {name: _positive(value, name, "") for name, value in sizes.items() if value is not None}
        return dataclasses.replace(self, **given)

    def quickly(self) -> Study:
        """The study as its [quick] table makes it; checked again, as its levels may differ."""
        changes = dict(self.quick)
        vary = self.vary | changes.pop("vary", {})
        return check_study(dataclasses.replace(self, vary=vary, quick={}, **changes))

    def run_command(self, cell: Cell, replicate: int) -> str:
        """The `katye run` line that repeats one run alone."""
        case = self.case(cell)
        words = ["katye", "run", self.scenario, "--days", case.days, "--seed", self.seed(replicate)]
        words += ["--weight", case.weight]
        if self.start:
            words += ["--start", self.start]
        if self.uncertainty:
            words.append("--uncertainty")
        for name, value in cell.overrides.items():
            words += ["--set", f"{name}={str(value).lower() if isinstance(value, bool) else value}"]
        return shlex.join(map(str, words))


def study_names() -> list[str]:
    """The studies that come with the program."""
    return sorted(path.stem for path in STUDIES.glob("*.toml"))


def load_study(name_or_path: str | Path) -> Study:
    """A study by name (`force-funding`) or from a TOML file; every cell of it is checked.

    InputError or UnknownNameError names the file, the key and the nearest right answer.
    """
    path = Path(name_or_path)
    if path.suffix != ".toml":
        path = STUDIES / f"{name_or_path}.toml"
        if not path.is_file() or str(name_or_path) not in study_names():
            raise unknown_name("study", name_or_path, study_names())
    try:
        with open(path, "rb") as file:
            content = tomllib.load(file)
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", f"study {path}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"is no TOML: {error}", f"study {path}") from None
    return check_study(_study(content, path.stem, f"study {path.name}"))


def _study(content: dict[str, Any], name: str, where: str) -> Study:
    """The file's content as a Study, kinds of values checked."""
    _known(content, (*KEYS, *TABLES), "key", where)
    for key in TABLES:
        _kind(content.get(key, {}), dict, "table", f"{where}, [{key}]")
    for key in ("title", "question", "scenario", "design"):
        _kind(content.get(key, ""), str, "text", f"{where}, {key}")
    given = {key: content[key] for key in KEYS if key in content}
    given |= {key: _positive(content[key], key, where) for key in SIZES if key in content}
    entropy = content.get("entropy", 1)
    if isinstance(entropy, bool) or not isinstance(entropy, int) or entropy < 0:
        raise InputError(f"'{entropy}' is no whole number from 0 up", f"{where}, entropy")
    _kind(content.get("uncertainty", False), bool, "true or false", f"{where}, uncertainty")
    _kind(
        content.get("start", datetime.date(2024, 1, 1)),
        datetime.date,
        "date like 2024-06-01",
        f"{where}, start",
    )
    given["outcomes"] = tuple(_kind(content.get("outcomes", []), list, "list", f"{where}, outcomes"))
    given["vary"] = _levels(content.get("vary", {}), f"{where}, [vary]")
    arms = content.get("arms") or {"main": {}}
    for arm, changes in arms.items():
        _kind(changes, dict, "table", f"{where}, [arms.{arm}]")
    given["arms"] = {arm: _flat(changes) for arm, changes in arms.items()}
    given["fixed"] = _flat(content.get("fixed", {}))
    given["replay"] = _flat(content.get("replay", {}))
    given["quick"] = _quick(content.get("quick", {}), f"{where}, [quick]")
    return Study(**({"title": name, "question": "", "scenario": "baseline"} | given), name=name)


def _quick(table: dict[str, Any], where: str) -> dict[str, Any]:
    _known(table, QUICK_KEYS, "key", where)
    quick = {key: _positive(table[key], key, where) for key in SIZES if key in table}
    if "vary" in table:
        quick["vary"] = _levels(_kind(table["vary"], dict, "table", where), f"{where} vary")
    return quick


def _levels(table: dict[str, Any], where: str) -> dict[str, tuple[Any, ...]]:
    """{parameter: levels}; a parameter needs at least one level, each only once."""
    levels = {}
    for name, values in _flat(table).items():
        values = _kind(values, list, "list of levels", f"{where} {name}")
        if not values or any(value in values[:place] for place, value in enumerate(values)):
            raise InputError("needs one level or more, each only once", f"{where} {name}")
        levels[name] = tuple(values)
    return levels


def check_study(study: Study) -> Study:
    """The study itself, if every name in it exists and every cell can be run; else InputError."""
    from models.haiti.metrics import OUTCOMES
    from models.haiti.parameters import default_parameters
    from models.haiti.scenario import scenario_list

    where = f"study {study.name}"
    if study.design not in DESIGNS:
        raise unknown_name("design", study.design, DESIGNS, where)
    if study.design == "listed" and len({len(levels) for levels in study.vary.values()}) > 1:
        raise InputError("a listed design needs equally many levels of every parameter", f"{where}, [vary]")
    if not study.scenario.endswith(".toml"):
        _known([study.scenario], [scenario.name for scenario in scenario_list()], "scenario", where)
    _known(study.outcomes, OUTCOMES, "metric", where)
    parameters = [row.name for row in default_parameters().rows()]
    _known([*study.vary, *study.quick.get("vary", {})], parameters, "parameter", f"{where}, [vary]")
    for arm, changes in study.arms.items():
        _known(changes, parameters, "parameter", f"{where}, [arms.{arm}]")
    _known(study.fixed, parameters, "parameter", f"{where}, [fixed]")
    _known(study.replay, ["arm", *study.vary], "key", f"{where}, [replay]")
    for cell in study.cells():
        try:
            study.case(cell)
        except InputError as error:
            raise InputError(str(error), f"{where}, cell {cell}") from None
    study.replay_cell()
    return study


def _known(names: Iterable[str], known: Sequence[str] | Mapping[str, Any], kind: str, where: str) -> None:
    for name in names:
        if name not in known:
            raise unknown_name(kind, name, known, where)


def _kind(value: Any, kind: type, words: str, where: str) -> Any:
    if not isinstance(value, kind):
        raise InputError(f"'{value}' is no {words}", where)
    return value


def _positive(value: Any, name: str, where: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise InputError(f"{value} is no positive whole number", f"{where}, {name}" if where else name)
    return value


def _flat(table: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """`funding.level = 1` and `"funding.level" = 1` are the same to a reader, so they are here."""
    flat = {}
    for key, value in table.items():
        if isinstance(value, dict):
            flat |= _flat(value, f"{prefix}{key}.")
        else:
            flat[prefix + key] = value
    return flat


def _words(values: Mapping[str, Any]) -> str:
    return " and ".join(f"{name} = {value}" for name, value in values.items())
