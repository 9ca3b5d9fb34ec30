"""What a page gets: one or two arms of recorded runs, the map, the words; the pair that is shown first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from simulation.errors import InputError
from simulation.replay.blocks import decode
from simulation.replay.page import FORMAT
from simulation.replay.recipe import Replay
from simulation.replay.recorded import Recorded
from simulation.replay.words import LANGUAGES

FLOWS = 20  # of a week of the pair that is shown first; the page draws a dozen
HEAVY = 5  # weight of events that the page tells of a pair that is not shown first


@dataclass(frozen=True)
class Arm:
    """Runs under one policy; run k has the luck of run k of the other arm."""

    title: str
    runs: Sequence[Recorded]


def payload(
    replay: Replay,
    arms: Sequence[Arm],
    map_: Mapping[str, Any],
    texts: Mapping[str, Mapping[str, str]],
    *,
    title: str,
    source: Mapping[str, str],
    chapters: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """The payload of `docs/replay.md`. InputError for arms that cannot stand side by side."""
    first = check_alike(arms)
    if len(first.places) != len(map_["places"]):
        raise InputError(f"{len(first.places)} places were recorded, and the map has {len(map_['places'])}", "map")
    runs = [[one.run for one in arm.runs] for arm in arms]
    shown = nearest_to_mean([[values_of(run) for run in arm] for arm in runs])
    return {
        "format": FORMAT,
        "start": first.start,
        "frames": first.frames,
        "branch": branch_day(runs[0][shown], runs[1][shown]) if len(runs) == 2 else None,
        "source": dict(source),
        "languages": list(LANGUAGES),
        "texts": {language: dict(words) for language, words in texts.items()},
        "title": same_everywhere(title),
        "map": dict(map_),
        "classes": list(replay.classes),
        "fields": [{"name": field.name, "kind": field.kind} for field in replay.fields],
        "series": [
            {"name": one.name, "unit": one.unit, "better": one.better, "headline": one.headline}
            for one in replay.series
        ],
        "chapters": list(chapters),
        "arms": [
            {
                "title": same_everywhere(arm.title),
                "runs": [light(run, number == shown) for number, run in enumerate(own)],
            }
            for arm, own in zip(arms, runs, strict=True)
        ],
        "shown": shown,
    }


def same_everywhere(text: str) -> dict[str, str]:
    """A text of the user's own, the same in every language."""
    return dict.fromkeys(LANGUAGES, text)


def light(run: Mapping[str, Any], shown: bool) -> dict[str, Any]:
    """A run as the page gets it: flows, and what only stories of places need, of the pair that is shown first alone."""
    if shown:
        return {**run, "flows": _strongest(run["flows"])}
    return {**run, "flows": [], "events": [one for one in run["events"] if one[5] >= HEAVY]}


def _strongest(flows: Sequence[Sequence[int]]) -> list[Sequence[int]]:
    """The first few of every week, which stand in falling order."""
    weeks = [flow[0] for flow in flows]
    return [flow for place, flow in enumerate(flows) if place < FLOWS or weeks[place - FLOWS] != flow[0]]


def check_alike(arms: Sequence[Arm]) -> Recorded:
    """The first run of all. InputError for what is of another model, city, day or luck than it, or a run without its pair."""
    if not 1 <= len(arms) <= 2 or not all(arm.runs for arm in arms):
        raise InputError("a replay has one or two sides, each with a run or more", "replay")
    if len({len(arm.runs) for arm in arms}) > 1:
        counts = " and ".join(str(len(arm.runs)) for arm in arms)
        raise InputError(f"the sides have {counts} runs, and each needs its pair", "replay")
    first = arms[0].runs[0]
    for arm in arms:
        for one, pair in zip(arm.runs, arms[0].runs, strict=True):
            where = f"run {one.run['luck']} of {arm.title}"
            for what, ours, theirs in (
                ("model", one.model, first.model),
                ("first day", one.start, first.start),
                ("number of days", one.frames - 1, first.frames - 1),
            ):
                if ours != theirs:
                    raise InputError(f"its {what} is {ours}, and {theirs} in the other", where, "Make both alike")
            if one.places != first.places:
                raise InputError("its city has other places than the other's", where, "Make both in one city")
            if one.run["luck"] != pair.run["luck"]:
                what = f"its seed is {one.run['luck']}, and {pair.run['luck']} in the other"
                raise InputError(what, where, "Make both with one seed, so that they differ by more than luck")
    return first


def values_of(run: Mapping[str, Any]) -> np.ndarray:
    """All series of a run, float64 (frames, series)."""
    return np.hstack([decode(block) for block in run["series"].values()])


def nearest_to_mean(arms: Sequence[Sequence[np.ndarray]]) -> int:
    """The run, or the pair, that is nearest to the mean.

    Of every series and day: how far it is from the mean of all, squared, in variances over all (none where they agree), for
    each arm and, if there are two, for the difference between them; the mean of that over series and days is smallest.
    """
    sides = [np.stack(arm).astype(np.float64) for arm in arms]
    if len(sides) == 2:
        sides.append(sides[1] - sides[0])
    off = np.zeros(len(sides[0]))
    for side in sides:
        known = ~np.isnan(side).any(axis=0)
        values = side[:, known]
        spread = values.var(axis=0)
        scaled = np.divide((values - values.mean(axis=0)) ** 2, spread, out=np.zeros_like(values), where=spread > 0)
        off += scaled.mean(axis=1) if scaled.shape[1] else 0.0
    return int(off.argmin())


def branch_day(one: Mapping[str, Any], other: Mapping[str, Any]) -> int | None:
    """The first frame in which a number of two runs differs; None if that is the first of all, or if none does."""
    found = []
    for kind in ("series", "places"):
        for name, block in one[kind].items():
            apart = ~np.isclose(decode(block), decode(other[kind][name]), rtol=0, atol=1e-9, equal_nan=True)
            found += np.flatnonzero(apart.any(axis=1))[:1].tolist()
    return min(found, default=0) or None
