"""What somebody brings to the city from outside the package: mechanisms in the day, metrics, a class of gangs, another map.

A mechanism brings its parameter groups with it (`Mechanism.groups`), and a metric may be a `Metric`, a `RunMetric`, or
several of them.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from models.haiti import metrics
from models.haiti.agents.gang import Gang
from models.haiti.day import DAY
from models.haiti.metrics import words
from models.haiti.metrics.definition import Metric, RunMetric, daily_of, outcomes_of
from models.haiti.parameters import GROUPS
from models.haiti.world.city import City, load_city
from simulation.errors import InputError, unknown_name
from simulation.mechanism import Mechanism
from simulation.parameters import ParameterSet
from simulation.port import plugins
from simulation.port.outcomes import Outcome
from simulation.port.plugins import Brought

ROLES = {"gang": Gang}
"""Agents whose class can be brought, and what it must be a kind of."""


@functools.cache
def kinds(brought: Brought) -> tuple[type[Mechanism], ...]:
    """The day with what was brought to it. InputError for what is no mechanism, or has a name that is taken."""
    day = list(DAY)
    for change in brought.mechanisms:
        where = f"mechanism '{change.spec}'"
        kind = plugins.load(change.spec, plugins.MECHANISMS, "mechanism")
        if not (isinstance(kind, type) and issubclass(kind, Mechanism)):
            what = f"it is {_what(kind)}, and a class that extends simulation.mechanism.Mechanism is wanted"
            raise InputError(what, where)
        names = [known.name for known in day]
        if change.target not in names:
            raise unknown_name("mechanism", change.target, names, where)
        place = names.index(change.target)
        if change.place == "replace":
            if kind.name != change.target:
                what = f"it is called '{kind.name}', and others ask for '{change.target}'"
                raise InputError(what, where, f"Give it the name '{change.target}'")
            day[place] = kind
            continue
        if kind.name in names or not kind.name.isidentifier():
            raise InputError(f"the name '{kind.name}' is taken or none", where, "Give it a name of its own")
        day.insert(place + (change.place == "after"), kind)
    return tuple(day)


@functools.cache
def measured(brought: Brought) -> tuple[dict[str, Metric], dict[str, RunMetric]]:
    """Daily and run-level metrics, those of the city first. InputError for what is no metric, or has a name that is taken."""
    daily, whole = dict(metrics.DAILY), dict(metrics.RUN)
    taken = {*metrics.OUTCOMES, *(metric.name for metric in (*daily.values(), *whole.values()))}
    for spec in brought.metrics:
        where = f"metric '{spec}'"
        found = plugins.load(spec, plugins.METRICS, "metric")
        for item in found if isinstance(found, tuple | list) else (found,):
            if not isinstance(item, Metric | RunMetric):
                what = f"it is {_what(item)}, and a Metric or RunMetric of models.haiti.metrics is wanted"
                raise InputError(what, where)
            target, column = (daily, item.column) if isinstance(item, Metric) else (whole, item.name)
            if measured := {item.name, *item.named} & taken:
                raise InputError(f"the name {min(measured)} is taken", where, "Give it a name of its own")
            taken |= {item.name, *item.named}
            target[column] = type(item)(**{**vars(item), "value": _told(item, where)})
    return daily, whole


def _told(item: Metric | RunMetric, where: str) -> Callable[[Any], Any]:
    """Its function, whose errors say whose they are."""

    @functools.wraps(item.value)
    def value(model: Any) -> Any:
        try:
            found = item.value(model)
        except Exception as error:  # whatever somebody's function does
            raise InputError(f"{item.name} cannot be measured ({type(error).__name__}: {error})", where) from error
        if np.ndim(found):
            shape = " x ".join(map(str, np.shape(found)))
            raise InputError(
                f"{item.name} is no single number but {shape} of them", where, "Take their sum or mean, say"
            )
        return found

    return value


def columns(brought: Brought) -> tuple[Mapping[str, Outcome], Mapping[str, Outcome]]:
    """Outcomes of a run and daily columns, with those that were brought."""
    if not brought.metrics:
        return metrics.OUTCOMES, metrics.COLUMNS
    daily, whole = measured(brought)
    new = [item for name, item in (daily | whole).items() if name not in {**metrics.DAILY, **metrics.RUN}]
    more = daily_of([item for item in new if isinstance(item, Metric)], words.daily_words)
    return dict(metrics.OUTCOMES) | outcomes_of(new, words.words_of), dict(metrics.COLUMNS) | more


@functools.cache
def parameters(brought: Brought) -> ParameterSet:
    """Every parameter at its default, those of mechanisms that were brought among them."""
    groups = dict(GROUPS)
    for kind in kinds(brought):
        for name, group in kind.groups.items():
            if name in groups:
                raise InputError(f"the parameter group {name} is there already", f"mechanism {kind.__name__}")
            groups[name] = group
    return ParameterSet({name: group() for name, group in groups.items()})


def gang_class(brought: Brought) -> type[Gang]:
    """The class of gangs. InputError for a role that nobody has, or a class of something else."""
    found = Gang
    for role, spec in brought.agents:
        if role not in ROLES:
            raise unknown_name("role", role, ROLES, "agents")
        found = plugins.load(spec, plugins.AGENTS, "agent")
        if not (isinstance(found, type) and issubclass(found, ROLES[role])):
            what = f"it is {_what(found)}, and a class that extends {ROLES[role].__module__}.{ROLES[role].__name__} is wanted"
            raise InputError(what, f"agent '{spec}'")
    return found


@functools.lru_cache(maxsize=2)
def city(data: str = "") -> City:
    """The map of a data folder; the shipped one without any."""
    return load_city(Path(data) if data else None)


def _what(thing: Any) -> str:
    return f"the class {thing.__name__}" if isinstance(thing, type) else f"a {type(thing).__name__}"
