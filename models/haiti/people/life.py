"""The life of one simulated household in dated sentences, read forwards from the first day."""

from __future__ import annotations

import numpy as np

from models.haiti.agents.household import Household
from models.haiti.kernels import ABROAD, GONE, HOME, HOST, PROVINCE, SITE
from models.haiti.people.columns import NO_TIE, WEALTH_WORDS
from models.haiti.people.lives import BY_HAND, MOVES
from models.haiti.people.telling import Teller
from models.haiti.world.naming import place_name

SHELTER = {HOME: "home", SITE: "site", HOST: "host", PROVINCE: "province", ABROAD: "abroad"}
WEALTH = dict(zip(WEALTH_WORDS, ("poor", "middle", "better_off"), strict=True))
FAMILY = ("Abroad", "Dominican border", "Rest of Ouest")  # places beyond with words of their own
TOLD = ("captured", "repelled", "cleared", "raided by forces", "operation lost", "control")


class Life:
    """One household, read forwards from the first day."""

    def __init__(self, model, household: Household, teller: Teller):
        self.model, self.household, self.teller = model, household, teller
        self.kinds = model.diary.kinds
        self.entries = model.diary.entries(household.row)
        self.home = household.home

    @property
    def title(self) -> str:
        noun, row = ("household" if self.household.weight == 1 else "row"), self.household.row
        commune = self.model.city.communes[self.model.population.home[row]]
        return self.teller.say(f"life.{noun}", row=str(row), home=self.household.home, commune=commune)

    @property
    def about(self) -> str:
        """What kind of thing is told about."""
        return self.teller.counted("life.about", self.household.weight)

    def sentences(self) -> list[tuple[int, str]]:
        """Days and sentences, from the first day to today."""
        model, row, number = self.model, self.household.row, self.household.people
        place, status = int(model.population.place[row]), int(model.population.status[row])
        for entry in self.entries[::-1]:  # back to the first day
            kind = self.kinds[entry["kind"]]
            if kind in MOVES:
                place, status = int(entry["origin"]), int(entry["was"])
            elif kind == "died":
                number, status = number + int(entry["people"]), int(entry["was"])
            elif kind == BY_HAND["people"]:
                number -= int(entry["people"])
        dated = [(0, 0, self._start(number, place, status))]
        arrived = -1
        for position, entry in enumerate(self.entries):
            day, kind = int(entry["day"]), self.kinds[entry["kind"]]
            if kind in MOVES:
                dated += self._around(place, arrived, day)
                place, arrived = int(entry["place"]), day
            elif kind == "died":
                number -= int(entry["people"])
            elif kind == BY_HAND["people"]:
                number += int(entry["people"])
            sentence = self._sentence(kind, entry, number)
            if sentence:
                dated.append((day, 1 + position, sentence))
        if number:
            dated += self._around(place, arrived, model.day)
            dated.append((model.day, len(self.entries) + 1, self._today(number)))
        elif self.entries.size:
            dated += self._around(place, arrived, int(self.entries["day"][-1]))
        dated.sort(key=lambda one: one[:2])
        return [(day, sentence) for day, _, sentence in dated]

    def _start(self, number: int, place: int, status: int) -> str:
        wealth, tie = self.household.wealth, int(self.model.population.tie[self.household.row])
        for entry in self.entries[::-1]:
            if self.kinds[entry["kind"]] == BY_HAND["wealth"]:
                wealth = WEALTH_WORDS[entry["was"]]
            if self.kinds[entry["kind"]] == BY_HAND["ties"]:
                tie = int(entry["origin"])
        say = self.teller.say
        family = say("family.with", where=self._family(tie)) if tie != NO_TIE else say("family.none")
        people = self.teller.counted("number.people", number)
        who = say("life.who", people=people, wealth=say(f"wealth.{WEALTH[wealth]}"), family=family)
        if status == HOME:
            return self.teller.counted("life.home", number, who=who, home=self.home)
        where = self._shelter(status, place)
        return self.teller.counted("life.fled_before", number, who=who, home=self.home, where=where)

    def _today(self, number: int) -> str:
        household, row = self.household, self.household.row
        columns = self.model.population
        fled = int(household.moves)
        times = self.teller.say(f"life.times_{fled if fled < 3 else 'many'}", n=fled)
        where = self._shelter(int(columns.status[row]), int(columns.place[row]))
        people = self.teller.counted("number.people", number)
        return self.teller.counted("life.today", number, people=people, where=where, times=times)

    def _sentence(self, kind: str, entry: np.void, number: int) -> str:
        """What an entry says; `number` people are alive after it."""
        origin, place = int(entry["origin"]), int(entry["place"])
        where = self._shelter(int(entry["status"]), place) if kind in MOVES else ""
        say = self.teller.say
        if kind in ("fled", "fled again", "moved on"):
            return say(f"life.{kind.replace(' ', '_')}", origin=self._name(origin), where=where)
        if kind == "returned":
            return say("life.returned", place=self._name(place))
        if kind == "home destroyed":
            return say("life.home_destroyed", home=self.home)
        if kind == "died":
            return self._deaths(int(entry["people"]), number, self._name(place))
        if kind == "no survivors":
            return ""  # the sentence on the last death says so
        return say("life.by_hand", what=self._hand(kind, entry, number, where))

    def _deaths(self, dead: int, left: int, place: str) -> str:
        if left:
            return self.teller.counted("life.died", dead, place=place, left=self.teller.counted("life.left", left))
        return self.teller.say("life.last_died" if dead == 1 else "life.all_died", n=dead, place=place)

    def _hand(self, kind: str, entry: np.void, number: int, where: str) -> str:
        say = self.teller.say
        if kind == BY_HAND["place"]:
            return say("life.hand_place", origin=self._name(int(entry["origin"])), where=where)
        if kind == BY_HAND["people"]:
            return say("life.hand_people", before=number - int(entry["people"]), after=number)
        if kind == BY_HAND["wealth"]:
            before, after = (WEALTH[WEALTH_WORDS[entry[word]]] for word in ("was", "status"))
            return say("life.hand_wealth", before=say(f"wealth.hand_{before}"), after=say(f"wealth.hand_{after}"))
        if kind == BY_HAND["ties"]:
            ties = (int(entry[word]) for word in ("origin", "place"))
            before, after = (self._name(tie) if tie != NO_TIE else say("family.nowhere") for tie in ties)
            return say("life.hand_ties", before=before, after=after)
        if kind == BY_HAND["home_destroyed"]:
            return say("life.hand_destroyed" if entry["status"] else "life.hand_whole")
        return say(f"life.hand_{next(name for name in ('fear', 'threshold', 'moves') if kind == BY_HAND[name])}")

    def _around(self, place: int, arrived: int, until: int) -> list[tuple[int, int, str]]:
        """What happened where they lived, after the day they came and until the day they left."""
        if place >= self.model.n:
            return []
        here = [
            item
            for item in self.model.ledger.incidents
            if item.place == place and arrived < item.day <= until and item.kind in TOLD
        ]
        decided = {item.day for item in here if item.kind in ("captured", "cleared")}
        return [
            (item.day, 0, self.teller.say("life.around", what=self.teller.incident(item)))
            for item in here
            if item.kind != "control" or item.day not in decided
        ]

    def _family(self, tie: int) -> str:
        name = self._name(tie)
        return self.teller.say(f"family.{name.lower().replace(' ', '_') if name in FAMILY else 'place'}", place=name)

    def _name(self, place: int) -> str:
        return place_name(self.model.city, int(place))

    def _shelter(self, status: int, place: int) -> str:
        return "" if status == GONE else self.teller.say(f"shelter.{SHELTER[status]}", place=self._name(place))
