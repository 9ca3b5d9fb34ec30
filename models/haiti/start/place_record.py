"""Neighbourhoods that dated reports name as attacked or taken (`control_events.csv`): forecasts are scored on them."""

from __future__ import annotations

import datetime

import numpy as np

from models.haiti.metrics.daily.people import COMMUNES
from models.haiti.start.starting_point import CONTROL_CLASSES, load_start
from models.haiti.world.city import City, load_city
from simulation.files.tables import check_known, read_table
from simulation.port.place_record import ATTACKED, TAKEN, PlaceEvent, PlaceRecord

TAKING = ("falls_to_gangs", "partly_falls_to_gangs", "occupied_by_gangs", "residents_expelled")
"""Events after which gangs are said to hold a place, or a part of it."""
ATTACKS = ("gang_attack", "gang_attack_repelled", "gang_offensive", "attack_then_retaken_same_day", "massacre")
"""Events in which gangs attack a place that they are not said to hold afterwards. Facilities and road blocks are left out."""


def read_events(city: City) -> tuple[PlaceEvent, ...]:
    """Every neighbourhood that such an event names, by date. InputError for a neighbourhood that there is not."""
    path = city.folder / "control_events.csv"
    columns = {"date": "date", "neighbourhoods": lambda text: tuple(text.split(";")), "event": "text", "source": "text"}
    table = read_table(path, columns)
    check_known(path, table.neighbourhoods.explode(), "neighbourhood", city.ids)
    found = []
    for row in table.sort_values("date", kind="stable").itertuples():
        if row.event in TAKING + ATTACKS:
            kind = TAKEN if row.event in TAKING else ATTACKED
            found += [PlaceEvent(row.date, place, kind, row.source) for place in row.neighbourhoods]
    return tuple(found)


def place_record(start: datetime.date) -> PlaceRecord:
    """What is known of the neighbourhoods of the city for runs that begin on a date."""
    city = load_city()
    gang = CONTROL_CLASSES.index("gang")
    held = np.flatnonzero(load_start(city, start).control_class == gang)
    slugs = {name: short for short, name in COMMUNES.items()}
    return PlaceRecord(
        places=tuple(city.ids),
        events=read_events(city),
        held_at_start=frozenset(city.ids[number] for number in held),
        people=dict(zip(city.ids, city.population.astype(float).tolist(), strict=True)),
        beside={place: tuple(city.graph.neighbors(place)) for place in city.ids},
        area={place: slugs.get(name, "beyond") for place, name in zip(city.ids, city.communes, strict=True)},
        held=("label", "gang"),
        killed="residents_killed_today",
        hosted="displaced_hosted",
    )
