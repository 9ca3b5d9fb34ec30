"""What every mechanism does, for readers: tables, a figure, and both put into a page between its marks."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

from experiments.analysis.ablation import Ablation
from experiments.analysis.numbers import write, write_difference
from experiments.analysis.paired import LEVEL, excludes_zero
from experiments.report.page import check_page, markdown_table, write_between
from simulation.files.atomic import write_whole
from simulation.runs.results import CAVEAT
from simulation.visualization import style

if TYPE_CHECKING:
    import pandas
    from matplotlib.figure import Figure

NAME = "ablation"
SHOWN = 10
ERROR_RATE = 1 - LEVEL
OWN_HEADER = ("without", "of its own outcomes", "difference", "beyond luck")


def header(found: Ablation) -> tuple[str, ...]:
    """Of the rows that `rows` gives."""
    return ("without", *(item.title for item in found.reported), "weight, sd")


def rows(found: Ablation, table: pandas.DataFrame, heaviest: bool = True) -> list[tuple[str, ...]]:
    """A row a mechanism under `header`: differences with their 95 % intervals, bold where these leave 0 out."""
    order = found.weights(table)
    order = order[:SHOWN] if heaviest else order[SHOWN:]
    made = []
    for mechanism, weight in order.items():
        own = table[table["mechanism"] == mechanism].set_index("outcome")
        cells = [_cell(own.loc[item.name], item.format) for item in found.reported]
        made.append((str(mechanism), *cells, f"{weight:.1f}"))
    return made


def _cell(row: pandas.Series, format: str) -> str:
    most = max(abs(row["low"]), abs(row["high"]))
    middle, low, high = (write_difference(row[name], format, beside=most) for name in ("difference", "low", "high"))
    text = f"{middle} ({low} to {high})"
    return f"**{text}**" if excludes_zero(row) else text


def own_rows(found: Ablation) -> list[tuple[str, ...]]:
    """A row a mechanism: the outcome that it is about and that its absence moves most surely, with what it is without it."""
    made, outcomes = [], found.study.family.outcomes
    for _, row in found.own().iterrows():
        item = outcomes[row["outcome"]]
        sure = "yes" if row["p_holm"] < ERROR_RATE else "no"
        made.append((str(row["mechanism"]), item.title, _cell(row, item.format), sure))
    return made


def reference_words(found: Ablation) -> str:
    """Means of the reference over luck, in one sentence."""
    reference = found.reference
    means = [f"{item.title.lower()} {write(reference[item.name].mean(), item.format)}" for item in found.reported]
    return f"With every mechanism: {', '.join(means)} (means of {len(reference)} seeds)."


def figure_ablation(found: Ablation, table: pandas.DataFrame, note: str) -> Figure:
    """A panel an outcome: difference without each of the heaviest mechanisms, and its interval."""
    order = found.weights(table)[:SHOWN].index.tolist()
    with style.figure_style():
        figure = style.new_figure(15, 6.8)
        panels = figure.subplots(1, len(found.weighed), sharey=True, squeeze=False)[0]
        for axes, item in zip(panels, found.weighed, strict=True):
            scale = 100.0 if item.format == "share" else 1.0
            own = table[table["outcome"] == item.name].set_index("mechanism").loc[order]
            for place, (_, row) in enumerate(own.iterrows()):
                sure = excludes_zero(row)
                colour = style.CATEGORICAL[0] if sure else style.MUTED
                axes.plot([scale * row["low"], scale * row["high"]], [place, place], color=colour)
                axes.plot(scale * row["difference"], place, "o", color=colour, markersize=10)
            axes.axvline(0, color=style.MUTED, linewidth=1)
            axes.set_title(textwrap.fill(item.title, 34), fontsize=14)
            axes.set_xlabel("Difference, percentage points" if item.format == "share" else f"Difference, {item.unit}")
            axes.locator_params(axis="x", nbins=5)
            if item.format != "share":
                axes.xaxis.set_major_formatter(lambda value, _: write_difference(value, "count"))
            axes.grid(axis="x")
        panels[0].set_yticks(range(len(order)), [f"no {name.replace('_', ' ')}" for name in order])
        panels[0].invert_yaxis()
        figure.supxlabel(note, fontsize=12, color=style.MUTED)
    return figure


def write_page(page: Path, folder: Path) -> Path:
    """Put tables and figure of a study between the marks of a page; returns the figure, a PNG beside it of the same name."""
    check_page(page, NAME)
    found = Ablation.read(folder)
    table, figure, card = found.table(), page.with_suffix(".png"), found.study.card
    note = f"{card['scenario']}, {card['days']} days, {card['replicates']} seeds; "
    note += "bars: 95 % over luck, grey where 0 is not left out"
    write_whole(figure, style.figure_png(figure_ablation(found, table, note), 91))
    write_between(page, NAME, markdown(found, table, figure.name))
    return figure


def markdown(found: Ablation, table: pandas.DataFrame, figure: str) -> str:
    """The text between the marks."""
    card = found.study.card
    return "\n".join(
        (
            f"Scenario `{card['scenario']}`, {card['replicates']} seeds, {card['days']} days, "
            f"{card['weight']} households to a row.",
            reference_words(found),
            "Differences: without the mechanism less with it, same luck, mean and 95 % interval; bold: 0 is left out.",
            CAVEAT,
            "",
            *markdown_table(header(found), rows(found, table)),
            "",
            f"![What is different without each of the ten heaviest mechanisms]({figure})",
            "",
            "The others, heaviest first:",
            "",
            *markdown_table(header(found), rows(found, table, heaviest=False)),
            "",
            "What each mechanism is about: of its own outcomes the one that its absence moves most surely, and whether that is "
            "beyond luck (p below .05 by Holm over its own outcomes).",
            "",
            *markdown_table(OWN_HEADER, own_rows(found)),
            "",
            f"    {card['command']}",
        )
    )
