"""Studies: a question and the parameters it varies, read from TOML and checked before anything runs."""

from __future__ import annotations

import dataclasses
import datetime
import functools
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.study.designs import Levels, Range, check_design, check_size, points
from experiments.study.file import STUDIES as STUDIES
from experiments.study.file import (
    check_scenario_names,
    drawing,
    known,
    known_columns,
    options,
    positive,
    renamed,
    study_content,
    study_fields,
    study_path,
)
from experiments.study.file import study_names as study_names
from experiments.study.idle import check_effects
from experiments.study.same_runs import first_alike
from simulation.errors import InputError, named_in
from simulation.files.checked_text import check_file_name
from simulation.files.toml import of_kind as kind
from simulation.files.toml import read_toml
from simulation.port.family import DEFAULT, ModelFamily, find_family
from simulation.port.plugins import NOTHING as NOTHING_BROUGHT
from simulation.port.plugins import Brought

if TYPE_CHECKING:
    from simulation.port.family import Case

SCENARIO, OFF, POPULATION = "scenario", "off", "population"
CHOICES = (SCENARIO, OFF, POPULATION)
"""What varies like a parameter and is none: the scenario, mechanisms that are switched off, the file of households."""
NOTHING = "none"  # the level of `off` at which every mechanism works


@dataclass(frozen=True)
class Cell:
    """A design point in one arm: a level of everything that varies. `overrides` is all that it sets.

    `point` counts the points of the design from 0; `scenario`, `population`: None is the study's own. `off`: mechanisms
    that are switched off beside those of the scenario.
    """

    arm: str
    levels: dict[str, Any]
    overrides: dict[str, Any]
    point: int = 0
    scenario: str | None = None
    off: tuple[str, ...] = ()
    population: str | None = None

    def __str__(self) -> str:
        return ", ".join([self.arm, *(f"{name} = {level}" for name, level in self.levels.items())])


@dataclass(frozen=True)
class Study:
    """What is asked of a model. `days` of a run, `weight` (households a row stands for): None is the scenario's own.

    `model`: a name or `module:attribute`, as `find_family` takes it. `bring`: metrics, mechanisms, agents and a map from
    outside. `seed`: what the seeds of all runs come from. `own_luck`: cells share none, for what is no comparison.
    `uncertainty`: draw what is not set from its prior, also where the scenario does not; a text names a posterior.
    `shared_start`: first days of a run, in which nothing varies yet; all cells of a replicate share them. None: no such days.
    `vary`: levels of every parameter, and of `CHOICES`, by dotted name. `samples`: size of a sampled design.
    `analysis`: what the study is for, if it is more than its tables (`experiments.analysis`): "comparison", say.
    `curves`: columns of curves that are kept of every run, each `curve_days` days; () are those of the model.
    `asks`: the factor that pictures over time are grouped by; "" is the first. `sections`: parts of the report beyond those
    that every study has. `titles`: plain names for pages, {factor: title}, and under `arms` and `levels` those of their levels.
    `moved`: {name: path} of files that lie elsewhere than the study says. `alike`: the `firsts` of a study that has begun,
    whatever this version of the program would share.
    """

    name: str
    title: str
    question: str
    scenario: str
    vary: dict[str, Levels]
    replicates: int = 10
    days: int | None = None
    weight: int | None = None
    samples: int | None = None
    shared_start: int | None = None
    start: datetime.date | None = None
    seed: int = 1
    own_luck: bool = False
    model: str = DEFAULT
    analysis: str = ""
    curves: tuple[str, ...] = ()
    curve_days: int = 7
    asks: str = ""
    sections: tuple[str, ...] = ()
    titles: dict[str, Any] = field(default_factory=dict)
    bring: Brought = NOTHING_BROUGHT
    design: str = "factorial"
    uncertainty: bool | str = False
    outcomes: tuple[str, ...] = ()
    arms: dict[str, dict[str, Any]] = field(default_factory=lambda: {"main": {}})
    fixed: dict[str, Any] = field(default_factory=dict)
    replay: dict[str, Any] = field(default_factory=dict)
    quick: dict[str, Any] = field(default_factory=dict)
    moved: Mapping[str, str] = field(default_factory=dict)
    alike: tuple[int, ...] | None = None

    @property
    def family(self) -> ModelFamily:
        """The model that is asked, with all that the study and its scenarios bring to it."""
        return find_family(self.model, self.brought)

    @functools.cached_property
    def brought(self) -> Brought:
        """What the study brings, and its scenarios' files."""
        base, found = find_family(self.model), NOTHING_BROUGHT
        for name in self.scenarios():
            if str(name).endswith(".toml"):
                found |= base.brought_by(self.at(name))
        return found | self.bring

    def cells(self) -> list[Cell]:
        """Every design point, arm by arm, in the order of the design."""
        return self._cells

    @functools.cached_property
    def _cells(self) -> list[Cell]:
        rows = {row.name: row for row in self.family.parameters().rows()}
        design = points(self.design, self.vary, self.samples, self.seed, rows, lambda: self.shared_case().posterior)
        return [
            self._cell(arm, levels, self.fixed | changes | levels, number)
            for arm, changes in self.arms.items()
            for number, levels in enumerate(design)
        ]

    @staticmethod
    def _cell(arm: str, levels: dict[str, Any], settings: dict[str, Any], point: int) -> Cell:
        overrides = {name: value for name, value in settings.items() if name not in CHOICES}
        off = mechanisms_off(settings.get(OFF, ()))
        return Cell(arm, levels, overrides, point, settings.get(SCENARIO), off, settings.get(POPULATION))

    def replay_cell(self) -> Cell:
        """The cell whose first run is kept in full: the one [replay] names, else the first."""
        for cell in self.cells():
            if all(({"arm": cell.arm} | cell.levels).get(key) == value for key, value in self.replay.items()):
                return cell
        wanted = " and ".join(f"{name} = {value}" for name, value in self.replay.items())
        raise InputError(f"no cell of the design has {wanted}", f"study {self.name}, [replay]")

    def case(self, cell: Cell) -> Case:
        """The scenario with this cell's parameters; raises what the model's `load_case` raises."""
        return self._case(cell.scenario or self.scenario, cell.overrides, cell.off, cell.population)

    def cases(self) -> list[Case]:
        """The case of every cell, in their order."""
        return self._cases

    @functools.cached_property
    def _cases(self) -> list[Case]:
        return [self.case(cell) for cell in self.cells()]

    @functools.cached_property
    def firsts(self) -> list[int]:
        """For every cell the number of the cell whose runs are its own too: itself, but for cells that are the same run."""
        if self.alike is not None:
            return list(self.alike)
        shared = self.shared_case() if self.shared_start else None
        return first_alike(self.family, self.cells(), self.cases(), shared)

    def shared_case(self) -> Case:
        """The scenario as it is before anything varies."""
        own = self._cell("", {}, dict(self.fixed), 0)
        return self._case(own.scenario or self.scenario, own.overrides, own.off, own.population)

    def at(self, name: str) -> str:
        """Where a file is that the study names; a name that is no file stays."""
        return self.moved.get(name, name)

    def called(self) -> dict[str, str]:
        """What the study calls the files that lie elsewhere, by whole paths."""
        return {place: name for name, place in self.moved.items() if Path(name).is_absolute()}

    def _case(self, scenario: str, overrides: Mapping[str, Any], off: Sequence[str], population: str | None) -> Case:
        given = {"off": off} if off else {}
        given |= {"population": self.at(population)} if population else {}
        given |= {"bring": self.bring} if self.bring else {}
        return self.family.load_case(
            self.at(scenario),
            overrides=overrides,
            days=self.days,
            weight=self.weight,
            start=self.start,
            uncertainty=self.at(self.uncertainty) or None,  # None: as the scenario has it
            **given,
        )

    def scenarios(self) -> list[str]:
        """The scenarios of all cells, each once."""
        arms = [changes[SCENARIO] for changes in self.arms.values() if SCENARIO in changes]
        return list(dict.fromkeys([self.scenario, *self.vary.get(SCENARIO, ()), *arms]))

    def run_seed(self, replicate: int, cell: int = 0) -> int:
        """The seed of a run, from the study's seed and the replicate alone: cells share luck, unless each has its own."""
        from numpy.random import SeedSequence

        return int(SeedSequence(self.seed, spawn_key=(replicate, cell)[: 1 + self.own_luck]).generate_state(1)[0])

    def resized(self, **sizes: int | None) -> Study:
        """The same study with other days, weight or replicates (positive numbers); None leaves them."""
        given = {name: positive(value, name, "") for name, value in sizes.items() if value is not None}
        resized = dataclasses.replace(self, **given)
        resized.check_shared_start()
        return resized

    def check_shared_start(self) -> None:
        """InputError unless the runs go on after the days that they share."""
        days = self.shared_case().days if self.shared_start else 0
        if self.shared_start and self.shared_start >= days:
            what = f"{self.shared_start} shared days leave none of the run's {days}"
            raise InputError(what, f"study {self.name}, shared_start", "Make it shorter, or days more")

    def quickly(self) -> Study:
        """The study as its [quick] table makes it; checked again, as its levels may differ. InputError if it has none."""
        if not self.quick:
            hint = "Add a [quick] table, or give --days, --weight and --replicates"
            raise InputError("it has no small size", f"study {self.name}", hint)
        changes = dict(self.quick)
        vary = self.vary | changes.pop("vary", {})
        return check_study(dataclasses.replace(self, vary=vary, quick={}, **changes))

    def content(self) -> dict[str, Any]:
        """The study as its file would hold it, but for [quick]; `read_content` makes the same study of it."""
        told = study_content({item.name: getattr(self, item.name) for item in dataclasses.fields(self)})
        return renamed(told, self.called())

    def run_command(self, cell: Cell, replicate: int, file: str | None = None) -> str:
        """A `katye run` line that repeats one run, or two from a shared start. file: the study's, for its `[bring]` table."""
        case = self.case(cell)
        words = ["katye", "run", self.at(cell.scenario or self.scenario), "--days", self.shared_start or case.days]
        words += ["--seed", self.run_seed(replicate, cell.point), "--weight", case.weight]
        words += ["--model", self.model] * (self.model != DEFAULT)
        words += ["--start", self.start] * (self.start is not None)
        words += ["--bring", file or "BRING.toml"] * bool(self.bring) + drawing(self.at(self.uncertainty))
        words += [word for name in cell.off for word in ("--off", name)]
        words += ["--population", cell.population and self.at(cell.population)] * (cell.population is not None)
        if self.shared_start is None:
            return shlex.join(map(str, [*words, *options(cell.overrides)]))
        varied = {name: value for name, value in cell.overrides.items() if self.fixed.get(name) != value}
        kept = f"shared-start-{replicate}.katye"
        first = [*words, *options({n: v for n, v in self.fixed.items() if n not in CHOICES}), "--save", kept]
        then = ["katye", "run", "--from", kept, "--days", case.days - self.shared_start, *options(varied)]
        return f"{shlex.join(map(str, first))} && {shlex.join(map(str, then))}"


def mechanisms_off(value: Any) -> tuple[str, ...]:
    """What a level of `off` switches off: a name, several (`"flight, trust"` or a list), or `"none"`."""
    names = value.split(",") if isinstance(value, str) else value
    return tuple(name for name in (str(name).strip() for name in names) if name and name != NOTHING)


def load_study(name_or_path: str | Path) -> Study:
    """A study by name (`force-funding`) or from a TOML file; every cell of it is checked.

    InputError or UnknownNameError names the file, the key and the nearest right answer.
    """
    path = study_path(name_or_path)
    check_file_name(path.stem, "name of the study", f"study {path}")
    content, _ = read_toml(path, f"study {path}")
    return read_content(content, path.stem, f"study {path.name}", path.parent)


def read_content(
    content: Mapping[str, Any], name: str, where: str, folder: Path = Path(), moved: Mapping[str, str] | None = None
) -> Study:
    """A study from what its file holds; every cell of it is checked."""
    fields = {"title": name, "question": "", "scenario": "baseline"} | study_fields(content, where, folder)
    return check_study(Study(**fields, name=name, moved=moved or {}))


def check_study(study: Study) -> Study:
    """The study itself, if every name in it exists and every cell can be run; else InputError."""
    where = f"study {study.name}"
    for choice in CHOICES:
        _check_choice(study, choice, where)
    with named_in(where):
        family = study.family
    rows = {row.name: row for row in family.parameters().rows()}
    known_columns(study.outcomes, family.outcomes, "metric", where)
    known_columns(study.curves, family.curve_columns, "column of curves", f"{where}, curves")
    known(study.vary, [*rows, *CHOICES], "parameter", f"{where}, [vary]")
    known(study.quick.get("vary", {}), [*rows, *CHOICES], "parameter", f"{where}, [quick] vary")
    check_design(study.design, study.vary, study.samples, rows, where)
    check_size(study.design, study.vary, study.samples, len(study.arms), study.replicates, where)
    for arm, changes in study.arms.items():
        known(changes, [*rows, *CHOICES], "parameter", f"{where}, [arms.{arm}]")
    known(study.fixed, [*rows, OFF, POPULATION], "parameter", f"{where}, [fixed]")
    _check_set_once(study, where)
    _check_shown(study, where)
    known(study.replay, ["arm", *study.vary], "key", f"{where}, [replay]")
    scenarios = [scenario.name for scenario in family.scenarios()]
    known([name for name in study.scenarios() if not name.endswith(".toml")], scenarios, "scenario", where)
    settings = []
    for cell in study.cells():
        try:
            settings.append((cell.overrides, study.case(cell)))
        except InputError as error:
            raise InputError(str(error), f"{where}, cell {cell}") from None
    check_scenario_names(list(dict.fromkeys(cell.scenario or study.scenario for cell in study.cells())), where)
    if study.shared_start is not None:
        _check_shared_start(study, where)
    check_effects(family, settings, where, study.shared_case() if study.shared_start else None)
    study.replay_cell()
    return study


def _check_shown(study: Study, where: str) -> None:
    """InputError for what pages are to show and the study does not have."""
    known([study.asks] if study.asks else [], ["arm", *study.vary], "factor", f"{where}, asks")
    wanted = study.family.presentation.sections
    known(study.sections, wanted, "section", f"{where}, sections")
    for name in study.sections:
        for factor in wanted[name]:
            if factor not in study.vary:
                raise InputError(f"the section {name} needs {factor} to vary", f"{where}, sections", "Leave it out")
    titles = dict(study.titles)
    known(titles.pop("arms", {}), study.arms, "arm", f"{where}, [titles.arms]")
    for factor, levels in titles.pop("levels", {}).items():
        known([factor], study.vary, "factor", f"{where}, [titles.levels]")
        told = study.vary[factor]
        given = [level_text(level) for level in told] if isinstance(told, tuple) else []
        known(levels, given, "level", f"{where}, [titles.levels.{factor}]")
    known(titles, ["arm", *study.vary], "factor", f"{where}, [titles]")


def level_text(level: Any) -> str:
    """A level as it is written in a study file, for keys of tables: true, 0.33, baseline."""
    return str(level).lower() if isinstance(level, bool) else str(level)


def _check_choice(study: Study, choice: str, where: str) -> None:
    """InputError for levels of a choice that are no texts: names of scenarios or mechanisms, a file."""
    levels = study.vary.get(choice, ())
    if isinstance(levels, Range | str) or not all(isinstance(level, str) for level in levels):
        raise InputError(f"levels of {choice} are a list of names", f"{where}, [vary] {choice}")
    for table, settings in (("fixed", study.fixed), *((f"arms.{arm}", changes) for arm, changes in study.arms.items())):
        value, here = settings.get(choice, ""), f"{where}, [{table}] {choice}"
        if choice == OFF and isinstance(value, list):
            for name in value:
                kind(name, str, "name of a mechanism", here)
        else:
            kind(value, str, {SCENARIO: "name of a scenario", OFF: "name of a mechanism"}.get(choice, "file"), here)


def _check_set_once(study: Study, where: str) -> None:
    """InputError for a value that no run would have, as [vary] wins over all else, or after shared days over [fixed] too."""
    for name in study.vary:
        for arm, changes in study.arms.items():
            if name in changes:
                what = f"{name} is varied, so an arm cannot set it"
                raise InputError(what, f"{where}, [arms.{arm}]", "Leave it out there, or in [vary]")
        if name in study.fixed and not study.shared_start:
            raise InputError(f"{name} is varied, so it is not fixed", f"{where}, [fixed]", "Leave one of the two out")


def _check_shared_start(study: Study, where: str) -> None:
    """InputError unless every cell can go on from the shared days."""
    study.check_shared_start()
    family, shared = study.family, study.shared_case()
    if family.load is None:
        raise InputError(
            f"a run of {family.name} cannot go on under other parameters", f"{where}, shared_start", "Leave it out"
        )
    by_events = family.held(shared, study.shared_start)
    for name in [*study.vary, *(name for arm in study.arms.values() for name in arm)]:
        if name in by_events:
            what = f"{name} is varied from day {study.shared_start} on, and an event holds it then"
            here = f"{where}, shared_start, and {by_events[name][1].where}"
            raise InputError(what, here, "Leave one of the two out")
        if name in (OFF, POPULATION):
            raise InputError(
                f"{name} holds from the first day, so runs cannot share a start", where, "Leave one of the two out"
            )
    if study.scenarios() != [study.scenario]:
        hint = "Vary the parameters in which they differ, or leave shared_start out"
        raise InputError("scenarios differ from their first day, so they cannot share a start", where, hint)
    values = {name: value for name, (value, _) in by_events.items()}
    before = shared.parameters.replace(values)
    for cell, case in zip(study.cells(), study.cases(), strict=True):
        try:
            family.check_branch(before, case.parameters.replace(values))
        except InputError as error:
            raise InputError(str(error), f"{where}, shared_start, cell {cell}") from None
