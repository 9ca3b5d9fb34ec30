"""The figures of a sensitivity analysis: indices of every quantity, and where its variance comes from."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

from experiments.analysis.sensitivity import DUMMY, Finding
from experiments.report.sensitivity.words import title
from simulation.visualization import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ACROSS = 2
SHOWN = 15  # parameters a panel has room for; the table has all
PART_WORDS = {
    "policy": {"parameters": "policy (chosen)", "luck": "luck alone", "both": "luck and policy together"},
    "parameters": {
        "parameters": "parameters (could be learnt)",
        "luck": "luck alone",
        "both": "luck and parameters together",
    },
    "mixed": {"parameters": "policy and parameters", "luck": "luck alone", "both": "luck and both together"},
}
"""Words of the parts, by what the points of a study differ in."""
PART_COLOURS = {"parameters": "#0072b2", "luck": "#e69f00", "both": "#7b3f78"}


def figure_indices(findings: Sequence[Finding]) -> Figure:
    """A panel a quantity, a row a parameter, the strongest on top: total and first-order index, or mu* beside the dummy."""
    shown = [finding for finding in findings if finding.indices]
    down = -(-len(shown) // ACROSS)
    most = min(SHOWN, max(len(finding.indices) for finding in shown))
    with style.figure_style():
        figure = style.new_figure(16, 1.3 + down * (1.4 + 0.42 * most))
        grid = figure.subplots(down, ACROSS, squeeze=False)
        for axes, finding in zip(grid.flat, shown):
            sobol = "ST" in finding.indices[0]
            (_draw_sobol if sobol else _draw_morris)(axes, finding)
            axes.set_title("\n".join(textwrap.wrap(title(finding), 52)), fontsize=14)
            axes.grid(axis="x")
            axes.set_axisbelow(True)
        for axes in grid.flat[len(shown) :]:
            axes.set_visible(False)
        figure.legend(*grid.flat[0].get_legend_handles_labels(), loc="outside upper left", ncols=3)
    return figure


def _draw_sobol(axes: Axes, finding: Finding) -> None:
    rows = sorted(finding.indices, key=lambda row: -row["ST"])[:SHOWN]
    for name, shift, colour, marker, words in (
        ("ST", -0.14, style.CATEGORICAL[1], "s", "with others (total index)"),
        ("S1", 0.14, style.CATEGORICAL[0], "o", "alone (first-order index)"),
    ):
        places = [k + shift for k in range(len(rows))]
        values, widths = [row[name] for row in rows], [row[f"{name}_conf"] for row in rows]
        axes.errorbar(values, places, xerr=widths, fmt=marker, color=colour, markersize=8, elinewidth=2.4, label=words)
    axes.axvspan(0, rows[0]["luck"], color=style.SEA, zorder=0, label="total index of luck alone")
    _finish(axes, [row["parameter"] for row in rows])
    axes.set_xlim(min(0.0, axes.get_xlim()[0]), max(1.0, axes.get_xlim()[1]))
    axes.set_xlabel("Share of the variance of means over seeds")


def _draw_morris(axes: Axes, finding: Finding) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    real = [row for row in finding.indices if row["parameter"] != DUMMY]
    rows = sorted(real, key=lambda row: -row["mu_star"])[:SHOWN]
    for k, row in enumerate(rows):
        colour = style.MUTED if row["survives"] is False else style.CATEGORICAL[0]
        axes.plot([0, row["mu_star"]], [k, k], color=colour, linewidth=1.2)
        face = style.PAPER if row["survives"] is False else colour
        axes.errorbar(
            row["mu_star"], k, xerr=row["mu_star_conf"], fmt="o", color=colour, markerfacecolor=face, markersize=9,
            markeredgewidth=2, elinewidth=2.4,
        )  # fmt: skip
    for row in finding.indices:
        if row["parameter"] == DUMMY:
            low, high = row["mu_star"] - row["mu_star_conf"], row["mu_star"] + row["mu_star_conf"]
            axes.axvspan(low, high, color=style.CATEGORICAL[4], alpha=0.4, label="dummy: luck alone, 95 %")
            axes.axvline(row["mu_star"], color=style.CATEGORICAL[1], linestyle="--", label="dummy")
    axes.plot(
        [], [], "o", color=style.CATEGORICAL[0], markersize=9, label="effect over the whole range, 95 % (hollow: lost)"
    )
    _finish(axes, [row["parameter"] for row in rows])
    axes.set_xlim(left=0)
    axes.xaxis.set_major_locator(MaxNLocator(5))
    share = finding.sample.outcome.format == "share"
    axes.xaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{100 * v:.3g} pts" if share else style.write_tick(v)))


def _finish(axes: Axes, names: Sequence[str]) -> None:
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)


def figure_split(findings: Sequence[Finding]) -> Figure:
    """A bar a quantity, its whole variance: what varies (parameters, policy), luck, and both together."""
    with style.figure_style():
        figure = style.new_figure(16, 1.9 + 0.75 * len(findings))
        axes = figure.subplots()
        for place, finding in enumerate(findings):
            left = 0.0
            for part, colour in PART_COLOURS.items():
                share = finding.split.shares[part]
                label = PART_WORDS[finding.varied][part] if place == 0 else None
                axes.barh(place, share, left=left, height=0.6, color=colour, edgecolor="white", label=label)
                if share > 0.06:
                    words = style.write_share(share)
                    axes.text(left + share / 2, place, words, ha="center", va="center", color=style.ink_on(colour))
                left += share
        _finish(axes, ["\n".join(textwrap.wrap(title(finding), 44)) for finding in findings])
        axes.set_xlim(0, 1)
        axes.xaxis.set_major_formatter(lambda value, _: style.write_share(value))
        axes.set_xlabel("Share of the variance over points and seeds")
        figure.legend(*axes.get_legend_handles_labels(), loc="outside upper left", ncols=3)
    return figure
