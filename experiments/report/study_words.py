"""What the general report of a study says in words: its finding, sentence by sentence, and a methods paragraph to paste."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from experiments.analysis.main_effects import Factor
from experiments.analysis.numbers import write, write_difference
from experiments.analysis.rank_correlation import Spread
from experiments.analysis.study_results import parameter_words
from experiments.report.common import drawn_from, limits
from experiments.report.force_funding.finding import ENOUGH_PAIRS
from experiments.report.html import Section
from experiments.run.citation import program
from simulation.port.family import DEFAULT
from simulation.visualization.spread import ENOUGH

if TYPE_CHECKING:
    from experiments.report.study import StudyPage
    from simulation.port.outcomes import Outcome

NAMED = 4  # effects that one sentence tells; the table has the others
DESIGN_WORDS = {
    "factorial": "every combination of levels",
    "table": "a table of points",
    "latin-hypercube": "a Latin hypercube",
    "sobol": "a Sobol sample (Saltelli's scheme)",
    "morris": "a Morris screening",
}
PROGRAMS = {"katye": "Katye", "python": "Python", "mesa": "Mesa", "numpy": "NumPy", "scipy": "SciPy"}
EFFECT_METHODS = (  # {}: what intervals cover
    "A main effect is the mean over all other factors at a level less the same at the factor's first level, replicate "
    "by replicate (least-squares means where a replicate lacks cells). Settings of the other factors at which every level "
    "gave the same runs in every replicate cannot respond and are left out. An interaction is the difference between two "
    "such differences, at two levels of another factor. Intervals are Student's over replicates (95 %) and cover {}. An "
    "effect is called beyond chance where its p value, adjusted by Holm over all effects on the same outcome, is below "
    "0.05, and an interaction likewise over all interactions; outcomes are not adjusted for each other."
)
SHARING = (
    "{} of the design differ{} from another only in what changes nothing there: such cells have the same runs, which were "
    "run once and are taken for each of them."
)
POINT_METHODS = (
    "Outcomes are means over the replicates of a point, quantiles are over points, and rank correlations are "
    "Spearman's, with p values adjusted by Holm over the parameters of an outcome in an arm; of a Morris or Sobol "
    "sample only as many points count in a test as there are trajectories or base points with runs."
)

ONE_SEED = (
    "The study has one replicate: all points share one seed, and what follows holds for the luck of this seed alone."
)


def chance_sentence(factors: Sequence[Factor], replicates: int) -> str:
    """How far to trust what follows, by the number of replicates; nothing where there are enough."""
    if not factors:
        return "All runs of the study have the same settings, so it compares nothing."
    if replicates < 2:
        return "The study has one replicate: without a second, no difference can be told from chance."
    if replicates < ENOUGH_PAIRS:
        return f"With {replicates} replicates luck itself is hardly known: take all of this as a hint only."
    return ""


def effect_sentence(outcome: Outcome, effects: pd.DataFrame, factors: Sequence[Factor]) -> str:
    """Which levels moved an outcome beyond chance, the largest differences first, or that none can be told from it.

    Nothing where no factor can act at all: `effect_words.inert_sentence` says so once for all outcomes.
    """
    if effects.empty:
        return f"{outcome.title}: too few runs have it to compare anything."
    effects = effects[effects["unresponsive"] < effects["cells"]]
    if effects.empty:
        return ""
    sure = effects[effects["beyond"]]
    if sure.empty:
        what = "the scenarios" if [factor.name for factor in factors] == ["scenario"] else "anything varied here"
        return f"{outcome.title}: no effect of {what} can be told from chance."
    sure = sure.loc[sure["difference"].abs().sort_values(ascending=False, kind="stable").index]
    by_name = {factor.name: factor for factor in factors}
    parts = [_effect_words(outcome, row, by_name[row["factor"]]) for row in sure.head(NAMED).to_dict("records")]
    more = len(sure) - NAMED
    if more > 0:
        parts.append(f"and {more} more {'level' if more == 1 else 'levels'} moved it (see the table)")
    unmoved = [name for name in dict.fromkeys(effects["factor"]) if name not in set(sure["factor"])]
    rest = f" No effect of {_joined(unmoved)} can be told from chance." if unmoved else ""
    return f"{outcome.title} {'; '.join(parts)}.{rest}"


def _effect_words(outcome: Outcome, row: Mapping[str, Any], factor: Factor) -> str:
    verb = "fell" if row["difference"] < 0 else "rose"
    format, wide = outcome.format, max(abs(row["low"]), abs(row["high"]))
    size, low, high = (write_difference(row[name], format, beside=wide) for name in ("difference", "low", "high"))
    unit = " percentage points" if format == "share" else ""
    by = f"{size.lstrip('+−')}{unit} (95 % interval {low} to {high})"
    able = row["cells"] - row["unresponsive"]
    where = f", over the {able} of {row['cells']} settings that can respond to it" if row["unresponsive"] else ""
    return f"{verb} by {by} with {factor.words(row['place'])} instead of {factor.level_words(0)}{where}"


def _joined(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def spread_sentence(spread: Spread, ranked: bool = True) -> str:
    """An outcome over the points of a design: median, 50 and 90 %, and, if `ranked`, the parameters it goes with most."""
    format = spread.outcome.format
    if not len(spread.values):
        return f"{spread.title}: no point has it."
    low90, low50, median, high50, high90 = (write(value, format) for value in spread.quantiles.to_numpy())
    text = f"{spread.title}: median over {spread.points} points {median}, "
    if spread.points >= ENOUGH:
        text += f"half of them between {low50} and {high50}, nine in ten between {low90} and {high90}."
    else:
        lowest, highest = (write(value, format) for value in spread.values["value"].agg(["min", "max"]))
        text += f"the lowest {lowest}, the highest {highest}."
    if not ranked:
        return text
    sure = spread.correlations[spread.correlations["beyond"]]
    if sure.empty:
        return f"{text} It goes with no single parameter beyond chance (rank correlation)."
    named = [f"{row.parameter} ({_signed(row.correlation)}{_stand_in(row)})" for row in sure.head(NAMED).itertuples()]
    return f"{text} It goes most with {', '.join(named)}, by rank correlation."


def _stand_in(row: Any) -> str:
    """That a parameter goes with another one of the design, if it does, so that one of them may only stand for the other."""
    return f"; in these points it goes with {row.together} by {_signed(row.by)}" if row.together else ""


def _signed(value: float) -> str:
    return f"{'−' if value < 0 else '+'}{abs(value):.2f}"


def purpose(design: str) -> str:
    """What a design is analysed with, as a command."""
    again = "Then katye resume FOLDER writes this report again, with the pictures in it."
    if design in ("morris", "sobol"):
        return (
            f"This design is made for katye sensitivity FOLDER, which says how much of each outcome each parameter and luck "
            f"decide. {again}"
        )
    return (
        f"Such points are made for katye discover FOLDER --outcome NAME --below X, which finds where an outcome stays below "
        f"a limit; katye sensitivity FOLDER says how much is luck. {again}"
    )


def methods(card: Mapping[str, Any], runs: pd.DataFrame, factors: Sequence[Factor]) -> str:
    """The methods paragraph of a paper, from the card and the runs."""
    versions, design = card.get("versions") or {}, card.get("design", "factorial")
    programs = ", ".join(f"{name} {versions.get(key, '(unknown)')}" for key, name in PROGRAMS.items())
    points, arms = runs["point"].nunique(), runs["arm"].nunique()
    replicates = int(card.get("replicates") or runs["replicate"].nunique())
    finished, sharing = runs["run"].nunique(), int(card.get("same_runs") or 0)
    planned = card.get("planned_runs") or finished
    text = [
        f"We used {program(card)} ({programs}; commit {card.get('commit') or 'unknown'}).",
        f"The study “{card.get('study', 'unnamed')}” takes {DESIGN_WORDS[design]}: {varied(card, factors)}.",
        f"That makes {_count(points, 'design point')}{f' in {arms} arms' if arms > 1 else ''} with "
        f"{_count(replicates, 'replicate')} each: {_count(finished, 'run')}"
        f"{f' finished of {planned:,} planned' if planned > finished else ''}.",
        SHARING.format(_count(sharing, "cell"), "s" if sharing == 1 else "") if sharing else "",
        _size(card, "scenario" in [factor.name for factor in factors]),
        shared(card),
        "Replicate k has the same random seed at every point (common random numbers; "
        f"seed {card.get('seed', 'unknown')}).",
        f"Parameters that were not varied were drawn anew from {drawn_from(card)} in each replicate."
        if card.get("uncertainty")
        else "Parameters that were not varied kept one value, as the table of assumptions has it.",
        (_effect_methods(card, runs) if factors else "") if design == "factorial" else POINT_METHODS,
        "All results are conditional on the mechanisms of the model, with parameters that are not fitted, and are no forecast."
        if not card.get("posterior")
        else "All results are conditional on the mechanisms of the model and on what it was fitted to, and are no forecast.",
    ]
    return " ".join(filter(None, text))


def _size(card: Mapping[str, Any], scenarios: bool) -> str:
    weight = card.get("weight") or 1
    scenario = "" if scenarios else f" in scenario {card.get('scenario', 'unknown')}"
    households = (
        f"; each simulated household stands for {weight:,} households"
        if weight > 1
        else "; every household is simulated"
    )
    if card.get("model", DEFAULT) != DEFAULT:
        households = f"; each simulated agent stands for {weight:,}" if weight > 1 else ""
    start = str(card.get("start") or "an unknown date")[:10]
    return f"Each run covers {card.get('days', 'an unknown number of')} days from {start}{scenario}{households}."


def shared(card: Mapping[str, Any]) -> str:
    """What the days that all runs of a replicate share mean for outcomes; nothing where there are none."""
    days, whole = card.get("shared_start"), card.get("days")
    if not days:
        return ""
    part = f"{100 * (whole - days) / whole:.0f}\u00a0% of" if whole else "less than"
    return (
        f"All runs of a replicate share their first {days} days; what varies does so from then on. Outcomes that are sums or "
        f"means over a run take in the shared days, so that a difference of means over the run is {part} that over the days "
        "since then."
    )


def _effect_methods(card: Mapping[str, Any], runs: pd.DataFrame) -> str:
    if runs["replicate"].nunique() < 2:
        return "With one replicate no effect has an interval or a test."
    return EFFECT_METHODS.format(intervals_cover(card))


def intervals_cover(card: Mapping[str, Any]) -> str:
    """What the spread over replicates is made of."""
    return "luck and the parameters drawn with it" if card.get("uncertainty") else "luck only"


def varied(card: Mapping[str, Any], factors: Sequence[Factor]) -> str:
    """What varies with its levels, ranges or priors."""
    told, words = card.get("vary") or {}, []
    for name in dict.fromkeys([*told, *(factor.name for factor in factors)]):
        levels = told.get(name) or next(factor.levels for factor in factors if factor.name == name)
        if isinstance(levels, Mapping):
            words.append(f"{name} from {parameter_words(levels['low'])} to {parameter_words(levels['high'])}")
        elif isinstance(levels, str):
            words.append(f"{name} within its prior")
        elif card.get("design") == "table":
            words.append(name)
        else:
            words.append(f"{name} ({', '.join(map(parameter_words, levels))})")
    return "; ".join(words) or "nothing varies"


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"


LUCK = (
    "Replicate number k has the same luck (its seed) whatever the settings, so settings are compared replicate by "
    "replicate. Intervals cover {}. They do not contain the uncertainty about the model and its {}assumptions, which "
    "is larger."
)
LEVEL = (
    "The outcome at this level less that at the factor's first level, averaged over all settings of the other factors that "
    "can respond to it: where every run is the same whatever the level, it has nothing to act on. An average can hide that "
    "a level does one thing here and another there: see the interactions."
)
POINTS = (
    "Each point has its own value of every parameter that varies; its outcome is the mean over its replicates. The "
    "quantiles say how the outcome spreads over these points, not how likely it is."
)
RANK = (
    "From −1 to +1: whether an outcome rises or falls along one parameter. It misses effects that turn or that depend "
    "on another parameter. Names count by their place in the study. In a Morris or Sobol sample parameters move "
    "together by accident, so a correlation may belong to another parameter; the finding says with which one, and "
    "counts only as many points as there are samples."
)
SURVIVE = (
    "Each parameter was varied over its whole range or prior. A parameter stands above luck if what it does cannot "
    "come from the seeds alone. Effects hold for these ranges: a narrower range has a smaller effect."
)


def reading_section(found: StudyPage) -> Section:
    """What the study varies, and what the words on the page mean."""
    card, family = found.results.card, found.results.family
    drawn = "other " if card.get("uncertainty") else ""
    terms = [("Luck and replicates", LUCK.format(intervals_cover(card), drawn))]
    if shared(card):
        terms.append(("Shared days", shared(card)))
    if found.spreads:
        ranked = found.indices is None
        terms += [("Points", POINTS), ("Rank correlation", RANK) if ranked else ("Parameters and luck", SURVIVE)]
    elif found.compared is None:
        terms.append(("Effect of a level", LEVEL))
    data = {
        "about": family.presentation.about,
        "factors": _plainly(found),
        "limits": limits(card),
        "terms": terms,
    }
    return Section("reading", "reading.html", data)


def _plainly(found: StudyPage) -> str:
    """What varies, by its plain names where the study has them."""
    card = found.results.card
    if card["design"] != "factorial" or not any(factor.plain or factor.level_titles for factor in found.factors):
        return varied(card, found.factors)
    told = [(factor, [factor.level_words(place) for place in range(len(factor.levels))]) for factor in found.factors]
    return "; ".join(f"{factor.title} ({', '.join(levels)})" for factor, levels in told)
