"""A recording of the city that no run has made: every number is a formula, so that a report can be tested without a run."""

from __future__ import annotations

import numpy as np

from models.haiti.replay.recipe import REPLAY
from simulation.port.plugins import NOTHING
from simulation.replay.blocks import encode
from simulation.replay.recorded import Recorded


def recorded_city(title: str, days: int = 20, luck: str = "7") -> Recorded:
    """So many days, in which all numbers rise and every place passes through all classes."""
    places = tuple(place["id"] for place in REPLAY.map(NOTHING)["places"])
    day, place = np.arange(days + 1.0)[:, None], np.arange(len(places))
    top = {"class": len(REPLAY.classes), "share": 1.0, "people": 5000.0, "steps": 4}
    fields = {
        one.name: np.floor((day + place) % 7 / 7 * top[one.kind] / one.scale) * one.scale for one in REPLAY.fields
    }
    run = {
        "luck": luck,
        "series": {one.name: encode(day * one.scale, one.scale) for one in REPLAY.series},
        "places": {one.name: encode(fields[one.name], one.scale) for one in REPLAY.fields},
        "events": [[3, "airport_closed", -1, None, None, 9]],
        "flows": [],
    }
    return Recorded("haiti", title, "2024-06-01", days + 1, places, run)
