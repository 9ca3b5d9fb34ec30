"""Stories: the life of one simulated household, the course of one gang, or the days of a neighbourhood, in dated sentences.

They are read off what the run has written down (`models/haiti/people/lives.py` and the incidents of the ledger); nothing is
made up. No real household or person is told about. What is said of households stands in `models/haiti/people/life.py`.
"""

from __future__ import annotations

import datetime
import html
import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from models.haiti.agents.gang import Gang
from models.haiti.agents.household import Household
from models.haiti.people.life import Life
from models.haiti.world.neighbourhood import Neighbourhood
from simulation.clock import write_date
from simulation.errors import InputError, unknown_name
from simulation.runs.results import CAVEAT

Line = tuple[datetime.date, str]
HANDS = ("captured", "cleared", "control")  # incidents after which another may rule
MANY, REST = 4, 30
"""Changes of hands of one place, none more than so many days after the last, that are told as one."""


@dataclass(frozen=True)
class Story:
    """Dated sentences: `lines` is a list of (date, sentence). `print(story)` tells it line by line; so does a notebook."""

    title: str
    about: str
    lines: list[Line]

    def __iter__(self) -> Iterator[Line]:
        return iter(self.lines)

    def __len__(self) -> int:
        return len(self.lines)

    def __str__(self) -> str:
        told = [f"{write_date(day)}: {sentence}" for day, sentence in self.lines]
        return "\n".join([self.title, self.about, *told, CAVEAT])

    def _repr_html_(self) -> str:
        told = "".join(f"<li><b>{write_date(day)}</b>: {html.escape(text)}</li>" for day, text in self.lines)
        title, about = html.escape(self.title), html.escape(self.about)
        return f"<p><b>{title}</b><br>{about}</p><ul>{told}</ul><p><i>{CAVEAT}</i></p>"


def tell(model, who: int | str | Household | Gang | Neighbourhood) -> Story:
    """The story of a household (row number or view), a gang (agent or name) or a neighbourhood (its view, name or id).

    A name that both have is the gang's. InputError without `events=True`.
    """
    if not model.ledger.keep_incidents:
        hint = "Make the model with events=True: HaitiModel(case, events=True)"
        raise InputError("nothing was written down, so there is no story", "model.story", hint)
    if isinstance(who, (Household, Gang, Neighbourhood)) and who.model is not model:
        kind = "neighbourhood" if isinstance(who, Neighbourhood) else "agent"
        raise InputError(f"this {kind} belongs to another model", "model.story", "Ask its own model")
    if isinstance(who, Neighbourhood):
        return _place_story(model, who)
    if isinstance(who, Household):
        return _life_story(model, who)
    if isinstance(who, (int, np.integer)) and not isinstance(who, bool):
        return _life_story(model, model.households[who])
    if isinstance(who, Gang):
        return _gang_story(model, who)
    if not isinstance(who, str):
        hint = "Give the number of a household, model.households[17], a gang or its name, or model.neighbourhood(name)"
        raise InputError(f"'{who}' has no story", "model.story", hint)
    gangs = {gang.name.casefold(): gang for gang in model.gangs}
    if who.casefold() in gangs:
        return _gang_story(model, gangs[who.casefold()])
    city = model.city
    if who.casefold() in {name.casefold() for name in (*city.names, *city.ids)}:
        return _place_story(model, model.neighbourhood(who))
    known = [*(gang.name for gang in model.gangs), *city.names]
    raise unknown_name("gang or neighbourhood", who, known, "model.story")


def _life_story(model, household: Household) -> Story:
    life = Life(model, household)
    return Story(life.title, life.about, [(model.clock.date(day), text) for day, text in life.sentences()])


def _gang_story(model, gang: Gang) -> Story:
    """Where it starts, what it takes and loses, and its members then and now."""
    holders, names, mine = model.holders, model.city.names, gang.index
    about = "A simulated group; no deed of real people is told about. A third to a half of the members of such groups "
    about += "are minors. How many left and how many were killed is not written down by group."
    first = np.flatnonzero(holders.first == mine)
    coalition = f", of {gang.coalition}," if gang.coalition else ""
    held = f"holds {_listed([names[i] for i in first])}" if first.size else "holds no neighbourhood"
    hands: dict[int, list[tuple[int, str]]] = {}
    dated = [(0, f"{gang.name}{coalition} has {_members(int(holders.members[mine]))} and {held}.")]
    incidents: dict[tuple[int, int], list] = {}
    for item in model.ledger.incidents:
        incidents.setdefault((item.day, item.place), []).append(item)
        if item.actor == gang.name and item.kind == "repelled":
            dated.append((item.day, f"{item.text}; {gang.name} led it."))
    for entry in holders.entries():
        day, place, before, after = (int(entry[name]) for name in ("day", "member", "before", "after"))
        if mine not in (before, after):
            continue
        captures = [item for item in incidents.get((day, place), []) if item.kind == "captured"]
        cleared = any(item.kind == "cleared" for item in incidents.get((day, place), []))
        name = names[place]
        if after == mine:
            taken = bool(captures) and captures[-1].actor == gang.name
            whose = f" from {model.gangs[before].name}" if before >= 0 else ""
            if taken or whose:
                text = f"{gang.name} {'takes' if taken else 'takes over'} {name}{whose}."
            else:
                text = f"{name} comes under the rule of {gang.name}."
        elif after >= 0:
            rival = model.gangs[after].name
            taken = bool(captures) and captures[-1].actor == rival
            how = f"{rival} takes it" if taken else f"{rival} takes it over"
            text = f"{gang.name} loses {name}: {how}."
        else:
            how = "security forces clear it" if cleared else "its rule there is no longer firm"
            text = f"{gang.name} loses {name}: {how}."
        hands.setdefault(place, []).append((day, text))
    for place, changes in hands.items():
        dated += _merged(model, changes, names[place])
    now = np.flatnonzero(holders.now == mine)
    held = f"holds {_listed([names[i] for i in now])}" if now.size else "holds no neighbourhood"
    dated.append((model.day + 1, f"{gang.name} has {_members(gang.members)} and {held}."))
    dated.sort(key=lambda one: one[0])
    return Story(gang.name, about, [(model.clock.date(min(day, model.day)), text) for day, text in dated])


def _place_story(model, place: Neighbourhood) -> Story:
    """Who rules it at the start, what happens in it, who comes to rule it, and how it is now."""
    holders, mine = model.holders, place.number
    about = f"A neighbourhood of {place.commune}; what happens in it here is simulated, and no report of what happened."
    first = int(holders.first[mine])
    ruled = f"is ruled by {model.gangs[first].name}" if first >= 0 else "is ruled by no gang"
    dated = [(0, f"{place.name} {ruled}.")]
    incidents: dict[int, list] = {}
    for item in model.ledger.incidents:
        if item.place == mine:
            incidents.setdefault(item.day, []).append(item)
    changes = {int(entry["day"]): int(entry["after"]) for entry in holders.entries() if int(entry["member"]) == mine}
    merged = {day for group in _back_and_forth(sorted(changes)) for day in group}
    for day, items in incidents.items():
        dated += [(day, f"{item.text}.") for item in items if not (day in merged and item.kind in HANDS)]
    hands: list[tuple[int, str]] = []
    for day, after in changes.items():
        told = {(item.kind, item.actor) for item in incidents.get(day, [])}
        if after >= 0 and (day in merged or ("captured", model.gangs[after].name) not in told):
            hands.append((day, f"{model.gangs[after].name} comes to rule {place.name}."))
        elif after < 0 and (day in merged or not {"cleared", "control"} & {kind for kind, _ in told}):
            hands.append((day, f"No gang rules {place.name} firmly any more."))
    dated += _merged(model, hands, place.name)
    now = f"{place.gang} rules it" if place.gang else f"no gang rules it ({place.label})"
    people = f"{place.residents:,} people are there, {place.displaced_hosted:,} of them displaced from elsewhere"
    dated.append((model.day + 1, f"{people}; {place.displaced_from:,} of its own are displaced; {now}."))
    dated.sort(key=lambda one: one[0])
    return Story(
        place.name, about, [(model.clock.date(min(day, model.day)), text) for day, text in _joined(model, dated)]
    )


def _back_and_forth(days: list[int]) -> list[list[int]]:
    """Days of changes in groups, each within `REST` of the last; those of `MANY` and more."""
    groups: list[list[int]] = []
    for day in days:
        if groups and day - groups[-1][-1] <= REST:
            groups[-1].append(day)
        else:
            groups.append([day])
    return [group for group in groups if len(group) >= MANY]


def _merged(model, changes: list[tuple[int, str]], name: str) -> list[tuple[int, str]]:
    """Sentences of changes of hands, by day; a back and forth is one, with how often, until when, and how it ends."""
    groups = _back_and_forth([day for day, _ in changes])
    within = {day for group in groups for day in group}
    found = [change for change in changes if change[0] not in within]
    for group in groups:
        last = dict(changes)[group[-1]]
        until = write_date(model.clock.date(group[-1]))
        found.append((group[0], f"{name} changes hands {len(group)} times until {until}. Then: {last}"))
    return found


def _joined(model, dated: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """The same sentences, one that follows upon itself told once, with how often and until when."""
    told = []
    for text, days in itertools.groupby(dated, key=lambda one: one[1]):
        first, *others = (day for day, _ in days)
        until = f" ({1 + len(others)} times until {write_date(model.clock.date(others[-1]))})" if others else ""
        told.append((first, f"{text.removesuffix('.')}{until}."))
    return told


def _members(number: int) -> str:
    return f"{number:,} {'member' if number == 1 else 'members'}"


def _listed(names: list[str]) -> str:
    """A, B and C, with their number where there are many."""
    told = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    return told if len(names) < 4 else f"{len(names)} neighbourhoods: {told}"
