"""The register of outcomes: one entry says all that tables, pages and commands need, and each entry is alive."""

from __future__ import annotations

import re

import pytest

from models.haiti import FAMILY, HaitiModel, load_case
from models.haiti.metrics import words
from simulation.port.family import find_family

GANG_DEATHS = ("gang_members_killed",)


@pytest.mark.parametrize("name", ["haiti", "epstein"])
def test_every_outcome_is_told_in_full_and_a_run_has_each(name):
    family = find_family(name)
    options = {"haiti": {"weight": 2000}, "epstein": {}}[name]
    model = family.create(family.load_case("baseline", days=2, **options), 1).run()
    assert set(model.summary()) <= set(family.outcomes)
    assert set(model.recorder.values) == set(family.daily)
    for outcome in (*family.outcomes.values(), *family.daily.values(), *family.fields.values()):
        assert outcome.unit, outcome.name
        assert len(outcome.meaning.split()) > 1, outcome.name
        assert outcome.title, outcome.name
        assert outcome.plain, outcome.name
    assert [outcome.name for outcome in family.outcomes.values() if not (outcome.formula or outcome.reduction)] == []


def test_what_a_run_says_is_what_the_register_declares():
    model = HaitiModel(load_case("baseline", days=2, weight=2000), run_seed=1).run()
    missing = set(FAMILY.outcomes) - set(model.summary())
    assert missing == set(), "declared, and no run has it"


def test_how_an_outcome_is_computed_is_shown_from_the_code():
    formulas = {outcome.name: outcome.formula for outcome in FAMILY.outcomes.values()}
    assert [name for name, formula in formulas.items() if not formula] == []
    assert formulas["strikes_total"] == "int(model.ledger.sum('strikes'))"
    daily = {column.name: column.formula for column in FAMILY.daily.values()}
    assert [name for name, formula in daily.items() if not formula] == []


def test_headlines_come_first_and_each_once():
    names = [outcome.name for outcome in FAMILY.headlines]
    assert names == list(words.HEADLINES)
    assert len(names) == len(set(names)) > 5
    assert list(FAMILY.outcomes)[: len(names)] == names


def test_titles_are_not_shared():
    titles = [outcome.title for outcome in FAMILY.outcomes.values()]
    assert sorted({title for title in titles if titles.count(title) > 1}) == []


def test_deaths_have_no_good_side_where_people_differ_over_it():
    for name in GANG_DEATHS:
        for outcome in FAMILY.outcomes.values():
            if re.match(name, outcome.name):
                assert outcome.direction == 0, outcome.name
                assert outcome.never_aim, outcome.name


def test_shares_are_written_as_shares_and_money_as_money():
    for outcome in FAMILY.outcomes.values():
        if outcome.format == "share":
            assert "share" in outcome.unit or "probability" in outcome.unit, (outcome.name, outcome.unit)
        if outcome.format == "usd":
            assert "USD" in outcome.unit, (outcome.name, outcome.unit)
