"""The statistics of these tests, and how often they may sound a false alarm.

Each battery of p-values is judged by its smallest one after Bonferroni's correction, against `ALPHA`. So a correct engine
fails a battery with a chance of at most `ALPHA`, however its p-values depend on one another. There are five: hazards,
size of the hazard test, destinations, deaths, and whole histories. The chance that a correct engine fails any of them is
at most 5 ALPHA = 1/2000, for one choice of luck. All seeds are fixed: a given engine passes always or fails always.

p-values come from normal and chi-square limits over cells of at least 10 expected cases (20 for hazards). Where households
differ within a cell, counts vary less than the limit says, and the alarm is rarer still.
"""

from collections import Counter

import numpy as np
from scipy import stats

ALPHA = 1e-4


def corrected(p_values) -> float:
    """The smallest of a battery's p-values (a list, or a dict by name), times their number."""
    values = list(p_values.values() if isinstance(p_values, dict) else p_values)
    return min(values) * len(values)


def hazard_test(times, chance, days, groupings):
    """p-values of counts against exact expectations: over all households, and for each grouping (chi-square).

    times: how often the event met each household in `days` days; chance: its exact chance a day; groupings: a list of
    arrays with a number for each household.
    """
    expected, variance = days * chance, days * chance * (1.0 - chance)
    assert times[variance == 0].sum() == 0
    p_values = [2.0 * stats.norm.sf(abs(times.sum() - expected.sum()) / np.sqrt(variance.sum()))]
    for groups in groupings:
        off = np.bincount(groups, times - expected)
        spread = np.bincount(groups, variance)
        kept = spread > 20.0
        p_values.append(stats.chi2.sf((off[kept] ** 2 / spread[kept]).sum(), kept.sum()))
    return p_values


def chi_square(counted, expected, shrink=1.0):
    """p-value of counts against expectations that sum to the same (both dicts); rare cells together.

    shrink: variance of a count against that of draws with replacement.
    """
    rare = [key for key, value in expected.items() if value < 10.0]
    cells = [(counted[key], value) for key, value in expected.items() if value >= 10.0]
    cells.append((sum(counted[key] for key in rare), sum(expected[key] for key in rare)))
    cells = [(seen, value) for seen, value in cells if value > 0.0]
    square = sum((seen - value) ** 2 / value for seen, value in cells) / shrink
    return stats.chi2.sf(square, len(cells) - 1)


def two_samples(first, second):
    """p-value that two tables of counts (Counter) come from one distribution, rare cells together."""
    both = first + second
    common, rare = ([key for key in both if (both[key] < 20) == few] for few in (False, True))
    rows = [[one[key] for key in common] + [sum(one[key] for key in rare)] for one in (first, second)]
    table = np.array(rows)
    return stats.chi2_contingency(table[:, table.sum(axis=0) > 0]).pvalue


def means_test(fast, plain):
    """Welch tests on the counts of each key over the runs of two sides, but for keys too rare to be normal."""
    keys = [key for key, total in sum(fast + plain, Counter()).items() if total > 20 * len(fast)]
    assert keys
    sides = {key: ([one[key] for one in fast], [one[key] for one in plain]) for key in keys}
    return {key: stats.ttest_ind(*side, equal_var=False).pvalue for key, side in sides.items()}
