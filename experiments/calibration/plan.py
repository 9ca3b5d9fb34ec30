"""What a calibration is of: parameters that are set free, figures they are held against, and its sizes, from a TOML file."""

from __future__ import annotations

import dataclasses
import datetime
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.study.file import known, positive
from experiments.study.study import SCENARIO
from simulation.clock import parse_date
from simulation.errors import InputError, unknown_name
from simulation.files.toml import of_kind, read_toml
from simulation.parameters import Row

if TYPE_CHECKING:
    from simulation.port.family import ModelFamily

SIZES = ("days", "weight", "waves", "points", "last", "seeds")
KEYS = ("scenario", "start", *SIZES, "cut", "missed", "quick", "free", "targets", "fixed", "observations", "arms")
FREE_KEYS = ("name", "parameters", "why")
TARGET_KEYS = ("discrepancy", "why", "remainder")
FEWEST = 5  # points in a wave: fewer say nothing of any slope
OPPOSITE = "-"  # before a parameter that falls while the others of its group rise
GRID = np.linspace(0.0, 1.0, 2001)


@dataclass(frozen=True)
class Free:
    """One direction in which the model may be moved: a parameter, or several that only make a difference together.

    Its coordinate runs from 0 to 1 over the quantiles of their priors; those in `opposite` run from 1 to 0.
    """

    name: str
    parameters: tuple[str, ...]
    opposite: frozenset[str]
    why: str

    def values(self, u: float, rows: Mapping[str, Row]) -> dict[str, float]:
        """The value of every parameter of it at the coordinate `u`."""
        return {name: rows[name].draw(1.0 - u if name in self.opposite else u) for name in self.parameters}


@dataclass(frozen=True)
class Discrepancy:
    """How far the model may be off whatever its parameters: a part of a count, points of a share; and why.

    remainder: the series is what others leave of one, so it rules out points, and counts for nothing when they are weighed.
    """

    size: float
    why: str
    remainder: bool = False


@dataclass(frozen=True)
class Plan:
    """A calibration as its file declares it. targets: {series: discrepancy}. fixed: parameters at other values than default.

    days, weight: None are the scenario's own. last: points of the last wave, whose runs are the posterior; None: as many as
    in any other. cut: implausible beyond so many standard deviations. missed: figures that may be.
    observations: a file of figures, None for the record of the model. arms: {name: what it sets} of a backtest's forecasts:
    a scenario, parameters, mechanisms that are off, as an arm of a study does.
    """

    model: str
    scenario: str
    free: tuple[Free, ...]
    targets: Mapping[str, Discrepancy]
    start: datetime.date | None = None
    days: int | None = None
    weight: int | None = None
    waves: int = 3
    points: int = 400
    last: int | None = None
    seeds: int = 2
    cut: float = 3.0
    missed: int = 0
    fixed: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    quick: Mapping[str, int] = dataclasses.field(default_factory=dict)
    observations: Path | None = None
    arms: Mapping[str, Mapping[str, Any]] = dataclasses.field(default_factory=dict)

    @property
    def drawn(self) -> int:
        """Points of the last wave."""
        return self.last or self.points

    @property
    def names(self) -> list[str]:
        """Every free parameter."""
        return [name for one in self.free for name in one.parameters]

    def quickly(self) -> Plan:
        """At its small size. InputError if it has none."""
        if not self.quick:
            raise InputError(
                "it has no small size", "calibration, [quick]", "Add the table, or give --points and --days"
            )
        return dataclasses.replace(self, **{"quick": {}, "last": None} | self.quick)

    def resized(self, **sizes: int | None) -> Plan:
        """With other sizes; None leaves them, and other `points` are the last wave's too. InputError for too few."""
        given = {name: positive(value, f"--{name}", "") for name, value in sizes.items() if value is not None}
        given = ({"last": None} if "points" in given else {}) | given
        return _checked(dataclasses.replace(self, **given), "--points")

    def settings(self, unit: np.ndarray, rows: Mapping[str, Row]) -> dict[str, tuple[float, ...]]:
        """Points of the unit cube, float64 (points, free), as values: {parameter: a value a point}."""
        made = [
            {
                name: value
                for one, u in zip(self.free, point, strict=True)
                for name, value in one.values(u, rows).items()
            }
            for point in unit.tolist()
        ]
        return {name: tuple(values[name] for values in made) for name in self.names}


def quantiles(row: Row, values: np.ndarray) -> np.ndarray:
    """Where values lie in a prior, 0 to 1: the inverse of `Row.draw`, whole numbers in the middle of their stretch."""
    grid = np.array([row.draw(u) for u in GRID], float)
    low, high = (np.searchsorted(grid, values, side=side).astype(float) for side in ("left", "right"))
    between = np.interp(values, grid, GRID)
    return np.where(high > low + 1, (low + high) / 2.0 / len(GRID), between)


def read_plan(path: Path, family: ModelFamily, model: str) -> Plan:
    """The plan of a file. InputError names file and key: unknown keys and parameters, one without a prior, one twice."""
    table, _ = read_toml(path)
    where = str(path)
    known(table, KEYS, "key", where)
    rows = {row.name: row for row in family.parameters().rows()}
    free = tuple(_free(item, rows, f"{where}, free[{n}]") for n, item in enumerate(_list(table, where), start=1))
    names = [name for one in free for name in one.parameters]
    for name in names:
        if names.count(name) > 1:
            raise InputError(f"{name} is set free twice", f"{where}, [[free]]", "Leave it in one of the two")
    for word in ("quick", "targets", "fixed", "arms"):
        of_kind(table.get(word, {}), dict, "table", f"{where}, [{word}]")
    targets = {
        series: _discrepancy(about, f"{where}, [targets.{series}]")
        for series, about in table.get("targets", {}).items()
    }
    if not targets:
        raise InputError(
            "no figure is named that it is held against", f"{where}, [targets]", "For example [targets.killed]"
        )
    fixed = of_kind(table.get("fixed", {}), dict, "table", f"{where}, [fixed]")
    known(fixed, rows, "parameter", f"{where}, [fixed]")
    known(table.get("quick", {}), SIZES, "key", f"{where}, [quick]")
    sizes = {name: positive(table[name], name, where) for name in SIZES if name in table}
    cut, missed = table.get("cut", 3.0), table.get("missed", 0)
    if isinstance(cut, bool) or not isinstance(cut, int | float) or not cut > 0:
        raise InputError(f"'{cut}' is no number above 0", f"{where}, cut")
    if isinstance(missed, bool) or not isinstance(missed, int) or missed < 0:
        raise InputError(f"'{missed}' is no whole number from 0 up", f"{where}, missed")
    own = of_kind(table.get("observations", ""), str, "path of a file", f"{where}, observations")
    plan = Plan(
        model=model,
        scenario=of_kind(table.get("scenario", "baseline"), str, "name of a scenario", f"{where}, scenario"),
        free=free,
        targets=targets,
        start=parse_date(table["start"], f"{where}, start") if "start" in table else None,
        cut=float(cut),
        missed=missed,
        fixed=fixed,
        quick={name: positive(value, name, f"{where}, [quick]") for name, value in table.get("quick", {}).items()},
        observations=(path.parent / own).absolute() if own else None,
        arms={name: _arm(said, f"{where}, [arms], {name}") for name, said in table.get("arms", {}).items()},
        **sizes,
    )
    return _checked(plan, where)


def _checked(plan: Plan, where: str) -> Plan:
    if (fewest := min(plan.points, plan.drawn)) < FEWEST:
        what = f"{fewest} points say nothing of {len(plan.free)} parameters"
        raise InputError(what, where, f"Take {FEWEST} or more, and ten a parameter where it is to mean something")
    return plan


def _list(table: Mapping[str, Any], where: str) -> Sequence[Any]:
    items = of_kind(table.get("free", []), list, "list of tables", f"{where}, [[free]]")
    if not items:
        raise InputError("nothing is set free", f"{where}, [[free]]", 'For example parameters = ["flight.half_dose"]')
    return items


def _free(item: Any, rows: Mapping[str, Row], where: str) -> Free:
    of_kind(item, dict, "table", where)
    known(item, FREE_KEYS, "key", where)
    written = of_kind(item.get("parameters", []), list, "list of parameters", f"{where}, parameters")
    if not written:
        raise InputError("it names no parameter", where, 'For example parameters = ["flight.half_dose"]')
    for name in written:
        of_kind(name, str, "name of a parameter", f"{where}, parameters")
    names = tuple(name.removeprefix(OPPOSITE) for name in written)
    for name in names:
        if name not in rows:
            raise unknown_name("parameter", name, rows, where)
        if rows[name].prior is None:
            raise InputError(f"no prior is declared for {name}", where, "Only what has a prior can be set free")
    why = of_kind(item.get("why", ""), str, "text", f"{where}, why").strip()
    if not why:
        raise InputError(f"it does not say why {names[0]} is free", where, "Add why = with the figure that knows it")
    title = of_kind(item.get("name", " with ".join(names)), str, "text", f"{where}, name")
    return Free(title, names, frozenset(n.removeprefix(OPPOSITE) for n in written if n.startswith(OPPOSITE)), why)


def _arm(said: Any, where: str) -> dict[str, Any]:
    """The settings of an arm; a word alone is its scenario."""
    if isinstance(said, str):
        return {SCENARIO: said}
    return of_kind(said, dict, "name of a scenario or table of settings", where)


def _discrepancy(about: Any, where: str) -> Discrepancy:
    of_kind(about, dict, "table", where)
    known(about, TARGET_KEYS, "key", where)
    size = about.get("discrepancy", 0.0)
    if isinstance(size, bool) or not isinstance(size, int | float) or not 0 <= size < math.inf:
        raise InputError(f"'{size}' is no number from 0 up", f"{where}, discrepancy")
    why = of_kind(about.get("why", ""), str, "text", f"{where}, why").strip()
    if size and not why:
        raise InputError("it does not say why the model may be off", where, "Add why =")
    remainder = about.get("remainder", False)
    if not isinstance(remainder, bool):
        raise InputError(f"'{remainder}' is neither true nor false", f"{where}, remainder")
    return Discrepancy(float(size), why, remainder)
