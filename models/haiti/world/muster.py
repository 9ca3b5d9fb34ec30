"""The muster: numbers of all units of security forces side by side, as compiled passes take them, and sums by force."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from models.haiti.world.state import FORCES

if TYPE_CHECKING:
    from models.haiti.agents.unit import Unit

NUMBERS = ("place", "strength", "goal", "ordered_until")
ASKED = ("decide", "effective_strength")


class Muster:
    """What units say of themselves, once more; they write every change of theirs here too, and `Forces` makes another muster
    when units have come or gone.

    units: police, army, mission; `lists`: those of each force. numbers: int64 (4, units), a row for each of `NUMBERS`. people:
    on the books, by force. kinds: classes of units; own: whether one of them has a method of `ASKED` of its own. under_way:
    int64 (units,), for the pass that sends them.
    """

    def __init__(self, lists: dict[str, list[Unit]]):
        self.lists = {force: list(lists[force]) for force in FORCES}
        self.units = [unit for force in FORCES for unit in self.lists[force]]
        self.numbers = np.zeros((len(NUMBERS), len(self.units)), np.int64)
        for row, name in enumerate(NUMBERS):
            self.numbers[row] = [getattr(unit, name) for unit in self.units]
        self.people = {force: sum([unit.strength for unit in self.lists[force]]) for force in FORCES}
        self.kinds = {type(unit) for unit in self.units}
        self.own = any([name in vars(unit) for unit in self.units for name in ASKED])
        self.under_way = np.empty(len(self.units), np.int64)
        for column, unit in enumerate(self.units):
            unit.join(self, column)

    def note(self, column: int, unit: Unit, name: str, value: int) -> None:
        """A number of a unit becomes `value`; it has not yet told anybody else. IndexError for a place that there is not."""
        if name in ("place", "goal") and not 0 <= value < unit.model.n:
            raise IndexError(f"{unit!r} cannot go to neighbourhood {value}: they are numbered 0 to {unit.model.n - 1}")
        self.numbers[NUMBERS.index(name), column] = value
        if name == "strength":
            self.people[unit.force] += value - unit.strength
