"""Pictures and player: right colours, right numbers, nothing left behind in matplotlib's global state."""

from __future__ import annotations

import base64
import json
import re

import matplotlib
import numpy as np
import pandas as pd
import pytest
from support.colours import lightness

from simulation.errors import InputError, UnknownNameError
from simulation.files.geojson import read_polygons
from simulation.visualization import curves, heatmaps, maps, player, spread, style

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


LOOK = player.Look(
    level="water",
    stops=((0.0, "#ffffff"), (1.0, "#000080")),
    text={
        "map": "Map of water",
        "level": "Water",
        "low": "none",
        "high": "all",
        "labels": ["dry", "damp", "wet"],
        "circles": "Boats",
    },
    place="quarter",
    labels=("dry", "damp", "wet"),
    between=1,
    circles="boats",
    series=(
        player.Series("rescued", "people rescued", "people", "#00588a"),
        player.Series("lost", "in no table", "people", "#a8321c"),
        player.Series("flooded_share", "of quarters flooded", "share", "#a8321c"),
    ),
)


def run_tables() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    dates = pd.date_range("2024-06-01", periods=3)
    daily = pd.DataFrame(
        {
            "date": dates,
            "rescued": [10.0, 20.0, np.nan],
            "flooded_share": [0.5, 0.6, 0.7],
        }
    )
    tall = pd.DataFrame(
        {
            "date": np.repeat(dates, 2),
            "quarter": ["south", "north"] * 3,
            "water": [0, 1, 0.2, 0.4, 0.6, 0.8],
            "label": ["dry", "wet", "dry", "damp", "damp", "wet"],
            "boats": [0, 0, 25, 100, 0, 50],
        }
    )
    events = pd.DataFrame(
        {
            "date": dates[[2, 0, 0, 0, 0]],
            "kind": "capture",
            "quarter": ["north", "south", None, "far", "south"],
            "text": ["last </script><b>", "a", "b", "c", "d"],
        }
    )
    return daily, tall, events


def unpacked(text: str) -> list[int]:
    return list(base64.b64decode(text))


def test_player_packs_the_run():
    daily, tall, events = run_tables()
    data = player.player_data(daily, tall, events, geography(), LOOK)
    assert [place["name"] for place in data["map"]["places"]] == ["Le Nord", "south"]  # 'far' is off the map
    assert unpacked(data["levels"]) == [255, 0, 102, 51, 204, 153]
    assert unpacked(data["labels"]) == [2, 0, 1, 0, 2, 1]
    assert unpacked(data["circles"])[2:4] == [255, 128]  # the root: area is proportional to people
    assert data["series"][0]["values"] == [10, 20, None]
    assert [line["label"] for line in data["series"]] == ["people rescued", "of quarters flooded"]
    assert data["palette"]["stops"] == LOOK.stops
    assert data["text"]["level"] == "Water"
    assert data["text"]["play"] == player.TEXT["play"]
    assert [(e["frame"], e["place"], e["text"]) for e in data["events"]][:3] == [
        (0, 1, "a"),
        (0, -1, "b"),
        (0, -1, "c"),
    ]
    assert len(data["events"]) == 4
    assert [caption["text"] for caption in data["map"]["captions"]] == ["Town"]


def test_player_keeps_each_nth_day():
    daily, tall, events = run_tables()
    data = player.player_data(daily, tall, events, geography(), LOOK, every=2)
    assert data["dates"] == ["2024-06-01", "2024-06-03"]
    assert data["days_a_frame"] == 2
    assert data["events"][-1]["frame"] == 1


def test_player_works_without_events_and_labels():
    daily, tall, _ = run_tables()
    data = player.player_data(daily, tall[["date", "quarter", "water"]].iloc[:2], None, geography(), LOOK)
    assert data["events"] == []
    assert "labels" not in data
    with pytest.raises(UnknownNameError, match="water"):
        player.player_data(daily, tall.drop(columns="water"), None, geography(), LOOK)
    with pytest.raises(InputError):
        player.player_data(daily, tall.iloc[:0], None, geography(), LOOK)


def test_fragment_is_whole_offline_and_conditional():
    data = player.player_data(*run_tables(), geography(), LOOK, text={"play": "Jouer"})
    page = player.player_fragment(data)
    assert player.CONDITIONAL in page
    assert "Jouer" in page
    assert not re.search(r"(?:src|href)\s*=|@import|url\(|fetch\(", page)
    assert page.count("</script>") == 3  # an event's text cannot end the element that carries it
    assert json.loads(re.search(r'json">(.*?)</script>', page, re.S).group(1))["text"]["play"] == "Jouer"


def test_code_is_written_once_for_several_players():
    data = player.player_data(*run_tables(), geography(), LOOK)
    second = player.player_fragment(data, with_code=False)
    assert "function mount" not in second
    assert "KatyePlayer.mountAll()" in second
