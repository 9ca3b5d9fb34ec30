"""Which places fall, and where people are killed: forecasts of single places against reports that name them.

Asked of the places that nobody is reported to hold at the cut-off: does a later report name it as taken? Said: the share of
draws in which a place that is not held at the cut-off is held at the end of a later month. AUC is the chance that a place that
fell stands before one that did not (.5: no better than luck), Brier the mean squared error of the chance. Beside it stand three
orders that know no mechanism: how often a place was attacked before, how many live in it, how much of what lies next to it is
held. An order is no chance, so its Brier score is that of the base rate, which is what the forecast's has to beat.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping

import numpy as np
import pandas as pd

from simulation.port.place_record import PlaceRecord

FAR = datetime.date.min
ORDERS = ("past attacks", "people", "held beside it")


def rivals(record: PlaceRecord, cutoff: datetime.date) -> dict[str, dict[str, float]]:
    """{name: {place: number}} of the three orders, from what was reported by a day."""
    held = record.held_by(cutoff)
    beside = {place: float(np.mean([one in held for one in near] or [0.0])) for place, near in record.beside.items()}
    attacks = {place: float(count) for place, count in record.attacks(FAR, cutoff).items()}
    return dict(zip(ORDERS, (attacks, dict(record.people), beside), strict=True))


def place_table(
    record: PlaceRecord, months: Mapping[str, pd.DataFrame], cutoff: datetime.date, until: datetime.date
) -> pd.DataFrame:
    """A row a place: what was reported after the cut-off, what every arm says, what the orders say.

    months: {arm: rows with run, month, place, held, killed} of all months. Columns: place, at_risk, fell, attacks, then
    chance_ARM and killed_ARM (mean number of residents killed), then one an order.
    """
    held, taken, attacks = record.held_by(cutoff), record.taken(cutoff, until), record.attacks(cutoff, until)
    table = pd.DataFrame({"place": list(record.places)})
    table["at_risk"] = ~table["place"].isin(held)
    table["fell"] = table["place"].isin(taken)
    table["attacks"] = table["place"].map(attacks)
    for arm, rows in months.items():
        day = pd.to_datetime(rows["month"])
        before = rows[day == day[day <= pd.Timestamp(cutoff)].max()].set_index(["run", "place"])["held"]
        later = rows[(day > pd.Timestamp(cutoff)) & (day <= pd.Timestamp(until))]
        ever = later.groupby(["run", "place"])["held"].max()
        falls = (ever & ~before.reindex(ever.index, fill_value=False)).groupby(level=1).mean()
        killed = later.groupby(["run", "place"])["killed"].sum().groupby(level=1).mean()
        table[f"chance_{arm}"] = table["place"].map(falls).astype(float)
        table[f"killed_{arm}"] = table["place"].map(killed).astype(float)
    for name, order in rivals(record, cutoff).items():
        table[name] = table["place"].map(order)
    return table


def place_scores(table: pd.DataFrame, arms: Mapping[str, object]) -> pd.DataFrame:
    """A row a forecast or order: places, of them fallen, auc, brier; rank correlation with attacks reported later, its p."""
    from scipy.stats import spearmanr
    from sklearn.metrics import brier_score_loss, roc_auc_score

    risk = table[table["at_risk"]]
    fell, rate = risk["fell"].to_numpy(bool), float(risk["fell"].mean())
    forecasts = {arm: (f"chance_{arm}", f"killed_{arm}") for arm in arms}
    orders = {name: (name, name) for name in ORDERS}
    rows = []
    for name, (chance, violence) in (forecasts | orders).items():
        said = risk[chance].to_numpy(float)
        both = 0 < fell.sum() < len(fell)
        found = spearmanr(table[violence], table["attacks"])
        rows.append(
            {
                "forecast": name,
                "places": len(risk),
                "fell": int(fell.sum()),
                "expected": float(said.sum()) if name in forecasts else np.nan,
                "auc": float(roc_auc_score(fell, said)) if both else np.nan,
                "brier": float(brier_score_loss(fell, said if name in forecasts else np.full(len(fell), rate))),
                "violence": float(found.statistic),
                "p": float(found.pvalue),
            }
        )
    return pd.DataFrame(rows)
