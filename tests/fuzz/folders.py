"""Study folders that somebody or something has damaged, and all commands that are asked of them."""

from __future__ import annotations

import contextlib
import functools
import io
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any
from unittest import mock

import typer
from support.stand_in import MODEL

from experiments.cli.app import main
from experiments.run.sweep import run_sweep
from experiments.store.load import load_runs
from experiments.study.study import Study
from fuzz.judging import LONGEST, Tally, judge
from fuzz.mutation import ATOMS_OF_JSON, at, damaged_bytes, flattened

STUDY = Study(
    "small", "Small", "?", "baseline", {"deployment.authorised": (400, 2500)}, replicates=3, days=20, model=MODEL,
    outcomes=("displaced_people_end",),
)  # fmt: skip
COMMANDS = (
    ("status", "FOLDER"),
    ("status", "FOLDER", "--run", "1"),
    ("status", "FOLDER", "--json"),
    ("export", "FOLDER", "--out", "CSV"),
    ("effects", "FOLDER"),
    ("compare", "FOLDER", "--out", "COMPARED"),
    ("rerun", "FOLDER", "--run", "1"),
    ("resume", "FOLDER", "--workers", "1"),
)
WHOLE_JSON = (
    "",
    "null",
    "[]",
    "{}",
    "5",
    '"x"',
    "[1, 2]",
    '[{"run": 1}]',
    "{",
    "[" * 5000,
    '{"a": 1}',
    "NaN",
    "\x00",
    "{}{}",
)


@contextlib.contextmanager
def commands_made_once() -> Iterator[None]:
    """typer makes all commands anew at every call, which takes longer than to ask one of them."""
    with mock.patch("typer.main.get_command", functools.cache(typer.main.get_command)):
        yield


@contextlib.contextmanager
def without_pictures() -> Iterator[None]:
    """Reports of studies are left out, and pictures of others are not drawn: they cost a second each."""
    place = "simulation.visualization.style"
    with (
        mock.patch("experiments.report.writing.write_study_report", return_value=None),
        mock.patch(f"{place}.lay_out", return_value=None),
        mock.patch(f"{place}.figure_png", return_value=b"png"),
        mock.patch(f"{place}.figure_svg", return_value=b"<svg/>"),
    ):
        yield


def finished_study(folder: Path) -> Path:
    """A study of six runs that has ended, one of them badly, with all that it leaves."""
    from experiments.run.task import simulate

    @functools.wraps(simulate)  # to the folder it is the same
    def simulated(task: Any) -> Any:
        if task.run == 5:
            raise ValueError("the model broke")
        return simulate(task)

    with without_pictures():
        return run_sweep(STUDY, workers=1, out=folder, run_task=simulated)


def harm(folder: Path, luck: Random) -> str:
    """Damage one or two files of a folder; says which and how."""
    told = []
    for _ in range(luck.choice((1, 1, 2))):
        files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != "lock")
        first = [path for path in files if path.suffix == ".json" or path.name in ("runs.parquet", "study.sqlite")]
        path = luck.choice(luck.choice((files, first)))
        told.append(f"{path.relative_to(folder)} {_harm_file(path, luck)}")
    return ", ".join(told)


def _harm_file(path: Path, luck: Random) -> str:
    how = luck.randrange(8)
    content = path.read_bytes()
    if how == 0:
        path.unlink()
        return "deleted"
    if how == 1:
        path.write_bytes(b"")
        return "emptied"
    if how == 2:
        path.unlink()
        path.mkdir()
        return "a folder"
    if path.suffix == ".json" and how > 3:
        return _harm_json(path, luck)
    path.write_bytes(damaged_bytes(content, luck))
    return "other bytes"


def _harm_json(path: Path, luck: Random) -> str:
    if luck.random() < 0.25:
        text = luck.choice(WHOLE_JSON)
        path.write_text(text)
        return f"is {text[:20]!r}"
    try:
        tree = json.loads(path.read_text())
        where = luck.choice(flattened(tree))
    except (ValueError, IndexError):
        return "harmed before"
    parent = at(tree, where[:-1])
    if luck.random() < 0.3 and isinstance(parent, dict):
        del parent[where[-1]]
        how = "deleted"
    else:
        value = luck.choice(ATOMS_OF_JSON)
        parent[where[-1]], how = value, repr(value)[:40]
    path.write_text(json.dumps(tree))
    return f"{'.'.join(map(str, where))[:60]} {how}"


def asked(folder: Path, scratch: Path, command: tuple[str, ...]) -> None:
    """What `katye COMMAND` says of a folder; an AssertionError if that is no proper end."""
    places = {"FOLDER": str(folder), "CSV": str(scratch / "csv"), "COMPARED": str(scratch / "compared")}
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main([places.get(word, word) for word in command])
        except SystemExit as end:
            status = end.code or 0
    said = err.getvalue()
    assert status in (0, 1, 2), status
    errors = [line for line in said.splitlines() if line.startswith("error: ")]
    if status == 2:
        assert len(errors) == 1, said
        assert len(errors[0]) < LONGEST, said
        assert str(folder) in errors[0] or "--run" in errors[0] or "study small" in errors[0], said


def folders(folder: Path, inputs: int, seed: int = 1) -> Tally:
    """Copies of a finished study, each harmed and asked three things in some order; finished runs must outlive all of it."""
    whole, tally, here = finished_study(folder / "whole"), Tally(), Path.cwd()
    rows = load_runs(whole)
    with without_pictures(), commands_made_once():
        for number in range(inputs):
            luck = Random(f"folder {seed} {number}")
            harmed, scratch = folder / f"harmed-{number}", folder / f"scratch-{number}"
            shutil.copytree(whole, harmed)
            scratch.mkdir()
            what = harm(harmed, luck)
            os.chdir(scratch)
            try:
                for command in luck.sample(COMMANDS, 3):
                    example = f"folder {seed} {number} ({what}): {' '.join(command)}"
                    judge(tally, lambda command=command: asked(harmed, scratch, command), (), example)  # noqa: B023
                if "study.sqlite" not in what:
                    judge(tally, lambda: _same(load_runs(harmed), rows), (), f"folder {seed} {number} ({what}): runs")  # noqa: B023
            finally:
                os.chdir(here)
            shutil.rmtree(harmed)
            shutil.rmtree(scratch)
    return tally


def _same(found: Any, rows: Any) -> None:
    kept = found[found["run"].isin(rows["run"])].reset_index(drop=True)
    assert kept.equals(rows), "finished runs have changed"
