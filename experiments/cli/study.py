"""The commands for studies: `katye plan`, `sweep`, `status`, `resume` and `rerun`, and what they print."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from experiments.cli.ending import tell_end
from experiments.cli.terminal import (
    Json,
    check_positive,
    duration,
    interrupts_told,
    print_json,
    print_table,
    say,
    size,
    spoken,
    text,
    typed,
    typed_path,
)
from simulation.errors import InputError, unknown_name
from simulation.replay.words import LANGUAGES

if TYPE_CHECKING:
    from experiments.study.study import Study as CheckedStudy

Study = Annotated[str, typer.Argument(help="A study's name, or a TOML file.")]
Folder = Annotated[Path, typer.Argument(parser=typed_path, help="The folder of a study.")]
Quick = Annotated[bool, typer.Option("--quick", help="The small size of the study.")]
Workers = Annotated[int | None, typer.Option(help="Processes; one a core unless given.")]
Cluster = Annotated[
    str | None, typer.Option(metavar="ADDRESS", help="A Dask scheduler, tcp://host:8786; or 'local', started for you.")
]
Replicates = Annotated[int | None, typer.Option(help="Runs of every cell.")]
Days = Annotated[int | None, typer.Option(help="Length of the run in days; the scenario's own unless given.")]
Weight = Annotated[int | None, typer.Option(help="Households that one simulated household stands for; 1 is everybody.")]
Language = Annotated[
    str,
    typer.Option(parser=spoken, metavar="|".join(LANGUAGES), help="Of the report's headings and outcomes."),
]
Anyway = Annotated[bool, typer.Option("--anyway", help="Even if code, data, versions or the study have changed.")]
SHOWN_FAILURES = 5
MAPS = ("geojson", "geoparquet")
FORMATS = ("csv", *MAPS, "flee")


def plan(
    study: Study,
    quick: Quick = False,
    workers: Workers = None,
    replicates: Replicates = None,
    days: Days = None,
    weight: Weight = None,
) -> None:
    """Say what a study would cost: its runs, time and disk. One of its runs is really run; nothing is written."""
    check_positive(workers=workers, replicates=replicates, days=days, weight=weight)
    from experiments.run.estimate import estimate
    from experiments.run.sweep import available_workers
    from experiments.study.study import load_study

    loaded = load_study(study)
    loaded = (loaded.quickly() if quick else loaded).resized(replicates=replicates, days=days, weight=weight)
    cores = available_workers()
    with interrupts_told("nothing was written"):
        found = estimate(loaded, workers or cores)
    parts = {"point": found.points, "arm": found.arms, "replicate": found.replicates}
    counts = ", ".join(f"{text(number)} {word}{'s' * (number != 1)}" for word, number in parts.items())
    rows = [
        ("design", f"{loaded.design}: {counts}"),
        ("runs", text(found.runs) + _same_runs(found.same_runs)),
        *_shared_row(loaded, found.shared_seconds),
        ("one run (measured)", f"{duration(found.run_seconds)}, {found.memory_mb:.0f} MB of memory"),
        (f"all runs on {found.workers} worker{'s' * (found.workers != 1)}", f"about {duration(found.seconds)}"),
        ("on disk", f"about {size(found.disk_bytes)}" + _while_it_runs(found.shared_bytes)),
    ]
    print_table((loaded.title, ""), rows)
    if found.workers > cores:
        say(f"This machine has {cores} cores: more workers need --cluster, with cores as fast as these.")
    sizes = {"workers": workers, "replicates": replicates, "days": days, "weight": weight}
    given = [word for name, number in sizes.items() if number is not None for word in (f"--{name}", number)]
    say(f"Start it with: {typed('katye', 'sweep', study, *['--quick'] * quick, *given)}")


def _same_runs(cells: int) -> str:
    if not cells:
        return ""
    return f", as {text(cells)} cell{'s share' if cells != 1 else ' shares'} the runs of another"


def _while_it_runs(shared_bytes: float) -> str:
    return f", and {size(shared_bytes)} more while it runs" if shared_bytes else ""


def _shared_row(study: CheckedStudy, seconds: float) -> list[tuple[str, str]]:
    if not study.shared_start:
        return []
    return [("shared start (measured)", f"{duration(seconds)} a replicate, for its first {study.shared_start} days")]


def sweep(
    study: Study,
    quick: Quick = False,
    workers: Workers = None,
    cluster: Cluster = None,
    replicates: Replicates = None,
    days: Days = None,
    weight: Weight = None,
    out: Annotated[
        Path | None, typer.Option(parser=typed_path, help="Folder to make; a free one in runs/ unless given.")
    ] = None,
    language: Language = "en",
) -> None:
    """Run a study: every cell of its design, several times, into one folder with a report. Survives being killed."""
    check_positive(workers=workers, replicates=replicates, days=days, weight=weight)
    from experiments.cli.progress import watch
    from experiments.report.writing import write_study_report
    from experiments.run.sweep import run_sweep

    with interrupts_told(), watch(Path(study).stem) as progress:
        folder = run_sweep(
            study,
            workers=workers,
            cluster=cluster,
            replicates=replicates,
            days=days,
            weight=weight,
            quick=quick,
            out=out,
            progress=progress,
            report=partial(write_study_report, language=language),
        )
    raise typer.Exit(tell_end(folder))


def resume(
    folder: Folder,
    workers: Workers = None,
    cluster: Cluster = None,
    replicates: Annotated[int | None, typer.Option(help="More runs of every cell than so far.")] = None,
    failed: Annotated[bool, typer.Option("--failed", help="Run those again that failed.")] = False,
    anyway: Anyway = False,
    language: Language = "en",
) -> None:
    """Go on with a study that was stopped or killed, or add replicates to it. No finished run is run again."""
    check_positive(workers=workers, replicates=replicates)
    from experiments.cli.progress import watch
    from experiments.report.writing import write_study_report
    from experiments.run.sweep import resume as go_on

    with interrupts_told(), watch(folder.name) as progress:
        folder = go_on(
            folder,
            workers=workers,
            cluster=cluster,
            replicates=replicates,
            failed=failed,
            anyway=anyway,
            progress=progress,
            report=partial(write_study_report, language=language),
            say=lambda note: say(f"note: {note}", error=True),
        )
    raise typer.Exit(tell_end(folder))


def rerun(
    folder: Folder,
    run: Annotated[int, typer.Option(help="Number of the run, as in runs.parquet and failures.json.")],
    anyway: Anyway = False,
) -> None:
    """Repeat one run of a study: one that failed is kept if it ends well now, one that had is compared.

    The exit status is 1 if it fails, and if it differs from what is kept.
    """
    from experiments.run.sweep import rerun as repeat

    found = repeat(folder, run, anyway=anyway)
    if found.failure:
        say(found.failure.traceback, error=True)
    say(found.words, error=not found.well)
    raise typer.Exit(not found.well)


def status(
    folder: Folder,
    run: Annotated[
        int | None, typer.Option(help="One run: its settings, its row, the command and the Python call that repeat it.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Say how a study stands, also while it runs: counts, time left, failures, bands of its main outcomes so far."""
    from experiments.store.load import failure_words
    from experiments.store.status import study_status

    if run is not None:
        _tell_run(folder, run, as_json)
        return
    found = study_status(folder)
    if as_json:
        bands = found.bands.to_dict("records") if found.bands is not None else []
        failed = [{"run": number, "error": entry["error"]} for number, entry in sorted(found.failures.items())]
        told = {name: getattr(found, name) for name in ("name", "planned", "finished", "missing", "at_work")}
        print_json(told | {"seconds_left": found.seconds_left, "failures": failed, "bands": bands})
        return
    line = f"{found.name}: {found.finished} of {found.planned} runs finished"
    if found.failures:
        line += f", {len(found.failures)} failed"
    say(line)
    if found.at_work:
        left = "" if found.seconds_left is None else f", about {duration(found.seconds_left)} left"
        say(f"{found.at_work} is at work{left}")
    elif found.missing:
        again = typed("katye", "resume", folder)
        say(f"{found.missing} runs are missing and nobody is at work. Go on with: {again}")
    if found.damaged:
        say(f"{found.damaged}. katye resume runs again what is lost")
    for run, entry in sorted(found.failures.items())[:SHOWN_FAILURES]:
        say(failure_words(folder, run, entry["error"]))
    if len(found.failures) > SHOWN_FAILURES:
        say(f"and {len(found.failures) - SHOWN_FAILURES} more failed")
    if found.bands is not None and len(found.bands):
        pairs = {"lowest to highest": ("lowest", "highest"), "50 %": ("low50", "high50"), "90 %": ("low90", "high90")}
        rows = [
            (*(row[name] for name in ("outcome", "arm", "runs", "median")),
             *("" if row[low] != row[low] else f"{text(row[low])} to {text(row[high])}" for low, high in pairs.values()))
            for row in found.bands.to_dict("records")
        ]  # fmt: skip
        print_table(("outcome", "arm", "runs", "median", *pairs), rows)
        say("Bands over the levels and the luck of an arm. Conditional on the mechanisms, not a forecast.")


def _tell_run(folder: Path, run: int, as_json: bool) -> None:
    from dataclasses import asdict

    from experiments.run.lookup import run_behind

    found = run_behind(folder, run)
    if as_json:
        print_json(asdict(found))
        return
    rows = [*found.settings.items(), ("seed", str(found.seed)), *(found.row.items() if found.row else ())]
    print_table((f"run {run}", ""), list(dict(rows).items()))
    if found.error:
        say(f"It failed: {found.error}")
    elif not found.row:
        say("It has not finished.")
    if found.cells:
        say(f"{len(found.cells)} cells are this run: {'; '.join(found.cells)}")
    say(f"\n{found.command}\n\n{found.python}")


def export(
    folder: Annotated[Path, typer.Argument(parser=typed_path, help="The folder of a run or a study.")],
    out: Annotated[
        Path | None,
        typer.Option(
            parser=typed_path, help="Folder for the files; csv/, geo/ or flee/ in the same folder unless given."
        ),
    ] = None,
    kind: Annotated[
        str,
        typer.Option("--format", help="csv: every table. geojson, geoparquet: places as a map. flee: input of Flee."),
    ] = "csv",
    run: Annotated[
        int | None, typer.Option(help="One run of a study, for a map; all runs of every cell summed up unless given.")
    ] = None,
    day: Annotated[int | None, typer.Option(help="Day of a run, for a map; the last unless given.")] = None,
) -> None:
    """Write the tables of a run or a study as CSV, its places as a map, or a run as input of Flee (`docs/exchange.md`).

    Of a study that still runs, CSV has what has finished so far.
    """
    if kind not in FORMATS:
        raise unknown_name("format", kind, FORMATS, "--format")
    for name, value in {"--run": run, "--day": day}.items():
        if value is not None and kind not in MAPS:
            raise InputError("it chooses what a map shows", name, f"Ask for one with --format {MAPS[0]}")
    if kind in MAPS:
        from experiments.exchange.places import export_places

        files = [export_places(folder, kind, out, run, day)]
    elif kind == "flee":
        from experiments.exchange.flee import export_flee

        files = export_flee(folder, out)
    else:
        from experiments.store.export import export as write_all

        files = write_all(folder, out)
    for path in files:
        say(path)
