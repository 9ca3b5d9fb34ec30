"""Supplies that run down: a crisis that donors, contributing countries and the contingency plan see."""

from dataclasses import replace

import pytest

from models.haiti.model import HaitiModel
from models.haiti.scenario.scenario import load_case

HUNGRY = {"deployment.at_start": 1500, "contributor.ready_delay": 1.0, "contributor.follow_through": 1.0}
NO_GOODS = ({"what": "donor_shock", "day": 1, "donor": "all", "cash": 1, "in_kind": 0},)


def run(days, events=NO_GOODS, off=(), **overrides):
    changes = HUNGRY | {name.replace("__", "."): value for name, value in overrides.items()}
    case = replace(load_case(overrides=changes, weight=2000, events=events), off=tuple(off))
    return HaitiModel(case, run_seed=1, events=True).run(days)


def told(model, kind):
    events = model.events()
    return events[events["kind"] == kind]


def test_a_month_of_short_supplies_is_an_incident_and_counted():
    model = run(60)
    text = told(model, "supply_crisis")
    assert text["day"].tolist() == [31]  # supplies of a day are looked at on the next
    assert "cover 0% of need" in text["text"].iloc[0]
    assert model.recorder.values["supply_crisis_today"][30:33] == [0, 1, 1]
    assert model.summary()["supply_crisis_days"] == 30
    assert run(60, shortage__days=40).summary()["supply_crisis_days"] == 20
    fed = run(60, (), mandate__option="un_logistics")
    assert fed.summary()["supply_crisis_days"] == 0
    assert told(fed, "supply_crisis").empty


def test_the_end_of_a_crisis_is_told():
    frozen = ({**NO_GOODS[0], "days": 40},)
    model = run(70, frozen, funding__source="level", funding__level=2.0)
    assert told(model, "supply_crisis")["text"].tolist()[-1] == "Supplies of the mission cover its need again"
    assert model.pool.short_days == 0


def test_nobody_to_feed_is_no_crisis():
    assert run(60, deployment__at_start=0, contributor__ready_delay=2000.0).summary()["supply_crisis_days"] == 0


def test_donors_hear_an_appeal_for_goods():
    model = run(70, appeal__rate=0.5)
    assert "appeals to donors for supplies" in " ".join(told(model, "appeal")["text"])
    goods = [one for one in model.donors if "goods" in one.donor]
    assert goods
    assert {one.channel for one in goods} == {"bilateral_in_kind"}
    assert model.pool.imbalance() < 1
    silent = run(70, appeal__rate=0.5, off=("political_will",))
    assert not [one for one in silent.donors if "appeal" in one.donor]


def test_wary_countries_send_nobody_while_it_lasts():
    """All hold back, none does, and the same share of a crowd always does."""
    bold, wary = (run(45, shortage__wary=share) for share in (0.0, 1.0))
    assert wary.deployment.ready_people() == wary.forces.deployed()
    assert wary.ceilings["contributors"] < bold.ceilings["contributors"]
    wary.pool.short_days = 0
    assert wary.deployment.ready_people() > wary.forces.deployed()


WATCHED = {
    "cash": {"contingency__runway": 1000},
    "supplies": {"contingency__supply": 1.0},
    "vehicles": {"contingency__vehicles": 1.0},
    "force": {"contingency__usable": 1.0},
}
NOTHING = {"contingency__runway": 0, "contingency__supply": 0, "contingency__vehicles": 0, "contingency__usable": 0}


def test_the_plan_is_called_for_each_of_what_it_watches_and_for_nothing_else():
    for name, threshold in WATCHED.items():
        rules = NOTHING | threshold | {"contingency__in_place": True, "contingency__patience": 5, "contingency__lag": 2}
        model = run(100 if name == "vehicles" else 60, (), **rules)
        assert model.political_will.called > 0, name
        calls = told(model, "contingency")["text"].tolist()
        assert len(calls) == 1
        assert [other for other in WATCHED if model.political_will.low_days[other] >= 5] == [name]
        assert model.mandate.option == "un_logistics"
    assert run(60, NO_GOODS, contingency__in_place=True, **NOTHING).political_will.called == -1
    assert run(60, NO_GOODS, contingency__in_place=False).political_will.called == -1


def test_the_plan_is_called_when_usable_force_halves():
    """Hunger halves what a fed force can do; with that alone watched, the plan is called some weeks later, not before."""
    alone = NOTHING | {"contingency__usable": 0.7, "contingency__in_place": True}
    fed = ({**NO_GOODS[0], "day": 40},)
    steady = {"funding__source": "level", "deployment__forced": True}
    model = run(110, fed, **alone, **steady)
    assert 40 + 14 < model.political_will.called < 100
    assert run(110, (), **alone, **steady).political_will.called == -1


@pytest.mark.slow
def test_the_plan_changes_the_status_quo():
    """POL6 against POL0, the same luck: it is called, supplies are short for fewer days, more of the force is usable."""
    plain, insured = (HaitiModel(load_case(name, weight=2000), run_seed=1).run(600) for name in ("POL0", "POL6"))
    assert plain.political_will.called == -1
    assert insured.political_will.called > 0
    assert insured.summary()["supply_crisis_days"] < plain.summary()["supply_crisis_days"]
    assert insured.summary()["usable_force_mean"] > 1.02 * plain.summary()["usable_force_mean"]
