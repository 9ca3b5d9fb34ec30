"""The report of a comparison: one HTML file that opens offline, and its figures as pictures and its tables as CSV beside it."""

from __future__ import annotations

import math
from pathlib import Path

from experiments.analysis.compared import Compared
from experiments.analysis.numbers import write_difference
from experiments.report import comparison_figures as figures
from experiments.report import comparison_rows as rows
from experiments.report import comparison_words as words
from experiments.report.force_funding import provenance_rows, render
from experiments.report.page import write_whole
from simulation.visualization import style

DOTS = 140  # an inch: 2,240 across
NOT_SHOWN = ("scenarios",)  # parts of the card that have a section of their own
NAMED = 3  # outcomes that the finding tells


def write_page(folder: Path, found: Compared) -> Path:
    """report.html, a PNG a figure and a CSV file a table into a folder."""
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
    for name, table in {"runs": found.runs, **found.tables}.items():
        if len(table):
            write_whole(folder / f"{name}.csv", table.to_csv(index=False, lineterminator="\n").encode())
    out = folder / "report.html"
    write_whole(out, page_html(found, pictures).encode())
    return out


def _figures(found: Compared) -> dict:
    """Name -> figure and its text for those who do not see it."""
    made = {}
    if found.others:
        made["forest"] = (figures.figure_forest(found), figures.alternative(found))
        if len(found.tables["decomposition"]):
            told = "Bars: parts of the change. The table below has the numbers."
            made["parts"] = (figures.figure_parts(found), told)
    names, columns = ", ".join(found.names), figures.pictured(found)
    if columns and len(found.names) <= figures.OVERLAID:
        text = f"Main outcomes over time with bands over seeds: {names}."
        made["bands"] = (figures.figure_bands(found, columns), text)
    else:
        for column in columns:
            text = f"{found.family.daily[column].title} over time with bands over seeds, a panel a side: {names}."
            made[f"bands-{column}"] = (figures.figure_band_grid(found, column), text)
    return made


def page_html(found: Compared, pictures: dict[str, dict[str, str]]) -> str:
    """The report as one page that loads nothing from anywhere else."""
    card, shown = found.card, found.family.presentation
    directed = [item for item in found.outcomes if item.direction]
    told = found.family.price
    return render(
        "compare.html",
        title=f"Comparison: {', '.join(found.names)}",
        size=_size(found),
        finding=_finding(found),
        sides=[(name, *found.about.get(name, ("", ""))) for name in found.names],
        reference=found.reference,
        summary=words.summary_rows(found),
        notes=words.notes(found),
        bands=[name for name in pictures if name.startswith("bands")],
        pictures=pictures,
        prices=rows.price_rows(found),
        price_caution=told.caution if told else "",
        parts_sentences=words.decomposition_sentences(found),
        parts_caution=found.family.product.caution if found.family.product else "",
        parts=rows.decomposition_rows(found),
        chances=[(item.title, rows.chance_rows(found, item)) for item in directed],
        ranks=rows.rank_rows(found),
        precision=rows.precision_rows(found),
        setup=rows.setup_rows(found),
        failures=found.failures,
        caveats=[*shown.caveats, *filter(None, [shown.beyond(found.runs)])],
        command=card.get("command", ""),
        provenance=provenance_rows({name: value for name, value in card.items() if name not in NOT_SHOWN}),
        citation=_citation(found),
    )


def _size(found: Compared) -> str:
    card = found.card
    text = f"{card['replicates']} runs of each side, {card['days']} days from {card['start']}. "
    text += "Run number k has the same luck on every side, so differences are taken run by run."
    if (card.get("weight") or 1) > 1:
        text += f" Each simulated household stands for {card['weight']} households."
    if card["finished_runs"] < card["planned_runs"]:
        text += f" Only {card['finished_runs']} of {card['planned_runs']} planned runs finished."
    return text


def _finding(found: Compared) -> list[str]:
    """A paragraph a side: the outcomes whose better side nobody disputes, a change in its parts, a gain with its price."""
    if not found.others:
        return words.notes(found)
    directed = [item for item in found.outcomes if item.direction][:NAMED] or found.outcomes[:NAMED]
    prices = {row["side"]: row for row in found.tables["prices"].to_dict("records")}
    product, told = found.family.product, found.family.price
    paragraphs = []
    for name in found.others:
        gaps = []
        for item in directed:
            text = f"{item.title.lower()} {words.gap(found.difference(item.name, name), item.format)}"
            if product and item.name == product.outcome and len(found.tables["decomposition"]):
                parts = found.parts(name)
                split = [
                    f"{part.short} {write_difference(parts[part.name]['mean'], 'count')}" for part in product.parts
                ]
                text += f" ({', '.join(split)})"
            gaps.append(text)
        row = prices.get(name)
        if row and math.isfinite(row["price_high"]):
            gaps[-1] += f", at {words.price(row)} {told.cost_title} and {words.harm(row)} {told.harm_title}"
        paragraphs.append(f"{name} against {found.reference}: {'; '.join(gaps)}.")
    return paragraphs


def _citation(found: Compared) -> str:
    card = found.card
    version, commit = card["versions"].get("katye", "unknown"), card["commit"] or "unknown"
    return (
        "Katye contributors. Katye, an open agent-based simulation of Port-au-Prince, "
        f"version {version}, commit {commit}. Comparison '{card.get('command') or ', '.join(found.names)}'."
    )
