"""The port between experiments and models: what a model must offer to be run, swept, compared and shown.

A model comes as a `ModelFamily`: an object that makes cases and models and says what their tables hold. Experiments know
nothing else of it. `find_family("haiti")` finds one by name (a package in `models/`, or an installed entry point of the
group `katye.models`), `find_family("some.package:FAMILY")` anywhere on the path.
"""

from __future__ import annotations

import dataclasses
import datetime
import functools
import importlib
import importlib.metadata
import importlib.util
import pkgutil
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, Self

from simulation import quick_import
from simulation.errors import InputError, unknown_name
from simulation.parameters import ParameterSet
from simulation.port.outcomes import Outcome, on_curves
from simulation.port.plugins import NOTHING, Brought
from simulation.port.registers import Registers

if TYPE_CHECKING:
    import pandas

    from simulation.port.movement import Movement
    from simulation.port.place_record import PlaceRecord
    from simulation.port.record import Observation
    from simulation.recorder import Recorder
    from simulation.replay.recipe import Replay
    from simulation.visualization.look import Look
    from simulation.visualization.maps import Geography

GROUP = "katye.models"  # of installed entry points
PACKAGE = "models"  # where families live that come with the program
DEFAULT = "haiti"


class Case(Protocol):
    """Everything that defines a run but its seed. Picklable; `models/haiti/scenario/scenario.py` has the richest one.

    `chosen`: parameters that a scenario or a user has set. `off`: mechanisms that are switched off. `weight`: people or
    households that one simulated one stands for. `drawn`: parameters left open by the user are drawn for each seed.
    """

    name: str
    title: str
    question: str
    start: datetime.date
    days: int
    weight: int
    parameters: ParameterSet
    uncertainty: bool
    off: tuple[str, ...]
    chosen: frozenset[str]
    population: Path | None
    brought: Brought
    posterior: Path | None

    @property
    def own_files(self) -> list[Path]: ...


class RunningModel(Protocol):
    """A model as experiments see it. `run` goes `days` further (the case's own number if None) and returns the model.

    `summary`: one value an outcome, from the days so far. `events`: dated incidents, a row each (may be empty). `verdict`:
    one sentence that says what came of it.
    """

    day: int
    run_seed: int
    case: Case
    recorder: Recorder

    def run(self, days: int | None = None, progress: Callable[[int, int], None] | None = None) -> Self: ...
    def summary(self) -> dict[str, Any]: ...
    def events(self) -> pandas.DataFrame: ...
    def verdict(self) -> str: ...


class Resumable(RunningModel, Protocol):
    """A model that can be kept in a file and go on under other parameters, as `katye run --from` and shared starts need."""

    branches: list[dict[str, Any]]

    def save(self, path: str | Path) -> None: ...
    def branch(self, overrides: Mapping[str, Any] | None = None, *, run_seed: int | None = None) -> Self: ...


@dataclass(frozen=True, repr=False)
class ScenarioInfo:
    """A line of `katye scenarios`; a list of them shows a line each."""

    name: str
    title: str
    question: str
    start: datetime.date
    days: int

    def __repr__(self) -> str:
        return f"<scenario {self.name}: {self.title}>"


@dataclass(frozen=True)
class Part:
    """Some factors of a product, and what readers call them: in a table, and in a sentence."""

    name: str
    title: str
    short: str
    factors: tuple[str, ...]


@dataclass(frozen=True)
class Product:
    """An outcome that is a product of factors, so that a change in it can be split between them.

    `factors`: names of the factors, in order; a run's row holds each as `factor_NAME`. `split(before, after)`: what each
    factor adds to the change, which is their sum. `caution`: what the split does not say.
    """

    outcome: str
    factors: tuple[str, ...]
    parts: tuple[Part, ...]
    split: Callable[[Sequence[float], Sequence[float]], Sequence[float]]
    caution: str = ""


@dataclass(frozen=True)
class Price:
    """What a gain against a reference costs, from three columns of curves that are kept by the day.

    `gain`: a stock whose days are added up. `cost`, `harm`: sums since the start, whose last day counts.
    `per`: days of gain that `gain_title` names (a person-year has 365); `harm_per`: days of gain that `harm_title` names.
    `outcomes`: run-level outcomes that stand beside the price, as none of it is to be read alone. `caution`: how to read it.
    """

    gain: str
    cost: str
    harm: str
    per: float
    harm_per: float
    gain_title: str
    cost_title: str
    harm_title: str
    outcomes: tuple[str, ...] = ()
    caution: str = ""


@dataclass(frozen=True)
class TwoSides:
    """Two policies that common random numbers are shown with unless others are asked for: settings of both, of one, of the
    other; and the columns of curves in which they are followed."""

    both: Mapping[str, Any]
    one: Mapping[str, Any]
    other: Mapping[str, Any]
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Presentation:
    """How a model's places and words are shown. Nothing in it changes a number.

    geography: a function that reads outlines and captions, or None for a model without a map. observed: published figures
    between two dates, {outcome: table with date and value, or date, low and high}. look: what maps
    show, in which words and colours. about: a sentence that says what the
    model is. caveats: what stands on every report beside the general one, a few words and the sentence behind them.
    beyond: of the runs of a study, a caveat on what lies outside all experience, or None. pictured: columns of curves that
    pictures over time show, at most six. notes: sentences under every table of differences. beside:
    why outcomes stand beside one another. step: what a day is called where its date means nothing, or "". sections: parts
    of a report that a study may ask for, and the factors each needs. first_assumptions: the parameters that matter most,
    first on every page. first_choices: those that a room changes first (`katye app`). sources: whose data the pages show.
    """

    geography: Callable[[], Geography] | None = None
    observed: Callable[[Any, Any], Mapping[str, pandas.DataFrame]] | None = None
    look: Callable[[], Look] | None = None
    about: str = ""
    caveats: tuple[tuple[str, str], ...] = ()
    pictured: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    beside: str = ""
    step: str = ""
    sections: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    first_assumptions: tuple[str, ...] = ()
    first_choices: tuple[str, ...] = ()
    sources: str = ""
    beyond: Callable[[pandas.DataFrame], tuple[str, str] | None] = lambda runs: None


def described(case: Case) -> dict[str, str]:
    """All that sets a case apart from the defaults of its model, in words."""
    setup = {name: str(value) for name, value in case.parameters.changes().items()}
    drawn = f"drawn from {case.posterior.name}" if case.posterior else "drawn from priors"
    setup |= {"uncertainty": drawn} if case.uncertainty else {}
    setup |= {"switched off": ", ".join(case.off)} if case.off else {}
    return setup | ({"population": case.population.name} if case.population else {})


@dataclass(frozen=True)
class ModelFamily:
    """What a model offers. The first fields every model has; the others have a default that means "not in this model".

    name, title: what to call it. load_case: a scenario by name or file, with changes on top (keywords `overrides`, `days`,
    `weight`, `start`, `uncertainty`, `off`, `population`; None leaves what the scenario says). create: a model on its first
    day; `places` and `events` ask for those tables. outcomes: columns of the table with a row a run. daily: columns of the
    table with a row a day. fields: columns of the table with a row a day and place. columns: what else
    stands in tables (design columns, further columns of a run).

    curves: columns that studies keep by the week, of `curve_columns`: what adds up over days is summed since the start.
    compared: those that comparisons keep by the day.
    place_fields: fields that studies keep of every place on the first and the last day. usual: outcomes shown where a
    study names none. reported_beside: outcomes that stand beside those and decide nothing (deaths that are nobody's aim).
    design_columns: what every row of a study's tables says of its case. row: further columns of a run's row, from the
    finished model.

    mechanisms: names that can be switched off. about: {mechanism: outcomes that it is about}. founding: {parameter: why it
    cannot change once a run has begun}. held: what dated events hold parameters at on a day. check_branch: InputError if a
    run cannot go on from one set of parameters under another. load: a model from a file. unmoved: of names that a user set,
    those that change nothing in this case, with the reason and a hint. idle: of names, those on which no bit of a run of
    this case depends beside the unmoved ones, though a user may well set them (a level of money for a mission of nobody).
    described: {what sets a case apart: value in words}. dated: its dated events in a few words.
    scenario_file: the file of a scenario by name, and event_kinds: what an `[[events]]` table of one may say, by the name of
    the kind: its `meaning`, its `settings` (`default`, `unit`, `meaning`, `bounds`, `choices`, `kind` of each) and an `end`
    if it lasts. Only where both are given scenarios can be made in a room (`katye app`); a model without dated events gives {}.
    two_sides, product, price: what comparisons are shown with, split and price. input_files: files that a run reads.
    record: reads the published figures that runs are set against (`katye scorecard`, `simulation/port/record.py`), or None.
    replay: what is recorded of a run for a moving picture of it (`simulation/replay/recipe.py`), or None. workshops: folder of
    prepared ones (`docs/workshops.md`), or None.
    place_record: what was reported of single places by runs that begin on a date (`simulation/port/place_record.py`), or None.
    movement: places and ways for programs about flight (`katye export --format flee`), or None.
    calibration: the file that says what `katye calibrate` sets free and which of those figures it is held against, or None.
    references: the full reference of every work that a text cites by a key. extend: the family with metrics, mechanisms,
    agents and a map that somebody brings. brought_by: what a scenario brings. registers: tables that a program may add to
    as it runs, so that workers get it too.
    """

    name: str
    title: str
    load_case: Callable[..., Case]
    scenarios: Callable[[], Sequence[ScenarioInfo]]
    parameters: Callable[[], ParameterSet]
    create: Callable[..., RunningModel]
    outcomes: Mapping[str, Outcome]
    daily: Mapping[str, Outcome]
    fields: Mapping[str, Outcome] = field(default_factory=dict)
    columns: Mapping[str, Outcome] = field(default_factory=dict)
    curves: tuple[str, ...] = ()
    compared: tuple[str, ...] = ()
    place_fields: tuple[str, ...] = ()
    usual: tuple[str, ...] = ()
    reported_beside: tuple[str, ...] = ()
    design_columns: Callable[[Case], dict[str, Any]] = lambda case: {}
    row: Callable[[Any], dict[str, Any]] = lambda model: {}
    mechanisms: tuple[str, ...] = ()
    about: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    founding: Mapping[str, str] = field(default_factory=dict)
    held: Callable[[Case, int], Mapping[str, tuple[Any, Any]]] = lambda case, day: {}
    check_branch: Callable[[ParameterSet, ParameterSet], None] = lambda before, after: None
    load: Callable[[str | Path], Resumable] | None = None
    unmoved: Callable[[Case, Sequence[str]], Mapping[str, tuple[str, str]]] = lambda case, names: {}
    idle: Callable[[Case, Sequence[str]], Collection[str]] = lambda case, names: ()
    described: Callable[[Case], dict[str, str]] = described
    dated: Callable[[Case], Sequence[tuple[datetime.date, str]]] = lambda case: ()
    scenario_file: Callable[[str], Path] | None = None
    event_kinds: Mapping[str, Any] = field(default_factory=dict)
    two_sides: TwoSides | None = None
    product: Product | None = None
    price: Price | None = None
    record: Callable[[], Sequence[Observation]] | None = None
    place_record: Callable[[datetime.date], PlaceRecord] | None = None
    movement: Callable[[], Movement] | None = None
    calibration: Path | None = None
    input_files: Callable[[Case], Sequence[Path]] = lambda case: ()
    presentation: Presentation = Presentation()
    replay: Callable[[], Replay] | None = None
    workshops: Path | None = None
    references: Callable[[str], Sequence[str]] = lambda text: ()
    extend: Callable[[ModelFamily, Brought], ModelFamily] | None = None
    brought_by: Callable[[str], Brought] = lambda scenario: NOTHING
    registers: tuple[Registers, ...] = ()

    def bringing(self, brought: Brought) -> ModelFamily:
        """The family with what somebody brings to it. InputError if this model takes nothing, or not this."""
        if not brought:
            return self
        if self.extend is None:
            what = f"the model {self.name} takes no metrics, mechanisms, agents or maps from outside"
            raise InputError(what, "bring", "Leave the table out")
        return self.extend(self, brought)

    def speaking(self, language: str) -> ModelFamily:
        """The family whose outcomes are called by their titles in a language, where they have one."""
        if language == "en":
            return self
        tables = {name: getattr(self, name) for name in ("outcomes", "daily", "fields", "columns")}
        spoken = {
            name: {key: item.spoken(language) for key, item in columns.items()} for name, columns in tables.items()
        }
        return dataclasses.replace(self, **spoken)

    def check_effect(self, case: Case, names: Sequence[str], where: str) -> None:
        """InputError for the first of these names that changes nothing in this case."""
        for what, hint in self.unmoved(case, list(names)).values():
            raise InputError(what, where, hint)

    def idle_in(self, case: Case, names: Sequence[str]) -> frozenset[str]:
        """Of these parameters, those on which no bit of a run of this case depends."""
        return frozenset(self.unmoved(case, names)) | frozenset(self.idle(case, names))

    @functools.cached_property
    def curve_columns(self) -> dict[str, Outcome]:
        """The columns that curves may have, from the daily ones."""
        return on_curves(self.daily)

    @property
    def headlines(self) -> list[Outcome]:
        """The outcomes that are shown unless others are asked for, in the order in which the model declares them."""
        return [outcome for outcome in self.outcomes.values() if outcome.headline]


def family_names() -> list[str]:
    """Every model that can be asked for by name: those that come with the program, and installed ones."""
    package = importlib.import_module(PACKAGE)
    shipped = {module.name for module in pkgutil.iter_modules(package.__path__) if module.ispkg}
    return sorted(shipped | {point.name for point in importlib.metadata.entry_points(group=GROUP)})


@functools.cache
def find_family(name: str = DEFAULT, brought: Brought = NOTHING) -> ModelFamily:
    """A model's family by name, or by `module:attribute`, with what somebody brings to it.

    UnknownNameError for a name that nobody has; InputError if what is there cannot be imported or is no ModelFamily.
    """
    return _find(name).bringing(brought)


def _find(name: str) -> ModelFamily:
    where = f"model '{name}'"
    if ":" in name:
        module, _, attribute = name.partition(":")
        return _family(module, attribute, where)
    if importlib.util.find_spec(f"{PACKAGE}.{name}") if name.isidentifier() else None:
        return _family(f"{PACKAGE}.{name}", "FAMILY", where)
    for point in importlib.metadata.entry_points(group=GROUP, name=name):
        return _family(point.module, point.attr, where)
    raise unknown_name("model", name, family_names(), "--model")


def _family(module: str, attribute: str, where: str) -> ModelFamily:
    try:
        found = getattr(quick_import(module), attribute)
    except AttributeError:
        raise InputError(
            f"{module} has no {attribute}", where, "Give it as module:NAME, the name of a ModelFamily"
        ) from None
    except (Exception, SystemExit) as error:  # whatever somebody's module does when it is read
        raise InputError(
            f"cannot be imported ({error})", where, "Is it installed, or its folder on PYTHONPATH?"
        ) from None
    if not isinstance(found, ModelFamily):
        what = f"{attribute} is a {type(found).__name__}, and a ModelFamily is wanted"
        raise InputError(what, where, "See simulation/port/family.py")
    return found
