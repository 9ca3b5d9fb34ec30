"""A household as a Mesa agent, made when asked for: its attributes read and write its row of the columns."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator
from typing import Any

import mesa
import numpy as np

from models.haiti.kernels import ABROAD, GONE, HOME, HOST, PROVINCE, SITE
from models.haiti.people.columns import NO_TIE, STATUS_WORDS, STRATA, WEALTH_WORDS
from models.haiti.people.lives import BY_HAND, WRITABLE
from models.haiti.people.population_file import MOST_PEOPLE, WIDEST_THRESHOLD
from models.haiti.world.naming import find_beyond, find_place, place_name
from simulation.errors import InputError, unknown_name
from simulation.rosters import NOWHERE

FIXED = {
    "home": "A household's neighbourhood of origin stays; move_to(place) moves it",
    "place": "Say move_to(place, status), or go_home()",
    "displaced": "Say move_to(place, status), or go_home()",
}
OWN = ("model", "row", "unique_id", "pos")


class Household(mesa.Agent):
    """One household (a row of the columns) as an agent. Two views of one row are equal and show the same household.

    Made when asked for and not registered with the model: `model.agents` holds only those who decide. These can be
    written, and everything that depends on them follows (counts of the city, rosters, the own fear):

    `fear` 0 to 1. `people` 1 or more. `wealth` and `ties` (a place beyond the city, "" for none); the threshold moves with
    them, as wealth and ties count in it. `threshold` -5 to 5. `moves` 0 to 100. `home_destroyed` True or False. `status`,
    for another kind of shelter in the same place. `move_to(place, status)` and `go_home()` move it.

    Writing is the experimenter's hand and no event of the model: the ledger counts no flight, return, birth or death.
    `model.initial_people` and `model.initial_displaced` change with it instead, so that people alive and dead still add up
    to those of the start. The row of a day that is recorded already stays as it is. A household of which nobody is alive
    cannot be written. Raises InputError for what does not fit.
    """

    def __init__(self, model, row: int):
        self.model, self.row = model, int(row)
        self.unique_id = f"household {row}"
        self.pos = None

    def __setattr__(self, name: str, value: Any) -> None:
        # A view is gone tomorrow: what is not in a column would be lost without a word.
        if name in FIXED:
            raise InputError(f"{name} cannot be written", f"household {self.row}", FIXED[name])
        if name not in OWN and not isinstance(getattr(type(self), name, None), property):
            known = {*WRITABLE, "status"} - {"place"}
            raise unknown_name("attribute", name, known, f"household {self.row}")
        super().__setattr__(name, value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Household) and other.model is self.model and other.row == self.row

    def __hash__(self) -> int:
        return hash((id(self.model), self.row))

    @property
    def _columns(self):
        return self.model.population

    @property
    def weight(self) -> int:
        """How many households the row stands for."""
        return self._columns.weight

    @property
    def home(self) -> str:
        """Name of the neighbourhood it comes from."""
        return place_name(self.model.city, int(self._columns.home[self.row]))

    @property
    def place(self) -> str:
        """Name of the place where it is today."""
        return place_name(self.model.city, int(self._columns.place[self.row]))

    @property
    def people(self) -> int:
        """People alive in it (of all households that the row stands for)."""
        return int(self._columns.people[self.row])

    @people.setter
    def people(self, value: int) -> None:
        value = int(self._number("people", value, 1, MOST_PEOPLE * self.weight, whole=True))
        with self._by_hand("people", people=value - self.people) as columns:
            columns.people[self.row] = value
            columns._largest = max(columns._largest, value)

    @property
    def status(self) -> str:
        """Where and how it lives, in words."""
        return STATUS_WORDS[self._columns.status[self.row]]

    @status.setter
    def status(self, value: str) -> None:
        self._settle(int(self._columns.place[self.row]), value)

    @property
    def wealth(self) -> str:
        """poor, middle or better off."""
        return WEALTH_WORDS[self._columns.wealth[self.row]]

    @wealth.setter
    def wealth(self, value: str) -> None:
        if value not in WEALTH_WORDS:
            raise unknown_name("wealth", value, WEALTH_WORDS, self._where("wealth"))
        was, now = int(self._columns.wealth[self.row]), WEALTH_WORDS.index(value)
        with self._by_hand("wealth", was=was, status=now) as columns:
            columns.wealth[self.row] = now
            columns.threshold[self.row] += self.model.parameters.flight.poor * (int(now == 0) - int(was == 0))

    @property
    def ties(self) -> str:
        """Place beyond the city where it has family; empty if none."""
        tie = int(self._columns.tie[self.row])
        return "" if tie == NO_TIE else place_name(self.model.city, tie)

    @ties.setter
    def ties(self, value: str) -> None:
        now = NO_TIE if value in ("", None) else find_beyond(self.model.city, value, self._where("ties"))
        was = int(self._columns.tie[self.row])
        with self._by_hand("ties", origin=was, place=now) as columns:
            columns.tie[self.row] = now
            change = int(was != NO_TIE) - int(now != NO_TIE)
            columns.threshold[self.row] += self.model.parameters.flight.tie * change

    @property
    def fear(self) -> float:
        """Its own fear today, 0 to 1."""
        return float(np.clip(self._columns.fear_of(self._rows)[0], 0.0, 1.0))

    @fear.setter
    def fear(self, value: float) -> None:
        value = self._number("fear", value, 0.0, 1.0)
        with self._by_hand("fear") as columns:
            columns.fear.write(self._rows, columns.place[self._rows], columns.wealth[self._rows], np.array([value]))

    @property
    def threshold(self) -> float:
        """Log of its own half dose of flight against the city's: lower flees sooner."""
        return float(self._columns.threshold[self.row])

    @threshold.setter
    def threshold(self, value: float) -> None:
        value = self._number("threshold", value, -WIDEST_THRESHOLD, WIDEST_THRESHOLD)
        with self._by_hand("threshold") as columns:
            columns.threshold[self.row] = value

    @property
    def moves(self) -> int:
        """How often it had to flee; who has fled before flees sooner."""
        return int(self._columns.moves[self.row])

    @moves.setter
    def moves(self, value: int) -> None:
        value = int(self._number("moves", value, 0, 100, whole=True))
        with self._by_hand("moves") as columns:
            columns.moves[self.row] = value

    @property
    def home_destroyed(self) -> bool:
        """Whether there is no house to go back to."""
        return bool(self._columns.destroyed[self.row])

    @home_destroyed.setter
    def home_destroyed(self, value: bool) -> None:
        if not isinstance(value, (bool, np.bool_)):
            raise InputError(f"'{value}' is neither True nor False", self._where("home_destroyed"))
        with self._by_hand("home_destroyed", was=int(self.home_destroyed), status=int(value)) as columns:
            columns.destroyed[self.row] = value

    @property
    def displaced(self) -> bool:
        """Whether it lives elsewhere because of violence."""
        return self._columns.status[self.row] not in (HOME, GONE)

    def move_to(self, place: str, status: str | None = None) -> None:
        """Move it to a neighbourhood or a place beyond the city, by id or name, with a status in words.

        In a neighbourhood `status` is "with a host family" (if None) or "in a site", beyond the city it follows from the
        place. `moves` goes up by one, as whoever leaves has fled; in its own home it is at home, as after `go_home()`.
        """
        self._settle(find_place(self.model.city, place, self._where("move_to")), status)

    def go_home(self) -> None:
        """Move it back to its home, at once and whoever rules there. InputError if the home is destroyed."""
        self._settle(int(self._columns.home[self.row]), STATUS_WORDS[HOME])

    def remove(self) -> None:
        """Households are never removed; their rows stay in the ledger."""
        raise InputError("a household cannot be removed from the model", f"household {self.row}")

    def __repr__(self) -> str:
        return f"<household {self.row}: {self.people} people, {self.status}, {self.place}>"

    def _repr_html_(self) -> str:
        from models.haiti.pictures import household_picture, thing_html

        rows = [
            ("home", self.home),
            ("now", f"{self.place}, {self.status}"),
            ("people alive", f"{self.people:,}" + (f" (of {self.weight:,} households)" if self.weight > 1 else "")),
            ("wealth", self.wealth),
            ("family beyond the city", self.ties or "none"),
            ("fear, 0 to 1", f"{self.fear:.2f}"),
            ("times fled", self.moves),
            ("home destroyed", "yes" if self.home_destroyed else "no"),
        ]
        return thing_html(self, household_picture(self), rows)

    @property
    def _rows(self) -> np.ndarray:
        return np.array([self.row], np.int32)

    def _where(self, name: str) -> str:
        return f"household {self.row}, {name}"

    def _number(self, name: str, value: float, low: float, high: float, whole: bool = False) -> float:
        """`value` if it is a number within bounds; InputError with the nearest that is."""
        number = isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool)
        if not number or not math.isfinite(value):
            raise InputError(f"'{value}' is no number", self._where(name), f"It can be {low:g} to {high:g}")
        nearest = min(max(round(value) if whole else value, low), high)
        if nearest != value:
            hint = f"It can be {low:g} to {high:g}{', whole' if whole else ''}; the nearest is {nearest:g}"
            raise InputError(f"{value} does not fit", self._where(name), hint)
        return float(value)

    def _settle(self, place: int, status: str | None) -> None:
        """Move the row to a place with a status in words (the usual one there if None)."""
        columns, city = self._columns, self.model.city
        home = place == columns.home[self.row]
        if place >= self.model.n:
            possible = [ABROAD if place == self.model.abroad else PROVINCE]
        else:
            possible = [HOME, HOST, SITE] if home else [HOST, SITE]
        words = [STATUS_WORDS[one] for one in possible]
        status = words[0] if status is None else status
        if status not in words:
            if status not in STATUS_WORDS:
                raise unknown_name("status", status, words, self._where("status"))
            hint = f"There it can be {' or '.join(words)}"
            raise InputError(f"'{status}' does not fit {place_name(city, place)}", self._where("status"), hint)
        code = STATUS_WORDS.index(status)
        if code == HOME and columns.destroyed[self.row]:
            hint = "Write home_destroyed = False first"
            raise InputError("its home is destroyed", self._where("status"), hint)
        if (place, code) == (columns.place[self.row], columns.status[self.row]):
            return
        origin, was = int(columns.place[self.row]), int(columns.status[self.row])
        changes = {"origin": origin, "place": place, "was": was, "status": code}
        with self._by_hand("place", **changes, people=self.people):
            columns.place[self.row], columns.status[self.row] = place, code
            columns.since[self.row] = self.model.day
            if code != HOME:
                columns.moves[self.row] = min(columns.moves[self.row] + 1, 100)

    @contextlib.contextmanager
    def _by_hand(self, name: str, **changes: int) -> Iterator[Any]:
        """Columns to write in; counts, own fear, rosters, bounds and the diary follow."""
        columns, model, rows = self._columns, self.model, self._rows
        if not columns.people[self.row]:
            raise InputError("nobody of it is alive, so nothing can be written", self._where(name))
        alive, displaced = self.people, model.displaced_people()
        columns.count_in(rows, model.state, -1)
        fear = columns.fear_of(rows)
        yield columns
        if name != "fear":
            columns.fear.write(rows, columns.place[rows], columns.wealth[rows], fear)
        columns.count_in(rows, model.state, +1)
        model.initial_people += self.people - alive
        model.initial_displaced += model.displaced_people() - displaced
        refile(columns, rows)
        same = all(changes.get(old) == changes.get(new) for old, new in (("origin", "place"), ("was", "status")))
        if not changes or not same or changes.get("people"):
            columns.diary.write(model.day, BY_HAND[name], rows, **changes)


def refile(columns, rows: np.ndarray) -> None:
    """Put rows where their columns say: thinning bounds cover their thresholds, rosters hold them in the right group.

    A row whose group stays keeps its place in the roster (`Roster.move`), so that nobody else's luck changes.
    """
    # The lowest edge must also cover these rows once they have moved (Households.set_strata).
    lowest = float((columns.threshold[rows] - columns.previous_effect).min())
    columns.stratum_edges[[0, STRATA]] = np.minimum(columns.stratum_edges[[0, STRATA]], lowest)
    away = np.isin(columns.status[rows], (HOME, GONE), invert=True)
    homes = np.where(away, columns.home[rows], NOWHERE).astype(np.int32)
    columns.present.move(rows, columns._groups(rows))
    columns.displaced.move(rows, homes)
