"""Results by place as a map: GeoJSON and GeoParquet of a run's day, of one run of a study, or of each arm of a study.

GeoParquet is written by hand (version 1.1: a column of WKB and a key `geo` in the file's metadata), so that a map needs no
library that Katye does not have.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.exchange.outlines import Polygon, geojson, polygons_of, wkb
from experiments.run.citation import citation
from experiments.run.codebook import codebook
from experiments.store.load import load_table
from simulation.errors import InputError, UnknownNameError, typed
from simulation.files.atomic import write_atomically, writing
from simulation.port.family import DEFAULT, ModelFamily, find_family
from simulation.runs.results import CAVEAT, PLACE, PLACES_DAILY, Results, plain

if TYPE_CHECKING:
    import pandas

WHEN = ("start", "end")
SUFFIX = {"geojson": "geojson", "geoparquet": "parquet"}
NAMED = "places"  # the table of a study
FOLDER, NAME = "geo", "map"  # a study has a places.parquet of its own


@dataclass(frozen=True)
class PlaceTable:
    """Rows with a column of places, what each column means, and the outline of each place."""

    rows: pandas.DataFrame
    place: str
    meanings: Mapping[str, Mapping[str, str]]
    outlines: Mapping[str, Sequence[Polygon]]
    about: Mapping[str, str]


def export_places(folder: Path, kind: str, out: Path | None, run: int | None = None, day: int | None = None) -> Path:
    """Write the places of a run or a study as `kind`; returns the file, in `out` or else in its `geo/`.

    Of a run: the fields of one day, the last unless `day` says another. Of a study: fields at the start and at the end; of one
    `run`, or summed up over the runs of every cell. InputError for a folder without places, a run or a day that it lacks, a
    model without a map, and an `out` that cannot be made.
    """
    found = place_table(folder, run, day)
    target = out or folder / FOLDER
    with writing(target):
        target.mkdir(parents=True, exist_ok=True)
    path = target / f"{NAME}.{SUFFIX[kind]}"
    with writing(path):
        write_atomically(path, lambda hidden: _WRITE[kind](found, hidden))
    return path


def place_table(folder: Path, run: int | None = None, day: int | None = None) -> PlaceTable:
    """What `export_places` writes."""
    results = Results(folder)
    family = find_family(results.card.get("model") or DEFAULT)
    if family.presentation.geography is None:
        raise InputError(f"the model {family.name} has no map", f"folder {folder}", "Its tables are had as csv")
    whole = "runs" not in results.names() and not (folder / "store").is_dir()
    if whole and run is not None:
        raise InputError("it is the folder of one run", "--run", "Leave it out")
    if not whole and day is not None:
        hint = f"A single run has every day: {typed('katye', 'status', folder, '--run', 0)} says how to repeat one"
        raise InputError("a study keeps places on the first and the last day only", "--day", hint)
    rows, table = (_day(results, day), PLACES_DAILY) if whole else (_of_study(folder, family, run), NAMED)
    place = next((name for name in PLACE if name in rows), None)
    if place is None:
        raise InputError("its tables name no places", f"folder {folder}")
    geography = family.presentation.geography()
    shapes = {name: polygons_of(geography.shapes[name]) for name in geography.shapes}
    unknown = sorted(set(rows[place]) - set(shapes))
    if unknown:
        what = f"the model's map has no place {unknown[0]}" + (f", nor {len(unknown) - 1} more" if unknown[1:] else "")
        raise InputError(what, f"folder {folder}", "Runs on a map of one's own have none of its outlines")
    at = list(rows.columns).index(place) + 1
    rows.insert(at, "name", [geography.names.get(one, one) for one in rows[place]])
    book = codebook(family, table)
    about = {"caveat": CAVEAT, "cite": results.card.get("cite") or citation(results.card)}
    if family.presentation.sources:
        about["sources"] = family.presentation.sources
    meanings = {column: _meaning(column, book) for column in rows if _meaning(column, book)}
    return PlaceTable(rows, place, meanings, shapes, about)


def _day(results: Results, day: int | None) -> pandas.DataFrame:
    """The places of one day of a run."""
    if PLACES_DAILY not in results.names():
        raise InputError("days of places were not kept", f"folder {results.folder}")
    table = results.places_daily()
    if not len(table):
        raise InputError("this model records no places", f"folder {results.folder}")
    last = int(table["day"].max())
    wanted = last if day is None else day
    found = table[table["day"] == wanted].reset_index(drop=True)
    if not len(found):
        raise InputError(f"the run has no day {wanted}", "--day", f"It can be {int(table['day'].min())} to {last}")
    return found


def _of_study(folder: Path, family: ModelFamily, run: int | None) -> pandas.DataFrame:
    """Places of one run of a study, or means and shares over the runs of every cell."""
    try:
        table = load_table(folder, NAMED)
    except UnknownNameError:
        raise InputError("its runs kept no places", f"folder {folder}", "Its tables are had as csv") from None
    if run is not None:
        found = table[table["run"] == run].reset_index(drop=True)
        if not len(found):
            runs = sorted(set(table["run"]))
            raise InputError(
                f"no run {run} has finished", "--run", f"Finished are {runs[0]} to {runs[-1]}, {len(runs)} in all"
            )
        return found
    place = next(name for name in PLACE if name in table)
    fields = [f"{field}_{when}" for field in family.place_fields for when in WHEN if f"{field}_{when}" in table]
    design = [name for name in table if name not in (*fields, place, "run", "replicate")]
    return _summed_up(table, [*design, place], fields)


def _summed_up(table: pandas.DataFrame, by: list[str], fields: list[str]) -> pandas.DataFrame:
    """A row a cell and place: the number of runs, means of numbers, and of words the share of runs that have each."""
    from pandas.api.types import is_numeric_dtype

    grouped = table.groupby(by, sort=False, dropna=False, observed=True)
    found = grouped.size().rename("runs").to_frame()
    for name in fields:
        if is_numeric_dtype(table[name]):
            found[name] = grouped[name].mean()
            continue
        field, _, when = name.rpartition("_")
        for value in sorted(table[name].dropna().unique()):
            shares = (table[name] == value).groupby([table[key] for key in by], sort=False, dropna=False).mean()
            found[f"{field}_{value}_{when}"] = shares
    return found.reset_index()


def _meaning(column: str, book: Mapping[str, Any]) -> dict[str, str]:
    """Unit and meaning of a column; of a share over runs those of what it is of."""
    if column == "name":
        return {"unit": "name", "meaning": "what people call the place"}
    if column in book:
        return {"unit": book[column].unit, "meaning": book[column].meaning}
    if column == "runs":
        return {"unit": "runs", "meaning": "runs that numbers are means of and shares are parts of"}
    first, _, when = column.rpartition("_")
    field, _, value = first.rpartition("_")
    if when in WHEN and (about := book.get(f"{field}_{when}")):
        return {"unit": "share", "meaning": f"part of the runs in which it is {value}: {about.meaning}"}
    return {}


def _write_geojson(found: PlaceTable, path: Path) -> None:
    """A FeatureCollection (RFC 7946); what columns mean stands in its member `columns`."""
    outlines = {place: geojson(polygons) for place, polygons in found.outlines.items()}
    rows = plain(_dated(found.rows).to_dict("records"))
    features = [{"type": "Feature", "properties": row, "geometry": outlines[row[found.place]]} for row in rows]
    content = {"type": "FeatureCollection", **found.about, "columns": found.meanings, "features": features}
    path.write_text(json.dumps(content, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8")


def _dated(rows: pandas.DataFrame) -> pandas.DataFrame:
    """Dates as 2024-06-01, and gaps as None."""
    dated = rows.copy()
    for name in dated.columns[[kind.kind == "M" for kind in dated.dtypes]]:
        dated[name] = dated[name].dt.strftime("%Y-%m-%d")
    return dated.astype(object).where(dated.notna(), None)


def _write_geoparquet(found: PlaceTable, path: Path) -> None:
    """GeoParquet 1.1: longitude and latitude in degrees (OGC:CRS84, the default), outer rings against the clock."""
    import numpy as np
    import pyarrow
    import pyarrow.parquet

    shapes = {place: wkb(found.outlines[place]) for place in set(found.rows[found.place])}
    table = pyarrow.Table.from_pandas(found.rows, preserve_index=False).replace_schema_metadata(None)
    fields = [item.with_metadata(found.meanings.get(item.name, {})) for item in table.schema]
    table = table.cast(pyarrow.schema(fields))
    column = pyarrow.array([shapes[place] for place in found.rows[found.place]], pyarrow.binary())
    table = table.append_column(pyarrow.field("geometry", pyarrow.binary(), nullable=False), column)
    rings = [ring for place in shapes for polygon in found.outlines[place] for ring in polygon]
    points = np.concatenate(rings)
    kinds = {"Polygon" if len(found.outlines[place]) == 1 else "MultiPolygon" for place in shapes}
    about = {"encoding": "WKB", "geometry_types": sorted(kinds), "orientation": "counterclockwise", "edges": "planar"}
    about["bbox"] = [*points.min(axis=0).tolist(), *points.max(axis=0).tolist()]
    geo = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": about}}
    table = table.replace_schema_metadata({"geo": json.dumps(geo), **found.about})
    with open(path, "wb") as file:  # Arrow opens no odd name
        pyarrow.parquet.write_table(table, file, compression="zstd", compression_level=3, version="2.6")


_WRITE = {"geojson": _write_geojson, "geoparquet": _write_geoparquet}
