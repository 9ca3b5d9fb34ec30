"""The model: a city, the few who decide, and the day as a readable list of steps."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import mesa
import numpy as np
import pandas as pd

from models.haiti import founding, metrics
from models.haiti.agents.gang import Gang
from models.haiti.city import City, load_city
from models.haiti.forces import Forces, Mission
from models.haiti.harm import CAUSES, Harm
from models.haiti.held import HeldPlaces
from models.haiti.households import build_households
from models.haiti.lives import Holders
from models.haiti.mechanisms import (
    assaults,
    background,
    casualties,
    control,
    deployment,
    displaced,
    equipment,
    exposure,
    extortion,
    flight,
    funding,
    infrastructure,
    liaison,
    mentoring,
    operations,
    police,
    posture,
    redistribution,
    regions,
    relocation,
    roads,
    self_defence,
    strikes,
)
from models.haiti.population import read_people
from models.haiti.scenario import Case, load_case
from models.haiti.starting_point import StartingPoint, load_start
from models.haiti.state import FORCES, GANG, CityState
from models.haiti.story import Story, tell
from models.haiti.terrain import Terrain
from models.haiti.view import HouseholdViews, RecorderView
from simulation.clock import Clock
from simulation.dice import Dice
from simulation.errors import InputError
from simulation.ledger import Ledger
from simulation.mechanism import idle
from simulation.recorder import Recorder

COUNTS = (
    "residents_killed", "residents_injured", "gang_members_killed", "gang_members_injured", "deaths_of_residents",
    *(f"residents_killed_{cause}" for cause in CAUSES), *(f"gang_members_killed_{cause}" for cause in CAUSES),
    "security_forces_killed", "security_forces_injured", *(f"{force}_killed" for force in FORCES),
    "police_joined", "police_left", "mission_withdrawn", "mission_arrived",
    "gang_recruits", "gang_exits", "gang_revenue",
    "gang_members_moved_out", "gang_members_moved_back", "strikes",
    "assaults", "raids", "operations", "places_captured", "places_cleared",
    "new_displacements", "onward_displacements", "onward_moves", "returns", "trapped_people",
)  # fmt: skip


@functools.lru_cache(maxsize=2)
def _city():
    return load_city()


class HaitiModel(mesa.Model):
    """Port-au-Prince day by day.

    case: a scenario's name or a `Case` from `load_case`. run_seed: all the luck of the run (`rng`, if given, means the
    same: Mesa passes it). neighbourhoods, events: record those tables as well as the daily one. gang_class: a subclass
    of `Gang` with other decisions. city, start: another map, and the situation on it on the first day (the shipped ones
    if None). Raises InputError for anything that does not fit.
    """

    def __init__(
        self,
        case: Case | str = "baseline",
        *,
        run_seed: int = 1,
        rng: Any = None,
        neighbourhoods: bool = False,
        events: bool = False,
        gang_class: type[Gang] = Gang,
        city: City | None = None,
        start: StartingPoint | None = None,
    ):
        run_seed = rng if isinstance(rng, (int, np.integer)) else run_seed
        if isinstance(run_seed, bool) or not isinstance(run_seed, (int, np.integer)) or run_seed < 0:
            raise InputError(f"'{run_seed}' is no seed", "run_seed", "A seed is a whole number, 0 or more")
        super().__init__(rng=int(run_seed) % 2**63)
        case = load_case(case) if isinstance(case, str) else case
        self.case = case.drawn(int(run_seed)) if case.uncertainty else case
        self.parameters = self.case.parameters
        self.run_seed = int(run_seed)
        self.dice = Dice(run_seed)
        self.clock = Clock(case.start)
        self.day = 0
        self.candidates = 0
        self.city = _city() if city is None else city
        self.people_file = read_people(case.population, self.city, case.weight) if case.population else None
        if self.people_file:
            self.city = self.people_file.city(self.city)
        self.start = load_start(self.city, case.start) if start is None else start
        self.n = len(self.city)
        self.terrain = Terrain(self.city, self.start, self.parameters.travel)
        self.state = CityState(self.n, self.n + len(self.city.external), len(self.start.gangs))
        self.ledger = Ledger(COUNTS, self.n, keep_incidents=events)
        self.alarm_today = np.zeros(self.n)
        self.harm = Harm(self)
        self._found(gang_class)
        fields = metrics.FIELDS if neighbourhoods else {}
        daily = {name: metric.value for name, metric in metrics.DAILY.items()}
        self.recorder = Recorder(self.clock, daily, fields, self.city.ids)
        self.datacollector = RecorderView(self.recorder)
        self.recorder.record(self)

    def _found(self, gang_class: type[Gang]) -> None:
        """Put everybody in place, and live through the weeks before the start."""
        city = self.city
        self.base = int(np.flatnonzero(city.has_airport)[0])
        self.abroad = self.n + self.terrain.external_ids.index("abroad")
        self.mean_density = float(city.population.sum() / city.area_km2[city.metropolitan].sum())
        weight, rules = self.case.weight, self.parameters
        if self.people_file:
            self.population = self.people_file.households(city, weight, rules, self.generator("households"))
        else:
            self.population = build_households(city, weight, rules, self.dice, self.terrain.tie_share)
        self.diary = self.population.diary
        self.diary.keep = self.ledger.keep_incidents
        everybody = np.arange(self.population.count, dtype=np.int32)
        self.population.found()
        self.population.count_in(everybody, self.state, +1)
        self.initial_people = int(self.population.people.sum())
        self.gangs = founding.found_gangs(self, gang_class)
        if self.case.uncertainty:
            founding.uncertain_map(self)
        self.gang_sizes = self.state.members.sum(axis=1)
        self.initial_members = int(self.state.members.sum())
        self.forces, self.command = Forces(self), posture.Command()
        self._found_services()
        self.contingents: list = []
        self.mission = Mission(self, 0)
        founding.found_forces(self)
        founding.found_mission(self)
        self._found_money()
        self._make_mechanisms()
        self.control.measure()
        self.posture.count()
        self.posture.publish_shortage()
        self.ceilings = self.deployment.ceilings()
        self.binding_ceiling = self.deployment.binding(self.ceilings)
        founding.spin_up(self)
        founding.displace(self)
        self.initial_displaced = self.displaced_people()
        self.posture.count()
        self.control.measure()
        self.holders = Holders(self.state, self.ledger.keep_incidents)
        self.held = HeldPlaces(self.n)

    def _found_services(self) -> None:
        """What roads, facilities, cooperation, regions and volunteers are until their mechanisms say otherwise."""
        force = self.parameters.force
        self.passage = roads.Passage.free(self.terrain.places)
        self.facilities = infrastructure.Facilities()
        self.cooperation = liaison.Cooperation(force.coordination, force.quality_police)
        self.beyond = regions.Beyond.empty(self.city, len(self.start.gangs))
        self.self_defenders = np.zeros(self.n)

    def _found_money(self) -> None:
        """The purse on the first day: trust-fund money paid in by then; goods in kind went into the base."""
        pledged = funding.pledged_donors(self)
        cash = sum(donor.disbursed for donor in pledged if donor.is_cash)
        self.pool = funding.FundingPool(cash, 0.0, sum(donor.disbursed for donor in pledged))
        self.donors = funding.choose_donors(self, pledged)

    def _make_mechanisms(self) -> None:
        kinds = (
            funding.Funding, equipment.Equipment, deployment.Deployment, police.Police, posture.Posture,
            operations.Operations, assaults.Assaults, background.Background, control.Control, extortion.Extortion,
            extortion.Recruitment, redistribution.Redistribution, casualties.Casualties, exposure.Exposure,
            flight.Flight, displaced.Onward, displaced.Returning,
            infrastructure.Infrastructure, liaison.Liaison, mentoring.Mentoring, roads.Roads, regions.Regions,
            self_defence.SelfDefence, strikes.Strikes,
        )  # fmt: skip
        self.relocation = relocation.Relocation(self)
        self.mechanisms = [kind(self) for kind in kinds]
        for mechanism in self.mechanisms:
            setattr(self, mechanism.name, mechanism)
        for name in self.case.off:
            getattr(self, name).step = idle

    def step(self) -> None:
        """One day. The order is part of the science: security forces act before gangs, people decide last."""
        self.day += 1
        self.ledger.open()
        # money, kit and people of the mission and the police
        self.funding.step()
        self.liaison.step()
        self.infrastructure.step()
        self.equipment.step()
        self.deployment.step()
        self.police.step()
        self.mentoring.step()
        # who stands where, who strikes whom
        self.posture.step()
        self.self_defence.step()
        self.roads.step()
        self.operations.step()
        self.strikes.step()
        self.assaults.step()
        self.background.step()
        # what follows for territory and for the gangs themselves
        self.control.step()
        self.extortion.step()
        self.recruitment.step()
        self.redistribution.step()
        self.regions.step()
        # what follows for people
        self.casualties.step()
        self.exposure.step()
        self.relocation.prepare()
        self.flight.step()
        self.onward.step()
        self.returning.step()
        self.ledger.close()
        self.holders.look(self.state, self.day)
        self.held.look(self.state, self.day)
        self.recorder.record(self)

    def run(self, days: int | None = None, progress: Callable[[int, int], None] | None = None) -> HaitiModel:
        """Step through `days` days (the case's own number if None); `progress(done, days)` is told every day."""
        days = self.case.days if days is None else days
        if isinstance(days, bool) or not isinstance(days, int) or days < 1:
            raise InputError(f"'{days}' is no positive whole number of days", "days")
        for done in range(1, days + 1):
            self.step()
            if progress:
                progress(done, days)
        return self

    # What several mechanisms ask of the city as a whole

    @property
    def cohesion(self) -> float:
        """How far gangs act as one, 0 to 1."""
        return self.parameters.gang.cohesion

    def arms_factor(self) -> float:
        """Worth of a gang member with the arms at hand, person-equivalents."""
        return self.parameters.gang.arms

    def authorised(self) -> int:
        """Strength the mandate allows today."""
        return self.parameters.deployment.authorised

    def airport_open(self) -> bool:
        """Whether the mission's own flights can land."""
        return bool(self.state.label[self.base] != GANG) and not self.facilities.barred

    def killed_share(self) -> float:
        """Part of the people hit who die, by the care that can be had."""
        return min(1.0, self.parameters.clearing.killed_share * self.facilities.care)

    def information(self, place: int) -> float:
        """What residents let security forces know, 0 to 1: trust, less where gangs rule and people are afraid."""
        fear = float(np.clip(self.population.fear.field[place, 0], 0.0, 1.0))
        return self.parameters.trust.initial_mission * (1.0 - float(self.state.influence[place]) * fear)

    def displaced_people(self) -> int:
        """People of the neighbourhoods who live elsewhere because of violence."""
        return int(self.state.away.sum())

    def generator(self, purpose: str) -> np.random.Generator:
        """A NumPy generator for one purpose before the first day."""
        return np.random.Generator(np.random.Philox(key=[int(self.dice.seed), int(self.dice.name(purpose))]))

    # What a run leaves behind

    @functools.cached_property
    def households(self) -> HouseholdViews:
        """Households as Mesa agents, made when asked for: `model.households[17]`."""
        return HouseholdViews(self)

    def events(self) -> pd.DataFrame:
        """Dated incidents: day, date, kind, neighbourhood, actor, text."""
        rows = self.ledger.incidents
        ids = self.city.ids
        return pd.DataFrame(
            {
                "day": [item.day for item in rows],
                "date": np.array([self.clock.date(item.day) for item in rows], "datetime64[ns]"),
                "kind": [item.kind for item in rows],
                "neighbourhood": [ids[item.place] if item.place >= 0 else "" for item in rows],
                "actor": [item.actor for item in rows],
                "text": [item.text for item in rows],
            }
        )

    def story(self, who: int | str | mesa.Agent) -> Story:
        """The life of a household (its number, or `households[17]`) or the course of a gang (a `Gang`, or its name) so far.

        Print it. Needs `events=True`; InputError otherwise, and for an unknown name or number.
        """
        return tell(self, who)

    def summary(self) -> dict[str, Any]:
        """The outcomes of the run so far, one row of runs.parquet."""
        return metrics.summarise(self)

    def verdict(self) -> str:
        """The run in one sentence."""
        return metrics.verdict(self)
