"""The state of the city: the arrays in which all mechanisms meet."""

from __future__ import annotations

import numpy as np

from simulation.serialise.kept import kept
from simulation.serialise.limits import Limits, floats, positions, shares, wholes

STATE, CONTESTED, GANG = 0, 1, 2
LABELS = ("state", "contested", "gang")
FORCES = ("police", "army", "mission")
TASKS = ("static", "hold", "patrol", "clear", "corridor", "mentor", "engage")
STATIC, PATROL, CLEAR = TASKS.index("static"), TASKS.index("patrol"), TASKS.index("clear")
GUARDS = [TASKS.index(task) for task in ("static", "hold", "patrol", "corridor")]  # tasks that hold ground
POLICE, ARMY, MISSION = range(len(FORCES))
NOBODY = -1


@kept
class CityState:
    """Arrays over n neighbourhoods (and places: neighbourhoods, then external places). Changed in place only.

    influence: float64 (n,), 0 state rule to 1 gang rule. label: int8 (n,). owner: int32 (n,), gang index or -1.
    members: int64 (gangs, n), people in gangs. community, gang_strength, state_strength, gang_presence,
    state_presence: float64 (n,), person-equivalents on shift (presence includes what neighbours project).
    on_shift, patrolling: float64 (3, n), people of each force, and those of them on patrol. visibility: float64 (n,),
    patrolling people per 1,000 residents. present, at_home, in_sites, with_hosts, away: int64, people, by place where
    they are (`away`: by home).
    harm: float64 (n,), people hit there and remembered, weighted. violence, alarm, dose: float64 (n,), that harm per 10,000
    people of the place and its surroundings, alarm, and their sum as people feel it.
    trust, trust_police, candour, expectation: float64 (n, wealth), trust in the mission and in the police, readiness to tell
    and security expected. misinformation: float64 (n,), 0 to 1.
    local: float64 (n,), what favours gangs (above 1) or the state in a place that the model does not know of.
    captured_day, cleared_day: int32 (n,), last day of each, -1 never. cleared_from: int32 (n,), gang index, -1 none.
    safe_days: int32 (n,), days in a row below the return threshold. ruled_days: int32 (n,), days under gang rule.
    """

    limits = Limits(
        {
            **dict.fromkeys(("influence", "misinformation"), shares("n")),
            "label": positions(np.int8, len(LABELS), "n"),
            "owner": positions(np.int32, "gangs", "n", none=True),
            "members": wholes(np.int64, "gangs", "n", high=10_000_000),
            **dict.fromkeys(
                ("community", "gang_strength", "state_strength", "gang_presence", "state_presence", "visibility"),
                floats("n", high=1e8),
            ),
            **dict.fromkeys(("on_shift", "patrolling"), floats(len(FORCES), "n", high=1e8)),
            "local": floats("n", high=1e6),
            "present": wholes(np.int64, "places"),
            **dict.fromkeys(("at_home", "in_sites", "with_hosts", "away"), wholes(np.int64, "n")),
            **dict.fromkeys(("harm", "violence", "alarm", "dose"), floats("n", high=1e7)),
            **dict.fromkeys(("trust", "trust_police", "candour"), shares("n", 3)),
            "expectation": floats("n", 3, low=-100.0, high=100.0),
            **dict.fromkeys(("captured_day", "cleared_day"), wholes(np.int32, "n", low=-1, high="day")),
            "cleared_from": positions(np.int32, "gangs", "n", none=True),
            **dict.fromkeys(("safe_days", "ruled_days"), wholes(np.int32, "n", high="day")),
        }
    )

    def __init__(self, neighbourhoods: int, places: int, gangs: int):
        n = neighbourhoods
        self.influence = np.zeros(n)
        self.label = np.zeros(n, np.int8)
        self.owner = np.full(n, NOBODY, np.int32)
        self.members = np.zeros((gangs, n), np.int64)
        for name in ("community", "gang_strength", "state_strength", "gang_presence", "state_presence"):
            setattr(self, name, np.zeros(n))
        self.on_shift = np.zeros((len(FORCES), n))
        self.patrolling = np.zeros((len(FORCES), n))
        self.visibility = np.zeros(n)
        self.local = np.ones(n)
        self.present = np.zeros(places, np.int64)
        for name in ("at_home", "in_sites", "with_hosts", "away"):
            setattr(self, name, np.zeros(n, np.int64))
        for name in ("harm", "violence", "alarm", "dose"):
            setattr(self, name, np.zeros(n))
        for name in ("trust", "trust_police", "candour", "expectation"):
            setattr(self, name, np.zeros((n, 3)))
        self.misinformation = np.zeros(n)
        self.captured_day = np.full(n, -1, np.int32)
        self.cleared_day = np.full(n, -1, np.int32)
        self.cleared_from = np.full(n, NOBODY, np.int32)
        self.safe_days = np.zeros(n, np.int32)
        self.ruled_days = np.zeros(n, np.int32)

    def arrays(self) -> dict[str, np.ndarray]:
        """Every array by name."""
        return {name: value for name, value in vars(self).items() if isinstance(value, np.ndarray)}

    def copy(self) -> dict[str, np.ndarray]:
        return {name: value.copy() for name, value in self.arrays().items()}

    def restore(self, saved: dict[str, np.ndarray], names: set[str] | None = None) -> None:
        """Write saved values back, all of them or only the named ones."""
        for name, value in saved.items():
            if names is None or name in names:
                getattr(self, name)[...] = value
