"""A run as input of Flee (Suleimenova, Bell and Groen 2017), a simulation of where displaced people go.

Flee asks where there is conflict and which ways there are, and moves people by rules of its own. Places become towns,
those beyond become camps without a limit; a place is a conflict zone on days on which somebody was killed in it within a week.
Flee is told how many people flee on a conflict day so that as many flee in all as in the run.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.errors import InputError
from simulation.files.atomic import write_whole, writing
from simulation.port.family import DEFAULT, find_family
from simulation.port.movement import ABROAD, WITHIN, Movement
from simulation.runs.results import PLACE, PLACES_DAILY, Results

if TYPE_CHECKING:
    import pandas

FOLDER = "flee"
WEEK = 7
KM_PER_HOUR = 30.0  # as Flee itself takes it for people who are driven
HALVINGS = 50  # of the interval of shares, to the last digits of a float
UNLIMITED = -1  # of a camp
SETTINGS = """\
# Made from a run of Katye; conditional on its mechanisms and assumptions, not a forecast.
number_of_steps: {steps}
conflict_input_file: conflicts.csv
log_levels:
  agent: 0
  link: 0
  camp: 0
  conflict: 0
  init: 0
spawn_rules:
  take_from_population: true
  conflict_zone_spawning_only: true
  conflict_driven_spawning:
    spawn_mode: pop_ratio
    # part of the people of a conflict zone who flee on a day, so that as many flee in all as in the run
    displaced_per_conflict_day: {share:.15g}
"""


def export_flee(folder: Path, out: Path | None = None) -> list[Path]:
    """Write locations, routes, closures, conflicts and settings of a run into `out`, else into its `flee/`; returns the files.

    Of a study, the run that was kept in full. InputError for a model that has no movement, and a folder without days of places.
    """
    results = Results(folder)
    family = find_family(results.card.get("model") or DEFAULT)
    if family.movement is None:
        raise InputError(f"the model {family.name} says nothing of where people flee", f"folder {folder}")
    if PLACES_DAILY not in results.names():
        if not (folder / "replay" / "card.json").is_file():
            raise InputError(
                "days of places were not kept", f"folder {folder}", "katye run keeps them, and `katye rerun` none"
            )
        results = results.replay()
    movement = family.movement()
    daily, places = results.daily(), results.places_daily()
    files = flee_files(movement, daily, places)
    target = out or folder / FOLDER
    with writing(target):
        target.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        write_whole(target / name, content.encode())
    return [target / name for name in files]


def flee_files(movement: Movement, daily: pandas.DataFrame, places: pandas.DataFrame) -> dict[str, str]:
    """Name and text of every file. InputError if places of the run are not those of the model."""
    place = next(name for name in PLACE if name in places)
    names = [stop.name for stop in movement.stops if stop.kind == WITHIN]
    present = places.pivot(index="day", columns=place, values=movement.present)
    killed = places.pivot(index="day", columns=place, values=movement.killed)
    if set(present.columns) != set(names):
        raise InputError(
            "its places are not those of the model's map", "run", "Runs on a map of one's own have no ways here"
        )
    present, killed = present[names], killed[names]
    conflict = (killed.rolling(WEEK, min_periods=1).sum() > 0).astype(int)
    steps = len(conflict) - 1
    share = daily_share(present.iloc[0].to_numpy(), conflict.to_numpy()[:-1], int(daily[movement.fled].sum()))
    return {
        "locations.csv": _locations(movement, present.iloc[0]),
        "routes.csv": _routes(movement),
        "closures.csv": _closures(movement, daily, steps),
        "conflicts.csv": _text(
            ["#Day", *names], ([day, *row] for day, row in zip(range(len(conflict)), conflict.to_numpy()))
        ),
        "simsetting.yml": SETTINGS.format(steps=steps, share=share),
    }


def daily_share(people: np.ndarray, conflict: np.ndarray, fled: int) -> float:
    """The part of a conflict zone's people who flee on a day, such that as many flee in all; 0 where there is no conflict.

    people: (places,) on the first day. conflict: (days, places), 0 or 1. Flee takes whole people, rounded down, and those
    who have fled from a place are no longer there.
    """
    if not conflict.any():
        return 0.0
    low, high = 0.0, 1.0
    for _ in range(HALVINGS):
        share = (low + high) / 2
        low, high = (low, share) if flee_in_all(people, conflict, share) > fled else (share, high)
    return low


def flee_in_all(people: np.ndarray, conflict: np.ndarray, share: float) -> int:
    """How many people Flee lets flee under such a share of every conflict zone and day."""
    left = people.astype(np.int64)
    for today in conflict:
        left = left - (share * left * today).astype(np.int64)
    return int(people.sum() - left.sum())


def _locations(movement: Movement, present: pandas.Series) -> str:
    head = ["#name", "region", "country", "lat", "lon", "location_type", "conflict_date", "pop/cap"]
    rows = []
    for stop in movement.stops:
        kind = "town" if stop.kind == WITHIN else "camp" if stop.kind == ABROAD else "idpcamp"
        people = int(present[stop.name]) if stop.kind == WITHIN else UNLIMITED
        at = ["" if value is None else value for value in (stop.latitude, stop.longitude)]
        rows.append([stop.name, stop.region, stop.country, *at, kind, 0, people])
    return _text(head, rows)


def _routes(movement: Movement) -> str:
    """One way for every two places: the shortest where there are several."""
    shortest: dict[tuple[str, str], float] = {}
    for way in movement.ways:
        km = way.km if way.km is not None else KM_PER_HOUR * (way.hours or 0.0)
        pair = (min(way.one, way.other), max(way.one, way.other))
        shortest[pair] = min(km, shortest.get(pair, np.inf))
    return _text(
        ["#name1", "name2", "distance", "forced_redirection"], ([*pair, f"{km:g}", 0] for pair, km in shortest.items())
    )


def _closures(movement: Movement, daily: pandas.DataFrame, steps: int) -> str:
    rows = [
        ["link", one, other, first, last + 1] for one, other, first, last in movement.closed(daily) if first < steps
    ]
    return _text(["#closure_type", "name1", "name2", "closure_start", "closure_end"], rows)


def _text(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(rows)
    return file.getvalue()
