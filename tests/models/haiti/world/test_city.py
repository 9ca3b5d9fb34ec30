"""The city: its totals, its links, its names, and what is said when a data file is broken."""

import shutil

import networkx as nx
import numpy as np
import pytest

from models.haiti.world.city import DATA, load_city
from simulation.errors import InputError, UnknownNameError

SPEED = {"road": 15.0, "adjacent": 4.0, "sea": 10.0}


@pytest.fixture(scope="module")
def city():
    return load_city()


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(DATA, tmp_path / "data")


def break_cell(folder, name, old, new):
    """Replace the first `old` in a data file by `new`; returns the row as a spreadsheet counts it."""
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    row = text[: text.index(old)].count("\n") + 1
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return row


def test_totals_are_the_published_ones(city):
    assert len(city) == 138
    assert city.graph.number_of_edges() == 386
    assert city.population.sum() == 3_393_171
    assert city.metropolitan.sum() == 133
    assert city.population[city.metropolitan].sum() == 3_009_619


def test_arrays_follow_the_sorted_ids_and_are_locked(city):
    assert list(city.ids) == sorted(city.ids) == list(city.places.ids)
    for number in (0, 60, 137):
        node = city.graph.nodes[city.ids[number]]
        assert node["population"] == city.population[number]
        assert node["commune"] == city.communes[number]
        assert node["lon"] == city.lon[number]
    with pytest.raises(ValueError, match="read-only"):
        city.population[0] = 1


def test_everybody_is_reached_by_land(city):
    land = nx.Graph((a, b) for a, b, kind in city.graph.edges(data="kind") if kind != "sea")
    assert len(land) == 138
    assert nx.is_connected(land)
    hours = city.places.hours({"road": 15.0, "adjacent": 4.0}, barrier_factor=2.0)
    assert np.isfinite(hours).all()
    assert hours.max() < 24


def test_with_all_roads_closed_nobody_leaves(city):
    places = city.places.copy()
    for a, b in list(places.graph.edges):
        places.close(a, b)
    assert np.isinf(places.hours(SPEED)).sum() == 138 * 137
    assert np.isfinite(city.places.hours(SPEED)).all()


def test_martissant_is_on_the_road_south(city):
    way = city.places.path(city.resolve("Léogâne"), city.resolve("Champ de Mars"), {"road": 15.0, "adjacent": 4.0})
    assert city.resolve("Martissant") in way


def test_landmarks_mark_their_neighbourhoods(city):
    assert np.flatnonzero(city.has_airport).tolist() == [city.resolve("airport")]
    assert city.has_port[city.resolve("port_apn")]
    assert city.has_hospital.sum() >= 10
    assert city.has_station[city.resolve("Canaan")]


def test_every_external_place_can_be_reached(city):
    assert {one.external for one in city.gateways} == set(range(len(city.external)))
    assert all(one.hours > 0 and one.fee_usd >= 0 and one.status == "assumed" for one in city.gateways)
    haiti = sum(one.population for one in city.external if one.population) + city.population.sum()
    assert haiti == 10_911_819  # the statistical institute's total for 2015


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("solino", "solino"),
        ("CITE DE DIEU", "village_de_dieu"),
        ("Kafou Fèy", "carrefour_feuilles"),
        ("pèlerin", "pelerin"),
    ],
)
def test_a_neighbourhood_answers_to_its_names(city, text, found):
    assert city.ids[city.resolve(text)] == found


def test_an_ambiguous_name_names_both_places(city):
    with pytest.raises(InputError, match=r"'Corail' is the name of 2 neighbourhoods.*obleon.*onaville"):
        city.resolve("Corail")
    # The id itself stays unambiguous.
    assert city.ids[city.resolve("truitier")] == "truitier"


def test_an_unknown_name_gets_the_nearest(city):
    with pytest.raises(UnknownNameError, match="Did you mean solino"):
        city.resolve("Solinno")


def test_every_neighbourhood_has_an_outline_around_its_place(city):
    outlines = city.polygons()
    assert list(outlines) == list(city.ids)
    for number, rings in enumerate(outlines.values()):
        points = np.vstack(rings)
        assert points.shape[1] == 2
        assert (points.min(0) <= (city.lon[number], city.lat[number])).all()
        assert (points.max(0) >= (city.lon[number], city.lat[number])).all()


def test_places_of_force_carry_no_coordinates():
    for line in (DATA / "landmarks.csv").read_text(encoding="utf-8").splitlines():
        if any(f",{kind}," in line for kind in ("police", "prison", "security base", "embassy")):
            assert line.endswith(",,")
