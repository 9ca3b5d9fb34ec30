"""The political side of the city in a few numbers: how firm the government is, and what follows for police and gangs."""

from __future__ import annotations

from simulation.serialise.kept import kept
from simulation.serialise.limits import Limits, amount, share, whole


@kept
class Politics:
    """State of government and elections. Factors are 1 on the first day.

    stability: 0 to 1. target: the level it tends to. police_attrition, coordination, prosecution: factors on police who
    leave, on joint strength of forces and on efforts against leaders of gangs. offensives, patrons: on how soon gangs go on
    the offensive, and on patrons' money. readiness: of the country for elections,
    0 to 1. legitimacy: 0 until a vote was held. patron_demand, aggression: factors on patrons' money and on what gangs
    plan around a vote. police_at_start: people.
    """

    limits = Limits(
        {
            **dict.fromkeys(("stability", "target", "readiness", "legitimacy"), share()),
            **dict.fromkeys(
                (
                    "police_attrition",
                    "coordination",
                    "prosecution",
                    "offensives",
                    "patrons",
                    "patron_demand",
                    "aggression",
                ),
                amount(0, 1000),
            ),
            "police_at_start": whole(0, 1_000_000),
        }
    )

    def __init__(self, stability: float, police: int):
        self.stability = self.target = stability
        self.police_attrition = self.coordination = self.prosecution = 1.0
        self.offensives = self.patrons = 1.0
        self.readiness = self.legitimacy = 0.0
        self.patron_demand = self.aggression = 1.0
        self.police_at_start = police
