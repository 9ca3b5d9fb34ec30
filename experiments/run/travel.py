"""What a study needs and a worker does not have of itself: what this process has added to a model, which must travel.

A worker imports the program afresh. What is brought is named by text and imported there; what a script has added to the
registers of a model is sent along. Code that stands in the script itself cannot be imported anywhere else.
"""

from __future__ import annotations

import pickle
import pickletools
from collections.abc import Callable
from typing import Any

from simulation.errors import InputError
from simulation.port.family import find_family
from simulation.port.plugins import Brought

SCRIPT = "__main__"
HINT = 'Put it into a file of its own and name it under [bring], as metrics = ["mine.py:NAME"]; or take one worker'


def packed(model: str, brought: Brought) -> bytes:
    """What workers need, for `unpacked`. InputError for what has no name that a worker could import."""
    for spec in (model, *brought.specs()):
        if spec.partition(":")[0] == SCRIPT:
            raise InputError(
                f"{spec} stands in the script that was started, and no worker can import it", "workers", HINT
            )
    family = find_family(model)  # what is brought beside it has been imported by its name
    return pickle.dumps(
        [(word, name, _entry(word, name, one)) for r in family.registers for word, name, one in r.added()]
    )


def _entry(word: str, name: str, entry: Any) -> bytes:
    try:
        content = pickle.dumps(entry)
        if any(argument == SCRIPT for _, argument, _ in pickletools.genops(content)):
            raise pickle.PicklingError("it stands in the script that was started")
    except Exception as error:  # whatever somebody's object does
        what = f"the {word} {name} was added by this process and cannot be sent to a worker ({error})"
        raise InputError(what, "workers", HINT) from None
    return content


def unpacked(model: str, content: bytes, function: Callable[[Any], Any], task: Any) -> Any:
    """In a worker: `function(task)`, once the worker has what was packed."""
    tables = {word: registers for registers in find_family(model).registers for word in registers.tables}
    for word, name, entry in pickle.loads(content):
        tables[word].add(word, name, pickle.loads(entry))
    return function(task)
