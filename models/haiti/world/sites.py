"""Sites for displaced people: schools, churches, ministries and yards that open when people come and close when they must go.

A site belongs to a neighbourhood, has room for so many, and is open, full or closed. The sites of the first day are those
that hold the people whom the published counts place there; who decides on opening and closing is not modelled.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.haiti.passes.people import draw_to_sites, look_at_sites
from simulation.parameters import loguniform, parameter, uniform
from simulation.serialise.kept import kept
from simulation.serialise.limits import Limits, wholes


@dataclass(frozen=True)
class SiteParameters:
    size: float = parameter(
        1030.0, "people", "people for whom a site has room", bounds=(10, 100_000), prior=uniform(700, 1600),
        source="iomweekly2024: 88,743 people in 86 sites on 22 March 2024",
    )  # fmt: skip
    new: float = parameter(
        0.1, "share", "weight of places without a site, by residents, against the sites there are", bounds=(0.001, 10),
        prior=loguniform(0.03, 0.4),
        source="assumed: 3 to 29 % of the draw; 19 of the 23 sites in use on 11-20 November 2024 were new (iom2024nov)",
    )  # fmt: skip
    most: float = parameter(
        0.5, "share of residents", "most people in sites that a neighbourhood takes in", bounds=(0, 10), prior=uniform(0.2, 1),
        source="assumed: a fifth to all; schools and yards are finite, and owners say no",
    )  # fmt: skip


@kept
class Sites:
    """Open sites by neighbourhood. number: int64 (n,), open today. opened, closed: int64 (n,), since the first day."""

    limits = Limits(dict.fromkeys(("number", "opened", "closed"), wholes(np.int64, "n", high=1_000_000)))

    def __init__(self, n: int):
        self.number, self.opened, self.closed = (np.zeros(n, np.int64) for _ in range(3))

    def found(self, people: np.ndarray, size: float) -> None:
        """The sites of the first day: as many as the people in them, int64 (n,), need."""
        self.number[:] = np.ceil(people / size)

    def look(self, people: np.ndarray, size: float) -> None:
        """Evening: sites open for those who have come, and close where they stand empty, as those that gangs take soon do."""
        look_at_sites(people, size, self.number, self.opened, self.closed)

    def weights(self, people: np.ndarray, residents: np.ndarray, rules: SiteParameters) -> np.ndarray:
        """How much sites draw people by place, (n,): those there are, one more everywhere, less where little room is left.

        people: in sites today; residents: before displacement. Sums to about 1.
        """
        return draw_to_sites(self.number, people, residents, rules.size, rules.new, rules.most)
