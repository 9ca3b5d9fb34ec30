"""Parameters: value, unit, legal range, plausible prior, status and source, declared once beside the rule that uses them."""

from __future__ import annotations

import dataclasses
import math
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from scipy import special

from simulation.errors import InputError, unknown_name

TAIL = 0.001  # priors are cut here on each side where values are drawn from them
LARGEST = sys.float_info.max  # a whole number beyond it cannot even be asked whether it is finite
STATUSES = ("published", "derived", "assumed", "policy")


@dataclass(frozen=True)
class Prior:
    """What is plausible. `kind` and its two numbers: uniform(low, high), loguniform(low, high),
    lognormal(median, log-sd), beta(a, b)."""

    kind: str
    first: float
    second: float

    def quantile(self, u: float) -> float:
        """The value at probability `u` in (0, 1)."""
        if self.kind == "uniform":
            return self.first + u * (self.second - self.first)
        if self.kind == "loguniform":
            return self.first * (self.second / self.first) ** u
        if self.kind == "lognormal":
            return self.first * math.exp(self.second * float(special.ndtri(u)))
        return float(special.betaincinv(self.first, self.second, u))

    def __str__(self) -> str:
        return f"{self.kind}({self.first:g}, {self.second:g})"


def uniform(low: float, high: float) -> Prior:
    return Prior("uniform", low, high)


def loguniform(low: float, high: float) -> Prior:
    return Prior("loguniform", low, high)


def lognormal(median: float, log_sd: float) -> Prior:
    return Prior("lognormal", median, log_sd)


def beta(a: float, b: float) -> Prior:
    return Prior("beta", a, b)


def parameter(
    value: Any,
    unit: str,
    meaning: str,
    *,
    bounds: tuple[float, float] | None = None,
    choices: tuple[str, ...] | None = None,
    prior: Prior | None = None,
    status: str = "assumed",
    source: str = "",
) -> Any:
    """A field of a parameter group. `bounds` are what is legal, `prior` is what is plausible; `choices` for words."""
    if status not in STATUSES:
        raise ValueError(f"status {status!r} is not one of {STATUSES}")
    about = {"unit": unit, "meaning": meaning, "bounds": bounds, "choices": choices}
    return field(default=value, metadata=about | {"prior": prior, "status": status, "source": source})


@dataclass(frozen=True)
class Row:
    """One line of the register, as `katye parameters` prints it."""

    name: str
    value: Any
    default: Any
    unit: str
    meaning: str
    bounds: tuple[float, float] | None
    choices: tuple[str, ...] | None
    prior: Prior | None
    status: str
    source: str

    def draw(self, u: float) -> float | int:
        """The value at `u` (0 to 1) of the prior: legal, and of the parameter's own type.

        Under a uniform prior all whole numbers are equally likely, the ends too; so rounding would not have it.
        """
        if isinstance(self.default, int) and (ends := self.whole_ends()):
            return whole_number(u, *ends)
        value = self.prior.quantile(TAIL + u * (1 - 2 * TAIL))
        if self.bounds:
            value = min(max(value, self.bounds[0]), self.bounds[1])
        return round(value) if isinstance(self.default, int) else value

    def whole_ends(self) -> tuple[int, int] | None:
        """The first and last whole number of a uniform prior of a parameter in whole numbers; None for any other."""
        if self.prior is None or self.prior.kind != "uniform" or not isinstance(self.default, int):
            return None
        low, high = self.bounds or (-math.inf, math.inf)
        return math.ceil(max(self.prior.first, low)), math.floor(min(self.prior.second, high))

    def range_text(self) -> str:
        if self.choices:
            return " | ".join(self.choices)
        if isinstance(self.default, bool):
            return "true | false"
        return f"{self.bounds[0]:g} to {self.bounds[1]:g}" if self.bounds else ""


def whole_number(u: float, low: int, high: int) -> int:
    """The whole number at `u` (0 to 1) where low to high are equally likely."""
    return min(low + int(u * (high - low + 1)), high)


class ParameterSet:
    """One value for every parameter: `parameters.flight.half_dose`. Cannot be changed; `replace` gives a new one.

    Sets of equal values are equal.
    """

    def __init__(self, groups: Mapping[str, Any]):
        object.__setattr__(self, "_groups", dict(groups))
        for name, values in groups.items():
            object.__setattr__(self, name, values)

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError("parameters cannot be changed; use replace()")

    def __reduce__(self):
        return type(self), (self._groups,)

    def __eq__(self, other: object) -> bool:
        return self._groups == other._groups if isinstance(other, ParameterSet) else NotImplemented

    def __hash__(self) -> int:
        return hash(tuple(self._groups.values()))

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        for group, values in self._groups.items():
            for item in dataclasses.fields(values):
                yield f"{group}.{item.name}", getattr(values, item.name)

    def get(self, name: str, where: str = "") -> Any:
        """The value of a dotted name; UnknownNameError with suggestions otherwise, that says `where`."""
        group, _, leaf = name.partition(".")
        values = self._groups.get(group)
        if values is None or leaf not in {item.name for item in dataclasses.fields(values)}:
            raise unknown_name("parameter", name, (known for known, _ in self), where)
        return getattr(values, leaf)

    def replace(self, changes: Mapping[str, Any], where: str = "") -> ParameterSet:
        """A new set with `{"flight.half_dose": 20, ...}` applied; names and values are checked."""
        per_group: dict[str, dict[str, Any]] = {}
        for name, value in changes.items():
            self.get(name, where)
            group, _, leaf = name.partition(".")
            per_group.setdefault(group, {})[leaf] = _checked(self._row(name), value, where)
        updated = {name: dataclasses.replace(self._groups[name], **items) for name, items in per_group.items()}
        return ParameterSet({**self._groups, **updated})

    def groups(self) -> list[str]:
        """The names that parameters start with."""
        return list(self._groups)

    def rows(self) -> list[Row]:
        return [self._row(name) for name, _ in self]

    def row(self, name: str) -> Row:
        self.get(name)
        return self._row(name)

    def changes(self) -> dict[str, Any]:
        """The values that differ from their default."""
        return {
            f"{group}.{item.name}": value
            for group, values in self._groups.items()
            for item in dataclasses.fields(values)
            if (value := getattr(values, item.name)) != item.default
        }

    def _row(self, name: str) -> Row:
        group, _, leaf = name.partition(".")
        values = self._groups[group]
        item = next(item for item in dataclasses.fields(values) if item.name == leaf)
        about = item.metadata
        keys = ("unit", "meaning", "bounds", "choices", "prior", "status", "source")
        return Row(name, getattr(values, leaf), item.default, **{key: about[key] for key in keys})


def _checked(row: Row, value: Any, where: str) -> Any:
    """`value` in the parameter's own type and inside its bounds, or an InputError with range and unit."""
    where = where or f"parameter {row.name}"
    unit = "" if row.unit in ("", "-") else f" {row.unit}"
    if row.choices:
        if value not in row.choices:
            raise unknown_name(f"value for {row.name}", value, row.choices, where)
        return value
    if isinstance(row.default, bool):
        if not isinstance(value, bool):
            raise InputError(f"'{value}' for {row.name} is neither true nor false", where)
        return value
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not -LARGEST <= value <= LARGEST:
        raise InputError(f"'{value}' for {row.name} is no number", where, f"It takes {row.range_text()}{unit}")
    if row.bounds and not row.bounds[0] <= value <= row.bounds[1]:
        hint = f"It takes {row.range_text()}{unit} (default {row.default})"
        raise InputError(f"{value} is outside the range of {row.name}", where, hint)
    if isinstance(row.default, int):
        if value != int(value):
            raise InputError(f"{value} for {row.name} is no whole number", where)
        return int(value)
    return float(value)


def parse_value(text: str) -> Any:
    """A value as typed on a command line: true/false, a number, or else the text itself."""
    lowered = text.strip().lower()
    if lowered in ("true", "false"):
        return lowered == "true"
    for kind in (int, float):
        try:
            return kind(lowered.replace("_", ""))
        except ValueError:
            continue
    return text.strip()
