"""The same seed gives the same run, whatever is recorded, whatever ran before and wherever it runs; other seeds differ.

Kept figures over versions stand in test_kept_runs.py, single streams in test_streams.py, sweeps and their workers in
tests/experiments/run/test_sweep_of_the_model.py.
"""

import json
import multiprocessing
import os
import random
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from support import kept_runs as kept

from models.haiti.model import HaitiModel
from models.haiti.scenario.scenario import load_case

ROOT = Path(__file__).parents[4]


@pytest.fixture(scope="module")
def digest():
    """Of one kept run, all its days and all its households, made in this process before anything else is tried."""
    return kept.run_digest()


def daily(seed=7, overrides=None, days=60, **options):
    return HaitiModel(load_case(overrides=overrides, weight=100), run_seed=seed, **options).run(days).recorder.daily()


@pytest.mark.verifies("V-19")
def test_the_same_seed_gives_the_same_run():
    pd.testing.assert_frame_equal(daily(), daily())


def test_recording_more_changes_nothing():
    pd.testing.assert_frame_equal(daily(), daily(neighbourhoods=True, events=True))


def test_recording_changes_no_bit(digest):
    assert kept.run_digest(neighbourhoods=True, events=True) == digest


def test_other_runs_before_and_beside_change_no_bit(digest):
    """Nothing of one run is left for the next, nor does a model built or half run at the same time disturb it."""
    HaitiModel(load_case("no-mission", weight=300), run_seed=3).run(10)
    beside = HaitiModel(load_case(weight=300, uncertainty=True), run_seed=kept.SEED)
    model = HaitiModel(load_case(overrides=kept.CASES["forced"], weight=kept.WEIGHT), run_seed=kept.SEED)
    for _ in range(kept.DAYS):
        model.step()
        if model.day % 10 == 0:
            beside.step()
    assert kept.model_digest(model) == digest


def test_threads_change_no_bit(digest):
    found = []
    threads = [threading.Thread(target=lambda: found.append(kept.run_digest())) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [digest, digest]


def test_global_generators_are_neither_asked_nor_moved(digest):
    before = random.getstate(), np.random.get_state()  # noqa: NPY002
    try:
        random.seed(99)
        np.random.seed(99)  # noqa: NPY002
        assert kept.run_digest() == digest
        after = random.random(), np.random.random()  # noqa: NPY002
        random.seed(99)
        np.random.seed(99)  # noqa: NPY002
        assert after == (random.random(), np.random.random())  # noqa: NPY002
    finally:
        random.setstate(before[0])
        np.random.set_state(before[1])  # noqa: NPY002


def test_mesas_own_generators_are_not_asked():
    model = HaitiModel(load_case(weight=500), run_seed=7)
    before = model.random.getstate(), model.rng.bit_generator.state
    model.run(30)
    assert (model.random.getstate(), model.rng.bit_generator.state) == before


@pytest.mark.slow
@pytest.mark.verifies("V-19")
@pytest.mark.parametrize(("method", "hashing"), [("fork", "0"), ("spawn", "1"), ("forkserver", "random")])
def test_processes_and_hash_seeds_change_no_bit(digest, method, hashing):
    """Two processes started this way, and the one that starts them under this PYTHONHASHSEED, all run the same."""
    if method not in multiprocessing.get_all_start_methods():
        pytest.skip(f"this system has no {method}")
    environment = os.environ | {"PYTHONHASHSEED": hashing, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, str(ROOT / "tests/support/kept_runs.py"), "digest", method]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [digest] * 3


def test_other_seeds_differ():
    assert not daily(seed=7).equals(daily(seed=8))


def test_rng_is_another_word_for_the_seed():
    case = load_case(weight=100)
    pd.testing.assert_frame_equal(
        HaitiModel(case, rng=7).run(20).recorder.daily(),
        HaitiModel(case, run_seed=7).run(20).recorder.daily(),
    )


@pytest.mark.slow
def test_policies_share_their_luck():
    """Same seed: the difference of two policies varies less than with seeds of their own."""
    other = {"deployment.authorised": 400}
    paired, loose = [], []
    for seed in range(1, 9):
        a = daily(seed, days=90).displaced_people.iloc[-1]
        paired.append(daily(seed, other, days=90).displaced_people.iloc[-1] - a)
        loose.append(daily(seed + 100, other, days=90).displaced_people.iloc[-1] - a)
    assert np.std(paired) < np.std(loose)


def test_a_mechanism_that_is_off_does_nothing():
    from dataclasses import replace

    case = replace(load_case(weight=100), off=("assaults", "operations", "background"))
    table = HaitiModel(case, run_seed=1).run(30).recorder.daily()
    assert table.residents_killed_today.sum() == 0
    assert table.operations_today.sum() == 0


def test_uncertainty_draws_soft_figures_from_their_priors():
    case = load_case(weight=200, uncertainty=True)
    one, two = HaitiModel(case, run_seed=1), HaitiModel(case, run_seed=2)
    assert one.parameters.gang.members != two.parameters.gang.members
    for row in one.parameters.rows():
        if row.bounds:
            assert row.bounds[0] <= row.value <= row.bounds[1]
    assert one.parameters.deployment.authorised == 2500
