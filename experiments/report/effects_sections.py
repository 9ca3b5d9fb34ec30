"""The sections of what moved outcomes: effects of levels, or how outcomes go over the points of a sample; and over time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from experiments.analysis.numbers import write, write_difference
from experiments.report import common, effect_words
from experiments.report import study_figures as figures
from experiments.report import study_words as words
from experiments.report.html import Section
from experiments.report.sensitivity.words import index_sentence
from simulation.visualization import spread

if TYPE_CHECKING:
    from experiments.analysis.main_effects import Factor
    from experiments.report.study import StudyPage
    from simulation.port.outcomes import Outcome


def sections(found: StudyPage) -> list[Section]:
    """Effects of a factorial study, or the spread over the points of any other; with their pictures."""
    _draw(found)
    if found.spreads:
        data = {"spreads": _spread_rows(found)}
        data["purpose"] = "" if found.indices is not None else words.purpose(found.results.card["design"])
        return [Section("points", "points.html", data)]
    beside = found.results.family.presentation.beside
    data = {"effects": _effect_rows(found), "outcomes": found.outcomes, "beside": beside}
    data |= {"pairwise": None, "interactions": None, "ends": spread.ends_words(_fewest_runs(found), "replicates")}
    if found.pairwise is not None:
        data["pairwise"] = effect_words.pairwise_rows(found.pairwise)
        data["interactions"] = effect_words.interaction_rows(found.pairwise)
    return [Section("effects", "effects.html", data)]


def _fewest_runs(found: StudyPage) -> int:
    """Runs of the cell that has fewest."""
    factors = [factor.name for factor in found.factors]
    runs = found.results.runs
    return int(runs.groupby(factors).size().min()) if factors else len(runs)


def time_section(found: StudyPage) -> Section:
    """Outcomes over time by level of the factor that the study asks about."""
    curves, factor = found.tables.curves, found.asked
    made: dict[str, Any] = {}
    own = found.results.runs
    counts = own.groupby(factor.name)["run"].nunique() if factor else [own["run"].nunique()]
    runs = int(min(counts, default=0))
    if curves is not None and not curves.empty:
        if factor is not None and factor.name not in curves.columns:
            curves = curves.merge(own[["run", factor.name]].drop_duplicates(), on="run")
        made = figures.curve_figures(curves, factor, found.results.family, found.events)
    by = f", by level of {factor.title}" if factor else ""
    for name, figure in made.items():
        found.gallery.add(name, f"Outcomes over time with bands over runs{by}.", figure, dense=True)
    data = {"names": list(made), "events": common.event_words(found.events), "bands": spread.bands_words(runs)}
    return Section("time", "time.html", data)


def finding(found: StudyPage) -> list[str]:
    """What moved each outcome, or how it spreads, in sentences."""
    replicates = found.results.runs["replicate"].nunique()
    if found.spreads:
        ranked = found.indices is None
        lines = [words.spread_sentence(item, ranked) for item in found.spreads] + _index_sentences(found)
        return lines if replicates > 1 else [words.ONE_SEED, *lines]
    lines = [words.chance_sentence(found.factors, replicates)]
    if found.pairwise is not None:
        lines.append(effect_words.inert_sentence(found.pairwise))
    if found.factors and replicates > 1:
        for item in found.outcomes:
            lines.append(words.effect_sentence(item, found.effects[item.name], found.factors))
            lines.append(effect_words.interaction_sentence(item, found.pairwise))
    return [line for line in lines if line]


def crossings(found: StudyPage) -> list[str]:
    """What cannot act, and where one factor depends on another, for a study whose finding says the rest itself."""
    if found.pairwise is None:
        return []
    lines = [effect_words.inert_sentence(found.pairwise)]
    lines += [effect_words.interaction_sentence(item, found.pairwise) for item in found.outcomes]
    return [line for line in lines if line]


def _index_sentences(found: StudyPage) -> list[str]:
    """What decides each outcome in each arm, and the differences between arms."""
    if found.indices is None:
        return []
    lines, by_name = [], {item.name: item for item in found.outcomes}
    for (of, name), rows in found.indices.groupby(["of", "outcome"], sort=False):
        if name in by_name:
            title = by_name[name].title if found.results.arms == [of] else f"{by_name[name].title}, {of}"
            lines.append(f"{title}: {index_sentence(rows.to_dict('records'), by_name[name].format)}")
    return lines


def _draw(found: StudyPage) -> None:
    gallery = found.gallery
    for item in found.outcomes:
        table = found.effects.get(item.name)
        if table is not None and len(table) and table["low"].notna().any():
            text = f"Effects on {item.title.lower()}, a row a level, with intervals. The table has the numbers."
            gallery.add(f"effects_{item.name}", text, figures.figure_effects(table, found.factors, item))
    if found.effects and len(found.factors) == 2:
        text = f"Heat maps of every outcome over {found.factors[0].title} and {found.factors[1].title}."
        known = [item for item in found.outcomes if found.results.runs[item.name].notna().any()]
        gallery.add("pair", text, figures.figure_pair(found.results.runs, found.factors, known))
    for number, item in enumerate(found.spreads):
        if len(item.correlations) and found.indices is None:
            text = f"{item.title} against the parameters it goes with most. {words.spread_sentence(item)}"
            gallery.add(f"points_{number}", text, figures.figure_points(item), dense=True)


def _effect_rows(found: StudyPage) -> tuple[list[str], list[list[str]]] | None:
    """Header and rows: a row a factor's level, an outcome a column; the first level as a mean, the others as differences."""
    shown = [item for item in found.outcomes if len(found.effects.get(item.name, ()))]
    if not shown:
        return None
    rows = []
    for factor in found.factors:
        for place in range(len(factor.levels)):
            cells = [_effect_cell(found.effects[item.name], factor, place, item) for item in shown]
            rows.append([factor.words(place) + " (reference)" * (place == 0), *cells])
    return ["", *(item.title for item in shown)], rows


def _effect_cell(table: pd.DataFrame, factor: Factor, place: int, item: Outcome) -> str:
    here = table[(table["factor"] == factor.name) & (table["place"] == max(place, 1))]
    if here.empty:
        return "–"
    row = here.iloc[0]
    if place == 0:
        return write(row["mean_reference"], item.format)
    wide = max(abs(row["low"]), abs(row["high"]))
    gap, low, high = (write_difference(row[name], item.format, beside=wide) for name in ("difference", "low", "high"))
    return gap if pd.isna(row["low"]) else f"{gap} [{low}, {high}]{' *' if row['beyond'] else ''}"


def _spread_rows(found: StudyPage) -> tuple[list[str], list[list[str]]]:
    if all(item.points >= spread.ENOUGH for item in found.spreads):
        names = {0.05: "5 %", 0.25: "25 %", 0.5: "Median", 0.75: "75 %", 0.95: "95 %"}
    else:
        names = {0: "Lowest", 0.5: "Median", 1: "Highest"}
    return ["", "Points", *names.values()], [
        [
            item.title,
            str(item.points),
            *(write(value, item.outcome.format) for value in item.values["value"].quantile(list(names))),
        ]
        for item in found.spreads
    ]
