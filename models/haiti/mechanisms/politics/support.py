"""What stands behind the force under each option of the Council: logistics, who pays for them, and what fighting takes away.

A support package of the United Nations feeds, repairs and builds, and member states must pay for it (assessed contributions).
It was not made for war: the more people are on clearing operations the less it helps, and vehicles lost in combat are
replaced within a cap only (M12, M50, M51; equation B2; williams2017, williams2024).
"""

from __future__ import annotations

from dataclasses import dataclass

from models.haiti.agents.donor import Donor
from models.haiti.world.state import CLEAR
from simulation.mechanism import Mechanism
from simulation.parameters import parameter, uniform
from simulation.serialise.limits import Limits, amount, whole

STATUS_QUO = 0.5  # quality of logistics at which every effect of support is neutral
ASSESSED = {
    "un_logistics": ("logistics",),
    "un_peacekeeping": ("logistics", "pay"),
    "suppression_force": ("logistics",),
}
YEAR = 365.0


@dataclass(frozen=True)
class SupportParameters:
    un_logistics: float = parameter(
        0.9, "share", "quality of logistics with a support package of the United Nations", bounds=(0, 1), status="policy",
        source="direction: williams2017",
    )  # fmt: skip
    un_peacekeeping: float = parameter(
        0.95, "share", "the same in a peacekeeping operation", bounds=(0, 1), status="policy",
        source="stands for logistics that the organisation runs itself: better than its packages, less than full",
    )  # fmt: skip
    suppression_force: float = parameter(
        0.9, "share", "the same in a suppression force with a support office", bounds=(0, 1), status="policy",
        source="stands for the support office of unsc2025r2793, as good as un_logistics",
    )  # fmt: skip
    kinetic_penalty: float = parameter(
        0.4, "share", "part of that support lost when as many people clear as in the decisive phase",
        bounds=(0, 1), prior=uniform(0.2, 0.6), source="direction: williams2017",
    )  # fmt: skip
    availability_gain: float = parameter(
        0.1, "share", "more people fit for duty with perfect logistics than with those of the status quo (medical care, rest)",
        bounds=(0, 1), prior=uniform(0, 0.2), source="assumed: from no gain to one person in five more fit for duty",
    )  # fmt: skip
    replaced_vehicles: float = parameter(
        6.0, "vehicles/year", "most vehicles lost in combat that a support package replaces", bounds=(0, 200),
        prior=uniform(0, 12), source="direction: williams2017",
    )  # fmt: skip
    base_budget: float = parameter(
        40e6, "USD/year", "part of the assessed budget that builds bases while beds are short", bounds=(0, 1e9),
        prior=uniform(20e6, 80e6), source="assumed: 200 to 800 beds a year at deployment.cost_per_bed",
    )  # fmt: skip
    half_life: float = parameter(
        30.0, "days", "time in which half of what is assessed has been paid", bounds=(1, 2000), prior=uniform(15, 60),
        source="assumed: two weeks to two months, as assessed dues are paid sooner than pledges",
    )  # fmt: skip


class Support(Mechanism):
    """Quality of logistics today, and the budget that member states are assessed for.

    quality: 0 to 1. building: part of base building that works as with a lead nation, 0 to 1. replaced: vehicles so far.
    replacements_left: vehicles that the cap allows and nobody needed yet, at most one year's.
    """

    name = "support"
    covers = ("M12", "M50", "M51")
    shown_by = ("logistics_quality", "funding_received_assessed_usd")
    neutral = "Logistics are those of equipment.logistics, and all money is voluntary."
    objection = "Support packages differ by contract, lane of supply and threat; one number stands for all of it."
    equations = (
        "quality = offered · (1 - support.kinetic_penalty · min(1, share of clear / phase_decisive.clear))",
        "quality without a package = equipment.logistics",
        "offered: support.un_logistics, support.un_peacekeeping or support.suppression_force",
        "building = max(0, (quality - 0.5) / 0.5) with a package, else 0",
        "fitness = 1 + support.availability_gain · (quality - 0.5) / 0.5",
        "left ← min(support.replaced_vehicles, left + support.replaced_vehicles / 365)",
        "vehicles replaced = ⌊min(lost - replaced before, left, pool.assessed / equipment.vehicle_price)⌋, under a package",
        "owed a year under a package = people · cost.logistics_per_person + cost.fixed + pay + base",
        "pay = people · cost.cash_per_person under un_peacekeeping, else 0",
        "base = support.base_budget while authorised > mission.beds and the mission does not ramp up by itself, else 0",
    )
    reads = ("command.shares", "forces.units", "mission.beds")
    writes = ("donors", "pool.assessed", "pool.assessed_vehicles", "pool.paid_vehicles")
    uses = ("mandate",)
    limits = Limits(
        {
            **dict.fromkeys(("quality", "building"), amount(-10, 10)),
            "replacements_left": amount(0, 1e6),
            "replaced": whole(0, 1_000_000),
        }
    )

    def __init__(self, model):
        super().__init__(model)
        self.quality = model.parameters.equipment.logistics
        self.building = 0.0
        self.replacements_left = 0.0
        self.replaced = 0

    def step(self) -> None:
        model, rules = self.model, self.model.parameters.support
        option = self.package()
        if option not in ASSESSED:
            self.quality, self.building = model.parameters.equipment.logistics, 0.0
        else:
            offered = getattr(rules, option)
            self.quality = offered * (1.0 - rules.kinetic_penalty * self._fighting())
            self.building = max(0.0, (self.quality - STATUS_QUO) / (1.0 - STATUS_QUO))
            self.replacements_left = min(
                rules.replaced_vehicles, self.replacements_left + rules.replaced_vehicles / YEAR
            )
        self._assess(option)

    def package(self) -> str:
        """The option whose support stands behind the force."""
        return self.model.mandate.option

    def pays(self, what: str) -> bool:
        """Whether 'logistics' or 'pay' come from assessed contributions today."""
        return what in ASSESSED.get(self.package(), ()) and self.on

    def fitness(self) -> float:
        """Factor on people available: 1 with the logistics of the status quo."""
        gain = self.model.parameters.support.availability_gain
        return 1.0 + gain * (self.quality - STATUS_QUO) / (1.0 - STATUS_QUO)

    def replacements(self, lost: int) -> int:
        """Vehicles that the package brings today for those lost in combat, within the cap and the assessed money."""
        if lost <= self.replaced:
            return 0
        pool, price = self.model.pool, self.model.parameters.equipment.vehicle_price
        number = int(min(lost - self.replaced, self.replacements_left, pool.assessed // price))
        if number <= 0 or not self.pays("logistics"):
            return 0
        self.replaced += number
        self.replacements_left -= number
        pool.assessed -= number * price
        pool.assessed_vehicles += number * price
        pool.paid_vehicles += number * price
        return number

    def _fighting(self) -> float:
        """People of the mission on clearing tasks over those of the decisive phase, 0 to 1."""
        most = self.model.parameters.phase_decisive.clear
        return min(1.0, float(self.model.command.shares[CLEAR]) / most) if most > 0 else 0.0

    def _assess(self, option: str) -> None:
        """Member states owe today's share of what the option covers; what they owed before they still pay."""
        model, cost = self.model, self.model.parameters.cost
        donor = next((one for one in model.donors if one.channel == "assessed"), None)
        people = model.forces.deployed()
        owed = 0.0
        if option in ASSESSED and (people or model.authorised()):
            owed = people * cost.logistics_per_person + cost.fixed
            owed += people * cost.cash_per_person if self.pays("pay") else 0.0
            short = model.authorised() > model.mission.beds and not model.mandate.ramping
            owed += model.parameters.support.base_budget if short else 0.0
        if donor is None:
            if not owed:
                return
            donor = Donor.steady(model, "assessed", owed / YEAR)
            donor.donor = "member states of the United Nations"
            model.donors.append(donor)
        donor.daily_promise = owed / YEAR
