"""The tables of one force x funding study as the figures and the report take them, and how they are read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from simulation.errors import InputError, unknown_name
from simulation.visualization.maps import Geography, read_polygons

METROPOLITAN_CORE = (
    -72.50,
    -72.15,
    18.46,
    18.70,
)  # west, east, south, north: the outer rural sections are cut off
# Names stand beside the dense quarters, in the bay where there is room, so that they cover few of them.
CAPTIONS = {
    "Cité Soleil": (-72.383, 18.592),
    "Port-au-Prince": (-72.397, 18.567),
    "Carrefour": (-72.437, 18.553),
    "Delmas": (-72.297, 18.549),
    "Tabarre": (-72.252, 18.588),
    "Pétion-Ville": (-72.277, 18.508),
}
CELL = ["authorised_force", "funding_level"]
CEILINGS = ("authorised", "contributors", "beds", "cash")
REQUIRED = ("arm", "authorised_force", "funding_level", "replicate")


@dataclass(frozen=True)
class Replay:
    """One run day by day: daily (a row a date), neighbourhoods (a row a date and place), events, and who it
    is."""

    daily: pd.DataFrame
    neighbourhoods: pd.DataFrame
    events: pd.DataFrame | None = None
    title: str = ""


@dataclass(frozen=True)
class StudyTables:
    """Everything the report is made of. Only `runs` (a row a run) must be there; what is missing is left out.

    `observed` maps an outcome to published figures: columns date and value, or date, low and high (shares
    0-1).
    """

    runs: pd.DataFrame
    curves: pd.DataFrame | None = None
    places: pd.DataFrame | None = None
    replay: Replay | None = None
    observed: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    card: Mapping[str, object] = field(default_factory=dict)
    assumptions: pd.DataFrame | None = None
    geography: Geography | None = None

    def __post_init__(self) -> None:
        for name in REQUIRED:
            if name not in self.runs.columns:
                raise unknown_name("column", name, self.runs.columns, where="runs table")
        if self.runs.empty:
            raise InputError("the study has no run", where="runs table", hint="Run it again, or continue it.")

    def arm(self, name: str) -> pd.DataFrame:
        """The runs of one arm, 'gated' or 'forced'; empty if the study had none."""
        return self.runs[self.runs["arm"] == name]

    @property
    def main_arm(self) -> str:
        """'gated' where it was run, else the arm that was."""
        arms = list(self.runs["arm"].unique())
        return "gated" if "gated" in arms else arms[0]


def read_geography(data: Path) -> Geography:
    """Neighbourhoods, land and names of the capital from the model's data folder, cut to the dense core."""
    shapes = {properties["id"]: shape for properties, shape in read_polygons(data / "neighbourhoods.geojson")}
    about = pd.read_csv(data / "neighbourhoods.csv")
    land = data / "land.geojson"
    return Geography(
        shapes=shapes,
        extent=METROPOLITAN_CORE,
        land=[ring for _, part in read_polygons(land) for ring in part] if land.exists() else [],
        names=dict(zip(about["id"], about["name"])),
        captions=CAPTIONS,
    )


def read_observed(data: Path, start: object = None, end: object = None) -> dict[str, pd.DataFrame]:
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


def read_study_tables(folder: Path, data: Path | None = None) -> StudyTables:
    """The tables a study left in `folder`; with `data` (the model's data folder) also the map and published
    figures.

    Reads runs.parquet, and where they exist curves.parquet, places.parquet, card.json, assumptions.parquet or
    .csv and replay/. Raises InputError if there is no runs.parquet.
    """
    folder = Path(folder)
    if not (folder / "runs.parquet").exists():
        raise InputError("holds no runs.parquet", where=str(folder), hint="Give the folder of a finished study.")
    curves = _optional(folder / "curves.parquet")
    card = folder / "card.json"
    span = (None, None)
    if curves is not None and not curves.empty:
        dates = pd.to_datetime(curves["date"])
        span = (dates.min(), dates.max())
    return StudyTables(
        runs=pd.read_parquet(folder / "runs.parquet"),
        curves=curves,
        places=_optional(folder / "places.parquet"),
        replay=_read_replay(folder / "replay"),
        observed=read_observed(data, *span) if data is not None else {},
        card=json.loads(card.read_text(encoding="utf-8")) if card.exists() else {},
        assumptions=_optional(folder / "assumptions.parquet", folder / "assumptions.csv"),
        geography=read_geography(data) if data is not None else None,
    )


def _optional(*paths: Path) -> pd.DataFrame | None:
    for path in paths:
        if path.exists():
            return pd.read_csv(path) if path.suffix == ".csv" else pd.read_parquet(path)
    return None


def _read_replay(folder: Path) -> Replay | None:
    daily, neighbourhoods = _optional(folder / "daily.parquet"), _optional(folder / "neighbourhoods.parquet")
    if daily is None or neighbourhoods is None:
        return None
    card = folder / "card.json"
    about = json.loads(card.read_text(encoding="utf-8")) if card.exists() else {}
    return Replay(daily, neighbourhoods, _optional(folder / "events.parquet"), replay_title(about))


def replay_title(about: Mapping[str, object]) -> str:
    """Which run this is, in words: force, funding, arm and seed as far as its card tells them."""
    parts = []
    if "authorised_force" in about:
        parts.append(f"{int(about['authorised_force']):,} authorised")
    if "funding_level" in about:
        parts.append(f"funding {100 * float(about['funding_level']):.0f} % of need")
    if about.get("arm") == "forced":
        parts.append("deployment forced to the authorised force")
    if "replicate" in about:
        parts.append(f"replicate {about['replicate']}")
    elif "seed" in about:
        parts.append(f"seed {about['seed']}")
    return f"One run: {', '.join(parts)}" if parts else "One run"
