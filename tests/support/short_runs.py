"""Short, coarse runs of both models, boiled down to digests of their tables. Run as a file, it prints them as JSON."""

from __future__ import annotations

import hashlib
import json

from models.epstein.family import FAMILY as EPSTEIN
from models.haiti.model import HaitiModel
from models.haiti.scenario.scenario import load_case

DAYS, WEIGHT = 30, 2000
POLICIES = ("POL9", "POL10")


def runs():
    """Name and model of each run, at its end."""
    for seed, name in enumerate(POLICIES):
        case = load_case(name, weight=WEIGHT, uncertainty=seed == 1)
        yield name, HaitiModel(case, run_seed=seed, neighbourhoods=True).run(DAYS)
    yield "epstein", EPSTEIN.create(EPSTEIN.load_case(EPSTEIN.scenarios()[0].name), 3).run(20)


def digests() -> dict[str, str]:
    """A digest of every number that each run records, to the last bit."""
    found = {}
    for name, model in runs():
        tables = [model.recorder.daily().to_csv(), repr(sorted(model.summary().items()))]
        if name in POLICIES:
            tables.append(model.recorder.neighbourhoods().to_csv())
        found[name] = hashlib.sha256("".join(tables).encode()).hexdigest()
    return found


if __name__ == "__main__":
    print(json.dumps(digests()))
