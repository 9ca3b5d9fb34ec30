"""What a sensitivity analysis says, in tables and sentences, and above all where its sample is too small to say it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from experiments.analysis.numbers import write, write_difference
from experiments.analysis.sensitivity import DUMMY, POLICY, Finding
from experiments.analysis.variance_components import FEW_SEEDS

Rows = tuple[tuple[str, ...], list[tuple[str, ...]]]
"""Header and rows of a table, all text."""
WIDE = 0.1  # half width of a total index beyond which a ranking is a guess
NAMED = 4  # parameters that a sentence names
STEADY = 0.9  # part of the effects' size that their mean must have to have one direction
VARIED = {"policy": "policy (chosen)", "parameters": "parameters (not known)", "mixed": "policy and parameters"}
"""What the points of a study differ in, by `Finding.varied`."""
LUCK_WITH = {"policy": "luck with policy", "parameters": "luck with parameters", "mixed": "luck with both"}
NOTICED = 0.02  # a total index of luck alone that is worth a sentence


def title(finding: Finding) -> str:
    return f"{finding.sample.outcome.title}, {finding.sample.of}"


def index_rows(finding: Finding) -> Rows:
    """The indices of one quantity, the strongest parameter first."""
    if finding.indices and "ST" in finding.indices[0]:
        header = ("parameter", "kind", "alone (S1)", "with others (ST)", "alone, of all variance", "told from luck")
        ordered = sorted(finding.indices, key=lambda row: -row["ST"])
        return header, [_sobol_row(row) for row in ordered]
    format = finding.sample.outcome.format
    header = ("parameter", "kind", "effect of its range (mu*)", "direction (mu)", "unevenness (sigma)", "survives")
    ordered = sorted(finding.indices, key=lambda row: -row["mu_star"])
    return header, [_morris_row(row, format) for row in ordered]


def _sobol_row(row: Mapping[str, Any]) -> tuple[str, ...]:
    alone = f"{row['S1']:.2f} ± {row['S1_conf']:.2f}".replace("-", "−")
    total = f"{row['ST']:.2f} ± {row['ST_conf']:.2f}".replace("-", "−")
    of_all = "–" if math.isnan(row["of_all"]) else f"{100 * max(row['of_all'], 0.0):.0f}\u00a0%"
    return row["parameter"], row.get("kind") or "–", alone, total, of_all, _yes(row["told"])


def _morris_row(row: Mapping[str, Any], format: str) -> tuple[str, ...]:
    star = write_difference(row["mu_star"], format, sign=False)
    width = write_difference(row["mu_star_conf"], format, sign=False, beside=row["mu_star"])
    mean = write_difference(row["mu"], format, beside=row["mu_star"])
    sigma = write_difference(row["sigma"], format, sign=False, beside=row["mu_star"])
    survives = "–" if row["parameter"] == DUMMY or row["survives"] is None else _yes(row["survives"])
    return row["parameter"], row.get("kind") or "–", f"{star} ± {width}", mean, sigma, survives


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def index_sentence(rows: Sequence[Mapping[str, Any]], format: str) -> str:
    """Which parameters decide one quantity, the strongest first, as far as they can be told from luck."""
    real = [row for row in rows if row["parameter"] != DUMMY]
    sobol = "ST" in real[0]
    told = [row for row in real if row["told" if sobol else "survives"] is True]
    if not told:
        return f"None of its {len(real)} parameters can be told from luck."
    told.sort(key=lambda row: -row["ST" if sobol else "mu_star"])
    named = ", ".join(_explained(row) if sobol else _moved(row, format) for row in told[:NAMED])
    what = "shares of the variance, interactions included" if sobol else "effects of a whole range"
    stand = "stands" if len(told) == 1 else "stand"
    return f"{len(told)} of {len(real)} parameters {stand} above luck. The largest {what}: {named}."


def _explained(row: Mapping[str, Any]) -> str:
    return f"{row['parameter']} ({_kind(row)}{100 * row['ST']:.0f}\u00a0% ± {100 * row['ST_conf']:.0f})"


def _kind(row: Mapping[str, Any]) -> str:
    """That somebody chooses it, where it is no parameter that could be learnt."""
    return "policy; " if row.get("kind") == POLICY else ""


def _moved(row: Mapping[str, Any], format: str) -> str:
    star = write_difference(row["mu_star"], format, sign=False)
    unit = " points" if format == "share" else ""
    steady = abs(row["mu"]) >= STEADY * row["mu_star"]
    return f"{row['parameter']} ({_kind(row)}{star}{unit}, {('up' if row['mu'] > 0 else 'down') if steady else 'either way'})"


def split_rows(findings: Sequence[Finding]) -> Rows:
    """Where the variance of every quantity comes from. Where policy and parameters vary, how their part divides, if known."""
    varied = findings[0].varied
    header = ["outcome", "mean", VARIED[varied], "luck alone", LUCK_WITH[varied]]
    divided = any(finding.parts for finding in findings)
    if divided:
        header += ["of it policy (chosen)", "of it parameters (not known)", "of it only together"]
    rows = []
    for finding in findings:
        split, sample = finding.split, finding.sample
        writer = write_difference if " less " in sample.of else write
        mean = writer(float(sample.values.mean()), sample.outcome.format)
        cells = [_share(split.shares[part], split.half_widths[part]) for part in split.shares]
        if divided:
            whole = split.shares["parameters"]
            parts = finding.parts or dict.fromkeys(("policy", "parameters", "together"), math.nan)
            cells += [_share(whole * part, math.nan) for part in parts.values()]
        rows.append((title(finding), mean, *cells))
    return tuple(header), rows


def _share(share: float, half_width: float) -> str:
    if math.isnan(share):
        return "–"
    text = f"{100 * share:.0f}\u00a0%"
    return text if math.isnan(half_width) else f"{text} ± {100 * half_width:.0f}"


def notes(findings: Sequence[Finding]) -> list[str]:
    """What must be said beside the tables: what is missing, and which figures the sample is too small for."""
    lines = [*_missing(findings), *_luck_notes(findings)]
    for finding in findings:
        if finding.sample.constant:
            lines.append(f"{title(finding)}: no parameter changes it, so there is nothing to rank.")
        elif finding.indices and "ST" in finding.indices[0]:
            lines += [f"{title(finding)}: {line}" for line in sobol_warnings(finding.indices)]
        elif finding.indices:
            lines += [f"{title(finding)}: {line}" for line in morris_warnings(finding.indices)]
    return lines


def _missing(findings: Sequence[Finding]) -> list[str]:
    lines = []
    for finding in findings:
        blocks, replicates = finding.sample.planned
        split = finding.split
        if (split.blocks, split.replicates) != (blocks, replicates):
            lines.append(
                f"{title(finding)}: {split.blocks} of {blocks} blocks of points and {split.replicates} of {replicates} "
                "replicates are complete; the others are left out."
            )
    return lines


def _luck_notes(findings: Sequence[Finding]) -> list[str]:
    replicates = min(finding.split.replicates for finding in findings)
    alone = [title(finding) for finding in findings if finding.split.replicates == 1]
    lines = []
    if alone:
        lines.append(
            f"{'' if len(alone) == len(findings) else '; '.join(alone) + ': '}One replicate: all points share one seed, "
            "so luck cannot be told from parameters, there is no dummy to "
            "screen by, and everything holds for this seed alone. Take two replicates or more."
        )
    elif replicates == 2:
        lines.append("Two replicates: the shares of variance have no interval. Take three or more.")
    elif replicates < FEW_SEEDS:
        lines.append(
            f"{replicates} replicates are few for the shares of variance: in trials their 95 % intervals held the true share "
            f"of luck in about 80 % of cases with three, and 90 % with {FEW_SEEDS}."
        )
    for finding in findings:
        if finding.split.clipped:
            parts = " and ".join(finding.split.clipped)
            lines.append(f"{title(finding)}: the estimated variance of {parts} is below 0 and is taken as 0.")
    return lines


def sobol_warnings(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Sentences on a Sobol sample that is too small for what it shows; none if it is not."""
    lines = []
    total = sum(row["S1"] for row in rows)
    error = math.sqrt(sum(row["S1_conf"] ** 2 for row in rows))
    if total - error > 1:
        lines.append(f"first-order indices add up to {total:.2f}, more than 1 can hold: the sample is too small.")
    first = max(rows, key=lambda row: row["ST"])
    if 2 * first["ST_conf"] > first["ST"]:
        lines.append(
            f"the interval of the largest total index ({first['parameter']}, {first['ST']:.2f} ± {first['ST_conf']:.2f}) "
            "is wider than the index: the sample is too small."
        )
    elif wide := [row["parameter"] for row in rows if row["ST_conf"] > WIDE]:
        lines.append(
            f"total indices are known no better than ± {WIDE:g} for {', '.join(wide)}: read no ranks from them."
        )
    for row in rows:
        if row["S1"] - row["S1_conf"] > row["ST"] + row["ST_conf"]:
            lines.append(f"{row['parameter']} alone seems to do more than with others: the sample is too small.")
    if unknown := [row["parameter"] for row in rows if not row["told"]]:
        lines.append(f"cannot be told from no influence: {', '.join(unknown)}.")
    if rows[0]["luck"] > NOTICED:
        lines.append(
            f"luck left in the means gives even a parameter without influence a total index of {rows[0]['luck']:.2f}; "
            "more replicates lower it."
        )
    return lines


def morris_warnings(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Sentences on a Morris screening that is too small or is drowned by luck."""
    lines = []
    real = [row for row in rows if row["parameter"] != DUMMY]
    first = max(real, key=lambda row: row["mu_star"])
    if 2 * first["mu_star_conf"] > first["mu_star"]:
        lines.append(
            f"the interval of the largest effect ({first['parameter']}) is wider than it: too few trajectories."
        )
    if first["survives"] is False and not any(row["survives"] for row in real):
        lines.append("no effect stands out from luck: take more replicates, or more trajectories.")
    return lines


READING = {
    "sobol": (
        "S1: share of the variance of means over seeds that a parameter explains alone; ST: together with others. "
        "± 95 % by SALib's bootstrap. S1 and ST are of parameters within the ranges of the study, no wider."
    ),
    "morris": (
        "mu*: mean size of the change over a parameter's whole range, ± 95 % by SALib's bootstrap; mu: the same with its "
        "sign; sigma: how much it differs from place to place (curves, interactions). A parameter survives where the "
        "interval of mu* lies above that of the dummy, which changes nothing but the luck of a run; for lists and few whole "
        "numbers, whose steps are other parts of their range, the dummy is taken over the same steps (luck in sensitivity.csv)."
    ),
}
SPLIT_READING = "Shares of the variance over points and seeds (law of total variance; ± 95 % by jackknife)."
VARIED_READING = {
    "policy": "Policy: what somebody chooses, over the levels of the study; no research narrows it.",
    "parameters": "Parameters: what could be learnt.",
    "mixed": (
        "Policy and parameters: what somebody chooses and what could be learnt, together; a factorial or Sobol design tells "
        "them apart."
    ),
}
LUCK_READING = "Luck: what two runs of the same settings differ by, alone or more so at some points than at others."


def split_reading(findings: Sequence[Finding]) -> str:
    """How to read the shares of the variance, by what varies."""
    return f"{SPLIT_READING} {VARIED_READING[findings[0].varied]} {LUCK_READING}"


SCREENING_SPLIT = (
    "The points of a screening stand at four levels from end to end, so parameters have more variance here than over values "
    "spread as in their range or prior: 5/3 of it where effects are straight and ranges even, several times where a prior has "
    "tails. For shares that mean something take a latin-hypercube or sobol design."
)
DRAWN = (
    "Parameters that were not varied were drawn from {}, one draw a replicate: what these tables call luck "
    "contains them."
)
