"""What experiments may ask of the Haiti model, all in one place: the other side of `simulation/port/family.py`."""

from __future__ import annotations

import dataclasses
import datetime
import functools
import json
import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from models.haiti import brought, metrics
from models.haiti.bibliography import references
from models.haiti.caveats import ABOUT, BESIDE, CAVEATS, FIRST_ASSUMPTIONS, FIRST_CHOICES, NOTES, SOURCES
from models.haiti.day import DAY, SWITCHES
from models.haiti.mechanisms.mission.funding import yearly_need
from models.haiti.metrics.comparison import FACTORS, factors, shapley_product
from models.haiti.metrics.daily.people import COMMUNES
from models.haiti.model import HaitiModel
from models.haiti.parameters import FOUNDING, default_parameters
from models.haiti.saving.branching import check
from models.haiti.scenario import event_kinds
from models.haiti.scenario.events import KINDS, Event
from models.haiti.scenario.only_when import idle, unmoved
from models.haiti.scenario.scenario import FOLDER, Case, brought_by, load_case, scenario_list
from models.haiti.world.city import DATA
from simulation.files.tables import read_table
from simulation.mechanism import Mechanism
from simulation.port import naming
from simulation.port.case import find_scenario
from simulation.port.family import ModelFamily, Part, Presentation, Price, Product, TwoSides, described
from simulation.port.outcomes import Outcome
from simulation.port.plugins import Brought
from simulation.port.record import Observation, read_record

CURVES = (
    "gang_control_population_share",
    "gang_influence_population_share",
    "displaced_people",
    "deployed_force",
    "mandate_strength",
    "usable_force",
    "binding_ceiling",
    "residents_killed_total",
    "gang_members_killed_total",
    "security_forces_killed_total",
)
COMPARED = (
    "residents_killed_total",
    "displaced_people",
    "people_outside_gang_control",
    "gang_control_population_share",
    "contested_population_share",
    "gang_members_killed_total",
    "security_forces_killed_total",
    "residents_killed_operations_total",
    "deployed_force",
    "usable_force",
    "mission_cost_usd_total",
)
MEASURED = ("influence", "residents", "residents_killed_today")
DEATHS = Product(
    outcome="residents_killed_total",
    factors=FACTORS,
    parts=(
        Part("fewer_residents", "people present (flight)", "flight", ("residents",)),
        Part("consolidation", "how contested gang influence is (consolidation)", "consolidation", ("contest",)),
        Part(
            "force",
            "gang influence, and harm where it is contested (force, or its absence)",
            "influence and harm",
            ("exposure", "intensity"),
        ),
    ),
    split=shapley_product,
    caution=(
        "Fewer residents are also killed where they have fled, or where gangs rule unchallenged. The change is split exactly "
        "into three parts: people present (flight); how contested gang influence is (consolidation: settled rule kills "
        "less, and is no peace); and gang influence with harm where it is contested: less of it is what a force could claim, "
        "but operations kill residents too, so this part also falls where there are fewer of them. The split says which "
        "factors moved, not what caused them to move."
    ),
)
PROTECTION = Price(
    gain="people_outside_gang_control",
    cost="mission_cost_usd_total",
    harm="residents_killed_operations_total",
    per=365.0,
    harm_per=1000.0,
    gain_title="person-years outside gang control",
    cost_title="cost of the mission per person-year",
    harm_title="residents killed in operations per 1,000 person-days",
    outcomes=("gang_control_population_share_end", "residents_killed_total"),
    caution=(
        "Control is never shown alone. Protection is person-years outside gang control, more than in the reference under the "
        "same luck; people count where they lived before displacement. The price is all that the mission of the scenario "
        "cost, not what it cost more than in the reference, and the harm is all residents killed in operations, each divided "
        "by the protection gained."
    ),
)
SIDES = TwoSides(
    both={"deployment.forced": True},
    one={"deployment.authorised": 2500},
    other={"deployment.authorised": 1000},
    columns=(
        "gang_control_population_share",
        "gang_influence",
        "displaced_people",
        "new_displacements_total",
        "residents_killed_total",
    ),
)
EXTRAPOLATION = 1000  # people: the mission of 2024-25 never had more than about this number in the country


def beyond(runs: pd.DataFrame) -> tuple[str, str] | None:
    """What studies of missions larger than any there was must say."""
    column = next((name for name in ("authorised_force", "deployed_force_mean") if name in runs), None)
    if column is None or not runs[column].max() > EXTRAPOLATION:
        return None
    return (
        "More than 1,000 people is extrapolation.",
        "No deployment seen in Haiti since 2024 exceeded about 1,000. Results above that rest on mechanisms never observed at "
        "that size.",
    )


def set_apart(case: Case) -> dict[str, str]:
    """What sets a case apart from the defaults, its dated events among it."""
    return (
        described(case) | _brings(case) | {f"event {k}": _event(event, case) for k, event in enumerate(case.events, 1)}
    )


def _brings(case: Case) -> dict[str, str]:
    return {"brought from outside": json.dumps(case.brought.content())} if case.brought else {}


def dated(case: Case) -> list[tuple[datetime.date, str]]:
    """The dated events of a case in a few words."""
    return [(event.date_from(case.start), event.what.replace("_", " ")) for event in case.events]


def _event(event: Event, case: Case) -> str:
    lasts = f" until {event.until}" if event.until else f" for {event.length} days" if event.length else ""
    settings = ", ".join(
        f"{name} = {value}" if name != "set" else ", ".join(f"{inner} = {to}" for inner, to in value)
        for name, value in event.settings
    )
    return f"{event.date_from(case.start)}{lasts}: {event.what} ({settings})"


def create(case: Case, run_seed: int, *, places: bool = False, events: bool = False) -> HaitiModel:
    """A city on its first day, as `ModelFamily.create` wants it."""
    return HaitiModel(case, run_seed=run_seed, neighbourhoods=places, events=events)


def design_columns(case: Case) -> dict[str, Any]:
    """Force and money of a run, which every table of a study shows beside what it varies.

    Money is NaN where pledges are paid: what they come to is an outcome (`funding_coverage`), and no level is set.
    """
    parameters = case.parameters
    authorised, level = parameters.deployment.authorised, math.nan
    if parameters.funding.source == "level":
        level = parameters.funding.level
    return {
        "authorised_force": authorised,
        "funding_level": level,
        "funding_usd_per_year": level * yearly_need(authorised, parameters.cost),
    }


DESIGN = {
    item.name: item
    for item in (
        Outcome(
            "authorised_force", "people", "parameter deployment.authorised: people the mandate allows on the first day"
        ),
        Outcome(
            "funding_level",
            "share",
            "parameter funding.level: receipts a year over need at the authorised force; none where pledges are paid "
            "(funding_coverage says what they came to)",
            format="share",
        ),
        Outcome(
            "funding_usd_per_year",
            "USD/year",
            "what that level is in money: level x need of the authorised force in a year; none where pledges are paid",
            format="usd",
        ),
        Outcome(
            "factor_residents", "person-days", "people present in the capital, summed over days and neighbourhoods"
        ),
        Outcome("factor_exposure", "share", "part of them where gangs have influence", format="share"),
        Outcome(
            "factor_contest", "ratio", "how contested that influence is: 4 u (1 - u), weighted by it", format="number"
        ),
        Outcome("factor_intensity", "ratio", "residents killed for each person-day so contested", format="number"),
    )
}
"""Columns of a study's tables that are no outcomes; the product of the factors is the number of residents killed."""


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
    return [*files, *case.own_files, *case.brought.files()]


def _geography():
    from models.haiti.presentation import read_geography

    return read_geography()


def _look():
    from models.haiti.looks import LOOK

    return LOOK


def _replay():
    from models.haiti.replay.recipe import REPLAY

    return REPLAY


def _observed(start: object, end: object):
    from models.haiti.presentation import read_observed

    return read_observed(start, end)


def record() -> list[Observation]:
    """The published figures of the capital up to June 2025, read from `observations.csv`. InputError as `read_record`."""
    sources = read_table(DATA / "sources.csv", {"source": "text"}, key="source")["source"]
    return read_record(DATA / "observations.csv", metrics.COLUMNS, set(sources), AREAS)


def _place_record(start: datetime.date):
    from models.haiti.start.place_record import place_record

    return place_record(start)


def _movement():
    from models.haiti.movement import movement

    return movement()


def about(kinds: Iterable[type[Mechanism]], outcomes: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The outcomes of a run in which each rule can be seen, as it says itself (`shown_by`)."""
    names = list(outcomes)
    return {kind.name: tuple(name for name in names if naming.stem(name) in kind.shown_by) for kind in kinds}


def extend(family: ModelFamily, bring: Brought) -> ModelFamily:
    """The family with metrics, mechanisms, agents and a map from outside; all are looked at here. InputError as `brought`."""
    outcomes, daily = brought.columns(bring)
    brought.gang_class(bring)
    return dataclasses.replace(
        family,
        parameters=functools.partial(brought.parameters, bring),
        outcomes=outcomes,
        daily=daily,
        mechanisms=tuple(kind.name for kind in brought.kinds(bring) if kind.switch),
        about=about(brought.kinds(bring), outcomes),
        load=functools.partial(HaitiModel.load, bring=bring),
    )


AREAS = ("country", "ouest", "capital", *COMMUNES)
"""What published figures are of: the country, the department, the nine communes together, one of them."""
SECTIONS = {
    "force-funding": ("deployment.authorised", "funding.level"),
}
"""Parts of a report that a study may ask for, and the factors that each needs."""
FAMILY = ModelFamily(
    name="haiti",
    title="Port-au-Prince under gang rule",
    load_case=load_case,
    scenarios=scenario_list,
    parameters=default_parameters,
    create=create,
    outcomes=metrics.OUTCOMES,
    daily=metrics.COLUMNS,
    fields=metrics.PLACE_COLUMNS,
    columns=DESIGN,
    curves=CURVES,
    compared=COMPARED,
    place_fields=("influence", "label"),
    usual=("gang_control_population_share_end", "displaced_people_end", "residents_killed_total"),
    reported_beside=("gang_members_killed_total",),
    design_columns=design_columns,
    row=row,
    mechanisms=SWITCHES,
    about=about(DAY, metrics.OUTCOMES),
    founding=FOUNDING,
    held=event_kinds.held,
    check_branch=check,
    load=HaitiModel.load,
    unmoved=unmoved,
    idle=idle,
    described=set_apart,
    dated=dated,
    scenario_file=functools.partial(find_scenario, FOLDER),
    event_kinds=KINDS,
    two_sides=SIDES,
    references=references,
    extend=extend,
    brought_by=brought_by,
    registers=(metrics.ADDED, event_kinds.ADDED),
    product=DEATHS,
    price=PROTECTION,
    record=record,
    place_record=_place_record,
    movement=_movement,
    replay=_replay,
    workshops=Path(__file__).with_name("workshops"),
    calibration=DATA / "calibration.toml",
    input_files=input_files,
    presentation=Presentation(
        _geography,
        _observed,
        _look,
        about=ABOUT,
        caveats=CAVEATS,
        notes=NOTES,
        beside=BESIDE,
        pictured=(
            "residents_killed_total",
            "displaced_people",
            "people_outside_gang_control",
            "contested_population_share",
            "deployed_force",
            "mission_cost_usd_total",
        ),
        beyond=beyond,
        sections=SECTIONS,
        first_assumptions=FIRST_ASSUMPTIONS,
        first_choices=FIRST_CHOICES,
        sources=SOURCES,
    ),
)
