"""Tables of a comparison: differences, protection, the parts of fewer or more deaths, chances and ranks, from its runs.

`runs` has a row a run, with the columns scenario and replicate; the first scenario of `names` is the reference. A pair
counts where both sides have finished.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from experiments.analysis import paired
from experiments.analysis.outcomes import Main
from models.haiti.metrics.comparison import FACTORS, Decomposition, protection, shapley_product

if TYPE_CHECKING:
    from collections.abc import Iterator

ERROR_RATE = 1 - paired.LEVEL
PROTECTION = (
    "people_outside_gang_control",
    "mission_cost_usd",
    "residents_killed_operations",
)  # daily columns it takes
PARTS = {
    "fewer_residents": "people present (flight)",
    "consolidation": "how contested gang influence is (consolidation)",
    "force": "gang influence, and harm where it is contested (force, or its absence)",
}


def pairs(runs: pd.DataFrame, columns: Sequence[str], one: str, other: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The same replicates of two scenarios, in order: both sides, a row a pair; without those that only one finished."""
    first, second = (runs[runs.scenario == name].set_index("replicate")[list(columns)] for name in (one, other))
    both = first.index.intersection(second.index).sort_values()
    return first.loc[both], second.loc[both]


def paired_names(runs: pd.DataFrame, names: Sequence[str]) -> Iterator[str]:
    """The scenarios that have two pairs or more with the reference: of fewer no spread is known."""
    for name in names[1:]:
        if len(pairs(runs, (), name, names[0])[0]) >= 2:
            yield name


def difference_table(runs: pd.DataFrame, names: Sequence[str], outcomes: Sequence[Main]) -> pd.DataFrame:
    """A row an outcome and scenario: `paired.difference` against the reference, then what many intervals at once allow.

    p_holm: p among all rows (Holm). joint_low, joint_high: intervals that hold all at once with 95 % (Bonferroni).
    """
    rows, gaps = [], []
    for outcome in outcomes:
        for name in paired_names(runs, names):
            one, reference = (
                side[outcome.name].to_numpy(float) for side in pairs(runs, [outcome.name], name, names[0])
            )
            found = paired.difference(one, reference, outcome.precision(float(reference.mean())))
            rows.append({"outcome": outcome.name, "scenario": name, "reference": names[0], **found})
            gaps.append(one - reference)
    table = pd.DataFrame(rows)
    if rows:
        table["p_holm"] = paired.holm(table.p)
        joint = [paired.t_interval(values, 1 - ERROR_RATE / len(gaps)) for values in gaps]
        table["joint_low"], table["joint_high"] = zip(*joint)
    return table


def protection_table(daily: pd.DataFrame, runs: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """A row a scenario: person-years outside gang control gained on the reference, their price, and the harm beside them.

    Price and harm are ratios of means over pairs with Fieller's interval, and NaN where no protection is gained on average.
    `daily` has every day of every run. pairs_without_gain: pairs in which nothing was gained.
    """
    needed = daily[["scenario", "replicate", "day", *PROTECTION]]
    days = dict(iter(needed.groupby(["scenario", "replicate"])))
    rows = []
    for name in paired_names(runs, names):
        both = pairs(runs, (), name, names[0])[0].index
        found = [protection(days[name, k], days[names[0], k]) for k in both]
        years, cost, killed = (
            np.array([getattr(item, field) for item in found], float)
            for field in ("person_years", "cost_usd", "killed_in_operations")
        )
        row = {"scenario": name, "reference": names[0], "pairs": len(found), "person_years": float(years.mean())}
        row["person_years_low"], row["person_years_high"] = paired.t_interval(years)
        row["pairs_without_gain"] = sum(item.cost_per_person_year is None for item in found)
        for column, above, unit in (("cost_per_person_year", cost, 1.0), ("killed_per_1000_days", killed, 1000 / 365)):
            values = paired.ratio_of_means(above * unit, years)
            row |= dict(zip((column, f"{column}_low", f"{column}_high"), values))
        rows.append(row)
    return pd.DataFrame(rows)


def decomposition_table(runs: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """A row a scenario and part (and 'change', their sum): mean over pairs of what it adds to residents killed, with interval.

    Needs the columns factor_* of `FACTORS`. How the parts are defined: `models/haiti/metrics/comparison.py`.
    """
    columns, rows = [f"factor_{factor}" for factor in FACTORS], []
    for name in paired_names(runs, names):
        after, before = (side.to_numpy(float) for side in pairs(runs, columns, name, names[0]))
        splits = [_split(first, second) for first, second in zip(before, after)]
        for part in (*PARTS, "change"):
            values = np.array([getattr(split, part) for split in splits])
            low, high = paired.t_interval(values)
            about = {"scenario": name, "reference": names[0], "pairs": len(splits), "part": part}
            mean, error = float(values.mean()), paired.standard_error(values)
            rows.append(about | {"mean": mean, "error_mean": error, "low": low, "high": high})
    return pd.DataFrame(rows)


def _split(before: np.ndarray, after: np.ndarray) -> Decomposition:
    parts = shapley_product(before.tolist(), after.tolist())
    return Decomposition(math.prod(before), math.prod(after), dict(zip(FACTORS, parts, strict=True)))


def chance_table(runs: pd.DataFrame, names: Sequence[str], outcomes: Sequence[Main]) -> pd.DataFrame:
    """For every outcome with a direction and every two scenarios: share of seeds under which the one beats the other."""
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
                        rows.append({"outcome": outcome.name, "scenario": one, "against": other, **found})
    return pd.DataFrame(rows)


def rank_table(runs: pd.DataFrame, names: Sequence[str], outcomes: Sequence[Main]) -> pd.DataFrame:
    """For every outcome with a direction a row a scenario: `paired.ranks`, over the replicates that all scenarios finished."""
    tables = []
    for outcome in outcomes:
        wide = (
            runs.pivot(index="replicate", columns="scenario", values=outcome.name).reindex(columns=list(names)).dropna()
        )
        if outcome.direction and len(wide):
            table = paired.ranks(wide, outcome.direction).rename_axis("scenario").reset_index()
            tables.append(table.assign(outcome=outcome.name, replicates=len(wide)))
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()
