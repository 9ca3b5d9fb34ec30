"""Sheets of screenshots of a room's pages: three sizes of screen, three languages, light and dark, and red-green blindness."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
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
VIEWS = {"en": ("chapter", ()), "fr": ("end", ()), "ht": ("end", ("d",))}
"""What is shown in a language: where a page stands, and the keys that are pressed there."""


def write_screens(pages: list[Path], folder: Path = ROOT / "docs") -> list[Path]:
    """A sheet a size of screen, a row a page in light and in dark, and one sheet with red-green blindness.

    pages: of workshops, one a language. InputError without a browser, or for another number of pages.
    """
    if len(pages) != len(LANGUAGES):
        raise InputError(f"{len(pages)} pages", "--screens", f"Name {len(LANGUAGES)}, which katye workshop writes")
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if browser is None:
        raise InputError("no chromium on this machine", "--screens", "apt-get install chromium")
    from playwright.sync_api import sync_playwright

    written = []
    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        for screen in SCREENS:
            taken = [
                [_taken(chromium, screen, page, tag, theme) for page, tag in zip(pages, LANGUAGES)]
                for theme in ("light", "dark")
            ]
            rows = [[one for row in taken for one in row]] if screen.name == "phone" else taken
            written.append(_sheet(rows, folder / f"screens-{screen.name}.webp"))
        seen = [_taken(chromium, screen, pages[2], tag, "light", blind=True) for screen, tag in _blind()]
        written.append(_sheet([seen], folder / "screens-deuteranopia.webp"))
        chromium.close()
    return written


def _blind() -> Iterator[tuple[Screen, str]]:
    yield from ((SCREENS[1], "en"), (SCREENS[1], "ht"), (SCREENS[2], "fr"))


def _taken(chromium: Any, screen: Screen, page: Path, language: str, theme: str, blind: bool = False) -> Image.Image:
    """A picture of a page, made as wide as the sheet shows it."""
    from PIL import Image

    where, keys = VIEWS[language]
    touched = screen.name == "phone"
    viewport = {"width": screen.width, "height": screen.height}
    opened = chromium.new_page(viewport=viewport, has_touch=touched, is_mobile=touched)
    if blind:
        wire = opened.context.new_cdp_session(opened)
        wire.send("Emulation.setEmulatedVisionDeficiency", {"type": "deuteranopia"})
    opened.goto(f"{page.resolve().as_uri()}#lang={language}&theme={theme}")
    opened.wait_for_selector(READY, timeout=60_000)
    for key in ("PageDown", "PageDown", *keys) if where == "chapter" else ("End", "ArrowLeft", *keys):
        opened.keyboard.press(key)
    opened.wait_for_timeout(WAIT)
    picture = Image.open(io.BytesIO(opened.screenshot())).convert("RGB")
    opened.close()
    return picture.resize((screen.shown, round(screen.shown * screen.height / screen.width)), Image.Resampling.LANCZOS)


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
