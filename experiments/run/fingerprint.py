"""What a study is: its content, the code, the data and the versions that its runs come from, each with its digest.

A study that goes on under another code or other data would mix two models in one table, so it is refused unless asked for.
"""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.run.task import ROOT
from simulation.runs.results import plain, sha256, versions

if TYPE_CHECKING:
    from experiments.study.study import Study
    from simulation.port.family import Case

PACKAGES = ("simulation", "models", "experiments/run", "experiments/study")
"""What decides a run; words and pictures of reports, the store and the command are not among it."""
PICTURES = ("simulation/visualization", "simulation/replay", "models/haiti/replay", "models/epstein/replay")
WORDS = 5  # changes that a message names
# What a reader sees changes no run.
SHOWN = ("title", "question", "outcomes", "titles", "asks", "sections")


@functools.cache
def code_files() -> dict[str, str]:
    """Every Python file that decides a run with its SHA-256, as the files are when this process first asks."""
    paths = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
    names = {path.relative_to(ROOT).as_posix(): path for path in paths}
    return {name: sha256(path) for name, path in names.items() if not name.startswith(PICTURES)}


@functools.cache
def code_digest() -> str:
    """One digest of all code: what a worker elsewhere must have too."""
    return _digest(code_files())


def study_identity(study: Study, cases: Iterable[Case]) -> dict[str, Any]:
    """Content, code, data and versions of a study; `cases` say which populations are read."""
    cases = list(cases)
    files = {*study.family.input_files(cases[0]), *(case.population for case in cases if case.population)}
    files |= {Path(study.at(name)).absolute() for name in study.scenarios() if name.endswith(".toml")}
    called = study.called()
    content = {key: value for key, value in study.content().items() if key not in SHOWN}
    identity = {
        "study": json.loads(json.dumps(content, default=plain)),
        "code": code_files(),
        "data": {called.get(str(path)) or _name(path): sha256(path) for path in sorted(files)},
        "versions": versions(),
    }  # fmt: skip
    return identity | {"sha256": _digest(identity)}


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else str(path)


def _digest(content: Any) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=plain).encode()).hexdigest()


def changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """What differs between two identities, a few words each."""
    found = []
    for part in ("study", "versions"):
        for key in [*old[part], *(key for key in new[part] if key not in old[part])]:
            before, after = old[part].get(key), new[part].get(key)
            if before != after:
                found.append(f"{key} {_short(before)} -> {_short(after)}")
    for part in ("code", "data"):
        files = sorted(old[part].keys() | new[part].keys())
        found += [name for name in files if old[part].get(name) != new[part].get(name)]
    return found


def in_words(differences: list[str]) -> str:
    """The first of some differences, and how many more there are."""
    more = len(differences) - WORDS
    return "; ".join(differences[:WORDS]) + (f"; and {more} more" if more > 0 else "")


def _short(value: Any) -> str:
    text = "none" if value is None else value if isinstance(value, str) else json.dumps(value, default=plain)
    return text if len(text) <= 60 else f"{text[:57]}..."
