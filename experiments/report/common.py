"""Sections that every report has: how to read it, methods, assumptions, caveats, provenance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from experiments.report.html import Section
from experiments.run.citation import citation
from experiments.store.load import read_failures

if TYPE_CHECKING:
    from simulation.port.family import ModelFamily

FIRST = 20  # assumptions that are shown before the others
NOT_SHOWN = ("scenarios", "titles", "cards", "cite")  # parts of the card that have a place of their own
DRAWN = "The spread shown is that of chance and of parameters drawn from {} with it."
CHANCE = "The spread shown is chance only."
POINTS = "The spread over points is that of the parameters that vary, and of chance."


def spread_words(card: Mapping[str, Any]) -> str:
    """What the spread over runs is made of, in a sentence."""
    return DRAWN.format(drawn_from(card)) if card.get("uncertainty") else CHANCE


def drawn_from(card: Mapping[str, Any]) -> str:
    """Where parameters that are drawn come from, after "drawn from"."""
    posterior = card.get("posterior")
    return f"the posterior {posterior}" if posterior else "their priors"


def assumptions_section(assumptions: pd.DataFrame | None, family: ModelFamily, card: Mapping[str, Any]) -> Section:
    """The twenty that matter most first, the rest as a table that opens."""
    rows = assumption_rows(assumptions)
    touched = [row["name"] for row in rows if row["value"] == "varied"] + list(card.get("parameters") or {})
    wanted = [*dict.fromkeys([*touched, *family.presentation.first_assumptions])][:FIRST]
    by_name = {row["name"]: row for row in rows}
    first = [by_name[name] for name in wanted if name in by_name]
    rest = [row for row in rows if row["name"] not in wanted]
    return Section("assumptions", "assumptions.html", {"first": first, "rest": rest})


def assumption_rows(assumptions: pd.DataFrame | None) -> list[dict[str, str]]:
    """The assumptions as text, a row a parameter."""
    if assumptions is None:
        return []
    names = ("name", "value", "unit", "low", "high", "status", "source")
    table = assumptions.reindex(columns=list(names))
    table["value"] = [_number(value) for value in table["value"]]
    return [{name: _plain(value) for name, value in zip(names, row)} for row in table.itertuples(index=False)]


def caveats_section(family: ModelFamily, runs: pd.DataFrame, spread: str) -> Section:
    """What the model says of itself, and of runs beyond all experience. `spread`: what intervals and bands are of."""
    beyond = family.presentation.beyond(runs)
    caveats = [*family.presentation.caveats, *([beyond] if beyond else [])]
    return Section("caveats", "caveats.html", {"spread": spread, "caveats": caveats})


def missing_section(folder: Path) -> Section | None:
    """The runs that failed and how to repeat them; nothing where none did."""
    failures = read_failures(folder)
    return Section("missing", "missing.html", {"failures": failures}) if failures else None


def provenance_section(card: Mapping[str, Any], family: ModelFamily) -> Section:
    """The card, how to make the figures again, and how to cite them."""
    shown = {name: value for name, value in card.items() if name not in NOT_SHOWN}
    data = {"command": card.get("command") or "", "rows": provenance_rows(shown), "citation": citation(card)}
    return Section("provenance", "provenance.html", data | {"sources": family.presentation.sources})


def provenance_rows(card: Mapping[str, object]) -> list[tuple[str, list[str]]]:
    """The card as rows (name, lines); a nested table becomes one line an entry."""
    rows = []
    for name, value in card.items():
        if isinstance(value, Mapping):
            lines = [f"{key}: {_plain(entry)}" for key, entry in value.items()]
        elif isinstance(value, (list, tuple)):
            lines = [_plain(entry) for entry in value]
        else:
            lines = [_plain(value)]
        rows.append((str(name).replace("_", " "), lines or ["none"]))
    return rows


def limits(card: Mapping[str, object]) -> list[str]:
    """What makes this study smaller than planned or coarser than the model allows, from its card."""
    found = []
    if card.get("quick"):
        found.append("This is the quick size of the study: shorter, coarser and with fewer runs than the full one.")
    weight = card.get("weight")
    if isinstance(weight, int) and weight > 1:
        found.append(f"Each simulated household stands for {weight} households.")
    planned, finished = card.get("planned_runs"), card.get("finished_runs")
    if planned is not None and finished is not None and finished < planned:
        found.append(f"Only {finished} of {planned} planned runs finished: cells may differ in the seeds they had.")
    return found


def event_words(events: Sequence[tuple[str, str]]) -> str:
    """What the numbered lines of a picture over time stand for, as the end of its caption."""
    if not events:
        return ""
    told = "; ".join(f"{number} {date}: {words}" for number, (date, words) in enumerate(events, start=1))
    return f" Dotted lines: {told}."


def _plain(value: object) -> str:
    if value is None or (isinstance(value, float) and pd.isna(value)):
        return ""
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
    return str(value)


def _number(value: object) -> object:
    """A stored value as a number where it is one."""
    try:
        return float(value)
    except (TypeError, ValueError):
        return value
