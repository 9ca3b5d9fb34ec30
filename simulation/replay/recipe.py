"""What a model says of its replay: what is recorded of each place and day, which lines are drawn, and what is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple, Protocol

import numpy as np

from simulation.errors import InputError
from simulation.port.family import ModelFamily, family_names, find_family
from simulation.port.plugins import Brought

Moves = Callable[[np.ndarray, np.ndarray, np.ndarray], object]


@dataclass(frozen=True)
class Field:
    """Something of every place. `value(model)`: numbers (places,). `kind`: class (position among the classes), share, people
    or steps. Kept in multiples of `scale`; a number stays until it is off by `least` or by `share` of it."""

    name: str
    kind: Literal["class", "share", "people", "steps"]
    value: Callable[[Any], np.ndarray]
    scale: float = 1.0
    least: float = 0.0
    share: float = 0.0


@dataclass(frozen=True)
class Series:
    """A line under the map: a column of the daily table (`column`; the name if ""), as it is or `summed` since the start.

    `better`: "less" or "more" where nobody disputes it, else None. Kept in multiples of `scale`.
    """

    name: str
    unit: Literal["people", "share", "usd", "number"]
    better: Literal["less", "more"] | None = None
    headline: bool = False
    scale: float = 1.0
    column: str = ""
    summed: bool = False

    @property
    def source(self) -> str:
        return self.column or self.name


class Happened(NamedTuple):
    """A line of the story: the text under `event.CODE`, with a place (-1: none) and up to two numbers.

    weight: 0 to 9; the heavier line is told where several are near.
    """

    day: int
    code: str
    place: int = -1
    a: float | None = None
    b: float | None = None
    weight: int = 5


class Watch(Protocol):
    """Looks at a model at the end of each day, from the first, and tells what happened. It changes nothing in it."""

    def look(self, model: Any) -> None: ...
    def told(self) -> list[Happened]: ...


class Nothing:
    """A watch that has nothing to tell."""

    def look(self, model: Any) -> None:
        pass

    def told(self) -> list[Happened]:
        return []


@dataclass(frozen=True)
class Replay:
    """A model's replay. `map(brought)`: places, land, landmarks, roads as `docs/replay.md` says; places as in the fields.

    `words`: folder of en.toml, fr.toml and ht.toml, with texts of classes, series, events and landmarks. `watch()`: a fresh
    watch; `codes`: all that it can tell. `tell_moves(model, told)`: from now on `told(from, to, people)` is called with all who
    move, arrays with an entry for each (positions of places; those from the number of places on are out of the map); if `told`
    is None, nobody is told any more. `places(model)`: ids of the places; those of its recorder unless given.
    """

    classes: Sequence[str]
    fields: Sequence[Field]
    series: Sequence[Series]
    map: Callable[[Brought], Mapping[str, Any]]
    words: Path
    watch: Callable[[], Watch] = Nothing
    tell_moves: Callable[[Any, Moves | None], None] | None = None
    codes: Sequence[str] = ()
    places: Callable[[Any], Sequence[str]] = lambda model: model.recorder.place_ids


def replay_of(family: ModelFamily) -> Replay:
    """A model's replay. InputError if it has none."""
    if family.replay is None:
        others = [name for name in family_names() if name != family.name and _has_one(name)]
        hint = f"Models that have one: {', '.join(others)}" if others else "See simulation/replay/recipe.py"
        raise InputError("it has no replay to be shown", f"model '{family.name}'", hint)
    return family.replay()


def _has_one(name: str) -> bool:
    try:
        return find_family(name).replay is not None
    except InputError:  # one that cannot be imported has none
        return False
