"""A few hundred harmed files of every kind: each is taken, or refused in one line that names it. More: `python tests/fuzz`."""

import pytest

from fuzz.kinds import KINDS_OF_FILES

INPUTS = {
    "scenario": 200,
    "study": 80,
    "population": 200,
    "bring": 60,
    "workshop": 60,
    "data": 60,
    "kept": 80,
    "folder": 12,
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS_OF_FILES)
def test_harmed_files_are_taken_or_refused_in_one_line(kind, tmp_path):
    tally = KINDS_OF_FILES[kind](tmp_path, INPUTS[kind], seed=7)
    assert not tally.faults, str(tally)
    assert tally.taken > 0
    assert kind == "folder" or tally.refused > INPUTS[kind] // 2
