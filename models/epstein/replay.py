"""The replay of the model of civil violence: the torus cut open and seen in squares, with outbursts told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from models.epstein.metrics import MANY
from simulation.port.plugins import Brought
from simulation.replay.recipe import Field, Happened, Replay, Series

ACROSS = 8  # squares across, whatever the side of the lattice
SIZE = 0.01  # degrees of a square; it lies off every coast
RESTLESS, RISEN = 0.02, 0.2  # shares of the citizens of a square who are active from which on it is restless, risen
PLACES = tuple(f"{column}{row}" for row in range(1, ACROSS + 1) for column in "ABCDEFGH")


def square(model: Any, sites: np.ndarray) -> np.ndarray:
    """The squares of sites, whole numbers from 0."""
    side = model.rules.lattice.side
    row, column = np.divmod(sites, side)
    return row * ACROSS // side * ACROSS + column * ACROSS // side


def citizens(model: Any, kind: str = "free") -> np.ndarray:
    """Citizens out of jail by square, or of them the `active`."""
    here = [one.site for one in model.citizens if not one.jailed and (kind == "free" or one.active)]
    return np.bincount(square(model, np.array(here, np.int64)), minlength=len(PLACES))


def active(model: Any) -> np.ndarray:
    return citizens(model, "active") / np.maximum(citizens(model), 1)


def cops(model: Any) -> np.ndarray:
    here = np.array([one.site for one in model.people[len(model.citizens) :]], np.int64)
    return np.searchsorted((1, 3, 6), np.bincount(square(model, here), minlength=len(PLACES)), side="right")


class Outbursts:
    """Tells when more than `MANY` citizens begin to be active at once."""

    def __init__(self):
        self._told: list[Happened] = []
        self._many: bool | None = None

    def look(self, model: Any) -> None:
        number = model.recorder.values["active"][-1]
        many = number > MANY
        if many and self._many is False:
            self._told.append(Happened(model.day, "outburst", a=number))
        self._many = many

    def told(self) -> list[Happened]:
        return list(self._told)


def lattice(brought: Brought) -> dict[str, Any]:
    """Squares side by side, without land or names that anybody says."""
    places = []
    for number, name in enumerate(PLACES):
        south, west = (SIZE * one for one in divmod(number, ACROSS))
        corners = ((0, 0), (SIZE, 0), (SIZE, SIZE), (0, SIZE))
        ring = [(round(west + x, 4), round(south + y, 4)) for x, y in corners]
        middle = [round(west + SIZE / 2, 4), round(south + SIZE / 2, 4)]
        about = {"id": name, "name": name, "commune": "", "rural": False, "rank": None}
        places.append({**about, "at": middle, "rings": [ring]})
    return {"places": places, "land": [], "landmarks": [], "roads": []}


REPLAY = Replay(
    classes=("calm", "restless", "risen"),
    fields=(
        Field("class", "class", lambda model: np.searchsorted((RESTLESS, RISEN), active(model), side="right")),
        Field("level", "share", active, scale=0.05),
        Field("present", "people", citizens),
        Field("forces", "steps", cops),
    ),
    series=(Series("active", "people", headline=True), Series("jailed", "people", headline=True)),
    map=lattice,
    words=Path(__file__).with_name("words"),
    watch=Outbursts,
    codes=("outburst",),
    places=lambda model: PLACES,
)
