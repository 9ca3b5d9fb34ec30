"""The day: every rule of the model, in the order in which it acts. The order is part of the science.

Security forces act before gangs, and people decide last. A rule enters the model by its line here and by its parameter
group in `parameters.py`; scenarios switch it off by its name.
"""

from __future__ import annotations

from collections.abc import Sequence

from models.haiti.mechanisms.force.assaults import Assaults
from models.haiti.mechanisms.force.background import Background
from models.haiti.mechanisms.force.compliance import Compliance
from models.haiti.mechanisms.force.offensives import Offensives
from models.haiti.mechanisms.force.operations import Operations
from models.haiti.mechanisms.force.posture import Posture
from models.haiti.mechanisms.force.roads import Roads
from models.haiti.mechanisms.force.self_defence import SelfDefence
from models.haiti.mechanisms.force.strikes import Strikes
from models.haiti.mechanisms.gangs.arms import Arms
from models.haiti.mechanisms.gangs.coalition import Coalition
from models.haiti.mechanisms.gangs.control import Control
from models.haiti.mechanisms.gangs.extortion import Extortion
from models.haiti.mechanisms.gangs.kidnapping import Kidnapping
from models.haiti.mechanisms.gangs.patronage import Patronage
from models.haiti.mechanisms.gangs.prosecution import Prosecution
from models.haiti.mechanisms.gangs.recruitment import Recruitment
from models.haiti.mechanisms.gangs.redistribution import Redistribution
from models.haiti.mechanisms.gangs.regions import Regions
from models.haiti.mechanisms.gangs.takings import Takings
from models.haiti.mechanisms.gangs.tolls import Tolls
from models.haiti.mechanisms.gangs.trafficking import Trafficking
from models.haiti.mechanisms.gangs.wages import Wages
from models.haiti.mechanisms.mission.casualty_tolerance import CasualtyTolerance
from models.haiti.mechanisms.mission.deployment import Deployment
from models.haiti.mechanisms.mission.equipment import Equipment
from models.haiti.mechanisms.mission.funding import Funding
from models.haiti.mechanisms.mission.infrastructure import Infrastructure
from models.haiti.mechanisms.mission.liaison import Liaison
from models.haiti.mechanisms.mission.mentoring import Mentoring
from models.haiti.mechanisms.mission.police import Police
from models.haiti.mechanisms.people.casualties import Casualties
from models.haiti.mechanisms.people.civil_society import CivilSociety
from models.haiti.mechanisms.people.displaced import Onward, Returning
from models.haiti.mechanisms.people.expectations import Expectations
from models.haiti.mechanisms.people.exposure import Exposure
from models.haiti.mechanisms.people.flight import Flight
from models.haiti.mechanisms.people.information import Misinformation
from models.haiti.mechanisms.people.relocation import Relocation
from models.haiti.mechanisms.people.trust import Trust
from models.haiti.mechanisms.politics.calendar import Calendar
from models.haiti.mechanisms.politics.elections import Elections
from models.haiti.mechanisms.politics.government import Government
from models.haiti.mechanisms.politics.mandate import Mandate
from models.haiti.mechanisms.politics.political_will import PoliticalWill
from models.haiti.mechanisms.politics.support import Support
from simulation.errors import InputError
from simulation.mechanism import Mechanism

DAY: tuple[type[Mechanism], ...] = (
    # what is dated, what the Council and donors want, who governs
    Calendar,
    Mandate,
    PoliticalWill,
    Support,
    Government,
    Elections,
    # money, kit and people of the mission and the police
    Funding,
    Liaison,
    Infrastructure,
    Equipment,
    Deployment,
    Police,
    Mentoring,
    CasualtyTolerance,
    # who stands where, who strikes whom
    Posture,
    SelfDefence,
    Roads,
    Operations,
    Strikes,
    Assaults,
    Background,
    Compliance,
    # what follows for territory and for the gangs themselves
    Control,
    Extortion,
    Tolls,
    Kidnapping,
    Patronage,
    Trafficking,
    Takings,
    Wages,
    Arms,
    Recruitment,
    Prosecution,
    Coalition,
    Offensives,
    Redistribution,
    Regions,
    # what is said, and what follows for people
    Misinformation,
    CivilSociety,
    Casualties,
    Exposure,
    Expectations,
    Trust,
    Relocation,
    Flight,
    Onward,
    Returning,
)
SWITCHES = tuple(kind.name for kind in DAY if kind.switch)
"""Names of the rules that can be switched off."""


class Rules:
    """The rules of a model by name: `model.flight` is the one of `DAY` that is called so. A model may have more of them."""

    mechanisms: list[Mechanism]
    calendar: Calendar
    mandate: Mandate
    political_will: PoliticalWill
    support: Support
    government: Government
    elections: Elections
    funding: Funding
    liaison: Liaison
    infrastructure: Infrastructure
    equipment: Equipment
    deployment: Deployment
    police: Police
    mentoring: Mentoring
    casualty_tolerance: CasualtyTolerance
    posture: Posture
    self_defence: SelfDefence
    roads: Roads
    operations: Operations
    strikes: Strikes
    assaults: Assaults
    background: Background
    compliance: Compliance
    control: Control
    extortion: Extortion
    tolls: Tolls
    kidnapping: Kidnapping
    patronage: Patronage
    trafficking: Trafficking
    takings: Takings
    wages: Wages
    arms: Arms
    recruitment: Recruitment
    prosecution: Prosecution
    coalition: Coalition
    offensives: Offensives
    redistribution: Redistribution
    regions: Regions
    misinformation: Misinformation
    civil_society: CivilSociety
    casualties: Casualties
    exposure: Exposure
    expectations: Expectations
    trust: Trust
    relocation: Relocation
    flight: Flight
    onward: Onward
    returning: Returning

    def make_rules(self, kinds: Sequence[type[Mechanism]]) -> None:
        """Make the rules in this order, each under its name; those of another `DAY` too, though no editor knows them.

        InputError if a name is no name or taken, or if a rule uses one that is not among them.
        """
        names = [kind.name for kind in kinds]
        self.mechanisms = []
        for kind in kinds:
            here = vars(self).get(kind.name)
            taken = hasattr(type(self), kind.name) or not (here is None or isinstance(here, Mechanism))
            if not kind.name.isidentifier() or taken or names.index(kind.name) < len(self.mechanisms):
                raise InputError(f"a rule cannot be called '{kind.name}'", kind.__name__, "Give it a name of its own")
            for missing in sorted(set(kind.uses) - set(names)):
                raise InputError(f"it uses the rule '{missing}', which the model does not have", kind.__name__)
            rule = kind(self)
            self.mechanisms.append(rule)
            setattr(self, kind.name, rule)
