"""One run of the app, in whatever process: read from the text of its scenario file, recorded, its daily table digested."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass

from experiments.app.scenarios import read_case
from experiments.run.codebook import codebook
from experiments.run.evenings import finished
from simulation.errors import InputError
from simulation.port.family import Case, ModelFamily, find_family
from simulation.replay.recipe import replay_of
from simulation.replay.recorded import Recorded
from simulation.replay.recording import Recording
from simulation.runs.results import write_table
from simulation.runs.runner import forget

SKETCH_WEIGHT = 2000  # households a row of the first, light picture


@dataclass(frozen=True)
class Order:
    """A run that is wanted; equal orders are one run. `sketch`: at a high weight, to have a picture soon; `opening`: its first
    day alone, to have one at once."""

    model: str
    name: str
    text: str
    seed: int
    sketch: bool = False
    opening: bool = False


@dataclass(frozen=True)
class Lived:
    """A run that has ended. `sha256`: of its `daily.parquet`, as `katye run` would write it."""

    recorded: Recorded
    sha256: str


def warm(model: str) -> None:
    """Read the code of a model, which takes a process a second, before it gets a run."""
    find_family(model)


def case_of(order: Order, family: ModelFamily) -> Case:
    """What is run; a sketch of a model in which nobody stands for others is the run itself."""
    whole = read_case(family, order.name, order.text)
    if not order.sketch or whole.weight >= SKETCH_WEIGHT:
        return whole
    try:
        return read_case(family, order.name, order.text, SKETCH_WEIGHT)
    except InputError:
        return whole


def live(order: Order) -> Lived:
    """Run it through, exactly as `katye run` does, or its first day."""
    family = find_family(order.model)
    recording = Recording(replay_of(family))
    model = family.create(case_of(order, family), order.seed, places=True, events=True)
    model.run(1 if order.opening else None, progress=recording.progress(model))
    daily = io.BytesIO()
    write_table(model.recorder.daily(), daily, codebook(family, "daily"))
    found = Lived(finished(family.name, recording, model), hashlib.sha256(daily.getvalue()).hexdigest())
    forget(model)
    return found
