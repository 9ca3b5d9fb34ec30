"""The sections of a comparison: differences, what they cost, where they come from, how sure they are, and what differs."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from experiments.analysis.compared import Compared
from experiments.analysis.numbers import write_difference
from experiments.report import common, player
from experiments.report.comparison import figures, rows, words
from experiments.report.html import Gallery, Page, Section, heading
from simulation.files.atomic import write_whole
from simulation.files.spreadsheets import csv_text
from simulation.visualization import spread

NAMED = 3  # outcomes that the finding tells


def comparison_sections(found: Compared, gallery: Gallery) -> list[Section]:
    """What a comparison shows, and its pictures put into the gallery."""
    events = found.events()
    bands = _draw(found, gallery, events)
    directed = [item for item in found.outcomes if item.direction]
    told, product = found.family.price, found.family.product
    about = [(name, *found.about.get(name, ("", ""))) for name in found.names]
    sections = [
        _section("sides", sides=about, why=words.why(found)),
        _section(
            "differences",
            {"reference": found.reference},
            summary=words.summary_rows(found),
            notes=words.notes(found),
        ),
    ]
    if bands:
        drawn = {"words": spread.bands_words(int(found.runs.groupby("side").size().min())), "bands": bands}
        sections.append(_section("bands", events=common.event_words(events), **drawn))
    if len(found.tables["prices"]):
        sections.append(_section("price", caution=told.caution, rows=rows.price_rows(found)))
    if len(found.tables["decomposition"]):
        told = {"caution": product.caution, "sentences": words.decomposition_sentences(found)}
        sections.append(_section("parts", rows=rows.decomposition_rows(found), **told))
    if directed and found.others:
        chances = [(item.title, rows.chance_rows(found, item)) for item in directed]
        sections.append(_section("chances", chances=chances))
        sections.append(_section("ranks", rows=rows.rank_rows(found)))
    if found.others:
        sections.append(_section("precision", rows=rows.precision_rows(found)))
    setup = rows.setup_rows(found)
    if setup[1]:
        sections.append(_section("setup", rows=setup))
    return sections


def _section(name: str, slots: Mapping[str, str] | None = None, **data: Any) -> Section:
    return Section(name, f"{name}.html", data, slots=slots or {})


def _draw(found: Compared, gallery: Gallery, events: list[tuple[str, str]]) -> list[str]:
    """All pictures of a comparison; returns the names of those over time."""
    if found.others:
        gallery.add("forest", figures.alternative(found), figures.figure_forest(found))
        if len(found.tables["decomposition"]):
            told = "Bars: parts of the change. The table below has the numbers."
            gallery.add("parts", told, figures.figure_parts(found))
    names, columns = ", ".join(found.names), figures.pictured(found)
    if columns and len(found.names) <= figures.OVERLAID:
        text = f"Main outcomes over time with bands over seeds: {names}."
        gallery.add("bands", text, figures.figure_bands(found, columns, events), dense=True)
        return ["bands"]
    for column in columns:
        text = f"{found.family.curve_columns[column].title} over time with bands over seeds, a panel a side: {names}."
        gallery.add(f"bands-{column}", text, figures.figure_band_grid(found, column, events), dense=True)
    return [f"bands-{column}" for column in columns]


def comparison_finding(found: Compared) -> list[str]:
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


def folders_page(found: Compared, card: dict[str, Any], language: str = "en") -> Page:
    """The report of a comparison of folders that are finished. `language`: of headings and outcomes."""
    found = dataclasses.replace(found, family=found.family.speaking(language))
    gallery = Gallery()
    sections = comparison_sections(found, gallery)
    shown = player.folders_section(found, card["folders"], language)
    sections += [shown] if shown else []
    sections.append(common.caveats_section(found.family, found.runs, common.CHANCE))
    sections.append(common.provenance_section(card, found.family))
    title = heading(language, "comparison", sides=", ".join(found.names))
    return Page(title, size(found), comparison_finding(found), sections, gallery, language=language)


def size(found: Compared) -> str:
    """How many runs of how many days, in a sentence."""
    card = found.card
    text = f"{card['replicates']} runs of each side, {card['days']} days from {card['start']}. "
    text += "Run number k has the same luck on every side, so differences are taken run by run."
    if (card.get("weight") or 1) > 1:
        text += f" Each simulated household stands for {card['weight']} households."
    if card["finished_runs"] < card["planned_runs"]:
        text += f" Only {card['finished_runs']} of {card['planned_runs']} planned runs finished."
    return text


def write_tables(found: Compared, folder: Path) -> None:
    """Every table of a comparison as CSV."""
    for name, table in {"runs": found.runs, **found.tables}.items():
        if len(table):
            write_whole(folder / f"{name}.csv", csv_text(table).encode())
