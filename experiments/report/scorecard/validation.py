"""What a calibration and a backtest came to, in a page of the documentation: between the marks `calibrate` and `backtest`."""

from __future__ import annotations

import types
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from experiments.analysis.numbers import write
from experiments.calibration.scores import BASELINES, by_series
from experiments.report.page import check_page, markdown_table, write_between
from experiments.report.scorecard.figure import figure_scorecard
from experiments.report.scorecard.words import window
from simulation.files.atomic import write_whole
from simulation.port.record import NINETY, Observation
from simulation.runs.results import CAVEAT
from simulation.visualization import style

if TYPE_CHECKING:
    from experiments.calibration.backtest import Backtest, Forecast
    from experiments.calibration.calibrate import Calibrated
    from experiments.calibration.draws import Learnt
    from experiments.calibration.waves import Setting

FIT, BACKTEST = "calibrate", "backtest"
DOTS = 105  # an inch


def write_fit(page: Path, found: Calibrated, setting: Setting) -> None:
    """A calibration between the marks of a page, and its picture beside it. InputError: the page has no such marks."""
    from experiments.calibration.draws import learnt
    from simulation.port.posterior import read_posterior

    check_page(page, FIT)
    table = _pictured([target.item for target in setting.targets], found.final, "p05", "p95")
    share, runs = found.waves[-1].share, sum(wave.points for wave in found.waves) + len(found.weights)
    beyond = table[(table["observed"] < table["p05"]) | (table["observed"] > table["p95"])]
    missed = beyond[~beyond["in_band"]]
    lines = [
        f"{len(table)} figures, {len(setting.plan.free)} free directions, {runs:,} points x {setting.plan.seeds} runs of "
        f"{setting.days} days from {setting.start}; {setting.plan.weight} households to a row. {CAVEAT}",
        "",
        f"Left of the priors after {len(found.waves)} waves: {share:.2g}"
        + (
            " (nothing was left below the cut before the end: the draws are the least bad)."
            if found.waves[-1].empty
            else "."
        )
        + f" The weights of the last {len(found.weights)} points are worth {found.effective:.0f} even draws.",
        "",
        " ".join(found.of_itself()),
        "",
        f"**90 % of the weighted runs hold {len(table) - len(beyond)} of the {len(table)} figures that they were fitted to**"
        + (f", and leave out {_named(beyond)}" if len(beyond) else "")
        + f"; {len(missed)} of them also with the whole interval of its own error.",
        "",
        f"![Weighted runs against the figures they were fitted to, each divided by the figure]({page.stem}-fit.png)",
        "",
        *markdown_table(
            (
                "figure",
                "when",
                "published",
                "its error",
                "median of runs",
                "90 % of runs",
                "R2 of the emulator",
                "misses it",
            ),
            [_fitted(row) for row in table.to_dict("records")],
        ),
    ]
    told = learnt(read_posterior(found.posterior), setting.rows)
    if known := [_learnt(one) for one in told if not one.unlearnt]:
        what = "What was learnt (shrinkage: 1 less the spread after over the spread before, on the quantiles of the prior):"
        header = ("parameter", "prior", "90 % of it", "posterior", "90 % of it", "shrinkage")
        lines += ["", what, "", *markdown_table(header, known)]
    rest = [one.name for one in told if one.unlearnt]
    lines += ["", f"Not learnt, so as wide as their priors: {', '.join(rest)}."] if rest else []
    _draw(page.with_name(f"{page.stem}-fit.png"), table)
    write_between(page, FIT, "\n".join(lines))


def write_backtest(page: Path, asked: Backtest, found: Forecast, record: Sequence[Observation]) -> None:
    """A backtest between the marks of a page, and the picture of its first arm beside it. InputError: no such marks."""
    check_page(page, BACKTEST)
    first = next(iter(asked.arms))
    lines = [f"Origin {asked.cutoff}, {asked.draws} draws an arm, to {asked.until}. {CAVEAT}", ""]
    told = []
    for arm in asked.arms:
        own = found.scores[found.scores["arm"] == arm]
        skill = by_series(own)["skill"].dropna()
        told.append(
            f"{arm} beats the better of persistence and line on {int((skill > 0).sum())} of {len(skill)} series; its 90 % "
            f"intervals hold {int(own['in90'].sum())} of {len(own)} figures, its 50 % intervals {int(own['in50'].sum())}"
        )
    lines += [f"**{'; '.join(told).capitalize()}.**", ""]
    lines += [f"![Intervals of the arm {first} against figures published later]({page.stem}-backtest.png)", ""]
    header = ("series", "figures", "in 50 %", "in 90 %", "bias", "CRPS", *BASELINES, "skill")
    for arm in asked.arms:
        rows = by_series(found.scores[found.scores["arm"] == arm]).to_dict("records")
        lines += [f"{arm.capitalize()}, by series (CRPS of the naive forecasts beside it):", ""]
        lines += [*markdown_table(header, [_series(row, record) for row in rows]), ""]
    if found.places is not None:
        lines += ["Neighbourhoods (`experiments/calibration/place_scores.py`):", ""]
        header = ("forecast or order", "fell", "expected to fall", "AUC", "Brier", "violence, rank correlation", "p")
        lines += [*markdown_table(header, [_places(row) for row in found.places.to_dict("records")]), ""]
    own = found.scores[found.scores["arm"] == first].reset_index(drop=True)
    by_key = {(item.series, item.end): item for item in record}
    items = [by_key[row.series, row.date] for row in own.itertuples()]
    _draw(page.with_name(f"{page.stem}-backtest.png"), _pictured(items, own, "low90", "high90"))
    write_between(page, BACKTEST, "\n".join(lines[:-1]))


def _pictured(items: Sequence[Observation], values: pd.DataFrame, low: str, high: str) -> pd.DataFrame:
    """A table as pictures of scorecards read it. in_band: the runs' interval and the figure's own meet."""
    table = pd.DataFrame(
        {
            "series": [item.series for item in items],
            "title": [item.title for item in items],
            "used": [item.used for item in items],
            "from": [item.start for item in items],
            "date": [item.end for item in items],
            "reading": [item.reading for item in items],
            "format": [item.format for item in items],
            "observed": [item.value for item in items],
            "sd": [float(np.hypot(item.own_sd, item.shared_sd)) for item in items],
        }
    )
    table["median"], table["p05"], table["p95"] = (values[name].to_numpy(float) for name in ("median", low, high))
    table["low"], table["high"] = table["observed"] - NINETY * table["sd"], table["observed"] + NINETY * table["sd"]
    table["r2"] = values["r2"].to_numpy(float) if "r2" in values else np.nan
    table["in_band"] = (table["p05"] <= table["high"]) & (table["low"] <= table["p95"])
    for name in ("persistence", "line"):
        table[name] = values[name].to_numpy(float) if name in values else np.nan
    return table


def _draw(path: Path, table: pd.DataFrame) -> None:
    write_whole(path, style.figure_png(figure_scorecard(types.SimpleNamespace(table=table)), DOTS))


def _named(table: pd.DataFrame) -> str:
    return "; ".join(f"{title} ({len(part)})" for title, part in table.groupby("title", sort=False))


def _fitted(row: Mapping[str, Any]) -> tuple[str, ...]:
    what = row["format"]
    return (
        row["title"],
        window(row),
        write(row["observed"], what),
        write(row["sd"], what),
        write(row["median"], what),
        f"{write(row['p05'], what)} to {write(row['p95'], what)}",
        "–" if np.isnan(row["r2"]) else f"{row['r2']:.2f}",
        "" if row["p05"] <= row["observed"] <= row["p95"] else "by runs" if row["in_band"] else "with its error",
    )


def _learnt(one: Learnt) -> tuple[str, ...]:
    def ends(values: Sequence[float]) -> str:
        return f"{values[0]:.3g} to {values[2]:.3g}"

    middles = (f"{one.prior[1]:.3g}", ends(one.prior), f"{one.posterior[1]:.3g}", ends(one.posterior))
    return f"`{one.name}`", *middles, f"{100 * one.shrinkage:.0f} %"


def _series(row: Mapping[str, Any], record: Sequence[Observation]) -> tuple[str, ...]:
    item = next(one for one in record if one.series == row["series"])
    scores = [row["crps"], *(row[f"{name}_crps"] for name in BASELINES)]
    inside = [f"{row[name]} of {row['figures']}" for name in ("in50", "in90")]
    bias = "–" if np.isnan(row["bias"]) else f"{100 * row['bias']:+.0f} %".replace("-", "−")
    skill = "–" if np.isnan(row["skill"]) else f"{row['skill']:+.2f}".replace("-", "−")
    return item.title, str(row["figures"]), *inside, bias, *(write(score, item.format) for score in scores), skill


def _places(row: Mapping[str, Any]) -> tuple[str, ...]:
    expected = "–" if np.isnan(row["expected"]) else f"{row['expected']:.1f}"
    numbers = (
        f"{row['auc']:.2f}",
        f"{row['brier']:.3f}",
        f"{row['violence']:.2f}".replace("-", "−"),
        f"{row['p']:.2f}",
    )
    return row["forecast"], f"{row['fell']} of {row['places']}", expected, *numbers
