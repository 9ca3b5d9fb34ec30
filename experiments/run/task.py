"""One run of a study: what it is, how it lives through its days, and what is kept of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.run.citation import cited
from experiments.run.codebook import codebook
from experiments.run.evenings import finished_if_it_can_be, lived, recording_of
from experiments.run.shared_start import SharedStart
from experiments.study.study import SCENARIO, Cell
from simulation.port.family import DEFAULT, Case, ModelFamily, find_family
from simulation.port.outcomes import Outcome
from simulation.port.plugins import NOTHING, Brought
from simulation.runs.results import run_card
from simulation.runs.runner import forget

if TYPE_CHECKING:
    import pandas
    import pyarrow

    from simulation.replay.recorded import Recorded

ROOT = Path(__file__).resolve().parents[2]
Table = Callable[[Any, Mapping[str, Any]], "pyarrow.Table"]
"""Makes a table of a run's recorder and of the columns that say which run it is."""
NO_TABLES: Mapping[str, Table] = {}


@dataclass(frozen=True)
class Task:
    """One run of a study; `replay`: keep all its days. `shared`: the days it shares with others of its seed, if any.

    `record`: keep a recording for a replay in the table `recordings`; None: the study has no such table.

    `model`: the family, as `find_family` takes it, with what is `brought` to it. `curves`: daily
    columns to keep, each `every` days.
    """

    run: int
    model: str
    case: Case
    cell: Cell
    replicate: int
    seed: int
    replay: bool = False
    record: bool | None = None
    shared: SharedStart | None = None
    curves: tuple[str, ...] = ()
    every: int = 7
    brought: Brought = NOTHING

    @property
    def family(self) -> ModelFamily:
        """The model that is run."""
        return find_family(self.model, self.brought)

    def design(self) -> dict[str, Any]:
        """Who this run is: the columns that stand first in every table of the study."""
        own = self.family.design_columns(self.case)
        return {"run": self.run, "arm": self.cell.arm, **own, "replicate": self.replicate}

    def levels(self) -> dict[str, Any]:
        """What varies, as columns of the tables; a scenario has one of its own."""
        return {name: level for name, level in self.cell.levels.items() if name != SCENARIO}


@dataclass(frozen=True)
class Record:
    """What one run gives to the study's tables; `replay` holds its full tables or nothing, `recorded` what a player shows."""

    row: dict[str, Any]
    parts: dict[str, pyarrow.Table]
    replay: dict[str, pandas.DataFrame]
    card: dict[str, Any]
    model: str = DEFAULT
    brought: Brought = NOTHING
    recorded: Recorded | None = None

    def codebook(self, table: str) -> Mapping[str, Outcome]:
        """Unit and meaning of the columns of a table of the run that is kept in full."""
        return codebook(find_family(self.model, self.brought), table)

    def tables(self) -> dict[str, pyarrow.Table]:
        """The tables of which every run of a study has its rows."""
        return self.parts


def simulate(task: Task, also: Mapping[str, Table] = NO_TABLES) -> Record:
    """One run of the model, in whatever process this is. also: {name: function} of further tables that are kept of it."""
    from experiments.run.outputs import curves_table, places_table, recordings_table

    started, family = datetime.now(UTC), task.family
    recording = recording_of(family) if task.replay or task.record else None
    model = lived(task, recording, events=task.replay)
    design, levels, recorder = task.design(), task.levels(), model.recorder
    about = {"scenario": task.case.name, **design, "seed": task.seed, "point": task.cell.point}
    row = {**about, **levels, **model.summary(), **family.row(model)}
    everywhere = {**design, "scenario": task.case.name, **levels}
    parts = {"curves": curves_table(recorder, everywhere, task.curves, task.every, family.daily)} if task.curves else {}
    if recorder.fields and family.place_fields:
        parts["places"] = places_table(recorder, everywhere, family.place_fields)
    parts |= {name: table(recorder, design) for name, table in also.items()}
    recorded = finished_if_it_can_be(family.name, recording, model)
    if task.record is not None:
        parts["recordings"] = recordings_table(everywhere, recorded if task.record else None)
    replay, card = {}, {}
    if task.replay:
        replay = {"daily": recorder.daily(), "neighbourhoods": recorder.places(), "events": model.events()}
        card = case_card(family, model.case, task.seed, started, details=design)
    forget(model)
    return Record(row, parts, replay, card, task.model, task.brought, recorded if task.replay else None)


def case_card(family: ModelFamily, case: Case, seed: int, started: datetime, details: dict[str, Any]) -> dict[str, Any]:
    """The card of one run of the model; `details` are added."""
    about = {"model": family.name, "title": case.title, "start": case.start, "days": case.days, "weight": case.weight}
    about |= {"uncertainty": case.uncertainty, "off": list(case.off)}
    about |= {"brought": case.brought.content()} if case.brought else {}
    about |= {"population": case.population.name if case.population else None}
    about |= {"posterior": case.posterior.name if case.posterior else None, **details}
    card = run_card(
        scenario=case.name,
        seed=seed,
        parameters=case.parameters.changes(),
        started=started,
        data_files=family.input_files(case),
        root=ROOT,
        details=about,
    )
    return cited(card)
