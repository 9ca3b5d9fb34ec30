"""What the attributes of a kept class may hold, said beside its fields, and asked before anything runs on a stranger's file.

A class says `limits = Limits({"people": wholes(np.int32, "rows"), ...})`: for each attribute what a sound run can have
there. Subclasses add to the limits of their bases. What somebody else attaches to a run is theirs, and asked for nothing.
`checking.py` asks; what only several attributes together show stands in a method `check_kept(look)`, called afterwards.

A bound or a length may be the name of a size of the model ("rows"), which `Look.sizes` knows.
"""

from __future__ import annotations

import math
import types
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from simulation.serialise.snapshot import owner

if TYPE_CHECKING:
    from simulation.serialise.checking import Look

MOST = 1_000_000_000  # of anything that is counted
RICHEST = 1e15  # USD, or any other amount
LONGEST = 20_000  # characters of a text
EPS = 1e-9
Size = int | str
Limits = types.MappingProxyType
"""What a class says of its attributes: by name, and for good."""


class Limit:
    """What one attribute may hold. `check` raises ValueError, which names the `place` and what is wanted there."""

    def check(self, value: Any, place: str, look: Look) -> None:
        raise NotImplementedError


def refuse(place: str, what: Any, wanted: str) -> NoReturn:
    """ValueError for what a place may not hold."""
    told = repr(what) if isinstance(what, (str, int, float)) else f"a {type(what).__name__}"
    raise ValueError(f"{place} is {told[:60]}, not {wanted}")


@dataclass(frozen=True)
class Anything(Limit):
    """Whatever; kept objects within are checked."""

    def check(self, value: Any, place: str, look: Look) -> None:
        kinds, waiting, met = set(look.known.classes.values()), [value], {}
        while waiting:
            thing = waiting.pop()
            if id(thing) in met:
                continue
            met[id(thing)] = thing
            if isinstance(thing, Mapping):
                waiting.extend((*thing.keys(), *thing.values()))
            elif isinstance(thing, (list, tuple, set, frozenset)):
                waiting.extend(thing)
            elif type(thing) in kinds:
                look.visit(thing)


@dataclass(frozen=True)
class Number(Limit):
    """A finite number within bounds, both included. nan: it may also be none at all; endless: or without end."""

    low: Size | float
    high: Size | float
    whole: bool
    nan: bool = False
    endless: bool = False

    def check(self, value: Any, place: str, look: Look) -> None:
        kinds = (int, np.integer) if self.whole else (int, float, np.integer, np.floating)
        low, high = look.size(self.low), look.size(self.high)
        if (
            isinstance(value, kinds)
            and type(value) is not bool
            and (low <= value <= high or (self.nan and value != value) or (self.endless and value == math.inf))
        ):
            return
        refuse(place, value, f"{'a whole number' if self.whole else 'a number'} of {low:,} to {high:,}")


def whole(low: Size = 0, high: Size = MOST) -> Number:
    """A whole number."""
    return Number(low, high, True)


def amount(low: float = 0.0, high: float = RICHEST, nan: bool = False, endless: bool = False) -> Number:
    """A number."""
    return Number(low, high, False, nan, endless)


def share() -> Number:
    """A part of a whole, 0 to 1, but for what the last digits of its sums add."""
    return Number(-EPS, 1.0 + EPS, False)


@dataclass(frozen=True)
class Position(Limit):
    """A number of a list as long as `size`; -1, if `none` is allowed, for none of it."""

    size: Size
    none: bool = False

    def check(self, value: Any, place: str, look: Look) -> None:
        whole(-1 if self.none else 0, look.size(self.size) - 1).check(value, place, look)


def position(size: Size, none: bool = False) -> Position:
    """A position in something."""
    return Position(size, none)


@dataclass(frozen=True)
class Flag(Limit):
    """True or false."""

    def check(self, value: Any, place: str, look: Look) -> None:
        if type(value) not in (bool, np.bool_):
            refuse(place, value, "true or false")


@dataclass(frozen=True)
class Text(Limit):
    """A text; one of `choices` if there are any."""

    choices: Collection[str] = ()

    def check(self, value: Any, place: str, look: Look) -> None:
        if type(value) is not str or len(value) > LONGEST or (self.choices and value not in self.choices):
            refuse(place, value, f"one of {', '.join(self.choices)}" if self.choices else "a text")


@dataclass(frozen=True)
class Array(Limit):
    """An array of its own memory that compiled code can take: type, lengths (None: any) and the range of its elements.

    shared: another attribute may hold the same memory.
    """

    kind: Any
    shape: tuple[Size | None, ...]
    low: Any = None
    high: Any = None
    shared: bool = False
    nan: bool = False

    def check(self, value: Any, place: str, look: Look) -> None:
        wanted, kind = tuple(map(look.size, self.shape)), np.dtype(self.kind)
        if type(value) is not np.ndarray or value.dtype != kind or value.ndim != len(wanted):
            refuse(place, value, f"an array of {kind} with {len(wanted)} axes")
        if any(length not in (None, have) for length, have in zip(wanted, value.shape)):
            raise ValueError(f"{place} is an array of {value.shape}, not {wanted}")
        if not (value.flags.c_contiguous and value.flags.writeable and value.flags.aligned):
            raise ValueError(f"{place} cannot be written, or lies in memory in another order")
        if not value.size:
            return
        whose = look.memory.setdefault(id(owner(value)), place)
        if whose != place and not self.shared:
            raise ValueError(f"{place} has the memory of {whose}")
        if self.low is not None:
            low, high = look.size(self.low), look.size(self.high)
            least, most = (np.nanmin(value), np.nanmax(value)) if self.nan else (value.min(), value.max())
            if not (low <= least and most <= high):
                raise ValueError(f"{place} holds {least} to {most}, not {low:,} to {high:,}")


def wholes(kind: Any, *shape: Size | None, low: Size = 0, high: Size = MOST, shared: bool = False) -> Array:
    """An array of whole numbers."""
    return Array(kind, shape, low, high, shared)


def floats(*shape: Size | None, low: float = 0.0, high: float = RICHEST) -> Array:
    """An array of numbers, float64."""
    return Array(np.float64, shape, low, high)


def shares(*shape: Size | None) -> Array:
    """An array of parts of a whole, 0 to 1, float64."""
    return Array(np.float64, shape, -EPS, 1.0 + EPS)


def flags(*shape: Size | None) -> Array:
    """An array of true and false."""
    return Array(bool, shape)


@dataclass(frozen=True)
class Positions(Limit):
    """An array of positions in something as long as `size`; -1, if `none` is allowed, for none of it."""

    kind: Any
    size: Size
    shape: tuple[Size | None, ...]
    none: bool = False
    shared: bool = False

    def check(self, value: Any, place: str, look: Look) -> None:
        low, high = -1 if self.none else 0, look.size(self.size) - 1
        Array(self.kind, self.shape, low, high, self.shared).check(value, place, look)


def positions(kind: Any, size: Size, *shape: Size | None, none: bool = False, shared: bool = False) -> Positions:
    """An array of positions."""
    return Positions(kind, size, shape, none, shared)


@dataclass(frozen=True)
class Listed(Limit):
    """A list (or a tuple, if `kind` says so) of things of one sort, as long as `length` if that is given."""

    of: Limit
    length: Size | None = None
    kind: type = list

    def check(self, value: Any, place: str, look: Look) -> None:
        if type(value) is not self.kind or len(value) > MOST:
            refuse(place, value, f"a {self.kind.__name__}")
        if self.length is not None and len(value) != look.size(self.length):
            raise ValueError(f"{place} has {len(value)} things, not {look.size(self.length)}")
        for one in value:
            self.of.check(one, place, look)


def listed(of: Limit, length: Size | None = None) -> Listed:
    """A list."""
    return Listed(of, length)


def several(of: Limit) -> Listed:
    """A tuple of any length."""
    return Listed(of, None, tuple)


@dataclass(frozen=True)
class Row(Limit):
    """A list (or tuple) whose every place means something else. empty: it may also hold nothing."""

    of: tuple[Limit, ...]
    kind: type = list
    empty: bool = False

    def check(self, value: Any, place: str, look: Look) -> None:
        if type(value) is self.kind and self.empty and not value:
            return
        if type(value) is not self.kind or len(value) != len(self.of):
            refuse(place, value, f"a {self.kind.__name__} of {len(self.of)}")
        for number, (limit, one) in enumerate(zip(self.of, value)):
            limit.check(one, f"{place}[{number}]", look)


def row(*of: Limit, kind: type = list, empty: bool = False) -> Row:
    """A list with a meaning for each place."""
    return Row(of, kind, empty)


@dataclass(frozen=True)
class Table(Limit):
    """A dictionary. names: all its keys, in any order, if they are fixed."""

    key: Limit
    of: Limit
    names: Collection[str] | None = None

    def check(self, value: Any, place: str, look: Look) -> None:
        if type(value) is not dict or (self.names is not None and value.keys() != set(self.names)):
            refuse(place, value, "a table" if self.names is None else f"a table of {', '.join(self.names)}"[:200])
        for key, one in value.items():
            self.key.check(key, f"a key of {place}", look)
            self.of.check(one, f"{place}[{key!r}]", look)


def table(of: Limit, names: Collection[str] | None = None, key: Limit | None = None) -> Table:
    """A dictionary by text, or by `key`."""
    return Table(key or Text(), of, names)


@dataclass(frozen=True)
class Made(Limit):
    """An instance of a kept class. kinds: or of one of its kinds that the program knows."""

    name: str
    kinds: bool = False

    def check(self, value: Any, place: str, look: Look) -> None:
        wanted, kind = look.known.classes.get(self.name), type(value)
        fits = kind is wanted or (self.kinds and wanted is not None and issubclass(kind, wanted))
        if not fits or kind not in look.known.classes.values():
            refuse(place, value, f"a {self.name}")
        look.visit(value)


def a(name: str, kinds: bool = False) -> Made:
    """An instance of the kept class with this name."""
    return Made(name, kinds)


@dataclass(frozen=True)
class Given(Limit):
    """The very thing that the program has under this name, outside the file."""

    name: str

    def check(self, value: Any, place: str, look: Look) -> None:
        if value is not look.known.outer[self.name]:
            refuse(place, value, f"the {self.name} of the run")


def given(name: str) -> Given:
    """A thing from outside."""
    return Given(name)


@dataclass(frozen=True)
class TheRun(Limit):
    """The run itself, to which everything belongs."""

    def check(self, value: Any, place: str, look: Look) -> None:
        if value is not look.root:
            refuse(place, value, "the run itself")


@dataclass(frozen=True)
class Maybe(Limit):
    """None, or what `of` says."""

    of: Limit

    def check(self, value: Any, place: str, look: Look) -> None:
        if value is not None:
            self.of.check(value, place, look)


def maybe(of: Limit) -> Maybe:
    """None, or something."""
    return Maybe(of)


class Later(Maybe):
    """Not there from the start; None, or what `of` says, once it is."""


@dataclass(frozen=True)
class Exactly(Limit):
    """A value that never changes."""

    value: Any

    def check(self, value: Any, place: str, look: Look) -> None:
        if type(value) is not type(self.value) or value != self.value:
            refuse(place, value, str(self.value)[:60])


def exactly(value: Any) -> Exactly:
    """Always the same."""
    return Exactly(value)


RUN, FLAG, TEXT, MONEY = TheRun(), Flag(), Text(), amount(-1.0)
AGENT = {"model": RUN, "unique_id": whole(1), "pos": exactly(None)}
"""What Mesa gives every agent."""


@dataclass(frozen=True)
class Fields(Limit):
    """A dictionary with these keys, each with a limit of its own."""

    of: Mapping[str, Limit]

    def check(self, value: Any, place: str, look: Look) -> None:
        if type(value) is not dict or value.keys() != self.of.keys():
            refuse(place, value, f"a table of {', '.join(self.of)}")
        for name, limit in self.of.items():
            limit.check(value[name], f"{place}[{name!r}]", look)


@dataclass(frozen=True)
class Plain(Limit):
    """A number (none at all, too), a text, or true or false: what a parameter or a figure of a day can be."""

    def check(self, value: Any, place: str, look: Look) -> None:
        if not isinstance(value, (bool, int, float, str, np.bool_, np.integer, np.floating, type(None))):
            refuse(place, value, "a number or a text")
        if isinstance(value, (int, np.integer)) and abs(value) > RICHEST:
            refuse(place, value, "a number that a table can hold")


PLAIN = Plain()
