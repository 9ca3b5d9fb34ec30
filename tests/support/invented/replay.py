"""A replay of a city that does not exist: a small payload for tests of the player, with numbers whose verdict is known."""

from __future__ import annotations

from typing import Any

import numpy as np

from models.haiti.replay.recipe import REPLAY
from simulation.port.plugins import NOTHING
from simulation.replay.blocks import encode
from simulation.replay.chapters import SAY
from simulation.replay.content import texts_of
from simulation.replay.page import player_words
from simulation.replay.words import LANGUAGES, joined

FRAMES, SIDE, BRANCH = 61, 6, 20
CALM = 0.004  # swing of a place a day with which one or two of 138 change hands, as in the city
WORDS = {
    "class.state": "State present",
    "class.contested": "Disputed",
    "class.armed": "Armed groups rule",
    "series.away": "people away from home",
    "series.force": "can go out on a shift",
    "series.killed": "residents killed so far",
    "series.money": "money received",
    "landmark.airport": "Airport",
    "landmark.port": "Port",
    "event.captured": "Armed groups take {place}.",
    "event.cleared": "Security forces clear {place}.",
    "event.arrival": "{a} people of the mission arrive; {b} are here now.",
}


def everywhere(text: str) -> dict[str, str]:
    return {language: f"{text} ({language})" if language != "en" else text for language in LANGUAGES}


def texts() -> dict[str, dict[str, str]]:
    """The player's own words and these of the city, marked with their language."""
    own = {language: {key: everywhere(text)[language] for key, text in WORDS.items()} for language in LANGUAGES}
    return joined(player_words(), own)


def city_map() -> dict[str, Any]:
    """A square of 36 places, its eastern column rural; sea in the west."""
    step = 0.02
    places = []
    for number in range(SIDE * SIDE):
        west, south = -72.4 + step * (number % SIDE), 18.5 + step * (number // SIDE)
        ring = [[west, south], [west + step, south], [west + step, south + step], [west, south + step]]
        places.append(
            {
                "name": f"Quartier {number}",
                "commune": "Pòtoprens",
                "rural": number % SIDE == SIDE - 1,
                "rank": number // 3 + 1 if number % 3 == 0 else None,
                "at": [round(west + step / 2, 4), round(south + step / 2, 4)],
                "rings": [[[round(x, 4), round(y, 4)] for x, y in ring]],
            }
        )
    places[0]["name"] = "Pétion <b>Zero</b>"
    edge = SIDE * step
    land = [
        [-72.4, 18.45],
        [-72.4 + edge + 0.1, 18.45],
        [-72.4 + edge + 0.1, 18.5 + edge + 0.05],
        [-72.4, 18.5 + edge + 0.05],
    ]
    landmarks = [{"key": "airport", "at": [-72.33, 18.57]}, {"key": "port", "at": [-72.39, 18.53]}]
    return {"places": places, "land": [land], "landmarks": landmarks, "roads": []}


def run(luck: int, arm: int, difference: bool, places: int = SIDE * SIDE, swing: float = 0.04) -> dict[str, Any]:
    """One run. After the branch B has half of the force in every pair; its people away differ by luck alone."""
    dice = np.random.default_rng(luck)
    days = np.arange(FRAMES)
    late = (days > BRANCH) & bool(arm) & difference
    level = np.clip(dice.random(places) + np.cumsum(dice.normal(0, swing, (FRAMES, places)), axis=0), 0, 1)
    level = np.where(late[:, None], np.clip(level + 0.2, 0, 1), level)
    kind = np.digitize(level, (0.4, 0.6))
    away = 200_000 + 1_000 * days + dice.normal(0, 500, FRAMES) + np.where(late, (-1) ** luck * 3_000, 0)
    force = np.where(late, 60.0, 120.0) + dice.integers(0, 9, FRAMES)
    events = [[day, ("captured", "cleared")[day % 2], luck % 36, None, None, 5] for day in range(3, FRAMES, 4)]
    events += [[15, "arrival", -1, 200, 1200, 8], [57, "captured", 35, None, None, 0]]
    return {
        "luck": str(luck),
        "series": {
            "away": encode(np.round(away), 100),
            "force": encode(force),
            "killed": encode(np.cumsum(dice.poisson(3, FRAMES)).astype(float)),
            "money": encode(1e6 * days, 1e6),
        },
        "places": {
            "class": encode(kind.astype(float)),
            "level": encode(level, 0.05),
            "sheltering": encode(np.round(18 * (1 - level)) * 500, 10),
            "present": encode(np.round(50_000 * (1 - level / 2)), 100),
        },
        "events": sorted(events, key=lambda event: event[0]),
        "flows": [[week, 7, 14, 300 + week] for week in range(FRAMES // 7)] + [[1, 8, -1, 200]],
    }


def payload(
    *, arms: int = 2, pairs: int = 8, difference: bool = True, chapters: bool = True, title: str = "What if?"
) -> dict[str, Any]:
    """A payload as `simulation.replay.payload` makes it."""
    told = [
        {
            "at": at,
            "see": everywhere("The west"),
            "say": everywhere(f"Chapter of day {at}"),
            "ask": everywhere("And then?"),
        }
        for at in (0, 10, 40)
    ]
    told[1] |= {"look": {"series": "money"}}
    told[2] |= {
        "look": {"place": 14},
        "say": everywhere("Day {day}: {force}; {away.less} of {pairs}; A {force.a}. {a} | {b}"),
    }
    units = {
        "away": ("people", "less"),
        "force": ("people", None),
        "killed": ("people", "less"),
        "money": ("usd", None),
    }
    fields = {"class": "class", "level": "share", "sheltering": "people", "present": "people"}
    return {
        "format": 1,
        "start": "2024-06-05",
        "frames": FRAMES,
        "branch": BRANCH if arms == 2 and difference else None,
        "source": {"model": "invented", "version": "0", "command": "katye replay", "assumption": "Nothing is true."},
        "languages": list(LANGUAGES),
        "texts": texts(),
        "title": everywhere(title),
        "map": city_map(),
        "classes": ["state", "contested", "armed"],
        "fields": [{"name": name, "kind": kind} for name, kind in fields.items()],
        "series": [
            {"name": name, "unit": unit, "better": better, "headline": name != "money"}
            for name, (unit, better) in units.items()
        ],
        "chapters": told if chapters else [],
        "arms": [
            {"title": everywhere(name), "runs": [run(k, arm, difference) for k in range(pairs)]}
            for arm, name in enumerate(("Pledges go on", "No more money")[:arms])
        ],
        "shown": min(3, pairs - 1),
    }


def of_city(pairs: int = 12) -> dict[str, Any]:
    """Invented runs on the map of the city, in its words: three of four numbers are luck, and parameters are drawn too."""
    found = payload(pairs=pairs)
    found |= {"map": REPLAY.map(NOTHING), "texts": texts_of(REPLAY), "drawn": True, "classes": list(REPLAY.classes)}
    names = {"away": "displaced_people", "force": "usable_force", "killed": "residents_killed"}
    units = {one.name: one.unit for one in REPLAY.series}
    shown = ("displaced_people", "usable_force", "held_by_armed_groups", "residents_killed")
    found["series"] = [{"name": name, "unit": units[name], "better": None, "headline": True} for name in shown]
    for number, arm in enumerate(found["arms"]):
        arm["runs"] = [run(luck, number, True, len(found["map"]["places"]), CALM) for luck in range(pairs)]
        for luck, one in enumerate(arm["runs"]):
            late = np.arange(FRAMES) > BRANCH
            lines = {names[name]: line for name, line in one["series"].items() if name in names}
            way = np.where(late, number * (-1) ** luck, 0)
            lines["held_by_armed_groups"] = encode(0.6 + 0.01 * way, 0.002)
            lines["residents_killed"] = encode(np.arange(FRAMES) * 20.0 + 8 * way)
            one["series"] = lines
    asked = {tag: found["texts"][tag]["model.about"][:SAY] for tag in LANGUAGES}
    for chapter, line in zip(found["chapters"], shown, strict=False):
        slot = {tag: f"{{{line}.name}}: {{{line}}}; A {{{line}.a}}, {{month}}" for tag in LANGUAGES}
        chapter |= {"say": slot, "ask": asked, "look": {"series": line}}
    return found
