"""What somebody brings to a model from outside it: metrics, mechanisms, agent classes, a map, without editing the package.

Each is named by text, so that it travels to workers and into files: `file.py:NAME` (a path, from the folder of the file
that names it), `module:NAME` (anything on the path), or the name of an installed entry point. What was brought is recorded
with the digest of its content, so that a study does not go on with something else under the same name.
"""

from __future__ import annotations

import functools
import hashlib
import importlib
import importlib.metadata
import importlib.util
import os.path
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulation.errors import InputError, unknown_name
from simulation.files.checked_text import check_plain
from simulation.files.toml import of_kind as _is
from simulation.files.toml import read_toml

METRICS, MECHANISMS, AGENTS = "katye.metrics", "katye.mechanisms", "katye.agents"
"""Groups of entry points that an installed package may fill."""
PLACES = ("after", "before", "replace")
KEYS = ("metrics", "mechanisms", "agents", "data")


@dataclass(frozen=True)
class MechanismChange:
    """A mechanism that joins the day. `place`: "after" or "before" the mechanism `target`, or "replace" for in its place."""

    spec: str
    place: str
    target: str

    def content(self) -> dict[str, str]:
        """As a file says it."""
        if self.place == "replace":
            return {"replace": self.target, "by": self.spec}
        return {"add": self.spec, self.place: self.target}


@dataclass(frozen=True)
class Brought:
    """All that was brought to a model. `agents`: (role, spec) of agent classes. `data`: a folder with another map, or ""."""

    metrics: tuple[str, ...] = ()
    mechanisms: tuple[MechanismChange, ...] = ()
    agents: tuple[tuple[str, str], ...] = ()
    data: str = ""

    def __bool__(self) -> bool:
        return bool(self.metrics or self.mechanisms or self.agents or self.data)

    def __or__(self, other: Brought) -> Brought:
        """Both together; where both bring an agent class of one role or a map, the other's holds."""
        return Brought(
            tuple(dict.fromkeys((*self.metrics, *other.metrics))),
            tuple(dict.fromkeys((*self.mechanisms, *other.mechanisms))),
            tuple((dict(self.agents) | dict(other.agents)).items()),
            other.data or self.data,
        )

    def content(self) -> dict[str, Any]:
        """As `read_brought` takes it, for files and cards; without what is not brought."""
        changes = [item.content() for item in self.mechanisms]
        told = {"metrics": list(self.metrics), "mechanisms": changes, "agents": dict(self.agents), "data": self.data}
        return {key: value for key, value in told.items() if value}

    def import_files(self) -> None:
        """Read every file that is named by its path, so that what came from it can be unpickled here."""
        for path in self.paths():
            _module_of_file(path)

    def specs(self) -> list[str]:
        """What is named by text: metrics, mechanisms, agents."""
        return [*self.metrics, *(item.spec for item in self.mechanisms), *(spec for _, spec in self.agents)]

    def paths(self) -> list[Path]:
        """The Python files that are named by their path."""
        paths = dict.fromkeys(spec.rpartition(":")[0] for spec in self.specs())
        return [Path(path) for path in paths if path.endswith(".py")]

    def files(self) -> list[Path]:
        """The files behind it, for their digests: of every module, and all of the data folder."""
        groups = [METRICS] * len(self.metrics) + [MECHANISMS] * len(self.mechanisms) + [AGENTS] * len(self.agents)
        found = {source for spec, group in zip(self.specs(), groups) if (source := source_of(spec, group)) is not None}
        if self.data:
            found |= {path for path in Path(self.data).rglob("*") if path.is_file()}
        return sorted(found)


NOTHING = Brought()


def read_brought(table: Any, where: str, folder: Path = Path()) -> Brought:
    """A `[bring]` table of a scenario or study file; relative paths count from `folder`. InputError for what does not fit."""
    if isinstance(table, Brought):
        return table
    _is(table, Mapping, "table", where)
    for key in table:
        if key not in KEYS:
            raise unknown_name("key", key, KEYS, where)
    metrics = _is(table.get("metrics", []), (list, tuple), "list", f"{where}, metrics")
    agents = _is(table.get("agents", {}), Mapping, "table", f"{where}, agents")
    data = _is(table.get("data", ""), str, "folder", f"{where}, data")
    if data:
        data = str((folder / data).absolute())
        if not os.path.isdir(data):
            raise InputError("there is no such folder", f"{where}, data = {data}")
    changes = _is(table.get("mechanisms", []), (list, tuple), "list of tables", f"{where}, mechanisms")
    return Brought(
        tuple(_whole(spec, f"{where}, metrics", folder) for spec in metrics),
        tuple(_change(item, f"{where}, mechanisms[{place}]", folder) for place, item in enumerate(changes, start=1)),
        tuple((role, _whole(spec, f"{where}, agents.{role}", folder)) for role, spec in agents.items()),
        data,
    )


def brought_in(path: Path) -> Brought:
    """What the `[bring]` table of a TOML file brings. InputError if there is no such file, or no such table in it."""
    table, _ = read_toml(path)
    check_plain(table, str(path))
    if "bring" not in table:
        raise InputError(
            "has no table [bring]", str(path), 'For example [bring] and metrics = ["mine.py:METRICS"] below it'
        )
    return read_brought(table["bring"], f"{path}, [bring]", path.parent)


def _change(item: Any, where: str, folder: Path) -> MechanismChange:
    """`{ add = SPEC, after = NAME }`, `{ add = SPEC, before = NAME }` or `{ replace = NAME, by = SPEC }`."""
    hint = 'For example { add = "mine.py:Curfew", after = "flight" } or { replace = "flight", by = "mine.py:Flight" }'
    _is(item, Mapping, "table", where)
    keys = set(item)
    if keys == {"replace", "by"}:
        return MechanismChange(_whole(item["by"], where, folder), "replace", _name(item["replace"], where))
    if keys in ({"add", "after"}, {"add", "before"}):
        place = next(iter(keys - {"add"}))
        return MechanismChange(_whole(item["add"], where, folder), place, _name(item[place], where))
    raise InputError("says neither what to add and where, nor what to replace by what", where, hint)


def _name(value: Any, where: str) -> str:
    return _is(value, str, "name of a mechanism", where)


def _whole(spec: Any, where: str, folder: Path) -> str:
    """The spec with the absolute path of its file."""
    _is(spec, str, "text such as file.py:NAME or module:NAME", where)
    path, colon, name = spec.rpartition(":")
    if colon and path.endswith(".py"):
        file = (folder / path).absolute()
        if not os.path.isfile(file):
            raise InputError("there is no such file", f"{where}, {file}")
        return f"{file}:{name}"
    return spec


def load(spec: str, group: str, what: str) -> Any:
    """What a spec names. InputError, in one line, if it cannot be imported or has nothing of that name.

    group: of entry points, for a spec without a colon. what: the kind of thing in words, for the message.
    """
    where = f"{what} '{spec}'"
    module, attribute = _located(spec, group, what)
    try:
        found = _module_of_file(Path(module)) if module.endswith(".py") else importlib.import_module(module)
    except (Exception, SystemExit) as error:  # whatever somebody's file does when it is read
        hint = "Is it installed, or its folder on PYTHONPATH?" if isinstance(error, ImportError) else ""
        raise InputError(f"cannot be imported ({type(error).__name__}: {error})", where, hint) from None
    try:
        return getattr(found, attribute)
    except AttributeError:
        names = [name for name in vars(found) if not name.startswith("_")]
        raise unknown_name("name", attribute, names, where) from None


def _located(spec: str, group: str, what: str) -> tuple[str, str]:
    """Module (or file) and attribute of a spec."""
    module, colon, attribute = spec.rpartition(":")
    if colon and module and attribute:
        return module, attribute
    points = {point.name: point for point in importlib.metadata.entry_points(group=group)}
    if spec not in points:
        hint = "" if points else " Give it as file.py:NAME or module:NAME"
        error = unknown_name(what, spec, points, what)
        raise InputError(error.what, what, f"{error.hint}.{hint}" if hint else error.hint)
    return points[spec].module, points[spec].attr


@functools.cache
def _module_of_file(path: Path) -> Any:
    """A Python file as a module, under a name that no other file has."""
    name = f"katye_brought_{path.stem}_{hashlib.sha256(str(path).encode()).hexdigest()[:12]}"
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up while it is read
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def source_of(spec: str, group: str) -> Path | None:
    """The file in which the thing of a spec stands; None where it has none (a built-in module)."""
    module, _ = _located(spec, group, group.partition(".")[2])
    if module.endswith(".py"):
        return Path(module)
    try:
        found = importlib.util.find_spec(module)
    except Exception:  # the package that it stands in is imported, and that may do anything
        return None
    return Path(found.origin) if found and found.origin and os.path.isfile(found.origin) else None
