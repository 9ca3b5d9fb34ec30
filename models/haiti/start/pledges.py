"""What the world has promised the mission: people and money, as published."""

from __future__ import annotations

import datetime
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from simulation.errors import InputError
from simulation.files.tables import check_known, place, read_table
from simulation.serialise.kept import kept

MOST_PERSONNEL = 1_000_000  # of any force, gang or base
RESOLUTION = datetime.date(2023, 10, 2)  # resolution 2699: the mission exists on paper


@kept
@dataclass(frozen=True)
class ContributorRecord:
    """A country that offered personnel; None where it gave no number. A month stands for its 15th."""

    country: str
    personnel: int | None
    pledge_date: datetime.date
    kind: str
    source: str


@kept
@dataclass(frozen=True)
class PledgeRecord:
    """Money promised. `derived`: fitted to published totals; `overlap`: may be part of another record."""

    donor: str
    channel: str
    amount_usd: float
    date: datetime.date
    derived: bool
    overlap: bool
    source: str


@kept
@dataclass(frozen=True)
class ReceiptRecord:
    """Money that had arrived by a date (the arrival itself may be earlier)."""

    donor: str
    channel: str
    amount_usd: float
    by_date: datetime.date
    derived: bool
    source: str


def read_contributors(folder: Path) -> tuple[ContributorRecord, ...]:
    """Offers of personnel, by country; raises InputError naming file, row and column."""
    columns = {"country": "text", "personnel": "integer", "pledge_date": "date_or_month", "kind": "text"}
    path = folder / "contributors.csv"
    ranges = {"personnel": (0, MOST_PERSONNEL)}
    table = read_table(path, {**columns, "source": "text"}, key="country", optional=("personnel",), ranges=ranges)
    return tuple(
        ContributorRecord(row.country, whole(row.personnel), row.pledge_date, row.kind, row.source)
        for row in table.sort_values("country").itertuples()
    )


def read_money(folder: Path) -> tuple[tuple[PledgeRecord, ...], tuple[ReceiptRecord, ...]]:
    """Pledges and receipts, by date. Money that had arrived by the day of its pledge, or that has no such day, was promised
    before: it counts from the donor's receipt before that one in the same channel, or else from the resolution of 2023. Money
    that was held back counts from the day of its release.

    Promises without an amount are in the file but not here, and so are not the later instalments of a pledge
    (rows with a receipt and no amount), except that a receipt nobody had announced counts as a pledge too.
    """
    columns = {
        "donor": "text",
        "channel": "text",
        "amount_usd_million": "number",
        "pledge_date": "date_or_month",
        "released_date": "date",
        "received_usd_million": "number",
        "received_by_date": "date",
        "derived": "flag",
        "overlap": "flag",
        "source": "text",
    }
    optional = ("amount_usd_million", "pledge_date", "released_date", "received_usd_million", "received_by_date")
    path = folder / "pledges.csv"
    ranges = dict.fromkeys(("amount_usd_million", "received_usd_million"), (0, 1_000_000))
    table = read_table(path, columns, optional=optional, ranges=ranges)
    check_known(path, table.channel, "channel", ("trust_fund", "bilateral_in_kind", "bilateral_cash"))
    announced = {(row.donor, row.channel) for row in table.itertuples() if row.amount_usd_million >= 0}
    arrived = defaultdict(list)
    for row in table.itertuples():
        if row.received_usd_million > 0 and row.received_by_date is not None:
            arrived[row.donor, row.channel].append(row.received_by_date)
    pledges, receipts = [], []
    for row in table.itertuples():
        dates = [when for when in (row.pledge_date, row.received_by_date) if when is not None]
        if not dates:
            raise InputError("a pledge needs a date", place(path, row.Index, "pledge_date"))
        promised = row.pledge_date
        if promised is not None and row.released_date is not None:
            promised = max(promised, row.released_date)
        when = row.received_by_date
        if row.received_usd_million > 0 and when is not None and (promised is None or promised >= when):
            before = [earlier for earlier in arrived[row.donor, row.channel] if earlier < when]
            promised = max(before, default=RESOLUTION)
        amount, received = row.amount_usd_million * 1e6, row.received_usd_million * 1e6
        if np.isnan(amount) and (row.donor, row.channel) not in announced:
            amount = received
        if amount > 0:
            pledge = (row.donor, row.channel, amount, promised or dates[0], row.derived, row.overlap, row.source)
            pledges.append(PledgeRecord(*pledge))
        if received > 0:
            receipts.append(ReceiptRecord(row.donor, row.channel, received, dates[-1], row.derived, row.source))
    pledges.sort(key=lambda one: (one.date, one.donor, one.channel))
    receipts.sort(key=lambda one: (one.by_date, one.donor, one.channel))
    return tuple(pledges), tuple(receipts)


def whole(value: float) -> int | None:
    """A number of a column with empty cells: None where it is missing."""
    return None if pd.isna(value) else int(value)
