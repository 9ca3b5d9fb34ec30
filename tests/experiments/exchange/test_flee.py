"""Input of Flee: conflict where people were killed, ways that are shut, as many who flee; and Flee runs on it."""

import csv
import subprocess
import sys
from importlib.util import find_spec

import numpy as np
import pytest

from experiments.exchange.flee import daily_share, export_flee, flee_in_all
from simulation.errors import InputError

# As Flee's own documentation starts it; the last line says how many people there are in it, and where they went.
RUN = """
from flee import InputGeography, flee, spawning

days = int(flee.SimulationSettings.ReadFromYML("simsetting.yml"))
city, read = flee.Ecosystem(), InputGeography.InputGeography()
read.ReadConflictInputCSV("conflicts.csv")
read.ReadLocationsFromCSV("locations.csv")
read.ReadLinksFromCSV("routes.csv")
read.ReadClosuresFromCSV("closures.csv")
city, places = read.StoreInputGeographyInEcosystem(city)
for day in range(days):
    read.AddNewConflictZones(city, day)
    spawning.spawn_daily_displaced(city, day, None)
    city.enact_border_closures(day)
    city.evolve()
camps = [place for place in places.values() if place.camp or place.idpcamp]
print("FLED", city.numAgents(), len(places), sum(place.numAgents for place in camps))
"""


@pytest.fixture(scope="module")
def folder(run_folder, tmp_path_factory):
    out = tmp_path_factory.mktemp("flee")
    assert len(export_flee(run_folder, out)) == 5
    return out


def rows(folder, name):
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_conflict_is_where_somebody_was_killed_within_a_week(folder):
    head, *days = rows(folder, "conflicts.csv")
    table = np.array(days, int)
    assert (len(head), table.shape) == (139, (20, 139))
    assert table[:, 0].tolist() == list(range(20))
    assert table[:, 1:].sum(axis=1).tolist() == [0] * 4 + [20] * 7 + [0] * 9
    assert table[4, 1:].nonzero()[0].tolist() == list(range(0, 138, 7))


def test_places_ways_and_closures_are_those_of_the_city(folder):
    head, *places = rows(folder, "locations.csv")
    assert head[0] == "#name"
    kinds = [place[5] for place in places]
    assert (kinds.count("town"), kinds.count("idpcamp") + kinds.count("camp")) == (138, 13)
    assert places[0][:3] == ["airport", "Tabarre", "Haiti"]
    assert places[0][7] == "10000"
    assert {place[7] for place in places if "camp" in place[5]} == {"-1"}
    names, ways = {place[0] for place in places}, rows(folder, "routes.csv")[1:]
    assert {end for way in ways for end in way[:2]} == names
    assert all(float(way[2]) > 0 for way in ways)
    assert len({tuple(way[:2]) for way in ways}) == len(ways)
    closures = rows(folder, "closures.csv")[1:]
    assert ["link", "airport", "abroad", "6", "8"] in closures
    assert {tuple(way[:2]) for way in ways} >= {tuple(sorted(closure[1:3])) for closure in closures}


@pytest.mark.parametrize("fled", [0, 40, 900, 14_400])
def test_as_many_flee_as_in_the_run(fled):
    people, conflict = np.array([10_000, 300, 5_000]), np.tile([1, 1, 0], (12, 1))
    share = daily_share(people, conflict, fled)
    most = people[:2].sum()
    assert flee_in_all(people, conflict, share) <= fled
    assert flee_in_all(people, conflict, share) >= min(fled, most) - 12 * 2
    assert daily_share(people, 0 * conflict, fled) == 0.0


def test_what_cannot_be_exported_is_told_in_one_line(study_folder, tmp_path):
    with pytest.raises(InputError, match="days of places were not kept"):
        export_flee(study_folder, tmp_path)
    (tmp_path / "card.json").write_text('{"model": "epstein"}')
    with pytest.raises(InputError, match="epstein says nothing of where people flee"):
        export_flee(tmp_path)


@pytest.mark.skipif(not find_spec("flee"), reason="needs flee of the extra exchange")
def test_flee_runs_on_it(folder):
    done = subprocess.run([sys.executable, "-c", RUN], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    fled, places, arrived = (int(word) for word in done.stdout.splitlines()[-1].split()[1:])
    assert places == 151
    assert 0.98 * 14_400 <= fled <= 14_400  # Flee takes whole people from each place and day
    assert 0 < arrived <= fled
