"""The slow specification: every household a Mesa agent that is asked every day, in plain `if` and `for`.

Nothing here is taken from the engine but the numbers of the register and of the map; formulas are written
out again on purpose. Households meet only through the morning's crowding, so each may live its whole day
before the next.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import mesa

HOME, SITE, HOST, PROVINCE, ABROAD, GONE = range(6)
ALL_KINDS = (SITE, HOST, PROVINCE, ABROAD)
NO_TIE = -1
GANG = 2
INCOME = (2.0, 6.0, 20.0)


@dataclass(frozen=True)
class Facts:
    """The map as plain lists: travel hours between neighbourhoods and to external places, and shares."""

    hours: list[list[float]]
    province_hours: list[list[float]]
    tie_share: list[float]
    exit_share: list[float]
    population_share: list[float]
    residents: list[int]
    abroad: int


@dataclass(frozen=True)
class Fields:
    """What one day brings to the neighbourhoods, as plain lists."""

    dose: list[float]
    influence: list[float]
    label: list[int]
    captured_day: list[int]
    safe_days: list[int]
    killed: Sequence[int] = ()


class OracleHousehold(mesa.Agent):
    """One household. `fear` is its own value, stepped every day; `threshold` the log of its own half dose."""

    def __init__(self, city, row: int, person: dict):
        super().__init__(city)
        self.row = row
        for name, value in person.items():
            setattr(self, name, value)

    def step(self) -> None:
        self.feel()
        if self.status == GONE:
            return
        self.perhaps_flee()
        self.perhaps_move_on()
        self.perhaps_return()

    def feel(self) -> None:
        """x' = a x + b with b from what it is exposed to where it is today."""
        city = self.model
        rate = city.fear_rules.rate
        self.fear = (1.0 - rate) * self.fear + rate * city.settles_at(self.place, self.wealth)

    def fright(self) -> None:
        self.fear += self.model.fear_rules.shock * (1.0 - self.fear)

    def lose(self, people: int) -> None:
        """Some of its people were killed."""
        city = self.model
        city.deaths.append((city.day, self.row, self.place, self.status, people))
        city.count(self, -1)
        self.people -= people
        city.count(self, +1)
        if self.people == 0:
            self.status = GONE
        self.fright()

    def chance_to_flee(self) -> float:
        city = self.model
        if self.place >= city.n:
            return 0.0
        rules, dose = city.flight_rules, city.fields.dose[self.place]
        hill = 0.0
        if dose > 0.0:
            mood = min(max(city.mood[self.place][self.wealth], 0.0), 1.0)
            exposure = dose * city.unshielded(self.wealth) * (0.5 + mood)
            own = self.threshold - (rules.previous if self.moves > 0 else 0.0)
            x = (exposure / (rules.half_dose * math.exp(own))) ** rules.slope
            hill = rules.maximum * x / (1.0 + x)
        predation = 0.0
        if city.fields.label[self.place] == GANG:
            predation = -math.log(1.0 - rules.predation_outflow) / 365.0 * city.fields.influence[self.place]
        return 1.0 - (1.0 - hill) * (1.0 - predation)

    def chance_to_be_trapped(self) -> float:
        city, rules = self.model, self.model.flight_rules
        if self.place >= city.n or city.fields.label[self.place] != GANG:
            return 0.0
        return 1.0 - math.exp(-rules.fee_penalty * rules.passage_fee / INCOME[self.wealth])

    def perhaps_flee(self) -> None:
        city = self.model
        if city.random.random() >= self.chance_to_flee():
            return
        if city.random.random() < self.chance_to_be_trapped():
            city.trapped.append((city.day, self.row, self.place, self.people))
            return
        self.go("flight", ALL_KINDS)

    def perhaps_move_on(self) -> None:
        city = self.model
        if self.status == SITE and city.random.random() < city.displaced_rules.onward:
            self.go("onward", (HOST, PROVINCE))

    def chance_to_return(self) -> float:
        city, rules = self.model, self.model.displaced_rules
        if self.status == HOME or self.settled():
            return 0.0
        if city.fields.safe_days[self.home] < max(rules.return_days, 1):
            return 0.0
        rate = rules.return_rate
        if self.status == SITE:
            rate *= 1.0 + rules.site_push
        if self.destroyed:
            rate *= rules.destroyed
        back = min(1.0, city.at_home[self.home] / max(city.facts.residents[self.home], 1))
        rate *= 1.0 - rules.neighbours * (1.0 - back)
        rate *= 1.0 - rules.services  # nobody guards anything in these histories
        return rate * (1.0 - min(max(self.fear, 0.0), 1.0))

    def settled(self) -> bool:
        """Whether it has made its home elsewhere: never in a site, and after a time of its own."""
        away = self.status in (HOST, PROVINCE, ABROAD)
        return away and self.patience < self.model.displaced_rules.settling * (self.model.day - self.since)

    def perhaps_return(self) -> None:
        if self.model.random.random() < self.chance_to_return():
            self.settle("returning", self.home, HOME)

    def chances_of_destinations(self, kinds) -> dict[tuple[int, int], float]:
        """Chance of every (kind, place): first the kind, by the worth of its places; then the place."""
        city, chances = self.model, {}
        for kind in kinds:
            places = city.worth_of_places(kind, self.place, self.tie)
            worth = sum(places.values())
            if worth > 0.0:
                weight = math.exp(city.pull[kind]) * worth**city.destination_rules.nest
                for place, value in places.items():
                    chances[kind, place] = weight * value / worth
        total = sum(chances.values())
        return {key: value / total for key, value in chances.items()}

    def go(self, reason: str, kinds) -> None:
        """Flee or move on; whoever can reach nothing stays."""
        city = self.model
        chances = self.chances_of_destinations(kinds)
        if not chances:
            return
        (status, place), *_ = city.random.choices(list(chances), list(chances.values()))
        if self.status == HOME:
            captured = city.fields.captured_day[self.home]
            recent = captured >= 0 and city.day - captured <= 60
            if recent and city.random.random() < city.displaced_rules.destroyed_prob:
                self.destroyed = True
        self.moves += 1
        self.fright()
        self.settle(reason, place, status)

    def settle(self, reason: str, place: int, status: int) -> None:
        city = self.model
        city.log.append((city.day, reason, self.row, self.place, place, status))
        city.count(self, -1)
        self.place, self.status, self.since = place, status, city.day
        city.count(self, +1)


class OracleCity(mesa.Model):
    """Households asked every day under prescribed fields. `people`: one dict of attributes a household."""

    def __init__(self, parameters, facts: Facts, people: list[dict], mood: list[list[float]], seed: int):
        super().__init__(rng=seed)
        self.flight_rules, self.fear_rules = parameters.flight, parameters.fear
        self.displaced_rules, self.destination_rules = parameters.displaced, parameters.destination
        self.site_rules = parameters.site
        rules = parameters.destination
        self.pull = {SITE: rules.site, HOST: rules.host, PROVINCE: rules.province, ABROAD: rules.abroad}
        self.facts, self.n, self.day = facts, len(facts.hours), 0
        self.mood = [list(row) for row in mood]
        self.near = [[math.exp(-rules.cost * hours) for hours in row] for row in facts.hours]
        for here in range(self.n):
            self.near[here][here] = 0.0  # nobody flees to where they are
        self.log: list[tuple] = []
        self.trapped: list[tuple] = []
        self.deaths: list[tuple] = []
        self.at_home, self.in_sites, self.with_hosts = [0] * self.n, [0] * self.n, [0] * self.n
        self.households = [OracleHousehold(self, row, person) for row, person in enumerate(people)]
        for household in self.households:
            self.count(household, +1)

    def live(self, fields: Fields) -> None:
        """One day under `fields`."""
        self.day += 1
        self.bury(fields.killed)
        self.morning(fields)
        self.agents.do("step")

    def bury(self, killed: Sequence[int]) -> None:
        """The dead of each place are names drawn from a hat that holds everybody present."""
        for place, number in enumerate(killed):
            if number:
                hat = [one for one in self.households if one.place == place for _ in range(one.people)]
                for household, people in Counter(self.random.sample(hat, min(number, len(hat)))).items():
                    household.lose(people)

    def morning(self, fields: Fields) -> None:
        """Today's fields, the mood of neighbourhoods, and how much places draw before anybody moves."""
        self.fields = fields
        self.step_mood()
        self.weigh_places()

    def step_mood(self) -> None:
        rate = self.fear_rules.rate
        for place in range(self.n):
            for wealth in range(3):
                mood = self.mood[place][wealth]
                self.mood[place][wealth] = (1.0 - rate) * mood + rate * self.settles_at(place, wealth)

    def weigh_places(self) -> None:
        self.draw = {SITE: self._sites(), HOST: self._hosts()}

    def _sites(self) -> list[float]:
        """Sites there are, as many as hold the people in them, and the next one anywhere; less where room is short."""
        rules, residents, draw = self.site_rules, self.facts.residents, []
        room = [math.ceil(people / rules.size) * rules.size for people in self.in_sites]
        for place in range(self.n):
            most = rules.most * residents[place]
            left = max(0.0, 1.0 - self.in_sites[place] / most) if most > 0 else 0.0
            there = room[place] / max(sum(room), 1.0)
            another = rules.new * residents[place] / max(sum(residents), 1)
            draw.append(self._ruled(place) * (there + another) / (1.0 + rules.new) * min(1.0, 4.0 * left))
        return draw

    def _hosts(self) -> list[float]:
        rules, draw = self.destination_rules, []
        for place in range(self.n):
            crowding = 10.0 * self.with_hosts[place] / max(self.at_home[place], 100)
            utility = rules.safety * (1.0 - self.fields.influence[place]) - rules.crowd * crowding
            draw.append(self._ruled(place) * self.facts.population_share[place] * math.exp(utility))
        return draw

    def _ruled(self, place: int) -> float:
        """What the rule of gangs leaves of what draws people."""
        return self.destination_rules.ruled if self.fields.label[place] == GANG else 1.0

    def unshielded(self, wealth: int) -> float:
        """The part of exposure that reaches poor (0), middle (1) and better-off (2) households."""
        return 1.0 - self.fear_rules.shield * wealth / 2.0

    def settles_at(self, place: int, wealth: int) -> float:
        """Fear under today's exposure if it lasted."""
        if place >= self.n:
            return 0.0
        felt = self.fields.dose[place] * self.unshielded(wealth)
        return felt / (felt + self.fear_rules.half_dose)

    def worth_of_places(self, kind: int, origin: int, tie: int) -> dict[int, float]:
        """What the places of one kind of shelter are worth to a household at `origin`, by place."""
        facts, rules = self.facts, self.destination_rules
        if kind == ABROAD:
            return {facts.abroad: facts.exit_share[origin]}
        if kind != PROVINCE:
            near, draw = self.near[origin], self.draw[kind]
            return {place: draw[place] * near[place] for place in range(self.n) if place != origin}
        worth = {}
        for external, hours in enumerate(facts.province_hours[origin]):
            place = self.n + external
            value = facts.tie_share[external] * math.exp(-rules.province_cost * hours)
            worth[place] = value * math.exp(rules.tie) if place == tie else value
        return worth

    def count(self, household: OracleHousehold, sign: int) -> None:
        """Add (or take) a household's people to the counts of where it is."""
        counts = {HOME: self.at_home, SITE: self.in_sites, HOST: self.with_hosts}.get(household.status)
        if counts is not None:
            counts[household.place] += sign * household.people
