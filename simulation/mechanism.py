"""Mechanisms: one causal rule each, with what it reads, writes and asks of other rules declared, and tested."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, NoReturn

import numpy as np

from simulation.errors import BoundError, NumberError
from simulation.serialise.limits import RUN, Limit


class Mechanism:
    """One rule of the day; `step` gathers, computes, writes.

    `reads`, `writes`, `uses` are its contract. Names are paths from the model with `state.` left out: `influence` is
    `model.state.influence`, `pool.cash` is `model.pool.cash`, `contingents` stands for all of them. `writes`: what it
    changes, and may look at; `reads`: what it only looks at. Helpers that are no rules act for the rule that calls them.
    `uses`: other rules whose public methods or attributes it needs; what those touch is theirs to declare. Parameters, the
    map, the day and luck are everybody's and not named; nor is what the engine calls (`found`, `reset`).

    Arrays are changed in place, never replaced, so that everybody who holds one sees the same city. `covers`: points of
    the model's sources that the rule stands for; `shown_by`: metrics in which it can be seen; `neutral`: what holds when it
    is switched off; `objection`: what somebody who knows the field would object to. `equations`: what `step` computes, a line
    each, in plain text with the full names of parameters (`gang.exit`) and of state as in `reads`; pages show them.
    `switch`: whether it can be switched off; what others stand on cannot. `burn_in`: whether it acts in the weeks that are
    lived through before the first day.
    `groups`: parameter groups that a mechanism from outside the package brings with it, by name.
    `derived`: attributes that follow from parameters and map alone, and are computed anew where a run goes on.
    """

    limits: ClassVar[Mapping[str, Limit]] = {"model": RUN}

    name: ClassVar[str] = ""
    switch: ClassVar[bool] = True
    burn_in: ClassVar[bool] = False
    reads: ClassVar[tuple[str, ...]] = ()
    writes: ClassVar[tuple[str, ...]] = ()
    uses: ClassVar[tuple[str, ...]] = ()
    derived: ClassVar[tuple[str, ...]] = ()
    groups: ClassVar[Mapping[str, type]] = {}
    covers: ClassVar[tuple[str, ...]] = ()
    shown_by: ClassVar[tuple[str, ...]] = ()
    neutral: ClassVar[str] = ""
    objection: ClassVar[str] = ""
    equations: ClassVar[tuple[str, ...]] = ()

    def __init__(self, model: Any):
        self.model = model

    @property
    def on(self) -> bool:
        """Whether the rule acts in this run; the case may have switched it off, and then `step` is not called."""
        return self.name not in self.model.case.off

    def found(self) -> None:
        """Put state of the first day in place, once, when a run begins; a run that is loaded or branched has it already."""

    def step(self) -> None:
        """Do one day of this rule; a run lives it through `live`."""

    def reset(self) -> None:
        """Compute again what was computed from parameters when the rule was made: they have changed."""

    def roll(self, place: int = 0, part: str = ""):
        """Today's random stream of this mechanism for a place or an agent; `part` names a second use on the same day."""
        name = f"{self.name}.{part}" if part else self.name
        return self.model.dice.roll(name, self.model.day, place)

    def check_bound(
        self, chances: np.ndarray, bounds: np.ndarray, places: np.ndarray, ids: Sequence[str], rounding: float = 0.0
    ) -> None:
        """Thinning is exact only while no chance passes its bound; BoundError names the rule, the place and the day.

        chances, bounds, places: one entry a candidate. rounding: what the arithmetic of a chance may add to it.
        """
        broken = chances > bounds * (1.0 + 1e-12) + rounding
        if broken.any():
            self.refuse(int(places[broken][0]), ids)

    def refuse(self, place: int, ids: Sequence[str]) -> NoReturn:
        """Raise BoundError: a chance passed its bound at a place."""
        raise BoundError(f"{self.name}: a chance passed its bound in {ids[place]} on day {self.model.day}")


def live(rules: Iterable[Mechanism]) -> None:
    """One day of the rules that are on, in their order.

    What leaves the numbers ends the run and is not carried on as infinity or NaN: NumberError names the rule and the day.
    """
    # NumPy is told once a day: telling it for every rule costs as much as a small rule
    with np.errstate(divide="raise", over="raise", invalid="raise"):
        for rule in rules:
            if not rule.on:
                continue
            try:
                rule.step()
            except NumberError:
                raise  # a draw, which says more
            except ArithmeticError as error:
                raise NumberError(f"{rule.name}: {error} on day {rule.model.day}") from error
