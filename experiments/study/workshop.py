"""A workshop's file: two futures, the chapters in which they are shown, and the study that makes their runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from experiments.study.file import whole_posterior, whole_scenario
from experiments.study.study import SCENARIO, Study, check_study
from simulation.errors import InputError, named_in, unknown_name
from simulation.files.toml import flat, of_kind, read_toml
from simulation.port.family import DEFAULT, ModelFamily, find_family
from simulation.replay.chapters import SIDE, TITLE, Chapter, Text, read_chapters, written
from simulation.replay.recipe import replay_of

KEYS = (
    "title",
    "model",
    "days",
    "weight",
    "pairs",
    "seed",
    "shared_start",
    "uncertainty",
    "fixed",
    "a",
    "b",
    "chapter",
)
SIDE_KEYS = ("title", "scenario", "set", "cell")
USUAL = {"weight": 50, "pairs": 12, "seed": 1}
SIZES = ("days", "weight", "pairs", "shared_start")


@dataclass(frozen=True)
class Side:
    """One future. `changes`: what it sets, from the first day or after those that both share. `cell`: what it is in a study."""

    title: Text
    scenario: str
    changes: Mapping[str, Any] = field(default_factory=dict)
    cell: str = ""


@dataclass(frozen=True)
class Workshop:
    """What a file says. `sizes`: days, weight, pairs and shared_start where it says them. `fixed`: what both sides set.

    `uncertainty`: both sides of a pair draw what is not set from its prior, or from a posterior, alike.
    """

    path: Path
    title: Text
    model: str
    a: Side
    b: Side
    chapters: tuple[Chapter, ...]
    sizes: Mapping[str, int]
    fixed: Mapping[str, Any]
    seed: int
    uncertainty: bool | str = False

    @property
    def name(self) -> str:
        return self.path.stem

    def study(self, *, pairs: int | None = None, days: int | None = None, weight: int | None = None) -> Study:
        """The runs of both sides as a study with an arm each. InputError for what the model does not have."""
        with named_in(str(self.path)):
            sizes = USUAL | dict(self.sizes)
            shared = sizes.get("shared_start")
            if shared and self.a.scenario != self.b.scenario:
                raise InputError("sides that share their first days have one scenario", "shared_start")
            arms = {
                name: dict(side.changes) | ({} if shared else {SCENARIO: side.scenario})
                for name, side in (("A", self.a), ("B", self.b))
            }
            study = Study(
                name=f"workshop-{self.name}",
                title=self.title["en"],
                question="",
                scenario=self.a.scenario,
                vary={},
                arms=arms,
                fixed=dict(self.fixed),
                shared_start=shared,
                seed=self.seed,
                model=self.model,
                uncertainty=self.uncertainty,
            )
            study = study.resized(
                replicates=pairs or sizes["pairs"], days=days or sizes.get("days"), weight=weight or sizes["weight"]
            )
            return check_study(study)


def read_workshop(path: Path) -> Workshop:
    """A workshop's file. InputError for the first thing that is missing or wrong in it, with its place."""
    content, _ = read_toml(path)
    where = str(path)
    _known(content, KEYS, where)
    for key in ("title", "a", "b"):
        if key not in content:
            raise InputError(f"it lacks {key}", where, f"A workshop has {', '.join(KEYS)}")
    model = of_kind(content.get("model", DEFAULT), str, "name of a model", f"{where}, model")
    series = [one.name for one in replay_of(find_family(model)).series]
    sizes = {key: _count(content[key], f"{where}, {key}") for key in SIZES if key in content}
    seed = content.get("seed", USUAL["seed"])
    if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
        raise InputError(f"'{seed}' is no whole number from 0 up", f"{where}, seed")
    drawn = of_kind(content.get("uncertainty", False), (bool, str), "true or false", f"{where}, uncertainty")
    a, b = (_side(content[key], f"{where}, [{key}]", path.parent) for key in ("a", "b"))
    return Workshop(
        path=path,
        title=written(content["title"], f"{where}, title", TITLE),
        model=model,
        a=a,
        b=b,
        chapters=tuple(read_chapters(content.get("chapter"), where, series)),
        sizes=sizes,
        fixed=flat(_table(content.get("fixed", {}), f"{where}, [fixed]"), f"{where}, [fixed]"),
        seed=seed,
        uncertainty=whole_posterior(drawn, path.parent) if isinstance(drawn, str) else drawn,
    )


def prepared(family: ModelFamily) -> dict[str, Path]:
    """The workshops that come with a model, by name."""
    return {path.stem: path for path in sorted(family.workshops.glob("*.toml"))} if family.workshops else {}


def workshop_path(name: str, family: ModelFamily) -> Path:
    """The file of a workshop: by its path, or by the name of a prepared one. UnknownNameError if there is none."""
    if name.endswith(".toml") or Path(name).is_file():
        return Path(name)
    known = prepared(family)
    if name not in known:
        raise unknown_name("workshop", name, known, "katye workshop --list")
    return known[name]


def _side(content: Any, where: str, folder: Path) -> Side:
    table = _table(content, where)
    _known(table, SIDE_KEYS, where)
    scenario = of_kind(table.get("scenario", "baseline"), str, "name of a scenario", f"{where}, scenario")
    return Side(
        title=written(table.get("title"), f"{where}, title", SIDE),
        scenario=whole_scenario(scenario, folder),
        changes=flat(_table(table.get("set", {}), f"{where}, set"), f"{where}, set"),
        cell=of_kind(table.get("cell", ""), str, "cell of a study", f"{where}, cell"),
    )


def _table(value: Any, where: str) -> Mapping[str, Any]:
    return of_kind(value, Mapping, "table", where)


def _known(table: Mapping[str, Any], keys: tuple[str, ...], where: str) -> None:
    for key in table:
        if key not in keys:
            raise unknown_name("key", key, keys, where)


def _count(value: Any, where: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise InputError(f"'{value}' is no whole number from 1 up", where)
    return value
