"""Deaths: every person present as likely as another, against the law of names drawn from a hat.

False-alarm rates: `verdicts.py`. Households of one place live at home, with hosts and in sites; one person in four dies.
"""

from collections import Counter

import numpy as np
import pytest
from scipy import stats

from models.haiti.people.columns import STATUS_WORDS, Households
from models.haiti.world.state import CityState
from simulation.dice import Dice

HOME, SITE, HOST, PROVINCE, ABROAD, GONE = range(len(STATUS_WORDS))
PLACE, NEXT_DOOR, OUTSIDE = 0, 1, 2
ROWS, DEATHS, DRAWS = 300, 400, 1500
FOLLOWED = range(0, 36, 4)  # rows at home whose losses are compared one by one, of 1 to 9 people


class Town:
    """Households whose dead are counted again and again from one state."""

    def __init__(self):
        generator = np.random.default_rng(4)
        self.people = np.concatenate((np.arange(36) // 4 + 1, generator.integers(1, 11, ROWS - 36))).astype(np.int32)
        self.status = np.resize(np.array([HOME, SITE, HOST, HOME], np.int8), ROWS)
        self.population = Households(np.zeros(ROWS, int), self.people, 2, 3, 1)
        self.population.threshold[:] = generator.normal(0.0, 0.5, ROWS)
        self.population.moves[:] = self.status != HOME
        self.population.set_strata(0.4)
        self.elsewhere = np.arange(ROWS - 3, ROWS)
        self.population.place[self.elsewhere] = NEXT_DOOR, OUTSIDE, PLACE
        self.status[self.elsewhere] = HOST, PROVINCE, GONE
        self.people[-1] = 0
        self.there = np.arange(ROWS - 3)
        self.state = CityState(2, 3, 1)
        self.reset()
        self.population.count_in(np.arange(ROWS, dtype=np.int32), self.state, +1)
        self.before = self.state.copy()

    def reset(self):
        self.population.people[:] = self.people
        self.population.status[:] = self.status
        self.population.found()

    def losses(self, number, day, shock=0.0):
        """People each household loses when `number` die."""
        self.reset()
        self.state.restore(self.before)
        luck = Dice(7).roll("deaths", day, PLACE)
        done = self.population.die(PLACE, number, luck, day, self.state, shock)
        lost = self.people - self.population.people
        assert done == lost.sum() == min(number, self.people[self.there].sum())
        return lost


@pytest.fixture(scope="module")
def town():
    return Town()


@pytest.fixture(scope="module")
def lost(town):
    return np.array([town.losses(DEATHS, day) for day in range(DRAWS)])


def p_values_of(town, lost, verdicts, weight=1.0):
    """By household, size and shelter, and how many each of nine households loses; people in sites weigh `weight`."""
    there, present = town.there, int(town.people[town.there].sum())
    share = town.people[there] * np.where(town.status[there] == SITE, weight, 1.0)
    expected, counted = lost.sum() * share / share.sum(), lost.sum(axis=0)[there]
    shrink = (present - DEATHS) / (present - 1)  # nobody dies twice
    p_values = {}
    for name, group in {"row": there, "size": town.people[there], "shelter": town.status[there]}.items():
        cells = [dict(enumerate(np.bincount(group, values).tolist())) for values in (counted, expected)]
        p_values[name] = verdicts.chi_square(*cells, shrink)
    for row in FOLLOWED:
        law = stats.hypergeom(present, town.people[row], DEATHS)
        possible = range(town.people[row] + 1)
        p_values["losses", row] = verdicts.chi_square(
            Counter(lost[:, row].tolist()), {k: DRAWS * law.pmf(k) for k in possible}
        )
    return p_values


def test_every_person_present_is_as_likely_as_another_to_die(town, lost, verdicts):
    assert lost[:, town.elsewhere].sum() == 0
    p_values = p_values_of(town, lost, verdicts)
    assert verdicts.corrected(p_values) > verdicts.ALPHA, p_values


def test_two_percent_more_deaths_in_sites_would_be_found_out(town, lost, verdicts):
    """The same counts do not fit a law under which a person in a site is 2 % likelier to die."""
    p_values = p_values_of(town, lost, verdicts, weight=1.02)
    assert len(p_values) * p_values["shelter"] < verdicts.ALPHA


def test_the_counts_of_the_city_follow_the_dead(town):
    for number in (0, 1, 700, 10**6):
        lost = town.losses(number, day=1, shock=0.5)
        population, state = town.population, town.state
        for status, counts in ((HOME, state.at_home), (SITE, state.in_sites), (HOST, state.with_hosts)):
            alive = (population.status == status) & (population.place == PLACE)
            assert counts[PLACE] == population.people[alive].sum()
        assert state.present.tolist() == np.bincount(population.place, population.people, 3).tolist()
        assert np.array_equal(population.status == GONE, population.people == 0)
        assert np.array_equal(population.present.group < 0, (population.people == 0) | (population.place == OUTSIDE))
        frightened = population.fear_of(np.arange(ROWS)) > 0.0
        assert not np.any(frightened[lost == 0])
        assert np.all(frightened[lost > 0])
        population.fear.deviation[:] = 0.0
