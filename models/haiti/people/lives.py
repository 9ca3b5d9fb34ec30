"""What happened to households and to what gangs hold, written down day by day for those who want stories.

Nothing is kept unless a model is made with `events=True`, and nothing that is kept changes a run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from models.haiti.world.state import GANG
from simulation.diary import Diary, within
from simulation.serialise.kept import kept
from simulation.serialise.limits import Limits, a, positions, wholes

if TYPE_CHECKING:
    from models.haiti.people.columns import Households
    from simulation.serialise.checking import Look

HAPPENED = ("fled", "fled again", "moved on", "returned", "home destroyed", "died", "no survivors")
WRITABLE = ("fear", "home_destroyed", "moves", "people", "place", "threshold", "ties", "wealth")
BY_HAND = {name: f"{name} set by hand" for name in WRITABLE}
STATUSES = 6  # of households (`STATUS_WORDS`), and more than there are words for anything else
MOVES = ("fled", "fled again", "moved on", "returned", BY_HAND["place"])
"""Kinds of entry after which the household is somewhere else."""


@kept
class Lives(Diary):
    """The diary of households (`member` is the row). Each entry says where it was and is: `origin` and `place`
    (neighbourhoods, then places beyond), `was` and `status` (positions in `STATUS_WORDS`); and how many `people` it
    concerns: those who moved, those who died, or the change when people are set by hand.

    Two kinds use the pairs for what was set by hand: `ties` (origin -> place, -1 none) and `wealth` or
    `home_destroyed` (was -> status).
    """

    limits = Limits({**Diary.limits, "households": a("Households")})

    def __init__(self, households: Households, keep: bool):
        places = {"origin": np.int16, "place": np.int16}
        columns = places | {"was": np.int8, "status": np.int8, "people": np.int32}
        super().__init__((*HAPPENED, *BY_HAND.values()), columns, keep)
        self.households = households

    def moved(self, day: int, kind: str, rows: np.ndarray, place: np.ndarray, status: np.ndarray | int) -> None:
        """Rows are about to move."""
        if self.keep:
            now = self.households
            was = {"origin": now.place[rows], "was": now.status[rows], "people": now.people[rows]}
            self.write(day, kind, rows, **was, place=place, status=status)

    def left(
        self, day: int, rows: np.ndarray, first: np.ndarray, reason: str, place: np.ndarray, status: np.ndarray
    ) -> None:
        """Rows are about to flee, for the `first` time (bool) or again, or to move on for the `reason` "onward"."""
        if self.keep:
            self.moved(day, "fled", rows[first], place[first], status[first])
            again = "moved on" if reason == "onward" else "fled again"
            self.moved(day, again, rows[~first], place[~first], status[~first])

    def happened(self, day: int, kind: str, rows: np.ndarray, people: np.ndarray | None = None) -> None:
        """Something happened to rows where they are."""
        if self.keep:
            now = self.households
            people = now.people[rows] if people is None else people
            where = {"origin": now.place[rows], "place": now.place[rows]}
            self.write(day, kind, rows, **where, was=now.status[rows], status=now.status[rows], people=people)

    def died(self, day: int, rows: np.ndarray) -> None:
        """One person of each of these rows has died and is taken off already; a row may stand there several times."""
        if self.keep:
            rows, deaths = np.unique(rows, return_counts=True)
            self.happened(day, "died", rows, deaths)
            self.happened(day, "no survivors", rows[self.households.people[rows] == 0])

    def check_kept(self, look: Look) -> None:
        """Entries are of rows, places, kinds and words that there are."""
        self.check_entries(Lives(self.households, keep=False), look.sizes["rows"], look.sizes["day"])
        most = {"origin": look.sizes["places"], "place": look.sizes["places"], "was": STATUSES, "status": STATUSES}
        for name, size in most.items():
            if not within(self.entries()[name], -1 if name in ("origin", "place") else 0, size - 1):
                raise ValueError(f"Lives has entries whose '{name}' there is not")


@kept
class Holders(Diary):
    """The diary of what gangs hold (`member` is the neighbourhood): which gang `before` and `after`, -1 for none.

    A gang holds a neighbourhood while it owns it and the label says gang. first, members: int16 (n,) and int64 (gangs,),
    the holders and the people in gangs on the first day.
    """

    limits = Limits(
        {
            **Diary.limits,
            "first": positions(np.int16, "gangs", "n", none=True, shared=True),
            "now": positions(np.int16, "gangs", "n", none=True, shared=True),
            "members": wholes(np.int64, "gangs"),
        }
    )

    def __init__(self, state, keep: bool):
        super().__init__(("holder",), {"before": np.int16, "after": np.int16}, keep)
        self.first = self.now = held(state)
        self.members = state.members.sum(axis=1)

    def look(self, state, day: int) -> None:
        """Write down what has changed since the last look."""
        if self.keep:
            before, self.now = self.now, held(state)
            changed = np.flatnonzero(before != self.now)
            self.write(day, "holder", changed, before=before[changed], after=self.now[changed])

    def check_kept(self, look: Look) -> None:
        """Entries are of neighbourhoods and gangs that there are."""
        fresh = Diary(("holder",), {"before": np.int16, "after": np.int16}, keep=False)
        self.check_entries(fresh, look.sizes["n"], look.sizes["day"])
        for name in ("before", "after"):
            if not within(self.entries()[name], -1, look.sizes["gangs"] - 1):
                raise ValueError(f"Holders has entries whose '{name}' there is not")


def held(state) -> np.ndarray:
    """The gang that holds each neighbourhood, int16 (n,), -1 for none."""
    return np.where(state.label == GANG, state.owner, -1).astype(np.int16)
