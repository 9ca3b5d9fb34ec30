"""Stories: the life of one simulated household, the course of one gang, or the days of a neighbourhood, in dated sentences.

They are read off what the run has written down (`models/haiti/people/lives.py` and the incidents of the ledger); nothing is
made up. No real household or person is told about. What is said of households stands in `models/haiti/people/life.py`, the
sentences in three languages in `models/haiti/people/words/`.
"""

from __future__ import annotations

import datetime
import difflib
import html
import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from models.haiti.agents.gang import Gang
from models.haiti.agents.household import Household
from models.haiti.people.columns import WEALTH_WORDS
from models.haiti.people.life import Life
from models.haiti.people.telling import Teller
from models.haiti.world.neighbourhood import Neighbourhood
from simulation.errors import InputError, unknown_name

Line = tuple[datetime.date, str]
HANDS = ("captured", "cleared", "control")  # incidents after which another may rule
MISTYPED = 0.8  # so near to a name is that name, written wrong
MANY, REST = 4, 30
"""Changes of hands of one place, none more than so many days after the last, that are told as one."""


@dataclass(frozen=True)
class Story:
    """Dated sentences: `lines` is a list of (date, sentence). `print(story)` tells it line by line; so does a notebook.

    language: en, fr or ht.
    """

    title: str
    about: str
    lines: list[Line]
    language: str = "en"

    def __iter__(self) -> Iterator[Line]:
        return iter(self.lines)

    def __len__(self) -> int:
        return len(self.lines)

    def __str__(self) -> str:
        teller = Teller(self.language)
        told = [teller.say("day.line", date=teller.date(day), what=text) for day, text in self.lines]
        return "\n".join([self.title, self.about, *told, teller.conditional])

    def _repr_html_(self) -> str:
        teller = Teller(self.language)
        told = "".join(f"<li><b>{teller.date(day)}</b>: {html.escape(text)}</li>" for day, text in self.lines)
        title, about = html.escape(self.title), html.escape(self.about)
        return f"<p><b>{title}</b><br>{about}</p><ul>{told}</ul><p><i>{teller.conditional}</i></p>"


def tell(model, who: int | str | Household | Gang | Neighbourhood, language: str = "en") -> Story:
    """The story of a household (row number or view), a gang (agent or name) or a neighbourhood (its view, name or id).

    A name that both have is the gang's. InputError without `events=True`, and for a language that no story speaks.
    """
    teller = Teller(language)
    if not model.ledger.keep_incidents:
        hint = "Make the model with events=True: HaitiModel(case, events=True)"
        raise InputError("nothing was written down, so there is no story", "model.story", hint)
    if isinstance(who, (Household, Gang, Neighbourhood)) and who.model is not model:
        kind = "neighbourhood" if isinstance(who, Neighbourhood) else "agent"
        raise InputError(f"this {kind} belongs to another model", "model.story", "Ask its own model")
    if isinstance(who, Neighbourhood):
        return _place_story(model, who, teller)
    if isinstance(who, Household):
        return _life_story(model, who, teller)
    if isinstance(who, (int, np.integer)) and not isinstance(who, bool):
        return _life_story(model, model.households[who], teller)
    if isinstance(who, Gang):
        return _gang_story(model, who, teller)
    if not isinstance(who, str):
        hint = "Give the number of a household, model.households[17], a gang or its name, or model.neighbourhood(name)"
        raise InputError(f"'{who}' has no story", "model.story", hint)
    gangs = {gang.name.casefold(): gang for gang in model.gangs}
    if who.casefold() in gangs:
        return _gang_story(model, gangs[who.casefold()], teller)
    city = model.city
    if who.casefold() in {name.casefold() for name in (*city.names, *city.ids)}:
        return _place_story(model, model.neighbourhood(who), teller)
    # a group's name is for whoever asked for it: told where it was mistyped, and never as an example
    mistyped = difflib.get_close_matches(who.casefold(), gangs, n=1, cutoff=MISTYPED)
    known = [*(gangs[name].name for name in mistyped), *city.names]
    raise unknown_name("gang or neighbourhood", who, known, "model.story")


def tell_lives(model, language: str = "en") -> list[Story]:
    """A household of every class of wealth, drawn by lot, so that none is chosen for its fate. InputError as `tell`."""
    found = []
    for number, wealth in enumerate(WEALTH_WORDS):
        rows = model.households.rows(wealth=wealth)
        if rows.size:
            lot = model.dice.roll("story", model.day, number)
            found.append(tell(model, int(rows[int(lot.uniform() * rows.size)]), language))
    return found


def _life_story(model, household: Household, teller: Teller) -> Story:
    life = Life(model, household, teller)
    dated = [(model.clock.date(day), text) for day, text in life.sentences()]
    return Story(life.title, life.about, dated, teller.language)


def _gang_story(model, gang: Gang, teller: Teller) -> Story:
    """Where it starts, what it takes and loses, and its members then and now."""
    holders, names, mine, say = model.holders, model.city.names, gang.index, teller.say
    allied = "_allied" if gang.coalition else ""
    told = {"gang": gang.name, "coalition": gang.coalition}

    def state(key: str, members: int, places: np.ndarray) -> str:
        held = say("gang.holds", places=teller.listed([names[i] for i in places])) if places.size else ""
        members_told = teller.counted("number.members", members)
        return say(key, **told, members=members_told, held=held or say("gang.holds_none"))

    first, now = np.flatnonzero(holders.first == mine), np.flatnonzero(holders.now == mine)
    dated = [(0, state(f"gang.start{allied}", int(holders.members[mine]), first))]
    hands: dict[int, list[tuple[int, str]]] = {}
    incidents: dict[tuple[int, int], list] = {}
    for item in model.ledger.incidents:
        incidents.setdefault((item.day, item.place), []).append(item)
        if item.actor == gang.name and item.kind == "repelled":
            dated.append((item.day, say("gang.led", what=teller.incident(item), gang=gang.name)))
    for entry in holders.entries():
        day, place, before, after = (int(entry[name]) for name in ("day", "member", "before", "after"))
        if mine not in (before, after):
            continue
        captures = [item for item in incidents.get((day, place), []) if item.kind == "captured"]
        cleared = any(item.kind == "cleared" for item in incidents.get((day, place), []))
        taker = captures[-1].actor if captures else ""
        if after == mine:
            rival = model.gangs[before].name if before >= 0 else ""
            over = "_over" * (taker != gang.name)
            key = f"takes{over}{'_from' * bool(rival)}" if rival or not over else "comes_under"
            text = say(f"gang.{key}", gang=gang.name, place=names[place], rival=rival)
        else:
            rival = model.gangs[after].name if after >= 0 else ""
            key = f"rival_takes{'_over' * (taker != rival)}" if rival else "cleared" if cleared else "weak"
            how = say(f"gang.{key}", rival=rival)
            text = say("gang.loses", gang=gang.name, place=names[place], how=how)
        hands.setdefault(place, []).append((day, text))
    for place, changes in hands.items():
        dated += _merged(model, changes, names[place], teller)
    dated.append((model.day + 1, state("gang.start", gang.members, now)))
    return _story(model, gang.name, say("gang.about"), dated, teller)


def _place_story(model, place: Neighbourhood, teller: Teller) -> Story:
    """Who rules it at the start, what happens in it, who comes to rule it, and how it is now."""
    holders, mine, say = model.holders, place.number, teller.say
    first = int(holders.first[mine])
    ruled = {"place": place.name, "gang": model.gangs[first].name if first >= 0 else ""}
    dated = [(0, say("place.ruled" if first >= 0 else "place.unruled", **ruled))]
    incidents: dict[int, list] = {}
    for item in model.ledger.incidents:
        if item.place == mine:
            incidents.setdefault(item.day, []).append(item)
    changes = {int(entry["day"]): int(entry["after"]) for entry in holders.entries() if int(entry["member"]) == mine}
    merged = {day for group in _back_and_forth(sorted(changes)) for day in group}
    for day, items in incidents.items():
        shown = [item for item in items if not (day in merged and item.kind in HANDS)]
        dated += [(day, say("place.happens", what=teller.incident(item))) for item in shown]
    hands: list[tuple[int, str]] = []
    for day, after in changes.items():
        told = {(item.kind, item.actor) for item in incidents.get(day, [])}
        if after >= 0 and (day in merged or ("captured", model.gangs[after].name) not in told):
            hands.append((day, say("place.comes", gang=model.gangs[after].name, place=place.name)))
        elif after < 0 and (day in merged or not {"cleared", "control"} & {kind for kind, _ in told}):
            hands.append((day, say("place.none", place=place.name)))
    dated += _merged(model, hands, place.name, teller)
    now = say("place.now_ruled", gang=place.gang) if place.gang else say(f"place.now_{place.label}")
    numbers = {"present": place.residents, "hosted": place.displaced_hosted, "away": place.displaced_from}
    dated.append((model.day + 1, say("place.today", **numbers, now=now)))
    about = say("place.about", commune=place.commune)
    return _story(model, place.name, about, _joined(model, sorted(dated, key=lambda one: one[0]), teller), teller)


def _story(model, title: str, about: str, dated: list[tuple[int, str]], teller: Teller) -> Story:
    """A story of days and sentences in any order; what is said of today stands on the day after."""
    told = sorted(dated, key=lambda one: one[0])
    return Story(title, about, [(model.clock.date(min(day, model.day)), text) for day, text in told], teller.language)


def _back_and_forth(days: list[int]) -> list[list[int]]:
    """Days of changes in groups, each within `REST` of the last; those of `MANY` and more."""
    groups: list[list[int]] = []
    for day in days:
        if groups and day - groups[-1][-1] <= REST:
            groups[-1].append(day)
        else:
            groups.append([day])
    return [group for group in groups if len(group) >= MANY]


def _merged(model, changes: list[tuple[int, str]], name: str, teller: Teller) -> list[tuple[int, str]]:
    """Sentences of changes of hands, by day; a back and forth is one, with how often, until when, and how it ends."""
    groups = _back_and_forth([day for day, _ in changes])
    within = {day for group in groups for day in group}
    found = [change for change in changes if change[0] not in within]
    for group in groups:
        last, until = dict(changes)[group[-1]], teller.date(model.clock.date(group[-1]))
        found.append((group[0], teller.say("hands.merged", place=name, times=len(group), date=until, last=last)))
    return found


def _joined(model, dated: list[tuple[int, str]], teller: Teller) -> list[tuple[int, str]]:
    """The same sentences, one that follows upon itself told once, with how often and until when."""
    told = []
    for text, days in itertools.groupby(dated, key=lambda one: one[1]):
        first, *others = (day for day, _ in days)
        if others:
            until = teller.date(model.clock.date(others[-1]))
            text = teller.say("hands.again", what=text.removesuffix("."), times=1 + len(others), date=until)
        told.append((first, text))
    return told
