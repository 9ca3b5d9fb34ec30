"""Two short runs whose every figure is kept in `golden/`, and how a run is boiled down to text and digests.

Run as a file, it writes the kept figures anew (`python tests/support/kept_runs.py`): only when a change of the science
is meant. With `digest METHOD` it prints the digest of a run here and in two processes started that way.
"""

from __future__ import annotations

import hashlib
import io
import json
import multiprocessing
import sys
from pathlib import Path

import numpy as np
import pandas as pd

from models.haiti.model import HaitiModel
from models.haiti.scenario.scenario import load_case

FOLDER = Path(__file__).with_name("golden")
# People go home sooner than by default, so that sixty days hold returns as well.
CASES = {
    "baseline": {},
    "forced": {"deployment.forced": True, "displaced.return_days": 10, "displaced.return_rate": 0.02},
}
WEIGHT, DAYS, SEED = 200, 60, 7
WHOLE = ("home", "place", "people", "wealth", "status", "moves", "tie", "since", "destroyed")


def kept_run(name: str, **options) -> HaitiModel:
    """One of the kept runs; `options` go to the model."""
    return HaitiModel(load_case(overrides=CASES[name], weight=WEIGHT), run_seed=SEED, **options).run(DAYS)


def daily_text(model: HaitiModel) -> str:
    """The daily table as CSV; floats in the shortest form that gives them back to the last bit."""
    return model.recorder.daily().to_csv(index=False, lineterminator="\n")


def read_daily(text: str) -> pd.DataFrame:
    return pd.read_csv(io.StringIO(text))


def households(model: HaitiModel) -> dict[str, str | float]:
    """The last day's households: a digest of every column of whole numbers, and sums of those of real numbers."""
    people = model.population
    found = {name: _digest(getattr(people, name).astype("<i8").tobytes()) for name in WHOLE}
    fear = people.fear_of(np.arange(people.count, dtype=np.int32))
    return found | {"sum of threshold": float(people.threshold.sum()), "sum of fear": float(fear.sum())}


def run_digest(name: str = "forced", **options) -> str:
    return model_digest(kept_run(name, **options))


def model_digest(model: HaitiModel) -> str:
    """A digest of everything recorded daily and of all households today: the same for the same bits only."""
    return _digest((daily_text(model) + json.dumps(households(model))).encode())


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def write() -> None:
    for name in CASES:
        model = kept_run(name)
        (FOLDER / f"{name}.csv").write_text(daily_text(model), encoding="utf-8")
        text = json.dumps(households(model), indent=2)
        (FOLDER / f"{name}-households.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:2] == ["digest"]:
        with multiprocessing.get_context(sys.argv[2]).Pool(2) as pool:
            print(json.dumps([run_digest(), *pool.map(run_digest, ["forced"] * 2, chunksize=1)]))
    else:
        write()
