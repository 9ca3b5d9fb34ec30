"""The world beyond the city, and the roads and flights that lead there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from simulation.errors import InputError
from simulation.files.tables import check_known, read_table
from simulation.serialise.kept import kept


@kept
@dataclass(frozen=True)
class ExternalPlace:
    """A place beyond the city that people leave for: a department or a part of one, the border, abroad.

    `department_share` is the part of its department's people and displaced that counts here (NaN outside
    Haiti); `population` is None where no figure is published, and `population_basis` says how firm it is.
    """

    id: str
    name: str
    kind: str
    department: str | None
    department_share: float
    population: int | None
    population_basis: str | None


@kept
@dataclass(frozen=True)
class Gateway:
    """A way out: number of the neighbourhood, of the external place, hours and fee of one trip (assumed)."""

    neighbourhood: int
    external: int
    road: str
    hours: float
    fee_usd: float
    status: str


def read_external(folder: Path) -> tuple[ExternalPlace, ...]:
    """The external places of a data folder, sorted by id; raises InputError naming file, row and column."""
    columns = {
        "id": "text",
        "name": "text",
        "kind": "text",
        "department": "text",
        "department_share": "number",
        "population": "integer",
        "population_basis": "text",
    }
    optional = ("department", "department_share", "population", "population_basis")
    path, ranges = folder / "external_places.csv", {"department_share": (0, 1), "population": (0, 1_000_000_000)}
    table = read_table(path, columns, key="id", optional=optional, ranges=ranges).sort_values("id")
    if "abroad" not in set(table.id):
        raise InputError("there is no place 'abroad'", f"{path}, column 'id'", "Who leaves the country goes there")
    records = table.to_dict("records")
    for record in records:
        record["population"] = None if np.isnan(record["population"]) else int(record["population"])
    return tuple(ExternalPlace(**record) for record in records)


def read_gateways(folder: Path, ids: tuple[str, ...], external: tuple[ExternalPlace, ...]) -> tuple[Gateway, ...]:
    """The gateways of a data folder; raises InputError, also for a place that does not exist."""
    path = folder / "gateways.csv"
    columns = {
        "neighbourhood": "text",
        "external": "text",
        "road": "text",
        "hours": "number",
        "fee_usd": "number",
    }
    ranges = {"hours": (0.01, 1000), "fee_usd": (0, 1_000_000)}
    table = read_table(path, {**columns, "status": "text"}, key=("neighbourhood", "external"), ranges=ranges)
    beyond = [one.id for one in external]
    check_known(path, table.neighbourhood, "neighbourhood", ids)
    check_known(path, table.external, "external place", beyond)
    return tuple(
        Gateway(
            ids.index(row.neighbourhood),
            beyond.index(row.external),
            row.road,
            row.hours,
            row.fee_usd,
            row.status,
        )
        for row in table.sort_values(["neighbourhood", "external"]).itertuples()
    )
