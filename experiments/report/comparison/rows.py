"""The further tables of a comparison's page, as text: price, parts, chances, ranks, precision, and what differs."""

from __future__ import annotations

import math

from experiments.analysis.compared import Compared
from experiments.analysis.comparison import CHANGE
from experiments.analysis.numbers import write_difference
from experiments.report.comparison.words import Rows, gap, harm, mark, price, write_estimate, write_interval
from simulation.port.outcomes import Outcome

FAR = 1e6  # runs that nobody will make


def price_rows(found: Compared) -> Rows:
    """Gain, price and harm side by side, with the outcomes without which none of them is to be read."""
    told = found.family.price
    beside = [found.family.outcomes[name] for name in told.outcomes] if told else []
    header = (
        "side", *(f"{item.title}, difference" for item in beside), f"{told.gain_title} gained", "pairs without gain",
        told.cost_title, told.harm_title,
    ) if told else ()  # fmt: skip
    rows = []
    for row in found.tables["prices"].to_dict("records"):
        name = row["side"]
        gained = write_estimate(row["gain"], row["gain_low"], row["gain_high"], "count")
        cells = [gap(found.difference(item.name, name), item.format) for item in beside]
        rows.append((name, *cells, gained, f"{row['pairs_without_gain']} of {row['pairs']}", price(row), harm(row)))
    return header, rows


def decomposition_rows(found: Compared) -> Rows:
    """Parts of the change in a product, with intervals."""
    product = found.family.product
    if not product or not len(found.tables["decomposition"]):
        return (), []
    title = found.family.outcomes[product.outcome].title
    header = ("side", f"{title}, difference", *(part.title for part in product.parts))
    rows = []
    for name in found.others:
        parts = found.parts(name)
        wanted = (CHANGE, *(part.name for part in product.parts))
        cells = [write_estimate(*(parts[part][k] for k in ("mean", "low", "high")), "count") for part in wanted]
        rows.append((name, *cells))
    return header, rows


def chance_rows(found: Compared, outcome: Outcome) -> Rows:
    """Each scenario against each: share of seeds, with Wilson's interval."""
    table = found.tables["chances"]
    cells = {(row["side"], row["against"]): row for row in table[table.outcome == outcome.name].to_dict("records")}

    def cell(one: str, other: str) -> str:
        row = cells.get((one, other))
        if row is None:
            return ""
        text = f"{100 * row['share']:.0f} % [{100 * row['low']:.0f}, {100 * row['high']:.0f}]"
        return text + (f", {row['ties']} ties" if row["ties"] else "")

    names = [name for name in found.names if any(name in key for key in cells)]
    return ("", *(f"beats {name}" for name in names)), [(one, *(cell(one, name) for name in names)) for one in names]


def rank_rows(found: Compared) -> Rows:
    """Ranks by outcome: by the mean, mean over seeds, and share of seeds in which it is first."""
    table = found.tables["ranks"]
    directed = [item for item in found.outcomes if item.direction and len(table)]
    rows = []
    for name in found.names:
        cells = []
        for item in directed:
            own = table[(table.outcome == item.name) & (table.side == name)]
            row = own.iloc[0]
            cells.append(f"{row['rank']} (mean rank {row['mean_rank']:.1f}, first in {100 * row['first']:.0f} %)")
        rows.append((name, *cells))
    return ("side", *(item.title for item in directed)), rows if directed else []


def precision_rows(found: Compared) -> Rows:
    """How well each difference is known, and how many pairs would tell more."""
    header = (
        "outcome", "side", "pairs", "difference", "its Monte Carlo error", "interval without assumptions (median)",
        "all at once (Bonferroni)", "variance, paired / unpaired", "precision wanted: pairs", "pairs until 0 is left out",
    )  # fmt: skip
    kinds = {item.name: item for item in found.outcomes}
    rows = []
    for row in found.tables["differences"].to_dict("records"):
        kind = kinds[row["outcome"]].format
        median = write_estimate(row["median_difference"], row["median_low"], row["median_high"], kind)
        joint = write_interval(row["joint_low"], row["joint_high"], kind)
        wanted = "–"
        if not math.isnan(row["precision"]):
            half = write_difference(row["precision"], kind, sign=False)
            wanted = f"± {half}{' points' if kind == 'share' else ''}: {_count(row['pairs_for_precision'])}"
        rows.append(
            (
                kinds[row["outcome"]].title, row["side"], str(row["pairs"]),
                write_difference(row["difference"], kind) + mark(row),
                write_difference(row["error_difference"], kind, sign=False), median, joint,
                "–" if math.isnan(row["variance_ratio"]) else f"{row['variance_ratio']:.2f}",
                wanted, _count(row["pairs_to_exclude_zero"]),
            )
        )  # fmt: skip
    return header, rows


def setup_rows(found: Compared) -> Rows:
    """What sets the scenarios apart: only rows in which two of them differ."""
    changes = found.setup
    keys = sorted({key for setup in changes.values() for key in setup})
    differing = [key for key in keys if len({changes.get(name, {}).get(key) for name in found.names}) > 1]
    rows = [(key, *(changes.get(name, {}).get(key, "default") for name in found.names)) for key in differing]
    return ("what", *found.names), rows


def _count(runs: float) -> str:
    if math.isnan(runs):
        return "–"
    return "beyond reach" if math.isinf(runs) or runs > FAR else f"{runs:,.0f}"
