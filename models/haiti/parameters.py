"""The register: every parameter group of the model by the name that starts its parameters."""

from __future__ import annotations

from models.haiti.households import HouseholdParameters
from models.haiti.mechanisms.assaults import GangParameters
from models.haiti.mechanisms.background import PatrolParameters, RivalryParameters
from models.haiti.mechanisms.control import ControlParameters
from models.haiti.mechanisms.deployment import ArrearsParameters, ContributorParameters, DeploymentParameters
from models.haiti.mechanisms.displaced import DisplacedParameters
from models.haiti.mechanisms.equipment import EquipmentParameters
from models.haiti.mechanisms.exposure import ExposureParameters, FearParameters
from models.haiti.mechanisms.extortion import EconomyParameters, RecruitmentParameters
from models.haiti.mechanisms.flight import FlightParameters
from models.haiti.mechanisms.funding import CostParameters, FundingParameters
from models.haiti.mechanisms.hold import HoldParameters
from models.haiti.mechanisms.infrastructure import InfrastructureParameters
from models.haiti.mechanisms.liaison import LiaisonParameters
from models.haiti.mechanisms.mentoring import MentoringParameters
from models.haiti.mechanisms.operations import ClearingParameters, RulesOfEngagementParameters
from models.haiti.mechanisms.police import PoliceParameters
from models.haiti.mechanisms.posture import (
    CommandParameters,
    ForceParameters,
    HomeMix,
    PhaseMixes,
    PhaseParameters,
)
from models.haiti.mechanisms.regions import RegionParameters
from models.haiti.mechanisms.relocation import DestinationParameters
from models.haiti.mechanisms.roads import RoadParameters
from models.haiti.mechanisms.self_defence import SelfDefenceParameters
from models.haiti.mechanisms.strikes import StrikeParameters
from models.haiti.mechanisms.trust import TrustParameters
from models.haiti.terrain import TravelParameters
from simulation.parameters import ParameterSet

GROUPS: dict[str, type] = {
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
    "recruitment": RecruitmentParameters,
    "travel": TravelParameters,
    "trust": TrustParameters,
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
