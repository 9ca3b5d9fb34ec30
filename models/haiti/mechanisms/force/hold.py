"""Holding: what a place needs on shift to stay cleared, and how much help from elsewhere counts (M23).

There is no relapse built in: where guards are thin the contest and the gangs' own choice bring them back.
"""

from __future__ import annotations

from dataclasses import dataclass

from simulation.parameters import parameter, uniform


@dataclass(frozen=True)
class HoldParameters:
    requirement: float = parameter(
        2.0, "person-equivalents per 1,000", "guards on shift that a place needs to be held", bounds=(0, 50),
        prior=uniform(0.5, 5),
        source="20 on the books per 1,000 (quinlivan1995), a third on shift, at .3 each; friedman2011 finds no threshold",
    )  # fmt: skip
    peace: float = parameter(
        0.3, "share", "part of those guards that a place needs where no gang is near", bounds=(0, 1), prior=uniform(0.1, 0.6),
        source="assumed: a tenth to over half, as streets, stations and offices are guarded everywhere",
    )  # fmt: skip
    thinness: float = parameter(
        1.0, "-", "power with which guards who are too few for a place count for less (0: they count in full)", bounds=(0, 5),
        prior=uniform(0, 2), source="direction: ganthier2024, lost again within a day",
    )  # fmt: skip
    quick_reaction: float = parameter(
        0.15, "share", "part of the mobile force that comes to the help of an attacked place", bounds=(0, 1),
        prior=uniform(0, 0.5), source="assumed: from no help to half of the mobile force",
    )  # fmt: skip
    most_units: int = parameter(
        6, "units", "most units ordered into one cleared place", bounds=(0, 100), prior=uniform(2, 10),
        source="assumed: 150 to 750 police, at 75 a unit",
    )  # fmt: skip
    guard: float = parameter(
        20.0, "person-equivalents", "guards that an airport or a port needs whatever lives there", bounds=(0, 1000),
        prior=uniform(5, 50), source="assumed: 50 to 500 police on the books, a tenth of a person-equivalent each",
    )  # fmt: skip
