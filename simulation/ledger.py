"""The day's ledger: what was counted today, place by place, and what has been counted since the start."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from simulation.serialise.kept import kept
from simulation.serialise.limits import FLAG, TEXT, Array, Limits, a, amount, listed, maybe, position, table, whole

if TYPE_CHECKING:
    from simulation.serialise.checking import Look


@kept
@dataclass(frozen=True)
class Incident:
    """Something dated that a person would tell: kind, place (-1: nowhere in particular), actor and one sentence."""

    limits = Limits(
        {"day": whole(-1000, "day"), "kind": TEXT, "place": position("n", none=True), "actor": TEXT, "text": TEXT}
    )

    day: int
    kind: str
    place: int
    actor: str
    text: str


@kept
class Ledger:
    """Named counts over places. `today[name]` and `total[name]` are float64 (places,); incidents are kept if asked."""

    limits = Limits(
        {
            "rows": table(position("counts")),
            "_today": Array(np.float64, ("counts", "n"), -1.0, 1e12, shared=True),
            "_total": Array(np.float64, ("counts", "n"), -1.0, 1e12, shared=True),
            "today": table(Array(np.float64, ("n",), shared=True)),
            "total": table(Array(np.float64, ("n",), shared=True)),
            "_sums": maybe(listed(amount(-1e12, 1e12), "counts")),
            "incidents": listed(a("Incident")),
            "keep_incidents": FLAG,
        }
    )

    def __init__(self, names: Iterable[str], places: int, keep_incidents: bool):
        self.rows = {name: row for row, name in enumerate(names)}
        self._today = np.zeros((len(self.rows), places))
        self._total = np.zeros((len(self.rows), places))
        self.today = {name: self._today[row] for name, row in self.rows.items()}
        self.total = {name: self._total[row] for name, row in self.rows.items()}
        self._sums: list[float] | None = None
        self.incidents: list[Incident] = []
        self.keep_incidents = keep_incidents

    def open(self) -> None:
        """Begin a day: yesterday's counts go into the totals."""
        self._total += self._today
        self._today[:] = 0.0
        self._sums = None

    def close(self) -> None:
        """End a day: nothing is counted any more until the next one opens, so sums are taken once."""
        self._sums = self._today.sum(axis=1).tolist()

    def clear(self) -> None:
        """Forget everything counted so far."""
        self._today[:] = 0.0
        self._total[:] = 0.0
        self._sums = None
        self.incidents.clear()

    def add(self, name: str, place: int | np.ndarray, amount: float | np.ndarray) -> None:
        """Count `amount` at `place` (several entries of one place add up)."""
        if isinstance(place, np.ndarray):
            if place.size:
                counts = self.today[name]
                counts += np.bincount(place, amount, counts.size)
        elif amount:
            self.today[name][place] += amount
        else:
            return
        self._sums = None

    def open_counts(self, *names: str) -> list[np.ndarray]:
        """Today's counts by place, (places,) each, for whoever adds to several of them in one pass."""
        self._sums = None
        return [self.today[name] for name in names]

    def incident(self, day: int, kind: str, place: int, actor: str, text: str) -> None:
        if self.keep_incidents:
            self.incidents.append(Incident(day, kind, place, actor, text))

    def sum(self, name: str) -> float:
        """Today's count over all places."""
        return self._sums[self.rows[name]] if self._sums else float(self.today[name].sum())

    def sums(self) -> dict[str, float]:
        """Today's counts over all places, by name."""
        return dict(zip(self.rows, self._sums or self._today.sum(axis=1).tolist(), strict=True))

    def sum_total(self, name: str) -> float:
        """The count over all places since the start, today included."""
        return float(self.total[name].sum() + self.today[name].sum())

    def check_kept(self, look: Look) -> None:
        """Every count by name is its row of the whole."""
        for held, whole_ in ((self.today, self._today), (self.total, self._total)):
            if list(held) != list(self.rows) or list(self.rows.values()) != list(range(len(whole_))):
                raise ValueError("Ledger does not name each of its counts once")
            for name, number in self.rows.items():
                if held[name].__array_interface__ != whole_[number].__array_interface__:
                    raise ValueError(f"Ledger counts '{name}' in two places")
