"""Drives the engine's household rules, and nothing else, under prescribed fields, beside the oracle.

The model is a real one; its day is replaced by the household steps, and its other mechanisms never run.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np

from models.haiti.mechanisms.people.relocation import Relocation
from models.haiti.model import HaitiModel
from models.haiti.people.columns import build_households
from models.haiti.scenario.scenario import load_case
from models.haiti.world.state import CONTESTED, GANG, STATE
from simulation.dice import Dice
from simulation.same_bits import log1p

TOWNS = ("bolosse", "canape_vert", "carrefour_feuilles", "delmas_33", "pernier", "waney")
# Returns and moves from sites are made frequent, so that a short history holds enough of all three flows. Sites draw people
# to where people are in sites, so the places of two histories differ by more than chance counts: that is kept small.
LIVELY = {
    "displaced.return_rate": 0.05, "displaced.return_days": 15, "displaced.onward": 0.01, "flight.half_dose": 60.0,
    "site.new": 10.0,
}  # fmt: skip
COLUMNS = ("home", "place", "people", "wealth", "status", "tie", "threshold", "moves", "destroyed", "since")
FIELDS = ("dose", "influence", "label", "captured_day", "safe_days")


@dataclass(frozen=True)
class History:
    """Prescribed fields and deaths, each (days + 1, n); row d is what day d brings. Row 0 is not used."""

    dose: np.ndarray
    influence: np.ndarray
    label: np.ndarray
    captured_day: np.ndarray
    safe_days: np.ndarray
    killed: np.ndarray

    @property
    def days(self) -> int:
        return len(self.dose) - 1


@functools.lru_cache(maxsize=3)
def _model(stage: str) -> HaitiModel:
    """Any model will do, as its people and fields are replaced; many people to a row make it cheap."""
    return HaitiModel(load_case("baseline", weight=5000), run_seed=1)


def town(number: int) -> int:
    """The neighbourhood of a town of the script."""
    return _model("first").city.ids.index(TOWNS[number])


def scripted_history(days: int, quiet: bool = False) -> History:
    """Captures, bursts, deaths and clearings in five towns; gangs hold the sixth for good; elsewhere it is calm."""
    model = _model("first")
    n, towns = model.n, [town(number) for number in range(len(TOWNS))]
    dose, influence = np.zeros((days + 1, n)), np.full((days + 1, n), 0.15)
    captured, safe = np.full((days + 1, n), -1), np.zeros((days + 1, n), int)
    killed = np.zeros((days + 1, n), int)
    if not quiet:
        influence[0, towns[5]] = 0.85
        for day in range(1, days + 1):
            dose[day] = dose[day - 1] * math.exp(-1.0 / 8.0)
            captured[day] = captured[day - 1]
            goal = np.full(n, 0.15)
            goal[towns[5]] = 0.9
            for number, taken in enumerate(towns[:5]):
                phase = (day - 15 - 12 * number) % 240 if day >= 15 + 12 * number else -1
                goal[taken] = 0.9 if 0 <= phase < 70 else 0.05
                if phase == 0:
                    dose[day, taken] += 60.0
                    captured[day, taken] = day
                if phase in (9, 30, 45):
                    dose[day, taken] += 25.0
                    killed[day, taken] = 6
            if day % 20 == 0:
                dose[day, towns[5]] += 10.0
            influence[day] = influence[day - 1] + 0.08 * (goal - influence[day - 1])
            safe[day] = np.where(influence[day] < 0.35, safe[day - 1] + 1, 0)
    label = np.where(influence >= 0.65, GANG, np.where(influence <= 0.35, STATE, CONTESTED))
    return History(dose, influence, label, captured, safe, killed)


class Engine:
    """The real household classes on `households` households of six towns, stepped through a history.

    log: (day, reason, row, from, to, status) of every move. deaths: (day, row, place, status, people) of households
    that lost people. Both are read off the columns after each rule. Households are the same for every `seed`, only luck
    differs. A new engine takes over the stage (the model) of the last one; two need a stage each.
    """

    def __init__(self, households: int, history: History, seed: int = 1, stage: str = "first"):
        self.model, self.history = _model(stage), history
        self.model.parameters = load_case("baseline", overrides=LIVELY).parameters
        self.model.day = 0
        self.model.dice = Dice(seed)
        self._settle(households)
        self.model.relocation = Relocation(self.model)
        self.model.returning.reset()
        self.log: list[tuple] = []
        self.deaths: list[tuple] = []

    def _settle(self, households: int) -> None:
        """People of six towns instead of everybody, all at home, nothing counted yet."""
        model = self.model
        population = np.zeros(model.n, np.int64)
        size = model.parameters.household.size
        population[[town(number) for number in range(len(TOWNS))]] = round(size * households / len(TOWNS))
        city = SimpleNamespace(population=population)
        model.population = build_households(city, 1, model.parameters, Dice(0), model.terrain.tie_share)
        model.population.found()
        for values in model.state.arrays().values():
            values[...] = 0
        model.population.count_in(np.arange(model.population.count, dtype=np.int32), model.state, +1)
        model.ledger.clear()
        model.candidates = 0

    def prescribe(self, day: int) -> None:
        """Overwrite the state's fields with those of a day of the history (dose by way of `Exposure`)."""
        state = self.model.state
        for name in FIELDS:
            getattr(state, name)[:] = getattr(self.history, name)[day]
        state.violence[:] = 0.0
        state.alarm[:] = 0.0
        self.model.alarm_today[:] = self.history.dose[day]

    def step(self, after: Callable[[str], None] | None = None) -> None:
        """One day of deaths and of the household rules; `after(name)` is told after each of them."""
        model = self.model
        model.day += 1
        model.ledger.open()
        killed = model.ledger.today["residents_killed"]
        killed[:] = self.history.killed[model.day]
        self._do(model.casualties, after)
        killed[:] = 0.0  # the dead are counted; the dose of the day is prescribed
        self.prescribe(model.day)
        self._do(model.exposure, after)
        model.relocation.step()
        for rule in (model.flight, model.onward, model.returning):
            self._do(rule, after)

    def _do(self, rule, after) -> None:
        """One rule; whoever it moved, and whom it lost, is written down."""
        columns, day = self.model.population, self.model.day
        place, status, people = (column.copy() for column in (columns.place, columns.status, columns.people))
        rule.step()
        moved = ((columns.place != place) | (columns.status != status)) & (columns.people > 0)
        for row in np.flatnonzero(moved).tolist():
            self.log.append((day, rule.name, row, int(place[row]), int(columns.place[row]), int(columns.status[row])))
        for row in np.flatnonzero(columns.people != people).tolist():
            lost = int(people[row] - columns.people[row])
            self.deaths.append((day, row, int(place[row]), int(status[row]), lost))
        if after:
            after(rule.name)

    def run(self, days: int | None = None) -> Engine:
        for _ in range(days or self.history.days):
            self.step()
        return self

    def oracle(self, slow, seed: int = 1):
        return oracle_of(self.model, slow, seed)

    def fields(self, slow, day: int):
        """Fields of a day as the oracle takes them."""
        return slow.Fields(*(getattr(self.history, name)[day].tolist() for name in (*FIELDS, "killed")))


def people_of(model: HaitiModel, rows: np.ndarray) -> list[dict]:
    """Households of a model as dicts of plain values, as they are now."""
    columns = model.population
    table = {name: getattr(columns, name)[rows].tolist() for name in COLUMNS}
    table["fear"] = columns.fear_of(rows).tolist()
    table["patience"] = (-log1p(-model.dice.each("returning.settled", 0, np.asarray(rows, np.int32)))).tolist()
    return [dict(zip(table, values)) for values in zip(*table.values())]


def oracle_of(model: HaitiModel, slow, seed: int = 1, rows: np.ndarray | None = None):
    """An `OracleCity` of the module `slow` with a model's households (or some rows) on the same day."""
    terrain, city = model.terrain, model.city
    residents = city.population * city.metropolitan
    facts = slow.Facts(
        terrain.hours.tolist(), terrain.province_hours.tolist(), terrain.tie_share.tolist(),
        terrain.exit_share.tolist(), model.relocation.draw().tolist(), residents.tolist(), model.abroad,
    )  # fmt: skip
    people = people_of(model, np.arange(model.population.count) if rows is None else rows)
    mood = model.population.fear.field[: model.n].tolist()
    other = slow.OracleCity(model.parameters, facts, people, mood, seed)
    other.day = model.day
    return other
