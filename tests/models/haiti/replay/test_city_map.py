"""The map of a replay: every place, borders shared, names that people say, little to carry."""

import json
from dataclasses import replace

import pytest

from models.haiti import brought
from models.haiti.replay.city_map import SAID, city_map
from models.haiti.world.city import load_city
from simulation.port.plugins import NOTHING
from simulation.replay.outlines import holds


@pytest.fixture(scope="module")
def found():
    return city_map(NOTHING)


def test_every_place_is_there_with_a_point_inside(found):
    city = load_city()
    assert [place["id"] for place in found["places"]] == list(city.ids)
    assert [place["name"] for place in found["places"]] == list(city.names)
    for place in found["places"]:
        assert any(holds(ring, place["at"]) for ring in place["rings"]), place["id"]


def test_borders_are_shared(found):
    """Of all pieces of border about as many belong to two places as in the data: none was torn."""
    count = {}
    for place in found["places"]:
        for ring in place["rings"]:
            for one, other in zip(ring, ring[1:] + ring[:1]):
                edge = frozenset((tuple(one), tuple(other)))
                count[edge] = count.get(edge, 0) + 1
    assert max(count.values()) == 2
    assert sum(number == 2 for number in count.values()) > 0.45 * len(count)


def test_ten_names_that_people_say(found):
    said = {place["rank"]: place["said"] for place in found["places"] if place["rank"]}
    assert [said[rank] for rank in sorted(said)] == list(SAID.values())
    assert len(said) == 10


def test_the_map_is_small_and_has_land_and_landmarks(found):
    assert len(json.dumps(found, separators=(",", ":"))) < 150_000
    assert found["land"]
    assert [one["key"] for one in found["landmarks"]] == ["airport", "port"]
    assert 10 < sum(place["rural"] for place in found["places"]) < 50


def test_a_map_that_was_brought_is_shown(tmp_path, monkeypatch):
    city = load_city()
    monkeypatch.setattr(brought, "city", lambda data: replace(city, names=("Nowhere", *city.names[1:])))
    assert city_map(replace(NOTHING, data=str(tmp_path)))["places"][0]["name"] == "Nowhere"
