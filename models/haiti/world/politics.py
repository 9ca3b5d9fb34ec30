"""The political side of the city in a few numbers: how firm the government is, and what follows for police and gangs."""

from __future__ import annotations

from simulation.serialise.kept import kept
from simulation.serialise.limits import Limits, amount, share, whole

FACTORS = (
    "police_attrition", "coordination", "prosecution", "offensives", "patrons", "rivalry", "donors", "ownership",
)  # fmt: skip
"""What follows from the government's stability, against that of the first day."""


@kept
class Politics:
    """State of government and elections. Factors are 1 on the first day.

    stability: 0 to 1. target: the level it tends to. police_attrition, coordination, prosecution: factors on police who
    leave, on joint strength of forces and on efforts against leaders of gangs. offensives, patrons, rivalry: on how soon gangs
    go on the offensive, on patrons' money, and on how unequal income loosens their pact. donors, ownership: on what donors pay
    of their pledges, and on how far civil society owns the mission. consent: of the host state to the mission, 0 to 1.
    backing, pace, voice: what civil society adds to the target, its factor on the speed of getting better, and what it adds to
    consent; 0, 1 and 0 on the first day. readiness: of the country for elections, 0 to 1. polling, turnout: where a vote could
    be held and who could and would go, shares of people. legitimacy: 0 until a vote was held. patron_demand, aggression:
    factors on patrons' money and on what gangs plan around a vote. police_at_start: people.
    """

    limits = Limits(
        {
            **dict.fromkeys(
                ("stability", "target", "consent", "readiness", "polling", "turnout", "legitimacy"), share()
            ),
            **dict.fromkeys((*FACTORS, "pace", "patron_demand", "aggression"), amount(0, 1000)),
            **dict.fromkeys(("backing", "voice"), amount(-100, 100)),
            "police_at_start": whole(0, 1_000_000),
        }
    )

    def __init__(self, stability: float, police: int):
        self.stability = self.target = stability
        self.police_attrition = self.coordination = self.prosecution = 1.0
        self.offensives = self.patrons = self.rivalry = 1.0
        self.donors = self.ownership = self.consent = 1.0
        self.backing, self.pace, self.voice = 0.0, 1.0, 0.0
        self.readiness = self.polling = self.turnout = self.legitimacy = 0.0
        self.patron_demand = self.aggression = 1.0
        self.police_at_start = police
