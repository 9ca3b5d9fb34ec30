"""Parameters that change while a run is under way, and what was computed from them when it was made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models.haiti.mechanisms.mission import funding


def apply_parameters(model, changes: Mapping[str, Any], *, new: bool) -> None:
    """From now on the model runs under the changed parameters.

    Rules that computed constants when they were made compute them again (`Mechanism.reset`), travel times follow, and
    with `new` so do the promises of donors who pay a level; without it, donors are as they should be already. InputError for
    an unknown name or a value out of bounds. Things that exist (offers, units, households) keep what they were given.
    """
    before = model.parameters
    model.parameters = before.replace(changes)
    if model.parameters.travel != before.travel:
        model.terrain.change_travel(model.parameters.travel)
    for rule in model.mechanisms:
        rule.reset()
    if new:
        funding.redirect(model, before)
