"""What a page says on a day, said outside a browser: numbers, verdicts and chapters, for films and for paper.

The words and the rules are those of the player (`player/data/words.js`, `luck.js`, `player/page/counters.js`).
"""

from __future__ import annotations

import datetime
import functools
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from simulation.errors import unknown_name
from simulation.replay.blocks import decode
from simulation.replay.page import player_words
from simulation.replay.words import LANGUAGES

ENOUGH = 6  # pairs: five of five is still one throw in sixteen
LIKELY = 0.05  # luck decides where coins would split the pairs as unevenly in more than this share of tries
MANY = 20  # runs, below which 5 % of them is nobody
MOST_CARDS = 4
WEEK = 7
SLOT = re.compile(r"\{([\w.]+)\}")
INSIDE = re.compile(r"[:,;]\s*$")  # before a slot: it stands within a sentence
HEAVIEST, CITY, KNOWN, MOST_PEOPLE = 1e10, 1e9, 1e8, 1e7


@dataclass(frozen=True)
class Verdict:
    """Of so many pairs in how many B has less, or more. `kind`: none, luck, few, less or more."""

    kind: str
    less: int
    more: int
    pairs: int


@dataclass(frozen=True)
class Card:
    """A number of the day: of each side (of one side the median of its runs), what it is, and how sure a difference is."""

    name: str
    values: tuple[str, ...]
    large: str
    small: str


def verdict_of(wide: np.ndarray) -> Verdict:
    """Of differences B minus A, pair by pair; NaN is no pair."""
    known = wide[~np.isnan(wide)]
    less, more = int((known < 0).sum()), int((known > 0).sum())
    thrown, fewer = less + more, min(less, more)
    if not thrown:
        kind = "none"
    elif known.size < ENOUGH:
        kind = "few"
    elif min(1.0, 2 * sum(math.comb(thrown, k) for k in range(fewer + 1)) / 2**thrown) > LIKELY:
        kind = "luck"
    else:
        kind = "less" if less > more else "more"
    return Verdict(kind, less, more, int(known.size))


class Told:
    """A payload in one language. InputError for a language that it does not speak."""

    def __init__(self, content: Mapping[str, Any], language: str):
        if language not in LANGUAGES:
            raise unknown_name("language", language, LANGUAGES, "--language")
        self.content, self.language = content, language
        # a page of an older version has its own words, and may lack some
        self.words: Mapping[str, str] = player_words()[language] | content["texts"].get(language, {})
        self.arms: Sequence[Mapping[str, Any]] = content["arms"]
        self.two = len(self.arms) == 2
        self.shown: int = content["shown"]
        self.pairs = min(len(arm["runs"]) for arm in self.arms)
        self.last: int = content["frames"] - 1

    def word(self, key: str, **slots: object) -> str:
        """The text of a key with its {slots} filled."""
        return re.sub(r"\{(\w+)\}", lambda found: str(slots.get(found[1], "")), self.words.get(key, key))

    def knows(self, key: str) -> bool:
        return key in self.words

    def own(self, written: Mapping[str, str]) -> str:
        """A text that a person wrote in some languages."""
        return written.get(self.language) or next(iter(written.values()), "")

    def number(self, value: float, digits: int = 0) -> str:
        """With its thousands; French and Kreyòl write a narrow blank and a comma."""
        text = f"{value:,.{digits}f}" if digits else f"{math.floor(value + 0.5):,}"  # halves go up, as in a browser
        return text if self.language == "en" else text.translate({ord(","): "\u202f", ord("."): ","})

    def amount(self, value: float, unit: str) -> str:
        """Rounded for a room: 1.22M, 231,000, 82, 73%."""
        if math.isnan(value):
            return "–"
        if unit == "share":
            percent = 100 * value
            return self.word("ui.number.percent", n=self.number(percent, int(abs(percent) < 9.95 and percent != 0)))
        size = abs(value)
        if size >= 999.5e6:
            text = self.word("ui.number.billion", n=self.number(value / 1e9, 2))
        elif size >= 999_500:
            text = self.word("ui.number.million", n=self.number(value / 1e6, 2 if size < 99.995e6 else 0))
        else:
            text = self.number(math.floor(value / 1e3 + 0.5) * 1e3 if size >= 1e4 else value)
        return self.word("ui.number.dollars", n=text) if unit == "usd" else text

    def day(self, day: int) -> str:
        return self.word("ui.day", day=self.number(day))

    def month(self, day: int) -> str:
        """July 2025, as the player writes it."""
        date = datetime.date.fromisoformat(self.content["start"]) + datetime.timedelta(day)
        return f"{self.word('ui.months').split('|')[date.month - 1]} {date.year}"

    def side(self, arm: int) -> str:
        """What a side is called, with its letter if there are two."""
        title = self.own(self.arms[arm]["title"])
        return f"{'AB'[arm]}  {title}" if self.two else title

    # numbers

    @functools.cache  # noqa: B019 - a film asks for all of them again and again, and lives no longer than this
    def line(self, arm: int, pair: int, name: str) -> np.ndarray:
        """A line of a run, float64 (frames,)."""
        return decode(self.arms[arm]["runs"][pair]["series"][name])[:, 0]

    @functools.cache  # noqa: B019
    def all(self, arm: int, name: str) -> np.ndarray:
        """A line of all runs of a side, float64 (runs, frames)."""
        return np.stack([self.line(arm, pair, name) for pair in range(self.pairs)])

    @functools.cache  # noqa: B019
    def field(self, arm: int, name: str) -> np.ndarray | None:
        """A field of the run on the map, float64 (frames, places), or None where it was not recorded."""
        block = self.arms[arm]["runs"][self.shown]["places"].get(name)
        return None if block is None else decode(block)

    def spread(self, arm: int, name: str, day: int) -> tuple[float, float, float]:
        """Lowest (or 5 %), median and highest (or 95 %) of all runs of a side."""
        values = self.all(arm, name)[:, day]
        values = values[~np.isnan(values)]
        edge = 0.0 if values.size < MANY else 0.05
        return tuple(np.quantile(values, (edge, 0.5, 1 - edge)).tolist()) if values.size else (math.nan,) * 3

    def verdict(self, name: str, day: int) -> Verdict:
        return verdict_of(self.all(1, name)[:, day] - self.all(0, name)[:, day])

    # sentences

    def verdict_words(self, verdict: Verdict, day: int) -> tuple[str, str]:
        """Large and small: ("Luck decides", "B less in 5, more in 7 of 12"); ("", "B less in 12 of 12 pairs")."""
        less, more, pairs = (self.number(one) for one in (verdict.less, verdict.more, verdict.pairs))
        branch, kind = self.content["branch"], verdict.kind
        if kind == "none":
            before = branch is not None and day < branch
            small = self.word("ui.luck.before", day=self.number(branch)) if before else ""
            return self.word("ui.luck.none"), small or self.word("ui.luck.all", pairs=pairs)
        if kind in ("luck", "few"):
            drawn = "_drawn" if self.content.get("drawn") else ""
            return self.word(f"ui.luck.{kind}{drawn}"), self.word("ui.luck.both", less=less, more=more, pairs=pairs)
        return "", self.word(f"ui.luck.{kind}", n=less if kind == "less" else more, pairs=pairs)

    def verdict_line(self, name: str, day: int, within: bool = False) -> str:
        """In one line; `within` a sentence without its capital letter."""
        large, small = self.verdict_words(self.verdict(name, day), day)
        large = large[:1].lower() + large[1:] if within else large
        return self.word("ui.luck.line", large=large, small=small) if large else small

    def card(self, one: Mapping[str, Any], day: int) -> Card:
        """A line under the maps on a day."""
        name, unit = one["name"], one["unit"]
        called = self.word(f"series.{name}")
        if self.two:
            values = tuple(self.amount(self.line(arm, self.shown, name)[day], unit) for arm in (0, 1))
            return Card(called, values, *self.verdict_words(self.verdict(name, day), day))
        low, middle, high = (self.amount(value, unit) for value in self.spread(0, name, day))
        few = "range" if self.pairs < MANY else "most"
        return Card(called, (middle,), "", "" if self.pairs < 2 else self.word(f"ui.band.{few}", low=low, high=high))

    def cards(self, pointed: str = "") -> list[Mapping[str, Any]]:
        """The lines that cards show: the headlines, and in place of the last the one that a chapter points at."""
        lines = [one for one in self.content["series"] if one["headline"]][:MOST_CARDS]
        other = [one for one in self.content["series"] if one["name"] == pointed and one not in lines]
        return [*lines[: MOST_CARDS - 1], *other] if other else lines

    def chapter(self, chapter: Mapping[str, Any], part: str) -> str:
        """What is said or asked at a chapter, with its {slots} filled from the runs on its day."""
        text = self.own(chapter[part])
        return SLOT.sub(lambda one: self._slot(one[1], chapter["at"], bool(INSIDE.search(text, 0, one.start()))), text)

    def _slot(self, slot: str, day: int, within: bool) -> str:
        plain = {"day": self.number(day), "month": self.month(day), "pairs": self.number(self.pairs)}
        plain |= {letter: self.own(arm["title"]) for letter, arm in zip("ab", self.arms)}
        if slot in plain:
            return plain[slot]
        name, _, part = slot.partition(".")
        units = {one["name"]: one["unit"] for one in self.content["series"]}
        if name not in units or not (self.two or part in ("a", "name")):
            return "…"
        if part == "name":
            called = self.word(f"series.{name}")
            return called[:1].upper() + called[1:]
        if part in ("a", "b"):
            return self.amount(self.spread("ab".index(part), name, day)[1], units[name])
        if part in ("less", "more"):
            return self.number(getattr(self.verdict(name, day), part))
        return self.verdict_line(name, day, within)

    def news(self, day: int) -> str:
        """The line of the week that weighs most, or that it was a quiet one."""
        best: tuple[float, list[int], Sequence[Any]] | None = None
        for arm in range(len(self.arms)):
            for event in self.arms[arm]["runs"][self.shown]["events"]:
                if not day - WEEK < event[0] <= day or event[5] == 0 or not self.knows(f"event.{event[1]}"):
                    continue
                weight = self._weight(event)
                if (
                    best is None
                    or weight > best[0]
                    or (weight == best[0] and best[1] == [arm] and event[0] > best[2][0])
                ):
                    best = (weight, [arm], event)
                elif weight == best[0] and arm not in best[1] and list(event) == list(best[2]):
                    best[1].append(arm)
        if best is None:
            return self.word("ui.event.quiet")
        _, arms, (at, code, place, a, b, _) = best
        names = self.content["map"]["places"]
        whole = {"a": "" if a is None else self.number(a), "b": "" if b is None else self.number(b)}
        sentence = self.word(f"event.{code}", place="" if place < 0 else names[place]["name"], **whole)
        where = self.word("ui.event.arm", arm="AB"[arms[0]]) if self.two and len(arms) == 1 else ""
        return self.word("ui.event.line", day=self.number(at), arm=where, sentence=sentence)

    def _weight(self, event: Sequence[Any]) -> float:
        """The recording's own weight first; then the whole city before a place, a place that people know before another."""
        _, _, place, a, _, own = event
        known = CITY if place < 0 else KNOWN / rank if (rank := self.content["map"]["places"][place]["rank"]) else 0.0
        return own * HEAVIEST + known + min(a or 0.0, MOST_PEOPLE)
