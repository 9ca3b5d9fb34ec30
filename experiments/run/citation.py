"""How results are cited: the program with its version and commit, and the run, study or comparison with its seed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from simulation.errors import InputError
from simulation.port.family import DEFAULT, find_family
from simulation.runs.commit import commit
from simulation.runs.results import Results, versions

ROOT = Path(__file__).resolve().parents[2]

AUTHORS = "The Katye developers"


def program(card: Mapping[str, Any]) -> str:
    """What was used: the program, and the model if it is another than the program's own."""
    name = card.get("model", DEFAULT)
    if name == DEFAULT:
        return "Katye, an open agent-based simulation of Port-au-Prince"
    return f"Katye, an open simulator of agent-based models, with the model “{_title(name)}”"


def _title(name: str) -> str:
    """A model's title; of one that cannot be asked for by name, the name."""
    try:
        return find_family(name).title
    except InputError:
        return name


def citation(card: Mapping[str, Any]) -> str:
    """How to cite the results that a card belongs to, with version, commit and seed."""
    versions = card.get("versions")
    version = card.get("version") or (versions.get("katye") if isinstance(versions, Mapping) else "") or "unknown"
    commit = str(card.get("commit") or "unknown")  # in full: its end says whether files were modified
    if "study" in card:
        what = f"Study '{card['study']}'"
    elif "comparison" in card:
        what = f"Comparison of {', '.join(card['comparison'])}"
    else:
        what = f"Scenario '{card.get('scenario', 'unknown')}', {card.get('days', 'unknown')} days"
    seed = card.get("seed", "unknown")
    return f"{AUTHORS}. {program(card)}, version {version}, commit {commit}. {what}, seed {seed}."


def cite(what: Any) -> str:
    """The line that goes under a figure of a model in memory, or of the folder of a run, a study or a comparison.

    `what`: a model, a folder's path, or what was read of one (`Results`, `StudyResults`, `compared`). Parameters and rules that
    were changed by hand are not in the line. InputError for anything else, and for a folder without results.
    """
    if isinstance(what, str | Path):
        what = Results(what)
    if isinstance(card := getattr(what, "card", None), Mapping):
        return citation(card)
    if not all(hasattr(what, name) for name in ("family", "case", "run_seed", "day")):
        raise InputError(
            f"{type(what).__name__} cannot be cited", "cite", "A model can, or the folder of a run or a study"
        )
    about = {"model": what.family, "scenario": what.case.name, "days": what.day, "seed": what.run_seed}
    return citation(about | {"versions": versions(), "commit": commit(ROOT)})


def cited(card: Mapping[str, Any]) -> dict[str, Any]:
    """The card, and how to cite what it belongs to."""
    return {**card, "cite": citation(card)}
