"""Pictures of many runs: bands of what varies, and the differences of pairs with their mean and its interval."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.clock import write_date
from simulation.visualization import style
from simulation.visualization.short_ways import finish_axes, value_of

if TYPE_CHECKING:
    import pandas

    from simulation.port.outcomes import Outcome
    from simulation.visualization.picture import Picture

LINES = ("-", "--", "-.", ":")


def draw_sides(item: Outcome, sides: Mapping[str, pandas.DataFrame], called: str) -> Picture:
    """One outcome over time, a band and a median a side. sides: {words: table with a row a run and date, and the outcome}."""
    from simulation.visualization import curves, spread
    from simulation.visualization.picture import finish, new_picture, small_style, title_of

    with small_style():
        picture = new_picture()
        axes, told = picture.subplots(), []
        tables = {words: curves.band_table(part.dropna(subset=[item.name]), item.name) for words, part in sides.items()}
        for place, (words, table) in enumerate(tables.items()):
            colour, line = style.CATEGORICAL[place % len(style.CATEGORICAL)], LINES[place % len(LINES)]
            curves.draw_bands(axes, table, colour, words, line)
            told.append(f"{words} {value_of(item, table['median'].iloc[-1])}")
        if len(tables) > 1:
            axes.legend(loc="best", handlelength=3)
        finish_axes(axes, item, title_of(item.title, picture))
        runs = max(int(table["runs"].max()) for table in tables.values())
        unit = f" ({item.unit})" if item.unit else ""
        alt = f"{item.title}{unit}, medians of the last day: {'; '.join(told)}."
        return finish(picture, alt, f"{called}. {spread.bands_words(runs)}")


def draw_pairs(item: Outcome, pairs: pandas.DataFrame, interval: pandas.DataFrame, title: str, called: str) -> Picture:
    """Differences over time: every pair a thin line, their mean a thick one, its interval a band.

    pairs: a row a date, a column a pair. interval: mean, low and high of every date.
    """
    from simulation.visualization.picture import finish, new_picture, small_style, title_of

    dates, blue = pairs.index, style.CATEGORICAL[0]
    with small_style():
        picture = new_picture(7.2, 3.9)
        axes = picture.subplots()
        axes.plot(dates, pairs.to_numpy(float), color=style.MUTED, linewidth=0.8, alpha=0.55)
        axes.plot([], [], color=style.MUTED, linewidth=0.8, label=f"each of {pairs.shape[1]} pairs")
        axes.fill_between(
            dates, interval["low"], interval["high"], color=blue, alpha=0.25, linewidth=0, label="95 % of the mean"
        )
        axes.plot(dates, interval["mean"], color=blue, linewidth=2.4, label="mean of pairs")
        axes.axhline(0, color=style.INK, linewidth=1.0, zorder=1)
        finish_axes(axes, item, title_of(title, picture), zero=False)
        axes.yaxis.set_major_formatter(lambda value, _: write_gap(value, item.format))
        unit = "percentage points" if item.format == "share" else item.unit
        axes.set_ylabel(unit)
        picture.legend(*axes.get_legend_handles_labels(), loc="outside upper right", ncols=3)
        last = interval.iloc[-1]
        mean, low, high = (write_gap(float(last[name]), item.format) for name in ("mean", "low", "high"))
        when = write_date(dates[-1].date())
        last_day = f"on {when} {mean}, 95 % interval {low} to {high}, of {pairs.shape[1]} pairs."
        alt = f"{title}{f' ({unit})' if unit else ''}: {last_day}"
        note = f"{called}. Two runs of a pair share their luck; the interval covers luck alone, not assumptions."
        return finish(picture, alt, note)


def write_gap(value: float, format: str = "count") -> str:
    """A difference with its sign; of shares in percentage points."""
    if abs(value) < 1e-12 or not np.isfinite(value):
        return "0" if np.isfinite(value) else "–"
    text = f"{100 * abs(value):.3g}" if format == "share" else style.write_tick(float(f"{abs(value):.3g}"))
    return ("+" if value > 0 else "−") + text


def mean_and_interval(pairs: pandas.DataFrame, interval: Any) -> pandas.DataFrame:
    """Mean, low and high of every row. interval: a function of the values of a row that returns (low, high)."""
    import pandas

    rows = [(float(row.mean()), *interval(row)) for row in pairs.to_numpy(float)]
    return pandas.DataFrame(rows, index=pairs.index, columns=["mean", "low", "high"])
