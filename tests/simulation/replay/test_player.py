"""The page of a replay in a real browser: what a room sees, by mouse, by keys, on paper and on a phone."""

from __future__ import annotations

import re

import pytest
from support.browser.looking import COLOURS, MARK, STOPPED_AT, press, settled
from support.invented import replay as invented

from simulation.replay.chapters import ASK, SAY

pytestmark = pytest.mark.slow


def day(page) -> int:
    return int(page.input_value("#scrub"))


def size(page, selector: str) -> float:
    return page.eval_on_selector(selector, "node => parseFloat(getComputedStyle(node).fontSize)")


def test_opens_with_maps_that_carry_the_mark(open_page):
    page = open_page()
    for canvas in page.query_selector_all(".map canvas"):
        colours = canvas.evaluate(COLOURS)
        assert len(colours) > 50
        assert colours[MARK] > 200
    assert page.inner_text("header .mark") == "SIMULATION"
    assert page.inner_text("#day b") == "Day 0"
    assert page.inner_text("#day > span") == "June 2024 of this run"
    assert size(page, "#day b") > size(page, "#day > span")
    assert "nearest to the mean" in page.inner_text("#day small")


def test_plays_and_stops_at_a_chapter(open_page):
    page = open_page()
    page.select_option("#speed", "60")
    page.click("#play")
    page.wait_for_function(STOPPED_AT, arg=10)
    assert page.inner_text("#caption .first") == "Chapter of day 10"
    assert page.inner_text("#caption .go") == "Space: go on"
    assert "The west" in page.inner_text("#caption .look")
    assert "And then?" in page.inner_text("#caption .second")
    assert "money received" in page.inner_text(".card.pointed")
    press(page, "Space")
    page.wait_for_function(STOPPED_AT, arg=40)
    said = page.inner_text("#caption .first")
    assert said.startswith("Day 40: B less in 8 of 8 pairs; 4 of 8; A 12"), "numbers come from the runs"
    assert said.endswith("Pledges go on | No more money")
    assert page.query_selector(".map canvas").evaluate(COLOURS)["194,24,143"] > 20, "the place is outlined"


def test_everything_by_keys(open_page):
    page = open_page()
    before = page.query_selector(".map canvas").evaluate(COLOURS)
    press(page, "ArrowRight", "ArrowRight", "ArrowLeft", "Shift+ArrowRight")
    page.click("[data-do=earlier]")
    page.click("[data-do=later]")
    settled(page)
    assert day(page) == 8
    press(page, "PageDown")
    assert day(page) == 10
    press(page, "PageDown", "PageUp")
    assert day(page) == 10
    press(page, "End")
    assert day(page) == 60
    press(page, "l")
    assert page.inner_text("#day small") == "Pair 5 of 8"
    press(page, "d")
    assert page.query_selector_all(".map canvas")[1].is_hidden()
    assert "B minus A" in page.get_attribute(".map canvas", "aria-label")
    assert "agree" in page.inner_text("#legend")
    press(page, "m")
    assert "Armed groups rule: 0% to 100%" in page.inner_text("#legend")
    assert page.query_selector(".map canvas").evaluate(COLOURS) != before
    press(page, "m", "w")
    assert "moves of two weeks" in page.inner_text("#legend")
    press(page, "t")
    assert page.get_attribute("html", "data-theme") == "dark"
    press(page, "f")
    page.wait_for_selector(":root:fullscreen")
    press(page, "f", "?")
    assert page.is_visible("#help")
    press(page, "Escape")
    assert not page.is_visible("#help")
    press(page, "Space")
    assert page.get_attribute("html", "data-playing") == "true"  # from the last day it starts again
    told = re.search(r"Day (\d+)", page.inner_text("#caption"))
    assert told is None or int(told[1]) < 55, "the line tells nothing that has not happened yet"


def test_a_place_by_search_and_by_click(open_page):
    page = open_page()
    press(page, "End", "/")
    page.keyboard.type("petion")
    press(page, "Enter")
    assert page.inner_text("#placename") == "Pétion <b>Zero</b>"
    assert page.evaluate("document.activeElement.id") == "placename"
    assert len(page.query_selector("#place canvas").evaluate(COLOURS)) > 2
    press(page, "Escape")
    assert not page.is_visible("#place")
    assert page.evaluate("document.activeElement.matches('.map canvas')")
    press(page, "PageUp")
    assert day(page) == 40, "a clicker goes on after a search"
    press(page, "/", "x", "PageUp")
    assert day(page) == 10, "and from within one"
    press(page, "Escape", "Shift+ArrowRight")
    assert page.input_value("#searchfield") == ""
    assert day(page) == 17, "Escape leaves the field for the page"
    box = page.query_selector(".map canvas").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    settled(page)
    assert page.inner_text("#placename").startswith("Quartier")
    press(page, "Escape", "0")
    before = page.query_selector(".map canvas").evaluate(COLOURS)
    page.mouse.wheel(0, -400)
    settled(page)
    page.mouse.down()
    page.mouse.move(box["x"] + 50, box["y"] + 50)
    page.mouse.up()
    assert page.is_hidden("#place")  # a pan is no click
    assert page.query_selector(".map canvas").evaluate(COLOURS) != before
    press(page, "0")
    assert page.query_selector(".map canvas").evaluate(COLOURS) == before
    press(page, "/")
    page.keyboard.type("quartier 3")
    press(page, "ArrowDown", "Enter")
    assert "times" in page.inner_text("#place .story")  # events of one kind are one line


def test_a_list_lets_go_of_the_keys_after_a_choice(open_page):
    page = open_page(hash_="lang=en&day=0")
    page.select_option("#speed", "60")
    press(page, "PageDown")
    assert (day(page), page.input_value("#speed")) == (10, "60")
    press(page, "Shift+ArrowRight")
    page.select_option("#charts select >> nth=1", "3")
    press(page, "PageDown")
    assert (day(page), page.input_value("#charts select >> nth=1")) == (40, "3")
    page.focus("#speed")
    press(page, "ArrowUp")
    assert page.evaluate("document.activeElement.id") == "speed", "who walks through a list by keys stays in it"
    press(page, "PageUp")
    assert (day(page), page.input_value("#speed")) == (10, "30")


def test_keys_walk_through_all_controls_and_out_again(open_page):
    page = open_page(hash_="lang=en&day=8")  # at a chapter its texts stand in the place of the charts
    seen = []
    for _ in range(60):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("(one => one.id || one.dataset.do || one.tagName)(document.activeElement)"))
    assert {"searchfield", "play", "scrub", "speed", "another", "difference", "help", "CANVAS", "SELECT"} <= set(seen)
    assert seen.count("searchfield") > 1 or "BODY" in seen


@pytest.mark.parametrize(("language", "word", "number"), [("fr", "Jour 17", "1 200"), ("ht", "Jou 17", "1 200")])
def test_another_language(open_page, language, word, number):
    page = open_page(hash_="day=17")
    page.click(f"#languages [lang={language}]")
    settled(page)
    assert page.get_attribute("html", "lang") == language
    assert page.inner_text("#day b") == word
    assert page.inner_text("#title") == f"What if? ({language})"
    assert f"lang={language}" in page.url
    assert number in page.inner_text("#caption").replace("\u202f", " ")
    assert not re.search(r"\bui\.|undefined|NaN", page.inner_text("body"))


def test_luck_is_said_in_the_largest_type_and_certainty_with_its_pairs(open_page):
    page = open_page(hash_="lang=en&day=60")
    cards = {card.query_selector("p > span").inner_text(): card for card in page.query_selector_all(".card")}
    luck = cards["people away from home"]
    assert luck.query_selector("strong").inner_text() == "Luck decides"
    assert luck.query_selector("em").inner_text() == "B less in 4, more in 4 of 8"
    largest = """Math.max(...[...document.querySelectorAll('body *')].filter(e => e.offsetParent)
        .map(e => parseFloat(getComputedStyle(e).fontSize)))"""
    assert luck.query_selector("strong").evaluate("e => parseFloat(getComputedStyle(e).fontSize)") == page.evaluate(
        largest
    )
    certain = cards["can go out on a shift"]
    assert certain.query_selector("strong").is_hidden()
    assert certain.query_selector("em").inner_text() == "B less in 8 of 8 pairs"
    assert "less in 8, more in 0" in page.get_attribute(".dots >> nth=1", "aria-label")


def test_equal_sides_make_no_difference(open_page):
    page = open_page("equal", "lang=en&day=60", parts={"pairs": 6, "difference": False, "chapters": False})
    cards = page.query_selector_all(".card:not([hidden])")
    assert [card.query_selector("strong").inner_text() for card in cards] == ["No difference"] * 3
    assert "all 6 pairs" in cards[0].inner_text()
    page.click("[data-do=difference]")
    settled(page)
    even = "242,240,233"
    assert page.query_selector(".map canvas").evaluate(COLOURS)[even] > 5_000


def test_few_pairs_are_not_enough(open_page):
    page = open_page("few", "lang=en&day=60", parts={"pairs": 3})
    assert "May be luck" in page.inner_text("#counters")
    assert "lowest–highest of 3" in page.inner_text("#charts")


def test_one_side_shows_the_median_and_the_spread(open_page):
    page = open_page("alone", "lang=en&day=30", parts={"arms": 1, "pairs": 20})
    assert len(page.query_selector_all(".map canvas")) == 1
    assert "5–95%" in page.inner_text("#counters")
    assert page.query_selector(".dots") is None
    assert page.is_hidden("[data-do=difference]")
    press(page, "d")
    assert "nothing to compare" in page.inner_text("#caption")
    page.wait_for_selector("#caption:not(:has-text('nothing to compare'))")


def test_markup_stays_text(open_page):
    evil = "<img src=x onerror=alert(1)></script><b>bold</b>"

    def change(content):
        content["arms"][0]["title"] = content["arms"][1]["title"] = invented.everywhere(evil)
        content["chapters"][0]["say"] = invented.everywhere(evil)
        content["map"]["places"][5]["name"] = evil

    page = open_page("evil", "lang=en", change=change, parts={"title": evil})
    assert page.inner_text("#title") == evil
    assert page.inner_text("#caption .first") == evil
    press(page, "?", "Escape", "/")
    page.keyboard.type("<img")
    press(page, "Enter")
    assert page.inner_text("#placename") == evil
    assert page.query_selector("img") is None


@pytest.mark.parametrize(("name", "parts", "count"), [("pair", {}, 3), ("plain", {"chapters": False}, 3)])
def test_print_gives_a_page_a_chapter(open_page, name, parts, count):
    page = open_page(name, parts=parts)
    page.emulate_media(media="print")
    settled(page)
    articles = page.query_selector_all("#print article")
    assert len(articles) == count
    assert page.is_hidden("header")
    for article in articles:
        pictures = article.query_selector_all("canvas")
        assert len(pictures) == 2
        assert all(picture.evaluate(COLOURS)[MARK] > 100 for picture in pictures)
        assert "SIMULATION" in article.inner_text()
        assert "not a forecast" in article.inner_text()
        assert "Armed groups rule" in article.inner_text()
    page.emulate_media(media="screen")
    settled(page)
    assert page.query_selector("#print article") is None


def test_a_phone_shows_one_map_with_a_switch(open_page):
    def ends(content):
        content["chapters"][2] |= {"at": content["frames"] - 1, "look": {"series": "money"}}
        for part, size in (("say", SAY - 5), ("ask", ASK - 5)):
            content["chapters"][2][part] = invented.everywhere(("na e li " * 20)[:size].strip())

    page = open_page("ends", "lang=fr&day=60", change=ends, viewport={"width": 390, "height": 844}, has_touch=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    first = (
        "[...document.querySelectorAll('.map canvas, .transport button, .card.pointed')].filter(e => e.offsetParent)"
    )
    low = page.evaluate(f"{first}.map(e => e.getBoundingClientRect().bottom)")
    assert len(low) == 7
    assert max(low) <= 844, "map, play and the number that the chapter points at are there without scrolling"
    assert page.inner_text("#caption .go") == "Touchez ▶ : recommencer"  # a phone has no space bar
    shown = lambda: [canvas.is_visible() for canvas in page.query_selector_all(".map canvas")]  # noqa: E731
    assert shown() == [True, False]
    page.tap("#armswitch .arm-1")
    settled(page)
    assert shown() == [False, True]
    assert page.query_selector_all(".map canvas")[1].evaluate(COLOURS)[MARK] > 200
    small = """[...document.querySelectorAll('button, select, input')].filter(e => e.offsetParent)
        .filter(e => e.getBoundingClientRect().width < 44 || e.getBoundingClientRect().height < 44).map(e => e.outerHTML)"""
    assert page.evaluate(small) == []


def test_a_room_reads_it_from_the_last_row(open_page):
    """Nothing under 24 px, maps on half of the screen, and texts a third longer still fit."""

    def longer(content):
        for texts in content["texts"].values():
            for key, text in texts.items():
                if key.startswith(("class.", "series.", "ui.luck", "ui.pair", "ui.legend_text")):
                    texts[key] = text + " nnnn" * round(len(text) / 15)

    def fullest(content):
        for part, size in (("say", SAY - 5), ("ask", ASK - 5)):
            content["chapters"][2][part] = invented.everywhere(("na e li " * 20)[:size].strip())

    share = """[...document.querySelectorAll('.map canvas')]
        .reduce((sum, c) => sum + c.clientWidth * c.clientHeight, 0) / innerWidth / innerHeight"""
    small = """[...document.querySelectorAll('body *')].filter(e => e.offsetParent && !e.closest('.unseen, noscript'))
        .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()))
        .filter(e => parseFloat(getComputedStyle(e).fontSize) < 23.9).map(e => e.outerHTML)"""
    over = """['main', '#side', '#caption', '#charts', '#controls', '#legend'].filter(selector => {
        const e = document.querySelector(selector);
        return e.scrollWidth > e.clientWidth + 2 || e.scrollHeight > e.clientHeight + 2;
    })"""
    usual, wide = open_page(hash_="lang=en&day=60"), open_page("longer", "lang=en&day=60", change=longer)
    workshop = open_page("workshop", "lang=en&day=40", change=fullest)
    assert workshop.evaluate(share) >= 0.5
    assert workshop.evaluate(small) == workshop.evaluate(over) == []
    for language in ("en", "fr", "ht"):
        for page in (usual, wide):
            page.click(f"#languages [lang={language}]")
            settled(page)
        assert usual.evaluate(share) >= 0.5, language
        assert usual.evaluate(small) == [], language
        assert wide.evaluate(over) == [], language
        assert wide.evaluate(share) >= 0.45, language


def test_without_motion_it_goes_by_weeks(open_page):
    page = open_page(hash_="lang=en&day=12", reduced_motion="reduce", color_scheme="dark")
    assert page.get_attribute("html", "data-theme") == "dark"
    assert page.get_attribute("html", "data-playing") in (None, "false")
    press(page, "Space")
    assert day(page) == 19
    assert page.evaluate("document.getAnimations().length") == 0


def test_the_line_tells_what_weighs_and_the_story_all(open_page):
    page = open_page(hash_="lang=en&day=58")
    assert page.inner_text("#caption .first").startswith("SIMULATION Day 55: ")
    press(page, "/")
    page.keyboard.type("quartier 35")
    press(page, "Enter")
    assert "Day 57: Armed groups take Quartier 35." in page.inner_text("#place .story")


def test_those_who_listen_hear_the_day(open_page):
    page = open_page(hash_="lang=en&day=9")
    page.wait_for_selector("#live:has-text('Day 9.')", state="attached")
    assert "…" not in page.inner_text("#live"), "numbers are told when they are there"
    press(page, "ArrowRight")
    page.wait_for_selector("#live:has-text('Day 10.')", state="attached")
    heard = page.inner_text("#live")
    assert "Chapter of day 10" in heard
    label = page.get_attribute(".map canvas", "aria-label")
    assert "Armed groups rule in" in label
    assert page.get_attribute("#scrub", "aria-valuetext") == "Day 10, June 2024"


def test_a_damaged_page_says_so(browser, pages, tmp_path):
    whole = pages("pair").read_text(encoding="utf-8")
    broken = tmp_path / "broken.html"
    broken.write_text(whole.replace('"format":1', '"format":7'), encoding="utf-8")
    page = browser.new_page()
    page.goto(broken.as_uri())
    assert "format 7" in page.inner_text("[role=alert]")
    page.close()
