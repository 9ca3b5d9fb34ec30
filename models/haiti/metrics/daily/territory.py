"""Territory: who rules where people live. 'The capital' is the nine metropolitan communes (133 neighbourhoods)."""

from __future__ import annotations

import numpy as np

from models.haiti.metrics.definition import CLOSING, Metric
from models.haiti.world.state import GANG, STATE


def _share(model, mask: np.ndarray, weight: np.ndarray) -> float:
    inside = weight * model.city.metropolitan
    total = inside.sum()
    return float((inside * mask).sum() / total) if total > 0 else 0.0


def held_by_baseline_people(model) -> float:
    return _share(model, model.state.label == GANG, model.city.population)


def influenced_baseline_people(model) -> float:
    return _share(model, model.state.label != STATE, model.city.population)


def contested_baseline_people(model) -> float:
    return influenced_baseline_people(model) - held_by_baseline_people(model)


def held_by_present_people(model) -> float:
    return _share(model, model.state.label == GANG, model.state.present[: model.n])


def influenced_present_people(model) -> float:
    return _share(model, model.state.label != STATE, model.state.present[: model.n])


def held_by_area(model) -> float:
    return _share(model, model.state.label == GANG, model.city.area_km2)


def soft_influence(model) -> float:
    return _share(model, model.state.influence, model.city.population)


def held_after_clearing(model) -> int:
    return int(np.sum((model.state.cleared_day >= 0) & (model.state.label == STATE)))


METRICS = (
    Metric(
        "gang_control_population_share", "share",
        "people of the capital (before displacement) whose neighbourhood is gang-held",
        held_by_baseline_people, CLOSING,
    ),
    Metric(
        "gang_influence_population_share", "share",
        "the same, gang-held or contested; compare with published 'controlled or under influence'",
        influenced_baseline_people, CLOSING,
    ),
    Metric(
        "contested_population_share", "share",
        "people of the capital (before displacement) whose neighbourhood is contested: neither gang-held nor under the state",
        contested_baseline_people, CLOSING,
    ),
    Metric(
        "gang_control_population_share_current", "share", "gang-held share among people present today",
        held_by_present_people, ("end",),
    ),
    Metric(
        "gang_influence_population_share_current", "share", "gang-held or contested among people present today",
        influenced_present_people, ("end",),
    ),
    Metric(
        "gang_control_area_share", "share", "area of the capital that is gang-held", held_by_area,
        CLOSING,
    ),
    Metric(
        "gang_influence", "share", "gang influence (0-1) averaged over people of the capital", soft_influence,
        ("end",), before=("gang_influence_mean",),
    ),
    Metric(
        "cleared_places_held", "places", "neighbourhoods cleared at some time and under state rule today",
        held_after_clearing, ("end",),
    ),
    Metric(
        "places_captured", "places", "neighbourhoods taken by gangs that day",
        lambda model: int(model.ledger.sum("places_captured")), ("total",),
    ),
    Metric(
        "places_recaptured", "places", "those of them that security forces had cleared before",
        lambda model: int(model.ledger.sum("places_recaptured")), ("total",),
    ),
    Metric(
        "places_cleared", "places", "neighbourhoods cleared by security forces that day",
        lambda model: int(model.ledger.sum("places_cleared")), ("total",),
    ),
)  # fmt: skip
