"""The torus as a picture: each citizen a square in the colour of what it does, each cop a mark of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulation.errors import InputError

if TYPE_CHECKING:
    from models.epstein.model import EpsteinModel
    from simulation.visualization.picture import Picture

LOOKS = {"quiet": ("#b9d3df", "s"), "active": ("#b3341f", "s"), "cop": ("#000000", "^")}
"""Colour and mark of those on the torus; the marks tell cops from citizens without colour."""


class Torus:
    """What the model draws in the place of a map."""

    family = "epstein"

    def map(self: EpsteinModel, day: Any = None, field: str = "") -> Picture:
        """The torus as it is now, as a matplotlib figure. InputError for another day or a field: nobody's way is kept."""
        where = f"{self._called()}, map"
        if field or self._day(day, where) != self.day:
            hint = "Leave out day and field, or make the model anew and run it to that day"
            raise InputError("where people were is known of the last day alone", where, hint)
        return draw_torus(self)


def draw_torus(model: EpsteinModel) -> Picture:
    """Who is where: quiet and active citizens and cops; those in jail are on no site."""
    from simulation.visualization.picture import finish, new_picture, small_style

    side = model.rules.lattice.side
    citizens = [citizen for citizen in model.citizens if citizen.site >= 0]
    groups = {
        "quiet": [citizen.site for citizen in citizens if not citizen.active],
        "active": [citizen.site for citizen in citizens if citizen.active],
        "cop": [person.site for person in model.people[len(model.citizens) :]],
    }
    with small_style():
        picture = new_picture(6.2, 5.2)
        axes = picture.subplots()
        size = (150 / side) ** 2 * 2.6
        for name, sites in groups.items():
            colour, mark = LOOKS[name]
            across, up = [site % side for site in sites], [site // side for site in sites]
            axes.scatter(across, up, size, colour, marker=mark, linewidths=0, label=f"{name} ({len(sites):,})")
        axes.set_xlim(-0.5, side - 0.5)
        axes.set_ylim(-0.5, side - 0.5)
        axes.set_aspect("equal")
        axes.set_xticks([])
        axes.set_yticks([])
        jailed = len(model.citizens) - len(citizens)
        axes.set_title(f"Step {model.day}: {len(groups['active']):,} active, {jailed:,} in jail")
        picture.legend(loc="outside right upper", markerscale=1.6)
        told = ", ".join(f"{len(sites):,} {name}" for name, sites in groups.items())
        alt = f"Torus of {side} by {side} sites at step {model.day}: {told}; {jailed:,} citizens in jail."
        return finish(picture, alt, f"An artificial society ({model.case.name}, seed {model.run_seed}).")
