"""The notebooks run from top to bottom, show something soon, and keep small pictures that have words."""

import base64
import importlib.util
import re
from pathlib import Path

import nbformat
import pytest

from experiments.cli.app import app
from simulation.runs.results import CAVEAT

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
PICTURE = re.compile(r'<img src="data:image/png;base64,([^"]+)" alt="([^"]+)"')
SOON, LARGEST, LONGEST = 5, 100_000, 24  # cells to the first picture; bytes of one; lines of a cell

kept = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def texts(cell):
    """All that a cell shows, as text."""
    for output in cell.get("outputs", []):
        yield output.get("text", "")
        yield from (value for value in output.get("data", {}).values() if isinstance(value, str))


def pictures(notebook):
    """(number of the cell, bytes, words) of every picture."""
    for number, cell in enumerate(notebook.cells, start=1):
        for text in texts(cell):
            yield from ((number, base64.b64decode(data), alt) for data, alt in PICTURE.findall(text))


def is_quiet(notebook):
    """No error, no warning, nothing in red."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return not any(output.output_type == "error" or output.get("name") == "stderr" for output in outputs)


def test_there_are_eight_in_order():
    assert [path.stem[:2] for path in NOTEBOOKS] == [f"{number:02d}" for number in range(1, 9)]


@kept
def test_what_is_kept_shows_something_soon_in_small_pictures_with_words(path):
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    found = list(pictures(notebook))
    assert found[0][0] <= SOON
    assert len(found) >= 3
    for _, data, alt in found:
        assert data[:4] == b"\x89PNG"
        assert len(data) <= LARGEST
        assert CAVEAT in alt
    assert is_quiet(notebook)
    assert path.stat().st_size < 500_000
    assert all(cell.outputs or cell.source for cell in notebook.cells if cell.cell_type == "code")


@kept
def test_its_words_are_those_of_the_house(path):
    notebook = nbformat.read(path, as_version=4)
    words = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    assert "conditional on the mechanisms and assumptions of the model, not a forecast" in words
    assert "a third to a half of them minors" in words
    assert words.count("<details><summary>Hint</summary>") == 3
    assert "## A figure for your essay" in words
    assert any("savefig" in cell.source for cell in notebook.cells if cell.cell_type == "code")
    shown = "\n".join(text for cell in notebook.cells for text in texts(cell))
    assert not re.search(r"/(?:tmp|home|root|work|Users)/", shown)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert cell.source.count("\n") < LONGEST, cell.source
    named = [command.name or command.callback.__name__.replace("_", "-") for command in app.registered_commands]
    for command in re.findall(r"<code>katye (\w[\w-]*)|`katye (\w[\w-]*)", words):
        assert "".join(command) in named
    for document in re.findall(r"`((?:docs|models|simulation|experiments)/[\w./-]+)`", words):
        assert (ROOT / document).exists(), document


@pytest.mark.slow
@pytest.mark.filterwarnings("default")  # the kernel's own machinery warns on some versions
@kept
def test_it_runs_from_top_to_bottom_and_leaves_nothing(path):
    spec = importlib.util.spec_from_file_location("keep_outputs", FOLDER / "keep_outputs.py")
    keeping = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(keeping)
    before = sorted(FOLDER.iterdir())
    notebook = keeping.run(path, FOLDER)
    assert is_quiet(notebook)
    assert len(list(pictures(notebook))) == len(list(pictures(nbformat.read(path, as_version=4))))
    assert sorted(FOLDER.iterdir()) == before


def test_a_larger_part_is_named_only_where_its_interval_shows_it():
    text = (FOLDER / "07_luck_or_assumption.ipynb").read_text()
    told = re.findall(
        r": (\d+)% assumptions \(± (\d+)%\), \d+% luck\. (The larger part is|Which is larger cannot be told)", text
    )
    assert len(told) == 3
    for share, half, words in told:
        assert (int(half) < abs(int(share) - 50)) == words.startswith("The larger"), share
