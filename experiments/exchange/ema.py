"""A study as a model of the EMA Workbench (Kwakkel 2017), for its samplers, its scenario discovery and its optimisation.

What a study varies becomes an uncertainty or, where the register says that somebody decides it, a lever; its arms are a lever
too. The Workbench then draws the points instead of the study's design; each is run once for every replicate, under the
study's seeds, so that policies are compared under shared luck.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import stats

from experiments.study.designs import POSTERIOR, PRIOR, Range
from experiments.study.study import CHOICES, OFF, POPULATION, SCENARIO, Cell, Study, load_study, mechanisms_off
from simulation.errors import InputError, installing
from simulation.parameters import Row
from simulation.runs.runner import forget

if TYPE_CHECKING:
    import ema_workbench

ARM = "arm"
DECIDED = "policy"
"""The status of a parameter that somebody chooses; a scenario is chosen too."""


@dataclass(frozen=True)
class StudyFunction:
    """What the Workbench calls for a point: settings by the Workbench's names, and a replicate. Picklable.

    names: {name of the Workbench: name of the register}. Returns {outcome: value}.
    """

    study: Study
    names: Mapping[str, str]
    outcomes: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, replicate: int = 0, **settings: Any) -> dict[str, float]:
        rows = {row.name: row for row in self.study.family.parameters().rows()}
        given = {self.names[name]: value for name, value in settings.items()}
        levels = {name: _typed(rows[name], value) if name in rows else value for name, value in given.items()}
        arm = str(levels.pop(ARM, next(iter(self.study.arms))))
        wanted = self.study.fixed | self.study.arms[arm] | levels
        overrides = {name: value for name, value in wanted.items() if name not in CHOICES}
        off = mechanisms_off(wanted.get(OFF, ()))
        cell = Cell(arm, levels, overrides, 0, wanted.get(SCENARIO), off, wanted.get(POPULATION))
        case = self.study.case(cell)
        model = self.study.family.create(case, self.study.run_seed(replicate)).run()
        summary = model.summary()
        forget(model)
        return {name: float(summary[outcome]) for name, outcome in self.outcomes.items()}


def ema_model(study: Study | str | Path, outcomes: tuple[str, ...] = ()) -> ema_workbench.ReplicatorModel:
    """The Workbench's model of a study: `MultiprocessingEvaluator(ema_model("paths"))`.

    outcomes: those of the study, else the model's usual ones. Each is the mean over the study's replicates. Names are
    those of the register with `__` for a dot, as the Workbench wants Python's names. InputError without the Workbench, for a
    study that the Workbench cannot draw points for (a shared start, a table of points, a posterior), and for an outcome that
    is not there.
    """
    try:
        from ema_workbench import CategoricalParameter, IntegerParameter, RealParameter, ReplicatorModel, ScalarOutcome
    except ImportError:
        hint = installing("katye[exchange]")
        raise InputError("the EMA Workbench is not installed, and ema_model() needs it", hint=hint) from None

    study = study if isinstance(study, Study) else load_study(study)
    where = f"study {study.name}"
    if study.shared_start or study.design == "table" or POSTERIOR in study.vary.values():
        what = (
            "it has a shared start, a table of points or levels from a posterior, for which the Workbench has no word"
        )
        raise InputError(what, where, "Give levels or ranges under [vary], and no shared_start")
    rows = {row.name: row for row in study.family.parameters().rows()}
    levers, uncertainties, names = [], [], {}
    if len(study.arms) > 1:
        names[ARM] = ARM
        levers.append(CategoricalParameter(ARM, list(study.arms)))
    for factor, levels in study.vary.items():
        name = python_name(factor)
        names[name] = factor
        row = rows.get(factor)
        if isinstance(levels, Range):
            whole = row is not None and isinstance(row.default, int) and not isinstance(row.default, bool)
            made = (IntegerParameter if whole else RealParameter)(name, levels.low, levels.high)
        elif levels == PRIOR:
            made = RealParameter.from_dist(name, prior_distribution(row))
        else:
            made = CategoricalParameter(name, list(levels))
        (levers if row is None or row.status == DECIDED else uncertainties).append(made)
    wanted = outcomes or study.outcomes or study.family.usual
    known = {python_name(name): name for name in wanted}
    for name in wanted:
        if name not in study.family.outcomes:
            raise InputError(f"no outcome '{name}'", where, "`katye metrics` lists them")
    model = ReplicatorModel(python_name(study.name).replace("_", ""), function=StudyFunction(study, names, known))
    model.levers, model.uncertainties = levers, uncertainties
    model.outcomes = [ScalarOutcome(name, function=np.mean) for name in known]
    model.replications = [{"replicate": number} for number in range(study.replicates)]
    return model


def python_name(name: str) -> str:
    """A name of the register as Python would have it: `flight.half_dose` is `flight__half_dose`."""
    return name.replace(".", "__").replace("-", "_")


class Drawn(stats.rv_continuous):
    """A prior as SciPy has distributions, cut where a study's own draws are cut; only its quantiles and ends are right."""

    def __init__(self, row: Row, **options: Any):
        self.row = row
        super().__init__(**({"a": float(row.draw(0.0)), "b": float(row.draw(1.0)), "name": "prior"} | options))

    def _updated_ctor_param(self) -> dict[str, Any]:
        return {**super()._updated_ctor_param(), "row": self.row}

    def _ppf(self, q):
        return np.vectorize(lambda u: float(self.row.draw(u)), otypes=[float])(q)


def prior_distribution(row: Row):
    """The prior of a parameter as a frozen distribution. Picklable, as the Workbench sends it to its processes."""
    return Drawn(row)()


def _typed(row: Row, value: Any) -> Any:
    """A value in the parameter's own type: the Workbench has floats, and words of its own for categories."""
    if isinstance(row.default, bool):
        return bool(value)
    if isinstance(row.default, int):
        return round(value)
    return float(value) if isinstance(row.default, float) else value
