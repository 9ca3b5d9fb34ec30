"""What a run must be so that it can go on: limits of the model's own attributes, and laws that its parts keep together.

Asked when a run is kept and when it is opened again, before anything runs: a file may come from a stranger, and has no key.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from models.haiti.kernels import count_people
from models.haiti.world.state import CityState
from simulation.clock import MOST_DAYS
from simulation.serialise import bookkeeping, checking
from simulation.serialise.limits import (
    PLAIN,
    TEXT,
    Anything,
    Fields,
    Limits,
    a,
    amount,
    floats,
    given,
    listed,
    position,
    table,
    whole,
    wholes,
)
from simulation.serialise.snapshot import Known

if TYPE_CHECKING:
    from models.haiti.model import HaitiModel

BRANCH = Fields(
    {
        "day": whole(0, "day"),
        "run_seed": listed(whole(0, 2**64 - 1), 2),
        "changes": table(listed(PLAIN, 2)),
    }
)
PARTS = {
    "terrain": "Terrain", "state": "CityState", "ledger": "Ledger", "harm": "Harm", "recorder": "CityRecorder",
    "population": "Households", "diary": "Lives", "affairs": "GangAffairs", "forces": "Forces", "command": "Command",
    "passage": "Passage", "facilities": "Facilities", "cooperation": "Cooperation", "beyond": "Beyond", "mission": "Mission",
    "politics": "Politics", "pool": "FundingPool", "holders": "Holders", "held": "HeldPlaces",
}  # fmt: skip
RUN = Limits(
    {
        **{name: given(name) for name in ("case", "parameters", "dice", "clock", "city", "start")},
        **{name: a(kind) for name, kind in PARTS.items()},
        "branches": listed(BRANCH),
        "day": whole(0, "day"),
        "candidates": whole(),
        "n": whole("n", "n"),
        "alarm_today": floats("n", high=1e7),
        "base": position("n"),
        "abroad": position("places"),
        "mean_density": amount(0, 1e9),
        "initial_people": whole(0, 100_000_000),
        "gangs": listed(a("Gang", kinds=True), "gangs"),
        **dict.fromkeys(("gang_sizes", "founding_sizes"), wholes(np.int64, "gangs")),
        "initial_members": whole(0, 10_000_000),
        **dict.fromkeys(("youth_factor", "coping_factor"), amount(0, 1e6)),
        "self_defenders": floats("n", high=1e8),
        "contingents": listed(a("Contingent")),
        "donors": listed(a("Donor")),
        "mechanisms": listed(Anything(), "rules"),
        "ceilings": table(amount(endless=True)),
        "binding_ceiling": TEXT,
        "initial_displaced": whole(-1_000_000_000),
    }
)
"""The attributes of a model besides its rules."""


def sizes_of(model: HaitiModel) -> dict[str, int]:
    """Lengths that an opened model has from its case and map, and of which a file has no say."""
    return {
        "n": model.n,
        "places": model.n + len(model.city.external),
        "gangs": model.state.members.shape[0],
        "regions": sum(1 for place in model.city.external if place.population),
        "slots": model.terrain.places.neighbours.size,
        "counts": len(model.ledger.rows),
        "events": len(model.case.events),
        "rules": len(model.KINDS),
    }


def check(run: Any, known: Known, sizes: Mapping[str, int], counts: Iterable[str]) -> None:
    """Check a run (`saving.Run`) as it came from a file, whose rules have not been made yet.

    sizes: as `sizes_of`. counts: names of what the ledger counts. ValueError for what no run can be.
    """
    model, sizes = run.model, dict(sizes)
    held = vars(model)
    sizes["day"] = MOST_DAYS
    whole().check(held.get("day"), "HaitiModel.day", checking.Look(model, known, sizes))
    homes = getattr(held.get("population"), "home", None)
    sizes |= {"day": min(model.day, MOST_DAYS), "rows": homes.size if isinstance(homes, np.ndarray) else 0}
    checking.check(model, known, sizes, rules_of(model))
    _check_parts(model, counts)
    _check_people(model)
    _check_gangs(model)
    _check_forces(model)
    bookkeeping.check(model, run.mesa, known.classes)
    Fields({"closed": Anything(), "version": whole()}).check(run.roads, "Run.roads", checking.Look(model, known, sizes))
    closed = run.roads["closed"]
    if not isinstance(closed, np.ndarray) or closed.dtype != bool or closed.shape != (sizes["slots"],):
        raise ValueError("Run.roads are not those of the map")


def rules_of(model: HaitiModel) -> dict[str, Any]:
    """Limits of the attributes under which a model has its rules, and of the day itself if some were brought to it."""
    day = {"KINDS": given("KINDS")} if model.case.brought.mechanisms else {}
    return {kind.name: a(kind.__name__) for kind in model.KINDS} | day


def _check_parts(model: HaitiModel, counts: Iterable[str]) -> None:
    """Who is who: rules in the order of the day, counts of the ledger, places with a meaning."""
    for kind, rule in zip(model.KINDS, model.mechanisms, strict=True):
        if type(rule) is not kind or vars(model).get(kind.name) is not rule:
            raise ValueError(f"the rule '{kind.name}' is not in its place in the day")
    if list(model.ledger.rows) != list(counts):
        raise ValueError("Ledger counts something else than this model")
    if model.base != int(np.flatnonzero(model.city.has_airport)[0]) or model.diary is not model.population.diary:
        raise ValueError("HaitiModel.base or HaitiModel.diary is another")
    if model.abroad != model.n + [place.id for place in model.city.external].index("abroad"):
        raise ValueError("HaitiModel.abroad is another place")
    for name, metric in model.daily_metrics.items():
        counted = any(how != "end" and not how.startswith("days:") for how in metric.named.values())
        if counted and any(isinstance(value, str) for value in model.recorder.values[name]):
            raise ValueError(f"Recorder has a word for '{name}', which is a number")
    if tuple(model.recorder.place_ids) != tuple(model.city.ids):
        raise ValueError("Recorder.place_ids are not those of the map")


def _check_people(model: HaitiModel) -> None:
    """The counts of the city are those of its households, and nobody was born or lost."""
    people, state = model.population, model.state
    if people.weight != model.case.weight:
        raise ValueError("Households.weight is not that of the case")
    fresh, by_wealth = CityState(model.n, people.places, 0), np.zeros_like(people.by_wealth)
    everybody, number = np.arange(people.count, dtype=np.int32), people.people.astype(np.int64)
    columns = people.home, people.place, people.status, people.wealth
    counts = fresh.present, fresh.at_home, fresh.in_sites, fresh.with_hosts, fresh.away
    count_people(everybody, number, *columns, *counts, by_wealth)
    for name in ("present", "at_home", "in_sites", "with_hosts", "away"):
        if (getattr(state, name) != getattr(fresh, name)).any():
            raise ValueError(f"CityState.{name} does not count the people of the households")
    if (people.by_wealth != by_wealth).any():
        raise ValueError("Households.by_wealth does not count the people of the households")
    dead, alive = model.ledger.sum_total("deaths_of_residents"), int(number.sum())
    if alive + dead != model.initial_people:
        raise ValueError(
            f"{alive:,} people alive and {dead:,.0f} dead are not the {model.initial_people:,} of the start"
        )


def _check_gangs(model: HaitiModel) -> None:
    """Each gang is the one of its row, and members come and go as they were counted."""
    if [gang.index for gang in model.gangs] != list(range(len(model.gangs))):
        raise ValueError("HaitiModel.gangs are not in their order")
    total = model.ledger.sum_total
    members = int(model.state.members.sum()) + int(model.beyond.diverted.sum())
    wanted = model.initial_members + total("gang_recruits") - total("gang_members_killed") - total("gang_exits")
    if members != wanted:
        raise ValueError(f"{members:,} members of gangs are not the {wanted:,.0f} who were counted")


def _check_forces(model: HaitiModel) -> None:
    """A unit of a contingent is one of the mission's, and of no other contingent."""
    mission, seen = {id(unit) for unit in model.forces.units["mission"]}, set()
    for contingent in model.contingents:
        for unit in contingent.units:
            if id(unit) in seen or id(unit) not in mission:
                raise ValueError("a unit is in two contingents, or not in the mission")
            seen.add(id(unit))
        if contingent.deaths < 0:
            raise ValueError("a contingent has more people than have come")
    if model.mission.suspended != sum(people for _, people in model.compliance.off_duty):
        raise ValueError("Mission.suspended are not those off duty")
