"""Households as agents: what is written reaches the columns, counts, rosters and bounds; what cannot be is refused."""

import gc
import inspect

import mesa
import numpy as np
import pytest

from models.haiti.kernels import GONE, HOME, HOST, SITE
from models.haiti.model import HaitiModel
from models.haiti.people.columns import STRATA
from models.haiti.people.on_demand import FILTERS, HouseholdViews
from models.haiti.scenario.scenario import load_case
from simulation.errors import InputError, UnknownNameError


@pytest.fixture
def model():
    return HaitiModel(load_case(weight=200), run_seed=3)


def check(model):
    """Every count, roster and bound agrees with the columns, and people add up."""
    people, state = model.population, model.state
    alive, dead = int(people.people.sum()), int(model.ledger.sum_total("deaths_of_residents"))
    assert alive + dead == model.initial_people
    np.testing.assert_array_equal(state.present, np.bincount(people.place, people.people, minlength=people.places))
    for status, counts in ((HOME, state.at_home), (SITE, state.in_sites), (HOST, state.with_hosts)):
        mine = people.status == status
        np.testing.assert_array_equal(counts, np.bincount(people.place[mine], people.people[mine], minlength=model.n))
    away = (people.status != HOME) & (people.status != GONE)
    np.testing.assert_array_equal(state.away, np.bincount(people.home[away], people.people[away], minlength=model.n))
    moved = model.ledger.sum_total("new_displacements") - model.ledger.sum_total("returns")
    assert -dead <= model.displaced_people() - model.initial_displaced - moved <= 0
    everybody = np.arange(people.count, dtype=np.int32)
    np.testing.assert_array_equal(people.present.group, people._groups(everybody))
    np.testing.assert_array_equal(people.displaced.group, np.where(away, people.home, -1))
    for roster in (people.present, people.displaced):
        listed = np.concatenate([roster.members(group) for group in range(roster.size)])
        np.testing.assert_array_equal(np.sort(listed), np.flatnonzero(roster.group >= 0))
    here = people.present.group >= 0
    stratum = people.present.group[here] % (STRATA + 1)
    assert np.all(people.own_threshold(everybody)[here] >= people.stratum_edges[stratum])
    assert people.people.max() <= people._largest


def at_home(model, **filters):
    return model.households.select(status="at home", at_most=1, **filters)[0]


def test_people_can_be_written_and_everything_is_counted_anew(model):
    check(model)
    household, before = at_home(model), model.initial_people
    present = int(model.state.at_home[model.population.home[household.row]])
    had = household.people
    household.people = 3
    assert household.people == model.households[household.row].people == 3
    assert model.initial_people == before + 3 - had
    assert model.state.at_home[model.population.home[household.row]] == present + 3 - had
    displaced = model.households.select(status="in a site", at_most=1)[0]
    stock, had = model.initial_displaced, displaced.people
    displaced.people = had + 500
    assert model.initial_displaced == model.displaced_people() == stock + 500
    check(model)


def test_own_fear_is_what_was_written_and_survives_wealth_and_moves(model):
    household = at_home(model, wealth="poor")
    household.fear = 0.875
    for change in (
        lambda: setattr(household, "wealth", "better off"),
        lambda: household.move_to("Delmas 33", "in a site"),
        lambda: household.move_to("abroad"),
        household.go_home,
    ):
        change()
        assert household.fear == pytest.approx(0.875, abs=1e-12)
    check(model)
    model.step()
    assert household.fear != 0.875


def test_wealth_and_ties_take_the_threshold_with_them(model):
    rules = model.parameters.flight
    household = at_home(model, wealth="poor", ties="")
    start = household.threshold
    household.wealth = "middle"
    assert household.threshold == pytest.approx(start - rules.poor)
    household.wealth = "better off"
    assert household.threshold == pytest.approx(start - rules.poor)
    household.ties = "Bas-Artibonite"
    assert household.ties == "Bas-Artibonite"
    household.ties = "sud_est"
    assert household.ties == "Sud-Est"
    assert household.threshold == pytest.approx(start - rules.poor - rules.tie)
    household.ties, household.wealth = "", "poor"
    assert household.threshold == pytest.approx(start)
    assert household.ties == ""
    check(model)


@pytest.mark.parametrize("threshold", [-5.0, -1.0, 0.1, 5.0])
def test_a_threshold_files_the_household_in_its_stratum(model, threshold):
    household = at_home(model)
    household.threshold = threshold
    check(model)
    household.move_to("Delmas 33")  # who has fled before flees sooner: the bound must cover that, too
    household.moves = 7
    assert household.threshold == threshold
    check(model)
    model.run(20)
    check(model)


def test_moving_by_hand_moves_people_but_counts_no_flight(model):
    household = at_home(model)
    home = household.home
    household.move_to("Delmas 33", "with a host family")
    assert (household.place, household.status, household.moves) == ("Delmas 33", "with a host family", 1)
    assert household.displaced
    household.status = "in a site"
    assert (household.place, household.status, household.moves) == ("Delmas 33", "in a site", 2)
    household.move_to("Sud")
    assert (household.place, household.status) == ("Sud", "in the provinces")
    household.move_to("Abroad")
    assert household.status == "abroad"
    check(model)
    household.move_to(home)
    assert (household.place, household.status, household.displaced) == (home, "at home", False)
    household.go_home()  # already there
    assert household.moves == 4
    for name in ("new_displacements", "onward_moves", "onward_displacements", "returns"):
        assert model.ledger.sum_total(name) == 0
    check(model)


def test_a_destroyed_home_keeps_its_people_away(model):
    household = at_home(model)
    household.move_to("Delmas 33")
    household.home_destroyed = True
    with pytest.raises(InputError, match=r"its home is destroyed\. Write home_destroyed = False first"):
        household.go_home()
    household.home_destroyed = False
    household.go_home()
    assert household.status == "at home"


def test_the_run_goes_on_conserved_after_much_has_been_written(model):
    model.run(10)
    luck = np.random.default_rng(1)
    for household in model.households.select(sample=60, where=lambda h: h.people > 0):
        household.threshold = luck.uniform(-3, 3)
        household.people = int(luck.integers(1, 2000))
        household.wealth = luck.choice(["poor", "middle", "better off"]).item()
        household.fear = luck.random()
        household.move_to(luck.choice(["Solino", "Sud", "Delmas 33"]).item())
    check(model)
    for _ in range(20):
        model.step()
        check(model)


def test_writing_what_is_already_there_changes_nobodys_luck(model):
    """Luck hits positions in the rosters, so nobody may change theirs."""
    people = model.population
    before = people.present.slots.copy(), people.displaced.slots.copy(), people.stratum_edges.copy()
    for household in model.households.select(sample=200):
        household.people, household.wealth = household.people, household.wealth
        household.moves, household.threshold = household.moves, household.threshold
        household.fear = 0.5
    after = people.present.slots, people.displaced.slots, people.stratum_edges
    for was, now in zip(before, after, strict=True):
        np.testing.assert_array_equal(was, now)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("people", 0, "the nearest is 1"),
        ("people", 2.5, "the nearest is 2"),
        ("people", 10**7, "the nearest is 10000"),
        ("people", "3", "'3' is no number"),
        ("people", True, "'True' is no number"),
        ("fear", 1.5, "It can be 0 to 1; the nearest is 1"),
        ("fear", float("nan"), "'nan' is no number"),
        ("threshold", -9, "the nearest is -5"),
        ("moves", -1, "the nearest is 0"),
        ("wealth", "poore", "unknown wealth 'poore'. Did you mean poor"),
        ("ties", "Artibonite", "'Artibonite' is the name of 2 places. Say Bas-Artibonite or Haut-Artibonite"),
        ("ties", "Nip", "Did you mean nippes"),
        ("home_destroyed", 1, "neither True nor False"),
        ("status", "in a sight", "Did you mean in a site"),
        ("status", "abroad", "'abroad' does not fit"),
        ("home", "Solino", "move_to(place)"),
        ("place", "Solino", "move_to(place, status)"),
        ("displaced", True, "move_to(place, status)"),
        ("feer", 0.5, "unknown attribute 'feer'. Did you mean fear"),
    ],
)
def test_what_does_not_fit_is_refused_with_the_nearest_answer(model, name, value, said):
    household = at_home(model)
    before = (model.state.copy(), household.people, household.threshold)
    with pytest.raises(InputError) as caught:
        setattr(household, name, value)
    assert said in str(caught.value)
    assert f"household {household.row}" in str(caught.value)
    after = model.state.copy()
    assert all(np.array_equal(after[key], before[0][key]) for key in after)
    assert (household.people, household.threshold) == before[1:]


def test_a_filter_that_is_not_there_is_told_with_the_nearest(model):
    with pytest.raises(UnknownNameError, match=r"households\.select: unknown filter 'welth'. Did you mean wealth\?"):
        model.households.select(welth="poor")
    with pytest.raises(UnknownNameError, match=r"'smaple'. Did you mean sample"):
        model.households.select(smaple=5)
    with pytest.raises(UnknownNameError, match="Did you mean wealth"):
        model.households.rows(welth="poor")
    taken = inspect.signature(HouseholdViews.rows).parameters.values()
    assert tuple(item.name for item in taken if item.kind is item.KEYWORD_ONLY) == FILTERS
    assert model.households.select(**dict.fromkeys(FILTERS), at_most=1)


@pytest.mark.parametrize(
    ("place", "status", "said"),
    [
        ("Delmas 333", None, "Did you mean Delmas 33"),
        ("Delmas 33", "at home", "'at home' does not fit Delmas 33. There it can be with a host family or in a site"),
        ("Sud", "in a site", "'in a site' does not fit Sud. There it can be in the provinces"),
        ("Delmas 33", "no survivors", "does not fit Delmas 33"),
    ],
)
def test_a_move_that_cannot_be_is_refused(model, place, status, said):
    with pytest.raises(InputError) as caught:
        at_home(model, home="Solino").move_to(place, status)
    assert said in str(caught.value)
    check(model)


def test_nobody_can_write_a_household_without_survivors(model):
    place = int(model.population.home[0])
    model.population.die(place, 10**6, model.dice.roll("test", 0, place), 0, model.state, 0.3)
    gone = model.households.select(status="no survivors", at_most=1)[0]
    for name, value in (("people", 3), ("fear", 0.5)):
        with pytest.raises(InputError, match="nobody of it is alive"):
            setattr(gone, name, value)
    with pytest.raises(InputError, match="nobody of it is alive"):
        gone.move_to("Delmas 33")


def test_filters_agree_with_the_attributes_of_the_agents(model):
    model.run(30)
    everybody = list(model.households)
    wanted = {
        "home": ("Solino", lambda h: h.home == "Solino"),
        "place": (["Delmas 33", "Sud"], lambda h: h.place in ("Delmas 33", "Sud")),
        "status": ("in a site", lambda h: h.status == "in a site"),
        "wealth": (("poor", "better off"), lambda h: h.wealth != "middle"),
        "ties": ("", lambda h: not h.ties),
        "displaced": (True, lambda h: h.displaced),
        "home_destroyed": (False, lambda h: not h.home_destroyed),
        "people": ((900, 950), lambda h: 900 <= h.people <= 950),
        "moves": (1, lambda h: h.moves == 1),
        "fear": ((0.2, 0.5), lambda h: 0.2 <= h.fear <= 0.5),
        "threshold": ((0.0, 9.0), lambda h: h.threshold >= 0),
        "where": (lambda h: h.since > 10, lambda h: model.population.since[h.row] > 10),
    }
    for name, (value, true_of) in wanted.items():
        rows = [one.row for one in everybody if true_of(one)]
        assert 0 < len(rows) < len(everybody) or name == "home_destroyed"
        assert [one.row for one in model.households.select(**{name: value}, at_most=None)] == rows, name
    both = model.households.rows(displaced=True, wealth="poor")
    assert both.tolist() == [one.row for one in everybody if one.displaced and one.wealth == "poor"]


def test_a_sample_is_the_same_for_the_same_luck_and_touches_no_other(model):
    first = [one.row for one in model.households.select(wealth="poor", sample=20)]
    assert first == [one.row for one in model.households.select(wealth="poor", sample=20)]
    assert first != [one.row for one in model.households.select(wealth="poor", sample=20, luck="again")]
    assert len(set(first)) == 20
    assert len(model.households.select(home="Solino", sample=10**6)) == model.households.rows(home="Solino").size
    assert [one.row for one in model.households.select(at_most=3)] == [0, 1, 2]


def test_selecting_makes_no_agents_but_those_returned(model, monkeypatch):
    from models.haiti.people import on_demand as view

    made, kind = [], view.Household
    monkeypatch.setattr(view, "Household", lambda *arguments: made.append(kind(*arguments)) or made[-1])
    assert list(model.households.select(fear=(0, 1), at_most=7)) == made
    assert len(made) == 7


@pytest.mark.parametrize(
    ("filters", "said"),
    [
        ({"home": "Solinno"}, "households, home: unknown neighbourhood 'Solinno'. Did you mean solino"),
        ({"status": "homeless"}, "households, status: unknown status 'homeless'"),
        ({"ties": "Nipes"}, "Did you mean nippes"),
        ({"people": "many"}, "'many' is neither a number nor (low, high)"),
        ({"fear": (0, 1, 2)}, "neither a number nor (low, high)"),
        ({"displaced": "yes"}, "'yes' is neither True nor False"),
        ({"where": lambda h: h.people}, "true or false for every row"),
        ({"at_most": -1}, "'-1' is no number of households"),
        ({"sample": 2.5}, "'2.5' is no number of households"),
    ],
)
def test_a_filter_that_means_nothing_is_refused(model, filters, said):
    with pytest.raises(InputError) as caught:
        model.households.select(**filters)
    assert said in str(caught.value)


def test_an_agent_set_works_on_households_and_leaves_the_model_alone(model):
    registered = len(model.agents)
    chosen = model.households.select(home="Solino", at_most=5)
    agents = mesa.agent.AgentSet(chosen, random=model.random)
    gc.collect()
    assert len(agents) == len(chosen) == 5
    agents.set("fear", 0.75)
    agents.shuffle_do("move_to", "Delmas 33")
    assert agents.get("fear") == pytest.approx([0.75] * 5)
    assert set(agents.get("place")) == {"Delmas 33"}
    assert agents.agg("people", sum) == sum(one.people for one in chosen)
    assert len(agents.select(lambda one: one.displaced)) == 5
    assert len(model.agents) == registered
    check(model)
    del chosen
    gc.collect()
    assert len(agents) == 0  # a set holds its agents weakly


def test_two_views_of_a_row_are_equal_and_models_are_not_mixed_up(model):
    assert model.households[17] == model.households[17 - len(model.households)]
    assert len({model.households[17], model.households[17], model.households[18]}) == 2
    assert model.households[17] != HaitiModel(load_case(weight=1000), run_seed=3).households[17]


def test_an_unknown_household_is_named(model):
    with pytest.raises(InputError, match="there is no household 99999999"):
        model.households[99999999]
    with pytest.raises(UnknownNameError, match="unknown attribute"):
        model.households[0].note = "mine"
