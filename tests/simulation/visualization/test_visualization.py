"""Pictures: right colours, right numbers, nothing left behind in matplotlib's global state."""

from __future__ import annotations

import json

import matplotlib
import numpy as np
import pandas as pd
import pytest
from support.colours import lightness

from simulation.errors import InputError, UnknownNameError
from simulation.files.geojson import read_polygons
from simulation.visualization import curves, heatmaps, maps, spread, style

SQUARE = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0], [0.0, 0.0]])
HOLE = SQUARE * 0.2 + 0.4


def geography() -> maps.Geography:
    return maps.Geography(
        shapes={
            "north": [SQUARE + np.array([0, 1])],
            "south": [SQUARE, HOLE],
            "far": [SQUARE + np.array([50, 0])],
        },
        extent=(-0.2, 1.2, -0.1, 2.1),
        land=[SQUARE * 3 - 0.5],
        names={"north": "Le Nord"},
        captions={"Town": (0.5, 0.5), "Elsewhere": (40, 0)},
    )


def cells() -> pd.DataFrame:
    rows = [(a, f, a + 10 * f + k) for a in (0, 1000) for f in (0.5, 1.0) for k in range(4)]
    return pd.DataFrame(rows, columns=["force", "funding", "value"])


def axes():
    with style.figure_style():
        return style.new_figure(5, 4).subplots()


def test_amount_colours_darken_all_the_way():
    light = lightness(style.amount_colormap()(np.linspace(0, 1, 30))[:, :3])[:, 0]
    assert (np.diff(light) < 0).all()


def test_style_leaves_no_trace():
    before = dict(matplotlib.rcParams)
    figure = axes().figure
    assert style.figure_png(figure)[:4] == b"\x89PNG"
    assert dict(matplotlib.rcParams) == before
    assert "matplotlib.pyplot" not in str(type(figure.canvas))


def test_equal_figures_give_equal_bytes():
    def drawn() -> bytes:
        panel = axes()
        curves.draw_bands(panel, curves.band_table(cells(), "value", by="force"), "#0072b2", "a")
        return style.figure_svg(panel.figure)

    assert drawn() == drawn()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (7.5, "7.5"),
        (845, "845"),
        (999.9, "1.00k"),
        (12_340, "12.3k"),
        (999_900, "1.00M"),
        (-2500, "-2.50k"),
    ],
)
def test_people_are_written_in_three_figures(value, text):
    assert style.write_people(value) == text


def test_numbers_in_words_and_on_axes():
    assert [style.write_in_words(v) for v in (62.4, 2963, 1_017_802)] == ["62", "2,960", "1,020,000"]
    assert [style.write_tick(v) for v in (0, 2500, 750_000, 1_500_000)] == ["0", "2,500", "750k", "1.5M"]
    assert style.write_share(0.034) == "3.4\u00a0%"
    assert style.write_share(0.618) == "62\u00a0%"


def test_map_colours_by_value_label_and_absence():
    numbers = maps.draw_map(axes(), geography(), values={"north": 0.9, "south": 0.1})
    assert numbers.get_array().mask.tolist() == [True, False, False]
    labels = maps.draw_map(axes(), geography(), labels={"north": "wet", "south": "?"}, label_colours={"wet": "#7d2315"})
    wanted = [style.NO_DATA, "#7d2315", style.NO_DATA]
    assert np.allclose(labels.get_facecolor(), matplotlib.colors.to_rgba_array(wanted))
    with pytest.raises(InputError):
        maps.draw_map(axes(), geography())


def test_map_keeps_shapes_true_and_leaves_out_far_captions():
    panel = axes()
    shifted = maps.Geography({"a": [SQUARE]}, (0, 1, 59.5, 60.5), captions={"Town": (0.5, 60), "Elsewhere": (9, 60)})
    maps.draw_map(panel, shifted, values={})
    assert panel.get_aspect() == pytest.approx(2, rel=0.01)  # a degree east is half as long at 60 degrees north
    texts = [text.get_text() for text in panel.texts]
    assert "Town" in texts
    assert "Elsewhere" not in texts


def test_polygons_are_read_and_bad_files_named(tmp_path):
    path = tmp_path / "places.geojson"
    shape = {"type": "MultiPolygon", "coordinates": [[SQUARE.tolist(), HOLE.tolist()]]}
    path.write_text(json.dumps({"features": [{"properties": {"id": "a"}, "geometry": shape}]}))
    [(properties, rings)] = read_polygons(path)
    assert properties == {"id": "a"}
    assert [ring.shape for ring in rings] == [(5, 2), (5, 2)]
    path.write_text("{}")
    with pytest.raises(InputError, match=r"places\.geojson"):
        read_polygons(path)


def test_centre_is_of_the_largest_ring():
    assert maps.centre_of([HOLE, SQUARE + np.array([2, 0])]) == pytest.approx((2.5, 0.5))


def test_bands_are_quantiles_and_unknown_columns_are_named():
    table = curves.band_table(cells(), "value", by="force")
    group = cells().query("force == 1000")["value"]
    assert (table.loc[1000, "low"], table.loc[1000, "high"]) == (group.min(), group.max())
    assert table.loc[1000, "upper"] == pytest.approx(group.quantile(0.75))
    assert table.loc[1000, "runs"] == 8
    with pytest.raises(UnknownNameError, match="value"):
        curves.band_table(cells(), "valu")


def test_quantiles_are_those_of_enough_runs_and_words_say_which():
    """The 5 % point of two runs is a guess; what is drawn and told is what was seen."""
    many = pd.concat([cells()] * 5)
    low, high = spread.ends(many.groupby("force")["value"])
    assert low == pytest.approx(many.groupby("force")["value"].quantile(0.05))
    assert high == pytest.approx(many.groupby("force")["value"].quantile(0.95))
    assert spread.ends(pd.Series([3.0, 5.0])) == (3.0, 5.0)
    assert spread.ends_words(2) == "lowest to highest of 2 seeds"
    assert spread.ends_words(20) == "5–95\u00a0% of seeds"
    assert "nine runs in ten" in spread.bands_words(20)
    assert "nine" not in spread.bands_words(2) + spread.bands_words(8)
    assert "half" not in spread.bands_words(2)


def test_one_run_has_a_line_and_no_band():
    panel = axes()
    curves.draw_bands(panel, curves.band_table(cells().drop_duplicates("force"), "value", by="force"), "#000000")
    assert len(panel.lines) == 1
    assert not panel.collections


def test_cells_have_standard_error_and_single_runs_have_none():
    table = heatmaps.cell_table(cells(), "value", ["force", "funding"])
    assert table["standard_error"].tolist() == pytest.approx((table["sd"] / 2).tolist())
    single = heatmaps.cell_table(cells().drop_duplicates(["force", "funding"]), "value", ["force", "funding"])
    assert single["sd"].isna().all()


def test_colours_span_at_least_the_noise():
    table = heatmaps.cell_table(cells(), "value", ["force", "funding"]).assign(mean=[5.0, 5.1, 5.2, 5.3])
    low, high = heatmaps.colour_limits(table)
    assert high - low == pytest.approx((table["high"] - table["low"]).median())
    assert heatmaps.colour_limits(table.assign(mean=np.nan)) == (0.0, 1.0)


def test_heatmap_writes_every_cell_and_marks_missing_ones():
    panel = axes()
    table = heatmaps.cell_table(cells(), "value", ["force", "funding"]).iloc[:3]
    heatmaps.draw_heatmap(panel, table, "force", "funding", limits=(0, 1), write=style.write_people)
    texts = [text.get_text() for text in panel.texts]
    assert texts.count("no run") == 1
    assert len(texts) == 7
