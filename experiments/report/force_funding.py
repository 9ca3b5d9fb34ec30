"""The report of a force x funding study: one HTML file that opens offline, made from the study's tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pandas as pd

from experiments.report import finding
from experiments.report import force_funding_figures as figures
from experiments.report.page import write_whole
from experiments.report.study_tables import StudyTables, read_study_tables
from models.haiti.looks import PLAYER
from simulation.errors import InputError
from simulation.visualization import style
from simulation.visualization.player import CONDITIONAL, player_data, player_fragment

TEMPLATES = Path(__file__).with_name("templates")
EXTRAPOLATION = 1000  # people: the mission of 2024-25 never had more than about this number in the country
DEATHS = ("residents_killed", "gang_members_killed", "security_forces_killed")


def write_report(source: Path | StudyTables, out: Path, data: Path | None = None) -> Path:
    """Writes the report of `source` (a study's folder, or its tables) to the file `out` and returns its path.

    A folder whose study varies anything else gets the general report. `data` is the model's data folder (the shipped one if
    None), which gives the map and the published figures
    when `source` is a folder. The file appears whole or not at all. Raises InputError if `source` holds no runs or `out` cannot
    be written.
    """
    if isinstance(source, StudyTables):
        return _written(Path(out), report_html(source))
    from experiments.report.study import general_html, is_general, read_general
    from models.haiti.world.city import DATA

    data = DATA if data is None else data
    tables = read_study_tables(Path(source), data)
    if is_general(tables.card):
        return _written(Path(out), general_html(read_general(Path(source), data)))
    return _written(Path(out), report_html(tables))


def report_html(tables: StudyTables) -> str:
    """The report as one page of HTML: no part of it is loaded from anywhere else."""
    runs = tables.runs
    return render(
        "report.html",
        title=str(tables.card.get("title") or "Force size and funding in Port-au-Prince"),
        question=str(tables.card.get("question") or ""),
        finding=finding.finding(tables),
        brief=finding.brief_rows(tables),
        design=_design(tables),
        pictures=_pictures(tables),
        player=player(tables),
        replay_title=tables.replay.title if tables.replay else "",
        cells=_cell_rows(runs),
        assumptions=assumption_rows(tables.assumptions),
        provenance=provenance_rows(tables.card),
        citation=citation(tables.card),
        limits=limits(tables.card),
        last90=any(name.endswith("_last90") for name in runs.columns),
        beyond=int(runs["authorised_force"].max()) > EXTRAPOLATION,
        forced={"gated", "forced"} <= set(runs["arm"]),
    )


def render(template: str, **values: object) -> str:
    """A page from a file in `templates`, with the look of all reports and the sentence that no report goes without."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    look = (TEMPLATES / "report.css").read_text(encoding="utf-8")
    return environment.get_template(template).render(look=look, conditional=CONDITIONAL, **values)


def _written(out: Path, text: str) -> Path:
    """The page in a file, in a folder that is made for it if it is not there."""
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"the report cannot be written ({error.strerror})", str(out)) from None
    write_whole(out, text.encode())
    return out


def _design(tables: StudyTables) -> dict[str, object]:
    """Size of the study in words the reader meets in 'how to read this'."""
    runs = tables.runs
    counts = runs[runs["arm"] == tables.main_arm].groupby(["authorised_force", "funding_level"]).size()
    dates = pd.to_datetime(tables.curves["date"]) if tables.curves is not None and len(tables.curves) else None
    return {
        "runs": len(runs),
        "cells": len(counts),
        "replicates": f"{counts.min()}" if counts.min() == counts.max() else f"{counts.min()} to {counts.max()}",
        "one": counts.max() == 1,
        "start": _written_date(dates.min()) if dates is not None else "",
        "end": _written_date(dates.max()) if dates is not None else "",
    }


def limits(card: Mapping[str, object]) -> list[str]:
    """What makes this study smaller than planned or coarser than the model allows, from its card."""
    limits = []
    if card.get("quick"):
        limits.append("This is the quick size of the study: shorter, coarser and with fewer runs than the full one.")
    weight = card.get("weight")
    if isinstance(weight, int) and weight > 1:
        limits.append(f"Each simulated household stands for {weight} households.")
    planned, finished = card.get("planned_runs"), card.get("finished_runs")
    if planned is not None and finished is not None and finished < planned:
        limits.append(f"Only {finished} of {planned} planned runs finished: cells may differ in the seeds they had.")
    return limits


def _written_date(moment: pd.Timestamp) -> str:
    return f"{moment.day} {moment:%B %Y}"


def _pictures(tables: StudyTables) -> dict[str, dict[str, str]]:
    """Name -> source (data URI) and alternative text of every figure the tables allow."""
    runs = tables.runs
    arm = tables.main_arm
    cells = figures.contrasting_cells(tables.arm(arm))
    pictures: dict[str, dict[str, str]] = {}

    def add(name: str, alternative: str, make: Callable, kind: str = "svg") -> None:
        figure = make()
        if kind == "svg":
            source = style.data_uri(style.figure_svg(figure))
        else:  # a map as SVG is several times the size
            source = style.data_uri(style.figure_png(figure, 170), "image/png")
        pictures[name] = {"source": source, "alternative": alternative}

    for outcome in ("displaced_people", "gang_control_population_share", *DEATHS):
        if figures.outcome_column(runs, outcome) in runs.columns:
            add(outcome, _heat_alternative(runs, outcome), lambda o=outcome: figures.figure_heat_pair(runs, o))
    words = "; ".join(map(figures.cell_words, cells))
    if tables.curves is not None and not tables.curves.empty:
        alternative = f"Curves over time with bands over seeds: {words}. The table of all cells has the numbers."
        add("curves", alternative, lambda: figures.figure_curves(tables.curves, cells, tables.observed, arm))
    if "deployed_force_mean" in runs.columns:
        alternative = "People deployed and usable on a shift against people authorised, a line for each funding level."
        add("deployment", alternative, lambda: figures.figure_deployment(runs))
    if all(f"binding_ceiling_days_{name}" in runs.columns for name in figures.CEILINGS):
        alternative = "Bars: share of days on which authorisation, contributors, beds or cash was lowest."
        add("ceilings", alternative, lambda: figures.figure_ceilings(runs))
    if tables.places is not None and tables.geography is not None and not tables.places.empty:
        pair = list(dict.fromkeys([cells[0], cells[-1]]))
        for show, what in (("influence", "mean gang influence"), ("held", "share of runs that is gang-held")):
            alternative = f"Maps of {what} by neighbourhood at the start, and at the end for {words_of(pair)}."
            make = lambda s=show: figures.figure_maps(tables.places, tables.geography, pair, s, arm)  # noqa: E731
            add(f"maps_{show}", alternative, make, "png")
    return pictures


def words_of(cells: list) -> str:
    """Cells in words, joined by 'and'."""
    return " and ".join(map(figures.cell_words, cells))


def _heat_alternative(runs: pd.DataFrame, outcome: str) -> str:
    """What a sighted reader takes from the heat map first: where the lowest and the highest cell are."""
    about = figures.OUTCOMES[outcome]
    means = runs.groupby(["arm", "authorised_force", "funding_level"])[figures.outcome_column(runs, outcome)].mean()
    if means.dropna().empty:
        return f"Heat map of {about.title.lower()}: no values."

    def place(key: tuple) -> str:
        return f"{about.write(float(means[key]))} at {figures.cell_words(key[1:])} ({key[0]})"

    ends = f"Lowest mean {place(means.idxmin())}; highest {place(means.idxmax())}."
    return f"Heat map: {about.title.lower()}. {ends}"


def player(tables: StudyTables) -> str:
    """The run kept in full as a part of a page that plays it; nothing without run or map."""
    if tables.replay is None or tables.geography is None:
        return ""
    replay = tables.replay
    data = player_data(replay.daily, replay.neighbourhoods, replay.events, tables.geography, PLAYER, title=replay.title)
    return player_fragment(data)


def _cell_rows(runs: pd.DataFrame) -> dict[str, object]:
    """Header and rows of the table of all cells: a row a cell, 'mean / sd / standard error' for each
    outcome."""
    long = finding.cells_frame(runs)
    if long.empty:
        return {"outcomes": [], "rows": []}
    shown = [o for o in finding.CELL_OUTCOMES if (long["outcome"] == o).any()]
    rows = []
    for (arm, force, funding), cell in long.groupby(["arm", "authorised_force", "funding_level"], sort=True):
        by_outcome = cell.set_index("outcome")
        rows.append(
            {
                "arm": arm,
                "force": figures.write_force(force),
                "funding": figures.write_funding(funding),
                "runs": int(cell["runs"].max()),
                "values": [_three(by_outcome.loc[o], figures.OUTCOMES[o]) for o in shown],
            }
        )
    rows.sort(key=lambda row: row["arm"] != "gated")
    return {"outcomes": [figures.OUTCOMES[o].title for o in shown], "rows": rows}


def _three(cell: pd.Series, about: figures.Outcome) -> tuple[str, str, str]:
    def write(value: float) -> str:
        if pd.isna(value):
            return "–"
        return f"{100 * value:.1f}" if about.write is style.write_share else f"{value:,.0f}"

    mark = " %" if about.write is style.write_share else ""
    return f"{write(cell['mean'])}{mark}", write(cell["sd"]), write(cell["standard_error"])


def assumption_rows(assumptions: pd.DataFrame | None) -> list[dict[str, str]]:
    """The assumptions as text, a row a parameter."""
    if assumptions is None:
        return []
    names = ("name", "value", "unit", "low", "high", "status", "source")
    table = assumptions.reindex(columns=list(names))
    table["value"] = [_number(value) for value in table["value"]]
    return [{name: _plain(value) for name, value in zip(names, row)} for row in table.itertuples(index=False)]


def _plain(value: object) -> str:
    if value is None or (isinstance(value, float) and pd.isna(value)):
        return ""
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
    return str(value)


def _number(value: object) -> object:
    """A stored value as a number where it is one."""
    try:
        return float(value)
    except (TypeError, ValueError):
        return value


def provenance_rows(card: Mapping[str, object]) -> list[tuple[str, list[str]]]:
    """The card as rows (name, lines); a nested table becomes one line an entry."""
    rows = []
    for name, value in card.items():
        if isinstance(value, Mapping):
            lines = [f"{key}: {_plain(entry)}" for key, entry in value.items()]
        elif isinstance(value, (list, tuple)):
            lines = [_plain(entry) for entry in value]
        else:
            lines = [_plain(value)]
        rows.append((str(name).replace("_", " "), lines or ["none"]))
    return rows


def citation(card: Mapping[str, object]) -> str:
    """How to cite a study, with version, commit and entropy."""
    versions = card.get("versions")
    version = card.get("version") or (versions.get("katye") if isinstance(versions, Mapping) else "") or "unknown"
    commit = str(card.get("commit") or "unknown")  # in full: its end says whether files were modified
    study, entropy = card.get("study", "force-funding"), card.get("entropy", "unknown")
    return (
        "Katye contributors. Katye, an open agent-based simulation of Port-au-Prince, "
        f"version {version}, commit {commit}. Study '{study}', entropy {entropy}."
    )
