"""The register: every parameter group of the model by the name that starts its parameters."""

from __future__ import annotations

from models.haiti.households import HouseholdParameters
from models.haiti.mechanisms.arms import ArmsParameters
from models.haiti.mechanisms.assaults import GangParameters
from models.haiti.mechanisms.background import PatrolParameters, RivalryParameters
from models.haiti.mechanisms.casualty_tolerance import ToleranceParameters
from models.haiti.mechanisms.civil_society import CivilSocietyParameters
from models.haiti.mechanisms.coalition import CoalitionParameters
from models.haiti.mechanisms.compliance import AbuseParameters
from models.haiti.mechanisms.control import ControlParameters
from models.haiti.mechanisms.deployment import ArrearsParameters, ContributorParameters, DeploymentParameters
from models.haiti.mechanisms.displaced import DisplacedParameters
from models.haiti.mechanisms.elections import ElectionParameters
from models.haiti.mechanisms.equipment import EquipmentParameters
from models.haiti.mechanisms.expectations import ExpectationParameters
from models.haiti.mechanisms.exposure import ExposureParameters, FearParameters
from models.haiti.mechanisms.extortion import EconomyParameters
from models.haiti.mechanisms.flight import FlightParameters
from models.haiti.mechanisms.funding import CostParameters, FundingParameters
from models.haiti.mechanisms.government import GovernmentParameters
from models.haiti.mechanisms.hold import HoldParameters
from models.haiti.mechanisms.information import InformationParameters
from models.haiti.mechanisms.infrastructure import InfrastructureParameters
from models.haiti.mechanisms.kidnapping import KidnappingParameters
from models.haiti.mechanisms.liaison import LiaisonParameters
from models.haiti.mechanisms.mandate import MandateParameters
from models.haiti.mechanisms.mentoring import MentoringParameters
from models.haiti.mechanisms.operations import ClearingParameters, RulesOfEngagementParameters
from models.haiti.mechanisms.patronage import PatronageParameters
from models.haiti.mechanisms.police import PoliceParameters
from models.haiti.mechanisms.political_will import AppealParameters, ContingencyParameters
from models.haiti.mechanisms.posture import (
    CommandParameters,
    ForceParameters,
    HomeMix,
    PhaseMixes,
    PhaseParameters,
)
from models.haiti.mechanisms.prosecution import ProsecutionParameters
from models.haiti.mechanisms.recruitment import LivelihoodsParameters, RecruitmentParameters
from models.haiti.mechanisms.regions import RegionParameters
from models.haiti.mechanisms.relocation import DestinationParameters
from models.haiti.mechanisms.roads import RoadParameters
from models.haiti.mechanisms.self_defence import SelfDefenceParameters
from models.haiti.mechanisms.strikes import StrikeParameters
from models.haiti.mechanisms.support import SupportParameters
from models.haiti.mechanisms.tolls import TollParameters
from models.haiti.mechanisms.trafficking import TraffickingParameters
from models.haiti.mechanisms.trust import TrustParameters
from models.haiti.mechanisms.wages import WagesParameters
from models.haiti.terrain import TravelParameters
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
    **dict.fromkeys(("control.initial_gang", "control.initial_contested", "control.initial_state"), FIRST_MAP),
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
