"""What a force x funding study found, in plain sentences computed from its table of runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from experiments.report.force_funding.figures import (
    CEILING_WORDS,
    OUTCOMES,
    Cell,
    cell_words,
    contrasting_cells,
    counted_ceilings,
    money_of,
    reference_funding,
    select_cell,
    write_force,
    write_funding,
)
from experiments.report.study_tables import CELL, StudyTables
from simulation.visualization import spread, style

AGREEMENT = 0.9  # share of paired runs that must move the same way before a direction is stated
ENOUGH_PAIRS = 6  # with five, even five of five moving the same way happens by chance once in sixteen
PEOPLE_FIRST = ("displaced_people_end", "residents_killed_total", "gang_control_population_share_end")
CELL_OUTCOMES = (
    "displaced_people_end",
    "residents_killed_total",
    "gang_members_killed_total",
    "security_forces_killed_total",
    "gang_control_population_share_end",
    "gang_influence_population_share_end",
    "deployed_force_mean",
    "usable_force_mean",
)


@dataclass(frozen=True)
class Contrast:
    """The same seeds in two cells: means, and the differences (second minus first), one a pair."""

    before: float
    after: float
    differences: np.ndarray

    @property
    def same_way(self) -> float:
        """Share of pairs whose difference has the sign of the mean difference; 0 if nothing moved."""
        mean = float(np.mean(self.differences))
        return float(np.mean(np.sign(self.differences) == np.sign(mean))) if mean else 0.0


def contrast(runs: pd.DataFrame, outcome: str, first: Cell, second: Cell, arm: str) -> Contrast | None:
    """The paired contrast of an outcome between two cells, or None if no replicate was run in both."""
    if outcome not in runs.columns:
        return None
    sides = [select_cell(runs, cell, arm).set_index("replicate")[outcome].dropna() for cell in (first, second)]
    joined = pd.concat(sides, axis=1, join="inner", keys=["first", "second"])
    if joined.empty:
        return None
    difference = (joined["second"] - joined["first"]).to_numpy(dtype=float)
    return Contrast(float(joined["first"].mean()), float(joined["second"].mean()), difference)


def finding(tables: StudyTables) -> list[str]:
    """Paragraphs in plain language: people first, then control, then whether money was what held the force
    back."""
    runs, arm = tables.runs, tables.main_arm
    forces = sorted(runs["authorised_force"].unique())
    funding = reference_funding(runs[runs["arm"] == arm])
    low, high = (int(forces[0]), funding), (int(forces[-1]), funding)
    if low == high:
        return [_one_cell(runs, low, arm)]
    paragraphs = [_force_paragraph(runs, low, high, arm)]
    if arm == "gated":
        paragraphs.append(money_paragraph(runs))
        paragraphs.append(note_paragraph(tables.curves))
        if (runs["arm"] == "forced").any():
            paragraphs.append(_forced_paragraph(runs, low, high))
    return [paragraph for paragraph in paragraphs if paragraph]


def _one_cell(runs: pd.DataFrame, cell: Cell, arm: str) -> str:
    here = select_cell(runs, cell, arm)
    parts = [
        f"{OUTCOMES[o].title.lower()}: {_prose(o)(float(here[o].mean()))}" for o in PEOPLE_FIRST if o in here.columns
    ]
    return (
        f"The study has one authorised force and so compares nothing. With {cell_words(cell)}, the mean over "
        f"{_count(len(here), 'run')} was: {'; '.join(parts)}."
    )


def _prose(outcome: str) -> Callable[[float], str]:
    """How a value of `outcome` is written inside a sentence: shares as per cent, people with all their
    zeros."""
    share = OUTCOMES[outcome].write is style.write_share
    return style.write_share if share else style.write_in_words


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def _force_paragraph(runs: pd.DataFrame, low: Cell, high: Cell, arm: str) -> str:
    intro = (
        f"With funding at {write_funding(low[1])} of need, raising the authorised force from "
        f"{write_force(low[0])} to {write_force(high[0])} went with these changes in the model."
    )
    subjects = {
        "displaced_people_end": "The number of people displaced at the end",
        "residents_killed_total": "The number of residents killed",
        "gang_control_population_share_end": "The share of residents living in gang-held areas at the end",
    }
    sentences, pairs = [], 0
    for outcome in PEOPLE_FIRST:
        found = contrast(runs, outcome, low, high, arm)
        if found is not None:
            pairs = len(found.differences)
            sentences.append(_sentence(subjects[outcome], found, _prose(outcome)))
    sentences.append(_other_deaths(runs, low, high, arm))
    if 0 < pairs < ENOUGH_PAIRS:
        sentences.append("With so few paired runs, none of this can be told from chance.")
    return " ".join(filter(None, [intro, *sentences]))


def _sentence(subject: str, found: Contrast, write: Callable[[float], str]) -> str:
    """One outcome: a direction is claimed only where nearly all paired runs agree on it."""
    pairs = len(found.differences)
    values = f"from {write(found.before)} to {write(found.after)}"
    if not np.any(found.differences):
        return f"{subject} did not change ({write(found.before)})."
    verb = "fell" if found.after < found.before else "rose"
    if pairs == 1:
        return f"{subject} {verb} {values} in the only pair of runs."
    agree = f"{round(found.same_way * pairs)} of {pairs} paired runs"
    if pairs < ENOUGH_PAIRS:
        return f"{subject} {verb} {values} on average, in {agree}."
    if found.same_way >= AGREEMENT:
        return f"{subject} {verb} {values} on average, in {agree}."
    return f"{subject} went {values} on average, but only {agree} moved that way: the direction is not clear."


def _other_deaths(runs: pd.DataFrame, low: Cell, high: Cell, arm: str) -> str:
    gangs = contrast(runs, "gang_members_killed_total", low, high, arm)
    forces = contrast(runs, "security_forces_killed_total", low, high, arm)
    if gangs is None or forces is None:
        return ""
    write = style.write_in_words
    return (
        f"Deaths among gang members, many of them minors, went from {write(gangs.before)} to "
        f"{write(gangs.after)}, and among security forces from {write(forces.before)} to "
        f"{write(forces.after)}."
    )


def money_paragraph(runs: pd.DataFrame) -> str:
    """Would more money have put more people on the street? Answered for the largest authorised force."""
    gated = runs[runs["arm"] == "gated"]
    levels = sorted(gated["funding_level"].unique())
    force = int(gated["authorised_force"].max())
    poor, rich = (force, float(levels[0])), (force, float(levels[-1]))
    found = contrast(runs, "deployed_force_mean", poor, rich, "gated")
    if found is None or len(levels) < 2 or force == 0:
        return ""
    more = found.after / found.before - 1 if found.before > 0 else np.inf
    answer = "yes" if more > 0.25 else "a little" if more > 0.05 else "hardly" if more > -0.05 else "no, fewer"
    numbers = (
        f"with {write_force(force)} authorised, {style.write_in_words(found.before)} were deployed on "
        f"average with funding at {write_funding(poor[1])} of need, and "
        f"{style.write_in_words(found.after)} at {write_funding(rich[1])}"
    )
    ceilings = [_lowest_ceiling(gated, cell) for cell in (poor, rich)]
    held = ""
    if all(ceilings):
        held = (
            f" What held deployment back most often: with the least money {ceilings[0]}, "
            f"with the most money {ceilings[1]}."
        )
    return f"Would more money have put more people on the street? In the model, {answer}: {numbers}.{held}"


NOTE = pd.Timestamp("2024-11-15")  # $400M of $600M received, about 400 of 2,500 deployed (seed2024)


def note_paragraph(curves: pd.DataFrame | None) -> str:
    """The published situation of November 2024 beside the cell nearest to it: two thirds of the need of 2,500 people."""
    if curves is None or not {2500} <= set(curves["authorised_force"]):
        return ""
    here = curves[(curves["arm"] == "gated") & (curves["authorised_force"] == 2500)]
    dates = pd.to_datetime(here["date"])
    if here.empty or not dates.min() <= NOTE <= dates.max():
        return ""
    level = min(here["funding_level"].unique(), key=lambda value: abs(value - 2 / 3))
    day = dates[(dates - NOTE).abs().idxmin()]
    cell = here[(here["funding_level"] == level) & (dates == day)]
    held = CEILING_WORDS[cell["binding_ceiling"].mode().iloc[0]]
    return (
        f"In November 2024 about $400M of the $600M a year that 2,500 people cost had been received, and about 400 "
        f"were there. In the model, with funding at {write_funding(float(level))} of need, "
        f"{style.write_in_words(float(cell['deployed_force'].mean()))} are there by then, and what holds the others "
        f"back is {held}: money divided by cost would have said {2500 * level:,.0f}."
    )


def _lowest_ceiling(runs: pd.DataFrame, cell: Cell) -> str:
    columns = counted_ceilings(runs)
    days = select_cell(runs, cell, "gated")[list(columns.values())].mean()
    if not days.sum() > 0:
        return ""
    name = list(columns)[int(np.argmax(days.to_numpy()))]
    return f"{CEILING_WORDS[name]} ({100 * days.max() / days.sum():.0f} % of days)"


def _forced_paragraph(runs: pd.DataFrame, low: Cell, high: Cell) -> str:
    gated = contrast(runs, "displaced_people_end", low, high, "gated")
    forced = contrast(runs, "displaced_people_end", low, high, "forced")
    if gated is None or forced is None:
        return ""
    write = style.write_in_words
    change, other = float(gated.differences.mean()), float(forced.differences.mean())
    return (
        "In the forced companion, where everyone authorised is there whatever money and pledges allow, the "
        f"same step changed the number of people displaced at the end by {signed(other, write)} instead of "
        f"{signed(change, write)}. The gap between the two is the difference between a force on paper and a "
        "force in the city."
    )


def signed(value: float, write: Callable[[float], str]) -> str:
    """A difference with its sign, with a true minus."""
    text = write(abs(value))
    return text if text == "0" else f"{'−' if value < 0 else '+'}{text}"


def brief_rows(tables: StudyTables) -> list[dict[str, tuple[str, str]]]:
    """A row for each contrasting cell: (mean, ends of the spread over seeds) of the outcomes, people before control."""
    rows, money = [], money_of(tables.runs)
    for cell in contrasting_cells(tables.arm(tables.main_arm)):
        here = select_cell(tables.runs, cell, tables.main_arm)
        row = {"Authorised force": (write_force(cell[0]), f"funding {write_funding(cell[1])}{money.get(cell, '')}")}
        for outcome in (*PEOPLE_FIRST[:2], "gang_members_killed_total", PEOPLE_FIRST[2], "deployed_force_mean"):
            about = OUTCOMES[outcome]
            if outcome in here.columns:
                values = here[outcome].dropna()
                ends = [about.write(float(end)) for end in spread.ends(values)]
                row[about.title] = (
                    about.write(float(values.mean())),
                    " – ".join(ends) if len(values) > 1 else "one run",
                )
        rows.append(row)
    return rows


def cells_frame(runs: pd.DataFrame) -> pd.DataFrame:
    """All cells, long: arm, force, funding, runs, outcome, mean, sd, standard error as numbers."""
    from simulation.visualization.heatmaps import cell_table

    parts = []
    for outcome in CELL_OUTCOMES:
        if outcome in runs.columns:
            parts.append(cell_table(runs, outcome, ["arm", *CELL]).assign(outcome=outcome))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
