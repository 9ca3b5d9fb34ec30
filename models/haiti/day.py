"""The day: every rule of the model, in the order in which it acts. The order is part of the science.

Security forces act before gangs, and people decide last. A rule enters the model by its line here and by its parameter
group in `parameters.py`; scenarios switch it off by its name.
"""

from __future__ import annotations

from models.haiti.mechanisms import (
    assaults,
    background,
    calendar,
    casualties,
    casualty_tolerance,
    civil_society,
    compliance,
    control,
    deployment,
    displaced,
    equipment,
    expectations,
    exposure,
    extortion,
    flight,
    funding,
    information,
    mandate,
    operations,
    police,
    political_will,
    posture,
    redistribution,
    relocation,
    support,
    trust,
)
from simulation.mechanism import Mechanism

DAY: tuple[type[Mechanism], ...] = (
    # what is dated, and what the Council and donors want
    calendar.Calendar,
    mandate.Mandate,
    political_will.PoliticalWill,
    support.Support,
    # money, kit and people of the mission and the police
    funding.Funding,
    equipment.Equipment,
    deployment.Deployment,
    police.Police,
    casualty_tolerance.CasualtyTolerance,
    # who stands where, who strikes whom
    posture.Posture,
    operations.Operations,
    assaults.Assaults,
    background.Background,
    compliance.Compliance,
    # what follows for territory and for the gangs themselves
    control.Control,
    extortion.Extortion,
    extortion.Recruitment,
    redistribution.Redistribution,
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
