"""The outcomes every comparison shows, how their numbers are written, and the few whose better side nobody disputes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas

CONTESTED = "contested_population_share"
POINT = 0.01  # precision wanted of a share: one percentage point
TINY = 1e-6  # what is smaller is written as 0
PART = 0.05  # and of all else, as a part of the reference's mean


@dataclass(frozen=True)
class Main:
    """An outcome of a run and its words. kind: people (and all else that is counted), share, usd, or number (an index).

    direction: +1 or -1 where more or fewer is what everybody wants, else 0. Deaths in gangs have none: they are deaths.
    """

    name: str
    title: str
    kind: str = "people"
    direction: int = 0

    @property
    def format(self) -> str:
        return "count" if self.kind == "people" else self.kind

    def precision(self, mean: float) -> float:
        """Half width of an interval that would do: a percentage point, or 5 % of the reference's mean; NaN if that is 0."""
        return POINT if self.kind == "share" else PART * abs(mean) or math.nan


def main_outcomes() -> list[Main]:
    """In the order of tables: people first, then territory, then those who carry arms, then the mission and its money."""
    from models.haiti.metrics import OUTCOMES
    from models.haiti.metrics.harm import CAUSE_WORDS

    causes = {f"residents_killed_{cause}": words for cause, words in CAUSE_WORDS.items()}
    return [
        Main("residents_killed", "Residents killed", direction=-1),
        *(Main(name, f"Residents killed {words}") for name, words in causes.items() if name in OUTCOMES),
        Main("displaced_people", "People displaced at the end", direction=-1),
        Main("people_outside_gang_control_mean", "People outside gang control, mean over the run", direction=+1),
        Main("gang_control_population_share", "Residents before displacement in gang-held areas", "share"),
        Main("gang_control_population_share_current", "People present now in gang-held areas", "share"),
        Main(CONTESTED, "Residents before displacement in contested areas", "share"),
        Main("gang_members_killed", "Gang members killed (a third to a half minors)"),
        Main("police_killed", "Police killed"),
        Main("mission_killed", "Mission members killed"),
        Main("deployed_force_mean", "People deployed, mean over the run"),
        Main("usable_force_mean", "Force usable on a shift, mean over the run"),
        Main("mission_cost_usd", "Cost of the mission, US$", "usd"),
    ]


def shown_outcomes(runs: pandas.DataFrame) -> list[Main]:
    """The main outcomes without the causes of which nobody died in any run: rows of zeros that hide the others."""
    died = {name for name in runs if name.startswith("residents_killed_") and runs[name].any()}
    return [item for item in main_outcomes() if item.name in died or not item.name.startswith("residents_killed_")]


# Daily columns that a comparison keeps: title, kind, and whether the days are added up from the start in pictures.
SERIES: dict[str, tuple[str, str, bool]] = {
    "residents_killed": ("Residents killed since the start", "people", True),
    "displaced_people": ("People displaced", "people", False),
    "people_outside_gang_control": ("People outside gang control", "people", False),
    "gang_control_population_share": ("Residents in gang-held areas", "share", False),
    CONTESTED: ("Residents in contested areas", "share", False),
    "gang_members_killed": ("Gang members killed since the start", "people", True),
    "security_forces_killed": ("Police, soldiers and mission killed since the start", "people", True),
    "residents_killed_operations": ("Residents killed in operations since the start", "people", True),
    "deployed_force": ("People deployed", "people", False),
    "usable_force": ("Force usable on a shift", "people", False),
    "mission_cost_usd": ("Cost of the mission, US$", "usd", False),
}
PICTURED = (
    "residents_killed", "displaced_people", "people_outside_gang_control", CONTESTED, "deployed_force", "mission_cost_usd",
)  # fmt: skip


def contested(values: Mapping[str, Any]) -> Any:
    """Share of residents before displacement in contested areas, from a run's outcomes or its daily table."""
    return values["gang_influence_population_share"] - values["gang_control_population_share"]


def write(value: float, kind: str) -> str:
    """A value for a table: 41.2 %, 312M, 1,230. A dash where there is none."""
    text = _text(value, kind, value).replace("-", "−")
    return f"{text}\u00a0%" if kind == "share" and math.isfinite(value) else text


def write_difference(value: float, kind: str, sign: bool = True, beside: float = 0.0) -> str:
    """A difference or an error: shares in percentage points; with its sign unless told otherwise, and none for 0.

    beside: the largest of the numbers it stands with, whose digits it takes: -5.9 alone, -6 beside 35.
    """
    text = _text(abs(value), kind, max(abs(value), abs(beside) if math.isfinite(beside) else 0.0))
    if math.isnan(value) or not (math.isinf(value) or any(letter in "123456789" for letter in text)):
        return text
    return ("−" if value < 0 else "+" if sign else "") + text


def _text(value: float, kind: str, largest: float) -> str:
    """Three figures at most; what is below ten with one decimal, if nothing larger stands beside it, or with the first that
    is not 0."""
    if not math.isfinite(value):
        return "–" if math.isnan(value) else "no limit"
    largest = abs(largest)
    if kind == "share":
        return f"{100 * value:.{_decimals(100 * largest)}f}"
    if kind == "number":
        return f"{value:,.{max(0, 2 - math.floor(math.log10(largest))) if largest > TINY else 0}f}"
    if kind == "usd":
        for size, mark in ((1e9, "B"), (1e6, "M"), (1e3, "k")):
            if abs(value) >= size * 0.9995:
                return f"{value / size:.3g}{mark}"
    if largest >= 9.95 or value == round(value) == math.copysign(largest, value):
        return f"{float(f'{value:.3g}'):,.0f}"
    return f"{value:.{_decimals(largest)}f}"


def _decimals(largest: float) -> int:
    """One, or more where one would show 0 and the number is no rounding error."""
    return 1 if largest >= 0.05 or largest < TINY else -math.floor(math.log10(largest))
