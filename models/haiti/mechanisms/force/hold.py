"""Holding: what a place needs on shift to stay cleared, and how much help from elsewhere counts (M23).

There is no relapse built in: where guards are thin the contest and the gangs' own choice bring them back.
"""

from __future__ import annotations

from dataclasses import dataclass

from simulation.parameters import parameter, uniform


@dataclass(frozen=True)
class HoldParameters:
    requirement: float = parameter(
        1.5, "person-equivalents per 1,000", "guards on shift that a place needs to be held", bounds=(0, 50),
        prior=uniform(0.5, 5), source="bracket only: friedman2011 finds no threshold in 171 campaigns",
    )  # fmt: skip
    quick_reaction: float = parameter(
        0.15, "share", "part of the mobile force that comes to the help of an attacked place", bounds=(0, 1),
        prior=uniform(0, 0.5),
    )  # fmt: skip
    most_units: int = parameter(
        6, "units", "most units ordered into one cleared place", bounds=(0, 100), prior=uniform(2, 10),
    )  # fmt: skip
    guard: float = parameter(
        20.0, "person-equivalents", "guards that an airport or a port needs whatever lives there", bounds=(0, 1000),
        prior=uniform(5, 50),
    )  # fmt: skip
