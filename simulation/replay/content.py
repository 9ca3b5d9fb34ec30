"""What every page of a replay says beside its runs: words, map, and what made it; and the whole of one run alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any

from simulation.errors import InputError
from simulation.port.family import ModelFamily
from simulation.port.plugins import NOTHING, Brought
from simulation.replay.page import player_words
from simulation.replay.payload import Arm, payload
from simulation.replay.recipe import Replay, replay_of
from simulation.replay.recorded import Recorded
from simulation.replay.words import joined, read_words


def texts_of(replay: Replay) -> dict[str, dict[str, str]]:
    """The words of the player and of a model, in every language."""
    return joined(player_words(), read_words(replay.words))


def content_of(
    family: ModelFamily, brought: Brought, arms: Sequence[Arm], *, title: str, command: str = ""
) -> dict[str, Any]:
    """The payload of recorded runs of one model. InputError for runs that do not fit together, or not onto the map."""
    replay = replay_of(family)
    map_ = replay.map(brought)
    ids = tuple(place["id"] for place in map_["places"])
    for arm in arms:
        for one in arm.runs:
            if one.places != ids:
                what = "its city has other places than the map that there is now"
                raise InputError(what, f"run {one.run['luck']} of {arm.title}", "Make the run again")
    texts = texts_of(replay)
    source = {"model": family.name, "version": version("katye"), "command": command}
    source |= {"assumption": texts["en"].get("model.assumption", "")}
    return payload(replay, arms, map_, texts, title=title, source=source)


def content_of_run(family: ModelFamily, recorded: Recorded, brought: Brought = NOTHING) -> Mapping[str, Any]:
    """The payload of one run alone."""
    return content_of(family, brought, [Arm(recorded.title, [recorded])], title=recorded.title)
