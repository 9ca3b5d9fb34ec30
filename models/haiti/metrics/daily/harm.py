"""Harm: people killed and injured. Deaths in gangs are deaths, never success; sexual violence and torture are not simulated."""

from __future__ import annotations

from models.haiti.metrics.definition import Metric
from models.haiti.people.harm import CAUSES
from models.haiti.world.state import FORCES

CAUSE_WORDS = {
    "assaults": "in gang assaults and raids",
    "operations": "in operations of the security forces",
    "rivalry": "in clashes between gangs",
    "patrols": "in ambushes of patrols",
    "self_defence": "by self-defence groups (labelled addition)",
    "strikes": "in stand-off strikes (labelled addition)",
}
GANG_CAUSE_WORDS = {
    "operations": "in operations",
    "assaults": "by guards of places that they attacked",
    "rivalry": "in clashes between gangs",
    "self_defence": "by self-defence groups (labelled addition)",
    "strikes": "in stand-off strikes (labelled addition)",
}


def _daily(name: str, meaning: str, outcome: bool = True) -> Metric:
    return Metric(
        name,
        "people",
        meaning,
        lambda model: int(model.ledger.sum(name)),
        ("total",) if outcome else (),
    )


METRICS = (
    _daily("residents_killed", "residents killed that day"),
    _daily("residents_injured", "residents injured that day"),
    *(
        _daily(f"residents_killed_{cause}", f"residents killed {CAUSE_WORDS[cause]} that day")
        for cause in CAUSES
        if cause != "patrols"
    ),
    _daily("gang_members_killed", "gang members killed that day (a third to a half of members are minors)"),
    *(
        _daily(f"gang_members_killed_{cause}", f"gang members killed {words} that day")
        for cause, words in GANG_CAUSE_WORDS.items()
    ),
    _daily("gang_members_injured", "gang members injured that day"),
    _daily("security_forces_killed", "police, soldiers and mission members killed that day"),
    _daily("security_forces_injured", "police, soldiers and mission members injured that day"),
    *(_daily(f"{force}_killed", f"members of the {force} killed that day") for force in FORCES),
)
