"""The life of one simulated household in dated sentences, read forwards from the first day."""

from __future__ import annotations

import numpy as np

from models.haiti.agents.household import Household
from models.haiti.kernels import ABROAD, GONE, HOME, HOST, PROVINCE, SITE
from models.haiti.people.columns import NO_TIE, WEALTH_WORDS
from models.haiti.people.lives import BY_HAND, MOVES
from models.haiti.world.naming import place_name

SHELTER = {
    HOME: "at home in {}",
    SITE: "in a site in {}",
    HOST: "with a host family in {}",
    PROVINCE: "in the provinces ({})",
    ABROAD: "abroad",
}
WEALTH = dict(zip(WEALTH_WORDS, ("poor", "of middle wealth", "better off"), strict=True))
FAMILY = {
    "Abroad": "abroad",
    "Dominican border": "at the Dominican border",
    "Rest of Ouest": "in the rest of Ouest",
}
TOLD = ("captured", "repelled", "cleared", "raided by forces", "operation lost", "control")


def people(number: int) -> str:
    """1 person, 2 people, 1,200 people."""
    return "1 person" if number == 1 else f"{number:,} people"


class Life:
    """One household, read forwards from the first day."""

    def __init__(self, model, household: Household):
        self.model, self.household = model, household
        self.kinds = model.diary.kinds
        self.entries = model.diary.entries(household.row)
        self.home = household.home

    @property
    def title(self) -> str:
        noun = "Household" if self.household.weight == 1 else "Row"
        commune = self.model.city.communes[self.model.population.home[self.household.row]]
        return f"{noun} {self.household.row} of {self.household.home}, {commune}"

    @property
    def about(self) -> str:
        """What kind of thing is told about."""
        if self.household.weight == 1:
            return "A simulated household; nobody real is told about."
        about = "Simulated households; nobody real is told about. "
        return about + f"One row stands for about {self.household.weight:,} of them that share one fate."

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
        family = f"with family {self._family(tie)}" if tie != NO_TIE else "without family beyond the city"
        who = f"{people(number)}, {WEALTH[wealth]}, {family}"
        live, have = ("lives", "has") if number == 1 else ("live", "have")
        if status == HOME:
            return f"{who}, {live} at home in {self.home}."
        return f"{who}, {have} fled {self.home} before the story begins and {live} {self._shelter(status, place)}."

    def _today(self, number: int) -> str:
        household, row = self.household, self.household.row
        columns = self.model.population
        times = {0: "never fled", 1: "fled once in all", 2: "fled twice in all"}
        fled = times.get(household.moves, f"fled {household.moves} times in all")
        verb, have = ("lives", "has") if number == 1 else ("live", "have")
        where = self._shelter(int(columns.status[row]), int(columns.place[row]))
        return f"{people(number)} {verb} {where} and {have} {fled}."

    def _sentence(self, kind: str, entry: np.void, number: int) -> str:
        """What an entry says; `number` people are alive after it."""
        origin, place = int(entry["origin"]), int(entry["place"])
        where = self._shelter(int(entry["status"]), place) if kind in MOVES else ""
        if kind == "fled":
            return f"They flee {self._name(origin)} and now live {where}."
        if kind == "fled again":
            return f"Violence reaches them again: they flee {self._name(origin)} and now live {where}."
        if kind == "moved on":
            return f"They leave the site in {self._name(origin)} of their own accord and now live {where}."
        if kind == "returned":
            return f"They go home to {self._name(place)}."
        if kind == "home destroyed":
            return f"Their home in {self.home} is destroyed behind them."
        if kind == "died":
            return self._deaths(int(entry["people"]), number, self._name(place))
        if kind == "no survivors":
            return ""  # the sentence on the last death says so
        return f"By hand, not by the model: {self._hand(kind, entry, number, where)}."

    def _deaths(self, dead: int, left: int, place: str) -> str:
        if left:
            dying, staying = ("is" if number == 1 else "are" for number in (dead, left))
            return f"{dead:,} of them {dying} killed in {place}; {people(left)} {staying} left."
        if dead == 1:
            return f"The last of them is killed in {place}. Nobody is left."
        return f"All {dead:,} of them are killed in {place}. Nobody is left."

    def _hand(self, kind: str, entry: np.void, number: int, where: str) -> str:
        if kind == BY_HAND["place"]:
            return f"they are moved from {self._name(int(entry['origin']))} and now live {where}"
        if kind == BY_HAND["people"]:
            return f"their number is set from {number - int(entry['people']):,} to {number:,}"
        if kind == BY_HAND["wealth"]:
            return f"their wealth is set from {WEALTH_WORDS[entry['was']]} to {WEALTH_WORDS[entry['status']]}"
        if kind == BY_HAND["ties"]:
            before, after = (self._name(tie) if tie != NO_TIE else "none" for tie in (entry["origin"], entry["place"]))
            return f"their family beyond the city is set from {before} to {after}"
        if kind == BY_HAND["home_destroyed"]:
            return f"their home is set to {'destroyed' if entry['status'] else 'not destroyed'}"
        names = {"fear": "fear", "threshold": "threshold of flight", "moves": "number of flights"}
        return f"their {next(words for name, words in names.items() if kind == BY_HAND[name])} is changed"

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
            (item.day, 0, f"Where they live: {item.text}.")
            for item in here
            if item.kind != "control" or item.day not in decided
        ]

    def _family(self, tie: int) -> str:
        name = self._name(tie)
        return FAMILY.get(name, f"in {name}")

    def _name(self, place: int) -> str:
        return place_name(self.model.city, int(place))

    def _shelter(self, status: int, place: int) -> str:
        return "" if status == GONE else SHELTER[status].format(self._name(place))
