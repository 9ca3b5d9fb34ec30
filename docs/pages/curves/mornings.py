"""A morning of the city that a rule is tried on again and again: kept, put back, counted over many days' luck."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from numbers import Number
from typing import Any

import numpy as np

from models.haiti import HaitiModel

HOLDERS = (
    "state", "affairs", "pool", "politics", "facilities", "command", "cooperation", "beyond", "mission", "passage",
)  # fmt: skip


class Kept:
    """What rules change, as it is now; `restore` puts it back."""

    def __init__(self, model: HaitiModel, rule: Any):
        self.model, holders = model, [getattr(model, name) for name in HOLDERS]
        holders += [model.mission.fleet, model.calendar, rule, *model.forces.all(), *model.contingents]
        self.kept = [(one, {name: _copied(value) for name, value in vars(one).items()}) for one in holders]
        self.own = {name: _copied(getattr(model, name)) for name in ("day", "alarm_today", "self_defenders", "donors")}
        self.fear = model.population.fear.field.copy()
        self.trust = model.trust.mean.copy(), model.trust.told.copy()

    def restore(self) -> None:
        for one, values in self.kept:
            _put(one, values)
        _put(self.model, self.own)
        self.model.population.fear.field[:] = self.fear
        self.model.trust.mean[:], self.model.trust.told[:] = self.trust
        self.model.ledger.clear()


def _copied(value: Any) -> Any:
    return copy.copy(value) if isinstance(value, np.ndarray | list | dict) else value


def _put(one: Any, values: Mapping[str, Any]) -> None:
    """Arrays in place, as others hold them; numbers, words and lists anew."""
    for name, value in values.items():
        if isinstance(value, np.ndarray) and getattr(one, name).shape == value.shape:
            getattr(one, name)[...] = value
        elif isinstance(value, Number | str | list | dict) or value is None:
            setattr(one, name, _copied(value))


def counted(
    model: HaitiModel, rule: Any, names: Sequence[str], days: int, act: Callable[[], object] | None = None
) -> float:
    """A mean over many days' luck of what the ledger counts while the rule (or `act`) acts, each time from the same morning."""
    kept, total = Kept(model, rule), 0.0
    for day in range(days):
        kept.restore()
        model.day += day
        (act or rule.step)()
        total += sum(model.ledger.sum(name) for name in names)
    kept.restore()
    return total / days


def weekday(model: HaitiModel, every: int = 7) -> None:
    """Forward to a day on which weekly (monthly) things are done."""
    model.day += -model.day % every
