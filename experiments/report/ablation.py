"""What every rule does, for readers: tables, a figure, and both put into a page between its marks."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.analysis.outcomes import write, write_difference
from experiments.analysis.paired import excludes_zero
from experiments.report.page import check_page, markdown_table, write_between, write_whole
from experiments.run.ablation import REPORTED, Ablation, weights
from simulation.runs.results import CAVEAT
from simulation.visualization import style

if TYPE_CHECKING:
    import pandas
    from matplotlib.figure import Figure

NAME = "switches"
SHOWN = 10
TITLES = {
    "displaced_people": ("People displaced at the end", "people"),
    "residents_killed": ("Residents killed", "people"),
    "gang_control_population_share": ("Residents in gang-held areas", "share"),
    "gang_members_killed": ("Gang members killed", "people"),
}
HEADER = ("without", *(title for title, _ in TITLES.values()), "weight, sd")


def rows(table: pandas.DataFrame, heaviest: bool = True) -> list[tuple[str, ...]]:
    """A row a rule under `HEADER`: differences with their 95 % intervals, bold where these leave 0 out."""
    order = weights(table)
    order = order[:SHOWN] if heaviest else order[SHOWN:]
    found = []
    for rule, weight in order.items():
        own = table[table["rule"] == rule].set_index("outcome")
        cells = [_cell(own.loc[name], TITLES[name][1]) for name in REPORTED]
        found.append((str(rule), *cells, f"{weight:.1f}"))
    return found


def _cell(row: pandas.Series, kind: str) -> str:
    most = max(abs(row["low"]), abs(row["high"]))
    middle, low, high = (write_difference(row[name], kind, beside=most) for name in ("difference", "low", "high"))
    text = f"{middle} ({low} to {high})"
    return f"**{text}**" if excludes_zero(row["low"], row["high"]) else text


def reference_words(ablation: Ablation) -> str:
    """Means of the reference over luck, in one sentence."""
    reference = ablation.runs[ablation.runs["rule"] == ""]
    means = [f"{TITLES[name][0].lower()} {write(reference[name].mean(), TITLES[name][1])}" for name in REPORTED]
    return f"With every rule: {', '.join(means)} (means of {len(reference)} seeds)."


def switches_command(ablation: Ablation) -> str:
    """The `katye switches` line that gives the same figures."""
    study, words = ablation.study, ["katye", "switches", ablation.study.scenario]
    options: list[Any] = ["--seeds", study.replicates, "--days", study.days, "--weight", study.weight]
    return shlex.join(map(str, [*words, *options]))


def figure_switches(table: pandas.DataFrame, note: str) -> Figure:
    """A panel an outcome: difference without each of the heaviest rules, and its interval."""
    order = weights(table)[:SHOWN].index.tolist()
    with style.figure_style():
        figure = style.new_figure(15, 6.8)
        panels = figure.subplots(1, 3, sharey=True)
        for axes, name in zip(panels, list(TITLES)[:3], strict=True):
            title, kind = TITLES[name]
            scale = 100.0 if kind == "share" else 1.0
            own = table[table["outcome"] == name].set_index("rule").loc[order]
            for place, (_, row) in enumerate(own.iterrows()):
                sure = excludes_zero(row["low"], row["high"])
                colour = style.CATEGORICAL[0] if sure else style.MUTED
                axes.plot([scale * row["low"], scale * row["high"]], [place, place], color=colour)
                axes.plot(scale * row["difference"], place, "o", color=colour, markersize=10)
            axes.axvline(0, color=style.MUTED, linewidth=1)
            axes.set_title(title)
            axes.set_xlabel("Difference, percentage points" if kind == "share" else "Difference, people")
            axes.locator_params(axis="x", nbins=5)
            if kind != "share":
                axes.xaxis.set_major_formatter(lambda value, _: write_difference(value, "people"))
            axes.grid(axis="x")
        panels[0].set_yticks(range(len(order)), [f"no {rule.replace('_', ' ')}" for rule in order])
        panels[0].invert_yaxis()
        figure.supxlabel(note, fontsize=12, color=style.MUTED)
    return figure


def write_page(page: Path, ablation: Ablation, table: pandas.DataFrame) -> Path:
    """Put tables and figure between the marks of a page; returns the figure, a PNG beside it of the same name."""
    check_page(page, NAME)
    figure, study = page.with_suffix(".png"), ablation.study
    note = f"{study.scenario}, {study.days} days, {study.replicates} seeds; bars: 95 % over luck, grey where 0 is not left out"
    write_whole(figure, style.figure_png(figure_switches(table, note), 91))
    write_between(page, NAME, markdown(ablation, table, figure.name))
    return figure


def markdown(ablation: Ablation, table: pandas.DataFrame, figure: str) -> str:
    """The text between the marks."""
    study = ablation.study
    return "\n".join(
        (
            f"Scenario `{study.scenario}`, {study.replicates} seeds, {study.days} days, {study.weight} households to a row.",
            reference_words(ablation),
            "Differences: without the rule less with it, same luck, mean and 95 % interval over luck; bold: 0 is left out.",
            CAVEAT,
            "",
            *markdown_table(HEADER, rows(table)),
            "",
            f"![What is different without each of the ten heaviest rules]({figure})",
            "",
            "The others, heaviest first:",
            "",
            *markdown_table(HEADER, rows(table, heaviest=False)),
            "",
            f"    {switches_command(ablation)}",
        )
    )
