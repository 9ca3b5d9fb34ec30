"""Cases: all that defines a run but its seed, and scenarios, the TOML files they are read from.

`Scenarios` is all that a model needs whose scenarios say no more than the keys below; one that says more extends `Case`
(`models/haiti/scenario/scenario.py`).
"""

from __future__ import annotations

import datetime
import os.path
import pickle
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self, TypeVar

import numpy as np

from simulation.clock import parse_date
from simulation.dice import Dice
from simulation.errors import InputError, unknown_name
from simulation.files.checked_text import check_file_name, check_line, check_plain
from simulation.files.toml import flat, of_kind, read_toml
from simulation.parameters import ParameterSet
from simulation.port.family import ScenarioInfo
from simulation.port.plugins import NOTHING, Brought
from simulation.port.posterior import SHIPPED, read_posterior, where_from

END_OF_TIME = datetime.date(2262, 4, 11)  # of dates in nanoseconds
KEYS = ("title", "question", "start", "days", "weight", "uncertainty", "parameters", "off")
SEEDS = "A seed is a whole number from 0 to 2^64 - 1"
DAYS, START = 365, datetime.date(2000, 1, 1)  # of a scenario that says none


@dataclass(frozen=True)
class Case:
    """Everything that defines a run but its seed, as `simulation/port/family.py` has it. Picklable.

    off: mechanisms switched off. chosen: parameters that the scenario or the user set, which uncertainty leaves alone.
    population: absolute path of a file with those who are simulated; None: those that the model makes.
    posterior: absolute path of a file of weighted draws (`simulation/port/posterior.py`) that uncertainty takes parameters
    from, all others as they are; None: all from their priors.
    brought: metrics, mechanisms, agents and a map from outside the package.
    """

    name: str
    title: str
    question: str
    start: datetime.date
    days: int
    weight: int
    parameters: ParameterSet
    uncertainty: bool = False
    off: tuple[str, ...] = ()
    chosen: frozenset[str] = frozenset()
    population: Path | None = None
    brought: Brought = NOTHING
    posterior: Path | None = None

    def __reduce_ex__(self, protocol: Any) -> Any:
        """A case with something from outside reads that first wherever it goes: its parameters may be of classes from there."""
        if not self.brought:
            return super().__reduce_ex__(protocol)
        return _unpacked, (type(self), self.brought, pickle.dumps(vars(self)))

    @property
    def own_files(self) -> list[Path]:
        """Files of the user's own that its runs read, beside what is brought."""
        return [path for path in (self.population, self.posterior) if path]

    def drawn(self, seed: int) -> Self:
        """The case with what nobody chose drawn by the luck of `seed`: a draw of the posterior, or every prior by itself.

        What a posterior does not hold stays as it is, as it did when it was fitted: drawn from priors beside it, it would undo
        the fit.
        """
        dice, changes = Dice(seed), {}
        known = read_posterior(self.posterior).draw(dice.roll(SHIPPED, 0, 0).uniform()) if self.posterior else None
        for number, row in enumerate(self.parameters.rows()):
            if row.prior is None or row.name in self.chosen or not (known is None or row.name in known):
                continue
            if known is None:
                changes[row.name] = row.draw(dice.roll(f"prior.{row.name}", 0, number).uniform())
            else:
                changes[row.name] = round(known[row.name]) if isinstance(row.default, int) else known[row.name]
        return replace(self, parameters=self.parameters.replace(changes))


def _unpacked(kind: type[Case], brought: Brought, content: bytes) -> Case:
    brought.import_files()
    case = object.__new__(kind)
    vars(case).update(pickle.loads(content))
    return case


SomeCase = TypeVar("SomeCase", bound=Case)


@dataclass(frozen=True)
class Scenarios:
    """The scenarios of a model: the TOML files in `folder`. `load` and `listed` are what a `ModelFamily` asks for.

    parameters: makes the register. mechanisms: names that `off` takes. most_weight: how many a simulated one can stand for.
    posterior: where the one is that comes with the model.
    """

    folder: Path
    parameters: Callable[[], ParameterSet]
    mechanisms: tuple[str, ...] = ()
    most_weight: int = 1
    posterior: Path | None = None

    def listed(self) -> list[ScenarioInfo]:
        """The scenarios of the folder, by name."""
        cases = [self._read(path) for path in sorted(self.folder.glob("*.toml"))]
        return [ScenarioInfo(case.name, case.title, case.question, case.start, case.days) for case in cases]

    def find(self, name: str | Path) -> Path:
        """The file of a scenario. UnknownNameError or InputError if there is none."""
        return find_scenario(self.folder, name)

    def load(
        self,
        name: str | Path = "baseline",
        *,
        overrides: Mapping[str, Any] | None = None,
        days: int | None = None,
        weight: int | None = None,
        start: datetime.date | None = None,
        uncertainty: bool | str | Path | None = None,
        population: str | Path | None = None,
        off: Sequence[str] = (),
    ) -> Case:
        """A scenario by name or file, with changes on top; None leaves what it says. InputError for what does not fit."""
        if population is not None:
            raise InputError("this model takes no file of a population", str(population), "Leave it out")
        case = self._read(self.find(name))
        case = changed(case, overrides, off, days=days, weight=weight, start=start)
        case = uncertain(case, uncertainty, self.posterior)
        return self._weighed(checked(case, f"scenario {case.name}", self.mechanisms), f"scenario {case.name}")

    def _read(self, path: Path) -> Case:
        return self._weighed(read_case(path, self.parameters(), self.mechanisms, self.posterior), str(path))

    def _weighed(self, case: Case, where: str) -> Case:
        if case.weight > self.most_weight:
            raise InputError(f"weight {case.weight} is too much for this model", where, f"At most {self.most_weight:,}")
        return case


def read_case(
    path: Path, parameters: ParameterSet, mechanisms: Sequence[str] = (), posterior: Path | None = None
) -> Case:
    """The case of a scenario file. `parameters`: the register with its defaults. InputError names file and key."""
    table, _ = read_scenario(path, KEYS)
    return checked(Case(**case_fields(table, path, parameters, START, DAYS, posterior)), str(path), mechanisms)


def find_scenario(folder: Path, name: str | Path) -> Path:
    """The file of a scenario by name, or itself if it ends in .toml. UnknownNameError or InputError if there is none."""
    path = folder / f"{name}.toml"
    if os.path.isfile(path):  # unlike Path.is_file it takes any text, however long
        return path
    if str(name).endswith(".toml"):
        if os.path.isfile(name):
            return Path(name)
        raise InputError("no such file", str(name))
    raise unknown_name("scenario", name, (found.stem for found in folder.glob("*.toml")))


def read_scenario(path: Path, keys: Sequence[str]) -> tuple[dict[str, Any], str]:
    """What a scenario file holds, and its text. InputError if it is no TOML or has a key that is not among `keys`."""
    table, text = read_toml(path)
    check_plain(table, str(path))
    for key in table:
        if key not in keys:
            raise unknown_name("key", key, keys, str(path))
    return table, text


def case_fields(
    table: Mapping[str, Any],
    path: Path,
    parameters: ParameterSet,
    start: datetime.date,
    days: int,
    posterior: Path | None = None,
) -> dict[str, Any]:
    """The fields of a `Case` from a scenario's table, but for its population; `start` and `days` where it says none.

    posterior: where the one is that comes with the model.

    InputError for a value of another kind, or a parameter that is given in two spellings.
    """
    where = f"{path}, [parameters]"
    groups = parameters.groups()
    # A group of which nothing is set says nothing.
    chosen = {
        name: value
        for name, value in flat(of_kind(table.get("parameters", {}), dict, "table", where), where).items()
        if not (name in groups and value == {})
    }
    drawn, draws = where_from(table.get("uncertainty", False), posterior, path.parent, str(path))
    off = of_kind(table.get("off", []), list, "list of mechanisms", f"{path}, off", 'For example off = ["flight"]')
    return {
        "name": path.stem,
        "title": of_kind(table.get("title", path.stem), str, "text", f"{path}, title"),
        "question": of_kind(table.get("question", ""), str, "text", f"{path}, question"),
        "start": parse_date(table.get("start", start), f"{path}, start"),
        "days": table.get("days", days),
        "weight": table.get("weight", 1),
        "parameters": parameters.replace(chosen, str(path)),
        "uncertainty": drawn,
        "posterior": draws,
        "off": tuple(of_kind(name, str, "name of a mechanism", f"{path}, off") for name in off),
        "chosen": frozenset(chosen),
    }


def changed(case: SomeCase, overrides: Mapping[str, Any] | None, off: Sequence[str], **fields: Any) -> SomeCase:
    """The case with other parameters, with these mechanisms off as well, and with those fields that are not None."""
    case = replace(case, off=(*case.off, *(name for name in off if name not in case.off)))
    if fields.get("start") is not None:
        fields["start"] = parse_date(fields["start"], "start")
    case = replace(case, **{key: value for key, value in fields.items() if value is not None})
    if not overrides:
        return case
    return replace(case, parameters=case.parameters.replace(overrides), chosen=case.chosen | set(overrides))


def uncertain(case: SomeCase, value: bool | str | Path | None, shipped: Path | None) -> SomeCase:
    """The case with another `uncertainty`, as a scenario or a command says it; None leaves it. InputError as `where_from`."""
    if value is None:
        return case
    drawn, draws = where_from(value, shipped, Path(), f"scenario {case.name}")
    return replace(case, uncertainty=drawn, posterior=draws)


def checked(
    case: SomeCase,
    where: str,
    mechanisms: Sequence[str],
    starts: tuple[datetime.date, datetime.date] = (datetime.date.min, END_OF_TIME),
) -> SomeCase:
    """The case itself if it can be run; else InputError. `starts`: the first and last day on which it can begin."""
    check_file_name(case.name, "name of the scenario", where)
    check_line(case.title, "title", where)
    if not isinstance(case.question, str):
        raise InputError(f"'{case.question}' for question is no text", where)
    check_plain(case.question, f"{where}, question")
    for name in ("days", "weight"):
        value = getattr(case, name)
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise InputError(f"'{value}' for {name} is no positive whole number", where)
    if not isinstance(case.uncertainty, bool):
        raise InputError(f"'{case.uncertainty}' for uncertainty is neither true nor false", where)
    if case.posterior is not None:
        read_posterior(case.posterior).check(case.parameters, f"{where}, posterior {case.posterior}")
    if not starts[0] <= case.start <= starts[1]:
        raise InputError(f"start {case.start} is outside the data", where, f"It can be {starts[0]} to {starts[1]}")
    most = (END_OF_TIME - case.start).days
    if case.days > most:
        raise InputError(
            f"no table can hold dates as late as {case.days} days bring", where, f"days can be 1 to {most:,}"
        )
    for name in case.off:
        if not isinstance(name, str) or name not in mechanisms:
            raise unknown_name("mechanism", name, mechanisms, f"{where}, off")
    return case


def checked_seed(run_seed: Any, where: str = "run_seed") -> int:
    """The seed of a run; InputError if it is none."""
    if isinstance(run_seed, bool) or not isinstance(run_seed, (int, np.integer)) or not 0 <= run_seed < 2**64:
        raise InputError(f"'{run_seed}' is no seed", where, SEEDS)
    return int(run_seed)


def chosen_seed(run_seed: Any = None, rng: Any = None, seed: Any = None) -> int:
    """The seed of a run from what a model was given. Without any it is drawn afresh, so that no two models are alike unasked.

    rng, seed: the names that Mesa gives it; they also take what Mesa takes besides a number: several numbers, a
    `SeedSequence`, or a generator, which goes on by a draw. InputError for anything else, and for more than one of the three.
    """
    given = {name: one for name, one in {"run_seed": run_seed, "rng": rng, "seed": seed}.items() if one is not None}
    if len(given) > 1:
        raise InputError(f"a run has one seed, not {' and '.join(given)}", "run_seed", "Leave all but one out")
    (name, one), *_ = given.items() or [("", np.random.SeedSequence())]
    if isinstance(one, (list, tuple, np.ndarray)) and name != "run_seed":
        one = np.random.SeedSequence([checked_seed(number, name) for number in one])
    if name != "run_seed":
        if isinstance(one, np.random.SeedSequence):
            return int(one.generate_state(1, np.uint64)[0])
        if isinstance(one, np.random.BitGenerator):
            one = np.random.Generator(one)
        if isinstance(one, np.random.Generator):
            return int(one.integers(2**64, dtype=np.uint64))
    return checked_seed(one, name)
