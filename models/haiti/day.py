"""The day: every rule of the model, in the order in which it acts. The order is part of the science.

Security forces act before gangs, and people decide last. A rule enters the model by its line here and by its parameter
group in `parameters.py`; scenarios switch it off by its name.
"""

from __future__ import annotations

from models.haiti.mechanisms.force import (
    assaults,
    background,
    compliance,
    operations,
    posture,
    roads,
    self_defence,
    strikes,
)
from models.haiti.mechanisms.gangs import (
    arms,
    coalition,
    control,
    extortion,
    kidnapping,
    patronage,
    prosecution,
    recruitment,
    redistribution,
    regions,
    takings,
    tolls,
    trafficking,
    wages,
)
from models.haiti.mechanisms.mission import (
    casualty_tolerance,
    deployment,
    equipment,
    funding,
    infrastructure,
    liaison,
    mentoring,
    police,
)
from models.haiti.mechanisms.people import (
    casualties,
    civil_society,
    displaced,
    expectations,
    exposure,
    flight,
    information,
    relocation,
    trust,
)
from models.haiti.mechanisms.politics import calendar, elections, government, mandate, political_will, support
from simulation.mechanism import Mechanism

DAY: tuple[type[Mechanism], ...] = (
    # what is dated, what the Council and donors want, who governs
    calendar.Calendar,
    mandate.Mandate,
    political_will.PoliticalWill,
    support.Support,
    government.Government,
    elections.Elections,
    # money, kit and people of the mission and the police
    funding.Funding,
    liaison.Liaison,
    infrastructure.Infrastructure,
    equipment.Equipment,
    deployment.Deployment,
    police.Police,
    mentoring.Mentoring,
    casualty_tolerance.CasualtyTolerance,
    # who stands where, who strikes whom
    posture.Posture,
    self_defence.SelfDefence,
    roads.Roads,
    operations.Operations,
    strikes.Strikes,
    assaults.Assaults,
    background.Background,
    compliance.Compliance,
    # what follows for territory and for the gangs themselves
    control.Control,
    extortion.Extortion,
    tolls.Tolls,
    kidnapping.Kidnapping,
    patronage.Patronage,
    trafficking.Trafficking,
    takings.Takings,
    wages.Wages,
    arms.Arms,
    recruitment.Recruitment,
    prosecution.Prosecution,
    coalition.Coalition,
    redistribution.Redistribution,
    regions.Regions,
    # what is said, and what follows for people
    information.Misinformation,
    civil_society.CivilSociety,
    casualties.Casualties,
    exposure.Exposure,
    expectations.Expectations,
    trust.Trust,
    relocation.Relocation,
    flight.Flight,
    displaced.Onward,
    displaced.Returning,
)
SWITCHES = tuple(kind.name for kind in DAY if kind.switch)
"""Names of the rules that can be switched off."""
