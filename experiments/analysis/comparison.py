"""Tables of a comparison: differences, what a gain cost, the parts of a change, chances and ranks, from its runs.

`runs` has a row a run, with the columns `side` (what is compared: a scenario, a level, a study) and `replicate` (runs of
one replicate share their luck); the first side of `names` is the reference. A pair counts where both sides have finished.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from experiments.analysis import paired

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulation.port.family import Price, Product
    from simulation.port.outcomes import Outcome

ERROR_RATE = 1 - paired.LEVEL
CHANGE = "change"  # the row of a decomposition that is the sum of its parts


def pairs(runs: pd.DataFrame, columns: Sequence[str], one: str, other: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The same replicates of two sides, in order: both sides, a row a pair; without those that only one finished."""
    first, second = (runs[runs.side == name].set_index("replicate")[list(columns)] for name in (one, other))
    both = first.index.intersection(second.index).sort_values()
    return first.loc[both], second.loc[both]


def paired_names(runs: pd.DataFrame, names: Sequence[str]) -> Iterator[str]:
    """The sides that have two pairs or more with the reference: of fewer no spread is known."""
    for name in names[1:]:
        if len(pairs(runs, (), name, names[0])[0]) >= 2:
            yield name


def difference_table(runs: pd.DataFrame, names: Sequence[str], outcomes: Sequence[Outcome]) -> pd.DataFrame:
    """A row an outcome and side: `paired.difference` against the reference, then what many intervals at once allow.

    p_holm: p among all rows (Holm). joint_low, joint_high: intervals that hold all at once with 95 % (Bonferroni).
    """
    rows, gaps = [], []
    for outcome in outcomes:
        for name in paired_names(runs, names):
            one, reference = (
                side[outcome.name].to_numpy(float) for side in pairs(runs, [outcome.name], name, names[0])
            )
            found = paired.difference(one, reference, outcome.precision(float(reference.mean())))
            rows.append({"outcome": outcome.name, "side": name, "reference": names[0], **found})
            gaps.append(one - reference)
    table = pd.DataFrame(rows)
    if rows:
        table["p_holm"] = paired.holm(table.p)
        joint = [paired.t_interval(values, 1 - ERROR_RATE / len(gaps)) for values in gaps]
        table["joint_low"], table["joint_high"] = zip(*joint)
    return table


def price_table(daily: pd.DataFrame, runs: pd.DataFrame, names: Sequence[str], price: Price) -> pd.DataFrame:
    """A row a side: what it gained on the reference, its price, and the harm beside it.

    gain: days of `price.gain` beyond the reference's, in units of `price.per` days. price, harm: ratios of means over pairs
    with Fieller's interval, NaN where nothing is gained on average. pairs_without_gain: pairs in which nothing was gained.
    `daily` has every day of every run, flows added up from the start; days are those after the first.
    """
    columns = ["side", "replicate", "day", price.gain, price.cost, price.harm]
    by_run = dict(iter(daily[columns].sort_values("day").groupby(["side", "replicate"])))
    rows = []
    for name in paired_names(runs, names):
        both = pairs(runs, (), name, names[0])[0].index
        found = np.array([_gained(by_run[name, k], by_run[names[0], k], price) for k in both], float)
        gain, cost, harm = found.T
        row = {"side": name, "reference": names[0], "pairs": len(found), "gain": float(gain.mean())}
        row["gain_low"], row["gain_high"] = paired.t_interval(gain)
        row["pairs_without_gain"] = int((gain <= 0).sum())
        for column, above, unit in (("price", cost, 1.0), ("harm", harm, price.harm_per / price.per)):
            values = paired.ratio_of_means(above * unit, gain)
            row |= dict(zip((column, f"{column}_low", f"{column}_high"), values))
        rows.append(row)
    return pd.DataFrame(rows)


def _gained(one: pd.DataFrame, reference: pd.DataFrame, price: Price) -> tuple[float, float, float]:
    """Gain in units of `price.per` days, cost, and harm of one pair of runs over the same days."""
    gained = one[price.gain].to_numpy(float) - reference[price.gain].to_numpy(float)
    days = float(gained[one["day"].to_numpy() > 0].sum())
    return days / price.per, float(one[price.cost].iloc[-1]), float(one[price.harm].iloc[-1])


def decomposition_table(runs: pd.DataFrame, names: Sequence[str], product: Product) -> pd.DataFrame:
    """A row a side and part (and 'change', their sum): mean over pairs of what it adds to the product, with interval.

    Needs the columns factor_* of the product.
    """
    columns, rows = [f"factor_{factor}" for factor in product.factors], []
    for name in paired_names(runs, names):
        after, before = (side.to_numpy(float) for side in pairs(runs, columns, name, names[0]))
        splits = [dict(zip(product.factors, product.split(*pair))) for pair in zip(before.tolist(), after.tolist())]
        found = {
            part.name: [sum(split[factor] for factor in part.factors) for split in splits] for part in product.parts
        }
        found[CHANGE] = [math.prod(second) - math.prod(first) for first, second in zip(before, after)]
        for part, values in found.items():
            values = np.array(values, float)
            low, high = paired.t_interval(values)
            about = {"side": name, "reference": names[0], "pairs": len(splits), "part": part}
            mean, error = float(values.mean()), paired.standard_error(values)
            rows.append(about | {"mean": mean, "error_mean": error, "low": low, "high": high})
    return pd.DataFrame(rows)


def chance_table(runs: pd.DataFrame, names: Sequence[str], outcomes: Sequence[Outcome]) -> pd.DataFrame:
    """For every outcome with a direction and every two sides: share of seeds under which the one beats the other."""
    rows = []
    for outcome in outcomes:
        if outcome.direction:
            for one in names:
                for other in names:
                    first, second = (
                        side[outcome.name].to_numpy(float) for side in pairs(runs, [outcome.name], one, other)
                    )
                    if one != other and first.size:
                        found = paired.chance(first, second, outcome.direction)
                        rows.append({"outcome": outcome.name, "side": one, "against": other, **found})
    return pd.DataFrame(rows)


def rank_table(runs: pd.DataFrame, names: Sequence[str], outcomes: Sequence[Outcome]) -> pd.DataFrame:
    """For every outcome with a direction a row a side: `paired.ranks`, over the replicates that all sides finished."""
    tables = []
    for outcome in outcomes:
        wide = runs.pivot(index="replicate", columns="side", values=outcome.name).reindex(columns=list(names)).dropna()
        if outcome.direction and len(wide):
            table = paired.ranks(wide, outcome.direction).rename_axis("side").reset_index()
            tables.append(table.assign(outcome=outcome.name, replicates=len(wide)))
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()
