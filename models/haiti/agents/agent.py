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
        try:
            return f"<{type(self).__name__} {self._said()}>"
        except AttributeError:  # half made, as in an error on the way
            return f"<{type(self).__name__}>"

    def _said(self) -> str:
        """What it is, in a few words."""
        known = vars(self)
        return str(known.get("donor") or known.get("country") or self.unique_id)
