"""Cards of runs and studies, read back: every value of the kind that was written, or an InputError that says what is not."""

from __future__ import annotations

import datetime
from pathlib import Path

from simulation.errors import InputError
from simulation.files.json_file import NUMBER, Kept, read_json

NAME = "card.json"
LEVEL = (str, bool, int, float)
TEXTS = ("model", "study", "title", "question", "design", "analysis", "asks", "command", "scenario", "start", "commit",
         "population", "posterior", "version", "started", "finished", "cite")  # fmt: skip
NUMBERS = ("days", "weight", "replicates", "samples", "shared_start", "spin_up", "curve_days", "planned_runs", "finished_runs",
           "failed_runs", "seed", "entropy", "workers", "sessions")  # fmt: skip
SHAPE = {
    **dict.fromkeys(TEXTS, str),
    **dict.fromkeys(NUMBERS, int),
    **dict.fromkeys(("interrupted", "uncertainty", "quick"), bool),
    "points": [{str: LEVEL}],
    "arms": {str: {str: object}},
    "fixed": dict,
    "titles": {str: (str, dict), "arms": {str: str}, "levels": {str: {str: str}}},
    "sections": [str],
    "comparison": [str],
    "outcomes": (list, dict),
    "vary": {str: (list, dict, str)},
    "scenarios": {str: {"title": str, "question": str, "changes": {str: str}, "dated": [[str]]}},
    "brought": dict,
    "parameters": dict,
    "versions": dict,
}
RANGE = {"low": NUMBER, "high": NUMBER}


def read_card(folder: Path, hint: str = "") -> Kept:
    """The card of a folder. InputError with the hint if it is damaged; `card.json` itself is there."""
    card = read_json(folder / NAME, SHAPE, hint)
    wrong = ""
    for name, levels in (card.get("vary") or {}).items():
        ends = [levels.get(end) for end in RANGE] if isinstance(levels, dict) else []
        listed = levels if isinstance(levels, list) else []
        if not all(isinstance(end, NUMBER) for end in ends) or not all(isinstance(level, LEVEL) for level in listed):
            wrong = f"vary.{name} is {levels!r}"
    if isinstance(card.get("outcomes"), list) and not all(isinstance(name, str) for name in card["outcomes"]):
        wrong = f"outcomes is {card['outcomes']!r}"
    for name in ("days", "weight", "replicates"):
        if isinstance(card.get(name), int) and not 0 < card[name] < 10**9:
            wrong = f"{name} is {card[name]}"
    if card.get("start"):
        try:
            datetime.date.fromisoformat(str(card["start"])[:10])
        except ValueError:
            wrong = f"start is {card['start']!r}"
    for about in (card.get("scenarios") or {}).values():
        if about is None or any(len(event) != 2 for event in about.get("dated") or ()):
            wrong = f"scenarios is {card['scenarios']!r}"
        else:
            wrong = wrong or next(
                (f"a scenario has no {key}" for key in ("title", "question", "changes") if about.get(key) is None), ""
            )
    if wrong:
        raise InputError(f"is damaged: {wrong}", str(folder / NAME), hint)
    return card
