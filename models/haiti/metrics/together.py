"""Figures that are cheaper taken together: what many metrics share is taken once a day.

Each is the figure of its metric to the last bit. They go by the metric's function, so that a metric that is brought or put in
another's place is asked itself.
"""

from __future__ import annotations

import functools
import math
import operator
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from models.haiti.kernels import count_city
from models.haiti.mechanisms.mission.funding import runway_days
from models.haiti.metrics.daily import access, council, gangs, harm, holding, mission, people, territory, trust
from models.haiti.metrics.daily.people import COMMUNES, SAFE_DAYS
from models.haiti.passes.people import sum_fields
from models.haiti.world.city import City
from models.haiti.world.gang_affairs import STREAMS
from models.haiti.world.state import FORCES

Figures = dict[Callable[[Any], Any], Any]
"""Value of today by the function of its metric."""

METRICS = {
    metric.name: metric.value
    for group in (access, council, gangs, harm, holding, mission, people, territory, trust)
    for metric in group.METRICS
}
COUNTED = (
    *(metric.name for metric in harm.METRICS), "gang_recruits", "gang_recruits_forced", "leaders_removed",
    "kidnapped_people", "assaults", "raids", "operations_raids", "strikes", "new_displacements", "onward_displacements",
    "onward_moves", "returns", "second_displacements", "trapped_people", "places_captured", "places_recaptured",
    "places_cleared",
)  # fmt: skip
"""Metrics that are the ledger's count of the same name."""
_COUNTED_BY = tuple(METRICS[name] for name in COUNTED)
_counted_of = operator.itemgetter(*COUNTED)


def figures(model) -> Figures:
    """All of these figures today."""
    found: Figures = {}
    _take_ledger(model, found)
    _take_counts(model, found)
    _take_means(model, found)
    _take_gangs(model, found)
    _take_forces(model, found)
    return found


class _Fixed(NamedTuple):
    """What follows from the map, inside the capital: weights, their sums, and the number of each place's commune."""

    people: np.ndarray
    area: np.ndarray
    all_people: int
    all_area: float
    commune: np.ndarray


@functools.lru_cache(maxsize=4)
def _fixed(city: City) -> _Fixed:
    people, area = city.population * city.metropolitan, city.area_km2 * city.metropolitan
    numbers = {name: number for number, name in enumerate(COMMUNES.values())}
    commune = np.array([numbers.get(name, len(numbers)) for name in city.communes.tolist()], np.int64)
    return _Fixed(people, area, int(people.sum()), float(area.sum()), commune)


def _part(part: float, whole: float) -> float:
    return part / whole if whole > 0 else 0.0


def _take_ledger(model, found: Figures) -> None:
    counts = model.ledger.sums()
    found.update(zip(_COUNTED_BY, map(int, _counted_of(counts)), strict=True))
    hit = counts["residents_killed"] + counts["residents_injured"]
    found[METRICS["violence_per_resident"]] = holding.per_resident(model, hit)


def _take_counts(model, found: Figures) -> None:
    """People and places, whole numbers, in one pass over the city."""
    state, city, fixed = model.state, model.city, _fixed(model.city)
    hosted = np.zeros(len(COMMUNES) + 1, np.int64)
    counts = count_city(
        state.label, state.cleared_day, state.safe_days, state.present, state.in_sites, state.with_hosts, state.away,
        model.relocation.sites.number, city.population, city.metropolitan, fixed.commune, SAFE_DAYS, hosted,
    )  # fmt: skip
    held, influenced = _part(counts.held, fixed.all_people), _part(counts.influenced, fixed.all_people)
    by_commune = hosted.tolist()
    found |= {
        METRICS["gang_control_population_share"]: held,
        METRICS["gang_influence_population_share"]: influenced,
        METRICS["contested_population_share"]: influenced - held,
        METRICS["gang_control_population_share_current"]: _part(counts.held_present, counts.present),
        METRICS["gang_influence_population_share_current"]: _part(counts.influenced_present, counts.present),
        METRICS["people_outside_gang_control"]: counts.free,
        METRICS["cleared_places_held"]: counts.cleared_held,
        METRICS["displaced_people_in_sites"]: counts.in_sites,
        METRICS["displacement_sites"]: counts.open_sites,
        METRICS["displaced_people_safe_home"]: counts.safe_home,
        METRICS["displaced_people"]: counts.away,
        METRICS["people_alive"]: counts.alive,
        METRICS["displaced_people_provinces"]: counts.beyond - int(state.present[model.abroad]),
        METRICS["displaced_people_hosted_capital"]: sum(by_commune),
        METRICS["displaced_people_hosted_outside_capital"]: people.hosted_outside(model),
    }
    for slug, number in zip(COMMUNES, by_commune, strict=False):
        found[METRICS[f"displaced_people_hosted_{slug}"]] = number


def _take_means(model, found: Figures) -> None:
    """Means over people and places, in one pass over the city."""
    state, fixed, trust, news = model.state, _fixed(model.city), model.trust, model.expectations
    opinion = trust.mean, news.gap, trust.class_share, news.passive, state.misinformation, trust.told
    here = state.influence, model.population.fear.field, model.passage.income, state.label
    total, *sums, influence, held_area = sum_fields(state.present, *opinion, *here, fixed.people, fixed.area)
    means = [value / total if total else 0.0 for value in sums]
    found |= {
        METRICS["trust_mission"]: means[0],
        METRICS["trust_police"]: means[1],
        METRICS["expectation_gap"]: means[2],
        METRICS["perceived_passivity"]: means[3],
        METRICS["misinformation"]: means[4],
        METRICS["information_given"]: means[5],
        METRICS["local_income_ratio"]: sums[6] / max(total, 1.0),
        METRICS["acceptance"]: model.civil_society.ownership * means[0],
        METRICS["gang_influence"]: _part(influence, fixed.all_people),
        METRICS["gang_control_area_share"]: _part(held_area, fixed.all_area),
    }


def _take_gangs(model, found: Figures) -> None:
    affairs, members = model.affairs, model.state.members.sum(axis=1)
    total = int(members.sum())
    revenue, some = math.fsum(affairs.by_stream), max(1, total)
    found |= {
        METRICS["gang_members"]: total,
        METRICS["gang_members_minors_estimate"]: round(model.parameters.recruitment.minors * total),
        METRICS["arms_per_member"]: float(affairs.arms.sum()) / some,
        METRICS["gang_members_in_pact_share"]: float(members[affairs.allied].sum()) / some,
        METRICS["gang_revenue_usd"]: revenue,
    }
    for name, taken in zip(STREAMS, affairs.by_stream, strict=True):
        found[METRICS[f"gang_revenue_{name}_usd"]] = taken
        found[METRICS[f"gang_revenue_{name}_share"]] = taken / revenue if revenue > 0 else 0.0


def _take_forces(model, found: Figures) -> None:
    """The books of the forces, each counted once."""
    police, army, deployed = (model.forces.strength(force) for force in FORCES)
    authorised, worth = model.authorised(), model.forces.person_equivalents()
    found |= {
        METRICS["mandate_strength"]: authorised,
        METRICS["deployed_force"]: deployed,
        METRICS["police_strength"]: police,
        METRICS["usable_force"]: deployed * worth["mission"],
        METRICS["usable_police"]: police * worth["police"] + army * worth["army"],
        METRICS["deployed_share"]: deployed / authorised if authorised else 0.0,
        METRICS["under_mandate"]: int(authorised > 0),
        METRICS["security_vacuum"]: int(model.mandate.had_mission and deployed == 0),
        METRICS["runway_days"]: min(1e4, runway_days(model.pool, deployed, model.parameters.cost)),
    }
