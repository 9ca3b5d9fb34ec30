"""The further tables of a comparison's page, as text: price, parts, chances, ranks, precision, and what differs."""

from __future__ import annotations

import math

from experiments.analysis.comparison import PARTS
from experiments.analysis.outcomes import Main, write_difference
from experiments.report.comparison_words import Comparison, Rows, mark, write_estimate, write_interval

FAR = 1e6  # runs that nobody will make


def protection_rows(found: Comparison) -> Rows:
    """Control, price and harm side by side."""
    share = next(item for item in found.outcomes if item.name == "gang_control_population_share")
    header = (
        "scenario", "residents in gang-held areas, difference in points", "person-years outside gang control gained",
        "pairs without gain", "cost of the mission per person-year", "residents killed in operations per 1,000 person-days",
        "residents killed, difference",
    )  # fmt: skip
    rows = []
    for row in found.tables["protection"].to_dict("records"):
        name = row["scenario"]
        years = write_estimate(row["person_years"], row["person_years_low"], row["person_years_high"], "people")
        control = found.gap(found.difference(share.name, name), share.kind)
        killed = found.gap(found.difference("residents_killed", name), "people")
        rows.append(
            (
                name,
                control,
                years,
                f"{row['pairs_without_gain']} of {row['pairs']}",
                found.price(row),
                found.harm(row),
                killed,
            )
        )
    return header, rows


def decomposition_rows(found: Comparison) -> Rows:
    """Parts of the change in residents killed, with intervals."""
    header = ("scenario", "residents killed, difference", *PARTS.values())
    rows = []
    for name in found.others:
        parts = found.parts(name)
        cells = [write_estimate(*(parts[p][k] for k in ("mean", "low", "high")), "people") for p in ("change", *PARTS)]
        rows.append((name, *cells))
    return header, rows


def chance_rows(found: Comparison, outcome: Main) -> Rows:
    """Each scenario against each: share of seeds, with Wilson's interval."""
    table = found.tables["chances"]
    cells = {(row["scenario"], row["against"]): row for row in table[table.outcome == outcome.name].to_dict("records")}

    def cell(one: str, other: str) -> str:
        row = cells.get((one, other))
        if row is None:
            return ""
        text = f"{100 * row['share']:.0f} % [{100 * row['low']:.0f}, {100 * row['high']:.0f}]"
        return text + (f", {row['ties']} ties" if row["ties"] else "")

    names = [name for name in found.names if any(name in key for key in cells)]
    return ("", *(f"beats {name}" for name in names)), [(one, *(cell(one, name) for name in names)) for one in names]


def rank_rows(found: Comparison) -> Rows:
    """Ranks by outcome: by the mean, mean over seeds, and share of seeds in which it is first."""
    table = found.tables["ranks"]
    directed = [item for item in found.outcomes if item.direction and len(table)]
    rows = []
    for name in found.names:
        cells = []
        for item in directed:
            own = table[(table.outcome == item.name) & (table.scenario == name)]
            row = own.iloc[0]
            cells.append(f"{row['rank']} (mean rank {row['mean_rank']:.1f}, first in {100 * row['first']:.0f} %)")
        rows.append((name, *cells))
    return ("scenario", *(item.title for item in directed)), rows if directed else []


def precision_rows(found: Comparison) -> Rows:
    """How well each difference is known, and how many pairs would tell more."""
    header = (
        "outcome", "scenario", "pairs", "difference", "its Monte Carlo error", "interval without assumptions (median)",
        "all at once (Bonferroni)", "variance, paired / unpaired", "precision wanted: pairs", "pairs until 0 is left out",
    )  # fmt: skip
    kinds = {item.name: item for item in found.outcomes}
    rows = []
    for row in found.tables["differences"].to_dict("records"):
        kind = kinds[row["outcome"]].kind
        median = write_estimate(row["median_difference"], row["median_low"], row["median_high"], kind)
        joint = write_interval(row["joint_low"], row["joint_high"], kind)
        wanted = "–"
        if not math.isnan(row["precision"]):
            half = write_difference(row["precision"], kind, sign=False)
            wanted = f"± {half}{' points' if kind == 'share' else ''}: {_count(row['pairs_for_precision'])}"
        rows.append(
            (
                kinds[row["outcome"]].title, row["scenario"], str(row["pairs"]),
                write_difference(row["difference"], kind) + mark(row),
                write_difference(row["error_difference"], kind, sign=False), median, joint,
                "–" if math.isnan(row["variance_ratio"]) else f"{row['variance_ratio']:.2f}",
                wanted, _count(row["pairs_to_exclude_zero"]),
            )
        )  # fmt: skip
    return header, rows


def setup_rows(found: Comparison) -> Rows:
    """What sets the scenarios apart: only rows in which two of them differ."""
    changes = found.card["changes"]
    keys = sorted({key for setup in changes.values() for key in setup})
    differing = [key for key in keys if len({changes[name].get(key) for name in found.names}) > 1]
    rows = [(key, *(changes[name].get(key, "default") for name in found.names)) for key in differing]
    return ("what", *found.names), rows


def _count(runs: float) -> str:
    if math.isnan(runs):
        return "–"
    return "beyond reach" if math.isinf(runs) or runs > FAR else f"{runs:,.0f}"
