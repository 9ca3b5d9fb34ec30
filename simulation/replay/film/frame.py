"""A frame of a film: maps side by side, numbers of the day with their luck, the legend, what is told, and the mark."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from PIL import Image, ImageDraw

from simulation.errors import InputError
from simulation.replay.film.city import CityPicture, ring, shared_most
from simulation.replay.film.ground import COLOURS, hatched
from simulation.replay.film.letters import SMALLEST, broken, fitted, font, write
from simulation.replay.told import WEEK, Card, Told

WIDE, HIGH = 1920, 1080  # what all lengths here are in; a smaller film has all in proportion
HEAD, MAPS, LEGEND, CARDS, TEXT = 88, 640, 686, 890, 1050  # where each part of a frame ends
GAP, EDGE = 6, 20


class Frames:
    """Draws frames of a payload in one language, `height` lines high. InputError for a language that it does not speak."""

    def __init__(self, content: Mapping[str, Any], language: str, height: int = HIGH):
        self.told = told = Told(content, language)
        self.unit = height / HIGH
        self.size = (self._px(WIDE), height)
        arms = len(told.arms)
        wide = (self.size[0] - (arms - 1) * self._px(GAP)) // arms
        most = shared_most(told)
        high = self._px(MAPS) - self._px(HEAD)
        self.cities = [CityPicture(told, arm, (wide, high), self.unit, most) for arm in range(arms)]
        self.ground = self._ground()

    def draw(self, day: int, chapter: Mapping[str, Any] | None = None, opening: bool = False) -> Image.Image:
        """The frame of a day, RGB. chapter: that at which it stands still. opening: what the film is, in place of news."""
        picture = self.ground.copy()
        draw = ImageDraw.Draw(picture)
        look = chapter.get("look", {}) if chapter else {}
        for number, city in enumerate(self.cities):
            left = number * (city.size[0] + self._px(GAP))
            picture.paste(city.draw(day, look.get("place")), (left, self._px(HEAD)))
        self._day(draw, day)
        self._cards(draw, day, look.get("series", ""))
        if opening:
            self._opening(draw)
        elif chapter is not None:
            self._chapter(draw, chapter)
        else:
            self._news(draw, day)
        self._time(draw, day)
        return picture

    def _px(self, length: float) -> int:
        return round(length * self.unit)

    def _font(self, size: int, bold: bool = False):
        return font(max(8, self._px(size)), bold)

    def _sizes(self, *sizes: int) -> list[int]:
        return [max(8, self._px(size)) for size in sizes]

    def _ground(self) -> Image.Image:
        """All that stays: head and legend."""
        picture = Image.new("RGB", self.size, COLOURS["page"])
        draw, px, told = ImageDraw.Draw(picture), self._px, self.told
        draw.rectangle((0, 0, self.size[0], px(HEAD)), fill=COLOURS["head"])
        mark, letters = told.word("ui.mark"), self._font(36, True)
        right = px(EDGE) + letters.getlength(mark) + px(28)
        draw.rounded_rectangle((px(EDGE), px(16), right, px(HEAD - 16)), px(6), fill=COLOURS["mark"])
        write(draw, (px(EDGE + 14), px(HEAD / 2)), mark, letters, COLOURS["ink"], "lm")
        left = right + px(20)
        lines, letters, _ = fitted(
            told.own(told.content["title"]), px(1500) - left, 1, self._sizes(34, 30, 27, SMALLEST), True
        )
        write(draw, (left, px(43)), lines[0], letters, COLOURS["page"])
        write(draw, (left, px(75)), told.word("ui.caveat"), self._font(SMALLEST), COLOURS["page"])
        self._legend(picture, draw)
        draw.rectangle((0, px(CARDS), self.size[0], px(TEXT)), fill=COLOURS["soft"])
        return picture

    def _legend(self, picture: Image.Image, draw: ImageDraw.ImageDraw) -> None:
        px, told = self._px, self.told
        rows: list[tuple[str, Any]] = [
            (told.word(f"class.{name}"), number) for number, name in enumerate(told.content["classes"])
        ]
        if any(city.sheltering is not None for city in self.cities):
            people = round_people((15 * self.unit / self.cities[0].radius(1.0)) ** 2)
            rows.append((told.word("ui.legend_text.rings", people=told.number(people)), float(people)))
        rows.append((told.word("ui.legend_text.fresh"), "fresh"))
        letters, middle = self._font(SMALLEST), px((MAPS + LEGEND) / 2)
        need = sum(letters.getlength(text) + px(44) for text, _ in rows)
        gap = max(px(8), min(px(44), (self.size[0] - px(2 * EDGE) - need) / max(1, len(rows) - 1)))
        left = float(px(EDGE))
        for text, sign in rows:
            box = (round(left), middle - px(12), round(left) + px(34), middle + px(12))
            if isinstance(sign, float):
                sprite = ring(round(self.cities[0].radius(sign)), max(1, px(2)))
                picture.paste(sprite, (round(left) + px(17) - sprite.width // 2, middle - sprite.height // 2), sprite)
            elif sign == "fresh":
                draw.rounded_rectangle(box, px(6), outline=COLOURS["ink"], width=max(2, px(4)))
            else:
                colours = [COLOURS["state"], "", COLOURS["armed"]]
                if colour := colours[min(sign, 2)]:
                    draw.rectangle(box, fill=colour)
                else:
                    step = max(4, px(12))
                    sheet = hatched((box[2] - box[0], box[3] - box[1]), COLOURS["pale"], COLOURS["disputed"], step)
                    picture.paste(sheet, box[:2])
                draw.rectangle(box, outline=COLOURS["edge"], width=1)
            left += px(44) + write(draw, (left + px(44), middle), text, letters, COLOURS["ink"], "lm") + gap

    def _day(self, draw: ImageDraw.ImageDraw, day: int) -> None:
        right, px = self.size[0] - self._px(EDGE), self._px
        write(draw, (right, px(43)), self.told.day(day), self._font(38, True), COLOURS["page"], "rs")
        month = self.told.word("ui.calendar", month=self.told.month(day))
        month = " ".join(month.split())  # a year of its own is no slot here
        write(draw, (right, px(75)), month, self._font(SMALLEST), COLOURS["page"], "rs")

    def _cards(self, draw: ImageDraw.ImageDraw, day: int, pointed: str) -> None:
        lines = self.told.cards(pointed)
        wide = (self.size[0] - self._px(EDGE)) / max(1, len(lines))
        for number, one in enumerate(lines):
            left = self._px(EDGE) + number * wide
            card = self.told.card(one, day)
            self._card(draw, card, left, wide - self._px(EDGE), one["name"] == pointed)

    def _card(self, draw: ImageDraw.ImageDraw, card: Card, left: float, wide: float, pointed: bool) -> None:
        px, top = self._px, self._px(LEGEND)
        if pointed:
            box = (left - px(14), top - px(2), left + wide + px(6), px(CARDS) - px(4))
            draw.rectangle(box, outline=COLOURS["shown"], width=max(2, px(5)))
        else:
            draw.rectangle((left, top, left + wide, top + px(4)), fill=COLOURS["ink"])
        at = top + px(42)
        if card.large:
            lines, letters, _ = fitted(card.large, wide, 1, self._sizes(34, 30, 27, SMALLEST), True)
            write(draw, (left, at), lines[0], letters, COLOURS["ink"])
            at += px(38)
        size = 30 if card.large else 40
        letters, across = self._font(size, True), left
        for arm, value in enumerate(card.values):
            if len(card.values) > 1:
                across += write(draw, (across, at), "AB"[arm], self._font(SMALLEST), COLOURS["ab"[arm]]) + px(8)
            colour = COLOURS["ab"[arm]] if len(card.values) > 1 else COLOURS["ink"]
            across += write(draw, (across, at), value, letters, colour) + px(24)
        letters, line = self._font(SMALLEST), px(29)
        small = broken(card.small, self._font(SMALLEST, not card.large), wide)[:2] if card.small else []
        room = int((px(CARDS) - at) / line) - len(small)
        for text in broken(card.name, letters, wide)[: max(1, room)]:
            at += line
            write(draw, (left, at), text, letters, COLOURS["ink"])
        letters = self._font(SMALLEST, bool(len(card.values) > 1 and not card.large))
        for text in small:
            at += line
            write(draw, (left, at), text, letters, COLOURS["ink"])

    def _lines(
        self, draw: ImageDraw.ImageDraw, top: float, text: str, most: int, sizes: list[int], bold: bool
    ) -> float:
        """Lines of what is told, below one another; where the next one may begin."""
        lines, letters, size = fitted(text, self.size[0] - 2 * self._px(EDGE), most, sizes, bold)
        for line in lines:
            top += size * 1.2
            write(draw, (self._px(EDGE), top), line, letters, COLOURS["ink"])
        return top

    def _chapter(self, draw: ImageDraw.ImageDraw, chapter: Mapping[str, Any]) -> None:
        told, top = self.told, self._px(CARDS + 2)
        top = self._lines(draw, top, told.chapter(chapter, "say"), 2, self._sizes(32, 30, 28, 26, SMALLEST), True)
        ask = f"{told.word('ui.ask')} {told.chapter(chapter, 'ask')}"
        self._lines(draw, top + self._px(6), ask, 2, self._sizes(30, 28, 26, SMALLEST), False)

    def _news(self, draw: ImageDraw.ImageDraw, day: int) -> None:
        self._lines(draw, self._px(CARDS + 14), self.told.news(day), 2, self._sizes(36, 32, 28, SMALLEST), True)

    def _opening(self, draw: ImageDraw.ImageDraw) -> None:
        told, top = self.told, self._px(CARDS + 2)
        words = told.word("ui.caveat") + "."
        top = self._lines(draw, top, words, 1, self._sizes(36, 30, SMALLEST), True)
        more = told.word("ui.caveat_long")
        self._lines(draw, top + self._px(4), more, 2, self._sizes(30, 28, 26, SMALLEST), False)

    def _time(self, draw: ImageDraw.ImageDraw, day: int) -> None:
        """How far it is, with the chapters."""
        px, last = self._px, max(1, self.told.last)
        left, right, middle = px(EDGE), self.size[0] - px(EDGE), px((TEXT + HIGH) / 2)
        along = lambda at: left + (right - left) * at / last  # noqa: E731
        draw.rectangle((left, middle - px(4), right, middle + px(4)), fill=COLOURS["edge"])
        draw.rectangle((left, middle - px(4), along(day), middle + px(4)), fill=COLOURS["ink"])
        for chapter in self.told.content["chapters"]:
            x, past = along(chapter["at"]), chapter["at"] <= day
            draw.ellipse(
                (x - px(9), middle - px(9), x + px(9), middle + px(9)),
                fill=COLOURS["ink" if past else "page"],
                outline=COLOURS["ink"],
                width=max(1, px(3)),
            )
        x = along(day)
        draw.rectangle((x - px(6), middle - px(13), x + px(6), middle + px(13)), fill=COLOURS["shown"])


def frames_of(content: Mapping[str, Any], language: str, height: int = HIGH) -> Frames:
    """Frames of a payload that may come from a stranger. InputError if something in it cannot be drawn."""
    try:
        frames = Frames(content, language, height)
        told = frames.told
        for arm in range(len(told.arms)):
            shapes = [told.all(arm, one["name"]).shape for one in content["series"]]
            fields = [told.field(arm, name) for name in ("class", "sheltering")]
            shapes += [(told.pairs, len(field)) for field in fields if field is not None]
            if any(shape != (told.pairs, content["frames"]) for shape in shapes):
                raise ValueError("its days are not those that it says")
        for day in range(0, content["frames"], WEEK):
            told.news(day)
        for chapter in content["chapters"]:
            frames.draw(chapter["at"], chapter)
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, ZeroDivisionError) as error:
        raise InputError(f"it is damaged ({error})", "recording", "Make it again") from None
    return frames


def round_people(people: float) -> int:
    """A round number near so many people, and not above."""
    power = 10 ** math.floor(math.log10(max(1.0, people)))
    return int(next(factor for factor in (5, 2, 1) if factor * power <= people or factor == 1) * power)
