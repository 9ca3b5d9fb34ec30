"""What stands on a facilitator's papers: the plan of ninety minutes, every prepared workshop, and the map of the first day."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from experiments.report.brief import initials
from experiments.report.guide.first_day import FirstDay
from experiments.study.workshop import USUAL, Workshop, prepared, read_workshop
from simulation.errors import InputError, unknown_name
from simulation.port.family import ModelFamily
from simulation.replay.chapters import Chapter
from simulation.replay.content import texts_of
from simulation.replay.recipe import replay_of
from simulation.replay.words import LANGUAGES, joined, read_words

WORDS = Path(__file__).with_name("words")
PLAN = (("welcome", 8), ("correct", 16), ("read", 6), ("chapters", 40), ("again", 8), ("unknown", 9), ("close", 3))
"""Parts of the ninety minutes, and how long each takes."""
HARM = ("survivors", "names", "photographs", "stop", "deaths", "after")
SLOT = re.compile(r"\{([\w.]+)\}")


def papers(family: ModelFamily, language: str, first: FirstDay) -> dict[str, Any]:
    """All that the papers of one language show, ready for JSON. first: the map of `first_day`.

    InputError for an unknown language and for a model without workshops; UnknownNameError is one.
    """
    if language not in LANGUAGES:
        raise unknown_name("language", language, LANGUAGES, "--language")
    replay = replay_of(family)
    workshops = [read_workshop(path) for path in prepared(family).values()]
    if not workshops:
        raise InputError("it has no prepared workshops", f"model '{family.name}'", "katye guide is about them")
    words = joined(texts_of(replay), read_words(WORDS))[language]
    kinds = [words[f"class.{name}"] for name in replay.classes]
    letters = initials(kinds)
    start, minutes = 0, []
    for name, lasts in PLAN:
        told = (words[f"plan.{name}"], words[f"plan.{name}_how"])
        minutes.append({"minute": f"{start}–{start + lasts}", "what": told[0], "how": told[1]})
        start += lasts
    return {
        "language": language,
        "words": {key: text for key, text in words.items() if key.partition(".")[0] not in ("event", "help")},
        "plan": minutes,
        "workshops": [_workshop(one, words, language) for one in workshops],
        "harm": [{"title": words[f"harm.{name}"], "lines": words[f"harm.{name}_do"].split("|")} for name in HARM],
        "unknown": words.get("model.unknown", "").split("|"),
        "credit": words.get("model.credit", ""),
        "counted": [f"… {'% ' * (one.unit == 'share')}{words[f'series.{one.name}']}" for one in replay.series],
        "kinds": [{"letter": letter, "name": kind} for letter, kind in zip(letters, kinds)],
        "draw": SLOT.sub(lambda _: ", ".join(letters), words["map.draw"]),
        "begins": words["map.begins"].format(day=_date(first, words)),
        "coloured": first.svg(language, shaded=True),
        "blank": first.svg(language, shaded=False),
        "version": version("katye"),
    }


def _date(first: FirstDay, words: Mapping[str, str]) -> str:
    return f"{first.start.day} {words['ui.months'].split('|')[first.start.month - 1]} {first.start.year}"


def _workshop(workshop: Workshop, words: Mapping[str, str], language: str) -> dict[str, Any]:
    """A prepared workshop with the minutes of its chapters."""
    begins = sum(lasts for name, lasts in PLAN[: [name for name, _ in PLAN].index("chapters")])
    whole = dict(PLAN)["chapters"]
    return {
        "name": workshop.name,
        "title": workshop.title[language],
        "sides": [workshop.a.title[language], workshop.b.title[language]],
        "chapters": [
            {
                "minute": f"{begins + minute}–{begins + until}",
                "say": _said(workshop, chapter, words, language),
                "ask": chapter.ask[language],
            }
            for (minute, until), chapter in zip(_shared(whole, len(workshop.chapters)), workshop.chapters)
        ],
    }


def _shared(minutes: int, parts: int) -> Sequence[tuple[int, int]]:
    """First and last minute of each of so many parts, as equal as whole minutes can be."""
    edges = [round(minutes * part / parts) for part in range(parts + 1)]
    return list(itertools.pairwise(edges))


def _said(workshop: Workshop, chapter: Chapter, words: Mapping[str, str], language: str) -> str:
    """What a chapter says before there are runs: numbers that will come from them stand as what they will be of."""
    plain = {
        "day": str(chapter.at),
        "pairs": str(workshop.sizes.get("pairs", USUAL["pairs"])),
        "month": "…",
        "a": workshop.a.title[language],
        "b": workshop.b.title[language],
    }

    def fill(found: re.Match[str]) -> str:
        name, _, part = found[1].partition(".")
        called = words.get(f"series.{name}", name)
        return plain.get(found[1]) or (called if part == "name" else words["guide.slot"])

    return SLOT.sub(fill, chapter.say[language])
