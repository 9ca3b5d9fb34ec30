"""A figure of what held a mission back: people present against people authorised, and which ceiling was lowest."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from simulation.errors import unknown_name
from simulation.visualization import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def ceiling_shares(runs: pd.DataFrame, columns: Mapping[str, str], factors: Sequence[str]) -> pd.DataFrame:
    """Share of days (0-1) on which each ceiling was the lowest: one row a cell, indexed by `factors`.

    `columns` maps a ceiling to the column that counts its days. Cells without any counted day have NaN.
    Raises UnknownNameError for a column that is not there.
    """
    for name in (*columns.values(), *factors):
        if name not in runs.columns:
            raise unknown_name("column", name, runs.columns)
    days = runs.groupby(list(factors), sort=True)[list(columns.values())].mean()
    days.columns = list(columns)
    total = days.sum(axis=1)
    return days.div(total.where(total > 0), axis=0)


def draw_ceiling_bars(
    axes: Axes,
    shares: pd.DataFrame,
    colours: Mapping[str, str],
    words: Mapping[str, str],
    ticks: Sequence[str],
) -> None:
    """Stacked bars, one a row of `shares`; `words` maps a ceiling to the legend's text; `ticks` names the
    bars."""
    from matplotlib.ticker import PercentFormatter

    floor = np.zeros(len(shares))
    where = np.arange(len(shares))
    for ceiling in shares.columns:
        part = shares[ceiling].fillna(0).to_numpy()
        colour = colours[ceiling]
        axes.bar(where, part, bottom=floor, width=0.82, color=colour, label=words[ceiling], edgecolor="white")
        for x, share, bottom in zip(where, part, floor):
            if share >= 0.12:
                text = f"{100 * share:.0f}"
                axes.text(x, bottom + share / 2, text, ha="center", va="center", color=style.ink_on(colour), size=12)
        floor = floor + part
    axes.set_xticks(where, ticks)
    axes.set_ylim(0, 1)
    axes.yaxis.set_major_formatter(PercentFormatter(1))
    axes.tick_params(axis="x", length=0, labelsize=11.5)


def draw_achieved(
    axes: Axes,
    tables: Mapping[str, pd.DataFrame],
    colours: Sequence[str],
    write: Callable[[float], str],
    *,
    across: str,
    diagonal: str = "",
) -> None:
    """People present (mean over the run, bar: `spread.ends`) against people authorised, a line for each
    table.

    `tables` maps a legend text to a table of `cell_table`. `diagonal` names the dashed line on which everyone
    authorised is present; without a name it is not drawn.
    """
    from matplotlib.ticker import FuncFormatter

    furthest = max(float(table[across].max()) for table in tables.values())
    if diagonal:
        axes.plot([0, furthest], [0, furthest], color=style.MUTED, linestyle="--", linewidth=1.6, label=diagonal)
    markers = "os^Dv<>"
    for number, (label, table) in enumerate(tables.items()):
        # Lines that coincide would hide one another, so each is moved sideways by a hair.
        shift = (number - (len(tables) - 1) / 2) * furthest * 0.004
        below, above = table["mean"] - table["low"], table["high"] - table["mean"]
        axes.errorbar(
            table[across] + shift,
            table["mean"],
            yerr=np.clip([below, above], 0, None),
            color=colours[number % len(colours)],
            marker=markers[number % len(markers)],
            markersize=8,
            capsize=4,
            elinewidth=1.4,
            label=label,
        )
    axes.set_xlim(-0.03 * max(furthest, 1), 1.04 * max(furthest, 1))
    axes.set_ylim(bottom=0)
    axes.grid(axis="y")
    axes.set_axisbelow(True)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: write(value)))
