"""Epstein's model against what is published of it, over several seeds, and against what follows from its rules exactly."""

from __future__ import annotations

import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from models import epstein
from models.epstein import FAMILY, EpsteinModel, load_case
from models.epstein.metrics import outbursts
from models.epstein.model import Cop, sites_seen
from simulation.errors import InputError

pytestmark = pytest.mark.slow

SMALL = {"lattice.side": 20}


def lived(name="baseline", days=100, seed=1, off=(), **changes):
    """A run; keywords are parameters with a double underscore for the dot."""
    overrides = {key.replace("__", "."): value for key, value in changes.items()}
    return EpsteinModel(load_case(name, days=days, off=off, overrides=overrides), run_seed=seed).run()


def many(seeds, *given, **options):
    return [lived(*given, seed=seed, **options).summary() for seed in range(1, seeds + 1)]


def mean(runs, name):
    return float(np.mean([run[name] for run in runs]))


@pytest.fixture(scope="module")
def published():
    """Five runs of 300 steps at the published values."""
    return many(5, days=300)


def test_calm_is_broken_by_outbursts(published):
    """Punctuated equilibrium: hardly anybody on most days, hundreds at once on others."""
    assert all(run["active_median"] < 10 for run in published)
    assert all(250 <= run["peak_active"] <= 420 for run in published)
    assert all(7 <= run["outbursts"] <= 15 for run in published)
    assert all(15 <= run["waiting"] <= 35 for run in published)
    assert all(run["longest_calm"] > 20 for run in published)
    # Epstein: total activation of an outburst 708 with a standard deviation of 230; so that of the mean of some 55 is 30.
    assert 500 <= mean(published, "activation") <= 1100  # the lattice, the rounding and who acts when are not his


def test_without_rounding_down_there_are_no_outbursts():
    """What NetLogo's Rebellion says of the formula as printed, and why `whole_ratio` is there."""
    runs = many(3, days=100, arrest__whole_ratio=False)
    assert all(run["outbursts"] == 0 and run["peak_active"] < 50 for run in runs)


def test_more_cops_fewer_actives(published):
    few, more = (many(2, days=150, cops__density=density) for density in (0.02, 0.08))
    assert mean(few, "active_mean") > 2 * mean(published, "active_mean") > 20 * mean(more, "active_mean")


def test_one_jump_does_more_than_many_small_steps():
    """Runs 3 and 4: legitimacy falls by .7 with hardly a spike, by .2 at once with one."""
    given = {"legitimacy__fall_day": 5}  # nothing happens before
    jump, steps = many(20, "one-jump", days=30, **given), many(20, "salami-tactics", days=80, **given)
    higher = [one["peak_active"] > other["peak_active"] for one, other in zip(jump, steps)]
    assert sum(higher) >= 15
    assert sum(run["peak_active"] > 50 for run in jump) > sum(run["peak_active"] > 50 for run in steps)
    assert all(run["jailed_end"] > 50 for run in steps)  # each rebel is picked off alone


def test_legitimacy_falls_when_and_as_far_as_it_should():
    values = lived("salami-tactics", days=150, lattice__side=20).recorder.values["legitimacy"]
    assert values[76] == 0.9
    assert values[77] == pytest.approx(0.89)
    assert values[146] == values[150] == pytest.approx(0.2)
    assert lived("one-jump", days=78, lattice__side=20).recorder.values["legitimacy"][76:] == [0.9, *[0.9 - 0.2] * 2]


def test_a_wholly_legitimate_regime_has_no_rebels():
    assert lived(legitimacy__level=1.0, cops__density=0.0).summary()["peak_active"] == 0


@pytest.mark.parametrize("density", [0.0, 0.04])
def test_who_rebels_is_who_has_reason_to(density):
    """Without cops all whose grievance is above the threshold, else none of the others."""
    model = lived(days=3, cops__density=density)
    angry = {c.number for c in model.citizens if c.hardship * (1 - 0.82) > 0.1}
    active = {c.number for c in model.citizens if c.active}
    assert active == angry if density == 0 else active < angry
    assert 400 < len(angry) < 600  # .444 of 1,120


def test_terms_are_as_long_as_they_should_be():
    """Whole numbers from 0 to the longest, all as likely; and nobody is away for longer than the term."""
    model = EpsteinModel(load_case(days=150), run_seed=1)
    terms, away = [], {}
    for _ in range(150):
        model.step()
        for citizen in model.citizens:
            before = away.get(citizen.number, 0)
            away[citizen.number] = before + 1 if citizen.jailed else 0
            if citizen.jailed and not before:
                terms.append(citizen.term)
            assert away[citizen.number] <= citizen.term <= 30
    assert len(terms) > 1000
    # A term of 0 ends on the evening of its day and is not seen here: 1 to 30 is left.
    assert np.mean(terms) == pytest.approx(15.5, abs=4 * math.sqrt((30**2 - 1) / 12 / len(terms)))
    assert (min(terms), max(terms)) == (1, 30)


def test_terms_of_nought_leave_nobody_in_jail():
    model = lived(days=30, arrest__longest_term=0)
    assert sum(model.recorder.values["arrests_today"]) > 0
    assert set(model.recorder.values["jailed"]) == {0}


def test_nobody_is_lost_and_nobody_shares_a_site():
    model = EpsteinModel(load_case(overrides=SMALL), run_seed=1)
    for _ in range(60):
        model.step()
        values = {name: column[-1] for name, column in model.recorder.values.items()}
        assert values["active"] + values["quiet"] + values["jailed"] == 280
        sites = [person.site for person in model.people if person.site >= 0]
        assert len(set(sites)) == len(sites) == 296 - values["jailed"]
        assert sorted(np.flatnonzero(~model.empty)) == sorted(sites)
        assert [c.number for c in model.rebels if c] == [c.number for c in sorted(
            (c for c in model.citizens if c.active), key=lambda c: c.site)]  # fmt: skip
        for state, seen in ((model.cops_seen, [p for p in model.people if isinstance(p, Cop)]),
                            (model.actives_seen, [c for c in model.citizens if c.active])):  # fmt: skip
            counted = np.zeros(400, int)
            for person in seen:
                counted[sites_seen(20, 7.0)[person.site]] += 1
            assert (state == counted).all()


@pytest.mark.parametrize(("side", "vision", "seen"), [(40, 7.0, 149), (40, 1.7, 9), (40, 1.0, 5), (4, 50.0, 16)])
def test_sight_is_a_circle_on_a_torus(side, vision, seen):
    sites = sites_seen(side, vision)
    assert sites.shape == (side**2, seen)
    assert all(len(set(row)) == seen and place in row for place, row in enumerate(sites.tolist()))


def test_mechanisms_can_be_switched_off():
    free = lived(days=40, off=("arrests",))
    assert sum(free.recorder.values["arrests_today"]) == 0
    still = EpsteinModel(
        load_case(off=("movement",), overrides={"arrest.longest_term": 0, "cops.density": 0.0}), run_seed=1
    )
    sites = [citizen.site for citizen in still.citizens]
    still.run(5)
    assert [citizen.site for citizen in still.citizens] == sites


def test_a_full_lattice_stands_still():
    full = EpsteinModel(
        load_case(off=("arrests",), overrides={"citizens.density": 0.9, "cops.density": 0.1}), run_seed=1
    )
    sites = [person.site for person in full.people]
    assert len(set(sites)) == 1600
    assert [person.site for person in full.run(2).people] == sites


def test_outbursts_are_found_to_the_ends_of_a_run():
    spells = outbursts([60, 10, 50, 51, 99, 0, 0, 70])
    assert [(s.first, s.last, s.activation, s.peak) for s in spells] == [
        (0, 0, 60, 60),
        (3, 4, 150, 99),
        (7, 7, 70, 70),
    ]
    calm = lived(days=5, legitimacy__level=1.0)
    assert calm.summary()["longest_calm"] == 6
    assert math.isnan(calm.summary()["waiting"])
    assert calm.events().empty
    table = lived(days=60).events()
    assert len(table) == lived(days=60).summary()["outbursts"] > 0
    assert table["text"].str.startswith("An outburst of").all()


def test_one_seed_is_one_run_in_any_process():
    one = lived(days=30).recorder.values
    assert lived(days=30).recorder.values == one
    assert lived(days=30, seed=2).recorder.values != one
    code = "from models.epstein import *; print(EpsteinModel(load_case(days=30), run_seed=1).run().recorder.values)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert told.strip() == str(one)


def test_seeds_share_luck_between_policies():
    """Everybody stands, and is, the same under one seed whatever the rules: common random numbers."""
    one, two = (EpsteinModel(load_case(overrides={"legitimacy.level": level}), run_seed=1) for level in (0.5, 0.9))
    assert [(c.site, c.hardship, c.risk_aversion) for c in one.citizens] == [
        (c.site, c.hardship, c.risk_aversion) for c in two.citizens
    ]


def test_uncertain_parameters_are_drawn_by_the_seed():
    case = load_case(uncertainty=True, overrides={"cops.density": 0.05})
    drawn = [EpsteinModel(case, run_seed=seed).rules.legitimacy.level for seed in (1, 1, 2)]
    assert drawn[0] == drawn[1] != drawn[2]
    assert all(0.75 <= level <= 0.9 for level in drawn)
    assert EpsteinModel(case, run_seed=1).rules.cops.density == 0.05


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"weight": 5}, "scenario baseline: weight 5 is too much for this model. At most 1"),
        ({"days": 0}, "scenario baseline: '0' for days is no positive whole number"),
        ({"off": ["movment"]}, "scenario baseline, off: unknown mechanism 'movment'. Did you mean movement"),
        ({"population": "people.csv"}, "people.csv: this model takes no file of a population. Leave it out"),
        ({"overrides": {"cops.density": 0.2}}, "0.2 is outside the range of cops.density"),
        ({"name": "basline"}, "unknown scenario 'basline'. Did you mean baseline"),
    ],
)
def test_what_does_not_fit_is_refused(options, message):
    with pytest.raises(InputError, match=message):
        load_case(**options)
    with pytest.raises(InputError, match="'-1' is no seed"):
        EpsteinModel(load_case(), run_seed=-1)


def test_parameters_that_change_nothing_are_named():
    assert list(FAMILY.unmoved(load_case(), ["legitimacy.fall_day", "cops.density"])) == ["legitimacy.fall_day"]
    assert not FAMILY.unmoved(load_case("one-jump"), ["legitimacy.fall_day"])


def test_every_outcome_is_declared():
    model = lived(days=2)
    assert set(model.summary()) == set(FAMILY.outcomes)
    assert set(model.recorder.values) == set(FAMILY.daily)
    assert [scenario.name for scenario in FAMILY.scenarios()] == ["baseline", "few-cops", "one-jump", "salami-tactics"]
    assert model.verdict().startswith("This run of 2 steps had 1 outburst of more than 50 actives; at most")


def test_the_model_is_small():
    """Two hundred lines for agents, model and port: what somebody has to write who brings a model of their own."""
    folder = Path(epstein.__file__).parent
    lines = [line for name in ("model.py", "family.py") for line in (folder / name).read_text().splitlines() if line]
    assert len(lines) <= 200
