"""Trust and what stands behind it: opinion of the forces, expectations, rumours, civil society, misconduct."""

from __future__ import annotations

from models.haiti.metrics.definition import CLOSING, Metric
from models.haiti.world.state import ARMY, MISSION, POLICE


def trust_in_mission(model) -> float:
    return model.mean_over_people(model.trust.mean[0])


def expectation_gap(model) -> float:
    return model.mean_over_people((model.expectations.gap * model.trust.class_share).sum(axis=1))


def _misconduct(name: str, whose: str, forces: tuple[int, ...], counted: str) -> Metric:
    words = "that happened" if counted == "happened" else "that were reported"
    return Metric(
        name,
        "events/(1,000 person-months)",
        f"alleged serious misconduct {whose} {words}, since the start",
        lambda model: model.compliance.per_1000_person_months(getattr(model.compliance, counted), forces),
        ("end",),
    )


METRICS = (
    Metric(
        "trust_mission", "share", "trust of people present in the mission (0-1)", trust_in_mission,
        CLOSING,
    ),
    Metric(
        "trust_police", "share", "trust of people present in the police (0-1)",
        lambda model: model.mean_over_people(model.trust.mean[1]), CLOSING,
    ),
    Metric(
        "expectation_gap", "security",
        "security expected minus security seen, mean over people present; below 0 where more is seen than expected",
        expectation_gap, ("end", "mean"),
    ),
    Metric(
        "perceived_passivity", "share", "how far people find the forces passive: neither seen nor explained (0-1)",
        lambda model: model.mean_over_people(model.expectations.passive), ("mean",),
    ),
    Metric(
        "misinformation", "share", "misinformation among people present (0-1)",
        lambda model: model.mean_over_people(model.state.misinformation),
        ("end", "mean"),
    ),
    Metric(
        "fragmentation", "share", "weight of civil society outside its largest cluster of opinion",
        lambda model: model.civil_society.fragmentation, ("end", "mean"),
    ),
    Metric(
        "ownership", "share", "how far civil society owns the mission (0-1)",
        lambda model: model.civil_society.ownership, ("end", "mean"),
    ),
    Metric(
        "acceptance", "share", "conditional acceptance of the mission: ownership times trust",
        lambda model: model.civil_society.acceptance(), ("end", "mean"),
    ),
    Metric(
        "information_given", "share",
        "what residents let security forces know, mean over people present: trust, less where gangs rule and people are afraid",
        lambda model: model.mean_over_people(model.information()), ("end", "mean"),
    ),
    _misconduct("misconduct_mission", "in the mission", (MISSION,), "happened"),
    _misconduct("misconduct_mission_reported", "in the mission", (MISSION,), "reported"),
    Metric(
        "misconduct_mission_expected", "events/(1,000 person-months)",
        "alleged serious misconduct to be expected in the mission by its days on duty, training and monitor, since the start",
        lambda model: model.compliance.per_1000_person_months(model.compliance.expected[0], (MISSION,)), ("end",),
    ),
    Metric(
        "misconduct_mission_reported_share", "share",
        "part of the misconduct to be expected in the mission that would be reported",
        lambda model: model.compliance.reported_share(MISSION), ("end",),
    ),
    _misconduct("misconduct_home", "in police and army", (POLICE, ARMY), "happened"),
    _misconduct("misconduct_home_reported", "in police and army", (POLICE, ARMY), "reported"),
)  # fmt: skip
