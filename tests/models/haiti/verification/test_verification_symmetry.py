"""Verification list, what makes no difference: size of rows, days before a change, names of places and gangs (V-18 to V-20)."""

import shutil

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from models.haiti.mechanisms.people.flight import flight_chance
from models.haiti.model import HaitiModel
from models.haiti.scenario.scenario import load_case
from models.haiti.start.starting_point import load_start
from models.haiti.world.city import DATA, load_city

pytestmark = pytest.mark.slow

WEIGHTS = (1, 10, 50)


@pytest.fixture(scope="module")
def sizes():
    """Runs of fifteen days with 1, 10 and 50 households a row, three seeds each: weight -> models."""
    return {
        weight: [HaitiModel(load_case(weight=weight), run_seed=seed).run(15) for seed in (1, 2, 3)]
        for weight in WEIGHTS
    }


@pytest.mark.verifies("V-18")
def test_v18_expected_flight_does_not_depend_on_the_size_of_rows(sizes):
    """Under the same exposure the same people are expected to flee, whether a row is 1, 10 or 50 households, to 2 %."""
    expected = []
    for weight in WEIGHTS:
        people, model = sizes[weight][0].population, sizes[weight][0]
        home = people.status == 0
        exposure = np.linspace(0.0, 120.0, model.n)[people.home[home]]
        chance = flight_chance(exposure, 1e-4, people.threshold[home], model.parameters.flight)
        expected.append(float(chance @ people.people[home]) / people.people[home].sum())
    assert expected[0] > 0.02
    np.testing.assert_allclose(expected, expected[0], rtol=0.02)


@pytest.mark.verifies("V-18")
@pytest.mark.parametrize("weight", WEIGHTS[1:])
def test_v18_runs_with_large_rows_displace_as_many_people(sizes, weight):
    """Under one seed people newly displaced differ by no more than the luck of rows, 3 standard errors over seeds."""
    gap, variance = 0.0, 0.0
    for fine, coarse in zip(sizes[1], sizes[weight]):
        fled = fine.ledger.sum_total("new_displacements"), coarse.ledger.sum_total("new_displacements")
        row = coarse.initial_people / coarse.population.count
        gap += fled[1] - fled[0]
        variance += fled[0] * (row + 5.0)
    assert abs(gap) < 3.0 * np.sqrt(variance)


@pytest.mark.verifies("V-19")
def test_v19_arms_are_one_run_until_they_differ():
    """Two policies under one seed are bit for bit the same until the day on which the first of them acts."""
    change = {"day": 12, "set": {"clearing.fire_state": 5.0, "command.tempo": 0.1}}
    plain, other = (
        HaitiModel(load_case(weight=500, events=events), run_seed=5).run(20).recorder.daily()
        for events in ((), (change,))
    )
    pd.testing.assert_frame_equal(plain[plain.day < 12], other[other.day < 12])
    assert not plain.equals(other)


# Names

SEEDS, DAYS = range(1, 31), 20
COUNTS = ("assaults", "operations", "places_captured", "residents_killed", "gang_members_killed", "new_displacements")
COLUMNS = {
    "neighbourhoods.csv": ("id",),
    "edges.csv": ("a", "b"),
    "gateways.csv": ("neighbourhood",),
    "landmarks.csv": ("neighbourhood",),
    "aliases.csv": ("neighbourhood",),
    "initial_control.csv": ("neighbourhood", "holder"),
    "gangs.csv": ("name", "homes"),
    "control_events.csv": ("neighbourhoods",),
}


def renamed(folder):
    """The data with other names of neighbourhoods and gangs, so in another order; new name -> old one, of both."""
    luck = np.random.default_rng(3)
    ids = sorted(pd.read_csv(folder / "neighbourhoods.csv").id)
    gangs = sorted(pd.read_csv(folder / "gangs.csv").name)
    places = dict(zip(ids, (f"place_{number:03}" for number in luck.permutation(len(ids)))))
    groups = dict(zip(gangs, (f"group {number:02}" for number in luck.permutation(len(gangs)))))
    for file, columns in COLUMNS.items():
        table = pd.read_csv(folder / file, dtype=str, keep_default_na=False)
        for column in columns:
            new = groups if column in ("name", "holder") else places
            parts = [[one.strip() for one in cell.split(";")] for cell in table[column]]
            table[column] = [";".join(new.get(one, one) for one in cell) for cell in parts]
        table.to_csv(folder / file, index=False)
    return {text: old for new in (places, groups) for old, text in new.items()}


@pytest.fixture(scope="module")
def cities(tmp_path_factory):
    """How to found the city as shipped and with other names, by a seed; and what the second calls by which old name."""
    folder = shutil.copytree(DATA, tmp_path_factory.mktemp("renamed") / "data")
    old = renamed(folder)
    case = load_case(weight=1000, overrides={"deployment.forced": True})
    maps = [(city, load_start(city, case.start)) for city in (load_city(), load_city(folder))]
    founders = [
        lambda seed, city=city, start=start: HaitiModel(case, run_seed=seed, city=city, start=start)
        for city, start in maps
    ]
    return *founders, old


@pytest.mark.verifies("V-20")
def test_v20_another_order_of_places_and_gangs_is_the_same_first_day(cities):
    """With other names everybody is founded where they were: people, members by gang, influence, posts of units."""
    plain, other, old = cities[0](1), cities[1](1), cities[2]
    order = [plain.city.ids.index(old[name]) for name in other.city.ids]
    assert order != sorted(order)
    names = [gang.name for gang in plain.gangs]
    gangs = [names.index(old.get(gang.name, gang.name)) for gang in other.gangs]
    assert gangs != sorted(gangs)
    np.testing.assert_array_equal(plain.city.population[order], other.city.population)
    np.testing.assert_array_equal(plain.state.influence[order], other.state.influence)
    assert np.abs(plain.state.members[gangs][:, order] - other.state.members).max() <= 1
    assert plain.state.members.sum() == other.state.members.sum()
    posts = [np.bincount([unit.place for unit in one.forces.all()], minlength=one.n) for one in (plain, other)]
    assert np.abs(posts[0][order] - posts[1]).sum() <= 4
    np.testing.assert_allclose(plain.terrain.hours[np.ix_(order, order)], other.terrain.hours)


@pytest.mark.verifies("V-20")
def test_v20_names_do_not_change_the_distribution_of_outcomes(cities):
    """Thirty runs with other names have the means of thirty as shipped (Welch, 1 % over all outcomes together)."""
    tables = []
    for found in cities[:2]:
        runs = [found(seed).run(DAYS) for seed in SEEDS]
        influence = [run.recorder.values["gang_influence"][-1] for run in runs]
        members = [int(run.state.members.sum()) for run in runs]
        tables.append([*([run.ledger.sum_total(name) for run in runs] for name in COUNTS), influence, members])
    p_values = [stats.ttest_ind(*pair, equal_var=False).pvalue for pair in zip(*tables)]
    assert min(p_values) * len(p_values) > 0.01, p_values
