"""What those who decide have in common: they belong to one model, and are not copied away from it."""

from __future__ import annotations

from typing import NoReturn

import mesa

from models.haiti.saving.copying import refuse


class Agent(mesa.Agent):
    """A Mesa agent of the city. Copies are refused: a second one would change the same gang or unit unseen by the model."""

    def __copy__(self) -> NoReturn:
        refuse(self)

    def __repr__(self) -> str:
        """What it is and how it is called; a half-made one is its class alone."""
        called = next((str(vars(self)[name]) for name in ("name", "donor", "country") if name in vars(self)), "")
        return f"<{type(self).__name__.lower()} {called}>" if called else f"<{type(self).__name__.lower()}>"
