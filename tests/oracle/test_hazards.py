"""Chances of the engine against the exact ones of the oracle, household by household; false-alarm rates: `verdicts.py`.

Engine and oracle stand still on one lively day. The engine draws the luck of that day thousands of times; the oracle says
what each household's chance is. The last tests show that the first ones see an error of 2 %.
"""

import math
from collections import Counter

import numpy as np
import pytest
from scipy import stats

from models.haiti.mechanisms.people.relocation import KINDS, Relocation

DRAWS = {"flight": 1200, "onward": 17_000, "returning": 16_000}  # days of luck, for about 130,000 events each
LEVEL = 1e-5  # ALPHA shared by the ten p-values of the battery of hazards
SHELTERS = {"flight": KINDS, "onward": KINDS[1:3]}
DESTINATION_DRAWS = 140


@pytest.fixture(scope="module")
def chances(frozen, slow):
    """Every household's exact chance of each of three events, from the oracle."""
    engine, oracle = frozen
    onward = engine.model.parameters.displaced.onward
    exact = {
        "flight": [one.chance_to_flee() * (1.0 - one.chance_to_be_trapped()) for one in oracle.households],
        "onward": [onward * (one.status == slow.SITE) for one in oracle.households],
        "returning": [one.chance_to_return() for one in oracle.households],
    }
    return {name: np.array(values) for name, values in exact.items()}


def groupings(rule, population):
    """By what a rule's chances should differ: a list of one number a household."""
    wealth = population.wealth.astype(int)
    if rule != "flight":
        return [population.home.astype(int) * 8 + population.status, wealth]
    earlier = (population.moves > 0).astype(int)
    place_and_stratum = np.maximum(population.present.group, 0)
    return [(place_and_stratum * 3 + wealth) * 2 + earlier, wealth, earlier]


def times_met(model, rule, monkeypatch):
    """How often `rule` picks each household when nobody moves, over many draws of luck from one state."""
    chosen, today = [], model.day
    stays = model.returning.settled(np.arange(model.population.count, dtype=np.int32))
    with monkeypatch.context() as still:
        still.setattr(model.returning, "settled", lambda rows: stays[rows])  # days of luck pass, and no time
        still.setattr(model.relocation, "send", lambda rows, *_, **__: chosen.append(rows))
        still.setattr(model.population, "move", lambda rows, *_, **__: chosen.append(rows))
        for model.day in range(10_000, 10_000 + DRAWS[rule]):
            getattr(model, rule).step()
    model.day = today
    return np.bincount(np.concatenate(chosen), minlength=model.population.count)


def p_values_of(rule, model, chances, monkeypatch, verdicts):
    times = times_met(model, rule, monkeypatch)
    assert times.sum() > 110_000
    return verdicts.hazard_test(times, chances[rule], DRAWS[rule], groupings(rule, model.population))


def test_flight_moving_on_and_return_have_the_exact_chances(frozen, chances, monkeypatch, verdicts):
    model = frozen[0].model
    p_values = [p for rule in DRAWS for p in p_values_of(rule, model, chances, monkeypatch, verdicts)]
    assert len(p_values) * LEVEL == pytest.approx(verdicts.ALPHA)
    assert min(p_values) > LEVEL, p_values


def test_the_hazard_test_sounds_as_many_false_alarms_as_it_says(frozen, chances, verdicts):
    """Counts drawn by NumPy from the exact chances: 5 % of 1000 p-values lie below 0.05."""
    generator, days, population = np.random.default_rng(1), DRAWS["flight"], frozen[0].model.population
    by, chance = groupings("flight", population), chances["flight"]
    drawn = [verdicts.hazard_test(generator.binomial(days, chance), chance, days, by) for _ in range(1000)]
    alarms = (np.array(drawn) < 0.05).sum(axis=0)
    p_values = [stats.binomtest(int(number), 1000, 0.05).pvalue for number in alarms]
    assert verdicts.corrected(p_values) > verdicts.ALPHA, alarms


# Destinations


@pytest.fixture(scope="module")
def movers(frozen):
    """Rows inside the capital, where each of them is, and where its family lives."""
    population = frozen[0].model.population
    rows = np.flatnonzero(population.place < population.n).astype(np.int32)
    return rows, population.place[rows].astype(np.int64), population.tie[rows].astype(np.int64)


@pytest.fixture(scope="module")
def expected_destinations(frozen, movers):
    """Expected number of choices by (kind, origin, place, whether family lives there), for flight and moving on."""
    oracle = frozen[1]
    rows, origin, tie = (values.tolist() for values in movers)
    alike, one_of = Counter(zip(origin, tie)), dict(zip(zip(origin, tie), rows))
    oracle.weigh_places()
    expected = {reason: Counter() for reason in SHELTERS}
    for reason, kinds in SHELTERS.items():
        for (here, family), households in alike.items():
            for (kind, place), chance in oracle.households[one_of[here, family]].chances_of_destinations(kinds).items():
                expected[reason][kind, here, place, place == family] += DESTINATION_DRAWS * households * chance
    return expected


def count_destinations(model, reason, movers):
    """Choices of everybody over many draws of luck, counted as they are expected above."""
    (rows, origin, tie), places = movers, model.population.places
    model.relocation.step()
    counted, today = np.zeros(8 * places * places * 2, np.int64), model.day
    for model.day in range(10_000, 10_000 + DESTINATION_DRAWS):
        place, kind = model.relocation.choose(rows, origin, reason, SHELTERS[reason])
        key = ((kind.astype(np.int64) * places + origin) * places + place) * 2 + (place == tie)
        counted += np.bincount(key, minlength=counted.size)
    model.day = today
    keys = np.flatnonzero(counted)
    parts = np.unravel_index(keys, (8, places, places, 2))
    names = zip(*(part.tolist() for part in parts[:3]), parts[3].astype(bool).tolist())
    return Counter(dict(zip(names, counted[keys].tolist())))


def destination_p_values(counted, expected, verdicts):
    """By kind, by kind and origin, and by kind, place and whether family lives there."""
    assert set(counted) <= {key for key, value in expected.items() if value > 0.0}
    parts = {"kind": (0,), "origin": (0, 1), "place": (0, 2, 3)}
    return {
        name: verdicts.chi_square(*(summed(counts, part) for counts in (counted, expected)))
        for name, part in parts.items()
    }


def summed(counts, part):
    """Counts added up over all but some parts of their keys."""
    sums = Counter()
    for key, value in counts.items():
        sums[tuple(key[number] for number in part)] += value
    return sums


@pytest.mark.verifies("V-09")
def test_destinations_have_the_exact_chances(frozen, movers, expected_destinations, verdicts):
    p_values = {}
    for reason, expected in expected_destinations.items():
        found = destination_p_values(count_destinations(frozen[0].model, reason, movers), expected, verdicts)
        p_values |= {(reason, name): p for name, p in found.items()}
    assert verdicts.corrected(p_values) > verdicts.ALPHA, p_values


# The tests above have teeth


def changed(model, changes, monkeypatch):
    monkeypatch.setattr(model, "parameters", model.parameters.replace(changes))
    monkeypatch.setattr(model, "relocation", Relocation(model))


@pytest.mark.parametrize("rule", DRAWS)
def test_an_error_of_two_percent_is_found_out(frozen, chances, rule, monkeypatch, verdicts):
    """Among 130,000 events it stands 7 deviations out; the test sounds its alarm from 4.4 on."""
    model = frozen[0].model
    flight, away = model.parameters.flight, model.parameters.displaced
    raised = {
        "flight.maximum": flight.maximum * 1.02,
        "flight.predation_outflow": 1.0 - (1.0 - flight.predation_outflow) ** 1.02,
        "displaced.onward": away.onward * 1.02,
        "displaced.return_rate": away.return_rate * 1.02,
    }
    changed(model, raised, monkeypatch)
    assert p_values_of(rule, model, chances, monkeypatch, verdicts)[0] < LEVEL


@pytest.mark.parametrize(
    "wrong", [{"fear.shield": 0.15}, {"flight.passage_fee": 1.5}, {"flight.slope": 2.1}, {"flight.half_dose": 59.0}]
)
def test_a_slightly_wrong_rule_of_flight_is_found_out(frozen, chances, wrong, monkeypatch, verdicts):
    """Off by a quarter of the shield or of the fee, 5 % of the slope, 2 % of the half dose."""
    changed(frozen[0].model, wrong, monkeypatch)
    assert min(p_values_of("flight", frozen[0].model, chances, monkeypatch, verdicts)) < LEVEL


def test_an_earlier_flight_that_counts_less_is_found_out(frozen, chances, monkeypatch, verdicts):
    population = frozen[0].model.population
    monkeypatch.setattr(population, "previous_effect", 0.8 * population.previous_effect)
    assert min(p_values_of("flight", frozen[0].model, chances, monkeypatch, verdicts)) < LEVEL


def test_sites_that_draw_two_percent_more_are_found_out(frozen, movers, expected_destinations, monkeypatch, verdicts):
    model = frozen[0].model
    changed(model, {"destination.site": model.parameters.destination.site + math.log(1.02)}, monkeypatch)
    counted = count_destinations(model, "flight", movers)
    p_values = destination_p_values(counted, expected_destinations["flight"], verdicts)
    assert p_values["kind"] < verdicts.ALPHA / 6
