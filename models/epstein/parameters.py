"""The parameters: those of Epstein's run 2 (punctuated equilibrium), and two for legitimacy that falls on the way."""

from __future__ import annotations

from dataclasses import dataclass

from simulation.parameters import ParameterSet, parameter, uniform

PAPER = "Epstein 2002, doi:10.1073/pnas.092080199"
REBELLION = "Wilensky 2004, NetLogo model Rebellion"
ABOUT = {"status": "published", "source": PAPER}


@dataclass(frozen=True)
class Lattice:
    side: int = parameter(40, "sites", "Side of the square lattice, whose edges meet", bounds=(4, 200), **ABOUT)


@dataclass(frozen=True)
class Citizens:
    density: float = parameter(0.7, "share", "Sites with a citizen on the first day", bounds=(0, 0.9), **ABOUT)
    vision: float = parameter(7.0, "sites", "Radius within which citizens see and move", bounds=(1, 50), **ABOUT)
    threshold: float = parameter(0.1, "-", "Grievance above net risk that makes active", bounds=(0, 1), **ABOUT)


@dataclass(frozen=True)
class Cops:
    density: float = parameter(
        0.04, "share", "Sites with a cop on the first day", bounds=(0, 0.1), prior=uniform(0.02, 0.08), **ABOUT
    )
    vision: float = parameter(7.0, "sites", "Radius within which cops see and move", bounds=(1, 50), **ABOUT)


@dataclass(frozen=True)
class Legitimacy:
    level: float = parameter(
        0.82, "-", "Legitimacy of the regime at the start", bounds=(0, 1), prior=uniform(0.75, 0.9), **ABOUT
    )
    fall: float = parameter(0.0, "-", "By how much legitimacy falls in all", bounds=(0, 1), **ABOUT)
    fall_day: int = parameter(77, "step", "First step of the fall", bounds=(1, 100_000), **ABOUT)
    fall_steps: int = parameter(1, "steps", "Equal parts in which it falls; 1 is a jump", bounds=(1, 100_000), **ABOUT)


@dataclass(frozen=True)
class Arrest:
    k: float = parameter(2.3, "-", "Makes arrest 90 % sure where one cop sees one rebel", bounds=(0, 100), **ABOUT)
    whole_ratio: bool = parameter(
        True, "-", "Cops to actives are rounded down to a whole number", status="published", source=REBELLION
    )
    longest_term: int = parameter(
        30, "steps", "Terms are 0 to this, all as likely", bounds=(0, 1_000_000), prior=uniform(10, 60), **ABOUT
    )


def default_parameters() -> ParameterSet:
    """Every parameter at its default."""
    return ParameterSet(
        {
            "lattice": Lattice(),
            "citizens": Citizens(),
            "cops": Cops(),
            "legitimacy": Legitimacy(),
            "arrest": Arrest(),
        }
    )
