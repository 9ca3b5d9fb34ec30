"""The files of one's own that a study needs, kept in its folder: a copy of the folder can go on where they are not."""

from __future__ import annotations

import dataclasses
import datetime
import posixpath
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING, Any

from experiments.study.file import renamed
from experiments.study.study import Study, read_content
from simulation.errors import InputError

if TYPE_CHECKING:
    from simulation.port.family import Case

INPUTS = "store/inputs"


def own_files(study: Study, cases: Iterable[Case]) -> dict[str, str]:
    """{path: place in the study's folder} of scenario files, populations, Python files and maps that it names by path.

    What it names by a relative path is there by that too, which counts from another folder when the study goes on. Places
    are those of the paths under one root, so that a file still finds another that it names by a relative path. A map's
    folder is there beside its files.
    """
    paths = {Path(name).absolute() for name in study.scenarios() if name.endswith(".toml")}
    paths |= {path for case in cases for path in case.own_files}
    paths |= set(study.brought.paths())
    if study.brought.data:
        folder = Path(study.brought.data)
        paths |= {folder, *(path for path in folder.rglob("*") if path.is_file())}
    found = {str(path): _place(path) for path in sorted(paths)}
    named = {
        *study.scenarios(),
        *(cell.population for cell in study.cells() if cell.population),
        str(study.uncertainty),
    }
    return found | {name: found[whole] for name in sorted(named) if (whole := str(Path(name).absolute())) in found}


def _place(path: Path) -> str:
    drive = path.drive.replace(":", "").strip("\\/")  # of Windows
    return Path(INPUTS, *([drive] if drive else []), *path.parts[1:]).as_posix()


def lost_place(inputs: Mapping[str, str]) -> str:
    """The first place of `own_files` that lies outside the study's folder, or of which no whole path is told; or nothing."""
    whole = _whole_paths(inputs)
    inside = {place for place in whole if PurePosixPath(posixpath.normpath(place)).is_relative_to(INPUTS)}
    return next((place for place in inputs.values() if place not in inside), "")


def _whole_paths(inputs: Mapping[str, str]) -> dict[str, str]:
    """{place in the folder: whole path}, also of a folder that comes from another system."""
    kinds = PurePosixPath, PureWindowsPath
    return {place: name for name, place in inputs.items() if any(kind(name).is_absolute() for kind in kinds)}


def kept_study(about: Mapping[str, Any], folder: Path) -> Study:
    """The study that a store was made for. Files of one's own are where they were, or all of them in the study's folder.

    UnknownNameError where today's program has no such parameter or scenario.
    """
    content = dict(about["study"])
    if "start" in content:
        content["start"] = datetime.date.fromisoformat(content["start"])
    kept = about.get("inputs", {})
    whole = _whole_paths(kept)
    there = all(Path(name).exists() for name in whole.values())
    moved = {name: whole[place] if there else str(folder / place) for name, place in kept.items()}
    if "bring" in content:
        content["bring"] = renamed(content["bring"], moved)
    study = read_content(content, about["name"], f"study {about['name']} as its folder keeps it", moved=moved)
    return dataclasses.replace(study, alike=_alike(about, len(study.cells()), folder))


def _alike(about: Mapping[str, Any], cells: int, folder: Path) -> tuple[int, ...]:
    """The `firsts` that a study began with; every cell has its own runs where its folder tells of none that are shared."""
    firsts = list(range(cells))
    for entry in about.get("same_runs") or ():
        number, first = entry.get("cell", -1), entry.get("first", -1)
        if not 0 <= first < number < cells or firsts[first] != first:
            raise InputError(
                "study.json is damaged: it tells of cells that share runs which they cannot", f"folder {folder}"
            )
        firsts[number] = first
    return tuple(firsts)
