"""Airport, port and general hospital: open where gangs are weak and somebody stands guard (M22, M33; W4).

The airport lets people leave and keeps supplies coming; the port brings trade; the hospital saves lives. The mission's own
flights land unless gangs hold the airport or a dated event closes it to everybody. A ban on flights from the United States
closes most ways abroad and leaves the mission's alone.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

import numpy as np

from simulation.mechanism import Mechanism
from simulation.parameters import parameter, uniform
from simulation.serialise.kept import kept
from simulation.serialise.limits import FLAG, Limits, amount

FLIGHT_BAN = datetime.date(2024, 11, 12)  # extended by the US aviation authority until 8 September 2025 and after
GENERAL_HOSPITAL = "HUEH"


@dataclass(frozen=True)
class InfrastructureParameters:
    influence: float = parameter(
        0.35, "influence", "gang influence from which a facility closes", bounds=(0, 1), prior=uniform(0.25, 0.5),
        source="assumed: from firm state rule to the middle of the contested band",
    )  # fmt: skip
    guard_share: float = parameter(
        0.5, "share", "part of the guards a facility needs (hold.guard) without which it closes", bounds=(0, 5),
        prior=uniform(0.2, 1), source="assumed: from a fifth of them to all",
    )  # fmt: skip
    flight_ban: str = parameter(
        "published", "", "ban on flights from the United States: as published from 12 November 2024, or none",
        choices=("published", "none"), status="policy", source="stands for the ban of seed2024 footnote 2, from its day on",
    )  # fmt: skip
    flights_left: float = parameter(
        0.3, "share", "ways abroad by air that are left under the ban", bounds=(0, 1), prior=uniform(0, 0.6),
        source="assumed: from none to over half, by airlines of other countries and small aircraft",
    )  # fmt: skip
    resupply: float = parameter(
        0.2, "share", "supplies of the mission that do not come while the airport is closed (half with a port open)",
        bounds=(0, 1), prior=uniform(0.05, 0.5), source="assumed: from a twentieth to half",
    )  # fmt: skip
    hospital: float = parameter(
        0.9, "ratio", "people hit who die while the general hospital is open, against while it is closed", bounds=(0, 1),
        prior=uniform(0.8, 1), source="assumed: from a fifth fewer deaths to no fewer",
    )  # fmt: skip
    port_trade: float = parameter(
        0.03, "share", "rise of trade in the city when a port opens (fall when it closes)", bounds=(0, 1),
        prior=uniform(0, 0.1), source="assumed: from none to a tenth",
    )  # fmt: skip


@kept
@dataclass
class Facilities:
    """What works today: airport, port (any), general hospital. air: ways abroad by air, 0 to 1.

    care: people hit who die, against the first day. trade: of the city, against the first day.
    """

    limits = Limits(
        {
            **dict.fromkeys(("airport", "port", "hospital", "port_at_start", "hospital_at_start"), FLAG),
            **dict.fromkeys(("air", "care", "trade"), amount(0, 1000)),
        }
    )

    airport: bool = True
    port: bool = False
    hospital: bool = False
    air: float = 1.0
    care: float = 1.0
    trade: float = 1.0
    port_at_start: bool = False
    hospital_at_start: bool = False


class Infrastructure(Mechanism):
    """Looks every morning at what is open; the first day is the measure for hospital and port."""

    name = "infrastructure"
    covers = ("M22", "M33")
    shown_by = ("airport_state", "port_state", "hospital_state", "air_exits_share")
    neutral = (
        "The airport is open unless gang-held, flights abroad go on, death after being hit and trade stay as on day 0."
    )
    objection = "An airport closes by one bullet in an aircraft, not by a level of influence."
    equations = (
        "works: influence < infrastructure.influence and state_strength ≥ infrastructure.guard_share · hold.guard",
        "the airport works only while no event closes it, a port if any of them does",
        "facilities.air = 0 without the airport; else infrastructure.flights_left under infrastructure.flight_ban, 1 without",
        "facilities.care = d(today) / d(first day), d = infrastructure.hospital with the general hospital, 1 without",
        "facilities.trade = 1 + infrastructure.port_trade · (port works today - port worked on the first day)",
        "without the airport: pool.supply ← pool.supply · (1 - infrastructure.resupply · (0.5 with a port, else 1))",
    )
    reads = ("influence", "state_strength")
    writes = (
        "terrain", "facilities.air", "facilities.airport", "facilities.care", "facilities.hospital",
        "facilities.hospital_at_start", "facilities.port", "facilities.port_at_start", "facilities.trade",
        "pool.supply",
    )  # fmt: skip
    uses = ("calendar",)
    derived = ("_ports", "_hospital", "_guards", "_ban")

    def __init__(self, model):
        super().__init__(model)
        city = model.city
        named = [any(GENERAL_HOSPITAL in name for name in city.graph.nodes[one]["landmarks"]) for one in city.ids]
        self._ports, self._hospital = np.flatnonzero(city.has_port).tolist(), np.flatnonzero(named).tolist()
        self.reset()

    def reset(self) -> None:
        rules, hold = self.model.parameters.infrastructure, self.model.parameters.hold
        self._guards = rules.guard_share * hold.guard
        self._ban = self.model.clock.day(FLIGHT_BAN) if rules.flight_ban == "published" else None

    def works(self, places: list[int]) -> bool:
        """Whether one of these places is free enough of gangs and has guards enough."""
        influence, guards = self.model.state.influence, self.model.state.state_strength
        least, most = self._guards, self.model.parameters.infrastructure.influence
        return any(influence[place] < most and guards[place] >= least for place in places)

    def _deaths(self, hospital: bool) -> float:
        return max(self.model.parameters.infrastructure.hospital, 1e-6) if hospital else 1.0

    def close_airport(self) -> None:
        """What a closure that is dated on the first day means before the first morning: nobody lands or flies."""
        if self.on and self.model.calendar.airport_closures:
            self.model.facilities.airport, self.model.facilities.air = False, 0.0
            self.model.terrain.fly(0.0)

    def step(self) -> None:
        model, rules, now = self.model, self.model.parameters.infrastructure, self.model.facilities
        now.airport = not model.calendar.airport_closures and self.works([model.base])
        now.port, now.hospital = self.works(self._ports), self.works(self._hospital)
        if model.day == 1:
            now.port_at_start, now.hospital_at_start = now.port, now.hospital
        banned = self._ban is not None and model.day >= self._ban
        now.air = 0.0 if not now.airport else rules.flights_left if banned else 1.0
        model.terrain.fly(now.air)
        now.care = self._deaths(now.hospital) / self._deaths(now.hospital_at_start)
        now.trade = 1.0 + rules.port_trade * (now.port - now.port_at_start)
        if not now.airport:
            model.pool.supply *= 1.0 - rules.resupply * (0.5 if now.port else 1.0)
