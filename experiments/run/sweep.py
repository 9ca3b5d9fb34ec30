"""Running a study: every cell, replicate by replicate, into a store that a kill cannot hurt, then tables and a report.

`run_sweep` begins a study, `resume` goes on with one, `rerun` repeats one run of it. All three do the same with a run.
"""

from __future__ import annotations

import contextlib
import functools
import platform
import shutil
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from experiments.run.acceptance import accept, name_of
from experiments.run.fingerprint import code_digest, study_identity
from experiments.run.results import exit_status, unlike, write_results
from experiments.run.shared_start import FOLDER, SharedStart, prepare, prepare_all
from experiments.run.task import Record, Task, simulate
from experiments.run.travel import packed, unpacked
from experiments.store.committing import Committer
from experiments.store.load import load_runs
from experiments.store.store import Store, StoreState, create_store, open_store
from experiments.study.inputs import kept_study, own_files
from experiments.study.ready_made import COMPARISON
from experiments.study.study import Study, check_study, load_study, study_path
from simulation.errors import InputError, KatyeError, UnwritableError, refusal, typed
from simulation.files.paths import whole_path
from simulation.runs.claim import claimed_folder
from simulation.runs.executors import RenewedWorkers
from simulation.runs.runner import Done, Failure, attempt, stream

__all__ = ["Repeated", "available_workers", "counted", "exit_status", "plan", "rerun", "resume", "run_sweep"]
Progress = Callable[[int, int, int], None]
Report = Callable[[Path], None]
"""Writes what readers see of a study into its folder, once its tables are there."""


def run_sweep(
    study: Study | str | Path,
    *,
    workers: int | None = None,
    cluster: str | None = None,
    replicates: int | None = None,
    days: int | None = None,
    weight: int | None = None,
    quick: bool = False,
    out: str | Path | None = None,
    progress: Progress | None = None,
    report: Report | None = None,
    run_task: Callable[[Task], Record] = simulate,
) -> Path:
    """Run a study and return its folder; `exit_status(folder)` tells how it went.

    `workers`: processes, one a core unless told; 1 is this process. `cluster`: the address of a Dask scheduler instead, or
    `local`. `out`: a folder that must not exist; else one in runs/. `progress(finished, total, failed)` is called first and
    after every run; `report(folder)` last, `run_task` does one run. All is checked before the first run (InputError,
    UnknownNameError). Ctrl-C keeps what has finished; `resume` goes on.
    """
    file = None if isinstance(study, Study) else study_path(study)
    study = check_study(study) if isinstance(study, Study) else load_study(study)
    sizes = {"replicates": replicates, "days": days, "weight": weight}
    study = (study.quickly() if quick else study).resized(**sizes)
    if out and (whole_path(out) / "store").is_dir():
        hint = f"Name another folder, or go on with: {typed('katye', 'resume', whole_path(out))}"
        raise InputError("it exists already and holds a study", f"output folder {out}", hint)
    usual = Path("runs") / (study.name + "-quick" * quick)
    with contextlib.ExitStack() as held:
        folder = held.enter_context(claimed_folder(out, usual))
        tasks = plan(study, folder)
        executor = held.enter_context(executor_for(workers, cluster, len(tasks)))
        about = {"name": study.name, "quick": quick, "file": file and str(file), "sizes": sizes}
        about |= {"planned": len(tasks), "run_task": name_of(run_task)}
        about["identity"] = study_identity(study, (task.case for task in tasks[: len(tasks) // study.replicates]))
        about["same_runs"] = same_runs(study)
        about["inputs"] = own_files(study, (task.case for task in tasks))
        if executor is not None:
            packed(study.model, study.brought)  # before there is a folder: InputError for what cannot travel
        create_store(folder, about | {"study": study.content()}, about["inputs"])
        with open_store(folder) as store:
            try:
                _run(store, study, tasks, executor, progress, report, run_task)
            except KeyboardInterrupt:
                if store.finished or store.failures or _shared_starts(store):
                    raise
                shutil.rmtree(folder)
                raise KeyboardInterrupt("no run had finished, so nothing is kept") from None
    return folder


def resume(
    folder: str | Path,
    *,
    workers: int | None = None,
    cluster: str | None = None,
    replicates: int | None = None,
    failed: bool = False,
    anyway: bool = False,
    progress: Progress | None = None,
    report: Report | None = None,
    say: Callable[[str], None] = print,
    run_task: Callable[[Task], Record] = simulate,
) -> Path:
    """Go on with a study: run what is missing, `failed` runs too if asked, and write its tables anew.

    `replicates`: more than so far. `say` is told what was found damaged. InputError if another process is at work there, or
    if study, code, data or versions have changed since, unless `anyway`.
    """
    folder = whole_path(folder)
    with open_store(folder) as store:
        for note in store.notes:
            say(note)
        study = kept_study(store.about, folder)
        if replicates is not None:
            study = _grown(study, replicates, folder)
        tasks = plan(study, folder)
        changed = accept(store, study, tasks, anyway, run_task)
        if failed:
            store.failures.clear()
        todo = len(tasks) - len(store.finished)
        with executor_for(workers, cluster, todo) as executor:
            _run(store, study, tasks, executor, progress, report, run_task, changed)
    return folder


@dataclass(frozen=True)
class Repeated:
    """What came of a run that was repeated, in words. `well`: it ended, and as before if it had; failure: if it did not."""

    words: str
    well: bool = True
    failure: Failure | None = None


def rerun(
    folder: str | Path, run: int, *, anyway: bool = False, run_task: Callable[[Task], Record] = simulate
) -> Repeated:
    """Repeat one run of a study here.

    A run that had not ended well is kept if it does now. One that had is compared with what is kept, which stays.
    InputError as for `resume`, and if there is no such run.
    """
    folder = whole_path(folder)
    with open_store(folder) as store:
        study = kept_study(store.about, folder)
        tasks = plan(study, folder)
        if not 0 <= run < len(tasks):
            raise InputError(f"the study has no run {run}", "--run", f"Its runs are 0 to {len(tasks) - 1}")
        changed = accept(store, study, tasks, anyway, run_task)
        result = attempt(run_task, 0, tasks[run])
        if run in store.finished:
            return _compared(folder, run, result)
        store.opened(workers=1, todo=1, changed=changed)
        store.commit([(run, result)])
        store.closed("finished")
        write_results(folder, study, tasks)
        if isinstance(result, Failure):
            return Repeated(f"run {run} failed again: {result.error}", False, result)
        return Repeated(f"run {run} ended well and is kept; {len(store.finished)} of {len(tasks)} runs are there")


def _compared(folder: Path, run: int, result: Done | Failure) -> Repeated:
    """Whether a run that is kept gave the same row again."""
    if isinstance(result, Failure):
        return Repeated(f"run {run} had ended well and fails now: {result.error}", False, result)
    runs = load_runs(folder)
    other = unlike(runs[runs["run"] == run].iloc[0], result.value.row)
    if other:
        return Repeated(f"run {run} differs from what is kept in {', '.join(other[:5])}; the kept one stays", False)
    return Repeated(f"run {run} gives the same {len(result.value.row)} values as before")


def _run(
    store: Store,
    study: Study,
    tasks: Sequence[Task],
    executor: Executor | None,
    progress: Progress | None,
    report: Report | None,
    run_task: Callable[[Task], Record],
    changed: Sequence[str] = (),
) -> None:
    """Run what is missing and write what a study leaves. KeyboardInterrupt if nothing had finished, or at a second one.

    KatyeError if the disk does not take the results.
    """
    todo = [task for task in tasks if task.run not in store.finished and task.run not in store.failures]
    count = counted(progress, len(tasks), len(store.finished) + len(store.failures), len(store.failures))
    try:
        if study.shared_start:
            (store.store / FOLDER).mkdir(exist_ok=True)
        store.opened(workers=getattr(executor, "capacity", 1), todo=len(todo), changed=list(changed))
        reason = perform(store, todo, executor, run_task, count)
        if reason == "interrupted" and not store.finished:
            raise KeyboardInterrupt
        store.closed(reason)
        if len(store.finished) == len(tasks):
            shutil.rmtree(store.store / FOLDER, ignore_errors=True)
        write_results(store.folder, study, tasks)
        if store.finished and report:
            report(store.folder)
    except (OSError, UnwritableError) as error:
        kept = len(StoreState(store.store).runs)  # some of the last batch may be whole
        why = str(error) if isinstance(error, KatyeError) else refusal(error)
        why = f"{error.filename}: {why}" if getattr(error, "filename", None) else why
        what = f"the results cannot be written ({why}); {kept} of {len(tasks)} runs are kept"
        hint = f"Make room there, then type: {typed('katye', 'resume', store.folder)}"
        raise KatyeError(f"folder {store.folder}: {what}. {hint}") from None
    except KeyboardInterrupt:  # in tables and report: all that was handed over is on the disk or will be run again
        kept = "all finished runs are kept" if store.finished else "no run has finished yet"
        if found := _shared_starts(store):
            kept += f", {found} shared start{'s' * (found != 1)} {'are' if found != 1 else 'is'} kept"
        raise KeyboardInterrupt(f"{kept}. Go on with: {typed('katye', 'resume', store.folder)}") from None


def _shared_starts(store: Store) -> int:
    """How many shared starts are kept so far: they may have taken hours before the first run began."""
    return len(list((store.store / FOLDER).glob("*.katye")))


def _with_this_code(code: str, function: Callable[[Any], Any], task: Any) -> Any:
    """A task on a worker that may have joined, from wherever, after the study began."""
    if code_digest() != code:
        raise InputError(
            "this worker runs other code than the study", platform.node(), "Install the same version there"
        )
    return function(task)


def perform(
    store: Store,
    tasks: Sequence[Task],
    executor: Executor | None,
    run_task: Callable[[Task], Record],
    count: Callable[[Done | Failure], None],
) -> str:
    """Run tasks into a store that is open; `finished`, or `interrupted` after Ctrl-C. All that ended is then in the store.

    OSError if the disk does not take it.
    """
    run_shared = prepare
    if executor is not None and tasks:
        needed = tasks[0].model, packed(tasks[0].model, tasks[0].brought)
        run_task, run_shared = (functools.partial(unpacked, *needed, f) for f in (run_task, run_shared))
    if getattr(executor, "elsewhere", False):
        run_task, run_shared = (functools.partial(_with_this_code, code_digest(), f) for f in (run_task, run_shared))
    committer = Committer(store.commit)
    reason = "finished"
    try:
        try:
            lost = prepare_all([task.shared for task in tasks if task.shared], executor, run_shared)
            for task in [task for task in tasks if task.shared in lost]:
                failure = lost[task.shared]
                committer.put([(task.run, failure)])
                count(failure)
            tasks = [task for task in tasks if task.shared not in lost]
            for batch in stream(run_task, tasks, executor):
                committer.put([(tasks[result.index].run, result) for result in batch])
                for result in batch:
                    count(result)
        except KeyboardInterrupt:
            reason = "interrupted"
            if executor is not None:  # at once: what still runs would only be thrown away
                executor.shutdown(cancel_futures=True)
        committer.close()
    finally:
        committer.close(fail=False)
    return reason


@contextlib.contextmanager
def executor_for(workers: int | None, cluster: str | None, tasks: int) -> Iterator[Executor | None]:
    """Who runs the tasks: None is this process. Ended in the end, at once if something went wrong."""
    if workers is not None and workers < 1:
        raise InputError(f"{workers} is no positive whole number", "workers")
    executor: Executor | None
    if cluster:
        from simulation.runs.cluster import DaskWorkers

        executor = DaskWorkers(cluster, workers, code_digest)
    else:
        wanted = min(available_workers() if workers is None else workers, tasks)
        executor = RenewedWorkers(wanted) if wanted > 1 else None
    clean = False
    try:
        yield executor
        clean = True
    finally:
        if executor is not None:
            executor.shutdown(cancel_futures=not clean)


def _grown(study: Study, replicates: int, folder: Path) -> Study:
    if replicates < study.replicates:
        what = f"{replicates} replicates are fewer than the {study.replicates} of the study"
        raise InputError(what, "--replicates", f"For a smaller study take another folder than {folder}")
    return study.resized(replicates=replicates)


def counted(
    progress: Progress | None, total: int, finished: int = 0, failed: int = 0
) -> Callable[[Done | Failure], None]:
    """`progress` as it is called with results rather than numbers; `finished` and `failed` count from before.

    A screen or pipe that has gone away is no reason to lose hours of runs.
    """

    def tell() -> None:
        if progress is not None:
            with contextlib.suppress(OSError):
                progress(finished, total, failed)

    def count(result: Done | Failure) -> None:
        nonlocal finished, failed
        finished, failed = finished + 1, failed + isinstance(result, Failure)
        tell()

    tell()
    return count


@functools.cache
def available_workers() -> int:
    """Cores this process may use, inside a container too."""
    import loky

    return loky.cpu_count()


def plan(study: Study, folder: Path | None = None) -> list[Task]:
    """All runs, a whole replicate of every cell before the next: whatever is finished early is balanced.

    Cells that are the same run by construction have it once; `same_runs` says which those are.

    `folder`: the study's, where shared starts are kept.
    """
    cells, cases, replay = study.cells(), study.cases(), study.replay_cell()
    shared_case = study.shared_case() if study.shared_start else None
    curves = study.curves or study.family.curves

    def shared(replicate: int, seed: int) -> SharedStart | None:
        if shared_case is None:
            return None
        file = folder and folder / "store" / FOLDER / f"{replicate:06d}.katye"
        return SharedStart(study.model, shared_case, seed, study.shared_start, file, study.brought)

    tasks, firsts = [], study.firsts
    replayed = firsts[cells.index(replay)]
    # A comparison's page shows its first two sides next to one another.
    recorded = set(firsts[:2]) if study.analysis == COMPARISON and study.family.replay else set()
    for replicate in range(study.replicates):
        seed = study.run_seed(replicate)
        start = shared(replicate, seed)
        for number in sorted(set(firsts)):
            cell, case = cells[number], cases[number]
            seed = study.run_seed(replicate, cell.point)
            kept = replicate == 0 and number == replayed
            record = number in recorded if recorded else None
            about = (study.model, case, cell, replicate, seed, kept, record, start)
            tasks.append(Task(len(tasks), *about, curves, study.curve_days, study.brought))
    return tasks


def same_runs(study: Study) -> list[dict[str, Any]]:
    """Every cell that shares the runs of one before it: `cell`, `first`, and `row`, the columns that tables have for it."""
    found, cells, cases = [], study.cells(), study.cases()
    for number, first in enumerate(study.firsts):
        if number != first:
            cell, case = cells[number], cases[number]
            task = Task(0, study.model, case, cell, 0, study.run_seed(0), brought=study.brought)
            row = {"scenario": case.name, **task.design(), "point": cell.point, **task.levels()}
            found.append({"cell": number, "first": first, "row": row})
    return found
