"""What is measured: counts a step, outbursts and the calm between them, and the outcomes of a run."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from simulation.port.family import Presentation
from simulation.port.outcomes import Outcome
from simulation.recorder import Recorder

MANY = 50  # actives; an outburst is a time with more (Epstein 2002)
DAILY_VALUES: dict[str, Callable[[Any], Any]] = {
    "active": lambda model: sum(citizen.active for citizen in model.citizens),
    "jailed": lambda model: sum(citizen.jailed for citizen in model.citizens),
    "quiet": lambda model: sum(not (citizen.active or citizen.jailed) for citizen in model.citizens),
    "arrests_today": lambda model: model.arrests,
    "legitimacy": lambda model: model.legitimacy,
}
PEOPLE = "citizens"


DAILY = {
    item.name: item
    for item in (
        Outcome("active", PEOPLE, "citizens who rebel openly at the end of the step", title="Actives"),
        Outcome("jailed", PEOPLE, "citizens in jail at the end of the step", title="In jail"),
        Outcome("quiet", PEOPLE, "citizens who are free and do not rebel", title="Quiet"),
        Outcome("arrests_today", "arrests", "arrests in the step", title="Arrests", summed=True),
        Outcome("legitimacy", "-", "legitimacy of the regime in the step", title="Legitimacy", format="number"),
    )
}
OUTCOMES = {
    item.name: item
    for item in (
        Outcome(
            "peak_active", PEOPLE, "most citizens who rebelled at once", "Largest number of actives at once",
            "How many rebelled when most did", headline=True, reduction="maximum over the steps",
        ),
        Outcome(
            "outbursts", "outbursts", f"times that more than {MANY} citizens rebelled", "Outbursts",
            "How often the calm broke", headline=True, reduction=f"spells of steps with more than {MANY} actives",
        ),
        Outcome(
            "waiting", "steps", "mean time from the end of an outburst to the next", "Wait between outbursts",
            "How long calm lasts", "number", headline=True, reduction="mean over the gaps; NaN with fewer than two outbursts",
        ),
        Outcome(
            "activation", "citizen-steps", "mean sum of actives over an outburst", "Activation of an outburst",
            "How much rebellion an outburst brings", headline=True, reduction="mean over outbursts; NaN without one",
        ),
        Outcome(
            "longest_calm", "steps", f"longest time without more than {MANY} actives", "Longest calm",
            "The longest quiet time", headline=True, reduction="longest spell between outbursts, or ends of the run",
        ),
        Outcome(
            "active_mean", PEOPLE, "citizens who rebel, on average", "Actives, mean over the run",
            "How many rebel on a usual day", "number", headline=True, reduction="mean over the steps",
        ),
        Outcome(
            "active_median", PEOPLE, "citizens who rebel in the middle one of all steps", "Actives, median over the run",
            "How many rebel on the middle day", reduction="median over the steps",
        ),
        Outcome(
            "jailed_mean", PEOPLE, "citizens in jail, on average", "In jail, mean over the run",
            "How many are in jail on a usual day", "number", headline=True, reduction="mean over the steps",
        ),
        Outcome("jailed_end", PEOPLE, "citizens in jail at the end", "In jail at the end", reduction="last step"),
        Outcome("quiet_end", PEOPLE, "citizens free and quiet at the end", "Quiet at the end", reduction="last step"),
        Outcome("active_end", PEOPLE, "citizens who rebel at the end", "Active at the end", reduction="last step"),
        Outcome("arrests_total", "arrests", "arrests in all", "Arrests", headline=True, reduction="sum over the steps"),
    )
}  # fmt: skip


@dataclass(frozen=True)
class Spell:
    """Steps first to last, both included, with more than `MANY` actives: their sum and the largest number."""

    first: int
    last: int
    activation: int
    peak: int


def outbursts(active: Sequence[int]) -> list[Spell]:
    """The spells of a run, from the actives of every step since step 0."""
    many = np.concatenate([[False], np.asarray(active) > MANY, [False]])
    firsts, ends = np.flatnonzero(many[1:] & ~many[:-1]), np.flatnonzero(~many[1:] & many[:-1])
    parts = [(int(first), int(end), np.asarray(active)[first:end]) for first, end in zip(firsts, ends)]
    return [Spell(first, end - 1, int(part.sum()), int(part.max())) for first, end, part in parts]


def summary(values: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
    """The outcomes of `OUTCOMES` from the daily values of a run."""
    active = np.asarray(values["active"])
    spells = outbursts(values["active"])
    waits = [after.first - before.last - 1 for before, after in itertools.pairwise(spells)]
    ends = [-1, *(step for spell in spells for step in (spell.first, spell.last)), active.size]
    return {
        "peak_active": int(active.max()),
        "outbursts": len(spells),
        "waiting": float(np.mean(waits)) if waits else math.nan,
        "activation": float(np.mean([spell.activation for spell in spells])) if spells else math.nan,
        "longest_calm": max(after - before - 1 for before, after in zip(ends[::2], ends[1::2])),
        "active_mean": float(active.mean()),
        "active_median": float(np.median(active)),
        "jailed_mean": float(np.mean(values["jailed"])),
        "arrests_total": sum(values["arrests_today"]),
        **{f"{name}_end": values[name][-1] for name in ("jailed", "quiet", "active")},
    }


def _told(spell: Spell) -> str:
    return f"An outburst of {spell.last - spell.first + 1} steps, {spell.peak} actives at most"


def outburst_table(recorder: Recorder) -> pd.DataFrame:
    """A row an outburst, on its first step: day, date, kind, text."""
    spells = outbursts(recorder.values["active"])
    return pd.DataFrame(
        {
            "day": np.array([spell.first for spell in spells], np.int64),
            "date": recorder.clock.dates([spell.first for spell in spells]),
            "kind": pd.Series(["outburst" for _ in spells], dtype=str),
            "text": pd.Series([_told(spell) for spell in spells], dtype=str),
        }
    )


def verdict(found: Mapping[str, Any], days: int) -> str:
    """A run in one sentence, from its outcomes."""
    times = f"{found['outbursts']} outburst{'' if found['outbursts'] == 1 else 's'}"
    return (
        f"This run of {days} steps had {times} of more than {MANY} actives; at most {found['peak_active']} "
        f"citizens rebelled at once, {found['arrests_total']:,} arrests were made. An artificial society; not a forecast."
    )


PRESENTATION = Presentation(
    about="Citizens and cops move on a lattice; citizens rebel where grievance outweighs the risk of arrest.",
    caveats=(("No country.", "An artificial society on a lattice, set up to show a mechanism."),),
    pictured=("active", "jailed", "arrests_total"),
    step="step",
    first_choices=("cops.density", "legitimacy.level", "arrest.longest_term"),
)
