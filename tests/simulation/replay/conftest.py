"""A browser and pages of replays for it."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.browser.looking import CHROMIUM, NO_CHROMIUM, ROOM, settled
from support.invented import replay as invented

from simulation.replay.page import page_html


@pytest.fixture(scope="module")
def browser():
    playwright = pytest.importorskip("playwright.sync_api", reason="no Playwright: pip install playwright")
    if CHROMIUM is None:
        pytest.skip(NO_CHROMIUM)
    with playwright.sync_playwright() as driver:
        found = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield found
        found.close()


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """Writes the page of a payload once: pages(name, **changes of the payload)."""
    folder = tmp_path_factory.mktemp("replay")
    made: dict[str, Path] = {}

    def path(name: str, change=None, **parts) -> Path:
        if name not in made:
            content = invented.payload(**parts)
            if change:
                change(content)
            made[name] = folder / f"{name}.html"
            made[name].write_text(page_html(content), encoding="utf-8")
        return made[name]

    return path


@pytest.fixture
def open_page(browser, pages):
    """Opens one; at the end nothing may have been asked of anybody, and nothing complained of."""
    contexts, troubles = [], []

    def opened(
        name: str = "pair", hash_: str = "lang=en&theme=light", ready: str = "all", change=None, parts=None, **how
    ):
        context = browser.new_context(**{"viewport": ROOM, "locale": "en-US"} | how)
        contexts.append(context)
        context.set_default_timeout(100_000)  # of a machine that does much else at once
        page = context.new_page()
        page.on("request", lambda one: None if one.url.startswith(("file:", "data:")) else troubles.append(one.url))
        page.on("console", lambda one: troubles.append(one.text) if one.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.goto(f"{pages(name, change, **(parts or {})).as_uri()}#{hash_}")
        page.wait_for_selector(f"html[data-ready={ready}]")
        settled(page)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert troubles == []
