"""`python tests/fuzz --inputs 10000`: that many harmed files of every kind; says what came of them, 1 if a fault was found."""

import argparse
import sys
import tempfile
import time
from pathlib import Path

sys.path[:0] = [
    str(folder) for folder in Path(__file__).resolve().parents[1:3]
]  # tests for `fuzz`, the checkout for the rest

from fuzz.kinds import KINDS_OF_FILES  # noqa: E402


def main(arguments: list[str]) -> int:
    """Exit status: 0 where every input was taken or refused in one line."""
    asked = argparse.ArgumentParser(prog="python tests/fuzz", description=__doc__)
    asked.add_argument("--inputs", type=int, default=1000)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--kind", choices=KINDS_OF_FILES, action="append")
    given = asked.parse_args(arguments)
    faults = 0
    for kind in given.kind or KINDS_OF_FILES:
        with tempfile.TemporaryDirectory() as folder:
            began = time.monotonic()
            tally = KINDS_OF_FILES[kind](Path(folder), given.inputs, given.seed)
            print(f"{kind}, {time.monotonic() - began:.0f} s: {tally}", flush=True)
            faults += tally.faults.total()
    return int(faults > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
