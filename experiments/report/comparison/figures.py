"""The figures of a comparison: differences with intervals, outcomes over time, and the parts of the change in deaths."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from experiments.analysis.compared import Compared
from experiments.analysis.comparison import CHANGE
from experiments.analysis.numbers import write_difference
from experiments.analysis.paired import excludes_zero
from simulation.visualization import curves, style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from simulation.port.outcomes import Outcome

MARKERS = "osD^vP*"
LINES = ("-", "--", "-.", ":")
OVERLAID = 4  # scenarios whose bands one panel can show; more get a panel each
ACROSS = 3
PART_COLOURS = ("#0072b2", "#e69f00", "#7b3f78", "#009e73", "#d55e00", "#56b4e9")


def looks(names: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Colour and marker of every scenario: the reference is black; the pair, not the colour, repeats beyond six others."""
    colours = [colour for colour in style.CATEGORICAL if colour != "#000000"]
    found = {names[0]: ("#000000", "o")}
    for k, name in enumerate(names[1:]):
        found[name] = (colours[k % len(colours)], MARKERS[(k + k // len(colours)) % len(MARKERS)])
    return found


def figure_forest(found: Compared) -> Figure:
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
            _finish_difference(axes, outcome.format)
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
    face = colour if excludes_zero(row) else style.PAPER
    axes.plot(row["difference"], place, marker, markersize=9, mew=2, color=colour, markerfacecolor=face, zorder=4)


def _finish_rows(axes: Axes, names: Sequence[str]) -> None:
    """A row a scenario, the first on top; long names on two lines."""
    axes.set_yticks(range(len(names)), ["\n".join(textwrap.wrap(name, 24)) for name in names])
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.grid(axis="x")
    axes.set_axisbelow(True)


def _finish_difference(axes: Axes, format: str) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    low, high = axes.get_xlim()
    if high - low < 1e-12 or not np.isfinite(high - low):
        axes.set_xlim(-1, 1)
    axes.xaxis.set_major_locator(MaxNLocator(4))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: _tick(value, format)))


def _tick(value: float, format: str) -> str:
    if abs(value) < 1e-12:  # a locator's 0 may be a rounding error
        return "0"
    text = f"{100 * abs(value):.3g} pts" if format == "share" else style.write_tick(abs(value))
    return ("+" if value > 0 else "−") + text


def series(found: Compared, column: str) -> pd.DataFrame:
    """A daily column of every run: side, replicate, date and value."""
    return found.daily[["side", "replicate", "date", column]].rename(columns={column: "value"})


def pictured(found: Compared) -> list[str]:
    """The daily columns that a model wants drawn, as far as the runs kept them."""
    return [name for name in found.family.presentation.pictured if found.daily is not None and name in found.daily]


def figure_bands(found: Compared, columns: Sequence[str], events: Sequence[tuple[str, str]] = ()) -> Figure:
    """A panel an outcome with the bands of all scenarios in it: for comparisons of up to `OVERLAID`."""
    names, look = found.names, looks(found.names)
    down = -(-len(columns) // 2)
    with style.figure_style():
        figure = style.new_figure(16, 1.0 + 3.4 * down)
        grid = figure.subplots(down, 2, squeeze=False)
        for axes, column in zip(grid.flat, columns):
            frame = series(found, column)
            for name, line in zip(names, LINES):
                part = frame[frame.side == name]
                if len(part):
                    curves.draw_bands(axes, curves.band_table(part, "value"), look[name][0], name, line)
            _finish_series(axes, found.family.curve_columns[column], found.family.curve_columns[column].title)
            curves.draw_events(axes, [date for date, _ in events])
        figure.legend(*grid.flat[0].get_legend_handles_labels(), loc="outside upper left", ncols=4, handlelength=4)
    return figure


def figure_band_grid(found: Compared, column: str, events: Sequence[tuple[str, str]] = ()) -> Figure:
    """A panel a scenario with its bands of one outcome, and the reference's median in each: for many scenarios."""
    look, frame = looks(found.names), series(found, column)
    reference = frame[frame.side == found.reference]
    across = 4
    down = -(-len(found.names) // across)
    with style.figure_style():
        figure = style.new_figure(16, 1.3 + 2.7 * down)
        grid = figure.subplots(down, across, squeeze=False, sharey=True)
        for axes, name in zip(grid.flat, found.names):
            part = frame[frame.side == name]
            if len(part):
                curves.draw_bands(axes, curves.band_table(part, "value"), look[name][0])
            if name != found.reference and len(reference):
                table = curves.band_table(reference, "value")
                axes.plot(table.index, table["median"], color=style.INK, linestyle=":", linewidth=1.8, zorder=4)
            _finish_series(axes, found.family.curve_columns[column], name, zero=False)
            curves.draw_events(axes, [date for date, _ in events])
        grid[0, 0].set_ylim(bottom=0)  # once all are drawn: a limit set stops an axis from growing
        for axes in grid.flat[len(found.names) :]:
            axes.set_visible(False)
        figure.suptitle(
            f"{found.family.curve_columns[column].title} (dotted: median of {found.reference})",
            x=0.01,
            ha="left",
            fontsize=17,
            weight="bold",
        )
    return figure


def _finish_series(axes: Axes, outcome: Outcome, title: str, zero: bool = True) -> None:
    write = style.write_share if outcome.format == "share" else style.write_tick
    curves.finish_time_axes(axes, write, title, zero)


def figure_parts(found: Compared) -> Figure:
    """Change in a product against the reference, split into its parts: bars to either side, their sum as a diamond."""
    others, product = found.others, found.family.product
    title = found.family.outcomes[product.outcome].title
    with style.figure_style():
        figure = style.new_figure(16, 1.9 + 0.75 * len(others))
        axes = figure.subplots()
        for place, name in enumerate(others):
            ends = {1: 0.0, -1: 0.0}
            rows = found.parts(name)
            for part, colour in zip(product.parts, PART_COLOURS):
                value = rows[part.name]["mean"]
                side = 1 if value >= 0 else -1
                label = part.title if place == 0 else None
                axes.barh(place, value, left=ends[side], height=0.56, color=colour, label=label, edgecolor="white")
                ends[side] += value
            change = rows[CHANGE]
            reach = [[change["mean"] - change["low"]], [change["high"] - change["mean"]]]
            label = "all of it, 95 % interval" if place == 0 else None
            axes.errorbar(
                change["mean"], place, xerr=reach, fmt="D", color=style.INK, markerfacecolor="white", markersize=9, mew=2,
                elinewidth=2, capsize=6, label=label,
            )  # fmt: skip
        axes.axvline(0, color=style.INK, linewidth=1.2)
        _finish_rows(axes, others)
        axes.set_xlabel(f"{title}, difference to {found.reference} (left of 0: fewer)")
        _finish_difference(axes, "count")
        figure.legend(*axes.get_legend_handles_labels(), loc="outside upper left", ncols=2, handlelength=2)
    return figure


def alternative(found: Compared) -> str:
    """What a sighted reader takes from the forest first, in words."""
    first = found.outcomes[0]
    gaps = [
        f"{name} {write_difference(found.difference(first.name, name)['difference'], first.format)}"
        for name in found.others
    ]
    words = f"Differences to {found.reference} with intervals; {first.title.lower()}: {', '.join(gaps)}."
    return f"{words} The table has all numbers."
