"""The page: one file whose texts stay texts, and that is whole or not there."""

import html
import json
import re

import pytest

from simulation.errors import InputError
from simulation.files.plain_text import plain_text
from simulation.replay.page import CARRIER, check_target, embedded, page_html, script_json, write_page

EVIL = "\u202e</script><script>alert(1)</script><!-- <b>&amp; \u2028 ht: ò"


def payload_of(page):
    return json.loads(re.search(re.escape(CARRIER) + "(.*?)</script>", page, re.DOTALL)[1])


def test_texts_stay_texts():
    content = {"title": {"en": EVIL}}
    page = page_html(content)
    assert payload_of(page) == {"title": {"en": plain_text(EVIL)}}
    assert page.count("</script>") == 2
    assert "alert(1)</script" not in page
    assert "\u202e" not in page
    assert "<!-- <b" not in page
    assert "\u2028" not in script_json(EVIL)


def test_the_player_is_small():
    assert len(page_html({}).encode()) <= 80_000


def test_a_page_within_a_page_is_the_same_page():
    content = {"title": {"en": "Bel-Air's \"east\" & 'west'"}}
    frame = embedded(content, "One <run>")
    text = re.fullmatch(r"<iframe .*title=\"One &lt;run&gt;\".* srcdoc='([^']*)'></iframe>", frame, re.DOTALL)[1]
    assert html.unescape(text) == page_html(content)


def test_a_page_takes_the_place_of_a_page_and_of_nothing_else(tmp_path):
    out = tmp_path / "page.html"
    for content in ({"a": 1}, {"a": 2}):
        check_target(out)
        assert write_page(out, content) == out.stat().st_size
        assert payload_of(out.read_text()) == content
    for name, data, told in (
        ("note.html", b"<p>mine</p>", "no replay"),
        ("photo.html", b"\xff\xfe\x00", "no replay"),
    ):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(InputError, match=told):
            check_target(tmp_path / name)
        assert (tmp_path / name).read_bytes() == data
    with pytest.raises(InputError, match="folder does not exist"):
        check_target(tmp_path / "none" / "page.html")
    with pytest.raises(InputError, match="is a folder"):
        check_target(tmp_path)
