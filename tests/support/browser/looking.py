"""Pages in a real browser: what tests of the player share."""

from __future__ import annotations

import shutil

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
NO_CHROMIUM = "no chromium on this machine: apt-get install chromium"
ROOM = {"width": 1920, "height": 1080}
COLOURS = """canvas => {
    const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d', {willReadFrequently: true}), found = {};
    copy.drawImage(canvas, 0, 0);
    const {data} = copy.getImageData(0, 0, canvas.width, canvas.height);
    for (let at = 0; at < data.length; at += 4 * 7) {
        const colour = [data[at], data[at + 1], data[at + 2]].join();
        found[colour] = (found[colour] ?? 0) + 1;
    }
    return found;
}"""
STOPPED_AT = "day => +scrub.value === day && document.documentElement.dataset.playing === 'false'"
MARK = "255,210,74"  # the ground of the word SIMULATION


def settled(page) -> None:
    """After what was asked for is drawn, however busy the machine."""
    page.evaluate(
        "() => new Promise(go => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(go, 20))))"
    )


def press(page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)
        settled(page)
