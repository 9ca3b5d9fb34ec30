"""Trust of residents in the mission, as far as it matters for what they let it know; constant for now."""

from __future__ import annotations

from dataclasses import dataclass

from simulation.parameters import beta, parameter


@dataclass(frozen=True)
class TrustParameters:
    initial_mission: float = parameter(
        0.55, "share", "trust in the mission; what residents tell follows it", bounds=(0, 1), prior=beta(11, 9),
        source="polls2023: 68-70 % for an international force, before it came",
    )  # fmt: skip
