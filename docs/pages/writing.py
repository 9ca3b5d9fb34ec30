"""Which page is made by which function, and the command that writes them all."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from pages.catalogue import bibliography_page, mechanisms_page, parameters_page
from pages.day import day_page, day_picture
from pages.glossary import glossary_page
from pages.markdown import ROOT
from pages.reference import reference_page
from pages.room.words import words_page
from pages.site import build
from pages.verification import verification_page
from pages.written import written_page

PAGES: dict[str, Callable[[], str]] = {
    "PARAMETERS.md": parameters_page,
    "docs/mechanisms.md": mechanisms_page,
    "docs/bibliography.md": bibliography_page,
    "docs/verification.md": verification_page,
    "docs/day.md": day_page,
    "docs/day.svg": day_picture,
    "docs/odd.md": partial(written_page, "odd"),
    "docs/limits.md": partial(written_page, "limits"),
    "docs/glossary.md": glossary_page,
    "docs/reference.md": reference_page,
    "docs/words.md": words_page,
}
"""File below the checkout -> what writes its text."""


def main(arguments: Sequence[str]) -> int:
    """Write all pages into the checkout and say which have changed."""
    parser = argparse.ArgumentParser(
        "python docs/pages", description="Write the pages that are made from code and tests."
    )
    parser.add_argument("--pictures", action="store_true", help="draw the pictures of docs/engine.md too")
    parser.add_argument("--player", action="store_true", help="make the player that pages ship with, and nothing else")
    parser.add_argument(
        "--site", action="store_true", help="make the documentation site in build/site, and write no page"
    )
    parser.add_argument(
        "--screens",
        nargs="+",
        type=Path,
        metavar="PAGE",
        help="take the pictures of three workshops' pages, and of a replay's",
    )
    wanted = parser.parse_args(arguments)
    if wanted.screens:
        from pages.room.screens import write_screens

        for path in write_screens(wanted.screens):
            print(path.relative_to(ROOT), f"({path.stat().st_size} bytes)")
        return 0
    if wanted.player:
        from pages.room.player import write_player

        path = write_player()
        print(path.relative_to(ROOT), f"({path.stat().st_size} bytes)")
        return 0
    if wanted.site:
        print("Site:", build())
        return 0
    for name, page in PAGES.items():
        path, text = ROOT / name, page()
        old = path.read_text(encoding="utf-8") if path.exists() else ""
        path.write_text(text, encoding="utf-8")
        print(name, "(as it was)" if text == old else "(changed)")
    if wanted.pictures:
        from pages.engine_figures import draw_all

        for path in draw_all(ROOT / "docs"):
            print(path.relative_to(ROOT))
    return 0
