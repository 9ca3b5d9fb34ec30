"""How the city is shown: outlines and captions of its map, and the published figures that curves are laid over."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from models.haiti.world.city import DATA, read_outlines
from simulation.files.geojson import read_polygons
from simulation.files.tables import read_table
from simulation.visualization.maps import Geography

METROPOLITAN_CORE = (-72.50, -72.15, 18.46, 18.70)
"""West, east, south, north: the outer rural sections are cut off."""
# Names stand beside the dense quarters, in the bay where there is room, so that they cover few of them.
CAPTIONS = {
    "Cité Soleil": (-72.383, 18.592),
    "Port-au-Prince": (-72.397, 18.567),
    "Carrefour": (-72.437, 18.553),
    "Delmas": (-72.297, 18.549),
    "Tabarre": (-72.252, 18.588),
    "Pétion-Ville": (-72.277, 18.508),
}


def read_geography(data: Path = DATA) -> Geography:
    """Neighbourhoods, land and names of the capital from the data folder, cut to the dense core."""
    about = read_table(data / "neighbourhoods.csv", {"id": "text", "name": "text"}, key="id")
    land = data / "land.geojson"
    return Geography(
        shapes=read_outlines(data / "neighbourhoods.geojson", tuple(about["id"])),
        extent=METROPOLITAN_CORE,
        land=[ring for _, part in read_polygons(land) for ring in part] if land.exists() else [],
        names=dict(zip(about["id"], about["name"])),
        captions=CAPTIONS,
    )


def read_observed(start: object = None, end: object = None, data: Path = DATA) -> dict[str, pd.DataFrame]:
    """Published figures between two dates, each under the outcome it may be laid over.

    Displaced people are those originating from the department of Ouest; the statements on gang control mean
    'controlled or under influence', so they belong to influence, not to the hard label.
    """
    observed: dict[str, pd.DataFrame] = {}
    deployments = pd.read_csv(data / "deployments.csv", parse_dates=["date"])
    strength = deployments.dropna(subset=["mission_strength"]).rename(columns={"mission_strength": "value"})
    observed["deployed_force"] = strength[["date", "value"]]
    stock = pd.read_csv(data / "displacement_stock.csv", parse_dates=["date"])
    stock = stock[(stock["area_kind"] == "origin") & (stock["area"] == "Ouest")]
    observed["displaced_people"] = stock.rename(columns={"people": "value"})[["date", "value"]]
    share = pd.read_csv(data / "gang_control_share.csv", parse_dates=["date"])
    share = share.dropna(subset=["share_low_pct", "share_high_pct"])
    observed["gang_influence_population_share"] = share.assign(
        low=share["share_low_pct"] / 100, high=share["share_high_pct"] / 100
    )[["date", "low", "high"]]
    return {name: _between(table, start, end) for name, table in observed.items()}


def _between(table: pd.DataFrame, start: object, end: object) -> pd.DataFrame:
    table = table.sort_values("date")
    if start is not None:
        table = table[table["date"] >= pd.Timestamp(start)]
    if end is not None:
        table = table[table["date"] <= pd.Timestamp(end)]
    return table.reset_index(drop=True)
