"""A neighbourhood as one looks at it: a window on the state of the city, made when asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from models.haiti.world.naming import find_neighbourhood
from models.haiti.world.state import GANG, LABELS
from simulation.errors import InputError
from simulation.port.naming import unknown_column

if TYPE_CHECKING:
    from models.haiti.people.story import Story
    from simulation.visualization.picture import Picture


class Neighbourhood:
    """One neighbourhood today: `model.neighbourhood("Solino")`. It only looks; nothing of it can be written.

    number: its row in the arrays of `model.state`. id, name, commune: as in `models/haiti/data/neighbourhoods.csv`.
    """

    __slots__ = ("model", "number")

    def __init__(self, model: Any, text: object):
        object.__setattr__(self, "model", model)
        object.__setattr__(self, "number", find_neighbourhood(model.city, text, "neighbourhood"))

    def __setattr__(self, name: str, value: object) -> None:
        hint = f"Write in model.state, for example model.state.influence[{self.number}] = 0.5"
        raise InputError(f"{name} cannot be written", f"neighbourhood {self.name}", hint)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Neighbourhood) and other.model is self.model and other.number == self.number

    def __hash__(self) -> int:
        return hash((id(self.model), self.number))

    def __repr__(self) -> str:
        ruled = f"ruled by {self.gang}" if self.gang else self.label
        return f"<neighbourhood {self.name}, {self.commune}: {ruled}, {self.residents:,} people present>"

    @property
    def id(self) -> str:
        return self.model.city.ids[self.number]

    @property
    def name(self) -> str:
        return self.model.city.names[self.number]

    @property
    def commune(self) -> str:
        return str(self.model.city.communes[self.number])

    @property
    def influence(self) -> float:
        """Gang influence, 0 (none) to 1 (complete)."""
        return float(self.model.state.influence[self.number])

    @property
    def label(self) -> str:
        """Who rules it: state, contested or gang."""
        return LABELS[self.model.state.label[self.number]]

    @property
    def gang(self) -> str:
        """The gang that holds it; empty if none does."""
        state = self.model.state
        held = state.label[self.number] == GANG and state.owner[self.number] >= 0
        return self.model.gangs[state.owner[self.number]].name if held else ""

    @property
    def residents(self) -> int:
        """People who are there, displaced people among them."""
        return int(self.model.state.present[self.number])

    @property
    def displaced_hosted(self) -> int:
        """Displaced people who live in it."""
        return int(self.model.state.in_sites[self.number] + self.model.state.with_hosts[self.number])

    @property
    def displaced_from(self) -> int:
        """People of it who live elsewhere because of violence."""
        return int(self.model.state.away[self.number])

    @property
    def residents_killed(self) -> int:
        """Residents killed in it since the start."""
        ledger = self.model.ledger
        return int(ledger.total["residents_killed"][self.number] + ledger.today["residents_killed"][self.number])

    @property
    def neighbours(self) -> list[str]:
        """Ids of the neighbourhoods next to it."""
        return sorted(self.model.city.graph.neighbors(self.id))

    def story(self) -> Story:
        """What happened in it, day by day. Needs `events=True`; InputError otherwise."""
        return self.model.story(self)

    def curve(self, field: str = "influence") -> Picture:
        """A field of the neighbourhood over the days, as a matplotlib figure. Needs `neighbourhoods=True`; else InputError."""
        from simulation.visualization.short_ways import draw_curves

        model, where = self.model, f"neighbourhood {self.name}, curve"
        fields = model._family().fields
        if field not in fields or fields[field].unit == "name":
            raise unknown_column("field", field, [name for name in fields if fields[name].unit != "name"], where)
        if not model.recorder.fields:
            hint = "Make the model with neighbourhoods=True: HaitiModel(case, neighbourhoods=True)"
            raise InputError("days were not recorded for neighbourhoods", where, hint)
        values = np.array([row[self.number] for row in model.recorder.place_values[field]], float)
        called = f"{self.name}: {model._called()}"
        return draw_curves([fields[field]], model.recorder.dates(), {field: values}, called)

    def _repr_html_(self) -> str:
        from models.haiti.pictures import neighbourhood_picture, thing_html

        rows = [
            ("gang influence", f"{self.influence:.2f}"),
            ("who rules", f"{self.label} {self.gang}".strip()),
            ("people present", f"{self.residents:,}"),
            ("displaced people hosted", f"{self.displaced_hosted:,}"),
            ("its own people displaced", f"{self.displaced_from:,}"),
            ("residents killed since the start", f"{self.residents_killed:,}"),
        ]
        return thing_html(self, neighbourhood_picture(self), rows)
