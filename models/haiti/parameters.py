"""The register: every parameter group of the model by the name that starts its parameters."""

from __future__ import annotations

from models.haiti.mechanisms.force.assaults import GangParameters
from models.haiti.mechanisms.force.background import PatrolParameters, RivalryParameters
from models.haiti.mechanisms.force.compliance import AbuseParameters
from models.haiti.mechanisms.force.hold import HoldParameters
from models.haiti.mechanisms.force.offensives import OffensiveParameters
from models.haiti.mechanisms.force.operations import ClearingParameters, RulesOfEngagementParameters
from models.haiti.mechanisms.force.posture import (
    CommandParameters,
    ForceParameters,
    HomeMix,
    PhaseMixes,
    PhaseParameters,
)
from models.haiti.mechanisms.force.roads import RoadParameters
from models.haiti.mechanisms.force.self_defence import SelfDefenceParameters
from models.haiti.mechanisms.force.strikes import StrikeParameters
from models.haiti.mechanisms.gangs.arms import ArmsParameters
from models.haiti.mechanisms.gangs.coalition import CoalitionParameters
from models.haiti.mechanisms.gangs.control import ControlParameters
from models.haiti.mechanisms.gangs.extortion import EconomyParameters
from models.haiti.mechanisms.gangs.kidnapping import KidnappingParameters
from models.haiti.mechanisms.gangs.patronage import PatronageParameters
from models.haiti.mechanisms.gangs.prosecution import ProsecutionParameters
from models.haiti.mechanisms.gangs.recruitment import LivelihoodsParameters, RecruitmentParameters
from models.haiti.mechanisms.gangs.regions import RegionParameters
from models.haiti.mechanisms.gangs.tolls import TollParameters
from models.haiti.mechanisms.gangs.trafficking import TraffickingParameters
from models.haiti.mechanisms.gangs.wages import WagesParameters
from models.haiti.mechanisms.mission.casualty_tolerance import ToleranceParameters
from models.haiti.mechanisms.mission.deployment import ArrearsParameters, ContributorParameters, DeploymentParameters
from models.haiti.mechanisms.mission.equipment import EquipmentParameters
from models.haiti.mechanisms.mission.funding import CostParameters, FundingParameters, ShortageParameters
from models.haiti.mechanisms.mission.infrastructure import InfrastructureParameters
from models.haiti.mechanisms.mission.liaison import LiaisonParameters
from models.haiti.mechanisms.mission.mentoring import MentoringParameters
from models.haiti.mechanisms.mission.police import PoliceParameters
from models.haiti.mechanisms.people.civil_society import CivilSocietyParameters
from models.haiti.mechanisms.people.displaced import DisplacedParameters
from models.haiti.mechanisms.people.expectations import ExpectationParameters
from models.haiti.mechanisms.people.exposure import ExposureParameters, FearParameters
from models.haiti.mechanisms.people.flight import FlightParameters
from models.haiti.mechanisms.people.information import InformationParameters
from models.haiti.mechanisms.people.relocation import DestinationParameters
from models.haiti.mechanisms.people.trust import TrustParameters
from models.haiti.mechanisms.politics.elections import ElectionParameters
from models.haiti.mechanisms.politics.government import GovernmentParameters
from models.haiti.mechanisms.politics.mandate import MandateParameters
from models.haiti.mechanisms.politics.political_will import AppealParameters, ContingencyParameters
from models.haiti.mechanisms.politics.support import SupportParameters
from models.haiti.people.columns import HouseholdParameters
from models.haiti.world.sites import SiteParameters
from models.haiti.world.terrain import TravelParameters
from simulation.parameters import ParameterSet

GROUPS: dict[str, type] = {
    "mandate": MandateParameters,
    "support": SupportParameters,
    "appeal": AppealParameters,
    "contingency": ContingencyParameters,
    "tolerance": ToleranceParameters,
    "deployment": DeploymentParameters,
    "funding": FundingParameters,
    "cost": CostParameters,
    "shortage": ShortageParameters,
    "contributor": ContributorParameters,
    "arrears": ArrearsParameters,
    "equipment": EquipmentParameters,
    "force": ForceParameters,
    "police": PoliceParameters,
    "command": CommandParameters,
    "phase": PhaseParameters,
    **{f"phase_{phase}": group for phase, group in PhaseMixes.items()},
    "home_tasks": HomeMix,
    "clearing": ClearingParameters,
    "rules_of_engagement": RulesOfEngagementParameters,
    "hold": HoldParameters,
    "patrol": PatrolParameters,
    "control": ControlParameters,
    "gang": GangParameters,
    "offensive": OffensiveParameters,
    "rivalry": RivalryParameters,
    "economy": EconomyParameters,
    "tolls": TollParameters,
    "kidnapping": KidnappingParameters,
    "patronage": PatronageParameters,
    "trafficking": TraffickingParameters,
    "wages": WagesParameters,
    "arms": ArmsParameters,
    "recruitment": RecruitmentParameters,
    "livelihoods": LivelihoodsParameters,
    "coalition": CoalitionParameters,
    "prosecution": ProsecutionParameters,
    "government": GovernmentParameters,
    "election": ElectionParameters,
    "travel": TravelParameters,
    "trust": TrustParameters,
    "expectation": ExpectationParameters,
    "information": InformationParameters,
    "civil_society": CivilSocietyParameters,
    "abuse": AbuseParameters,
    "household": HouseholdParameters,
    "exposure": ExposureParameters,
    "fear": FearParameters,
    "flight": FlightParameters,
    "destination": DestinationParameters,
    "site": SiteParameters,
    "displaced": DisplacedParameters,
    "roads": RoadParameters,
    "infrastructure": InfrastructureParameters,
    "liaison": LiaisonParameters,
    "mentoring": MentoringParameters,
    "region": RegionParameters,
    "self_defence": SelfDefenceParameters,
    "strike": StrikeParameters,
}


def default_parameters() -> ParameterSet:
    """Every parameter at its default."""
    return ParameterSet({name: group() for name, group in GROUPS.items()})


FIRST_HOUSEHOLDS = "households are made on the first day"
FIRST_REGIONS = "gangs and police outside the capital are put in place on the first day"
FIRST_MAP = "it says how the map looks on the first day"
FIRST_FORCES = "it says who is there on the first day"
FOUNDING: dict[str, str] = {
    **dict.fromkeys(
        (
            "household.size", "household.poor", "household.better_off", "household.tied", "household.in_sites",
            "flight.threshold_spread", "flight.poor", "flight.tie", "flight.previous", "fear.spread",
        ),
        FIRST_HOUSEHOLDS,
    ),
    **dict.fromkeys(
        ("control.initial_gang", "control.initial_contested", "control.initial_state", "control.local_bound"), FIRST_MAP
    ),
    **dict.fromkeys(
        (
            "gang.members", "police.strength", "police.company", "force.army_strength", "contributor.unnumbered",
            "deployment.at_start", "deployment.forced", "deployment.forced_vehicles",
        ),
        FIRST_FORCES,
    ),
    **dict.fromkeys(("region.members", "region.influence", "region.police", "region.quota"), FIRST_REGIONS),
    "gang.cohesion": "it is the cohesion of the first day",
    "civil_society.blocs": "blocs and their first opinions are drawn on the first day",
    "contributor.lead_batch": "the batches of the lead nation are planned on the first day",
    "funding.fulfilment": "it says what the pledges are worth when the donors are founded",
}  # fmt: skip
"""Parameters that only matter when a run is founded, and why: a run that is under way cannot branch with another value."""
