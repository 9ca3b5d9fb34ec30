"""Scores of forecasts against what was published later: a row a figure, for the model and for four that know no mechanism.

CRPS and weighted interval score in the unit of the figure (0 is perfect), coverage of the 50 and 90 % intervals, and PIT: the
share of draws below the figure, which over many figures is even if the forecast is as sure as it may be. Skill is 1 - CRPS /
CRPS of the better of persistence and line: above 0 the model is better. Draws have the error of the figure added, as it has it.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence

import numpy as np
import pandas as pd

from experiments.analysis.scorecard import naive
from simulation.port.record import Observation
from simulation.port.scores import crps_ensemble, crps_normal

INTERVALS = (0.5, 0.9)
BASELINES = {"persistence": naive.persistence, "line": naive.line, "drift": naive.drift, "two": naive.two}
RIVALS = ("persistence", "line")  # of these the better is what skill is counted against; the others stand beside it
END = datetime.date.max


def weighted_interval_score(observed: float, members: np.ndarray, intervals: Sequence[float] = INTERVALS) -> float:
    """Of the median and central intervals of an ensemble (Bracher et al. 2021, doi:10.1371/journal.pcbi.1008618).

    observed, members (m,): in one unit. An interval costs its width, and 2/alpha times what it misses by.
    """
    members = np.asarray(members, float)
    total = 0.5 * abs(observed - float(np.median(members)))
    for inside in intervals:
        alpha = 1.0 - inside
        low, high = np.quantile(members, [alpha / 2, 1 - alpha / 2])
        missed = max(low - observed, 0.0) + max(observed - high, 0.0)
        total += alpha / 2 * (high - low + 2 / alpha * missed)
    return float(total / (len(intervals) + 0.5))


def baseline(name: str, seen: Sequence[Observation], wanted: Observation) -> tuple[float, float]:
    """What a naive forecast says of a figure, and its standard deviation: that of its errors in the figures before.

    seen: the figures of the series that were published by then. NaN where it says nothing; with one figure alone its error.
    """
    said = float(BASELINES[name](seen, END, wanted))
    ordered = sorted(seen, key=lambda item: item.end)
    errors = [
        BASELINES[name](ordered[:n], END, item) / item.value - 1.0 for n, item in enumerate(ordered) if n and item.value
    ]
    errors = [error for error in errors if np.isfinite(error)]
    own = float(np.hypot(wanted.own_sd, wanted.shared_sd))
    spread = float(np.sqrt(np.mean(np.square(errors)))) * abs(said) if errors else 0.0
    return said, float(np.hypot(spread, own))


def score(
    record: Sequence[Observation],
    scored: Sequence[Observation],
    values: Sequence[np.ndarray],
    cutoff: datetime.date,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """A row a figure. record: all figures; baselines know those published by the cut-off. values: (draws,) for each."""
    rows = []
    for item, own in zip(scored, values, strict=True):
        own = np.asarray(own, float)
        own = own[np.isfinite(own)]
        if not len(own):
            continue
        sd = float(np.hypot(item.own_sd, item.shared_sd))
        members = np.clip(own + sd * rng.standard_normal(len(own)), 0.0, 1.0 if item.format == "share" else np.inf)
        seen = [other for other in record if other.series == item.series and (other.released or other.end) <= cutoff]
        row = {
            "series": item.series,
            "from": item.start,
            "date": item.end,
            "published": item.released,
            "unit": item.unit,
        }
        row |= {"used": item.used, "observed": item.value, "median": float(np.median(members))}
        for inside in INTERVALS:
            low, high = np.quantile(members, [0.5 - inside / 2, 0.5 + inside / 2])
            name = round(100 * inside)
            row |= {f"low{name}": low, f"high{name}": high, f"in{name}": bool(low <= item.value <= high)}
        below, equal = (members < item.value).mean(), (members == item.value).mean()
        row |= {"pit": float(below + 0.5 * equal), "crps": float(crps_ensemble(item.value, members))}
        row["wis"] = weighted_interval_score(item.value, members)
        for name in BASELINES:
            said, spread = baseline(name, seen, item)
            row |= {
                name: said,
                f"{name}_crps": float(crps_normal(item.value, said, spread)) if np.isfinite(said) else np.nan,
            }
        rivals = [row[f"{name}_crps"] for name in RIVALS if np.isfinite(row[f"{name}_crps"])]
        row["skill"] = 1.0 - row["crps"] / min(rivals) if rivals and min(rivals) > 0 else np.nan
        rows.append(row)
    return pd.DataFrame(rows)


def by_series(table: pd.DataFrame) -> pd.DataFrame:
    """A row a series: figures, mean scores, how many its intervals hold, and skill from the sums of CRPS."""
    rows = []
    for series, one in table.groupby("series", sort=False):
        told = one.dropna(subset=[f"{name}_crps" for name in RIVALS], how="all")
        rivals = [told[f"{name}_crps"].sum(min_count=len(told)) for name in RIVALS] if len(told) else []
        best = min((total for total in rivals if np.isfinite(total)), default=np.nan)
        row = {"series": series, "figures": len(one), "in50": int(one["in50"].sum()), "in90": int(one["in90"].sum())}
        row |= {"crps": one["crps"].mean(), "wis": one["wis"].mean()}
        row |= {f"{name}_crps": one[f"{name}_crps"].mean() for name in BASELINES}
        row["bias"] = float(((one["median"] - one["observed"]) / one["observed"].where(one["observed"] != 0)).mean())
        rows.append(row | {"skill": 1.0 - told["crps"].sum() / best if best > 0 else np.nan})
    return pd.DataFrame(rows)
