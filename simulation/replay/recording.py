"""Recording a run for a replay: somebody who looks at the model each evening, and changes nothing in it.

Fields are copied, moves are told by the model and added up once a week, and lines are read from the model's own daily table
at the end: a run takes about four per cent longer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from simulation.replay.blocks import encode, held
from simulation.replay.recipe import Happened, Replay

WEEK = 7
SMALLEST_FLOW = 50  # people a week between two places
MOST_FLOWS = 40  # of a week
QUIET = 3  # days around a line in which a lighter one is not told
ALWAYS = 9  # weight of what is told whatever else happens


class Recording:
    """All that a replay shows of one run: `look` at it on its first day and after every day, then `run`."""

    def __init__(self, replay: Replay):
        self.replay = replay
        self.days: list[int] = []
        self._fields: list[list[np.ndarray]] = [[] for _ in replay.fields]
        self._watch = replay.watch()
        self._flows = Flows() if replay.tell_moves else None

    def look(self, model: Any) -> None:
        """A day is over (or the first about to begin)."""
        self.days.append(model.day)
        for field, kept in zip(self.replay.fields, self._fields, strict=True):
            kept.append(np.array(field.value(model)))
        self._watch.look(model)
        if self._flows:
            self._flows.look(len(self.days) - 1, len(self._fields[0][0]))

    def progress(self, model: Any, then: Callable[[int, int], None] | None = None) -> Callable[[int, int], None]:
        """What `model.run` is to call after every day; `then` is called too. Looks at once if it has not yet."""
        if not self.days:
            self.look(model)
        if self._flows:
            self.replay.tell_moves(model, self._flows.tell)

        def day(done: int, days: int) -> None:
            self.look(model)
            if then:
                then(done, days)

        return day

    def run(self, model: Any) -> dict[str, Any]:
        """As `so_far`, and nobody looks at the model any more."""
        found = self.so_far(model)
        if self._flows:
            self.replay.tell_moves(model, None)
        return found

    def so_far(self, model: Any) -> dict[str, Any]:
        """The run as a page reads it: luck, series, places, events and flows. Days count from the first that was looked at."""
        first = self.days[0]
        events = [one._replace(day=one.day - first) for one in self._watch.told()]
        return {
            "luck": str(model.run_seed),
            "series": {one.name: encode(self.line(model, one), one.scale) for one in self.replay.series},
            "places": {
                field.name: encode(held(np.stack(kept), field.least, field.share), field.scale)
                for field, kept in zip(self.replay.fields, self._fields, strict=True)
            },
            "events": [_entry(one) for one in thinned(events)],
            "flows": self._flows.so_far() if self._flows else [],
        }

    def line(self, model: Any, series: Any) -> np.ndarray:
        """The values of a series on the days that were looked at, float64, from the model's daily table."""
        values = np.asarray(model.recorder.values[series.source], np.float64)
        values = np.cumsum(values) if series.summed else values
        return values[np.searchsorted(model.recorder.days, self.days)]


class Flows:
    """Who moved: the largest numbers of people between places, and out of the map and back, week by week.

    told: [week, from, to, people], -1 is out of the map. Days 1 to 7 are week 0.
    """

    def __init__(self):
        self._moves: list[tuple[np.ndarray, ...]] = []
        self._frame = self._places = 0
        self.told: list[list[int]] = []

    def tell(self, origin: np.ndarray, target: np.ndarray, people: np.ndarray) -> None:
        """These move today."""
        self._moves.append((origin, target, people))

    def look(self, frame: int, places: int) -> None:
        """An evening."""
        self._frame, self._places = frame, places
        if frame % WEEK == 0:
            self._count()

    def so_far(self) -> list[list[int]]:
        """What was told of full weeks, and of the days since the last of them."""
        return self.told + (self._largest() if self._frame % WEEK else [])

    def _count(self) -> None:
        self.told += self._largest()
        self._moves.clear()

    def _largest(self) -> list[list[int]]:
        if not self._moves:
            return []
        origin, target, people = map(np.concatenate, zip(*self._moves, strict=True))
        week = (self._frame - 1) // WEEK
        return [[week, *one] for one in largest(tallied(origin, target, people, self._places))]


def tallied(origin: np.ndarray, target: np.ndarray, people: np.ndarray, places: int) -> np.ndarray:
    """People by where they came from and where they are, int64 (places + 1, places + 1); the last is out of the map."""
    wide = places + 1
    pairs = np.minimum(origin, places).astype(np.int64) * wide + np.minimum(target, places)
    tally = np.bincount(pairs, people, wide * wide).astype(np.int64).reshape(wide, wide)
    np.fill_diagonal(
        tally, 0
    )  # who dies moves nowhere, and nobody sees a move from one place out of the map to another
    return tally


def largest(tally: np.ndarray) -> list[list[int]]:
    """[from, to, people] of the largest flows, the largest first; -1 is out of the map."""
    outside, flat = len(tally) - 1, tally.ravel()
    enough = np.flatnonzero(flat >= SMALLEST_FLOW)
    order = enough[np.argsort(-flat[enough], kind="stable")[:MOST_FLOWS]].tolist()
    pairs = [divmod(at, outside + 1) for at in order]
    return [[*(-1 if one == outside else one for one in pair), int(flat[at])] for pair, at in zip(pairs, order)]


def thinned(events: Sequence[Happened]) -> list[Happened]:
    """By day; about a line a week keeps its weight, the heaviest of those near one another, and what weighs `ALWAYS`.

    The others weigh nothing: they are told in the story of their place alone.
    """
    kept: list[Happened] = []
    taken: set[int] = set()
    order = sorted(events, key=lambda one: (-one.weight, one.day, one.code, one.place))
    for one in order:
        told = one.weight >= ALWAYS or (one.weight > 0 and one.day not in taken)
        if told:
            taken.update(range(one.day - QUIET, one.day + QUIET + 1))
        if told or one.place >= 0:
            kept.append(one if told else one._replace(weight=0))
    return sorted(kept, key=lambda one: (one.day, -one.weight, one.code, one.place))


def _entry(one: Happened) -> list[Any]:
    return [
        one.day,
        one.code,
        one.place,
        *(None if value is None else _short(value) for value in (one.a, one.b)),
        one.weight,
    ]


def _short(value: float) -> float | int:
    """Whole numbers as such, others with four figures: {a} is set into a sentence."""
    return int(value) if float(value).is_integer() else float(f"{value:.4g}")
