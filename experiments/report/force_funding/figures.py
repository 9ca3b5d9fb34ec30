"""Each figure of the force x funding study, made from its tables, for report and notebooks alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from experiments.report.study_tables import CEILINGS, CELL
from models.haiti import ceilings
from models.haiti.looks import influence_colormap
from simulation.errors import InputError, unknown_name
from simulation.port.naming import unknown_column
from simulation.visualization import curves, heatmaps, maps, spread, style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Cell = tuple[int, float]


@dataclass(frozen=True)
class Outcome:
    """An outcome as the reader meets it: its column, its words and how its numbers are written."""

    column: str
    title: str
    write: Callable[[float], str]


OUTCOMES = {
    outcome.column: outcome
    for outcome in (
        Outcome("displaced_people_end", "People displaced at the end", style.write_people),
        Outcome(
            "displaced_people_hosted_capital_end",
            "Displaced people hosted in the capital at the end",
            style.write_people,
        ),
        Outcome("new_displacements_total", "New displacements", style.write_people),
        Outcome("residents_killed_total", "Residents killed", style.write_people),
        Outcome("gang_members_killed_total", "Gang members killed", style.write_people),
        Outcome("security_forces_killed_total", "Security forces killed", style.write_people),
        Outcome("gang_control_population_share_end", "Residents in gang-held areas at the end", style.write_share),
        Outcome(
            "gang_influence_population_share_end",
            "Residents in gang-held or contested areas at the end",
            style.write_share,
        ),
        Outcome("gang_control_area_share_end", "Share of area that is gang-held at the end", style.write_share),
        Outcome("deployed_force_mean", "People deployed (mean over the run)", style.write_people),
        Outcome("usable_force_mean", "Force usable on a shift (mean over the run)", style.write_people),
        Outcome("deployed_force_end", "People deployed at the end", style.write_people),
        Outcome("funding_received_usd_total", "Funding received (US$)", style.write_people),
        Outcome("mission_cost_usd_total", "Cost of the mission (US$)", style.write_people),
    )
}
ARM_WORDS = {
    "gated": "Deployment as funding and pledges allow",
    "forced": "Forced: everyone authorised is there",
}
CEILING_WORDS = {
    "authorised": "the authorisation itself",
    "contributors": "contributors ready to send",
    "beds": "beds and equipment",
    "cash": "cash for salaries and running",
    "airport": "the way in, a closed airport",
}
CEILING_COLOURS = {
    "authorised": "#8a979c",
    "contributors": "#0072b2",
    "beds": "#e69f00",
    "cash": "#7b3f78",
    "airport": "#009e73",
}
CURVE_PANELS = (
    ("displaced_people", "People displaced"),
    ("residents_killed_total", "Residents killed since the start"),
    ("gang_control_population_share", "Residents in gang-held areas"),
    ("gang_influence_population_share", "Residents in gang-held or contested areas"),
    ("deployed_force", "People deployed"),
    ("usable_force", "Force usable on a shift (persons)"),
)


def write_force(value: float) -> str:
    """2500 as '2,500'."""
    return f"{value:,.0f}"


def write_funding(value: float) -> str:
    """1.3 as '130 %', with a space that does not break."""
    return f"{100 * value:.0f}\u00a0%"


def write_money(value: float) -> str:
    """US dollars a year as '$0.3B a year'; nothing where they are not known."""
    if not value > 0:
        return "" if value != 0 else "$0 a year"
    return f"${value / 1e9:.1f}B a year" if value >= 5e7 else f"${value / 1e6:.3g}M a year"


def money_of(runs: pd.DataFrame) -> dict[Cell, str]:
    """What the level of money of each cell is in US dollars a year, as ' ($0.3B a year)'; empty in studies without it."""
    if "funding_usd_per_year" not in runs:
        return {}
    known = runs.dropna(subset=["funding_usd_per_year"]).drop_duplicates(CELL)
    return {
        (int(row.authorised_force), float(row.funding_level)): f" ({write_money(row.funding_usd_per_year)})"
        for row in known.itertuples()
    }


def level_words(runs: pd.DataFrame, level: float) -> str:
    """A level of money with the dollars that it means for the smallest and the largest force of the study."""
    here = runs[(runs["funding_level"] - level).abs() < 1e-9] if "funding_usd_per_year" in runs else runs.iloc[:0]
    paid = here.loc[here["authorised_force"] > 0, "funding_usd_per_year"].dropna() if len(here) else []
    if not len(paid):
        return write_funding(level)
    low, high = (value / 1e9 for value in (min(paid), max(paid)))
    span = f"{low:.1f}" if f"{low:.1f}" == f"{high:.1f}" else f"{low:.1f}–{high:.1f}"
    return f"{write_funding(level)} (${span}B a year)"


def write_difference(value: float, about: Outcome) -> str:
    """A difference, sd or standard error of an outcome: shares in percentage points, the rest as the outcome
    is."""
    if about.write is not style.write_share:
        return about.write(value)
    return f"{100 * value:.1f} percentage points"


def cell_words(cell: Cell) -> str:
    """A cell in words: '2,500 authorised, funding 100 %'."""
    return f"{write_force(cell[0])} authorised, funding {write_funding(cell[1])}"


def reference_funding(runs: pd.DataFrame) -> float:
    """The funding level of the study closest to 100 % of need."""
    return float(min(runs["funding_level"].unique(), key=lambda level: (abs(level - 1), level)))


def contrasting_cells(runs: pd.DataFrame) -> list[Cell]:
    """At most four cells that differ most: no or least force, a middle one, and the largest poorly and well
    funded."""
    present = {(int(a), float(f)) for a, f in runs[CELL].itertuples(index=False)}
    forces, levels = sorted({a for a, _ in present}), sorted({f for _, f in present})
    reference = reference_funding(runs)
    middle = forces[len(forces) // 2]
    wanted = [(forces[0], reference), (middle, reference), (forces[-1], levels[0]), (forces[-1], levels[-1])]
    return [cell for cell in dict.fromkeys(wanted) if cell in present] or sorted(present)[:1]


def select_cell(frame: pd.DataFrame, cell: Cell, arm: str) -> pd.DataFrame:
    """Rows of one cell and arm."""
    here = (frame["authorised_force"] == cell[0]) & ((frame["funding_level"] - cell[1]).abs() < 1e-9)
    return frame[here & (frame["arm"] == arm)]


def figure_heat_pair(runs: pd.DataFrame, outcome: str) -> Figure:
    """Heat maps of `outcome` over force and funding, gated beside forced, on one colour scale.

    Large: mean over seeds; small: ends of their spread. Raises UnknownNameError for an outcome that is not
    there.
    """
    if outcome not in OUTCOMES:
        raise unknown_column("outcome", outcome, OUTCOMES)
    about = OUTCOMES[outcome]
    arms = [arm for arm in ARM_WORDS if (runs["arm"] == arm).any()] or list(runs["arm"].unique()[:2])
    tables = {arm: heatmaps.cell_table(runs[runs["arm"] == arm], outcome, CELL) for arm in arms}
    limits = heatmaps.colour_limits(*tables.values())
    rows = max(len(table["funding_level"].unique()) for table in tables.values())
    with style.figure_style():
        figure = style.new_figure(15, 2.3 + 0.95 * max(rows, 3))
        panels = figure.subplots(1, len(arms), squeeze=False, sharey=True)[0]
        for axes, arm in zip(panels, arms):
            image = heatmaps.draw_heatmap(
                axes,
                tables[arm],
                *CELL,
                limits=limits,
                write=about.write,
                write_across=write_force,
                write_up=lambda level: level_words(runs, level).replace(" (", "\n("),
                title=ARM_WORDS.get(arm, f"Arm {arm}"),
            )
            axes.set_xlabel("Authorised force (people)")
        panels[0].set_ylabel("Funding (share of need)")
        bar = figure.colorbar(image, ax=list(panels), shrink=0.9, pad=0.015, aspect=22)
        write_tick = style.write_share if about.write is style.write_share else style.write_tick
        bar.ax.yaxis.set_major_formatter(lambda value, _: write_tick(value))
        bar.outline.set_visible(False)
        bar.set_label(about.title)
        figure.supxlabel(_heat_note(tables, about), fontsize=12, color=style.MUTED)
    return figure


def _heat_note(tables: Mapping[str, pd.DataFrame], about: Outcome) -> str:
    errors = pd.concat(tables.values())["standard_error"].dropna()
    if errors.empty:
        return "One run a cell: neither spread nor standard error can be given."
    most = write_difference(float(errors.max()), about)
    fewest = int(min(table["runs"].min() for table in tables.values()))
    large = f"Large: mean over seeds. Small: {spread.ends_words(fewest)}."
    same = f"\n{heatmaps.SAME_NOTE}" if any(table["same"].any() for table in tables.values()) else ""
    return f"{large} Monte Carlo standard error of a mean: at most {most}.{same}"


def figure_curves(
    frame: pd.DataFrame, cells: Sequence[Cell], observed: Mapping[str, pd.DataFrame], arm: str = "gated"
) -> Figure:
    """Outcomes over time for a few cells, with bands over seeds and published figures as points."""
    panels = [(column, title) for column, title in CURVE_PANELS if column in frame.columns]
    if not panels:
        raise InputError("has none of the columns the figure draws", where="curves table")
    dated = frame.assign(date=pd.to_datetime(frame["date"]))
    with style.figure_style():
        rows = (len(panels) + 1) // 2
        figure = style.new_figure(15, 1.2 + 3.2 * rows)
        grid = figure.subplots(rows, 2, squeeze=False).flat
        for axes, (column, title) in zip(grid, panels):
            for number, cell in enumerate(cells):
                rows_of_cell = select_cell(dated, cell, arm).dropna(subset=[column])
                if not rows_of_cell.empty:
                    colour = style.CATEGORICAL[number]
                    table = curves.band_table(rows_of_cell, column)
                    curves.draw_bands(axes, table, colour, cell_words(cell), ("-", "--", "-.", ":")[number % 4])
            if column in observed and not observed[column].empty:
                curves.draw_observed(axes, observed[column])
            write = style.write_share if column.endswith("share") else style.write_tick
            curves.finish_time_axes(axes, write, title)
            if column.endswith("share"):
                axes.set_ylim(0, 1)
        for axes in grid:
            axes.set_visible(False)
        _shared_legend(figure)
    return figure


def _shared_legend(figure: Figure) -> None:
    """One legend above all panels: each text once, from whichever panel has it."""
    entries: dict[str, object] = {}
    for axes in figure.axes:
        for handle, label in zip(*axes.get_legend_handles_labels()):
            entries.setdefault(label, handle)
    # About 7.6 points a letter and 72 for the sample beside it, on 15 inches.
    fits = 7.6 * sum(map(len, entries)) + 72 * len(entries) < 1060
    columns = max(1, len(entries) if fits else (len(entries) + 1) // 2)
    figure.legend(list(entries.values()), list(entries), loc="outside upper left", ncols=columns, handlelength=3)


def figure_deployment(runs: pd.DataFrame) -> Figure:
    """People deployed, and people usable on a shift, against people authorised: a line for each funding
    level."""
    gated = runs[runs["arm"] == "gated"] if (runs["arm"] == "gated").any() else runs
    wanted = (
        ("deployed_force_mean", "People deployed"),
        ("usable_force_mean", "Usable on a shift (persons)"),
    )
    panels = [(column, title) for column, title in wanted if column in runs.columns]
    if not panels:
        raise InputError("has neither deployed_force_mean nor usable_force_mean", where="runs table")
    with style.figure_style():
        figure = style.new_figure(15, 6.2)
        for axes, (column, title) in zip(figure.subplots(1, len(panels), squeeze=False)[0], panels):
            table = heatmaps.cell_table(gated, column, CELL)
            levels = {f"funding {level_words(gated, f)}": part for f, part in table.groupby("funding_level")}
            line = "all authorised" if column == "deployed_force_mean" else ""
            ceilings.draw_achieved(
                axes, levels, style.CATEGORICAL, style.write_tick, across="authorised_force", diagonal=line
            )
            axes.set_title(f"{title}, mean over the run")
            axes.set_xlabel("Authorised force (people)")
        _shared_legend(figure)
    return figure


def counted_ceilings(runs: pd.DataFrame) -> dict[str, str]:
    """Ceilings whose days the runs have counted, with their columns; older studies do not have that of the airport."""
    columns = {name: f"binding_ceiling_days_{name}" for name in CEILINGS}
    return {name: column for name, column in columns.items() if column in runs.columns}


def figure_ceilings(runs: pd.DataFrame) -> Figure:
    """Share of days on which each of the ceilings was the lowest, by force, one panel a funding level."""
    gated = runs[runs["arm"] == "gated"] if (runs["arm"] == "gated").any() else runs
    columns = counted_ceilings(runs)
    shares = ceilings.ceiling_shares(gated, columns, CELL).reset_index()
    levels = sorted(shares["funding_level"].unique())
    with style.figure_style():
        figure = style.new_figure(15, 5.6)
        panels = figure.subplots(1, len(levels), squeeze=False, sharey=True)[0]
        for axes, level in zip(panels, levels):
            part = shares[shares["funding_level"] == level]
            ticks = [write_force(a) for a in part["authorised_force"]]
            ceilings.draw_ceiling_bars(axes, part[list(columns)], CEILING_COLOURS, CEILING_WORDS, ticks)
            axes.set_title(f"Funding {level_words(gated, level)}".replace(" (", "\n("))
        panels[0].set_ylabel("Share of days")
        figure.supxlabel("Authorised force (people)", fontsize=14)
        _shared_legend(figure)
    return figure


def figure_maps(
    places: pd.DataFrame, geography: maps.Geography, cells: Sequence[Cell], show: str, arm: str = "gated"
) -> Figure:
    """Maps at the start and, for each of `cells`, at the end. `show`: 'influence' (mean) or 'held' (share of
    runs)."""
    if show not in ("influence", "held"):
        raise unknown_name("map", show, ("influence", "held"))
    first = select_cell(places, cells[0], arm)
    panels = [("At the start", first, "start")]
    # Blue would say 'state' of a place that is contested in every run: a share of runs takes the plain ramp.
    colormap = influence_colormap() if show == "influence" else style.amount_colormap()
    panels += [(f"At the end: {cell_words(cell)}", select_cell(places, cell, arm), "end") for cell in cells]
    with style.figure_style():
        figure = style.new_figure(15, 15 / len(panels) * 0.74 + 1.5)
        grid = figure.subplots(1, len(panels), squeeze=False)[0]
        for axes, (title, rows, moment) in zip(grid, panels):
            numbers = rows[f"influence_{moment}"] if show == "influence" else rows[f"label_{moment}"].eq("gang")
            values = maps.mean_by_place(rows["neighbourhood"], numbers)
            collection = maps.draw_map(axes, geography, values, colormap=colormap, captions=len(panels) < 4)
            axes.set_title(title.replace(", f", ",\nf"), fontsize=13)
        words = "Mean gang influence over the runs" if show == "influence" else "Share of runs in which it is gang-held"
        bar = figure.colorbar(collection, ax=list(grid), location="bottom", shrink=0.5, aspect=38, pad=0.03)
        bar.set_label(words)
        bar.set_ticks([0, 0.25, 0.5, 0.75, 1], labels=["0 %", "25 %", "50 %", "75 %", "100 %"])
        bar.outline.set_visible(False)
    return figure
