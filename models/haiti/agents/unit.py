"""Units: companies of police, army or mission that are somewhere, do something, and move along roads."""

from __future__ import annotations

from models.haiti.agents.agent import Agent
from models.haiti.passes.units import choose_post
from models.haiti.world.muster import ASKED, NUMBERS, Muster
from models.haiti.world.state import FORCES, GANG
from simulation.clock import MOST_DAYS
from simulation.serialise.kept import kept
from simulation.serialise.limits import AGENT, TEXT, Limits, Text, position, whole


@kept
class Unit(Agent):
    """A company. `strength`: people on its books here; only a third of them is on shift at any hour.

    `place`: neighbourhood index. `goal`: where it is ordered or wants to be. `ordered_until`: day until which the
    command keeps it there. A subclass may override `decide`.
    """

    derived = ("_muster",)
    _muster: tuple[Muster, int] | None = None
    limits = Limits(
        {
            **AGENT,
            "force": Text(FORCES),
            "strength": whole(0, 1_000_000),
            "place": position("n"),
            "country": TEXT,
            "goal": position("n"),
            "ordered_until": whole(-1, 2 * MOST_DAYS),
        }
    )

    def __init__(self, model, force: str, strength: int, place: int, country: str = "Haiti"):
        super().__init__(model)
        self.force, self.strength, self.place, self.country = force, strength, place, country
        self.goal = place
        self.ordered_until = -1

    def __setattr__(self, name: str, value) -> None:
        if self._muster:
            muster, column = self._muster
            if name in NUMBERS:
                muster.note(column, self, name, value)
            elif name in ASKED:
                muster.own = True
        super().__setattr__(name, value)

    def join(self, muster: Muster, column: int) -> None:
        """From now on changes are told to this muster, which has the unit in this column."""
        super().__setattr__("_muster", (muster, column))

    def __repr__(self) -> str:
        return (
            f"<unit of the {self.force}, {self.country}: {self.strength} people in {self.model.city.names[self.place]}>"
        )

    def decide(self) -> int:
        """Where to be: the neighbourhood within reach most short of guards, airport and ports first, if clearly better."""
        command = self.model.command
        if self.model.day <= self.ordered_until:
            return self.goal
        reach, reluctance = self.model.parameters.force.reach_hours, self.model.parameters.command.reluctance
        looked = command.shortage, command.urgent, self.model.terrain.hours
        return choose_post(*looked, self.place, self.effective_strength(), reach, reluctance)

    def order(self, place: int, days: int) -> None:
        """The command sends the unit to a neighbourhood and keeps it there."""
        self.goal, self.ordered_until = place, self.model.day + days

    def move(self) -> None:
        """One day on the road towards `goal`; stops before a blocked stretch and never sleeps under gang rule."""
        if self.goal == self.place:
            return
        budget = self.model.parameters.force.travel_hours
        for step in self.model.terrain.route(self.place, self.goal)[1:]:
            hours = self.model.terrain.hours[self.place, step]
            if hours > budget and step != self.goal:
                break
            budget -= hours
            self.place = step
        if self.model.state.label[self.place] == GANG and self.model.day > self.ordered_until:
            self.place = self.model.forces.refuge(self.place)
            self.goal = self.place

    def effective_strength(self) -> float:
        """Person-equivalents on shift: strength x on-shift share x quality x equipment."""
        return self.strength * self.model.forces.person_equivalent(self.force)


AS_WRITTEN = Unit.decide, Unit.effective_strength
"""What a pass does for all units; where somebody puts a method in place of one of them, units are asked one by one."""
