"""The figures of the general report: effects with intervals, two factors together, outcomes over points and over time."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from experiments.analysis.main_effects import Factor, coded
from experiments.analysis.rank_correlation import MOST, Spread
from experiments.report.comparison.figures import LINES, OVERLAID
from simulation.visualization import curves, heatmaps, style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from simulation.port.family import ModelFamily
    from simulation.port.outcomes import Outcome

ACROSS, MOST_PANELS = 3, 6
ROOM = 0.12  # inches above and below a panel, or its title stands on the dates of the one above
LABEL = 46  # letters of a row's label before it goes on


def figure_effects(effects: pd.DataFrame, factors: Sequence[Factor], outcome: Outcome) -> Figure:
    """A row a level, against the first level of its factor: mean difference, its 95 % interval, and one for all at once."""
    by_name = {factor.name: factor for factor in factors}
    colours = {factor.name: style.CATEGORICAL[k % len(style.CATEGORICAL)] for k, factor in enumerate(factors)}
    with style.figure_style():
        labels = [_row_words(by_name[row.factor], row.place) for row in effects.itertuples()]
        lines = sum(label.count("\n") + 1 for label in labels)
        figure = style.new_figure(15, 1.9 + 0.2 * len(labels) + 0.24 * lines)
        axes = figure.subplots()
        for place, row in enumerate(effects.to_dict("records")):
            _draw_effect(axes, place, row, colours[row["factor"]])
        axes.axvline(0, color=style.INK, linewidth=1.2, zorder=1)
        axes.set_yticks(range(len(labels)), labels)
        axes.set_ylim(len(labels) - 0.4, -0.6)
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
        axes.grid(axis="x")
        axes.set_axisbelow(True)
        axes.set_title(outcome.title)
        _difference_axis(axes, outcome.format)
    return figure


def _row_words(factor: Factor, place: int) -> str:
    words = f"{factor.words(place)} against {factor.level_words(0)}"
    return "\n".join(textwrap.wrap(words, LABEL, break_on_hyphens=False))


def _draw_effect(axes: Axes, place: int, row: dict, colour: str) -> None:
    axes.plot([row["joint_low"], row["joint_high"]], [place, place], color=colour, linewidth=1.4)
    axes.plot([row["low"], row["high"]], [place, place], color=colour, linewidth=4.5, solid_capstyle="butt")
    face = colour if row["beyond"] else style.PAPER
    axes.plot(row["difference"], place, "o", markersize=9, mew=2, color=colour, markerfacecolor=face, zorder=4)


def _difference_axis(axes: Axes, format: str) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    low, high = axes.get_xlim()
    if not np.isfinite(high - low) or high - low < 1e-12:
        axes.set_xlim(-1, 1)
    axes.xaxis.set_major_locator(MaxNLocator(7))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: _signed(value, format)))
    axes.set_xlabel("Difference, percentage points" if format == "share" else "Difference")


def _signed(value: float, format: str) -> str:
    if abs(value) < 1e-12:  # a locator's 0 may be a rounding error
        return "0"
    text = f"{100 * abs(value):.3g}" if format == "share" else style.write_tick(abs(value))
    return ("+" if value > 0 else "−") + text


def figure_pair(runs: pd.DataFrame, factors: Sequence[Factor], outcomes: Sequence[Outcome]) -> Figure:
    """A heat map an outcome over the two factors of a study: large the mean over replicates, small the ends of their spread."""
    across, up = factors
    table, columns = coded(runs, factors), 2 if len(across.levels) <= 4 else 1
    down = -(-len(outcomes) // columns)
    with style.figure_style():
        figure = style.new_figure(15, down * (1.5 + 0.85 * max(3, len(up.levels))))
        figure.get_layout_engine().set(h_pad=ROOM)
        grid = figure.subplots(down, columns, squeeze=False)
        for axes, outcome in zip(grid.flat, outcomes):
            cells = heatmaps.cell_table(table, outcome.name, [across.name, up.name])
            heatmaps.draw_heatmap(
                axes,
                cells,
                across.name,
                up.name,
                limits=heatmaps.colour_limits(cells),
                write={"share": _fine_share, "number": "{:.3g}".format}.get(outcome.format, style.write_people),
                write_across=_level_writer(across),
                write_up=_level_writer(up),
                title="\n".join(textwrap.wrap(outcome.title, 80 // columns)),
            )
            axes.set_xlabel(across.title)
            axes.set_ylabel("\n".join(textwrap.wrap(up.title.replace(".", ". "), 22)), fontsize=12)
        for axes in grid.flat[len(outcomes) :]:
            axes.set_visible(False)
        if heatmaps.same_runs(table, [across.name, up.name]).any():
            figure.supxlabel(heatmaps.SAME_NOTE, fontsize=12, color=style.MUTED)
    return figure


def _level_writer(factor: Factor) -> Callable[[float], str]:
    def write(place: float) -> str:
        return "\n".join(textwrap.wrap(factor.level_words(int(place)), 14))

    return write


def figure_points(spread: Spread) -> Figure:
    """The outcome against each of the parameters it goes with most: a dot a point of the design."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    shown = spread.correlations.head(MOST)
    down = -(-len(shown) // ACROSS)
    write = _fine_share if spread.outcome.format == "share" else style.write_tick
    with style.figure_style():
        figure = style.new_figure(15, 0.9 + 3.0 * down)
        figure.get_layout_engine().set(h_pad=ROOM)
        grid = figure.subplots(down, ACROSS, squeeze=False, sharey=True)
        for axes, row in zip(grid.flat, shown.itertuples()):
            across, look = spread.values[row.parameter], {"markersize": 5, "alpha": 0.6, "mew": 0}
            axes.plot(across, spread.values["value"], "o", color=style.CATEGORICAL[0], **look)
            axes.set_title(
                f"{row.parameter} ({'−' if row.correlation < 0 else '+'}{abs(row.correlation):.2f})", fontsize=13
            )
            axes.xaxis.set_major_locator(MaxNLocator(5))
            axes.yaxis.set_major_locator(MaxNLocator(5))
            axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: write(value)))
            axes.grid(True)
            axes.set_axisbelow(True)
        for axes in grid.flat[len(shown) :]:
            axes.set_visible(False)
        figure.suptitle(spread.title, x=0.01, ha="left", fontsize=17, weight="bold")
    return figure


def _fine_share(value: float) -> str:
    """A share beside others that may differ by less than a per cent."""
    return f"{100 * value:.3g}\u00a0%"


def curve_figures(
    frame: pd.DataFrame, factor: Factor | None, family: ModelFamily, events: Sequence[tuple[str, str]] = ()
) -> dict[str, Figure]:
    """Outcomes over time by level of `factor` (None: all runs together). `frame`: the curves with the factor's column.

    Which: those that the model wants pictured, and where it names none, all that were kept as numbers. `events`: dates that
    are marked.

    Few levels share a panel; of many each gets its own, in a figure an outcome.
    """
    dated = frame.assign(date=pd.to_datetime(frame["date"]))
    wanted = [name for name in family.presentation.pictured if name in dated.columns] or [
        name for name in family.curve_columns if name in dated.columns and pd.api.types.is_numeric_dtype(dated[name])
    ]
    panels = [family.curve_columns[name] for name in wanted[:MOST_PANELS]]
    if factor is None:
        groups = [("all runs", dated)]
    else:
        groups = [(factor.level_words(k), dated[dated[factor.name] == level]) for k, level in enumerate(factor.levels)]
    groups = [(words, part) for words, part in groups if len(part)]
    if not panels or not groups:
        return {}
    if len(groups) <= OVERLAID:
        return {"curves": _figure_overlaid(panels, groups, factor.title if factor else "", events)}
    return {
        f"curves_{item.name}": _figure_apart(item, f"{item.title} by {factor.title}", groups, events)
        for item in panels[:3]
    }


def _figure_overlaid(
    panels: Sequence[Outcome],
    groups: Sequence[tuple[str, pd.DataFrame]],
    factor: str,
    events: Sequence[tuple[str, str]],
) -> Figure:
    down = -(-len(panels) // 2)
    with style.figure_style():
        figure = style.new_figure(15, 1.2 + 3.2 * down)
        figure.get_layout_engine().set(h_pad=ROOM)
        grid = figure.subplots(down, 2, squeeze=False)
        for axes, item in zip(grid.flat, panels):
            for number, (words, part) in enumerate(groups):
                table = curves.band_table(part.dropna(subset=[item.name]), item.name)
                curves.draw_bands(axes, table, style.CATEGORICAL[number], words, LINES[number])
            _finish(axes, item, item.title, events)
        for axes in grid.flat[len(panels) :]:
            axes.set_visible(False)
        handles = grid.flat[0].get_legend_handles_labels()
        columns = len(groups) if sum(len(words) for words, _ in groups) < 90 else 2
        title = {"title": factor, "alignment": "left", "title_fontsize": 13}
        figure.legend(*handles, loc="outside upper left", ncols=columns, handlelength=4, **title)
    return figure


def _figure_apart(
    outcome: Outcome, title: str, groups: Sequence[tuple[str, pd.DataFrame]], events: Sequence[tuple[str, str]]
) -> Figure:
    first, across, column = groups[0], 4, outcome.name
    down = -(-len(groups) // across)
    reference = curves.band_table(first[1].dropna(subset=[column]), column)
    with style.figure_style():
        figure = style.new_figure(15, 1.3 + 2.8 * down)
        figure.get_layout_engine().set(h_pad=ROOM)
        grid = figure.subplots(down, across, squeeze=False, sharey=True)
        for number, (axes, (words, part)) in enumerate(zip(grid.flat, groups)):
            table = curves.band_table(part.dropna(subset=[column]), column)
            curves.draw_bands(axes, table, style.CATEGORICAL[0] if number else style.INK)
            if number:
                axes.plot(reference.index, reference["median"], color=style.INK, linestyle=":", linewidth=1.8, zorder=4)
            _finish(axes, outcome, "\n".join(textwrap.wrap(words, 24)), events, zero=False)
            axes.title.set_fontsize(12)
            axes.tick_params(axis="x", labelsize=10)
        grid[0, 0].set_ylim(bottom=0)  # once all are drawn: a limit set stops an axis from growing
        for axes in grid.flat[len(groups) :]:
            axes.set_visible(False)
        words = f"{title} (dotted: median of {first[0]})"
        figure.suptitle(words, x=0.01, ha="left", fontsize=17, weight="bold")
    return figure


def _finish(axes: Axes, outcome: Outcome, title: str, events: Sequence[tuple[str, str]], zero: bool = True) -> None:
    write = style.write_share if outcome.format == "share" else style.write_tick
    curves.finish_time_axes(axes, write, title, zero)
    curves.draw_events(axes, [date for date, _ in events])
