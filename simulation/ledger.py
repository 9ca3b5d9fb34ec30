"""The day's ledger: what was counted today, place by place, and what has been counted since the start."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Incident:
    """Something dated that a person would tell: kind, place (-1: nowhere in particular), actor and one sentence."""

    day: int
    kind: str
    place: int
    actor: str
    text: str


class Ledger:
    """Named counts over places. `today[name]` and `total[name]` are float64 (places,); incidents are kept if asked."""

    def __init__(self, names: Iterable[str], places: int, keep_incidents: bool):
        self.today = {name: np.zeros(places) for name in names}
        self.total = {name: np.zeros(places) for name in self.today}
        self.incidents: list[Incident] = []
        self.keep_incidents = keep_incidents

    def open(self) -> None:
        """Begin a day: close yesterday's counts into the totals."""
        for name, counts in self.today.items():
            self.total[name] += counts
            counts[:] = 0.0

    def clear(self) -> None:
        """Forget everything counted so far."""
        for counts in (*self.today.values(), *self.total.values()):
            counts[:] = 0.0
        self.incidents.clear()

    def add(self, name: str, place: int | np.ndarray, amount: float | np.ndarray) -> None:
        """Count `amount` at `place` (several entries of one place add up)."""
        np.add.at(self.today[name], place, amount)

    def incident(self, day: int, kind: str, place: int, actor: str, text: str) -> None:
        if self.keep_incidents:
            self.incidents.append(Incident(day, kind, place, actor, text))

    def sum(self, name: str) -> float:
        """Today's count over all places."""
        return float(self.today[name].sum())

    def sum_total(self, name: str) -> float:
        """The count over all places since the start, today included."""
        return float(self.total[name].sum() + self.today[name].sum())
