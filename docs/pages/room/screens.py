"""Pictures of a room's pages: sheets of screenshots (three sizes of screen, three languages, light and dark, red-green
blindness), a workshop, its brief, its film, and a replay."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pages.markdown import ROOT
from simulation.errors import InputError
from simulation.replay.words import LANGUAGES

if TYPE_CHECKING:
    from PIL import Image

GAP = 12  # pixels between pictures
QUALITY = 62  # of a sheet: type stays sharp, and it has some 300 kB at most
READY = "html[data-ready=all]"
WAIT = 1000  # milliseconds until all is drawn


@dataclass(frozen=True)
class Screen:
    """A size of screen in CSS pixels, and the width of its pictures on a sheet."""

    name: str
    width: int
    height: int
    shown: int


SCREENS = (Screen("room", 1920, 1080, 760), Screen("laptop", 1366, 768, 640), Screen("phone", 390, 844, 330))
CHAPTER, END = ("PageDown", "PageDown"), ("End",)
VIEWS = {"en": CHAPTER, "fr": (*END, "ArrowLeft"), "ht": (*END, "ArrowLeft", "d")}
"""What is shown in a language: the keys that are pressed."""
ALONE, LOW = 1200, 720  # pixels: width of a picture of one page, height of a film's frame
PAPER = (1640, 1150)  # of a brief's two sheets side by side
SIDE_BY_SIDE = "body { display: flex; justify-content: space-evenly } .sheet { margin: 4mm 2mm !important }"


def write_screens(pages: list[Path], folder: Path = ROOT / "docs") -> list[Path]:
    """A sheet a size of screen, a row a page in light and in dark, one sheet with red-green blindness, and single pictures.

    pages: of workshops, one a language; after them that of a replay of two sides, if its pictures are wanted too.
    InputError without a browser, or for another number of pages.
    """
    most = len(LANGUAGES)
    if len(pages) not in (most, most + 1):
        hint = f"Name {most}, which katye workshop writes, and one of katye replay after them or none"
        raise InputError(f"{len(pages)} pages", "--screens", hint)
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if browser is None:
        raise InputError("no chromium on this machine", "--screens", "apt-get install chromium")
    from playwright.sync_api import sync_playwright

    written = []
    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        for screen in SCREENS:
            taken = [
                [_taken(chromium, screen, page, tag, theme, VIEWS[tag]) for page, tag in zip(pages, LANGUAGES)]
                for theme in ("light", "dark")
            ]
            rows = [[one for row in taken for one in row]] if screen.name == "phone" else taken
            written.append(_sheet(rows, folder / f"screens-{screen.name}.webp"))
        seen = [_taken(chromium, screen, pages[2], tag, "light", VIEWS[tag], blind=True) for screen, tag in _blind()]
        written.append(_sheet([seen], folder / "screens-deuteranopia.webp"))
        for name, picture in _alone(chromium, *pages):
            written.append(_picture(picture, folder / f"{name}.png"))
        chromium.close()
    return written


def _blind() -> Iterator[tuple[Screen, str]]:
    yield from ((SCREENS[1], "en"), (SCREENS[1], "ht"), (SCREENS[2], "fr"))


def _alone(
    chromium: Any, first: Path, second: Path, third: Path, replay: Path | None = None
) -> Iterator[tuple[str, Image.Image]]:
    """Single pictures by name: a workshop in light and dark, a frame of its film, its brief; a replay if there is one."""
    from experiments.report.brief import brief_html
    from simulation.replay.film.frame import frames_of
    from simulation.replay.page import read_page

    room = replace(SCREENS[0], shown=ALONE)
    yield "workshop", _taken(chromium, room, first, "en", "light", CHAPTER)
    yield "workshop-dark", _taken(chromium, room, third, "en", "dark", (*CHAPTER, "d"))
    content = read_page(first)
    chapter = content["chapters"][len(CHAPTER)]
    yield "film", frames_of(content, "en", LOW).draw(chapter["at"], chapter)
    paper = chromium.new_page(viewport=dict(zip(("width", "height"), PAPER)))
    paper.set_content(brief_html(content, "en"))
    paper.add_style_tag(content=SIDE_BY_SIDE)
    yield "brief", _seen(paper, ALONE)
    if replay is not None:
        yield "replay", _taken(chromium, room, replay, "en", "light", (), "&day=300")
        yield "replay-dark", _taken(chromium, room, replay, "ht", "dark", END)


def _taken(
    chromium: Any,
    screen: Screen,
    page: Path,
    language: str,
    theme: str,
    keys: tuple[str, ...],
    more: str = "",
    blind: bool = False,
) -> Image.Image:
    """A picture of a page after keys, made as wide as it is shown. more: of the page's address."""
    touched = screen.name == "phone"
    viewport = {"width": screen.width, "height": screen.height}
    opened = chromium.new_page(viewport=viewport, has_touch=touched, is_mobile=touched)
    if blind:
        wire = opened.context.new_cdp_session(opened)
        wire.send("Emulation.setEmulatedVisionDeficiency", {"type": "deuteranopia"})
    opened.goto(f"{page.resolve().as_uri()}#lang={language}&theme={theme}{more}")
    opened.wait_for_selector(READY, timeout=60_000)
    for key in keys:
        opened.keyboard.press(key)
    opened.wait_for_timeout(WAIT)
    return _seen(opened, screen.shown)


def _seen(opened: Any, wide: int) -> Image.Image:
    """What a page shows, so many pixels wide; it is closed."""
    from PIL import Image

    picture = Image.open(io.BytesIO(opened.screenshot())).convert("RGB")
    opened.close()
    return picture.resize((wide, round(wide * picture.height / picture.width)), Image.Resampling.LANCZOS)


def _picture(picture: Image.Image, path: Path) -> Path:
    """A picture in 256 colours, among them those of which there is little: A is blue and B orange in a few letters only."""
    from PIL import Image

    picture.quantize(256, Image.Quantize.MAXCOVERAGE, kmeans=3, dither=Image.Dither.NONE).save(path, optimize=True)
    return path


def _sheet(rows: list[list[Image.Image]], path: Path) -> Path:
    """Pictures in rows on one sheet."""
    from PIL import Image

    high = [max(one.height for one in row) for row in rows]
    wide = max(sum(one.width + GAP for one in row) for row in rows) + GAP
    sheet = Image.new("RGB", (wide, sum(high) + GAP * (len(rows) + 1)), "#8a949a")
    top = GAP
    for row, height in zip(rows, high):
        left = GAP
        for one in row:
            sheet.paste(one, (left, top))
            left += one.width + GAP
        top += height + GAP
    sheet.save(path, quality=QUALITY, method=6)
    return path
