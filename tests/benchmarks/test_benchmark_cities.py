"""Synthetic cities of the benchmark: what is to grow grows, all else sums up as in the real one."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

from benchmarks.cities import JOINS, with_copies, with_more_gangs, with_more_people
from models.haiti.model import HaitiModel
from models.haiti.scenario.scenario import load_case
from models.haiti.start.starting_point import load_start
from models.haiti.world.city import load_city

CITY = load_city()
START = load_start(CITY)
CASE = load_case("baseline", weight=400)


@pytest.mark.parametrize("number", [2, 4])
def test_copies_share_out_people_and_area(number):
    city, _ = with_copies(CITY, START, number)
    assert len(city) == len(city.places) == number * len(CITY)
    assert city.ids == tuple(sorted(city.ids)) == city.places.ids
    assert np.array_equal(city.population.reshape(number, -1).sum(axis=0), CITY.population)
    assert np.ptp(city.population.reshape(number, -1), axis=0).max() <= 1
    assert city.area_km2.sum() == pytest.approx(CITY.area_km2.sum())
    assert city.has_airport.sum() == number * CITY.has_airport.sum()
    for place, name in enumerate(city.ids):
        assert city.graph.nodes[name]["population"] == city.population[place]
    with pytest.raises(ValueError, match="read-only"):
        city.population[0] = 1


def test_copies_are_the_map_joined_by_a_few_roads():
    city, _ = with_copies(CITY, START, 3)
    n, edges = len(CITY), CITY.graph.number_of_edges()
    assert city.graph.number_of_edges() == 3 * edges + 2 * JOINS
    assert nx.is_connected(city.graph)
    for copy in range(3):
        part = city.graph.subgraph(city.ids[copy * n : (copy + 1) * n])
        assert part.number_of_edges() == edges
    assert CITY.graph.number_of_edges() == edges
    assert len(city.gateways) == 3 * len(CITY.gateways)
    ways = {(way.neighbourhood % n, way.external) for way in city.gateways}
    assert ways == {(way.neighbourhood, way.external) for way in CITY.gateways}
    assert city.resolve(f"02_{CITY.ids[5]}") == 2 * n + 5


def test_copies_begin_under_the_same_gangs():
    _, start = with_copies(CITY, START, 2)
    n = len(CITY)
    assert np.array_equal(start.holder, [*START.holder, *START.holder])
    assert np.array_equal(start.control_class, [*START.control_class, *START.control_class])
    for gang, real in zip(start.gangs, START.gangs, strict=True):
        assert gang.homes == (*real.homes, *(home + n for home in real.homes))
    assert start.displaced_in_ouest == START.displaced_in_ouest


@pytest.mark.parametrize("parts", [2, 4])
def test_parts_of_a_gang_share_out_what_it_has(parts):
    start = with_more_gangs(START, parts)
    assert len(start.gangs) == parts * len(START.gangs)
    assert len({gang.name for gang in start.gangs}) == len(start.gangs)
    held = START.holder >= 0
    assert np.array_equal(start.holder[held] // parts, START.holder[held])
    assert (start.holder[~held] == -1).all()
    for number, gang in enumerate(START.gangs):
        mine = start.gangs[number * parts : (number + 1) * parts]
        assert set().union(*(part.homes for part in mine)) == set(gang.homes)
        assert all(part.homes for part in mine)
        if gang.strength_high is not None:
            assert sum(part.strength_high for part in mine) == gang.strength_high
        places = np.bincount(start.holder[START.holder == number] % parts, minlength=parts)
        assert np.ptp(places) <= 1


def test_more_people_are_the_same_map_with_more_of_them():
    city, start = with_more_people(CITY, START, 10)
    assert np.array_equal(city.population, 10 * CITY.population)
    assert city.density_per_km2 == pytest.approx(10 * CITY.density_per_km2)
    assert city.graph.nodes[CITY.ids[3]]["population"] == 10 * CITY.population[3]
    assert CITY.graph.nodes[CITY.ids[3]]["population"] == CITY.population[3]
    assert start.displaced_total_from_ouest == 10 * START.displaced_total_from_ouest
    inside, outside = sum(start.displaced_in_ouest.values()), sum(start.displaced_by_department.values())
    assert inside + outside == start.displaced_total_from_ouest


def test_the_model_lives_in_them():
    real = HaitiModel(CASE, run_seed=1)
    city, start = with_copies(CITY, START, 2)
    copies = HaitiModel(CASE, city=city, start=start, run_seed=1).run(3)
    assert int(copies.population.people.sum()) + int(copies.ledger.sum_total("deaths_of_residents")) == (
        real.initial_people
    )
    assert copies.initial_members == real.initial_members
    assert copies.displaced_people() == pytest.approx(real.displaced_people(), rel=0.1)
    split = HaitiModel(CASE, start=with_more_gangs(START, 2), run_seed=1).run(3)
    assert split.initial_members == real.initial_members
    assert len(split.start.gangs) == 2 * len(real.start.gangs)
    city, start = with_more_people(CITY, START, 10)
    crowded = HaitiModel(CASE, city=city, start=start, run_seed=1).run(3)
    assert crowded.initial_people == 10 * real.initial_people
    assert crowded.population.count == pytest.approx(10 * real.population.count, rel=0.05)
