"""Branching: a run goes on from today under other parameters or another luck, while the first one stays as it is."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from models.haiti.mechanisms.mission import funding
from models.haiti.parameters import FOUNDING
from models.haiti.saving import saving
from models.haiti.scenario.scenario import ONLY_AT_A_LEVEL, checked_seed
from simulation.errors import InputError
from simulation.parameters import ParameterSet

if TYPE_CHECKING:
    from models.haiti.model import HaitiModel


def branch(model: HaitiModel, overrides: Mapping[str, Any], run_seed: int | None) -> HaitiModel:
    """See `HaitiModel.branch`."""
    # A run that was opened has its case's parameters until the morning; those that events hold are in force all the same.
    before = model.parameters.replace(model.calendar.held())
    after = before.replace(overrides, "branch")
    check(before, after)
    seed = model.run_seed if run_seed is None else checked_seed(run_seed)
    case = dataclasses.replace(model.case, parameters=after, chosen=model.case.chosen | set(overrides))
    twin = type(model).__new__(type(model))
    twin._open(case, seed, False, False, model.city, model.start)
    saving.revive(twin, saving.snapshot(model), saving.own_gang_class(model))
    if seed != model.run_seed:
        twin.rng.bit_generator.state = np.random.default_rng(seed % 2**63).bit_generator.state
        twin.random.seed(seed % 2**63)
    for name in overrides:  # else an event that began before would put its value back in the morning
        twin.calendar.in_force.pop(name, None)
    funding.redirect(twin, before)
    changes = {name: [before.get(name), after.get(name)] for name in overrides}
    twin.branches.append({"day": model.day, "run_seed": [model.run_seed, seed], "changes": changes})
    return twin


def check(before: ParameterSet, after: ParameterSet) -> None:
    """InputError if a run under way under `before` cannot go on under `after`."""
    for name, value in after:
        if name in FOUNDING and value != before.get(name):
            hint = "Change it with load_case and run from the first day"
            raise InputError(f"{name} only matters at the founding: {FOUNDING[name]}", "branch", hint)
    for name in ONLY_AT_A_LEVEL:
        if after.funding.source == "pledges" and after.get(name) != before.get(name):
            hint = "Set funding.source to 'level' as well: donors are then replaced, and unpaid pledges lost"
            raise InputError(f"{name} means nothing while funding.source is 'pledges'", "branch", hint)
    if (before.funding.source, after.funding.source) == ("level", "pledges"):
        hint = "The other way round is possible"
        what = (
            "funding.source cannot go from 'level' to 'pledges': what would have been paid of them by now is not known"
        )
        raise InputError(what, "branch", hint)
