"""Kept runs that somebody or something has damaged, or that a stranger forged so that the digest fits."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from random import Random
from typing import Any

from support.forgery import forging
from support.forgery.opening import Worker, busy_run, kept

from fuzz.judging import Tally, count
from fuzz.mutation import ATOMS_OF_JSON, at, damaged_bytes, flattened

FINITE = tuple(atom for atom in ATOMS_OF_JSON if "Infinity" not in json.dumps(atom) and "NaN" not in json.dumps(atom))
"""What a header may hold, whose digest nobody can make for other numbers."""


def kept_runs(folder: Path, inputs: int, seed: int = 1) -> Tally:
    """In turn: an attribute forged, a record or the header forged, other bytes. Each is opened and lives another day."""
    whole, tally = kept(busy_run(), folder / "whole.katye"), Tally()
    saved, worker = whole.read_bytes(), Worker(whole)
    fields = forging.fields(worker.taken)
    try:
        for number in range(inputs):
            luck = Random(f"kept {seed} {number}")
            if number % 4 < 2:
                field = luck.choice(fields)
                what = luck.choice(list(forging.forgeries(worker.taken, *field)))
                said = worker.opened(*field, what, number)
                count(tally, said, f"kept {seed} {number} ({forging.name_of(worker.taken, *field)}: {what})")
                continue
            if number % 4 == 2:
                path = forging.forge_file(saved, folder, lambda header, records: _forge(header, records, luck))  # noqa: B023
            else:
                path = folder / "damaged.katye"
                path.write_bytes(damaged_bytes(saved, luck))
            count(tally, worker.opened_file(path), f"kept {seed} {number}")
    finally:
        worker.close()
    return tally


def _forge(header: dict[str, Any], records: list[Any], luck: Random) -> None:
    """One to three values of the header, or of any record, are others or gone."""
    for _ in range(luck.choice((1, 1, 3))):
        tree: Any = header if luck.random() < 0.4 else luck.choice(records)
        places = flattened(tree)
        if not places:
            continue
        where = luck.choice(places)
        parent, how = at(tree, where[:-1]), luck.randrange(5)
        if how == 0:
            del parent[where[-1]]
        elif how == 1:
            parent[where[-1]] = copy.deepcopy(at(tree, luck.choice(places)))
        else:
            parent[where[-1]] = copy.deepcopy(luck.choice(FINITE if tree is header else ATOMS_OF_JSON))
