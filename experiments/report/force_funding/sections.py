"""The sections of a study of force and money: people first, then territory, then what was promised and who was there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from experiments.report.force_funding import figures
from experiments.report.force_funding import finding as told
from experiments.report.html import Gallery, Section
from experiments.report.study_tables import StudyTables
from simulation.visualization import spread, style

if TYPE_CHECKING:
    from experiments.report.study import StudyPage

DEATHS = ("residents_killed_total", "gang_members_killed_total", "security_forces_killed_total")


def sections(found: StudyPage) -> list[Section]:
    """Heat maps over force and money, curves of contrasting cells, who was there, maps, and the table of all cells."""
    tables = found.tables
    _draw(tables, found.gallery)
    runs = fewest_runs(tables)
    spreads = {"bands": spread.bands_words(runs), "ends": spread.ends_words(runs)}
    made = [
        Section("cells-read", "reading.html", _reading(found)),
        Section("people", "force_funding_people.html"),
        Section("territory", "force_funding_territory.html"),
        Section("deaths", "force_funding_deaths.html"),
        Section("time", "force_funding_curves.html", spreads),
        Section("deployment", "force_funding_deployment.html", spreads),
    ]
    if tables.places is not None and tables.geography is not None:
        made.append(Section("maps", "force_funding_maps.html"))
    return [*made, Section("cells", "force_funding_cells.html", {"cells": _cell_rows(tables.runs)})]


def finding(found: StudyPage) -> list[str]:
    """What the study found, in paragraphs."""
    return told.finding(found.tables)


def brief(found: StudyPage) -> tuple[list[dict[str, tuple[str, str]]], str]:
    """Contrasting cells side by side, and what their small figures are."""
    note = f"Large: mean over seeds; small: {spread.ends_words(fewest_runs(found.tables))}."
    return told.brief_rows(found.tables), note


def fewest_runs(tables: StudyTables) -> int:
    """Runs of the cell that has fewest."""
    return int(tables.runs.groupby(["arm", "authorised_force", "funding_level"]).size().min())


def _reading(found: StudyPage) -> dict[str, Any]:
    """Size of the study, and the words of its axes."""
    tables = found.tables
    runs = tables.runs
    counts = runs[runs["arm"] == tables.main_arm].groupby(["authorised_force", "funding_level"]).size()
    each = f"{counts.min()}" if counts.min() == counts.max() else f"{counts.min()} to {counts.max()}"
    terms = [
        (
            "Authorised force",
            "The number of people that the mandate allows. It is a promise: how many come is an outcome.",
        ),
        (
            "Funding",
            "Money received a year, as a share of what the authorised force needs. The same level is more money for a larger "
            "force: dollars a year stand beside it.",
        ),
        (
            "Gang-held, contested, state",
            "Classes of gang influence over a neighbourhood. Published shares of 80–85\u00a0% mean “controlled or "
            "under influence”: they compare with gang-held and contested together.",
        ),
    ]
    if {"gated", "forced"} <= set(runs["arm"]):
        words = (
            "In the gated arm people arrive only as contributors, beds and cash allow. In the forced companion "
            "everyone authorised is there at once. Comparing the two separates the size of a force from the ability to "
            "field it."
        )
        terms.insert(2, ("Gated and forced", words))
    if counts.max() == 1:
        terms.append(
            (
                "One run a cell",
                "This study has one run a cell, so it shows no spread: take no difference as established.",
            )
        )
    size = f"{runs['run'].nunique()} runs in all, {len(counts)} cells of force and money with {each} runs each"
    if runs["run"].duplicated().any():
        words = (
            "Cells that differ only in what changes nothing there, as the level of money for a force of nobody, are the same "
            "run: it was run once, its value stands once, and the other cells say so."
        )
        terms.append(("Same runs", words))
    return {"about": f"There are {size}.", "factors": "", "limits": [], "terms": terms}


def _draw(tables: StudyTables, gallery: Gallery) -> None:
    """Every figure that the tables allow."""
    runs, arm = tables.runs, tables.main_arm
    cells = figures.contrasting_cells(tables.arm(arm))
    for outcome in ("displaced_people_end", "gang_control_population_share_end", *DEATHS):
        if outcome in runs.columns:
            gallery.add(outcome, _heat_alternative(runs, outcome), figures.figure_heat_pair(runs, outcome))
    words = "; ".join(map(figures.cell_words, cells))
    if tables.curves is not None and not tables.curves.empty:
        text = f"Curves over time with bands over seeds: {words}. The table of all cells has the numbers."
        gallery.add("curves", text, figures.figure_curves(tables.curves, cells, tables.observed, arm))
    if "deployed_force_mean" in runs.columns:
        text = "People deployed and usable on a shift against people authorised, a line for each funding level."
        gallery.add("deployment", text, figures.figure_deployment(runs))
    if figures.counted_ceilings(runs):
        text = "Bars: share of days on which authorisation, contributors, beds, cash or the way in was lowest."
        gallery.add("ceilings", text, figures.figure_ceilings(runs))
    if tables.places is not None and tables.geography is not None and not tables.places.empty:
        pair = list(dict.fromkeys([cells[0], cells[-1]]))
        for show, what in (("influence", "mean gang influence"), ("held", "share of runs that is gang-held")):
            text = f"Maps of {what} by neighbourhood at the start, and at the end for {words_of(pair)}."
            gallery.add(
                f"maps_{show}", text, figures.figure_maps(tables.places, tables.geography, pair, show, arm), dense=True
            )


def words_of(cells: list) -> str:
    """Cells in words, joined by 'and'."""
    return " and ".join(map(figures.cell_words, cells))


def _heat_alternative(runs: pd.DataFrame, outcome: str) -> str:
    """What a sighted reader takes from the heat map first: where the lowest and the highest cell are."""
    about = figures.OUTCOMES[outcome]
    means = runs.groupby(["arm", "authorised_force", "funding_level"])[outcome].mean()
    if means.dropna().empty:
        return f"Heat map of {about.title.lower()}: no values."

    def place(key: tuple) -> str:
        return f"{about.write(float(means[key]))} at {figures.cell_words(key[1:])} ({key[0]})"

    ends = f"Lowest mean {place(means.idxmin())}; highest {place(means.idxmax())}."
    return f"Heat map: {about.title.lower()}. {ends}"


def _cell_rows(runs: pd.DataFrame) -> dict[str, object]:
    """Header and rows of the table of all cells: a row a set of runs, 'mean / sd / standard error' for each outcome."""
    long = told.cells_frame(runs)
    if long.empty:
        return {"outcomes": [], "rows": []}
    shown = [o for o in told.CELL_OUTCOMES if (long["outcome"] == o).any()]
    cells, money = ["arm", "authorised_force", "funding_level"], figures.money_of(runs)
    own = runs.groupby(cells)["run"].apply(lambda numbers: tuple(sorted(numbers)))
    rows: dict[tuple[str, tuple[int, ...]], dict[str, Any]] = {}
    for (arm, force, funding), cell in long.groupby(cells, sort=True):
        level = figures.write_funding(funding) + money.get((int(force), float(funding)), "")
        by_outcome = cell.set_index("outcome")
        row = {
            "arm": arm,
            "force": figures.write_force(force),
            "levels": [],
            "runs": int(cell["runs"].max()),
            "values": [_three(by_outcome.loc[o], figures.OUTCOMES[o]) for o in shown],
        }
        rows.setdefault((arm, own[arm, force, funding]), row)["levels"].append(level)
    found = sorted(rows.values(), key=lambda row: row["arm"] != "gated")
    for row in found:
        row["funding"] = ", ".join(row["levels"]) + ": same runs" * (len(row["levels"]) > 1)
    return {"outcomes": [figures.OUTCOMES[o].title for o in shown], "rows": found}


def _three(cell: pd.Series, about: figures.Outcome) -> tuple[str, str, str]:
    def write(value: float) -> str:
        if pd.isna(value):
            return "–"
        return f"{100 * value:.1f}" if about.write is style.write_share else f"{value:,.0f}"

    mark = " %" if about.write is style.write_share else ""
    return f"{write(cell['mean'])}{mark}", write(cell["sd"]), write(cell["standard_error"])
