"""No parameter with a prior is dead: in some situation the two ends of its prior lead to different days.

Two cities that differ in one parameter live side by side until their daily rows differ. Where a parameter matters only in
a certain situation, `CONTEXT` says in which one; a value given there may lie outside its own prior.
"""

import collections
import datetime
import functools
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support import priors

from models.haiti.kernels import HOME
from models.haiti.model import HaitiModel
from models.haiti.parameters import FOUNDING
from models.haiti.scenario.scenario import load_case
from simulation.runs.runner import forget

pytestmark = pytest.mark.slow

LONGEST = 200  # days; almost all differ on the first ones
LIVELY = {"deployment.at_start": 1000, "command.tempo": 0.03, "gang.act_rate": 0.5}


@dataclass(frozen=True)
class Scene:
    """A city on its first morning, LIVELY and with these parameters and dated events."""

    overrides: dict[str, Any] = field(default_factory=dict)
    events: tuple[dict[str, Any], ...] = ()
    start: datetime.date | None = None
    weight: int = 2000
    prepare: Callable[[HaitiModel], None] = lambda model: None


def in_arrears(model):
    model.pool.cash, model.pool.arrears_days = 0.0, 100


def cash_for_two_months(model):
    model.pool.cash = model.pool.opening_cash = 26e6


def votes(**settings):
    """One vote after another on a peacekeeping operation, which takes over at once unless `settings` say otherwise."""
    vote = {"what": "adoption", "option": "un_peacekeeping", "lag": 0} | settings
    return tuple({**vote, "day": day} for day in range(2, 30, 3))


AUTUMN = datetime.date(2024, 10, 1)  # the first base stands and no longer takes all goods in kind
LEVEL = {"funding.source": "level", "funding.level": 1.0, "funding.cash_share": 0.2}
# Homes of state-held places are safe within days, and those who fled go back soon.
SOON_HOME = {"displaced.return_days": 3, "displaced.return_rate": 0.05, "displaced.return_threshold": 0.4}
SCENES = {
    "lively": Scene(),
    # people ready to come need more beds
    "building": Scene(LEVEL | {"deployment.authorised": 5000}, start=AUTUMN),
    # a class of the police leaves school on 15 January
    "january": Scene(start=datetime.date(2025, 1, 10)),
    # a mission with vehicles, fewer than it wants, and goods to buy more
    "vehicles": Scene(LEVEL | {"funding.level": 2.0, "deployment.forced": True}, start=AUTUMN),
    "more offers": Scene(
        {"deployment.authorised": 9000, "contributor.ready_delay": 5.0, "contributor.follow_through": 1.0}
    ),
    "unpaid": Scene(LEVEL | {"funding.level": 0.0, "deployment.at_start": 2000}, prepare=in_arrears),
    "short of cash": Scene({"deployment.at_start": 2000, "contingency.in_place": True}, prepare=cash_for_two_months),
    # half of the goods that people need come, and many would come if it were more
    "hungry": Scene(
        LEVEL
        | {
            "funding.level": 0.35,
            "deployment.at_start": 2000,
            "contingency.in_place": True,
            "contributor.ready_delay": 5.0,
        }
        | {"contingency.runway": 0.0, "contributor.follow_through": 1.0},
        start=AUTUMN,
    ),
    # fed for a while and then not
    "starved": Scene(
        LEVEL
        | {
            "contingency.in_place": True,
            "contingency.runway": 0.0,
            "contingency.supply": 0.0,
            "contingency.vehicles": 0.0,
        },
        events=({"what": "donor_shock", "day": 60, "donor": "all", "cash": 1, "in_kind": 0},),
        start=AUTUMN,
    ),
    # vehicles break faster than they are repaired
    "worn": Scene({"contingency.in_place": True, "equipment.break_base": 0.02}, start=AUTUMN),
    "returns": Scene(SOON_HOME, weight=200),
    "votes": Scene(events=votes()),
    "slow votes": Scene({"mandate.adoption_lag": 10.0}, events=votes(probability=1, lag=-1)),
    "withdrawal": Scene(events=({"what": "withdrawal", "day": 2},)),
    "peacekeeping": Scene({"mandate.option": "un_peacekeeping"}),
    "suppression": Scene({"mandate.option": "suppression_force"}),
}

CONTEXT: dict[str, tuple[str, dict[str, Any]]] = {
    "mandate.adoption_probability": ("votes", {}),
    "mandate.adoption_lag_spread": ("slow votes", {}),
    "mandate.drawdown_days": ("withdrawal", {}),
    "mandate.permission_peacekeeping": ("peacekeeping", {}),
    "mandate.permission_suppression": ("suppression", {}),
    "contingency.runway": ("short of cash", {}),
    "contingency.lag": ("short of cash", {}),
    "contingency.supply": ("hungry", {"funding.level": 0.6, "contingency.usable": 0.0, "contingency.vehicles": 0.0}),
    "contingency.usable": ("starved", {}),
    "contingency.vehicles": ("worn", {"contingency.supply": 0.0, "contingency.usable": 0.0, "contingency.runway": 0.0}),
    "shortage.supply": ("hungry", {"funding.level": 0.7, "contingency.in_place": False}),
    **dict.fromkeys(("shortage.days", "shortage.wary"), ("hungry", {"contingency.in_place": False})),
    "deployment.fund_days": ("building", {"funding.cash_share": 0.9}),
    "deployment.bed_phase": ("building", {"funding.level": 3.0, "deployment.bed_growth": 30.0}),
    "deployment.cost_spread": ("building", {}),
    "contributor.landing_days": ("building", {"funding.level": 3.0, "deployment.bed_growth": 30.0}),
    "offensive.losses": ("lively", {"offensive.lull": 5.0, "offensive.days": 10.0}),
    **dict.fromkeys(
        ("deployment.cost_per_bed", "deployment.bed_growth", "deployment.lead_support", "deployment.bed_yield_floor"),
        ("building", {}),
    ),
    "funding.stop_go_days": ("lively", {"funding.reliability": "stop_go"}),
    # offers come, a few a year, while fewer people are offered than authorised
    "contributor.offer_rate": ("more offers", {}),
    "contributor.offer_size": ("more offers", {"contributor.offer_rate": 50.0}),
    "arrears.tolerance": ("unpaid", {}),
    "arrears.withdraw_hazard": ("unpaid", {}),
    **dict.fromkeys(
        (
            "equipment.break_base", "equipment.break_tempo", "equipment.repair", "equipment.vehicle_price",
            "equipment.vehicle_money",
        ),
        ("vehicles", {}),
    ),
    # only a lost operation costs a vehicle, and few are lost
    "equipment.combat_loss": (
        "vehicles",
        {"command.tempo": 0.1, "command.p_min": 0.05, "command.hold_share": 0.0, "clearing.defender_advantage": 5.0},
    ),
    # at usual speeds nearly every way of a unit takes less than the shortest day on the road
    "force.travel_hours": ("lively", {"travel.road_speed": 2.0, "travel.lane_speed": 1.0}),
    "police.intake": ("january", {}),
    # at a permission of .5, the default, harm is what chance gives whatever the exponent
    "rules_of_engagement.harm_exponent": ("lively", {"rules_of_engagement.permissiveness": 0.7}),
    # own fear beside that of the neighbourhood is read when people think of going home, and fades within days
    "fear.spread": ("returns", {"displaced.return_days": 1, "displaced.return_threshold": 0.65}),
    **dict.fromkeys(
        (
            "fear.shock", "displaced.return_rate", "displaced.return_threshold", "displaced.return_days",
            "displaced.site_push", "displaced.neighbours", "displaced.services", "displaced.settling",
        ),
        ("returns", {}),
    ),
    # nobody goes home to a house that is gone: it needs a capture that is soon undone
    "displaced.destroyed": (
        "returns", {"control.rate": 1.0, "flight.maximum": 1.0, "flight.takeover": 200.0, "displaced.destroyed_prob": 1.0},
    ),
    "displaced.destroyed_prob": ("returns", {"control.rate": 1.0, "flight.maximum": 1.0, "flight.takeover": 200.0}),
}  # fmt: skip

# The founding reads these as well as the days.
FROM_THE_FIRST_DAY = (
    "contributor.ready_delay", "contributor.batch_interval", "contributor.follow_through", "contributor.advance",
    "gang.cohesion", "gang.arms",
)  # fmt: skip


@functools.cache
def founded(scene: str, founding: tuple[tuple[str, Any], ...] = ()) -> HaitiModel:
    given = SCENES[scene]
    overrides = LIVELY | given.overrides | dict(founding)
    case = load_case(overrides=overrides, weight=given.weight, start=given.start, events=given.events)
    model = HaitiModel(case, run_seed=3)
    given.prepare(model)
    return model


def city(row, value) -> HaitiModel:
    scene, overrides = CONTEXT.get(row.name, ("lively", {}))
    overrides = overrides | {row.name: value}
    if row.name in FOUNDING or row.name.startswith(FROM_THE_FIRST_DAY):
        return founded.__wrapped__(scene, tuple(overrides.items()))
    return founded(scene).branch(overrides)


def today(model) -> str:
    """The row of the day; as text, so that two values that are missing are equal."""
    return repr([values[-1] for values in model.recorder.values.values()])


def first_difference(low, high, days) -> int | None:
    for day in range(1, days + 1):
        low.step()
        high.step()
        if today(low) != today(high):
            return day
    return None


@pytest.mark.parametrize("row", priors.covered("test_dead_parameters"), ids=lambda row: row.name)
def test_both_ends_of_a_prior_move_an_outcome(row):
    low, high = (city(row, end) for end in priors.ends(row))
    day = first_difference(low, high, LONGEST)
    forget(low)
    forget(high)
    assert day, f"{row.name} moves nothing in {LONGEST} days; see CONTEXT"


def test_two_cities_that_differ_in_nothing_stay_alike():
    assert first_difference(founded("lively").branch(), founded("lively").branch(), 30) is None


def test_households_differ_in_fear_on_the_first_day_as_their_parameter_says():
    model = founded("returns")
    people = model.population
    rows = np.flatnonzero(people.status == HOME).astype(np.int32)
    own = people.fear_of(rows) - people.fear.field[people.place[rows], people.wealth[rows]]
    assert own.std() == pytest.approx(model.parameters.fear.spread, rel=0.05)


def test_every_parameter_with_a_prior_is_asked_by_exactly_one_file():
    """A new one: add its group to `COVERED_BY` in priors.py, and what must happen for it to matter to the context there."""
    asked = collections.Counter(row.name for file in priors.COVERED_BY for row in priors.covered(file))
    assert {row.name for row in priors.with_prior()} - set(asked) == set()
    assert [name for name, times in asked.items() if times > 1] == []


def test_no_name_is_left_over():
    names = {row.name for row in priors.with_prior()}
    known = names | {name.partition(".")[0] for name in names}
    assert set(itertools.chain(*priors.COVERED_BY.values())) - known == set()
    assert set(CONTEXT) - names == set()
    assert set(SCENES) - {"lively"} == {scene for scene, _ in CONTEXT.values()} - {"lively"}


@pytest.mark.parametrize("file", priors.COVERED_BY)
def test_each_file_takes_its_list_from_there(file):
    assert f'priors.covered("{file}")' in Path(__file__).with_name(f"{file}.py").read_text(encoding="utf-8")
