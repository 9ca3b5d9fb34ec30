"""What shared luck is worth, for readers: rows of text, a figure, and both put into a page between its marks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from experiments.analysis.common_random_numbers import MANY, Pairs, correlation, saving, saving_table
from experiments.report.page import check_page, markdown_table, write_between
from simulation.files.atomic import write_whole
from simulation.runs.results import CAVEAT
from simulation.visualization import style

if TYPE_CHECKING:
    import pandas
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

NAME = "common-random-numbers"
LINES = ("-", "--", "-.", ":")
BAND_RESAMPLES = 2000
HEADER = (
    "outcome",
    "mean, one",
    "mean, other",
    "mean difference",
    "sd, luck shared",
    "sd, luck apart",
    "correlation",
    "variance ratio (95 %)",
    "the same precision needs",
)


def saving_rows(pairs: Pairs, table: pandas.DataFrame) -> list[tuple[str, ...]]:
    """The last day of a `saving_table` as text, a row an outcome under `HEADER`."""
    rows = []
    for row in table[table["day"] == table["day"].max()].to_dict("records"):
        means = [_write(row[name], row["unit"]) for name in ("mean_one", "mean_other")]
        spreads = [_write(row[name], row["unit"], True) for name in ("mean_difference", "sd_shared", "sd_independent")]
        ratio, low, high = (_ratio(row[name], 2) for name in ("variance_ratio", "low", "high"))
        figures = f"{row['correlation']:.2f}", f"{ratio} ({low} to {high})"
        words = saving(row["variance_ratio"], row["low"], row["high"])
        rows.append((pairs.outcomes[row["outcome"]].title, *means, *spreads, *figures, words))
    return rows


def drift_rows(pairs: Pairs, table: pandas.DataFrame) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Header and rows of correlation and variance ratio, a column a day: how luck drifts apart."""
    days = sorted(table["day"].unique())
    rows = []
    for name, outcome in pairs.outcomes.items():
        own = table[table["outcome"] == name].set_index("day")
        cells = [f"{own['correlation'][day]:.2f} ({_ratio(own['variance_ratio'][day], 1)})" for day in days]
        rows.append((outcome.title, *cells))
    return ("correlation (variance ratio)", *(f"day {day}" for day in days)), rows


def _ratio(value: float, digits: int) -> str:
    return f">{MANY}" if value > MANY else f"{value:.{digits}f}"


def _write(value: float, unit: str, difference: bool = False) -> str:
    """Shares in per cent, their differences and spreads in percentage points; people as whole numbers."""
    if unit != "share":
        return f"{value:,.0f}"
    return f"{100 * value:.1f}{' points' if difference else ' %'}"


def sides_in_words(pairs: Pairs) -> tuple[str, ...]:
    """What each side sets beyond what both set, as 'deployment.authorised = 2500'; 'nothing' if it sets none."""
    return tuple(
        ", ".join(f"{name} = {value}" for name, value in arm.items()) or "nothing"
        for arm in pairs.study.card["arms"].values()
    )


# The figure


def figure_saving(pairs: Pairs, table: pandas.DataFrame) -> Figure:
    """How the correlation of both sides falls with the days, and how many times fewer runs do at the end."""
    with style.figure_style():
        figure = style.new_figure(15, 5.8)
        axes = figure.subplots(1, 3, width_ratios=(1, 1, 1.05))
        colours = dict(zip(pairs.outcomes, style.CATEGORICAL))
        for panel, (title, names) in zip(axes, _panels(pairs).items()):
            _draw_correlation(panel, pairs, names, colours)
            panel.set_title(f"{title}: shared luck by day")
        axes[0].set_ylabel("Correlation of both sides over seeds")
        _draw_savings(axes[2], pairs, table[table["day"] == table["day"].max()], colours)
        words = " against ".join(sides_in_words(pairs))
        note = f"{words}; {pairs.number} seeds. Bands and bars: 95 %, bootstrap over seeds."
        figure.supxlabel(note, fontsize=12, color=style.MUTED)
    return figure


def _panels(pairs: Pairs) -> dict[str, list[str]]:
    """Shares in one panel, all else in the other."""
    shares = [name for name, outcome in pairs.outcomes.items() if outcome.format == "share"]
    return {"Shares": shares, "Counts": [name for name in pairs.outcomes if name not in shares]}


def _draw_correlation(axes: Axes, pairs: Pairs, names: Sequence[str], colours: Mapping[str, str]) -> None:
    drawn = np.random.default_rng(1).integers(pairs.number, size=(BAND_RESAMPLES, pairs.number))
    days = np.unique(np.append(np.arange(0, pairs.days + 1, 5), pairs.days))
    for name, line in zip(names, LINES):
        one, other = pairs.one[name].T, pairs.other[name].T
        bands = np.array([_band(one[day], other[day], drawn) for day in days])
        axes.fill_between(days, *bands.T, color=colours[name], alpha=0.16, linewidth=0)
        every = correlation(one, other)
        axes.plot(
            every,
            color=colours[name],
            linestyle=line,
            label=pairs.outcomes[name].title.removesuffix(" since the start"),
        )
    axes.axhline(0, color=style.MUTED, linewidth=1)
    axes.set_ylim(-0.5, 1.02)
    axes.set_xlim(0, pairs.days)
    axes.set_xlabel("Day of the run")
    axes.grid(axis="y")
    axes.legend(loc="lower left")


def _band(one: np.ndarray, other: np.ndarray, drawn: np.ndarray) -> tuple[float, float]:
    """2.5 and 97.5 % points of the correlation of resampled seeds; NaN where nothing varies."""
    values = correlation(one[drawn], other[drawn])
    known = values[~np.isnan(values)]
    return tuple(np.quantile(known, (0.025, 0.975))) if known.size else (np.nan, np.nan)


def _draw_savings(axes: Axes, pairs: Pairs, last: pandas.DataFrame, colours: Mapping[str, str]) -> None:
    """A point and its interval an outcome, 1 marked: there shared luck saves nothing."""
    shown = last[np.isfinite(last[["variance_ratio", "low", "high"]]).all(axis="columns")]
    for place, row in enumerate(shown.to_dict("records")):
        axes.plot([row["low"], row["high"]], [place, place], color=colours[row["outcome"]])
        axes.plot(row["variance_ratio"], place, "o", color=colours[row["outcome"]], markersize=10)
        title = pairs.outcomes[row["outcome"]].title.removesuffix(" since the start")
        axes.text(row["low"], place - 0.22, f"{title}: {row['variance_ratio']:.1f}", fontsize=13)
    axes.axvline(1, color=style.MUTED, linewidth=1)
    axes.set_ylim(len(shown) - 0.5, -0.7)
    axes.set_xlim(left=min(0.5, *shown["low"]) if len(shown) else 0.5)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_xlabel("Times fewer runs (1: no gain)")
    axes.set_title(f"What it saves on day {int(last['day'].max())}")


# The page


def write_page(page: Path, folder: Path) -> Path:
    """Put tables and figure of a study between the marks of a page; returns the figure, a PNG beside it of the same name."""
    check_page(page, NAME)
    pairs = Pairs.read(folder)
    table, figure = saving_table(pairs), page.with_suffix(".png")
    # 91 dots on 15 inches: as wide as a small laptop's screen.
    write_whole(figure, style.figure_png(figure_saving(pairs, table), 91))
    write_between(page, NAME, markdown(pairs, table, figure.name))
    return figure


def markdown(pairs: Pairs, table: pandas.DataFrame, figure: str) -> str:
    """The text between the marks."""
    card = pairs.study.card
    one, other = sides_in_words(pairs)
    both = ", ".join(f"{name} = {value}" for name, value in (card["fixed"] or {}).items())
    title = f"Correlation of both sides by day, and runs saved: {one} against {other}"
    return "\n".join(
        (
            f"One side: `{one}`. Other side: `{other}`." + (f" Both: `{both}`." if both else ""),
            f"{pairs.number} seeds a side, {pairs.days} days, {card['weight']} households to a row. {CAVEAT}",
            "",
            *markdown_table(HEADER, saving_rows(pairs, table)),
            "",
            *markdown_table(*drift_rows(pairs, table)),
            "",
            f"![{title}]({figure})",
            "",
            f"    {card['command']}",
        )
    )
