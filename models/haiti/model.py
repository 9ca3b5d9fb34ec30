"""The model: a city, the few who decide, and how a run lives through its days."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NoReturn

import mesa
import numpy as np
import pandas as pd

from models.haiti import brought, metrics
from models.haiti.agents.gang import Gang
from models.haiti.day import DAY, Rules
from models.haiti.mechanisms.force import roads
from models.haiti.mechanisms.force.posture import Command
from models.haiti.mechanisms.gangs import regions
from models.haiti.mechanisms.mission import funding, infrastructure, liaison
from models.haiti.people.columns import build_households
from models.haiti.people.harm import CAUSES, Harm
from models.haiti.people.household_sets import AgentsByType
from models.haiti.people.lives import Holders
from models.haiti.people.on_demand import HouseholdViews, RecorderView
from models.haiti.people.population_file import PeopleFile, read_people
from models.haiti.people.story import Story, tell, tell_lives
from models.haiti.pictures import CityPictures
from models.haiti.recording import CityRecorder
from models.haiti.saving import branching, saving, sound
from models.haiti.saving.copying import refuse
from models.haiti.scenario.scenario import Case, chosen_seed, load_case
from models.haiti.start import founding
from models.haiti.start.starting_point import StartingPoint, load_start
from models.haiti.world.city import City
from models.haiti.world.forces import Forces, Mission
from models.haiti.world.gang_affairs import GangAffairs
from models.haiti.world.held import HeldPlaces
from models.haiti.world.neighbourhood import Neighbourhood
from models.haiti.world.politics import Politics
from models.haiti.world.state import FORCES, GANG, CityState
from models.haiti.world.terrain import Terrain
from simulation.clock import Clock
from simulation.dice import Dice
from simulation.errors import InputError
from simulation.ledger import Ledger
from simulation.mechanism import live
from simulation.mesa_model import Model
from simulation.port.plugins import NOTHING, Brought
from simulation.same_bits import weighted_sum

COUNTS = (
    "residents_killed", "residents_injured", "gang_members_killed", "gang_members_injured", "deaths_of_residents",
    *(f"residents_killed_{cause}" for cause in CAUSES), *(f"residents_injured_{cause}" for cause in CAUSES),
    *(f"gang_members_killed_{cause}" for cause in CAUSES),
    "security_forces_killed", "security_forces_injured", *(f"{force}_killed" for force in FORCES),
    "police_joined", "police_left", "mission_withdrawn", "mission_arrived",
    "gang_recruits", "gang_recruits_forced", "gang_exits", "kidnapped_people", "leaders_removed",
    "gang_members_moved_out", "gang_members_moved_back", "strikes",
    "assaults", "raids", "operations", "operations_raids", "places_captured", "places_recaptured", "places_cleared",
    "new_displacements", "second_displacements", "onward_displacements", "onward_moves", "returns", "trapped_people",
)  # fmt: skip


class HaitiModel(Rules, CityPictures, Model):
    """Port-au-Prince day by day.

    case: a scenario's name or a `Case` from `load_case`. run_seed: all the luck of the run; if none is given one is drawn, and
    `model.run_seed` says which (`rng` and `seed`, if given, mean the same: Mesa passes them). neighbourhoods, events: record
    those tables as well as the daily one; replay: keep every day for `play()`. gang_class: a subclass of `Gang` with other
    decisions. city, start: another map and its first day. None is what the case has. InputError for what does not fit.
    >>> HaitiModel(load_case("baseline", weight=2000), run_seed=1).run(5)
    <HaitiModel baseline, seed 1: day 5, 6 June 2024>
    """

    family = "haiti"
    KINDS = DAY
    derived = ("run_seed", "datacollector", "households", "replaying")  # of the opening, or made when asked for
    limits = sound.RUN

    def __init__(
        self,
        case: Case | str = "baseline",
        *,
        run_seed: int | None = None,
        rng: Any = None,
        seed: Any = None,
        neighbourhoods: bool = False,
        events: bool = False,
        replay: bool = False,
        gang_class: type[Gang] | None = None,
        city: City | None = None,
        start: StartingPoint | None = None,
    ):
        run_seed = chosen_seed(run_seed, rng, seed)
        case = load_case(case) if isinstance(case, str) else case
        case = case.drawn(run_seed) if case.uncertainty else case
        city = brought.city(case.brought.data) if city is None else city
        people = read_people(case.population, city, case.weight) if case.population else None
        self._open(case, run_seed, neighbourhoods, events, people.city(city) if people else city, start)
        self._found(gang_class or brought.gang_class(case.brought), people)
        self.first_evening(replay)

    def _open(self, case: Case, run_seed: int, neighbourhoods: bool, events: bool, city: City, start) -> None:
        """What a run has before anybody lives in it; a loaded run starts from here too."""
        super().__init__(rng=run_seed % 2**63)
        self._agents_by_type = AgentsByType(self)
        self.case = case
        self.parameters = case.parameters
        self.run_seed = run_seed
        self.branches: list[dict[str, Any]] = []
        self.dice = Dice(run_seed)
        self.clock = Clock(case.start)
        self.day = 0
        self.candidates = 0
        self.city = city
        self.start = load_start(self.city, case.start) if start is None else start
        self.n = len(self.city)
        self.terrain = Terrain(self.city, self.start, self.parameters.travel)
        gang_rows = len(self.start.gangs) + founding.BREAKAWAY_GROUPS
        self.state = CityState(self.n, self.n + len(self.city.external), gang_rows)
        self.ledger = Ledger(COUNTS, self.n, keep_incidents=events)
        self.alarm_today = np.zeros(self.n)
        self.harm = Harm(self)
        fields = metrics.FIELDS if neighbourhoods else {}
        if case.brought.mechanisms:
            self.KINDS = brought.kinds(case.brought)
        daily = {name: metric.value for name, metric in self.daily_metrics.items()}
        self.recorder = CityRecorder(self.clock, daily, fields, self.city.ids)
        self.datacollector = RecorderView(self.recorder)

    def _found(self, gang_class: type[Gang], people: PeopleFile | None) -> None:
        """Put everybody in place, and live through the weeks before the start."""
        city = self.city
        self.base = int(np.flatnonzero(city.has_airport)[0])
        self.abroad = self.n + self.terrain.external_ids.index("abroad")
        self.mean_density = float(city.population.sum() / city.area_km2[city.metropolitan].sum())
        weight, rules = self.case.weight, self.parameters
        if people:
            self.population = people.households(city, weight, rules, self.generator("households"))
        else:
            self.population = build_households(city, weight, rules, self.dice, self.terrain.tie_share)
        self.diary = self.population.diary
        self.diary.keep = self.ledger.keep_incidents
        self.population.found()
        self.population.count_in(np.arange(self.population.count, dtype=np.int32), self.state, +1)
        self.initial_people = int(self.population.people.sum())
        self.gangs = founding.found_gangs(self, gang_class)
        if self.case.uncertainty:
            founding.uncertain_map(self)
        self.gang_sizes = self.state.members.sum(axis=1)
        self.founding_sizes = self.gang_sizes.copy()
        self.initial_members = int(self.state.members.sum())
        own = self.parameters.gang
        allied = np.array([bool(gang.coalition) for gang in self.gangs])
        self.affairs = GangAffairs(len(self.gangs), allied, own.arms, own.cohesion)
        self.youth_factor = 1.0  # on joining gangs; 1 at the engagement of young people of the default scenario
        self.coping_factor = 1.0  # on exposure that makes people flee; 1 at the same engagement of the diaspora
        self.forces, self.command = Forces(self), Command()
        self._found_services()
        self.contingents: list = []
        self.mission = Mission(self, 0)
        founding.found_forces(self)
        self.politics = Politics(self.parameters.government.stability, self.forces.strength("police"))
        founding.found_mission(self)
        self._found_money()
        self._make_mechanisms()
        for mechanism in self.mechanisms:
            mechanism.found()
        self.control.measure()
        self.posture.count()
        self.posture.publish_shortage()
        self.ceilings = self.deployment.ceilings()
        self.binding_ceiling = self.deployment.binding(self.ceilings)
        founding.burn_in(self)
        founding.displace(self)
        self.initial_displaced = self.displaced_people()
        self.posture.count()
        self.control.settle(founding.usual_guards(self))
        self.redistribution.settle()
        self.relocation.settle()
        self.holders = Holders(self.state, self.ledger.keep_incidents)
        self.held = HeldPlaces(self.n)
        founding.live_first_day(self)

    def _found_services(self) -> None:
        """What roads, facilities, cooperation, regions and volunteers are until their mechanisms say otherwise."""
        self.passage = roads.Passage.free(self.terrain.places)
        self.facilities = infrastructure.Facilities()
        self.cooperation = liaison.Cooperation()
        self.beyond = regions.Beyond.empty(self.city, len(self.start.gangs))
        self.self_defenders = np.zeros(self.n)

    def _found_money(self) -> None:
        """The purse on the first day: trust-fund money paid in by then; goods in kind went into the base."""
        pledged = funding.pledged_donors(self)
        cash = math.fsum(donor.disbursed for donor in pledged if donor.is_cash)
        self.pool = funding.FundingPool(cash, 0.0, math.fsum(donor.disbursed for donor in pledged))
        self.donors = funding.choose_donors(self, pledged)

    def _make_mechanisms(self) -> None:
        self.make_rules(self.KINDS)
        self.calendar.check()

    def step(self) -> None:
        """One day: every rule that is on, in the order of `models.haiti.day`, then the books."""
        self.day += 1
        self.ledger.open()
        live(self.mechanisms)
        self.ledger.close()
        self.holders.look(self.state, self.day)
        self.held.look(self.state, self.day)
        self.evening()

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

    # Another day, another way

    def save(self, path: str | Path) -> None:
        """Write all of the running model to one file, from which `load` continues bit for bit. Replaces a checkpoint there.

        InputError if the file cannot be written, or naming the first attribute of the model that cannot be saved.
        """
        saving.save(self, path)

    @classmethod
    def load(
        cls,
        path: str | Path,
        *,
        gang_class: type[Gang] | None = None,
        neighbourhoods: bool | None = None,
        events: bool | None = None,
        city: City | None = None,
        start: StartingPoint | None = None,
        bring: Brought = NOTHING,
    ) -> HaitiModel:
        """The model that `save` wrote, on the day it was saved, in any process.

        gang_class, city, start: those of the run, if it had its own. neighbourhoods, events: False stops recording those
        tables and drops what is there of them; None goes on as before. bring: what was brought to the run from outside: the
        file only says what that was, so that it can be opened from a stranger. InputError for a file that is damaged, of
        another version or on another city, and for a class or table that it does not have.
        """
        city = brought.city(bring.data) if city is None else city
        gang_class = gang_class or brought.gang_class(bring)
        return saving.load(cls, path, gang_class, neighbourhoods, events, city, start, bring)

    def branch(self, overrides: Mapping[str, Any] | None = None, *, run_seed: int | None = None) -> HaitiModel:
        """A new model that continues from today, with other parameter values or another seed; this one stays as it is.

        overrides: parameters by dotted name, as in `load_case`. run_seed: other luck from tomorrow on; None keeps this run's,
        so that branches share theirs. The past stays in the new model's record; its `branches` tell when and what was
        changed, [before, after] each. Parameters of things made on the way (offers, units) act on those made from now on.
        A parameter that an event of the scenario holds today is the branch's from now on, until another event sets it.

        With `funding.source` "level", donors' daily promises follow a new level or cost, and what they owe is still paid by
        half-lives. A change from "pledges" to "level" replaces the donors; pledges not paid by then are lost. InputError for
        a parameter that only matters at the founding.
        """
        return branching.branch(self, overrides or {}, run_seed)

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        """Whatever copies or pickles the model, or something that holds it, ends here: `branch` and `save` do it right."""
        refuse(self)

    # What several mechanisms ask of the city as a whole

    @property
    def cohesion(self) -> float:
        """How far gangs act as one, 0 to 1."""
        return self.affairs.pact

    def arms_factor(self) -> np.ndarray:
        """Worth of a member who is there, of each gang, person-equivalents (gangs,): the arms at hand, led as it is today."""
        return self.affairs.arms_worth * self.affairs.coordination

    def on_call(self) -> np.ndarray:
        """Worth of a member of each gang where it belongs, at any hour, person-equivalents (gangs,): as forces have a shift."""
        return self.parameters.gang.available * self.arms_factor()

    def coordination(self) -> float:
        """How far security forces act as one, 0 to 1."""
        alone, rules = self.parameters.force.coordination, self.parameters.liaison
        return min(1.0, (alone + rules.gain * self.cooperation.liaison * (1.0 - alone)) * self.politics.coordination)

    def police_quality(self) -> float:
        """Person-equivalents of a police officer, before equipment: those of the first day and what mentors taught."""
        return self.parameters.force.quality_police + self.cooperation.learnt

    def authorised(self) -> int:
        """Strength the mandate allows today."""
        return self.mandate.authorised()

    def airport_open(self) -> bool:
        return bool(self.state.label[self.base] != GANG and not self.calendar.airport_closures)

    def p_min(self) -> float:
        """Believed odds at which an operation is as likely launched as not, with what contributors ask for."""
        return min(0.99, self.parameters.command.p_min + self.casualty_tolerance.caveat)

    def permissiveness(self) -> float:
        """How freely fire may be opened under the option in force, 0 to 1."""
        return min(1.0, self.parameters.rules_of_engagement.permissiveness * self.mandate.permission())

    def killed_share(self) -> float:
        """Part of the people hit who die, by the care that can be had."""
        return min(1.0, self.parameters.clearing.killed_share * self.facilities.care)

    def information(self, place: int | slice = slice(None)) -> np.ndarray:
        """What residents let security forces know, 0 to 1: trust, less where gangs rule and people are afraid.

        Of a place, or (n,).
        """
        fear = np.minimum(np.maximum(self.population.fear.field[: self.n, 0][place], 0.0), 1.0)
        return self.trust.told[place] * (1.0 - self.state.influence[place] * fear)

    def mean_over_people(self, values: np.ndarray) -> float:
        """Mean of a field (n,) over people present in the neighbourhoods; 0 if nobody is left."""
        people = self.state.present[: self.n].astype(float)
        total = float(people.sum())
        return weighted_sum(people, values) / total if total else 0.0

    def mission_exists(self) -> bool:
        """Whether there is a mission that people can expect something of."""
        return self.authorised() > 0 or self.forces.deployed() > 0

    def displaced_people(self) -> int:
        """People of the neighbourhoods who live elsewhere because of violence."""
        return int(self.state.away.sum())

    def generator(self, purpose: str) -> np.random.Generator:
        """A NumPy generator for one purpose before the first day."""
        return np.random.Generator(np.random.Philox(key=[int(self.dice.seed), int(self.dice.name(purpose))]))

    @property
    def daily_metrics(self) -> Mapping[str, metrics.Metric]:
        """The daily figures of this run, those brought to it among them."""
        return brought.measured(self.case.brought)[0]

    @property
    def run_metrics(self) -> Mapping[str, metrics.RunMetric]:
        """The figures that only the whole run has."""
        return brought.measured(self.case.brought)[1]

    # What a run leaves behind

    @functools.cached_property
    def households(self) -> HouseholdViews:
        """Households as Mesa agents, made when asked for: `model.households[17]`."""
        return HouseholdViews(self)

    def neighbourhood(self, name: str) -> Neighbourhood:
        """A neighbourhood as it is today, by id, name or alias: `model.neighbourhood("Solino")`. UnknownNameError if none."""
        return Neighbourhood(self, name)

    def events(self) -> pd.DataFrame:
        """Dated incidents: day, date, kind, neighbourhood, actor, text."""
        rows = self.ledger.incidents
        ids = self.city.ids
        return pd.DataFrame(
            {
                "day": np.array([item.day for item in rows], np.int64),
                "date": self.clock.dates([item.day for item in rows]),
                "kind": pd.Series([item.kind for item in rows], dtype=str),
                "neighbourhood": pd.Series([ids[item.place] if item.place >= 0 else "" for item in rows], dtype=str),
                "actor": pd.Series([item.actor for item in rows], dtype=str),
                "text": pd.Series([item.text for item in rows], dtype=str),
            }
        )

    def story(self, who: int | str | mesa.Agent | Neighbourhood, language: str = "en") -> Story:
        """The life of a household (its number, or `households[17]`), the course of a gang (a `Gang`, or its name) or the days
        of a neighbourhood (its name, or `neighbourhood(name)`), to print, in English (en), French (fr) or Kreyòl (ht). Needs
        `events=True`; InputError otherwise, and for an unknown name, number or language.
        """
        return tell(self, who, language)

    def stories(self, language: str = "en") -> list[Story]:
        """A household of every class of wealth, drawn by lot and each told as by `story`."""
        return tell_lives(self, language)

    def summary(self) -> dict[str, Any]:
        """The outcomes of the run so far, one row of runs.parquet."""
        return metrics.summarise(self)

    def verdict(self) -> str:
        """The run in one sentence."""
        return metrics.verdict(self)
