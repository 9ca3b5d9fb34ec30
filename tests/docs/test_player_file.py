"""The player as it is shipped: modules that do not meet, joined into one file."""

import shutil
import subprocess

import pytest
from pages.room.player import joined_modules, plain, player_html

from simulation.errors import InputError
from simulation.replay.page import MARK


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


def test_the_page_holds_all_parts_once(player):
    page = player_html(player, plain)
    assert page.index("color: red") < page.index("<p>x</p>") < page.index(MARK) < page.index("console.log")
    assert page.count("katye:") == 1
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
        player_html(player, plain)
