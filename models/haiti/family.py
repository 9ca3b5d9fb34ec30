"""What experiments may ask of the Haiti model, all in one place: the other side of `simulation/family.py`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from models.haiti import metrics
from models.haiti.day import SWITCHES
from models.haiti.metrics.comparison import FACTORS, factors
from models.haiti.model import HaitiModel
from models.haiti.parameters import FOUNDING, default_parameters
from models.haiti.saving.branching import check
from models.haiti.scenario.event_kinds import held
from models.haiti.scenario.scenario import FOLDER, Case, load_case, scenario_list, unmoved
from models.haiti.world.city import DATA
from simulation.family import ModelFamily, Presentation, Price, Product
from simulation.outcomes import Outcome

CURVES = (
    "gang_control_population_share",
    "gang_influence_population_share",
    "displaced_people",
    "deployed_force",
    "authorised_force_today",
    "usable_force",
    "binding_ceiling",
    "residents_killed",
    "gang_members_killed",
    "security_forces_killed",
)
COMPARED = (
    "residents_killed",
    "displaced_people",
    "people_outside_gang_control",
    "gang_control_population_share",
    "gang_influence_population_share",
    "gang_members_killed",
    "security_forces_killed",
    "residents_killed_operations",
    "deployed_force",
    "usable_force",
    "mission_cost_usd",
)
MEASURED = ("influence", "residents", "residents_killed")
DEATHS = Product(
    outcome="residents_killed",
    factors=FACTORS,
    parts={
        "people present (flight)": ("residents",),
        "how contested gang influence is (consolidation)": ("contest",),
        "gang influence, and harm where it is contested (force, or its absence)": ("exposure", "intensity"),
    },
)
PROTECTION = Price(
    gain="people_outside_gang_control",
    cost="mission_cost_usd",
    harm="residents_killed_operations",
    per=365.0,
    gain_title="person-years outside gang control",
    cost_title="US$ of the mission a person-year",
    harm_title="residents killed in operations per 1,000 person-days",
)


def create(case: Case, run_seed: int, *, places: bool = False, events: bool = False) -> HaitiModel:
    """A city on its first day, as `ModelFamily.create` wants it."""
    return HaitiModel(case, run_seed=run_seed, neighbourhoods=places, events=events)


def design_columns(case: Case) -> dict[str, Any]:
    """Force and money of a run, which every table of a study shows beside what it varies."""
    parameters = case.parameters
    return {
        "authorised_force": parameters.get("deployment.authorised"),
        "funding_level": parameters.get("funding.level"),
    }


def row(model: HaitiModel) -> dict[str, Any]:
    """The factors of residents killed, so that comparisons can split a change in it."""
    kept = model.recorder.place_values
    if not kept:
        return {}
    parts = factors({name: np.concatenate(kept[name]) for name in MEASURED}, model.case.name)
    return {f"factor_{name}": value for name, value in zip(FACTORS, parts, strict=True)}


def input_files(case: Case) -> list[Path]:
    """The map, the published figures and the scenarios; a population of the user's own among them."""
    files = [path for folder in (DATA, FOLDER) for path in sorted(folder.rglob("*")) if path.is_file()]
    return [*files, case.population] if case.population else files


def _geography():
    from models.haiti.presentation import read_geography

    return read_geography()


def _observed(start: object, end: object):
    from models.haiti.presentation import read_observed

    return read_observed(start, end)


HEADLINES = (
    "gang_control_population_share",
    "gang_influence_population_share",
    "displaced_people",
    "new_displacements",
    "returns",
    "residents_killed",
    "gang_members_killed",
    "security_forces_killed",
    "deployed_force_mean",
    "usable_force_mean",
    "funding_received_usd",
    "mission_cost_usd",
)
FAMILY = ModelFamily(
    name="haiti",
    title="Port-au-Prince under gang rule",
    load_case=load_case,
    scenarios=scenario_list,
    parameters=default_parameters,
    create=create,
    outcomes={
        name: Outcome(name, item.unit, item.meaning, headline=name in HEADLINES)
        for name, item in metrics.OUTCOMES.items()
    },
    daily={
        name: Outcome(name, item.unit, item.meaning, summed=any(how == "total" for _, how in item.outcomes))
        for name, item in metrics.DAILY.items()
    },
    curves=CURVES,
    compared=COMPARED,
    place_fields=("influence", "label"),
    usual=("gang_control_population_share", "displaced_people", "residents_killed"),
    design_columns=design_columns,
    row=row,
    mechanisms=SWITCHES,
    founding=FOUNDING,
    held=held,
    check_branch=check,
    load=HaitiModel.load,
    unmoved=unmoved,
    product=DEATHS,
    price=PROTECTION,
    input_files=input_files,
    presentation=Presentation(_geography, _observed),
)
