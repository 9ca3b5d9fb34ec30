"""The report of a comparison: one HTML file that opens offline, and its figures as pictures beside it."""

from __future__ import annotations

import math
from pathlib import Path

from experiments.analysis.outcomes import PICTURED, SERIES, write_difference
from experiments.report import comparison_figures as figures
from experiments.report import comparison_rows as rows
from experiments.report.comparison_words import Comparison
from experiments.report.force_funding import EXTRAPOLATION, provenance_rows, render
from experiments.report.page import write_whole
from simulation.visualization import style

DOTS = 140  # an inch: 2,240 across
NOT_SHOWN = ("titles", "questions", "changes")  # parts of the card that have a section of their own
PART_WORDS = (("fewer_residents", "flight"), ("consolidation", "consolidation"), ("force", "influence and harm"))
HEADLINES = ("residents_killed", "displaced_people", "people_outside_gang_control_mean")


def write_page(folder: Path) -> Path:
    """report.html and a PNG a figure into the folder of a comparison; InputError if it holds no finished run."""
    found = Comparison.read(folder)
    made = _figures(found)
    pictures = {}
    for name, (figure, alternative) in made.items():
        png = style.figure_png(figure, DOTS)
        write_whole(folder / f"{name}.png", png)
        if name.startswith("bands"):  # thousands of points: as SVG several times the size
            source = style.data_uri(png, "image/png")
        else:
            figure.set_layout_engine("none")  # the layout found for the first picture holds for the second
            source = style.data_uri(style.figure_svg(figure))
        pictures[name] = {"source": source, "alternative": alternative}
    out = folder / "report.html"
    write_whole(out, page_html(found, pictures).encode())
    return out


def _figures(found: Comparison) -> dict:
    """Name -> figure and its text for those who do not see it."""
    made = {}
    if found.others:
        made["forest"] = (figures.figure_forest(found), figures.alternative(found))
        words = "Bars: parts of the change in residents killed. The table below has the numbers."
        made["parts"] = (figures.figure_parts(found), words)
    names = ", ".join(found.names)
    if len(found.names) <= figures.OVERLAID:
        made["bands"] = (figures.figure_bands(found), f"Main outcomes over time with bands over seeds: {names}.")
    else:
        for column in PICTURED:
            words = f"{SERIES[column][0]} over time with bands over seeds, a panel a scenario: {names}."
            made[f"bands-{column}"] = (figures.figure_band_grid(found, column), words)
    return made


def page_html(found: Comparison, pictures: dict[str, dict[str, str]]) -> str:
    """The report as one page that loads nothing from anywhere else."""
    card = found.card
    directed = [item for item in found.outcomes if item.direction]
    return render(
        "compare.html",
        title=f"Comparison: {', '.join(found.names)}",
        size=_size(found),
        finding=_finding(found),
        scenarios=[(name, card["titles"][name], card["questions"][name]) for name in found.names],
        reference=found.reference,
        summary=found.summary_rows(),
        notes=found.notes(),
        bands=[name for name in pictures if name.startswith("bands")],
        pictures=pictures,
        protection=rows.protection_rows(found),
        parts_sentences=found.decomposition_sentences(),
        parts=rows.decomposition_rows(found),
        chances=[(item.title, rows.chance_rows(found, item)) for item in directed],
        ranks=rows.rank_rows(found),
        precision=rows.precision_rows(found),
        setup=rows.setup_rows(found),
        failures=found.failures,
        beyond=float(found.daily.deployed_force.max()) > EXTRAPOLATION,
        command=card["command"],
        provenance=provenance_rows({name: value for name, value in card.items() if name not in NOT_SHOWN}),
        citation=_citation(found),
    )


def _size(found: Comparison) -> str:
    card = found.card
    text = f"{card['replicates']} runs of each scenario, {card['days']} days from {card['start']}. "
    text += "Run number k has the same luck in every scenario, so differences are taken run by run."
    if card["weight"] > 1:
        text += f" Each simulated household stands for {card['weight']} households."
    if card["finished_runs"] < card["planned_runs"]:
        text += f" Only {card['finished_runs']} of {card['planned_runs']} planned runs finished."
    return text


def _finding(found: Comparison) -> list[str]:
    """A paragraph a scenario: the outcomes whose better side nobody disputes, deaths in parts, protection with its price."""
    if not found.others:
        return found.notes()
    outcomes = {item.name: item for item in found.outcomes}
    protection = {row["scenario"]: row for row in found.tables["protection"].to_dict("records")}
    paragraphs = []
    for name in found.others:
        gaps = []
        for item in HEADLINES:
            gaps.append(
                f"{outcomes[item].title.lower()} {found.gap(found.difference(item, name), outcomes[item].kind)}"
            )
        parts, row = found.parts(name), protection[name]
        split = [f"{word} {write_difference(parts[part]['mean'], 'people')}" for part, word in PART_WORDS]
        gaps[0] += f" ({', '.join(split)})"
        if math.isfinite(row["cost_per_person_year_high"]):
            gaps[-1] += (
                f", at {found.price(row)} for a person and year and {found.harm(row)} residents killed in operations"
            )
            gaps[-1] += " per 1,000 person-days"
        paragraphs.append(f"{name} against {found.reference}: {'; '.join(gaps)}.")
    return paragraphs


def _citation(found: Comparison) -> str:
    card = found.card
    version, commit = card["versions"].get("katye", "unknown"), card["commit"] or "unknown"
    return (
        "Katye contributors. Katye, an open agent-based simulation of Port-au-Prince, "
        f"version {version}, commit {commit}. Comparison '{card['command']}'."
    )
