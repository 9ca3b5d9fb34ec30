"""History matching from the first wave to the posterior: what `katye calibrate` does.

Each wave runs points of the space that is left, learns emulators from them, and leaves out what these find implausible. When
the waves are over, or nothing is left, points are drawn from the last space as the emulators' likelihood has it, and run.
Emulators of these runs say better how likely each of them is; weighted by that over what it was drawn from, they are the
posterior. Everything is kept in one folder, and goes on from there.
"""

from __future__ import annotations

import datetime
import io
import json
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from experiments.analysis.study_results import write_csv
from experiments.calibration import emulator
from experiments.calibration.draws import INTERVALS, check_weights, weigh, weighted_quantile, write_draws
from experiments.calibration.implausibility import Space, Wave, by_runs
from experiments.calibration.plan import Plan
from experiments.calibration.targets import Target, choose_targets
from experiments.calibration.walkers import BLOCK, narrow, settle, spread
from experiments.calibration.waves import Setting, Watch, run_points, scaled
from experiments.study.designs import unit_points
from experiments.study.ready_made import record_of
from simulation.errors import InputError
from simulation.files.atomic import write_whole
from simulation.files.json_file import read_json
from simulation.port.family import find_family
from simulation.port.record import Observation, read_record
from simulation.runs.results import plain

ABOUT, FINAL, WALKED = "calibration.json", "final", "walkers.csv"
WALKERS = 400  # and never fewer than the points of a wave
OWN = 100  # of the last runs that are taken for figures in their turn
UNIFORM = 4000  # points of the priors among which the first wave's space is looked for


@dataclass(frozen=True)
class WaveTold:
    """What a wave came to. table: a row a figure. share: of the priors that is left after it; least: the smallest
    implausibility of any point. empty: nothing is left, and the space stays as it was before."""

    name: str
    points: int
    table: pd.DataFrame
    share: float
    least: float
    empty: bool


@dataclass(frozen=True)
class Calibrated:
    """What came of it. effective: number of even draws that the weights are worth.

    walked: mean standard deviation of the last walkers' coordinates after so many moves, empty where they were not seen to
    move; rested: whether it had stopped growing. own: `check_weights` of the last runs.
    """

    folder: Path
    posterior: Path
    waves: Sequence[WaveTold]
    final: pd.DataFrame
    effective: float
    unit: np.ndarray
    weights: np.ndarray
    walked: pd.Series
    rested: bool
    own: pd.DataFrame

    def of_itself(self) -> list[str]:
        """What it says of its own sample, in sentences: whether walkers came to rest, and what its intervals hold."""
        told = "until they spread no further" if self.rested else "and still spread: its points are too narrow"
        said = [f"The walkers of the last wave moved {self.walked.index[-1]} times, {told}."]
        if len(self.own):
            said.append(
                f"Of {self.own['point'].nunique()} of its runs, taken for the figures in their turn, {inside(self.own)}."
            )
        return said


def inside(table: pd.DataFrame) -> str:
    """How many true values lie in intervals, in words. table: with `in50` and `in90`."""
    parts = (f"{100 * table[name].mean():.0f} % in the {name[2:]} % interval" for name in INTERVALS)
    return f"true values lie {' and '.join(parts)}"


def prepare(
    plan: Plan,
    seed: int = 1,
    cutoff: datetime.date | None = None,
    workers: int | None = None,
    cluster: str | None = None,
    record: Sequence[Observation] | None = None,
) -> Setting:
    """A calibration whose input is checked. InputError as `choose_targets` and the model's `load_case` raise it."""
    emulator.check_installed()
    family = find_family(plan.model)
    case = family.load_case(plan.scenario, overrides=plan.fixed, days=plan.days, weight=plan.weight, start=plan.start)
    if record is None:
        record = read_record(plan.observations, family.daily) if plan.observations else record_of(family)
    sizes = {series: discrepancy.size for series, discrepancy in plan.targets.items()}
    remainders = {series for series, about in plan.targets.items() if about.remainder}
    targets = tuple(choose_targets(record, sizes, case.start, case.days, cutoff, remainders))
    days = max(target.item.rows(case.start)[1] for target in targets)
    return Setting(plan, targets, case.start, days, seed, cutoff, workers, cluster)


def calibrate(
    setting: Setting,
    folder: Path,
    watch: Watch,
    told: Callable[[WaveTold], None] = lambda wave: None,
    first: Path | None = None,
) -> Calibrated:
    """All of it, into a folder that is new or holds a part of the same. `told` hears of every wave when it is done.

    first: where the first wave is kept, which knows no figures, so that several fits may share it; the same folder if None.
    InputError: the folder holds something else. KeyboardInterrupt after Ctrl-C; what has finished is kept.
    """
    _begin(setting, folder)
    plan, waves, stories = setting.plan, [], []
    sample = setting.rng("uniform").random((UNIFORM, len(plan.free)))
    walkers, share, space = max(WALKERS, plan.points), 1.0, Space([], plan.cut)
    for number in range(1, plan.waves + 1):
        name = f"wave-{number}"
        place = first if first and number == 1 else folder
        unit = _points(place, name, partial(_next, setting, number, sample))
        runs = scaled(setting.targets, run_points(setting, name, unit, place, watch))
        wave = learn(setting, unit, runs)
        waves.append(wave)
        left = Space([*space.waves, wave], plan.cut)
        with one_thread():
            found = narrow(sample, left.largest, plan.cut, walkers, setting.rng("walk", number))
        share *= found.share
        story = WaveTold(name, len(unit), figures(wave, runs, plan.cut), share, found.least, found.empty)
        stories.append(story)
        _write_waves(folder, stories)
        told(story)
        if found.empty:
            break
        space, sample = left, found.unit
    last = waves[-1]
    unit = _points(folder, FINAL, partial(_likely, setting, space, last, sample, walkers, folder / WALKED))
    runs = scaled(setting.targets, run_points(setting, FINAL, unit, folder, watch))
    final = learn(setting, unit, runs)
    with one_thread():
        said = final.expected(unit, runs)
        weights, effective = weigh(final, said, runs, last.log_likelihood(unit))
        own = check_weights(final, said, unit, runs, setting.rng("own"), OWN)
    write_csv(own, folder / "own.csv")
    walked = pd.read_csv(folder / WALKED, index_col="moves")
    rested = bool(walked["rested"].all())
    about: dict[str, Any] = {"effective": effective, "waves": len(waves), "share_left": stories[-1].share}
    about |= {
        "space_ended": stories[-1].empty,
        "moves": int(walked.index[-1]),
        "rested": rested,
        "made": datetime.date.today().isoformat(),
    }
    path = write_draws(setting, unit, weights, folder, about)
    table = figures(final, runs, plan.cut, weights)
    write_csv(table, folder / "final.csv")
    return Calibrated(folder, path, stories, table, effective, unit, weights, walked["spread"], rested, own)


def one_thread() -> AbstractContextManager[object]:
    """Meanwhile matrices are multiplied on one thread: they are small, and other processes may want the cores."""
    from threadpoolctl import threadpool_limits

    return threadpool_limits(1)


def learn(setting: Setting, unit: np.ndarray, runs: np.ndarray) -> Wave:
    """What the runs of points say of every target. runs: float64 (points, seeds, targets) on their scales."""
    targets = setting.targets
    with one_thread():
        emulators = [emulator.fit(unit, runs[..., n], target.observed) for n, target in enumerate(targets)]
        return Wave(targets, emulators, setting.plan.missed, emulator.luck_together(runs))


def figures(wave: Wave, runs: np.ndarray, cut: float, weights: np.ndarray | None = None) -> pd.DataFrame:
    """A row a figure: what was published, what runs give, how well it is emulated, how far runs are off.

    observed, median, p05, p95: in the unit of the figure. luck: standard deviation of luck as a part of all that is compared
    with it. nearest: the least implausibility of any run; beyond: share of points beyond the cut. weights: of the points.
    """
    off = by_runs(wave.targets, runs, [one.luck for one in wave.emulators])
    rows = []
    for number, (target, one) in enumerate(zip(wave.targets, wave.emulators, strict=True)):
        values = _unscaled(target, runs[..., number])
        there = np.isfinite(values)
        each = np.broadcast_to((np.ones(len(runs)) if weights is None else weights)[:, None], values.shape)
        ends = (
            [weighted_quantile(values[there], each[there], u) for u in (0.05, 0.5, 0.95)]
            if there.any()
            else [np.nan] * 3
        )
        whole = one.luck + target.variance
        rows.append(
            {
                "figure": target.name,
                "series": target.item.series,
                "date": target.item.end,
                "unit": target.item.unit,
                "observed": target.item.value,
                "sd": target.item.own_sd + target.item.shared_sd,
                "p05": ends[0],
                "median": ends[1],
                "p95": ends[2],
                "r2": one.r2,
                "emulated": one.usable,
                "luck": float(np.sqrt(one.luck / whole)) if whole > 0 else np.nan,
                "nearest": float(off[:, number].min()),
                "beyond": float((off[:, number] > cut).mean()),
            }
        )
    return pd.DataFrame(rows)


def _unscaled(target: Target, values: np.ndarray) -> np.ndarray:
    return np.exp(values) - target.offset if target.counted else values


def _next(setting: Setting, number: int, sample: np.ndarray) -> np.ndarray:
    """The points of a wave: a Latin hypercube over the priors, later some of what is left."""
    points = setting.plan.points
    if number == 1:
        return unit_points("latin-hypercube", len(setting.plan.free), points, setting.seed)
    return spread(sample, points, setting.rng("points", number))


def _likely(setting: Setting, space: Space, last: Wave, sample: np.ndarray, walkers: int, walked: Path) -> np.ndarray:
    """Points of the last space as the emulators' likelihood has them. walked: the file that says how the walkers spread."""
    rng, cut, drawn = setting.rng(FINAL), setting.plan.cut, setting.plan.drawn

    def density(points: np.ndarray) -> np.ndarray:
        left = space.largest(points, cut) <= cut
        found = np.full(len(points), -np.inf)
        found[left] = last.log_likelihood(points[left])
        return found

    with one_thread():
        found = settle(sample, density, max(walkers, drawn), rng)
    moves = BLOCK * (1 + np.arange(len(found.spreads)))
    write_csv(pd.DataFrame({"moves": moves, "spread": found.spreads, "rested": found.rested}), walked)
    return spread(found.unit, drawn, rng)


def _points(folder: Path, name: str, make: Callable[[], np.ndarray]) -> np.ndarray:
    """The points of a wave, kept before it is run: on another machine their last digits might come out otherwise."""
    path = folder / f"{name}.npy"
    if not path.is_file():
        file = io.BytesIO()
        np.save(file, make())
        write_whole(path, file.getvalue())
    try:
        return np.load(path, allow_pickle=False)
    except (OSError, ValueError) as error:
        raise InputError(
            f"is damaged ({error})", str(path), "Delete it with its folder to run that wave again"
        ) from None


def _begin(setting: Setting, folder: Path) -> None:
    """A new folder with what it is of, or the old one if it is of the same."""
    plan = {key: value for key, value in asdict(setting.plan).items() if key not in ("observations", "arms")}
    about = {
        "plan": plan,
        "figures": setting.digest,
        "start": setting.start,
        "days": setting.days,
        "seed": setting.seed,
    }
    about |= {"cutoff": setting.cutoff, "version": version("katye")}
    now = json.loads(json.dumps(_sorted(about), default=plain))
    path = folder / ABOUT
    if path.is_file():
        then = dict(read_json(path, {}))
        changed = [key for key in now if then.get(key) != now[key]]
        changed += [
            f"plan.{k}" for k in now["plan"] if "plan" in changed and then.get("plan", {}).get(k) != now["plan"][k]
        ]
        if changed:
            what = f"it holds another calibration: {', '.join(changed)} differ"
            raise InputError(what, f"output folder {folder}", "Take another folder, or the settings that it began with")
        return
    if folder.exists() and any(folder.iterdir()):
        raise InputError("it exists already and holds no calibration", f"output folder {folder}", "Take another --out")
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(path, json.dumps(now, indent=1).encode())


def _sorted(content: Any) -> Any:
    """Sets as sorted lists, which are the same the next time."""
    if isinstance(content, frozenset | set):
        return sorted(content)
    if isinstance(content, dict):
        return {str(key): _sorted(value) for key, value in content.items()}
    return [_sorted(value) for value in content] if isinstance(content, list | tuple) else content


def _write_waves(folder: Path, stories: Sequence[WaveTold]) -> None:
    tables = [story.table.assign(wave=story.name, share_left=story.share) for story in stories]
    write_csv(pd.concat(tables, ignore_index=True), folder / "waves.csv")
