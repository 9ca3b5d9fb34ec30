"""What rules declare is what they do: a watched city, in which everything happens, touches what is declared and no more."""

import datetime
from collections import defaultdict
from typing import get_type_hints

import pytest
from support import contract

from models.haiti.day import DAY, Rules
from models.haiti.mechanisms.gangs.takings import Takings
from models.haiti.model import HaitiModel
from models.haiti.scenario.scenario import load_case
from simulation.errors import InputError
from simulation.mechanism import Mechanism
from simulation.serialise.bookkeeping import mesa_attributes

pytestmark = pytest.mark.slow

SOON = {"displaced.return_days": 5, "displaced.return_rate": 0.05, "displaced.return_threshold": 0.6}
LIVELY = {
    "gang.act_rate": 0.5, "deployment.at_start": 600, "prosecution.removal": 0.05, "prosecution.split": 1.0,
    "command.tempo": 0.05, "liaison.effort": 1.0, "self_defence.active": True, "strike.active": True,
    "mandate.option": "un_logistics", "tolerance.deaths": 0, "arrears.withdraw_hazard": 0.1, "election.day": 40,
    "equipment.combat_loss": 1.0, "support.replaced_vehicles": 50.0,
}  # fmt: skip
EVENTS = (
    {"what": "donor_shock", "donor": "all", "day": 5, "days": 20, "in_kind": 0},
    {"what": "donor_loss", "donor": "largest", "day": 50},
    {"what": "airport_closure", "day": 10, "days": 20},
    {"what": "adoption", "day": 60, "option": "un_peacekeeping", "ceiling": 4000, "probability": 1, "lag": 3},
    {"what": "government_falls", "day": 5, "level": 0.2},
    {"what": "pact_breaks", "day": 6, "level": 0.1},
    {"what": "contingent", "day": 6, "country": "Chad", "people": 100, "ready": 3},
    {"what": "landing", "day": 9, "country": "Chad", "people": 20},
    {"what": "offensive", "day": 11, "days": 4},
    {"what": "corridor_closure", "day": 12, "days": 20, "between": ["martissant", "fontamara"]},
    {"what": "parameters", "day": 7, "days": 9, "set": {"travel.road_speed": 10.0}},
)
UNPAID = {
    "arrears.tolerance": 0.0, "arrears.withdraw_hazard": 0.02, "funding.source": "level", "funding.level": 0.0,
    "deployment.authorised": 9000, "deployment.at_start": 9000, "economy.gang_wage": 90.0, "abuse.base": 0.05,
    "abuse.accountability": 1.0, "abuse.suspension": 10,
}  # fmt: skip
FORCED = {
    "deployment.forced": True, "deployment.authorised": 5550, "command.tempo": 0.05, "command.p_min": 0.05,
    "tolerance.deaths": 0, "region.mobility": 0.05, "displaced.onward": 0.05,
}  # fmt: skip
GANGS = {
    "gang.act_rate": 2.0, "gang.raid_rate": 5.0, "gang.cohesion": 0.0, "contingency.in_place": True,
    "contingency.runway": 900.0, "appeal.runway": 900.0, "appeal.rate": 1.0, "contributor.offer_rate": 50.0,
    "deployment.authorised": 9000, "coalition.turnover": 1.0, "coalition.autonomy": 20.0, "region.mobility": 0.05,
    "offensive.lull": 9.0, "offensive.days": 9.0,
}  # fmt: skip
# Parameters, days, and what else `load_case` takes.
RUNS = (
    (LIVELY, 130, {"events": EVENTS}),
    ({}, 60, {"start": datetime.date(2024, 12, 20)}),  # a class of the police comes in January
    (UNPAID, 60, {}),
    (FORCED, 120, {}),
    (GANGS, 120, {}),
    ({"deployment.at_start": 400}, 40, {"events": ({"what": "withdrawal", "day": 3, "over": 20},)}),
)
# Declared, and seen in none of the runs.
RARE = {
    (
        "prosecution",
        "affairs.allied",
    ): "a new group is told to stand alone; it differs if an older one there had joined",
}
OPEN = {  # what a model holds besides rules and what is watched: of the run as a whole, or made for looking at it
    "case", "run_seed", "branches", "dice", "clock", "day", "candidates", "city", "start", "n", "terrain",
    "state", "ledger", "harm", "recorder", "datacollector", "base", "abroad", "mean_density", "population", "diary",
    "initial_people", "gangs", "founding_sizes", "initial_members", "affairs", "forces", "command", "passage", "facilities",
    "cooperation", "beyond", "mission", "politics", "pool", "mechanisms", "initial_displaced", "holders", "held",
}  # fmt: skip


@pytest.fixture(scope="module")
def seen():
    """Rule -> names of what it changed, got and used, over all runs; and private attributes of others that were used."""
    written, got, used, private = defaultdict(set), defaultdict(set), defaultdict(set), set()
    for changes, days, settings in RUNS:
        model = HaitiModel(load_case(overrides=SOON | changes, weight=1000, **settings), run_seed=3)
        with pytest.MonkeyPatch.context() as patch, contract.watched(patch) as record:
            model.run(days)
        private |= record.private
        for all_of, part in ((written, record.written), (got, record.got), (used, record.used)):
            for name, names in part.items():
                all_of[name] |= names
    return written, got, used, private


@pytest.mark.parametrize("kind", DAY, ids=lambda kind: kind.name)
def test_a_rule_touches_what_it_declares_and_no_more(seen, kind):
    written, got, used, _ = (part if isinstance(part, set) else part[kind.name] for part in seen)
    rare = {name for rule, name in RARE if rule == kind.name}
    assert written | rare == set(kind.writes)
    assert got - written - rare == set(kind.reads)
    assert used == set(kind.uses)
    for names in (kind.reads, kind.writes, kind.uses):
        assert len(set(names)) == len(names)


def test_rules_are_attributes_that_an_editor_knows():
    assert {name: kind for name, kind in get_type_hints(Rules).items() if name != "mechanisms"} == {
        kind.name: kind for kind in DAY
    }


@pytest.mark.parametrize("called", ["flight", "state", "run", "no name"])
def test_a_rule_under_a_name_that_is_taken_is_refused(called):
    class Another(Mechanism):
        name = called

    class Own(HaitiModel):
        KINDS = (*DAY, Another)

    with pytest.raises(InputError, match=f"Another: a rule cannot be called '{called}'"):
        Own(load_case(weight=2000))


def test_a_rule_that_uses_a_missing_one_is_refused():
    class Own(HaitiModel):
        KINDS = tuple(kind for kind in DAY if kind.name != "expectations")

    with pytest.raises(InputError, match="Trust: it uses the rule 'expectations', which the model does not have"):
        Own(load_case(weight=2000))


def test_no_rule_reaches_into_another(seen):
    assert not seen[3], "a rule used what is private to another"


def test_nothing_of_a_model_is_overlooked():
    """A new shared thing is watched (tests/support/contract.py), or named in OPEN."""
    model = HaitiModel(load_case(weight=2000), run_seed=3)
    rules = {kind.name for kind in DAY}
    assert set(vars(model)) - mesa_attributes() - rules - set(contract.OF_THE_MODEL) == OPEN


def test_arrays_that_nobody_declares_stay_as_they_are():
    """Without the watch, which sees what is got through attributes: arrays held otherwise are locked."""
    overrides = {"command.tempo": 0.03, "gang.act_rate": 0.5, "deployment.at_start": 1000}
    model = HaitiModel(load_case(overrides=overrides, weight=200), run_seed=5)
    for mechanism in model.mechanisms:
        mechanism.step = locked(mechanism, model)
    model.run(60)
    ledger = model.ledger
    for name in ("places_captured", "places_cleared", "raids", "new_displacements", "onward_moves", "gang_recruits"):
        assert ledger.sum_total(name) > 0, name


def locked(mechanism, model):
    """The mechanism's day with every array of the state locked that neither it nor a rule it uses declares."""
    rules, open_ = {type(mechanism)}, [type(mechanism)]
    while open_:
        new = {type(getattr(model, name)) for name in open_.pop().uses} - rules
        rules |= new
        open_ += new
    declared = {name for kind in rules for name in kind.writes}
    undeclared = [array for name, array in model.state.arrays().items() if name not in declared]
    step = type(mechanism).step

    def day():
        for array in undeclared:
            array.flags.writeable = False
        try:
            step(mechanism)
        finally:
            for array in undeclared:
                array.flags.writeable = True

    return day


def test_the_watch_sees_what_is_not_declared(monkeypatch):
    """A rule that writes by a held array, one that calls another, one that looks: each is seen, and by name."""
    step = Takings.step

    def meddling(self):
        step(self)
        self.model.state.label[0] = (self.model.state.label[0] + 1) % 3
        self.model.control.relabel()
        self.model.ledger.sum("raids")
        self.model.trust._helper = 1

    monkeypatch.setattr(Takings, "step", meddling)
    model = HaitiModel(load_case(weight=2000), run_seed=3)
    with contract.watched(monkeypatch) as record:
        model.run(1)
    assert record.written["takings"] == {*Takings.writes, "label"}
    assert record.got["takings"] >= {"affairs.revenue", "ledger.raids"}
    assert record.used["takings"] == {"control", "trust"}
    assert record.private == {("takings", "trust", "_helper")}
    assert "owner" in record.got["control"]
