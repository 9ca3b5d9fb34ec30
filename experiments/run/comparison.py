"""Comparing scenarios: the same luck for every scenario, run beside one another into one folder of tables and a report."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.analysis.outcomes import CONTESTED, SERIES, contested, shown_outcomes
from experiments.run.sweep import available_workers, counted
from experiments.run.task import ROOT
from experiments.study.study import Study, check_effects
from simulation.errors import InputError
from simulation.runs.results import (
    Results,
    check_output_folder,
    free_folder,
    new_folder,
    run_card,
    write_json,
    write_tables,
)
from simulation.runs.runner import Failure, Finished, forget, run_tasks

if TYPE_CHECKING:
    import pandas

    from models.haiti.scenario.events import Event
    from models.haiti.scenario.scenario import Case

FEWEST = 2  # replicates; of one pair no spread is known
CSV_TABLES = ("runs", "differences", "protection", "decomposition", "chances", "ranks")


@dataclass(frozen=True)
class Task:
    """One run of a comparison."""

    run: int
    case: Case
    replicate: int
    seed: int


@dataclass(frozen=True)
class Run:
    """What one run gives to the comparison: its row of runs.csv, and every day of the main figures."""

    row: dict[str, Any]
    daily: pandas.DataFrame


def comparison(
    scenarios: Sequence[str | Path],
    *,
    replicates: int = 20,
    days: int | None = None,
    weight: int | None = None,
    entropy: int = 1,
    settings: Mapping[str, Any] | None = None,
) -> list[Study]:
    """The scenarios as a study each, the reference first, all with the same seeds and `settings`.

    InputError or UnknownNameError: less than two scenarios, the same twice, names and values that do not exist, less than
    two replicates, days or weight below 1, runs of different length, start or weight.
    """
    if len(scenarios) < 2:
        hint = "Name the reference first, then what is compared with it: katye compare POL0 POL1"
        raise InputError("one scenario cannot be compared", "scenarios", hint)
    if replicates < FEWEST:
        raise InputError(f"{replicates} is too few to see a spread", "--replicates", f"Take {FEWEST} or more")
    if isinstance(entropy, bool) or entropy < 0:
        raise InputError(f"{entropy} is no whole number from 0 up", "--entropy")
    sizes = {"replicates": replicates, "days": days, "weight": weight}
    studies = [
        Study("compare", "", "", str(name), {}, seed=entropy, fixed=dict(settings or {})).resized(**sizes)
        for name in scenarios
    ]
    cases = [_case(study) for study in studies]
    check_effects(studies[0].family, [(study.fixed, case) for study, case in zip(studies, cases)], "--set")
    for k, case in enumerate(cases):
        if case.name in [other.name for other in cases[:k]]:
            hint = "Under one seed its runs would be the same; a changed copy needs a file name of its own"
            raise InputError(f"{case.name} is given twice", "scenarios", hint)
        _check_alike(cases[0], case)
    return studies


def _case(study: Study) -> Case:
    return study.case(study.cells()[0])


def _check_alike(reference: Case, case: Case) -> None:
    """Days are compared one by one, so both must have the same."""
    for name, hint in (("start", "Give them one start"), ("days", "Set --days"), ("weight", "Set --weight")):
        ours, theirs = getattr(case, name), getattr(reference, name)
        if ours != theirs:
            raise InputError(f"{name} is {ours}, and {theirs} in {reference.name}", f"scenario {case.name}", hint)


def run_comparison(
    studies: Sequence[Study],
    *,
    workers: int | None = None,
    out: str | Path | None = None,
    progress: Callable[[int, int, int], None] | None = None,
) -> Path:
    """Run what `comparison` has checked and return the folder; its card tells how it went.

    `workers`: processes, one a core unless told. `out`: a folder that must not exist; else one in runs/.
    `progress(finished, total, failed)`. A run that fails takes its pair out and is kept in failures.json. Ctrl-C keeps
    what has finished, unless that is nothing.
    """
    tasks = plan(studies)
    names = [_case(study).name for study in studies]
    folder = check_output_folder(out or free_folder(Path("runs") / f"compare-{'-'.join(names[:4])}"))
    workers = available_workers() if workers is None else workers
    if workers < 1:
        raise InputError(f"{workers} is no positive whole number", "workers")
    started = datetime.now(UTC)
    finished = run_tasks(simulate, tasks, workers, counted(progress, len(tasks)))
    if finished.interrupted and not finished.done:
        raise KeyboardInterrupt
    with new_folder(folder) as hidden:
        _write(hidden, studies, names, tasks, finished, _card(studies, tasks, finished, workers, started))
    if finished.done:
        _report(folder)
    return folder


def plan(studies: Sequence[Study]) -> list[Task]:
    """All runs, a replicate of every scenario before the next, so that what has finished early is pairs."""
    cases = [_case(study) for study in studies]
    first = studies[0]
    order = [(case, k, first.run_seed(k)) for k in range(first.replicates) for case in cases]
    return [Task(run, *item) for run, item in enumerate(order)]


def simulate(task: Task) -> Run:
    """One run of the model, in whatever process this is."""
    from models.haiti.metrics.comparison import FACTORS, factors
    from models.haiti.model import HaitiModel

    model = HaitiModel(task.case, run_seed=task.seed, neighbourhoods=True).run()
    who = {"scenario": task.case.name, "replicate": task.replicate}
    outcomes = model.summary()
    parts = factors(model.recorder.neighbourhoods(), task.case.name)
    row = {"run": task.run, **who, "seed": task.seed, **outcomes, CONTESTED: contested(outcomes)}
    row |= {f"factor_{name}": value for name, value in zip(FACTORS, parts, strict=True)}
    daily = model.recorder.daily()
    daily = daily.assign(**who, **{CONTESTED: contested(daily)})[[*who, "day", "date", *SERIES]]
    forget(model)
    return Run(row, daily)


def _write(
    folder: Path,
    studies: Sequence[Study],
    names: Sequence[str],
    tasks: Sequence[Task],
    finished: Finished,
    card: dict[str, Any],
) -> None:
    """The whole folder but report and pictures."""
    if finished.done:
        import pandas

        runs = pandas.DataFrame([run.row for run in finished.values])
        daily = pandas.concat([run.daily for run in finished.values], ignore_index=True)
        write_tables(folder, runs=runs, daily=daily)
        for name, table in tables(runs, daily, names).items():
            if len(table):
                table.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")
    if finished.failures:
        write_json([_failure(studies, tasks[item.index], item) for item in finished.failures], folder / "failures.json")
    write_json(card, folder / "card.json")


def tables(runs: pandas.DataFrame, daily: pandas.DataFrame, names: Sequence[str]) -> dict[str, pandas.DataFrame]:
    """Every table of `CSV_TABLES`; those that need pairs are empty until there are two of them."""
    from experiments.analysis import comparison as made

    outcomes = shown_outcomes(runs)
    found = (
        runs,
        made.difference_table(runs, names, outcomes),
        made.protection_table(daily, runs, names),
        made.decomposition_table(runs, names),
        made.chance_table(runs, names, outcomes),
        made.rank_table(runs, names, outcomes),
    )
    return dict(zip(CSV_TABLES, found, strict=True))


def _failure(studies: Sequence[Study], task: Task, failure: Failure) -> dict[str, Any]:
    """A run that failed: who it is, why, and the command that repeats it."""
    study = studies[task.run % len(studies)]
    about = {"scenario": task.case.name, "replicate": task.replicate, "seed": task.seed, "error": failure.error}
    command = study.run_command(study.cells()[0], task.replicate)
    return about | {"command": command, "traceback": failure.traceback}


def _card(
    studies: Sequence[Study], tasks: Sequence[Task], finished: Finished, workers: int, started: datetime
) -> dict[str, Any]:
    cases, first = [_case(study) for study in studies], studies[0]
    details: dict[str, Any] = {"comparison": [case.name for case in cases], "reference": cases[0].name}
    details |= {"command": command(studies), "start": cases[0].start, "days": cases[0].days}
    details |= {"weight": cases[0].weight, "replicates": first.replicates, "set": first.fixed, "workers": workers}
    details |= {"titles": {case.name: case.title for case in cases}}
    details |= {"questions": {case.name: case.question for case in cases}}
    details |= {"changes": {case.name: _setup(case) for case in cases}}
    details |= {"planned_runs": len(tasks), "finished_runs": len(finished.done)}
    details |= {"failed_runs": len(finished.failures), "interrupted": finished.interrupted}
    return run_card(
        scenario=cases[0].name,
        seed=first.seed,
        parameters=first.fixed,
        started=started,
        data_files=sorted({path for case in cases for path in first.family.input_files(case)}),
        root=ROOT,
        memory_mb=finished.peak_memory_mb,
        details=details,
    )


def _setup(case: Case) -> dict[str, str]:
    """All that sets a scenario apart from the defaults: parameters, rules switched off, dated events, a population."""
    setup = {name: str(value) for name, value in case.parameters.changes().items()}
    setup |= {"uncertainty": "drawn from priors"} if case.uncertainty else {}
    setup |= {"switched off": ", ".join(case.off)} if case.off else {}
    setup |= {f"event {k}": _event(event, case) for k, event in enumerate(case.events, 1)}
    return setup | ({"population": case.population.name} if case.population else {})


def _event(event: Event, case: Case) -> str:
    lasts = f" until {event.until}" if event.until else f" for {event.length} days" if event.length else ""
    settings = ", ".join(f"{name} = {value}" for name, value in event.settings)
    return f"{event.date_from(case.start)}{lasts}: {event.what} ({settings})"


def command(studies: Sequence[Study]) -> str:
    """The `katye compare` line that gives the same figures."""
    import shlex

    case, first = _case(studies[0]), studies[0]
    words: list[Any] = ["katye", "compare", *(study.scenario for study in studies), "--replicates", first.replicates]
    words += ["--days", case.days, "--weight", case.weight, "--entropy", first.seed]
    for name, value in first.fixed.items():
        words += ["--set", f"{name}={str(value).lower() if isinstance(value, bool) else value}"]
    return shlex.join(map(str, words))


def _report(folder: Path) -> None:
    """report.html and its pictures. Whatever goes wrong with them, the results stay; report-error.txt says why."""
    try:
        from experiments.report.comparison import write_page

        write_page(folder)
    except Exception:
        (folder / "report-error.txt").write_text(traceback.format_exc(), encoding="utf-8")


def exit_status(folder: Path) -> int:
    """0 when all runs and the report are there, 130 after Ctrl-C, else 1."""
    card = Results(folder).card
    if card["interrupted"]:
        return 130
    return int(card["failed_runs"] > 0 or not (folder / "report.html").exists())
