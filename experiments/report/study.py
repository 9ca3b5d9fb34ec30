"""The report of any study but force x funding: what each factor moved, outcomes over points or time, methods, provenance.

One HTML file that opens offline, made from what the study left in its folder.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from experiments.analysis.main_effects import Factor, effects, factors_of
from experiments.analysis.outcomes import Main, write, write_difference
from experiments.analysis.rank_correlation import Spread, spreads
from experiments.analysis.sensitivity import block_size
from experiments.analysis.study_results import Studied
from experiments.report import study_figures as figures
from experiments.report import study_words as words
from experiments.report.force_funding import (
    EXTRAPOLATION,
    assumption_rows,
    citation,
    limits,
    player,
    provenance_rows,
    render,
)
from experiments.report.sensitivity_words import index_sentence
from experiments.report.study_tables import StudyTables, read_study_tables
from simulation.family import DEFAULT
from simulation.runs.results import Results
from simulation.visualization import style

DOTS = 140  # an inch, for pictures with many points: as SVG they would be several times the size
TITLED = 5  # factors whose levels a title can hold
PEOPLE_FIRST = ("residents_killed", "displaced_people")
SPECIAL = {"deployment.authorised", "funding.level"}  # a study of just these has a report of its own
SPECIAL_ARMS = ({"gated"}, {"forced"}, {"gated", "forced"})
INDICES = "sensitivity.csv"
ANALYSES = ("sensitivity*.png", "variance.png", "discovery-*.png", "frontier-*.png")


@dataclass(frozen=True)
class General:
    """A study as its report needs it. `effects` of a factorial, `spreads` over the points of any other design, by outcome.

    `indices`: what `katye sensitivity` has written (`analysis.sensitivity.index_table`); None if it has not been asked.
    """

    studied: Studied
    tables: StudyTables
    factors: list[Factor]
    outcomes: list[Main]
    effects: dict[str, pd.DataFrame]
    spreads: list[Spread]
    indices: pd.DataFrame | None = None


def is_general(card: Mapping[str, Any]) -> bool:
    """Whether a study with this card gets this report.

    All do but a factorial of authorised force and funding level alone, from the first day on.
    """
    if "design" not in card:
        return False
    if card.get("shared_start"):
        return True
    arms = set(card.get("arms") or {})
    known_arms = len(arms) < 2 or arms in SPECIAL_ARMS
    return card["design"] != "factorial" or set(card.get("vary") or {}) != SPECIAL or not known_arms


def read_general(folder: Path) -> General:
    """What the report is made of. InputError if the folder holds no study with a finished run."""
    studied, tables = Studied.read(folder), read_study_tables(folder)
    runs, card = studied.runs, studied.card
    outcomes = shown_outcomes(studied)
    factors = factors_of(card, runs)
    over, found = [], {}
    if card["design"] == "factorial":
        found = {item.name: effects(runs, factors, item.name) for item in outcomes}
    else:
        over = spreads(runs, factors, outcomes, block_size(card["design"], len(studied.factors)))
    return General(studied, tables, factors, outcomes, found, over, _indices(folder))


def _indices(folder: Path) -> pd.DataFrame | None:
    """The last analysis beside the study; an older one that held no indices counts as none."""
    path = folder / INDICES
    return pd.read_csv(path) if path.exists() else None


def shown_outcomes(studied: Studied) -> list[Main]:
    """Residents killed and people displaced first, then what else the study names."""
    there = [studied.outcome(name) for name in PEOPLE_FIRST if name in studied.outcome_names]
    return [*there, *(item for item in studied.outcomes() if item.name not in PEOPLE_FIRST)]


def general_html(found: General) -> str:
    """The report as one page that loads nothing from anywhere else."""
    runs, card = found.studied.runs, found.studied.card
    tables = replace(found.tables, replay=_replay(found))
    return render(
        "general.html",
        title=str(card.get("title") or card.get("study") or "A study"),
        question=str(card.get("question") or ""),
        finding=_finding(found),
        factorial=card["design"] == "factorial",
        factors=words.varied(card, found.factors),
        cover=words.intervals_cover(card),
        drawn=bool(card.get("uncertainty")),
        shared=words.shared(card),
        limits=limits(card),
        pictures=_pictures(found),
        outcomes=found.outcomes,
        effects=_effect_rows(found),
        spreads=_spread_rows(found),
        purpose="" if found.indices is not None else words.purpose(card["design"]),
        ranked=found.indices is None,
        player=player(tables),
        assumptions=assumption_rows(tables.assumptions),
        methods=words.methods(card, runs, found.factors),
        provenance=provenance_rows(card),
        citation=citation(card),
        beyond="authorised_force" in runs and float(runs["authorised_force"].max()) > EXTRAPOLATION,
        other=None if card.get("model", DEFAULT) == DEFAULT else found.studied.family,
    )


def _finding(found: General) -> list[str]:
    replicates = found.studied.runs["replicate"].nunique()
    if found.spreads:
        ranked = found.indices is None
        lines = [words.spread_sentence(item, ranked) for item in found.spreads] + _index_sentences(found)
        return lines if replicates > 1 else [words.ONE_SEED, *lines]
    lines = [words.chance_sentence(found.factors, replicates)]
    if found.factors and replicates > 1:
        lines += [words.effect_sentence(item, found.effects[item.name], found.factors) for item in found.outcomes]
    return [line for line in lines if line]


def _index_sentences(found: General) -> list[str]:
    """What decides each outcome in each arm, and the differences between arms."""
    if found.indices is None:
        return []
    lines, by_name = [], {item.name: item for item in found.outcomes}
    for (of, name), rows in found.indices.groupby(["of", "outcome"], sort=False):
        if name in by_name:
            title = by_name[name].title if found.studied.arms == [of] else f"{by_name[name].title}, {of}"
            lines.append(f"{title}: {index_sentence(rows.to_dict('records'), by_name[name].kind)}")
    return lines


def _replay(found: General) -> Any:
    """The run kept in full, titled by its levels rather than by force and funding."""
    replay, folder = found.tables.replay, found.studied.folder / "replay"
    if replay is None or not (folder / "card.json").exists():
        return replay
    runs = found.studied.runs
    here = runs[runs["run"] == Results(folder).card.get("run")]
    if here.empty or not found.factors:
        return replay
    row = here.iloc[0]
    if len(found.factors) > TITLED:
        return replace(replay, title=f"One run: point {row['point']}, replicate {row['replicate']}")
    about = [factor.words(factor.levels.index(row[factor.name])) for factor in found.factors]
    about.append(f"replicate {row['replicate']}")
    return replace(replay, title=f"One run: {', '.join(about)}")


def _pictures(found: General) -> dict[str, dict[str, str]]:
    """Name -> source (data URI) and alternative text of every figure that the study allows."""
    pictures: dict[str, dict[str, str]] = {}

    def add(name: str, alternative: str, figure: Any, dense: bool = False) -> None:
        if dense:
            source = style.data_uri(style.figure_png(figure, DOTS), "image/png")
        else:
            source = style.data_uri(style.figure_svg(figure))
        pictures[name] = {"source": source, "alternative": alternative}

    for item in found.outcomes:
        table = found.effects.get(item.name)
        if table is not None and len(table) and table["low"].notna().any():
            text = f"Effects on {item.title.lower()}, a row a level, with intervals. The table has the numbers."
            add(f"effects_{item.name}", text, figures.figure_effects(table, found.factors, item))
    if found.effects and len(found.factors) == 2:
        text = f"Heat maps of every outcome over {found.factors[0].name} and {found.factors[1].name}."
        known = [item for item in found.outcomes if found.studied.runs[item.name].notna().any()]
        add("pair", text, figures.figure_pair(found.studied.runs, found.factors, known))
    for number, item in enumerate(found.spreads):
        if len(item.correlations) and found.indices is None:
            text = f"{item.title} against the parameters it goes with most. {words.spread_sentence(item)}"
            add(f"points_{number}", text, figures.figure_points(item), dense=True)
    for name, figure in _curves(found).items():
        text = "Outcomes over time with bands over runs, by level of the first factor of the study."
        add(name, text, figure, dense=True)
    for path in sorted({path for pattern in ANALYSES for path in found.studied.folder.glob(pattern)}):
        text = f"Picture {path.name} that an analysis of this study wrote; its table is beside it in the folder."
        pictures[path.stem] = {"source": style.data_uri(path.read_bytes(), "image/png"), "alternative": text}
    return pictures


def _curves(found: General) -> dict[str, Any]:
    curves, runs = found.tables.curves, found.studied.runs
    if curves is None or curves.empty:
        return {}
    factor = next(iter(found.factors), None)
    if found.spreads:  # levels of a sample are as many as its points
        factor = next((item for item in found.factors if item.name == "arm"), None)
    if factor is not None and factor.name not in curves.columns:
        curves = curves.merge(runs[["run", factor.name]], on="run")
    return figures.curve_figures(curves, factor, found.studied.family.daily)


def _effect_rows(found: General) -> tuple[list[str], list[list[str]]] | None:
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


def _effect_cell(table: pd.DataFrame, factor: Factor, place: int, item: Main) -> str:
    here = table[(table["factor"] == factor.name) & (table["place"] == max(place, 1))]
    if here.empty:
        return "–"
    row = here.iloc[0]
    if place == 0:
        return write(row["mean_reference"], item.kind)
    wide = max(abs(row["low"]), abs(row["high"]))
    gap, low, high = (write_difference(row[name], item.kind, beside=wide) for name in ("difference", "low", "high"))
    return gap if pd.isna(row["low"]) else f"{gap} [{low}, {high}]{' *' if row['beyond'] else ''}"


def _spread_rows(found: General) -> tuple[list[str], list[list[str]]] | None:
    if not found.spreads:
        return None
    header = ["", "Points", "5 %", "25 %", "Median", "75 %", "95 %"]
    return header, [
        [item.title, str(item.points), *(write(value, item.outcome.kind) for value in item.quantiles)]
        for item in found.spreads
    ]
