"""The commands of README.md, typed in order as they stand after `make run`; only the sizes of their runs are smaller."""

from __future__ import annotations

import dataclasses
import re
import shlex
from pathlib import Path

import pytest
import typer

from experiments.cli.app import app, main
from experiments.study.study import Study
from models.haiti import FAMILY

ROOT = Path(__file__).parents[1]
TINY = ("--days", "10", "--weight", "2000")
SIZED = {"run", "sweep", "compare", "ablation", "common-random-numbers"}
LEFT_OUT = {
    "plan",
    "replay",
    "calibrate",
    "benchmark",
    "common-random-numbers",
    "discover",
    "scorecard",
    "workshop",
    "app",  # serves until it is stopped
    "film",
    "guide",
}  # too long, and tested in files of their own


def commands():
    """What the table shows in its first column, word by word."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    return [shlex.split(line) for line in re.findall(r"^\| `((?:katye|pip) [^`]*)` \|", text, re.M)]


def shrunk(words):
    """The same command with smaller runs. A folder that is compared, and days to go on from a kept run, stay."""
    name, rest = words[1], words[2:]
    if name not in SIZED or any(word.startswith("runs/") for word in rest):
        return words
    kept = []
    while rest:
        word = rest.pop(0)
        if word in ("--days", "--weight", "--save-day"):
            rest.pop(0)
        else:
            kept.append(word)
    if "--from" in kept:
        return [*words[:2], *kept, "--days", "5"]
    size = ["--days", "70", "--weight", "2000"] if "money-stops" in kept else list(TINY)  # it shares 60 days
    size += ["--save-day", "5"] if "--save" in kept else []
    size += ["--mechanism", "flight"] if name == "ablation" else []
    return [*words[:2], *kept, *size]


def test_commands_that_are_left_out_are_known_with_all_their_options():
    """Their words are read as the command reads them; they are not run."""
    known, found = typer.main.get_command(app), set()
    for words in commands():
        if words[0] == "katye" and words[1] in LEFT_OUT:
            known.commands[words[1]].make_context(words[1], words[2:])
            found.add(words[1])
            if "--outcome" in words:
                assert words[words.index("--outcome") + 1] in FAMILY.outcomes
    assert found == LEFT_OUT


@pytest.fixture
def smaller(monkeypatch):
    """Quick studies have two levels a factor and few points."""
    quickly = Study.quickly

    def cut(study):
        study = quickly(study)
        vary = {name: levels[:2] if isinstance(levels, tuple) else levels for name, levels in study.vary.items()}
        vary = study.vary if study.shared_start or study.design == "latin-hypercube" else vary
        return dataclasses.replace(study, vary=vary, samples=study.samples and 2, replay={})

    monkeypatch.setattr(Study, "quickly", cut)


@pytest.mark.slow
@pytest.mark.usefixtures("smaller", "words_only")
def test_every_command_works_in_the_order_in_which_it_stands(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    first = shlex.split(re.search(r"\$\(BIN\)/(katye .*)", makefile).group(1))
    shown = [words for words in commands() if words[0] == "katye"]
    assert len(shown) > 20
    for words in [first, *shown]:
        if words[1] in LEFT_OUT:
            continue
        with pytest.raises(SystemExit) as stop:
            main(shrunk(words)[1:])
        said = capsys.readouterr()
        assert not stop.value.code, f"{' '.join(words)}\n{said.out}{said.err}"
