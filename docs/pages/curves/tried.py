"""Trying a rule alone: a city that has been lived in, one number of it set to what is asked, and the rule's own code called.

A curve is drawn for a parameter's default and for both ends of what is plausible for it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from models.haiti import HaitiModel, load_case
from models.haiti.parameters import default_parameters
from models.haiti.scenario.changes import apply_parameters
from pages.curves import asked
from pages.curves.mornings import Kept

WEIGHT, DAYS = 2000, 90  # of the city in which rules are tried: small, and with the mission there
Find = Callable[[HaitiModel, Any, float], float]


@dataclass(frozen=True)
class Curve:
    """A picture of a rule. `find(model, rule, x)`: what comes out where `across` is x; it may change what it likes.

    fixed: parameters of all three lines. days: `find` lives that many days of the rule one after the other, is called once on
    each (x: days since the first) and `start(model, rule)` before; the city is a new one for each line.
    """

    rule: str
    parameter: str
    across: str
    values: Sequence[float]
    shows: str
    find: Find
    fixed: Mapping[str, Any] = field(default_factory=dict)
    days: int = 0
    start: Callable[[HaitiModel, Any], None] = lambda model, rule: None

    @classmethod
    def declared(cls, rule: str, entry: Mapping[str, Any]) -> Curve:
        """The curve of an entry of curves.toml. AttributeError for a rule or a start that asked.py does not know."""
        low, high, points = entry.get("between", (0, 0, 0))
        return cls(
            rule,
            entry["parameter"],
            entry.get("across", "days"),
            tuple(np.linspace(low, high, points)),
            entry["shows"],
            getattr(asked, rule),
            entry.get("fixed", {}),
            entry.get("days", 0),
            getattr(asked, entry["start"]) if "start" in entry else lambda model, rule: None,
        )

    def ends(self) -> tuple[float, float, float]:
        """The lower end of what is plausible, the default, the upper end."""
        row = next(row for row in default_parameters().rows() if row.name == self.parameter)
        return row.draw(0.0), row.default, row.draw(1.0)


def declared() -> tuple[Curve, ...]:
    """All curves, in the order of the day."""
    entries = tomllib.loads(Path(__file__).with_name("curves.toml").read_text(encoding="utf-8"))
    return tuple(Curve.declared(rule, entry) for rule, entry in entries.items())


def lived_in() -> HaitiModel:
    """The city in which rules are tried."""
    return HaitiModel(load_case("baseline", days=DAYS, weight=WEIGHT), run_seed=1).run()


def lined(curve: Curve, city: HaitiModel) -> list[tuple[float, np.ndarray, np.ndarray]]:
    """(value of the parameter, x, y) of the three lines, lowest value first; the city stays as it is."""
    return [(value, *_line(curve, city, value)) for value in curve.ends()]


def _line(curve: Curve, city: HaitiModel, value: float) -> tuple[np.ndarray, np.ndarray]:
    model = city.branch()
    apply_parameters(model, {**curve.fixed, curve.parameter: value}, new=True)
    rule = getattr(model, curve.rule)
    model.ledger.clear()
    if curve.days:
        curve.start(model, rule)
        found = []
        for day in range(curve.days + 1):
            found.append(curve.find(model, rule, day))
            model.day += 1
            model.ledger.clear()
            rule.step()
        return np.arange(curve.days + 1.0), np.array(found)
    kept = Kept(model, rule)
    found = []
    for x in curve.values:
        found.append(curve.find(model, rule, x))
        kept.restore()
    return np.asarray(curve.values, float), np.array(found)
