"""The published figures of the capital: they agree with the other tables of the data, and runs give something for each."""

from __future__ import annotations

import datetime

import numpy as np
import pandas as pd
import pytest

from models.haiti import FAMILY, HaitiModel, load_case
from models.haiti.metrics.daily.people import COMMUNES
from models.haiti.world.city import DATA

LAST = datetime.date(2025, 6, 30)
START = datetime.date(2024, 6, 1)
FIRST = datetime.date(2023, 12, 1)  # that of the runs of a calibration
CAPTURED = ("falls_to_gangs",), ("partly_falls_to_gangs",)
CAPTURED += (("facility_falls_to_gangs", "facility_seized", "occupied_by_gangs", "residents_expelled"),)
RETAKEN = ("retaken",), ("partly_retaken",)
RETAKEN += (("partly_retaken_disputed", "facility_retaken", "facility_retaken_disputed"),)


@pytest.fixture(scope="module")
def record():
    return FAMILY.record()


def series(record, name):
    return [item for item in record if item.series == name]


def test_nothing_is_known_of_after_june_2025_and_every_series_has_a_figure_of_the_runs(record):
    assert max(item.end for item in record) == LAST
    scored = {item.series for item in record if item.within(START, 395)}
    fitted = {item.series for item in record if item.within(FIRST, 577)}
    assert scored | fitted == {item.series for item in record}
    assert fitted - scored == {"hit_security_forces", "killed_in_operations"}
    assert len(record) > len(scored) > 15


def test_displaced_people_are_those_of_the_rounds_at_the_end_of_their_field_windows(record):
    stock = pd.read_csv(DATA / "displacement_stock.csv")
    stock = stock[stock["round"].between(5, 10)]
    ouest = stock[(stock["area_kind"] == "origin") & (stock["area"] == "Ouest")].set_index("field_end")["people"]
    found = {str(item.end): item.value for item in series(record, "displaced_from_ouest")}
    assert found == ouest.to_dict()
    city = pd.read_csv(DATA / "neighbourhoods.csv")
    communes = stock[stock["area_kind"] == "commune"]
    for slug, commune in COMMUNES.items():
        own = communes[communes["area"] == commune].set_index("field_end")["people"]
        for item in series(record, f"hosted_share_{slug}"):
            hosted = next(one for one in series(record, "hosted_in_capital") if one.end == item.end)
            assert item.value == pytest.approx(own[str(item.end)] / hosted.value, abs=6e-5)
            assert item.columns == (f"displaced_people_hosted_{slug}",)
    assert {item.title.split(",")[0].removeprefix("Hosted in ") for item in record if "share_" in item.series} <= set(
        city["commune"]
    )


def test_killed_injured_and_deployed_are_those_of_the_tables(record):
    casualties = pd.read_csv(DATA / "casualties.csv")
    for name in ("killed", "injured"):
        own = casualties[casualties["metric"] == name].set_index("period_start")["value"]
        assert {str(item.start): item.published for item in series(record, name)} == own.to_dict()
        assert {(item.share_low, item.share, item.share_high) for item in series(record, name)} == {(0.7, 0.8, 0.9)}
    strength = pd.read_csv(DATA / "deployments.csv").dropna(subset=["mission_strength"]).set_index("date")
    assert {str(item.end): item.value for item in series(record, "deployed")} == strength["mission_strength"].to_dict()


@pytest.mark.parametrize(("name", "kinds"), [("captured", CAPTURED), ("retaken", RETAKEN)])
def test_neighbourhoods_that_change_hands_are_counted_by_the_rule_that_is_told(record, name, kinds):
    events = pd.read_csv(DATA / "control_events.csv")
    places = events["neighbourhoods"].str.split(";").str.len()
    for item in series(record, name):
        inside = events["date"].between(str(item.start), str(item.end))
        sure, partly, doubtful = (int(places[inside & events["event"].isin(kind)].sum()) for kind in kinds)
        assert (item.low, item.value, item.high) == (sure, sure + partly, sure + partly + doubtful)
        assert all(kind in item.note for kind in (*kinds[0], *kinds[1]))


def test_a_run_gives_a_number_for_every_column_and_parts_of_all_killed_add_up():
    """Who kills is told apart in three, and nobody dies otherwise."""
    model = HaitiModel(load_case(weight=2000, overrides={"self_defence.active": True}), run_seed=3).run(40)
    daily = model.recorder.daily()
    last = daily[[f"displaced_people_hosted_{slug}" for slug in COMMUNES]].iloc[-1]
    assert 0 < last.sum() <= daily["displaced_people_hosted_capital"].iloc[-1]
    parts = [series(FAMILY.record(), f"killed_by_{who}")[0] for who in ("security_forces", "self_defence", "gangs")]
    killed = sum(daily[name] for name in parts[0].over)
    assert killed.sum() > 20
    found = sum(daily[name] for item in parts for name in item.columns)
    np.testing.assert_array_equal(found, killed)
    for item in FAMILY.record():
        assert set(item.needed) <= set(daily)
