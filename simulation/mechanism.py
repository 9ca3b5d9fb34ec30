"""Mechanisms: one causal rule each, with the state it reads and writes declared so that tests can lock the rest."""

from __future__ import annotations

from typing import Any, ClassVar


class Mechanism:
    """One rule of the day. `reads` and `writes` name arrays of the model's state; `step` gathers, computes, writes.

    Arrays are changed in place, never replaced, so that everybody who holds one sees the same city.
    """

    name: ClassVar[str] = ""
    reads: ClassVar[tuple[str, ...]] = ()
    writes: ClassVar[tuple[str, ...]] = ()

    def __init__(self, model: Any):
        self.model = model

    def step(self) -> None:
        """Do one day of this rule."""

    def roll(self, place: int = 0, part: str = ""):
        """Today's random stream of this mechanism for a place or an agent; `part` names a second use on the same day."""
        name = f"{self.name}.{part}" if part else self.name
        return self.model.dice.roll(name, self.model.day, place)


def idle() -> None:
    """The day of a mechanism that is switched off."""
