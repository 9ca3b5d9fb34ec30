"""Seeds of models made by hand or by Mesa: used as they are meant or refused, and never alike unasked."""

import mesa
import numpy as np
import pytest

from models.epstein.family import FAMILY as EPSTEIN
from models.epstein.model import EpsteinModel
from models.haiti.model import HaitiModel
from models.haiti.scenario.scenario import load_case
from simulation.errors import InputError
from simulation.port.case import chosen_seed

BAD = (1.0, 1.5, float("nan"), True, "seven", "7", -1, 2**64, {}, [1, 2.5], ["a"], np.float64(3), b"1", object)


@pytest.fixture(scope="module")
def case():
    return load_case(weight=5000, days=2)


@pytest.mark.parametrize("name", ["run_seed", "rng", "seed"])
def test_whole_numbers_are_the_seed_under_every_name(name):
    for number in (0, 7, 2**64 - 1, np.int64(7), np.uint64(2**63)):
        assert chosen_seed(**{name: number}) == int(number)


@pytest.mark.parametrize("name", ["run_seed", "rng", "seed"])
@pytest.mark.parametrize("bad", BAD, ids=repr)
def test_what_is_no_seed_is_refused(name, bad):
    with pytest.raises(InputError, match=rf"{name}: .* is no seed. A seed is a whole number from 0 to 2\^64 - 1"):
        chosen_seed(**{name: bad})


@pytest.mark.parametrize("name", ["rng", "seed"])
def test_what_mesa_takes_besides_numbers_is_used(name):
    children = np.random.SeedSequence(3).spawn(4)
    seeds = [chosen_seed(**{name: child}) for child in children]
    assert len(set(seeds)) == 4
    assert seeds == [chosen_seed(**{name: child}) for child in np.random.SeedSequence(3).spawn(4)]
    assert chosen_seed(**{name: [1, 2]}) == chosen_seed(**{name: (1, 2)}) != chosen_seed(**{name: [2, 1]})
    one, other = np.random.default_rng(5), np.random.default_rng(5)
    first, second = (chosen_seed(**{name: one}) for _ in range(2))
    assert first != second
    assert first == chosen_seed(**{name: other.bit_generator})


def test_a_run_has_one_seed():
    with pytest.raises(InputError, match="one seed, not run_seed and rng"):
        chosen_seed(run_seed=1, rng=1)
    with pytest.raises(InputError, match="is no seed"):
        chosen_seed(run_seed=np.random.default_rng(1))


@pytest.mark.parametrize("make", [HaitiModel, EpsteinModel])
def test_models_without_a_seed_differ_and_say_which_they_drew(make, case):
    case = case if make is HaitiModel else EPSTEIN.load_case("baseline", days=2)
    first, second = make(case), make(case, rng=None)
    assert first.run_seed != second.run_seed
    daily = first.run(2).recorder.daily()
    assert make(case, seed=first.run_seed).run(2).recorder.daily().equals(daily)
    assert not second.run(2).recorder.daily().equals(daily)


def luck(row):
    """A few figures of which no two runs with other luck have the same."""
    return tuple(row[name] for name in ("displaced_people", "gang_members", "people_alive"))


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_replicates_of_mesa_differ(case):
    options = {"max_steps": 5, "number_processes": 1, "display_progress": False}
    rows = mesa.batch_run(HaitiModel, {"case": [case]}, iterations=3, **options)
    assert len({luck(row) for row in rows}) == 3
    seeded = [mesa.batch_run(HaitiModel, {"case": [case], "run_seed": [4, 5]}, **options) for _ in range(2)]
    first, second = ([luck(row) for row in rows] for rows in seeded)
    assert first == second
    assert first[0] != first[1]
