"""How outcomes are called and which of them are headlines: the one place for titles, plain titles and directions.

Definition, unit and computation stand with the metric; here is what readers see. A title is of what is measured; what was done
with the days is said by rule, as it is in the column's name (`simulation/port/naming.py`). A metric without a line is called
by its name. Directions stand only where nobody disputes the better side: deaths of people in gangs have none.
"""

from __future__ import annotations

from dataclasses import dataclass

from models.haiti.metrics.daily.harm import CAUSE_WORDS, GANG_CAUSE_WORDS
from simulation.port import naming

MINORS = "deaths in gangs are deaths of people, a third to a half of them minors, and never an aim"
ENDINGS = {
    naming.END: " at the end",
    naming.MEAN: ", mean over the run",
    naming.LAST: ", mean of the last 90 days",
    naming.TODAY: " that day",
}
"""What a title says of the days; the total of a run needs no word."""
SO_FAR = {naming.TOTAL: " since the start"}
"""A sum on its day does."""


@dataclass(frozen=True)
class Words:
    """What readers see of an outcome. `never_aim`: why no analysis may ask for more of it."""

    title: str
    plain: str = ""
    direction: int = 0
    part: bool = False
    never_aim: str = ""


HEADLINES: dict[str, int] = {
    "residents_killed_total": -1,
    **{f"residents_killed_{cause}_total": 0 for cause in CAUSE_WORDS if cause != "patrols"},
    "displaced_people_end": -1,
    "people_outside_gang_control_mean": +1,
    "gang_control_population_share_end": 0,
    "gang_control_population_share_current_end": 0,
    "contested_population_share_end": 0,
    "gang_members_killed_total": 0,
    "police_killed_total": 0,
    "mission_killed_total": 0,
    "deployed_force_mean": 0,
    "usable_force_mean": 0,
    "mission_cost_usd_total": 0,
}
"""Columns of the table of runs that are shown unless others are asked for, in this order: people first, then territory, those
who carry arms, the mission, money. +1 or -1 where more or fewer is what everybody wants."""
MEASURED: dict[str, Words] = {
    "residents_killed": Words("Residents killed", "People of the neighbourhoods killed"),
    **{
        f"residents_killed_{cause}": Words(f"Residents killed {words}", part=True)
        for cause, words in CAUSE_WORDS.items()
        if cause != "patrols"
    },
    "displaced_people": Words("People displaced", "People who cannot live at home"),
    "people_outside_gang_control": Words("People outside gang control", "People whose neighbourhood no gang holds"),
    "gang_control_population_share": Words(
        "Residents before displacement in gang-held areas", "Part of the city's people whose home a gang holds"
    ),
    "gang_control_population_share_current": Words(
        "People present in gang-held areas", "Part of the people still there who live under a gang"
    ),
    "contested_population_share": Words(
        "Residents before displacement in contested areas", "Part of the city's people whose home is fought over"
    ),
    "gang_members_killed": Words(
        "Gang members killed (a third to a half minors)",
        "People in gangs killed, a third to a half of them children",
        never_aim=MINORS,
    ),
    "police_killed": Words("Police killed"),
    "mission_killed": Words("Mission members killed", "People of the mission killed"),
    "deployed_force": Words("People deployed", "People of the mission who were there"),
    "usable_force": Words("Force usable on a shift", "People of the mission who could be used"),
    "mission_cost_usd": Words("Cost of the mission, US$", "What the mission cost"),
    **{
        f"gang_members_killed_{cause}": Words(f"Gang members killed {words}", never_aim=MINORS)
        for cause, words in GANG_CAUSE_WORDS.items()
    },
    "gang_influence_population_share": Words("Residents before displacement in gang-held or contested areas"),
    "gang_influence": Words("Mean gang influence"),
    "new_displacements": Words("New displacements", "People who had to flee"),
    "returns": Words("Returns", "People who went home"),
    "held_survival_90": Words("Cleared places not gang-held again after 90 days"),
    "held_median_days": Words("Days until half of the cleared places are gang-held again"),
    "funding_received_usd": Words("Money received, US$", "Money that came in"),
    "security_forces_killed": Words("Police, soldiers and mission members killed"),
}
"""By what is measured, before a word for the days."""
DAILY: dict[str, Words] = {
    "gang_control_population_share": Words(
        "Residents in gang-held areas", "Part of the people whose home a gang holds"
    ),
    "gang_influence_population_share": Words("Residents in gang-held or contested areas"),
    "contested_population_share": Words("Residents in contested areas", "Part of the people whose home is fought over"),
    "gang_members_killed": Words("Gang members killed", never_aim=MINORS),
    "security_forces_killed": Words("Police, soldiers and mission killed"),
    "residents_killed_operations": Words("Residents killed in operations"),
    "deployed_force": Words("People deployed", "People of the mission who are there"),
    "usable_force": Words("Force usable on a shift", "People of the mission who can be used"),
}
"""Shorter words of daily columns, for panels over time."""


def words_of(name: str) -> Words:
    """The words of a column of the table of runs; its name in letters where none are given."""
    known = _known(name, MEASURED)
    end = ENDINGS.get(naming.ending(name), "")
    plain = known.plain and f"{known.plain}{',' * (end[:1] == ' ')}{end}"
    part = known.part and name in HEADLINES
    return Words(f"{known.title}{end}", plain, HEADLINES.get(name, 0), part, known.never_aim)


def daily_words(column: str) -> Words:
    """The words of a daily column, as panels over time show them."""
    known = _known(column, MEASURED | DAILY)
    end = (ENDINGS | SO_FAR).get(naming.ending(column), "")
    title, comma, unit = known.title.partition(", US$")
    return Words(f"{title}{end}{comma}{unit}", known.plain and f"{known.plain}{end}", never_aim=known.never_aim)


def _known(name: str, words: dict[str, Words]) -> Words:
    measured = naming.stem(name)
    return words.get(measured) or Words(measured.replace("_", " ").capitalize())
