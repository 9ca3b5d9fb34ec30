"""The figures of a comparison: differences with intervals, outcomes over time, and the parts of the change in deaths."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from experiments.analysis.comparison import PARTS
from experiments.analysis.outcomes import PICTURED, SERIES, write_difference
from experiments.analysis.paired import excludes_zero
from experiments.report.comparison_words import Comparison
from simulation.visualization import curves, style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MARKERS = "osD^vP*"
LINES = ("-", "--", "-.", ":")
OVERLAID = 4  # scenarios whose bands one panel can show; more get a panel each
ACROSS = 3
PART_COLOURS = dict(zip(PARTS, ("#0072b2", "#e69f00", "#7b3f78"), strict=True))


def looks(names: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Colour and marker of every scenario: the reference is black; the pair, not the colour, repeats beyond six others."""
    colours = [colour for colour in style.CATEGORICAL if colour != "#000000"]
    found = {names[0]: ("#000000", "o")}
    for k, name in enumerate(names[1:]):
        found[name] = (colours[k % len(colours)], MARKERS[(k + k // len(colours)) % len(MARKERS)])
    return found


def figure_forest(found: Comparison) -> Figure:
    """A panel an outcome, a row a scenario: mean difference to the reference, its 95 % interval, and one for all at once."""
    others, look = found.others, looks(found.names)
    down = -(-len(found.outcomes) // ACROSS)
    with style.figure_style():
        figure = style.new_figure(16, 1.0 + down * (1.25 + 0.4 * len(others)))
        grid = figure.subplots(down, ACROSS, squeeze=False, sharey=True)
        for axes, outcome in zip(grid.flat, found.outcomes):
            for place, name in enumerate(others):
                _draw_interval(axes, place, found.difference(outcome.name, name), look[name])
            axes.axvline(0, color=style.INK, linewidth=1.2, zorder=1)
            axes.set_title("\n".join(textwrap.wrap(outcome.title, 36, break_on_hyphens=False)), fontsize=13)
            axes.tick_params(axis="y", length=0)
            axes.spines["left"].set_visible(False)
            _finish_rows(axes, others)
            _finish_difference(axes, outcome.kind)
        for axes in grid.flat[len(found.outcomes) :]:
            axes.set_visible(False)
        note = (
            f"Difference to {found.reference}, pair by pair. Thick: 95 % interval; thin: all intervals at once. "
            "Filled: the 95 % interval leaves out 0."
        )
        figure.supxlabel(note, fontsize=13, color=style.MUTED)
    return figure


def _draw_interval(axes: Axes, place: int, row: dict[str, float], look: tuple[str, str]) -> None:
    colour, marker = look
    axes.plot([row["joint_low"], row["joint_high"]], [place, place], color=colour, linewidth=1.4)
    axes.plot([row["low"], row["high"]], [place, place], color=colour, linewidth=4.5, solid_capstyle="butt")
    face = colour if excludes_zero(row["low"], row["high"]) else style.PAPER
    axes.plot(row["difference"], place, marker, markersize=9, mew=2, color=colour, markerfacecolor=face, zorder=4)


def _finish_rows(axes: Axes, names: Sequence[str]) -> None:
    """A row a scenario, the first on top; long names on two lines."""
    axes.set_yticks(range(len(names)), ["\n".join(textwrap.wrap(name, 24)) for name in names])
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.grid(axis="x")
    axes.set_axisbelow(True)


def _finish_difference(axes: Axes, kind: str) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    low, high = axes.get_xlim()
    if high - low < 1e-12 or not np.isfinite(high - low):
        axes.set_xlim(-1, 1)
    axes.xaxis.set_major_locator(MaxNLocator(4))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: _tick(value, kind)))


def _tick(value: float, kind: str) -> str:
    if abs(value) < 1e-12:  # a locator's 0 may be a rounding error
        return "0"
    text = f"{100 * abs(value):.3g} pts" if kind == "share" else style.write_tick(abs(value))
    return ("+" if value > 0 else "−") + text


def series(found: Comparison, column: str) -> pd.DataFrame:
    """A daily column of every run: scenario, replicate, date and value, counts added up from the start."""
    frame = found.daily[["scenario", "replicate", "date", column]].rename(columns={column: "value"})
    if SERIES[column][2]:
        frame["value"] = frame.groupby(["scenario", "replicate"])["value"].cumsum()
    return frame


def figure_bands(found: Comparison, columns: Sequence[str] = PICTURED) -> Figure:
    """A panel an outcome with the bands of all scenarios in it: for comparisons of up to `OVERLAID`."""
    names, look = found.names, looks(found.names)
    down = -(-len(columns) // 2)
    with style.figure_style():
        figure = style.new_figure(16, 1.0 + 3.4 * down)
        grid = figure.subplots(down, 2, squeeze=False)
        for axes, column in zip(grid.flat, columns):
            frame = series(found, column)
            for name, line in zip(names, LINES):
                part = frame[frame.scenario == name]
                if len(part):
                    curves.draw_bands(axes, curves.band_table(part, "value"), look[name][0], name, line)
            _finish_series(axes, column, SERIES[column][0])
        figure.legend(*grid.flat[0].get_legend_handles_labels(), loc="outside upper left", ncols=4, handlelength=4)
    return figure


def figure_band_grid(found: Comparison, column: str) -> Figure:
    """A panel a scenario with its bands of one outcome, and the reference's median in each: for many scenarios."""
    look, frame = looks(found.names), series(found, column)
    reference = frame[frame.scenario == found.reference]
    across = 4
    down = -(-len(found.names) // across)
    with style.figure_style():
        figure = style.new_figure(16, 1.3 + 2.7 * down)
        grid = figure.subplots(down, across, squeeze=False, sharey=True)
        for axes, name in zip(grid.flat, found.names):
            part = frame[frame.scenario == name]
            if len(part):
                curves.draw_bands(axes, curves.band_table(part, "value"), look[name][0])
            if name != found.reference and len(reference):
                table = curves.band_table(reference, "value")
                axes.plot(table.index, table["median"], color=style.INK, linestyle=":", linewidth=1.8, zorder=4)
            _finish_series(axes, column, name, zero=False)
        grid[0, 0].set_ylim(bottom=0)  # once all are drawn: a limit set stops an axis from growing
        for axes in grid.flat[len(found.names) :]:
            axes.set_visible(False)
        figure.suptitle(
            f"{SERIES[column][0]} (dotted: median of {found.reference})", x=0.01, ha="left", fontsize=17, weight="bold"
        )
    return figure


def _finish_series(axes: Axes, column: str, title: str, zero: bool = True) -> None:
    write = style.write_share if SERIES[column][1] == "share" else style.write_tick
    curves.finish_time_axes(axes, write, title, zero)


def figure_parts(found: Comparison) -> Figure:
    """Change in residents killed against the reference, split into its parts: bars to either side, their sum as a diamond."""
    others = found.others
    with style.figure_style():
        figure = style.new_figure(16, 1.9 + 0.75 * len(others))
        axes = figure.subplots()
        for place, name in enumerate(others):
            ends = {1: 0.0, -1: 0.0}
            rows = found.parts(name)
            for part, colour in PART_COLOURS.items():
                value = rows[part]["mean"]
                side = 1 if value >= 0 else -1
                label = PARTS[part] if place == 0 else None
                axes.barh(place, value, left=ends[side], height=0.56, color=colour, label=label, edgecolor="white")
                ends[side] += value
            change = rows["change"]
            reach = [[change["mean"] - change["low"]], [change["high"] - change["mean"]]]
            label = "all residents, 95 % interval" if place == 0 else None
            axes.errorbar(
                change["mean"], place, xerr=reach, fmt="D", color=style.INK, markerfacecolor="white", markersize=9, mew=2,
                elinewidth=2, capsize=6, label=label,
            )  # fmt: skip
        axes.axvline(0, color=style.INK, linewidth=1.2)
        _finish_rows(axes, others)
        axes.set_xlabel(f"Residents killed, difference to {found.reference} (left of 0: fewer)")
        _finish_difference(axes, "people")
        figure.legend(*axes.get_legend_handles_labels(), loc="outside upper left", ncols=2, handlelength=2)
    return figure


def alternative(found: Comparison, outcome: str = "residents_killed") -> str:
    """What a sighted reader takes from the forest first, in words."""
    gaps = [
        f"{name} {write_difference(found.difference(outcome, name)['difference'], 'people')}" for name in found.others
    ]
    return f"Differences to {found.reference} with intervals; residents killed: {', '.join(gaps)}. The table has all numbers."
