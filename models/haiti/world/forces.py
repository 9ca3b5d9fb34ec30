"""Security forces as a whole: their units, what they are worth, what holding takes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from models.haiti.agents.unit import Unit
from models.haiti.mechanisms.mission.equipment import Fleet
from models.haiti.passes.places import meet_attack
from models.haiti.passes.units import spare_units
from models.haiti.world.muster import Muster
from models.haiti.world.state import FORCES, GANG
from simulation.clock import MOST_DAYS
from simulation.serialise.kept import kept
from simulation.serialise.limits import RUN, Limits, a, amount, listed, row, table, whole

if TYPE_CHECKING:
    from simulation.serialise.checking import Look


@kept
class Mission:
    """The mission's base: beds, vehicles, and the equipment factor that follows from them."""

    limits = Limits(
        {
            "model": RUN,
            "beds": amount(0, 1e6),
            "fleet": a("Fleet"),
            "equipment": amount(0, 10),
            "suspended": whole(0, 1_000_000),
            "_base": listed(row(whole(-MOST_DAYS, MOST_DAYS), whole(0, 1_000_000), kind=tuple)),
            "_vehicles": listed(row(whole(-MOST_DAYS, MOST_DAYS), whole(0, 1_000_000), kind=tuple)),
        }
    )

    def __init__(self, model, people: int):
        self.model = model
        self.beds = float(people)
        self.fleet = Fleet(0)
        self.equipment = model.parameters.equipment.floor
        self.suspended = 0  # people off duty after misconduct, still on the books
        clock, start = model.clock, model.start
        self._base = [(clock.day(step.date), step.beds) for step in start.base]
        self._vehicles = [(clock.day(one.date), one.number) for one in start.vehicles]

    def base_beds(self) -> int:
        """Beds of the first base by today's date, as published."""
        today = self.model.day
        return max([beds for day, beds in self._base if day <= today], default=0)

    def whole_base(self) -> int:
        """Beds of the first base once it stands; until then it takes all goods in kind."""
        return max([beds for _, beds in self._base], default=0)

    def dated_deliveries(self) -> int:
        """Vehicles that the records deliver today (on the first day: all until then)."""
        today = self.model.day
        return sum([number for day, number in self._vehicles if day == today or (today == 1 and day < 1)])

    def voluntary_sustainment(self) -> float:
        """The part of it that goods in kind must cover: nothing when logistics are assessed."""
        return 0.0 if self.model.support.pays("logistics") else self.monthly_sustainment()

    def supply_crisis(self) -> bool:
        """Whether supplies have been short for so long that donors and contributing countries see it."""
        return self.model.pool.short_days >= self.model.parameters.shortage.days

    def monthly_sustainment(self) -> float:
        """USD that feed today's people for thirty days."""
        cost, people = self.model.parameters.cost, self.model.forces.deployed()
        return 30.0 / 365.0 * (people * cost.logistics_per_person + (cost.fixed if people else 0.0))


@kept
class Forces:
    """Police, army and mission units of one run, and what follows from them."""

    derived = ("_muster",)
    limits = Limits({"model": RUN, "units": table(listed(a("Unit")), FORCES)})
    _muster: Muster | None = None

    def __init__(self, model):
        self.model = model
        self.units: dict[str, list[Unit]] = {force: [] for force in FORCES}

    def all(self) -> list[Unit]:
        """Every unit: police, army, mission."""
        return [unit for force in FORCES for unit in self.units[force]]

    def muster(self) -> Muster:
        """Numbers of all units as they are now."""
        if self._muster is None or self._muster.lists != self.units:  # the same units are found to be so at once
            self._muster = Muster(self.units)
        return self._muster

    def strength(self, force: str) -> int:
        """People of a force on the books."""
        muster = self._muster
        if muster is None or muster.lists[force] != self.units[force]:
            muster = self.muster()
        return muster.people[force]

    def who(self) -> tuple[np.ndarray, int, int]:
        """Every unit as passes take them: their numbers, and how many are of the police and of the army."""
        muster = self.muster()
        return muster.numbers, len(muster.lists["police"]), len(muster.lists["army"])

    def deployed(self) -> int:
        """People of the mission in Haiti."""
        return self.strength("mission")

    def worth(self, force: str) -> float:
        """Person-equivalents of one person on shift: quality x equipment."""
        rules = self.model.parameters.force
        if force == "police":
            return self.model.police_quality() * rules.equipment_police
        if force == "army":
            return rules.quality_army * rules.equipment_army
        return rules.quality_mission * self.model.mission.equipment

    def availability(self) -> float:
        """Part of the mission that can be used, by pay, supply, logistics and suspensions."""
        pool, rules = self.model.pool, self.model.parameters.arrears
        late = max(0.0, pool.arrears_days - rules.tolerance)
        fed = 0.5 + 0.5 * min(1.0, pool.supply)
        usable = (1.0 - 0.3 * min(1.0, late / 90.0)) * fed * self.model.support.fitness()
        off_duty = self.model.mission.suspended
        return usable * (1.0 - min(1.0, off_duty / max(self.deployed(), 1))) if off_duty else usable

    def person_equivalent(self, force: str) -> float:
        """Person-equivalents on shift of one person on the books."""
        available = self.availability() if force == "mission" else 1.0
        return self.model.parameters.force.on_shift * available * self.worth(force)

    def person_equivalents(self) -> dict[str, float]:
        """The same for every force."""
        return {force: self.person_equivalent(force) for force in FORCES}

    def usable(self, force: str) -> float:
        """Person-equivalents of a force on shift."""
        return self.strength(force) * self.person_equivalent(force)

    def task_shares(self, force: str) -> np.ndarray:
        """Part of the people on shift on each task, (tasks,): the mission by phase, police and army their own."""
        command = self.model.command
        return command.shares if force == "mission" else command.home_shares

    def equipment(self) -> float:
        """Equipment factor of the mobile force as a whole."""
        rules = self.model.parameters.force
        kit = (rules.equipment_police, rules.equipment_army, self.model.mission.equipment)
        return math.fsum(
            factor * part for factor, part in zip(kit, self.model.command.mobile_shares.tolist(), strict=True)
        )

    def hold_requirement(self) -> np.ndarray:
        """Person-equivalents on shift that each place needs to be held, float64 (n,)."""
        thousands = self.model.state.present[: self.model.n] / 1000.0
        return self.model.parameters.hold.requirement * thousands

    def hold_requirement_of(self, place: int) -> float:
        """The same of one place."""
        return self.model.parameters.hold.requirement * (int(self.model.state.present[place]) / 1000.0)

    def enough(self, presence: np.ndarray) -> np.ndarray:
        """How far the state's presence (n,), person-equivalents, is what each place needs to be held: (n,), 0 to 1."""
        return np.minimum(1.0, presence / np.maximum(self.hold_requirement(), 1e-9))

    def spare_guards(self) -> float:
        """Person-equivalents that could be ordered elsewhere without leaving a shortage behind."""
        spare, worth = np.empty(self.model.n), tuple(self.person_equivalents().values())
        found = spare_units(*self.who(), self.model.day, self.model.command.shortage, worth, spare)
        return math.fsum(spare[:found].tolist())

    def defence(self) -> np.ndarray:
        """What an attack on each place would meet, float64 (n,): guards, community, and help that can come by road.

        The mobile force sets out from the base, so an attack on the base itself meets all of it.
        """
        model, rules = self.model, self.model.parameters
        here = model.state.state_strength, model.state.community, model.terrain.hours[model.base], model.passage.reach
        force = model.command.mobile, rules.hold.quick_reaction, model.base, rules.clearing.defender_advantage
        return meet_attack(*here, *force)

    def refuge(self, place: int) -> int:
        """The nearest neighbourhood that is not under gang rule; the base if none can be reached."""
        hours = np.where(self.model.state.label == GANG, np.inf, self.model.terrain.hours[place])
        nearest = int(np.argmin(hours))
        return nearest if np.isfinite(hours[nearest]) else self.model.base

    def check_kept(self, look: Look) -> None:
        """A unit stands once, among those of its own force."""
        for force in FORCES:
            if any(unit.force != force for unit in self.units[force]):
                raise ValueError(f"Forces has units of another force among the {force}")
        if len({id(unit) for unit in self.all()}) != len(self.all()):
            raise ValueError("Forces has a unit twice")
