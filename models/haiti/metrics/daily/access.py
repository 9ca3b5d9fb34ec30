"""Movement and facilities: who can pass without meeting a gang, at what cost, and what is open."""

from __future__ import annotations

import numpy as np

from models.haiti.mechanisms.force.roads import BLOCKED, TOLLED
from models.haiti.metrics.definition import Metric
from simulation.same_bits import weighted_sum


def _stretches(model, kind: int) -> int:
    return int(np.count_nonzero(model.passage.stretches == kind)) // 2


def national_roads_open(model) -> int:
    """Ways out by land whose last neighbourhood is joined to the airport without a gang checkpoint, 0 to 6."""
    ends = {way.neighbourhood for way in model.city.gateways} - {model.base}
    return sum(bool(model.passage.joined[end]) for end in ends)


def local_income(model) -> float:
    people = model.state.present[: model.n]
    return weighted_sum(people, model.passage.income) / max(int(people.sum()), 1)


def _open(name: str, meaning: str) -> Metric:
    def value(model) -> str:
        return "open" if getattr(model.facilities, name) else "closed"

    return Metric(f"{name}_state", "", meaning, value, ((f"{name}_open_days", "days:open"),))


METRICS = (
    Metric(
        "free_pairs_share", "share", "pairs of neighbourhoods joined by a way without a gang checkpoint (weekly)",
        lambda model: model.passage.free_pairs, ("end", "mean"),
    ),
    Metric(
        "free_pairs_people_share", "share", "the same for pairs of people by where they live today (weekly)",
        lambda model: model.passage.free_pairs_people,
        ("end", "mean"),
    ),
    Metric(
        "passage_cost_usd", "USD", "mean cost of passage from where most people live to residents elsewhere (every four weeks)",
        lambda model: model.passage.cost, ("end",),
    ),
    Metric(
        "roads_tolled", "stretches", "stretches with a gang checkpoint (weekly)",
        lambda model: _stretches(model, TOLLED), ("mean",),
    ),
    Metric(
        "roads_blocked", "stretches", "stretches that nobody passes openly (weekly)",
        lambda model: _stretches(model, BLOCKED), ("mean",),
    ),
    Metric(
        "roads_kept_open", "stretches", "stretches that corridor guards keep open (weekly)",
        lambda model: model.passage.opened, ("mean",),
    ),
    Metric(
        "national_roads_open", "roads", "ways out of the city by land, of six, joined to the airport without a checkpoint",
        national_roads_open, ("mean",),
    ),
    Metric(
        "local_income_ratio", "ratio", "local income of residents against the first day, as roads and gangs let them earn",
        local_income, ("end",),
    ),
    Metric(
        "help_hours", "hours", "mean time for help from the base to arrive where it can (weekly)",
        lambda model: model.passage.response, ("mean",),
    ),
    _open("airport", "the airport, to others than the mission"),
    _open("port", "ports, any of them"),
    _open("hospital", "the general hospital"),
    Metric(
        "air_exits_share", "share", "ways abroad by air that are open", lambda model: model.facilities.air,
        ("mean",),
    ),
)  # fmt: skip
