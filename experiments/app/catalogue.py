"""What the page offers: scenarios, parameters with unit and range, kinds of events with their settings, words."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import Any

from experiments.app.scenarios import MOST_PAIRS, OWN_FILES
from simulation.files.toml import read_toml
from simulation.port.family import ModelFamily
from simulation.port.wording import CONDITIONAL, wording
from simulation.replay.words import LANGUAGES, read_words
from simulation.runs.results import plain

WORDS = Path(__file__).with_name("words")


def page_words() -> dict[str, dict[str, str]]:
    """{language: {key: text}} of the page; the sentence under its title is that of all pages."""
    own = read_words(WORDS)
    return {language: {"app.caveat": wording(language, CONDITIONAL), **own[language]} for language in LANGUAGES}


FEW = 8  # parameters that a page shows before somebody searches
USUAL_WEIGHT, USUAL_PAIRS = 50, 20


def catalogue(family: ModelFamily) -> dict[str, Any]:
    """All of it, as JSON takes it. Meanings are those of the register, in English."""
    rows = family.parameters().rows()
    first = family.presentation.first_choices or [row.name for row in rows if row.status == "policy"][:FEW]
    scenarios = []
    for one in family.scenarios():
        table = read_toml(family.scenario_file(one.name))[0] if family.scenario_file else {}
        if not any(key in table for key in OWN_FILES):
            about = {
                "name": one.name,
                "title": one.title,
                "question": one.question,
                "start": one.start,
                "days": one.days,
            }
            scenarios.append(about | {"set": family.load_case(one.name).parameters.changes()})
    return plain(
        {
            "model": family.title,
            "version": version("katye"),
            "scenarios": scenarios,
            "first": first or [row.name for row in rows[:FEW]],
            "parameters": [
                {
                    "name": row.name,
                    "value": row.default,
                    "unit": row.unit,
                    "meaning": row.meaning,
                    "range": row.range_text(),
                    "bounds": row.bounds,
                    "choices": row.choices,
                    "founding": family.founding.get(row.name, ""),
                    "source": row.source,
                }
                for row in rows
            ],
            "kinds": [
                {
                    "name": name,
                    "meaning": kind.meaning,
                    "lasts": kind.end is not None,
                    "settings": [
                        {
                            "name": key,
                            "value": one.default,
                            "unit": one.unit,
                            "meaning": one.meaning,
                            "bounds": one.bounds,
                            "choices": one.choices,
                            "kind": one.kind,
                        }
                        for key, one in kind.settings.items()
                    ],
                }
                for name, kind in family.event_kinds.items()
                if not any(one.kind == "table" for one in kind.settings.values())  # those are changes with a date
            ],
            "weight": USUAL_WEIGHT if _weighs(family) else 1,
            "pairs": USUAL_PAIRS,
            "most_pairs": MOST_PAIRS,
            "languages": LANGUAGES,
            "words": page_words(),
        }
    )


def _weighs(family: ModelFamily) -> bool:
    """Whether one simulated household can stand for many."""
    from simulation.errors import InputError

    try:
        family.load_case(family.scenarios()[0].name, weight=USUAL_WEIGHT)
    except InputError:
        return False
    return True
