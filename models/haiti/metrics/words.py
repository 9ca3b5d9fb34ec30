"""How outcomes are called and which of them are headlines: the one place for titles, plain titles and directions.

Definition, unit and computation stand with the metric; here is what readers see. A title is of what is measured and stands in
three languages in `titles.toml`; what was done with the days is said by rule, as it is in the column's name
(`simulation/port/naming.py`). A metric without a title is called by its name. Directions stand only where nobody disputes the
better side: deaths of people in gangs have none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from models.haiti.metrics.daily.harm import CAUSE_WORDS, GANG_CAUSE_WORDS
from simulation.port import naming
from simulation.replay.words import LANGUAGES, read_glossary

MINORS = "deaths in gangs are deaths of people, a third to a half of them minors, and never an aim"
TITLES_FILE = Path(__file__).with_name("titles.toml")
TITLES = read_glossary(TITLES_FILE)
"""{language: {"measured.NAME": title}}, and "daily.NAME" for the shorter ones of panels over time."""
RUN_ENDINGS = (naming.END, naming.MEAN, naming.LAST)
"""What a title says of the days; the total of a run needs no word."""


@dataclass(frozen=True)
class Words:
    """What readers see of an outcome. `titles`: in other languages. `never_aim`: why no analysis may ask for more of it."""

    title: str = ""
    plain: str = ""
    direction: int = 0
    part: bool = False
    never_aim: str = ""
    titles: Mapping[str, str] = field(default_factory=dict)


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
    "residents_killed": Words(plain="People of the neighbourhoods killed"),
    **{f"residents_killed_{cause}": Words(part=True) for cause in CAUSE_WORDS if cause != "patrols"},
    "displaced_people": Words(plain="People who cannot live at home"),
    "people_outside_gang_control": Words(plain="People whose neighbourhood no gang holds"),
    "gang_control_population_share": Words(plain="Part of the city's people whose home a gang holds"),
    "gang_control_population_share_current": Words(plain="Part of the people still there who live under a gang"),
    "contested_population_share": Words(plain="Part of the city's people whose home is fought over"),
    "gang_members_killed": Words(
        plain="People in gangs killed, a third to a half of them children",
        never_aim=MINORS,
    ),
    "mission_killed": Words(plain="People of the mission killed"),
    "deployed_force": Words(plain="People of the mission who were there"),
    "usable_force": Words(plain="Strength of the mission that could be used"),
    "mission_cost_usd": Words(plain="What the mission cost"),
    **{f"gang_members_killed_{cause}": Words(never_aim=MINORS) for cause in GANG_CAUSE_WORDS},
    "new_displacements": Words(plain="People who had to flee"),
    "returns": Words(plain="People who went home"),
    "funding_received_usd": Words(plain="Money that came in"),
}
"""By what is measured, before a word for the days; titles stand in `TITLES`."""
DAILY: dict[str, Words] = {
    "gang_control_population_share": Words(plain="Part of the people whose home a gang holds"),
    "gang_influence_population_share": Words(),
    "contested_population_share": Words(plain="Part of the people whose home is fought over"),
    "gang_members_killed": Words(never_aim=MINORS),
    "security_forces_killed": Words(),
    "residents_killed_operations": Words(),
    "deployed_force": Words(plain="People of the mission who are there"),
    "usable_force": Words(plain="Strength of the mission that can be used"),
}
"""Other words of daily columns, for panels over time."""


def words_of(name: str) -> Words:
    """The words of a column of the table of runs; its name in letters where none are given."""
    measured, ending = naming.stem(name), naming.ending(name)
    known = MEASURED.get(measured, Words())
    said = {language: naming.said(ending, language) if ending in RUN_ENDINGS else "" for language in LANGUAGES}
    titles = {language: f"{title}{said[language]}" for language, title in _titles(measured).items()}
    end = said["en"]
    plain = known.plain and f"{known.plain}{',' * (end[:1] == ' ')}{end}"
    return _words(known, titles, plain, HEADLINES.get(name, 0), known.part and name in HEADLINES)


def daily_words(column: str) -> Words:
    """The words of a daily column, as panels over time show them."""
    measured, ending = naming.stem(column), naming.ending(column)
    known = (MEASURED | DAILY).get(measured, Words())
    ending = naming.SO_FAR if ending == naming.TOTAL else ending
    titles = {}
    for language, text in _titles(measured, "daily", "measured").items():
        title, comma, unit = text.partition(", US$")
        titles[language] = f"{title}{naming.said(ending, language)}{comma}{unit}"
    return _words(known, titles, known.plain and f"{known.plain}{naming.said(ending, 'en')}")


def _words(known: Words, titles: dict[str, str], plain: str, direction: int = 0, part: bool = False) -> Words:
    others = {language: title for language, title in titles.items() if language != "en"}
    return Words(titles["en"], plain, direction, part, known.never_aim, others)


def _titles(measured: str, *groups: str) -> dict[str, str]:
    """{language: title} of what is measured, from the first group that has one; its name alone where none has."""
    for group in groups or ("measured",):
        key = f"{group}.{measured}"
        if key in TITLES["en"]:
            return {language: TITLES[language][key] for language in LANGUAGES}
    return {"en": measured.replace("_", " ").capitalize()}
