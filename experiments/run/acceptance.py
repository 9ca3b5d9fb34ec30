"""Whether a study may go on: what has changed since it began, in its content, code, data, versions and what does its runs."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from experiments.run.fingerprint import changes, in_words, study_identity
from experiments.run.shared_start import FOLDER
from experiments.run.task import Record, Task, simulate
from experiments.store.store import Store
from experiments.study.study import Study, load_study
from simulation.errors import InputError, typed
from simulation.runs.results import plain


def name_of(run_task: Callable[[Task], Record]) -> str:
    """What does the runs, as the folder remembers it."""
    return f"{run_task.__module__}.{getattr(run_task, '__qualname__', repr(run_task))}"


def accept(
    store: Store, study: Study, tasks: Sequence[Task], anyway: bool, run_task: Callable[[Task], Record]
) -> list[str]:
    """What has changed since the study began; InputError unless that is nothing, or asked for.

    Runs that another function does would be those of another model, whatever is asked for.
    """
    about = store.about
    begun, now = str(about.get("run_task", name_of(simulate))), name_of(run_task)
    if begun != now:
        hint = f"Go on from Python: resume(folder, run_task={begun.rpartition('.')[2]})"
        raise InputError(f"its runs were done by {begun}, and would go on with {now}", f"study in {store.folder}", hint)
    identity = study_identity(study, (task.case for task in tasks[: len(tasks) // study.replicates]))
    old = about["identity"]
    grown = {**old, "study": {**old["study"], "replicates": study.replicates}}
    found = changes(grown, identity) + _changes_of_file(about, old)
    if found and not anyway:
        mixed = typed("katye", "resume", store.folder, "--anyway")
        again = f"Put it back, or begin anew in another folder, or mix both with: {mixed}"
        raise InputError(f"since it began this has changed: {in_words(found)}", f"study in {store.folder}", again)
    if found:
        shutil.rmtree(store.store / FOLDER, ignore_errors=True)  # another program would have begun otherwise
    if identity != old:
        sizes = about["sizes"] | {"replicates": study.replicates}
        change = {"identity": identity, "study": study.content(), "sizes": sizes, "planned": len(tasks)}
        store.change(about | change)
    return found


def _changes_of_file(about: Mapping[str, Any], identity: Mapping[str, Any]) -> list[str]:
    """What differs between the study as it was begun and its file today, if that is still there."""
    if not about["file"] or not Path(about["file"]).is_file():
        return []
    try:
        study = load_study(about["file"])
        study = (study.quickly() if about["quick"] else study).resized(**about["sizes"])
    except InputError as error:
        return [f"the study's file ({error})"]
    today = json.loads(json.dumps(study.content(), default=plain))
    before = identity["study"]
    keys = [key for key in before if today.get(key) != before[key]]
    return [f"{key} in {Path(about['file']).name}" for key in keys]
