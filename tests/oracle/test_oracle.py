"""The engine's household rules against the oracle over whole histories: memory to the last digits, flows in distribution.

False-alarm rates stand in `verdicts.py`; seeds are fixed, so that no test ever flickers.
"""

from collections import Counter

import numpy as np
import pytest
from scipy import stats

pytestmark = pytest.mark.slow

SEEDS, HOUSEHOLDS = 8, 1000


def test_fear_read_is_fear_stepped_for_who_moves_and_who_stays(slow, harness):
    """Two years: shared moods, shocks of flight and of deaths in the household, moves to places with another mood."""
    history = harness.scripted_history(730)
    engine = harness.Engine(250, history)
    population, oracle = engine.model.population, engine.oracle(slow)
    rows = np.arange(population.count)
    moves, people, frights = population.moves.astype(int), population.people.copy(), np.zeros(rows.size, int)
    bereaved = np.zeros(rows.size, bool)

    def follow(rule):
        """The oracle takes over whatever befell a household, and steps its fear as it does by itself."""
        if rule == "exposure":
            oracle.step_mood()
            for household in oracle.households:
                household.feel()
        lost = population.people < people
        for row in np.flatnonzero((population.moves > moves) | lost):
            oracle.households[row].fright()
            frights[row] += 1
        bereaved[lost] = True
        moves[:], people[:] = population.moves, population.people
        for household in oracle.households:
            household.place = int(population.place[household.row])

    worst = 0.0
    for day in range(1, history.days + 1):
        oracle.fields = engine.fields(slow, day)
        engine.step(after=follow)
        fear = population.fear_of(rows)
        worst = max(worst, max(abs(fear[one.row] - one.fear) for one in oracle.households))
        worst = max(worst, abs(population.fear.field[: oracle.n] - oracle.mood).max())
    assert (frights == 0).sum() > 10
    assert (frights > 1).sum() > 60
    assert (bereaved & (population.people > 0)).sum() > 10
    assert worst < 1e-9


# Whole histories, each side with its own luck


@pytest.fixture(scope="module")
def logs(slow, harness, history):
    """`SEEDS` runs of engine and oracle: logs of moves, and what both count as trapped people and people killed.

    People killed are counted by the size of their household at the start and where it lived.
    """
    fast, plain, dead, trapped = [], [], (Counter(), Counter()), ([], [])
    for seed in range(1, SEEDS + 1):
        engine = harness.Engine(HOUSEHOLDS, history, seed)
        oracle, sizes = engine.oracle(slow, seed + 1000), engine.model.population.people.copy()
        fast.append(engine.run().log)
        trapped[0].append(engine.model.ledger.sum_total("trapped_people"))
        for day in range(1, history.days + 1):
            oracle.live(engine.fields(slow, day))
        plain.append(oracle.log)
        trapped[1].append(sum(people for *_, people in oracle.trapped))
        for side, city in enumerate((engine, oracle)):
            for _, row, _, status, people in city.deaths:
                dead[side][int(sizes[row]), status] += people
    return fast, plain, dead, trapped


def flows(log):
    """Households by reason and neighbourhood: where they left, or the home to which they returned."""
    return Counter((why, target if why == "returning" else origin) for _, why, _, origin, target, _ in log)


def waits(log, at_home):
    """Days to a household's first flight, first move on from a place, and first return from being away."""
    since, found, left = {}, {"flight": {}, "onward": {}, "returning": {}}, {}
    for day, reason, row, _, _, status in log:
        start = {"flight": 0, "onward": since.get(row, 0), "returning": left.get(row, 0)}[reason]
        found[reason].setdefault(row, day - start)
        since[row] = day
        if status == at_home:
            left.pop(row)
        else:
            left.setdefault(row, day)
    return found


def test_flows_destinations_waiting_times_and_deaths_agree(slow, logs, verdicts):
    fast, plain, dead, trapped = logs
    p_values = {("trapped",): stats.ttest_ind(*trapped, equal_var=False).pvalue}
    p_values |= verdicts.means_test([flows(log) for log in fast], [flows(log) for log in plain])
    for reason in ("flight", "onward"):
        ends = [[one[4:] for log in side for one in log if one[1] == reason] for side in (fast, plain)]
        moved, kinds = ([Counter(end[part] for end in side) for side in ends] for part in (0, 1))
        p_values["places", reason] = verdicts.two_samples(*moved)
        p_values["kinds", reason] = verdicts.two_samples(*kinds)
    for reason in ("flight", "onward", "returning"):
        days = [[wait for log in side for wait in waits(log, slow.HOME)[reason].values()] for side in (fast, plain)]
        assert min(map(len, days)) > 1000
        p_values["wait", reason] = stats.ks_2samp(*days).pvalue
    assert dead[0].total() == dead[1].total() > 700
    p_values["deaths"] = verdicts.two_samples(*dead)
    assert len(p_values) >= 19
    assert verdicts.corrected(p_values) > verdicts.ALPHA, p_values
