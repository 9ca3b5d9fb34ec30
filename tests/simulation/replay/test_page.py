"""The page: one file whose texts stay texts, whose modules do not meet, and that is whole or not there."""

import html
import json
import re
import shutil
import subprocess

import pytest

from simulation.errors import InputError
from simulation.files.plain_text import plain_text
from simulation.replay.page import CARRIER, check_target, embedded, joined_modules, page_html, script_json, write_page

EVIL = "\u202e</script><script>alert(1)</script><!-- <b>&amp; \u2028 ht: ò"


@pytest.fixture
def player(tmp_path):
    folder = tmp_path / "player"
    (folder / "deep").mkdir(parents=True)
    (folder / "page.html").write_text(
        "<!doctype html><!-- katye:css --><p>x</p><!-- katye:payload --><!-- katye:js -->"
    )
    (folder / "player.css").write_text("p { color: red }\n")
    (folder / "deep" / "one.js").write_text(
        'import { two } from "../two.js";\nconst own = 1;\nexport const one = own + two();\n'
        "export class One {}\nexport async function later() { return one; }\n"
    )
    (folder / "two.js").write_text("const own = 2;\nexport function two() { return own; }\n")
    (folder / "main.js").write_text(
        'import {\n  one,\n  One,\n} from "./deep/one.js";\nimport { two } from "./two.js";\n'
        "const own = 3;\nconsole.log(one, two(), own, new One() instanceof One);\n"
    )
    return folder


def payload_of(page):
    return json.loads(re.search(re.escape(CARRIER) + "(.*?)</script>", page, re.DOTALL)[1])


def test_texts_stay_texts(player):
    content = {"title": {"en": EVIL}}
    page = page_html(content, player)
    assert payload_of(page) == {"title": {"en": plain_text(EVIL)}}
    assert page.count("</script>") == 2
    assert "alert(1)</script" not in page
    assert "\u202e" not in page
    assert "<!-- <b" not in page
    assert "\u2028" not in script_json(EVIL)


def test_a_page_within_a_page_is_the_same_page(player, monkeypatch):
    monkeypatch.setattr("simulation.replay.page.PLAYER", player)
    content = {"title": {"en": "Bel-Air's \"east\" & 'west'"}}
    frame = embedded(content, "One <run>")
    text = re.fullmatch(r"<iframe .*title=\"One &lt;run&gt;\".* srcdoc='([^']*)'></iframe>", frame, re.DOTALL)[1]
    assert html.unescape(text) == page_html(content, player)


def test_the_page_holds_all_parts_once(player):
    page = page_html({"a": 1}, player)
    assert page.index("color:red") < page.index("<p>x</p>") < page.index(CARRIER) < page.index("console.log")
    assert "katye:" not in page
    assert "import" not in page
    assert "http" not in page


@pytest.mark.skipif(shutil.which("node") is None, reason="needs node to run the joined modules")
def test_joined_modules_do_what_they_did_apart(player, tmp_path):
    script = tmp_path / "joined.mjs"
    script.write_text(joined_modules(player))
    done = subprocess.run(["node", str(script)], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["3", "2", "3", "true"]


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("two.js", 'import { main } from "./main.js";\nexport function two() {}\n', "imports itself"),
        ("two.js", "export default 3;\n", "cannot be joined"),
        ("two.js", "export let two = 3;\n", "cannot be joined"),
        ("two.js", 'import "./deep/one.js";\n', "cannot be joined"),
        ("two.js", 'export const two = "</script>";\n', "would end the page's script"),
        ("page.html", "<!-- katye:css --><!-- katye:js -->", "marks"),
        ("page.html", "<!-- katye:css --><!-- katye:js --><!-- katye:js --><!-- katye:payload -->", "marks"),
        ("deep/main.js", "", "files main.js"),
    ],
)
def test_a_player_whose_parts_do_not_fit_is_told(player, name, text, told):
    (player / name).write_text(text)
    with pytest.raises(InputError, match=told):
        page_html({}, player)


def test_a_page_takes_the_place_of_a_page_and_of_nothing_else(player, tmp_path):
    out = tmp_path / "page.html"
    for content in ({"a": 1}, {"a": 2}):
        check_target(out)
        assert write_page(out, content, player) == out.stat().st_size
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
