"""Which parameters decide an outcome: Morris screening and Sobol indices of a study's runs, with luck as a yardstick.

Every arm is looked at, and every arm less the first, point by point and seed by seed: a parameter may move an outcome
much and the difference between two policies not at all. Indices come from SALib, of means over seeds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import stats

from experiments.analysis.paired import LEVEL
from experiments.analysis.study_results import StudyResults, varied_levels
from experiments.analysis.variance_components import Split, as_parts, crossed_parts, variance_split
from experiments.study.designs import GRID, SAMPLED, Range, even_points, unit_points
from simulation.errors import InputError
from simulation.parameters import whole_number
from simulation.port.outcomes import Outcome

if TYPE_CHECKING:
    import pandas

RESAMPLES = 500
SEED = 1  # of bootstraps, so that the same runs give the same intervals
POLICY, UNKNOWN = "policy", "not known"  # kinds of what varies: somebody chooses it, or it could be learnt
DUMMY = "dummy (luck alone)"
STEP = GRID / (2 * (GRID - 1))  # of a Morris trajectory, as a part of a parameter's range
FEWEST_BLOCKS = 2


@dataclass(frozen=True)
class Sample:
    """One quantity over a design: `values` float64 (blocks, points of a block, replicates), no NaN.

    of: the arm, or 'B less A'. blocks: complete trajectories (Morris), complete rows of a Sobol sample, else points.
    `kept`: their numbers in the design. `planned`: blocks and replicates that the study has.
    """

    of: str
    outcome: Outcome
    values: np.ndarray
    kept: np.ndarray
    planned: tuple[int, int]

    @property
    def constant(self) -> bool:
        """Whether no parameter changes anything: its mean over seeds is the same at every point."""
        return bool(np.ptp(self.values.mean(axis=2)) == 0)


@dataclass(frozen=True)
class Finding:
    """What one quantity depends on. `indices`: a row a parameter, empty for designs without indices.

    kinds: {what varies: `POLICY` or `UNKNOWN`}. parts: where both vary and the design can tell, how what varies divides into
    policy, parameters and both together (sum 1).
    """

    sample: Sample
    indices: list[dict[str, Any]]
    split: Split
    kinds: Mapping[str, str] = field(default_factory=dict)
    parts: Mapping[str, float] | None = None

    @property
    def varied(self) -> str:
        """What varies: 'policy', 'parameters', or 'mixed'."""
        return varied_kind(self.kinds)


def analyse(studied: StudyResults, outcomes: Sequence[Outcome]) -> list[Finding]:
    """Every outcome in every arm, then every arm less the first.

    InputError: fewer than two complete blocks, or points that are not those of the study's design.
    """
    design, factors = studied.card["design"], studied.factors
    unit = _unit(studied) if design in ("sobol", "morris") else None
    parts = _step_parts(studied, unit) if design == "morris" else None
    findings, kinds = [], kinds_of(studied)
    for sample in samples(studied, outcomes):
        split = variance_split(sample.values)
        if sample.constant or unit is None:
            rows = []
        elif design == "sobol":
            rows = sobol_indices(sample.values, factors, split)
        else:
            rows = morris_effects(sample.values, unit[sample.kept], factors, parts[sample.kept])
        for row in rows:
            row["kind"] = kinds.get(row["parameter"], "")
        findings.append(Finding(sample, rows, split, kinds, _parts_of(studied, sample, rows, kinds)))
    return findings


def kinds_of(studied: StudyResults) -> dict[str, str]:
    """What varies is a lever of policy (status policy, or a scenario), which is chosen, or is not known."""
    status = {row.name: row.status for row in studied.family.parameters().rows()}
    chosen = {name for name, value in status.items() if value == POLICY} | {"scenario"}
    return {name: POLICY if name in chosen else UNKNOWN for name in studied.factors}


def varied_kind(kinds: Mapping[str, str]) -> str:
    """'policy' where all that varies is chosen, 'mixed' where a part of it is, else 'parameters'."""
    found = set(kinds.values())
    return "mixed" if len(found) > 1 else "policy" if found == {POLICY} else "parameters"


def _parts_of(
    studied: StudyResults, sample: Sample, rows: Sequence[Mapping[str, Any]], kinds: Mapping[str, str]
) -> dict[str, float] | None:
    """How what varies divides into policy and parameters: over the cells of a factorial, by first-order Sobol indices."""
    if varied_kind(kinds) != "mixed":
        return None
    if rows and "S1" in rows[0]:
        alone = {kind: sum(max(row["S1"], 0.0) for row in rows if row["kind"] == kind) for kind in (POLICY, UNKNOWN)}
        total = max(1.0, sum(alone.values()))
        return as_parts(
            {"policy": alone[POLICY], "parameters": alone[UNKNOWN], "together": total - sum(alone.values())}
        )
    if studied.card["design"] != "factorial" or len(sample.kept) < sample.planned[0]:
        return None
    points = studied.runs.drop_duplicates("point").sort_values("point")
    names = {kind: [name for name in kinds if kinds[name] == kind] for kind in (POLICY, UNKNOWN)}
    policy, unknown = (points.groupby(names[kind], sort=False).ngroup().to_numpy() for kind in (POLICY, UNKNOWN))
    cells = np.full((policy.max() + 1, unknown.max() + 1, sample.values.shape[2]), np.nan)
    cells[policy, unknown] = sample.values[:, 0]
    return None if np.isnan(cells).any() else crossed_parts(cells)


def usable(studied: StudyResults, outcomes: Sequence[Outcome]) -> tuple[list[Outcome], list[str]]:
    """The outcomes that enough runs have, and why the others are left out, a line each. InputError if none is left."""
    kept, lost = [], []
    for outcome in outcomes:
        try:
            samples(studied, [outcome])
            kept.append(outcome)
        except InputError as error:
            lost.append(error)
    if lost and not kept:
        raise lost[0]
    return kept, [str(error) for error in lost]


def block_size(design: str, factors: int) -> int:
    """Points that are analysed together: a row of a Sobol sample, a trajectory, else each alone."""
    return {"sobol": factors + 2, "morris": factors + 1}.get(design, 1)


def samples(studied: StudyResults, outcomes: Sequence[Outcome]) -> list[Sample]:
    """Every outcome in every arm, then of every arm less the first; see `analyse`."""
    size = block_size(studied.card["design"], len(studied.factors))
    count = _points(studied)
    made = []
    for outcome in outcomes:
        grids = {arm: _grid(studied, arm, outcome.name, count) for arm in studied.arms}
        first, *others = grids
        wanted = grids | {f"{arm} less {first}": grids[arm] - grids[first] for arm in others}
        for of, grid in wanted.items():
            made.append(_complete(of, outcome, grid.reshape(-1, size, grid.shape[1])))
    return sorted(made, key=lambda sample: list(wanted).index(sample.of))


def _points(studied: StudyResults) -> int:
    card, factors = studied.card, len(studied.factors)
    if card["design"] in SAMPLED:
        return card["samples"] * block_size(card["design"], factors)
    return int(studied.runs["point"].max()) + 1


def _grid(studied: StudyResults, arm: str, outcome: str, count: int) -> np.ndarray:
    """float64 (points, replicates) of one arm, NaN where a run has not finished."""
    runs = studied.runs[studied.runs["arm"] == arm]
    grid = np.full((count, studied.card["replicates"]), np.nan)
    grid[runs["point"].to_numpy(), runs["replicate"].to_numpy()] = runs[outcome].to_numpy(float)
    return grid


def _complete(of: str, outcome: Outcome, values: np.ndarray) -> Sample:
    """The blocks of which all runs have finished, in as many of the first replicates as leave the most runs."""
    there = ~np.isnan(values).any(axis=1)  # (blocks, replicates)
    runs = [(k * there[:, :k].all(axis=1).sum(), k) for k in range(1, values.shape[2] + 1)]
    _, replicates = max(runs)
    kept = np.flatnonzero(there[:, :replicates].all(axis=1))
    if len(kept) < FEWEST_BLOCKS:
        what = f"of {of}, {len(kept)} of {len(values)} blocks of points are complete, and {FEWEST_BLOCKS} are needed"
        hint = "Let the study finish first, or take an outcome that every run has"
        if len(values) < FEWEST_BLOCKS:
            what, hint = "all runs of an arm have the same settings", "Take a study in which something varies"
        raise InputError(what, f"outcome {outcome.name}", hint)
    return Sample(of, outcome, values[kept, :, :replicates], kept, (values.shape[0], values.shape[2]))


def _unit(studied: StudyResults) -> np.ndarray:
    """The design in the unit cube, float64 (blocks, points of a block, factors); InputError if the runs have other points."""
    card, levels = studied.card, varied_levels(studied.card)
    unit = unit_points(card["design"], len(levels), card["samples"], card["seed"])
    even = even_points(card["design"], unit, card["samples"], card["seed"])
    first = studied.runs[studied.runs["arm"] == studied.arms[0]].drop_duplicates("point")
    for place, (name, given) in enumerate(levels.items()):
        if isinstance(given, Range):
            values = first[name].to_numpy(float)
            drawn = [given.low + unit[first["point"], place] * (given.high - given.low)]
            if _whole(values):
                low, high = round(given.low), round(given.high)
                # Studies of before have rounded values, which are what they are.
                drawn = [np.round(drawn[0]), [whole_number(u, low, high) for u in even[first["point"], place]]]
            if not any(np.allclose(values, one, atol=1e-6 * (given.high - given.low)) for one in drawn):
                what = f"{name} has other values than this version of SALib draws for the study"
                raise InputError(what, f"folder {studied.folder}", "Analyse it with the versions in its card.json")
    return unit.reshape(card["samples"], -1, len(levels))


def _whole(values: np.ndarray) -> bool:
    """Whether a parameter is in whole numbers."""
    return bool(np.all(values == np.round(values)))


def _step_parts(studied: StudyResults, unit: np.ndarray) -> np.ndarray:
    """What part of its range each step of a screening moves its parameter, float64 (trajectories, factors) in step order.

    `STEP` wherever values follow the sample; other parts for lists and few whole numbers: the step of a list of two goes
    from one end to the other. From one name to another counts as the whole range. Positive where the step goes up. NaN
    where a point has no run yet.
    """
    places, names = unit.copy(), np.zeros(unit.shape[2], bool)
    runs = studied.runs.drop_duplicates("point")
    rows = {row.name: row for row in studied.family.parameters().rows()}
    for k, (name, given) in enumerate(varied_levels(studied.card).items()):
        values, ends = runs[name].tolist(), None
        if isinstance(given, tuple):
            names[k] = any(isinstance(level, bool | str) for level in given)
            values = [given.index(value) for value in values] if names[k] else values
            ends = (0, 1) if names[k] else (min(given), max(given))
        elif isinstance(given, Range):
            ends = (given.low, given.high) if _whole(np.array(values, float)) else None
        elif name in rows:
            ends = rows[name].whole_ends()
        if ends:
            found = np.full(unit.shape[0] * unit.shape[1], np.nan)
            found[runs["point"].to_numpy()] = _between(np.array(values, float), *ends)
            places[:, :, k] = found.reshape(unit.shape[:2])
    moves = np.diff(places, axis=1)
    moves = np.where(names, np.sign(moves), moves) * np.sign(np.diff(unit, axis=1))
    moved = np.abs(np.diff(unit, axis=1)).argmax(axis=2)
    return np.take_along_axis(moves, moved[:, :, None], axis=2)[:, :, 0]


def _between(values: np.ndarray, low: float, high: float) -> np.ndarray:
    """Where values lie between two ends, 0 to 1; 0 where these are equal."""
    return (values - low) / (high - low) if high > low else np.zeros_like(values)


def _problem(names: Sequence[str]) -> dict[str, Any]:
    return {"num_vars": len(names), "names": list(names), "bounds": [[0.0, 1.0]] * len(names)}


def sobol_indices(values: np.ndarray, names: Sequence[str], split: Split) -> list[dict[str, Any]]:
    """First-order and total indices of means over seeds, with half widths of SALib's bootstrap intervals (95 %).

    values: float64 (rows of the sample, factors + 2, replicates). of_all: the first-order part of all variance, luck
    included; NaN with one seed. luck: the total index of a parameter that only deals the luck anew, which means over few
    seeds keep; 0 with one seed, when it cannot be told. told: the interval of the total index lies above that.
    """
    from SALib.analyze import sobol

    found = sobol.analyze(
        _problem(names), values.mean(axis=2).ravel(), calc_second_order=False, num_resamples=RESAMPLES, seed=SEED
    )
    left = split.variances["both"] / split.replicates  # luck in the means that points do not share
    means = split.variances["parameters"] + left
    luck = left / means if means > 0 else 0.0
    rows = []
    for k, name in enumerate(names):
        one, total = float(found["S1"][k]), float(found["ST"][k])
        widths = float(found["S1_conf"][k]), float(found["ST_conf"][k])
        row = {"parameter": name, "S1": one, "S1_conf": widths[0], "ST": total, "ST_conf": widths[1]}
        of_all = one * means / split.total if split.total > 0 else np.nan
        rows.append(row | {"of_all": of_all, "luck": luck, "told": total - widths[1] > luck})
    return rows


def morris_effects(
    values: np.ndarray, unit: np.ndarray, names: Sequence[str], parts: np.ndarray | None = None
) -> list[dict[str, Any]]:
    """Elementary effects of means over seeds, a whole range up: mu, mu_star with half width, sigma; last the dummy.

    values: float64 (trajectories, factors + 1, replicates); unit: float64 (trajectories, factors + 1, factors). parts: what
    part of its range each step moves its parameter (`_step_parts`); all `STEP` unless given. luck: mu_star of the dummy over
    the steps of this parameter. survives: the interval of mu_star lies above the dummy's, both over the same steps; luck is
    NaN and survives None with one seed, when there is no dummy.
    """
    parts = np.full((len(values), len(names)), STEP) if parts is None else parts
    means = values.mean(axis=2)
    # A step is worth a whole range by its own part of it; where it leaves a parameter as it is, it shows nothing.
    scale = np.divide(STEP, parts, out=np.zeros_like(parts), where=parts != 0)
    steps = np.diff(means, axis=1)
    whole = np.concatenate([means[:, :1], means[:, :1] + np.cumsum(steps * scale, axis=1)], axis=1)
    found = _elementary(unit, means, names)
    shown = found if np.allclose(scale, 1, rtol=1e-9) else _elementary(unit, whole, names)
    of_step = np.abs(np.diff(unit, axis=1)).argmax(axis=2)
    dummy = dummy_effect(values)
    rows = []
    for k, name in enumerate(names):
        star, width = float(found["mu_star"][k]), float(found["mu_star_conf"][k])
        survives = None if dummy is None else bool(star - width > dummy["mu_star"] + dummy["mu_star_conf"])
        row = {"parameter": name, "mu": float(shown["mu"][k]), "mu_star": float(shown["mu_star"][k])}
        row |= {"mu_star_conf": float(shown["mu_star_conf"][k]), "sigma": float(shown["sigma"][k])}
        luck = np.nan if dummy is None else dummy["mu_star"] * float(np.abs(scale[of_step == k]).mean())
        rows.append(row | {"luck": luck, "survives": survives})
    return rows if dummy is None else [*rows, dummy]


def _elementary(unit: np.ndarray, means: np.ndarray, names: Sequence[str]) -> dict[str, Any]:
    """SALib's analysis of a screening."""
    from SALib.analyze import morris

    x = unit.reshape(-1, len(names))
    return morris.analyze(_problem(names), x, means.ravel(), num_resamples=RESAMPLES, num_levels=GRID, seed=SEED)


def dummy_effect(values: np.ndarray) -> dict[str, Any] | None:
    """The effect that a parameter without any would show: what luck alone leaves in a step's mean over seeds.

    Every step of a trajectory has a difference a seed. Contrasts of these over seeds that add up to 0 take the effect of
    the step out and leave its noise, as large as in the mean. None with one seed.
    """
    trajectories, _, replicates = values.shape
    if replicates < 2:
        return None
    from scipy.linalg import helmert

    steps = np.diff(values, axis=1)  # (trajectories, factors, replicates)
    noise = steps @ helmert(replicates).T / np.sqrt(replicates) / STEP
    by_trajectory = np.abs(noise).mean(axis=(1, 2))
    picks = np.random.default_rng(SEED).integers(trajectories, size=(RESAMPLES, trajectories))
    width = stats.norm.ppf((1 + LEVEL) / 2) * by_trajectory[picks].mean(axis=1).std(ddof=1)
    about = {"parameter": DUMMY, "mu": 0.0, "mu_star": float(by_trajectory.mean()), "mu_star_conf": float(width)}
    return about | {"sigma": float(noise.std()), "luck": about["mu_star"], "survives": False}


def survivors(findings: Sequence[Finding]) -> list[str]:
    """Parameters that survive the screening in any outcome of any arm or difference, in the order of the design."""
    rows = [row for finding in findings for row in finding.indices]
    kept = {row["parameter"] for row in rows if row.get("survives")}
    return [name for name in dict.fromkeys(row["parameter"] for row in rows) if name in kept]


def index_table(findings: Sequence[Finding]) -> pandas.DataFrame:
    """A row a quantity and parameter: its indices."""
    import pandas

    return pandas.DataFrame([{**_who(finding), **row} for finding in findings for row in finding.indices])


def variance_table(findings: Sequence[Finding]) -> pandas.DataFrame:
    """A row a quantity: variances of parameters, luck and both, their shares and half widths of 95 % intervals.

    varied: what the points differ in: policy, parameters (not known), or mixed; then varied_policy_share and so on divide
    parameters_share between what is chosen, what is not known, and what only both together do, where the design can tell.
    """
    import pandas

    rows = []
    for finding in findings:
        split = finding.split
        row = {**_who(finding), "blocks": split.blocks, "points": split.points, "replicates": split.replicates}
        for part, value in split.variances.items():
            row |= {f"{part}_variance": value, f"{part}_share": split.shares[part]}
            row |= {f"{part}_half_width": split.half_widths[part]}
        row["varied"] = finding.varied
        for part in ("policy", "parameters", "together"):
            share = finding.parts[part] * split.shares["parameters"] if finding.parts else np.nan
            row[f"varied_{part}_share"] = share
        rows.append(row | {"clipped": " ".join(split.clipped)})
    return pandas.DataFrame(rows)


def _who(finding: Finding) -> dict[str, str]:
    return {"of": finding.sample.of, "outcome": finding.sample.outcome.name}
