"""The same seed gives the same run, whatever is recorded; different seeds differ; luck is shared between policies."""

import numpy as np
import pandas as pd

from models.haiti.model import HaitiModel
from models.haiti.scenario import load_case


def daily(seed=7, overrides=None, days=60, **options):
    return HaitiModel(load_case(overrides=overrides, weight=100), run_seed=seed, **options).run(days).recorder.daily()


def test_the_same_seed_gives_the_same_run():
    pd.testing.assert_frame_equal(daily(), daily())


def test_recording_more_changes_nothing():
    pd.testing.assert_frame_equal(daily(), daily(neighbourhoods=True, events=True))


def test_other_seeds_differ():
    assert not daily(seed=7).equals(daily(seed=8))


def test_rng_is_another_word_for_the_seed():
    case = load_case(weight=100)
    pd.testing.assert_frame_equal(
        HaitiModel(case, rng=7).run(20).recorder.daily(),
        HaitiModel(case, run_seed=7).run(20).recorder.daily(),
    )


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
    assert table.residents_killed.sum() == 0
    assert table.operations.sum() == 0


def test_uncertainty_draws_soft_figures_from_their_priors():
    case = load_case(weight=200, uncertainty=True)
    one, two = HaitiModel(case, run_seed=1), HaitiModel(case, run_seed=2)
    assert one.parameters.gang.members != two.parameters.gang.members
    for row in one.parameters.rows():
        if row.bounds:
            assert row.bounds[0] <= row.value <= row.bounds[1]
    assert one.parameters.deployment.authorised == 2500
