"""The least money and force that keep an outcome on one side of a limit with a given chance over luck.

From a factorial study with replicates. Whatever else varies in the study counts as luck too; its runs of one seed share
their luck, so that a cell has no more independent trials than seeds. No order is assumed: a larger force may do worse than
a smaller one, and then the frontier is told to be broken.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from experiments.analysis.paired import wilson
from experiments.analysis.prim import is_number
from experiments.analysis.study_results import StudyResults, Wish, parameter_words
from experiments.study.designs import SAMPLED
from simulation.errors import InputError, unknown_name
from simulation.visualization import style

if TYPE_CHECKING:
    import pandas
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FORCE, MONEY = "deployment.authorised", "funding.level"
CHANCES = (0.5, 0.8, 0.9)
LINES = {0.5: ("#0072b2", "-"), 0.8: ("#e69f00", "--"), 0.9: ("#000000", ":")}
ENOUGH = 10  # seeds a cell below which a chance of 90 % is hardly more than a guess


@dataclass(frozen=True)
class Frontier:
    """cells: a row an arm, money and force: runs, hits, seeds, chance, low, high (Wilson). least: an arm, chance and money."""

    wish: Wish
    force: str
    money: str
    cells: pandas.DataFrame
    least: pandas.DataFrame
    pooled: tuple[str, ...]  # other parameters that vary
    without: int = 0  # runs that have no value of the outcome

    @property
    def arms(self) -> list[str]:
        return list(dict.fromkeys(self.cells["arm"]))


def frontier(
    studied: StudyResults, wish: Wish, arm: str | None = None, force: str = FORCE, money: str = MONEY
) -> Frontier:
    """The frontiers of 50, 80 and 90 %. InputError: a sampled design, or force and money do not both vary in it."""
    if studied.card["design"] in SAMPLED:
        hint = 'Take a study with design = "factorial"; for samples there is katye discover'
        raise InputError("a frontier needs levels, and this design has none", f"folder {studied.folder}", hint)
    for option, name in (("--force", force), ("--money", money)):
        if name not in studied.factors:
            raise unknown_name("varied parameter", name, studied.factors, option)
        if not is_number(studied.runs[name]):
            raise InputError(f"{name} is no number, so no level of it is the least", option)
    if force == money:
        raise InputError(f"{force} cannot be both", "--force and --money")
    runs = studied.runs[studied.runs["arm"].isin(studied.of_arm(arm))]
    known = wish.known(runs)
    cells = cell_chances(known, wish, force, money)
    pooled = tuple(name for name in studied.factors if name not in (force, money))
    return Frontier(wish, force, money, cells, least_force(cells, force, money), pooled, len(runs) - len(known))


def cell_chances(runs: pandas.DataFrame, wish: Wish, force: str, money: str) -> pandas.DataFrame:
    """A row an arm, money and force, levels rising: share of runs that meet the wish, with Wilson's interval over its seeds.

    same: the cell has the runs of one before it, as what differs between both changes nothing there.
    """
    numbered = runs if "run" in runs else runs.assign(run=range(len(runs)))
    ordered = numbered.assign(met=wish.met(runs[wish.outcome.name])).sort_values([money, force], kind="stable")
    table = ordered.groupby(["arm", money, force], sort=False)
    cells = table.agg(
        runs=("met", "count"), hits=("met", "sum"), seeds=("replicate", "nunique"), same=("run", _numbers)
    ).reset_index()
    arms = list(dict.fromkeys(runs["arm"]))  # in the order of the study
    cells = cells.sort_values("arm", key=lambda names: names.map(arms.index), kind="stable", ignore_index=True)
    cells["chance"] = cells["hits"] / cells["runs"]
    cells["low"], cells["high"] = zip(*map(wilson, cells["chance"], cells["seeds"]))
    return cells.assign(same=cells["same"].duplicated())


def _numbers(runs: pandas.Series) -> tuple[int, ...]:
    return tuple(sorted(runs))


def least_force(
    cells: pandas.DataFrame, force: str, money: str, chances: Sequence[float] = CHANCES
) -> pandas.DataFrame:
    """A row an arm, chance and money: the smallest force whose share of runs reaches the chance, NaN where none does.

    sure: the smallest whose interval lies above it. broken: larger forces that fall below it again, in words.
    """
    import pandas

    rows = []
    for arm, of_arm in cells.groupby("arm", sort=False):
        for chance in chances:
            for level, part in of_arm.groupby(money):
                reached = part[part["chance"] >= chance][force]
                sure = part[part["low"] >= chance][force]
                least = reached.min() if len(reached) else math.nan
                fallen = part[(part[force] > least) & (part["chance"] < chance)][force]
                row = {"arm": arm, "chance": chance, money: level, "least_force": least}
                row |= {"sure": sure.min() if len(sure) else math.nan}
                rows.append(row | {"broken": "; ".join(parameter_words(float(one)) for one in fallen)})
    return pandas.DataFrame(rows)


def frontier_rows(found: Frontier) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """For the screen: a row an arm and money, the least force for each chance; in brackets the force that is sure of it."""
    header = ("arm", found.money, *(f"with {100 * chance:.0f} %" for chance in CHANCES))
    rows = []
    for (arm, level), part in found.least.groupby(["arm", found.money], sort=False):
        cells = [_least_words(row) for row in part.sort_values("chance").to_dict("records")]
        rows.append((arm, parameter_words(level), *cells))
    return header, rows


def _least_words(row: dict[str, float]) -> str:
    if math.isnan(row["least_force"]):
        return "none"
    sure = "none" if math.isnan(row["sure"]) else parameter_words(row["sure"])
    return f"{parameter_words(row['least_force'])} (sure: {sure})"


def sentences(found: Frontier) -> list[str]:
    """What the frontier says in words, where it breaks, and how much to trust it."""
    lines = []
    for arm in found.arms:
        part = found.least[found.least["arm"] == arm]
        for chance in CHANCES:
            lines.append(f"{arm}, {100 * chance:.0f}\u00a0%: {_reach(found, part[part['chance'] == chance])}")
    for row in found.least[found.least["broken"] != ""].to_dict("records"):
        where = f"{row['arm']}, {found.money} {parameter_words(row[found.money])}, {100 * row['chance']:.0f}\u00a0%"
        lines.append(
            f"Broken at {where}: {parameter_words(row['least_force'])} reaches it, larger forces ({row['broken']}) do not; "
            "few runs or a real reversal."
        )
    fewest = int(found.cells["seeds"].min())
    lines.append(
        f"Least force: smallest level whose share of runs reaches the chance; sure: its 95 % interval (Wilson) does too. "
        f"{fewest} seeds a cell at least."
    )
    if fewest < ENOUGH:
        low, _ = wilson(1.0, fewest)
        lines.append(
            f"{fewest} seeds are few: even if all meet it, the chance may be as low as {style.write_share(low)}."
        )
    if found.pooled:
        lines.append(
            f"Taken together over all levels of {', '.join(found.pooled)}; runs of one seed share their luck, so that "
            "intervals count seeds and not runs."
        )
    if found.without:
        lines.append(f"Runs without a value of the outcome, left out: {found.without}.")
    return lines


def _reach(found: Frontier, rows: pandas.DataFrame) -> str:
    reached = rows[rows["least_force"].notna()]
    if reached.empty:
        cells = found.cells[found.cells["arm"] == rows["arm"].iloc[0]]
        best = cells.loc[cells["chance"].idxmax()]
        if best["chance"] == 0:
            return "no cell reaches it, and no run meets it."
        force, money = (parameter_words(float(best[name])) for name in (found.force, found.money))
        nearest = f"{style.write_share(float(best['chance']))} at {found.money} {money} and {found.force} {force}"
        return f"no cell reaches it; the nearest has {nearest}."
    money = reached.loc[reached[found.money].idxmin()]
    force = reached.sort_values(["least_force", found.money]).iloc[0]
    if money.name == force.name:
        return f"least money and least force {_at(found, money)}."
    return f"least money {_at(found, money)}; least force {_at(found, force)}."


def _at(found: Frontier, row: pandas.Series) -> str:
    money, force = (parameter_words(float(row[name])) for name in (found.money, "least_force"))
    return f"at {found.money} {money} with {found.force} {force}"


def figure_frontier(found: Frontier) -> Figure:
    """A panel an arm: cells of money by force coloured by chance, and the three frontiers as lines over them."""
    arms = found.arms
    levels = found.cells[found.money].nunique()
    with style.figure_style():
        figure = style.new_figure(16, 2.6 + 0.95 * max(levels, 4))
        panels = figure.subplots(1, len(arms), squeeze=False, sharey=True)[0]
        for axes, arm in zip(panels, arms):
            image = _draw_cells(axes, found, found.cells[found.cells["arm"] == arm])
            for place, chance in enumerate(CHANCES):
                least = found.least[(found.least["arm"] == arm) & (found.least["chance"] == chance)]
                _draw_line(axes, found, least, chance, place)
            axes.set_title(_panel_title(found, arm))
            axes.set_xlabel(f"Force: {found.force}")
        panels[0].set_ylabel(f"Money: {found.money}")
        bar = figure.colorbar(image, ax=list(panels), shrink=0.9, pad=0.015, aspect=22)
        bar.ax.yaxis.set_major_formatter(lambda value, _: style.write_share(value))
        bar.outline.set_visible(False)
        bar.set_label("Share of runs that meet it")
        legend = figure.legend(
            *panels[0].get_legend_handles_labels(), loc="outside upper left", ncols=3, handlelength=4, alignment="left",
            title="\n".join([*textwrap.wrap(str(found.wish), 90), "Least force for a chance of"]),
        )  # fmt: skip
        legend.get_title().set(fontsize=17, weight="bold")
    return figure


def _panel_title(found: Frontier, arm: str) -> str:
    """The arm, and the chances whose line is missing because no cell reaches them."""
    reached = found.least[(found.least["arm"] == arm) & found.least["least_force"].notna()]["chance"]
    missing = [f"{100 * chance:.0f}\u00a0%" for chance in CHANCES if chance not in set(reached)]
    return f"Arm {arm}" + (f" (no cell reaches {', '.join(missing)})" if missing else "")


def _draw_cells(axes: Axes, found: Frontier, cells: pandas.DataFrame):
    table, same = (cells.pivot(index=found.money, columns=found.force, values=name) for name in ("chance", "same"))
    image = axes.imshow(table, origin="lower", aspect="auto", cmap=style.amount_colormap(), vmin=0, vmax=1)
    for up, row in enumerate(table.to_numpy()):
        for across, chance in enumerate(row):
            if np.isfinite(chance):
                colour = style.ink_on(image.cmap(image.norm(chance)))
                told, size = ("same\nruns", 11) if same.iloc[up, across] else (f"{100 * chance:.0f}", 16)
                axes.text(across, up, told, ha="center", va="center", fontsize=size, color=colour)
    axes.set_xticks(range(table.shape[1]), [parameter_words(float(one)) for one in table.columns])
    axes.set_yticks(range(table.shape[0]), [parameter_words(float(one)) for one in table.index])
    axes.tick_params(length=0)
    return image


def _draw_line(axes: Axes, found: Frontier, least: pandas.DataFrame, chance: float, place: int) -> None:
    """The left edge of the first cell that reaches the chance, row by row; a row that none reaches breaks the line."""
    forces = sorted(found.cells[found.force].unique())
    shift = 0.06 * (place - 1)  # lines that run along the same cells stay apart
    across, up = [], []
    for row, force in enumerate(least.sort_values(found.money)["least_force"]):
        edge = math.nan if math.isnan(force) else forces.index(force) - 0.5 + shift
        across += [edge, edge]
        up += [row - 0.5, row + 0.5]
    colour, line = LINES[chance]
    axes.plot(across, up, color=style.PAPER, linewidth=7, solid_capstyle="butt")
    axes.plot(across, up, color=colour, linestyle=line, linewidth=4, label=f"{100 * chance:.0f}\u00a0%")
    axes.set_xlim(-0.62, len(forces) - 0.5)
