"""A recorded run, and the file in a run's folder that keeps it."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulation.clock import parse_date
from simulation.errors import InputError, named_in
from simulation.files.json_file import NUMBER, json_of
from simulation.replay.blocks import decode
from simulation.replay.recipe import Replay
from simulation.replay.recording import Recording

NAME = "recording.json"
BLOCK = {"columns": int, "scale": NUMBER, "data": str, "missing": int}
SHAPE = {
    "model": str,
    "title": str,
    "start": str,
    "frames": int,
    "places": [str],
    "brought": dict,
    "run": {
        "luck": str,
        "series": {str: BLOCK},
        "places": {str: BLOCK},
        "events": [list],
        "flows": [[int]],
    },
}


@dataclass(frozen=True)
class Recorded:
    """A recorded run and what it is a run of. `start`: date of its first frame; `places`: ids, in the order of its fields.

    `brought`: what was brought to the model from outside, as its card says.
    """

    model: str
    title: str
    start: str
    frames: int
    places: tuple[str, ...]
    run: Mapping[str, Any]
    brought: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    def content(self) -> dict[str, Any]:
        """As the file keeps it."""
        return {item.name: getattr(self, item.name) for item in dataclasses.fields(self)}

    def text(self) -> str:
        """The same as JSON."""
        return json.dumps(self.content(), ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def recorded_of(name: str, recording: Recording, model: Any, run: Mapping[str, Any]) -> Recorded:
    """The days of a model that a recording looked at; `run`: what it holds of them. `name`: the model's."""
    start = str(model.recorder.clock.dates(recording.days[:1])[0])[:10]
    case, places = model.case, tuple(recording.replay.places(model))
    return Recorded(name, case.title or case.name, start, len(recording.days), places, run, case.brought.content())


def write_recorded(recorded: Recorded, folder: Path) -> None:
    """The file of a recording, in a folder that exists."""
    (folder / NAME).write_text(recorded.text() + "\n", encoding="utf-8", errors="backslashreplace")


def read_recorded(folder: Path) -> Recorded:
    """The recording in a run's folder. InputError if there is none, or if it is damaged."""
    path = folder / NAME
    if not path.is_file():
        hint = "`katye run` makes one with every run; a study's runs are repeated: give the folder of the study"
        raise InputError("it has no recording that could be shown", f"folder {folder}", hint)
    return recorded_in(path.read_bytes(), str(path))


def recorded_in(text: str | bytes, where: str) -> Recorded:
    """The recording that a text holds. InputError if it is damaged."""
    content = json_of(text, SHAPE, where, "Make the run again")
    run = content["run"]
    for name in SHAPE["run"]:
        if run.get(name) is None:
            raise InputError(f"is damaged: it says nothing of {name}", where, "Make the run again")
    parse_date(content["start"], where)
    fields = {item.name: content[item.name] for item in dataclasses.fields(Recorded)}
    return Recorded(**fields | {"places": tuple(content["places"])})


def check_recorded(recorded: Recorded, replay: Replay, where: str) -> None:
    """InputError unless a recording has all that the model's replay shows, of every day and place."""
    run, hint = recorded.run, "Make the run again"
    for kind, wanted, columns in (
        ("series", [one.name for one in replay.series], 1),
        ("places", [one.name for one in replay.fields], len(recorded.places)),
    ):
        if list(run[kind]) != wanted:
            raise InputError(f"it records {', '.join(run[kind]) or 'nothing'}, not {', '.join(wanted)}", where, hint)
        for name, block in run[kind].items():
            with named_in(f"{where}, {name}"):
                shape = decode(block).shape
            if shape != (recorded.frames, columns):
                raise InputError(f"{name} has {shape[0]} days of {shape[1]} numbers", where, hint)
    for event in run["events"]:
        if not _told(event, recorded, replay):
            raise InputError(f"it tells of {event!r}", where, hint)
    for flow in run["flows"]:
        if len(flow) != 4 or not all(-1 <= place < len(recorded.places) for place in flow[1:3]):
            raise InputError(f"it has people who move as {flow!r}", where, hint)


def _told(event: list[Any], recorded: Recorded, replay: Replay) -> bool:
    """Whether an event is one that a page can tell: of its days, codes and places, with numbers."""
    if len(event) != 6 or not all(_is_number(event[place]) for place in (0, 2, 5)):
        return False
    day, code, place, *numbers, _ = event
    known = code in replay.codes and 0 <= day < recorded.frames and -1 <= place < len(recorded.places)
    return known and all(number is None or _is_number(number) for number in numbers)


def _is_number(value: Any) -> bool:
    return isinstance(value, NUMBER) and not isinstance(value, bool)
