"""What every table of a study says of money: the level and what it is in dollars, or neither where pledges are paid."""

from __future__ import annotations

import math

import pytest

from experiments.run.codebook import codebook
from models.haiti.family import FAMILY, design_columns
from models.haiti.model import HaitiModel
from models.haiti.scenario.scenario import load_case


@pytest.mark.parametrize(("people", "billions"), [(0, 0.0), (1000, 0.3), (5500, 1.2)])
def test_one_level_is_more_money_for_a_larger_force(people, billions):
    overrides = {"funding.source": "level", "funding.level": 1.0, "deployment.authorised": people}
    found = design_columns(load_case("baseline", overrides=overrides))
    assert (found["authorised_force"], found["funding_level"]) == (people, 1.0)
    assert found["funding_usd_per_year"] == pytest.approx(billions * 1e9)


def test_where_pledges_are_paid_there_is_no_level_and_the_run_says_what_came_in():
    case = load_case("baseline", days=60, weight=10_000)
    found = design_columns(case)
    assert math.isnan(found["funding_level"])
    assert math.isnan(found["funding_usd_per_year"])
    model = HaitiModel(case, run_seed=1).run()
    assert model.summary()["funding_coverage"] == pytest.approx(model.pool.received / (600e6 * 60 / 365))
    level = load_case("baseline", days=60, weight=10_000, overrides={"funding.source": "level", "funding.level": 0.5})
    assert HaitiModel(level, run_seed=1).run().summary()["funding_coverage"] == pytest.approx(0.5)


def test_the_codebook_has_them_all():
    known = codebook(FAMILY, "runs")
    for name in design_columns(load_case("baseline")):
        assert known[name].unit
        assert known[name].meaning
