"""Fields: what is recorded of every neighbourhood. Gang strength appears in classes only, never by named gang."""

from __future__ import annotations

import numpy as np

from models.haiti.world.state import LABELS
from simulation.port.outcomes import Outcome

STRENGTH_CLASSES = ("none", "few", "some", "many")
STRENGTH_EDGES = (0.5, 25.5, 100.5)


def label(model) -> np.ndarray:
    return np.array(LABELS, object)[model.state.label]


def strength_class(model) -> np.ndarray:
    members = model.state.members.sum(axis=0)
    return np.array(STRENGTH_CLASSES, object)[np.searchsorted(STRENGTH_EDGES, members)]


FIELDS = {
    "influence": lambda model: model.state.influence.astype(np.float32),
    "label": label,
    "gang_strength_class": strength_class,
    "residents": lambda model: model.state.present[: model.n].astype(np.int32),
    "displaced_hosted": lambda model: (model.state.in_sites + model.state.with_hosts).astype(np.int32),
    "displaced_from": lambda model: model.state.away.astype(np.int32),
    "dose": lambda model: model.state.dose.astype(np.float32),
    "patrols_per_1000": lambda model: model.state.visibility.astype(np.float32),
    "residents_killed_today": lambda model: model.ledger.today["residents_killed"].astype(np.int32),
}

COLUMNS = (
    Outcome(
        "influence",
        "share",
        "gang influence over the neighbourhood, 0 (none) to 1 (complete)",
        "Gang influence",
        format="share",
    ),
    Outcome("label", "name", "who rules it: gang, contested or state", "Who rules"),
    Outcome(
        "gang_strength_class",
        "name",
        "gang members in it in classes: none, few (to 25), some (to 100), many",
        "Gang members, in classes",
    ),
    Outcome(
        "residents", "people", "people who are there that day, displaced people hosted among them", "People present"
    ),
    Outcome(
        "displaced_hosted",
        "people",
        "displaced people who live in it, in sites or with hosts",
        "Displaced people hosted",
    ),
    Outcome(
        "displaced_from",
        "people",
        "people of the neighbourhood who live elsewhere because of violence",
        "Its own people displaced",
    ),
    Outcome(
        "dose",
        "index",
        "exposure to violence of those who live there, fading over days",
        "Exposure to violence",
        format="number",
    ),
    Outcome(
        "patrols_per_1000",
        "person-equivalents/1,000 people",
        "security forces seen on patrol",
        "Security forces on patrol",
        format="number",
    ),
    Outcome(
        "residents_killed_today", "people", "residents killed in it that day", "Residents killed that day", summed=True
    ),
)
"""Unit and meaning of each field."""
