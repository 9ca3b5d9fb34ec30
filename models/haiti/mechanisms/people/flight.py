"""Flight: households leave when what they are exposed to passes their own threshold, or when gang rule wears them out.

A Hill curve that is exactly zero without exposure: in a city without gangs nobody flees. Households are asked by
thinning, so a quiet day costs nothing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from models.haiti.kernels import accept_flights, hold_back
from models.haiti.passes.people import flight_bounds, flight_pressure
from models.haiti.people.columns import GROUPS
from simulation.mechanism import Mechanism
from simulation.parameters import loguniform, parameter, uniform
from simulation.same_bits import exp, power

INCOME = np.array([2.0, 6.0, 20.0])  # USD a person and day by wealth, for what a passage fee weighs


@dataclass(frozen=True)
class FlightParameters:
    maximum: float = parameter(
        0.2, "1/day", "chance to flee at unlimited exposure", bounds=(0, 1), prior=uniform(0.1, 0.35),
        source="displacement_stock.csv and iom2024nov: the stock and the bursts of 2024",
    )  # fmt: skip
    half_dose: float = parameter(
        36.0, "dose", "exposure at which a typical household flees at half that rate", bounds=(0.1, 10_000),
        prior=loguniform(20, 65), source="displacement_stock.csv: about half a million newly displaced a year",
    )  # fmt: skip
    slope: float = parameter(
        2.0, "-", "steepness of the curve", bounds=(0.2, 10), prior=uniform(1.2, 3),
        source="assumed: from hardly steeper than in proportion to almost a threshold",
    )  # fmt: skip
    threshold_spread: float = parameter(
        0.5, "log-sd", "differences of the half dose between households", bounds=(0, 2), prior=uniform(0.2, 0.8),
        source="assumed: two households in three within a factor of 1.2 to 2.2 of the median",
    )  # fmt: skip
    poor: float = parameter(
        0.1, "log", "half dose of the poor against others", bounds=(-2, 2), prior=uniform(-0.3, 0.5),
        source="sign open: adhikari2013",
    )  # fmt: skip
    previous: float = parameter(
        0.4, "log", "fall of the half dose after having fled once", bounds=(0, 2), prior=uniform(0, 1),
        source="sign: adhikari2013",
    )  # fmt: skip
    tie: float = parameter(
        0.3, "log", "fall of the half dose with family elsewhere", bounds=(0, 2), prior=uniform(0, 0.8),
        source="sign: adhikari2013",
    )  # fmt: skip
    takeover: float = parameter(
        12.0, "dose", "alarm at the capture of a neighbourhood", bounds=(0, 500), prior=uniform(6, 18),
        source="iom2024nov: 41,000 people in ten days",
    )  # fmt: skip
    predation_outflow: float = parameter(
        0.08, "share/year", "people who leave a long-held area in a year because of gang rule itself", bounds=(0, 5),
        prior=loguniform(0.02, 0.2), source="assumed: 2 to 20 % a year; critical for withdrawal, no direct evidence",
    )  # fmt: skip
    passage_fee: float = parameter(
        2.0, "USD", "fee to leave an area under gang rule", bounds=(0, 500), prior=uniform(0.5, 10),
        source="assumed: from a bus fare to days of income",
    )  # fmt: skip
    fee_penalty: float = parameter(
        0.4, "per fee/daily income", "how a fee keeps people back", bounds=(0, 10), prior=uniform(0.1, 1),
        source="assumed: a fee of a day's income keeps 10 to 63 % back",
    )  # fmt: skip


class Flight(Mechanism):
    """Who flees today, and who would but cannot pay or pass."""

    name = "flight"
    covers = ("M32",)
    shown_by = ("new_displacements", "trapped_people")
    neutral = "Nobody flees."
    objection = "Families decide over weeks, together, and send the children first."
    equations = (
        "exposure = felt(dose) · (0.5 + fear) · coping_factor; felt as in `exposure`",
        "x = (exposure / (flight.half_dose · exp(threshold)))^flight.slope; hill = flight.maximum · x / (1 + x)",
        "threshold = own + flight.poor · [poor] - flight.tie · [family elsewhere] - flight.previous · [fled before]",
        "own = flight.threshold_spread · Normal(0, 1), cut at 2.5, drawn once",
        "predation = -ln(1 - flight.predation_outflow) / 365 · influence where gangs rule, else 0",
        "chance to flee = 1 - (1 - hill) · (1 - predation)",
        "trapped if U < 1 - exp(-flight.fee_penalty · flight.passage_fee / income) where gangs rule",
        "income = 2, 6 or 20 USD a day by wealth",
    )
    reads = ("coping_factor", "dose", "influence", "label", "population", "population.fear")
    writes = ("ledger.trapped_people",)
    uses = ("relocation",)

    def step(self) -> None:
        model, households = self.model, self.model.population
        exposure, predation = self.pressure()
        bounds = self.bounds(exposure, predation)
        rows, groups, luck = households.present.candidates(model.dice, self.name, model.day, bounds)
        if not rows.size:
            return
        rules, own = model.parameters.flight, (households.threshold, households.moves, households.previous_effect)
        asked = rows, groups, luck, GROUPS, bounds, exposure, predation, households.wealth, *own
        flees, broken = accept_flights(*asked, rules.half_dose, rules.slope, rules.maximum)
        if broken >= 0:
            self.refuse(int(groups[broken]) // GROUPS, model.city.ids)
        model.candidates += rows.size
        leaving = rows[flees]
        if leaving.size:
            model.relocation.send(self._can_leave(leaving), self.name)

    def pressure(self) -> tuple[np.ndarray, np.ndarray]:
        """What people face today: exposure (n, wealth) as felt through fear, and daily predation chance (n,)."""
        model, state = self.model, self.model.state
        rules = model.parameters.flight
        worn_out = -math.log1p(-min(rules.predation_outflow, 0.999)) / 365.0
        here = state.dose, model.population.fear.field, state.influence, state.label
        return flight_pressure(*here, model.parameters.fear.shares(), model.coping_factor, worn_out)

    def bounds(self, exposure: np.ndarray, predation: np.ndarray) -> np.ndarray:
        """Highest chance in each roster group, (n * GROUPS,): most exposed wealth, lowest threshold of the stratum."""
        rules = self.model.parameters.flight
        half_doses = rules.half_dose * exp(self.model.population.stratum_edges)
        return flight_bounds(exposure, predation, half_doses, rules.slope, rules.maximum)

    def _can_leave(self, rows: np.ndarray) -> np.ndarray:
        """Rows that can pay for leaving gang-held ground; the others are trapped today (and counted)."""
        model, households, rules = self.model, self.model.population, self.model.parameters.flight
        luck = model.dice.each(f"{self.name}.fee", model.day, rows)
        who = households.place, households.wealth, model.state.label, INCOME
        stay, leave = hold_back(rows, luck, *who, rules.passage_fee, rules.fee_penalty)
        if stay.size:
            model.ledger.add("trapped_people", households.place[stay], households.people[stay])
        return leave


def flight_chance(exposure, predation, threshold, rules: FlightParameters) -> np.ndarray:
    """Daily chance to flee: a Hill curve of exposure over the own half dose, and predation on top. All broadcast.

    exposure: dose as felt; predation: chance a day; threshold: log of the own half dose against `flight.half_dose`.
    """
    x = power(exposure / (rules.half_dose * exp(threshold)), rules.slope)
    hill = rules.maximum * x / (1.0 + x)
    return 1.0 - (1.0 - hill) * (1.0 - predation)
