"""The synthetic check: figures simulated from known draws are fitted like the published ones, and the draws should come out.

Where nine of ten true values lie in the 90 % interval, the fit says of itself what is true. What it finds for the world is then
still only as good as the model.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from experiments.analysis.study_results import write_csv
from experiments.calibration.calibrate import Calibrated, calibrate
from experiments.calibration.draws import INTERVALS, weighted_quantile
from experiments.calibration.targets import synthetic
from experiments.calibration.waves import Setting, Watch, run_points
from experiments.study.designs import unit_points

TRUTH = "truth"


def check_known(
    setting: Setting, count: int, folder: Path, watch: Watch, told: Callable[[Calibrated], None] = lambda done: None
) -> pd.DataFrame:
    """A row a known draw and free direction: `true`, its posterior, and whether the 50 and the 90 % interval hold it.

    All on the quantiles of the priors, 0 to 1; `spread` is the posterior's standard deviation over the prior's. The fits share
    their first wave. Goes on in a folder that has a part. InputError and KeyboardInterrupt as `calibrate`.
    """
    unit = unit_points("latin-hypercube", len(setting.plan.free), count, int(setting.rng(TRUTH).integers(2**31)))
    folder.mkdir(parents=True, exist_ok=True)
    once = dataclasses.replace(setting, plan=dataclasses.replace(setting.plan, seeds=1))
    values = run_points(once, TRUTH, unit, folder, watch)[:, 0, :]
    rows = []
    for number, (point, seen) in enumerate(zip(unit, values, strict=True)):
        if np.isnan(seen).all():  # its run failed
            continue
        there = np.flatnonzero(np.isfinite(seen))
        kept = [setting.targets[n] for n in there]
        world = synthetic(kept, seen[there], setting.rng("errors", number))
        done = calibrate(
            dataclasses.replace(setting, targets=tuple(world)), folder / f"{TRUTH}-{number + 1}", watch, first=folder
        )
        told(done)
        for place, one in enumerate(setting.plan.free):
            own = done.unit[:, place]
            ends = {name: [weighted_quantile(own, done.weights, u) for u in pair] for name, pair in INTERVALS.items()}
            mean = done.weights @ own
            row = {"draw": number, "free": one.name, "true": point[place], "mean": mean}
            row |= {name: bool(low <= point[place] <= high) for name, (low, high) in ends.items()}
            row |= {"spread": float(np.sqrt(done.weights @ (own - mean) ** 2) * 12**0.5), "effective": done.effective}
            rows.append(row)
    table = pd.DataFrame(rows)
    write_csv(table, folder / "known.csv")
    return table
