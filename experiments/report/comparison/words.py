"""A comparison in words: its main table and sentences, for the screen and for its page alike."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from experiments.analysis import paired
from experiments.analysis.compared import Compared
from experiments.analysis.comparison import CHANGE
from experiments.analysis.numbers import TINY, write, write_difference
from experiments.report.common import drawn_from

Rows = tuple[tuple[str, ...], list[tuple[str, ...]]]
"""Header and rows of a table, all text."""
ALIKE = "[the same in all pairs]"
LUCK = "Intervals cover luck only; parameters and mechanisms are uncertain too, and more so."
DRAWN = (
    "Intervals cover luck and, in {}, parameters drawn from {} with it; mechanisms and all other parameters are "
    "uncertain too."
)


def summary_rows(found: Compared) -> Rows:
    """Outcomes down; the reference's mean and its standard error, then each side's difference with its interval."""
    header = (
        "outcome",
        f"{found.reference}, mean ± error",
        *(f"{name} less {found.reference}" for name in found.others),
    )
    rows = []
    for outcome in found.outcomes:
        own = found.runs[found.runs.side == found.reference][outcome.name].to_numpy(float)
        if own.size:
            error = write_difference(paired.standard_error(own), outcome.format, sign=False)
            first = f"{write(float(own.mean()), outcome.format)} ± {error}"
        else:
            first = "no run"
        cells = [gap(found.difference(outcome.name, name), outcome.format) for name in found.others]
        rows.append((outcome.title, first, *cells))
    return header, rows


def gap(row: Mapping[str, Any], format: str) -> str:
    """A difference with its interval and its stars."""
    return f"{write_estimate(row['difference'], row['low'], row['high'], format)}{mark(row)}"


def notes(found: Compared) -> list[str]:
    """How to read the table: pairs, marks, and what many intervals at once mean."""
    lines = [line for name in found.names[1:] if (line := _left_out(found, name))]
    if not found.others:
        return [*lines, "Fewer than two pairs have finished: nothing can be said about differences."]
    rows = found.tables["differences"].to_dict("records")
    count = len(rows)
    chance_hits = count * (1 - paired.LEVEL)
    alike = any(row["difference"] and paired.alike(row["low"], row["high"]) for row in rows)
    return [
        *lines,
        f"Differences: mean over pairs with shared luck [95 % interval, Student's t]. * the interval leaves out 0; ** it "
        f"does so too when all {count} intervals are taken at once (Holm, 5 %). Were nothing different, about "
        f"{chance_hits:.1f} of {count} would still have *."
        + f" What is the same in all pairs has * from {paired.FEWEST_ALIKE} pairs on (sign test)."
        * alike,
        _cover(found),
        *found.family.presentation.notes,
    ]


def _cover(found: Compared) -> str:
    """What is in the intervals."""
    drawn = [name for name in found.names if "uncertainty" in found.setup.get(name, ())]
    if found.card.get("uncertainty") and not drawn:
        drawn = ["all sides"]
    return DRAWN.format(", ".join(drawn), drawn_from(found.card)) if drawn else LUCK


def _left_out(found: Compared, name: str) -> str:
    planned = found.card["replicates"]
    rows = [set(found.runs[found.runs.side == side].replicate) for side in (found.reference, name)]
    left = planned - len(rows[0] & rows[1])
    if left <= 0:
        return ""
    failed = {item["replicate"] for item in found.failures if item["side"] in (found.reference, name)}
    why = [
        f"a run failed in {len(failed)}" if failed else "",
        f"{left - len(failed)} unfinished" * (left > len(failed)),
    ]
    return f"{name}: {left} of {planned} pairs are left out ({', '.join(filter(None, why))})."


def why(found: Compared) -> list[str]:
    """A line a side: what sets it apart from the reference, or why nothing in these runs does."""
    lines, reference = [], found.setup.get(found.reference, {})
    for name in found.names[1:]:
        own = found.setup.get(name)
        if own is None:
            continue
        apart = [f"{key} = {value}" for key, value in own.items() if reference.get(key) != value]
        apart += [f"{key} at its default" for key in reference if key not in own]
        same = found.others and all(
            found.difference(item.name, name)["low"] == 0 == found.difference(item.name, name)["high"]
            for item in found.outcomes
            if name in found.others
        )
        if not apart:
            lines.append(f"{name} has the same settings as {found.reference}.")
        elif same and name in found.others:
            late = _later(found, name)
            lines.append(f"{name} gave the same runs as {found.reference}, {late}: {'; '.join(apart)}.")
        else:
            lines.append(f"{name} differs from {found.reference} in: {'; '.join(apart)}.")
    return lines


def _later(found: Compared, name: str) -> str:
    """Why settings that differ left no trace."""
    dates = [date for side, date, _ in found.dated if side == name]
    if dates and min(dates) > found.last_date:
        return f"as what sets it apart comes after their last day ({found.last_date}; the first is of {min(dates)})"
    return "as nothing that sets it apart came to act in these days"


def decomposition_sentences(found: Compared) -> list[str]:
    """For every side where less (or more) of the product comes from, part by part."""
    product, lines = found.family.product, []
    if not len(found.tables["decomposition"]):
        return []
    what = found.family.outcomes[product.outcome].title.lower()
    for name in found.others:
        parts = found.parts(name)
        change = parts[CHANGE]["mean"]
        words = [f"{write_difference(parts[part.name]['mean'], 'count')} from {part.title}" for part in product.parts]
        if abs(change) < TINY:  # products of the factors: their difference may be a rounding error
            same = all(abs(parts[part.name]["mean"]) < TINY for part in product.parts)
            split = "" if same else f", with {', '.join(words)}"
            lines.append(f"{name}: as many {what} as in {found.reference}{split}.")
            continue
        more = "more" if change > 0 else "fewer"
        amount = write_difference(abs(change), "count", sign=False)
        interval = write_interval(parts[CHANGE]["low"], parts[CHANGE]["high"], "count")
        lines.append(f"{name}: {amount} {more} {what} than in {found.reference} {interval}; of it {', '.join(words)}.")
    return lines


def price_sentences(found: Compared) -> list[str]:
    """Never a gain alone: what it cost, and what harm stands beside it."""
    told, lines = found.family.price, []
    for row in found.tables["prices"].to_dict("records"):
        gained = write_estimate(row["gain"], row["gain_low"], row["gain_high"], "count")
        start = f"{row['side']}: {gained} {told.gain_title} against {found.reference}; "
        if math.isnan(row["price"]):
            lines.append(start + "no protection gained, so it has no price.")
        elif math.isinf(row["price_high"]):
            lines.append(start + "the gain may be nothing, so no price can be told.")
        else:
            lines.append(f"{start}{price(row)} each; {harm(row)} {told.harm_title}.")
    return lines


def price(row: Mapping[str, float]) -> str:
    """US$ for one unit of the gain, or that nothing was gained, or nothing that can be told."""
    return _ratio(row, "price", lambda value: f"US$\u00a0{write(value, 'usd')}")


def harm(row: Mapping[str, float]) -> str:
    """Harm beside the gain, or the same words."""
    return _ratio(row, "harm", lambda value: f"{value:.2g}")


def mark(row: Mapping[str, Any]) -> str:
    """* where the interval leaves out 0, ** where it also does with all intervals of the comparison at once."""
    if not paired.excludes_zero(row):
        return ""
    return " **" if row["p_holm"] < 1 - paired.LEVEL else " *"


def write_estimate(value: float, low: float, high: float, format: str) -> str:
    """A value with its interval, both in the digits of the largest."""
    beside = max((abs(number) for number in (value, low, high) if math.isfinite(number)), default=0.0)
    return f"{write_difference(value, format, beside=beside)} {write_interval(low, high, format, beside)}"


def write_interval(low: float, high: float, format: str, beside: float = 0.0) -> str:
    """[low, high]; without end where the pairs are too few for one, of no width where all are alike."""
    if math.isinf(low) and math.isinf(high):
        return "[too few pairs]"
    if paired.alike(low, high):
        return ALIKE
    beside = max(beside, abs(low), abs(high))
    return f"[{write_difference(low, format, beside=beside)}, {write_difference(high, format, beside=beside)}]"


def _ratio(row: Mapping[str, float], name: str, written: Callable[[float], str]) -> str:
    value, low, high = (row[column] for column in (name, f"{name}_low", f"{name}_high"))
    if math.isnan(value):
        return "no protection gained"
    if math.isinf(high):
        return "the gain may be nothing"
    return f"{written(value)} {f'[{written(low)}, {written(high)}]' if not paired.alike(low, high) else ALIKE}"
