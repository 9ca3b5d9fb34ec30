"""The report of a study: its sections follow from what was varied and what it is for.

A comparison shows its sides, a factorial the effects of its levels, a sample how outcomes spread over its points; a study
may name further sections. One HTML file that opens offline, made from what the study left in its folder.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from experiments.analysis.compared import Compared, compared_study
from experiments.analysis.interactions import Effects, pairwise
from experiments.analysis.main_effects import Factor, effects, factors_of
from experiments.analysis.rank_correlation import Spread, spreads
from experiments.analysis.scorecard.table import Scorecard
from experiments.analysis.sensitivity import block_size
from experiments.analysis.study_results import StudyResults
from experiments.report import common, effects_sections, player
from experiments.report import study_words as words
from experiments.report.comparison import sections as comparison
from experiments.report.force_funding import sections as force_funding
from experiments.report.html import Gallery, Page, Section
from experiments.report.scorecard import sections as scorecard
from experiments.report.scorecard import words as scorecard_words
from experiments.report.study_tables import StudyTables, read_study_tables
from experiments.study.ready_made import COMPARISON, SCORECARD
from simulation.port.outcomes import Outcome
from simulation.runs.results import Results

TITLED = 5  # factors whose levels a title can hold
INDICES = "sensitivity.csv"
ANALYSES = ("sensitivity*.png", "variance.png", "discovery-*.png", "frontier-*.png")
NAMED: dict[str, Callable[..., list[Section]]] = {
    "force-funding": force_funding.sections,
}
"""Sections that a study may ask for, by name."""
FINDINGS: dict[str, Callable[..., list[str]]] = {"force-funding": force_funding.finding}
BRIEFS: dict[str, Callable[..., Any]] = {"force-funding": force_funding.brief}


@dataclass(frozen=True)
class StudyPage:
    """A study as its report needs it. `effects` of a factorial, `spreads` over the points of any other design, by outcome.

    `indices`: what `katye sensitivity` has written (`analysis.sensitivity.index_table`); None if it has not been asked.
    `pairwise`: every two levels of a factorial, and their interactions.
    """

    results: StudyResults
    tables: StudyTables
    factors: list[Factor]
    outcomes: list[Outcome]
    effects: dict[str, pd.DataFrame]
    spreads: list[Spread]
    indices: pd.DataFrame | None = None
    pairwise: Effects | None = None
    gallery: Gallery = field(default_factory=Gallery)

    @property
    def asked(self) -> Factor | None:
        """The factor that the study asks about: the one it names, else the first that has few levels."""
        named = self.results.card.get("asks")
        if self.spreads:  # levels of a sample are as many as its points
            return next((item for item in self.factors if item.name == (named or "arm")), None)
        return next((item for item in self.factors if item.name == named), next(iter(self.factors), None))

    @property
    def events(self) -> list[tuple[str, str]]:
        """Dated events that all scenarios of the study have within its runs: (date, words)."""
        card = self.results.card
        told = [{tuple(event) for event in item.get("dated", ())} for item in (card.get("scenarios") or {}).values()]
        curves = self.tables.curves
        last = "" if curves is None or curves.empty else str(pd.to_datetime(curves["date"]).max().date())
        return sorted(event for event in set.intersection(*told) if event[0] <= last) if told else []

    @cached_property
    def compared(self) -> Compared | None:
        """The study's sides, if it is a comparison."""
        if self.results.card.get("analysis") != COMPARISON:
            return None
        return replace(compared_study(self.results.folder), family=self.results.family)

    @cached_property
    def scored(self) -> Scorecard | None:
        """The study against published figures, if that is what it is for."""
        return Scorecard.read(self.results.folder) if self.results.card.get("analysis") == SCORECARD else None


def read_study_page(folder: Path, language: str = "en") -> StudyPage:
    """What the report is made of. InputError if the folder holds no study with a finished run."""
    results, tables = replace(StudyResults.read(folder), language=language), read_study_tables(folder)
    runs, card = results.runs, results.card
    outcomes = _shown_outcomes(results)
    factors = factors_of(card, runs)
    over, found, pairs = [], {}, None
    if card["design"] == "factorial":
        pairs = pairwise(results, outcomes)
        found = {item.name: effects(runs, factors, item.name, pairs.dead) for item in outcomes}
    else:
        over = spreads(runs, factors, outcomes, block_size(card["design"], len(results.factors)))
    path = folder / INDICES
    indices = pd.read_csv(path) if path.exists() else None  # the last analysis beside the study
    return StudyPage(results, tables, factors, outcomes, found, over, indices, pairs)


def _shown_outcomes(results: StudyResults) -> list[Outcome]:
    """What happens to people first, whatever the study asks of; then what it names."""
    family = results.family
    people = [item for item in family.headlines if item.direction and item.name in family.usual]
    first = [item for item in people if item.name in results.outcome_names]
    return [*first, *(item for item in results.outcomes() if item not in first)]


def study_page(folder: Path, language: str = "en") -> Page:
    """The report of a study: its sections in the order in which people read them. `language`: of headings and outcomes."""
    found = read_study_page(folder, language)
    card, runs, family = found.results.card, found.results.runs, found.results.family
    named = [name for name in card.get("sections") or [] if name in NAMED]
    sections = [] if found.scored is not None else [words.reading_section(found)]
    if found.compared is not None:
        sections += comparison.comparison_sections(found.compared, found.gallery)
    if found.scored is not None:
        sections += scorecard.sections(found.scored, found.gallery)
    for name in named:
        sections += NAMED[name](found)
    if found.compared is None and found.scored is None:
        sections += effects_sections.sections(found)
        if not any(section.id == "time" for section in sections):
            sections.append(effects_sections.time_section(found))
    pictures = sorted({path for pattern in ANALYSES for path in found.results.folder.glob(pattern)})
    for path in pictures:
        text = f"Picture {path.name} that an analysis of this study wrote; its table is beside it in the folder."
        found.gallery.add_file(path, text)
    if pictures:
        data = {"names": [path.stem for path in pictures]}
        sections.append(Section("analyses", "analyses.html", data))
    shown = player.study_section(folder, card, family, found.compared, _run_in_full(found), language)
    sections += [shown] if shown else []
    methods = words.methods(card, runs, found.factors)
    methods += "" if found.scored is None else f" {scorecard_words.methods(found.scored)}"
    sections.append(Section("methods", "methods.html", {"methods": methods}))
    sections.append(common.assumptions_section(found.tables.assumptions, family, card))
    spread = common.POINTS if found.spreads else common.spread_words(card)
    sections += [section for section in [common.missing_section(found.results.folder)] if section]
    sections.append(common.caveats_section(family, runs, spread))
    sections.append(common.provenance_section(card, family))
    brief, note = next((BRIEFS[name](found) for name in named if name in BRIEFS), ((), ""))
    title = str(card.get("title") or card.get("study") or "A study")
    return Page(title, _question(found), _finding(found, named), sections, found.gallery, brief, note, language)


def write_report(folder: Path, out: Path, language: str = "en") -> Path:
    """Write the report of a study's folder to the file `out`, its pictures into figures/ beside it; returns the file.

    The file appears whole or not at all. InputError if the folder holds no runs or `out` cannot be written.
    """
    return study_page(Path(folder), language).write(Path(out))


def _question(found: StudyPage) -> str:
    if found.compared is not None:
        return comparison.size(found.compared)
    if found.scored is not None:
        return scorecard_words.scope(found.scored)
    return str(found.results.card.get("question") or "")


def _finding(found: StudyPage, named: Sequence[str]) -> list[str]:
    if found.compared is not None:
        return comparison.comparison_finding(found.compared)
    if found.scored is not None:
        return scorecard_words.finding(found.scored)
    lines = [line for name in named if name in FINDINGS for line in FINDINGS[name](found)]
    return lines + effects_sections.crossings(found) if lines else effects_sections.finding(found)


def _run_in_full(found: StudyPage) -> str:
    """What the run that was kept in full is called: its levels. Empty where the study kept none."""
    folder, factors = found.results.folder / "replay", found.factors
    if not (folder / "card.json").exists():
        return ""
    runs = found.results.runs
    here = runs[runs["run"] == Results(folder).card.get("run")]
    if here.empty or not factors:
        return ""
    row = here.iloc[0]
    if len(factors) > TITLED:
        return f"One run: point {row['point']}, replicate {row['replicate']}"
    about = [factor.words(factor.levels.index(row[factor.name])) for factor in factors]
    about.append(f"replicate {row['replicate']}")
    return f"One run: {', '.join(about)}"
