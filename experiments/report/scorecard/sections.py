"""The sections of a scorecard: the picture, what is missed, what is held, each series, how to read it, where it is from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from experiments.analysis.scorecard.table import Scorecard
from experiments.report import common
from experiments.report.html import Gallery, Page, Section, heading
from experiments.report.scorecard import figure, words


def sections(found: Scorecard, gallery: Gallery) -> list[Section]:
    """What a scorecard shows, and its picture put into the gallery."""
    gallery.add(figure.NAME, figure.alternative(found), figure.figure_scorecard(found))
    caption = figure.caption(found)
    made = [Section("figures", "scorecard_picture.html", {"name": figure.NAME, "caption": caption})]
    for name, table in (("missed", found.misses), ("held", found.held)):
        if len(table):
            data = {"rows": (words.HEADER, words.rows(table)), "label": f"figures that the band {name}"}
            made.append(Section(name, "scorecard_rows.html", data))
    summary = {"rows": (words.SUMMARY, words.summary_rows(found)), "label": "series"}
    made.append(Section("series", "scorecard_rows.html", summary))
    about = found.family.presentation.about
    reading = {"about": about, "factors": "", "limits": common.limits(found.card), "terms": words.reading(found)}
    made.append(Section("reading", "reading.html", reading))
    header = ("series", "read from", "sources", "notes")
    data = {"rows": (header, words.notes(found)), "label": "where figures come from"}
    made.append(Section("sources", "scorecard_notes.html", data))
    return made


def folder_page(found: Scorecard, card: Mapping[str, Any], language: str = "en") -> Page:
    """The report of a scorecard of a study that has run. `language`: of its headings."""
    gallery = Gallery()
    made = sections(found, gallery)
    spread = common.spread_words(found.card)
    made.append(common.caveats_section(found.family, found.study.runs, spread))
    made.append(common.provenance_section(card, found.family))
    title = heading(language, "scorecard", title=str(found.card.get("title") or found.card.get("study")))
    return Page(title, words.scope(found), words.finding(found), made, gallery, language=language)
