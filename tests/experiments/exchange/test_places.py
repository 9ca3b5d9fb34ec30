"""Places as maps: outlines with holes, the same rows in both formats, units beside them, and clear words for bad input."""

import json
import struct

import numpy as np
import pyarrow.parquet as pq
import pytest

from experiments.cli.app import main
from experiments.exchange.outlines import geojson, polygons_of, wkb
from experiments.exchange.places import export_places, place_table
from simulation.errors import InputError
from simulation.runs.results import Results


def square(x, y, size, turn=1):
    ring = np.array([[x, y], [x + size, y], [x + size, y + size], [x, y + size], [x, y]], float)
    return ring[::turn]


def test_a_ring_inside_another_is_a_hole_and_one_inside_a_hole_is_an_island():
    rings = [square(0, 0, 10, -1), square(2, 2, 5), square(3, 3, 1), square(20, 0, 2)[:-1]]
    shape = geojson(polygons_of(rings))
    assert shape["type"] == "MultiPolygon"
    assert sorted(len(polygon) for polygon in shape["coordinates"]) == [1, 1, 2]
    for polygon in shape["coordinates"]:
        for number, ring in enumerate(polygon):
            assert ring[0] == ring[-1]
            x, y = np.array(ring).T
            assert ((x[:-1] * y[1:] - x[1:] * y[:-1]).sum() > 0) == (number == 0)
    assert geojson(polygons_of(rings[3:]))["type"] == "Polygon"


def test_binary_outlines_hold_the_same_points():
    polygons = polygons_of([square(0, 0, 10), square(2, 2, 5)])
    binary = wkb(polygons)
    assert struct.unpack("<BII", binary[:9]) == (1, 3, 2)
    assert struct.unpack("<I", binary[9:13]) == (5,)
    assert np.frombuffer(binary[13 : 13 + 80], "<f8").reshape(5, 2).tolist() == polygons[0][0].tolist()
    assert len(binary) == 9 + 2 * (4 + 80)
    several = wkb([*polygons, *polygons])
    assert struct.unpack("<BII", several[:9]) == (1, 6, 2)
    assert several[9:] == binary * 2


def test_the_last_day_of_a_run_or_another_is_a_map(run_folder, tmp_path):
    path = export_places(run_folder, "geojson", tmp_path)
    content = json.loads(path.read_text(encoding="utf-8"))
    assert len(content["features"]) == 138
    first = content["features"][0]
    assert "roport" in first["properties"].pop("name")
    assert first["properties"] == {
        "day": 19, "date": "2024-06-20", "neighbourhood": "airport", "influence": 0.0, "label": "gang",
        "residents": 10_000, "residents_killed_today": 0,
    }  # fmt: skip
    assert content["columns"]["residents"]["unit"] == "people"
    assert "not a forecast" in content["caveat"]
    assert content["cite"].endswith("Scenario 'baseline', 19 days, seed 3.")
    assert "OpenStreetMap" in content["sources"]
    earlier = json.loads(export_places(run_folder, "geojson", tmp_path, day=4).read_text(encoding="utf-8"))
    assert sum(one["properties"]["residents_killed_today"] for one in earlier["features"]) == 20


def test_geoparquet_says_what_its_version_asks_for(run_folder, tmp_path):
    schema = pq.read_schema(export_places(run_folder, "geoparquet", tmp_path))
    geo = json.loads(schema.metadata[b"geo"])
    assert (geo["version"], geo["primary_column"]) == ("1.1.0", "geometry")
    about = geo["columns"]["geometry"]
    assert about["encoding"] == "WKB"
    assert set(about["geometry_types"]) == {"Polygon", "MultiPolygon"}
    west, south, east, north = about["bbox"]
    assert -73 < west < east < -71 < 18 < south < north < 19
    assert schema.field("residents").metadata[b"unit"] == b"people"
    assert b"not a forecast" in schema.metadata[b"caveat"]


def test_a_study_is_summed_up_by_cell_or_shown_by_run(study_folder):
    rows = place_table(study_folder).rows
    assert len(rows) == 2 * 138
    one, two = (rows[rows["arm"] == arm].iloc[7] for arm in ("one", "two"))
    assert (one["runs"], one["influence_start"], one["influence_end"], two["influence_end"]) == (3, 0.5, 0.25, 0.5)
    assert one["label_gang_end"] == pytest.approx(2 / 3)
    assert (one["label_state_end"] + one["label_gang_end"], one["label_state_start"]) == (1.0, 1.0)
    meanings = place_table(study_folder).meanings
    assert meanings["label_gang_end"]["unit"] == "share"
    assert meanings["label_gang_end"]["meaning"].startswith("part of the runs in which it is gang")
    alone = place_table(study_folder, run=4).rows
    assert set(alone["run"]) == {4}
    assert set(alone["label_end"]) == {"gang"}


def test_geopandas_reads_both_alike(run_folder, study_folder, tmp_path):
    geopandas = pytest.importorskip("geopandas")
    for folder in (run_folder, study_folder):
        parquet = geopandas.read_parquet(export_places(folder, "geoparquet", tmp_path / folder.name))
        geo = geopandas.read_file(export_places(folder, "geojson", tmp_path / folder.name))
        assert geo.crs.to_epsg() == 4326
        assert parquet.crs.equals(geo.crs, ignore_axis_order=True)
        assert parquet.geometry.geom_equals(geo.geometry.set_crs(parquet.crs, allow_override=True)).all()
        assert parquet.is_valid.all()
        assert parquet["neighbourhood"].tolist() == geo["neighbourhood"].tolist()
    area = parquet.drop_duplicates("neighbourhood").to_crs(32618).area.sum() / 1e6
    assert 800 < area < 3000


def test_a_table_is_labelled_arrays_for_xarray(run_folder):
    pytest.importorskip("xarray")
    kept = Results(run_folder).to_xarray("neighbourhoods")
    assert dict(kept.sizes) == {"date": 20, "neighbourhood": 138}
    assert float(kept["residents"].sel(neighbourhood="airport", date="2024-06-05")) == 10_000


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--format", "geo"], "--format: unknown format 'geo'. Did you mean geojson?"),
        (["--day", "3"], "--day: it chooses what a map shows"),
        (["--format", "geojson", "--day", "33"], "--day: the run has no day 33. It can be 0 to 19"),
        (["--format", "geojson", "--run", "3"], "--run: it is the folder of one run"),
    ],
)
def test_bad_input_of_a_run_is_one_line(run_folder, options, complaint, tmp_path, capsys):
    with pytest.raises(SystemExit) as stop:
        main(["export", str(run_folder), "--out", str(tmp_path / "out"), *options])
    assert stop.value.code == 2
    assert complaint in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_bad_input_of_a_study_is_one_line(study_folder, tmp_path):
    with pytest.raises(InputError, match=r"no run 9 has finished.*Finished are 0 to 5, 6 in all"):
        export_places(study_folder, "geojson", tmp_path, run=9)
    with pytest.raises(InputError, match="on the first and the last day only"):
        export_places(study_folder, "geojson", tmp_path, day=3)
    (tmp_path / "card.json").write_text('{"model": "epstein"}')
    with pytest.raises(InputError, match="the model epstein has no map"):
        export_places(tmp_path, "geojson", tmp_path)
