"""Gangs: how many people are in them, what they live off, how they are armed and led, how often they strike."""

from __future__ import annotations

import math

from models.haiti.metrics.definition import Metric
from models.haiti.world.gang_affairs import STREAMS


def revenue(model) -> float:
    return math.fsum(model.affairs.by_stream)


def minors(model) -> int:
    return round(model.parameters.recruitment.minors * int(model.state.members.sum()))


def arms_per_member(model) -> float:
    return float(model.affairs.arms.sum()) / max(1, int(model.state.members.sum()))


def in_pact(model) -> float:
    members = model.state.members.sum(axis=1)
    return float(members[model.affairs.allied].sum()) / max(1, int(members.sum()))


def _count(name: str, unit: str, meaning: str, ledger: str = "") -> Metric:
    return Metric(name, unit, meaning, lambda model: int(model.ledger.sum(ledger or name)), ("total",))


def _stream(row: int, name: str) -> tuple[Metric, Metric]:
    def share(model) -> float:
        total = revenue(model)
        return model.affairs.by_stream[row] / total if total > 0 else 0.0

    return (
        Metric(
            f"gang_revenue_{name}_usd", "USD", f"money that gangs took from {name} that day",
            lambda model: model.affairs.by_stream[row], ("total",),
        ),
        Metric(
            f"gang_revenue_{name}_share", "share", f"part of that day's revenue of gangs that came from {name}", share,
            ("mean",),
        ),
    )  # fmt: skip


METRICS = (
    Metric(
        "gang_members", "people", "members of gangs", lambda model: int(model.state.members.sum()),
        ("end",),
    ),
    Metric(
        "gang_members_minors_estimate", "people", "members who are minors, by the share `recruitment.minors`", minors,
        ("end",),
    ),
    _count("gang_recruits", "people", "people who joined gangs that day"),
    _count("gang_recruits_forced", "people", "those of them who were made to"),
    Metric(
        "gang_revenue_usd", "USD", "money that gangs took that day, all streams", revenue,
        ("total",),
    ),
    *(metric for row, name in enumerate(STREAMS) for metric in _stream(row, name)),
    Metric(
        "arms_per_member", "weapons", "weapons of gangs by member", arms_per_member, ("end",)
    ),
    Metric(
        "gang_cohesion", "share", "how far all gangs act as one", lambda model: model.cohesion,
        ("end", "mean"),
    ),
    Metric(
        "gangs_posture", "", "whether gangs are on the offensive or in a lull (labelled addition)",
        lambda model: "offensive" if model.affairs.offensive else "lull", (("gang_offensive_days", "days:offensive"),),
    ),
    Metric(
        "gang_members_in_pact_share", "share", "members whose gang is in the pact", in_pact,
        ("end",),
    ),
    _count("leaders_removed", "leaders", "leaders of gangs arrested or fallen that day"),
    _count("kidnapped_people", "people", "people taken for ransom that day"),
    Metric(
        "people_held_for_ransom", "people", "people held for ransom", lambda model: model.affairs.held,
        ("mean",),
    ),
    _count("assaults", "assaults", "assaults on neighbourhoods that day"),
    _count("raids", "raids", "raids that day"),
)  # fmt: skip
