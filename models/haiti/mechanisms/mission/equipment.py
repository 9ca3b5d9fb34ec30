"""Equipment: armoured vehicles are delivered, break, are repaired and lost; without them people cannot be used (M09, M51)."""

from __future__ import annotations

from dataclasses import dataclass

from models.haiti.world.state import CLEAR
from simulation.mechanism import Mechanism
from simulation.parameters import parameter, uniform
from simulation.serialise.kept import kept
from simulation.serialise.limits import Limits, amount, whole


@dataclass(frozen=True)
class EquipmentParameters:
    floor: float = parameter(
        0.35, "share", "what people are worth without any vehicle", bounds=(0, 1), prior=uniform(0.2, 0.5),
        source="assumed: on foot, a fifth to half of what people are worth with seats for all",
    )  # fmt: skip
    seats: float = parameter(
        7.0, "people/vehicle", "people a vehicle carries", bounds=(1, 50), status="published", source="seed2024 annexes",
    )  # fmt: skip
    break_base: float = parameter(
        0.002, "1/day", "breakdown of a vehicle that stands", bounds=(0, 1), prior=uniform(0.001, 0.004),
        source="with break_tempo: 20 of 34 vehicles idle in March 2025 (funding.csv)",
    )  # fmt: skip
    break_tempo: float = parameter(
        0.005, "1/day", "added breakdown when all of the force is on operations", bounds=(0, 1), prior=uniform(0.002, 0.01),
        source="as break_base, with which it is fitted: 20 of 34 vehicles idle in March 2025 (funding.csv)",
    )  # fmt: skip
    repair: float = parameter(
        0.015, "1/day", "repair of a broken vehicle with full logistics and parts", bounds=(0, 1), prior=uniform(0.005, 0.04),
        source="as break_base, with which it is fitted: 20 of 34 vehicles idle in March 2025 (funding.csv)",
    )  # fmt: skip
    logistics: float = parameter(
        0.5, "share", "quality of the logistics behind the force: status quo .5, UN package .9", bounds=(0, 1), status="policy",
        source="stands for supply as it was in 2024; no scale of it is published",
    )  # fmt: skip
    vehicle_price: float = parameter(
        600_000.0, "USD", "an armoured vehicle delivered", bounds=(1, 1e7), prior=uniform(300_000, 1_000_000),
        source="assumed: from a used to a new mine-resistant vehicle, delivered",
    )  # fmt: skip
    vehicle_money: float = parameter(
        0.3, "share", "part of spare goods in kind that buys vehicles while they are short", bounds=(0, 1),
        prior=uniform(0.1, 0.5), source="assumed: from a tenth to half of what is left after sustainment",
    )  # fmt: skip
    combat_loss: float = parameter(
        0.02, "per operation", "chance that a lost operation costs a vehicle", bounds=(0, 1), prior=uniform(0.005, 0.05),
        source="assumed: from one lost operation in 200 to one in 20",
    )  # fmt: skip
    protection: float = parameter(
        0.6, "share", "hits on people that full equipment prevents", bounds=(0, 1), prior=uniform(0.3, 0.8),
        source="assumed: from a third of hits, in open vehicles, to four fifths, in closed ones",
    )  # fmt: skip


@kept
class Fleet:
    """Armoured vehicles of the mission: every one delivered is serviceable, broken or lost."""

    limits = Limits(
        {
            **dict.fromkeys(("delivered", "serviceable", "broken", "lost"), whole(0, 1_000_000)),
            "fraction": amount(0, 1000),
        }
    )

    def __init__(self, serviceable: int):
        self.delivered = self.serviceable = serviceable
        self.broken = self.lost = 0
        self.fraction = 0.0  # money put aside for the next vehicle, in vehicles

    def imbalance(self) -> int:
        return abs(self.delivered - self.serviceable - self.broken - self.lost)


class Equipment(Mechanism):
    """One day of the fleet, and from it the mission's equipment factor."""

    name = "equipment"
    covers = ("M09",)
    shown_by = ("mission_equipment", "vehicles_serviceable")
    neutral = "The fleet and the equipment factor stay as on the first day."
    objection = "Vehicles stand for all kit: radios, drones, body armour and medical evacuation are left out."
    equations = (
        "broken ~ Binomial(serviceable, min(1, equipment.break_base + equipment.break_tempo · share of clear))",
        "repaired ~ Binomial(broken ones, min(1, equipment.repair · quality · min(1, pool.supply))); quality as in `support`",
        "bought while delivered - lost < 1.2 · people / equipment.seats",
        "money = equipment.vehicle_money · goods in kind beyond 30 days of need",
        "vehicles bought = min(money, 2 · equipment.vehicle_price) / equipment.vehicle_price a day",
        "delivered ← delivered + dated + replaced (`support`) + bought",
        "mission.equipment = equipment.floor + (1 - equipment.floor) · min(1, equipment.seats · serviceable / people)^0.7",
        "an operation that is lost costs a vehicle if U < equipment.combat_loss",
    )
    reads = ("command.shares", "forces.units", "pool.supply")
    writes = ("mission.equipment", "mission.fleet", "pool.in_kind", "pool.paid_vehicles")
    uses = ("support",)

    def step(self) -> None:
        model, rules, fleet = self.model, self.model.parameters.equipment, self.model.mission.fleet
        self._deliver()
        luck = self.roll()
        tempo = float(model.forces.task_shares("mission")[CLEAR])
        broken = luck.binomial(fleet.serviceable, min(1.0, rules.break_base + rules.break_tempo * tempo))
        support = model.support.quality * min(1.0, model.pool.supply)
        repaired = luck.binomial(fleet.broken, min(1.0, rules.repair * support))
        fleet.serviceable += repaired - broken
        fleet.broken += broken - repaired
        model.mission.equipment = self.factor()

    def factor(self) -> float:
        """What the kit lets people do: the floor without vehicles, 1 when everybody has a seat."""
        rules, people = self.model.parameters.equipment, self.model.forces.deployed()
        if people == 0:
            return rules.floor
        seated = min(1.0, rules.seats * self.model.mission.fleet.serviceable / people)
        return rules.floor + (1.0 - rules.floor) * seated**0.7

    def _deliver(self) -> None:
        """Dated deliveries, and purchases from goods in kind beyond a month of sustainment."""
        model, rules, fleet = self.model, self.model.parameters.equipment, self.model.mission.fleet
        number = model.mission.dated_deliveries() + model.support.replacements(fleet.lost)
        people = model.forces.deployed()
        few = people > 0 and fleet.delivered - fleet.lost + number < 1.2 * people / rules.seats
        spare = model.pool.in_kind - model.mission.voluntary_sustainment() if few else 0.0
        if spare > 0:
            money = min(spare * rules.vehicle_money, 2.0 * rules.vehicle_price)
            model.pool.in_kind -= money
            model.pool.paid_vehicles += money
            fleet.fraction += money / rules.vehicle_price
            bought = int(fleet.fraction)
            fleet.fraction -= bought
            number += bought
        fleet.delivered += number
        fleet.serviceable += number

    def lose(self, luck) -> None:
        """A lost operation may cost a vehicle, by the operation's own luck."""
        fleet = self.model.mission.fleet
        if fleet.serviceable and luck.uniform() < self.model.parameters.equipment.combat_loss:
            fleet.serviceable -= 1
            fleet.lost += 1
