"""What a study leaves beside its store: the tables of all finished runs, failures, assumptions and card.

All of it is made from the store, each file in one step, so it can be made again at any time.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.run.citation import cited
from experiments.run.codebook import codebook
from experiments.run.task import ROOT, Task
from experiments.store.load import table_of
from experiments.store.sharing import NAME as SHARING
from experiments.store.sharing import sharing_of
from experiments.store.store import StoreState, replace_file, store_of
from experiments.study.ready_made import study_command
from experiments.study.study import Study
from simulation.errors import UnknownNameError, typed
from simulation.runs.results import Results, run_card, write_json, write_table

if TYPE_CHECKING:
    import pandas

    from simulation.parameters import ParameterSet
    from simulation.port.family import ModelFamily

TABLES = ("runs", "curves", "places", "recordings")
KEPT = (
    "design",
    "samples",
    "shared_start",
    "vary",
    "points",
    "arms",
    "fixed",
    "analysis",
    "curve_days",
    "asks",
    "sections",
    "titles",
)


def unlike(kept: Mapping[str, Any], found: Mapping[str, Any]) -> list[str]:
    """Names of values of a run made again that are others than those kept of it; NaN is like NaN, and like what is not kept."""
    import pandas

    return [
        name
        for name, value in found.items()
        if not (value == kept.get(name) or (pandas.isna(value) and pandas.isna(kept.get(name))))
    ]


def write_results(folder: Path, study: Study, tasks: Sequence[Task]) -> None:
    """All of it. OSError as the disk has it."""
    state = StoreState(store_of(folder))
    if state.runs:
        for name in TABLES:
            with contextlib.suppress(
                UnknownNameError
            ):  # a model without a map keeps no places, and only a comparison recordings
                _write_table(folder, name, table_of(state, name), study.family)
    if (sharing := sharing_of(state.about)) is not None:
        _write_table(folder, SHARING, sharing, study.family)
    varied = {*study.vary, *(name for arm in study.arms.values() for name in arm)}
    _write_table(folder, "assumptions", _assumptions(tasks[0].case.parameters, varied), study.family)
    failures = [
        _failure(study, tasks[run], entry, folder, state.about.get("file"))
        for run, entry in sorted(state.failures.items())
    ]
    if failures:
        replace_file(folder / "failures.json", lambda path: write_json(failures, path))
    else:
        (folder / "failures.json").unlink(missing_ok=True)
    card = _card(study, tasks, state)
    replace_file(folder / "card.json", lambda path: write_json(card, path))


def _write_table(folder: Path, name: str, table: pandas.DataFrame, family: ModelFamily) -> None:
    replace_file(folder / f"{name}.parquet", lambda path: write_table(table, path, codebook(family, name)))


def _card(study: Study, tasks: Sequence[Task], state: StoreState) -> dict[str, Any]:
    case = tasks[0].case
    changes = [case.parameters.changes() for case in study.cases()]
    common = {k: v for k, v in changes[0].items() if all(other.get(k) == v for other in changes)}
    details = {
        "model": study.model,
        "brought": study.brought.content(),
        "study": study.name,
        "title": study.title,
        "question": study.question,
        "quick": state.about["quick"],
    }
    details |= {"start": case.start, "days": case.days, "weight": case.weight, "replicates": study.replicates}
    details |= {"command": study_command(study), "scenarios": _told(study)}
    details["population"] = case.population.name if case.population else None
    details["posterior"] = case.posterior.name if case.posterior else None
    content = study.content()
    details |= {key: content.get(key) for key in KEPT}
    drawn = any(case.uncertainty for case in study.cases())
    details |= {"outcomes": study.outcomes, "uncertainty": drawn}
    opened = [entry for entry in state.sessions if entry["kind"] == "opened"]
    done = [state.done[run] for run in state.runs if run in state.done]
    details |= {"workers": opened[-1]["workers"], "sessions": len(opened)}
    details |= {"run_seconds": round(sum(entry["seconds"] for entry in done), 1)}
    details |= {"planned_runs": len(tasks), "finished_runs": len(state.runs), "failed_runs": len(state.failures)}
    details |= {"same_runs": len(study.firsts) - len(set(study.firsts))}
    details |= {"interrupted": len(state.runs) + len(state.failures) < len(tasks)}
    details |= {"study_sha256": state.about["identity"]["sha256"]}
    details |= {"gone_on_in_spite_of": [change for entry in opened for change in entry.get("changed", [])]}
    card = run_card(
        scenario=case.name,
        seed=study.seed,
        parameters=common,
        started=datetime.fromtimestamp(opened[0]["time"], UTC),
        data_files=sorted({path for case in study.cases() for path in study.family.input_files(case)}),
        root=ROOT,
        memory_mb=max((entry["memory_mb"] for entry in done), default=0.0),
        details=details,
    )
    return cited(card)


def _told(study: Study) -> dict[str, dict[str, Any]]:
    """Every scenario of the study: title, question, what sets it apart from the model's defaults, dated events."""
    told = {}
    for cell, case in zip(study.cells(), study.cases(), strict=True):
        if case.name not in told and (cell.scenario or not told):
            about = {"title": case.title, "question": case.question}
            dated = [[str(date), words] for date, words in study.family.dated(case)]
            told[case.name] = about | {"changes": study.family.described(case), "dated": dated}
    return told


def _assumptions(parameters: ParameterSet, varied: set[str]) -> pandas.DataFrame:
    """Every parameter with its plausible range: the 5 and 95 % points of its prior, else nothing.

    What the study varies is called so; its values are in runs.parquet.
    """
    import pandas

    rows = []
    for row in parameters.rows():
        low, high = (row.prior.quantile(u) if row.prior else None for u in (0.05, 0.95))
        about = {
            "name": row.name,
            "value": "varied" if row.name in varied else str(row.value),
            "unit": row.unit,
            "low": low,
            "high": high,
        }
        rows.append(about | {"status": row.status, "source": row.source, "meaning": row.meaning})
    return pandas.DataFrame(rows).astype({"low": float, "high": float})


def _failure(study: Study, task: Task, entry: dict[str, Any], folder: Path, file: str | None) -> dict[str, Any]:
    """A run that failed: who it is, why, and the commands that repeat it, in the study and alone."""
    about = {**task.design(), "seed": task.seed, **task.cell.levels, "error": entry["error"]}
    about["command"] = typed("katye", "rerun", folder, "--run", task.run)
    about["alone"] = study.run_command(task.cell, task.replicate, file)
    return about | {"traceback": entry["traceback"]}


def exit_status(folder: Path) -> int:
    """0 when all runs are there and the report did not fail, 130 after Ctrl-C, else 1."""
    card = Results(folder).card
    if card["interrupted"]:
        return 130
    return int(card["failed_runs"] > 0 or (folder / "report-error.txt").exists())
