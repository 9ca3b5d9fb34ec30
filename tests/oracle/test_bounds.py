"""Thinning: bounds hold for everybody, rules that ask through a roster check them, and a broken one is named.

What a rule of a user's own does with a bound that is too low is tested in `tests/test_engine_page.py`.
"""

from collections import defaultdict

import numpy as np
import pytest

from models.haiti.kernels import accept_flights
from models.haiti.mechanisms.people import flight
from models.haiti.mechanisms.people.flight import GROUPS
from models.haiti.model import HaitiModel
from models.haiti.scenario.scenario import load_case
from simulation.errors import BoundError
from simulation.mechanism import Mechanism
from simulation.rosters import Roster

TAKES_EVERY_CANDIDATE = {"onward"}  # its bound is its chance


def test_a_broken_bound_names_mechanism_neighbourhood_and_day(harness, history):
    engine = harness.Engine(600, history).run(20)
    threshold = engine.model.population.threshold
    threshold -= 3.0  # behind the back of the strata, which still hold the old lowest thresholds
    with pytest.raises(BoundError, match=r"flight: .* in (bolosse|waney) on day 2\d"):
        engine.run(9)


@pytest.mark.parametrize(("roster", "rule"), [("present", "flight"), ("displaced", "returning")])
def test_bounds_that_were_given_too_low_are_found(frozen, monkeypatch, roster, rule):
    """Whatever the rule, and however it computes its chances: the roster gets a tenth of the bounds it should."""
    model, asked = frozen[0].model, getattr(frozen[0].model.population, roster)
    true_candidates = asked.candidates

    def with_low_bounds(dice, mechanism, day, bounds):
        bounds *= 0.1
        return true_candidates(dice, mechanism, day, bounds)

    monkeypatch.setattr(asked, "candidates", with_low_bounds)
    with pytest.raises(BoundError, match=rf"{rule}: .* in \w+ on day {model.day}"):
        getattr(model, rule).step()


def test_every_rule_that_asks_through_a_roster_checks_its_bound(monkeypatch):
    lively = {"gang.act_rate": 0.5, "displaced.return_days": 5, "displaced.return_rate": 0.05}
    model = HaitiModel(load_case("baseline", overrides=lively, weight=200), run_seed=3)
    asked, checked = defaultdict(set), defaultdict(set)
    candidates, check = Roster.candidates, Mechanism.check_bound

    def heard(self, dice, mechanism, day, bounds):
        found = candidates(self, dice, mechanism, day, bounds)
        if found[0].size:
            asked[mechanism].add((day, found[0].size))
        return found

    def seen(self, chances, *rest, **more):
        checked[self.name].add((self.model.day, np.size(chances)))
        return check(self, chances, *rest, **more)

    def passed(rows, *rest):  # flight asks and checks in one compiled pass
        checked["flight"].add((model.day, rows.size))
        return accept_flights(rows, *rest)

    monkeypatch.setattr(Roster, "candidates", heard)
    monkeypatch.setattr(Mechanism, "check_bound", seen)
    monkeypatch.setattr(flight, "accept_flights", passed)
    model.run(40)
    assert {"flight", "onward", "returning"} <= set(asked)
    for name in set(asked) - TAKES_EVERY_CANDIDATE:
        assert len(asked[name]) > 10
        assert asked[name] <= checked[name], name


def test_no_household_ever_has_a_chance_above_its_bound(frozen):
    model = frozen[0].model
    population = model.population
    bounds = model.flight.bounds(*model.flight.pressure())
    here = np.flatnonzero(population.present.group >= 0)
    chance = np.array([one.chance_to_flee() for one in frozen[1].households])[here]
    assert np.all(chance <= bounds[population.present.group[here]] * (1 + 1e-9))


def test_the_pass_of_flight_names_the_first_whose_chance_passes_its_bound():
    model = HaitiModel(load_case("baseline", weight=200), run_seed=3).run(5)
    people, rules = model.population, model.parameters.flight
    exposure, worn = model.flight.pressure()
    bounds = model.flight.bounds(exposure, worn)
    rows = np.flatnonzero(people.present.group >= 0)
    own = (
        people.wealth,
        people.threshold,
        people.moves,
        people.previous_effect,
        rules.half_dose,
        rules.slope,
        rules.maximum,
    )
    asked = rows, people.present.group[rows], np.ones(rows.size), GROUPS
    assert accept_flights(*asked, bounds, exposure, worn, *own)[1] == -1
    low = np.full_like(bounds, np.inf)
    low[people.present.group[rows[7]]] = 0.0
    first = np.flatnonzero(people.present.group[rows] == people.present.group[rows[7]])[0]
    assert accept_flights(*asked, low, exposure + 1.0, worn, *own)[1] == first


def test_about_one_candidate_in_three_flees_on_a_typical_day(monkeypatch):
    """The day's candidates of flight and onward in the whole model, one row for ten households."""
    model = HaitiModel(load_case("baseline", weight=10), run_seed=1)
    asked, fled = 0, 0

    def counted(*given):
        nonlocal asked, fled
        flees, broken = accept_flights(*given)
        asked, fled = asked + flees.size, fled + flees.sum()
        return flees, broken

    monkeypatch.setattr(flight, "accept_flights", counted)
    model.run(60)
    assert asked > 500
    assert fled / asked > 0.3


def test_a_quiet_city_asks_nobody(harness):
    engine = harness.Engine(2000, harness.scripted_history(200, quiet=True)).run()
    assert engine.model.candidates == 0
    assert engine.log == []
