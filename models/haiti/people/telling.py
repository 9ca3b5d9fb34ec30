"""The sentences of stories in three languages: templates, numbers, dates, and incidents that were written down in English."""

from __future__ import annotations

import datetime
import functools
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from simulation.errors import unknown_name
from simulation.port.wording import CONDITIONAL, wording
from simulation.replay.page import player_words
from simulation.replay.words import LANGUAGES, SLOT, read_words

if TYPE_CHECKING:
    from simulation.ledger import Incident

WORDS = Path(__file__).with_name("words")
SOURCE = "en"  # the language of what a run writes down
KINDS = {
    "captured": ("captured",),
    "repelled": ("repelled",),
    "cleared": ("cleared",),
    "raided by forces": ("raided",),
    "operation lost": ("operation_lost",),
    "control": ("state", "contested", "gang"),
    "strike": ("strike",),
    "leader removed": ("leader_removed",),
    "gang split": ("gang_split",),
    "base": ("base",),
    "arrival": ("arrival",),
    "withdrawal": ("unpaid", "called_home"),
    "supply_crisis": ("supplies_short", "supplies_again"),
    "mandate": ("adopts", "agrees_not", "renewed", "leaving", "unwanted", "takes_over", "left"),
    "appeal": ("appeal_pay", "appeal_supplies"),
    "contingency": ("contingency",),
}
"""What the text of an incident can be, by its kind."""


@functools.cache
def story_words() -> dict[str, dict[str, str]]:
    """{language: {key: text}} of stories."""
    return read_words(WORDS)


@functools.cache
def _months(language: str) -> list[str]:
    return player_words()[language]["ui.months"].split("|")


@functools.cache
def _patterns(kind: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Keys of the texts of a kind of incident, and what each looks like in English."""
    found = []
    for name in KINDS.get(kind, ()):
        parts = SLOT.split(story_words()[SOURCE][f"incident.{name}"])
        text = "".join(f"(?P<{part}>.+)" if number % 2 else re.escape(part) for number, part in enumerate(parts))
        found.append((f"incident.{name}", re.compile(text)))
    return tuple(found)


class Teller:
    """Sentences in one language. UnknownNameError for one that no story speaks."""

    def __init__(self, language: str):
        if language not in LANGUAGES:
            raise unknown_name("language", language, LANGUAGES, "model.story")
        self.language = language
        self.words: Mapping[str, str] = story_words()[language]

    @property
    def conditional(self) -> str:
        """The sentence under every story."""
        return wording(self.language, CONDITIONAL)

    def say(self, key: str, **slots: object) -> str:
        """The sentence of a key, its slots filled; whole numbers are written as the language writes them."""
        return SLOT.sub(lambda found: self._written(slots[found[1]]), self.words[key])

    def counted(self, key: str, number: int, **slots: object) -> str:
        """The sentence for one, or for many, in which `n` is the number."""
        return self.say(f"{key}_{'one' if number == 1 else 'many'}", n=number, **slots)

    def listed(self, names: Sequence[str]) -> str:
        """A, B and C, with their number where there are many."""
        told = names[0]
        if len(names) > 1:
            told = self.say("number.and", first=", ".join(names[:-1]), last=names[-1])
        return told if len(names) < 4 else self.say("number.places", n=len(names), places=told)

    def date(self, day: datetime.date) -> str:
        """1 September 2024."""
        month = _months(self.language)[day.month - 1]
        number = self.words["day.first"] if day.day == 1 else str(day.day)
        return self.say("day.date", day=number, month=month, year=str(day.year))

    def incident(self, item: Incident) -> str:
        """What an incident says, without its full stop. English where what wrote it down is not of this model."""
        if self.language == SOURCE:
            return item.text
        for key, pattern in _patterns(item.kind):
            if found := pattern.fullmatch(item.text):
                return self.say(key, **found.groupdict())
        return item.text

    def _written(self, value: object) -> str:
        if not isinstance(value, int | np.integer):
            return str(value)
        text = f"{value:,}"
        return text if self.language == SOURCE else text.replace(",", "\u202f")
