"""What stands in files and names neither steers the terminal nor turns the text of a page."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from experiments.cli import terminal
from experiments.cli.app import main
from experiments.report.html import Gallery, Page, Section
from simulation.files.plain_text import plain_json
from simulation.replay.page import page_html

EVIL = "\x1b[2Jred\u202egnp\x07\x9b1m"
SHOWN = r"\x1b[2Jred\u202egnp\x07\x9b1m"
STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def test_commands_print_only_through_what_cleans():
    for path in Path(terminal.__file__).parent.glob("*.py"):
        if path.name != "terminal.py":
            assert not re.search(r"(?<![\w.])print\(", path.read_text(encoding="utf-8")), path


def test_lines_tables_and_json_are_clean(capsys):
    terminal.say(f"a {EVIL}\nb")
    terminal.print_table((EVIL, "value"), [(EVIL, 1.5)])
    terminal.say(EVIL, error=True)
    printed = capsys.readouterr()
    assert not STEERING.search(printed.out + printed.err)
    assert printed.out.startswith(f"a {SHOWN}\nb\n")
    terminal.print_json({"title": EVIL})
    printed = capsys.readouterr().out
    assert not STEERING.search(printed)
    assert json.loads(printed) == {"title": EVIL}
    assert json.loads(plain_json(json.dumps("\U000e0041\u2028", ensure_ascii=False))) == "\U000e0041\u2028"


def test_a_title_of_a_study_and_an_error_are_clean(tmp_path, capsys):
    path = tmp_path / "mine.toml"
    title = EVIL.encode("unicode_escape").decode().replace(r"\x", r"\u00")
    path.write_text(f'title = "{title}"\ndays = 2\nweight = 10000\n[vary]\n"{title}" = [1, 2]\n')
    with pytest.raises(SystemExit) as stop:
        main(["sweep", str(path)])
    assert stop.value.code == 2
    error = capsys.readouterr().err
    assert SHOWN in error
    assert not STEERING.search(error)


def test_pages_and_maps_are_clean():
    data = {"spread": EVIL, "caveats": []}
    section = Section("differences", "caveats.html", data, slots={"reference": EVIL})
    page = Page(EVIL, EVIL, [EVIL], [section], Gallery()).html()
    assert f"<title>{SHOWN} – Katye</title>" in page
    assert not STEERING.search(page)
    assert "\n" in page
    assert SHOWN in page_html({"title": EVIL, "events": [[EVIL]]}).replace(r"\\x", r"\x").replace(r"\\u", r"\u")
    assert not STEERING.search(page_html({"title": EVIL, "events": [[EVIL]]}))
