"""What was reported of single places, and where the same stands in a model's tables: for forecasts of which place falls."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping
from dataclasses import dataclass

TAKEN, ATTACKED = "taken", "attacked"
KINDS = (TAKEN, ATTACKED)


@dataclass(frozen=True)
class PlaceEvent:
    """A dated report that names a place. kind: one of `KINDS`; a place that is taken was attacked too, and is named once."""

    day: datetime.date
    place: str
    kind: str
    source: str


@dataclass(frozen=True)
class PlaceRecord:
    """Reports of places, and what they are held against.

    places: all places, in the order of the model's tables. events: by date. held_at_start: places held when the runs begin.
    people, beside, area: {place: its people; places next to it; the larger area that it lies in}.
    held: (field, its value where a place is held). killed: field that counts deaths of a day. hosted: field of displaced
    people who live there.
    """

    places: tuple[str, ...]
    events: tuple[PlaceEvent, ...]
    held_at_start: frozenset[str]
    people: Mapping[str, float]
    beside: Mapping[str, Collection[str]]
    area: Mapping[str, str]
    held: tuple[str, str]
    killed: str
    hosted: str

    def taken(self, after: datetime.date, until: datetime.date) -> frozenset[str]:
        """Places that a report of the days after `after`, up to `until`, names as taken."""
        return frozenset(one.place for one in self.events if one.kind == TAKEN and after < one.day <= until)

    def attacks(self, after: datetime.date, until: datetime.date) -> dict[str, int]:
        """How many reports of those days name a place, as attacked or taken; all places."""
        count = dict.fromkeys(self.places, 0)
        for one in self.events:
            if after < one.day <= until:
                count[one.place] += 1
        return count

    def held_by(self, day: datetime.date) -> frozenset[str]:
        """Places held on a day as far as reported: those of the start, and those taken since."""
        return self.held_at_start | self.taken(datetime.date.min, day)
