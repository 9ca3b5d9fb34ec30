"""What is told of a run of the city: codes, places and numbers, read from its state and its books each evening.

No group is named, and deaths are told as deaths. What comes in small pieces is told once a week; a place that changes hands
again and again is told of once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from simulation.replay.recipe import Happened

WEEK = 7
QUICKLY = 30  # days between two changes of hands that are told together
OFTEN = 3  # changes of hands from which on they are told together
WAVE, LARGE_WAVE = 3_000, 10_000  # people who leave a place in a week
HOMECOMING = 2_000  # people who come home to a place in a week
MANY_KILLED = 100  # residents of the city killed in a week
DRY = 60  # days without a receipt after which money is said to stop
LATE = 30  # unpaid days
HALVED, SEEN, WORTH_TELLING = 0.6, 30, 50.0  # of the highest usable force in so many days, if that was so much
LARGE, THIN = 30_000, 1_000.0  # people of a place that is told of first; people a square kilometre of one told of last
OPTIONS = {
    "mss": "support_mission",
    "un_logistics": "office_mission",
    "un_peacekeeping": "peacekeeping",
    "suppression_force": "suppression_force",
    "none": "no_mission",
}
WEIGHTS = {
    "council_support_mission": 9, "council_office_mission": 9, "council_peacekeeping": 9,
    "council_suppression_force": 9, "council_no_mission": 9, "council_strength": 8,
    "election": 9, "government_falls": 9, "airport_closed": 9, "airport_open": 8,
    "money_stops": 9, "money_again": 8, "cash_gone": 9, "pay_late": 7, "pay_again": 5, "force_halved": 9,
    "supplies_low": 8, "supplies_again": 6, "vehicles_low": 7, "vehicles_arrive": 4,
    "arrival": 6, "withdrawal": 8, "mission_killed": 4, "police_killed": 5,
    "residents_killed": 6,
    "offensive_begins": 7, "offensive_ends": 5, "pact_breaks": 8, "leader_removed": 2, "strikes": 3,
    "flight_wave": 5, "flight_waves": 7, "homecoming": 4, "homecomings": 6,
    "captured": 4, "recaptured": 5, "cleared": 5, "changed_hands": 5,
}  # fmt: skip
CODES = tuple(WEIGHTS)


class CityWatch:
    """Looks at a city each evening; `told` says what happened so far. Changes nothing in it."""

    def __init__(self):
        self._told: list[Happened] = []
        self._hands: dict[int, list[tuple[int, str]]] = defaultdict(list)
        self._was: dict[str, Any] = {}
        self._waves: dict[tuple[str, int], list[tuple[int, float]]] = defaultdict(list)
        self._size = np.zeros(0, int)
        self._weekly: dict[str, float] = defaultdict(float)
        self._left = self._came = np.zeros(0)
        self._usable: list[float] = []
        self._quiet_until = 0
        self._received_on = 0
        self._falls: set[int] = set()

    def look(self, model: Any) -> None:
        """An evening; the first is that from which on something can change."""
        now = self._now(model)
        if not self._was:
            self._begin(model)
        else:
            self._hands_changed(model)
            self._changed(model.day, self._was, now)
            self._count(model)
            if model.day % WEEK == 0:
                self._week(model)
        self._was = now

    def told(self) -> list[Happened]:
        """All so far, with what a place went through told once where it changed hands often."""
        hands = [one for place in self._hands for one in self._of_place(place)]
        waves = [one for code, place in self._waves for one in self._of_waves(code, place)]
        return sorted(self._told + hands + waves, key=lambda one: (one.day, one.code, one.place))

    def _begin(self, model: Any) -> None:
        self._left, self._came = np.zeros(model.n), np.zeros(model.n)
        people, density = model.city.population, model.city.density_per_km2
        self._size = np.where(density < THIN, -2, np.where(people > LARGE, 1, 0))
        self._received_on = model.day
        start = model.case.start
        falls = [event for event in model.case.events if event.what == "government_falls"]
        self._falls = {event.first_day(start) for event in falls} if model.government.on else set()

    def _tell(
        self, day: int, code: str, place: int = -1, a: float | None = None, b: float | None = None, more: int = 0
    ):
        self._told.append(Happened(day, code, place, a, b, min(9, WEIGHTS[code] + more)))

    @staticmethod
    def _now(model: Any) -> dict[str, Any]:
        pool, fleet, politics = model.pool, model.mission.fleet, model.politics
        return {
            "option": model.mandate.option,
            "authorised": model.authorised(),
            "airport": model.airport_open(),
            "vote": politics.legitimacy > 0.0,
            "offensive": model.affairs.offensive,
            "pact": model.affairs.pact,
            "received": pool.received,
            "cash": pool.cash > 1.0 or not model.forces.deployed(),
            "unpaid": pool.arrears_days,
            "short": model.mission.supply_crisis(),
            "vehicles": fleet.serviceable,
            "fleet": fleet.delivered - fleet.lost,
            "usable": float(model.recorder.values["usable_force"][-1]),
        }

    def _changed(self, day: int, was: dict[str, Any], now: dict[str, Any]) -> None:
        """What differs between yesterday evening and this one."""
        if now["option"] != was["option"] and now["option"] in OPTIONS:
            self._tell(day, f"council_{OPTIONS[now['option']]}", a=now["authorised"], b=was["authorised"])
        elif abs(now["authorised"] - was["authorised"]) > 0.1 * was["authorised"] > 0:
            self._tell(day, "council_strength", a=now["authorised"], b=was["authorised"])
        for name, better, worse in (
            ("airport", "airport_open", "airport_closed"),
            ("offensive", "offensive_begins", "offensive_ends"),
            ("vote", "election", ""),
            ("short", "supplies_low", "supplies_again"),
            ("cash", "", "cash_gone"),
        ):
            code = better if now[name] else worse
            if now[name] != was[name] and code:
                self._tell(day, code)
        if day in self._falls:
            self._tell(day, "government_falls")
        if now["pact"] < 0.5 * was["pact"]:
            self._tell(day, "pact_breaks")
        self._money(day, was, now)
        self._force(day, was, now)

    def _money(self, day: int, was: dict[str, Any], now: dict[str, Any]) -> None:
        if now["received"] > was["received"] + 1.0:
            if day - self._received_on >= DRY:
                self._tell(day, "money_again", a=day - self._received_on)
            self._received_on = day
        elif day - self._received_on == DRY and (now["authorised"] or self._usable[-1:] > [0.0]):
            self._tell(day, "money_stops", a=DRY)
        if now["unpaid"] == LATE > was["unpaid"]:
            self._tell(day, "pay_late", a=LATE)
        if now["unpaid"] == 0 and was["unpaid"] >= LATE:
            self._tell(day, "pay_again", a=was["unpaid"])

    def _force(self, day: int, was: dict[str, Any], now: dict[str, Any]) -> None:
        self._usable = [*self._usable[-SEEN:], now["usable"]]
        most = max(self._usable)
        if most >= WORTH_TELLING and now["usable"] < HALVED * most and day > self._quiet_until:
            self._tell(day, "force_halved", a=round(most), b=round(now["usable"]))
            self._quiet_until = day + 3 * SEEN
        low, before = (one["vehicles"] < 0.5 * one["fleet"] for one in (now, was))
        if low and not before and now["fleet"] >= 10:
            self._tell(day, "vehicles_low", a=now["vehicles"], b=now["fleet"])
        if now["fleet"] >= was["fleet"] + 10:
            self._tell(day, "vehicles_arrive", a=now["fleet"] - was["fleet"], b=now["fleet"])

    def _hands_changed(self, model: Any) -> None:
        """Places that armed groups took today, and places that forces cleared."""
        ledger = model.ledger
        for name, code in (("places_captured", "captured"), ("places_cleared", "cleared")):
            if ledger.sum(name):
                for place in np.flatnonzero(ledger.today[name]).tolist():
                    again = code == "captured" and bool(ledger.today["places_recaptured"][place])
                    self._hands[place].append((model.day, "recaptured" if again else code))
        if ledger.sum("leaders_removed"):
            self._tell(model.day, "leader_removed", int(ledger.today["leaders_removed"].argmax()))

    def _of_place(self, place: int) -> list[Happened]:
        """A place's changes of hands: each, or those that follow one another quickly as one, on the last of them."""
        found: list[Happened] = []
        more = int(self._size[place])
        for group in grouped(self._hands[place], QUICKLY):
            if len(group) < OFTEN:
                found += [Happened(day, code, place, weight=WEIGHTS[code] + more) for day, code in group]
            else:
                first, last = group[0][0], group[-1][0]
                weight = min(8, WEIGHTS["changed_hands"] + more + len(group) // 5)
                found.append(Happened(last, "changed_hands", place, len(group), last - first, weight))
        return found

    def _of_waves(self, code: str, place: int) -> list[Happened]:
        """Weeks in which many left a place, or came home: one after another they are told as one, on the last of them."""
        found = []
        for group in grouped(self._waves[code, place], 2 * WEEK):
            people, weeks = sum(number for _, number in group), len(group)
            name = code if weeks == 1 else f"{code}s"
            weight = WEIGHTS[name] + int(people >= LARGE_WAVE)
            found.append(Happened(group[-1][0], name, place, about(people), weeks if weeks > 1 else None, weight))
        return found

    def _count(self, model: Any) -> None:
        """Adds the day to the week."""
        ledger = model.ledger
        for name in ("mission_arrived", "mission_withdrawn", "mission_killed", "residents_killed", "strikes"):
            self._weekly[name] += ledger.sum(name)
        self._weekly["police_killed"] += ledger.sum("police_killed") + ledger.sum("army_killed")
        self._left += ledger.today["new_displacements"]
        self._came += ledger.today["returns"]

    def _week(self, model: Any) -> None:
        """What is told once a week, of the week that ends this evening."""
        day, week, here = model.day, self._weekly, model.forces.deployed()
        tells: Sequence[tuple[str, str, float, Callable[[float], int]]] = (
            ("mission_arrived", "arrival", 20, lambda number: 2 * (number >= 100) + (number >= 500)),
            ("mission_withdrawn", "withdrawal", 20, lambda number: int(number >= 100)),
            ("mission_killed", "mission_killed", 1, lambda number: int(number >= 5)),
            ("police_killed", "police_killed", 3, lambda number: int(number >= 10)),
            ("residents_killed", "residents_killed", MANY_KILLED, lambda number: int(number >= 2 * MANY_KILLED)),
            ("strikes", "strikes", 1, lambda number: int(number >= 5)),
        )
        for name, code, least, more in tells:
            if week[name] >= least:
                of_mission = code in ("arrival", "withdrawal")
                self._tell(day, code, a=week[name], b=here if of_mission else None, more=more(week[name]))
        for people, code, least in ((self._left, "flight_wave", WAVE), (self._came, "homecoming", HOMECOMING)):
            place = int(people.argmax())
            if people[place] >= least:
                self._waves[code, place].append((day, float(people[place])))
            people[:] = 0.0
        week.clear()


def grouped(dated: list[tuple[int, Any]], days: int) -> list[list[tuple[int, Any]]]:
    """What is dated, in its order; those together that follow one another within so many days."""
    groups: list[list[tuple[int, Any]]] = []
    for one in dated:
        if groups and one[0] - groups[-1][-1][0] <= days:
            groups[-1].append(one)
        else:
            groups.append([one])
    return groups


def about(people: float) -> int:
    """Two figures: nobody counts who flees to the last person."""
    size = 10 ** max(0, len(str(int(people))) - 2)
    return int(round(people / size) * size)
