"""Opens forged runs, one a line of standard input, and says on standard output what came of each.

In a process of its own: a forged run that ends the interpreter, fills the memory or never ends is then a failed test.
"""

from __future__ import annotations

import json
import sys
import traceback

import numpy as np

from models.haiti.model import HaitiModel
from models.haiti.saving import saving
from models.haiti.saving.saving import _check_sound
from simulation.errors import InputError, NumberError
from simulation.files.checked_text import steering
from simulation.serialise import checkpoint
from support.forgery.forging import forge

READ = checkpoint.read
MOST_MEMORY = 4 << 30  # bytes of address space


def outcome(asked: list | str, read, city, start) -> str:
    """Refused in one line, sound for another day, or what was wrong.

    asked: the path of a file, or (record, attribute, what is done to it, seed) of a forgery of the run that was `read`.
    """
    path = "forged.katye"
    if isinstance(asked, str):
        saving.checkpoint.read, path = READ, asked
    else:
        number, name, what, seed = asked
        forged = forge(read[0], number, name, what, np.random.default_rng(seed))
        saving.checkpoint.read = lambda path: (forged, *read[1:])
    try:
        model = HaitiModel.load(path, city=city, start=start)
    except InputError as error:
        text = str(error)
        return "refused" if "\n" not in text and len(text) < 1000 and steering(text) is None else f"a bad line: {text}"
    try:
        model.run(1)
    except NumberError:  # the day ends in one line that names rule and draw
        return "refused"
    model.summary(), model.verdict(), model.events(), model.recorder.places()
    last = {column: values[-1] for column, values in model.recorder.values.items()}
    broken = [column for column, value in last.items() if isinstance(value, float) and abs(value) > 1e16]
    if broken:
        return f"no sound run: {broken[0]} is {last[broken[0]]}"
    _check_sound(model, saving.own_gang_class(model), "after a day")
    return "sound"


def main(path: str) -> None:
    read = checkpoint.read(path)
    first = HaitiModel.load(path)
    first.run(1)
    first.summary()
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    except (ImportError, ValueError):
        pass  # of systems that know no such limit
    print("ready", flush=True)
    for line in sys.stdin:
        try:
            said = outcome(json.loads(line), read, first.city, first.start)
        except Exception:
            said = traceback.format_exc().replace("\n", " | ")
        print(said, flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
