"""The picture of a scorecard: every band divided by its published figure, so that all stand on one axis, series by series."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from experiments.analysis.scorecard.table import LINE, PERSISTENCE, Scorecard
from experiments.report.scorecard.words import window
from simulation.visualization import spread, style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

NAME = "scorecard"
MOST = 4.0  # times the figure, and as many times less: what lies beyond stands at the edge with an arrow
TICKS = (0.25, 0.5, 1.0, 2.0, 4.0)
HELD, MISSED = style.CATEGORICAL[0], style.CATEGORICAL[1]
BEGIN = -0.2  # of the axis: titles begin above the dates, for the longest ends at the axis' right end
LETTERS = 58  # of a series' title, as many as a column has room for
WIDTH, ROW, EDGE = 13, 0.24, 1.5  # inches: the whole, a row, and all that is above and below the rows


def figure_scorecard(found: Scorecard) -> Figure:
    """Two columns of series, a row a figure: its own interval grey around 1, the band in colour, naive forecasts beside it."""
    columns = _columns(found.table)
    tallest = max(sum(len(group) + 1 for _, group in column) for column in columns)
    with style.figure_style():
        figure = style.new_figure(WIDTH, EDGE + ROW * tallest)
        grid = figure.subplots(1, len(columns), squeeze=False)[0]
        for axes, column in zip(grid, columns):
            _draw(axes, column, tallest)
        figure.legend(handles=_legend(), loc="outside lower center", ncols=3, fontsize=12, handlelength=2.2)
    return figure


def _columns(table: pd.DataFrame) -> list[list[tuple[str, pd.DataFrame]]]:
    """Series in their order, in two columns of about the same height; what is no multiple of anything is left out."""
    groups = [
        (title, part) for (_, title), part in table[table["observed"] > 0].groupby(["series", "title"], sort=False)
    ]
    whole = sum(len(part) + 1 for _, part in groups)
    first, height = [], 0
    while groups and (not first or height + (len(groups[0][1]) + 1) / 2 <= whole / 2):
        height += len(groups[0][1]) + 1
        first.append(groups.pop(0))
    return [column for column in (first, groups) if column] or [[]]


def _draw(axes: Axes, column: list[tuple[str, pd.DataFrame]], rows: int) -> None:
    from matplotlib.ticker import NullFormatter, NullLocator

    place, ticks = 0, []
    for title, part in column:
        used = " *" if part["used"].iloc[0] else ""
        short = title if len(title) <= LETTERS else f"{title[: LETTERS - 1]}…"
        behind = {"facecolor": style.PAPER, "edgecolor": "none", "pad": 1.0}
        told = {"fontsize": 11.5, "weight": "bold", "va": "center", "bbox": behind, "zorder": 8}
        axes.text(BEGIN, place, f"{short}{used}", transform=axes.get_yaxis_transform(), **told)
        for row in part.to_dict("records"):
            place += 1
            ticks.append((place, window(row)))
            _draw_row(axes, place, row)
        place += 1
    axes.axvline(1.0, color=style.INK, linewidth=1.2, zorder=1)
    axes.set_xscale("log")
    axes.set_xlim(1 / MOST / 1.06, MOST * 1.06)
    axes.set_ylim(rows - 0.4, -0.7)
    axes.set_xticks(TICKS, ["¼", "½", "1", "2", "4"])
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set_yticks([at for at, _ in ticks], [words for _, words in ticks], fontsize=11.5)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x")
    axes.set_axisbelow(True)
    axes.set_xlabel("times the observed figure")


def _draw_row(axes: Axes, place: int, row: Mapping[str, Any]) -> None:
    own, colour = row["observed"], HELD if row["in_band"] else MISSED
    low, high = _inside(row["low"] / own), _inside(row["high"] / own)
    axes.plot([low, high], [place, place], color=style.RULE, linewidth=9, solid_capstyle="butt", zorder=2)
    axes.plot(1.0, place, "|", color=style.INK, markersize=11, markeredgewidth=2, zorder=3)
    for name, marker in ((PERSISTENCE, "x"), (LINE, "+")):
        if math.isfinite(row[name]):
            at = _inside(row[name] / own)
            axes.plot(at, place, marker, color=style.MUTED, markersize=7, markeredgewidth=1.7, zorder=4)
    if not math.isfinite(row["median"]):
        return
    ends = [row[name] / own for name in ("p05", "p95")]
    axes.plot([_inside(end) for end in ends], [place, place], color=colour, linewidth=3.2, zorder=5)
    for end in ends:
        if end != _inside(end):
            axes.plot(_inside(end), place, ">" if end > 1 else "<", color=colour, markersize=8, zorder=6)
    face = colour if row["in_band"] else style.PAPER
    at = _inside(row["median"] / own)
    axes.plot(
        at, place, "o" if row["in_band"] else "D", color=colour, markerfacecolor=face, markersize=7, mew=1.8, zorder=7
    )


def _inside(times: float) -> float:
    return min(max(times, 1 / MOST), MOST)


def _legend() -> list[Any]:
    from matplotlib.lines import Line2D

    def handle(label: str, **look: Any) -> Line2D:
        return Line2D([], [], **look, label=label)

    held = {"color": HELD, "marker": "o", "linewidth": 3.2}
    missed = {"color": MISSED, "marker": "D", "markerfacecolor": style.PAPER, "mew": 1.8, "linewidth": 3.2}
    return [
        handle("band and median; the figure is held", **held),
        handle("band and median; the figure is missed", **missed),
        handle("the figure's own interval", color=style.RULE, linewidth=9),
        handle("persistence", color=style.MUTED, marker="x", linestyle="none", mew=1.7),
        handle("a line", color=style.MUTED, marker="+", linestyle="none", mew=1.7, markersize=8),
        handle("beyond the axis", color=style.MUTED, marker=">", linestyle="none"),
    ]


def caption(found: Scorecard) -> str:
    """What the picture shows, for under it."""
    drawn = bool(found.card.get("uncertainty"))
    ends = spread.ends_words(found.runs, "draws" if drawn else "seeds")
    text = (
        f"Bands ({ends}) and medians, each divided by its observed figure, which stands at 1. "
        "What stands at the edge lies there or beyond. *: the series was used to set parameters or the starting point."
    )
    left = int((found.table["observed"] <= 0).sum())
    return text + (f" {left} of 0 cannot be divided by and stand in the tables only." if left else "")


def alternative(found: Scorecard) -> str:
    """What a sighted reader takes from the picture first, in words."""
    number = len(found.table)
    return f"Bands against {number} published figures: {len(found.held)} held, {len(found.misses)} missed. The tables have all."
