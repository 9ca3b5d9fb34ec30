"""An outcome over the points of a sampled design: its quantiles, and which parameters it goes with by rank."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from experiments.analysis.main_effects import ARM, Factor
from experiments.analysis.paired import LEVEL, holm
from experiments.store.status import QUANTILES
from simulation.port.outcomes import Outcome

MOST = 9  # parameters that one picture shows
FEWEST = 4  # points below which a rank correlation says nothing
TOGETHER = 0.3  # rank correlation of two parameters from which one may stand for the other


@dataclass(frozen=True)
class Spread:
    """`title`: the outcome, and the arm where there are several. `values`: a row a point, with its parameters and `value`.

    Levels that are no numbers stand by their place, 0 for the first.

    `correlations`: parameter, correlation (Spearman), p, p_holm, beyond; the strongest first. together, by: the parameter
    further up with which it goes itself in these points, and how far ("" and 0 if with none): it may only stand for that one.
    """

    outcome: Outcome
    title: str
    values: pd.DataFrame
    quantiles: pd.Series
    correlations: pd.DataFrame

    @property
    def points(self) -> int:
        return len(self.values)


def spreads(
    runs: pd.DataFrame, factors: Sequence[Factor], outcomes: Sequence[Outcome], block_size: int = 1
) -> list[Spread]:
    """Every outcome in every arm, as mean over the replicates of each point.

    block_size: points of the design that count as one in a test. Those of a Morris or Sobol sample share their values: one
    trajectory, or one base point, is one draw, and treating its points as many finds effects where none are.
    """
    arms, found = list(dict.fromkeys(runs["arm"])), []
    for outcome in outcomes:
        for arm in arms:
            title = f"{outcome.title}, {arm}" if len(arms) > 1 else outcome.title
            found.append(_spread(runs[runs["arm"] == arm], factors, outcome, title, block_size))
    return found


def _spread(runs: pd.DataFrame, factors: Sequence[Factor], outcome: Outcome, title: str, block_size: int) -> Spread:
    from scipy import stats

    names = [factor.name for factor in factors if factor.name != ARM]
    table = runs[["point", *names]].assign(value=runs[outcome.name])
    for factor in factors:
        if factor.name in names and not _number(table[factor.name]):
            table[factor.name] = table[factor.name].map({level: k for k, level in enumerate(factor.levels)})
    values = table.astype(dict.fromkeys([*names, "value"], float)).groupby("point", sort=False).mean()
    values = values.dropna(subset=["value"]).reset_index()
    count, rows = (values["point"] // block_size).nunique(), []
    for name in names:
        if values["value"].nunique() > 1 and values[name].nunique() > 1:
            correlation = float(stats.spearmanr(values[name], values["value"]).statistic)
            rows.append({"parameter": name, "correlation": correlation, "p": _p_value(correlation, count)})
    table = pd.DataFrame(rows, columns=["parameter", "correlation", "p"])
    table["p_holm"] = holm(table["p"])
    table["beyond"] = table["p_holm"] < 1 - LEVEL
    table = table.sort_values("correlation", key=abs, ascending=False, kind="stable", ignore_index=True)
    near = _together(values, list(table["parameter"]))
    table = table.assign(together=[name for name, _ in near], by=[by for _, by in near])
    return Spread(outcome, title, values, values["value"].quantile(list(QUANTILES.values())), table)


def _together(values: pd.DataFrame, names: Sequence[str]) -> list[tuple[str, float]]:
    """For each parameter the one before it with which its values go most, and by what rank correlation; ("", 0) if little."""
    ranks, found = values[[*names]].rank().corr(), []
    for place, name in enumerate(names):
        before = ranks.loc[name].iloc[:place]
        near = before.abs().idxmax() if place and before.notna().any() else ""
        found.append((near, float(before[near])) if near and abs(before[near]) >= TOGETHER else ("", 0.0))
    return found


def _p_value(correlation: float, points: int) -> float:
    """Two-sided p of 'no rank correlation', by Student's t; 1 where there are too few points to say."""
    from scipy import stats

    if points < FEWEST:
        return 1.0
    rest = max(1 - correlation**2, 1e-12)
    return float(2 * stats.t.sf(abs(correlation) * ((points - 2) / rest) ** 0.5, points - 2))


def _number(column: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)
