"""The page of a replay from what a user names: scenarios to be run, a study whose runs are repeated, folders of runs."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.run.recorded import RecordedRun, record_all
from experiments.run.results import unlike
from experiments.run.sweep import Progress, plan
from experiments.run.task import Task
from experiments.store.load import load_runs, load_table
from experiments.store.state import StoreState, store_of
from experiments.study.inputs import kept_study
from experiments.study.study import Cell, Study
from experiments.study.workshop import Workshop
from simulation.errors import InputError, KatyeError, UnknownNameError, unknown_name
from simulation.port.family import ModelFamily, find_family
from simulation.port.plugins import Brought, read_brought
from simulation.replay.chapters import placed
from simulation.replay.content import content_of, texts_of
from simulation.replay.page import write_page
from simulation.replay.payload import Arm
from simulation.replay.recipe import replay_of
from simulation.replay.recorded import Recorded, check_recorded, read_recorded, recorded_in
from simulation.runs.runner import Failure

if TYPE_CHECKING:
    from experiments.analysis.compared import Compared

SHOWN = 5  # cells that a message names


@dataclass(frozen=True)
class Sides:
    """One or two sides of a page, on the way to it. `title`: what stands above them. `lost`: of runs that failed, their errors;
    their pairs are left out. `drawn`: pairs differ in parameters too, not in luck alone."""

    family: ModelFamily
    brought: Brought
    title: str
    arms: tuple[Arm, ...]
    lost: tuple[str, ...] = ()
    drawn: bool = False


def of_scenarios(study: Study, workers: int | None = None, progress: Progress | None = None) -> Sides:
    """The scenarios of a study of `replay_study`, run now. InputError as `record_all`; KatyeError if no pair ended well."""
    replay_of(study.family)
    tasks = plan(study)
    firsts = [study.cells()[first] for first in study.firsts]
    sides = [[task for task in tasks if task.cell == cell] for cell in firsts]
    cases = study.cases()
    titles = [case.title or case.name for case in cases]
    asked = cases[1].question if len(cases) > 1 else ""  # what the other side is for
    return _made(study, asked or " | ".join(titles), titles, sides, workers, progress)


def of_workshop(
    workshop: Workshop, study: Study, workers: int | None = None, progress: Progress | None = None
) -> Sides:
    """Both sides of a workshop, run now, by its study. InputError and KatyeError as `of_scenarios`."""
    tasks, cells = plan(study), study.cells()
    sides = [[task for task in tasks if task.cell == cells[first]] for first in study.firsts]
    titles = [workshop.a.title["en"], workshop.b.title["en"]]
    return _made(study, workshop.title["en"], titles, sides, workers, progress)


def of_study(
    folder: Path,
    cells: Sequence[str] = (),
    pairs: int | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Sides:
    """Runs of one or two cells of a study, repeated from their seeds; of a study of one or two cells all of them.

    `pairs`: that many of the replicates that have ended well in both, the first; None is all. InputError for a cell that
    there is not or that no run of has ended, and for a run that does not come to what is kept of it.
    """
    study, state = study_in(folder), StoreState(store_of(folder))
    replay_of(study.family)
    chosen = chosen_cells(study, cells)
    tasks = plan(study)
    firsts = [study.cells()[study.firsts[number]] for number in chosen]
    sides = [
        {task.replicate: task for task in tasks if task.cell == cell and task.run in state.runs} for cell in firsts
    ]
    both = sorted(set.intersection(*(set(side) for side in sides)))[:pairs]
    if not both:
        raise InputError("no replicate of it has ended well", f"study in {folder}", "Go on with: katye resume")
    wanted = [[side[replicate] for replicate in both] for side in sides]
    titles = apart([told(study, study.cells()[number]) for number in chosen])
    kept = load_runs(folder).set_index("run")

    def check(task: Task, recorded: RecordedRun) -> None:
        row = kept.loc[task.run]
        other = unlike(row, {name: value for name, value in recorded.outcomes.items() if name in row})
        if other:
            what = f"run {task.run} comes to another {other[0]} than is kept: other code or data made it"
            raise InputError(what, f"study in {folder}", "Make the study anew, or use the version that made it")

    return _made(study, study.title, titles, wanted, workers, progress, check)


def study_in(folder: Path) -> Study:
    """The study of a folder. InputError if there is none."""
    state = StoreState(store_of(folder))
    return kept_study(state.about, state.store.parent)


def of_runs(folders: Sequence[Path], model: str | None = None) -> Sides:
    """Folders of runs that have a recording. `model`: what to find their model by, if not by its name.

    A recording may come from a stranger: nothing that it names is imported but a model of that name. InputError for one that
    is missing, damaged or of another model.
    """
    return _of_recorded([(read_recorded(folder), f"folder {folder}") for folder in folders], model)


def of_comparison(found: Compared, folder: Path) -> Sides:
    """The first two sides of a comparison, from what it kept of them, pair by pair. InputError if it kept nothing."""
    try:
        kept = load_table(folder, "recordings").set_index("run")["recording"]
    except UnknownNameError:
        raise InputError("its runs were not recorded", f"study in {folder}", "Its runs can be repeated") from None
    runs = found.runs[found.runs["run"].isin(kept.index)]
    names = found.names[:2]
    numbers = [runs[runs["side"] == name].set_index("replicate")["run"] for name in names]
    both = sorted(set(numbers[0].index) & set(numbers[1].index))
    if not both:
        raise InputError("no pair of its runs was recorded", f"study in {folder}", "Its runs can be repeated")
    titles, asked = (
        [found.about.get(name, ("", ""))[0] or name for name in names],
        found.about.get(names[1], ("", ""))[1],
    )
    arms = []
    for own, title in zip(numbers, titles, strict=True):
        texts = [(recorded_in(kept[run], f"run {run}"), f"run {run}") for run in own[both]]
        whole = _of_recorded(texts, found.card.get("model"))
        arms.append(Arm(title, [run for arm in whole.arms for run in arm.runs]))
    drawn = bool(found.card.get("uncertainty"))
    return Sides(whole.family, whole.brought, asked or " | ".join(titles), tuple(arms), drawn=drawn)


def _of_recorded(found: Sequence[tuple[Recorded, str]], model: str | None) -> Sides:
    """Recordings, each a side with what it is called, on the map of the first."""
    first, where = found[0]
    name = model or first.model
    if model is None and ":" in name:
        raise InputError("it names its model by a module", where, "Say which it is with --model")
    family = find_family(name)
    for recorded, named in found:
        if recorded.model != family.name:
            what = f"it is a run of the model {recorded.model}, and not of {family.name}"
            raise InputError(what, named, "Name its own with --model")
        check_recorded(recorded, replay_of(family), named)
    data = {"data": first.brought["data"]} if "data" in first.brought else {}
    brought = read_brought(data, f"{where}, the map of its run")
    runs = [recorded for recorded, _ in found]
    title = " | ".join(one.title for one in runs)
    return Sides(family, brought, title, tuple(Arm(one.title, [one]) for one in runs))


def write(out: Path, sides: Sides, *, title: str = "", command: str = "", workshop: Workshop | None = None) -> int:
    """The page of these sides; its size in bytes. InputError as `content`, and if it cannot be written."""
    return write_page(out, content(sides, title=title, command=command, workshop=workshop))


def content(sides: Sides, *, title: str = "", command: str = "", workshop: Workshop | None = None) -> dict[str, Any]:
    """The payload of these sides, of a workshop with its chapters. InputError for sides that do not fit together."""
    made = content_of(sides.family, sides.brought, sides.arms, title=title or sides.title, command=command)
    made["drawn"] = sides.drawn
    if workshop is not None:
        first = sides.arms[0].runs[0]
        start = datetime.date.fromisoformat(first.start)
        made["chapters"] = placed(
            workshop.chapters,
            start,
            first.frames - 1,
            replay_of(sides.family),
            made["map"]["places"],
            made["texts"],
            str(workshop.path),
        )
        made["title"] = workshop.title
        for arm, side in zip(made["arms"], (workshop.a, workshop.b), strict=True):
            arm["title"] = side.title
    return made


def check_chapters(workshop: Workshop, study: Study) -> None:
    """InputError, before hours of runs, for a chapter that the page could not show."""
    replay, case = replay_of(study.family), study.cases()[0]
    places = replay.map(study.brought)["places"]
    placed(workshop.chapters, case.start, case.days, replay, places, texts_of(replay), str(workshop.path))


def chosen_cells(study: Study, wanted: Sequence[str]) -> list[int]:
    """Positions of cells by number, or by what sets them apart. InputError for one there is not, or for several."""
    cells = study.cells()
    if not wanted:
        if len(cells) <= 2:
            return list(range(len(cells)))
        raise InputError(f"the study has {len(cells)} cells", "--a, --b", f"Say which: {_listed(study)}")
    return [_cell(study, text) for text in wanted]


def _cell(study: Study, text: str) -> int:
    cells = study.cells()
    if text.strip().isdigit() and int(text) < len(cells):
        return int(text)
    parts = _parts(text)
    found = [number for number, cell in enumerate(cells) if parts and parts <= _parts(str(cell))]
    if len(found) == 1:
        return found[0]
    if found:
        several = ", ".join(f"{number} ({told(study, cells[number])})" for number in found[:SHOWN])
        raise InputError(f"'{text}' is said of {len(found)} cells", "--a, --b", f"Say more, or a number: {several}")
    error = unknown_name("cell", text, [str(cell) for cell in cells], "--a, --b")
    raise InputError(error.what, error.where, f"There are: {_listed(study)}")


def _parts(text: str) -> set[str]:
    """What a text says of a cell, part by part, without blanks around '='."""
    return {re.sub(r"\s*=\s*", "=", part.strip()) for part in text.split(",") if part.strip()}


def _listed(study: Study) -> str:
    cells = study.cells()
    named = ", ".join(f"{number} ({told(study, cell)})" for number, cell in enumerate(cells[:SHOWN]))
    return named + (f" and {len(cells) - SHOWN} more" if len(cells) > SHOWN else "")


def told(study: Study, cell: Cell) -> str:
    """What sets a cell apart, in the words of its study."""
    arms = study.titles.get("arms", {})
    levels = [f"{name} = {level}" for name, level in cell.levels.items()]
    return ", ".join([*([arms.get(cell.arm, cell.arm)] if len(study.arms) > 1 or not levels else []), *levels])


def apart(titles: Sequence[str]) -> list[str]:
    """Titles of cells without the parts that all of them have, unless nothing would be left of one."""
    parts = [title.split(", ") for title in titles]
    common = set.intersection(*map(set, parts))
    short = [", ".join(part for part in own if part not in common) for own in parts]
    return short if len(titles) > 1 and all(short) else list(titles)


def _made(
    study: Study,
    title: str,
    titles: Sequence[str],
    sides: Sequence[Sequence[Task]],
    workers: int | None,
    progress: Progress | None,
    check: Callable[[Task, RecordedRun], None] = lambda task, recorded: None,
) -> Sides:
    """Sides from their tasks, each run once though both sides may have it; a pair of which a run failed is left out."""
    tasks = list({task.run: task for pair in zip(*sides, strict=True) for task in pair}.values())
    results = dict(zip((task.run for task in tasks), record_all(tasks, workers, progress, check), strict=True))
    whole: list[Sequence[Recorded]] = []
    for pair in zip(*sides, strict=True):
        found = [results[task.run] for task in pair]
        if all(isinstance(one, RecordedRun) for one in found):
            whole.append([one.recorded for one in found])
    lost = tuple(f"seed {task.seed}: {one.error}" for task in tasks if isinstance(one := results[task.run], Failure))
    if not whole:
        raise KatyeError(f"no run ended well, so there is nothing to show ({lost[0]})")
    arms = tuple(Arm(name, runs) for name, runs in zip(titles, zip(*whole, strict=True), strict=True))
    return Sides(study.family, study.brought, title, arms, lost, any(case.uncertainty for case in study.cases()))
