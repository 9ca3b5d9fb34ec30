"""What a replay shows of the city: fields of places, lines over days, and where everybody is."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from models.haiti.replay.city_map import city_map
from models.haiti.replay.watching import CODES, CityWatch
from simulation.replay.recipe import Field, Replay, Series

CLASSES = ("state", "contested", "armed")  # in the order of `CityState.label`
FORCE_EDGES = (0.5, 20.0, 100.0)
"""People of all forces on shift in a place from which on there are few, some, many: no finer, so that nobody finds a unit."""


def forces(model) -> np.ndarray:
    return np.searchsorted(FORCE_EDGES, model.state.on_shift.sum(axis=0), side="right")


def sheltering(model) -> np.ndarray:
    return model.state.in_sites + model.state.with_hosts


def tell_moves(model, told) -> None:
    model.population.moves_told = told


FIELDS = (
    Field("class", "class", lambda model: model.state.label),
    Field("level", "share", lambda model: model.state.influence, scale=0.05, least=0.04),
    Field("sheltering", "people", sheltering, scale=50, least=100, share=0.08),
    Field("present", "people", lambda model: model.state.present[: model.n], scale=500, least=1000, share=0.08),
    Field("forces", "steps", forces),
)
SERIES = (
    Series("displaced_people", "people", "less", headline=True, scale=500),
    Series("returned", "people", scale=500, column="returns_today", summed=True),
    Series("usable_force", "people", headline=True, scale=2),
    Series("deployed_force", "people", scale=5),
    Series("held_by_armed_groups", "share", headline=True, scale=0.002, column="gang_control_population_share"),
    Series("residents_killed", "people", "less", headline=True, scale=1, column="residents_killed_today", summed=True),
    Series("money_received", "usd", scale=1e6, column="funding_received_usd_total"),
)
REPLAY = Replay(
    classes=CLASSES,
    fields=FIELDS,
    series=SERIES,
    map=city_map,
    words=Path(__file__).with_name("words"),
    watch=CityWatch,
    tell_moves=tell_moves,
    codes=CODES,
)
