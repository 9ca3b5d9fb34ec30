"""How outcomes are called and which of them are headlines: the one place for titles, plain titles and directions.

Definition, unit and computation stand with the metric; here is what readers see. A metric without a line is called by its
name. Directions stand only where nobody disputes the better side: deaths of people in gangs have none.
"""

from __future__ import annotations

from dataclasses import dataclass

from models.haiti.metrics.daily.harm import CAUSE_WORDS

LAST90 = "_last90"
MINORS = "deaths in gangs are deaths of people, a third to a half of them minors, and never an aim"


@dataclass(frozen=True)
class Words:
    """What readers see of an outcome. `never_aim`: why no analysis may ask for more of it."""

    title: str
    plain: str = ""
    direction: int = 0
    part: bool = False
    never_aim: str = ""


HEADLINES: dict[str, Words] = {
    "residents_killed": Words("Residents killed", "People of the neighbourhoods killed", direction=-1),
    **{
        f"residents_killed_{cause}": Words(f"Residents killed {words}", part=True)
        for cause, words in CAUSE_WORDS.items()
        if cause != "patrols"
    },
    "displaced_people": Words("People displaced at the end", "People who cannot live at home", direction=-1),
    "people_outside_gang_control_mean": Words(
        "People outside gang control, mean over the run", "People whose neighbourhood no gang holds", direction=+1
    ),
    "gang_control_population_share": Words(
        "Residents before displacement in gang-held areas", "Part of the city's people whose home a gang holds"
    ),
    "gang_control_population_share_current": Words(
        "People present now in gang-held areas", "Part of the people still there who live under a gang"
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
    "deployed_force_mean": Words("People deployed, mean over the run", "People of the mission who were there"),
    "usable_force_mean": Words("Force usable on a shift, mean over the run", "People of the mission who could be used"),
    "mission_cost_usd": Words("Cost of the mission, US$", "What the mission cost"),
}
"""Shown unless others are asked for, in this order: people first, then territory, those who carry arms, the mission, money."""
OTHERS: dict[str, Words] = {
    "gang_members_killed_operations": Words("Gang members killed in operations", never_aim=MINORS),
    "gang_influence_population_share": Words("Residents before displacement in gang-held or contested areas"),
    "gang_influence_mean": Words("Mean gang influence"),
    "new_displacements": Words("New displacements since the start", "People who had to flee"),
    "returns": Words("Returns since the start", "People who went home"),
    "held_survival_90": Words("Cleared places not gang-held again after 90 days"),
    "held_median_days": Words("Days until half of the cleared places are gang-held again"),
    "funding_received_usd": Words("Money received, US$", "Money that came in"),
    "security_forces_killed": Words("Police, soldiers and mission members killed"),
}
DAILY: dict[str, Words] = {
    "residents_killed": Words("Residents killed since the start", "People of the neighbourhoods killed so far"),
    "displaced_people": Words("People displaced", "People who cannot live at home"),
    "people_outside_gang_control": Words("People outside gang control", "People whose neighbourhood no gang holds"),
    "gang_control_population_share": Words(
        "Residents in gang-held areas", "Part of the people whose home a gang holds"
    ),
    "gang_influence_population_share": Words("Residents in gang-held or contested areas"),
    "gang_influence_mean": Words("Mean gang influence"),
    "contested_population_share": Words("Residents in contested areas", "Part of the people whose home is fought over"),
    "gang_members_killed": Words("Gang members killed since the start", never_aim=MINORS),
    "security_forces_killed": Words("Police, soldiers and mission killed since the start"),
    "residents_killed_operations": Words("Residents killed in operations since the start"),
    "new_displacements": Words("New displacements since the start"),
    "deployed_force": Words("People deployed", "People of the mission who are there"),
    "usable_force": Words("Force usable on a shift", "People of the mission who can be used"),
    "mission_cost_usd": Words("Cost of the mission, US$", "What the mission has cost"),
}
"""Daily columns as curves show them: flows are then added up from the start."""


def words_of(name: str) -> Words:
    """The words of a run-level outcome; its name in letters where none are given."""
    if name in HEADLINES or name in OTHERS:
        return HEADLINES.get(name) or OTHERS[name]
    plain = name.removesuffix(LAST90)
    known = (HEADLINES | OTHERS).get(plain)
    title = known.title.removesuffix(" at the end") if known else plain.replace("_", " ").capitalize()
    never = known.never_aim if known else ""
    return Words(f"{title}, mean of the last 90 days" if name.endswith(LAST90) else title, never_aim=never)
